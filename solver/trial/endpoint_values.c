/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints: outputs that are made of other outputs, one number a patient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/trial/endpoint_values.h"

/* --- where it takes its values --- */

/* An output that is kept under another name: that of its part for that of its role. */
static const struct pn_output *source_by_role(const struct pn_trial *trial,
                                              const char *name)
{
    for (size_t a = 0; a < trial->study->n_arms; a++) {
        const struct pn_trial_arm *arm = &trial->arm[a];
        struct pn_symbol symbol;
        if (pn_system_find(arm->system, name, &symbol) != 0)
            continue;
        for (size_t i = 0; i < trial->n_outputs; i++)
            if (trial->output[i].over == PN_OVER_TIME && arm->present[i] &&
                arm->symbol[i].kind == symbol.kind &&
                arm->symbol[i].index == symbol.index)
                return &trial->output[i];
    }
    return NULL;
}

static const struct pn_output *source_of(const struct pn_trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->n_outputs; i++)
        if (strcmp(trial->output[i].name, name) == 0)
            return &trial->output[i];
    return source_by_role(trial, name);
}

static size_t n_times(const struct pn_trial *trial, const struct pn_output *output)
{
    return output->over == PN_OVER_TIME ? trial->study->n_outputs
                                        : trial->study->n_visits;
}

static double time_of(const struct pn_trial *trial, const struct pn_output *output,
                      size_t k)
{
    return output->over == PN_OVER_TIME ? trial->study->output[k]
                                        : trial->study->visit[k].time;
}

/* Number of the output time or visit at a time, which must be one. */
static int find_time(const struct pn_trial *trial, const struct pn_output *of,
                     const struct pn_endpoint *e, const char *key, double time, size_t *k,
                     struct pn_complaints *list)
{
    size_t n = n_times(trial, of), nearest = 0;

    for (size_t i = 0; i < n; i++)
        if (fabs(time_of(trial, of, i) - time) < fabs(time_of(trial, of, nearest) - time))
            nearest = i;
    *k = nearest;
    if (n > 0 && fabs(time_of(trial, of, nearest) - time) <= 1e-9 * fmax(1.0, time))
        return PN_OK;
    return pn_complain(
        list, e->place,
        "endpoint '%s': %s has no value at '%s' %g h, the nearest is at %g h", e->name,
        of->name, key, time, n > 0 ? time_of(trial, of, nearest) : (double)NAN);
}

static int resolve(struct pn_trial *trial, size_t i, struct pn_complaints *list)
{
    const struct pn_endpoint *e = &trial->study->endpoint[i];
    struct pn_trial_endpoint *own = &trial->endpoint[i];
    const struct pn_output *of = source_of(trial, e->of);
    size_t n = of ? n_times(trial, of) : 0;

    if (!of || (of->over != PN_OVER_TIME && of->over != PN_OVER_VISITS) ||
        of->n_points > 1 || n == 0)
        return pn_complain(list, e->place,
                           "endpoint '%s' is of '%s', which is no output over time or "
                           "visits here: is it in output.keep?",
                           e->name, e->of);
    *own = (struct pn_trial_endpoint){.of = (size_t)(of - trial->output), .last = n - 1};
    if (!isnan(e->baseline) &&
        find_time(trial, of, e, "baseline", e->baseline, &own->baseline, list) != PN_OK)
        return PN_ERR_INPUT;
    if (e->take == PN_TAKE_AT) {
        own->first = own->last;
        if (!isnan(e->at) &&
            find_time(trial, of, e, "at", e->at, &own->first, list) != PN_OK)
            return PN_ERR_INPUT;
        own->last = own->first;
        return PN_OK;
    }
    if (!isnan(e->from) &&
        find_time(trial, of, e, "from", e->from, &own->first, list) != PN_OK)
        return PN_ERR_INPUT;
    if (!isnan(e->to) && find_time(trial, of, e, "to", e->to, &own->last, list) != PN_OK)
        return PN_ERR_INPUT;
    if (own->last == own->first && e->take >= PN_TAKE_MEAN)
        return pn_complain(list, e->place, "endpoint '%s' covers one time only", e->name);
    return PN_OK;
}

int pn_endpoints_resolve(struct pn_trial *trial, struct pn_complaints *list)
{
    int status = PN_OK;

    trial->endpoint = calloc(trial->study->n_endpoints + 1, sizeof *trial->endpoint);
    if (!trial->endpoint)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < trial->study->n_endpoints; i++)
        if (resolve(trial, i, list) != PN_OK)
            status = PN_ERR_INPUT;
    return status;
}

/* --- its value --- */

/* Trapezoids over the times from first to last; a value that is missing is missed. */
static double area(const struct pn_trial *trial, const struct pn_output *of,
                   const struct pn_trial_endpoint *own, const double *x)
{
    double sum = 0.0;

    for (size_t k = own->first; k < own->last; k++)
        sum +=
            0.5 * (x[k] + x[k + 1]) * (time_of(trial, of, k + 1) - time_of(trial, of, k));
    return sum;
}

static double extreme(const struct pn_trial_endpoint *own, const double *x, int largest)
{
    double best = x[own->first];

    for (size_t k = own->first + 1; k <= own->last; k++)
        if (isnan(x[k]) || (largest ? x[k] > best : x[k] < best))
            best = x[k]; /* NaN stays: no comparison is true */
    return best;
}

static double take(const struct pn_trial *trial, const struct pn_endpoint *e,
                   const struct pn_trial_endpoint *own, const double *x)
{
    const struct pn_output *of = &trial->output[own->of];

    switch (e->take) {
    case PN_TAKE_AT:
        return x[own->first];
    case PN_TAKE_MAX:
    case PN_TAKE_MIN:
        return extreme(own, x, e->take == PN_TAKE_MAX);
    case PN_TAKE_MEAN:
        return area(trial, of, own, x) /
               (time_of(trial, of, own->last) - time_of(trial, of, own->first));
    case PN_TAKE_AUC:
        return area(trial, of, own, x);
    }
    return (double)NAN;
}

void pn_endpoints_take(const struct pn_trial *trial, double *values)
{
    for (size_t i = 0; i < trial->study->n_endpoints; i++) {
        const struct pn_endpoint *e = &trial->study->endpoint[i];
        const struct pn_trial_endpoint *own = &trial->endpoint[i];
        const double *x = values + trial->output[own->of].first;
        double value = take(trial, e, own, x), baseline = x[own->baseline];

        if (e->change == PN_CHANGE_ABSOLUTE)
            value -= baseline;
        else if (e->change == PN_CHANGE_RATIO)
            value /= baseline;
        else if (e->change == PN_CHANGE_PERCENT)
            value = 100.0 * (value / baseline - 1.0);
        /* a ratio to nothing is missing, not infinite */
        values[trial->output[own->output].first] = isfinite(value) ? value : (double)NAN;
    }
}
