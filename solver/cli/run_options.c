/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line of a run says. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"

int pn_run_parse_share(const char *text, double *share)
{
    char *end;

    *share = strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0) {
        *share /= 100.0;
        end++;
    }
    if (end != text && !*end && *share >= 0.0 && *share <= 1.0)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--max-failed %s: expected a share such as 1%% or 0.01",
                   text);
}

static int parse_hours(const char *text, double *hours)
{
    char *end;

    *hours = strtod(text, &end);
    return end != text && !*end && *hours > 0.0 && isfinite(*hours) ? PN_OK
                                                                    : PN_ERR_USAGE;
}

void pn_run_print_help(void)
{
    puts("usage: pneuma run STUDY [options]\n\n"
         "  --out FILE          the result (default results.h5)\n"
         "  --patients A:B      only patients A to B, counted from 1, both included\n"
         "  --events FILE       an event table in NONMEM's form in place of the study's "
         "own\n"
         "  --max-failed SHARE  more failed patients than this give exit code 3 "
         "(default: the\n"
         "                      study's, 1 %)\n"
         "  --max-hours H       stop in time for the result to be written before H hours "
         "are over;\n"
         "                      exit code 85 when work is left\n"
         "  --extend RESULT     take the points of the design that an earlier result has "
         "from it,\n"
         "                      run the others only\n"
         "  --shard K/N         only part K of N; pneuma merge FILE assembles when all "
         "are done\n"
         "  --rerun-failed      simulate only patients again who failed or crashed, of a "
         "result or\n"
         "                      of an unfinished run, also with a larger budget "
         "(max_steps)\n"
         "  --restart           discard an existing result and its unfinished run\n"
         "  --quiet             no progress, no summary\n\n"
         "While it runs, FILE.run/ holds the journals; the same command goes on where a "
         "killed\n"
         "run has stopped.  mpirun -n N pneuma run … uses N ranks.");
}

int pn_run_parse_options(int argc, char **argv, struct pn_run_options *options)
{
    static const struct option known[] = {
        {"out",          required_argument, NULL, 'o'},
        {"patients",     required_argument, NULL, 'p'},
        {"events",       required_argument, NULL, 'e'},
        {"max-failed",   required_argument, NULL, 'f'},
        {"max-hours",    required_argument, NULL, 't'},
        {"extend",       required_argument, NULL, 'x'},
        {"shard",        required_argument, NULL, 's'},
        {"restart",      no_argument,       NULL, 'r'},
        {"rerun-failed", no_argument,       NULL, 'a'},
        {"quiet",        no_argument,       NULL, 'q'},
        {"help",         no_argument,       NULL, 'h'},
        {NULL,           0,                 NULL, 0  },
    };
    int c;

    *options = (struct pn_run_options){
        .out = "results.h5", .shard = {1, 1},
             .max_failed = (double)NAN
    };
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "o:qh", known, NULL)) != -1) {
        switch (c) {
        case 'o':
            options->out = optarg;
            break;
        case 'p':
            if (pn_selection_parse(optarg, &options->selection) != PN_OK)
                return PN_ERR_USAGE;
            break;
        case 'e':
            options->selection.events = optarg;
            break;
        case 'f':
            if (pn_run_parse_share(optarg, &options->max_failed) != PN_OK)
                return PN_ERR_USAGE;
            break;
        case 's':
            if (pn_shard_parse(optarg, &options->shard) != PN_OK)
                return PN_ERR_USAGE;
            break;
        case 't':
            if (parse_hours(optarg, &options->max_hours) != PN_OK)
                return PN_FAIL(PN_ERR_USAGE,
                               "--max-hours %s: expected hours such as 4 or 0.5", optarg);
            break;
        case 'x':
            options->extend = optarg;
            break;
        case 'r':
            options->restart = 1;
            break;
        case 'a':
            options->rerun_failed = 1;
            break;
        case 'q':
            options->quiet = 1;
            break;
        case 'h':
            options->help = 1;
            return PN_OK;
        default:
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see "
                           "pneuma run --help",
                           argv[optind - 1]);
        }
    }
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one STUDY; see pneuma run --help");
    if (options->restart && options->shard.n > 1)
        return PN_FAIL(PN_ERR_USAGE,
                       "--restart would discard all shards: give it without "
                       "--shard, or remove the folder of the run");
    if (options->rerun_failed &&
        (options->restart || options->extend || options->shard.n > 1))
        return PN_FAIL(PN_ERR_USAGE,
                       "--rerun-failed takes what is fine from the result itself, and "
                       "is not given together with --restart, --extend or --shard");
    options->study = argv[optind];
    return PN_OK;
}
