/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/airway_equilibrium.h"
#include "models/airway/body.h"
#include "models/airway/hai_murphy.h"
#include "models/catalogue.h"
#include "models/measures/lung_function.h"

enum { DOSES = 11, STAGES = DOSES + 1 };
enum {
    PC20,
    REACHED,
    LARGEST,
    PLATEAU,
    FEV1,
    FALL = FEV1 + STAGES,
    N_OUT = FALL + DOSES
};
enum { N_PARAMETERS = 64, N_READS = 8 };

static const struct pn_test *test, *spirometry;
static pn_lane p[N_PARAMETERS], r[N_READS], out[PN_TEST_POINTS_MOST];

static pn_lane *parameter(const char *name)
{
    int i = pn_table_find(test->parameters, name);

    assert_true(i >= 0);
    return &p[i];
}

static pn_lane *signal(const char *name)
{
    int i = pn_table_find(test->reads, name);

    assert_true(i >= 0);
    return &r[i];
}

/* defaults; a man of 40 years and 178 cm in lane 0, others beside him */
static void defaults(void)
{
    for (size_t i = 0; i < pn_table_size(test->parameters); i++)
        p[i] = pn_all(test->parameters[i].value);
    for (size_t i = 0; i < pn_table_size(test->reads); i++)
        r[i] = pn_all(test->reads[i].value);
    for (size_t l = 0; l < PN_LANES; l++) {
        (*parameter("sex"))[l] = l % 2 == 0;
        (*parameter("age"))[l] = 40 - 5 * (double)(l % 4);
        (*parameter("height"))[l] = 178 - 4 * (double)(l % 4);
    }
}

static void challenge(void)
{
    test->run((struct pn_view){.p = p, .r = r}, out);
}

/* mild, moderate, severe: calibre at baseline, muscle, wall */
static void asthma(double narrowing, double muscle, double wall)
{
    defaults();
    *parameter("narrowing") = pn_all(narrowing);
    *signal("asm.mass") = pn_all(muscle);
    *parameter("wall") = pn_all(wall);
    challenge();
}

static void results_stand_where_they_are_expected(void **state)
{
    static const char *const names[] = {"PC20",    "PC20_reached",   "largest_fall",
                                        "plateau", "challenge_FEV1", "challenge_fall"};

    (void)state;
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(test->results[i].name, names[i]);
    assert_int_equal(pn_test_n_points(test), N_OUT);
}

/* Healthy lungs: PC20 above 16 mg/mL, a plateau below a fall of 20 to 30 %. */
static void healthy_lungs_hardly_respond_and_come_to_a_plateau(void **state)
{
    (void)state;
    defaults();
    challenge();
    for (size_t l = 0; l < PN_LANES; l++) {
        assert_true(out[PC20][l] > 16);
        assert_true(out[LARGEST][l] > 3 && out[LARGEST][l] < 20);
        assert_true(out[PLATEAU][l] == 1 && out[REACHED][l] == 0);
    }
}

/* ATS 1999: borderline 4-16, mild 1-4, moderate to severe below 1 mg/mL. */
static void asthma_responds_earlier_and_without_plateau(void **state)
{
    (void)state;
    asthma(0.75, 1.5, 1.3);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(out[PC20][l] > 1 && out[PC20][l] < 16 && out[REACHED][l] == 1);
    asthma(0.6, 2, 1.5);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(out[PC20][l] > 0.5 && out[PC20][l] < 4 && out[PLATEAU][l] == 0);
    asthma(0.45, 2.5, 2);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(out[PC20][l] < 1 && out[PLATEAU][l] == 0);
}

/* each of three changes makes it worse at every dose */
static void muscle_wall_and_calibre_each_make_it_worse(void **state)
{
    pn_lane healthy[N_OUT];
    static const double worse[3][3] = {
        {1,   2, 1},
        {1,   1, 2},
        {0.6, 1, 1}
    };

    (void)state;
    asthma(1, 1, 1);
    memcpy(healthy, out, sizeof healthy);
    for (size_t i = 0; i < 3; i++) {
        asthma(worse[i][0], worse[i][1], worse[i][2]);
        for (size_t l = 0; l < PN_LANES; l++) {
            assert_true(out[LARGEST][l] > healthy[LARGEST][l]);
            for (size_t d = 6; d < DOSES; d++)
                assert_true(out[FALL + d][l] > healthy[FALL + d][l]);
        }
        /* a thicker wall takes nothing at baseline, nor does muscle at rest */
        if (i < 2)
            assert_close(out[FEV1][0], healthy[FEV1][0], 1e-9, 0);
        else
            assert_true(out[FEV1][0] < healthy[FEV1][0]);
    }
}

static void the_fall_grows_with_the_dose(void **state)
{
    (void)state;
    asthma(0.7, 1.6, 1.4);
    for (size_t l = 0; l < PN_LANES; l++) {
        for (size_t d = 0; d < DOSES; d++) {
            assert_close(out[FALL + d][l],
                         100 * (1 - out[FEV1 + 1 + d][l] / out[FEV1][l]), 0, 1e-10);
            assert_true(d == 0 || out[FALL + d][l] > out[FALL + d - 1][l]);
        }
        assert_true(out[LARGEST][l] == out[FALL + DOSES - 1][l]);
    }
}

/* log PC20 = log C1 + (log C2 - log C1)(20 - R1)/(R2 - R1), ATS 1999 */
static void PC20_is_interpolated_on_the_logarithm_of_the_dose(void **state)
{
    (void)state;
    asthma(0.6, 2, 1.5);
    for (size_t l = 0; l < PN_LANES; l++) {
        double dose = 0.03125, want;
        size_t d = 0;
        for (; out[FALL + d][l] < 20; d++)
            dose *= 2;
        assert_true(d > 0);
        want = log10(dose / 2) + log10(2) * (20 - out[FALL + d - 1][l]) /
                                     (out[FALL + d][l] - out[FALL + d - 1][l]);
        assert_close(out[PC20][l], pow(10, want), 1e-12, 0);
    }
    /* who falls by 20 % at the first dose */
    *parameter("ED50") = pn_all(0.1);
    challenge();
    assert_true(out[FALL][0] > 20);
    assert_close(out[PC20][0], 0.03125 * 20 / out[FALL][0], 1e-14, 0);
}

/* The lumen of one airway, relative to relaxed, put together anew: relaxed it is that of
 * the tube law whatever the wall, so the muscle's circle is wider by what the wall
 * gained. */
static pn_lane factor_of(size_t z, pn_lane calibre, pn_lane wall, pn_lane kappa,
                         pn_lane size)
{
    const struct pn_tube *tube = &pn_lambert_tubes[z];
    double alpha = pn_tube_alpha(tube, 5);
    pn_lane normal = pn_all(tube->area * 100 / (1 << z)) * size, rho, lumen, relaxed;
    struct pn_airway a = {
        .tube = tube, .recoil = pn_all(5), .tethered = pn_all(1), .shortens = 1};

    pn_wall_healthy(&normal, &a.wall);
    a.healthy = a.wall.inner;
    a.wall.inner = wall * a.healthy;
    a.wall.muscle = *signal("asm.mass") * a.wall.muscle;
    a.largest = calibre * normal + (wall - pn_all(1)) * a.healthy / pn_all(alpha);
    pn_airway_relaxed(&a, &rho);
    pn_airway_lumen(&a, &rho, &relaxed);
    assert_close(relaxed[0], (calibre * normal)[0] * alpha, 1e-9, 0);
    pn_airway_narrow(&a, 1, &kappa, &rho);
    pn_airway_lumen(&a, &rho, &lumen);
    return lumen / relaxed;
}

static void FEV1_is_the_chain_of_its_parts(void **state)
{
    pn_lane x[PN_HAI_MURPHY_STATES] = {pn_all(1)}, calibre = pn_all(0.7), kappa;
    double dose = 0.03125;
    struct pn_body body;
    struct pn_lung lung;
    struct pn_expiration e;

    (void)state;
    defaults();
    *parameter("narrowing") = calibre;
    *parameter("wall") = pn_all(1.8);
    *parameter("spread") = pn_all(0);
    *signal("asm.mass") = pn_all(1.5);
    challenge();
    for (size_t d = 0; d < 6; d++, dose *= 2) {
        pn_lane share = pn_all(dose / (dose + 50)), k1 = pn_all(0.55) * share;
        pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, 300, x);
    }
    kappa = pn_all(4.5 * 1.5) * pn_hai_murphy_stress(x);
    pn_body_init(parameter("sex"), parameter("age"), parameter("height"), &body);
    pn_body_lung(&body, &calibre, &lung);
    for (size_t z = 3; z < PN_GENERATIONS; z++)
        lung.bronchi.area[z] =
            lung.bronchi.area[z] * factor_of(z, calibre, pn_all(1.8), kappa, body.area);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(out[FEV1 + 6][l], e.FEV1[l], 1e-5, 0); /* what a shut airway keeps */
}

/* A competitor at M3 shifts the curve by 1 / (1 - occupancy) in dose: half, one doubling.
 * Only what earlier doses left behind differs. */
static void an_antagonist_shifts_the_curve(void **state)
{
    pn_lane free[N_OUT];

    (void)state;
    asthma(0.6, 2, 1.5);
    memcpy(free, out, sizeof free);
    *signal("m3.occupancy") = pn_all(0.5);
    challenge();
    for (size_t l = 0; l < PN_LANES; l++) {
        assert_close(out[PC20][l], 2 * free[PC20][l], 0.02, 0);
        for (size_t d = 3; d < DOSES; d++)
            assert_close(out[FALL + d][l], free[FALL + d - 1][l], 0.03, 0);
    }
    *signal("m3.occupancy") = pn_all(0);
    *signal("beta2.occupancy") = pn_all(0.7);
    challenge();
    for (size_t l = 0; l < PN_LANES; l++) /* by one to three doublings */
        assert_true(out[PC20][l] > 1.8 * free[PC20][l] &&
                    out[PC20][l] < 9 * free[PC20][l]);
}

/* The diluent's FEV1 is the spirometer's, and the fit finds the patient's own. */
static void the_baseline_is_that_of_spirometry(void **state)
{
    pn_lane q[N_PARAMETERS], s[PN_TEST_POINTS_MOST], one = pn_all(1);
    pn_mask failed;

    (void)state;
    defaults();
    *parameter("FEV1") = pn_all(2.4);
    pn_test_fit(test, p, r, NULL, &failed);
    assert_false(pn_any(failed));
    challenge();
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(out[FEV1][l], 2.4, 1e-6, 0);
    for (size_t i = 0; i < pn_table_size(spirometry->parameters); i++) {
        const char *name = spirometry->parameters[i].name;
        q[i] = *parameter(name);
    }
    spirometry->run((struct pn_view){.p = q, .r = &one}, s);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(s[0][l] == out[FEV1][l]);
}

static void a_patient_is_the_same_in_any_lane(void **state)
{
    pn_lane first[N_OUT];

    (void)state;
    asthma(0.55, 2.2, 1.7);
    memcpy(first, out, sizeof first);
    for (size_t i = 0; i < pn_table_size(test->parameters); i++) {
        double kept = p[i][0];
        p[i] = pn_all(test->parameters[i].value);
        p[i][3] = kept;
    }
    (*parameter("height"))[1] = (double)NAN;
    for (size_t i = 0; i < pn_table_size(test->reads); i++)
        r[i][0] = test->reads[i].value;
    challenge();
    for (size_t i = 0; i < N_OUT; i++) {
        double got = out[i][3], want = first[i][0];
        assert_same_bits(&got, &want, 1);
        assert_true(isnan(out[FEV1][1]) && isnan(out[FALL][1]));
    }
}

static int setup(void **state)
{
    (void)state;
    test = pn_test_find("challenge");
    spirometry = pn_test_find("spirometry");
    return test && spirometry ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_stand_where_they_are_expected),
        cmocka_unit_test(healthy_lungs_hardly_respond_and_come_to_a_plateau),
        cmocka_unit_test(asthma_responds_earlier_and_without_plateau),
        cmocka_unit_test(muscle_wall_and_calibre_each_make_it_worse),
        cmocka_unit_test(the_fall_grows_with_the_dose),
        cmocka_unit_test(PC20_is_interpolated_on_the_logarithm_of_the_dose),
        cmocka_unit_test(FEV1_is_the_chain_of_its_parts),
        cmocka_unit_test(an_antagonist_shifts_the_curve),
        cmocka_unit_test(the_baseline_is_that_of_spirometry),
        cmocka_unit_test(a_patient_is_the_same_in_any_lane),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
