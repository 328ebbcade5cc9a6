/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of events while it is read: its columns, and one record as text. */
#ifndef PN_STUDY_TREATMENT_EVENT_TABLE_H
#define PN_STUDY_TREATMENT_EVENT_TABLE_H

#include "solver/study/treatment/read_treatment.h"
#include "solver/text/csv.h"

enum pn_event_field {
    PN_FIELD_ID,
    PN_FIELD_TIME,
    PN_FIELD_EVID,
    PN_FIELD_AMT,
    PN_FIELD_CMT,
    PN_FIELD_RATE,
    PN_FIELD_DUR,
    PN_FIELD_II,
    PN_FIELD_ADDL,
    PN_FIELD_SS,
    PN_FIELD_MDV,
    PN_FIELD_DV,
    PN_FIELD_DVID,
    PN_FIELD_CENS,
    PN_FIELD_LIMIT,
    PN_FIELD_OCC,
    PN_N_FIELDS,
    PN_FIELD_COVARIATE,
    PN_FIELD_COMMENT /* a column C: it only marks comments */
};

/* their names and units, and an end */
extern const struct pn_key pn_event_columns[PN_N_FIELDS + 1];

struct pn_event_column {
    enum pn_event_field field;
    struct pn_place place;
    char *unit;                    /* as in the header; NULL: none */
    const struct pn_quantity *row; /* of a covariate */
    size_t i_covariate;
    double factor; /* of a covariate: to the unit of its row */
};

/* what the reader was warned of, once for a compartment */
enum { PN_TOLD_NUMBER = 1, PN_TOLD_DOSE = 2 };

struct pn_event_table {
    struct pn_csv csv;
    struct pn_events *events; /* what it becomes */
    int told_default;         /* that records need CMT was told */
    int from_caller;          /* 1: given beside the study, whose size means nothing */
    size_t n_columns;
    struct pn_event_column column[PN_CSV_FIELDS];
    const struct pn_event_column *of[PN_N_FIELDS]; /* NULL: no such column */
    double hours[PN_N_FIELDS];                     /* unit of TIME, II, DUR, in h */
    double measured[PN_N_FIELDS];                  /* factor of DV, LIMIT */
    /* factors to the unit of a compartment's state and that per hour; 0: not looked up,
     * below 0: impossible, as was told */
    double *amount_factor, *rate_factor;
    unsigned char *told; /* of each compartment: flags of what was warned of */
    const struct pn_event_column **covariate; /* [n_covariates] */
    double **first_value;                     /* [n_covariates][patient] */
};

/** One record; text NULL: missing, or no such column. */
struct pn_record {
    const char *text[PN_N_FIELDS];
    struct pn_place place[PN_N_FIELDS];
};

/** Does a record say nothing in this field? */
int pn_is_missing(const char *text);

/** What one record means, checked by itself and against the one before it of the same
 *  patient (NULL: the first).  Complains of one mistake at most; *event is filled as far
 *  as it could be read. */
void pn_read_event(struct pn_study_reader *r, const struct pn_record *record,
                   const struct pn_event *before, struct pn_event *event);

/** Can both stand at one time?  Complains of a reset that wipes another one.
 *  @param record  of the last one */
void pn_check_resets(struct pn_study_reader *r, const struct pn_record *record,
                     const struct pn_event *first, const struct pn_event *last);

#endif
