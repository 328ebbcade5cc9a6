/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observations and doses: how many there are, and their columns. */
#include "solver/record/lists.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/hdf/describe.h"
#include "solver/record/reuse.h"

/* --- lengths --- */

/* Records of patient i: the patients of a study with an event table are those of the
 * table, in its order. */
static const struct pn_event *records_of(const struct pn_study *study, size_t i,
                                         size_t *n)
{
    const struct pn_events *events = study->events;

    *n = events->first[i + 1] - events->first[i];
    return events->event + events->first[i];
}

size_t pn_list_observations(const struct pn_study *study, size_t i)
{
    size_t n, n_observations = 0;
    const struct pn_event *event = records_of(study, i, &n);

    for (size_t k = 0; k < n; k++)
        n_observations += (size_t)pn_event_is_observation(&event[k]);
    return n_observations;
}

size_t pn_list_doses(const struct pn_life *life)
{
    return life->status == PN_OK ? life->n_doses : 0;
}

static int same_patients(const struct pn_study *study)
{
    const struct pn_population *population = &study->population;

    if (population->n_patients != study->events->n_patients)
        return 0;
    for (size_t i = 0; i < population->n_patients; i++)
        if (pn_cohort_id(population, i) != study->events->id[i])
            return 0;
    return 1;
}

static int has_output(const struct pn_trial *trial, enum pn_output_over over)
{
    if (trial->study->lives.lives != PN_KEEP_ALL)
        return 0; /* lists are trajectories too */
    for (size_t i = 0; i < trial->n_outputs; i++)
        if (trial->output[i].over == over && trial->output[i].n_values > 0)
            return 1;
    return 0;
}

/* a list is read up to its patient's own length: it must have room for the longest */
static int check_outputs(const struct pn_trial *trial)
{
    for (size_t i = 0; i < trial->n_outputs; i++) {
        const struct pn_output *output = &trial->output[i];

        if ((output->over == PN_OVER_DOSES && output->n_values != trial->most_doses) ||
            (output->over == PN_OVER_OBSERVATIONS &&
             output->n_values != trial->most_observations))
            return PN_FAIL(PN_ERR_LIBRARY, "output %s has %zu values, not one for each",
                           output->name, output->n_values);
    }
    return PN_OK;
}

int pn_lists_measure(const struct pn_trial *trial, const struct pn_index *index,
                     struct pn_lists *lists)
{
    const struct pn_study *study = trial->study;
    int status = check_outputs(trial);

    *lists = (struct pn_lists){.has_points = study->design != NULL};
    if (status != PN_OK)
        return status;
    if (has_output(trial, PN_OVER_DOSES))
        lists->n_doses = index->n_doses + (index->reuse ? index->reuse->n_doses : 0);
    if (!study->events || !has_output(trial, PN_OVER_OBSERVATIONS))
        return PN_OK;
    if (!same_patients(study))
        return PN_FAIL(PN_ERR_LIBRARY,
                       "the patients of the study are not those of its event table");
    for (size_t i = 0; i < study->population.n_patients; i++) {
        size_t n, n_observations = pn_list_observations(study, i);
        const struct pn_event *event = records_of(study, i, &n);

        if (n_observations > trial->most_observations)
            return PN_FAIL(PN_ERR_LIBRARY,
                           "a patient has %zu observations of at most %zu",
                           n_observations, trial->most_observations);
        lists->n_observations += n_observations;
        for (size_t k = 0; k < n; k++)
            if (pn_event_is_observation(&event[k])) {
                lists->has_dv |= !isnan(event[k].dv);
                lists->has_cens |= event[k].cens != 0;
                lists->has_limit |= !isnan(event[k].limit);
            }
    }
    return PN_OK;
}

/* --- columns --- */

enum kind { NUMBER, INTEGER, FLAG };

static const struct {
    const char *name, *unit, *long_name;
    enum kind kind;
} columns[PN_LIST_COLUMNS] = {
    [PN_LIST_OBS] = {"obs",          "1", "number of the observation, from 0",           INTEGER},
    [PN_LIST_OBS_PATIENT] = {"obs_patient",  "1",
                     "index in the dimension patient of whose observation it is",        INTEGER},
    [PN_LIST_OBS_TIME] = {"obs_time",     "h", "time of the observation",                     NUMBER },
    [PN_LIST_OBS_ROW] = {"obs_row",      "1", "row of the event table, 1: its first line",
                     INTEGER                                                                    },
    [PN_LIST_OBS_MDV] = {"obs_MDV",      "1",
                     "whether the event table calls the value missing",                  FLAG   },
    [PN_LIST_OBS_DV] = {"obs_DV",       "1",
                     "value in the event table, in the unit of that table",              NUMBER },
    [PN_LIST_OBS_CENS] =
        {"obs_CENS",     "1",
                     "1: the value lies between obs_LIMIT (none: no bound) and obs_DV, "
         "-1: above obs_DV",                                                             FLAG   },
    [PN_LIST_OBS_LIMIT] =
        {"obs_LIMIT",    "1",
                     "other end of a censored interval, in the unit of the event table", NUMBER },
    [PN_LIST_DOSE] = {"dose",         "1", "number of the delivered dose, from 0",        INTEGER},
    [PN_LIST_DOSE_POINT] = {"dose_point",   "1",
                     "index in the dimension point of where it was given",               INTEGER},
    [PN_LIST_DOSE_ARM] = {"dose_arm",     "1",
                     "index in the dimension arm of where it was given",                 INTEGER},
    [PN_LIST_DOSE_PATIENT] = {"dose_patient", "1",
                     "index in the dimension patient of who took it",                    INTEGER},
};

static hid_t type_of(enum kind kind)
{
    return kind == NUMBER ? H5T_NATIVE_DOUBLE
           : kind == FLAG ? H5T_NATIVE_INT8
                          : H5T_NATIVE_INT64;
}

static int is_there(const struct pn_lists *lists, enum pn_list_column column)
{
    if (column == PN_LIST_DOSE_POINT && !lists->has_points)
        return 0;
    if (column >= PN_LIST_DOSE)
        return lists->n_doses > 0;
    if (column == PN_LIST_OBS_DV && !lists->has_dv)
        return 0;
    if (column == PN_LIST_OBS_CENS && !lists->has_cens)
        return 0;
    if (column == PN_LIST_OBS_LIMIT && !lists->has_limit)
        return 0;
    return lists->n_observations > 0;
}

static int create_column(const struct pn_hdf *hdf, enum pn_list_column i,
                         struct pn_dimension *dimension, struct pn_column *column)
{
    int status;

    PN_TRY(pn_column_create(hdf, columns[i].name, type_of(columns[i].kind), &dimension, 1,
                            1, column));
    PN_TRY(pn_describe(hdf, column, columns[i].unit, columns[i].long_name, NULL));
    if (columns[i].kind == NUMBER)
        PN_TRY(pn_describe_fill(hdf, column));
    if (i == PN_LIST_OBS_PATIENT || i == PN_LIST_DOSE_PATIENT)
        PN_TRY(pn_hdf_text(hdf, column->dataset, "instance_dimension", "patient"));
    if (i == PN_LIST_OBS || i == PN_LIST_DOSE)
        PN_TRY(pn_hdf_scale(hdf, dimension, column->dataset));
out:
    return status;
}

int pn_lists_create(const struct pn_hdf *hdf, const struct pn_lists *lists,
                    struct pn_dimension *obs, struct pn_dimension *dose,
                    struct pn_column *column)
{
    int status = PN_OK;

    for (int i = 0; i < PN_LIST_COLUMNS; i++) {
        column[i].dataset = -1;
        if (is_there(lists, (enum pn_list_column)i))
            PN_TRY(create_column(hdf, (enum pn_list_column)i,
                                 i < PN_LIST_DOSE ? obs : dose, &column[i]));
    }
out:
    return status;
}

/* --- compartments --- */

/* The first compartment of a state is DRUG.STATE, one by another route into the same
 * state DRUG.STATE@ROUTE. */
static void name_compartment(const struct pn_study *study, size_t i, char *name,
                             size_t size)
{
    const struct pn_compartment *all = study->compartment, *one = &all[i];
    const struct pn_drug *drug = &study->drug[one->drug];
    size_t first = 0;

    while (all[first].drug != one->drug || all[first].state != one->state)
        first++;
    snprintf(name, size, "%s.%s%s%s", drug->name, drug->kinetics->states[one->state].name,
             first < i ? "@" : "", first < i && one->route ? one->route->name : "");
}

int pn_lists_compartments(const struct pn_hdf *hdf, const struct pn_study *study,
                          const struct pn_column *column)
{
    struct pn_flags names = {.n = 0}, units = {.n = 0};
    int cmt[PN_FLAGS_MOST] = {0};
    int status = PN_OK;

    if (study->n_compartments == 0 || study->n_compartments > PN_FLAGS_MOST)
        return PN_OK; /* as the study's reader has warned */
    for (size_t i = 0; i < study->n_compartments; i++) {
        const struct pn_compartment *one = &study->compartment[i];
        char name[256];

        cmt[i] = one->cmt;
        name_compartment(study, i, name, sizeof name);
        pn_flags_add(&names, (double)i, name);
        pn_flags_add(&units, (double)i,
                     study->drug[one->drug].kinetics->states[one->state].unit);
    }
    if (names.too_many || units.too_many)
        return PN_OK;
    PN_TRY(pn_flags_write(hdf, column, &names));
    PN_TRY(pn_hdf_text(hdf, column->dataset, "compartment_units", units.meanings));
    PN_TRY(pn_hdf_numbers(hdf, column->dataset, "compartment_CMT", H5T_NATIVE_INT,
                          study->n_compartments, cmt));
out:
    return status;
}

/* --- numbers --- */

/* NaN with one pattern of bits, as everywhere in the file */
static double plain(double x)
{
    return isnan(x) ? (double)NAN : x;
}

static void pack_event(enum pn_list_column column, const struct pn_event *event,
                       size_t patient, size_t row, void *buffer, size_t k)
{
    int64_t *integer = buffer;
    double *number = buffer;

    switch (column) {
    case PN_LIST_OBS:
        integer[k] = (int64_t)(row + k);
        break;
    case PN_LIST_OBS_PATIENT:
        integer[k] = (int64_t)patient;
        break;
    case PN_LIST_OBS_ROW:
        integer[k] = event->place.line;
        break;
    case PN_LIST_OBS_MDV:
        ((signed char *)buffer)[k] = event->mdv != 0;
        break;
    case PN_LIST_OBS_CENS:
        ((signed char *)buffer)[k] = (signed char)event->cens;
        break;
    case PN_LIST_OBS_TIME:
        number[k] = event->time;
        break;
    case PN_LIST_OBS_DV:
        number[k] = plain(event->dv);
        break;
    default:
        number[k] = plain(event->limit);
        break;
    }
}

void pn_list_pack_observations(enum pn_list_column column, const struct pn_study *study,
                               size_t first, size_t n, size_t row, void *buffer)
{
    size_t k = 0;

    for (size_t i = first; i < first + n; i++) {
        size_t n_records;
        const struct pn_event *event = records_of(study, i, &n_records);

        for (size_t j = 0; j < n_records; j++)
            if (pn_event_is_observation(&event[j]))
                pack_event(column, &event[j], i, row, buffer, k++);
    }
}

void pn_list_pack_doses(enum pn_list_column column, const struct pn_life *life,
                        struct pn_job first, size_t n, size_t row, int64_t *buffer)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < pn_list_doses(&life[i]); j++, k++)
            buffer[k] = (int64_t)(column == PN_LIST_DOSE         ? row + k
                                  : column == PN_LIST_DOSE_POINT ? first.point
                                  : column == PN_LIST_DOSE_ARM   ? first.arm
                                                                 : first.patient + i);
}
