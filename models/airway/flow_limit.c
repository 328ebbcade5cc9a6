/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The march through the generations of Lambert's tree, from the mouth to the periphery.
 */
#include "models/airway/flow_limit.h"
#include "models/airway/wave_speed.h"

#include <math.h>

static void generation_init(struct pn_stream *g, size_t z, const struct pn_bronchi *w,
                            const pn_lane *flow)
{
    const struct pn_duct duct = {&pn_lambert_tubes[z], (double)(1u << z), w->area[z],
                                 w->length[z]};

    pn_stream_init(g, &duct, &w->gas, flow);
}

void pn_recoil_of_flow(const struct pn_bronchi *bronchi, size_t steps,
                       const pn_lane *flow, pn_lane *recoil, pn_lane *choke)
{
    pn_lane H = pn_all(-(double)INFINITY);

    *choke = pn_all(-1);
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        struct pn_stream g;
        pn_mask choked;

        generation_init(&g, z, bronchi, flow);
        pn_stream_march(&g, steps, &H, &H, &choked);
        *choke = pn_select(choked, pn_all((double)z), *choke);
    }
    *recoil = H;
}

void pn_bronchi_init(struct pn_bronchi *bronchi)
{
    bronchi->gas = PN_AIR;
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        bronchi->area[z] = pn_all(pn_lambert_tubes[z].area * 1e-4);
        bronchi->length[z] = pn_all(pn_lambert_tubes[z].length * 1e-2);
    }
}

void pn_recoil_terms(const struct pn_bronchi *bronchi, struct pn_recoil_terms *terms)
{
    pn_lane one = pn_all(1); /* m3/s */

    *terms = (struct pn_recoil_terms){pn_all(0), pn_all(0), pn_all(0)};
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        struct pn_stream g;
        generation_init(&g, z, bronchi, &one);
        terms->linear = terms->linear + g.length * g.laminar;
        terms->square = terms->square + g.length * g.laminar * g.inertial;
        terms->kinetic = pn_max(terms->kinetic, g.kinetic);
    }
}
