/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regimens become records of doses: which are taken, when, how much. */
#include "solver/dosing/dosing.h"

#include <math.h>

#include "solver/base/random.h"
#include "solver/base/time.h"
#include "solver/cohort/cohort.h"

/* Doses stand at start + k every, k from 0, while k every < duration.  Times that differ
 * by rounding only are one: 84 days of a dose every 24 h are 84 doses, not 85. */
static size_t count(const struct pn_regimen *regimen)
{
    double n;

    if (regimen->by_events)
        return 0;
    if (!(regimen->every > 0.0))
        return 1;
    n = ceil(regimen->duration / regimen->every * (1.0 - 1e-12));
    return n > 1.0 ? (size_t)n : 1;
}

/* Of its patients, and of the typical one. */
static size_t most_of_table(const struct pn_events *table)
{
    size_t most = table ? table->all[1] - table->all[0] : 0;

    for (size_t i = 0; table && i < table->n_patients; i++) {
        size_t n = table->first[i + 1] - table->first[i];
        most = n > most ? n : most;
    }
    return most;
}

size_t pn_dosing_max(const struct pn_study *study, const struct pn_arm *arm)
{
    size_t n = most_of_table(study->events);

    for (size_t i = 0; i < arm->n_regimens; i++)
        n += count(&arm->regimen[i]);
    return n;
}

/* Key of a regimen's draws: its drug and its place among those of the drug in the arm, so
 * that a patient misses the same doses in every arm that gives the drug. */
static uint64_t key_of(const struct pn_study *study, const struct pn_arm *arm,
                       size_t regimen)
{
    size_t drug = arm->regimen[regimen].drug;
    uint64_t place = 0;

    for (size_t i = 0; i < regimen; i++)
        place += arm->regimen[i].drug == drug;
    return pn_name_hash(study->drug[drug].name) + place;
}

/* One regimen of one patient. */
struct given {
    const struct pn_regimen *regimen;
    uint64_t seed, key;
    int64_t id;
    int is_typical;
    uint64_t n_candidates; /* of the holidays */
    double holiday;        /* start of the present or next one */
};

static double draw(const struct given *g, enum pn_purpose purpose, uint64_t n)
{
    return pn_uniform(g->seed, g->id, purpose, g->key, n);
}

/* Holidays begin as a Poisson process; doses in one are missed. */
static int on_holiday(struct given *g, double time)
{
    const struct pn_regimen *r = g->regimen;

    if (!(r->holiday_rate > 0.0))
        return 0;
    while (g->n_candidates == 0 || time >= g->holiday + r->holiday) {
        double from = g->n_candidates ? g->holiday + r->holiday : r->start;
        g->holiday =
            from - log(draw(g, PN_DRAW_HOLIDAY, g->n_candidates)) / r->holiday_rate;
        g->n_candidates++;
    }
    return time >= g->holiday;
}

static int is_taken(struct given *g, size_t k, double time)
{
    int holiday;

    if (g->is_typical)
        return 1;
    holiday = on_holiday(g, time);
    return !holiday && (g->regimen->adherence >= 1.0 ||
                        draw(g, PN_DRAW_ADHERENCE, k) < g->regimen->adherence);
}

/* A late dose is half-normally late, never later than the next one is due. */
static double delay(const struct given *g, size_t k)
{
    const struct pn_regimen *r = g->regimen;
    double late;

    if (g->is_typical || !(r->late_sd > 0.0))
        return 0.0;
    late = fabs(pn_normal(g->seed, g->id, PN_DRAW_DELAY, g->key, k)) * r->late_sd;
    return r->every > 0.0 ? fmin(late, 0.999 * r->every) : late;
}

static double amount_at(const struct pn_regimen *r, double since_start)
{
    double amount = r->amount;

    for (size_t i = 0; i < r->n_steps; i++)
        if (since_start >= r->step[i].time * (1.0 - 1e-12))
            amount = r->step[i].amount;
    return amount;
}

static struct pn_event dose_of(const struct given *g, size_t i_regimen, size_t k)
{
    const struct pn_regimen *r = g->regimen;
    double due = (double)k * r->every;
    int steady = r->steady_state && k == 0 && r->every > 0.0;

    return (struct pn_event){
        .time = pn_rounded(r->start + due) + delay(g, k),
        .evid = PN_EVID_DOSE,
        .input = r->input,
        .amount = amount_at(r, due),
        .rate = r->rate,
        .duration = r->over,
        .ii = steady ? r->every : 0.0,
        .ss = steady,
        .compartment = r->compartment,
        .mdv = 1,
        .dv = (double)NAN,
        .limit = (double)NAN,
        .regimen = (int)i_regimen,
        .number = (int)k,
        .place = r->place,
    };
}

/* Insert behind all records that are not later, by more than rounding: a stable merge of
 * short, sorted lists. */
static void insert(struct pn_event *event, size_t n, struct pn_event one)
{
    while (n > 0 && event[n - 1].time > one.time &&
           !pn_same_time(event[n - 1].time, one.time)) {
        event[n] = event[n - 1];
        n--;
    }
    event[n] = one;
}

size_t pn_dosing_records(const struct pn_study *study, const struct pn_arm *arm, size_t i,
                         struct pn_event *event)
{
    const struct pn_events *table = study->events;
    int is_typical = i == PN_TYPICAL_PATIENT;
    const size_t *first = !table ? NULL : is_typical ? table->all : table->first + i;
    size_t n = 0;

    for (size_t k = first ? first[0] : 0; first && k < first[1]; k++)
        event[n++] = table->event[k];
    for (size_t r = 0; r < arm->n_regimens; r++) {
        struct given g = {
            .regimen = &arm->regimen[r],
            .seed = study->seed,
            .key = key_of(study, arm, r),
            .id = is_typical ? 0 : pn_cohort_id(&study->population, i),
            .is_typical = is_typical,
        };
        size_t n_doses = count(g.regimen);
        for (size_t k = 0; k < n_doses; k++)
            if (is_taken(&g, k, g.regimen->start + (double)k * g.regimen->every))
                insert(event, n++, dose_of(&g, r, k));
    }
    return n;
}
