/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result as tidy CSV, a file for each set of dimensions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/status.h"
#include "solver/inspect/export.h"
#include "solver/inspect/whole_file.h"
#include "solver/text/names.h"

struct export
{
    const struct pn_export_options *options;
    FILE *stream; /* for a line about each table */
    struct pn_result *result;
    struct pn_fields fields;
    struct pn_sheets sheets;
};

/* --- files --- */

struct sheet_of {
    const struct pn_result *result;
    const struct pn_fields *fields;
    const struct pn_sheet *sheet;
};

static int write_sheet(void *user, FILE *stream)
{
    const struct sheet_of *of = user;

    return pn_sheet_write(of->result, of->fields, of->sheet, stream);
}

static int write_file(const struct export *e, const struct pn_sheet *sheet,
                      const char *path)
{
    struct sheet_of of = {e->result, &e->fields, sheet};
    int status = pn_whole_file(e->options->result, "--csv", path, write_sheet, &of);

    if (status == PN_OK)
        fprintf(e->stream, "%s: %zu rows\n", path, sheet->shape->n);
    return status;
}

static int names_one_file(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && strcmp(path + n - 4, ".csv") == 0;
}

static int write_one(const struct export *e)
{
    const struct pn_sheets *sheets = &e->sheets;

    if (sheets->n != 1)
        return PN_FAIL(PN_ERR_USAGE,
                       "%s is one file, but there are %zu tables (%s, %s …): give a "
                       "folder, or choose by --only",
                       e->options->csv, sheets->n,
                       sheets->n > 0 ? sheets->sheet[0].name : "",
                       sheets->n > 1 ? sheets->sheet[1].name : "");
    return write_file(e, &sheets->sheet[0], e->options->csv);
}

static int write_folder(const struct export *e)
{
    const char *folder = e->options->csv;
    char *path = NULL;
    int status = PN_OK;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", folder,
                       strerror(errno));
    for (size_t i = 0; i < e->sheets.n; i++) {
        free(path);
        if (asprintf(&path, "%s/%s.csv", folder, e->sheets.sheet[i].name) < 0) {
            path = NULL;
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
            goto out;
        }
        PN_TRY(write_file(e, &e->sheets.sheet[i], path));
    }
out:
    free(path);
    return status;
}

int pn_export(const struct pn_export_options *options, FILE *stream)
{
    struct export e = {.options = options, .stream = stream};
    char **only = NULL;
    size_t n_only = 0;
    int status;

    PN_TRY(pn_names_split("--only", options->only, &only, &n_only));
    PN_TRY(pn_result_open(options->result, &e.result));
    PN_TRY(pn_fields_list(e.result, &e.fields));
    for (size_t i = 0; i < n_only; i++)
        if (!pn_fields_find(&e.fields, only[i])) {
            status = pn_fields_unknown(options->result, &e.fields, only[i]);
            goto out;
        }
    PN_TRY(pn_sheets_make(&e.fields, only, n_only, &e.sheets));
    PN_TRY(names_one_file(options->csv) ? write_one(&e) : write_folder(&e));
out:
    pn_sheets_free(&e.sheets);
    pn_fields_free(&e.fields);
    pn_result_close(&e.result);
    pn_names_free(&only, n_only);
    return status;
}
