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

int pn_take_quantity(const struct pn_option *option, const char *text, const char *unit,
                     double *value)
{
    const char *example = option->said ? option->said : unit;
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
                       option->name, text, example);
    if (!*end)
        return PN_FAIL(PN_ERR_USAGE, "--%s: '%.60s' has no unit, expected '%.60s %s'",
                       option->name, text, text, example);
    PN_TRY(pn_units_create(&units));
    if (pn_units_factor(units, end, unit, 0.0, &factor) != PN_OK)
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
        PN_TRY(pn_take_quantity(option, text, option->unit, value));
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

static int take_list(const struct pn_option *option, const char *text,
                     struct pn_numbers *list)
{
    const size_t most = sizeof list->value / sizeof *list->value;
    const char *at = text, *unit = option->unit ? option->unit : "";

    list->n = 0;
    do {
        char *end;
        double value = strtod(at, &end);

        if (list->n == most)
            return PN_FAIL(PN_ERR_USAGE, "--%s: at most %zu numbers", option->name, most);
        if (end == at || (*end && *end != ',') || !isfinite(value) ||
            !in_range(option, value) ||
            (option->rises && list->n > 0 && !(value > list->value[list->n - 1])))
            return PN_FAIL(PN_ERR_USAGE,
                           "--%s %.60s: expected %snumbers from %g to %g%s%s with commas "
                           "between them, found '%.20s'",
                           option->name, text, option->rises ? "increasing " : "",
                           option->low, option->high, *unit ? " " : "", unit, at);
        list->value[list->n++] = value;
        at = *end ? end + 1 : NULL;
    } while (at);
    return PN_OK;
}

/* "a, b or c" */
static void list_choices(const struct pn_option *option, char *list, size_t size)
{
    const char *const *choice = option->choices;
    size_t used = 0;

    *list = '\0';
    for (size_t n = 0; choice[n] && used < size; n++)
        used += (size_t)snprintf(list + used, size - used, "%s%s",
                                 n == 0          ? ""
                                 : choice[n + 1] ? ", "
                                                 : " or ",
                                 choice[n]);
}

static int take_choice(const struct pn_option *option, const char *text, int *index)
{
    const char *const *choice = option->choices, *near;
    char list[256];
    size_t n = 0;

    for (; choice[n]; n++)
        if (strcmp(text, choice[n]) == 0) {
            *index = (int)n;
            return PN_OK;
        }
    near = pn_nearest(text, choice, n);
    list_choices(option, list, sizeof list);
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s%s%s%s", option->name, text,
                   list, near ? ", did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

/* A name that ends as one of the choices, if there are any. */
static int take_text(const struct pn_option *option, const char *text,
                     const char **member)
{
    size_t length = strlen(text);
    char list[256];

    *member = text;
    if (!option->choices)
        return PN_OK;
    for (const char *const *ending = option->choices; *ending; ending++) {
        size_t n = strlen(*ending);

        if (length >= n && strcmp(text + length - n, *ending) == 0)
            return PN_OK;
    }
    list_choices(option, list, sizeof list);
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected a name that ends with %s",
                   option->name, text, list);
}

int pn_option_take(const struct pn_option *option, const char *text, void *member)
{
    switch (option->kind) {
    case PN_AS_FLAG:
        *(int *)member = 1;
        return PN_OK;
    case PN_AS_TEXT:
        return take_text(option, text, member);
    case PN_AS_WHOLE:
        return take_whole(option, text, member);
    case PN_AS_NUMBER:
        return take_number(option, text, member);
    case PN_AS_LIST:
        return take_list(option, text, member);
    case PN_AS_CHOICE:
        return take_choice(option, text, member);
    default:
        return option->take(option, text, member);
    }
}

static int put_usual(const struct pn_option *option, size_t at, void *user)
{
    void *member = (char *)user + at;

    if (option->has_usual != PN_USUAL_HERE)
        return 0;
    if (option->kind == PN_AS_TEXT)
        *(const char **)member = option->usual_text;
    else if (option->kind == PN_AS_LIST)
        return take_list(option, option->usual_text, member);
    else if (option->kind == PN_AS_WHOLE)
        *(int64_t *)member = (int64_t)option->usual;
    else if (option->kind == PN_AS_NUMBER)
        *(double *)member = option->usual;
    else if (option->kind == PN_AS_CHOICE)
        *(int *)member = (int)option->usual;
    return 0;
}

void pn_command_begin(const struct pn_command *command, void *request)
{
    if (command->begin)
        command->begin(request);
    pn_options_each(command->options, 0, put_usual, request);
}
