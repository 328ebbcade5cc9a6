/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recoil that carries a flow through a tree in which every path may choke: Newton's
 * iteration whose sweeps are eliminations. */
#include "models/lung/tree_flow_limit.h"
#include "models/airway/body.h"
#include "models/airway/wave_speed.h"
#include "models/airway/weibel.h"
#include "solver/base/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIBEL_SHARE (4.8 / 6.8) /* of TLC, at which Weibel measured */
#define DIFFERENCE   1e-4 /* relative, of the slopes: the march is smooth to 1e-9 */
#define CLOSE        1e-8 /* largest relative change of a flow in the last step */
#define JUMP         1e-4 /* the same where the march jumps: a step begins to pass P = 0 */
#define ROUGH        1e-2 /* below it slopes are kept: each step gains two digits */
#define WIDEST       4.0  /* factor by which a step may change a flow */
#define BEYOND       10.0 /* times kinetic energy: head of a flow beyond all measure */
enum { MOST_STEPS = 80, CYCLING = 16 };

/* The pressure behind airway i, once everything behind it is in balance, as a function of
 * its flow and of the head asked for at its mouth end; and the airway's own slopes. */
struct work {
    pn_lane *recoil, *per_flow, *per_head;
    pn_lane *own_flow, *own_head;   /* d behind / d flow, / d head at the mouth end */
    pn_lane *rise;                  /* change of `behind` in this step */
    pn_lane *old_flow, *old_recoil; /* before the last step */
};

static struct work work_of(const struct pn_tree_bronchi *b)
{
    size_t n = b->tree->n;

    return (struct work){b->work,         b->work + n,     b->work + 2 * n,
                         b->work + 3 * n, b->work + 4 * n, b->work + 5 * n,
                         b->work + 6 * n, b->work + 7 * n};
}

static size_t first_child(const struct pn_tree *t, size_t i)
{
    return t->n_children[i] > 0 ? (size_t)t->first_child[i] : 0;
}

static size_t end_of_children(const struct pn_tree *t, size_t i)
{
    return first_child(t, i) + (size_t)t->n_children[i];
}

/* airways c behind one airway i */
static double many(const struct pn_tree *t, size_t c)
{
    return t->multiplicity[c] / t->multiplicity[t->parent[c]];
}

/* --- the tree's tubes --- */

void pn_tree_bronchi_free(struct pn_tree_bronchi **bronchi)
{
    struct pn_tree_bronchi *b = *bronchi;

    if (!b)
        return;
    free(b->tube);
    free(b->generation);
    free(b->length);
    free(b->open);
    free(b->area);
    free(b->split);
    free(b->flow);
    free(b->behind);
    free(b->choked);
    free(b->work);
    free(b);
    *bronchi = NULL;
}

static int take(const struct pn_tree *tree, size_t highest, struct pn_tree_bronchi *b)
{
    double **doubles[] = {&b->generation, &b->length, &b->open, &b->area, &b->split};
    size_t n = tree->n, n_failed = 0;

    for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
        n_failed += !(*doubles[k] = calloc(n, sizeof **doubles[k]));
    n_failed += !(b->tube = calloc(highest + 1, sizeof *b->tube));
    n_failed += !(b->flow = aligned_alloc(sizeof(pn_lane), n * sizeof(pn_lane)));
    n_failed += !(b->behind = aligned_alloc(sizeof(pn_lane), n * sizeof(pn_lane)));
    n_failed += !(b->choked = aligned_alloc(sizeof(pn_mask), n * sizeof(pn_mask)));
    n_failed += !(b->work = aligned_alloc(sizeof(pn_lane), 8 * n * sizeof(pn_lane)));
    b->tree = tree;
    return n_failed == 0;
}

/* A_m over the cross-section that Weibel measured, between two generations. */
static double widening(double generation)
{
    size_t z =
        (size_t)generation < PN_GENERATIONS - 2 ? (size_t)generation : PN_GENERATIONS - 2;
    double ratio[2], x = generation - (double)z;

    for (size_t k = 0; k < 2; k++) {
        double D = pn_weibel_diameter[z + k];
        ratio[k] = pn_lambert_tubes[z + k].area / (ldexp(M_PI / 4, (int)(z + k)) * D * D);
    }
    return (1 - x) * ratio[0] + x * ratio[1];
}

int pn_tree_bronchi_create(const struct pn_tree *tree, double volume,
                           struct pn_tree_bronchi **bronchi)
{
    const size_t highest = (size_t)tree->horsfield[0];
    const double size = cbrt(WEIBEL_SHARE / volume);
    struct pn_tree_bronchi *b;

    *bronchi = NULL;
    if (highest < 2)
        return PN_FAIL(PN_ERR_INPUT, "a tree of one order of airways has no tube laws");
    b = calloc(1, sizeof *b);
    if (!b || !take(tree, highest, b)) {
        pn_tree_bronchi_free(&b);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for %zu airways", tree->n);
    }
    for (size_t i = 0; i < tree->n; i++) {
        size_t order = (size_t)tree->horsfield[i];
        double radius = tree->radius[i] * size;
        b->generation[i] =
            (double)(highest - order) * (PN_GENERATIONS - 1) / (double)(highest - 1);
        pn_tube_between(b->generation[i], &b->tube[order]);
        b->open[i] = M_PI * radius * radius * widening(b->generation[i]);
        b->length[i] = tree->length[i] * size;
    }
    b->gas = PN_AIR;
    pn_tree_bronchi_narrow(b, 1);
    *bronchi = b;
    return PN_OK;
}

void pn_tree_bronchi_narrow(struct pn_tree_bronchi *b, double factor)
{
    struct pn_recoil_terms terms;

    for (size_t i = 0; i < b->tree->n; i++)
        b->area[i] =
            b->open[i] * (b->generation[i] < PN_FIRST_NARROW_AIRWAY ? 1 : factor);
    pn_tree_recoil_terms(b, &terms);
}

static void stream_of(const struct pn_tree_bronchi *b, size_t i, const pn_lane *flow,
                      struct pn_stream *g)
{
    const struct pn_duct duct = {&b->tube[b->tree->horsfield[i]], 1, pn_all(b->area[i]),
                                 pn_all(b->length[i])};

    pn_stream_init(g, &duct, &b->gas, flow);
}

/* --- open airways --- */

/* Laminar losses add like resistances; the square of the flow goes where the laminar flow
 * goes, weighted with it. */
static void collect_terms(const struct pn_tree_bronchi *b, double *linear, double *square)
{
    const struct pn_tree *t = b->tree;
    const pn_lane one = pn_all(1); /* m3/s */

    for (size_t i = t->n; i-- > 0;) {
        double conductance = 0, behind = 0;
        struct pn_stream g;
        for (size_t c = first_child(t, i); c < end_of_children(t, i); c++)
            conductance += many(t, c) / linear[c];
        for (size_t c = first_child(t, i); c < end_of_children(t, i); c++) {
            double part = 1 / (linear[c] * conductance);
            behind += many(t, c) * part * part * part * square[c];
        }
        stream_of(b, i, &one, &g);
        linear[i] = (g.length * g.laminar)[0] + (conductance > 0 ? 1 / conductance : 0);
        square[i] = (g.length * g.laminar * g.inertial)[0] + behind;
    }
}

void pn_tree_recoil_terms(struct pn_tree_bronchi *b, struct pn_recoil_terms *terms)
{
    const struct pn_tree *t = b->tree;
    double *linear = (double *)b->work, *square = linear + t->n, kinetic = 0;

    collect_terms(b, linear, square);
    b->split[0] = 1;
    for (size_t i = 0; i < t->n; i++) {
        pn_lane flow = pn_all(b->split[i]);
        double conductance = 0;
        struct pn_stream g;
        stream_of(b, i, &flow, &g);
        kinetic = fmax(kinetic, g.kinetic[0]);
        for (size_t c = first_child(t, i); c < end_of_children(t, i); c++)
            conductance += many(t, c) / linear[c];
        for (size_t c = first_child(t, i); c < end_of_children(t, i); c++)
            b->split[c] = b->split[i] / (linear[c] * conductance);
    }
    terms->linear = pn_all(linear[0]);
    terms->square = pn_all(square[0]);
    terms->kinetic = pn_all(kinetic);
}

/* --- one step of Newton's iteration --- */

/* March airway i; in the lanes of `fresh` find how the head behind it depends on its flow
 * and on the head asked for. */
static void march(const struct pn_tree_bronchi *b, struct work *w, size_t i, size_t steps,
                  pn_mask fresh)
{
    const pn_lane asked =
        i > 0 ? b->behind[b->tree->parent[i]] : pn_all(-(double)INFINITY);
    pn_lane dH, dq = pn_all(DIFFERENCE) * b->flow[i], flow = b->flow[i] + dq, more;
    pn_mask choked, unasked, beyond;
    struct pn_stream g;

    stream_of(b, i, &b->flow[i], &g);
    pn_stream_march(&g, steps, &asked, &b->behind[i], &b->choked[i]);
    /* a trial flow no head can carry: what it takes is large and grows with it */
    beyond = (b->behind[i] != b->behind[i]) & (asked == asked);
    b->behind[i] = pn_select(beyond, pn_all(BEYOND) * g.kinetic, b->behind[i]);
    if (!pn_any(fresh))
        return;
    dH = pn_all(DIFFERENCE) * (pn_abs(asked) + g.kinetic);
    more = asked + dH;
    pn_stream_march(&g, steps, &more, &more, &choked);
    more = (more - b->behind[i]) / dH;
    unasked = b->choked[i] | beyond | ~pn_finite(asked);
    w->own_head[i] =
        pn_select(fresh, pn_select(unasked, pn_all(0), more), w->own_head[i]);
    stream_of(b, i, &flow, &g);
    pn_stream_march(&g, steps, &asked, &more, &choked);
    more = (more - b->behind[i]) / dq;
    more = pn_select(pn_finite(b->behind[i]), more, pn_all(0));
    more = pn_select(beyond, pn_all(2 * BEYOND) * g.kinetic / b->flow[i], more);
    w->own_flow[i] = pn_select(fresh, more, w->own_flow[i]);
}

/* What the junction behind airway i makes of its daughters: their common recoil, were the
 * flow to stay, and how it goes with flow and head. */
struct junction {
    pn_lane recoil, per_flow, per_head;
};

static void junction_of(const struct pn_tree *t, const struct work *w, size_t i,
                        struct junction *j)
{
    pn_lane sum = pn_all(0), recoil = pn_all(0), per_head = pn_all(0);

    for (size_t c = first_child(t, i); c < end_of_children(t, i); c++) {
        pn_lane weight = pn_all(many(t, c)) / w->per_flow[c];
        sum = sum + weight;
        recoil = recoil + weight * w->recoil[c];
        per_head = per_head + weight * w->per_head[c];
    }
    j->per_flow = pn_all(1) / sum;
    j->recoil = recoil * j->per_flow;
    j->per_head = per_head * j->per_flow;
}

static void eliminate(const struct pn_tree_bronchi *b, struct work *w)
{
    const struct pn_tree *t = b->tree;

    for (size_t i = t->n; i-- > 0;) {
        struct junction j = {b->behind[i], pn_all(0), pn_all(1)}; /* of a unit */
        if (t->n_children[i] > 0)
            junction_of(t, w, i, &j);
        w->recoil[i] = j.recoil;
        w->per_flow[i] = j.per_flow + j.per_head * w->own_flow[i];
        w->per_head[i] = j.per_head * w->own_head[i];
    }
}

/* What a daughter's flow would change by were her recoil to become `recoil`. */
static pn_lane proposed(const struct work *w, size_t c, pn_lane recoil, pn_lane dH)
{
    return (recoil - w->recoil[c] - w->per_head[c] * dH) / w->per_flow[c];
}

static pn_lane common_recoil(const struct pn_tree_bronchi *b, const struct work *w,
                             size_t i)
{
    const struct pn_tree *t = b->tree;
    pn_lane sum = pn_all(0);
    struct junction j;

    junction_of(t, w, i, &j);
    for (size_t c = first_child(t, i); c < end_of_children(t, i); c++)
        sum = sum + pn_all(many(t, c)) * b->flow[c];
    return j.recoil + j.per_flow * (b->flow[i] - sum) + j.per_head * w->rise[i];
}

/* A daughter who is to go back most of the way that she came stands before a wall: a
 * stiff airway that takes no head until its flow is sonic.  Between the two sides of it
 * the chord is steeper than either tangent; at most half of the way is gone back. */
static void see_walls(const struct pn_tree_bronchi *b, struct work *w, size_t i)
{
    const struct pn_tree *t = b->tree;
    const pn_lane recoil = common_recoil(b, w, i);

    for (size_t c = first_child(t, i); c < end_of_children(t, i); c++) {
        pn_lane came = b->flow[c] - w->old_flow[c];
        pn_lane goes = proposed(w, c, recoil, w->rise[i]);
        pn_lane chord = (w->recoil[c] - w->old_recoil[c]) / came;
        pn_lane half = w->per_flow[c] * goes / (pn_all(-0.5) * came);
        pn_mask back =
            (came * goes < pn_all(0)) & (pn_abs(goes) > pn_all(0.5) * pn_abs(came));
        w->old_flow[c] = b->flow[c];
        w->old_recoil[c] = w->recoil[c];
        w->per_flow[c] = pn_select(back, pn_max(half, chord), w->per_flow[c]);
    }
}

/* New flows of the daughters of airway i, whose own is settled: they sum to it, whatever
 * limits the step. */
static void divide(struct pn_tree_bronchi *b, struct work *w, size_t i, pn_lane damping,
                   pn_mask busy, pn_lane *change)
{
    const struct pn_tree *t = b->tree;
    const pn_lane dH = w->rise[i], q = b->flow[i];
    pn_lane sum = pn_all(0), recoil;

    see_walls(b, w, i);
    recoil = common_recoil(b, w, i);
    for (size_t c = first_child(t, i); c < end_of_children(t, i); c++) {
        pn_lane old = b->flow[c], new = old + damping *proposed(w, c, recoil, dH);
        new = pn_min(pn_max(new, old / pn_all(WIDEST)), old * pn_all(WIDEST));
        w->rise[c] = new; /* for the moment */
        sum = sum + pn_all(many(t, c)) * new;
    }
    for (size_t c = first_child(t, i); c < end_of_children(t, i); c++) {
        pn_lane old = b->flow[c], new = w->rise[c] * q / sum;
        pn_lane lasts = pn_abs(new - old) / old;
        *change = pn_select(lasts <= *change, *change, lasts); /* NaN stays */
        b->flow[c] = pn_select(busy, new, old);
        w->rise[c] = w->own_flow[c] * (new - old) + w->own_head[c] * dH;
    }
}

int pn_tree_recoil_of_flow(struct pn_tree_bronchi *b, size_t steps, const pn_lane *flow,
                           pn_lane *recoil)
{
    const struct pn_tree *t = b->tree;
    struct work w = work_of(b);
    pn_lane change = pn_all(1), damping;
    pn_mask busy = *flow > pn_all(0);
    int step = 0;

    *recoil = pn_all((double)NAN);
    for (size_t i = 0; i < t->n; i++)
        b->flow[i] = w.old_flow[i] = *flow * pn_all(b->split[i]);
    for (; step < MOST_STEPS && pn_any(busy); step++) {
        pn_mask fresh = busy & (change > pn_all(ROUGH));
        if (step % 4 == 3 ||
            step >= CYCLING) /* an airway may have begun to choke, or ceased to */
            fresh = busy;
        for (size_t i = 0; i < t->n; i++)
            march(b, &w, i, steps, step == 0 ? ~(pn_mask){0} : fresh);
        eliminate(b, &w);
        *recoil = pn_select(busy, w.recoil[0], *recoil);
        change = pn_select(busy, pn_all(0), change);
        damping = pn_all(step < CYCLING ? 1 : 0.5);
        w.rise[0] = pn_all(0);
        for (size_t i = 0; i < t->n; i++)
            if (t->n_children[i] > 0)
                divide(b, &w, i, damping, busy, &change);
        busy = busy & ~(change <= pn_all(step < CYCLING ? CLOSE : JUMP));
    }
    *recoil = pn_select(busy, pn_all((double)NAN), *recoil);
    return step;
}

void pn_tree_bronchi_keep(struct pn_tree_bronchi *b, size_t lane)
{
    for (size_t i = 0; i < b->tree->n; i++)
        b->split[i] = b->flow[i][lane] / b->flow[0][lane];
}
