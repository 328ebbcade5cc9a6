/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the patients are: each value of a patient is drawn from its own counter, or follows
 * from others. */
#include "solver/cohort/cohort.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "models/catalogue.h"
#include "solver/base/lane.h"
#include "solver/base/random.h"
#include "solver/base/status.h"

/* exp and log by the lanes' own functions: the same bits whatever the C library is */
static double exp_one(double x)
{
    pn_lane a = pn_all(x), y;

    pn_exp(&a, &y);
    return y[0];
}

static double log_one(double x)
{
    pn_lane a = pn_all(x), y;

    pn_log(&a, &y);
    return y[0];
}

/* Tukey's g-and-h of a normal score (Hoaglin 1985): g skews, h > 0 makes the tails
 * heavier; increasing in z. */
static double tukey(double z, double g, double h)
{
    double skewed = g == 0.0 ? z : (exp_one(g * z) - 1.0) / g;

    return h == 0.0 ? skewed : skewed * exp_one(0.5 * h * z * z);
}

/* The score whose Tukey transform is t, by bisection to neighbouring doubles. */
static double tukey_inverse(double t, double g, double h)
{
    double low = -40.0, high = 40.0;

    if (g == 0.0 && h == 0.0)
        return t;
    for (;;) {
        double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high))
            return middle;
        if (tukey(middle, g, h) < t)
            low = middle;
        else
            high = middle;
    }
}

/* Normal score of a truncation bound. */
static double score_of(const struct pn_distribution *d, double x)
{
    if (isinf(x))
        return x;
    if (d->kind == PN_NORMAL)
        return (x - d->location) / d->spread;
    if (!(x > 0.0))
        return -HUGE_VAL;
    return tukey_inverse(log_one(x / d->location) / d->spread, d->g, d->h);
}

/* Score of uniform u inside [low, high] of the scores.  In the upper half the tail
 * probabilities are those above: they keep their digits where 1 - P has none. */
static double truncated_score(double u, double low, double high)
{
    double a, b;

    if (low > 0.0) {
        a = gsl_cdf_ugaussian_Q(low);
        b = gsl_cdf_ugaussian_Q(high);
        return gsl_cdf_ugaussian_Qinv(a + u * (b - a));
    }
    a = gsl_cdf_ugaussian_P(low);
    b = gsl_cdf_ugaussian_P(high);
    return gsl_cdf_ugaussian_Pinv(a + u * (b - a));
}

static double bounded(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double category(const struct pn_distribution *d, double u)
{
    double sum = 0.0;
    size_t last = 0;

    for (size_t i = 0; i < d->n_categories; i++) {
        sum += d->probability[i];
        if (u < sum)
            return d->code[i];
        if (d->probability[i] > 0.0)
            last = i;
    }
    return d->code[last]; /* the sum may end below 1 by rounding */
}

double pn_distribution_value(const struct pn_distribution *d, double u)
{
    double z, low, high;

    switch (d->kind) {
    case PN_FIXED:
        return d->location;
    case PN_CATEGORICAL:
        return category(d, u);
    case PN_UNIFORM:
        low = fmax(d->location, d->low);
        high = fmin(d->spread, d->high);
        return bounded(low + u * (high - low), low, high);
    case PN_NORMAL:
    case PN_LOGNORMAL:
        break;
    default:
        return (double)NAN; /* follows from other variables */
    }
    low = score_of(d, d->low);
    high = score_of(d, d->high);
    z = isinf(low) && isinf(high) ? gsl_cdf_ugaussian_Pinv(u)
                                  : truncated_score(u, low, high);
    if (d->kind == PN_NORMAL)
        z = d->location + d->spread * z;
    else
        z = d->location * exp_one(d->spread * tukey(z, d->g, d->h));
    return bounded(z, d->low, d->high); /* against rounding at the bounds */
}

int64_t pn_cohort_id(const struct pn_population *population, size_t i)
{
    return population->id ? population->id[i] : (int64_t)(population->skipped + i + 1);
}

/* where a patient is drawn from; n: how often already */
struct draw {
    uint64_t seed;
    int64_t id;
    uint64_t n;
};

/* Every variable has one draw of its own; a correlated one mixes the scores of its
 * group. */
static double uniform_of(const struct pn_population *population,
                         const struct pn_variable *v, const struct draw *from)
{
    const struct pn_correlation *c;
    double z = 0.0;

    if (v->group < 0)
        return pn_uniform(from->seed, from->id, PN_DRAW_COHORT, pn_name_hash(v->name),
                          from->n);
    c = &population->correlation[v->group];
    for (size_t j = 0; j <= (size_t)v->member; j++) {
        uint64_t index = pn_name_hash(population->variable[c->variable[j]].name);
        z += c->factor[(size_t)v->member * c->n + j] *
             pn_normal(from->seed, from->id, PN_DRAW_COHORT, index, from->n);
    }
    return gsl_cdf_ugaussian_P(z);
}

static double value_of(const struct pn_population *population, const char *name,
                       const double *row)
{
    int i = pn_population_find(population, name);

    return i < 0 ? (double)NAN : row[i];
}

/* The value of a covariate that follows from others. */
static double following(const struct pn_population *population,
                        const struct pn_variable *v, const double *row)
{
    enum { MOST = 16 };
    const struct pn_follows *rule = pn_follows_find(v->name);
    double from[MOST] = {0.0};

    for (size_t i = 0; rule->from[i] && i < MOST; i++)
        from[i] = value_of(population, rule->from[i], row);
    return rule->value(from);
}

/* The case that the value of the variable in `by` chooses; NULL: none of them. */
static const struct pn_distribution *case_of(const struct pn_population *population,
                                             const struct pn_variable *v,
                                             const double *row)
{
    const struct pn_distribution *choice;

    if (v->by < 0)
        return v->cases;
    choice = population->variable[v->by].cases;
    for (size_t k = 0; k < choice->n_categories; k++)
        if (choice->code[k] == row[v->by])
            return &v->cases[k];
    return NULL;
}

static double draw(const struct pn_population *population, const struct pn_variable *v,
                   const struct draw *from, size_t i, const double *row)
{
    const struct pn_distribution *d;

    if (v->column)
        return v->column[i];
    d = case_of(population, v, row);
    if (!d)
        return (double)NAN;
    if (d->kind == PN_FIXED)
        return d->location;
    if (d->kind == PN_FOLLOWS)
        return following(population, v, row);
    return pn_distribution_value(d, uniform_of(population, v, from));
}

static double factor_of(const struct pn_effect *effect, double covariate)
{
    pn_lane base, exponent = pn_all(effect->coefficient), power;

    switch (effect->form) {
    case PN_POWER:
        base = pn_all(covariate / effect->reference);
        pn_pow(&base, &exponent, &power);
        return power[0];
    case PN_EXPONENTIAL:
        return exp_one(effect->coefficient * (covariate - effect->reference));
    case PN_LINEAR:
        return 1.0 + effect->coefficient * (covariate - effect->reference);
    case PN_CATEGORY:
        return covariate == effect->reference ? effect->coefficient : 1.0;
    }
    return (double)NAN;
}

/* The individual value: what was drawn, times the effects of the covariates as they are
 * in `row`, times the deviation of the occasion. */
static double individual(const struct pn_population *population,
                         const struct pn_variable *v, const struct draw *from, size_t i,
                         int occasion, const double *row)
{
    double value = draw(population, v, from, i, row);

    for (size_t k = 0; k < v->n_effects; k++)
        value *= factor_of(&v->effect[k], row[v->effect[k].of]);
    if (v->iov > 0.0 && occasion > 0)
        value *= exp_one(v->iov * pn_normal(from->seed, from->id, PN_DRAW_OCCASION,
                                            pn_name_hash(v->name), (uint64_t)occasion));
    return value;
}

static void check(const struct pn_variable *v, size_t k, double value, int *bad)
{
    if (!(value >= v->range.low && value <= v->range.high) && *bad < 0)
        *bad = (int)k;
}

int pn_cohort_draw(const struct pn_population *population, uint64_t seed, size_t i,
                   double *row, int *bad)
{
    return pn_cohort_redraw(population, seed, i, 0, row, bad);
}

int pn_cohort_is_drawn(const struct pn_population *population)
{
    int any = 0;

    for (size_t k = 0; k < population->n_variables; k++) {
        const struct pn_variable *v = &population->variable[k];
        any |= !v->column && v->cases && v->cases[0].kind != PN_FIXED &&
               v->cases[0].kind != PN_FOLLOWS;
    }
    return any && !population->id;
}

int pn_cohort_redraw(const struct pn_population *population, uint64_t seed, size_t i,
                     uint64_t n, double *row, int *bad)
{
    const struct draw from = {seed, pn_cohort_id(population, i), n};
    int occasion =
        population->occasion ? population->occasion[i] : population->first_occasion;

    *bad = -1;
    for (size_t k = 0; k < population->n_variables; k++) {
        const struct pn_variable *v = &population->variable[k];
        row[k] = individual(population, v, &from, i, occasion, row);
        check(v, k, row[k], bad);
    }
    return *bad < 0 ? PN_OK : PN_PATIENT_OUT_OF_RANGE;
}

int pn_cohort_update(const struct pn_population *population, uint64_t seed, size_t i,
                     uint64_t n, int occasion, double *row, int *bad)
{
    const struct draw from = {seed, pn_cohort_id(population, i), n};

    *bad = -1;
    for (size_t k = 0; k < population->n_variables; k++) {
        const struct pn_variable *v = &population->variable[k];
        if (v->n_effects == 0 && !(v->iov > 0.0))
            continue;
        row[k] = individual(population, v, &from, i, occasion, row);
        check(v, k, row[k], bad);
    }
    return *bad < 0 ? PN_OK : PN_PATIENT_OUT_OF_RANGE;
}
