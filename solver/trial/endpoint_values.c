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

/* The output time or visit nearest to a time; is it there? */
static int find_time(const struct pn_trial *trial, const struct pn_output *of,
                     double time, size_t *nearest)
{
    size_t n = n_times(trial, of);

    *nearest = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(time_of(trial, of, i) - time) <
            fabs(time_of(trial, of, *nearest) - time))
            *nearest = i;
    return n > 0 && fabs(time_of(trial, of, *nearest) - time) <= 1e-9 * fmax(1.0, time);
}

static int no_value(const struct pn_trial *trial, const struct pn_output *of,
                    const struct pn_endpoint *e, const char *key, double time,
                    struct pn_complaints *list)
{
    size_t nearest;

    find_time(trial, of, time, &nearest);
    return pn_complain(
        list, e->place,
        "endpoint '%s': %s has no value at '%s' %g h, the nearest is at %g h", e->name,
        of->name, key, time, time_of(trial, of, nearest));
}

/* --- outputs over visits: what was measured, and nothing between --- */

static int resolve_visits(const struct pn_trial *trial, const struct pn_endpoint *e,
                          struct pn_trial_endpoint *own, struct pn_complaints *list)
{
    const struct pn_output *of = &trial->output[own->of];
    const struct {
        const char *key;
        double time;
        size_t *at;
    } times[] = {
        {"baseline", e->baseline, &own->baseline},
        {"at",       e->at,       &own->last    },
        {"from",     e->from,     &own->first   },
        {"to",       e->to,       &own->last    },
    };

    own->last = n_times(trial, of) - 1;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (!isnan(times[i].time) && !find_time(trial, of, times[i].time, times[i].at))
            return no_value(trial, of, e, times[i].key, times[i].time, list);
    if (e->take == PN_TAKE_AT)
        own->first = own->last;
    if (own->last == own->first && (e->take == PN_TAKE_MEAN || e->take == PN_TAKE_AUC))
        return pn_complain(list, e->place, "endpoint '%s' covers one time only", e->name);
    return PN_OK;
}

/* --- outputs over time: of the solution, whatever the grid --- */

/* A time of the grid, or a moment of its own. */
static void want(struct pn_trial *trial, const struct pn_trial_endpoint *own, double time)
{
    size_t i;

    if (!find_time(trial, &trial->output[own->of], time, &i))
        trial->moment[trial->n_moments++] = (struct pn_trial_moment){time, own->of};
}

static int find_moment(const struct pn_trial *trial, const struct pn_trial_endpoint *own,
                       double time, size_t *on_grid)
{
    if (find_time(trial, &trial->output[own->of], time, on_grid))
        return -1;
    for (size_t i = 0; i < trial->n_moments; i++)
        if (trial->moment[i].time == time && trial->moment[i].output == own->of)
            return (int)i;
    return -1;
}

static double otherwise(double time, double usual)
{
    return isnan(time) ? usual : time;
}

static int resolve_time(struct pn_trial *trial, const struct pn_endpoint *e,
                        struct pn_trial_endpoint *own, struct pn_complaints *list)
{
    double end = trial->study->duration;

    own->from = otherwise(e->from, 0.0);
    own->to = e->take == PN_TAKE_AT ? otherwise(e->at, end) : otherwise(e->to, end);
    if (e->change != PN_CHANGE_NONE)
        want(trial, own, otherwise(e->baseline, 0.0));
    if (e->take == PN_TAKE_AT)
        want(trial, own, own->to);
    else if (own->from >= own->to)
        return pn_complain(list, e->place, "endpoint '%s' is of a span from %g h to %g h",
                           e->name, own->from, own->to);
    else
        own->followed = (int)trial->n_followed++;
    return PN_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct pn_trial_moment *x = a, *y = b;

    return (x->time > y->time) - (x->time < y->time);
}

/* The moments are all there: each endpoint knows its own. */
static void place_moments(struct pn_trial *trial)
{
    qsort(trial->moment, trial->n_moments, sizeof *trial->moment, by_time);
    for (size_t i = 0; i < trial->study->n_endpoints; i++) {
        const struct pn_endpoint *e = &trial->study->endpoint[i];
        struct pn_trial_endpoint *own = &trial->endpoint[i];

        if (trial->output[own->of].over != PN_OVER_TIME)
            continue;
        own->baseline_moment =
            find_moment(trial, own, otherwise(e->baseline, 0.0), &own->baseline);
        if (e->take == PN_TAKE_AT)
            own->moment = find_moment(trial, own, own->to, &own->first);
    }
}

/* --- */

static int resolve(struct pn_trial *trial, size_t i, struct pn_complaints *list)
{
    const struct pn_endpoint *e = &trial->study->endpoint[i];
    const struct pn_output *of = source_of(trial, e->of);

    if (!of || (of->over != PN_OVER_TIME && of->over != PN_OVER_VISITS) ||
        of->n_points > 1 || (of->over == PN_OVER_VISITS && n_times(trial, of) == 0))
        return pn_complain(list, e->place,
                           "endpoint '%s' is of '%s', which is no output over time or "
                           "visits here: is it in output.keep?",
                           e->name, e->of);
    trial->endpoint[i] = (struct pn_trial_endpoint){
        .of = (size_t)(of - trial->output),
        .moment = -1,
        .baseline_moment = -1,
        .followed = -1,
    };
    if (of->over == PN_OVER_VISITS)
        return resolve_visits(trial, e, &trial->endpoint[i], list);
    return resolve_time(trial, e, &trial->endpoint[i], list);
}

int pn_endpoints_resolve(struct pn_trial *trial, struct pn_complaints *list)
{
    int status = PN_OK;

    trial->endpoint = calloc(trial->study->n_endpoints + 1, sizeof *trial->endpoint);
    trial->moment = calloc(2 * trial->study->n_endpoints + 1, sizeof *trial->moment);
    if (!trial->endpoint || !trial->moment)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < trial->study->n_endpoints; i++)
        if (resolve(trial, i, list) != PN_OK)
            status = PN_ERR_INPUT;
    if (status == PN_OK)
        place_moments(trial);
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

/* NaN stays: no comparison is true. */
static size_t extreme(const struct pn_trial_endpoint *own, const double *x, int largest)
{
    size_t best = own->first;

    for (size_t k = own->first + 1; k <= own->last; k++)
        if (isnan(x[k]) || (largest ? x[k] > x[best] : x[k] < x[best]))
            best = k;
    return best;
}

/* Of what was measured at visits, or of the grid. */
static double take(const struct pn_trial *trial, const struct pn_endpoint *e,
                   const struct pn_trial_endpoint *own, const double *x)
{
    const struct pn_output *of = &trial->output[own->of];
    size_t k;

    switch (e->take) {
    case PN_TAKE_AT:
        return x[own->first];
    case PN_TAKE_MAX:
    case PN_TAKE_MIN:
        return x[extreme(own, x, e->take == PN_TAKE_MAX)];
    case PN_TAKE_TMAX:
        k = extreme(own, x, 1);
        return isnan(x[k]) ? x[k]
                           : time_of(trial, of, k) - time_of(trial, of, own->first);
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
    const double *moment = values + trial->n_values;

    for (size_t i = 0; i < trial->study->n_endpoints; i++) {
        const struct pn_endpoint *e = &trial->study->endpoint[i];
        const struct pn_trial_endpoint *own = &trial->endpoint[i];
        const double *x = values + trial->output[own->of].first;
        double *into = &values[trial->output[own->output].first];
        double value = own->followed >= 0 ? *into
                       : own->moment >= 0 ? moment[own->moment]
                                          : take(trial, e, own, x);
        double baseline = 0.0;

        if (e->change != PN_CHANGE_NONE)
            baseline = own->baseline_moment >= 0 ? moment[own->baseline_moment]
                                                 : x[own->baseline];
        if (e->change == PN_CHANGE_ABSOLUTE)
            value -= baseline;
        else if (e->change == PN_CHANGE_RATIO)
            value /= baseline;
        else if (e->change == PN_CHANGE_PERCENT)
            value = 100.0 * (value / baseline - 1.0);
        /* a ratio to nothing is missing, not infinite */
        *into = isfinite(value) ? value : (double)NAN;
    }
}
