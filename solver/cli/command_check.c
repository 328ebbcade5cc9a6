/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/clock.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/inspect/cost.h"

struct options {
    const char *study;
    struct pn_selection selection;
    size_t n_ranks;
    int cost, help;
};

static void print_help(void)
{
    puts("usage: pneuma check STUDY [options]\n\n"
         "  --cost          forecast core-hours, memory, size of the files and a "
         "sensible\n"
         "                  number of ranks in place of printing the study\n"
         "  --ranks N       with --cost: how long N ranks will take\n"
         "  --patients A:B  only patients A to B, counted from 1, both included\n"
         "  --events FILE   an event table in NONMEM's form in place of the study's "
         "own\n\n"
         "Reads the study and every file it names, wires every arm, and prints the\n"
         "resolved study: all defaults filled in, every quantity in the unit of its "
         "table.\n"
         "With --cost a few patients of every arm are simulated and forgotten.  The "
         "range\n"
         "is that of patients (two standard errors) and of processors (20 %).");
}

static int parse_ranks(const char *text, size_t *n)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *n = (size_t)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value >= 1 && value <= 1000000
               ? PN_OK
               : PN_FAIL(PN_ERR_USAGE, "--ranks %s: expected a number from 1 to 1000000",
                         text);
}

static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"cost",     no_argument,       NULL, 'c'},
        {"ranks",    required_argument, NULL, 'n'},
        {"patients", required_argument, NULL, 'p'},
        {"events",   required_argument, NULL, 'e'},
        {"help",     no_argument,       NULL, 'h'},
        {NULL,       0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *options = (struct options){0};
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'c')
            options->cost = 1;
        else if (c == 'n')
            status = parse_ranks(optarg, &options->n_ranks);
        else if (c == 'p')
            status = pn_selection_parse(optarg, &options->selection);
        else if (c == 'e')
            options->selection.events = optarg;
        else if (c == 'h')
            return options->help = 1, PN_OK;
        else
            status = PN_FAIL(PN_ERR_USAGE,
                             "%s: unknown option, or its value is missing; see pneuma "
                             "check --help",
                             argv[optind - 1]);
    }
    if (status == PN_OK && optind != argc - 1)
        status = PN_FAIL(PN_ERR_USAGE, "usage: pneuma check STUDY [options]");
    if (status == PN_OK && options->n_ranks && !options->cost)
        status = PN_FAIL(PN_ERR_USAGE, "--ranks belongs to --cost");
    options->study = status == PN_OK ? argv[optind] : NULL;
    return status;
}

static int print_study(const struct pn_study *study)
{
    char *text = NULL;
    int status = pn_study_write(study, &text);

    if (text)
        fputs(text, stdout);
    free(text);
    return status;
}

static int print_cost(const struct options *options, const struct pn_loaded *loaded,
                      double start_s)
{
    struct pn_cost cost;
    int status =
        pn_cost_measure(options->study, &options->selection, loaded, start_s, &cost);

    if (status == PN_OK)
        pn_cost_print(&cost, loaded->study, options->n_ranks);
    pn_cost_free(&cost);
    return status;
}

int pn_cli_check(int argc, char **argv)
{
    struct pn_loaded loaded = {0};
    struct options options;
    double start = pn_seconds();
    int status = parse(argc, argv, &options);

    if (status != PN_OK)
        pn_cli_print_error();
    if (status != PN_OK || options.help) {
        if (options.help)
            print_help();
        return status;
    }
    status = pn_cli_load(options.study, &options.selection, 0, &loaded);
    if (status == PN_OK) {
        status = options.cost ? print_cost(&options, &loaded, pn_seconds() - start)
                              : print_study(loaded.study);
        if (status != PN_OK)
            pn_cli_print_error();
    }
    pn_unload(&loaded);
    return status;
}
