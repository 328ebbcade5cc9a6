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
    PN_FIELD_ARM,
    PN_FIELD_DATE, /* one of four orders of a date */
    PN_FIELD_DAT1,
    PN_FIELD_DAT2,
    PN_FIELD_DAT3,
    PN_N_FIELDS,
    PN_FIELD_COVARIATE,
    PN_FIELD_PARAMETER, /* PART.PARAMETER: one value a patient */
    PN_FIELD_UNUSED
};

/* their names and units, and an end */
extern const struct pn_key pn_event_columns[PN_N_FIELDS + 1];
/* names of EVID, by enum pn_evid; ends with NULL */
extern const char *const pn_evid_name[];

struct pn_event_column {
    enum pn_event_field field;
    struct pn_place place;
    char *name;                    /* in the file */
    char *unit;                    /* as in the header; NULL: none */
    const struct pn_yaml *values;  /* what its words mean; NULL: themselves */
    int is_said, is_dropped;       /* the study says what it is; that it is left out */
    const char *parameter;         /* its name; NULL: none */
    const struct pn_quantity *row; /* of a covariate or a parameter */
    size_t i_covariate;
    double factor, molar_mass; /* to the unit of the row */
    double *value;             /* of each patient, the first; NULL: no such column */
};

/** The key `events` while its map is read. */
struct pn_events_keys {
    const struct pn_yaml *file, *columns, *ignore, *accept;
    int backward;
};

/* what the reader was warned of, once for a compartment */
enum { PN_TOLD_NUMBER = 1, PN_TOLD_DOSE = 2 };

/* … and once for a table */
enum pn_event_told {
    PN_TOLD_HOUR,
    PN_TOLD_CLOCK,
    PN_TOLD_AGAIN,
    PN_TOLD_PERIOD,
    PN_TOLD_STEADY,
    PN_TOLD_NO_DOSE,
    PN_TOLD_RESETS,
    PN_TOLD_OBSERVED,
    PN_TOLD_LATE,
    PN_TOLD_DVID,
    PN_N_TOLD
};

/** Where TIME stands, in h, while the records are read. */
struct pn_event_clock {
    enum pn_event_field date; /* PN_N_FIELDS: none */
    int is_known, is_clock;   /* TIME is a clock in the records before */
    double first, last, days; /* of a patient's clock: the first and last time, days */
    double offset;            /* of the study's clock to TIME, where it began again */
    int new_period;           /* of the record: it begins again, but not by a reset */
};

struct pn_event_table {
    struct pn_csv csv;
    struct pn_events *events; /* what it becomes */
    struct pn_events_keys keys;
    struct pn_event_condition *ignore, *accept; /* NULL: none */
    struct pn_event_clock clock;
    unsigned char was_told[PN_N_TOLD];
    int told_default; /* that records need CMT was told */
    int64_t *id;      /* [patients]: its ID, 0: no whole number above 0 */
    char **label;     /* [patients]: as it stands in the file */
    char **arm;       /* [patients]: the arm as it stands; NULL: none */
    size_t n_bad;     /* complaints before the first record */
    int is_held;      /* the first line is a record, already taken apart */
    int from_caller;  /* 1: given beside the study, whose size means nothing */
    size_t n_columns;
    struct pn_event_column column[PN_CSV_FIELDS];
    const struct pn_event_column *of[PN_N_FIELDS]; /* NULL: no such column */
    double hours[PN_N_FIELDS];                     /* unit of TIME, II, DUR, in h */
    double measured[PN_N_FIELDS];                  /* factor of DV, LIMIT */
    /* factors to the unit of a compartment's state and that per hour; 0: not looked up,
     * below 0: impossible, as was told */
    double *amount_factor, *rate_factor;
    unsigned char *told; /* of each compartment: flags of what was warned of */
};

/** One record; text NULL: missing, or no such column. */
struct pn_record {
    const char *id;
    const char *text[PN_N_FIELDS];
    struct pn_place place[PN_N_FIELDS];
};

/** Headers: what each column is, by the key `columns` or its name, and its unit.
 *  @param[in] n  most patients there can be
 *  @return 0: complained. */
int pn_read_event_columns(struct pn_study_reader *r, size_t n);

/** Is a name one of a column or a covariate, in any case?  Sets field and row. */
int pn_event_column_called(const struct pn_study_reader *r, struct pn_event_column *c,
                           const char *name);

/** Does the line begin as a comment, or as the number of a NONMEM table? */
int pn_event_is_comment(const struct pn_csv *csv);

/** The conditions of `ignore` or `accept`, when the columns are known.  @return NULL:
 * none. */
struct pn_event_condition *pn_read_conditions(struct pn_study_reader *r,
                                              const struct pn_yaml *node,
                                              const char *key);

/** Does the present record count, by them? */
int pn_event_counts(const struct pn_event_table *t);

/** Is it the first time that this is told? */
int pn_event_first(struct pn_event_table *t, enum pn_event_told what);

/** e->time, when its evid and occasion are known; clock.new_period of the table says
 * whether a reset stands before it.  @return 0: complained. */
int pn_read_time(struct pn_study_reader *r, const struct pn_record *record,
                 const struct pn_event *before, struct pn_event *e);

/** Numbers of the patients, when all records are read: their IDs, or 1, 2, … beside
 * which the IDs are kept. */
void pn_events_number(struct pn_study_reader *r);

/** Times before 0: the clock of the study begins at the earliest. */
void pn_events_from_zero(struct pn_study_reader *r);

/** What the table is read from: files that the study names, or that the caller does,
 * whose path is relative to the caller.
 *  @param[in] said  the key `columns`; NULL: none
 *  @return NULL: complained. */
const struct pn_source *pn_event_files(struct pn_study_reader *r,
                                       const struct pn_yaml *node,
                                       const struct pn_yaml *said);
const struct pn_source *pn_event_file(struct pn_study_reader *r, const char *path,
                                      const struct pn_yaml *said);

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
