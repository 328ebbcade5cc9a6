/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forced expiration through a tree, and its airways at one volume as a file. */
#include "solver/airway/expire.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"

void pn_airway_expire_defaults(struct pn_airway_expire *options)
{
    *options = (struct pn_airway_expire){
        .volume = 3, .TLC = 6.8, .RV = 1.7, .narrowing = 1, .gas = PN_AIR};
}

void pn_airway_expired_free(struct pn_airway_expired *expired)
{
    pn_tree_bronchi_free(&expired->bronchi);
}

static double recoil_at(const struct pn_airway_expire *o, double left)
{
    pn_lane share = pn_all((o->RV + left * (o->TLC - o->RV)) / o->TLC), recoil;

    pn_lung_recoil(&share, &recoil);
    return recoil[0];
}

static int choke_at(struct pn_airway_expired *x, double left, struct pn_tree_choke *choke)
{
    return pn_tree_choke(x->bronchi, PN_EXPIRATION_STEPS, &x->table,
                         recoil_at(&x->options, left), 0, choke);
}

int pn_airway_expire(const struct pn_tree *tree, const struct pn_airway_expire *options,
                     struct pn_airway_expired *x)
{
    int status;

    *x = (struct pn_airway_expired){.options = *options};
    PN_TRY(pn_tree_bronchi_create(tree, options->volume / options->TLC, &x->bronchi));
    x->bronchi->gas = options->gas;
    pn_tree_bronchi_narrow(x->bronchi, options->narrowing);
    pn_tree_expiration(x->bronchi, PN_EXPIRATION_STEPS, options->TLC, options->RV,
                       &x->table, &x->expiration);
    if (!isfinite(x->expiration.FEV1[0]))
        return PN_FAIL(PN_ERR_LIBRARY, "no flow was found that the lung can breathe out "
                                       "through this tree");
    for (int k = 0; k < PN_AIRWAY_CHOKES; k++) {
        x->at[k].left = (PN_AIRWAY_CHOKES - k) / (PN_AIRWAY_CHOKES + 1.0);
        x->at[k].found = choke_at(x, x->at[k].left, &x->at[k].choke);
    }
out:
    return status;
}

int pn_airway_expired_write(struct pn_airway_expired *x, double left, const char *path,
                            const char *command)
{
    const struct pn_tree_bronchi *b = x->bronchi;
    const struct pn_tree *t = b->tree;
    double *flow = calloc(3 * t->n + 1, sizeof *flow), *head = flow + t->n;
    double *choked = head + t->n;
    struct pn_tree_choke at;
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",        "",     "row of the parent, -1: the trachea",       NULL,            t->parent},
        {"generation",    "",     "branchings from the trachea",              NULL,            t->generation},
        {"multiplicity",  "",     "airways that the row stands for",          t->multiplicity, NULL},
        {"largest_area",  "m2",   "cross-section at high transmural pressure", b->area,        NULL},
        {"flow",          "m3/s", "flow through one airway, out of the lung", flow,            NULL},
        {"head",          "Pa",   "total head at the upstream end, over the pleura", head,     NULL},
        {"choked",        "",     "1: flow is sonic at the mouth end",        choked,          NULL},
    };
    /* clang-format on */
    int status;

    if (!flow)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (!choke_at(x, left, &at)) {
        status =
            PN_FAIL(PN_ERR_LIBRARY, "no flow was found with %g of VC in the lung", left);
        goto out;
    }
    for (size_t i = 0; i < t->n; i++) {
        flow[i] = b->flow[i][0];
        head[i] = isfinite(b->behind[i][0]) ? b->behind[i][0] : (double)NAN;
        choked[i] = b->choked[i][0] != 0;
    }
    status = pn_airway_write_rows(path, t, column, sizeof column / sizeof *column, NULL,
                                  command);
out:
    free(flow);
    return status;
}
