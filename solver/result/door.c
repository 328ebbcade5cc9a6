/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door for results of unknown origin: a child reads first. */
#include "solver/base/status.h"
#include "solver/result/guarded.h"
#include "solver/result/result_read.h"

int pn_result_open(const char *path, struct pn_result **result)
{
    int status = pn_result_probe(path);

    *result = NULL;
    return status == PN_OK ? pn_result_open_unguarded(path, result) : status;
}
