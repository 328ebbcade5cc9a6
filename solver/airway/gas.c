/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/airway/gas.h"
#include "solver/base/version.h"

#include <stdlib.h>
#include <string.h>

#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/tree/tree_write.h"

#define STANDARD_GRAVITY 9.80665 /* m/s2 */

void pn_airway_gas_begin(struct pn_airway_gas *gas)
{
    *gas = (struct pn_airway_gas){.read = {.unit = 0}};
    pn_tree_flow_defaults(&gas->flow);
    gas->flow.law = PN_FLOW_PEDLEY;
}

static int law_option(const char *text, enum pn_flow_law *law)
{
    static const char *const names[] = {"poiseuille", "pedley", "van-ertbruggen"};
    const char *near = pn_nearest(text, names, 3);

    for (int k = 0; k < 3; k++)
        if (strcmp(text, names[k]) == 0) {
            *law = (enum pn_flow_law)k;
            return PN_OK;
        }
    return PN_FAIL(
        PN_ERR_USAGE, "--law %.60s: expected poiseuille, pedley or van-ertbruggen%s%s%s",
        text, near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* "-z": the direction in which things fall */
static int down_option(const char *text, struct pn_airway_gas *gas)
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

int pn_airway_gas_take(int c, const char *text, struct pn_airway_gas *gas)
{
    switch (c) {
    case PN_GAS_LAW:
        return law_option(text, &gas->flow.law);
    case PN_GAS_VISCOSITY:
        return pn_airway_number("viscosity", text, "Pa.s", 1e-9, 1e6,
                                &gas->flow.viscosity);
    case PN_GAS_DENSITY:
        return pn_airway_number("density", text, "kg/m3", 1e-6, 1e6, &gas->flow.density);
    case PN_GAS_DOWN:
        return down_option(text, gas);
    case PN_GAS_UNIT:
        return pn_airway_unit(text, &gas->read.unit);
    default:
        gas->read.edge_radius = 1;
        return PN_OK;
    }
}

int pn_airway_end(const char *option, const char *text, int *is_flow, double *value)
{
    *is_flow = 0;
    if (pn_airway_quantity(text, "Pa", value) == PN_OK)
        return PN_OK;
    *is_flow = 1;
    if (pn_airway_quantity(text, "m3/s", value) == PN_OK)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE,
                   "--%s %.60s: expected a pressure such as '1 cmH2O' or a flow such as "
                   "'0.5 L/s'",
                   option, text);
}

char *pn_airway_command(int argc, char **argv)
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

int pn_airway_stray(char **argv)
{
    return PN_FAIL(PN_ERR_USAGE,
                   "%.60s: unknown option, or its value is missing; see pneuma airway "
                   "--help",
                   argv[optind - 1]);
}

/* --- tables of airways --- */

static int write_csv(const char *path, const struct pn_tree *tree,
                     const struct pn_airway_column *column, size_t n)
{
    struct pn_airway_text text = {0};
    int status;

    PN_TRY(pn_airway_text_begin(&text));
    fputs("airway", text.stream);
    for (size_t k = 0; k < n; k++)
        fprintf(text.stream, *column[k].unit ? ",%s [%s]" : ",%s", column[k].name,
                column[k].unit);
    for (size_t i = 0; i < tree->n; i++) {
        fprintf(text.stream, "\n%zu", i);
        for (size_t k = 0; k < n; k++)
            if (column[k].value)
                fprintf(text.stream, ",%.17g", column[k].value[i]);
            else
                fprintf(text.stream, ",%d", column[k].whole[i]);
    }
    fputs("\n", text.stream);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}

static int write_vtu(const char *path, const struct pn_tree *tree,
                     const struct pn_airway_column *column, size_t n, const double *point)
{
    struct pn_tree_field *field = calloc(n + 1, sizeof *field);
    struct pn_airway_text text = {0};
    size_t n_fields = 0;
    int status;

    if (!field)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    PN_TRY(pn_airway_text_begin(&text));
    if (point)
        field[n_fields++] = (struct pn_tree_field){"pressure", point, 1};
    for (size_t k = 0; k < n; k++) /* what the tree says of itself is there already */
        if (column[k].value && strcmp(column[k].name, "length") != 0 &&
            strcmp(column[k].name, "radius") != 0 &&
            strcmp(column[k].name, "multiplicity") != 0)
            field[n_fields++] =
                (struct pn_tree_field){column[k].name, column[k].value, 0};
    PN_TRY(pn_tree_write_fields(tree, field, n_fields, text.stream));
    status = pn_airway_text_end(&text, path);
out:
    free(field);
    pn_airway_text_free(&text);
    return status;
}

static int write_hdf(const char *path, const struct pn_tree *tree,
                     const struct pn_airway_column *column, size_t n, const char *command)
{
    const struct pn_array_dimension airway = {"airway", "1", "row of the airway tree",
                                              tree->n, NULL};
    const struct pn_array_text text[] = {
        {"title",        "flow through an airway tree"},
        {"history",      command                      },
        {"version",      pn_version()                 },
        {"git_revision", pn_revision()                },
    };
    struct pn_array *array = calloc(n + 1, sizeof *array);
    struct pn_arrays all = {&airway, 1, array, n, text, 4};
    int status;

    if (!array)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < n; k++)
        array[k] = (struct pn_array){
            column[k].name,      *column[k].unit ? column[k].unit : "1",
            column[k].long_name, {0, -1},
            column[k].value,     column[k].whole
        };
    status = pn_arrays_write(path, &all);
    free(array);
    return status;
}

int pn_airway_write_rows(const char *path, const struct pn_tree *tree,
                         const struct pn_airway_column *column, size_t n,
                         const double *point, const char *command)
{
    const char *ending = strrchr(path, '.');

    if (ending && strcmp(ending, ".csv") == 0)
        return write_csv(path, tree, column, n);
    if (ending && strcmp(ending, ".vtu") == 0)
        return write_vtu(path, tree, column, n, point);
    if (ending && strcmp(ending, ".h5") == 0)
        return write_hdf(path, tree, column, n, command);
    return PN_FAIL(PN_ERR_USAGE,
                   "--out %.60s: expected a name that ends with .csv, .h5 "
                   "or .vtu",
                   path);
}
