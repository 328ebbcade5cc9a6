/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees by the name of their model. */
#ifndef PN_AIRWAY_GENERATE_H
#define PN_AIRWAY_GENERATE_H

#include "solver/tree/makers/tree_make.h"

enum pn_airway_model {
    PN_MODEL_GROWN,     /* fills five lobes, drawn from the seed */
    PN_MODEL_HORSFIELD, /* asymmetric by orders */
    PN_MODEL_WEIBEL,    /* symmetric, one row a generation */
    PN_AIRWAY_MODELS
};
extern const char *const pn_airway_models[PN_AIRWAY_MODELS + 1]; /* NULL-ended */

struct pn_airway_generate {
    enum pn_airway_model model;
    struct pn_tree_patient patient; /* height and volume scale every model */
    size_t generations;             /* of Weibel's tree, 1 to 24 */
};

/** A grown tree of seed 1, patient 1; 17 generations. */
void pn_airway_generate_defaults(struct pn_airway_generate *options);

/** Leave a lobe out of a grown tree; the others keep their usual parts.
 *  @param[in] lobe  RUL, RML, RLL, LUL or LLL
 *  @return 0: there is no such lobe */
int pn_airway_without(struct pn_airway_generate *options, const char *lobe);

/** @return PN_OK; PN_ERR_VALUE: out of range; PN_ERR_MEMORY.  Free with pn_tree_free. */
int pn_airway_generate(const struct pn_airway_generate *options, struct pn_tree **tree);

#endif
