/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"

int pn_cli_check(int argc, char **argv)
{
    struct pn_loaded loaded = {0};
    char *text = NULL;
    int status;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        puts("usage: pneuma check STUDY\n\nReads the study and every file it names, "
             "wires every "
             "arm, and prints the\nresolved study: all defaults filled in, every "
             "quantity in the "
             "unit of its table.");
        return PN_OK;
    }
    if (argc != 2 || argv[1][0] == '-') {
        fputs("pneuma: error: usage: pneuma check STUDY\n", stderr);
        return PN_ERR_USAGE;
    }
    status = pn_cli_load(argv[1], &(struct pn_selection){0}, 0, &loaded);
    if (status == PN_OK && (status = pn_study_write(loaded.study, &text)) != PN_OK)
        pn_cli_print_error();
    if (text)
        fputs(text, stdout);
    free(text);
    pn_cli_unload(&loaded);
    return status;
}
