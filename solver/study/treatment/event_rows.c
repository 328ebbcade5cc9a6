/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the columns of an event table, and what its readers share. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "solver/study/treatment/event_table.h"

const char *const pn_evid_name[] = {
    [PN_EVID_OBSERVE] = "observe",   [PN_EVID_DOSE] = "dose",
    [PN_EVID_OTHER] = "other",       [PN_EVID_RESET] = "reset",
    [PN_EVID_RESET_DOSE] = "4",      [PN_EVID_REPLACE] = "replace",
    [PN_EVID_MULTIPLY] = "multiply", NULL,
};

/* Its columns: rows like keys.  A column with a unit is a quantity. */
/* clang-format off */
const struct pn_key pn_event_columns[] = {
    [PN_FIELD_ID] = {"ID", PN_KEY_WHOLE | PN_KEY_TEXT, NULL,
         .sentence = "of the patient, whose records stand together; where one is no whole "
                     "number above 0, patients are numbered in the order of the file and "
                     "the result keeps their IDs",
         .must = PN_KEY_EVERYWHERE},
    [PN_FIELD_TIME] = {"TIME", PN_KEY_QUANTITY | PN_KEY_TEXT, "h",
         .sentence = "time since the patient's start, or a clock (13:30); it may begin "
                     "again at EVID 3 or 4, or where OCC changes", .must = PN_KEY_EVERYWHERE},
    [PN_FIELD_EVID] = {"EVID", PN_KEY_WHOLE | PN_KEY_CHOICE, NULL, .low = 0, .high = 4,
         .sentence = "what the record is, by number or name; missing: a dose where AMT "
                     "or RATE is not 0; 101, 201: a bolus dose into compartment 1, 2",
         .choices = pn_evid_name},
    [PN_FIELD_AMT] = {"AMT", PN_KEY_QUANTITY, .high = HUGE_VAL,
         .sentence = "amount of a dose; without a unit in that of its state"},
    [PN_FIELD_CMT] = {"CMT", PN_KEY_WHOLE | PN_KEY_NAME,
         .sentence = "number of the state (those of all drugs in the order of their "
                     "tables; of a drug that is given iv only from the central one on), "
                     "DRUG.STATE or STATE; missing or 0: the default route of the only "
                     "drug; negative with EVID 2: off"},
    [PN_FIELD_RATE] = {"RATE", PN_KEY_QUANTITY, .low = -2, .high = HUGE_VAL,
         .sentence = "of an infusion; -1, -2: the compartment's own R, D; without a unit in "
                     "that of AMT per that of TIME"},
    [PN_FIELD_DUR] = {"DUR", PN_KEY_QUANTITY, "h", .low = 0, .high = HUGE_VAL,
         .sentence = "duration of an infusion; neither RATE nor DUR: a bolus"},
    [PN_FIELD_II] = {"II", PN_KEY_QUANTITY, "h", .low = 0, .high = HUGE_VAL,
         .sentence = "interval of the doses of ADDL and SS"},
    [PN_FIELD_ADDL] = {"ADDL", PN_KEY_WHOLE, NULL, .low = 0, .high = PN_MAX_TIMES,
         .sentence = "doses that follow, every II"},
    [PN_FIELD_SS] = {"SS", PN_KEY_WHOLE, NULL, .low = 0, .high = 2,
         .sentence = "1: at steady state of doses every II; 2: added to what is there; "
                     "with AMT 0 and RATE: an infusion without an end"},
    [PN_FIELD_MDV] = {"MDV", PN_KEY_WHOLE, NULL, .low = 0, .high = 1,
         .sentence = "1: DV is missing"},
    [PN_FIELD_DV] = {"DV", PN_KEY_QUANTITY,
         .sentence = "what was observed; in a unit of the first drug's concentration"},
    [PN_FIELD_DVID] = {"DVID", PN_KEY_WHOLE, NULL, .low = 0, .high = 1000000,
         .sentence = "which quantity was observed"},
    [PN_FIELD_CENS] = {"CENS", PN_KEY_WHOLE, .low = -1, .high = 1,
         .sentence = "1: the value lies between LIMIT (missing: no bound) and DV, -1: above DV"},
    [PN_FIELD_LIMIT] = {"LIMIT", PN_KEY_QUANTITY,
         .sentence = "other end of the interval of a censored value, in the unit of DV"},
    [PN_FIELD_OCC] = {"OCC", PN_KEY_WHOLE, NULL, .low = 1, .high = 1000000,
         .sentence = "number of the occasion; missing: that of the record before"},
    [PN_FIELD_ARM] = {"ARM", PN_KEY_NAME,
         .sentence = "arm that the patient is in, in any case; without the column, or "
                     "where it names none of the study, all are in every arm"},
    [PN_FIELD_DATE] = {"DATE", PN_KEY_TEXT | PN_KEY_WHOLE,
         .sentence = "month/day/year, year-month-day or number of the day; TIME is the "
                     "hour of the day then, and counts from the first record of a patient"},
    [PN_FIELD_DAT1] = {"DAT1", PN_KEY_TEXT, .sentence = "day/month/year"},
    [PN_FIELD_DAT2] = {"DAT2", PN_KEY_TEXT, .sentence = "year/month/day"},
    [PN_FIELD_DAT3] = {"DAT3", PN_KEY_TEXT, .sentence = "year/day/month"},
    [PN_N_FIELDS] = PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_event_table_map = {
    "event table", "a table of events",
    "columns of an event table, in any case; covariates stand beside them, by name or as "
    "WT WGT BWT HT HGT GENDER ALB CRCL",
    .keys = pn_event_columns};

int pn_is_missing(const char *text)
{
    return text[0] == '\0' || strcmp(text, ".") == 0 || strcasecmp(text, "NA") == 0 ||
           strcasecmp(text, "NaN") == 0;
}

int pn_event_first(struct pn_event_table *t, enum pn_event_told what)
{
    return t->was_told[what]++ == 0;
}
