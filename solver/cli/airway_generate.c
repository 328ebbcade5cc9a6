/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/base/status.h"
#include "solver/cli/airway.h"
int pn_airway_generate(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return PN_OK;
}
