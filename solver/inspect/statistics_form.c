/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an output is, when it was taken, with which arm it is compared. */
#include <math.h>
#include <string.h>

#include "solver/inspect/statistics_walk.h"
#include "solver/study/endpoint.h"

const double pn_quartile_share[PN_QUARTILES] = {0.05, 0.25, 0.50, 0.75, 0.95};

/* --- what an output is --- */

/* Has it this dimension at place i?  A file from elsewhere may have another length. */
static int is_over(const struct pn_field *field, int i, const char *dimension, size_t n)
{
    return i < field->rank && strcmp(field->over[i], dimension) == 0 &&
           field->extent[i] == n;
}

/* Numbers about the simulation itself: no outputs. */
static int is_outcome(const char *name)
{
    static const char *const outcomes[] = {"status", "t_end"};

    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(name, outcomes[i]) == 0)
            return 1;
    return 0;
}

int pn_statistics_form(const struct pn_statistics_walk *walk,
                       const struct pn_field *field, struct pn_statistics_form *form)
{
    const struct pn_result *result = walk->result;
    int i = 0;

    *form = (struct pn_statistics_form){-1, -1, -1, -1, -1, 0};
    if (field->kind != PN_FIELD_REAL || field->is_scale || is_outcome(field->name))
        return 0;
    if (is_over(field, i, "point", result->n_points))
        form->point = i++;
    if (is_over(field, i, "arm", result->n_arms))
        form->arm = i++;
    if (!is_over(field, i, "patient", result->n_patients))
        return 0;
    form->patient = i++;
    form->at_visits = is_over(field, i, "visit", result->n_visits);
    if (form->at_visits || is_over(field, i, "time", result->n_times))
        form->time = i++;
    if (i < field->rank)
        form->place = i++;
    return i == field->rank && field->n > 0;
}

double pn_statistics_time(const struct pn_statistics_walk *walk,
                          const struct pn_statistics_form *form, size_t k)
{
    return form->time < 0    ? (double)NAN
           : form->at_visits ? walk->visit[k]
                             : walk->time[k];
}

void pn_mean_difference_raise(struct pn_mean_difference *effect)
{
    effect->value = exp(effect->value);
    effect->low = exp(effect->low);
    effect->high = exp(effect->high);
}

struct pn_mean_difference pn_mean_difference_of(struct pn_moments of)
{
    double reach = pn_moments_reach(of);

    return (struct pn_mean_difference){of.n, of.mean, of.sd, of.mean - reach,
                                       of.mean + reach};
}

struct pn_mean_difference pn_mean_ratio_of(struct pn_moments of)
{
    double reach = exp(pn_moments_reach(of));

    return (struct pn_mean_difference){of.n, of.mean, of.sd, of.mean / reach,
                                       of.mean * reach};
}

void pn_statistics_put_moments(struct pn_moments of, struct pn_statistics_row *row)
{
    double reach = pn_moments_reach(of);

    row->n = of.n;
    row->mean = of.mean;
    row->low = of.mean - reach;
    row->high = of.mean + reach;
    row->sd = of.sd;
    row->se = pn_moments_error(of);
}

struct pn_statistics_row pn_statistics_empty(const struct pn_field *field)
{
    const double none = (double)NAN;
    const struct pn_mean_difference unknown = {0, none, none, none, none};
    struct pn_statistics_row row = {.output = field->name,
                                    .unit = field->has_unit ? field->unit : "1",
                                    .time = none,
                                    .place = -1,
                                    .mean = none,
                                    .low = none,
                                    .high = none,
                                    .sd = none,
                                    .se = none,
                                    .least = none,
                                    .most = none,
                                    .change = unknown,
                                    .contrast = unknown,
                                    .responders = none};

    for (int q = 0; q < PN_QUARTILES; q++)
        row.quantile[q] = none;
    return row;
}

/* --- the arm that others are compared with --- */

size_t pn_statistics_find_arm(const struct pn_result *result, const char *name)
{
    size_t a = 0;

    while (a < result->n_arms && strcmp(result->arm[a], name) != 0)
        a++;
    return a;
}

/* What a key of the study's endpoint says; NULL: it is not there */
static const char *endpoint_says(const struct pn_statistics_walk *walk,
                                 const char *output, const char *key)
{
    const struct pn_yaml *node = walk->study;
    const char *const keys[] = {"endpoints", output, key};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        node = node && node->kind == PN_YAML_MAP ? pn_yaml_get(node, keys[i]) : NULL;
    return node && node->kind == PN_YAML_TEXT ? node->text : NULL;
}

int pn_statistics_has_contrast(const struct pn_statistics_walk *walk, const char *output)
{
    return endpoint_says(walk, output, "contrast") != NULL;
}

int pn_statistics_is_ratio(const struct pn_statistics_walk *walk, const char *output)
{
    const char *change = endpoint_says(walk, output, "change");

    return change && strcmp(change, pn_change_name[PN_CHANGE_RATIO]) == 0;
}

size_t pn_statistics_reference(const struct pn_statistics_walk *walk, const char *output)
{
    const char *name = endpoint_says(walk, output, "contrast");
    size_t a = name ? pn_statistics_find_arm(walk->result, name) : walk->result->n_arms;

    if (walk->against < walk->result->n_arms)
        return walk->against;
    return a < walk->result->n_arms ? a : 0;
}
