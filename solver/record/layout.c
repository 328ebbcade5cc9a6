/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The datasets of a result: created from a trial, in the order of the file. */
#include "solver/record/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/hdf/describe.h"
#include "solver/record/records.h"

#define SCHEMA_VERSION "1.3.0"

/* dimensions of the file; a curve's own comes and goes with its output */
struct dimensions {
    struct pn_dimension point, arm, patient, time, visit, obs, dose, kept, quantile;
    int has_points, keeps_some;
};

/* points, where there are any, stand before what runs over them.  @return the rank */
static int by_point(struct dimensions *d, struct pn_dimension **dimension)
{
    dimension[0] = &d->point;
    return d->has_points;
}

static int by_life(struct dimensions *d, struct pn_dimension **dimension)
{
    int rank = by_point(d, dimension);

    dimension[rank++] = &d->arm;
    dimension[rank++] = &d->patient;
    return rank;
}

/* of trajectories: all patients, or those that are kept */
static int by_kept_life(struct dimensions *d, struct pn_dimension **dimension)
{
    int rank = by_life(d, dimension);

    if (d->keeps_some)
        dimension[rank - 1] = &d->kept;
    return rank;
}

/* --- coordinates --- */

static int coordinate(const struct pn_hdf *hdf, struct pn_dimension *dimension,
                      hid_t type, const char *unit, const char *long_name,
                      struct pn_column *column)
{
    int status;

    PN_TRY(pn_column_create(hdf, dimension->name, type, &dimension, 1, 1, column));
    PN_TRY(pn_describe(hdf, column, unit, long_name, NULL));
    PN_TRY(pn_hdf_scale(hdf, dimension, column->dataset));
out:
    return status;
}

static int create_arms(const struct pn_hdf *hdf, const struct pn_study *study,
                       struct pn_dimension *arm)
{
    const char **names = malloc((study->n_arms + 1) * sizeof *names);
    int status;

    if (!names)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of arms");
    for (size_t i = 0; i < study->n_arms; i++)
        names[i] = study->arm[i].name;
    status = pn_hdf_names(hdf, arm, names, "arm of the trial");
    free(names);
    return status;
}

static struct pn_column *next_column(struct pn_layout *layout)
{
    return &layout->column[layout->n_columns++];
}

static int create_coordinates(const struct pn_hdf *hdf, const struct pn_trial *trial,
                              struct dimensions *d, struct pn_layout *layout)
{
    const struct pn_study *study = trial->study;
    int status = PN_OK;

    *d = (struct dimensions){
        .has_points = study->design != NULL,
        .keeps_some = study->lives.lives == PN_KEEP_SOME,
        .point = {.name = "point",        .n = trial->points->n,             .scale = -1},
        .arm = {.name = "arm",          .n = study->n_arms,                .scale = -1},
        .patient = {.name = "patient",      .n = study->population.n_patients, .scale = -1},
        .time = {.name = "time",         .n = study->n_outputs,             .scale = -1},
        .visit = {.name = "visit",        .n = study->n_visits,              .scale = -1},
        .obs = {.name = "obs",          .n = layout->lists.n_observations, .scale = -1},
        .dose = {.name = "dose",         .n = layout->lists.n_doses,        .scale = -1},
        .kept = {.name = "kept_patient", .n = layout->n_kept,               .scale = -1},
        .quantile = {.name = "quantile",     .n = study->lives.n_quantiles,     .scale = -1},
    };
    if (d->has_points) {
        layout->point = next_column(layout);
        PN_TRY(coordinate(hdf, &d->point, H5T_NATIVE_INT64, NULL,
                          "number of the point of the design", layout->point));
    }
    PN_TRY(create_arms(hdf, study, &d->arm));
    layout->patient = next_column(layout);
    PN_TRY(coordinate(hdf, &d->patient, H5T_NATIVE_INT64, NULL,
                      "number of the virtual patient, the same in every arm",
                      layout->patient));
    /* "h", not "hours": xarray would turn "hours" into time differences */
    if (study->n_outputs > 0) {
        layout->time = next_column(layout);
        PN_TRY(coordinate(hdf, &d->time, H5T_NATIVE_DOUBLE, "h",
                          "time since the start of the study", layout->time));
    }
    if (study->n_visits > 0) {
        layout->visit = next_column(layout);
        PN_TRY(coordinate(hdf, &d->visit, H5T_NATIVE_DOUBLE, "h",
                          "time of the visit since the start of the study",
                          layout->visit));
    }
    if (d->keeps_some) {
        layout->kept_patient = next_column(layout);
        PN_TRY(coordinate(hdf, &d->kept, H5T_NATIVE_INT64, NULL,
                          "number of a patient whose trajectories are kept",
                          layout->kept_patient));
    }
    if (study->lives.n_quantiles > 0) {
        layout->quantile = next_column(layout);
        PN_TRY(coordinate(hdf, &d->quantile, H5T_NATIVE_DOUBLE, "1",
                          "probability of a quantile over patients", layout->quantile));
    }
    layout->list = &layout->column[layout->n_columns];
    layout->n_columns += PN_LIST_COLUMNS;
    PN_TRY(pn_lists_create(hdf, &layout->lists, &d->obs, &d->dose, layout->list));
out:
    return status;
}

/* --- outputs --- */

/* the points of a curve are numbered from 0 */
static int create_points(const struct pn_hdf *hdf, const struct pn_output *output,
                         struct pn_dimension *point)
{
    struct pn_column column;
    int64_t *number = malloc(output->n_points * sizeof *number);
    int status;

    *point = (struct pn_dimension){.n = output->n_points, .scale = -1};
    snprintf(point->name, sizeof point->name, "%s_point", output->name);
    if (!number)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the points of a curve");
    for (size_t i = 0; i < output->n_points; i++)
        number[i] = (int64_t)i;
    PN_TRY(coordinate(hdf, point, H5T_NATIVE_INT64, "1", "number of the curve's point",
                      &column));
    PN_TRY(pn_column_write(hdf, &column, 0, output->n_points, number));
out:
    free(number);
    return status;
}

/* a list has as many rows as the file has elements of it, and one number a row */
static int create_list(const struct pn_hdf *hdf, const struct pn_study *study,
                       const struct pn_output *output, struct dimensions *d,
                       struct pn_column *column)
{
    struct pn_dimension *dimension[PN_RANK];
    int rank = by_point(d, dimension), status;
    int is_compartment = strcmp(output->name, "dose_compartment") == 0;
    int is_whole = is_compartment || strcmp(output->name, "dose_row") == 0 ||
                   strcmp(output->name, "dose_SS") == 0;
    hid_t type = is_whole ? H5T_NATIVE_INT32 : H5T_NATIVE_DOUBLE;

    if (output->over == PN_OVER_DOSES) {
        dimension[0] = &d->dose;
        rank = 1;
    } else {
        dimension[rank++] = &d->arm;
        dimension[rank++] = &d->obs;
    }
    PN_TRY(pn_column_create(hdf, output->name, type, dimension, rank, rank, column));
    PN_TRY(pn_describe(hdf, column, output->unit, output->sentence, output->source));
    if (is_compartment)
        PN_TRY(pn_lists_compartments(hdf, study, column));
    else if (!is_whole)
        PN_TRY(pn_describe_fill(hdf, column));
out:
    return status;
}

static int create_output(const struct pn_hdf *hdf, const struct pn_study *study,
                         const struct pn_output *output, struct dimensions *d,
                         struct pn_column *column)
{
    struct pn_dimension point;
    struct pn_dimension *dimension[PN_RANK];
    int n_leading = by_kept_life(d, dimension), rank = n_leading, status;

    column->dataset = -1;
    if (output->n_values == 0 || study->lives.lives == PN_KEEP_SUMMARY)
        return PN_OK; /* a result of visits in a study without visits */
    if (output->over == PN_OVER_DOSES)
        return d->dose.n > 0 ? create_list(hdf, study, output, d, column) : PN_OK;
    if (output->over == PN_OVER_OBSERVATIONS)
        return d->obs.n > 0 ? create_list(hdf, study, output, d, column) : PN_OK;
    if (output->over == PN_OVER_TIME)
        dimension[rank++] = &d->time;
    else if (output->over == PN_OVER_VISITS)
        dimension[rank++] = &d->visit;
    if (output->n_points > 1) {
        PN_TRY(create_points(hdf, output, &point));
        dimension[rank++] = &point;
    }
    PN_TRY(pn_column_create(hdf, output->name, H5T_NATIVE_DOUBLE, dimension, rank,
                            n_leading, column));
    PN_TRY(pn_describe(hdf, column, output->unit, output->sentence, output->source));
    PN_TRY(pn_describe_fill(hdf, column));
    if (column->row_bytes != output->n_values * sizeof(double))
        status =
            PN_FAIL(PN_ERR_LIBRARY, "output %s has %zu values, its dimensions %zu",
                    output->name, output->n_values, column->row_bytes / sizeof(double));
out:
    return status;
}

/* --- the patients' own variables --- */

/* FEV1 is a covariate and a test's result: the covariate is then FEV1_baseline, whether
 * the result is kept or only its statistics are */
static void variable_name(const struct pn_trial *trial, const char *name, char *out,
                          size_t n)
{
    int taken = 0;

    for (size_t i = 0; i < trial->n_outputs; i++)
        taken |=
            trial->output[i].n_values > 0 && strcmp(trial->output[i].name, name) == 0;
    snprintf(out, n, "%s%s", name, taken ? "_baseline" : "");
}

static int create_variable(const struct pn_hdf *hdf, const struct pn_trial *trial,
                           size_t i_variable, struct dimensions *d,
                           struct pn_column *column)
{
    const struct pn_study *study = trial->study;
    const struct pn_variable *variable = &study->population.variable[i_variable];
    struct pn_dimension *dimension[PN_RANK];
    struct pn_flags flags = {.n = 0};
    char name[160], where[512];
    int rank = pn_design_varies(study, i_variable) ? by_point(d, dimension) : 0, status;

    /* the source in the table is that of the default: here a file of the study decides */
    snprintf(where, sizeof where, "%s:%d",
             variable->place.file ? variable->place.file : "", variable->place.line);
    variable_name(trial, variable->name, name, sizeof name);
    dimension[rank++] = &d->patient;
    PN_TRY(pn_column_create(hdf, name, H5T_NATIVE_DOUBLE, dimension, rank, rank, column));
    PN_TRY(pn_describe(hdf, column, variable->row->unit, variable->row->sentence,
                       variable->place.line > 0 ? where : variable->row->source));
    PN_TRY(pn_describe_fill(hdf, column));
    for (size_t c = 0; c < variable->n_cases && variable->cases; c++)
        for (size_t i = 0; i < variable->cases[c].n_categories; i++)
            pn_flags_add(&flags, variable->cases[c].code[i],
                         variable->cases[c].category[i]);
    PN_TRY(pn_flags_write(hdf, column, &flags));
out:
    return status;
}

/* --- statistics over patients --- */

static int create_statistic(const struct pn_hdf *hdf, const struct pn_output *output,
                            enum pn_statistic statistic, struct dimensions *d,
                            struct pn_column *column)
{
    struct pn_dimension *dimension[PN_RANK];
    int is_count = statistic == PN_STATISTIC_N || statistic == PN_STATISTIC_CONTRAST_N;
    int is_share = statistic == PN_STATISTIC_RESPONDERS;
    int n_leading = by_point(d, dimension) + 1, rank = n_leading, status;
    char name[160], sentence[512];

    dimension[n_leading - 1] = &d->arm;
    if (output->over == PN_OVER_TIME)
        dimension[rank++] = &d->time;
    else if (output->over == PN_OVER_VISITS)
        dimension[rank++] = &d->visit;
    if (statistic == PN_STATISTIC_QUANTILE)
        dimension[rank++] = &d->quantile;
    snprintf(name, sizeof name, "%s.%s", output->name, pn_summary_name(statistic));
    snprintf(sentence, sizeof sentence, "%s: %s", pn_summary_sentence(statistic),
             output->sentence ? output->sentence : "");
    PN_TRY(pn_column_create(hdf, name, is_count ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                            dimension, rank, n_leading, column));
    PN_TRY(pn_describe(hdf, column, is_count || is_share ? "1" : output->unit, sentence,
                       output->source));
    if (!is_count)
        PN_TRY(pn_describe_fill(hdf, column));
out:
    return status;
}

static int create_statistics(const struct pn_hdf *hdf, const struct pn_trial *trial,
                             struct dimensions *d, struct pn_layout *layout)
{
    int status = PN_OK;

    for (size_t i = 0; i < trial->n_outputs; i++)
        for (int k = 0; k < PN_STATISTICS; k++) {
            struct pn_column *column = next_column(layout);
            column->dataset = -1;
            if (pn_summary_has(trial, i, (enum pn_statistic)k))
                PN_TRY(create_statistic(hdf, &trial->output[i], (enum pn_statistic)k, d,
                                        column));
        }
out:
    return status;
}

/* places of the kept patients that are among those of this run */
static int list_kept(const struct pn_study *study, struct pn_layout *layout)
{
    const struct pn_keep *keep = &study->lives;

    layout->n_kept = study->population.n_patients;
    if (keep->lives != PN_KEEP_SOME)
        return PN_OK;
    layout->n_kept = 0;
    layout->kept = calloc(keep->n_patients + 1, sizeof *layout->kept);
    if (!layout->kept)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the patients to keep");
    for (size_t i = 0; i < study->population.n_patients; i++)
        for (size_t k = 0; k < keep->n_patients; k++)
            if (keep->patient[k] == pn_cohort_id(&study->population, i))
                layout->kept[layout->n_kept++] = i;
    return PN_OK;
}

/* --- the points of a design --- */

/* design.NAME: what a point gives to the factor NAME */
static int create_factor(const struct pn_hdf *hdf, const struct pn_factor *factor,
                         struct dimensions *d, struct pn_column *column)
{
    struct pn_dimension *dimension = &d->point;
    char name[160], where[512];
    int status;

    snprintf(name, sizeof name, "design.%.150s", factor->name);
    snprintf(where, sizeof where, "%s:%d", factor->place.file ? factor->place.file : "",
             factor->place.line);
    PN_TRY(pn_column_create(hdf, name, H5T_NATIVE_DOUBLE, &dimension, 1, 1, column));
    PN_TRY(pn_describe(hdf, column, factor->row.unit, factor->row.sentence, where));
    PN_TRY(pn_describe_fill(hdf, column));
out:
    return status;
}

int pn_layout_messages(const struct pn_hdf *hdf, const struct pn_layout *layout,
                       const char *const *text)
{
    struct pn_dimension life[3], *dimension[3];

    for (int i = 0; i < layout->n_life; i++) {
        life[i] = layout->life[i];
        dimension[i] = &life[i];
    }
    return pn_hdf_texts(hdf, "message", dimension, layout->n_life, text,
                        "what failed, where; empty when nothing did");
}

static void keep_dimensions(struct dimensions *d, struct pn_layout *layout)
{
    struct pn_dimension *dimension[PN_RANK];

    layout->n_life = by_life(d, dimension);
    for (int i = 0; i < layout->n_life; i++)
        layout->life[i] = *dimension[i];
}

/* --- the whole --- */

static int describe_root(const struct pn_hdf *hdf, const struct pn_study *study,
                         const struct pn_provenance *provenance)
{
    char source[512];
    int status;

    snprintf(source, sizeof source, "pneuma %s (git %s)",
             provenance->version ? provenance->version : "unknown",
             provenance->revision ? provenance->revision : "unknown");
    PN_TRY(pn_hdf_text(hdf, hdf->file, "Conventions", "CF-1.11"));
    PN_TRY(pn_hdf_text(hdf, hdf->file, "title", study->name));
    PN_TRY(pn_hdf_text(hdf, hdf->file, "source", source));
    PN_TRY(pn_hdf_text(hdf, hdf->file, "schema", "pneuma-trial"));
    PN_TRY(pn_hdf_text(hdf, hdf->file, "schema_version", SCHEMA_VERSION));
out:
    return status;
}

int pn_layout_create(const struct pn_hdf *hdf, const struct pn_trial *trial,
                     const struct pn_lists *lists, const struct pn_provenance *provenance,
                     struct pn_layout *layout)
{
    const struct pn_population *population = &trial->study->population;
    struct pn_dimension *life[PN_RANK];
    struct dimensions d;
    int n_life, status;

    *layout = (struct pn_layout){.lists = *lists,
                                 .n_outputs = trial->n_outputs,
                                 .n_variables = population->n_variables,
                                 .n_factors = trial->points->n_factors};
    layout->column = calloc(6 + PN_LIST_COLUMNS + PN_OUTCOMES +
                                (1 + PN_STATISTICS) * layout->n_outputs +
                                layout->n_variables + layout->n_factors,
                            sizeof *layout->column);
    if (!layout->column)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the result's layout");
    PN_TRY(list_kept(trial->study, layout));
    PN_TRY(describe_root(hdf, trial->study, provenance));
    PN_TRY(create_coordinates(hdf, trial, &d, layout));
    keep_dimensions(&d, layout);
    layout->factor = &layout->column[layout->n_columns];
    for (size_t i = 0; i < layout->n_factors; i++)
        PN_TRY(create_factor(hdf, &trial->study->design->factor[i], &d,
                             next_column(layout)));
    layout->output = &layout->column[layout->n_columns];
    for (size_t i = 0; i < layout->n_outputs; i++)
        PN_TRY(
            create_output(hdf, trial->study, &trial->output[i], &d, next_column(layout)));
    layout->statistic =
        (struct pn_column(*)[PN_STATISTICS]) & layout->column[layout->n_columns];
    PN_TRY(create_statistics(hdf, trial, &d, layout));
    n_life = by_life(&d, life);
    layout->outcome = &layout->column[layout->n_columns];
    for (int i = 0; i < PN_OUTCOMES; i++)
        PN_TRY(pn_outcome_create(hdf, (enum pn_outcome)i, life, n_life,
                                 next_column(layout)));
    layout->variable = &layout->column[layout->n_columns];
    for (size_t i = 0; i < layout->n_variables; i++)
        PN_TRY(create_variable(hdf, trial, i, &d, next_column(layout)));
    if (trial->study->lives.lives == PN_KEEP_ALL)
        PN_TRY(pn_records_write(hdf, trial->study));
    PN_TRY(pn_provenance_write(hdf, trial->study, provenance));
out:
    return status;
}

void pn_layout_free(struct pn_layout *layout)
{
    free(layout->column);
    free(layout->kept);
    *layout = (struct pn_layout){.column = NULL};
}
