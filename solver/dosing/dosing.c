/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/dosing/dosing.h"

#include <math.h>

#include "solver/base/random.h"

/* Doses stand at start + k every, k from 0, while k every < duration.  Times that differ
 * by rounding only are one: 84 days of a dose every 24 h are 84 doses, not 85. */
static size_t count(const struct pn_regimen *regimen)
{
    double n;

    if (!(regimen->every > 0.0))
        return 1;
    n = ceil(regimen->duration / regimen->every * (1.0 - 1e-12));
    return n > 1.0 ? (size_t)n : 1;
}

size_t pn_dosing_max(const struct pn_arm *arm)
{
    size_t n = 0;

    for (size_t i = 0; i < arm->n_regimens; i++)
        n += count(&arm->regimen[i]);
    return n;
}

/* Place of a regimen among those of the same drug in its arm: part of the draw's key, so
 * that a patient misses the same doses in every arm that gives the drug. */
static uint64_t place_of_drug(const struct pn_arm *arm, size_t regimen)
{
    uint64_t place = 0;

    for (size_t i = 0; i < regimen; i++)
        place += arm->regimen[i].drug == arm->regimen[regimen].drug;
    return place;
}

static int taken(const struct pn_study *study, const struct pn_arm *arm, size_t regimen,
                 int64_t patient, size_t k)
{
    const struct pn_regimen *r = &arm->regimen[regimen];
    uint64_t index =
        pn_name_hash(study->drug[r->drug].name) + place_of_drug(arm, regimen);

    return r->adherence >= 1.0 ||
           pn_uniform(study->seed, patient, PN_DRAW_ADHERENCE, index, k) < r->adherence;
}

/* Insert behind all doses that are not later: a stable merge of short, sorted lists. */
static void insert(struct pn_dose *dose, size_t n, struct pn_dose one)
{
    while (n > 0 && dose[n - 1].time > one.time) {
        dose[n] = dose[n - 1];
        n--;
    }
    dose[n] = one;
}

size_t pn_dosing_schedule(const struct pn_study *study, const struct pn_arm *arm,
                          int64_t patient, struct pn_dose *dose)
{
    size_t n = 0;

    for (size_t i = 0; i < arm->n_regimens; i++) {
        const struct pn_regimen *r = &arm->regimen[i];
        size_t n_scheduled = count(r);
        for (size_t k = 0; k < n_scheduled; k++)
            if (taken(study, arm, i, patient, k))
                insert(dose, n++,
                       (struct pn_dose){r->start + (double)k * r->every, r->amount, i});
    }
    return n;
}
