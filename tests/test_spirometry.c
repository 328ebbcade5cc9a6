/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/forced_expiration.h"
#include "models/airway/reference_values.h"
#include "models/catalogue.h"
#include "models/measures/lung_function.h"
#include "models/measures/subject.h"

enum { AGE, SEX, HEIGHT, FEV1, NARROWING, N_ALL };
enum { OUT_FEV1, OUT_FVC, OUT_PEF, OUT_RATIO, OUT_PERCENT, OUT_CHOKE, OUT_CURVE };

static const struct pn_test *test;

static const struct patient {
    double age, sex, height, FEV1;
} patients[] = {
    {48, 0, 163, 1.90},
    {35, 1, 181, 3.60},
    {62, 1, 170, 1.20},
    {25, 0, 158, 2.50},
    {70, 0, 155, 1.10},
};
enum { N_PATIENTS = sizeof patients / sizeof *patients };

/* lane l is patient l + shift, over and over */
static void patients_init(pn_lane *p, size_t shift)
{
    for (size_t l = 0; l < PN_LANES; l++) {
        const struct patient *who = &patients[(l + shift) % N_PATIENTS];
        p[AGE][l] = who->age;
        p[SEX][l] = who->sex;
        p[HEIGHT][l] = who->height;
        p[FEV1][l] = who->FEV1;
        p[NARROWING][l] = 1;
    }
}

static void measure(const pn_lane *p, double calibre, pn_lane *out)
{
    pn_lane r = pn_all(calibre);

    test->run((struct pn_view){.p = p, .r = &r}, out);
}

static int setup(void **state)
{
    (void)state;
    test = pn_test_find("spirometry");
    return test == NULL;
}

static void parameters_and_results_stand_where_the_test_expects_them(void **state)
{
    (void)state;
    assert_int_equal(pn_table_find(test->parameters, "narrowing"), NARROWING);
    assert_int_equal(pn_table_find(test->parameters, "FEV1"), FEV1);
    assert_int_equal(pn_table_find(test->results, "FEV1"), OUT_FEV1);
    assert_int_equal(pn_table_find(test->results, "flow_volume"), OUT_CURVE);
    assert_int_equal(pn_test_n_points(test), OUT_CURVE + PN_VOLUME_POINTS);
    assert_int_equal(pn_table_size(test->parameters), N_ALL);
}

/* ERS 1993 worked out by hand, and Lambert's own tree for a TLC of 6.8 L. */
static void volumes_and_airways_follow_from_the_body(void **state)
{
    pn_lane p[N_ALL], r = pn_all(0.5);
    struct pn_subject subject;

    (void)state;
    patients_init(p, 0);
    p[AGE] = pn_all(40);
    p[SEX] = pn_all(1);
    p[HEIGHT] = pn_all(100 * (6.8 + 7.08) / 7.99);
    p[NARROWING] = pn_all(0.8);
    p[SEX][1] = 0;
    p[HEIGHT][1] = 163;
    pn_subject_init((struct pn_view){.p = p, .r = &r}, &subject);
    assert_close(subject.body.TLC[0], 6.8, 1e-12, 0);
    assert_close(subject.body.RV[0], 1.31 * 1.737171464 + 0.88 - 1.23, 1e-9, 0);
    assert_close(subject.body.area[0], 1, 1e-12, 0);
    assert_close(subject.body.length[0], 1, 1e-12, 0);
    assert_close(subject.calibre[0], 0.4, 1e-15, 0);
    assert_close(subject.body.TLC[1], 4.968, 1e-12, 0); /* 10.758 - 5.79 */
    assert_close(subject.body.RV[1], 1.5903, 1e-12, 0); /* 2.9503 + 0.64 - 2 */
    assert_close(subject.body.area[1] * subject.body.length[1], 4.968 / 6.8, 1e-12, 0);
}

/* What `run` says is the forced expiration of the scaled tree, and its parts agree. */
static void results_are_those_of_the_scaled_tree(void **state)
{
    pn_lane p[N_ALL], out[PN_TEST_POINTS_MOST];
    struct pn_lung lung;
    struct pn_expiration e;
    pn_lane TLC, RV;

    (void)state;
    patients_init(p, 0);
    p[NARROWING] = pn_all(0.8);
    measure(p, 0.9, out);
    for (size_t l = 0; l < PN_LANES; l++) {
        double h = p[HEIGHT][l] / 100, male = p[SEX][l];
        TLC[l] = male > 0.5 ? 7.99 * h - 7.08 : 6.60 * h - 5.79;
        RV[l] = male > 0.5 ? 1.31 * h + 0.022 * p[AGE][l] - 1.23
                           : 1.81 * h + 0.016 * p[AGE][l] - 2.00;
    }
    pn_bronchi_init(&lung.bronchi);
    for (size_t z = 0; z < PN_GENERATIONS; z++)
        for (size_t l = 0; l < PN_LANES; l++) {
            double size = cbrt(TLC[l] / 6.8);
            lung.bronchi.area[z][l] *= size * size * (z >= 3 ? 0.72 : 1);
            lung.bronchi.length[z][l] *= size;
        }
    lung.TLC = TLC;
    lung.RV = RV;
    pn_forced_expiration(&lung, 40, &e);
    for (size_t l = 0; l < PN_LANES; l++) {
        const struct patient *who = &patients[l % N_PATIENTS];
        double predicted =
            pn_nhanes3(PN_NHANES3_FEV1, who->sex > 0.5, who->age, who->height, NULL);
        assert_close(out[OUT_FEV1][l], e.FEV1[l], 2e-3, 0);
        assert_close(out[OUT_FVC][l], e.FVC[l], 2e-3, 0);
        assert_close(out[OUT_PEF][l], e.PEF[l], 3e-3, 0);
        assert_close(out[OUT_RATIO][l], out[OUT_FEV1][l] / out[OUT_FVC][l], 1e-15, 0);
        assert_close(out[OUT_PERCENT][l], 100 * out[OUT_FEV1][l] / predicted, 1e-12, 0);
        assert_true(out[OUT_CHOKE][l] >= 2 && out[OUT_CHOKE][l] <= 6);
        for (size_t i = 0; i < PN_VOLUME_POINTS; i++)
            assert_close(out[OUT_CURVE + i][l], e.flow[i][l], 1e-2, 1e-3);
    }
}

/* The published pattern of obstruction: a narrower tree lowers FEV1 more than FVC.  Only
 * who is empty within the second (FEV1 = FVC: a small old lung) has nothing to lose yet.
 */
static void narrowing_obstructs(void **state)
{
    static const double calibres[] = {1.0, 0.8, 0.6, 0.4};
    pn_lane p[N_ALL], out[PN_TEST_POINTS_MOST], last[PN_TEST_POINTS_MOST];
    size_t n_empty = 0;

    (void)state;
    for (size_t shift = 0; shift < N_PATIENTS; shift++) {
        patients_init(p, shift); /* lane 0 is everybody in turn */
        measure(p, 1.2, last);
        for (size_t i = 0; i < sizeof calibres / sizeof *calibres; i++) {
            measure(p, calibres[i], out);
            if (out[OUT_FEV1][0] == out[OUT_FVC][0]) {
                n_empty++;
                assert_true(out[OUT_FEV1][0] == last[OUT_FEV1][0]);
            } else {
                assert_true(out[OUT_FEV1][0] < last[OUT_FEV1][0]);
                assert_true(out[OUT_RATIO][0] < last[OUT_RATIO][0]);
            }
            assert_true(out[OUT_FVC][0] <= last[OUT_FVC][0]);
            assert_true(out[OUT_PEF][0] < last[OUT_PEF][0]);
            memcpy(last, out, sizeof out);
        }
    }
    assert_int_equal(n_empty, 1); /* at calibre 1 */
}

static void the_fit_gives_every_patient_the_own_FEV1(void **state)
{
    const pn_lane r = pn_all(1);

    (void)state;
    for (size_t shift = 0; shift < N_PATIENTS; shift++) {
        pn_lane p[N_ALL], out[PN_TEST_POINTS_MOST];
        pn_mask failed;
        patients_init(p, shift);
        assert_true(pn_test_fit(test, p, &r, NULL, &failed) <= 12);
        assert_false(pn_any(failed));
        measure(p, 1, out);
        for (size_t l = 0; l < PN_LANES; l++) {
            assert_close(out[OUT_FEV1][l], p[FEV1][l], 1.001e-6, 0);
            assert_true(p[NARROWING][l] > 0.15 && p[NARROWING][l] < 1.3);
        }
    }
}

/* Fitted on an airway that is narrow already, the factor makes up for it. */
static void the_fit_sees_the_baseline_signals(void **state)
{
    pn_lane p[N_ALL], q[N_ALL], r = pn_all(1), narrow = pn_all(0.8);
    pn_mask failed;

    (void)state;
    patients_init(p, 0);
    patients_init(q, 0);
    pn_test_fit(test, p, &r, NULL, &failed);
    pn_test_fit(test, q, &narrow, NULL, &failed);
    assert_false(pn_any(failed));
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(q[NARROWING][l] * 0.8, p[NARROWING][l], 1e-5, 0);
}

static void what_is_out_of_reach_is_told_and_never_clipped(void **state)
{
    const pn_lane r = pn_all(1);
    pn_lane p[N_ALL], alone[N_ALL];
    pn_mask failed;

    (void)state;
    patients_init(alone, 0);
    pn_test_fit(test, alone, &r, NULL, &failed);
    patients_init(p, 0);
    p[FEV1][0] = 6;           /* more than the widest airway gives */
    p[FEV1][1] = 0.2;         /* less than the narrowest */
    p[FEV1][2] = (double)NAN; /* not known: nothing to fit */
    p[NARROWING][2] = 0.77;
    pn_test_fit(test, p, &r, NULL, &failed);
    assert_int_equal(pn_bits(failed) & 0xf, 0x3);
    assert_true(isnan(p[NARROWING][0]) && isnan(p[NARROWING][1]));
    assert_true(p[NARROWING][2] == 0.77);
    for (size_t i = 0; i < N_ALL; i++) {
        double got = p[i][3], want = alone[i][3];
        assert_same_bits(&got, &want, 1);
    }
    patients_init(p, 0);
    p[HEIGHT][3] = (double)NAN;
    pn_test_fit(test, p, &r, NULL, &failed);
    assert_int_equal(pn_bits(failed) & 0xf, 0x8);
}

static void a_fit_has_the_same_bits_in_any_lane_and_company(void **state)
{
    const pn_lane r = pn_all(1);
    pn_lane first[N_ALL], first_out[PN_TEST_POINTS_MOST];
    pn_mask failed;

    (void)state;
    patients_init(first, 0);
    pn_test_fit(test, first, &r, NULL, &failed);
    measure(first, 0.9, first_out);
    for (size_t lane = 1; lane < PN_LANES && lane < N_PATIENTS; lane++) {
        pn_lane p[N_ALL], out[PN_TEST_POINTS_MOST];
        patients_init(p, N_PATIENTS - lane); /* patient 0 is in `lane` */
        p[FEV1][lane - 1] = 9;
        pn_test_fit(test, p, &r, NULL, &failed);
        measure(p, 0.9, out);
        assert_true(p[NARROWING][lane] == first[NARROWING][0]);
        for (size_t i = 0; i < pn_test_n_points(test); i++) {
            double got = out[i][lane], want = first_out[i][0];
            assert_same_bits(&got, &want, 1);
        }
    }
}

/* Four tests find the muscle relaxed at baseline: one search, the same bits.  Another
 * FEV1, another calibre or a baseline with tone is another question. */
static void tests_with_one_baseline_are_fitted_once(void **state)
{
    static const char *const names[] = {"challenge", "oscillometry", "fractional_flows"};
    enum { MOST = 32 };
    const pn_lane r[MOST] = {pn_all(0.9), pn_all(1), pn_all(1)};
    pn_lane p[MOST], first[MOST];
    struct pn_fits fits = {.n = 0};
    pn_mask failed, none = {0};

    (void)state;
    patients_init(first, 0);
    first[FEV1][1] = 9; /* out of reach */
    assert_true(pn_test_fit_once(&fits, test, first, r, NULL, &failed) > 2);
    assert_int_equal(fits.n, 1);
    assert_int_equal(pn_bits(failed) & 0xf, 0x2);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct pn_test *other = pn_test_find(names[i]);
        for (size_t k = 0; k < pn_table_size(other->parameters); k++)
            p[k] = pn_all(other->parameters[k].value);
        patients_init(p, 0);
        p[FEV1][1] = 9;
        failed = none;
        assert_int_equal(pn_test_fit_once(&fits, other, p, r, NULL, &failed), 0);
        assert_int_equal(pn_bits(failed) & 0xf, 0x2);
        assert_memory_equal(&p[NARROWING], &first[NARROWING], sizeof *p);
        patients_init(p, 0);
        p[FEV1][1] = 9;
        assert_true(pn_test_fit(other, p, r, NULL, &failed) > 2);
        assert_memory_equal(&p[NARROWING], &first[NARROWING], sizeof *p);
    }
    for (size_t k = 0; k < 3; k++) {
        const struct pn_test *other =
            pn_test_find(k == 2 ? "reversibility" : "challenge");
        const pn_lane wide[MOST] = {pn_all(1), pn_all(1), pn_all(1)};
        for (size_t i = 0; i < pn_table_size(other->parameters); i++)
            p[i] = pn_all(other->parameters[i].value);
        patients_init(p, 0);
        p[FEV1][1] = k == 0 ? 2 : 9;
        assert_true(pn_test_fit_once(&fits, other, p, k == 1 ? wide : r, NULL, &failed) >
                    2);
    }
    assert_int_equal(fits.n, 3); /* reversibility's own is not shared */
}

static void bad_parameters_leave_nan_in_their_lane(void **state)
{
    pn_lane p[N_ALL], out[PN_TEST_POINTS_MOST];

    (void)state;
    patients_init(p, 0);
    p[AGE][1] = 300; /* RV above TLC */
    p[NARROWING][2] = (double)NAN;
    measure(p, 1, out);
    for (size_t i = 0; i < pn_test_n_points(test); i++) {
        assert_true(isnan(out[i][1]) && isnan(out[i][2]));
        assert_false(isnan(out[i][0]) || isnan(out[i][3]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_and_results_stand_where_the_test_expects_them),
        cmocka_unit_test(volumes_and_airways_follow_from_the_body),
        cmocka_unit_test(results_are_those_of_the_scaled_tree),
        cmocka_unit_test(narrowing_obstructs),
        cmocka_unit_test(the_fit_gives_every_patient_the_own_FEV1),
        cmocka_unit_test(the_fit_sees_the_baseline_signals),
        cmocka_unit_test(what_is_out_of_reach_is_told_and_never_clipped),
        cmocka_unit_test(a_fit_has_the_same_bits_in_any_lane_and_company),
        cmocka_unit_test(bad_parameters_leave_nan_in_their_lane),
        cmocka_unit_test(tests_with_one_baseline_are_fitted_once),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
