/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integration of a pn_ode on lanes: every lane has its own time, step, error test and
 * stops. */
#ifndef PN_INTEGRATE_INTEGRATE_H
#define PN_INTEGRATE_INTEGRATE_H

#include "solver/base/ode.h"
#include "solver/base/status.h"

/** A method is a constant struct, opaque here: pn_method_find("explicit" | "rosenbrock" |
 * "cvode"). */
struct pn_method;
const struct pn_method *pn_method_find(const char *name); /* NULL: no such method */
const char *pn_method_name(const struct pn_method *method);

struct pn_integrate_options {
    double rtol;      /* relative tolerance of a step; atol = rtol x scale x 1e-3 */
    size_t max_steps; /* budget of one patient, rejected steps included; past it
                         PN_PATIENT_STEPS */
    int may_be_stiff; /* explicit: end with PN_PATIENT_STIFF when stability, not accuracy,
                         limits the step */
};

/** What happened in a lane since its last PN_LEG_NEW. */
struct pn_arrival {
    int status; /* PN_OK: at its stop; > 0: failed at time t, the state is that of the
                   last good step */
    double t;   /* h */
    size_t n_steps, n_rejected, n_rates, n_factors;
};

enum pn_leg_kind {
    PN_LEG_IDLE,     /* nothing to do any more in this lane */
    PN_LEG_NEW,      /* another patient: forget the step size, counts from zero */
    PN_LEG_JUMP,     /* state or parameters changed (a dose) */
    PN_LEG_CONTINUE, /* nothing changed (a visit): the step goes on as if there had been
                        no stop */
};

/** The next piece of a lane's life. */
struct pn_leg {
    enum pn_leg_kind kind;
    double start, stop; /* h, start < stop; the integrator never evaluates past `stop` */
    double output;      /* first output time in (start, stop], or INFINITY */
};

/** The steps that lanes have just made, to be looked into before anything else happens.
 */
struct pn_path {
    pn_mask made;       /* the lanes whose step was accepted */
    pn_lane start, end; /* of the step, h */
    void *of;
    /** States of all lanes at start + theta (end - start), theta in [0, 1]: those of the
     * beginning at 0, behind doses of that time, those of the end at 1.
     *  @param[out] x  shape [n] */
    void (*at)(void *of, const pn_lane *theta, pn_lane *x);
};

/** Scalar code that the integrator calls, one lane at a time. */
struct pn_lane_calls {
    void *user;
    /** The lane is at its stop, has failed, or is empty at the beginning of the run (a ==
     * NULL).  May rewrite this lane's column of x (element `lane` of each x[i]) and its
     * parameters, and fills *leg.  @return PN_OK, or negative: the whole run stops with
     * that status. */
    int (*arrive)(void *user, size_t lane, const struct pn_arrival *a, pn_lane *x,
                  struct pn_leg *leg);
    /** The interpolated state x, shape [n], at output time t; fills *next: the following
     * output time, or INFINITY.  Outputs at a stop come before `arrive`. */
    void (*record)(void *user, size_t lane, double t, const double *x, double *next);
    /** NULL, or asked before every step: not 0 ends the run with PN_ERR_STOPPED. */
    int (*halt)(void *user);
    /** NULL, or told of every step that was tried: its end t, its size h, whether it was
     * accepted, and the state it leads to, shape [n]. */
    void (*step)(void *user, size_t lane, double t, double h, int accepted,
                 const double *x);
    /** NULL, or shown every step of all lanes before their outputs and arrivals.
     *  @param[out] looked  the lanes whose step it looked into */
    void (*follow)(void *user, const struct pn_path *path, pn_mask *looked);
};

struct pn_integrator;

/** Allocates everything; one per rank and system, used for any number of runs.  ode is
 * copied. */
int pn_integrator_create(const struct pn_method *method, const struct pn_ode *ode,
                         const struct pn_integrate_options *options,
                         struct pn_integrator **integrator);
void pn_integrator_free(struct pn_integrator **integrator);

/** Run until every lane is idle.  @return PN_OK, what `arrive` returned, or
 * PN_ERR_STOPPED. */
int pn_integrator_run(struct pn_integrator *integrator,
                      const struct pn_lane_calls *calls);

/** Share of lane-steps that carried a patient, since creation (1 is best). */
double pn_integrator_lane_use(const struct pn_integrator *integrator);

#endif
