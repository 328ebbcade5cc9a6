/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of maximal flow of a tree, an expiration from them, and the airways that choke.
 */
#include "models/lung/tree_expiration.h"

#include <math.h>

/* Nodes whose searches start from the same flows, whatever the number of lanes. */
enum { BLOCK = 8 };
_Static_assert(BLOCK % PN_LANES == 0 && PN_FLOW_NODES % BLOCK == 0, "blocks of nodes");

struct carrier {
    struct pn_tree_bronchi *bronchi;
    size_t steps;
    int slowest;
};

/* one flow, the same in every lane, and the next search starts from it */
static void carry(void *context, const pn_lane *flow, pn_lane *recoil)
{
    struct carrier *c = context;
    int n = pn_tree_recoil_of_flow(c->bronchi, c->steps, flow, recoil);

    c->slowest = n > c->slowest ? n : c->slowest;
    if (pn_any(pn_finite(*recoil)))
        pn_tree_bronchi_keep(c->bronchi, 0);
}

/* From the highest flow down, because the widest airways are the easiest. */
static void fill(struct carrier *c, double highest, size_t lane,
                 struct pn_flow_table *table)
{
    for (size_t block = PN_FLOW_NODES; block > 0; block -= BLOCK) {
        pn_lane flow, recoil;
        for (size_t j = block; j > block - BLOCK; j -= PN_LANES) {
            int n;
            for (size_t l = 0; l < PN_LANES; l++)
                flow[l] = highest * pn_flow_share(j - 1 - l);
            n = pn_tree_recoil_of_flow(c->bronchi, c->steps, &flow, &recoil);
            c->slowest = n > c->slowest ? n : c->slowest;
            pn_log(&flow, &flow);
            for (size_t l = 0; l < PN_LANES; l++) {
                table->recoil[j - 1 - l][lane] = recoil[l];
                table->log_flow[j - 1 - l][lane] = flow[l];
            }
        }
        if (isfinite(recoil[PN_LANES - 1]))
            pn_tree_bronchi_keep(c->bronchi, PN_LANES - 1);
    }
}

static void copy_lane(struct pn_flow_table *table, size_t from, size_t to)
{
    for (size_t j = 0; j < PN_FLOW_NODES; j++) {
        table->recoil[j][to] = table->recoil[j][from];
        table->log_flow[j][to] = table->log_flow[j][from];
    }
}

int pn_tree_flow_table(struct pn_tree_bronchi *bronchi, size_t steps, double top,
                       size_t lane, struct pn_flow_table *table)
{
    struct carrier carrier = {bronchi, steps, 0};
    struct pn_recoil_terms terms;
    pn_lane recoil = pn_all(top), highest;

    pn_tree_recoil_terms(bronchi, &terms);
    pn_flow_at_top(&terms, carry, &carrier, &recoil, &highest);
    fill(&carrier, highest[0], lane, table);
    pn_flow_table_join(table);
    return carrier.slowest;
}

void pn_tree_expiration(struct pn_tree_bronchi *bronchi, size_t steps, double TLC,
                        double RV, struct pn_flow_table *table, struct pn_expiration *out)
{
    const pn_lane volume = pn_all(TLC), residual = pn_all(RV);
    pn_lane share = pn_all(1), top;

    *table = (struct pn_flow_table){.recoil = {pn_all(0)}};
    pn_lung_recoil(&share, &top);
    pn_tree_flow_table(bronchi, steps, top[0], 0, table);
    for (size_t lane = 1; lane < PN_LANES; lane++)
        copy_lane(table, 0, lane);
    pn_flow_table_join(table);
    pn_expire(table, &volume, &residual, out);
}

int pn_tree_choke(struct pn_tree_bronchi *b, size_t steps,
                  const struct pn_flow_table *table, double recoil, size_t lane,
                  struct pn_tree_choke *choke)
{
    const struct pn_tree *t = b->tree;
    double flow_sum = 0, generation = 0;
    pn_lane P = pn_all(recoil), flow, unused;

    pn_flow_table_at(table, &P, &flow);
    flow = pn_all(flow[lane]);
    *choke = (struct pn_tree_choke){flow[0], (double)NAN, 0, 0};
    pn_tree_recoil_of_flow(b, steps, &flow, &unused);
    if (!isfinite(unused[0]))
        return 0;
    /* flow of airway i that has passed no choke on its way from the units */
    for (size_t i = 0; i < t->n; i++)
        b->work[i] = t->n_children[i] > 0 ? pn_all(0) : b->flow[i];
    for (size_t i = t->n; i-- > 0;) {
        double fresh = b->work[i][0], n = t->multiplicity[i];
        if (b->choked[i][0] && fresh > 1e-9 * b->flow[i][0]) {
            flow_sum += n * fresh;
            generation += n * fresh * t->generation[i];
            choke->n += n;
            fresh = 0;
        }
        if (i > 0)
            b->work[t->parent[i]][0] += fresh * n / t->multiplicity[t->parent[i]];
    }
    if (flow_sum > 0)
        choke->generation = generation / flow_sum;
    choke->share = flow_sum / flow[0];
    return 1;
}

/* one patient: the table, and where the airways choke at half of VC */
static void seat(const struct pn_lungs *lungs, size_t lane, double TLC, double RV,
                 double calibre, struct pn_flow_table *table, double *choke)
{
    pn_lane share = pn_all(1), top, half = pn_all((TLC + RV) / (2 * TLC)), recoil;
    struct pn_tree_bronchi *b = NULL;
    const struct pn_tree *tree = NULL;
    struct pn_tree_choke at = {.generation = (double)NAN};

    for (size_t j = 0; j < PN_FLOW_NODES; j++)
        table->recoil[j][lane] = table->log_flow[j][lane] = (double)NAN;
    pn_lung_recoil(&share, &top);
    pn_lung_recoil(&half, &recoil);
    if (calibre > 0 && TLC > RV && lungs->tree(lungs->context, lane, &tree) == 0 &&
        pn_tree_bronchi_create(tree, PN_TREE_VOLUME * lungs->TLC / TLC, &b) == 0) {
        pn_tree_bronchi_narrow(b, calibre);
        pn_tree_flow_table(b, PN_EXPIRATION_STEPS, top[0], lane, table);
        pn_tree_choke(b, PN_EXPIRATION_STEPS, table, recoil[0], lane, &at);
    }
    *choke = at.generation;
    pn_tree_bronchi_free(&b);
}

void pn_lungs_expire(const struct pn_lungs *lungs, const pn_lane *TLC, const pn_lane *RV,
                     const pn_lane *calibre, struct pn_expiration *out, pn_lane *choke)
{
    struct pn_flow_table table = {.recoil = {pn_all(0)}};

    for (size_t l = 0; l < PN_LANES; l++)
        if (l < lungs->n_lanes) {
            double at;
            seat(lungs, l, (*TLC)[l], (*RV)[l], (*calibre)[l], &table, &at);
            (*choke)[l] = at;
        } else {
            copy_lane(&table, 0, l);
            (*choke)[l] = (*choke)[0];
        }
    pn_flow_table_join(&table);
    pn_expire(&table, TLC, RV, out);
}
