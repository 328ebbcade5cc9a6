/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "models/catalogue.h"
#include "models/lung/tree_impedance.h"
#include "models/measures/lung_function.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"

/* as in models/measures/oscillometry.c */
enum { POINTS = 36, MOST = 128 };

static const struct pn_test *test;
static pn_lane p[MOST], out[MOST];
static const pn_lane *results = out;

static size_t parameter(const char *name)
{
    int i = pn_table_find(test->parameters, name);

    assert_true(i >= 0);
    return (size_t)i;
}

static pn_lane result(const char *name)
{
    size_t point = 0;

    for (const struct pn_quantity *row = test->results; row->name; row++) {
        if (strcmp(row->name, name) == 0)
            return results[point];
        point += row->scale > 1 ? (size_t)row->scale : 1;
    }
    fail_msg("no result %s", name);
    return results[0];
}

static const pn_lane *curve(const char *name)
{
    return &results[pn_test_n_points(test) -
                    (strcmp(name, "resistance") == 0 ? 2 * (size_t)POINTS : POINTS)];
}

static void set_defaults(void)
{
    test = pn_test_find("oscillometry");
    for (size_t i = 0; i < pn_table_size(test->parameters); i++)
        p[i] = pn_all(test->parameters[i].value);
}

static void measure(const struct pn_lungs *lungs)
{
    pn_lane r[8];

    for (size_t i = 0; i < pn_table_size(test->reads); i++)
        r[i] = pn_all(test->reads[i].value);
    test->prepare(p);
    test->run((struct pn_view){.p = p, .r = r, .lungs = lungs}, out);
}

/* a woman and a man */
static void set_healthy(void)
{
    set_defaults();
    for (size_t l = 0; l < PN_LANES; l++) {
        int man = l % 2;
        p[parameter("sex")][l] = man;
        p[parameter("height")][l] = man ? 178 : 165;
        p[parameter("weight")][l] = man ? 80 : 65;
        p[parameter("age")][l] = 30 + 5 * (double)l;
    }
}

static void healthy_adults_are_as_predicted(void **state)
{
    static const char *const scores[] = {"R5_R20_z", "X5_z", "Fres_z", "AX_z"};

    (void)state;
    set_healthy();
    measure(NULL);
    for (size_t l = 0; l < PN_LANES; l++) {
        for (size_t i = 0; i < 4; i++)
            assert_true(fabs(result(scores[i])[l]) < 1.96);
        assert_true(result("R5")[l] > 0.2 && result("R5")[l] < 0.4);
        assert_true(result("R5_R20")[l] > 0 && result("R5_R20")[l] < 0.07);
        assert_true(result("Fres_found")[l] == 1);
    }
}

/* 50 years, man, 175 cm, 80 kg; the predicted ones computed apart */
static void scores_are_those_of_the_equations(void **state)
{
    (void)state;
    set_defaults();
    p[parameter("age")] = pn_all(50);
    p[parameter("sex")] = pn_all(1);
    p[parameter("height")] = pn_all(175);
    p[parameter("weight")] = pn_all(80);
    measure(NULL);
    assert_close(result("R5_R20_z")[0] * 0.0348, result("R5_R20")[0] - 0.04393955, 0,
                 1e-6);
    assert_close(result("X5_z")[0] * 0.0408, result("X5")[0] + 0.07965584, 0, 1e-6);
    assert_close(result("Fres_z")[0] * 3.89, result("Fres")[0] - 15.48676833, 0, 1e-6);
    assert_close(result("AX_z")[0] * 0.621, log(result("AX")[0]) + 0.95943083, 0, 1e-6);
}

static void tissue_alone_makes_a_difference_where_regions_are_equal(void **state)
{
    const double w5 = 2 * 3.14159265358979323846 * 5, alpha = 2 / 3.14159265358979323846;
    double want;

    (void)state;
    set_healthy();
    p[parameter("spread")] = pn_all(0);
    p[parameter("hysteresivity")] = pn_all(0.01); /* the least */
    measure(NULL);
    /* Womersley's resistance rises with frequency, and nothing but tissue can fall */
    want = 0.28e-2 * pow(w5, -alpha * atan(100));
    assert_true(result("R5_R20")[0] < want * 10);
    assert_true(result("R5_R20")[0] < 0);
}

static void unequal_regions_and_disease_raise_the_difference(void **state)
{
    double last = -1;

    (void)state;
    for (double spread = 0; spread < 1.3; spread += 0.3) {
        set_healthy();
        p[parameter("spread")] = pn_all(spread);
        p[parameter("narrowing")] = pn_all(0.5);
        measure(NULL);
        assert_true(result("R5_R20")[0] > last);
        last = result("R5_R20")[0];
    }
    assert_true(last > 0.07); /* asthma */
}

static void wall_and_muscle_narrow_the_airways(void **state)
{
    double healthy, worse;

    (void)state;
    set_healthy();
    measure(NULL);
    healthy = result("R5")[0];
    p[parameter("strength")] = pn_all(15);
    measure(NULL);
    worse = result("R5")[0];
    assert_true(worse > healthy);
    p[parameter("wall")] = pn_all(2);
    measure(NULL);
    assert_true(result("R5")[0] > worse);
}

/* --- trees --- */

struct home {
    struct pn_tree *tree;
    int status;
};

static int tree_of(void *context, size_t lane, const struct pn_tree **tree)
{
    struct home *home = context;

    (void)lane;
    *tree = home->tree;
    return home->status;
}

static struct home grown(size_t n)
{
    const struct pn_tree_patient who = {.seed = 3, .patient = 1, .n_terminals = n};
    struct home home = {NULL, PN_OK};

    assert_int_equal(pn_tree_grow(&who, &home.tree), PN_OK);
    return home;
}

static struct pn_lungs lungs_of(struct home *home, size_t n)
{
    struct pn_lungs lungs = {
        .context = home, .n_lanes = n, .seed = 9, .TLC = 6.8, .tree = tree_of};

    for (size_t l = 0; l < PN_LANES; l++)
        lungs.patient[l] = 1 + (int64_t)l;
    return lungs;
}

/* no spread, tone or narrowing: the tree as it is, at the size of the patient's lung */
static void a_tree_is_measured_as_it_is(void **state)
{
    struct home home = grown(100);
    const struct pn_lungs lungs = lungs_of(&home, PN_LANES);
    double f[POINTS], R[POINTS], X[POINTS], TLC = 7.99 * 1.75 - 7.08;
    const double unit = 98066.5, H = 28 * unit * 6.8 / TLC;
    const struct pn_oscillation how = {.density = 1.12,
                                       .viscosity = 1.83e-5,
                                       .G = 0.2 * H,
                                       .H = H,
                                       .resistance = 2 * unit,
                                       .inertance = 0.002 * unit,
                                       .length = cbrt(TLC / 6.8)};

    (void)state;
    set_defaults();
    p[parameter("sex")] = pn_all(1);
    p[parameter("height")] = pn_all(175);
    p[parameter("spread")] = p[parameter("tone")] = pn_all(0);
    measure(&lungs);
    for (size_t i = 0; i < POINTS; i++)
        f[i] = 5 + (double)i;
    assert_int_equal(pn_tree_impedance(home.tree, &how, POINTS, f, R, X), PN_OK);
    for (size_t i = 0; i < POINTS; i++) {
        assert_close(curve("resistance")[i][0], R[i] * 1e-6, 1e-9, 0);
        assert_close(curve("reactance")[i][1], X[i] * 1e-6, 1e-9, 1e-12);
    }
    pn_tree_free(&home.tree);
}

static void regions_of_a_tree_are_drawn_for_each_patient(void **state)
{
    struct home home = grown(300);
    struct pn_lungs lungs = lungs_of(&home, 2);
    pn_lane first;

    (void)state;
    set_defaults();
    p[parameter("spread")] = pn_all(0.8);
    measure(&lungs);
    first = result("R5_R20");
    assert_true(first[0] != first[1]);
    assert_true(first[2] == first[0] && first[3] == first[0]); /* repeat the first */
    lungs.patient[0] = 2;
    measure(&lungs);
    assert_true(result("R5_R20")[0] == first[1]);
    pn_tree_free(&home.tree);
}

static void a_tree_that_cannot_be_made_leaves_nan(void **state)
{
    struct home home = {NULL, PN_ERR_MEMORY};
    const struct pn_lungs lungs = lungs_of(&home, 3);

    (void)state;
    set_defaults();
    measure(&lungs);
    for (size_t i = 0; i < 2 * POINTS; i++)
        for (size_t l = 0; l < PN_LANES; l++)
            assert_true(isnan(curve("resistance")[i][l]));
    assert_true(isnan(result("R5")[0]) && isnan(result("AX")[0]));
    assert_true(isnan(result("AX_z")[0]));
}

/* --- lanes, fit --- */

static void a_patient_alone_has_the_same_bits(void **state)
{
    pn_lane together[MOST];
    const size_t n = pn_test_n_points(pn_test_find("oscillometry"));

    (void)state;
    set_healthy();
    for (size_t l = 0; l < PN_LANES; l++)
        p[parameter("narrowing")][l] = 0.3 + 0.1 * (double)l;
    measure(NULL);
    memcpy(together, out, sizeof together);
    for (size_t l = 0; l < PN_LANES; l++) {
        set_healthy();
        for (size_t i = 0; i < pn_table_size(test->parameters); i++)
            p[i] = pn_all(p[i][l]);
        p[parameter("narrowing")] = pn_all(0.3 + 0.1 * (double)l);
        measure(NULL);
        for (size_t i = 0; i < n; i++)
            assert_true(out[i][0] == together[i][l]);
    }
}

static void narrowing_is_fitted_to_fev1_as_spirometry_does(void **state)
{
    const struct pn_test *spirometry = pn_test_find("spirometry");
    const struct pn_quantity *row = spirometry->parameters;
    pn_lane q[16], one[8];
    pn_mask failed;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        one[i] = pn_all(i < 3 ? 1 : 0);
    for (size_t i = 0; row[i].name; i++)
        q[i] = pn_all(row[i].value);
    set_defaults();
    p[parameter("FEV1")] = pn_all(1.9);
    q[pn_table_find(row, "FEV1")] = pn_all(1.9);
    test->prepare(p);
    pn_test_fit(test, p, one, NULL, &failed);
    assert_false(pn_any(failed));
    pn_test_fit(spirometry, q, one, NULL, &failed);
    assert_close(p[parameter("narrowing")][0], q[pn_table_find(row, "narrowing")][0],
                 1e-12, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_adults_are_as_predicted),
        cmocka_unit_test(scores_are_those_of_the_equations),
        cmocka_unit_test(tissue_alone_makes_a_difference_where_regions_are_equal),
        cmocka_unit_test(unequal_regions_and_disease_raise_the_difference),
        cmocka_unit_test(wall_and_muscle_narrow_the_airways),
        cmocka_unit_test(a_tree_is_measured_as_it_is),
        cmocka_unit_test(regions_of_a_tree_are_drawn_for_each_patient),
        cmocka_unit_test(a_tree_that_cannot_be_made_leaves_nan),
        cmocka_unit_test(a_patient_alone_has_the_same_bits),
        cmocka_unit_test(narrowing_is_fitted_to_fev1_as_spirometry_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
