/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From seconds of a life to hours of many ranks. */
#include "solver/inspect/cost.h"
#include "solver/run/shard.h"

static const double launch_s = 0.5; /* OURS: MPI comes and goes */
const double pn_cost_enough = 0.8;  /* OURS */

/* Every rank reads the study; at the end the ranks wait for who took the last unit. */
double pn_cost_wall_s(const struct pn_cost *cost, size_t n_ranks)
{
    double unit = (double)pn_unit_of_jobs((int64_t)cost->n_lives, (int64_t)n_ranks);
    double life = cost->cpu_s / (double)cost->n_lives;

    return cost->start_s + (n_ranks > 1 ? launch_s : 0.0) +
           cost->cpu_s / (double)n_ranks + (n_ranks > 1 ? unit * life : 0.0);
}

double pn_cost_busy(const struct pn_cost *cost, size_t n_ranks)
{
    return cost->cpu_s / ((double)n_ranks * pn_cost_wall_s(cost, n_ranks));
}

size_t pn_cost_sensible_ranks(const struct pn_cost *cost)
{
    size_t low = 1, high = cost->n_lives / 8 + 1; /* units are never less than 8 */

    while (low + 1 < high) { /* more ranks are never busier */
        size_t middle = low + (high - low) / 2;
        if (pn_cost_busy(cost, middle) >= pn_cost_enough)
            low = middle;
        else
            high = middle;
    }
    return low;
}
