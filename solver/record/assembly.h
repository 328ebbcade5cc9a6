/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result file while it is assembled: what assemble.c and result_copy.c share. */
#ifndef PN_RECORD_ASSEMBLY_H
#define PN_RECORD_ASSEMBLY_H

#include "solver/record/journal.h"
#include "solver/record/layout.h"
#include "solver/record/reuse.h"

struct pn_assembly {
    const struct pn_trial *trial;
    struct pn_hdf hdf;
    struct pn_layout layout;
    struct pn_journal_reader reader;
    struct pn_tally *tally;
    size_t n_block;             /* patients at once */
    struct pn_life *life;       /* shape [n_block] */
    double *values;             /* shape [n_block][max(n_values, n_variables, 1)] */
    void *buffer;               /* one column of a block */
    struct pn_study_view *view; /* the study at the point that is written */
    struct pn_summary *summary; /* NULL: no statistics are kept */
    size_t next_dose; /* place of the block's first dose, and of its first … */
    size_t next_obs;  /* … observation in its arm */
    size_t n_buffer;  /* bytes */
    char **message;   /* of each job that has one, else NULL, shape [n_jobs] */
};

/** Copy lives, statistics, lists and messages of an arm at a point that an earlier result
 * has.  @return PN_OK, PN_ERR_INPUT (it is laid out in another way), PN_ERR_IO, … */
int pn_assembly_copy(struct pn_assembly *a, size_t point, size_t arm);

#endif
