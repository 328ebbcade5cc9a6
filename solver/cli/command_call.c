/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command found by its name, and called. */
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/cluster/cluster.h"
#include "solver/text/complaint.h"

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

int pn_command_unknown(const struct pn_command *const *commands, const char *parent,
                       const char *word)
{
    enum { MOST = 64 };
    const char *names[MOST], *near, *space = *parent ? " " : "";
    size_t n = 0;

    for (; commands[n] && n < MOST; n++)
        names[n] = last_word(commands[n]);
    near = pn_nearest(word, names, n);
    return PN_FAIL(PN_ERR_USAGE,
                   "unknown command '%s%s%.60s'%s%s%s (see pneuma %s%s--help)", parent,
                   space, word, near ? ", did you mean '" : "", near ? near : "",
                   near ? "'?" : "", parent, space);
}

int pn_is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* A command that has commands. */
static int call_one_of(const struct pn_command *command, int argc, char **argv)
{
    const struct pn_command *sub;

    if (argc < 2 || pn_is_help(argv[1])) {
        pn_command_print_help(command, stdout);
        return argc < 2 ? PN_ERR_USAGE : PN_OK;
    }
    sub = pn_command_find(command->commands, argv[1]);
    if (sub)
        return pn_command_call(sub, argc - 1, argv + 1);
    pn_command_unknown(command->commands, command->name, argv[1]);
    pn_cli_print_error();
    return PN_ERR_USAGE;
}

int pn_command_call(const struct pn_command *command, int argc, char **argv)
{
    struct pn_call call;
    int status;

    if (command->commands)
        return call_one_of(command, argc, argv);
    status = pn_call_parse(command, argc, argv, &call);
    if (status == PN_OK && !call.help)
        status = command->run(&call);
    else if (pn_cluster_launched_rank() > 0)
        call.told = 1; /* the first one speaks for all */
    else if (status == PN_OK)
        pn_command_print_help(command, stdout);
    if (status != PN_OK && !call.told)
        pn_cli_print_error();
    pn_call_free(&call);
    return status;
}
