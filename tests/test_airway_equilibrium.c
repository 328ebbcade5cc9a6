/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/airway_curve.h"
#include "models/airway/tethering.h"
#include "models/catalogue.h"
#include "solver/base/status.h"

/* Folds of an airway with a thin wall, computed apart: where it closes and reopens. */
static const struct {
    double recoil;
    size_t z;
    int tethered;
    double rho_open, kappa_close, rho_closed, kappa_reopen; /* 0: monotone */
} folds[] = {
    {5, 4,  1, 0,     0,      0,     0     },
    {5, 6,  1, 0,     0,      0,     0     },
    {5, 8,  1, .4125, 4.8275, .1430, 4.2354},
    {5, 10, 1, .4300, 4.6439, .0859, 3.0345},
    {5, 12, 1, .4256, 4.5263, .0493, 1.9380},
    {5, 16, 1, .4194, 4.3972, .0172, .7383 },
    {8, 6,  1, .3826, 8.7453, .2666, 8.6849},
    {8, 8,  1, .4824, 8.2040, .1010, 5.6174},
    {8, 12, 1, .4756, 7.9222, .0379, 2.4883},
    {3, 10, 1, .3612, 2.5336, .1259, 2.2265},
    {3, 12, 1, .3687, 2.4118, .0672, 1.4603},
    {5, 12, 0, .5586, 2.1629, .1005, .9128 },
};
enum { N_FOLDS = sizeof folds / sizeof *folds };

static double load(const struct pn_airway *airway, double rho)
{
    pn_lane x = pn_all(rho), kappa;

    pn_airway_load(airway, &x, &kappa);
    return kappa[0];
}

struct found {
    size_t n;
    double rho[4], kappa[4], recoil[4], off;
    int fold[4];
    const struct pn_airway *airway;
};

static int note(void *user, const struct pn_airway_point *point)
{
    struct found *found = user;
    struct pn_airway airway = *found->airway;

    airway.recoil = pn_all(point->recoil);
    found->off = fmax(found->off, fabs(load(&airway, point->rho) - point->kappa));
    if (point->fold && found->n < 4) {
        found->rho[found->n] = point->rho;
        found->kappa[found->n] = point->kappa;
        found->recoil[found->n] = point->recoil;
        found->fold[found->n++] = point->fold;
    }
    return 0;
}

static void the_airway_folds_where_it_is_known_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FOLDS; i++) {
        struct pn_airway airway;
        struct found found = {.airway = &airway};
        pn_airway_thin(&pn_lambert_tubes[folds[i].z], folds[i].recoil, folds[i].tethered,
                       &airway);
        assert_int_equal(pn_airway_tighten(&airway, 20, note, &found), PN_OK);
        assert_int_equal(found.n, folds[i].kappa_close > 0 ? 2 : 0);
        assert_true(found.off < 1e-8);
        if (found.n == 0)
            continue;
        assert_int_equal(found.fold[0], 1);
        assert_int_equal(found.fold[1], -1);
        assert_close(found.rho[0], folds[i].rho_open, 0, 5.1e-5);
        assert_close(found.rho[1], folds[i].rho_closed, 0, 5.1e-5);
        assert_close(found.kappa[0], folds[i].kappa_close, 0, 5.1e-5);
        assert_close(found.kappa[1], folds[i].kappa_reopen, 0, 5.1e-5);
    }
}

/* A tension that closes an airway at 5 cmH2O while the muscle tightens closes it at 5
 * cmH2O while the lung deflates; a lung that inflates reopens it higher up. */
static void deflation_finds_the_same_folds(void **state)
{
    (void)state;
    for (size_t i = 2; i < N_FOLDS; i++) {
        struct pn_airway airway;
        struct found at = {.airway = &airway}, found = {.airway = &airway};
        pn_airway_thin(&pn_lambert_tubes[folds[i].z], folds[i].recoil, folds[i].tethered,
                       &airway);
        assert_int_equal(pn_airway_tighten(&airway, 20, note, &at), PN_OK);
        airway.recoil = pn_all(25);
        assert_int_equal(pn_airway_deflate(&airway, at.kappa[0], 0.5, note, &found),
                         PN_OK);
        assert_true(found.n >= 1 && found.fold[0] == 1 && found.off < 1e-7);
        assert_close(found.recoil[0], folds[i].recoil, 1e-7, 0);
        assert_close(found.rho[0], at.rho[0], 1e-3, 0);
        assert_true(found.n == 1 || found.recoil[1] > folds[i].recoil);
    }
}

/* A hair below the fold it stays open, a hair above it is closed. */
static void a_tightening_muscle_closes_the_airway_at_the_fold(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FOLDS; i++) {
        struct pn_airway airway;
        pn_lane kappa[2], rho[2];
        if (folds[i].kappa_close == 0)
            continue;
        pn_airway_thin(&pn_lambert_tubes[folds[i].z], folds[i].recoil, folds[i].tethered,
                       &airway);
        kappa[0] = pn_all(folds[i].kappa_close * 1.01);
        kappa[1] = pn_all(folds[i].kappa_close * 0.99);
        pn_airway_narrow(&airway, 2, kappa, rho);
        assert_true(rho[0][0] < folds[i].rho_closed);
        assert_true(rho[1][0] > folds[i].rho_open);
    }
}

static void thick_airway(struct pn_airway *airway, size_t z, int shortens)
{
    const struct pn_tube *tube = &pn_lambert_tubes[z];

    *airway = (struct pn_airway){.tube = tube,
                                 .largest = pn_all(tube->area * 100 / (1 << z)),
                                 .recoil = pn_all(5),
                                 .tethered = pn_all(1),
                                 .shortens = shortens};
    pn_wall_healthy(&airway->largest, &airway->wall);
    airway->healthy = airway->wall.inner;
}

/* The balance of forces, written out with doubles. */
static void loads_are_the_balance_of_pressures(void **state)
{
    (void)state;
    for (size_t z = 3; z < PN_GENERATIONS; z++) {
        struct pn_airway airway;
        thick_airway(&airway, z, 1);
        for (double alpha = 0.6; alpha > 0.01; alpha *= 0.7) {
            const struct pn_tube *tube = &pn_lambert_tubes[z];
            double largest = airway.largest[0], inner = airway.wall.inner[0];
            double around = airway.wall.muscle[0] + airway.wall.outer[0];
            double relaxed = pn_tube_alpha(tube, 5);
            double r = sqrt((alpha * largest + inner) / M_PI);
            double r_max = sqrt((largest + inner) / M_PI);
            double hole = sqrt((relaxed * largest + inner + around) / M_PI);
            double outer = sqrt(r * r + around / M_PI);
            double P = alpha < tube->alpha0 ? -40 : 0, high = 30;
            for (int i = 0; i < 100; i++) { /* the tube's pressure by bisection */
                double middle = 0.5 * (P + high);
                if (pn_tube_alpha(tube, middle) < alpha)
                    P = middle;
                else
                    high = middle;
            }
            if (P < -39)
                continue;
            double x = (hole - outer) / hole;
            double T = r * (5 + 5 * x * (1.4 + 2.1 * x) - P);
            double best = T / pow(sin(M_PI / 2 * r / r_max), 3);
            assert_close(load(&airway, r / r_max), best / r_max, 1e-8, 1e-9);
        }
    }
}

/* What pn_airway_narrow finds carries the load that it was given. */
static void narrowed_airways_are_in_balance(void **state)
{
    enum { N = 24 };
    pn_lane kappa[N], rho[N];

    (void)state;
    for (size_t i = 0; i < N; i++)
        for (size_t l = 0; l < PN_LANES; l++)
            kappa[i][l] = 0.7 * (double)i * (1 + 0.1 * (double)l);
    for (size_t z = 3; z < PN_GENERATIONS; z++) {
        struct pn_airway airway;
        thick_airway(&airway, z, 1);
        pn_airway_narrow(&airway, N, kappa, rho);
        for (size_t i = 1; i < N; i++) {
            pn_lane held;
            pn_airway_load(&airway, &rho[i], &held);
            for (size_t l = 0; l < PN_LANES; l++) {
                assert_close(held[l], kappa[i][l], 1e-6, 0);
                assert_true(rho[i][l] < rho[i - 1][l]);
            }
        }
        pn_airway_relaxed(&airway, &kappa[0]);
        assert_close(rho[0][0], kappa[0][0], 1e-12, 0);
        kappa[0] = pn_all(0);
    }
}

/* At equal muscle a thicker inner wall leaves less lumen, by just what it gained; a
 * thicker outer wall is a worse hold for the lung. */
static void a_thicker_wall_leaves_less_lumen(void **state)
{
    const pn_lane kappa = pn_all(8);

    (void)state;
    for (size_t z = 3; z < PN_GENERATIONS; z++) {
        struct pn_airway airway;
        pn_lane rho, lumen, thick, gain;
        thick_airway(&airway, z, 1);
        pn_airway_narrow(&airway, 1, &kappa, &rho);
        pn_airway_lumen(&airway, &rho, &lumen);
        gain = pn_all(0.3) * airway.wall.inner;
        airway.wall.inner = airway.wall.inner + gain;
        pn_airway_narrow(&airway, 1, &kappa, &rho);
        pn_airway_lumen(&airway, &rho, &thick);
        assert_close(thick[0], (lumen - gain)[0], 1e-9, 1e-9);
        airway.wall.outer = pn_all(4) * airway.wall.outer;
        pn_airway_narrow(&airway, 1, &kappa, &rho);
        pn_airway_lumen(&airway, &rho, &lumen);
        assert_true(lumen[0] < thick[0]);
    }
}

static void areas_of_the_wall_are_conserved(void **state)
{
    const pn_lane largest = pn_all(M_PI);
    struct pn_wall wall;
    pn_lane r, outer, lumen;

    (void)state;
    pn_wall_healthy(&largest, &wall);
    assert_close(wall.inner[0], pow(0.06 + 0.2 * M_PI, 2), 1e-14, 0);
    assert_close(wall.muscle[0], 0.006 * 4 * M_PI * M_PI, 1e-14, 0);
    for (double a = 0.01; a < 3; a += 0.3) {
        const pn_lane area = pn_all(a);
        r = pn_sqrt((area + wall.inner) / pn_all(M_PI));
        pn_wall_outer_radius(&wall, &r, &outer);
        pn_wall_lumen(&wall, &r, &lumen);
        assert_close(lumen[0], a, 1e-12, 0);
        assert_close(M_PI * outer[0] * outer[0] - a,
                     (wall.inner + wall.muscle + wall.outer)[0], 1e-12, 0);
    }
}

/* The component: an outer perimeter that stays, so what the wall gains the lumen loses.
 */
static void a_wall_that_grows_inwards_takes_the_lumen(void **state)
{
    const struct pn_component *m = pn_component_find("airway_wall");
    pn_lane p[16], r[2], w[2], j[4], lumen = pn_all(36 / (4 * M_PI));
    struct pn_wall wall;
    double left;

    (void)state;
    assert_non_null(m);
    for (size_t i = 0; i < pn_table_size(m->parameters); i++)
        p[i] = pn_all(m->parameters[i].value);
    p[pn_table_find(m->parameters, "k_fibrosis")] = pn_all(0.25);
    m->prepare(p);
    pn_wall_healthy(&lumen, &wall);
    r[0] = pn_all(1.8); /* muscle */
    r[1] = pn_all(4);   /* eosinophils */
    m->write((struct pn_view){.p = p, .r = r}, w);
    m->slope((struct pn_view){.p = p, .r = r}, j);
    left = lumen[0] - 0.5 * wall.inner[0] - 0.8 * wall.muscle[0];
    assert_close(w[0][0], left / lumen[0], 1e-14, 0);
    assert_close(w[1][0], 1.5, 1e-14, 0);
    assert_close(j[0][0], -((wall.muscle + pn_all(0.25) * wall.inner) / lumen)[0], 1e-14,
                 0);
    assert_close(j[1][0], -0.1 * (wall.inner / lumen)[0], 1e-14, 0);
    assert_true(j[2][0] == 0.25 && j[3][0] == 0.1);
    r[0] = pn_all(60);
    r[0][1] = (double)NAN;
    m->write((struct pn_view){.p = p, .r = r}, w);
    assert_true(w[0][0] == 0.05 && isnan(w[0][1]));
}

static void tethering_is_the_known_polynomial(void **state)
{
    pn_lane P = pn_all(5), x = pn_all(0.2), stress;

    (void)state;
    x[1] = 0;
    x[2] = -0.1;
    pn_tether(&P, &x, &stress);
    assert_close(stress[0], 5 * (1.4 * 0.2 + 2.1 * 0.04), 1e-15, 0);
    assert_true(stress[1] == 0 && stress[2] < 0);
}

static void a_bad_patient_stays_alone(void **state)
{
    struct pn_airway airway, sick;
    pn_lane kappa = pn_all(6), rho, with_sick;

    (void)state;
    thick_airway(&airway, 9, 1);
    sick = airway;
    sick.recoil[1] = (double)NAN;
    pn_airway_narrow(&airway, 1, &kappa, &rho);
    pn_airway_narrow(&sick, 1, &kappa, &with_sick);
    assert_true(isnan(with_sick[1]));
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(l == 1 || with_sick[l] == rho[l]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_airway_folds_where_it_is_known_to),
        cmocka_unit_test(deflation_finds_the_same_folds),
        cmocka_unit_test(a_tightening_muscle_closes_the_airway_at_the_fold),
        cmocka_unit_test(loads_are_the_balance_of_pressures),
        cmocka_unit_test(narrowed_airways_are_in_balance),
        cmocka_unit_test(a_thicker_wall_leaves_less_lumen),
        cmocka_unit_test(areas_of_the_wall_are_conserved),
        cmocka_unit_test(a_wall_that_grows_inwards_takes_the_lumen),
        cmocka_unit_test(tethering_is_the_known_polynomial),
        cmocka_unit_test(a_bad_patient_stays_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
