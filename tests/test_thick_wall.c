/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/thick_wall.h"

static const struct pn_hiorns_wall hiorns = {
    .Ri = 1, .Ro = 1.5, .mu = 5, .C1 = 1, .C2 = 1.8};
static const struct pn_laprad_wall laprad = {
    .Ri = 2, .Ro = 2.5, .k1 = 1.8, .k2 = 0.5, .k3 = 10};

static void radii_are_those_computed_apart(void **state)
{
    struct pn_hiorns_wall w = hiorns;

    (void)state;
    w.A = 10;
    assert_close(pn_hiorns_radius(&w, 2), 0.567859, 0, 5.001e-7);
    w.A = 1;
    assert_close(pn_hiorns_radius(&w, 0), 0.881642, 0, 5.001e-7);
    assert_close(pn_laprad_radius(&laprad, 3), 3.032977, 0, 5.001e-7);
}

/* Without load and muscle the wall is as it was made. */
static void an_idle_wall_has_its_stress_free_radius(void **state)
{
    (void)state;
    assert_close(pn_hiorns_radius(&hiorns, 0), 1, 1e-12, 0);
    assert_close(pn_laprad_radius(&laprad, 0), 2, 1e-4, 0); /* P grows as |ri - Ri|^2 */
    assert_close(pn_laprad_pressure(&laprad, 2), 0, 0, 1e-30);
}

/* A thin wall: neo-Hookean hoop stress mu (l^2 - l^-2) of a sheet, over the radius. */
static void a_thin_wall_obeys_laplace(void **state)
{
    const struct pn_hiorns_wall w = {.Ri = 1, .Ro = 1 + 1e-5, .mu = 3, .C1 = 1, .C2 = 1};

    (void)state;
    for (int i = 0; i < 4; i++) {
        double l = 0.6 + 0.1 * i;
        double sheet = w.mu * (l * l - 1 / (l * l)) * 1e-5 / (l * l);
        assert_close(pn_hiorns_pressure(&w, l), sheet, 1e-4, 0);
    }
}

/* The closed form against quadrature of (stress difference) / r across the wall; the
 * fibres' stress is the one that the closed form belongs to. */
static void the_closed_form_is_the_integral_of_the_stress(void **state)
{
    struct pn_hiorns_wall w = hiorns;

    (void)state;
    w.phi1 = 0.4;
    for (double ri = 0.5; ri < 2; ri += 0.25) {
        double k = ri * ri - 1, ro = sqrt(1.5 * 1.5 + k), sum = 0;
        double c2 = cos(w.phi1) * cos(w.phi1), h = (ro - ri) / 20000;
        for (int i = 0; i < 20000; i++) {
            double r = ri + (i + 0.5) * h, R2 = r * r - k, X = k / R2;
            double fibre = ri > 1 ? 4 * w.C1 * c2 * c2 * c2 * X * X * (1 + X) *
                                        exp(w.C2 * X * X * c2 * c2)
                                  : 0;
            sum += h / r * (w.mu * (r * r / R2 - R2 / (r * r)) + fibre);
        }
        assert_close(pn_hiorns_pressure(&w, ri), sum, 1e-7, 0);
    }
}

static void radius_and_pressure_are_inverse(void **state)
{
    struct pn_hiorns_wall w = hiorns;

    (void)state;
    w.A = 3;
    for (double ri = 0.3; ri < 3; ri *= 1.3) {
        assert_close(pn_hiorns_radius(&w, pn_hiorns_pressure(&w, ri)), ri, 1e-10, 0);
    }
    for (double ri = 1.5; ri < 3.2; ri += 0.3) /* beyond, pressure overflows */
        assert_close(pn_laprad_radius(&laprad, pn_laprad_pressure(&laprad, ri)), ri,
                     1e-10, 0);
    assert_true(isinf(pn_hiorns_pressure(&w, 100)));
    w.Ro = 0.5;
    assert_true(isnan(pn_hiorns_radius(&w, 0)));
    assert_true(isnan(pn_laprad_radius(&laprad, (double)NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(radii_are_those_computed_apart),
        cmocka_unit_test(an_idle_wall_has_its_stress_free_radius),
        cmocka_unit_test(a_thin_wall_obeys_laplace),
        cmocka_unit_test(the_closed_form_is_the_integral_of_the_stress),
        cmocka_unit_test(radius_and_pressure_are_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
