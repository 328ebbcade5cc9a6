/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Step-size control: how long a step is tried, and what its error estimate means.  All
 * of it lane by lane. */
#include "solver/integrate/integrate_internal.h"

#define BROKEN_LIMIT 10 /* OURS: non-finite steps in a row, each a tenth of the last */

/* OURS: the explicit method keeps h x (largest eigenvalue) below STABLE, where a fast
 * state still dies out (the region of stability of DOP853 ends at 6.1); steps above
 * LIMITED are held by stability.  The stiff method pays about 100 explicit steps for each
 * start, so that a patient is called stiff when there are more than that. */
#define STABLE        4.0
#define LIMITED       3.0
#define STIFF_PATIENT 500
#define STIFF_START   100

/* Where nothing moves no step shows how fast a state would return to its rest, yet a step
 * beyond the limit of stability magnifies rounding to hundreds of tolerances.  So the
 * second rate is taken a little off the rest, and tells it. */
#define OFF_REST 1e-4 /* OURS: of a state's size, up and down in turns */

static pn_lane off_rest(const struct pn_step *step, size_t i)
{
    pn_lane size = step->floor[i] + pn_abs(step->x[i]);

    return (i % 2 ? -OFF_REST : OFF_REST) * size;
}

/* f is the rate at x + off_rest; 1/h */
static pn_lane speed_of_return(const struct pn_step *step, const pn_lane *f)
{
    pn_lane sum = {0};

    for (size_t i = 0; i < step->ode.n; i++) {
        pn_lane df = (f[i] - step->f[i]) / off_rest(step, i);
        sum = pn_fma(df, df, sum);
    }
    return pn_sqrt(sum);
}

/* A first step: Hairer, Norsett, Wanner 1993, section II.4, with the largest instead of
 * the mean square [OURS], and a thousandth of the leg instead of 1e-6 when nothing moves
 * [OURS].  The second rate goes to `next`. */
void pn_control_start(struct pn_flight *s)
{
    struct pn_step *step = s->step;
    size_t n = step->ode.n;
    pn_lane *y = step->work, *f = step->next;
    pn_lane d0 = {0}, d1 = {0}, d2 = {0}, h0, h1, most, exponent;
    pn_mask quiet, resting = {0};

    for (size_t i = 0; i < n; i++) {
        pn_lane weight = 1.0 / (step->rtol * (step->floor[i] + pn_abs(step->x[i])));
        d0 = pn_larger(d0, step->x[i] * weight);
        d1 = pn_larger(d1, step->f[i] * weight);
    }
    quiet = (d0 < pn_all(1e-5)) | (d1 < pn_all(1e-5));
    h0 = pn_select(quiet, 1e-3 * (s->stop - s->t), 0.01 * d0 / d1);
    h0 = pn_min(h0, s->stop - s->t);
    if (step->scheme->stiffness)
        resting = (pn_mask)(d1 < pn_all(1e-5));
    for (size_t i = 0; i < n; i++)
        y[i] = pn_select(resting, step->x[i] + off_rest(step, i),
                         pn_fma(h0, step->f[i], step->x[i]));
    step->ode.rate(step->ode.context, y, f);
    for (size_t i = 0; i < n; i++) {
        pn_lane weight = 1.0 / (step->rtol * (step->floor[i] + pn_abs(step->x[i])));
        d2 = pn_larger(d2, (f[i] - step->f[i]) * weight);
    }
    most = pn_max(d1, d2 / h0);
    h1 = 0.01 / pn_max(most, pn_all(1e-300));
    exponent = pn_all(-step->scheme->exponent);
    pn_pow(&h1, &exponent, &h1);
    h1 = pn_min(100.0 * h0, h1);

    /* a patient that begins without numbers is given up at its first rejection */
    quiet = pn_finite(d0) & pn_finite(d1);
    s->n_broken = (pn_mask)pn_select(
        s->fresh & ~quiet, (pn_lane)((pn_mask){0} + BROKEN_LIMIT), (pn_lane)s->n_broken);
    h1 = pn_select(pn_finite(h1) & (h1 > pn_all(0.0)), h1, h0);
    h1 = pn_select(resting, h0, h1);
    s->lambda = pn_select(s->fresh & resting, speed_of_return(step, f), s->lambda);
    s->h = pn_select(s->fresh, pn_select(quiet, h1, s->stop - s->t), s->h);
    s->n_starts -= s->fresh;
    s->fresh = (pn_mask){0};
}

/* The last step is stretched a little, the one before it is halved: no tiny step is
 * left, and t becomes the very number `stop`. */
void pn_control_choose(struct pn_flight *s)
{
    pn_lane left = s->stop - s->t;
    pn_mask halve = 2.0 * s->h > left;

    s->last = 1.02 * s->h >= left;
    s->step->h = pn_select(s->last, left, pn_select(halve, 0.5 * left, s->h));
    s->t_next = pn_select(s->last, s->stop, s->t + s->step->h);
}

/* Factor from this step to the next. */
static pn_lane growth(const struct pn_flight *s, pn_mask nonfinite)
{
    const struct pn_scheme *scheme = s->step->scheme;
    pn_lane error = pn_min(pn_max(s->step->error, pn_all(1e-30)), pn_all(1e30));
    pn_lane exponent = pn_all(scheme->exponent), factor, again;

    pn_pow(&error, &exponent, &factor);
    factor = pn_max(scheme->safety * factor, pn_all(scheme->least));
    factor = pn_min(factor, pn_all(scheme->most));
    /* no growth after a rejection; a second one in a row says that the error does not
     * fall with the order's power (a stiff state off its slow path): shorten for good */
    again = pn_select(error > pn_all(1.0), pn_all(0.2), pn_all(1.0)); /* [OURS] */
    factor = pn_select(s->rejected, pn_min(factor, again), factor);
    factor = pn_select(nonfinite, pn_all(0.1), factor);
    return pn_select(s->step->bad, pn_all(0.5), factor);
}

void pn_control_judge(struct pn_flight *s)
{
    const struct pn_step *step = s->step;
    pn_mask nonfinite = ~pn_finite(step->error) & ~step->bad;
    pn_mask good = (step->error <= pn_all(1.0)) & ~step->bad & s->active;
    pn_mask shortened = step->h < s->h;
    pn_lane factor = growth(s, nonfinite), h = step->h * factor;
    pn_lane tiny = 1e-15 * s->stop;
    pn_mask begun = good & s->first;

    /* a step cut short for a stop says nothing against the longer one */
    h = pn_select(good & shortened & (factor >= pn_all(step->scheme->most)),
                  pn_max(h, s->h), h);
    s->h_jump =
        pn_select(begun, pn_select(shortened, pn_max(h, s->h_jump), h), s->h_jump);
    s->h = h;
    s->first &= ~good;
    s->accepted = good;
    s->rejected = s->active & ~good;
    s->smooth = good;
    s->n_steps -= good;
    s->n_rejected -= s->rejected;
    s->n_broken = (s->n_broken - nonfinite) & nonfinite;
    s->small = (s->rejected & (h <= tiny)) | (good & ~(s->t_next > s->t));
    s->broken = nonfinite & (s->small | (s->n_broken >= BROKEN_LIMIT));
    s->spent = s->active & (s->n_steps + s->n_rejected >= s->max_steps);
}

/* Stability by Hairer and Wanner 1996, section IV.2.  Left to the error test, steps at
 * the limit bounce (too long, rejected, too short) and their errors do not die out.  The
 * fastest rate seen since the last jump counts, not the last one: where a fast state is
 * at rest nothing shows it, yet the dense output of a step beyond the limit magnifies its
 * rounding to thousands of tolerances. */
void pn_control_watch(struct pn_flight *s)
{
    pn_lane h_lambda;

    s->step->scheme->stiffness(s->step, &h_lambda);
    s->lambda = pn_select(s->smooth, pn_max(h_lambda / s->step->h, s->lambda), s->lambda);
    s->h = pn_select(s->smooth, pn_min(STABLE / s->lambda, s->h), s->h);
    s->n_limited -= s->smooth & (s->lambda * s->step->h > pn_all(LIMITED));
    s->stiff =
        s->may_be_stiff & (s->n_limited >= STIFF_PATIENT + STIFF_START * s->n_jumps);
}
