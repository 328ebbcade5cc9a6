/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics over patients.  GSL has quantiles and Student's t; its mean is a running one
 * in long double, with other bits than a sum in the order of patients, so moments are
 * ours. */
#include "solver/trial/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

size_t pn_sample_present(double *x, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            x[k++] = x[i];
    return k;
}

struct pn_moments pn_sample_moments(const double *x, size_t n)
{
    struct pn_moments of = {n, (double)NAN, (double)NAN};
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    if (n > 0)
        of.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - of.mean) * (x[i] - of.mean);
    if (n > 1)
        of.sd = sqrt(squares / (double)(n - 1));
    return of;
}

double pn_moments_error(struct pn_moments of)
{
    return of.n > 1 ? of.sd / sqrt((double)of.n) : (double)NAN;
}

double pn_moments_reach(struct pn_moments of)
{
    return of.n > 1 ? gsl_cdf_tdist_Pinv(0.975, (double)(of.n - 1)) * pn_moments_error(of)
                    : (double)NAN;
}

double pn_sample_quantile(const double *sorted, size_t n, double share)
{
    return n > 0 ? gsl_stats_quantile_from_sorted_data(sorted, 1, n, share) : (double)NAN;
}

double pn_sample_responders(const double *x, size_t n, double threshold, int above)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        k += (size_t)(above ? x[i] > threshold : x[i] < threshold);
    return n > 0 ? (double)k / (double)n : (double)NAN;
}

static double log_of_positive(double x)
{
    return x > 0.0 ? log(x) : (double)NAN;
}

void pn_sample_contrast(const double *x, double *twin, size_t n, int is_ratio)
{
    for (size_t i = 0; i < n; i++)
        twin[i] =
            is_ratio ? log_of_positive(x[i]) - log_of_positive(twin[i]) : x[i] - twin[i];
}
