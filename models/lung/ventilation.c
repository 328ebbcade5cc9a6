/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specific ventilation of units, its mean, spread and histogram. */
#include "models/lung/ventilation.h"

#include <math.h>

/* weighted moments of what units have */
struct moments {
    double w, x, xx, log, log_log, depth, depth_depth, x_depth;
};

static void add(struct moments *m, double w, double x, double depth)
{
    double l = log(x);

    m->w += w;
    m->x += w * x;
    m->xx += w * x * x;
    m->log += w * l;
    m->log_log += w * l * l;
    m->depth += w * depth;
    m->depth_depth += w * depth * depth;
    m->x_depth += w * x * depth;
}

static double spread(double square, double mean)
{
    return sqrt(fmax(0.0, square - mean * mean));
}

static void fill(const struct moments *m, struct pn_ventilation *v)
{
    double mean = m->x / m->w, depth = m->depth / m->w;
    double width = m->depth_depth / m->w - depth * depth;

    v->specific = mean;
    v->cv = spread(m->xx / m->w, mean) / mean;
    v->log_sd = spread(m->log_log / m->w, m->log / m->w);
    v->slope =
        width > 1e-12 ? (m->x_depth / m->w - mean * depth) / width / mean : (double)NAN;
}

void pn_ventilation_of(const struct pn_tree *tree, const double *least,
                       const double *most, const double *depth, double *specific,
                       struct pn_ventilation *v)
{
    struct moments m = {.w = 0.0};
    int empty = 0;

    *v = (struct pn_ventilation){.tidal = 0.0};
    for (size_t k = 0; k < tree->n_terminals; k++) {
        double n = tree->multiplicity[tree->terminal[k]];
        v->tidal += n * (most[k] - least[k]);
        empty = empty || !(least[k] > 0.0);
        specific[k] = (most[k] - least[k]) / least[k];
        add(&m, n * least[k], specific[k], depth[k]);
    }
    fill(&m, v);
    for (size_t k = 0; k < tree->n_terminals && !empty; k++) {
        double bin =
            fmin(floor(10.0 * specific[k] / v->specific), PN_VENTILATION_BINS - 1);
        v->histogram[bin >= 0.0 ? (size_t)bin : 0] +=
            tree->multiplicity[tree->terminal[k]] * least[k] / m.w;
    }
    if (!empty)
        return;
    v->specific = v->cv = v->log_sd = v->slope = (double)NAN;
    for (size_t k = 0; k < tree->n_terminals; k++)
        specific[k] = (double)NAN;
    for (size_t k = 0; k < PN_VENTILATION_BINS; k++)
        v->histogram[k] = (double)NAN;
}
