/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this folder (and their tests) share: one step of a lane method, the
 * flight of PN_LANES patients, the table of methods. */
#ifndef PN_INTEGRATE_INTEGRATE_INTERNAL_H
#define PN_INTEGRATE_INTEGRATE_INTERNAL_H

#include "solver/base/time.h"
#include "solver/integrate/integrate.h"

#define PN_TOLERANCE_FLOOR 1e-3 /* atol = rtol x scale x this */

struct pn_scheme;

/** One step in every lane: from x by h to next, with the estimated error. */
struct pn_step {
    const struct pn_scheme *scheme;
    struct pn_ode ode;
    pn_lane rtol;
    pn_lane h;      /* to be tried */
    pn_lane error;  /* largest estimated error of a state over its tolerance, or NaN */
    pn_mask bad;    /* pivot: this step means nothing */
    pn_lane *floor; /* PN_TOLERANCE_FLOOR x scale, shape [n] */
    pn_lane *x, *next;
    pn_lane *f;    /* the rate at x; the caller computes it */
    pn_lane *work; /* the scheme's own, shape [n_arrays][n]; follows f */
    pn_lane *memory;
};

/** A one-step method on lanes.  No function here mixes lanes. */
struct pn_scheme {
    size_t n_arrays;      /* of n lanes each, behind f */
    size_t n_rates;       /* of a step, that at its beginning included */
    size_t n_factors;     /* of a step */
    size_t n_dense_rates; /* that an interpolated step costs more */
    double exponent;      /* factor of the step = safety x error^exponent */
    double safety, least, most;
    double first; /* share of the proposed step that is tried first after a jump */
    void (*step)(struct pn_step *s);        /* x, f, h to next, error, bad */
    void (*interpolate)(struct pn_step *s); /* makes the polynomials of this step */
    void (*at)(const struct pn_step *s, size_t lane, double theta, double *x);
    void (*at_all)(const struct pn_step *s, const pn_lane *theta, pn_lane *x);
    /* h x (largest eigenvalue) as seen by the last step; x and f are now those at its
     * end; NULL: stability never limits the step */
    void (*stiffness)(const struct pn_step *s, pn_lane *h_lambda);
};

extern const struct pn_scheme pn_dop853, pn_rodas5p;

/** ode is copied.  @return PN_OK, PN_ERR_MEMORY. */
int pn_step_create(const struct pn_scheme *scheme, const struct pn_ode *ode, double rtol,
                   struct pn_step **step);
void pn_step_free(struct pn_step **step);

/** PN_LANES patients on their way; every member has one element a lane. */
struct pn_flight {
    struct pn_step *step;
    long long max_steps;
    pn_mask may_be_stiff; /* a lane may end for it */
    pn_lane t, stop, output;
    pn_lane h;      /* the step that the error control proposes */
    pn_lane h_jump; /* what it proposed for the first step after a jump; 0: none yet */
    pn_lane lambda; /* fastest rate seen since the last jump, 1/h */
    pn_lane t_next; /* end of the step being tried */
    pn_mask active;
    pn_mask fresh;              /* waits for the estimate of a first step */
    pn_mask first;              /* no step accepted since the last jump */
    pn_mask last;               /* the step being tried ends at the stop */
    pn_mask accepted, rejected; /* what became of the step */
    pn_mask smooth; /* was accepted, and nothing has touched the state since */
    pn_mask broken, small, stiff, spent; /* why a lane cannot go on */
    /* counts of this patient */
    pn_mask n_steps, n_rejected, n_starts, n_jumps, n_interpolated;
    pn_mask n_limited; /* steps that stability held */
    pn_mask n_broken;  /* non-finite steps in a row */
    double *point;     /* one recorded state, shape [n] */
    int is_dense;      /* the polynomials of this step are made */
    unsigned long long n_lane_steps, n_carried;
};

/** Estimate the first step of the fresh lanes (Hairer, Norsett, Wanner, II.4). */
void pn_control_start(struct pn_flight *s);
/** The step to try: what the control proposes, fitted to the stop. */
PN_DOOR void pn_control_choose(struct pn_flight *s);
/** Accept or reject the step, propose the next, note why a lane cannot go on. */
void pn_control_judge(struct pn_flight *s);
/** Keep the next step in the region of stability, and count where that was needed. */
void pn_control_watch(struct pn_flight *s);

/** The larger of worst, not negative, and |a|; a NaN, whose pattern of bits without the
 * sign is larger than any number's, wins and stays. */
static inline pn_lane pn_larger(pn_lane worst, pn_lane a)
{
    a = pn_abs(a);
    return pn_select((pn_mask)a > (pn_mask)worst, a, worst);
}

struct pn_method {
    const char *name;
    const struct pn_scheme *scheme; /* NULL: not on lanes */
    int (*create)(struct pn_integrator *integrator);
    int (*run)(struct pn_integrator *integrator, const struct pn_lane_calls *calls);
    void (*free)(struct pn_integrator *integrator);
    double (*lane_use)(const struct pn_integrator *integrator);
};

struct pn_reference; /* CVODE on one patient at a time */

struct pn_integrator {
    const struct pn_method *method;
    struct pn_ode ode;
    struct pn_integrate_options options;
    struct pn_flight *flight;       /* of the lane methods */
    struct pn_reference *reference; /* of CVODE */
};

extern const struct pn_method pn_method_explicit, pn_method_rosenbrock, pn_method_cvode;

/** Memory for lanes: aligned, zero.  Free with free(). */
pn_lane *pn_lane_array(size_t n);

#endif
