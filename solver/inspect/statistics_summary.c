/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of an output whose lives a result does not keep: those that the run wrote,
 * NAME.n, NAME.mean, …, as rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/statistics_walk.h"
#include "solver/result/slab.h"

enum part { N, MEAN, SD, QUANTILE, RESPONDERS, CONTRAST, CONTRAST_SD, CONTRAST_N, PARTS };

static const char *const part_names[PARTS] = {
    [N] = "n",
    [MEAN] = "mean",
    [SD] = "sd",
    [QUANTILE] = "quantile",
    [RESPONDERS] = "responders",
    [CONTRAST] = "contrast",
    [CONTRAST_SD] = "contrast_sd",
    [CONTRAST_N] = "contrast_n",
};

struct summary {
    const struct pn_statistics_walk *walk;
    const struct pn_field *mean;
    char name[160];      /* of the output */
    double *part[PARTS]; /* each [n_points][n_arms][n_times]; NULL: not there */
    size_t n_quantiles;
    double *share; /* [n_quantiles] */
};

static int read_part(struct summary *s, enum part part)
{
    const struct pn_field *field;
    char name[sizeof s->name + 16];
    size_t each = part == QUANTILE ? s->n_quantiles : 1;

    snprintf(name, sizeof name, "%s.%s", s->name, part_names[part]);
    field = pn_fields_find(&s->walk->fields, name);
    if (!field || field->kind == PN_FIELD_TEXT || field->n != s->mean->n * each ||
        field->n == 0)
        return PN_OK;
    return pn_field_whole(s->walk->result, field, &s->part[part]);
}

static int read_parts(struct summary *s)
{
    const struct pn_field *share = pn_fields_find(&s->walk->fields, "quantile");
    int status = PN_OK;

    if (share && share->rank == 1 && share->kind == PN_FIELD_REAL) {
        s->n_quantiles = share->n;
        PN_TRY(pn_field_whole(s->walk->result, share, &s->share));
    }
    for (int part = 0; part < PARTS; part++)
        PN_TRY(read_part(s, (enum part)part));
out:
    return status;
}

static double number(const struct summary *s, enum part part, size_t i)
{
    return s->part[part] ? s->part[part][i] : (double)NAN;
}

static size_t count(const struct summary *s, enum part part, size_t i)
{
    return s->part[part] && s->part[part][i] > 0.0 ? (size_t)s->part[part][i] : 0;
}

static void put_quantiles(const struct summary *s, size_t i,
                          struct pn_statistics_row *row)
{
    for (int k = 0; k < PN_QUARTILES && s->part[QUANTILE]; k++)
        for (size_t q = 0; q < s->n_quantiles; q++)
            if (fabs(s->share[q] - pn_quartile_share[k]) < 1e-12)
                row->quantile[k] = s->part[QUANTILE][i * s->n_quantiles + q];
}

/* The run has compared with the study's arm only. */
static void put_contrast(const struct summary *s, size_t i, size_t arm,
                         struct pn_statistics_row *row)
{
    struct pn_moments of = {count(s, CONTRAST_N, i), number(s, CONTRAST, i),
                            number(s, CONTRAST_SD, i)};
    size_t reference;

    if (!s->part[CONTRAST] || !pn_statistics_has_contrast(s->walk, s->name))
        return;
    reference = pn_statistics_reference(s->walk, s->name);
    if (arm == reference || s->walk->against < s->walk->result->n_arms)
        return;
    row->against = s->walk->result->arm[reference];
    row->contrast = pn_statistics_is_ratio(s->walk, s->name) ? pn_mean_ratio_of(of)
                                                             : pn_mean_difference_of(of);
}

static size_t count_failed(const struct pn_statistics_walk *walk, size_t cell)
{
    size_t n = 0, n_patients = walk->result->n_patients;

    for (size_t i = 0; i < n_patients; i++)
        n += walk->status[cell * n_patients + i] != PN_OK;
    return n;
}

static int tell(const struct summary *s, const struct pn_statistics_form *form,
                size_t cell, size_t n_times, size_t k)
{
    const struct pn_result *result = s->walk->result;
    struct pn_statistics_row row = pn_statistics_empty(s->mean);
    size_t i = cell * n_times + k;
    struct pn_moments of = {count(s, N, i), number(s, MEAN, i), number(s, SD, i)};

    row.output = s->name;
    row.over = form->time < 0 ? "life" : form->at_visits ? "visit" : "time";
    row.time = pn_statistics_time(s->walk, form, k);
    row.point = form->point < 0 ? 0 : cell / result->n_arms + 1;
    row.arm = result->arm[cell % result->n_arms];
    row.n_failed = count_failed(s->walk, cell);
    row.is_ratio = pn_statistics_is_ratio(s->walk, s->name);
    pn_statistics_put_moments(of, &row);
    row.responders = number(s, RESPONDERS, i);
    put_quantiles(s, i, &row);
    put_contrast(s, i, cell % result->n_arms, &row);
    return s->walk->call(s->walk->user, &row);
}

static int is_over(const struct pn_field *field, int i, const char *dimension, size_t n)
{
    return i < field->rank && strcmp(field->over[i], dimension) == 0 &&
           field->extent[i] == n;
}

/* (point,) arm (, time or visit) */
static int form_of(const struct pn_result *result, const struct pn_field *mean,
                   struct pn_statistics_form *form)
{
    int i = 0;

    *form = (struct pn_statistics_form){-1, -1, -1, -1, -1, 0};
    if (is_over(mean, i, "point", result->n_points))
        form->point = i++;
    if (!is_over(mean, i, "arm", result->n_arms))
        return 0;
    form->arm = i++;
    form->at_visits = is_over(mean, i, "visit", result->n_visits);
    if (form->at_visits || is_over(mean, i, "time", result->n_times))
        form->time = i++;
    return i == mean->rank && mean->kind == PN_FIELD_REAL;
}

int pn_statistics_of_summary(const struct pn_statistics_walk *walk,
                             const struct pn_field *mean)
{
    struct summary s = {.walk = walk, .mean = mean};
    struct pn_statistics_form form;
    size_t n_cells = pn_result_n_cells(walk->result), n_times;
    int status = PN_OK;

    if (!form_of(walk->result, mean, &form) || mean->n % n_cells != 0)
        return PN_OK;
    snprintf(s.name, sizeof s.name, "%.*s", (int)(strlen(mean->name) - strlen(".mean")),
             mean->name);
    n_times = mean->n / n_cells;
    PN_TRY(read_parts(&s));
    for (size_t cell = 0; cell < n_cells; cell++)
        for (size_t k = 0; k < n_times; k++)
            PN_TRY(tell(&s, &form, cell, n_times, k));
out:
    for (int part = 0; part < PARTS; part++)
        free(s.part[part]);
    free(s.share);
    return status;
}
