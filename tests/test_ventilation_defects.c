/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "models/lung/ventilation_defects.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"

enum { GENERATIONS = 8, N = (1 << GENERATIONS) - 1, UNITS = 1 << (GENERATIONS - 1) };

struct rig {
    struct pn_tree *tree;
    struct pn_tree_bronchi *b;
    struct pn_defects_options options;
    struct pn_defects d;
    pn_lane v[N], lumen[N];
};

static int set_up(void **state)
{
    static struct rig rig;

    assert_int_equal(pn_tree_weibel_unfolded(GENERATIONS, 0.855, &rig.tree), 0);
    assert_int_equal(pn_tree_bronchi_create(rig.tree, 3 / 6.8, &rig.b), 0);
    *state = &rig;
    pn_defects_defaults(&rig.options);
    return 0;
}

static int tear_down(void **state)
{
    struct rig *r = *state;

    pn_tree_bronchi_free(&r->b);
    pn_tree_free(&r->tree);
    return 0;
}

static void breathe(struct rig *r, const double *tension, double noise, uint64_t seed)
{
    pn_lane T;

    for (size_t l = 0; l < PN_LANES; l++)
        T[l] = tension[l % 4];
    r->options.noise = noise;
    r->options.seed = seed;
    assert_int_equal(pn_ventilation_defects(r->b, &r->options, &T, &r->d, r->v, r->lumen),
                     0);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_true(r->d.breaths[l] < (double)r->options.most); /* all airways stay */
}

/* What is breathed arrives: behind each airway as much as behind its daughters, up to the
 * phase, and equal walls breathe equally at any tension. */
static void without_noise_all_units_breathe_alike(void **state)
{
    const double tension[4] = {0, 4, 5, 12};
    struct rig *r = *state;

    breathe(r, tension, 0, 1);
    for (size_t l = 0; l < 4; l++) {
        assert_close(r->d.variation[l], 0, 0, 1e-9);
        for (size_t i = 0; i < N; i++)
            assert_close(r->v[i][l], 1, 1e-9, 0);
    }
    assert_true(r->lumen[N - 1][1] < r->lumen[N - 1][0]);
    assert_true(r->lumen[N - 1][3] < 0.01);
}

/* The tension above which some unit is defective, by bisection. */
static double critical_tension(struct rig *r, uint64_t seed, double noise)
{
    double low = 4, high = 8;

    for (int i = 0; i < 5; i++) { /* three tensions at a time */
        const double step = (high - low) / 4;
        const double tension[4] = {low + step, low + 2 * step, low + 3 * step, high};
        int k = 0;
        breathe(r, tension, noise, seed);
        assert_true(r->d.defective[3] > 0); /* high is above it */
        while (r->d.defective[k] == 0)
            k++;
        low = k == 0 ? low : tension[k - 1];
        high = tension[k];
    }
    return high;
}

/* Venegas 2005: even below a critical activation, two populations in clusters above it.
 * Stated range of the critical tension: 4.6 to 5.6 cmH2O at the default lung (each of the
 * airways alone would close at 6.7 were ventilation to stay even). */
static void a_critical_activation_divides_even_from_patchy(void **state)
{
    const double noise = 0.03;
    struct rig *r = *state;

    for (uint64_t seed = 1; seed <= 3; seed++) {
        double T = critical_tension(r, seed, noise);
        const double tension[4] = {0.5 * T, 0.98 * T, 1.15 * T, 1.3 * T};
        assert_true(T > 4.6 && T < 5.6);
        breathe(r, tension, noise, seed);
        for (size_t l = 0; l < 2; l++) {
            assert_true(r->d.variation[l] <= noise);
            assert_true(r->d.defective[l] == 0 && r->d.clusters[l] == 0);
        }
        for (size_t l = 2; l < 4; l++) {
            double n = r->d.defective[l] * UNITS;
            assert_true(r->d.variation[l] > 10 * noise);
            assert_true(r->d.bimodality[l] > 5. / 9);
            /* n units thrown at random would leave hardly any pair */
            assert_true(r->d.clusters[l] < 0.5 * n && r->d.largest[l] >= 4. / UNITS);
        }
    }
}

/* The same activation, other walls: other units; twice the noise on the same walls puts
 * the even lung's variation at twice. */
static void walls_choose_the_cluster(void **state)
{
    const double tension[4] = {4, 5.6, 5.8, 6};
    struct rig *r = *state;
    int first[UNITS], n_both = 0, n_first = 0, n_second = 0;
    double variation;

    breathe(r, tension, 0.02, 11);
    variation = r->d.variation[0];
    for (size_t k = 0; k < UNITS; k++)
        first[k] = r->v[r->tree->terminal[k]][1] < 0.5;
    breathe(r, tension, 0.02, 12);
    for (size_t k = 0; k < UNITS; k++) {
        int second = r->v[r->tree->terminal[k]][1] < 0.5;
        n_both += first[k] && second;
        n_first += first[k];
        n_second += second;
    }
    assert_true(n_first > 4 && n_second > 4);
    assert_true(n_both < n_first && n_both < n_second);
    breathe(r, tension, 0.04, 11);
    assert_close(r->d.variation[0], 2 * variation, 0.1, 0);
}

/* Lanes are activations and do not see each other. */
static void an_activation_has_the_same_bits_in_any_company(void **state)
{
    const double one[4] = {5.7, 3, 8, 5}, other[4] = {6, 7, 4, 5.7};
    struct rig *r = *state;
    double want[N];

    breathe(r, one, 0.03, 4);
    for (size_t i = 0; i < N; i++)
        want[i] = r->v[i][0];
    breathe(r, other, 0.03, 4);
    for (size_t i = 0; i < N; i++) {
        double got = r->v[i][3];
        assert_same_bits(&got, &want[i], 1);
    }
}

static void rows_that_stand_for_many_are_refused(void **state)
{
    struct rig *r = *state;
    struct pn_tree *rows;
    struct pn_tree_bronchi *b;
    pn_lane T = pn_all(5);

    assert_int_equal(pn_tree_weibel(5, 1, &rows), 0);
    assert_int_equal(pn_tree_bronchi_create(rows, 0.5, &b), 0);
    assert_int_equal(pn_ventilation_defects(b, &r->options, &T, &r->d, NULL, NULL),
                     PN_ERR_INPUT);
    pn_tree_bronchi_free(&b);
    pn_tree_free(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_noise_all_units_breathe_alike),
        cmocka_unit_test(a_critical_activation_divides_even_from_patchy),
        cmocka_unit_test(walls_choose_the_cluster),
        cmocka_unit_test(an_activation_has_the_same_bits_in_any_company),
        cmocka_unit_test(rows_that_stand_for_many_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
