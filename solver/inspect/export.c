/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma export: a result as tidy CSV, a file for each set of dimensions. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/cli/command_table.h"
#include "solver/hdf/draft.h"
#include "solver/inspect/export.h"

struct options {
    const char *result, *csv;
    char **only;
    size_t n_only;
    int help;
};

static void print_help(void)
{
    puts("usage: pneuma export RESULT --csv FOLDER|FILE.csv [--only A,B]\n\n"
         "  --csv FOLDER     a table for each set of dimensions, an existing one is "
         "replaced:\n"
         "                   patients.csv      what each patient was given\n"
         "                   lives.csv         status and counts of each patient in each "
         "arm\n"
         "                   trajectories.csv  outputs over time\n"
         "                   visits.csv        outputs at visits\n"
         "                   obs.csv           observations of an event table\n"
         "                   doses.csv         doses that were delivered\n"
         "                   and one for each curve and each other set\n"
         "  --csv FILE.csv   the one table of the datasets chosen\n"
         "  --only A,B       these datasets only\n\n"
         "CSV as in RFC 4180 (lines end with CR LF); a header's unit is behind its name, "
         "NAME\n"
         "[UNIT]; numbers read back as the same bits; missing is empty; flags such as "
         "status\n"
         "are words.  For NONMEM's form see pneuma table.");
}

static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"csv",  required_argument, NULL, 'c'},
        {"only", required_argument, NULL, 'o'},
        {"help", no_argument,       NULL, 'h'},
        {NULL,   0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *options = (struct options){.help = 0};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        switch (c) {
        case 'c':
            options->csv = optarg;
            break;
        case 'o':
            pn_table_free_names(&options->only, options->n_only);
            PN_TRY(pn_table_names("--only", optarg, &options->only, &options->n_only));
            break;
        case 'h':
            options->help = 1;
            return PN_OK;
        default:
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "export --help",
                           argv[optind - 1]);
        }
    }
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one RESULT; see pneuma export --help");
    if (!options->csv || !*options->csv)
        return PN_FAIL(PN_ERR_USAGE, "expected --csv FOLDER or --csv FILE.csv");
    options->result = argv[optind];
out:
    return status;
}

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

static int write_one(const struct options *options, const struct pn_result *result,
                     const struct pn_fields *fields, const struct pn_sheets *sheets)
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

static int write_folder(const struct options *options, const struct pn_result *result,
                        const struct pn_fields *fields, const struct pn_sheets *sheets)
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

static int work(void *user)
{
    const struct options *options = user;
    struct pn_result *result = NULL;
    struct pn_fields fields = {.n = 0};
    struct pn_sheets sheets = {.n = 0};
    int status;

    PN_TRY(pn_result_open(options->result, &result));
    PN_TRY(pn_fields_list(result, &fields));
    for (size_t i = 0; i < options->n_only; i++)
        if (!pn_fields_find(&fields, options->only[i])) {
            status = pn_cli_no_field(options->result, &fields, options->only[i]);
            goto out;
        }
    PN_TRY(pn_sheets_make(&fields, options->only, options->n_only, &sheets));
    PN_TRY(names_one_file(options->csv)
               ? write_one(options, result, &fields, &sheets)
               : write_folder(options, result, &fields, &sheets));
out:
    pn_sheets_free(&sheets);
    pn_fields_free(&fields);
    pn_result_close(&result);
    return status;
}

int pn_cli_export(int argc, char **argv)
{
    struct options options;
    int status = parse_options(argc, argv, &options);

    if (status != PN_OK)
        pn_cli_print_error();
    else if (options.help)
        print_help();
    else
        status = pn_cli_guarded((const char *[]){options.result}, 1, work, &options);
    pn_table_free_names(&options.only, options.n_only);
    return status;
}
