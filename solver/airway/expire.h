/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forced expiration through a tree: FEV1, the flow-volume curve, where it chokes. */
#ifndef PN_AIRWAY_EXPIRE_H
#define PN_AIRWAY_EXPIRE_H

#include "models/lung/tree_expiration.h"
#include "solver/airway/airway_file.h"

struct pn_airway_expire {
    double volume;    /* of gas at which the tree has its size [L] */
    double TLC, RV;   /* L; RV < TLC */
    double narrowing; /* factor on cross-sections from Lambert's generation 3 on */
    struct pn_gas gas;
};

/** A tree at 3 L in a lung of 1.7 to 6.8 L, nothing narrowed, full of air. */
void pn_airway_expire_defaults(struct pn_airway_expire *options);

enum { PN_AIRWAY_CHOKES = 3 };

struct pn_airway_expired {
    struct pn_airway_expire options;
    struct pn_tree_bronchi *bronchi;
    struct pn_flow_table table;
    struct pn_expiration expiration; /* the same in all lanes */
    struct {
        double left; /* share of vital capacity in the lung: 3/4, 1/2, 1/4 */
        int found;   /* 0: no maximal flow there */
        struct pn_tree_choke choke;
    } at[PN_AIRWAY_CHOKES];
};

/** @param[out] expired  free with pn_airway_expired_free, also after an error; begins as
 *                       {.bronchi = NULL}; borrows the tree
 *  @return PN_OK; PN_ERR_LIBRARY: no flow was found; PN_ERR_VALUE, PN_ERR_MEMORY */
int pn_airway_expire(const struct pn_tree *tree, const struct pn_airway_expire *options,
                     struct pn_airway_expired *expired);
void pn_airway_expired_free(struct pn_airway_expired *expired);

/** Flow, head and chokes of each airway when a share `left` of vital capacity is in the
 * lung: .csv, .h5 or .vtu.  @return as pn_airway_write_rows; PN_ERR_LIBRARY: no flow */
int pn_airway_expired_write(struct pn_airway_expired *expired, double left,
                            const char *path, const char *command);

#endif
