/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma help: what the program says of itself and its commands, to people and to the
 * scripts that make manual pages and completion. */
#include <stdio.h>

#include "solver/base/lane.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cli/cli.h"
#include "solver/run/libraries.h"

enum { CODES = 256 };

void pn_cli_print_help(void)
{
    puts("pneuma: virtual asthma patients, from the dose to the spirometer\n\nusage:");
    for (size_t i = 0; pn_commands[i]; i++)
        printf("  pneuma %-10s %s\n", pn_commands[i]->name, pn_commands[i]->summary);
    puts("  pneuma --version  version, git revision, libraries\n"
         "  pneuma --help     this text; pneuma COMMAND --help for its options\n\n"
         "mpirun -n N pneuma run … uses N ranks; the numbers are the same bits for any N"
         "\n\nexit codes:");
    for (int code = 0; code < CODES; code++)
        if (pn_exit_sentence(code))
            printf("%4d  %s\n", code, pn_exit_sentence(code));
}

void pn_cli_print_version(void)
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

static int help(struct pn_call *call)
{
    const struct pn_command *const *commands = pn_commands, *command = NULL;

    if (*(const int *)call->request) {
        print_rows();
        return PN_OK;
    }
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
        pn_cli_print_help();
    return PN_OK;
}

static const struct pn_option rows[] = {
    {"commands", 0, NULL, PN_AS_FLAG, .sentence = "all as lines of fields", .hide = 1},
    {0     },
};

const struct pn_command pn_command_help = {
    "help",      "[COMMAND]", "this of the program, or of a command",
    rows,        .most = 2,   .size = sizeof(int),
    .run = help,
};
