/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study as read from its files: every name resolved, every number in the unit of its
 * table. */
#ifndef PN_STUDY_STUDY_H
#define PN_STUDY_STUDY_H

#include <stdint.h>

#include "solver/base/component.h"
#include "solver/base/units.h"
#include "solver/study/endpoint.h"
#include "solver/study/population/variables.h"
#include "solver/study/treatment/events.h"
#include "solver/study/treatment/treatment.h"
#include "solver/text/complaint.h"

struct pn_visit {
    double time; /* h */
    size_t n_tests;
    const struct pn_test **test;
    struct pn_place place;
};

/** A component of the disease or the airway. */
struct pn_disease_part {
    char *instance;
    const struct pn_component *component;
};

/** The airway tree of the patients: file and n_acini are 0 where it is the symmetric one.
 */
struct pn_tree_choice {
    char *file;      /* one for all, as found; NULL: none */
    size_t n_acini;  /* of a tree grown for each patient; 0: none */
    char *unit_name; /* of lengths in a file that names none */
    double unit;     /* the same, in m */
    int edge_radius; /* tetgen: radii stand with the edges */
    double TLC;      /* L, of the lung that the tree has its size in */
    struct pn_place place;
};

/** What an occasion is, between which parameters with `iov` vary, where no column OCC
 * says it: a new one begins with each regimen, dose or visit behind the first, or every
 * so many hours. */
enum pn_occasion_kind {
    PN_OCCASION_REGIMEN,
    PN_OCCASION_DOSE,
    PN_OCCASION_VISIT,
    PN_OCCASION_INTERVAL
};
struct pn_occasions {
    enum pn_occasion_kind kind;
    double every;          /* h; of intervals */
    int is_given, is_used; /* by the study; iov without OCC */
};

struct pn_input_file {
    char *path; /* as found */
    char sha256[65];
};

struct pn_study {
    char *name, *file;
    char *description; /* NULL: none */
    uint64_t seed;
    size_t n_plugins;
    const char **plugin;     /* shared objects whose components are used, as found */
    struct pn_quantity *own; /* covariates that the catalogue has not; a table */
    struct pn_population population;
    size_t n_parts, n_drugs, n_arms, n_visits, n_keep, n_outputs, n_inputs;
    struct pn_disease_part *part; /* disease components, then the airway ("airway") */
    struct pn_tree_choice tree;
    struct pn_drug *drug;
    struct pn_arm *arm;
    struct pn_visit *visit;   /* increasing times */
    struct pn_events *events; /* NULL: none */
    struct pn_design *design; /* NULL: one point (design.h) */
    size_t n_compartments;
    struct pn_compartment *compartment; /* by drug and state; then routes that differ */
    struct pn_occasions occasions;
    int reset_all; /* EVID 3, 4 and SS = 1 reset every state, not only the drugs' own */
    char **keep; /* signals, states and test results; n_keep 0: all signals and results */
    struct pn_place *keep_place;
    const char **keep_unit; /* that the result has it in; NULL: that of its row */
    double *keep_factor;    /* to it; 1 without one */
    size_t n_endpoints;
    struct pn_endpoint *endpoint;
    int leaves_out_doses;   /* delivered doses are counted, not listed */
    struct pn_keep lives;   /* whose trajectories the result has */
    double *output;         /* times [h], increasing; without a list the first is 0 */
    int outputs_are_listed; /* by output: at */
    double duration;        /* h, the end of every patient's life here */
    const char *method;     /* PN_METHOD_… */
    double rtol;
    size_t max_steps;
    double max_failed;           /* share of failed patients that makes exit code 3 */
    struct pn_input_file *input; /* every file read, the study first */
};

/** Read a study and every file it names (paths relative to the file that names them).
 *  Complaints are collected in *list; on PN_ERR_INPUT *study is NULL and list->n >= 1.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_IO (in the error record), PN_ERR_MEMORY. */
int pn_study_read(const char *path, struct pn_units *units, struct pn_complaints *list,
                  struct pn_study **study);

/** The same with a table of events in place of the study's own, if it has one.
 *  @param events  path of the CSV as the caller sees it; NULL: as pn_study_read */
int pn_study_read_events(const char *path, const char *events, struct pn_units *units,
                         struct pn_complaints *list, struct pn_study **study);
void pn_study_free(struct pn_study **study);

/** The same from a text, as if it stood at `path`, where no file needs to be. */
int pn_study_read_text(const char *path, const char *text, struct pn_units *units,
                       struct pn_complaints *list, struct pn_study **study);

/** The resolved study as YAML, all defaults in; reading it back gives the same study.
 *  @param[out] text malloced, the caller frees. */
int pn_study_write(const struct pn_study *study, char **text);

/** Do its patients have a tree, of a file or grown? */
static inline int pn_has_tree(const struct pn_study *study)
{
    return study->tree.file || study->tree.n_acini > 0;
}

/** Keep patients first … last only, counted from 1; their numbers and draws stay.
 *  @return PN_OK, PN_ERR_USAGE: there are fewer. */
int pn_study_select(struct pn_study *study, size_t first, size_t last);

#endif
