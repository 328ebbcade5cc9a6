/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma export: a result as tidy CSV, a file for each set of dimensions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/hdf/draft.h"
#include "solver/inspect/export.h"
#include "solver/inspect/table_text.h"

/* --- files --- */

static int close_stream(FILE *stream, const char *path)
{
    int failed = ferror(stream);

    errno = 0;
    failed |= fclose(stream);
    if (!failed)
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path,
                   errno ? strerror(errno) : "an earlier write failed");
}

static int write_file(const struct pn_result *result, const struct pn_fields *fields,
                      const struct pn_sheet *sheet, const char *path)
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
    PN_TRY(pn_sheet_write(result, fields, sheet, stream));
    status = close_stream(stream, path);
    stream = NULL;
    if (status == PN_OK)
        PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    if (status == PN_OK)
        printf("%s: %zu rows\n", path, sheet->shape->n);
    return status;
}

static int names_one_file(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && strcmp(path + n - 4, ".csv") == 0;
}

static int same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;

    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static int write_one(const struct pn_export_options *options,
                     const struct pn_result *result, const struct pn_fields *fields,
                     const struct pn_sheets *sheets)
{
    if (sheets->n != 1)
        return PN_FAIL(PN_ERR_USAGE,
                       "%s is one file, but there are %zu tables (%s, %s …): give a "
                       "folder, or choose by --only",
                       options->csv, sheets->n,
                       sheets->n > 0 ? sheets->sheet[0].name : "",
                       sheets->n > 1 ? sheets->sheet[1].name : "");
    if (same_file(options->result, options->csv))
        return PN_FAIL(PN_ERR_USAGE, "--csv %s is the result itself", options->csv);
    return write_file(result, fields, &sheets->sheet[0], options->csv);
}

static int write_folder(const struct pn_export_options *options,
                        const struct pn_result *result, const struct pn_fields *fields,
                        const struct pn_sheets *sheets)
{
    char *path = NULL;
    int status = PN_OK;

    if (mkdir(options->csv, 0777) != 0 && errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", options->csv,
                       strerror(errno));
    for (size_t i = 0; i < sheets->n; i++) {
        free(path);
        if (asprintf(&path, "%s/%s.csv", options->csv, sheets->sheet[i].name) < 0) {
            path = NULL;
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
            goto out;
        }
        PN_TRY(write_file(result, fields, &sheets->sheet[i], path));
    }
out:
    free(path);
    return status;
}

int pn_export(const struct pn_export_options *options)
{
    struct pn_result *result = NULL;
    struct pn_fields fields = {.n = 0};
    struct pn_sheets sheets = {.n = 0};
    char **only = NULL;
    size_t n_only = 0;
    int status;

    if (options->only)
        PN_TRY(pn_table_names("--only", options->only, &only, &n_only));
    PN_TRY(pn_result_open(options->result, &result));
    PN_TRY(pn_fields_list(result, &fields));
    for (size_t i = 0; i < n_only; i++)
        if (!pn_fields_find(&fields, only[i])) {
            status = pn_fields_unknown(options->result, &fields, only[i]);
            goto out;
        }
    PN_TRY(pn_sheets_make(&fields, only, n_only, &sheets));
    PN_TRY(names_one_file(options->csv)
               ? write_one(options, result, &fields, &sheets)
               : write_folder(options, result, &fields, &sheets));
out:
    pn_sheets_free(&sheets);
    pn_fields_free(&fields);
    pn_result_close(&result);
    pn_table_free_names(&only, n_only);
    return status;
}
