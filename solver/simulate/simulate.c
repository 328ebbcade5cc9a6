/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/dosing/dosing.h"
#include "solver/integrate/integrate.h"
#include "solver/simulate/ladder.h"
#include "solver/simulate/measure.h"

/* A bed: one lane and the patient who lives in it. */
struct bed {
    struct pn_life life; /* without values: those are the guest's */
    size_t patient;
    double *row;        /* variables, shape [n_variables] */
    double *parameters; /* of the system, shape [n_parameters] */
    struct pn_dose *dose;
    size_t n_doses, i_dose, i_visit, i_output;
    double *x_output; /* [n_outputs][n_states] */
    double *x_moment; /* the beginning, then each visit, [1 + n_visits][n_states] */
};

/* A ward: all that one arm needs on this rank. */
struct ward {
    const struct pn_trial *trial;
    const struct pn_study *study;
    const struct pn_trial_arm *arm;
    const struct pn_job_calls *calls;
    size_t i_arm, n_states;
    int64_t next; /* taken from the caller and not yet in a bed; -1: none left */
    int probing;  /* the typical patient is in bed, nothing is recorded */
    int rung;
    struct pn_arrival typical; /* what the typical patient took */
    struct pn_life *retry;     /* who failed on the rung above, without values */
    size_t n_retry, retry_limit, i_retry;
    struct pn_life *failed; /* who failed on this rung and has another chance */
    size_t n_failed, failed_limit;
    struct pn_lanes *lanes, *bench; /* bench: one patient at several times */
    struct pn_integrator *integrator;
    struct pn_room *room;
    pn_lane *x, *signal; /* [n_states], [n_signals] */
    struct bed bed[PN_LANES];
};

/* Times that differ by rounding are one stop. */
static int same_time(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1.0, fmax(fabs(a), fabs(b)));
}

/* --- coming in --- */

static double parameter_of(const struct ward *ward, size_t i, const double *row)
{
    int column = ward->arm->column[i];

    return column >= 0 ? row[column]
                       : pn_system_symbol(ward->arm->system, PN_PARAMETER, i).row->value;
}

static int by_time(const void *a, const void *b)
{
    const struct pn_dose *p = a, *q = b;

    return (p->time > q->time) - (p->time < q->time);
}

/* Bioavailability and lag are the patient's own.  Doses that are later than the end, or
 * at it, never come: an observation at the end sees the trough. */
static void schedule(struct ward *ward, struct bed *bed)
{
    const struct pn_arm *arm = &ward->study->arm[ward->i_arm];
    int64_t id = pn_cohort_id(&ward->study->population, bed->patient);
    size_t n = pn_dosing_schedule(ward->study, arm, id, bed->dose), kept = 0;
    int lagged = 0;

    for (size_t i = 0; i < n; i++) {
        const struct pn_trial_route *route = &ward->arm->route[bed->dose[i].regimen];
        struct pn_dose dose = bed->dose[i];
        if (route->F >= 0)
            dose.amount *= bed->parameters[route->F];
        if (route->ALAG >= 0)
            dose.time += bed->parameters[route->ALAG];
        lagged |= kept > 0 && dose.time < bed->dose[kept - 1].time;
        if (dose.time < ward->study->duration &&
            !same_time(dose.time, ward->study->duration))
            bed->dose[kept++] = dose;
    }
    if (lagged) /* two drugs with different lags */
        qsort(bed->dose, kept, sizeof *bed->dose, by_time);
    bed->n_doses = kept;
    bed->life.n_doses = (uint32_t)kept;
}

static void start_life(struct ward *ward, size_t lane, pn_lane *x)
{
    struct bed *bed = &ward->bed[lane];

    for (size_t i = 0; i < pn_system_n_parameters(ward->arm->system); i++)
        bed->parameters[i] = parameter_of(ward, i, bed->row);
    pn_lanes_set(ward->lanes, lane, bed->parameters);
    pn_lanes_prepare(ward->lanes);
    pn_lanes_initial(ward->lanes, ward->x);
    for (size_t i = 0; i < ward->n_states; i++)
        x[i][lane] = ward->x[i][lane];
    bed->i_dose = bed->i_visit = bed->i_output = 0;
    schedule(ward, bed);
}

/* --- living --- */

static void keep_state(const struct ward *ward, double *kept, size_t i, const pn_lane *x,
                       size_t lane)
{
    for (size_t k = 0; k < ward->n_states; k++)
        kept[i * ward->n_states + k] = x[k][lane];
}

static double next_output(const struct ward *ward, const struct bed *bed)
{
    return bed->i_output < ward->study->n_outputs ? ward->study->output[bed->i_output]
                                                  : (double)INFINITY;
}

/* All that happens at time t: visits first (the trough), then doses.  Says what the next
 * leg is; returns 0 when life is over. */
static int live(struct ward *ward, size_t lane, double t, pn_lane *x, struct pn_leg *leg)
{
    const struct pn_study *study = ward->study;
    struct bed *bed = &ward->bed[lane];

    for (; bed->i_visit < study->n_visits &&
           (study->visit[bed->i_visit].time <= t ||
            same_time(study->visit[bed->i_visit].time, t));
         bed->i_visit++)
        keep_state(ward, bed->x_moment, bed->i_visit + 1, x, lane);
    if (t >= study->duration || same_time(t, study->duration))
        return 0;
    leg->kind = PN_LEG_CONTINUE;
    for (; bed->i_dose < bed->n_doses && (bed->dose[bed->i_dose].time <= t ||
                                          same_time(bed->dose[bed->i_dose].time, t));
         bed->i_dose++) {
        const struct pn_dose *dose = &bed->dose[bed->i_dose];
        x[ward->arm->route[dose->regimen].state][lane] += dose->amount;
        leg->kind = PN_LEG_JUMP;
    }
    leg->start = t;
    leg->stop = study->duration;
    if (bed->i_visit < study->n_visits)
        leg->stop = fmin(leg->stop, study->visit[bed->i_visit].time);
    if (bed->i_dose < bed->n_doses)
        leg->stop = fmin(leg->stop, bed->dose[bed->i_dose].time);
    leg->output = next_output(ward, bed);
    return 1;
}

static void record(void *user, size_t lane, double t, const double *x, double *next)
{
    struct ward *ward = user;
    struct bed *bed = &ward->bed[lane];

    (void)t;
    memcpy(bed->x_output + bed->i_output * ward->n_states, x, ward->n_states * sizeof *x);
    bed->i_output++;
    *next = next_output(ward, bed);
}

/* --- going out --- */

/* Signals at states [n][n_states] of one patient, several times side by side; calls
 * `store` with the number of the time and the lane. */
static void signals_at(struct ward *ward, const double *states, size_t n,
                       void (*store)(struct ward *, struct pn_guest *, size_t, size_t),
                       struct pn_guest *guest)
{
    for (size_t first = 0; first < n; first += PN_LANES) {
        for (size_t l = 0; l < PN_LANES; l++) {
            size_t time = first + l < n ? first + l : n - 1;
            for (size_t k = 0; k < ward->n_states; k++)
                ward->x[k][l] = states[time * ward->n_states + k];
        }
        pn_lanes_signals(ward->bench, ward->x, ward->signal);
        for (size_t l = 0; l < PN_LANES && first + l < n; l++)
            store(ward, guest, first + l, l);
    }
}

static void store_outputs(struct ward *ward, struct pn_guest *guest, size_t time,
                          size_t lane)
{
    for (size_t i = 0; i < ward->trial->n_outputs; i++) {
        const struct pn_output *output = &ward->trial->output[i];
        const struct pn_symbol *symbol = &ward->arm->symbol[i];
        double value = 0.0; /* a drug that is not given here */
        if (output->over != PN_OVER_TIME)
            continue;
        if (ward->arm->present[i])
            value = symbol->kind == PN_STATE ? ward->x[symbol->index][lane]
                                             : ward->signal[symbol->index][lane];
        guest->life.values[output->first + time] = value;
    }
}

/* moment 0 is the beginning, where the airway is fitted; moment v + 1 is visit v */
static void store_reads(struct ward *ward, struct pn_guest *guest, size_t moment,
                        size_t lane)
{
    size_t n = pn_room_n_reads(ward->room), k = 0;

    for (size_t t = 0; t < ward->trial->n_tests; t++)
        for (size_t i = 0; i < ward->trial->test[t].n_reads; i++, k++)
            guest->reads[moment * n + k] =
                ward->arm->test_read[k] >= 0 ? ward->signal[ward->arm->test_read[k]][lane]
                                             : ward->trial->test[t].test->reads[i].value;
}

static int put_aside(struct ward *ward, const struct pn_life *life)
{
    if (ward->n_failed == ward->failed_limit) {
        size_t limit = 2 * ward->failed_limit + 64;
        struct pn_life *grown = realloc(ward->failed, limit * sizeof *grown);
        if (!grown)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        ward->failed = grown;
        ward->failed_limit = limit;
    }
    ward->failed[ward->n_failed++] = *life;
    return PN_OK;
}

static int go_out(struct ward *ward, size_t lane, const struct pn_arrival *a)
{
    struct bed *bed = &ward->bed[lane];
    struct pn_guest *guest;

    bed->life.status = a->status;
    bed->life.t_end = a->t;
    bed->life.n_steps += a->n_steps;
    bed->life.n_rejected += a->n_rejected;
    bed->life.n_rates += a->n_rates;
    bed->life.n_factors += a->n_factors;
    if (ward->probing) {
        ward->typical = *a;
        return PN_OK;
    }
    if (a->status != PN_OK && pn_ladder_next(ward->study->method, ward->rung) >= 0)
        return put_aside(ward, &bed->life);
    guest = pn_room_chair(ward->room);
    bed->life.values = guest->life.values;
    guest->life = bed->life;
    memcpy(guest->row, bed->row, ward->study->population.n_variables * sizeof *bed->row);
    if (a->status == PN_OK) {
        for (size_t l = 0; l < PN_LANES; l++)
            pn_lanes_set(ward->bench, l, bed->parameters);
        pn_lanes_prepare(ward->bench);
        signals_at(ward, bed->x_output, ward->study->n_outputs, store_outputs, guest);
        if (ward->trial->n_tests > 0)
            signals_at(ward, bed->x_moment, ward->study->n_visits + 1, store_reads,
                       guest);
    }
    return pn_room_admit(ward->room);
}

/* --- who comes next --- */

static size_t arm_of(const struct ward *ward, int64_t job)
{
    return (size_t)job / ward->study->population.n_patients;
}

/* The next of this arm, or 0: on the first rung from the caller, below from those who
 * failed. */
static int call_next(struct ward *ward, struct pn_life *life)
{
    *life = (struct pn_life){.job = -1};
    if (ward->probing)
        return 0;
    if (ward->i_retry < ward->n_retry) {
        *life = ward->retry[ward->i_retry++];
    } else if (ward->n_retry == 0 && ward->next >= 0 &&
               arm_of(ward, ward->next) == ward->i_arm) {
        life->job = ward->next;
        ward->next = ward->calls->next(ward->calls->user);
    }
    life->n_tries++;
    life->method = ward->rung;
    return life->job >= 0;
}

/* A patient drawn out of range never lies in a bed. */
static int turn_away(struct ward *ward, const struct bed *bed)
{
    struct pn_guest *guest = pn_room_chair(ward->room);
    double *values = guest->life.values;

    guest->life = bed->life;
    guest->life.values = values;
    guest->life.status = PN_PATIENT_OUT_OF_RANGE;
    return pn_room_admit(ward->room);
}

static int occupy(struct ward *ward, size_t lane, pn_lane *x, struct pn_leg *leg)
{
    static const struct pn_arrival at_once = {.status = PN_OK};
    struct bed *bed = &ward->bed[lane];
    int status = PN_OK, bad;

    while (status == PN_OK && call_next(ward, &bed->life)) {
        bed->patient = (size_t)bed->life.job % ward->study->population.n_patients;
        if (pn_cohort_draw(&ward->study->population, ward->study->seed, bed->patient,
                           bed->row, &bad) != PN_OK) {
            status = turn_away(ward, bed);
            continue;
        }
        start_life(ward, lane, x);
        keep_state(ward, bed->x_output, bed->i_output++, x, lane);
        keep_state(ward, bed->x_moment, 0, x, lane);
        if (live(ward, lane, 0.0, x, leg)) {
            leg->kind = PN_LEG_NEW;
            return PN_OK;
        }
        status = go_out(ward, lane, &at_once);
    }
    leg->kind = PN_LEG_IDLE;
    return status;
}

static int arrive(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                  struct pn_leg *leg)
{
    struct ward *ward = user;
    int status = PN_OK;

    if (a) {
        if (a->status == PN_OK && live(ward, lane, a->t, x, leg))
            return PN_OK;
        status = go_out(ward, lane, a);
    }
    return status == PN_OK ? occupy(ward, lane, x, leg) : status;
}

/* --- the typical patient decides on which rung `auto` starts --- */

static int arrive_typical(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                          struct pn_leg *leg)
{
    struct ward *ward = user;
    struct bed *bed = &ward->bed[lane];

    leg->kind = PN_LEG_IDLE;
    if (lane > 0 || (a && (a->status != PN_OK || !live(ward, lane, a->t, x, leg)))) {
        leg->kind = PN_LEG_IDLE;
        return a ? go_out(ward, lane, a) : PN_OK;
    }
    if (a)
        return PN_OK;
    bed->patient = 0;
    start_life(ward, lane, x);
    bed->i_output = ward->study->n_outputs; /* nothing is recorded */
    if (!live(ward, lane, 0.0, x, leg))
        leg->kind = PN_LEG_IDLE;
    else
        leg->kind = PN_LEG_NEW;
    return PN_OK;
}

/* Medians, no draw; a column of a CSV counts by its default: so --patients changes
 * nothing. */
static void typical_row(const struct pn_population *population, double *row)
{
    for (size_t i = 0; i < population->n_variables; i++) {
        const struct pn_variable *variable = &population->variable[i];
        row[i] = variable->cases && variable->cases[0].kind != PN_OF_PREDICTED
                     ? pn_distribution_value(&variable->cases[0], 0.5)
                     : variable->row->value;
    }
}

/* --- a ward's life --- */

static int create_integrator(struct ward *ward)
{
    enum { PROBE_STEPS = 20000 }; /* milliseconds, even where the method is hopeless */
    const struct pn_rung *rung = &pn_ladder[ward->rung];
    int probing = ward->probing && ward->study->max_steps > PROBE_STEPS;
    struct pn_ode ode = pn_lanes_ode(ward->lanes);
    struct pn_integrate_options options = {
        .rtol = ward->study->rtol * rung->rtol_factor,
        .max_steps = probing ? PROBE_STEPS : ward->study->max_steps,
        .may_be_stiff =
            !ward->probing && pn_ladder_next(ward->study->method, ward->rung) >= 0,
    };

    pn_integrator_free(&ward->integrator);
    return pn_integrator_create(pn_method_find(rung->method), &ode, &options,
                                &ward->integrator);
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
static int probe(struct ward *ward, int rung)
{
    const struct pn_lane_calls calls = {ward, arrive_typical, record};
    int status;

    ward->rung = rung;
    ward->probing = 1;
    status = create_integrator(ward);
    if (status == PN_OK)
        status = pn_integrator_run(ward->integrator, &calls);
    ward->probing = 0;
    return status;
}

/* `auto` takes the rung that is cheaper for the typical patient. */
static int find_first_rung(struct ward *ward)
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
    status = create_integrator(ward);
out:
    return status;
}

static int create_bed(const struct ward *ward, struct bed *bed)
{
    const struct pn_study *study = ward->study;

    bed->row = calloc(study->population.n_variables + 1, sizeof *bed->row);
    bed->parameters =
        calloc(pn_system_n_parameters(ward->arm->system) + 1, sizeof *bed->parameters);
    bed->dose = calloc(ward->arm->n_doses + 1, sizeof *bed->dose);
    bed->x_output = calloc((study->n_outputs + 1) * (ward->n_states + 1), sizeof(double));
    bed->x_moment = calloc((study->n_visits + 1) * (ward->n_states + 1), sizeof(double));
    if (!bed->row || !bed->parameters || !bed->dose || !bed->x_output || !bed->x_moment)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    return PN_OK;
}

static int open_ward(const struct pn_trial *trial, const struct pn_job_calls *calls,
                     int64_t job, struct ward *ward)
{
    int status = PN_OK;

    *ward =
        (struct ward){.trial = trial, .study = trial->study, .calls = calls, .next = job};
    ward->i_arm = arm_of(ward, job);
    ward->arm = &trial->arm[ward->i_arm];
    ward->n_states = pn_system_n_states(ward->arm->system);
    PN_TRY(pn_lanes_create(ward->arm->system, &ward->lanes));
    PN_TRY(pn_lanes_create(ward->arm->system, &ward->bench));
    PN_TRY(pn_room_create(trial, calls, &ward->room));
    ward->x = aligned_alloc(64, (ward->n_states + 1) * 64);
    ward->signal = aligned_alloc(64, (pn_system_n_signals(ward->arm->system) + 1) * 64);
    if (!ward->x || !ward->signal)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t l = 0; l < PN_LANES && status == PN_OK; l++)
        status = create_bed(ward, &ward->bed[l]);
out:
    return status;
}

static void close_ward(struct ward *ward)
{
    for (size_t l = 0; l < PN_LANES; l++) {
        free(ward->bed[l].row);
        free(ward->bed[l].parameters);
        free(ward->bed[l].dose);
        free(ward->bed[l].x_output);
        free(ward->bed[l].x_moment);
    }
    pn_integrator_free(&ward->integrator);
    pn_room_free(&ward->room);
    pn_lanes_free(&ward->bench);
    pn_lanes_free(&ward->lanes);
    free(ward->x);
    free(ward->signal);
    free(ward->retry);
    free(ward->failed);
}

/* All of an arm, then those who failed, rung by rung. */
static int run_ward(struct ward *ward)
{
    const struct pn_lane_calls calls = {ward, arrive, record};
    int status = PN_OK;

    PN_TRY(find_first_rung(ward));
    for (;;) {
        struct pn_life *swap = ward->retry;
        size_t limit = ward->retry_limit;
        PN_TRY(pn_integrator_run(ward->integrator, &calls));
        if (ward->n_failed == 0)
            break;
        ward->rung = pn_ladder_next(ward->study->method, ward->rung);
        ward->retry = ward->failed;
        ward->retry_limit = ward->failed_limit;
        ward->n_retry = ward->n_failed;
        ward->i_retry = 0;
        ward->failed = swap;
        ward->failed_limit = limit;
        ward->n_failed = 0;
        PN_TRY(create_integrator(ward));
    }
    PN_TRY(pn_room_flush(ward->room));
out:
    return status;
}

int pn_simulate(const struct pn_trial *trial, const struct pn_job_calls *calls)
{
    struct ward *ward;
    int status = PN_OK;
    int64_t job = calls->next(calls->user);

    if (job < 0)
        return PN_OK;
    ward = calloc(1, sizeof *ward);
    if (!ward)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    while (job >= 0 && status == PN_OK) {
        status = open_ward(trial, calls, job, ward);
        if (status == PN_OK)
            status = run_ward(ward);
        job = ward->next;
        close_ward(ward);
    }
    free(ward);
    return status;
}
