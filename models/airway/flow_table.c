/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of flow against recoil, and the cubic that joins them. */
#include "models/airway/flow_table.h"

/* Nodes: shares of the highest flow, from FIRST_NODE to 1, denser below. */
#define FIRST_NODE 0.002

enum { LAST = PN_FLOW_NODES - 1 };

/* A first guess of the flow at a recoil: P = a Q + b Q^2.  The weights are OURS; they
 * matter only for how near the secant rule starts. */
static pn_lane guess_flow(const struct pn_recoil_terms *terms, const pn_lane *P)
{
    pn_lane a, b;

    a = terms->linear * pn_all(1.8);
    b = terms->square * pn_all(2.0) + terms->kinetic * pn_all(2.2);
    return pn_all(2) * *P / (a + pn_sqrt(a * a + pn_all(4) * b * *P));
}

/* By the secant rule in logarithms.  A fixed number of evaluations, so that the table is
 * a smooth function of the airway. */
void pn_flow_at_top(const struct pn_recoil_terms *terms, pn_carry carry, void *context,
                    const pn_lane *top, pn_lane *highest)
{
    pn_lane flow = guess_flow(terms, top), x, y, goal, old_x, old_y;
    pn_lane power = pn_all(0.6); /* dlnQ/dlnP to begin with */

    pn_log(top, &goal);
    pn_log(&flow, &x);
    for (int i = 0; i < 3; i++) {
        pn_exp(&x, &flow);
        carry(context, &flow, &y);
        pn_log(&y, &y);
        if (i > 0)
            power = pn_min(pn_max((x - old_x) / (y - old_y), pn_all(0.3)), pn_all(1));
        old_x = x;
        old_y = y;
        x = x + power * (goal - y);
    }
    pn_exp(&x, highest);
}

double pn_flow_share(size_t j)
{
    double x = (double)j / LAST;

    return FIRST_NODE + (1 - FIRST_NODE) * x * x;
}

void pn_flow_table_join(struct pn_flow_table *table)
{
    pn_lane *P = table->recoil, *Q = table->log_flow, *slope = table->slope;

    for (size_t j = 1; j < LAST; j++) { /* of the parabola through three nodes */
        pn_lane before = P[j] - P[j - 1], after = P[j + 1] - P[j];
        slope[j] =
            ((Q[j] - Q[j - 1]) / before * after + (Q[j + 1] - Q[j]) / after * before) /
            (before + after);
    }
    slope[0] = (Q[1] - Q[0]) / (P[1] - P[0]);
    slope[LAST] = (Q[LAST] - Q[LAST - 1]) / (P[LAST] - P[LAST - 1]);
}

/* the tree of generations, marched in so many steps */
struct marched {
    const struct pn_bronchi *bronchi;
    size_t steps;
};

static void carry_bronchi(void *context, const pn_lane *flow, pn_lane *recoil)
{
    const struct marched *m = context;
    pn_lane choke;

    pn_recoil_of_flow(m->bronchi, m->steps, flow, recoil, &choke);
}

void pn_flow_table_init(struct pn_flow_table *table, const struct pn_bronchi *bronchi,
                        size_t steps, const pn_lane *top)
{
    struct marched marched = {bronchi, steps};
    struct pn_recoil_terms terms;
    pn_lane highest;

    pn_recoil_terms(bronchi, &terms);
    pn_flow_at_top(&terms, carry_bronchi, &marched, top, &highest);
    for (size_t j = 0; j <= LAST; j++) {
        pn_lane flow = highest * pn_all(pn_flow_share(j));
        pn_log(&flow, &table->log_flow[j]);
        carry_bronchi(&marched, &flow, &table->recoil[j]);
    }
    pn_flow_table_join(table);
}

void pn_flow_table_at(const struct pn_flow_table *table, const pn_lane *recoil,
                      pn_lane *flow)
{
    const pn_lane *P = table->recoil, *Q = table->log_flow, *slope = table->slope;
    pn_lane low = P[0], high = P[1], Q0 = Q[0], Q1 = Q[1], s0 = slope[0], s1 = slope[1];
    pn_lane h, t, rise, cubic;

    for (size_t j = 1; j < LAST; j++) {
        pn_mask above = *recoil >= P[j];
        low = pn_select(above, P[j], low);
        high = pn_select(above, P[j + 1], high);
        Q0 = pn_select(above, Q[j], Q0);
        Q1 = pn_select(above, Q[j + 1], Q1);
        s0 = pn_select(above, slope[j], s0);
        s1 = pn_select(above, slope[j + 1], s1);
    }
    h = high - low;
    t = (*recoil - low) / h;
    rise = (Q1 - Q0) / h;
    cubic = Q0 + h * t *
                     (s0 + t * (pn_all(3) * rise - pn_all(2) * s0 - s1 +
                                t * (s0 + s1 - pn_all(2) * rise)));
    /* below the first node along its tangent, above the last along the last */
    cubic = pn_select(t < pn_all(0), Q0 + s0 * (*recoil - low), cubic);
    cubic = pn_select(t > pn_all(1), Q1 + s1 * (*recoil - high), cubic);
    pn_exp(&cubic, &cubic);
    *flow = pn_select(*recoil <= pn_all(0), pn_all(0), cubic);
}
