/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small ODEs with their Jacobians, and patients who live on them: what the tests of
 * solver/integrate share. */
#ifndef PN_TESTS_INTEGRATE_CASE_H
#define PN_TESTS_INTEGRATE_CASE_H

#include "check.h"
#include "solver/integrate/integrate.h"

enum { MAX_N = 4, MAX_P = 5, MAX_STOPS = 24, MAX_OUTPUTS = 400, MAX_QUEUE = 4 };

struct problem {
    const char *name;
    size_t n;
    double scale[MAX_N];
    void (*rate)(const pn_lane *p, const pn_lane *x, pn_lane *dx);
    void (*jacobian)(const pn_lane *p, const pn_lane *x, pn_lane *j); /* row-major */
};

/* A problem on lanes: parameters by lane, dense LU in lanes without pivoting. */
struct bench {
    const struct problem *problem;
    pn_lane p[MAX_P], lu[MAX_N * MAX_N];
    pn_lane longest; /* a longer step's factor (by its d) has a bad pivot; 0: none */
    size_t n_rates;
};

static void bench_rate(void *context, const pn_lane *x, pn_lane *dx)
{
    struct bench *b = context;

    b->n_rates++;
    b->problem->rate(b->p, x, dx);
}

static void bench_factor(void *context, const pn_lane *x, const pn_lane *d, pn_mask *bad)
{
    struct bench *b = context;
    size_t n = b->problem->n;
    pn_lane *a = b->lu;

    b->problem->jacobian(b->p, x, a);
    for (size_t i = 0; i < n * n; i++)
        a[i] = -a[i];
    for (size_t i = 0; i < n; i++)
        a[i * n + i] += *d;
    for (size_t k = 0; k < n; k++)
        for (size_t i = k + 1; i < n; i++) {
            a[i * n + k] /= a[k * n + k];
            for (size_t j = k + 1; j < n; j++)
                a[i * n + j] -= a[i * n + k] * a[k * n + j];
        }
    *bad = (b->longest > 0.0) & (1.0 / *d > b->longest);
}

static void bench_solve(void *context, pn_lane *x)
{
    struct bench *b = context;
    size_t n = b->problem->n;
    const pn_lane *a = b->lu;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            x[i] -= a[i * n + j] * x[j];
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            x[i] -= a[i * n + j] * x[j];
        x[i] /= a[i * n + i];
    }
}

/* --- problems --- */

/* The rigid body without forces: sn, cn, dn of Jacobi with parameter 0.51 solve it. */
#define BODY_M 0.51
static inline void body_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    (void)p;
    dx[0] = x[1] * x[2];
    dx[1] = -x[0] * x[2];
    dx[2] = -BODY_M * x[0] * x[1];
}
static inline void body_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    (void)p;
    j[0] = j[4] = j[8] = pn_all(0.0);
    j[1] = x[2], j[2] = x[1];
    j[3] = -x[2], j[5] = -x[0];
    j[6] = -BODY_M * x[1], j[7] = -BODY_M * x[0];
}
static const struct problem body = {
    "body", 3, {1, 1, 1},
      body_rate, body_jacobian
};

/* two compartments, amounts; p: k10, k12, k21 */
static inline void pk_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[1] = p[1] * x[0] - p[2] * x[1];
    dx[0] = -p[0] * x[0] - dx[1];
}
static inline void pk_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    (void)x;
    j[0] = -p[0] - p[1], j[1] = p[2];
    j[2] = p[1], j[3] = -p[2];
}
static const struct problem pk = {
    "pk", 2, {100, 100},
      pk_rate, pk_jacobian
};

/* a drug that binds its target; p: ke, kon, koff, kdeg (synthesis 1), kint */
static inline void binding_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    pn_lane bind = p[1] * x[0] * x[1] - p[2] * x[2];

    dx[0] = -p[0] * x[0] - bind;
    dx[1] = 1.0 - p[3] * x[1] - bind;
    dx[2] = bind - p[4] * x[2];
}
static inline void binding_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    pn_lane b0 = p[1] * x[1], b1 = p[1] * x[0], b2 = -p[2];

    j[0] = -p[0] - b0, j[1] = -b1, j[2] = -b2;
    j[3] = -b0, j[4] = -p[3] - b1, j[5] = -b2;
    j[6] = b0, j[7] = b1, j[8] = b2 - p[4];
}
static const struct problem binding = {
    "binding", 3, {40, 1, 1},
      binding_rate, binding_jacobian
};

/* van der Pol's oscillator, p: mu */
static inline void vdp_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[0] = x[1];
    dx[1] = p[0] * (1.0 - x[0] * x[0]) * x[1] - x[0];
}
static inline void vdp_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    j[0] = pn_all(0.0), j[1] = pn_all(1.0);
    j[2] = -2.0 * p[0] * x[0] * x[1] - 1.0;
    j[3] = p[0] * (1.0 - x[0] * x[0]);
}
static const struct problem vdp = {
    "van der Pol", 2, {1, 1},
      vdp_rate, vdp_jacobian
};

static inline void robertson_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    (void)p;
    dx[0] = 1e4 * x[1] * x[2] - 0.04 * x[0];
    dx[2] = 3e7 * x[1] * x[1];
    dx[1] = -dx[0] - dx[2];
}
static inline void robertson_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    (void)p;
    j[0] = pn_all(-0.04), j[1] = 1e4 * x[2], j[2] = 1e4 * x[1];
    j[3] = pn_all(0.04), j[4] = -1e4 * x[2] - 6e7 * x[1], j[5] = -1e4 * x[1];
    j[6] = pn_all(0.0), j[7] = 6e7 * x[1], j[8] = pn_all(0.0);
}
static const struct problem robertson = {
    "Robertson", 3, {1, 1e-4, 1},
      robertson_rate, robertson_jacobian
};

/* predator and prey with self-limitation: damped oscillations; p: rate of limitation */
static inline void prey_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[0] = x[0] * (1.0 - p[0] * x[0] - x[1]);
    dx[1] = x[1] * (x[0] - 1.0);
}
static inline void prey_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    j[0] = 1.0 - 2.0 * p[0] * x[0] - x[1], j[1] = -x[0];
    j[2] = x[1], j[3] = x[0] - 1.0;
}
static const struct problem prey = {
    "prey", 2, {1, 1},
      prey_rate, prey_jacobian
};

/* x' = x^2: ends at t = 1 / x(0) */
static inline void blowup_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    (void)p;
    dx[0] = x[0] * x[0];
}
static inline void blowup_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    (void)p;
    j[0] = 2.0 * x[0];
}
static const struct problem blowup = {"blow-up", 1, {1}, blowup_rate, blowup_jacobian};

/* x' = -sqrt(x): no number beyond t = 2 sqrt(x(0)) */
static inline void root_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[0] = -pn_sqrt(x[0]) - p[0];
}
static inline void root_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    (void)p;
    j[0] = -0.5 / pn_sqrt(x[0]);
}
static const struct problem root = {"root", 1, {1}, root_rate, root_jacobian};

/* --- patients --- */

struct patient {
    double p[MAX_P], x[MAX_N]; /* parameters, state at 0 */
    size_t n_stops;
    double every;           /* from stop to stop */
    enum pn_leg_kind kind;  /* of the legs after the first */
    double dose;            /* added to state 0 at every stop when kind is a jump */
    double output, longest; /* output interval, 0: none; see struct bench */
    const double *stops;    /* instead of `every`; NULL */
};

/* What became of a patient; compared byte by byte. */
struct life {
    struct pn_arrival end;
    size_t n_outputs, n_stops;
    double stop[MAX_STOPS][MAX_N], output_time[MAX_OUTPUTS], output[MAX_OUTPUTS][MAX_N];
};

/* Patients by lane: queue[lane] lists their numbers, from 1; 0 ends it. */
struct ward {
    struct bench *bench;
    const struct patient *patients;
    struct life *lives;
    int queue[PN_LANES][MAX_QUEUE];
    size_t n_seen[PN_LANES];
    int stop_run; /* status that arrive returns at the first arrival; 0 */
};

static double ward_stop(const struct patient *p, size_t i)
{
    return p->stops ? p->stops[i] : p->every * (double)(i + 1);
}

/* Put the next patient of the queue in the lane.  @return the patient, or NULL. */
static const struct patient *ward_admit(struct ward *w, size_t lane, pn_lane *x)
{
    size_t seen = w->n_seen[lane];
    int number = seen < MAX_QUEUE ? w->queue[lane][seen] : 0;
    const struct patient *p = number ? &w->patients[number - 1] : NULL;

    for (size_t i = 0; p && i < MAX_P; i++)
        w->bench->p[i][lane] = p->p[i];
    for (size_t i = 0; p && i < w->bench->problem->n; i++)
        x[i][lane] = p->x[i];
    if (p) {
        w->bench->longest[lane] = p->longest;
        memset(&w->lives[number - 1], 0, sizeof *w->lives);
    }
    return p;
}

/* Field by field: the padding of a struct has no value. */
static void ward_note(struct life *life, const struct pn_arrival *a)
{
    life->end.status = a->status;
    life->end.t = a->t;
    life->end.n_steps = a->n_steps;
    life->end.n_rejected = a->n_rejected;
    life->end.n_rates = a->n_rates;
    life->end.n_factors = a->n_factors;
}

static int ward_arrive(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                       struct pn_leg *leg)
{
    struct ward *w = user;
    int number = w->queue[lane][w->n_seen[lane]];
    const struct patient *p = &w->patients[number - 1];
    struct life *life = &w->lives[number - 1];

    if (a && w->stop_run)
        return w->stop_run;
    leg->kind = PN_LEG_NEW;
    leg->start = 0;
    if (a) {
        ward_note(life, a);
        assert_true(a->status != PN_OK || a->t == ward_stop(p, life->n_stops));
        for (size_t i = 0; i < w->bench->problem->n; i++)
            life->stop[life->n_stops][i] = x[i][lane];
        life->n_stops++;
        if (a->status == PN_OK && life->n_stops < p->n_stops) {
            leg->kind = p->kind;
            leg->start = a->t;
            x[0][lane] += p->kind == PN_LEG_JUMP ? p->dose : 0.0;
        } else {
            w->n_seen[lane]++;
        }
    }
    if (leg->kind == PN_LEG_NEW) {
        p = ward_admit(w, lane, x);
        if (!p)
            return leg->kind = PN_LEG_IDLE, PN_OK;
        life = &w->lives[w->queue[lane][w->n_seen[lane]] - 1];
    }
    leg->stop = ward_stop(p, life->n_stops);
    leg->output =
        p->output > 0 ? p->output * (double)(life->n_outputs + 1) : (double)INFINITY;
    return PN_OK;
}

static void ward_record(void *user, size_t lane, double t, const double *x, double *next)
{
    struct ward *w = user;
    int number = w->queue[lane][w->n_seen[lane]];
    struct life *life = &w->lives[number - 1];

    assert_true(life->n_outputs < MAX_OUTPUTS);
    life->output_time[life->n_outputs] = t;
    memcpy(life->output[life->n_outputs], x, w->bench->problem->n * sizeof *x);
    life->n_outputs++;
    *next = w->patients[number - 1].output * (double)(life->n_outputs + 1);
}

static struct pn_ode bench_ode(struct bench *b)
{
    return (struct pn_ode){b->problem->n, b->problem->scale, b,
                           bench_rate,    bench_factor,      bench_solve};
}

/* Run the wards's queues with a method; the lives are filled. */
static int ward_run(struct ward *w, const char *method,
                    const struct pn_integrate_options *options)
{
    struct pn_ode ode = bench_ode(w->bench);
    struct pn_lane_calls calls = {w, ward_arrive, ward_record, NULL, NULL, NULL};
    struct pn_integrator *g;
    int status;

    assert_int_equal(pn_integrator_create(pn_method_find(method), &ode, options, &g), 0);
    memset(w->n_seen, 0, sizeof w->n_seen);
    status = pn_integrator_run(g, &calls);
    assert_true(pn_integrator_lane_use(g) > 0 && pn_integrator_lane_use(g) <= 1);
    pn_integrator_free(&g);
    pn_integrator_free(&g);
    return status;
}

/* One patient alone in a lane; an explicit method that struggles says so. */
static inline void live_alone(const struct problem *problem, const char *method,
                              double rtol, const struct patient *patient, size_t lane,
                              struct life *life)
{
    struct bench bench = {.problem = problem};
    struct pn_integrate_options options = {rtol, 1000000, 1};
    struct ward ward = {.bench = &bench, .patients = patient, .lives = life};

    ward.queue[lane][0] = 1;
    assert_int_equal(ward_run(&ward, method, &options), PN_OK);
}

#endif
