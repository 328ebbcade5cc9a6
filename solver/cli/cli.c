/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: its commands, which of them is meant, and pneuma help, which tells people
 * and the scripts that make manual pages, completion and inputs/README.md of commands and
 * of the keys of a study. */
#include "solver/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "solver/base/lane.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cluster/cluster.h"
#include "solver/hdf/hdf.h"
#include "solver/run/libraries.h"
#include "solver/study/key_help.h"

enum { CODES = 256 };

static void print_help(void)
{
    puts("pneuma: virtual asthma patients, from the dose to the spirometer\n\nusage:");
    for (size_t i = 0; pn_commands[i]; i++)
        printf("  pneuma %-10s %s\n", pn_commands[i]->name, pn_commands[i]->summary);
    puts("  pneuma --version  version, git revision, libraries\n"
         "  pneuma --help     this text; pneuma COMMAND --help for its options\n"
         "  pneuma help KEY   what a key of a study means; pneuma help keys lists the "
         "maps\n\n"
         "mpirun -n N pneuma run … uses N ranks; the numbers are the same bits for any N"
         "\n\nexit codes:");
    for (int code = 0; code < CODES; code++)
        if (pn_exit_sentence(code))
            printf("%4d  %s\n", code, pn_exit_sentence(code));
}

static void print_version(void)
{
    char libraries[1024];

    pn_libraries(libraries, sizeof libraries);
    printf("pneuma %s (%s)\n%s, %d lanes\n%s", pn_version(), pn_revision(), pn_compiler(),
           PN_LANES, libraries);
}

/* All commands and exit codes as lines of fields (options.h). */
static void print_rows(void)
{
    for (size_t i = 0; pn_commands[i]; i++)
        pn_command_print_rows(pn_commands[i], stdout);
    for (int code = 0; code < CODES; code++)
        if (pn_exit_sentence(code))
            printf("exit\t%d\t%s\n", code, pn_exit_sentence(code));
}

struct help_request {
    int commands, keys;
};

/* A word may be a command, a key of a study, or both. */
static int help_word(const char *word)
{
    const struct pn_command *command = pn_command_find(pn_commands, word);

    if (strcmp(word, "keys") == 0) {
        pn_key_help_maps(stdout);
        return PN_OK;
    }
    if (command)
        pn_command_print_help(command, stdout);
    if (command && !pn_key_is(word))
        return PN_OK;
    if (command)
        puts("\nkeys of a study that are called so:");
    return pn_key_help(stdout, word);
}

static int help(struct pn_call *call)
{
    const struct pn_command *const *commands = pn_commands, *command = NULL;
    const struct help_request *request = call->request;

    if (request->commands)
        print_rows();
    if (request->keys)
        pn_key_rows(stdout);
    if (request->commands || request->keys)
        return PN_OK;
    if (call->n_words == 1)
        return help_word(call->word[0]);
    for (size_t i = 0; i < call->n_words && commands; i++) {
        const char *parent = command ? command->name : "";

        command = pn_command_find(commands, call->word[i]);
        if (!command)
            return pn_command_unknown(commands, parent, call->word[i]);
        commands = command->commands;
    }
    if (command)
        pn_command_print_help(command, stdout);
    else
        print_help();
    return PN_OK;
}

static const struct pn_option rows[] = {
    {.name = "commands",
     .at = offsetof(struct help_request, commands),
     .sentence = "all commands as lines of fields",
     .hide = 1},
    {.name = "keys",
     .at = offsetof(struct help_request, keys),
     .sentence = "all keys of a study as lines of fields",
     .hide = 1},
    {.name = NULL         },
};

static const struct pn_command command_help = {
    "help",
    "[COMMAND | KEY]",
    "this of the program, of a command, or of a key of a study",
    rows,
    .after =
        "Of a key it tells form, range, default and meaning in every map of a study "
        "that has it; KEY may also be a map, or MAP.KEY such as regimen.every. pneuma "
        "help keys lists the maps.",
    .most = 2,
    .size = sizeof(struct help_request),
    .run = help,
};

const struct pn_command *const pn_commands[] = {
    &pn_command_run,      &pn_command_check,  &pn_command_merge,      &pn_command_submit,
    &pn_command_status,   &pn_command_verify, &pn_command_diff,       &pn_command_table,
    &pn_command_replay,   &pn_command_export, &pn_command_statistics, &pn_command_airway,
    &pn_command_selftest, &pn_command_models, &command_help,          NULL,
};

int pn_main(int argc, char **argv)
{
    const struct pn_command *command;

    pn_hdf_let_go();
    /* what but a run would N ranks do together: the first one speaks for all */
    if ((argc < 2 || strcmp(argv[1], "run") != 0) && pn_cluster_launched_rank() > 0)
        return 0;
    if (argc < 2) {
        print_help();
        return pn_status_exit_code(PN_ERR_USAGE);
    }
    if (pn_is_help(argv[1])) {
        print_help();
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return 0;
    }
    command = pn_command_find(pn_commands, argv[1]);
    if (command)
        return pn_status_exit_code(pn_command_call(command, argc - 1, argv + 1));
    pn_command_unknown(pn_commands, "", argv[1]);
    pn_cli_print_error();
    return pn_status_exit_code(PN_ERR_USAGE);
}
