/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sweeps over a tree, for numbers of one width: included with
 *   NUMBER   double or pn_lane        MASK    int or pn_mask
 *   OF(x)    the struct or function of that width
 *   ALL(a), ABS(a), ROOT(a), PICK(mask, a, b), ANY(mask), NOT(mask)
 *
 * Behind each airway the tree is linear: q = G p - B, p the pressure where it begins.
 * Leaf to root gives G and B, root to leaf the pressures and flows.  No quotient has a
 * denominator that may vanish: leaves with a given flow have G = 0, and so has everything
 * that has only such leaves behind it.
 *
 * Pressures are counted from one of those given at the ends while this goes on: else the
 * small loss in a terminal airway would be the difference of two large numbers. */

/* Pressure lost at flow q, and its slope. */
static inline void OF(law)(NUMBER resistance, NUMBER turbulence, NUMBER q, NUMBER *loss,
                           NUMBER *slope)
{
    NUMBER z = turbulence * ROOT(ABS(q));
    MASK turbulent = z > ALL(1.0);

    *loss = resistance * q * PICK(turbulent, z, ALL(1.0));
    *slope = resistance * PICK(turbulent, ALL(1.5) * z, ALL(1.0));
}

/* The larger one; NaN stays. */
static inline NUMBER OF(worst)(NUMBER a, NUMBER b)
{
    return PICK((b > a) | (b != b), b, a);
}

/* a / b, and 0 where both are. */
static inline NUMBER OF(relative)(NUMBER a, NUMBER b)
{
    return PICK(a == ALL(0.0), a, a / b);
}

/* G of row i, whose children have added theirs; leaf k where there are none. */
static inline void OF(factor_row)(struct OF(flow) * f, size_t i, size_t k,
                                  const struct OF(ends) * ends)
{
    const struct pn_tree *t = f->tree;
    NUMBER g;

    if (t->n_children[i] == 0) {
        g = f->slope[i];
        if (ends->behind)
            g += ends->behind[k];
        g = ends->leaf_is_flow && ends->leaf_is_flow[k] ? ALL(0.0) : ALL(1.0) / g;
    } else {
        f->open[i] = ALL(1.0) / (ALL(1.0) + f->slope[i] * f->sum[i]);
        g = f->sum[i] * f->open[i];
    }
    f->conductance[i] = g;
    if (i > 0)
        f->sum[t->parent[i]] += f->ratio[i] * g;
}

/* B of row i; offset is what the tangent of its law has at q = 0. */
static inline void OF(load_row)(struct OF(flow) * f, size_t i, size_t k,
                                const struct OF(ends) * ends)
{
    const struct pn_tree *t = f->tree;
    NUMBER b;

    if (t->n_children[i] > 0)
        b = f->conductance[i] * f->offset[i] + f->load[i] * f->open[i];
    else if (ends->leaf_is_flow && ends->leaf_is_flow[k])
        b = -ends->leaf[k];
    else
        b = f->conductance[i] * (f->offset[i] + ends->leaf[k] - f->base);
    f->source[i] = b;
    if (i > 0)
        f->load[t->parent[i]] += f->ratio[i] * b;
}

static void OF(eliminate)(struct OF(flow) * f, const struct OF(ends) * ends)
{
    const struct pn_tree *t = f->tree;
    size_t k = t->n_terminals;

    memset(f->sum, 0, t->n * sizeof *f->sum);
    memset(f->load, 0, t->n * sizeof *f->load);
    for (size_t i = t->n; i-- > 0;) {
        k -= t->n_children[i] == 0;
        OF(factor_row)(f, i, k, ends);
        OF(load_row)(f, i, k, ends);
    }
}

/* Pressure and flow at the inlet. */
static void OF(enter)(struct OF(flow) * f, const struct OF(ends) * ends, MASK active)
{
    NUMBER p = ends->root - f->base, q;

    if (ends->root_is_flow)
        p = (ends->root + f->source[0]) / f->conductance[0];
    q = ends->root_is_flow ? ends->root : f->conductance[0] * p - f->source[0];
    f->inlet = PICK(active, p, f->inlet);
    f->inlet_flow = PICK(active, q, f->inlet_flow);
}

/* what one pass of Newton's method changed */
struct OF(change) {
    NUMBER residual, pressure, step, flow; /* the largest ones */
};

/* Root to leaf: new flows and pressures where `active`, and the law there. */
static void OF(substitute)(struct OF(flow) * f, MASK active, struct OF(change) * most)
{
    const struct pn_tree *t = f->tree;

    *most = (struct OF(change)){ALL(0.0), ALL(0.0), ALL(0.0), ALL(0.0)};
    for (size_t i = 0; i < t->n; i++) {
        NUMBER before = i > 0 ? f->pressure[t->parent[i]] : f->inlet;
        NUMBER q = i > 0 ? f->conductance[i] * before - f->source[i] : f->inlet_flow;
        NUMBER drop = f->slope[i] * q + f->offset[i];
        NUMBER change = t->multiplicity[i] * ABS(q - f->flow[i]);

        q = PICK(active, q, f->flow[i]);
        f->pressure[i] = PICK(active, before - drop, f->pressure[i]);
        f->flow[i] = q;
        OF(law)(f->resistance[i], f->turbulence[i], q, &f->loss[i], &f->slope[i]);
        f->offset[i] = f->loss[i] - f->slope[i] * q - f->weight[i];
        most->residual = OF(worst)(most->residual, ABS(f->loss[i] - f->weight[i] - drop));
        most->pressure = OF(worst)(most->pressure, ABS(f->pressure[i] - f->inlet));
        most->step = OF(worst)(most->step, change);
        most->flow = OF(worst)(most->flow, t->multiplicity[i] * ABS(q));
    }
}

/* Flows once more, from the leaves: what divides adds up again.  Pressures get back what
 * they were counted from. */
static void OF(finish)(struct OF(flow) * f)
{
    const struct pn_tree *t = f->tree;

    for (size_t i = 0; i < t->n; i++) {
        f->pressure[i] += f->base;
        if (t->n_children[i] > 0)
            f->flow[i] = ALL(0.0);
    }
    for (size_t i = t->n; i-- > 1;)
        f->flow[t->parent[i]] += f->ratio[i] * f->flow[i];
    f->inlet += f->base;
    f->inlet_flow = f->flow[0];
}

/* The tangents of all laws at the flows that are there. */
static void OF(tangents)(struct OF(flow) * f)
{
    for (size_t i = 0; i < f->tree->n; i++) {
        OF(law)
        (f->resistance[i], f->turbulence[i], f->flow[i], &f->loss[i], &f->slope[i]);
        f->offset[i] = f->loss[i] - f->slope[i] * f->flow[i] - f->weight[i];
    }
}

/* @return the lanes that did not converge. */
static MASK OF(newton)(struct OF(flow) * f, const struct OF(ends) * ends)
{
    const NUMBER rtol = ALL(f->options.rtol);
    MASK active = rtol == rtol;
    struct OF(change) most;

    f->iterations = f->residual = f->step = ALL(0.0);
    for (int n = 0; n < f->options.max_iterations && ANY(active); n++) {
        OF(eliminate)(f, ends);
        OF(enter)(f, ends, active);
        OF(substitute)(f, active, &most);
        f->iterations += PICK(active, ALL(1.0), ALL(0.0));
        f->residual =
            PICK(active, OF(relative)(most.residual, most.pressure), f->residual);
        f->step = PICK(active, OF(relative)(most.step, most.flow), f->step);
        active &= NOT((f->residual <= rtol) & (f->step <= rtol));
    }
    OF(finish)(f);
    return active;
}
