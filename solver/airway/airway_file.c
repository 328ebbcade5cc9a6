/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of airway experiments: texts that are written whole, trees, tables of results. */
#include "solver/airway/airway_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/hdf/arrays.h"
#include "solver/hdf/draft.h"
#include "solver/tree/tree_write.h"

enum pn_airway_form pn_airway_form(const char *path)
{
    static const struct {
        const char *ending;
        enum pn_airway_form form;
    } forms[] = {
        {".csv", PN_FORM_CSV},
        {".h5",  PN_FORM_HDF},
        {".vtu", PN_FORM_VTU},
        {".pvd", PN_FORM_PVD},
    };
    const char *ending = strrchr(path, '.');

    for (size_t k = 0; ending && k < sizeof forms / sizeof *forms; k++)
        if (strcmp(ending, forms[k].ending) == 0)
            return forms[k].form;
    return PN_FORM_UNKNOWN;
}

/* --- texts --- */

int pn_airway_text_begin(struct pn_airway_text *text)
{
    *text = (struct pn_airway_text){0};
    text->stream = open_memstream(&text->text, &text->n);
    return text->stream ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory");
}

void pn_airway_text_free(struct pn_airway_text *text)
{
    if (text->stream)
        fclose(text->stream);
    free(text->text);
    *text = (struct pn_airway_text){0};
}

static int write_file(const char *path, const char *text, size_t n)
{
    struct pn_draft draft = {.path = NULL};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, n) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = pn_draft_commit(&draft, path, 1);
out:
    pn_draft_abandon(&draft);
    return status;
}

int pn_airway_text_end(struct pn_airway_text *text, const char *path)
{
    int status = fclose(text->stream) == 0 ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "no memory");

    text->stream = NULL;
    if (status == PN_OK)
        status = write_file(path, text->text, text->n);
    pn_airway_text_free(text);
    return status;
}

/* --- a tree --- */

int pn_airway_write_tree(const struct pn_tree *tree, const char *path)
{
    struct pn_draft draft = {.path = NULL};
    FILE *stream = NULL;
    int status, fd;

    PN_TRY(pn_draft_begin(path, &draft));
    fd = dup(draft.fd);
    stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        goto out;
    }
    PN_TRY(pn_tree_write(tree, path, stream));
    if (fflush(stream) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = pn_draft_commit(&draft, path, 1);
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    return status;
}

/* --- a table of results --- */

void pn_airway_table_csv(const struct pn_airway_table *table, FILE *stream)
{
    const struct pn_airway_cells *column = table->column;

    for (size_t k = 0; k < table->n_columns; k++) {
        fprintf(stream, "%s%s", k > 0 ? "," : "", column[k].name);
        if (*column[k].unit)
            fprintf(stream, " [%s]", column[k].unit);
    }
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t k = 0; k < table->n_columns; k++) {
            fputs(k > 0 ? "," : "\n", stream);
            if (column[k].word)
                fputs(column[k].word(column[k].value[i]), stream);
            else
                fprintf(stream, "%.*g", column[k].digits, column[k].value[i]);
        }
    fputs("\n", stream);
}

/* The number that the digits in a CSV file stand for. */
static double rounded(double value, int digits)
{
    char text[40];

    snprintf(text, sizeof text, "%.*g", digits, value);
    return strtod(text, NULL);
}

static int write_hdf(const struct pn_airway_table *table, const char *path,
                     const char *command)
{
    const size_t n = table->n_columns, n_rows = table->n_rows;
    const struct pn_array_text text[] = {
        {"title",        table->title },
        {"history",      command      },
        {"version",      pn_version() },
        {"git_revision", pn_revision()},
    };
    const struct pn_array_dimension point = {"point", "1", "row of the table", n_rows,
                                             NULL};
    struct pn_array array[PN_AIRWAY_COLUMNS];
    const struct pn_arrays all = {&point, 1, array, n, text, 4};
    char name[PN_AIRWAY_COLUMNS][32];
    double *number = calloc(n * n_rows + 1, sizeof *number);
    int status;

    if (!number)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < n; k++) {
        const struct pn_airway_cells *c = &table->column[k];
        snprintf(name[k], sizeof name[k], "%s", c->name);
        for (char *at = name[k]; (at = strchr(at, ' '));)
            *at = '_';
        for (size_t i = 0; i < n_rows; i++)
            number[k * n_rows + i] = rounded(c->value[i], c->digits);
        array[k] = (struct pn_array){
            name[k], *c->unit ? c->unit : "1", c->long_name,
            {0, -1},
                  number + k * n_rows,      NULL
        };
    }
    status = pn_arrays_write(path, &all);
    free(number);
    return status;
}

int pn_airway_table_write(const struct pn_airway_table *table, const char *path,
                          const char *command)
{
    struct pn_airway_text text = {0};
    int status;

    if (pn_airway_form(path) == PN_FORM_HDF)
        return write_hdf(table, path, command);
    if (pn_airway_form(path) != PN_FORM_CSV)
        return PN_FAIL(PN_ERR_INPUT, "%s: expected a name that ends with .csv or .h5",
                       path);
    PN_TRY(pn_airway_text_begin(&text));
    pn_airway_table_csv(table, text.stream);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}
