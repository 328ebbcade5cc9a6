/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a result file, from whomever it comes: only what pneuma run writes is accepted,
 * plain contiguous datasets whose numbers stand in the file itself.  Links and storage
 * outside, virtual datasets, filters and shapes larger than the file are refused. */
#ifndef PN_RESULT_RESULT_READ_H
#define PN_RESULT_RESULT_READ_H

#include "solver/hdf/hdf.h"
#include "solver/result/result.h"
#include "solver/study/treatment/treatment.h"

/** What a column runs over, besides the points of a design. */
enum pn_shape {
    PN_SHAPE_OTHER,   /* a curve, a text, … */
    PN_SHAPE_POINT,   /* (point) */
    PN_SHAPE_ARM,     /* (arm) */
    PN_SHAPE_PATIENT, /* (patient) */
    PN_SHAPE_TIME,    /* (time) */
    PN_SHAPE_VISIT,   /* (visit) */
    PN_SHAPE_OBS,     /* (obs): observations, the same in every arm */
    PN_SHAPE_DOSE,    /* (dose): doses of all lives */
    PN_SHAPE_RECORD,  /* (record): records of the event table */
    PN_SHAPE_LIFE,    /* (arm, patient) */
    PN_SHAPE_TIMES,   /* (arm, patient, time) */
    PN_SHAPE_VISITS,  /* (arm, patient, visit) */
    PN_SHAPE_ARM_OBS, /* (arm, obs) */
};

struct pn_result_column {
    char name[160], unit[64];
    enum pn_shape shape;
    int by_point; /* 1: `point` stands before the shape's dimensions */
};

struct pn_result_drug {
    char *name;
    struct pn_residual_error error;
};

/** An opened result. */
struct pn_result {
    struct pn_hdf hdf;
    struct pn_hdf_errors errors;
    uint64_t n_bytes; /* of the file */
    size_t n_points;  /* 0: no design, and no dimension `point` */
    size_t n_arms, n_patients, n_times, n_visits, n_observations, n_doses, n_records;
    char **arm; /* [n_arms]; of what is not there: n 0 */
    uint64_t seed;
    size_t n_columns, n_drugs, n_compartments;
    struct pn_result_column *column; /* numbers, in the order of the file */
    struct pn_result_drug *drug;
    char **compartment; /* [n_compartments]: "DRUG.STATE", "DRUG.STATE@ROUTE" */
    int *cmt;           /* [n_compartments]: number of the state, from 1 */
};

/** Lives are walked cell by cell: an arm at a point, the point outermost. */
static inline size_t pn_result_n_cells(const struct pn_result *result)
{
    return (result->n_points > 0 ? result->n_points : 1) * result->n_arms;
}

/** A column by name; NULL: none. */
const struct pn_result_column *pn_result_find(const struct pn_result *result,
                                              const char *name);

/** A name that is no column, or none with a number for each row: with the nearest that
 * is.  @return PN_ERR_USAGE (error record) */
int pn_result_unknown(const struct pn_result *result, const char *name);

/** Reads a column's rows; at its best from the first to the last.  A row is what stands
 * at one place of the dimensions point, arm, patient, obs, dose: a number, or one for
 * each time or visit.  Rows are numbered as in the file, point by point, arm by arm. */
struct pn_cursor {
    const struct pn_result *result;
    struct pn_column column;
    size_t first, n, most; /* rows in the buffer; how many fit in */
    void *buffer;
};

/** Open a column as doubles or, if `integers`, as int64_t.  Close in any case. */
int pn_cursor_open(const struct pn_result *result, const char *name, int integers,
                   struct pn_cursor *cursor);
void pn_cursor_close(struct pn_cursor *cursor);

/** The numbers of a row, there until the next call.  The row must exist. */
int pn_cursor_row(struct pn_cursor *cursor, size_t row, const void **numbers);

/** pn_result_open without a child that reads first: for that child alone. */
int pn_result_open_unguarded(const char *path, struct pn_result **result);

#endif
