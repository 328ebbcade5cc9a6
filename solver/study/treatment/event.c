/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one record of an event table means. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/study/treatment/event_table.h"

enum { NO_STEADY_STATE = 99 }; /* as SS of simulated data sets that have no 0 */

/* the numbers of a record; 0: missing, as NONMEM has it */
struct numbers {
    double of[PN_N_FIELDS];
};

static int read_number(struct pn_study_reader *r, const struct pn_record *record,
                       enum pn_event_field field, double *value)
{
    const char *text = record->text[field], *rest = "", *must = "a number";
    double number = 0.0;

    if (!text)
        return 1;
    switch (pn_number_parse(text, &rest, &number)) {
    case PN_NUMBER:
        if (*rest == '\0') {
            *value = number;
            return 1;
        }
        break;
    case PN_NOT_FINITE:
        must = "a finite number";
        break;
    case PN_NOT_A_NUMBER:
        break;
    }
    pn_complain(r->text.list, record->place[field], "%s must be %s, found '%.40s'",
                pn_event_columns[field].name, must, text);
    return 0;
}

static int read_numbers(struct pn_study_reader *r, const struct pn_record *record,
                        struct numbers *n)
{
    static const enum pn_event_field fields[] = {
        PN_FIELD_AMT,  PN_FIELD_RATE, PN_FIELD_DUR,  PN_FIELD_II,
        PN_FIELD_ADDL, PN_FIELD_SS,   PN_FIELD_MDV,  PN_FIELD_CENS,
        PN_FIELD_OCC,  PN_FIELD_DV,   PN_FIELD_LIMIT};
    struct pn_event_table *t = r->table;

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!read_number(r, record, fields[i], &n->of[fields[i]]))
            return 0;
    n->of[PN_FIELD_II] *= t->hours[PN_FIELD_II];
    n->of[PN_FIELD_DUR] *= t->hours[PN_FIELD_DUR];
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!isfinite(n->of[fields[i]]))
            return !pn_complain(r->text.list, record->place[fields[i]],
                                "%s must be a finite number, found '%.40s'",
                                pn_event_columns[fields[i]].name,
                                record->text[fields[i]]);
    return 1;
}

/* A whole number in [low, high]; `fallback` where the field is missing. */
static int read_int(struct pn_study_reader *r, const struct pn_record *record,
                    const struct numbers *n, enum pn_event_field field, int low, int high,
                    int fallback, int *value)
{
    double number = n->of[field];

    *value = fallback;
    if (!record->text[field])
        return 1;
    if (number >= low && number <= high && number == floor(number)) {
        *value = (int)number;
        return 1;
    }
    pn_complain(r->text.list, record->place[field],
                "%s must be a whole number from %d to %d, found '%.40s'",
                pn_event_columns[field].name, low, high, record->text[field]);
    return 0;
}

/* rxode2's code of a bolus dose: the compartment's number, 01.  @return that number, 0:
 * no such code */
static int coded_compartment(double evid)
{
    return evid >= 101.0 && evid < 10000.0 && fmod(evid, 100.0) == 1.0
               ? (int)(evid / 100.0)
               : 0;
}

/* As NONMEM does where there is no EVID: what has an amount or a rate is a dose. */
static int read_evid(struct pn_study_reader *r, const struct pn_record *record,
                     const struct numbers *n, struct pn_event *e)
{
    const char *text = record->text[PN_FIELD_EVID], *rest = "";
    double number = -1.0;

    e->evid = PN_EVID_OBSERVE;
    if (!text) {
        if (n->of[PN_FIELD_AMT] != 0.0 || n->of[PN_FIELD_RATE] != 0.0)
            e->evid = PN_EVID_DOSE;
        return 1;
    }
    if (pn_number_parse(text, &rest, &number) != PN_NUMBER || *rest)
        number = -1.0;
    if (coded_compartment(number) > 0) {
        e->evid = PN_EVID_DOSE;
        return 1;
    }
    for (size_t i = 0; pn_evid_name[i]; i++)
        if ((i <= PN_EVID_RESET_DOSE && number == (double)i) ||
            strcasecmp(text, pn_evid_name[i]) == 0) {
            e->evid = (enum pn_evid)i;
            return 1;
        }
    pn_complain(r->text.list, record->place[PN_FIELD_EVID],
                "EVID must be 0, 1, 2, 3, 4, observe, dose, other, reset, replace, "
                "multiply or a bolus dose in rxode2's code (101), found '%.40s'",
                text);
    return 0;
}

static int is_dose(const struct pn_event *e)
{
    return e->evid == PN_EVID_DOSE || e->evid == PN_EVID_RESET_DOSE;
}

static int changes_state(const struct pn_event *e)
{
    return e->evid == PN_EVID_REPLACE || e->evid == PN_EVID_MULTIPLY;
}

/* What belongs to doses only stands in doses only; how they are repeated means nothing
 * elsewhere. */
static int has_no_dose(struct pn_study_reader *r, const struct pn_record *record,
                       const struct numbers *n, const struct pn_event *e)
{
    static const enum pn_event_field fields[] = {PN_FIELD_AMT,  PN_FIELD_RATE,
                                                 PN_FIELD_DUR,  PN_FIELD_II,
                                                 PN_FIELD_ADDL, PN_FIELD_SS};
    size_t from = changes_state(e) ? 1 : 0;

    for (size_t i = from; i < sizeof fields / sizeof *fields; i++) {
        if (n->of[fields[i]] == 0.0 ||
            (fields[i] == PN_FIELD_SS && n->of[PN_FIELD_SS] == NO_STEADY_STATE))
            continue;
        if (i < 3)
            return !pn_complain(
                r->text.list, record->place[fields[i]],
                "%s = %.40s stands in a record that is no dose (EVID %.20s)",
                pn_event_columns[fields[i]].name, record->text[fields[i]],
                record->text[PN_FIELD_EVID] ? record->text[PN_FIELD_EVID] : "is missing");
        if (pn_event_first(r->table, PN_TOLD_NO_DOSE))
            pn_warn(r->text.list, record->place[fields[i]],
                    "%s = %.40s stands in a record that is no dose: it means nothing",
                    pn_event_columns[fields[i]].name, record->text[fields[i]]);
    }
    return 1;
}

static int is_positive_or_none(struct pn_study_reader *r, const struct pn_record *record,
                               const struct numbers *n, enum pn_event_field field)
{
    if (n->of[field] >= 0.0)
        return 1;
    pn_complain(r->text.list, record->place[field], "%s = %.40s must be at least 0",
                pn_event_columns[field].name, record->text[field]);
    return 0;
}

/* A constant infusion at steady state: AMT 0, RATE above 0, SS, neither II nor ADDL. */
static int read_constant_infusion(struct pn_study_reader *r,
                                  const struct pn_record *record,
                                  const struct pn_event *e)
{
    if (e->ss == 0)
        return !pn_complain(r->text.list, record->place[PN_FIELD_RATE],
                            "RATE without AMT needs SS 1: an infusion without an end at "
                            "steady state");
    if (e->ii > 0.0)
        return !pn_complain(r->text.list, record->place[PN_FIELD_II],
                            "II does not fit an infusion without an end (RATE without "
                            "AMT)");
    return 1;
}

static int read_repetition(struct pn_study_reader *r, const struct pn_record *record,
                           const struct numbers *n, struct pn_event *e)
{
    if (!is_positive_or_none(r, record, n, PN_FIELD_II) ||
        !read_int(r, record, n, PN_FIELD_ADDL, 0, PN_MAX_TIMES, 0, &e->addl))
        return 0;
    if (n->of[PN_FIELD_SS] == NO_STEADY_STATE) {
        if (pn_event_first(r->table, PN_TOLD_STEADY))
            pn_warn(r->text.list, record->place[PN_FIELD_SS],
                    "SS = 99 is taken for none");
    } else if (!read_int(r, record, n, PN_FIELD_SS, 0, 2, 0, &e->ss)) {
        return 0;
    }
    e->ii = n->of[PN_FIELD_II];
    if (e->addl > 0 && !(e->ii > 0.0))
        return !pn_complain(r->text.list, record->place[PN_FIELD_ADDL],
                            "ADDL needs an II above 0");
    if (e->amount == 0.0 && e->input == PN_AT_RATE)
        return read_constant_infusion(r, record, e);
    if (e->ss > 0 && !(e->ii > 0.0))
        return !pn_complain(r->text.list, record->place[PN_FIELD_SS],
                            "SS needs an II above 0");
    return 1;
}

static int read_input(struct pn_study_reader *r, const struct pn_record *record,
                      const struct numbers *n, struct pn_event *e)
{
    double rate = n->of[PN_FIELD_RATE], duration = n->of[PN_FIELD_DUR];

    if (!is_positive_or_none(r, record, n, PN_FIELD_DUR))
        return 0;
    if (rate != 0.0 && duration > 0.0)
        return !pn_complain(r->text.list, record->place[PN_FIELD_DUR],
                            "the dose has both RATE and DUR");
    e->rate = rate > 0.0 ? rate : 0.0;
    e->duration = duration;
    e->input = rate > 0.0       ? PN_AT_RATE
               : rate == -1.0   ? PN_AT_MODEL_RATE
               : rate == -2.0   ? PN_OVER_MODEL_DURATION
               : duration > 0.0 ? PN_OVER_DURATION
                                : PN_BOLUS;
    if (rate < 0.0 && rate != -1.0 && rate != -2.0)
        return !pn_complain(r->text.list, record->place[PN_FIELD_RATE],
                            "RATE = %.40s must be above 0, -1 (the model's rate) or -2 "
                            "(the model's duration)",
                            record->text[PN_FIELD_RATE]);
    return 1;
}

static int read_amount(struct pn_study_reader *r, const struct pn_record *record,
                       const struct numbers *n, struct pn_event *e)
{
    e->amount = n->of[PN_FIELD_AMT];
    if (!record->text[PN_FIELD_AMT] && !(n->of[PN_FIELD_RATE] > 0.0))
        return !pn_complain(r->text.list, record->place[PN_FIELD_AMT],
                            "the record needs AMT (EVID %.20s)",
                            record->text[PN_FIELD_EVID] ? record->text[PN_FIELD_EVID]
                                                        : "is missing");
    return is_positive_or_none(r, record, n, PN_FIELD_AMT);
}

/* --- where it goes, in which unit --- */

/* A number in any form, as 2.0000E+00; the one of rxode2's code.  @return 0: complained
 */
static int as_number(struct pn_study_reader *r, const struct pn_record *record,
                     const char **text, char *number, size_t size)
{
    const char *evid = record->text[PN_FIELD_EVID], *rest = "";
    int coded = coded_compartment(evid ? strtod(evid, NULL) : 0.0);
    double cmt = 0.0;

    if (!*text && !coded)
        return 1;
    if (*text && (pn_number_parse(*text, &rest, &cmt) != PN_NUMBER || *rest ||
                  cmt != floor(cmt) || fabs(cmt) > 1e9)) /* a name */
        return 1;
    if (!*text || (coded && cmt == 0.0))
        cmt = coded;
    if (coded && cmt != coded)
        return !pn_complain(r->text.list, record->place[PN_FIELD_CMT],
                            "CMT = %.40s, but EVID %.40s is a dose into compartment %d",
                            *text, evid, coded);
    snprintf(number, size, "%.0f", cmt);
    *text = number;
    return 1;
}

/* An observation may have the number of a compartment that the drugs do not have. */
static int is_of_no_drug(struct pn_study_reader *r, const struct pn_event *e,
                         const char *text, struct pn_place place)
{
    if (e->evid != PN_EVID_OBSERVE || !text ||
        !(strtod(text, NULL) > (double)r->n_states))
        return 0;
    if (pn_event_first(r->table, PN_TOLD_OBSERVED))
        pn_warn(r->text.list, place,
                "CMT %s of an observation: the drugs have compartments 1 to %zu", text,
                r->n_states);
    return 1;
}

static int read_compartment(struct pn_study_reader *r, const struct pn_record *record,
                            struct pn_event *e)
{
    const char *text = record->text[PN_FIELD_CMT];
    struct pn_place place = record->place[PN_FIELD_CMT];
    char number[32];

    if (r->drugs_broken) /* its mistakes were told */
        return 0;
    if (!as_number(r, record, &text, number, sizeof number))
        return 0;
    if (is_of_no_drug(r, e, text, place))
        return 1;
    if (text && strcmp(text, "0") != 0) { /* 0 is NONMEM's word for the default */
        e->compartment = pn_compartment_find(r, text, place, &e->off);
        if (e->compartment < 0)
            return 0;
        if (e->off && e->evid != PN_EVID_OTHER)
            return !pn_complain(r->text.list, place,
                                "CMT = %.40s: a compartment is switched off by EVID 2",
                                text);
        return 1;
    }
    if (!is_dose(e) && !changes_state(e))
        return 1;
    e->compartment = pn_compartment_default(r, place);
    return e->compartment >= 0;
}

static int has_model_input(struct pn_study_reader *r, const struct pn_record *record,
                           const struct pn_event *e)
{
    const struct pn_compartment *c = &r->study->compartment[e->compartment];
    int at_rate = e->input == PN_AT_MODEL_RATE;

    if (!at_rate && e->input != PN_OVER_MODEL_DURATION)
        return 1;
    if (c->route && (at_rate ? c->route->R : c->route->D) >= 0)
        return 1;
    pn_complain(r->text.list, record->place[PN_FIELD_RATE],
                "RATE = %s needs a %s of the model, which %s.%s has not",
                at_rate ? "-1" : "-2", at_rate ? "rate R" : "duration D",
                r->study->drug[c->drug].name,
                pn_compartment_state(r->study, e->compartment)->name);
    return 0;
}

/* Factor of AMT to the unit of the compartment, looked up once. */
static double amount_factor(struct pn_study_reader *r, struct pn_place place,
                            int compartment)
{
    struct pn_event_table *t = r->table;
    double *factor = &t->amount_factor[compartment];
    const char *unit = t->of[PN_FIELD_AMT] ? t->of[PN_FIELD_AMT]->unit : NULL;

    if (*factor == 0.0 && !unit)
        *factor = 1.0;
    if (*factor == 0.0 &&
        !pn_read_factor(
            &r->text, place, "AMT", unit,
            pn_compartment_state(r->study, compartment)->unit,
            r->study->drug[r->study->compartment[compartment].drug].molar_mass, factor))
        *factor = -1.0;
    return *factor;
}

/* RATE without a unit is in the unit of AMT per that of TIME. */
static double rate_factor(struct pn_study_reader *r, struct pn_place place,
                          int compartment)
{
    struct pn_event_table *t = r->table;
    double *factor = &t->rate_factor[compartment];
    const char *unit = t->of[PN_FIELD_RATE] ? t->of[PN_FIELD_RATE]->unit : NULL;
    char want[96];

    if (*factor == 0.0 && !unit)
        *factor = amount_factor(r, place, compartment) / t->hours[PN_FIELD_TIME];
    if (*factor != 0.0)
        return *factor;
    snprintf(want, sizeof want, "%.80s/h",
             pn_compartment_state(r->study, compartment)->unit);
    if (!pn_read_factor(
            &r->text, place, "RATE", unit, want,
            r->study->drug[r->study->compartment[compartment].drug].molar_mass, factor))
        *factor = -1.0;
    return *factor;
}

static void convert(struct pn_study_reader *r, const struct pn_record *record,
                    struct pn_event *e)
{
    if (e->evid == PN_EVID_MULTIPLY)
        return;
    e->amount *= amount_factor(r, record->place[PN_FIELD_AMT], e->compartment);
    if (e->rate > 0.0)
        e->rate *= rate_factor(r, record->place[PN_FIELD_RATE], e->compartment);
    if (!isfinite(e->amount) || !isfinite(e->rate))
        pn_complain(r->text.list, record->place[PN_FIELD_AMT],
                    "AMT and RATE must be finite numbers in %s",
                    pn_compartment_state(r->study, e->compartment)->unit);
}

/* --- the observation side --- */

/* A number, or a word that nothing asks for. */
static int read_dvid(struct pn_study_reader *r, const struct pn_record *record,
                     struct pn_event *e)
{
    const char *text = record->text[PN_FIELD_DVID], *rest = "";
    struct numbers n = {{0}};

    if (text &&
        (pn_number_parse(text, &rest, &n.of[PN_FIELD_DVID]) != PN_NUMBER || *rest)) {
        if (pn_event_first(r->table, PN_TOLD_DVID))
            pn_warn(r->text.list, record->place[PN_FIELD_DVID],
                    "nothing asks for DVID %.40s", text);
        return 1;
    }
    return read_int(r, record, &n, PN_FIELD_DVID, 0, 1000000, 0, &e->dvid);
}

static int read_observation(struct pn_study_reader *r, const struct pn_record *record,
                            const struct numbers *n, const struct pn_event *before,
                            struct pn_event *e)
{
    struct pn_event_table *t = r->table;

    if (!read_int(r, record, n, PN_FIELD_MDV, 0, 1, e->evid != PN_EVID_OBSERVE,
                  &e->mdv) ||
        !read_int(r, record, n, PN_FIELD_CENS, -1, 1, 0, &e->cens) ||
        !read_dvid(r, record, e) ||
        !read_int(r, record, n, PN_FIELD_OCC, 1, 1000000, before ? before->occasion : 0,
                  &e->occasion))
        return 0;
    if (t->of[PN_FIELD_OCC] && e->occasion == 0)
        return !pn_complain(r->text.list, record->place[PN_FIELD_OCC],
                            "the first record of a patient needs OCC");
    if (record->text[PN_FIELD_DV])
        e->dv = n->of[PN_FIELD_DV] * t->measured[PN_FIELD_DV];
    if (record->text[PN_FIELD_LIMIT])
        e->limit = n->of[PN_FIELD_LIMIT] * t->measured[PN_FIELD_LIMIT];
    return 1;
}

void pn_read_event(struct pn_study_reader *r, const struct pn_record *record,
                   const struct pn_event *before, struct pn_event *e)
{
    struct numbers n = {0};

    *e = (struct pn_event){.compartment = -1,
                           .regimen = -1,
                           .time = before ? before->time : 0.0,
                           .occasion = before ? before->occasion : 0,
                           .dv = (double)NAN,
                           .limit = (double)NAN,
                           .place = record->place[PN_FIELD_ID]};
    r->table->clock.new_period = 0;
    if (!read_numbers(r, record, &n) || !read_evid(r, record, &n, e) ||
        !read_observation(r, record, &n, before, e) ||
        !pn_read_time(r, record, before, e))
        return;
    if (!is_dose(e) && !has_no_dose(r, record, &n, e))
        return;
    if ((is_dose(e) || changes_state(e)) && !read_amount(r, record, &n, e))
        return;
    if (is_dose(e) &&
        (!read_input(r, record, &n, e) || !read_repetition(r, record, &n, e)))
        return;
    if (!read_compartment(r, record, e) || e->compartment < 0)
        return;
    if (is_dose(e) && !has_model_input(r, record, e))
        return;
    if (is_dose(e))
        pn_compartment_warn(r, record->place[PN_FIELD_CMT], e->compartment);
    if (is_dose(e) || changes_state(e))
        convert(r, record, e);
}

/* --- two records at one time --- */

static int resets(const struct pn_event *e)
{
    return e->evid == PN_EVID_RESET || e->evid == PN_EVID_RESET_DOSE;
}

void pn_check_resets(struct pn_study_reader *r, const struct pn_record *record,
                     const struct pn_event *first, const struct pn_event *last)
{
    const struct pn_study *study = r->study;
    int wipes = resets(last) || last->ss == 1;
    int given = resets(first) || first->ss == 1;

    if (!wipes || !given || r->drugs_broken ||
        (first->evid == PN_EVID_RESET && !resets(last))) /* reset, then steady state */
        return;
    /* EVID 3 is for every drug, the others for that of their compartment */
    if (first->compartment >= 0 && last->compartment >= 0 && !study->reset_all &&
        study->compartment[first->compartment].drug !=
            study->compartment[last->compartment].drug)
        return;
    if (pn_event_first(r->table, PN_TOLD_RESETS))
        pn_warn(r->text.list, record->place[resets(last) ? PN_FIELD_EVID : PN_FIELD_SS],
                "two resets at %g h: this one wipes what line %d has done", last->time,
                first->place.line);
}
