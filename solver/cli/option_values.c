/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the word behind an option to a member of the request. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/cli/options.h"
#include "solver/text/complaint.h"

static int in_range(const struct pn_option *option, double value)
{
    return (option->low == 0.0 && option->high == 0.0) ||
           (value >= option->low && value <= option->high);
}

static int out_of_range(const struct pn_option *option, const char *text)
{
    const char *whole = option->kind == PN_AS_WHOLE ? "a whole number" : "a number";
    const char *unit = option->unit ? option->unit : "", *space = *unit ? " " : "";

    if (option->low == 0.0 && option->high == 0.0)
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s", option->name, text,
                       whole);
    if (option->high == DBL_MAX)
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s from %.15g%s%s",
                       option->name, text, whole, option->low, space, unit);
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s from %.15g to %.15g%s%s",
                   option->name, text, whole, option->low, option->high, space, unit);
}

static int take_whole(const struct pn_option *option, const char *text, int64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    return end != text && !*end && !errno && *text != ' ' &&
                   in_range(option, (double)*value)
               ? PN_OK
               : out_of_range(option, text);
}

/* "NUMBER UNIT" in the unit of the member */
static int take_quantity(const struct pn_option *option, const char *text, double *value)
{
    const char *unit = option->said ? option->said : option->unit;
    struct pn_units *units = NULL;
    double factor = 1.0;
    char *end;
    int status = PN_OK;

    *value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || !isfinite(*value))
        return PN_FAIL(PN_ERR_USAGE,
                       "--%s: '%.60s' is not a number with a unit such as '1 %s'",
                       option->name, text, unit);
    if (!*end)
        return PN_FAIL(PN_ERR_USAGE, "--%s: '%.60s' has no unit, expected '%.60s %s'",
                       option->name, text, text, unit);
    PN_TRY(pn_units_create(&units));
    if (pn_units_factor(units, end, option->unit, 0.0, &factor) != PN_OK)
        status = PN_FAIL(PN_ERR_USAGE, "--%s '%.60s': %s", option->name, text,
                         pn_error_last()->text);
    *value *= factor;
out:
    pn_units_free(&units);
    return status;
}

static int take_number(const struct pn_option *option, const char *text, double *value)
{
    char *end;
    int status = PN_OK;

    if (option->unit) {
        PN_TRY(take_quantity(option, text, value));
    } else {
        *value = strtod(text, &end);
        if (end == text || *end || !isfinite(*value))
            return out_of_range(option, text);
    }
    if (!in_range(option, *value))
        status = out_of_range(option, text);
out:
    return status;
}

static int take_choice(const struct pn_option *option, const char *text, int *index)
{
    const char *const *choice = option->choices, *near;
    char list[256] = "";
    size_t n = 0;

    for (; choice[n]; n++) {
        size_t used = strlen(list);

        if (strcmp(text, choice[n]) == 0) {
            *index = (int)n;
            return PN_OK;
        }
        snprintf(list + used, sizeof list - used, "%s%s",
                 n == 0          ? ""
                 : choice[n + 1] ? ", "
                                 : " or ",
                 choice[n]);
    }
    near = pn_nearest(text, choice, n);
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s%s%s%s", option->name, text,
                   list, near ? ", did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

int pn_option_take(const struct pn_option *option, const char *text, void *member)
{
    switch (option->kind) {
    case PN_AS_FLAG:
        *(int *)member = 1;
        return PN_OK;
    case PN_AS_TEXT:
        *(const char **)member = text;
        return PN_OK;
    case PN_AS_WHOLE:
        return take_whole(option, text, member);
    case PN_AS_NUMBER:
        return take_number(option, text, member);
    case PN_AS_CHOICE:
        return take_choice(option, text, member);
    default:
        return option->take(option, text, member);
    }
}

void pn_option_put_usual(const struct pn_option *option, void *member)
{
    if (option->kind == PN_AS_TEXT && option->usual_text)
        *(const char **)member = option->usual_text;
    else if (option->kind == PN_AS_WHOLE && option->has_usual)
        *(int64_t *)member = (int64_t)option->usual;
    else if (option->kind == PN_AS_NUMBER && option->has_usual)
        *(double *)member = option->usual;
    else if (option->kind == PN_AS_CHOICE && option->has_usual)
        *(int *)member = (int)option->usual;
}
