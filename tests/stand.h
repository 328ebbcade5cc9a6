/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A test stand: one component alone, its reads held constant, integrated by GSL. */
#ifndef PN_TESTS_STAND_H
#define PN_TESTS_STAND_H

#include "check.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "models/catalogue.h"

enum { STAND_MAX = 64 };

struct stand {
    const struct pn_component *m;
    size_t n_p, n_x, n_r, n_w;
    pn_lane p[STAND_MAX], x[STAND_MAX], r[STAND_MAX], w[STAND_MAX], dx[STAND_MAX];
};

static inline struct pn_view stand_view(const struct stand *s)
{
    return (struct pn_view){.p = s->p, .x = s->x, .r = s->r};
}

/* After any change of p: derived constants, then the untreated state. */
static inline void stand_start(struct stand *s)
{
    if (s->m->prepare)
        s->m->prepare(s->p);
    if (s->m->initial)
        s->m->initial(stand_view(s), s->x);
}

/* Defaults everywhere; a read without default is 1. */
static inline void stand_init(struct stand *s, const struct pn_component *m)
{
    assert_non_null(m);
    memset(s, 0, sizeof *s);
    s->m = m;
    s->n_p = pn_table_size(m->parameters);
    s->n_x = pn_table_size(m->states);
    s->n_r = pn_table_size(m->reads);
    s->n_w = pn_table_size(m->writes);
    assert_true(s->n_p + m->n_derived <= STAND_MAX && s->n_x + s->n_r <= STAND_MAX);
    for (size_t i = 0; i < s->n_p; i++)
        s->p[i] = pn_all(m->parameters[i].value);
    for (size_t i = 0; i < s->n_r; i++)
        s->r[i] = pn_all(isnan(m->reads[i].value) ? 1.0 : m->reads[i].value);
    stand_start(s);
}

static inline size_t stand_index(const struct pn_quantity *table, const char *name)
{
    int i = pn_table_find(table, name);

    assert_true(i >= 0);
    return (size_t)i;
}

static inline void stand_set(struct stand *s, const char *parameter, double value)
{
    s->p[stand_index(s->m->parameters, parameter)] = pn_all(value);
    stand_start(s);
}

static inline void stand_read(struct stand *s, const char *signal, double value)
{
    s->r[stand_index(s->m->reads, signal)] = pn_all(value);
}

static inline pn_lane *stand_state(struct stand *s, const char *state)
{
    return &s->x[stand_index(s->m->states, state)];
}

static inline double stand_signal(struct stand *s, const char *signal)
{
    s->m->write(stand_view(s), s->w);
    return s->w[stand_index(s->m->writes, signal)][0];
}

static inline int stand_rate(double t, const double y[], double dy[], void *user)
{
    struct stand *s = user;

    (void)t;
    for (size_t i = 0; i < s->n_x; i++)
        s->x[i] = pn_all(y[i]);
    s->m->rate(stand_view(s), s->dx);
    for (size_t i = 0; i < s->n_x; i++)
        dy[i] = s->dx[i][0];
    return GSL_SUCCESS;
}

/* On for a time in the component's own unit, at a relative tolerance of 1e-12. */
static inline void stand_run(struct stand *s, double time)
{
    gsl_odeiv2_system system = {stand_rate, NULL, s->n_x, s};
    gsl_odeiv2_driver *driver =
        gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-12);
    double y[STAND_MAX], t = 0;

    for (size_t i = 0; i < s->n_x; i++)
        y[i] = s->x[i][0];
    assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, time, y), GSL_SUCCESS);
    for (size_t i = 0; i < s->n_x; i++)
        s->x[i] = pn_all(y[i]);
    gsl_odeiv2_driver_free(driver);
}

#endif
