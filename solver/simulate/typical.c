/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typical patient decides on which rung of the ladder `auto` starts. */
#include <math.h>

#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/ladder.h"
#include "solver/simulate/ward.h"

static int arrive_typical(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                          struct pn_leg *leg)
{
    struct pn_ward *ward = user;

    if (lane == 0 && !a) {
        ward->bed[0].patient = PN_TYPICAL_PATIENT;
        ward->bed[0].study = ward->study; /* at no point: points added change nothing */
        ward->typical = (struct pn_arrival){0};
        if (pn_life_begin(ward, 0, x, leg))
            return PN_OK;
    } else if (a && a->status == PN_OK && pn_life_go_on(ward, lane, a->t, x, leg)) {
        return PN_OK;
    }
    leg->kind = PN_LEG_IDLE;
    if (a)
        ward->typical = *a;
    return PN_OK;
}

/* Medians, no draw; a column of a CSV counts by its default: so --patients changes
 * nothing. */
static void typical_row(const struct pn_population *population, double *row)
{
    for (size_t i = 0; i < population->n_variables; i++) {
        const struct pn_variable *variable = &population->variable[i];
        row[i] = variable->cases && variable->cases[0].kind != PN_FOLLOWS
                     ? pn_distribution_value(&variable->cases[0], 0.5)
                     : variable->row->value;
    }
}

/* What a life costs, in evaluations of the rates; a factorisation is worth about two of
 * them and the solves that go with it four [OURS: measured on the catalogue's systems].
 */
static double cost_of(const struct pn_arrival *a)
{
    return a->status == PN_OK ? (double)a->n_rates + 6.0 * (double)a->n_factors
                              : (double)INFINITY;
}

/* The typical patient on one rung. */
static int probe(struct pn_ward *ward, int rung)
{
    const struct pn_lane_calls calls = {ward,         arrive_typical, pn_life_record,
                                        pn_ward_halt, NULL,           NULL};
    int status;

    ward->rung = rung;
    ward->probing = 1;
    status = pn_ward_integrator(ward);
    if (status == PN_OK)
        status = pn_integrator_run(ward->integrator, &calls);
    ward->probing = 0;
    return status;
}

/* `auto` takes the rung that is cheaper for the typical patient. */
int pn_ward_first_rung(struct pn_ward *ward)
{
    int first = pn_ladder_first(ward->study->method), next, status = PN_OK;
    struct pn_arrival typical;

    next = pn_ladder_next(ward->study->method, first);
    if (next >= 0) {
        typical_row(&ward->study->population, ward->bed[0].row);
        PN_TRY(probe(ward, first));
        typical = ward->typical;
        PN_TRY(probe(ward, next));
        if (cost_of(&ward->typical) < cost_of(&typical))
            first = next;
    }
    ward->rung = first;
    status = pn_ward_integrator(ward);
out:
    return status;
}
