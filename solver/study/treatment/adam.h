/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ADaM tables (ADPPK, or ADEX and ADPC) as an event table: what CDISC calls each column.
 */
#ifndef PN_STUDY_TREATMENT_ADAM_H
#define PN_STUDY_TREATMENT_ADAM_H

#include "solver/study/study_reader.h"
#include "solver/text/xpt.h"

enum { PN_ADAM_TABLES = 2 };

/** What a record can say; the first ones are columns of an event table. */
enum pn_adam_field {
    PN_ADAM_ID,
    PN_ADAM_TIME,
    PN_ADAM_EVID,
    PN_ADAM_AMT,
    PN_ADAM_CMT,
    PN_ADAM_RATE,
    PN_ADAM_DUR,
    PN_ADAM_II,
    PN_ADAM_ADDL,
    PN_ADAM_SS,
    PN_ADAM_MDV,
    PN_ADAM_DV,
    PN_ADAM_DVID,
    PN_ADAM_CENS,
    PN_ADAM_OCC,
    PN_ADAM_ARM,
    PN_ADAM_COLUMNS, /* behind: what those are made of */
    PN_ADAM_START = PN_ADAM_COLUMNS,
    PN_ADAM_END,
    PN_ADAM_ROUTE,
    PN_ADAM_FREQUENCY,
    PN_ADAM_CODE, /* PARAMCD */
    PN_ADAM_BELOW,
    PN_ADAM_LOWEST,
    PN_ADAM_AMT_UNIT,
    PN_ADAM_DV_UNIT,
    PN_ADAM_TIME_UNIT,
    PN_ADAM_DUR_UNIT,
    PN_ADAM_AGE_UNIT,
    PN_ADAM_FIELDS
};

/** One table, and where its fields stand: column or -1. */
struct pn_adam {
    const struct pn_xpt *xpt;
    int of[PN_ADAM_FIELDS];
};

/** Find the fields; columns that `said` (the key `columns`, NULL: none) names are left to
 * it. */
void pn_adam_find(struct pn_adam *adam, const struct pn_yaml *said);

/** "TIME", … of the first PN_ADAM_COLUMNS. */
extern const char *const pn_adam_column[PN_ADAM_COLUMNS];

/** A unit in the words of CDISC as one that is read: HOURS is h. */
const char *pn_adam_unit(const char *word);

/** The unit that all records of a table have in a column of units, or that the label of
 *  the other column names, "Weight (kg)"; NULL: neither, or complained. */
const char *pn_adam_unit_of(struct pn_study_reader *r, const struct pn_adam *adam,
                            enum pn_adam_field units, int column);

/** What the column of a table is as one of an event table: a covariate's name, its own
 *  name; NULL: it is one of CDISC's that no simulation needs, or a field. */
const char *pn_adam_covariate(const struct pn_study_reader *r, const struct pn_adam *adam,
                              size_t column, const struct pn_yaml *said);

/** Hours of a date with its time, as text (ISO 8601) or SAS's seconds.  @return 0: none
 */
int pn_adam_hours(const char *text, double *hours);

/** One or two files, in transport form, as the text of one event table.
 *  @return what the event table is read from; NULL: complained, or memory ran out. */
const struct pn_source *pn_adam_source(struct pn_study_reader *r,
                                       const struct pn_source *const *file, size_t n,
                                       const struct pn_yaml *said);

#endif
