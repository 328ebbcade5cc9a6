/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doses into a component that stands alone, and the books of what has left it. */
#ifndef PN_TESTS_KINETICS_RIG_H
#define PN_TESTS_KINETICS_RIG_H

#include "stand.h"

struct setting {
    const char *name;
    double value;
};

/* Parameters of a drug; the list ends with a NULL name. */
static inline void stand_up(struct stand *s, const char *component,
                            const struct setting *settings)
{
    stand_init(s, pn_component_find(component));
    for (; settings && settings->name; settings++)
        stand_set(s, settings->name, settings->value);
}

static inline double parameter(const struct stand *s, const char *name)
{
    return s->p[stand_index(s->m->parameters, name)][0];
}

static inline const struct pn_route *route_of(const struct stand *s, const char *name)
{
    const struct pn_route *route = s->m->routes;

    while (route->name && strcmp(route->name, name) != 0)
        route++;
    assert_non_null(route->name);
    return route;
}

/* A bolus by a route, times the F of the route. */
static inline void give(struct stand *s, const char *name, double amount)
{
    const struct pn_route *route = route_of(s, name);

    s->x[route->state] += amount * (route->F < 0 ? pn_all(1) : s->p[route->F]);
}

/* What leaves the body, in the unit of the states per the component's time: written from
 * the equations, with parameters by name, apart from the component's own rate. */
typedef double (*outflow)(struct stand *s);

struct books {
    struct stand *s;
    outflow out;
    double input;      /* zero-order input ... */
    size_t input_into; /* ... into this state */
};

/* what to integrate beside the states: outflow, and the signal C */
enum { GONE = 0, AREA, N_BOOKS };

static inline int books_rate(double t, const double y[], double dy[], void *user)
{
    struct books *b = user;
    size_t n = b->s->n_x;

    if (stand_rate(t, y, dy, b->s) != GSL_SUCCESS)
        return GSL_EFAILED;
    dy[b->input_into] += b->input;
    dy[n + GONE] = b->out ? b->out(b->s) : 0;
    dy[n + AREA] = stand_signal(b->s, "C");
    return GSL_SUCCESS;
}

/* On by `time` with a zero-order input; kept[] goes on from where it was. */
static inline void books_run(struct books *b, double time, double kept[N_BOOKS])
{
    size_t n = b->s->n_x;
    gsl_odeiv2_system system = {books_rate, NULL, n + N_BOOKS, b};
    gsl_odeiv2_driver *driver =
        gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-4, 1e-14, 1e-12);
    double y[STAND_MAX], t = 0;

    for (size_t i = 0; i < n; i++)
        y[i] = b->s->x[i][0];
    memcpy(y + n, kept, N_BOOKS * sizeof *kept);
    assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, time, y), GSL_SUCCESS);
    for (size_t i = 0; i < n; i++)
        b->s->x[i] = pn_all(y[i]);
    memcpy(kept, y + n, N_BOOKS * sizeof *kept);
    gsl_odeiv2_driver_free(driver);
}

#endif
