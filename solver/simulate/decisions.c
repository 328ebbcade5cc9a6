/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rules decide at visits, and who drops out. */
#include <math.h>

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/simulate/ward.h"

/* A signal, state or result of a test as of now. */
static int value_now(struct pn_ward *ward, size_t lane, const pn_lane *x,
                     const char *name, double *value)
{
    struct pn_bed *bed = &ward->bed[lane];
    struct pn_guest guest = {
        .n_visits = bed->n_visits, .row = bed->baseline, .reads = bed->reads};
    struct pn_symbol symbol;

    if (pn_system_find(ward->arm->system, name, &symbol) == 0) {
        pn_lanes_signals(ward->lanes, x, ward->signal);
        *value = symbol.kind == PN_STATE    ? x[symbol.index][lane]
                 : symbol.kind == PN_SIGNAL ? ward->signal[symbol.index][lane]
                                            : bed->parameters[symbol.index];
        return PN_OK;
    }
    pn_life_flush(ward, lane);
    guest.life.job = bed->life.job;
    return pn_room_result(ward->room, &guest, name, value);
}

static int act_on(struct pn_bed *bed, const struct pn_rule *rule, double t)
{
    switch (rule->kind) {
    case PN_RULE_RESCUE:
        return pn_course_rescue(bed->course, rule->regimen, t);
    case PN_RULE_TITRATE:
        pn_course_titrate(bed->course, rule->regimen, rule->factor, rule->low,
                          rule->high);
        return PN_OK;
    case PN_RULE_STOP:
        pn_course_stop(bed->course, rule->regimen);
        return PN_OK;
    case PN_RULE_DROPOUT:
        bed->candidate = t; /* and nothing speaks against it */
        bed->hazard = (double)INFINITY;
        return PN_OK;
    }
    return PN_OK;
}

int pn_decide(struct pn_ward *ward, size_t lane, double t, const pn_lane *x)
{
    const struct pn_arm *arm = &ward->study->arm[ward->i_arm];
    struct pn_bed *bed = &ward->bed[lane];
    int status = PN_OK;

    for (size_t i = 0; i < arm->n_rules && status == PN_OK; i++) {
        const struct pn_rule *rule = &arm->rule[i];
        double value;
        if (rule->times > 0 && bed->n_acted[i] >= rule->times)
            continue;
        status = value_now(ward, lane, x, rule->signal, &value);
        if (status != PN_OK ||
            !(rule->above ? value > rule->threshold : value < rule->threshold))
            continue;
        bed->n_acted[i]++;
        status = act_on(bed, rule, t);
    }
    return status;
}

/* --- dropout by thinning: candidates at the bounding rate, accepted by the rate at that
 * time --- */

static double draw_dropout(const struct pn_ward *ward, const struct pn_bed *bed,
                           uint64_t index)
{
    int64_t id = pn_cohort_id(&ward->study->population, bed->patient);

    return pn_uniform(ward->study->seed, id, PN_DRAW_DROPOUT, index, bed->n_candidates);
}

void pn_dropout_next(const struct pn_ward *ward, struct pn_bed *bed, double t)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;

    bed->n_candidates++;
    bed->candidate = !ward->probing && dropout->rate > 0.0
                         ? t - log(draw_dropout(ward, bed, 0)) / dropout->most
                         : (double)INFINITY;
}

int pn_dropout_update(struct pn_ward *ward, size_t lane, const pn_lane *x)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;
    struct pn_bed *bed = &ward->bed[lane];
    double value = 0.0;
    int status = PN_OK;

    if (!(dropout->rate > 0.0) || isinf(bed->hazard))
        return PN_OK;
    if (dropout->signal)
        status = value_now(ward, lane, x, dropout->signal, &value);
    bed->hazard = dropout->rate * exp(dropout->coefficient * value);
    if (status == PN_OK && !(bed->hazard <= dropout->most))
        status = PN_PATIENT_RATE_BOUND;
    return status;
}

/* @return 1: the patient leaves now. */
int pn_dropout_leaves(struct pn_ward *ward, struct pn_bed *bed, double t)
{
    const struct pn_dropout *dropout = &ward->study->arm[ward->i_arm].dropout;

    while (pn_has_come(bed->candidate, t)) {
        if (isinf(bed->hazard) ||
            draw_dropout(ward, bed, 1) * dropout->most < bed->hazard)
            return 1;
        pn_dropout_next(ward, bed, bed->candidate);
    }
    return 0;
}
