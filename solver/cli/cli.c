/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: which command is meant, and what pneuma says of itself. */
#include "solver/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cluster/cluster.h"
#include "solver/run/libraries.h"
#include "solver/text/complaint.h"

#define OLD(name, arguments, summary, function)                                          \
    &(const struct pn_command)                                                           \
    {                                                                                    \
        name, arguments, summary, NULL, .run_words = function                            \
    }

const struct pn_command *const pn_commands[] = {
    &pn_command_run,
    &pn_command_check,
    OLD("merge", "RESULT [options]", "one result of the shards of an array job",
        pn_cli_merge),
    &pn_command_submit,
    &pn_command_status,
    &pn_command_verify,
    &pn_command_diff,
    &pn_command_table,
    &pn_command_replay,
    &pn_command_export,
    &pn_command_statistics,
    &pn_command_airway,
    &pn_command_selftest,
    &pn_command_models,
    NULL,
};

static void print_help(void)
{
    puts("pneuma: virtual asthma patients, from the dose to the spirometer\n\nusage:");
    for (size_t i = 0; pn_commands[i]; i++)
        printf("  pneuma %-10s %s\n", pn_commands[i]->name, pn_commands[i]->summary);
    puts("  pneuma --version  version, git revision, libraries\n"
         "  pneuma --help     this text; pneuma COMMAND --help for its "
         "options\n\n"
         "mpirun -n N pneuma run … uses N ranks; the numbers are the same bits "
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

static const char *last_word(const struct pn_command *command)
{
    const char *space = strrchr(command->name, ' ');

    return space ? space + 1 : command->name;
}

const struct pn_command *pn_command_find(const struct pn_command *const *commands,
                                         const char *word)
{
    for (; *commands; commands++)
        if (strcmp(last_word(*commands), word) == 0)
            return *commands;
    return NULL;
}

static int unknown_command(const struct pn_command *const *commands, const char *parent,
                           const char *word)
{
    enum { MOST = 64 };
    const char *names[MOST], *near;
    size_t n = 0;

    for (; commands[n] && n < MOST; n++)
        names[n] = last_word(commands[n]);
    near = pn_nearest(word, names, n);
    fprintf(stderr,
            "pneuma: error: unknown command '%s%s%.60s'%s%s%s (see pneuma %s%s--help)\n",
            parent, *parent ? " " : "", word, near ? ", did you mean '" : "",
            near ? near : "", near ? "'?" : "", parent, *parent ? " " : "");
    return PN_ERR_USAGE;
}

static int is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* A command that has commands. */
static int call_one_of(const struct pn_command *command, int argc, char **argv)
{
    const struct pn_command *sub;

    if (argc < 2 || is_help(argv[1])) {
        pn_command_help(command, stdout);
        return argc < 2 ? PN_ERR_USAGE : PN_OK;
    }
    sub = pn_command_find(command->commands, argv[1]);
    return sub ? pn_command_call(sub, argc - 1, argv + 1)
               : unknown_command(command->commands, command->name, argv[1]);
}

int pn_command_call(const struct pn_command *command, int argc, char **argv)
{
    struct pn_call call;
    int status;

    if (command->run_words)
        return command->run_words(argc, argv);
    if (command->commands)
        return call_one_of(command, argc, argv);
    status = pn_call_parse(command, argc, argv, &call);
    if (status == PN_OK && !call.help)
        status = command->run(&call);
    else if (pn_cluster_launched_rank() > 0)
        call.told = 1; /* the first one speaks for all */
    else if (status == PN_OK)
        pn_command_help(command, stdout);
    if (status != PN_OK && !call.told)
        pn_cli_print_error();
    pn_call_free(&call);
    return status;
}

int pn_main(int argc, char **argv)
{
    const struct pn_command *command;

    /* what but a run would N ranks do together: the first one speaks for all */
    if ((argc < 2 || strcmp(argv[1], "run") != 0) && pn_cluster_launched_rank() > 0)
        return 0;
    if (argc < 2) {
        print_help();
        return pn_status_exit_code(PN_ERR_USAGE);
    }
    if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        print_help();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return 0;
    }
    command = pn_command_find(pn_commands, argv[1]);
    return pn_status_exit_code(command ? pn_command_call(command, argc - 1, argv + 1)
                                       : unknown_command(pn_commands, "", argv[1]));
}
