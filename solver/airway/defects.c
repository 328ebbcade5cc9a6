/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patchy ventilation against activation: as many activations at once as there are lanes.
 */
#include "solver/airway/defects.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"

#define TLC           6.8 /* L, of the lung in which a tree is scaled */
#define WEIBEL_VOLUME 4.8 /* L */

void pn_airway_tighten_defaults(struct pn_airway_tighten *options)
{
    *options = (struct pn_airway_tighten){
        .volume = 3, .from = 6, .to = 6, .n = 1, .viscosity = PN_AIR_VISCOSITY};
    pn_defects_defaults(&options->lung);
}

int pn_airway_symmetric(size_t n_generations, double volume, struct pn_tree **tree)
{
    return pn_tree_weibel_unfolded(n_generations, cbrt(volume / WEIBEL_VOLUME), tree);
}

static double activation(const struct pn_airway_tighten *o, size_t k)
{
    return o->n > 1 ? o->from + (o->to - o->from) * (double)k / (double)(o->n - 1)
                    : o->from;
}

static void take_lane(const struct pn_defects *d, double tension, size_t l,
                      struct pn_airway_defect *at)
{
    *at = (struct pn_airway_defect){.tension = tension,
                                    .variation = d->variation[l],
                                    .bimodality = d->bimodality[l],
                                    .defective = d->defective[l],
                                    .clusters = d->clusters[l],
                                    .largest = d->largest[l],
                                    .breaths = d->breaths[l]};
}

/* Room [2 n] of lanes: ventilation and lumen of each airway. */
static int sweep(const struct pn_airway_tighten *options,
                 const struct pn_tree_bronchi *bronchi, pn_lane *room,
                 struct pn_airway_defects *out)
{
    const size_t n = out->tree->n;
    int status = PN_OK;

    for (size_t first = 0; first < out->n; first += PN_LANES) {
        size_t many = out->n - first < PN_LANES ? out->n - first : PN_LANES;
        struct pn_defects d;
        pn_lane T;
        for (size_t l = 0; l < PN_LANES; l++)
            T[l] = activation(options, first + (l < many ? l : many - 1));
        PN_TRY(pn_ventilation_defects(bronchi, &options->lung, &T, &d, room, room + n));
        for (size_t l = 0; l < many; l++)
            take_lane(&d, T[l], l, &out->at[first + l]);
        for (size_t i = 0; first + many == out->n && i < n; i++) {
            out->ventilation[i] = room[i][many - 1];
            out->lumen[i] = room[n + i][many - 1];
        }
    }
out:
    return status;
}

int pn_airway_defects(const struct pn_tree *tree, const struct pn_airway_tighten *options,
                      struct pn_airway_defects *out)
{
    struct pn_tree_bronchi *bronchi = NULL;
    pn_lane *room = aligned_alloc(sizeof *room, 2 * tree->n * sizeof *room);
    int status;

    *out = (struct pn_airway_defects){.tree = tree, .n = options->n};
    out->at = calloc(options->n, sizeof *out->at);
    out->ventilation = calloc(2 * tree->n, sizeof *out->ventilation);
    if (!room || !out->at || !out->ventilation) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    out->lumen = out->ventilation + tree->n;
    PN_TRY(pn_tree_bronchi_create(tree, options->volume / TLC, &bronchi));
    bronchi->gas.viscosity = options->viscosity;
    status = sweep(options, bronchi, room, out);
out:
    pn_tree_bronchi_free(&bronchi);
    free(room);
    return status;
}

void pn_airway_defects_free(struct pn_airway_defects *defects)
{
    free(defects->at);
    free(defects->ventilation);
    *defects = (struct pn_airway_defects){.n = 0};
}

int pn_airway_defects_write(const struct pn_airway_defects *d, const char *path,
                            const char *command)
{
    const struct pn_tree *t = d->tree;
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",      "", "row of the parent, -1: the trachea",                NULL,        t->parent},
        {"generation",  "", "branchings from the trachea",                       NULL,        t->generation},
        {"ventilation", "", "tidal volume per unit behind the airway, over the mean", d->ventilation, NULL},
        {"lumen",       "", "lumen over the relaxed one",                        d->lumen,    NULL},
    };
    /* clang-format on */

    return pn_airway_write_rows(path, t, column, sizeof column / sizeof *column, NULL,
                                command);
}
