/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes on a wired system: rates, matrix and solve against dense ones, and their bits. */
#include "models/catalogue.h"
#include "system_rig.h"
#include "system_toys.h"

/* a x = b by elimination with row pivots; a and b are destroyed */
static void dense_solve(size_t n, double a[MOST][MOST], double *b)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;

        for (size_t i = k; i < n; i++)
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        for (size_t j = 0; j < n; j++) {
            double t = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = t;
        }
        double t = b[k];
        b[k] = b[best];
        b[best] = t;
        for (size_t i = k + 1; i < n; i++) {
            double l = a[i][k] / a[k][k];

            for (size_t j = k; j < n; j++)
                a[i][j] -= l * a[k][j];
            b[i] -= l * b[k];
        }
    }
    for (size_t k = n; k-- > 0; b[k] /= a[k][k])
        for (size_t j = k + 1; j < n; j++)
            b[k] -= a[k][j] * b[j];
}

/* f' of the composed rates by central differences: matrix[i][k] per lane */
static void dense_jacobian(const struct rig *rig, const pn_lane *x, double step,
                           pn_lane f[MOST][MOST])
{
    size_t n = rig->ode.n;
    pn_lane y[MOST], up[MOST], down[MOST];

    memcpy(y, x, n * sizeof *y);
    for (size_t k = 0; k < n; k++) {
        pn_lane h = step * pn_max(pn_abs(x[k]), pn_all(rig->ode.scale[k] * 0.01));

        y[k] = x[k] + h;
        rig->ode.rate(rig->ode.context, y, up);
        y[k] = x[k] - h;
        rig->ode.rate(rig->ode.context, y, down);
        y[k] = x[k];
        for (size_t i = 0; i < n; i++)
            f[i][k] = (up[i] - down[i]) / (2.0 * h);
    }
}

/* solve() for every unit vector against the dense matrix, lane by lane; the allowed
 * difference is relative to the largest number of the solution */
static void check_solve(const struct rig *rig, const pn_lane *x, double step, double rtol)
{
    static pn_lane f[MOST][MOST];
    static double a[MOST][MOST];
    size_t n = rig->ode.n;
    pn_lane d, b[MOST];
    pn_mask bad;

    for (size_t l = 0; l < PN_LANES; l++)
        d[l] = 0.02 * pow(10.0, (double)l);
    dense_jacobian(rig, x, step, f);
    rig->ode.factor(rig->ode.context, x, &d, &bad);
    assert_int_equal(pn_bits(bad), 0);
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++)
            b[i] = pn_all(i == k ? 1.0 : 0.0);
        rig->ode.solve(rig->ode.context, b);
        for (size_t l = 0; l < PN_LANES; l++) {
            double want[MOST] = {0}, largest = 0;

            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    a[i][j] = (i == j ? d[l] : 0.0) - f[i][j][l];
            want[k] = 1.0;
            dense_solve(n, a, want);
            for (size_t i = 0; i < n; i++)
                largest = fmax(largest, fabs(want[i]));
            for (size_t i = 0; i < n; i++)
                assert_close(b[i][l], want[i], rtol, rtol * largest);
        }
    }
}

static void composed_solve_equals_dense_differences(void **state)
{
    struct rig rig = wire(t3, 4);
    pn_lane x[MOST];

    (void)state;
    start(&rig, x);
    check_solve(&rig, x, 1e-5, 1e-6);
    unwire(&rig);
}

/* The patterns hold 29 entries, the whole diagonal among them; the chain rule through
 * three signals adds 3, and states in minimum-degree order add none.  (States as they
 * come, and a slot for each signal's pivot: 42 slots, 23 multiply-subtracts.) */
static void t3_costs_no_more_than_the_known_plan(void **state)
{
    struct rig rig = wire(t3, 4);
    size_t n_slots, n_subtractions;

    (void)state;
    pn_system_cost(rig.system, &n_slots, &n_subtractions);
    print_message("T3: %zu slots, %zu multiply-subtracts\n", n_slots, n_subtractions);
    assert_true(n_slots <= 33);
    assert_true(n_subtractions <= 9);
    unwire(&rig);
}

static void linear_system_is_solved_to_rounding(void **state)
{
    const struct pn_component parts[] = {
        FOLLOW("h", 0.3, "c.out", "1", NEEDED),   /* a: a ring through states */
        FOLLOW("day", 5.0, "h.out", "%", NEEDED), /* b */
        FOLLOW("min", 0.01, "b.out", "1", NEEDED),
        HALF("a.out", "1", NEEDED, "1"),
    };
    const struct pn_part system[] = {
        {.component = &parts[0], .instance = "a"},
        {.component = &parts[1], .instance = "b"},
        {.component = &parts[2], .instance = "c"},
        {.component = &parts[3], .instance = "h"},
    };
    struct rig rig = wire(system, 4);
    pn_lane x[MOST] = {pn_all(2.0), pn_all(3.0), pn_all(5.0)};

    (void)state;
    for (size_t l = 0; l < PN_LANES; l++)
        vary(&rig, l, 0.1);
    check_solve(&rig, x, 0.5, 1e-10);
    unwire(&rig);
}

static void a_part_may_be_written_twice(void **state)
{
    const struct pn_component between = HALF("twice.first", "1", NEEDED, "1");
    const struct pn_part parts[] = {
        {.component = &twice,   .instance = "twice"  },
        {.component = &between, .instance = "between"},
    };
    struct rig rig = wire(parts, 2);
    pn_lane x[2] = {pn_all(3.0), pn_all(0.25)}, s[3], dx[2];

    (void)state;
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[0][1] == 9.0 && s[2][1] == 4.5 && s[1][1] == 4.75);
    n_twice_writes = 0;
    rig.ode.rate(rig.ode.context, x, dx);
    assert_int_equal(n_twice_writes, 2);
    assert_true(dx[0][1] == 4.5 - 3.0 * 4.75 && dx[1][1] == -0.25 * 4.75);
    check_solve(&rig, x, 1e-5, 1e-6);
    unwire(&rig);
}

/* d - f' is the reciprocal of solve(1); f = -x^2.5 */
static void differences_are_of_second_order_and_stay_positive(void **state)
{
    const struct pn_part parts[] = {
        {.component = &power, .instance = "power"}
    };
    struct rig rig = wire(parts, 1);
    pn_lane x = pn_all(0.0), d = pn_all(1.0), b = pn_all(1.0);
    pn_mask bad;

    (void)state;
    for (size_t l = 1; l < PN_LANES; l++)
        x[l] = (double)l;
    rig.ode.factor(rig.ode.context, &x, &d, &bad);
    assert_int_equal(pn_bits(bad), 0);
    rig.ode.solve(rig.ode.context, &b);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(1.0 / b[l] - 1.0, 2.5 * pow(x[l], 1.5), 1e-9, 1e-7);
    unwire(&rig);
}

static void component_without_slope_agrees_with_the_same_with_slope(void **state)
{
    struct pn_component bare[4];
    struct pn_part parts[4];
    struct rig with = wire(t3, 4), without;
    pn_lane x[MOST], b[2][MOST], d = pn_all(3.0);
    pn_mask bad;

    (void)state;
    for (int full = 0; full < 2; full++) { /* with the pattern, and without */
        for (size_t i = 0; i < 4; i++) {
            bare[i] = *t3[i].component;
            bare[i].slope = NULL;
            bare[i].at = full ? NULL : bare[i].at;
            bare[i].n_at = full ? 0 : bare[i].n_at;
            parts[i] = t3[i];
            parts[i].component = &bare[i];
        }
        without = wire(parts, 4);
        start(&without, x);
        start(&with, x);
        x[A0] = x[R] = pn_all(0.0); /* a difference at zero, too */
        for (size_t i = 0; i < with.ode.n; i++)
            b[0][i] = b[1][i] = pn_all(1.0 + (double)i);
        with.ode.factor(with.ode.context, x, &d, &bad);
        with.ode.solve(with.ode.context, b[0]);
        without.ode.factor(without.ode.context, x, &d, &bad);
        assert_int_equal(pn_bits(bad), 0);
        without.ode.solve(without.ode.context, b[1]);
        for (size_t i = 0; i < with.ode.n; i++)
            for (size_t l = 0; l < PN_LANES; l++)
                assert_close(b[1][i][l], b[0][i][l], 1e-8, 1e-8);
        unwire(&without);
    }
    unwire(&with);
}

/* n steps of the classical Runge-Kutta method */
static void march(const struct pn_ode *ode, pn_lane *x, double h, size_t n_steps)
{
    pn_lane k[4][MOST], y[MOST];
    static const double at[] = {0.0, 0.5, 0.5, 1.0};

    for (size_t step = 0; step < n_steps; step++) {
        for (size_t q = 0; q < 4; q++) {
            for (size_t i = 0; i < ode->n; i++)
                y[i] = q ? x[i] + h * at[q] * k[q - 1][i] : x[i];
            ode->rate(ode->context, y, k[q]);
        }
        for (size_t i = 0; i < ode->n; i++)
            x[i] += h / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
    }
}

static void models_per_hour_and_per_day_agree(void **state)
{
    const struct pn_component hour[] = {FOLLOW("h", 0.05, "b.out", "1", NEEDED),
                                        FOLLOW(NULL, 0.11, "a.out", "1", NEEDED)};
    const struct pn_component day[] = {FOLLOW("day", 0.05 * 24, "b.out", "1", NEEDED),
                                       FOLLOW("day", 0.11 * 24, "a.out", "1", NEEDED)};
    struct rig rig[2];
    pn_lane x[2][2], dx[2][2], d = pn_all(0.7);
    pn_mask bad;

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        const struct pn_component *c = m ? day : hour;
        const struct pn_part parts[] = {
            {.component = &c[0], .instance = "a"},
            {.component = &c[1], .instance = "b"}
        };

        rig[m] = wire(parts, 2);
        x[m][0] = pn_all(1.0);
        x[m][1] = pn_all(4.0);
        rig[m].ode.rate(rig[m].ode.context, x[m], dx[m]);
        assert_close(dx[m][0][0], 0.15, 1e-12, 0);
        assert_close(dx[m][1][0], -0.33, 1e-12, 0);
        rig[m].ode.factor(rig[m].ode.context, x[m], &d, &bad);
        rig[m].ode.solve(rig[m].ode.context, dx[m]);
        march(&rig[m].ode, x[m], 0.5, 48);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_close(dx[1][i][0], dx[0][i][0], 1e-12, 0);
        assert_close(x[1][i][0], x[0][i][0], 1e-12, 0);
    }
    unwire(&rig[0]);
    unwire(&rig[1]);
}

static void a_bad_pivot_flags_only_its_lane(void **state)
{
    static const struct {
        double d;
        int is_bad;
    } cases[] = {
        {1.0,              1}, /* no pivoting: refused though the matrix is regular */
        {1.0 + 0.9e-10,    1},
        {1.0 - 0.9e-10,    1},
        {1.0 + 1.1e-10,    0},
        {(double)NAN,      1},
        {(double)INFINITY, 1},
    };
    const struct pn_part parts[] = {
        {.component = &grow, .instance = "grow"}
    };
    struct rig rig = wire(parts, 1);
    pn_lane x[2] = {pn_all(1.0), pn_all(2.0)}, b[2][2];
    pn_mask bad;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (unsigned poisoned = 0; poisoned < 2; poisoned++) {
            pn_lane d = pn_all(2.0);

            if (poisoned)
                d[2] = cases[i].d;
            rig.ode.factor(rig.ode.context, x, &d, &bad);
            assert_int_equal(pn_bits(bad), poisoned && cases[i].is_bad ? 1u << 2 : 0);
            b[poisoned][0] = b[poisoned][1] = pn_all(3.0);
            rig.ode.solve(rig.ode.context, b[poisoned]);
        }
        assert_true(b[0][0][0] == 6.0 && b[0][1][0] == 3.0);
        for (size_t k = 0; k < 2; k++) {
            b[0][k][2] = b[1][k][2];
            assert_memory_equal(&b[0][k], &b[1][k], sizeof b[0][k]);
        }
    }
    unwire(&rig);
}

/* everything that lanes compute, one after the other */
static size_t compute_all(const struct rig *rig, const pn_lane *shift, pn_lane *out)
{
    size_t n = rig->ode.n, n_s = pn_system_n_signals(rig->system);
    pn_lane *x = out, *s = x + n, *dx = s + n_s, *b = dx + n, d = pn_all(1.5);
    pn_mask bad;

    pn_lanes_prepare(rig->lanes);
    pn_lanes_initial(rig->lanes, x);
    for (size_t i = 0; i < n; i++)
        x[i] += *shift;
    pn_lanes_signals(rig->lanes, x, s);
    rig->ode.rate(rig->ode.context, x, dx);
    rig->ode.factor(rig->ode.context, x, &d, &bad);
    memcpy(b, dx, n * sizeof *b);
    rig->ode.solve(rig->ode.context, b);
    b[n] = (pn_lane)bad;
    return 3 * n + n_s + 1;
}

static void check_lanes_are_alone(const struct pn_part *parts, size_t n_parts)
{
    struct rig rig = wire(parts, n_parts);
    static pn_lane together[4 * MOST + 1], alone[4 * MOST + 1];
    double nan[MOST];
    pn_lane shift = pn_all(0.01);
    size_t n;

    for (size_t i = 0; i < MOST; i++)
        nan[i] = (double)NAN;
    for (size_t l = 0; l < PN_LANES; l++)
        vary(&rig, l, 0.05);
    n = compute_all(&rig, &shift, together);
    for (size_t l = 0; l < PN_LANES; l++) {
        pn_lane poison = pn_all((double)NAN);

        for (size_t k = 0; k < PN_LANES; k++)
            pn_lanes_set(rig.lanes, k, nan);
        vary(&rig, l, 0.05);
        poison[l] = shift[l];
        compute_all(&rig, &poison, alone);
        for (size_t i = 0; i < n; i++) {
            double a = alone[i][l], b = together[i][l];

            assert_same_bits(&a, &b, 1);
            assert_true(i == n - 1 || isfinite(a));
        }
        for (size_t k = 0; k < PN_LANES; k++) /* only the poisoned ones are bad */
            assert_int_equal(((pn_mask)alone[n - 1])[k], k == l ? 0 : -1);
    }
    unwire(&rig);
}

static void a_lane_has_the_same_bits_among_nan_neighbours(void **state)
{
    struct pn_component bare = cells;
    struct pn_part parts[4];

    (void)state;
    check_lanes_are_alone(t3, 4);
    memcpy(parts, t3, sizeof parts);
    parts[2].component = &bare;
    bare.slope = NULL;
    check_lanes_are_alone(parts, 4);
}

/* --- the catalogue's own components, as a study wires them --- */

static struct rig wire_catalogue(void)
{
    const struct pn_part parts[] = {
        {pn_component_find("pk2"),         "fevipiprant",     NULL,          NULL,  426.4},
        {pn_component_find("potency"),     "fevipiprant.dp2", "fevipiprant", "dp2", 426.4},
        {pn_component_find("pk2"),         "other",           NULL,          NULL,  300.0},
        {pn_component_find("potency"),     "other.dp2",       "other",       "dp2", 300.0},
        {pn_component_find("target"),      "dp2",             NULL,          NULL,  0    },
        {pn_component_find("eosinophils"), "eosinophils",     NULL,          NULL,  0    },
        {pn_component_find("feno"),        "feno",            NULL,          NULL,  0    },
        {pn_component_find("asm_mass"),    "asm_mass",        NULL,          NULL,  0    },
    };

    return wire(parts, COUNT(parts));
}

static void catalogue_is_wired_like_dense_differences(void **state)
{
    struct rig rig = wire_catalogue();
    pn_lane x[MOST];

    (void)state;
    start(&rig, x);
    for (size_t i = 0; i < rig.ode.n; i++) /* away from rest, drugs on board */
        x[i] = 0.9 * x[i] + 0.05 * rig.ode.scale[i];
    check_solve(&rig, x, 1e-5, 1e-6);
    unwire(&rig);
}

static void catalogue_rests_untreated(void **state)
{
    struct rig rig = wire_catalogue();
    pn_lane x[MOST], dx[MOST], s[MOST];

    (void)state;
    start(&rig, x);
    rig.ode.rate(rig.ode.context, x, dx);
    for (size_t i = 0; i < rig.ode.n; i++)
        for (size_t l = 0; l < PN_LANES; l++)
            assert_close(dx[i][l], 0.0, 0, 1e-13 * rig.ode.scale[i]);
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[index_of(&rig, "eosinophils.airway")][0] == 1.0);
    assert_true(s[index_of(&rig, "dp2.occupancy")][0] == 0.0);
    unwire(&rig);
}

static void catalogue_lanes_are_alone(void **state)
{
    const struct pn_part parts[] = {
        {pn_component_find("pk2"),         "d",           NULL, NULL,  426.4},
        {pn_component_find("potency"),     "d.dp2",       "d",  "dp2", 426.4},
        {pn_component_find("target"),      "dp2",         NULL, NULL,  0    },
        {pn_component_find("eosinophils"), "eosinophils", NULL, NULL,  0    },
        {pn_component_find("asm_mass"),    "asm_mass",    NULL, NULL,  0    },
    };

    (void)state;
    check_lanes_are_alone(parts, COUNT(parts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composed_solve_equals_dense_differences),
        cmocka_unit_test(t3_costs_no_more_than_the_known_plan),
        cmocka_unit_test(linear_system_is_solved_to_rounding),
        cmocka_unit_test(a_part_may_be_written_twice),
        cmocka_unit_test(differences_are_of_second_order_and_stay_positive),
        cmocka_unit_test(component_without_slope_agrees_with_the_same_with_slope),
        cmocka_unit_test(models_per_hour_and_per_day_agree),
        cmocka_unit_test(a_bad_pivot_flags_only_its_lane),
        cmocka_unit_test(a_lane_has_the_same_bits_among_nan_neighbours),
        cmocka_unit_test(catalogue_is_wired_like_dense_differences),
        cmocka_unit_test(catalogue_rests_untreated),
        cmocka_unit_test(catalogue_lanes_are_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
