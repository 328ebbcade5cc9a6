/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's door: compiled for any x86-64, so that an old processor gets a message,
 * not SIGILL. */
#include <stdio.h>

#include "solver/base/status.h"

int pn_main(int argc, char **argv);

int main(int argc, char **argv)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi2")) {
        fputs(
            "pneuma: error: this processor has no AVX2 and FMA (x86-64-v3, since 2013): "
            "pneuma cannot run here\n",
            stderr);
        return PN_EXIT_FAULT;
    }
    return pn_main(argc, argv);
}
