/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that are made: Weibel's and Horsfield's against closed forms, grown ones against
 * published statistics. */
#include "tests/check.h"

#include "models/airway/weibel.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"
#include "solver/tree/tree_statistics.h"

static const double cmH2O_per_litre = 98066.5; /* Pa/m3 */

/* --- Weibel --- */

static void weibels_tree_has_its_volume_and_resistance(void **state)
{
    struct pn_tree_statistics s;
    struct pn_tree *tree;

    (void)state;
    assert_int_equal(pn_tree_weibel(17, 1, &tree), PN_OK);
    assert_int_equal(tree->n, 17);
    pn_tree_statistics(tree, &s);
    assert_close(s.n_airways, 131071, 0, 0);
    assert_close(s.n_terminals, 65536, 0, 0);
    assert_close(s.volume * 1e6, 175.16, 3e-5, 0);
    assert_close(s.resistance_shape * 1.9e-5 / cmH2O_per_litre, 0.176397, 3e-6, 0);
    assert_close(s.strahler.branching, 2, 1e-12, 0);
    pn_tree_free(&tree);
    assert_int_equal(pn_tree_weibel(24, 1, &tree), PN_OK);
    pn_tree_statistics(tree, &s);
    assert_close(s.volume * 1e6, 1599.8, 4e-5, 0);
    assert_close(s.resistance_shape * 1.9e-5 / cmH2O_per_litre, 0.178550, 3e-6, 0);
    pn_tree_free(&tree);
    assert_int_equal(pn_tree_weibel(25, 1, &tree), PN_ERR_VALUE);
    assert_int_equal(pn_tree_weibel(17, (double)NAN, &tree), PN_ERR_VALUE);
    assert_null(tree);
}

/* Airway by airway instead of row by row: the same resistance. */
static void a_row_for_many_equals_many_rows(void **state)
{
    struct pn_tree *rows, *airways;
    size_t n = (1u << 8) - 1;

    (void)state;
    assert_int_equal(pn_tree_weibel(8, 1, &rows), PN_OK);
    assert_int_equal(pn_tree_create(n, n + 1, 0, &airways), PN_OK);
    for (size_t i = 0; i < n; i++) {
        size_t z = 0;
        while (((size_t)2 << z) - 1 <= i)
            z++;
        airways->parent[i] = i == 0 ? -1 : (int)((i - 1) / 2);
        airways->first_point[i] = i + 1;
        airways->segment_length[i + 1] = rows->length[z];
        airways->segment_radius[i + 1] = rows->radius[z];
    }
    airways->first_point[n] = n + 1;
    assert_int_equal(pn_tree_derive(airways), PN_OK);
    assert_close(pn_tree_resistance_of(airways), pn_tree_resistance_of(rows), 1e-13, 0);
    assert_int_equal(airways->strahler[0], rows->strahler[0]);
    assert_int_equal(airways->horsfield[0], rows->horsfield[0]);
    pn_tree_free(&rows);
    pn_tree_free(&airways);
}

/* --- Horsfield --- */

/* With delta d everywhere the airways of order n are counted by
 * N(n) = N(n - 1) + N(max(n - 1 - d, 1)). */
static void horsfields_tree_counts_as_its_recursion(void **state)
{
    (void)state;
    for (int d = 0; d < 5; d++) {
        int delta[21];
        double size[21], terminals[21] = {0, 1};
        struct pn_tree_statistics s;
        struct pn_tree *tree;
        for (int n = 0; n <= 20; n++) {
            delta[n] = d;
            size[n] = 1e-3;
            if (n > 1)
                terminals[n] =
                    terminals[n - 1] + terminals[n - 1 - d > 1 ? n - 1 - d : 1];
        }
        assert_int_equal(pn_tree_horsfield(20, delta, size, size, &tree), PN_OK);
        pn_tree_statistics(tree, &s);
        assert_close(s.n_terminals, terminals[20], 0, 0);
        assert_close(s.n_airways, 2 * terminals[20] - 1, 0, 0);
        assert_int_equal(tree->horsfield[0], 20);
        assert_int_equal(d == 0, tree->n == 20); /* only equal daughters share a row */
        pn_tree_free(&tree);
    }
}

static void a_thousand_million_airways_are_refused(void **state)
{
    int delta[41] = {0};
    double size[41];
    struct pn_tree *tree;

    (void)state;
    for (int n = 0; n <= 40; n++) {
        delta[n] = n % 2;
        size[n] = 1e-3;
    }
    assert_int_equal(pn_tree_horsfield(40, delta, size, size, &tree), PN_OK);
    pn_tree_free(&tree);
    for (int n = 0; n <= 40; n++)
        delta[n] = 1;
    assert_int_equal(pn_tree_horsfield(40, delta, size, size, &tree), PN_ERR_VALUE);
    assert_null(tree);
    delta[7] = -1;
    assert_int_equal(pn_tree_horsfield(20, delta, size, size, &tree), PN_ERR_VALUE);
    assert_int_equal(pn_tree_horsfield(41, delta, size, size, &tree), PN_ERR_VALUE);
}

/* --- grown --- */

static struct pn_tree *grown(struct pn_tree_patient patient)
{
    struct pn_tree *tree;

    assert_int_equal(pn_tree_grow(&patient, &tree), PN_OK);
    return tree;
}

/* Published: Strahler ratios 2.81 in number and 1.40 in length (Horsfield and Cumming
 * 1968), 1.4 in diameter; length to diameter 2.8 to 3.3 (Weibel 1963: 3.25); terminal
 * bronchioles after 8 to 25 branchings; 109 mL of conducting airways at 3 L (Weibel, 0 to
 * 16).  A single tree has few airways of the highest orders: the mean of four is held
 * against the ratios. */
static void grown_trees_have_published_statistics(void **state)
{
    enum { SEEDS = 4 };
    double branching = 0, length = 0, diameter = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct pn_tree *tree =
            grown((struct pn_tree_patient){.seed = seed, .patient = 1});
        struct pn_tree_statistics s;
        pn_tree_statistics(tree, &s);
        assert_int_equal(tree->n, 59999);
        assert_int_equal(tree->n_terminals, 30000);
        branching += s.strahler.branching / SEEDS;
        length += s.strahler.length / SEEDS;
        diameter += s.strahler.diameter / SEEDS;
        assert_close(s.horsfield.branching, 1.45, 0, 0.05);
        assert_close(s.length_to_diameter, 3.05, 0, 0.25);
        assert_close(s.generation_mean, 16.5, 0, 0.5);
        assert_true(s.generation_least >= 7 && s.generation_most <= 30);
        assert_close(s.angle, 40, 0, 1);
        assert_close(s.volume * 1e6, 109, 0, 16);
        assert_close(s.resistance_shape * 1.9e-5 / cmH2O_per_litre, 0.38, 0, 0.05);
        pn_tree_free(&tree);
    }
    assert_close(branching, 2.81, 0, 0.12);
    assert_close(length, 1.40, 0, 0.06);
    assert_close(diameter, 1.40, 0, 0.07);
}

static void a_grown_tree_is_a_function_of_seed_and_patient(void **state)
{
    struct pn_tree_patient one = {.seed = 5, .patient = 3, .n_terminals = 2000};
    struct pn_tree *a = grown(one), *again = grown(one), *other, *seed;

    (void)state;
    one.patient = 4;
    other = grown(one);
    one.patient = 3;
    one.seed = 6;
    seed = grown(one);
    assert_int_equal(a->n, 3999);
    assert_memory_equal(a->parent, again->parent, a->n * sizeof *a->parent);
    assert_same_bits(a->x, again->x, a->n_points);
    assert_same_bits(a->radius, again->radius, a->n);
    assert_true(memcmp(a->radius, other->radius, a->n * sizeof(double)) != 0);
    assert_true(memcmp(a->radius, seed->radius, a->n * sizeof(double)) != 0);
    pn_tree_free(&a);
    pn_tree_free(&again);
    pn_tree_free(&other);
    pn_tree_free(&seed);
}

/* Twice the volume: the same tree, larger by 2^(1/3) in every length. */
static void a_grown_tree_scales_with_the_lung(void **state)
{
    struct pn_tree_patient p = {
        .seed = 2, .patient = 1, .n_terminals = 500, .volume = 2e-3};
    struct pn_tree *small = grown(p), *large, *wide;

    (void)state;
    p.volume = 4e-3;
    large = grown(p);
    p.calibre = 0.7;
    wide = grown(p);
    for (size_t i = 0; i < small->n; i++) {
        assert_int_equal(large->parent[i], small->parent[i]);
        assert_close(large->length[i], cbrt(2) * small->length[i], 1e-9, 0);
        assert_close(large->radius[i], cbrt(2) * small->radius[i], 1e-12, 0);
        assert_close(wide->radius[i], 0.7 * large->radius[i], 1e-12, 0);
    }
    pn_tree_free(&small);
    pn_tree_free(&large);
    pn_tree_free(&wide);
    p = (struct pn_tree_patient){.seed = 2, .patient = 1, .n_terminals = 500};
    small = grown(p); /* 1.76 m */
    p.height = 1.60;
    large = grown(p);
    assert_close(large->length[0] / small->length[0], 1.60 / 1.76, 1e-12, 0);
    pn_tree_free(&small);
    pn_tree_free(&large);
}

/* Units lie where their lobe is, and in the numbers of its part. */
static void lobes_have_their_parts(void **state)
{
    struct pn_tree_patient p = {.seed = 1, .patient = 1, .n_terminals = 10000};
    static const double part_of[] = {0, 0.20, 0.09, 0.25, 0.23, 0.23};
    double n[PN_LOBES] = {0}, y[PN_LOBES] = {0}, z[PN_LOBES] = {0}, sum = 0;
    struct pn_tree *tree = grown(p);

    (void)state;
    for (size_t k = 0; k < tree->n_terminals; k++) {
        size_t i = (size_t)tree->terminal[k], end = pn_tree_end(tree, i);
        int lobe = tree->lobe[i];
        n[lobe] += 1;
        y[lobe] += tree->y[end];
        z[lobe] += tree->z[end];
        sum += tree->share[k];
        assert_true((tree->x[end] > 0) == (lobe >= PN_LOBE_LEFT_UPPER));
    }
    assert_close(sum, 1, 1e-9, 0);
    for (int lobe = 1; lobe < PN_LOBES; lobe++) {
        assert_close(n[lobe], 10000 * part_of[lobe], 0, 1);
        y[lobe] /= n[lobe];
        z[lobe] /= n[lobe];
    }
    assert_true(z[PN_LOBE_RIGHT_UPPER] > z[PN_LOBE_RIGHT_MIDDLE]);
    assert_true(z[PN_LOBE_LEFT_UPPER] > z[PN_LOBE_LEFT_LOWER]);
    assert_true(y[PN_LOBE_RIGHT_MIDDLE] > y[PN_LOBE_RIGHT_LOWER]);
    pn_tree_free(&tree);
    /* a lobe that was taken out, and a whole lung */
    pn_tree_usual_lobes(p.lobe);
    p.lobe[PN_LOBE_RIGHT_MIDDLE] = 0;
    tree = grown(p);
    assert_int_equal(tree->n, 19999);
    pn_tree_free(&tree);
    p.lobe[PN_LOBE_LEFT_UPPER] = p.lobe[PN_LOBE_LEFT_LOWER] = 0;
    tree = grown(p);
    assert_int_equal(tree->n, 19999);
    for (size_t i = 0; i < tree->n; i++)
        assert_true(tree->lobe[i] <= PN_LOBE_RIGHT_LOWER);
    pn_tree_free(&tree);
}

static void patients_out_of_range_are_refused(void **state)
{
    static const struct pn_tree_patient bad[] = {
        {.height = 0.5},      {.height = (double)NAN},
        {.volume = -1},       {.calibre = 4},
        {.n_terminals = 9},   {.n_terminals = 1000001},
        {.lobe = {0, -1, 1}}, {.lobe = {0, (double)NAN, 1}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pn_tree *tree;
        assert_int_equal(pn_tree_grow(&bad[i], &tree), PN_ERR_VALUE);
        assert_null(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weibels_tree_has_its_volume_and_resistance),
        cmocka_unit_test(a_row_for_many_equals_many_rows),
        cmocka_unit_test(horsfields_tree_counts_as_its_recursion),
        cmocka_unit_test(a_thousand_million_airways_are_refused),
        cmocka_unit_test(grown_trees_have_published_statistics),
        cmocka_unit_test(a_grown_tree_is_a_function_of_seed_and_patient),
        cmocka_unit_test(a_grown_tree_scales_with_the_lung),
        cmocka_unit_test(lobes_have_their_parts),
        cmocka_unit_test(patients_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
