/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From dose to muscle: the components wired together, against the same chain written by
 * hand in one unit system, and against what follows from the mean occupancy. */
#include "check.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/system/system.h"

enum { A0, A1, A2, T1, T2, T3, T4, B, E, ASM, N };
static const char *const names[N] = {"drug.A0",        "drug.A1",        "drug.A2",
                                     "eosinophils.T1", "eosinophils.T2", "eosinophils.T3",
                                     "eosinophils.T4", "eosinophils.B",  "eosinophils.E",
                                     "asm_mass.A"};

static const double DOSE = 225, EVERY = 12, MOLAR_MASS = 426.4; /* mg, h, g/mol */
static const double CL = 32, V1 = 60, Q = 5.3, V2 = 130, KA = 1, Kd = 1.1, fu = 0.12;

struct rig {
    struct pn_units *units;
    struct pn_system *system;
    struct pn_lanes *lanes;
    struct pn_ode ode;
    size_t place[N]; /* of each of `names` among the states */
};

static double occupancy_of(double amount)
{
    double s = fu * amount / V1 / MOLAR_MASS * 1e6 / Kd; /* mg/L over g/mol: mmol/L */

    return s / (1 + s);
}

/* the chain by hand, per hour */
static int by_hand(double t, const double y[], double dy[], void *user)
{
    double ktr = 0.8 / 24, kbt = 1 / 25.2, ka = 0.2 / 24, da = 0.01 / 24, b0 = 228;
    double occ = occupancy_of(y[A1]), chi = 3 * (1 - occ), wall = 0.8 + 0.2 * y[E];

    (void)t, (void)user;
    dy[A0] = -KA * y[A0];
    dy[A1] = KA * y[A0] - (CL + Q) / V1 * y[A1] + Q / V2 * y[A2];
    dy[A2] = Q / V1 * y[A1] - Q / V2 * y[A2];
    dy[T1] = kbt * b0 - ktr * y[T1];
    for (int i = T2; i <= T4; i++)
        dy[i] = ktr * (y[i - 1] - y[i]);
    dy[B] = ktr * y[T4] - kbt * y[B];
    dy[E] = ka * ((1 + chi) / 4 * y[B] / b0 - y[E]);
    dy[ASM] = da * (0.4 * wall * y[ASM] + 0.6 * (1 - 0.5 * occ) * wall - y[ASM]);
    return GSL_SUCCESS;
}

/* the wired system in the order of `names` */
static int wired(double t, const double y[], double dy[], void *user)
{
    struct rig *rig = user;
    pn_lane x[N], dx[N];

    (void)t;
    for (size_t i = 0; i < N; i++)
        x[rig->place[i]] = pn_all(y[i]);
    rig->ode.rate(rig->ode.context, x, dx);
    for (size_t i = 0; i < N; i++)
        dy[i] = dx[rig->place[i]][0];
    return GSL_SUCCESS;
}

static void set(struct rig *rig, double *p, const char *name, double value)
{
    struct pn_symbol symbol;

    assert_int_equal(pn_system_find(rig->system, name, &symbol), 0);
    assert_int_equal(symbol.kind, PN_PARAMETER);
    assert_true(symbol.index < pn_system_n_parameters(rig->system));
    p[symbol.index] = value;
}

static void set_drug(struct rig *rig)
{
    double p[64];
    size_t n = pn_system_n_parameters(rig->system);

    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++)
        p[i] = pn_system_symbol(rig->system, PN_PARAMETER, i).row->value;
    set(rig, p, "drug.CL", CL);
    set(rig, p, "drug.V1", V1);
    set(rig, p, "drug.Q", Q);
    set(rig, p, "drug.V2", V2);
    set(rig, p, "drug.KA", KA);
    set(rig, p, "drug.dp2.Kd", Kd);
    set(rig, p, "drug.dp2.fu", fu);
    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set(rig->lanes, l, p);
    pn_lanes_prepare(rig->lanes);
}

static int start(void **state)
{
    static struct rig rig;
    const struct pn_part parts[] = {
        {pn_component_find("pk2"),         "drug",        "drug", NULL,  MOLAR_MASS},
        {pn_component_find("potency"),     "drug.dp2",    "drug", "dp2", MOLAR_MASS},
        {pn_component_find("target"),      "dp2",         NULL,   "dp2", 0         },
        {pn_component_find("eosinophils"), "eosinophils", NULL,   NULL,  0         },
        {pn_component_find("asm_mass"),    "asm_mass",    NULL,   NULL,  0         },
    };
    struct pn_symbol symbol;

    if (pn_units_create(&rig.units) != PN_OK ||
        pn_system_create(parts, 5, rig.units, &rig.system) != PN_OK ||
        pn_lanes_create(rig.system, &rig.lanes) != PN_OK) {
        print_error("%s\n", pn_error_last()->text);
        return -1;
    }
    rig.ode = pn_lanes_ode(rig.lanes);
    assert_int_equal(rig.ode.n, N);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(pn_system_find(rig.system, names[i], &symbol), 0);
        assert_int_equal(symbol.kind, PN_STATE);
        rig.place[i] = symbol.index;
    }
    set_drug(&rig);
    *state = &rig;
    return 0;
}

static int stop(void **state)
{
    struct rig *rig = *state;

    pn_lanes_free(&rig->lanes);
    pn_system_free(&rig->system);
    pn_units_free(&rig->units);
    return 0;
}

/* the untreated patient, then n doses; *mean: of E over the last interval */
static void dose(int (*rate)(double, const double *, double *, void *), struct rig *rig,
                 int n, double *y, double *mean)
{
    enum { PARTS = 48 };
    gsl_odeiv2_system ode = {rate, NULL, N, rig};
    gsl_odeiv2_driver *driver =
        gsl_odeiv2_driver_alloc_y_new(&ode, gsl_odeiv2_step_rk8pd, 1e-3, 1e-13, 1e-12);
    pn_lane x[N];
    double t = 0;

    pn_lanes_initial(rig->lanes, x);
    for (size_t i = 0; i < N; i++)
        y[i] = x[rig->place[i]][0];
    for (int i = 0; i < n; i++) {
        int parts = i == n - 1 ? PARTS : 1;
        y[A0] += DOSE;
        gsl_odeiv2_driver_reset_hstart(driver, 1e-3);
        *mean = y[E] / (3 * PARTS);
        for (int k = 1; k <= parts; k++) { /* Simpson's rule */
            double to = EVERY * (i + (double)k / parts);
            assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, to, y), GSL_SUCCESS);
            *mean += (k == parts ? 1 : k % 2 ? 4 : 2) * y[E] / (3 * PARTS);
        }
    }
    gsl_odeiv2_driver_free(driver);
}

static void the_wired_chain_equals_the_chain_by_hand(void **state)
{
    double got[N], want[N], mean[2];

    dose(wired, *state, 168, got, &mean[0]); /* 12 weeks */
    dose(by_hand, *state, 168, want, &mean[1]);
    for (size_t i = 0; i < N; i++)
        assert_close(got[i], want[i], 1e-9, 0);
    assert_close(got[B], 228, 1e-10, 0); /* the airway empties, the blood does not */
}

/* once periodic, E follows from the mean occupancy alone: mean E = 1 - 3/4 mean
 * occupancy, the latter by quadrature of the drug's closed form */
static void airway_eosinophils_follow_the_mean_occupancy(void **state)
{
    enum { PARTS = 4000 };
    double sum = (CL + Q) / V1 + Q / V2, k21 = Q / V2, y[N], mean, occupied = 0;
    double a = 0.5 * (sum + sqrt(sum * sum - 4 * CL / V1 * k21)), b = CL / V1 * k21 / a;

    for (int i = 0; i <= PARTS; i++) {
        double t = EVERY * i / PARTS, rate[3] = {a, b, KA}, amount = 0;
        for (int k = 0; k < 3; k++) { /* sum of the three exponentials, dosed for ever */
            double others = 1;
            for (int m = 0; m < 3; m++)
                others *= m == k ? 1 : rate[m] - rate[k];
            amount += DOSE * KA * (k21 - rate[k]) / others * exp(-rate[k] * t) /
                      (1 - exp(-rate[k] * EVERY));
        }
        occupied += (i == 0 || i == PARTS ? 1
                     : i % 2              ? 4
                                          : 2) *
                    occupancy_of(amount) / (3 * PARTS);
    }
    dose(wired, *state, 168, y, &mean);
    assert_close(mean, 1 - 0.75 * occupied, 1e-6, 0);
    /* near the fold of Gonem 2016: 3.5 (95 % CI 1.7-7.0) */
    assert_true(1 / mean > 3.4 && 1 / mean < 4.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wired_chain_equals_the_chain_by_hand),
        cmocka_unit_test(airway_eosinophils_follow_the_mean_occupancy),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
