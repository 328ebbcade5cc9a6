/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the field's table. */
#include "solver/inspect/listing_rows.h"

#include <math.h>
#include <string.h>

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/text/csv_put.h"

/* --- numbers --- */

/* a source at observation k of the patient (row `obs` of the list), at a time */
static int value_at(struct pn_listing *table, struct pn_listing_source *source,
                    size_t obs, size_t k, double time, double *value)
{
    const struct pn_result *result = table->result;
    size_t life = table->cell * result->n_patients + table->patient;
    size_t point = 0;

    *value = (double)NAN;
    if (!source->column)
        return PN_OK;
    if (source->column->by_point)
        point = table->point;
    switch (source->column->shape) {
    case PN_SHAPE_POINT:
        return pn_listing_number(source, table->point, 0, value);
    case PN_SHAPE_PATIENT:
        return pn_listing_number(source, point * result->n_patients + table->patient, 0,
                                 value);
    case PN_SHAPE_LIFE:
        return pn_listing_number(source, life, 0, value);
    case PN_SHAPE_OBS:
        return pn_listing_number(source, obs, 0, value);
    case PN_SHAPE_ARM_OBS:
        return pn_listing_number(source, table->cell * result->n_observations + obs, 0,
                                 value);
    case PN_SHAPE_TIMES:
        return pn_listing_number(source, life, k, value);
    default:
        break;
    }
    for (size_t v = 0; v < result->n_visits; v++)
        if (pn_same_time(table->visit[v], time))
            return pn_listing_number(source, life, v, value);
    return PN_OK; /* nothing was measured then */
}

/* The draws of observation k are the patient's own, the same in every arm and table. */
static double observed(const struct pn_listing *table, size_t k, double ipred)
{
    const struct pn_residual_error *error = table->drug ? &table->drug->error : NULL;
    uint64_t drug = table->drug ? pn_name_hash(table->drug->name) : 0;
    double e[2];

    if (!error)
        return ipred;
    for (uint64_t term = 0; term < 2; term++)
        e[term] = pn_normal(table->result->seed, table->patient_id, PN_DRAW_RESIDUAL,
                            drug, 2 * (uint64_t)k + term);
    if (error->lognormal != 0.0)
        return ipred * exp(error->lognormal * e[0]);
    return ipred * (1.0 + error->proportional * e[0]) + error->additive * e[1];
}

/* --- rows --- */

void pn_listing_put_head(const struct pn_listing *table)
{
    FILE *stream = table->stream;

    fputs("ID,TIME,EVID,AMT,CMT,DUR,", stream);
    fputs(table->dose_rate.column ? "RATE," : "", stream);
    fputs(table->dose_ss.column ? "II,SS," : "", stream);
    fputs("ARM,", stream);
    fputs(table->result->n_points > 0 ? "POINT," : "", stream);
    fputs("IPRED,DV,MDV,TAD", stream);
    fputs(table->has_limit ? ",CENS,LIMIT" : "", stream);
    fputs(table->dvobs.column ? ",DVOBS" : "", stream);
    fputs(table->occasion.column ? ",OCC" : "", stream);
    for (size_t i = 0; i < table->n_covariates; i++) {
        const struct pn_result_column *column = table->covariate[i].column;
        char title[240];
        int has_unit = column->unit[0] && strcmp(column->unit, "1") != 0;

        snprintf(title, sizeof title, "%s%s%s%s", column->name + strlen("record."),
                 has_unit ? " [" : "", has_unit ? column->unit : "", has_unit ? "]" : "");
        putc(',', stream);
        pn_csv_put_text(stream, title);
    }
    for (size_t i = 0; i < table->n_signals; i++) {
        const char *name = table->signal[i].column->name;

        putc(',', stream);
        pn_csv_put_text(stream, strncmp(name, "obs.", 4) == 0 ? name + 4 : name);
    }
    putc('\n', stream);
}

static void put_number(const struct pn_listing *table, double number)
{
    putc(',', table->stream);
    pn_csv_put_number(table->stream, number);
}

static void put_start(const struct pn_listing *table, double time, const char *evid)
{
    if (table->label)
        pn_csv_put_text(table->stream, table->label[table->patient]);
    else
        fprintf(table->stream, "%lld", (long long)table->patient_id);
    put_number(table, time);
    fprintf(table->stream, ",%s", evid);
}

static void put_arm(const struct pn_listing *table)
{
    putc(',', table->stream);
    pn_csv_put_text(table->stream, table->result->arm[table->arm]);
    if (table->result->n_points > 0)
        fprintf(table->stream, ",%zu", table->point + 1);
}

/* OCC and covariates of a record of the event table */
static int put_covariates(struct pn_listing *table, size_t record)
{
    int status = PN_OK;

    if (table->occasion.column) {
        int64_t occasion;
        PN_TRY(pn_listing_integer(&table->occasion, record, &occasion));
        fprintf(table->stream, ",%lld", (long long)occasion);
    }
    for (size_t i = 0; i < table->n_covariates; i++) {
        double value;
        PN_TRY(pn_listing_number(&table->covariate[i], record, 0, &value));
        put_number(table, value);
    }
out:
    return status;
}

static int put_signals(struct pn_listing *table, size_t obs, size_t k, double time)
{
    double value;
    int status = PN_OK;

    for (size_t i = 0; i < table->n_signals; i++) {
        PN_TRY(value_at(table, &table->signal[i], obs, k, time, &value));
        put_number(table, value);
    }
    putc('\n', table->stream);
out:
    return status;
}

/* --- observations --- */

/* where an observation cannot be told: between low and high by CENS 1, above high by -1
 */
struct limits {
    double below, low; /* NaN: none; low: what LIMIT is then */
    double above, high;
};

/* The limit of quantification that was asked for; or what the event table says of this
 * observation: a value that was censored is censored again, where it would be. */
static int limits_of(struct pn_listing *table, size_t obs, double dvobs,
                     struct limits *limits)
{
    double limit;
    int64_t cens = 0;
    int status;

    *limits = (struct limits){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    PN_TRY(pn_listing_number(&table->limit, obs, 0, &limit));
    if (table->cens.column)
        PN_TRY(pn_listing_integer(&table->cens, obs, &cens));
    if (!isnan(table->lloq)) {
        limits->below = table->lloq;
        limits->low = cens >= 0 && limit < table->lloq ? limit : 0.0;
    } else if (cens > 0) {
        limits->below = dvobs;
        limits->low = limit;
    }
    if (cens < 0) {
        limits->above = dvobs;
        limits->high = limit;
    }
out:
    return status;
}

static void put_dv(const struct pn_listing *table, double dv, int mdv, double time,
                   const struct limits *limits)
{
    int below = dv<limits->below, above = dv> limits->above; /* NaN: no */

    put_number(table, below ? limits->below : above ? limits->above : dv);
    fprintf(table->stream, ",%d", mdv || isnan(dv));
    put_number(table, time - table->last_dose);
    if (!table->has_limit)
        return;
    fprintf(table->stream, ",%d", below - above);
    put_number(table, below ? limits->low : above ? limits->high : (double)NAN);
}

int pn_listing_put_observation(struct pn_listing *table, size_t obs, size_t k,
                               size_t record, double time)
{
    struct limits limits;
    double ipred, dvobs;
    int64_t mdv = 0;
    int status;

    PN_TRY(value_at(table, &table->ipred, obs, k, time, &ipred));
    PN_TRY(pn_listing_number(&table->dvobs, obs, 0, &dvobs));
    PN_TRY(limits_of(table, obs, dvobs, &limits));
    if (table->mdv.column)
        PN_TRY(pn_listing_integer(&table->mdv, obs, &mdv));
    put_start(table, time, "0");
    fputs(",.,.,.", table->stream);
    fputs(table->dose_rate.column ? ",." : "", table->stream);
    fputs(table->dose_ss.column ? ",.,." : "", table->stream);
    put_arm(table);
    put_number(table, ipred);
    put_dv(table, observed(table, k, ipred), mdv != 0, time, &limits);
    if (table->dvobs.column)
        put_number(table, dvobs);
    PN_TRY(put_covariates(table, record));
    PN_TRY(put_signals(table, obs, k, time));
out:
    return status;
}

/* --- doses and all else --- */

/* By number; by name where the drug's states up to the central one have none, or another
 * route leads into the state. */
static void put_compartment(const struct pn_listing *table,
                            const struct pn_listed *listed)
{
    const struct pn_result *result = table->result;
    const char *minus = listed->is_off ? "-" : "";
    size_t i = (size_t)listed->compartment;

    if (listed->compartment < 0 || i >= result->n_compartments)
        fputs(",.", table->stream);
    else if (result->cmt[i] > 0 && !strchr(result->compartment[i], '@'))
        fprintf(table->stream, ",%s%d", minus, result->cmt[i]);
    else
        fprintf(table->stream, ",%s%s", minus, result->compartment[i]);
}

int pn_listing_put_event(struct pn_listing *table, const struct pn_listed *listed)
{
    int has_rate = !isnan(listed->rate) && listed->rate != 0.0, status = PN_OK;

    put_start(table, listed->time, listed->evid);
    put_number(table, listed->amount);
    put_compartment(table, listed);
    put_number(table, has_rate ? (double)NAN : listed->duration);
    if (table->dose_rate.column)
        put_number(table, has_rate ? listed->rate : (double)NAN);
    if (table->dose_ss.column) {
        put_number(table, listed->ss > 0 ? listed->ii : (double)NAN);
        put_number(table, listed->ss > 0 ? (double)listed->ss : (double)NAN);
    }
    put_arm(table);
    fputs(",.,.,1", table->stream);
    put_number(table, listed->time - table->last_dose);
    fputs(table->has_limit ? ",0,." : "", table->stream);
    fputs(table->dvobs.column ? ",." : "", table->stream);
    PN_TRY(put_covariates(table, listed->record));
    for (size_t i = 0; i < table->n_signals; i++)
        fputs(",.", table->stream);
    putc('\n', table->stream);
out:
    return status;
}
