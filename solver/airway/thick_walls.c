/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radii of a thick wall at given pressures, and their table. */
#include "solver/airway/thick_walls.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"

static double radius_of(const struct pn_airway_walls *o, double Ri, double Ro, double P)
{
    const struct pn_hiorns_wall hiorns = {
        .Ri = Ri, .Ro = Ro, .mu = 5, .C1 = 1, .C2 = 1.8, .A = o->active};
    const struct pn_laprad_wall laprad = {
        .Ri = Ri, .Ro = Ro, .k1 = 1.8, .k2 = 0.5, .k3 = 10};

    return o->law == PN_WALL_LAPRAD ? pn_laprad_radius(&laprad, P)
                                    : pn_hiorns_radius(&hiorns, P);
}

int pn_airway_walls_write(const struct pn_airway_walls *o, const char *path,
                          const char *command, FILE *stream)
{
    const int is_laprad = o->law == PN_WALL_LAPRAD;
    const double Ri = o->inner > 0 ? o->inner : is_laprad ? 2 : 1;
    const double Ro = o->outer > 0 ? o->outer : is_laprad ? 2.5 : 1.5;
    double *inner = NULL, *outer, *lumen;
    int status = PN_OK;

    if (!(Ro > Ri))
        return PN_FAIL(PN_ERR_VALUE, "no wall between radii of %g and %g mm", Ri, Ro);
    if (is_laprad && o->active > 0)
        return PN_FAIL(PN_ERR_VALUE, "LaPrad's wall has no muscle");
    if (!(inner = calloc(3 * o->n + 1, sizeof *inner)))
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    outer = inner + o->n;
    lumen = outer + o->n;
    for (size_t i = 0; i < o->n; i++) {
        inner[i] = radius_of(o, Ri, Ro, o->pressure[i]);
        outer[i] = sqrt(Ro * Ro + inner[i] * inner[i] - Ri * Ri);
        lumen[i] = M_PI * inner[i] * inner[i];
        if (!isfinite(inner[i])) {
            status = PN_FAIL(PN_ERR_VALUE, "no radius holds a pressure of %g kPa",
                             o->pressure[i]);
            goto out;
        }
    }
    {
        /* clang-format off */
        const struct pn_airway_cells column[] = {
            {"pressure",     "kPa", "transmural",                 12, o->pressure, NULL},
            {"inner radius", "mm",  "of the wall",                12, inner,       NULL},
            {"outer radius", "mm",  "the material's area stays",  12, outer,       NULL},
            {"lumen",        "mm2", "behind the wall",            12, lumen,       NULL},
        };
        /* clang-format on */
        const struct pn_airway_table table = {"a thick airway wall", column, 4, o->n};
        if (path)
            status = pn_airway_table_write(&table, path, command);
        else
            pn_airway_table_csv(&table, stream);
    }
out:
    free(inner);
    return status;
}
