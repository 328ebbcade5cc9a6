/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract: all that models/ and the solver know of each other.
 *
 * A component is data plus a few small functions.  Its tables are the only place where a
 * name, unit, default, range, sentence and source are written: reader, checker, `pneuma
 * models`, HDF5 attributes and manual come from them.  Every table ends with a row whose
 * name is NULL. */
#ifndef PN_BASE_COMPONENT_H
#define PN_BASE_COMPONENT_H

#include <stdint.h>

#include "solver/base/lane.h"

/** A category by its name, and the number that stands for it. */
struct pn_category {
    const char *name;
    double code;
};

/** A row of a table.  parameters: value is the default, a number out of [low, high] is
 * refused (in a user's file) or fails the patient (drawn).  states: low, high document
 * the physical range. reads: name is ROLE.SIGNAL of the writer ("dp2.occupancy"),
 * "drug.SIGNAL" of the drug this part belongs to, or "drugs.SIGNAL": the sum over all
 * parts aimed at this target.  value is what is read when nothing writes it; NaN:
 * somebody must write it.  writes: name is the signal's own ("C"). source begins with
 * OURS: where the value is an engineering choice. */
struct pn_quantity {
    const char *name, *unit;
    double value, low, high;
    const char *sentence, *source;
    double scale;          /* states: typical size, in unit; atol = rtol x scale x 1e-3 */
    const char *covariate; /* parameters: this covariate of the patient is the value, if
                              it has one */
    const struct pn_category
        *categories; /* covariates: its values have these names, and
                        no others; ends with a NULL name; NULL: none */
};

#define PN_END_OF_TABLE                                                                  \
    {                                                                                    \
        0                                                                                \
    }

struct pn_tree;

/** The airway trees of the patients in the lanes, for the tests that can use one. */
struct pn_lungs {
    void *context;
    size_t n_lanes; /* lanes with a patient; those behind repeat the first */
    uint64_t seed;  /* of the study, and the number of each lane's patient: for draws */
    int64_t patient[PN_LANES];
    double TLC; /* L, of the lung that a tree has its size in: lengths and radii of
                   the patient's own are (TLC of the patient / this)^(1/3) times its */
    /* The tree of a lane, borrowed until the test returns.  Patients who share a tree get
     * the same pointer.  @return PN_OK, or negative: leave NaN, the caller knows why. */
    int (*tree)(void *context, size_t lane, const struct pn_tree **tree);
};

/** What a component sees: its parameters (then its derived constants), own states,
 * signals read; a test also the trees, NULL: the symmetric airway. */
struct pn_view {
    const pn_lane *p, *x, *r;
    const struct pn_lungs *lungs;
};

/** A nonzero of the local block [writes; rates] x [states, reads]. */
struct pn_at {
    unsigned char row, col;
};

/** Where a dose by this route goes: into `state`, times parameter `F`, after parameter
 * `ALAG`; at the rate of parameter `R` (RATE -1) or over the duration of parameter `D`
 * (RATE -2), when the dose asks for that.  The first route into a state is that of the
 * state.  All four are indices in parameters; -1: none (F = 1, ALAG = 0). */
struct pn_route {
    const char *name; /* oral, iv, sc, inhaled */
    size_t state;     /* index in states */
    int F, ALAG, R, D;
};

/** The end of the source of a row whose default has no meaning for the one who does not
 * give it: a study is warned of it. */
#define PN_NO_DEFAULT "the drug file gives its own"

struct pn_component {
    const char *name, *summary;
    const char *role;      /* by which others read it: "asm"; NULL: its name */
    const char *time_unit; /* rates are per this unit: "h", "day" */
    const struct pn_quantity *parameters, *states, *reads, *writes; /* NULL: none */
    const struct pn_route *routes; /* ends with a NULL name; NULL: takes no dose */
    size_t n_derived; /* constants kept behind the parameters, made by prepare */

    void (*prepare)(pn_lane *p);                   /* after any change of parameters */
    void (*initial)(struct pn_view v, pn_lane *x); /* v.p and v.r (untreated) are there */
    void (*write)(struct pn_view v, pn_lane *w);   /* signals out, in wiring order */
    void (*rate)(struct pn_view v,
                 pn_lane *dx); /* after all signals are there; no time argument */
    void (*slope)(struct pn_view v,
                  pn_lane *j); /* nonzeros in the order of `at`; NULL: differences */
    /* the pattern of nonzeros; also tells wiring which reads write() uses at once, and so
     * the order of signals.  May stand without slope (the pattern for differences). NULL:
     * full */
    const struct pn_at *at;
    size_t n_at;
};

/** A lung-function test: called by name at visits, on lanes; inside it may march, search
 * or integrate. reads as in a component.  A result row's scale is the number of its
 * points (0 or 1: a number). */
struct pn_test {
    const char *name, *summary;
    const struct pn_quantity *parameters, *reads, *results;
    size_t n_derived;
    void (*prepare)(pn_lane *p);
    /* out: results one after the other, curves as consecutive lanes; NaN in a lane that
     * cannot */
    void (*run)(struct pn_view v, pn_lane *out);
    /* makes the patient's own baseline: parameter `adjusted` in its [low, high] such that
     * the first point of `result` equals parameter `target`; target NaN: nothing is
     * fitted.  NULL: no fit */
    const struct pn_fit *fit;
};

struct pn_fit {
    size_t adjusted, target; /* indices in parameters */
    size_t result;           /* index in results */
    /* the first point of `result` alone, where that is cheaper than run; NULL: run */
    void (*measure)(struct pn_view v, pn_lane *value);
    void (*on_trees)(struct pn_view v, pn_lane *value); /* instead, where there are trees;
                                                           NULL: measure */
    /* measure looks at so many parameters and reads, from the first on: tests that have
     * it in common, and these, are fitted once.  0: fitted alone */
    size_t n_parameters, n_reads;
};

/** Rows of a table; 0 for NULL. */
PN_API size_t pn_table_size(const struct pn_quantity *table);

/** Index of a name in a table, or -1. */
PN_API int pn_table_find(const struct pn_quantity *table, const char *name);

#endif
