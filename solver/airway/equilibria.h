/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An airway between its muscle and what holds it open: all equilibria along a curve. */
#ifndef PN_AIRWAY_EQUILIBRIA_H
#define PN_AIRWAY_EQUILIBRIA_H

#include "models/airway/airway_curve.h"
#include "solver/airway/airway_file.h"

struct pn_airway_balance {
    size_t generation; /* of Lambert's tree, 0 to 16 */
    double
        recoil; /* transpulmonary pressure; that from which the lung deflates [cmH2O] */
    double tension; /* of the muscle over its largest radius while the lung deflates
                       [cmH2O]; 0: the muscle tightens at constant recoil */
    double wall;    /* inner wall relative to healthy; 0: a wall without thickness */
    int untethered; /* no lung around */
    int shortens;   /* the muscle loses tension as it shortens */
};

/** Generation 10, healthy wall; recoil 0: pn_airway_equilibria takes 5 cmH2O, or 25 where
 * the lung deflates. */
void pn_airway_balance_defaults(struct pn_airway_balance *options);

struct pn_airway_equilibria {
    size_t n, room;
    struct pn_airway_point *at; /* shape [n] */
};

/** @param[out] equilibria  in order along the curve; free with pn_airway_equilibria_free,
 *                          also after an error
 *  @return PN_OK; PN_ERR_LIBRARY: the curve was lost; PN_ERR_MEMORY */
int pn_airway_equilibria(const struct pn_airway_balance *options,
                         struct pn_airway_equilibria *equilibria);
void pn_airway_equilibria_free(struct pn_airway_equilibria *equilibria);

/** As a table: .csv or .h5, or CSV into the caller's stream where path is NULL; `fold`
 * says where the airway closes and reopens.
 *  @return as pn_airway_table_write */
int pn_airway_equilibria_write(const struct pn_airway_equilibria *equilibria,
                               const char *path, const char *command, FILE *stream);

#endif
