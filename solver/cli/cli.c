/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cluster/cluster.h"
#include "solver/run/libraries.h"

/* clang-format off */
static const struct {
    const char *name, *usage, *sentence;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"run", "run STUDY [options]", "simulate a study and write its result", pn_cli_run},
    {"check", "check STUDY [options]", "validate everything, print the resolved study, or its cost",
     pn_cli_check},
    {"merge", "merge RESULT [options]", "one result of the shards of an array job",
     pn_cli_merge},
    {"submit", "submit STUDY [options]", "the job script for a cluster, written or sent",
     pn_cli_submit},
    {"status", "status FOLDER [options]", "how far a run is, while it runs or after",
     pn_cli_status},
    {"verify", "verify RESULT [options]", "is a result whole, and the one that was written?",
     pn_cli_verify},
    {"diff", "diff A B [options]", "compare two results, dataset by dataset", pn_cli_diff},
    {"table", "table RESULT [options]", "the result as a table of observations and doses",
     pn_cli_table},
    {"replay", "replay RESULT --patient N", "one life again, with every step: the same bits?",
     pn_cli_replay},
    {"export", "export RESULT --csv DIR", "the result as tidy CSV, a file for each set of "
     "dimensions", pn_cli_export},
    {"airway", "airway COMMAND [...]", "airway trees and their muscle: check, generate, …",
     pn_cli_airway},
    {"selftest", "selftest [--json FILE]", "is this installation sound?", pn_cli_selftest},
    {"models", "models [NAME]", "the catalogue, or the tables of one entry", pn_cli_models},
};
/* clang-format on */

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    puts("pneuma: virtual asthma patients, from the dose to the spirometer\n\nusage:");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  pneuma %-23s %s\n", commands[i].usage, commands[i].sentence);
    puts("  pneuma --version               version, git revision, libraries\n"
         "  pneuma --help                  this text; pneuma COMMAND --help for its "
         "options\n\n"
         "mpirun -n N pneuma run …         uses N ranks; the numbers are the same bits "
         "for "
         "any N\n\n"
         "exit codes:\n"
         "  0 complete   1 different, or not verified   2 usage   3 more failed patients "
         "than --max-failed   65 bad "
         "input\n"
         "  70 no memory, or a fault of ours   74 reading or writing failed   75 result "
         "or "
         "folder of another run\n"
         "  85 stopped, work left");
}

static void print_version(void)
{
    char libraries[1024];

    pn_libraries(libraries, sizeof libraries);
    printf("pneuma %s (%s)\n%s, %d lanes\n%s", pn_version(), pn_revision(), pn_compiler(),
           PN_LANES, libraries);
}

static int unknown_command(const char *word)
{
    const char *names[N_COMMANDS], *nearest;

    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    nearest = pn_nearest(word, names, N_COMMANDS);
    fprintf(stderr, "pneuma: error: unknown command '%s'%s%s%s (see pneuma --help)\n",
            word, nearest ? ", did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "");
    return pn_status_exit_code(PN_ERR_USAGE);
}

int pn_main(int argc, char **argv)
{
    /* what but a run would N ranks do together: the first one speaks for all */
    if ((argc < 2 || strcmp(argv[1], "run") != 0) && pn_cluster_launched_rank() > 0)
        return 0;
    if (argc < 2) {
        print_help();
        return pn_status_exit_code(PN_ERR_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return 0;
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return pn_status_exit_code(commands[i].run(argc - 1, argv + 1));
    return unknown_command(argv[1]);
}
