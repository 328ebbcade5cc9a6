/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factors between units by UDUNITS-2, to which the units of the field are added. */
#include "solver/base/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

#include "solver/base/status.h"

struct pn_units {
    ut_system *system;
    ut_unit *gram_per_mole;
};

/* The field's names that UDUNITS-2 lacks, each as a unit that it has or that stands
 * above. */
static const struct {
    const char *name, *meaning;
} added[] = {
    {"M",         "mol/L" },
    {"mM",        "mmol/L"},
    {"uM",        "umol/L"},
    {"nM",        "nmol/L"},
    {"pM",        "pmol/L"},
    {"mcg",       "ug"    },
    {"cells",     "1"     },
    {"cell",      "1"     },
    {"actuation", "1"     },
    {"points",    "1"     },
    {"IU",        ""      },
    {"y",         "year"  },
    {"wk",        "week"  },
    {"Da",        "g/mol" }, /* of a molecule, as of a mole of them */
};

/* Whole units as laboratories write them, which mean something else to UDUNITS-2. */
static const struct {
    const char *name, *meaning;
} laboratory[] = {
    {"G/L",   "1e9/L" }, /* else gauss */
    {"Gpt/L", "1e9/L" }, /* else pints */
    {"T/L",   "1e12/L"}, /* else tesla */
    {"G/l",   "1e9/L" },
    {"K/uL",  "1e3/uL"}, /* else kelvin */
    {"K/ul",  "1e3/uL"},
    {"k/uL",  "1e3/uL"},
    {"K/mm3", "1e3/uL"},
};

static int quiet(const char *format, va_list arguments)
{
    (void)format;
    (void)arguments;
    return 0;
}

/* A multiplication sign in front: x10^9/L, *10^9/L and the like. */
static const char *behind_sign(const char *text)
{
    static const char *const signs[] = {"x", "X", "*", "\u00d7", "\u00b7"};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (strncmp(text, signs[i], n) != 0)
            continue;
        n += strspn(text + n, " ");
        if (strncmp(text + n, "10", 2) == 0)
            return text + n;
    }
    return text;
}

/* "10*9/L" (UCUM) is ten times nine to UDUNITS-2; "/uL" has no beginning. */
static void spell(const char *text, char *out, size_t size)
{
    text = behind_sign(text + strspn(text, " \t"));
    for (size_t i = 0; i < sizeof laboratory / sizeof *laboratory; i++)
        if (strcmp(text, laboratory[i].name) == 0)
            text = laboratory[i].meaning;
    snprintf(out, size, "%s%s", text[0] == '/' ? "1" : "", text);
    if (strncmp(out, "10*", 3) == 0 && strspn(out + 3, "0123456789") > 0)
        out[2] = '^';
}

static ut_unit *parse(const struct pn_units *units, const char *text)
{
    char trimmed[128];

    if (strlen(text) >= sizeof trimmed - 2)
        return NULL;
    spell(text, trimmed, sizeof trimmed);
    return ut_parse(units->system, ut_trim(trimmed, UT_UTF8), UT_UTF8);
}

/* as symbols: names are found in any case, and M would become the metre */
static int add_names(struct pn_units *units)
{
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
        ut_unit *known = ut_get_unit_by_symbol(units->system, added[i].name);
        ut_unit *unit;
        int failed;

        if (known) { /* a newer UDUNITS-2 has it */
            ut_free(known);
            continue;
        }
        unit = *added[i].meaning
                   ? parse(units, added[i].meaning)
                   : ut_new_base_unit(units->system); /* IU: of no other dimension */
        failed =
            !unit || ut_map_symbol_to_unit(added[i].name, UT_ASCII, unit) != UT_SUCCESS;
        ut_free(unit);
        if (failed)
            return PN_FAIL(PN_ERR_LIBRARY, "cannot add the unit %s to UDUNITS-2",
                           added[i].name);
    }
    return PN_OK;
}

int pn_units_create(struct pn_units **out)
{
    int status = PN_OK;
    struct pn_units *units = calloc(1, sizeof *units);

    *out = NULL;
    if (!units)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    ut_set_error_message_handler(
        quiet); /* before the XML: it warns of its own duplicates */
    units->system = ut_read_xml(NULL);
    if (!units->system) {
        status = PN_FAIL(PN_ERR_LIBRARY, "cannot read the unit table of UDUNITS-2");
        goto out;
    }
    PN_TRY(add_names(units));
    units->gram_per_mole = parse(units, "g/mol");
    *out = units;
    units = NULL;
out:
    pn_units_free(&units);
    return status;
}

void pn_units_free(struct pn_units **units)
{
    if (!*units)
        return;
    ut_free((*units)->gram_per_mole);
    ut_free_system((*units)->system);
    free(*units);
    *units = NULL;
}

/* factor between two units of one dimension; 0 when they are not, NaN when there is an
 * offset or a logarithm, which UDUNITS-2 converts by way of exp and log */
static double factor_between(const ut_unit *from, const ut_unit *to)
{
    cv_converter *converter = ut_get_converter((ut_unit *)from, (ut_unit *)to);
    double zero, factor, many;
    int is_plain;

    if (!converter)
        return 0.0;
    zero = cv_convert_double(converter, 0.0);
    factor = cv_convert_double(converter, 1.0);
    many = cv_convert_double(converter, 1e3);
    cv_free(converter);
    if (ut_compare(from, to) == 0)
        return 1.0;
    is_plain = zero == 0.0 && fabs(many - 1e3 * factor) <= 1e-12 * fabs(many);
    return is_plain ? factor : (double)NAN;
}

/* the same, from mass to amount of substance or back; 0 when that does not help */
static double factor_molar(const struct pn_units *units, const ut_unit *from,
                           const ut_unit *to, double molar_mass)
{
    ut_unit *amount = ut_divide(from, units->gram_per_mole);
    ut_unit *mass = ut_multiply(from, units->gram_per_mole);
    double factor = 0.0;

    if (amount && (factor = factor_between(amount, to)) != 0.0)
        factor /= molar_mass;
    else if (mass)
        factor = factor_between(mass, to) * molar_mass;
    ut_free(amount);
    ut_free(mass);
    return factor;
}

int pn_units_factor(struct pn_units *units, const char *from, const char *to,
                    double molar_mass, double *factor)
{
    int status = PN_OK;
    ut_unit *a = parse(units, from), *b = parse(units, to);

    if (!a || !b) {
        status = PN_FAIL(PN_ERR_INPUT, "unknown unit '%s'", a ? to : from);
        goto out;
    }
    *factor = factor_between(a, b);
    if (*factor == 0.0 && molar_mass > 0.0)
        *factor = factor_molar(units, a, b, molar_mass);
    if (*factor == 0.0) {
        double molar = molar_mass > 0.0 ? 0.0 : factor_molar(units, a, b, 1.0);
        status = PN_FAIL(PN_ERR_INPUT, "'%s' cannot be converted to '%s'%s", from, to,
                         molar != 0.0 ? " without the drug's molar_mass" : "");
    } else if (!(fabs(*factor) > 0.0)) {
        status = PN_FAIL(PN_ERR_INPUT,
                         "'%s' is no plain multiple of '%s': an offset or a logarithm",
                         from, to);
    }
out:
    ut_free(a);
    ut_free(b);
    return status;
}
