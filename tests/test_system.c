/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "check.h"

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/system/system.h"
#include "system_toys.h"

#define MOST         40 /* states or signals of a system here */
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct pn_units *units;

/* a system with its lanes; every test wires one or more */
struct rig {
    struct pn_system *system;
    struct pn_lanes *lanes;
    struct pn_ode ode;
};

static struct rig wire(const struct pn_part *parts, size_t n)
{
    struct rig rig;

    if (pn_system_create(parts, n, units, &rig.system) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
    assert_int_equal(pn_lanes_create(rig.system, &rig.lanes), PN_OK);
    rig.ode = pn_lanes_ode(rig.lanes);
    assert_true(rig.ode.n <= MOST && pn_system_n_signals(rig.system) <= MOST);
    return rig;
}

static void unwire(struct rig *rig)
{
    pn_lanes_free(&rig->lanes);
    pn_lanes_free(&rig->lanes);
    pn_system_free(&rig->system);
    pn_system_free(&rig->system);
}

/* parameters of a lane: the tables' values, each moved a little, other in every lane */
static void vary(const struct rig *rig, size_t lane, double by)
{
    double p[MOST];
    size_t n = pn_system_n_parameters(rig->system);

    assert_true(n <= MOST);
    for (size_t i = 0; i < n; i++)
        p[i] = pn_system_symbol(rig->system, PN_PARAMETER, i).row->value *
               (1.0 + by * (double)((i + 2 * lane) % 5));
    pn_lanes_set(rig->lanes, lane, p);
}

static size_t index_of(const struct rig *rig, const char *name)
{
    struct pn_symbol symbol;

    if (pn_system_find(rig->system, name, &symbol) != 0)
        fail_msg("no %s", name);
    return symbol.index;
}

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

static void start(const struct rig *rig, pn_lane *x)
{
    for (size_t l = 0; l < PN_LANES; l++)
        vary(rig, l, 0.1);
    pn_lanes_prepare(rig->lanes);
    pn_lanes_initial(rig->lanes, x);
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
    assert_true(n_slots <= 32);
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

static void a_part_waits_for_its_reads_if_it_can(void **state)
{
    const struct pn_component between = HALF("x.y", "1", 8, "1");
    const struct pn_part parts[] = {
        {.component = &twice,   .instance = "twice"  },
        {.component = &between, .instance = "between"},
    };
    struct rig rig = wire(parts, 2);
    pn_lane x[2] = {pn_all(3.0), pn_all(0.25)}, s[3];

    (void)state;
    n_twice_writes = 0;
    pn_lanes_signals(rig.lanes, x, s);
    assert_int_equal(n_twice_writes, 1);
    assert_true(s[0][1] == 9.0 && s[1][1] == 4.25 && s[2][1] == 4.0);
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

static void a_target_sums_over_its_drugs(void **state)
{
    const struct pn_component drug = FOLLOW("h", 1.0, "x.y", "1", 0);
    const struct pn_component potency = HALF("drug.out", "1", NEEDED, "1");
    const struct pn_component target = HALF("drugs.out", "1", 0, "1");
    const struct pn_part parts[] = {
        {.component = &target,  .instance = "dp2"  },
        {.component = &drug,    .instance = "m"    },
        {.component = &potency, .instance = "m.dp2", .drug = "m", .target = "dp2"},
        {.component = &drug,      .instance = "n"                        },
        {.component = &potency, .instance = "n.il5",.drug = "n", .target = "il5"},
        {.component = &potency,  .instance = "n.dp2",               .drug = "n", .target = "dp2"},
        {.component = &target,                     .instance = "tslp"                   },
    };
    struct rig rig = wire(parts, COUNT(parts));
    pn_lane x[2] = {pn_all(3.0), pn_all(8.0)}, s[MOST];

    (void)state;
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[index_of(&rig, "m.dp2.out")][0] == 1.5);
    assert_true(s[index_of(&rig, "n.il5.out")][0] == 4.0);
    assert_true(s[index_of(&rig, "dp2.out")][0] == 0.5 * (1.5 + 4.0));
    assert_true(s[index_of(&rig, "tslp.out")][0] == 0.0);
    unwire(&rig);
}

static void wires_convert_mass_to_molar_by_the_drug(void **state)
{
    const struct pn_component source = FOLLOW("h", 1.0, "x.y", "1", 0);
    struct pn_component drug = source;
    const struct pn_component potency = HALF("drug.out", "nmol/L", NEEDED, "1");
    struct pn_part parts[] = {
        {.component = &drug,    .instance = "d",     .molar_mass = 426.4},
        {.component = &potency, .instance = "d.dp2", .drug = "d"        },
    };
    pn_lane x[1] = {pn_all(2.0)}, s[2];

    (void)state;
    drug.writes = TABLE(ROW("out", "mg/L", 0));
    for (size_t who = 0; who < 2; who++) { /* the writer's drug, then the reader's */
        struct rig rig;

        parts[who].molar_mass = 426.4;
        parts[1 - who].molar_mass = 0;
        rig = wire(parts, 2);
        pn_lanes_signals(rig.lanes, x, s);
        assert_close(s[1][0], 0.5 * 2.0 * 1e6 / 426.4, 1e-14, 0);
        unwire(&rig);
    }
}

static void wrong_systems_are_refused_with_the_reason(void **state)
{
    const struct pn_component mass = HALF("x.y", "1", 0, "mg/L");
    const struct pn_component length = HALF("a.out", "m", 0, "1");
    const struct pn_component molar = HALF("a.out", "nmol/L", 0, "1");
    const struct pn_component from_a = HALF("a.out", "1", NEEDED, "1");
    const struct pn_component from_b = HALF("b.out", "1", NEEDED, "1");
    const struct pn_component from_c = HALF("c.out", "1", NEEDED, "1");
    const struct pn_component drugs = HALF("drug.C", "1", NEEDED, "1");
    struct pn_component asm1 = mass, asm2 = mass, flat = grow;
    const struct {
        struct pn_part part[4];
        const char *text;
    } cases[] = {
        {{{&mass, "a", 0, 0, 0}, {&mass, "a", 0, 0, 0}},   "two parts are called 'a'"},
        {{{&asm1, "a", 0, 0, 0}, {&asm2, "b", 0, 0, 0}},
         "'a' (half) and 'b' (half) both play the role 'asm': only one can"          },
        {{{&mass, "a", 0, 0, 0}, {&length, "b", 0, 0, 0}},
         "'b' reads 'a.out' from 'a.out': 'mg/L' cannot be converted to 'm'"         },
        {{{&mass, "a", 0, 0, 0}, {&molar, "b", 0, 0, 0}},
         "'b' reads 'a.out' from 'a.out': 'mg/L' cannot be converted to 'nmol/L' without "
         "the drug's molar_mass"                                                     },
        {{{&from_c, "b", 0, 0, 0}, {&asm1, "x", 0, 0, 0}},
         "'b' (half) reads 'c.out', which nothing writes; there is: b, asm"          },
        {{{&drugs, "b", 0, 0, 0}},
         "'b' (half) reads 'drug.C', which nothing writes; there is: b"              },
        {{{&from_a, "d", 0, 0, 0},
          {&from_b, "c", 0, 0, 0},
          {&from_c, "a", 0, 0, 0},
          {&from_a, "b", 0, 0, 0}},
         "a ring of signals without a state in it: a.out needs c.out needs b.out needs "
         "a.out"                                                                     },
        {{{&from_a, "a", 0, 0, 0}},
         "a ring of signals without a state in it: a.out needs a.out"                },
        {{{&flat, "a", 0, 0, 0}},                          "state 'a.X' has no scale"},
    };

    (void)state;
    asm1.role = asm2.role = "asm";
    flat.states = (const struct pn_quantity[])
    {
        {"X", "1", 0, 0, 1, "", "", 0, NULL}, PN_END_OF_TABLE
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pn_system *system = (struct pn_system *)1;
        size_t n = 0;

        while (n < 4 && cases[i].part[n].component)
            n++;
        assert_int_equal(pn_system_create(cases[i].part, n, units, &system),
                         PN_ERR_INPUT);
        assert_null(system);
        assert_string_equal(pn_error_last()->text, cases[i].text);
    }
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

static void starts_may_follow_from_parts_behind(void **state)
{
    const struct pn_component c[] = {
        FOLLOW("h", 1, "b.out", "1", NEEDED), FOLLOW("h", 1, "half.out", "1", NEEDED),
        HALF("a.out", "1", NEEDED, "1"), FOLLOW("h", 1, "x.y", "1", 7)};
    const struct pn_part parts[] = {
        {.component = &c[0], .instance = "c"   },
        {.component = &c[1], .instance = "b"   },
        {.component = &c[2], .instance = "half"},
        {.component = &c[3], .instance = "a"   },
    };
    struct rig rig = wire(parts, 4);
    pn_lane x[3];

    (void)state;
    pn_lanes_initial(rig.lanes, x);
    assert_true(x[2][0] == 15.0 && x[1][0] == 16.0 && x[0][0] == 33.0);
    unwire(&rig);
}

static void unread_signals_cost_no_rate_but_are_there(void **state)
{
    const struct pn_component output = HALF("cells.blood", "1", NEEDED, "%");
    struct pn_part parts[5];
    struct rig rig, lean = wire(t3, 4);
    pn_lane x[MOST], dx[MOST], s[MOST];
    size_t n_slots[2], n_subtractions[2];

    (void)state;
    memcpy(parts, t3, sizeof t3);
    parts[4] = (struct pn_part){.component = &output, .instance = "output"};
    rig = wire(parts, 5);
    pn_lanes_initial(rig.lanes, x);
    n_half_writes = 0;
    rig.ode.rate(rig.ode.context, x, dx);
    assert_int_equal(n_half_writes, 0);
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[index_of(&rig, "output.out")][0] ==
                0.5 * s[index_of(&rig, "cells.blood")][0]);
    pn_system_cost(rig.system, &n_slots[0], &n_subtractions[0]);
    pn_system_cost(lean.system, &n_slots[1], &n_subtractions[1]);
    assert_int_equal(n_slots[0], n_slots[1]);
    assert_int_equal(n_subtractions[0], n_subtractions[1]);
    unwire(&rig);
    unwire(&lean);
}

static void everything_has_its_name(void **state)
{
    const struct pn_component potency = HALF("drug.C", "ug/L", NEEDED, "1");
    struct pn_component tissue = muscle;
    struct pn_part parts[5];
    struct rig rig;
    struct pn_symbol symbol;
    size_t at;
    int F, ALAG;

    (void)state;
    memcpy(parts, t3, sizeof t3);
    tissue.role = "asm";
    tissue.writes = TABLE(ROW("A", "%", 0)); /* a signal called as a state */
    tissue.write = follow_write;
    parts[3].component = &tissue;
    parts[4] =
        (struct pn_part){.component = &potency, .instance = "pk.dp2", .drug = "pk"};
    rig = wire(parts, 5);
    assert_int_equal(pn_system_n_states(rig.system), 11);
    assert_int_equal(pn_system_n_signals(rig.system), 5);
    assert_int_equal(pn_system_n_parameters(rig.system), 5);
    assert_int_equal(pn_system_find(rig.system, "cells.kout", &symbol), 0);
    assert_true(symbol.kind == PN_PARAMETER && symbol.index == 4);
    assert_int_equal(pn_system_find(rig.system, "cells.B", &symbol), 0);
    assert_true(symbol.kind == PN_STATE && symbol.index == 9);
    assert_string_equal(symbol.instance, "cells");
    assert_string_equal(symbol.row->name, "B");
    assert_int_equal(pn_system_find(rig.system, "muscle.A", &symbol), 0);
    assert_true(symbol.kind == PN_SIGNAL && symbol.index == 3);
    assert_int_equal(pn_system_find(rig.system, "pk.dp2.out", &symbol), 0);
    assert_int_equal(symbol.index, 4);
    assert_int_equal(pn_system_find(rig.system, "pk.dp2", &symbol), -1);
    assert_int_equal(pn_system_find(rig.system, "asm.A", &symbol), -1);
    assert_int_equal(pn_system_find_read(rig.system, "asm.A", &symbol), 0);
    assert_int_equal(pn_system_find_read(rig.system, "muscle.A", &symbol), -1);
    assert_string_equal(pn_system_symbol(rig.system, PN_STATE, 10).row->name, "A");
    assert_string_equal(pn_system_symbol(rig.system, PN_SIGNAL, 1).instance, "occupancy");
    assert_int_equal(pn_system_route(rig.system, "pk", "iv", &at, &F, &ALAG), 0);
    assert_true(at == 1 && F == -1 && ALAG == -1);
    assert_int_equal(pn_system_route(rig.system, "pk", "oral", &at, &F, &ALAG), 0);
    assert_true(at == 0 && F == -1 && ALAG == 2);
    assert_int_equal(pn_system_route(rig.system, "pk", "nose", &at, &F, &ALAG), -1);
    assert_int_equal(pn_system_route(rig.system, "cells", "iv", &at, &F, &ALAG), -1);
    unwire(&rig);
}

static void a_route_leads_to_its_compartment(void **state)
{
    const struct pn_part parts[] = {t3[3], t3[2], t3[1], t3[0]};
    struct rig rig = wire(parts, 4);
    size_t at;
    int F, ALAG;

    (void)state;
    assert_int_equal(pn_system_route(rig.system, "pk", "oral", &at, &F, &ALAG), 0);
    assert_int_equal(at, index_of(&rig, "pk.A0"));
    assert_int_equal(F, -1);
    assert_int_equal(ALAG, index_of(&rig, "pk.KA"));
    unwire(&rig);
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

static int set_up(void **state)
{
    (void)state;
    return pn_units_create(&units);
}

static int tear_down(void **state)
{
    (void)state;
    pn_units_free(&units);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composed_solve_equals_dense_differences),
        cmocka_unit_test(t3_costs_no_more_than_the_known_plan),
        cmocka_unit_test(linear_system_is_solved_to_rounding),
        cmocka_unit_test(a_part_may_be_written_twice),
        cmocka_unit_test(a_part_waits_for_its_reads_if_it_can),
        cmocka_unit_test(differences_are_of_second_order_and_stay_positive),
        cmocka_unit_test(component_without_slope_agrees_with_the_same_with_slope),
        cmocka_unit_test(models_per_hour_and_per_day_agree),
        cmocka_unit_test(a_target_sums_over_its_drugs),
        cmocka_unit_test(wires_convert_mass_to_molar_by_the_drug),
        cmocka_unit_test(wrong_systems_are_refused_with_the_reason),
        cmocka_unit_test(a_bad_pivot_flags_only_its_lane),
        cmocka_unit_test(a_lane_has_the_same_bits_among_nan_neighbours),
        cmocka_unit_test(starts_may_follow_from_parts_behind),
        cmocka_unit_test(unread_signals_cost_no_rate_but_are_there),
        cmocka_unit_test(everything_has_its_name),
        cmocka_unit_test(a_route_leads_to_its_compartment),
        cmocka_unit_test(catalogue_is_wired_like_dense_differences),
        cmocka_unit_test(catalogue_rests_untreated),
        cmocka_unit_test(catalogue_lanes_are_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
