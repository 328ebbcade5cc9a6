/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breathing through a tree: the course of pressures, and what is kept at each output. */
#include "solver/airway/breathe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/constants.h"
#include "solver/base/status.h"

void pn_airway_breathe_defaults(struct pn_airway_breathe *options)
{
    *options = (struct pn_airway_breathe){.frc = 3,
                                          .pleura = -5 * PN_CMH2O,
                                          .swing = 2.5 * PN_CMH2O,
                                          .period = 4,
                                          .until = 8,
                                          .every = 0.1};
    pn_breathing_defaults(&options->b);
    options->b.rtol = 1e-5;
    pn_tree_flow_defaults(&options->b.flow);
    options->b.flow.law = PN_FLOW_PEDLEY;
}

/* Courses of pleura and mouth. */
static int settle(const struct pn_airway_breathe *o, struct pn_breathing *b)
{
    *b = o->b;
    b->acinus.V0 = o->frc * 1e-3 / (1.26 * 1.26 * 1.26);
    b->pleura = (struct pn_time_course){.mean = o->pleura,
                                        .amplitude = -o->swing,
                                        .frequency = 1 / o->period,
                                        .begin = o->begin};
    if (o->ventilator > 0) {
        b->mouth_is_flow = 1;
        b->mouth = b->pleura;
        b->mouth.mean = 0;
        b->mouth.amplitude = o->ventilator;
        b->pleura.amplitude = 0;
    }
    if (b->gradient != 0 && b->down[0] == 0 && b->down[1] == 0 && b->down[2] == 0)
        return PN_FAIL(PN_ERR_INPUT, "a gradient of pleural pressure needs a direction");
    if (!(o->until / o->every <= PN_AIRWAY_OUTPUTS))
        return PN_FAIL(PN_ERR_INPUT, "over %d outputs until %g s", PN_AIRWAY_OUTPUTS,
                       o->until);
    return PN_OK;
}

/* Room for all outputs, and their times. */
static int plan(const struct pn_airway_breathe *a, struct pn_airway_breaths *o)
{
    size_t n = o->tree->n_terminals;
    double count = floor(a->until / a->every * (1 + 1e-12)), last = count * a->every;

    o->n_t = (size_t)count + 1 + (last < a->until * (1 - 1e-9));
    o->t = calloc(5 * o->n_t, sizeof *o->t);
    o->unit = calloc(2 * o->n_t * n + 1, sizeof *o->unit);
    o->depth = calloc(4 * n + 1, sizeof *o->depth);
    if (!o->t || !o->unit || !o->depth)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for %zu outputs of %zu units", o->n_t,
                       n);
    o->volume = o->t + o->n_t;
    o->inflow = o->volume + o->n_t;
    o->inlet = o->inflow + o->n_t;
    o->pleura = o->inlet + o->n_t;
    o->rate = o->unit + o->n_t * n;
    o->specific = o->depth + n;
    o->least = o->specific + n;
    o->most = o->least + n;
    for (size_t k = 0; k < o->n_t; k++)
        o->t[k] = fmin((double)k * a->every, a->until);
    pn_tree_depths(o->tree, o->b.down, o->depth);
    return PN_OK;
}

/* Keep an output. */
static int see(void *user, const struct pn_breath *b)
{
    struct pn_airway_breaths *o = user;
    size_t n = o->tree->n_terminals;
    int status = PN_OK;

    o->volume[o->n] = b->volume;
    o->inflow[o->n] = b->flow->inlet_flow;
    o->inlet[o->n] = b->flow->inlet;
    o->pleura[o->n] = b->pleura;
    memcpy(o->unit + o->n * n, b->unit, n * sizeof *b->unit);
    memcpy(o->rate + o->n * n, b->rate, n * sizeof *b->rate);
    if (o->film)
        status = pn_airway_breaths_draw(o, b);
    o->n++;
    return status;
}

/* Ventilation of the last period [s]. */
static void ventilate(struct pn_airway_breaths *o, double period)
{
    size_t n = o->tree->n_terminals;
    double from = o->t[o->n - 1] - period * (1 + 1e-9);

    for (size_t k = 0; k < n; k++) {
        o->least[k] = (double)INFINITY;
        o->most[k] = -(double)INFINITY;
    }
    for (size_t i = 0; i < o->n; i++)
        for (size_t k = 0; o->t[i] >= from && k < n; k++) {
            o->least[k] = fmin(o->least[k], o->unit[i * n + k]);
            o->most[k] = fmax(o->most[k], o->unit[i * n + k]);
        }
    pn_ventilation_of(o->tree, o->least, o->most, o->depth, o->specific, &o->ventilation);
}

int pn_airway_breathe(const struct pn_tree *tree, const struct pn_airway_breathe *options,
                      const char *film, struct pn_airway_breaths *o)
{
    int status;

    *o = (struct pn_airway_breaths){.tree = tree, .film = film};
    PN_TRY(settle(options, &o->b));
    PN_TRY(plan(options, o));
    status = pn_tree_breathe(tree, &o->b, o->t, o->n_t, see, o, &o->counts);
    if (status > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "breathing stopped at %g s: %s",
                         o->n > 0 ? o->t[o->n - 1] : 0.0, pn_status_sentence(status));
    PN_TRY(status);
    ventilate(o, options->period);
out:
    return status;
}

void pn_airway_breaths_free(struct pn_airway_breaths *o)
{
    free(o->t);
    free(o->unit);
    free(o->depth);
    *o = (struct pn_airway_breaths){.n = 0};
}
