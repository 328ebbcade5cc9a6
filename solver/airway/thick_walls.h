/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thick airway wall under pressure: its radii, by one of two published materials. */
#ifndef PN_AIRWAY_THICK_WALLS_H
#define PN_AIRWAY_THICK_WALLS_H

#include "models/airway/thick_wall.h"
#include "solver/airway/airway_file.h"

enum pn_wall_law { PN_WALL_HIORNS, PN_WALL_LAPRAD };

struct pn_airway_walls {
    int law;             /* enum pn_wall_law */
    double inner, outer; /* stress-free radii [mm]; 0: those of the law's example */
    double active;       /* stress of the muscle [kPa]; LaPrad's wall has none */
    size_t n;
    const double *pressure; /* transmural [kPa], shape [n]; borrowed */
};

/** The radii at each pressure as a table: .csv or .h5, or CSV into the caller's stream
 * where path is NULL.  Stiffness of Hiorns' wall: mu 5, C1 1 kPa, C2 1.8; of LaPrad's:
 * k1 1.8, k2 0.5 kPa, k3 10 (the examples that models/airway/thick_wall.c is known by).
 *  @param[in] command  what was typed, for .h5
 *  @return PN_OK; PN_ERR_VALUE: no wall between these radii, or no radius holds a
 *  pressure; as pn_airway_table_write */
int pn_airway_walls_write(const struct pn_airway_walls *options, const char *path,
                          const char *command, FILE *stream);

#endif
