/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Occasions: the next one begins at a time, or with a dose, and parameters follow. */
#include <math.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/course_internal.h"

int pn_course_follow(struct pn_course *c, const struct pn_hand *hand)
{
    int bad;

    if (pn_cohort_update(&c->study->population, c->study->seed, c->patient,
                         hand->n_redrawn, c->occasion, hand->row, &bad) != PN_OK)
        return PN_PATIENT_OUT_OF_RANGE;
    pn_trial_parameters(c->arm, hand->row, hand->parameters);
    pn_lanes_set(hand->lanes, hand->lane, hand->parameters);
    pn_lanes_prepare(hand->lanes);
    return PN_OK;
}

/* A time among those that are there, increasing; one that is there already is one. */
static void add_begin(struct pn_course *c, double time)
{
    size_t i = c->n_begins;

    for (size_t k = 0; k < c->n_begins; k++)
        if (pn_same_time(c->begin[k], time))
            return;
    for (; i > 0 && c->begin[i - 1] > time; i--)
        c->begin[i] = c->begin[i - 1];
    c->begin[i] = time;
    c->n_begins++;
}

/* Where the first regimen or visit begins no occasion: the life does. */
static void list_begins(struct pn_course *c)
{
    const struct pn_arm *arm = &c->study->arm[c->i_arm];
    enum pn_occasion_kind kind = c->study->occasions.kind;

    c->n_begins = 0;
    for (size_t i = 0; kind == PN_OCCASION_REGIMEN && i < arm->n_regimens; i++)
        if (!arm->regimen[i].by_events)
            add_begin(c, arm->regimen[i].start);
    for (size_t i = 0; kind == PN_OCCASION_VISIT && i < c->study->n_visits; i++)
        add_begin(c, c->study->visit[i].time);
    for (size_t i = 0; i + 1 < c->n_begins; i++)
        c->begin[i] = c->begin[i + 1];
    c->n_begins -= c->n_begins > 0;
}

static double end_of_occasion(const struct pn_course *c)
{
    const struct pn_occasions *occasions = &c->study->occasions;
    size_t n = (size_t)c->occasion;

    if (occasions->kind == PN_OCCASION_INTERVAL)
        return pn_rounded((double)n * occasions->every);
    return n <= c->n_begins ? c->begin[n - 1] : (double)INFINITY;
}

void pn_course_first_occasion(struct pn_course *c)
{
    const struct pn_events *table = c->study->events;

    c->next_occasion = (double)INFINITY;
    c->dose_time = (double)NAN;
    c->occasion = table && c->n_rows ? table->event[c->row].occasion : 0;
    if (!c->study->occasions.is_used || c->patient == PN_TYPICAL_PATIENT)
        return; /* the medians stay */
    c->occasion = 1;
    list_begins(c);
    c->next_occasion = end_of_occasion(c);
}

int pn_course_begin_occasion(struct pn_course *c, const struct pn_hand *hand,
                             int *changed)
{
    hand->before_parameters(hand->user);
    c->occasion++;
    c->next_occasion = end_of_occasion(c);
    *changed = 1;
    return pn_course_follow(c, hand);
}

int pn_course_occasion_of_dose(struct pn_course *c, const struct pn_hand *hand, double t)
{
    int changed, is_next = !isnan(c->dose_time) && !pn_same_time(c->dose_time, t);

    if (!c->study->occasions.is_used || c->study->occasions.kind != PN_OCCASION_DOSE ||
        c->patient == PN_TYPICAL_PATIENT)
        return PN_OK;
    c->dose_time = t;
    return is_next ? pn_course_begin_occasion(c, hand, &changed) : PN_OK;
}
