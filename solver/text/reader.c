/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of YAML as texts, names, numbers and quantities, with a complaint where they are
 * not. */
#include "solver/text/reader.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

int pn_is(struct pn_reader *r, const struct pn_yaml *node, enum pn_yaml_kind kind,
          const char *what)
{
    static const char *const expected[] = {"a text", "a list [...]",
                                           "a mapping {key: value}"};
    char found[64];

    if (node->kind == kind && (kind != PN_YAML_TEXT || node->text[0]))
        return 1;
    pn_complain(r->list, node->place, "%s must be %s, found %s", what, expected[kind],
                pn_yaml_describe(node, found));
    return 0;
}

int pn_unknown(struct pn_reader *r, struct pn_place place, const char *what,
               const char *name, const char *const *names, size_t n)
{
    /* beyond the limit nobody sees it: then save the search */
    const char *near =
        r->list->n < PN_COMPLAINTS_KEPT ? pn_nearest(name, names, n) : NULL;
    char known[256] = "";
    size_t used = 0;

    if (near)
        return pn_complain(r->list, place, "unknown %s '%s', did you mean '%s'?%s%s%s",
                           what, name, near, pn_hint(name) ? " (" : "",
                           pn_hint(name) ? pn_hint(name) : "", pn_hint(name) ? ")" : "");
    for (size_t i = 0; i < n && used + strlen(names[i]) + 8 < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                 i > 0 ? ", " : "", names[i]);
    return pn_complain(r->list, place, "unknown %s '%.64s', expected one of: %s", what,
                       name, known);
}

int pn_is_map_of(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                 const char *const *keys, size_t n)
{
    char label[160];

    if (!pn_is(r, node, PN_YAML_MAP, what))
        return 0;
    snprintf(label, sizeof label, "key of %s", what);
    for (const struct pn_yaml *key = node->first; key; key = key->next) {
        size_t i = 0;
        while (i < n && strcmp(keys[i], key->text) != 0)
            i++;
        if (i < n)
            continue;
        pn_unknown(r, key->place, label, key->text, keys, n);
        r->misspelt_in = node; /* then its right name is not missed as well */
        r->misspelt = pn_nearest(key->text, keys, n);
    }
    return 1;
}

const struct pn_yaml *pn_need(struct pn_reader *r, const struct pn_yaml *map,
                              const char *what, const char *key)
{
    const struct pn_yaml *value = pn_yaml_get(map, key);

    if (!value &&
        !(r->misspelt_in == map && r->misspelt && strcmp(r->misspelt, key) == 0))
        pn_complain(r->list, map->place, "%s has no '%s'", what, key);
    return value;
}

int pn_is_few(struct pn_reader *r, const struct pn_yaml *node, const char *what,
              size_t most)
{
    if (node->n <= most)
        return 1;
    pn_complain(r->list, node->place, "%zu %s: at most %zu are read", node->n, what,
                most);
    return 0;
}

char *pn_read_text(struct pn_reader *r, const struct pn_yaml *node, const char *what)
{
    return pn_is(r, node, PN_YAML_TEXT, what) ? node->text : NULL;
}

char *pn_read_name(struct pn_reader *r, const struct pn_yaml *node, const char *what)
{
    char *text = pn_read_text(r, node, what);
    size_t n;

    if (!text)
        return NULL;
    n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    if (text[n] == '\0' && n <= 64 && isalpha((unsigned char)text[0]))
        return text;
    pn_complain(r->list, node->place,
                "%s '%.64s' must be letters, digits and _, a letter first, at most 64",
                what, text);
    return NULL;
}

/* Blanks between a number and its unit; of a text program also narrow or unbreakable. */
static const char *behind_blanks(const char *text)
{
    static const char *const blanks[] = {" ", "\t", "\u00a0", "\u2009", "\u202f"};
    size_t i = 0, n = sizeof blanks / sizeof *blanks;

    while (i < n) {
        size_t length = strlen(blanks[i]);
        if (strncmp(text, blanks[i], length) == 0) {
            text += length;
            i = 0;
        } else {
            i++;
        }
    }
    return text;
}

/* "10 12 h" is a unit to UDUNITS-2, but a slip of the pen to us; 10^9/L is none, however
 * it is written: 10*9/L, 1e9/L. */
static int is_slip(const char *unit)
{
    size_t digits;

    if (!unit[0] || !strchr("0123456789.+-", unit[0]))
        return 0;
    if (strncmp(unit, "1e", 2) == 0 || strncmp(unit, "1E", 2) == 0) {
        digits = strspn(unit + 2, "+-0123456789");
        return digits == 0 || unit[2 + digits] != '/';
    }
    return strncmp(unit, "1/", 2) != 0 && strncmp(unit, "10^", 3) != 0 &&
           strncmp(unit, "10*", 3) != 0 &&
           (strncmp(unit, "10", 2) != 0 || !((unsigned char)unit[2] & 0x80));
}

enum pn_number pn_number_parse(const char *text, const char **rest, double *value)
{
    const char *digits = text + strspn(text, "+-");
    char *end;

    if (digits > text + 1 || digits[0] == '\0')
        return PN_NOT_A_NUMBER;
    if (strncasecmp(digits + (*digits == '.'), "nan", 3) == 0 ||
        strncasecmp(digits + (*digits == '.'), "inf", 3) == 0)
        return PN_NOT_FINITE;
    if (!isdigit((unsigned char)digits[*digits == '.']) ||
        (digits[0] == '0' && (digits[1] | 0x20) == 'x')) /* no hexadecimal numbers */
        return PN_NOT_A_NUMBER;
    *value = strtod(text, &end);
    *rest = behind_blanks(end);
    return isfinite(*value) ? PN_NUMBER : PN_NOT_FINITE;
}

int pn_read_factor(struct pn_reader *r, struct pn_place place, const char *what,
                   const char *from, const char *to, double molar_mass, double *factor)
{
    *factor = 1.0;
    if (strcmp(from, to) == 0)
        return 1;
    if (is_slip(from)) {
        pn_complain(r->list, place, "%s: unknown unit '%.64s'", what, from);
        return 0;
    }
    if (pn_units_factor(r->units, from, to, molar_mass, factor) != PN_OK) {
        pn_complain(r->list, place, "%s: %s", what, pn_error_last()->text);
        return 0;
    }
    return 1;
}

int pn_read_quantity(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                     const char *unit, double molar_mass, double *value)
{
    int pure = strcmp(unit, "1") == 0;
    const char *rest;
    char found[64];
    double number, factor;

    if (node->kind != PN_YAML_TEXT) {
        pn_complain(r->list, node->place, "%s must be a number%s%s, found %s", what,
                    pure ? "" : " with a unit such as ", pure ? "" : unit,
                    pn_yaml_describe(node, found));
        return 0;
    }
    switch (pn_number_parse(node->text, &rest, &number)) {
    case PN_NOT_A_NUMBER:
        pn_complain(r->list, node->place, "%s must be a number%s%s, found %s", what,
                    pure ? "" : " with a unit such as ", pure ? "" : unit,
                    pn_yaml_describe(node, found));
        return 0;
    case PN_NOT_FINITE:
        pn_complain(r->list, node->place, "%s must be a finite number, found %s", what,
                    pn_yaml_describe(node, found));
        return 0;
    case PN_NUMBER:
        break;
    }
    if (*rest == '\0' && pure) {
        *value = number;
        return 1;
    }
    if (*rest == '\0') {
        pn_complain(r->list, node->place, "%s has no unit, expected '%.40s %s'", what,
                    node->text, unit);
        return 0;
    }
    if (!pn_read_factor(r, node->place, what, rest, unit, molar_mass, &factor))
        return 0;
    if (isfinite(number * factor)) {
        *value = number * factor;
        return 1;
    }
    pn_complain(r->list, node->place, "%s must be a finite number, found %s", what,
                pn_yaml_describe(node, found));
    return 0;
}

int pn_read_between(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                    const char *unit, double low, double high, double *value)
{
    struct pn_quantity row = {.unit = unit, .low = low, .high = high};
    double number;

    if (!pn_read_quantity(r, node, what, unit, 0.0, &number) ||
        !pn_in_range(r, node->place, what, &row, number))
        return 0;
    *value = number;
    return 1;
}

int pn_in_range(struct pn_reader *r, struct pn_place place, const char *what,
                const struct pn_quantity *row, double value)
{
    const char *space = strcmp(row->unit, "1") == 0 ? "" : " ";
    const char *unit = *space ? row->unit : "";

    if (value >= row->low && value <= row->high)
        return 1;
    if (row->low == DBL_MIN && !(value >= row->low))
        pn_complain(r->list, place, "%s = %g%s%s must be above 0", what, value, space,
                    unit);
    else if (row->low == row->high)
        pn_complain(r->list, place, "%s = %g%s%s must be %g%s%s", what, value, space,
                    unit, row->low, space, unit);
    else if (row->high > 1e300)
        pn_complain(r->list, place, "%s = %g%s%s must be at least %g%s%s", what, value,
                    space, unit, row->low, space, unit);
    else if (row->low == 0.0 && row->high == 1.0 && !*space && value >= 5.0 &&
             value <= 100.0)
        pn_complain(r->list, place,
                    "%s = %g is out of its range 0 to 1: %g %% is written '%g %%'", what,
                    value, value, value);
    else
        pn_complain(r->list, place, "%s = %g%s%s is out of its range %g to %g%s%s", what,
                    value, space, unit, row->low, row->high, space, unit);
    return 0;
}

int pn_read_whole(struct pn_reader *r, const struct pn_yaml *node, const char *what,
                  uint64_t low, uint64_t high, uint64_t *value)
{
    char found[64];

    if (node->kind == PN_YAML_TEXT && isdigit((unsigned char)node->text[0])) {
        char *end;
        unsigned long long number;

        errno = 0;
        number = strtoull(node->text, &end, 10);
        if (*end == '\0' && errno == 0 && number >= low && number <= high) {
            *value = number;
            return 1;
        }
    }
    pn_complain(r->list, node->place,
                "%s must be a whole number from %llu to %llu, found %s", what,
                (unsigned long long)low, (unsigned long long)high,
                pn_yaml_describe(node, found));
    return 0;
}
