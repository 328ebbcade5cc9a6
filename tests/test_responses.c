/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The effect compartment and the four indirect responses: closed forms alone, and wired
 * behind a drug. */
#include "stand.h"

#include "solver/base/status.h"
#include "solver/system/system.h"

static const double KIN = 12, KOUT = 0.3, MOST = 0.7, C50 = 2.5;

static void stand_response(struct stand *s, int type, double hill)
{
    char name[8];

    snprintf(name, sizeof name, "idr%d", type);
    stand_init(s, pn_component_find(name));
    stand_set(s, "kin", KIN);
    stand_set(s, "kout", KOUT);
    stand_set(s, type <= 2 ? "Imax" : "Emax", MOST);
    stand_set(s, type <= 2 ? "IC50" : "EC50", C50);
    stand_set(s, "hill", hill);
}

/* at a constant concentration: rate of loss, and the steady state */
static void forces(int type, double effect, double *loss, double *steady)
{
    double made = type == 1 ? 1 - effect : type == 3 ? 1 + effect : 1;
    double lost = type == 2 ? 1 - effect : type == 4 ? 1 + effect : 1;

    *loss = KOUT * lost;
    *steady = KIN * made / *loss;
}

static void responses_follow_their_closed_form_and_wash_out(void **state)
{
    static const double hills[] = {1, 2.5, 0.5}, concentrations[] = {0.4, 2.5, 90};

    (void)state;
    for (int type = 1; type <= 4; type++)
        for (size_t h = 0; h < 3; h++)
            for (size_t c = 0; c < 3; c++) {
                double u = pow(concentrations[c] / C50, hills[h]), loss, steady, there;
                struct stand s;
                stand_response(&s, type, hills[h]);
                stand_read(&s, "drug.C", concentrations[c]);
                assert_close(stand_signal(&s, "response"), KIN / KOUT, 1e-15, 0);
                forces(type, MOST * u / (1 + u), &loss, &steady);
                stand_run(&s, 5);
                there = steady + (KIN / KOUT - steady) * exp(-loss * 5);
                assert_close(stand_signal(&s, "response"), there, 1e-11, 0);
                stand_read(&s, "drug.C", 0);
                stand_run(&s, 4);
                there = KIN / KOUT + (there - KIN / KOUT) * exp(-KOUT * 4);
                assert_close(stand_signal(&s, "response"), there, 1e-11, 0);
                stand_read(&s, "drug.C", concentrations[c]);
                stand_run(&s, 400);
                assert_close(stand_signal(&s, "response"), steady, 1e-11, 0);
            }
}

static void half_the_effect_is_at_c50_whatever_the_steepness(void **state)
{
    static const double hills[] = {0.3, 1, 4};
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stand_response(&s, 1, hills[i]);
        stand_read(&s, "drug.C", C50);
        s.m->rate(stand_view(&s), s.dx);
        assert_close(s.dx[0][0], -KIN * MOST / 2, 1e-12, 0);
    }
}

/* a solver's rounding below 0 must not become NaN, nor the start an infinite slope */
static void nothing_breaks_at_and_below_zero(void **state)
{
    static const double hills[] = {0.2, 0.5, 1, 2.5, 20};
    pn_lane j[3];
    struct stand s;

    (void)state;
    for (int type = 1; type <= 4; type++)
        for (size_t i = 0; i < 5; i++) {
            double up;
            stand_response(&s, type, hills[i]);
            stand_read(&s, "drug.C", 0);
            s.m->rate(stand_view(&s), s.dx);
            s.m->slope(stand_view(&s), j);
            assert_close(s.dx[0][0], 0, 0, 1e-14);
            assert_true(isfinite(j[2][0]));
            stand_read(&s, "drug.C", 1e-3);
            s.m->rate(stand_view(&s), s.dx);
            up = s.dx[0][0];
            stand_read(&s, "drug.C", -1e-3);
            s.m->rate(stand_view(&s), s.dx);
            assert_close(s.dx[0][0], -up, 1e-12, 1e-14);
        }
}

static void the_effect_compartment_follows_a_constant_plasma(void **state)
{
    struct stand s;

    (void)state;
    stand_init(&s, pn_component_find("effect_compartment"));
    stand_set(&s, "ke0", 0.45);
    stand_read(&s, "drug.C", 8);
    stand_run(&s, 3);
    assert_close(stand_signal(&s, "Ce"), 8 * (1 - exp(-0.45 * 3)), 1e-11, 0);
    stand_read(&s, "drug.C", 0);
    stand_run(&s, 2);
    assert_close(stand_signal(&s, "Ce"), 8 * (1 - exp(-0.45 * 3)) * exp(-0.45 * 2), 1e-11,
                 0);
}

/* --- behind a drug --- */

struct wired {
    struct pn_ode ode;
    size_t n;
};

static int wired_rate(double t, const double y[], double dy[], void *user)
{
    struct wired *w = user;
    pn_lane x[16], dx[16];

    (void)t;
    for (size_t i = 0; i < w->n; i++)
        x[i] = pn_all(y[i]);
    w->ode.rate(w->ode.context, x, dx);
    for (size_t i = 0; i < w->n; i++)
        dy[i] = dx[i][0];
    return GSL_SUCCESS;
}

static size_t place(const struct pn_system *system, const char *name)
{
    struct pn_symbol symbol;

    assert_int_equal(pn_system_find(system, name, &symbol), 0);
    return symbol.index;
}

/* One dose into the vein.  C falls with k = CL/V; Ce is its convolution with ke0; idr3
 * with EC50 far above C is driven by Emax C/EC50.  The drug counts in ug/L, the effects
 * in mg/L: the wire converts. */
static void effects_read_the_concentration_of_their_own_drug(void **state)
{
    const struct pn_part parts[] = {
        {pn_component_find("inhaled2"),           "d",                    "d",     NULL, 0},
        {pn_component_find("pk1"),                "other",                "other", NULL, 0},
        {pn_component_find("effect_compartment"), "d.effect_compartment", "d",     NULL, 0},
        {pn_component_find("idr3"),               "d.idr3",               "d",     NULL, 0},
    };
    double t = 6, k = 0.4, ke0 = 1.7, kout = 0.1, c0 = 3.0, drive, p[64], y[16] = {0},
           now = 0;
    struct pn_units *units;
    struct pn_system *system;
    struct pn_lanes *lanes;
    struct wired w;
    gsl_odeiv2_system ode = {wired_rate, NULL, 0, &w};
    gsl_odeiv2_driver *driver;

    (void)state;
    assert_int_equal(pn_units_create(&units), PN_OK);
    assert_int_equal(pn_system_create(parts, 4, units, &system), PN_OK);
    assert_int_equal(pn_lanes_create(system, &lanes), PN_OK);
    w.ode = pn_lanes_ode(lanes);
    w.n = ode.dimension = w.ode.n;
    assert_int_equal(w.n, 8);
    for (size_t i = 0; i < pn_system_n_parameters(system); i++)
        p[i] = pn_system_symbol(system, PN_PARAMETER, i).row->value;
    p[place(system, "d.CL")] = k * 50;
    p[place(system, "d.V1")] = 50;
    p[place(system, "d.Q")] = 0;
    p[place(system, "d.effect_compartment.ke0")] = ke0;
    p[place(system, "d.idr3.Emax")] = 1e3;
    p[place(system, "d.idr3.EC50")] = 1e5;
    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set(lanes, l, p);
    pn_lanes_prepare(lanes);
    y[place(system, "d.A1")] = c0 * 1e3 * 50; /* ug: c0 in mg/L */
    y[place(system, "other.A1")] = 1e4;
    y[place(system, "d.idr3.R")] = 1;
    driver =
        gsl_odeiv2_driver_alloc_y_new(&ode, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-12);
    assert_int_equal(gsl_odeiv2_driver_apply(driver, &now, t, y), GSL_SUCCESS);
    assert_close(y[place(system, "d.A1")], c0 * 1e3 * 50 * exp(-k * t), 1e-10, 0);
    assert_close(y[place(system, "d.effect_compartment.effect")],
                 c0 * ke0 / (ke0 - k) * (exp(-k * t) - exp(-ke0 * t)), 1e-9, 0);
    drive = 1e3 * c0 / 1e5; /* Emax C/EC50, but for a part of 3e-5 */
    assert_close(y[place(system, "d.idr3.R")],
                 1 + 0.1 * drive / (kout - k) * (exp(-k * t) - exp(-kout * t)), 1e-6, 0);
    gsl_odeiv2_driver_free(driver);
    pn_lanes_free(&lanes);
    pn_system_free(&system);
    pn_units_free(&units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_follow_their_closed_form_and_wash_out),
        cmocka_unit_test(half_the_effect_is_at_c50_whatever_the_steepness),
        cmocka_unit_test(nothing_breaks_at_and_below_zero),
        cmocka_unit_test(the_effect_compartment_follows_a_constant_plasma),
        cmocka_unit_test(effects_read_the_concentration_of_their_own_drug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
