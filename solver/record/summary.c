/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statistics that a result holds: each cell's lives are read from the journals, its
 * values stand side by side, solver/trial/statistics.c computes. */
#include "solver/record/summary.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/trial/statistics.h"

/* numbers of all patients that are held at once: the rest is read in further rounds */
enum { HELD_BYTES = 64 << 20 };

struct pn_summary {
    const struct pn_trial *trial;
    size_t n_values;               /* values of a life that have statistics */
    size_t *value;                 /* which, shape [n_values] */
    size_t *first;                 /* of each output: the first of its values here */
    size_t n_held;                 /* values held at once */
    double *held;                  /* [n_held][n_patients] */
    double *twin;                  /* [n_patients], of one endpoint in the other arm */
    double *life;                  /* values of one life */
    double *number[PN_STATISTICS]; /* [n_values], of quantiles [n_values][n_quantiles] */
    int64_t *count[PN_STATISTICS]; /* [n_values], of n and contrast_n */
};

static const struct {
    const char *name, *sentence;
} statistics[PN_STATISTICS] = {
    [PN_STATISTIC_N] = {"n",           "patients that have a value"                                 },
    [PN_STATISTIC_MEAN] = {"mean",        "mean over patients"                                         },
    [PN_STATISTIC_SD] = {"sd",          "standard deviation over patients"                           },
    [PN_STATISTIC_QUANTILE] = {"quantile",    "quantiles over patients"                                    },
    [PN_STATISTIC_RESPONDERS] = {"responders",  "share of patients that respond"                             },
    [PN_STATISTIC_CONTRAST] =
        {"contrast",    "mean difference from the twin in the reference arm; of a ratio "
                     "endpoint the ratio of geometric means"     },
    [PN_STATISTIC_CONTRAST_SD] =
        {"contrast_sd",
                        "standard deviation of the difference, of a ratio endpoint of its logarithm"},
    [PN_STATISTIC_CONTRAST_N] = {"contrast_n",  "twins that both have a value"                               },
};

const char *pn_summary_name(enum pn_statistic statistic)
{
    return statistics[statistic].name;
}

const char *pn_summary_sentence(enum pn_statistic statistic)
{
    return statistics[statistic].sentence;
}

/* --- which statistics there are --- */

static const struct pn_endpoint *endpoint_of(const struct pn_trial *trial, size_t i)
{
    for (size_t k = 0; k < trial->study->n_endpoints; k++)
        if (trial->endpoint[k].output == i)
            return &trial->study->endpoint[k];
    return NULL;
}

int pn_summary_has(const struct pn_trial *trial, size_t i, enum pn_statistic statistic)
{
    const struct pn_output *output = &trial->output[i];
    const struct pn_keep *keep = &trial->study->lives;
    const struct pn_endpoint *endpoint =
        output->over == PN_ENDPOINT ? endpoint_of(trial, i) : NULL;

    if (!keep->has_summary || output->n_points > 1 || output->n_values == 0 ||
        output->over == PN_OVER_OBSERVATIONS || output->over == PN_OVER_DOSES)
        return 0;
    if (statistic == PN_STATISTIC_QUANTILE)
        return keep->n_quantiles > 0;
    if (statistic < PN_STATISTIC_QUANTILE)
        return 1;
    if (statistic == PN_STATISTIC_RESPONDERS)
        return endpoint && endpoint->has_responder;
    return endpoint && endpoint->contrast >= 0;
}

static void list_values(struct pn_summary *s)
{
    for (size_t i = 0; i < s->trial->n_outputs; i++) {
        s->first[i] = s->n_values;
        if (!pn_summary_has(s->trial, i, PN_STATISTIC_N))
            continue;
        for (size_t k = 0; k < s->trial->output[i].n_values; k++)
            s->value[s->n_values++] = s->trial->output[i].first + k;
    }
}

static int allocate(struct pn_summary *s)
{
    const struct pn_trial *trial = s->trial;
    size_t n_patients = trial->study->population.n_patients;
    int good;

    s->value = calloc(trial->n_values + 1, sizeof *s->value);
    s->first = calloc(trial->n_outputs + 1, sizeof *s->first);
    s->life = calloc(trial->n_values + 1, sizeof *s->life);
    if (!s->value || !s->first || !s->life)
        return 0;
    list_values(s);
    s->n_held = HELD_BYTES / (sizeof(double) * (n_patients + 1));
    s->n_held = s->n_held < 1 ? 1 : s->n_held < s->n_values ? s->n_held : s->n_values;
    s->held = malloc((s->n_held * n_patients + 1) * sizeof *s->held);
    s->twin = malloc((n_patients + 1) * sizeof *s->twin);
    good = s->held && s->twin;
    for (int k = 0; k < PN_STATISTICS; k++) {
        size_t n = s->n_values;
        n *= k == PN_STATISTIC_QUANTILE ? trial->study->lives.n_quantiles : 1;
        s->number[k] = calloc(n + 1, sizeof *s->number[k]);
        s->count[k] = calloc(s->n_values + 1, sizeof *s->count[k]);
        good = good && s->number[k] && s->count[k];
    }
    return good;
}

int pn_summary_create(const struct pn_trial *trial, struct pn_summary **out)
{
    struct pn_summary *s = calloc(1, sizeof *s);

    *out = s;
    if (!s)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for statistics");
    s->trial = trial;
    return allocate(s) ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory for statistics");
}

void pn_summary_free(struct pn_summary **summary)
{
    struct pn_summary *s = *summary;

    if (!s)
        return;
    for (int k = 0; k < PN_STATISTICS; k++) {
        free(s->number[k]);
        free(s->count[k]);
    }
    free(s->value);
    free(s->first);
    free(s->held);
    free(s->twin);
    free(s->life);
    free(s);
    *summary = NULL;
}

/* --- statistics of one value --- */

/* s->twin is used up. */
static void contrast(struct pn_summary *s, const double *x, size_t v, int is_ratio)
{
    size_t n = s->trial->study->population.n_patients;
    struct pn_moments of;

    pn_sample_contrast(x, s->twin, n, is_ratio);
    of = pn_sample_moments(s->twin, pn_sample_present(s->twin, n));
    of.mean = is_ratio ? exp(of.mean) : of.mean;
    s->count[PN_STATISTIC_CONTRAST_N][v] = (int64_t)of.n;
    s->number[PN_STATISTIC_CONTRAST][v] = of.mean;
    s->number[PN_STATISTIC_CONTRAST_SD][v] = of.sd;
}

/* x is used up. */
static void summarise(struct pn_summary *s, double *x, size_t v,
                      const struct pn_endpoint *endpoint)
{
    const struct pn_keep *keep = &s->trial->study->lives;
    size_t n = pn_sample_present(x, s->trial->study->population.n_patients);
    struct pn_moments of = pn_sample_moments(x, n);

    s->count[PN_STATISTIC_N][v] = (int64_t)n;
    s->number[PN_STATISTIC_MEAN][v] = of.mean;
    s->number[PN_STATISTIC_SD][v] = of.sd;
    if (endpoint && endpoint->has_responder)
        s->number[PN_STATISTIC_RESPONDERS][v] =
            pn_sample_responders(x, n, endpoint->threshold, endpoint->above);
    gsl_sort(x, 1, n);
    for (size_t q = 0; q < keep->n_quantiles; q++)
        s->number[PN_STATISTIC_QUANTILE][v * keep->n_quantiles + q] =
            pn_sample_quantile(x, n, keep->quantile[q]);
}

/* --- one cell --- */

/* Values first … first + n - 1 of all lives of a cell side by side. */
static int hold(struct pn_summary *s, struct pn_journal_reader *reader, struct pn_job job,
                size_t first, size_t n)
{
    size_t n_patients = s->trial->study->population.n_patients;
    struct pn_life life = {.values = s->life};
    int status = PN_OK;

    for (job.patient = 0; job.patient < n_patients; job.patient++) {
        PN_TRY(pn_journal_reader_get(reader, (size_t)pn_trial_job_number(s->trial, job),
                                     &life));
        for (size_t k = 0; k < n; k++)
            s->held[k * n_patients + job.patient] = s->life[s->value[first + k]];
    }
out:
    return status;
}

static int hold_twins(struct pn_summary *s, struct pn_journal_reader *reader,
                      struct pn_job job, size_t value)
{
    size_t n_patients = s->trial->study->population.n_patients;
    struct pn_life life = {.values = s->life};
    int status = PN_OK;

    for (job.patient = 0; job.patient < n_patients; job.patient++) {
        PN_TRY(pn_journal_reader_get(reader, (size_t)pn_trial_job_number(s->trial, job),
                                     &life));
        s->twin[job.patient] = s->life[value];
    }
out:
    return status;
}

static const struct pn_endpoint *endpoint_of_value(const struct pn_trial *trial,
                                                   size_t value)
{
    for (size_t k = 0; k < trial->study->n_endpoints; k++)
        if (trial->output[trial->endpoint[k].output].first == value)
            return &trial->study->endpoint[k];
    return NULL;
}

int pn_summary_take(struct pn_summary *s, struct pn_journal_reader *reader,
                    struct pn_job job)
{
    size_t n_patients = s->trial->study->population.n_patients;
    int status = PN_OK;

    for (size_t first = 0, n; first < s->n_values; first += n) {
        n = s->n_values - first < s->n_held ? s->n_values - first : s->n_held;
        PN_TRY(hold(s, reader, job, first, n));
        for (size_t k = 0; k < n; k++) {
            double *x = s->held + k * n_patients;
            size_t v = first + k;
            const struct pn_endpoint *e = endpoint_of_value(s->trial, s->value[v]);
            if (e && e->contrast >= 0) {
                struct pn_job twin = job;
                twin.arm = (size_t)e->contrast;
                PN_TRY(hold_twins(s, reader, twin, s->value[v]));
                contrast(s, x, v, e->change == PN_CHANGE_RATIO);
            }
            summarise(s, x, v, e);
        }
    }
out:
    return status;
}

const void *pn_summary_values(const struct pn_summary *s, size_t i_output,
                              enum pn_statistic statistic)
{
    size_t first = s->first[i_output];

    if (statistic == PN_STATISTIC_N || statistic == PN_STATISTIC_CONTRAST_N)
        return s->count[statistic] + first;
    if (statistic == PN_STATISTIC_QUANTILE)
        first *= s->trial->study->lives.n_quantiles;
    return s->number[statistic] + first;
}
