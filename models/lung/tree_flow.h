/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady flow of gas through an airway tree, by elimination from the leaves to the root.
 *
 * The pressure lost along an airway of flow q is R q max(1, z sqrt|q|): laminar with
 * resistance R, and above the flow where z sqrt|q| = 1 more, by Pedley's or van
 * Ertbruggen's factor z sqrt|q| = c sqrt(Re D / L), whose L is the length of the airway
 * and not of a segment: how a file cuts airways does not change the numbers.  (Re D does
 * not depend on the radius, so the factor is one for all segments of an airway.)
 *
 * There are two widths of one text (tree_flow_sweep.inc): struct pn_tree_flow holds one
 * number of each kind, struct pn_tree_flow_lanes lanes of them: patients with trees of
 * one topology, or one patient at different pressures.  Same numbers, same bits.
 *
 * Flows are m3/s through ONE airway of a row, positive into the lung; pressures Pa. */
#ifndef PN_MODELS_LUNG_TREE_FLOW_H
#define PN_MODELS_LUNG_TREE_FLOW_H

#include "models/lung/tree.h"
#include "solver/base/lane.h"

enum pn_flow_law {
    PN_FLOW_POISEUILLE,
    PN_FLOW_PEDLEY,        /* factor pedley / (4 sqrt 2) sqrt(Re D / L), Pedley 1970 */
    PN_FLOW_VAN_ERTBRUGGEN /* factor gamma sqrt(Re D / L), gamma by generation, van
                              Ertbruggen 2005 */
};

struct pn_tree_flow_options {
    enum pn_flow_law law;
    double pedley;             /* Pedley's C [1.85] */
    double viscosity, density; /* Pa.s, kg/m3 [those of airway/air.h] */
    double gravity[3];         /* m/s2: weight of the gas [0] */
    double rtol;               /* of pressures and flows [1e-12] */
    int max_iterations;        /* of Newton's method [50] */
};

/** What stands in brackets above; law Poiseuille. */
void pn_tree_flow_defaults(struct pn_tree_flow_options *options);

/* What is given at the ends of the tree.  The leaves stand in the order of
 * tree->terminal. A resistance behind a leaf [Pa.s/m3, of one airway] stands between it
 * and its pressure.
 *
 * What comes out: flow and pressure (at the far end of the airway), and how well: the
 * largest difference between an airway's law and its pressures over the largest pressure
 * difference in the tree, the largest last change of a flow over the largest flow (both
 * counted with multiplicity).  Where status is not PN_OK flows and pressures are NaN. */
#define PN_TREE_FLOW_TYPES(name, number, width)                                          \
    struct name##_ends {                                                                 \
        int root_is_flow;                                                                \
        const char *leaf_is_flow; /* [n_terminals]; NULL: all are pressures */           \
        number root;              /* Pa, or m3/s */                                      \
        const number *leaf;       /* [n_terminals], Pa, or m3/s of one airway */         \
        const number *behind;     /* [n_terminals]; NULL: none */                        \
    };                                                                                   \
    struct name {                                                                        \
        const struct pn_tree *tree; /* borrowed */                                       \
        struct pn_tree_flow_options options;                                             \
        double *ratio;            /* [n]: airways behind one of the parent's */          \
        number *resistance;       /* [n], Pa.s/m3, may be changed between solutions */   \
        number *turbulence;       /* [n], z above, (m3/s)^-1/2, as resistance */         \
        number *weight;           /* [n], Pa that the gas adds on the way down */        \
        number *flow, *pressure;  /* [n], results */                                     \
        number inlet, inlet_flow; /* results at the beginning of the trachea */          \
        number iterations, residual, step;                                               \
        number base;          /* pressures are counted from here while solving */        \
        int status[width];    /* PN_OK, PN_PATIENT_NOT_CONVERGED, _NOT_FINITE */         \
        number *loss, *slope; /* [n], of the law at flow */                              \
        number *offset;       /* [n], of its tangent */                                  \
        number *conductance, *open, *sum, *load, *source; /* [n], of the elimination */  \
        void *memory;                                                                    \
    }

PN_TREE_FLOW_TYPES(pn_tree_flow, double, 1);
PN_TREE_FLOW_TYPES(pn_tree_flow_lanes, pn_lane, PN_LANES);

/** Resistances of a tree; every lane gets the same, change them with
 * pn_tree_flow_patient.
 *  @param[in] options  NULL: the defaults
 *  @return PN_OK; PN_ERR_VALUE: an option out of range, weight without places;
 * PN_ERR_MEMORY
 */
int pn_tree_flow_create(const struct pn_tree *tree,
                        const struct pn_tree_flow_options *options,
                        struct pn_tree_flow **flow);
int pn_tree_flow_lanes_create(const struct pn_tree *tree,
                              const struct pn_tree_flow_options *options,
                              struct pn_tree_flow_lanes **flow);
void pn_tree_flow_free(struct pn_tree_flow **flow);
void pn_tree_flow_lanes_free(struct pn_tree_flow_lanes **flow);

/** Another patient in lane l: a tree with the same parents and multiplicities.
 *  @return PN_OK; PN_ERR_VALUE: another topology. */
int pn_tree_flow_patient(struct pn_tree_flow_lanes *flow, size_t l,
                         const struct pn_tree *tree);

/** Solve by Newton's method; `keep`: begin at the flows that are there (not NaN), else at
 *  the laminar ones.  A flow sums exactly to those behind it.
 *  @return PN_OK, also when a lane failed (status); PN_ERR_VALUE: no end has a pressure.
 */
int pn_tree_flow_solve(struct pn_tree_flow *flow, const struct pn_tree_flow_ends *ends,
                       int keep);
int pn_tree_flow_lanes_solve(struct pn_tree_flow_lanes *flow,
                             const struct pn_tree_flow_lanes_ends *ends, int keep);

/** What flows out of the leaves, leaf[n_terminals], through the whole tree: flows,
 * losses, slopes, and pressures behind a given one at the inlet.  No equation is solved.
 *  @param[in] inlet  pressure at the beginning of the trachea [Pa]
 *  @param[in] leaf   out of each [m3/s, of one airway], shape [n_terminals] */
void pn_tree_flow_impose(struct pn_tree_flow *flow, double inlet, const double *leaf);

/** How flows answer small changes at the ends, along the slopes that stand in `flow`:
 *  @param[out] leaf   change of what flows out of the leaves, shape [n_terminals]
 *  @param[out] inlet  change of the pressure at the inlet */
void pn_tree_flow_answer(struct pn_tree_flow *flow, const struct pn_tree_flow_ends *ends,
                         double *leaf, double *inlet);

/** Pressure at every point of the tree: point[n_points].
 *  @param[out] point  [Pa], shape [n_points] */
void pn_tree_flow_points(const struct pn_tree_flow *flow, double *point);

/** Reynolds number 2 rho |q| / (pi mu r) of airway i; work of friction in the whole tree
 * [W].
 *  @param[in] i  a row of the tree */
double pn_tree_flow_reynolds(const struct pn_tree_flow *flow, size_t i);
double pn_tree_flow_friction(const struct pn_tree_flow *flow);

#endif
