/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The balance of an airway as a function for the continuation of solver/integrate, and
 * the folds of its curve. */
#include "models/airway/airway_curve.h"

#include <math.h>

#include "solver/base/status.h"
#include "solver/integrate/continuation.h"

#define SHUT 1e-5 /* alpha, where the curve ends */

/* The unknown is ln(alpha) / 2, of order one from open to shut; so is the parameter,
 * kappa or recoil, in cmH2O over `scale`. */
struct curve {
    struct pn_airway airway;
    double kappa, scale;
    int deflates; /* the parameter is the recoil */
    double most, least;
    pn_airway_visit *visit;
    void *user;
};

static pn_lane rho_of(const struct pn_airway *a, double u)
{
    const pn_lane whole = a->largest + a->healthy;

    return pn_sqrt((pn_all(exp(2 * u)) * a->largest + a->healthy) / whole);
}

static void residual(void *context, const double *u, double lambda, double *f)
{
    struct curve *c = context;
    double kappa = c->deflates ? c->kappa : lambda * c->scale;
    pn_lane rho = rho_of(&c->airway, u[0]), load;

    if (c->deflates)
        c->airway.recoil = pn_all(lambda * c->scale);
    pn_airway_load(&c->airway, &rho, &load);
    f[0] = (load[0] - kappa) / c->scale;
}

static int show(void *user, const struct pn_curve_point *at)
{
    struct curve *c = user;
    pn_lane rho = rho_of(&c->airway, at->u[0]), lumen;
    struct pn_airway_point point = {
        .kappa = c->deflates ? c->kappa : at->lambda * c->scale,
        .recoil = c->deflates ? at->lambda * c->scale : c->airway.recoil[0],
        .rho = rho[0],
        .alpha = exp(2 * at->u[0]),
        /* the open branch ends at the largest tension and at the least recoil */
        .fold = c->deflates ? -at->fold : at->fold,
    };

    pn_airway_lumen(&c->airway, &rho, &lumen);
    point.lumen = lumen[0];
    return c->visit(c->user, &point) || point.alpha < SHUT || point.kappa > c->most ||
           point.recoil < c->least || point.recoil > c->most;
}

static int follow(struct curve *c, double alpha, double lambda, double direction)
{
    const struct pn_equilibria problem = {1, c, residual};
    const struct pn_curve_options options = {.step = 0.01,
                                             .least = 1e-7,
                                             .most = 0.05,
                                             .max_points = 20000,
                                             .direction = direction};
    double u = 0.5 * log(alpha);

    return pn_curve_follow(&problem, &u, lambda / c->scale, &options, show, c);
}

static double alpha_of(const struct pn_airway *a, pn_lane rho)
{
    return ((rho * rho * (a->largest + a->healthy) - a->healthy) / a->largest)[0];
}

int pn_airway_tighten(const struct pn_airway *airway, double most, pn_airway_visit *visit,
                      void *user)
{
    struct curve c = {.airway = *airway,
                      .scale = airway->recoil[0],
                      .most = most,
                      .least = -(double)INFINITY,
                      .visit = visit,
                      .user = user};
    pn_lane rho;

    pn_airway_relaxed(airway, &rho);
    return follow(&c, alpha_of(airway, rho), 0, 1);
}

int pn_airway_deflate(const struct pn_airway *airway, double kappa, double least,
                      pn_airway_visit *visit, void *user)
{
    struct curve c = {.airway = *airway,
                      .kappa = kappa,
                      .scale = airway->recoil[0],
                      .deflates = 1,
                      .most = airway->recoil[0] * (1 + 1e-9),
                      .least = least,
                      .visit = visit,
                      .user = user};
    const pn_lane tension = pn_all(kappa);
    pn_lane rho;

    pn_airway_narrow(airway, 1, &tension, &rho);
    return follow(&c, alpha_of(airway, rho), airway->recoil[0], -1);
}
