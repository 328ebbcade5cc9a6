/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of the airways of a tree as a table with a row for each, or drawn on the tree.
 */
#include <stdlib.h>
#include <string.h>

#include "solver/airway/airway_file.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/hdf/arrays.h"
#include "solver/tree/tree_write.h"

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
    switch (pn_airway_form(path)) {
    case PN_FORM_CSV:
        return write_csv(path, tree, column, n);
    case PN_FORM_VTU:
        return write_vtu(path, tree, column, n, point);
    case PN_FORM_HDF:
        return write_hdf(path, tree, column, n, command);
    default:
        return PN_FAIL(PN_ERR_INPUT,
                       "%s: expected a name that ends with .csv, .h5 or .vtu", path);
    }
}
