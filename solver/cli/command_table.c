/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma table: reads nothing but the result, writes beside the place and renames. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/cli/command_table.h"
#include "solver/hdf/draft.h"
#include "solver/text/complaint.h"

static void print_help(void)
{
    puts(
        "usage: pneuma table RESULT [options]\n\n"
        "  --csv            observations and delivered doses, as pharmacometricians "
        "write them\n"
        "                   (default): ID TIME EVID AMT CMT DUR ARM IPRED DV MDV TAD …\n"
        "  --long           every output, a row for each number: ID ARM TIME NAME VALUE "
        "UNIT\n"
        "  --out FILE       write there (an existing table is replaced; default: "
        "stdout)\n"
        "  --signals A,B    further columns of --csv; the outputs of --long\n"
        "  --ipred NAME     the predicted signal (default: the first drug's "
        "concentration)\n"
        "  --dv             refuse to write a table whose DV has no residual error\n"
        "  --lloq LIMIT     limit of quantification, such as 0.1 or '100 ng/L'\n\n"
        "Rows of EVID 0 are the observations of the event table, or the output times of "
        "a\n"
        "study without one; rows of EVID 1 are the doses that were delivered.  TIME, DUR "
        "and\n"
        "TAD (time after the drug's last dose) are in h, AMT in the unit of its CMT.  "
        "DV is\n"
        "IPRED with the residual error of the drug file, drawn from the study's seed: "
        "the same\n"
        "in every table.  DVOBS is the DV of the event table.  With a limit (--lloq, or "
        "LIMIT\n"
        "in the event table) CENS is 1 where DV is below it, and DV is then LIMIT.  "
        "Missing\n"
        "is '.'; patients that failed have no predictions and no doses.");
}

static int parse_options(int argc, char **argv, struct pn_table_options *options)
{
    static const struct option known[] = {
        {"csv",     no_argument,       NULL, 'c'},
        {"long",    no_argument,       NULL, 'l'},
        {"out",     required_argument, NULL, 'o'},
        {"signals", required_argument, NULL, 's'},
        {"ipred",   required_argument, NULL, 'i'},
        {"dv",      no_argument,       NULL, 'd'},
        {"lloq",    required_argument, NULL, 'q'},
        {"help",    no_argument,       NULL, 'h'},
        {NULL,      0,                 NULL, 0  },
    };
    int c, is_csv = 0;

    *options = (struct pn_table_options){0};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "o:h", known, NULL)) != -1) {
        switch (c) {
        case 'c':
            is_csv = 1;
            break;
        case 'l':
            options->lengthy = 1;
            break;
        case 'o':
            options->out = optarg;
            break;
        case 's':
            options->signals = optarg;
            break;
        case 'i':
            options->ipred = optarg;
            break;
        case 'd':
            options->must_err = 1;
            break;
        case 'q':
            options->lloq = optarg;
            break;
        case 'h':
            options->help = 1;
            return PN_OK;
        default:
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "table --help",
                           argv[optind - 1]);
        }
    }
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one RESULT; see pneuma table --help");
    if (options->lengthy &&
        (is_csv || options->ipred || options->must_err || options->lloq))
        return PN_FAIL(PN_ERR_USAGE, "--long goes with --signals and --out only");
    options->result = argv[optind];
    return PN_OK;
}

/* --- what both forms use --- */

int pn_table_names(const char *option, const char *text, char ***name, size_t *n)
{
    size_t most = 1;

    *n = 0;
    for (const char *c = text ? text : ""; *c; c++)
        most += *c == ',';
    *name = calloc(most, sizeof **name);
    if (!*name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
    for (const char *at = text; at;) {
        const char *end = strchrnul(at, ',');

        if (end == at)
            return PN_FAIL(PN_ERR_USAGE, "%s %s: a name is empty", option, text);
        (*name)[*n] = strndup(at, (size_t)(end - at));
        if (!(*name)[*n])
            return PN_FAIL(PN_ERR_MEMORY, "out of memory for names");
        ++*n;
        at = *end ? end + 1 : NULL;
    }
    return PN_OK;
}

void pn_table_free_names(char ***name, size_t n)
{
    for (size_t i = 0; *name && i < n; i++)
        free((*name)[i]);
    free(*name);
    *name = NULL;
}

int pn_table_unknown(const struct pn_result *result, const char *name)
{
    const char **known = calloc(result->n_columns + 1, sizeof *known), *nearest = NULL;

    for (size_t i = 0; known && i < result->n_columns; i++)
        known[i] = result->column[i].name;
    if (known)
        nearest = pn_nearest(name, known, result->n_columns);
    free(known);
    if (pn_result_find(result, name))
        return PN_FAIL(PN_ERR_USAGE, "'%s' of %s has no number for each row here", name,
                       result->hdf.path);
    return PN_FAIL(PN_ERR_USAGE, "%s has no numbers '%s'%s%s%s", result->hdf.path, name,
                   nearest ? ": did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
}

void pn_table_number(FILE *stream, double number)
{
    char text[32];

    if (isnan(number)) {
        putc('.', stream);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, stream);
}

void pn_table_text(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    putc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}

/* --- where it goes --- */

static int write_rows(const struct pn_result *result,
                      const struct pn_table_options *options, FILE *stream)
{
    return options->lengthy ? pn_table_write_long(result, options, stream)
                            : pn_table_write(result, options, stream);
}

/* what a stream still holds goes out here, and with it the news of a full disk */
static int flush(FILE *stream, const char *path)
{
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream))
        return PN_OK;
    return PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path,
                   errno ? strerror(errno) : "an earlier write failed");
}

static int same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;

    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static int write_file(const struct pn_result *result,
                      const struct pn_table_options *options)
{
    struct pn_draft draft = {.path = NULL};
    FILE *stream = NULL;
    int status, fd;

    if (same_file(options->result, options->out))
        return PN_FAIL(PN_ERR_USAGE, "--out %s is the result itself", options->out);
    PN_TRY(pn_draft_begin(options->out, &draft));
    fd = dup(draft.fd);
    stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", options->out, strerror(errno));
        if (fd >= 0)
            close(fd);
        goto out;
    }
    PN_TRY(write_rows(result, options, stream));
    PN_TRY(flush(stream, options->out));
    PN_TRY(pn_draft_commit(&draft, options->out, 1));
out:
    if (stream)
        fclose(stream);
    pn_draft_abandon(&draft);
    return status;
}

int pn_cli_table(int argc, char **argv)
{
    struct pn_table_options options;
    struct pn_result *result = NULL;
    int status;

    PN_TRY(parse_options(argc, argv, &options));
    if (options.help) {
        print_help();
        return PN_OK;
    }
    PN_TRY(pn_cli_probe(options.result));
    PN_TRY(pn_result_open(options.result, &result));
    if (options.out) {
        status = write_file(result, &options);
    } else {
        PN_TRY(write_rows(result, &options, stdout));
        status = flush(stdout, "the table");
    }
out:
    if (status != PN_OK)
        pn_cli_print_error();
    pn_result_close(&result);
    return status;
}
