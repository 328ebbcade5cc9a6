/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <complex.h>
#include <stdlib.h>

#include "models/airway/lambert.h"
#include "models/lung/tree_impedance.h"
#include "models/lung/womersley.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"
#include "tests/tree_shared.h"

#define CMH2O 98066.5 /* Pa/m3 in cmH2O/L */

static const double seven[] = {1, 2, 3, 5, 10, 20, 30};

/* --- one tube --- */

/* scipy.special.jve: i a^2 / 8 / (1 - 2 J1(z) / (z J0(z))), z = i^(3/2) a */
static const double known[][3] = {
    {0.05, 1.000000005425401, 0.0004166666668009995},
    {0.5,  1.000054249351768, 0.04166621459293485  },
    {1,    1.00086700211427,  0.1666377708953057   },
    {2,    1.013624791193489, 0.6648543292858938   },
    {5,    1.32235595291494,  3.918630365057748    },
    {10,   2.175768436829308, 14.22972621458254    },
    {20,   3.927086003446257, 53.51776541954072    },
    {31,   5.865763859637151, 125.5938913327255    },
    {40,   7.454351456044092, 207.062485508466     },
    {150,  26.89371394865535, 2839.014273697211    },
};

static void womersley_is_that_of_bessel_functions(void **state)
{
    static struct pn_womersley_table table;

    (void)state;
    pn_womersley_fill(&table);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        pn_lane square = pn_all(known[i][0] * known[i][0]);
        struct pn_complex g;
        double size = hypot(known[i][1], known[i][2]);
        pn_womersley(&square, &g);
        assert_close(g.re[0], known[i][1], 0, 2e-11 * size);
        assert_close(g.im[PN_LANES - 1], known[i][2], 0, 2e-11 * size);
        pn_womersley_look(&table, &square, &g);
        assert_close(g.re[0], known[i][1], 0, 2e-10 * size);
        assert_close(g.im[0], known[i][2], 0, 2e-10 * size);
    }
}

static void the_table_is_right_between_its_nodes(void **state)
{
    static struct pn_womersley_table table;

    (void)state;
    pn_womersley_fill(&table);
    for (double a = 0; a < 25; a += 0.00713) {
        pn_lane square = pn_all(a * a);
        struct pn_complex g, t;
        pn_womersley(&square, &g);
        pn_womersley_look(&table, &square, &t);
        assert_close(hypot(g.re[0] - t.re[0], g.im[0] - t.im[0]), 0, 0,
                     2e-10 * hypot(g.re[0], g.im[0]));
    }
}

static void lanes_of_a_tube_do_not_see_each_other(void **state)
{
    static struct pn_womersley_table table;
    pn_lane square, alone;
    struct pn_complex g, h, t, u;

    (void)state;
    pn_womersley_fill(&table);
    for (size_t l = 0; l < PN_LANES; l++)
        square[l] = l % 2 ? 0.3 + (double)l : 500.0 + (double)l;
    square[1] = (double)NAN;
    pn_womersley(&square, &g);
    pn_womersley_look(&table, &square, &t);
    for (size_t l = 0; l < PN_LANES; l++) {
        alone = pn_all(square[l]);
        pn_womersley(&alone, &h);
        pn_womersley_look(&table, &alone, &u);
        if (l == 1) {
            assert_true(isnan(g.re[1]) && isnan(t.re[1]) && isnan(t.im[1]));
            continue;
        }
        assert_true(g.re[l] == h.re[0] && g.im[l] == h.im[0]);
        assert_true(t.re[l] == u.re[0] && t.im[l] == u.im[0]);
    }
}

static void slow_flow_meets_resistance_and_four_thirds_of_inertia(void **state)
{
    (void)state;
    for (double a = 1e-3; a < 0.2; a *= 1.7) {
        pn_lane square = pn_all(a * a);
        struct pn_complex g;
        pn_womersley(&square, &g);
        assert_close(g.re[0], 1, a * a * a * a / 1100, 1e-15);
        assert_close(g.im[0], a * a / 6, a * a * a * a / 1000, 1e-15);
    }
}

/* --- trees --- */

static struct pn_tree *weibel(void)
{
    struct pn_tree *tree;

    assert_int_equal(pn_tree_weibel(17, 1, &tree), PN_OK);
    return tree;
}

static struct pn_tree *grown(size_t n)
{
    const struct pn_tree_patient who = {.seed = 3, .patient = 1, .n_terminals = n};
    struct pn_tree *tree;

    assert_int_equal(pn_tree_grow(&who, &tree), PN_OK);
    return tree;
}

/* models.md section 5.3, computed apart */
static void the_symmetric_lung_has_its_known_impedance(void **state)
{
    const struct pn_oscillation how = {
        .law = PN_BRANCH_RI, .density = 1.15, .viscosity = 1.9e-5, .H = 5.8 * CMH2O};
    struct pn_tree *tree = weibel();
    double R[7], X[7], inertance = 0;

    (void)state;
    assert_int_equal(pn_tree_impedance(tree, &how, 7, seven, R, X), PN_OK);
    assert_close(R[3] / CMH2O, 0.1764, 0, 5e-5);
    assert_close(X[3] / CMH2O, 0.1639, 0, 5e-5);
    assert_close(R[5] / CMH2O, 0.1764, 0, 5e-5);
    assert_close(X[5] / CMH2O, 1.3478, 0, 5e-5);
    for (size_t z = 0; z < tree->n; z++)
        inertance += 1.15 * tree->length[z] / (M_PI * tree->radius[z] * tree->radius[z]) /
                     tree->multiplicity[z];
    for (size_t i = 0; i < 7; i++) {
        double w = 2 * M_PI * seven[i];
        assert_close(X[i], w * inertance - 5.8 * CMH2O / w, 1e-12, 0);
        assert_close(R[i], R[0], 1e-12, 0); /* R5 - R20 = 0 */
    }
    pn_tree_free(&tree);
}

/* the two halves of a lung, one of them narrow */
static void unequal_airways_make_resistance_fall_with_frequency(void **state)
{
    struct pn_oscillation how = {
        .law = PN_BRANCH_RI, .density = 1.15, .viscosity = 1.9e-5, .H = 28 * CMH2O};
    struct pn_tree *tree = grown(3000);
    double *area = calloc(tree->n, sizeof *area);
    double R[7], X[7];

    (void)state;
    assert_non_null(area);
    how.area = area;
    for (size_t i = 0; i < tree->n; i++)
        area[i] = i == 1 ? 0.5 : i > 2 ? area[tree->parent[i]] : 1;
    assert_int_equal(pn_tree_impedance(tree, &how, 7, seven, R, X), PN_OK);
    assert_true(R[3] - R[5] > 0.1 * R[5]);
    free(area);
    pn_tree_free(&tree);
}

static void lengths_and_areas_scale_as_they_must(void **state)
{
    struct pn_oscillation how = {
        .law = PN_BRANCH_RI, .density = 1.15, .viscosity = 1.9e-5, .length = 0.8};
    struct pn_tree *tree = grown(50);
    const double slow[] = {1e-4, 1e-3}; /* flow divides by resistance alone */
    double *area = calloc(tree->n, sizeof *area), R[3][2], X[3][2];

    (void)state;
    assert_int_equal(pn_tree_impedance(tree, &how, 2, slow, R[0], X[0]), PN_OK);
    how.length = 0;
    assert_int_equal(pn_tree_impedance(tree, &how, 2, slow, R[1], X[1]), PN_OK);
    for (size_t i = 0; i < tree->n; i++)
        area[i] = 0.5;
    how.area = area;
    assert_int_equal(pn_tree_impedance(tree, &how, 2, slow, R[2], X[2]), PN_OK);
    assert_close(R[0][1], R[1][1] / (0.8 * 0.8 * 0.8), 1e-6, 0);
    assert_close(X[0][1], X[1][1] / 0.8, 1e-6, 0);
    assert_close(R[2][1], R[1][1] * 4, 1e-6, 0);
    assert_close(X[2][1], X[1][1] * 2, 1e-6, 0);
    free(area);
    pn_tree_free(&tree);
}

/* --- the second method: all nodes at once, Gaussian elimination --- */

static const double complex ONE_I = __builtin_complex(0.0, 1.0);

static double complex g_of(double square)
{
    pn_lane s = pn_all(square);
    struct pn_complex g;

    pn_womersley(&s, &g);
    return g.re[0] + ONE_I * g.im[0];
}

static void stamp(double complex *A, size_t n, size_t from, size_t to, double complex Y)
{
    A[from * n + from] += Y;
    if (to == SIZE_MAX)
        return;
    A[to * n + to] += Y;
    A[from * n + to] -= Y;
    A[to * n + from] -= Y;
}

static void solve(double complex *A, double complex *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < n; i++)
            p = cabs(A[i * n + k]) > cabs(A[p * n + k]) ? i : p;
        for (size_t j = 0; j < n && p != k; j++) {
            double complex t = A[k * n + j];
            A[k * n + j] = A[p * n + j];
            A[p * n + j] = t;
        }
        double complex t = b[k];
        b[k] = b[p], b[p] = p == k ? b[p] : t;
        for (size_t i = k + 1; i < n; i++) {
            double complex m = A[i * n + k] / A[k * n + k];
            for (size_t j = k; j < n; j++)
                A[i * n + j] -= m * A[k * n + j];
            b[i] -= m * b[k];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            b[i] -= A[i * n + j] * b[j];
        b[i] /= A[i * n + i];
    }
}

static double compliance_of(const struct pn_tree *tree, size_t i, double recoil)
{
    double z = (double)(tree->horsfield[0] - tree->horsfield[i]) * 16 /
               (double)(tree->horsfield[0] - 1);
    size_t k = z < 16 ? (size_t)z : 15;
    double c[2];

    for (size_t j = 0; j < 2; j++) {
        const struct pn_tube *tube = &pn_lambert_tubes[k + j];
        c[j] = (pn_tube_alpha(tube, recoil + 1e-4) - pn_tube_alpha(tube, recoil - 1e-4)) /
               (2e-4 * 98.0665 * pn_tube_alpha(tube, recoil));
    }
    return tree->volume[i] * (c[0] + (z - (double)k) * (c[1] - c[0]));
}

/* unit flow into node 0; nodes: inlet, far end of each airway, its middle */
static double complex solved(const struct pn_tree *tree, const struct pn_oscillation *how,
                             double f)
{
    size_t m = 1 + 2 * tree->n, t = 0;
    double complex *A = calloc(m * m, sizeof *A), *b = calloc(m, sizeof *b), Z;
    double w = 2 * M_PI * f, alpha = 2 / M_PI * atan2(how->H, how->G);

    assert_true(A && b);
    b[0] = 1;
    for (size_t i = 0; i < tree->n; i++) {
        size_t from = i == 0 ? 0 : 1 + (size_t)tree->parent[i], to = 1 + i,
               middle = 1 + tree->n + i;
        double complex branch = 0;
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++) {
            double r = tree->segment_radius[k], l = tree->segment_length[k];
            branch += 8 * how->viscosity * l / (M_PI * r * r * r * r) *
                      g_of(r * r * w * how->density / how->viscosity);
        }
        stamp(A, m, from, middle, 2 / branch);
        stamp(A, m, middle, to, 2 / branch);
        stamp(A, m, middle, SIZE_MAX, ONE_I * w * compliance_of(tree, i, how->recoil));
        if (tree->n_children[i] == 0)
            stamp(A, m, to, SIZE_MAX,
                  tree->share[t++] * cpow(w, alpha) / (how->G - ONE_I * how->H));
    }
    solve(A, b, m);
    Z = b[0] + how->resistance + ONE_I * w * how->inertance;
    free(A);
    free(b);
    return Z;
}

static void elimination_agrees_with_a_solver_of_all_nodes(void **state)
{
    const struct pn_oscillation how = {.law = PN_BRANCH_WOMERSLEY,
                                       .density = 1.15,
                                       .viscosity = 1.9e-5,
                                       .G = 5 * CMH2O,
                                       .H = 28 * CMH2O,
                                       .resistance = 0.6 * CMH2O,
                                       .inertance = 500,
                                       .recoil = 5};
    struct pn_tree *tree = grown(40);
    double R[7], X[7];

    (void)state;
    assert_int_equal(pn_tree_impedance(tree, &how, 7, seven, R, X), PN_OK);
    for (size_t i = 0; i < 7; i++) {
        double complex Z = solved(tree, &how, seven[i]);
        assert_close(R[i], creal(Z), 1e-8, 0);
        assert_close(X[i], cimag(Z), 1e-8, 0);
    }
    pn_tree_free(&tree);
}

static void a_frequency_alone_has_the_same_bits(void **state)
{
    const struct pn_oscillation how = {
        .density = 1.15, .viscosity = 1.9e-5, .G = 3e5, .H = 2e6, .recoil = 5};
    struct pn_tree *tree = grown(30);
    double R[7], X[7];

    (void)state;
    assert_int_equal(pn_tree_impedance(tree, &how, 7, seven, R, X), PN_OK);
    for (size_t i = 0; i < 7; i++) {
        double r, x;
        assert_int_equal(pn_tree_impedance(tree, &how, 1, &seven[i], &r, &x), PN_OK);
        assert_same_bits(&r, &R[i], 1);
        assert_same_bits(&x, &X[i], 1);
    }
    pn_tree_free(&tree);
}

/* --- indices --- */

static void indices_are_those_of_a_spectrum_known_by_heart(void **state)
{
    static const double f[] = {4, 5, 8, 14, 20, 26};
    pn_lane R[6], X[6];
    struct pn_oscillation_indices k;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        R[i] = pn_all(10 - f[i] / 10);
        X[i] = pn_all(f[i] - 17);
    }
    for (size_t i = 0; i < 6; i++) /* never positive */
        X[i][1] = -1;
    for (size_t i = 0; i < 6; i++) /* positive from below 5 Hz on */
        X[i][2] = f[i] - 4.5;
    pn_oscillation_indices(6, f, R, X, &k);
    assert_close(k.R5[0], 9.5, 1e-15, 0);
    assert_close(k.R20[0], 8, 1e-15, 0);
    assert_close(k.X5[0], -12, 1e-15, 0);
    assert_close(k.Fres[0], 17, 1e-15, 0);
    assert_close(k.AX[0], 72, 1e-14, 0);
    assert_true(isnan(k.Fres[1]));
    assert_close(k.AX[1], 21, 1e-15, 0);
    assert_close(k.Fres[2], 4.5, 1e-15, 0);
    assert_close(k.AX[2], 0, 0, 0);
    pn_oscillation_indices(4, f + 2, R + 2, X + 2, &k);
    assert_true(isnan(k.R5[0]) && isnan(k.AX[0]));
    assert_close(k.R20[0], 8, 1e-15, 0);
}

/* Otis: two springs behind a branching, out of step; three numbers of another program. */
static void two_springs_out_of_step_are_those_of_otis(void **state)
{
    struct pn_tree *tree = read_shared("chaste/otis_bifurcation.node", 1);
    const struct pn_oscillation how = {
        .law = PN_BRANCH_RI, .viscosity = 1.92e-5, .H = 1 / (2 * 5.098581064890e-7)};
    const double f = 2, w = 2 * M_PI * f;
    double R, X;

    (void)state;
    assert_int_equal(pn_tree_impedance(tree, &how, 1, &f, &R, &X), PN_OK);
    assert_close(R, 52660.8243363, 1e-11, 0);
    assert_close(-1 / (w * X), 5.11516163915e-7, 1e-11, 0);
    assert_close(2 * 250 / (w * hypot(R, X)), 2.42255412819e-4, 1e-11, 0);
    pn_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_springs_out_of_step_are_those_of_otis),
        cmocka_unit_test(womersley_is_that_of_bessel_functions),
        cmocka_unit_test(the_table_is_right_between_its_nodes),
        cmocka_unit_test(lanes_of_a_tube_do_not_see_each_other),
        cmocka_unit_test(slow_flow_meets_resistance_and_four_thirds_of_inertia),
        cmocka_unit_test(the_symmetric_lung_has_its_known_impedance),
        cmocka_unit_test(unequal_airways_make_resistance_fall_with_frequency),
        cmocka_unit_test(lengths_and_areas_scale_as_they_must),
        cmocka_unit_test(elimination_agrees_with_a_solver_of_all_nodes),
        cmocka_unit_test(a_frequency_alone_has_the_same_bits),
        cmocka_unit_test(indices_are_those_of_a_spectrum_known_by_heart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
