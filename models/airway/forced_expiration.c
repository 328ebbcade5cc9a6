/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manoeuvre: maximal flow at each volume, times an effort that rises; its pieces are
 * integrated in closed form. */
#include "models/airway/forced_expiration.h"
#include "solver/base/constants.h"

#include <math.h>

#define EFFORT  0.06 /* s, the flow is the maximal one times 1 - exp(-t / EFFORT) */
#define TIMEOUT 6.0  /* s */

/* V = V0 (1 - B exp(-k P)) at a TLC of 6.8 L: Salazar and Knowles 1964; P in cmH2O, 28 at
 * TLC.  Volumes as shares of TLC serve every patient [OURS]. */
#define RECOIL_V0 (6.99072 / 6.8)
#define RECOIL_B  0.785430
#define RECOIL_K  0.12

void pn_lung_recoil(const pn_lane *share, pn_lane *recoil)
{
    pn_lane y = (pn_all(1) - *share / pn_all(RECOIL_V0)) / pn_all(RECOIL_B);

    pn_log(&y, &y);
    *recoil = y * pn_all(-PN_CMH2O / RECOIL_K);
}

static pn_lane decay(pn_lane t)
{
    t = t * pn_all(-1 / EFFORT);
    pn_exp(&t, &t);
    return t;
}

/* Effort integrated over time, R(t) = t - EFFORT (1 - exp(-t / EFFORT)): at maximal
 * effort a volume would be reached at time R. */
static pn_lane effort_until(double t)
{
    return pn_all(t) - pn_all(EFFORT) * (pn_all(1) - decay(pn_all(t)));
}

/* Its inverse for R > 0 by Newton's iteration, which is monotone from the second iterate
 * on. */
static pn_lane time_of_effort(pn_lane R)
{
    const pn_lane tau = pn_all(EFFORT);
    pn_lane t = pn_min(R + tau, pn_all(1.3) * pn_sqrt(pn_all(2) * tau * R));

    for (int i = 0; i < 5; i++) {
        pn_lane e = decay(t), rise = pn_all(1) - e;
        t = t - (t - tau * rise - R) / rise;
    }
    return t;
}

/* Between two points of the table the limit is linear in volume: v(R) = v exp(-s R), s =
 * dv/dV.  The flow v(R(t)) (1 - e), e = exp(-t / EFFORT), is largest where s EFFORT
 * (1 - e)^2 = e.  Zero where that is not between R and R + duration. */
static pn_lane largest_within(pn_lane v, pn_lane s, pn_lane R, pn_lane duration)
{
    const pn_lane one = pn_all(1), two = pn_all(2), tau = pn_all(EFFORT);
    pn_lane a = s * tau;
    pn_lane e = two * a / (two * a + one + pn_sqrt(pn_all(4) * a + one));
    pn_lane log_e, ahead, fade;
    pn_mask inside;

    pn_log(&e, &log_e);
    ahead = -tau * log_e - tau * (one - e) - R;
    fade = -s * ahead;
    pn_exp(&fade, &fade);
    inside = (a > pn_all(0)) & (ahead >= pn_all(0)) & (ahead <= duration);
    return pn_select(inside, v * fade * (one - e), pn_all(0));
}

/* Where the manoeuvre stands at a point of the table. */
struct progress {
    pn_lane R;        /* s, effort spent from TLC */
    pn_lane one, six; /* L, breathed out after 1 s and 6 s, as far as known */
};

/* From one point of the table to the next, a volume `dV` below. */
static void breathe(struct progress *at, pn_lane before, pn_lane after, pn_lane dV,
                    pn_lane *PEF)
{
    const pn_lane end[2] = {effort_until(1), effort_until(TIMEOUT)};
    pn_lane s = (before - after) / dV, ratio = before / after, duration, x;
    pn_mask flat = pn_abs(before - after) <= pn_all(1e-9) * before;
    pn_lane *volume[2] = {&at->one, &at->six};

    pn_log(&ratio, &duration);
    duration = pn_select(flat, dV / before, duration / s); /* infinite where flow ends */
    for (int k = 0; k < 2; k++) {
        pn_lane left = end[k] - at->R, part;
        x = -s * left;
        pn_exp(&x, &x);
        part = pn_select(flat, before * left, before * (pn_all(1) - x) / s);
        part = pn_select(left >= duration, dV, part);
        part = pn_select((left <= pn_all(0)) | (before <= pn_all(0)), pn_all(0), part);
        *volume[k] = *volume[k] + part;
    }
    *PEF = pn_max(*PEF, largest_within(before, s, at->R, duration));
    at->R = at->R + duration;
}

static void manoeuvre(pn_lane VC, struct pn_expiration *out)
{
    const pn_lane end = effort_until(TIMEOUT);
    const pn_lane dV = VC / pn_all(PN_VOLUME_POINTS - 1);
    struct progress at = {pn_all(0), pn_all(0), pn_all(0)};

    out->VC = VC;
    out->PEF = out->flow[0] = out->effort[0] = pn_all(0);
    for (size_t i = 1; i < PN_VOLUME_POINTS; i++) {
        pn_lane t;
        breathe(&at, out->limit[i - 1], out->limit[i], dV, &out->PEF);
        t = time_of_effort(at.R);
        out->flow[i] =
            pn_select(at.R <= end, out->limit[i] * (pn_all(1) - decay(t)), pn_all(0));
        out->PEF = pn_max(out->PEF, out->flow[i]);
        out->effort[i] = at.R;
    }
    out->FEV1 = at.one;
    out->FVC = at.six;
}

static void spoil(pn_mask bad, pn_lane *x)
{
    *x = pn_select(bad, pn_all((double)NAN), *x);
}

/* A lane without a result is NaN in all of it. */
static void spoil_failed(pn_lane VC, struct pn_expiration *out)
{
    pn_mask bad = ~pn_finite(out->FEV1) | ~pn_finite(out->FVC) | ~(VC > pn_all(0));

    spoil(bad, &out->VC);
    spoil(bad, &out->FEV1);
    spoil(bad, &out->FVC);
    spoil(bad, &out->PEF);
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
        spoil(bad, &out->limit[i]);
        spoil(bad, &out->flow[i]);
        spoil(bad, &out->effort[i]);
    }
}

void pn_expire(const struct pn_flow_table *table, const pn_lane *TLC, const pn_lane *RV,
               struct pn_expiration *out)
{
    const pn_lane VC = *TLC - *RV;

    for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
        pn_lane share, recoil;
        double breathed = (double)i / (PN_VOLUME_POINTS - 1);
        share = (*TLC - pn_all(breathed) * VC) / *TLC;
        pn_lung_recoil(&share, &recoil);
        pn_flow_table_at(table, &recoil, &out->limit[i]);
        out->limit[i] = out->limit[i] * pn_all(1000); /* L/s */
    }
    manoeuvre(VC, out);
    spoil_failed(VC, out);
}

void pn_expiration_at(const struct pn_expiration *e, const pn_lane *volume, pn_lane *time,
                      pn_lane *flow)
{
    const pn_lane one = pn_all(1), dV = e->VC / pn_all(PN_VOLUME_POINTS - 1);
    pn_lane before = pn_all((double)NAN), after = before, R = before, done = before, s, x;
    pn_mask flat;

    for (size_t i = 1; i < PN_VOLUME_POINTS; i++) { /* the piece that it lies in */
        const pn_lane start = pn_all((double)(i - 1)) * dV;
        const pn_mask here = (*volume > start) & (*volume < e->FVC);
        before = pn_select(here, e->limit[i - 1], before);
        after = pn_select(here, e->limit[i], after);
        R = pn_select(here, e->effort[i - 1], R);
        done = pn_select(here, *volume - start, done);
    }
    s = (before - after) / dV;
    flat = pn_abs(before - after) <= pn_all(1e-9) * before;
    x = one - s * done / before; /* of the limit at the piece's beginning */
    *flow = before * x;
    pn_log(&x, &x);
    R = R + pn_select(flat, done / before, -x / s);
    *time = time_of_effort(R);
    *flow = *flow * (one - decay(*time));
}

void pn_forced_expiration(const struct pn_lung *lung, size_t steps,
                          struct pn_expiration *out)
{
    pn_lane share = pn_all(1), top;
    struct pn_flow_table table;

    pn_lung_recoil(&share, &top);
    pn_flow_table_init(&table, &lung->bronchi, steps, &top);
    pn_expire(&table, &lung->TLC, &lung->RV, out);
}
