/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forecast of pneuma check --cost as a person reads it. */
#include <stdio.h>

#include "solver/cli/cli.h"
#include "solver/inspect/cost.h"

static void print_time(double s)
{
    if (s < 120.0)
        printf("%8.1f s  ", s);
    else if (s < 2.0 * 3600.0)
        printf("%8.1f min", s / 60.0);
    else
        printf("%8.1f h  ", s / 3600.0);
}

static void print_bytes(const char *what, double bytes, const char *remark)
{
    if (bytes < 1e9)
        printf("  %-16s %8.1f MB%s\n", what, 1e-6 * bytes, remark);
    else
        printf("  %-16s %8.2f GB%s\n", what, 1e-9 * bytes, remark);
}

static void print_row(const struct pn_cost *cost, size_t n_ranks)
{
    printf("  %8zu ", n_ranks);
    print_time(pn_cost_wall_s(cost, n_ranks));
    printf("  %3.0f %%\n", 100.0 * pn_cost_busy(cost, n_ranks));
}

/* 1, 2, 4, … and what was asked for */
static void print_ranks(const struct pn_cost *cost, size_t asked)
{
    size_t sensible = pn_cost_sensible_ranks(cost), n = 1;

    puts("\n     ranks        time  busy");
    for (; n < sensible && n < 1u << 20; n *= 2) {
        if (asked > n / 2 && asked < n)
            print_row(cost, asked);
        print_row(cost, n);
    }
    if (asked > n / 2 && asked < sensible)
        print_row(cost, asked);
    print_row(cost, sensible);
    if (asked > sensible)
        print_row(cost, asked);
    printf("\nsensible: at most %zu rank%s (busy for %.0f %% of the time or more)\n",
           sensible, sensible == 1 ? "" : "s", 100.0 * pn_cost_enough);
}

void pn_cost_print(const struct pn_cost *cost, const struct pn_study *study,
                   size_t n_ranks)
{
    printf("%s: %zu lives\n\n", study->name, cost->n_lives);
    puts("  tried    ms a life        arm");
    for (size_t a = 0; a < study->n_arms; a++)
        printf("  %5zu %12.3f +- %.0f %%  %s\n", cost->arm[a].n_tried,
               1e3 * cost->arm[a].seconds, 100.0 * cost->arm[a].error,
               study->arm[a].name);
    printf("\n%zu of them failed; trying took %.1f s on this processor\n\n",
           cost->n_failed, cost->tried_s);
    printf("  CPU time        ");
    print_time(cost->cpu_s);
    printf(" %.3g to %.3g core-hours\n", cost->cpu_low / 3600.0, cost->cpu_high / 3600.0);
    print_bytes("memory", cost->memory_bytes,
                " a rank, and MPI's own (some 30 to 100 MB)");
    print_bytes("journals", cost->journal_bytes, " while it runs");
    print_bytes("result", cost->result_bytes, "");
    print_ranks(cost, n_ranks);
}
