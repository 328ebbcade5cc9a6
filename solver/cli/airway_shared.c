/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-commands of pneuma airway share. */
#include "solver/cli/airway_shared.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/cli/cli.h"

#define STANDARD_GRAVITY 9.80665 /* m/s2 */

/* --- numbers --- */

int pn_cli_quantity(const char *text, const char *unit, double *value)
{
    struct pn_units *units = NULL;
    double factor = 1.0;
    char *end;
    int status = PN_OK;

    errno = 0;
    *value = strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || !isfinite(*value))
        return PN_FAIL(PN_ERR_USAGE, "'%s' is not a number with a unit such as '1 %s'",
                       text, unit);
    if (!*end)
        return PN_FAIL(PN_ERR_USAGE, "'%s' has no unit, expected '%s %s'", text, text,
                       unit);
    PN_TRY(pn_units_create(&units));
    if (pn_units_factor(units, end, unit, 0.0, &factor) != PN_OK)
        status = PN_FAIL(PN_ERR_USAGE, "'%s': %s", text, pn_error_last()->text);
    *value *= factor;
out:
    pn_units_free(&units);
    return status;
}

int pn_cli_length_unit(const char *text, double *unit)
{
    char quantity[64];

    if (strlen(text) > 40)
        return PN_FAIL(PN_ERR_USAGE, "--unit %.40s…: unknown unit", text);
    snprintf(quantity, sizeof quantity, "1 %s", text);
    return pn_cli_quantity(quantity, "m", unit);
}

int pn_cli_number(const char *option, const char *text, const char *unit, double low,
                  double high, double *value)
{
    int status = PN_OK;

    if (strcmp(unit, "1") == 0) {
        char *end;
        *value = strtod(text, &end);
        if (end == text || *end)
            return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected a number", option, text);
    } else {
        status = pn_cli_quantity(text, unit, value);
    }
    if (status != PN_OK)
        return status;
    if (!(*value >= low && *value <= high))
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %g to %g%s%s", option, text,
                       low, high, strcmp(unit, "1") ? " " : "",
                       strcmp(unit, "1") ? unit : "");
    return PN_OK;
}

int pn_cli_airway_end(const char *option, const char *text, int *is_flow, double *value)
{
    *is_flow = 0;
    if (pn_cli_quantity(text, "Pa", value) == PN_OK)
        return PN_OK;
    *is_flow = 1;
    if (pn_cli_quantity(text, "m3/s", value) == PN_OK)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE,
                   "--%s %.60s: expected a pressure such as '1 cmH2O' or a flow such as "
                   "'0.5 L/s'",
                   option, text);
}

int pn_cli_choice(const char *option, const char *text, const char *const *names,
                  size_t n, const char *expected, size_t *choice)
{
    const char *near = pn_nearest(text, names, n);

    for (*choice = 0; *choice < n; ++*choice)
        if (strcmp(text, names[*choice]) == 0)
            return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %s%s%s%s", option, text, expected,
                   near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* --- files --- */

int pn_cli_airway_out(const char *out, const enum pn_airway_form *forms, size_t n,
                      const char *expected)
{
    for (size_t k = 0; out && k < n; k++)
        if (pn_airway_form(out) == forms[k])
            return PN_OK;
    if (!out)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--out %.60s: expected a name that ends with %s", out,
                   expected);
}

int pn_cli_airway_out_table(const char *out)
{
    static const enum pn_airway_form forms[] = {PN_FORM_CSV, PN_FORM_HDF};

    return pn_cli_airway_out(out, forms, 2, ".csv or .h5");
}

int pn_cli_airway_out_rows(const char *out)
{
    static const enum pn_airway_form forms[] = {PN_FORM_CSV, PN_FORM_HDF, PN_FORM_VTU};

    return pn_cli_airway_out(out, forms, 3, ".csv, .h5 or .vtu");
}

int pn_cli_airway_stray(char **argv)
{
    return PN_FAIL(PN_ERR_USAGE,
                   "%.60s: unknown option, or its value is missing; see pneuma airway "
                   "--help",
                   argv[optind - 1]);
}

int pn_cli_airway_read(const char *path, const struct pn_tree_options *options,
                       struct pn_tree **tree)
{
    struct pn_complaints list = {0};
    int status = pn_tree_read(path, options, &list, tree);

    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", list.kept[i].text);
    if (status != PN_OK && list.n == 0)
        pn_cli_print_error();
    return status;
}

char *pn_cli_airway_command(int argc, char **argv)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    if (!stream)
        return NULL;
    fputs("pneuma airway", stream);
    for (int k = 0; k < argc; k++)
        fprintf(stream, strpbrk(argv[k], " '\"") ? " '%s'" : " %s", argv[k]);
    return fclose(stream) == 0 ? text : NULL;
}

/* --- the gas --- */

/* "-z": the direction in which things fall */
static int down_option(const char *text, struct pn_cli_gas *gas)
{
    const char *axis = text[0] == '-' || text[0] == '+' ? text + 1 : text;
    double sign = text[0] == '-' ? -1.0 : 1.0;

    if (strlen(axis) != 1 || *axis < 'x' || *axis > 'z')
        return PN_FAIL(PN_ERR_USAGE, "--down %.60s: expected x, -x, y, -y, z or -z",
                       text);
    for (int k = 0; k < 3; k++) {
        gas->down[k] = *axis == 'x' + k ? sign : 0.0;
        gas->flow.gravity[k] = STANDARD_GRAVITY * gas->down[k];
    }
    return PN_OK;
}

static int law_option(const char *text, enum pn_flow_law *law)
{
    static const char *const names[] = {[PN_FLOW_POISEUILLE] = "poiseuille",
                                        [PN_FLOW_PEDLEY] = "pedley",
                                        [PN_FLOW_VAN_ERTBRUGGEN] = "van-ertbruggen"};
    size_t choice = 0;
    int status = pn_cli_choice("law", text, names, 3,
                               "poiseuille, pedley or van-ertbruggen", &choice);

    *law = (enum pn_flow_law)choice;
    return status;
}

int pn_cli_gas_take(int c, const char *text, struct pn_cli_gas *gas)
{
    switch (c) {
    case PN_GAS_LAW:
        return law_option(text, &gas->flow.law);
    case PN_GAS_VISCOSITY:
        return pn_cli_number("viscosity", text, "Pa.s", 1e-9, 1e6, &gas->flow.viscosity);
    case PN_GAS_DENSITY:
        return pn_cli_number("density", text, "kg/m3", 1e-6, 1e6, &gas->flow.density);
    case PN_GAS_DOWN:
        return down_option(text, gas);
    case PN_GAS_UNIT:
        return pn_cli_length_unit(text, &gas->read.unit);
    default:
        gas->read.edge_radius = 1;
        return PN_OK;
    }
}
