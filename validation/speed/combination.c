/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How near the explicit method's sums of stages are to what the processor can do: its own
 * step, with a rate that costs nothing, against multiply-adds that stay in registers, in
 * alternating rounds of one process.
 *
 *   combination [STATES]    -> multiply-adds a nanosecond of both, share */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "solver/integrate/dop853_table.h"
#include "solver/integrate/integrate_internal.h"

enum { ROUNDS = 15, STEPS = 20000, CHAINS = 12, TURNS = 200000 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec; /* ns */
}

/* Stages are what they were: the rates of the first step stay. */
static void no_rate(void *context, const pn_lane *x, pn_lane *dx)
{
    (void)context;
    (void)x;
    (void)dx;
}

static size_t nonzeros(const double *row, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += row[i] != 0.0;
    return count;
}

/* Multiply-adds of a step, per state and lane: the sums of stages, and h times each onto
 * the state.  The error's norm is not counted. */
static size_t useful(void)
{
    size_t count = 0;

    for (size_t i = 1; i <= 12; i++)
        count += nonzeros(pn_dop853_a[i], i) + 1;
    return count + nonzeros(pn_dop853_e5, 12) + nonzeros(pn_dop853_e3, 12);
}

static double step_rate(struct pn_step *step, size_t n)
{
    double start = now();

    for (size_t i = 0; i < STEPS; i++)
        step->scheme->step(step);
    return (double)(useful() * n * PN_LANES * STEPS) / (now() - start);
}

static double register_rate(pn_lane *kept)
{
    pn_lane a[CHAINS], factor = kept[0], term = kept[1];
    double start;

    for (size_t k = 0; k < CHAINS; k++)
        a[k] = pn_all((double)k);
    start = now();
    for (size_t i = 0; i < TURNS; i++) {
        for (size_t k = 0; k < CHAINS; k++)
            a[k] = pn_fma(a[k], factor, term);
        __asm__ volatile("" ::: "memory");
    }
    start = now() - start;
    for (size_t k = 0; k < CHAINS; k++)
        kept[2] += a[k];
    return (double)((size_t)CHAINS * PN_LANES * TURNS) / start;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atoi(argv[1]) : 9;
    double scale[256], best_step = 0, best_register = 0;
    struct pn_ode ode = {.n = n, .scale = scale, .rate = no_rate};
    struct pn_step *step;
    pn_lane *kept = pn_lane_array(3);

    if (n < 1 || n > 256 || !kept)
        return 2;
    for (size_t i = 0; i < n; i++)
        scale[i] = 1;
    if (pn_step_create(&pn_dop853, &ode, 1e-6, &step) != PN_OK)
        return 70;
    for (size_t i = 0; i < n; i++) {
        step->x[i] = pn_all(1.0);
        for (size_t k = 0; k < 12; k++)
            step->f[k * n + i] = pn_all(0.1 * (double)(k + 1));
    }
    step->h = pn_all(0.01);
    kept[0] = pn_all(0.9);
    kept[1] = pn_all(0.1);
    for (size_t round = 0; round < ROUNDS; round++) {
        double a = step_rate(step, n), b = register_rate(kept);
        best_step = a > best_step ? a : best_step;
        best_register = b > best_register ? b : best_register;
    }
    printf("{\"lanes\": %d, \"states\": %zu, \"step\": %.3f, \"registers\": %.3f, "
           "\"share\": %.4f, \"kept\": %.3g}\n",
           PN_LANES, n, best_step, best_register, best_step / best_register,
           kept[2][0] + step->next[0][0]);
    pn_step_free(&step);
    free(kept);
    return 0;
}
