/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The linear kinetics: closed forms, matrix exponential, superposition, conservation. */
#include "kinetics_rig.h"

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sf_gamma.h>

static const struct setting small[] = {
    {"CL", 7.3},
    {"V1", 41 },
    {"KA", 0.9},
    {NULL, 0  }
};

static void pk1_follows_the_bateman_function(void **state)
{
    static const double hours[] = {0.1, 1, 5, 30};
    double dose = 225, k = 7.3 / 41, ka = 0.9;
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double t = hours[i];
        stand_up(&s, "pk1", small);
        give(&s, "oral", dose);
        stand_run(&s, t);
        assert_close(stand_signal(&s, "C"),
                     dose / 41 * ka / (ka - k) * (exp(-k * t) - exp(-ka * t)), 1e-10, 0);
        stand_up(&s, "pk1", small);
        give(&s, "iv", dose);
        stand_run(&s, t);
        assert_close(stand_signal(&s, "C"), dose / 41 * exp(-k * t), 1e-10, 0);
    }
}

/* what RATE -2 does with D: dose/D into the central compartment, then nothing */
static void a_zero_order_input_follows_its_closed_form(void **state)
{
    double k = 7.3 / 41, d = 3, rate = 225 / d, kept[N_BOOKS] = {0};
    struct stand s;
    struct books b = {&s, NULL, rate, 0};

    (void)state;
    stand_up(&s, "pk1", small);
    assert_true(route_of(&s, "iv")->D >= 0 && route_of(&s, "iv")->R >= 0);
    assert_true(route_of(&s, "oral")->D >= 0 && route_of(&s, "oral")->R >= 0);
    b.input_into = route_of(&s, "iv")->state;
    books_run(&b, d, kept);
    assert_close(stand_signal(&s, "C"), rate / 7.3 * (1 - exp(-k * d)), 1e-11, 0);
    b.input = 0;
    books_run(&b, 4, kept);
    assert_close(stand_signal(&s, "C"), rate / 7.3 * (exp(-k * 4) - exp(-k * 7)), 1e-11,
                 0);
}

/* With nothing eliminated yet and no peripheral body, what the last transit has let out
 * is an Erlang distribution of six stages. */
static void the_transits_follow_the_erlang_distribution(void **state)
{
    static const char *const names[] = {"pk1_transit", "pk2_transit"};
    static const double hours[] = {0.5, 2, 4, 9};
    double mtt = 3.5, dose = 80;

    (void)state;
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < 4; i++) {
            double x = 6 / mtt * hours[i], waiting = 0;
            struct stand s;
            stand_up(&s, names[m], small);
            stand_set(&s, "MTT", mtt);
            give(&s, "oral", dose);
            stand_run(&s, hours[i]);
            for (size_t k = 0; k < 6; k++) {
                assert_close(s.x[k][0],
                             dose * exp(-x) * pow(x, (double)k) / tgamma(1 + (double)k),
                             1e-10, 0);
                waiting += s.x[k][0];
            }
            assert_close(waiting, dose * gsl_sf_gamma_inc_Q(6, x), 1e-10, 0);
        }
}

/* first moment of the concentration: MTT + 1/KA + V1/CL from the dose on */
static void the_mean_time_of_pk1_transit_is_the_sum_of_its_parts(void **state)
{
    enum { PARTS = 4000 };
    double mtt = 3.5, end = 240, area = 0, moment = 0;
    struct stand s;

    (void)state;
    stand_up(&s, "pk1_transit", small);
    stand_set(&s, "MTT", mtt);
    give(&s, "oral", 80);
    for (int i = 0; i <= PARTS; i++) { /* Simpson */
        double weight = i == 0 || i == PARTS ? 1 : i % 2 ? 4 : 2, t = end * i / PARTS;
        area += weight * stand_signal(&s, "C");
        moment += weight * t * stand_signal(&s, "C");
        if (i < PARTS)
            stand_run(&s, end / PARTS);
    }
    assert_close(moment / area, mtt + 1 / 0.9 + 41 / 7.3, 1e-7, 0);
    assert_close(area * end / PARTS / 3, 80 / 7.3, 1e-7, 0);
}

/* --- all linear components --- */

/* their states, as far as a dose by each route is followed; time in the component's unit
 */
static const char *const linear[] = {"pk1",         "pk2",          "pk3",
                                     "pk1_transit", "pk2_transit",  "ics_lung",
                                     "inhaled2",    "inhaled2_slow"};
enum { N_LINEAR = sizeof linear / sizeof *linear };

static void exponential(const double *matrix, size_t n, double t, double *out)
{
    gsl_matrix *a = gsl_matrix_alloc(n, n), *e = gsl_matrix_alloc(n, n);

    for (size_t i = 0; i < n * n; i++)
        gsl_matrix_set(a, i / n, i % n, t * matrix[i]);
    gsl_linalg_exponential_ss(a, e, GSL_PREC_DOUBLE);
    for (size_t i = 0; i < n * n; i++)
        out[i] = gsl_matrix_get(e, i / n, i % n);
    gsl_matrix_free(a);
    gsl_matrix_free(e);
}

/* second method, written from the equations in amounts: three compartments and a depot */
static void pk3_agrees_with_a_matrix_exponential(void **state)
{
    double cl = 7.3, v1 = 41, q = 12, v2 = 66, q3 = 1.7, v3 = 300, ka = 0.9, e[16],
           t = 17;
    const double a[16] = {-ka,    0,       0, 0,       /**/ ka, -(cl + q + q3) / v1,
                          q / v2, q3 / v3, 0, q / v1,  -q / v2, 0,
                          /**/ 0, q3 / v1, 0, -q3 / v3};
    static const struct setting more[] = {
        {"Q",  12 },
        {"V2", 66 },
        {"Q3", 1.7},
        {"V3", 300},
        {NULL, 0  }
    };
    struct stand s;

    (void)state;
    stand_up(&s, "pk3", small);
    for (size_t i = 0; more[i].name; i++)
        stand_set(&s, more[i].name, more[i].value);
    give(&s, "oral", 100);
    give(&s, "iv", 30);
    stand_run(&s, t);
    exponential(a, 4, t, e);
    for (size_t i = 0; i < 4; i++)
        assert_close(s.x[i][0], 100 * e[4 * i] + 30 * e[4 * i + 1], 1e-10, 0);
}

/* a deep compartment that exchanges nothing leaves the next smaller model */
static void each_body_contains_the_smaller_one(void **state)
{
    static const char *const pairs[][3] = {
        {"pk3",         "Q3", "pk2"        },
        {"pk2",         "Q",  "pk1"        },
        {"pk2_transit", "Q",  "pk1_transit"},
    };
    struct stand large, less;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stand_up(&large, pairs[i][0], small);
        stand_up(&less, pairs[i][2], small);
        stand_set(&large, pairs[i][1], 0);
        give(&large, "sc", 70);
        give(&less, "sc", 70);
        stand_run(&large, 9);
        stand_run(&less, 9);
        assert_close(stand_signal(&large, "C"), stand_signal(&less, "C"), 1e-11, 0);
    }
}

static double after(const char *component, double first, double second, double *x)
{
    struct stand s;
    const struct pn_route *route;

    stand_up(&s, component, NULL);
    route = s.m->routes;
    give(&s, route->name, first);
    stand_run(&s, 5);
    give(&s, route->name, second);
    stand_run(&s, 7);
    for (size_t i = 0; i < s.n_x; i++)
        x[i] = s.x[i][0];
    return stand_signal(&s, "C");
}

static void linear_kinetics_superpose_and_scale(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_LINEAR; m++) {
        double x[3][STAND_MAX], c[3];
        size_t n = pn_table_size(pn_component_find(linear[m])->states);
        c[0] = after(linear[m], 100, 0, x[0]);
        c[1] = after(linear[m], 0, 40, x[1]);
        c[2] = after(linear[m], 300, 120, x[2]);
        assert_close(c[2], 3 * (c[0] + c[1]), 1e-11, 0);
        for (size_t i = 0; i < n; i++)
            assert_close(x[2][i], 3 * (x[0][i] + x[1][i]), 1e-10, 1e-13);
    }
}

/* --- conservation: what is in the states and what has left is the dose --- */

static double out_of_plasma(struct stand *s)
{
    return parameter(s, "CL") * stand_signal(s, "C");
}

/* what first pass takes of the swallowed */
static double out_of_inhaled(struct stand *s)
{
    const char *share = pn_table_find(s->m->parameters, "F_BA") >= 0 ? "F_BA" : "F_gut";

    return out_of_plasma(s) +
           (1 - parameter(s, share)) * parameter(s, "KA") * stand_signal(s, "gut");
}

static double out_of_mm(struct stand *s)
{
    double c = stand_signal(s, "C");

    return out_of_plasma(s) + parameter(s, "VMAX") * c / (parameter(s, "KM") + c);
}

static double out_of_mm_micro(struct stand *s)
{
    double c = stand_signal(s, "C"), v = parameter(s, "V1");

    return v * c * (parameter(s, "KE") + parameter(s, "VMAX") / (parameter(s, "KM") + c));
}

/* free drug by clearance, bound drug with its target */
static double out_of_tmdd(struct stand *s)
{
    return out_of_plasma(s) + parameter(s, "V1") * parameter(s, "kint") *
                                  (stand_signal(s, "total") - stand_signal(s, "C"));
}

static const struct {
    const char *component;
    outflow out;
    double time;
} bodies[] = {
    {"pk1",           out_of_plasma,   20},
    {"pk2",           out_of_plasma,   20},
    {"pk3",           out_of_plasma,   20},
    {"pk1_transit",   out_of_plasma,   20},
    {"pk2_transit",   out_of_plasma,   20},
    {"ics_lung",      out_of_inhaled,  6 },
    {"inhaled2",      out_of_inhaled,  6 },
    {"inhaled2_slow", out_of_inhaled,  48},
    {"pk1_mm",        out_of_mm,       20},
    {"pk2_mm",        out_of_mm,       20},
    {"pk2_mm_micro",  out_of_mm_micro, 20},
    {"tmdd",          out_of_tmdd,     14},
    {"tmdd_qss",      out_of_tmdd,     14},
};

/* drug in the states [mg, ug]; bound drug of tmdd is a concentration */
static double in_body(struct stand *s)
{
    double sum = 0;

    for (size_t i = 0; i < s->n_x; i++)
        if (strcmp(s->m->states[i].unit, "mg/L") != 0)
            sum += s->x[i][0];
        else if (strcmp(s->m->states[i].name, "RC") == 0)
            sum += s->x[i][0] * parameter(s, "V1");
    return sum;
}

static void every_body_keeps_its_books(void **state)
{
    size_t n_bodies = sizeof bodies / sizeof *bodies, seen = 0;

    (void)state;
    for (size_t m = 0; m < n_bodies; m++) {
        struct stand s;
        struct books b = {&s, bodies[m].out, 0, 0};
        double given = 0, kept[N_BOOKS] = {0};
        stand_up(&s, bodies[m].component, NULL);
        for (const struct pn_route *r = s.m->routes; r->name; r++) {
            double amount = 10 + 90 * (double)(r - s.m->routes);
            give(&s, r->name, amount);
            given += amount; /* every F is 1 by default */
            b.input = 3, b.input_into = r->state;
            books_run(&b, bodies[m].time / 4, kept);
            given += 3 * bodies[m].time / 4;
        }
        assert_true(kept[GONE] > 0.01 * given);
        assert_close(in_body(&s) + kept[GONE], given, 1e-9, 0);
    }
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m))
        seen += m->routes != NULL;
    assert_int_equal(seen, n_bodies); /* a newcomer has to keep books too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pk1_follows_the_bateman_function),
        cmocka_unit_test(a_zero_order_input_follows_its_closed_form),
        cmocka_unit_test(the_transits_follow_the_erlang_distribution),
        cmocka_unit_test(the_mean_time_of_pk1_transit_is_the_sum_of_its_parts),
        cmocka_unit_test(pk3_agrees_with_a_matrix_exponential),
        cmocka_unit_test(each_body_contains_the_smaller_one),
        cmocka_unit_test(linear_kinetics_superpose_and_scale),
        cmocka_unit_test(every_body_keeps_its_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
