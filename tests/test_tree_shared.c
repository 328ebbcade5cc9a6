/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that others made, and what they printed of them (tree_shared.h). */
#include "tests/check.h"

#include "solver/tree/tree_statistics.h"
#include "tests/tree_shared.h"

/* what must come out: 0 in a column means not given */
/* clang-format off */
static const struct {
    const char *name;
    int edge_radius;
    double n_airways, n_terminals, n_points;
    double viscosity, resistance; /* Pa.s, Pa.s/m3 */
    double volume;                /* mL */
    double rtol;                  /* of the digits given */
} table[] = {
    /* 100 Pa / Q0 */
    {"chaste/y_branch_3d_mesh.node",              0, 3,     2,     4,     1,       100 / 0.09281361061349,       0,           1e-12},
    {"chaste/y_branch_3d_mesh.node",              1, 3,     2,     4,     1,       100 / 0.01993200716762,       0,           1e-12},
    /* 15 Pa / Q0 */
    {"chaste/three_bifurcations.node",            0, 7,     4,     8,     1.92e-5, 15 / 2.84070516275e-10,       0,           1e-11},
    {"chaste/three_bifurcations_extra_links.node", 0, 7,    4,     15,    1.92e-5, 15 / 2.84070516275e-10,       0,           1e-11},
    /* 50 Pa / Q0 */
    {"chaste/top_of_tree.node",                   0, 29,    15,    31,    1.92e-5, 50 / 3.272293050724e-2,       0,           1e-12},
    {"chaste/TestSubject002MajorAirways.vtu",     0, 165,   83,    12065, 0,       0,                            0,           0    },
    {"subject002/subject002_generated.node.gz",   0, 59893, 29947, 72617, 1.92e-5, 8.7279444965e4,               61.4376,     5e-7 },
    {"lungnoodle/SmallTree.ipnode",               0, 119,   60,    561,   1.8e-5,  1.4647580922e4,               117.1732568, 4e-10},
    {"lungnoodle/Small.ipnode",                   0, 3,     2,     4,     0,       0,                            0,           0    },
};
/* clang-format on */

static void others_trees_have_the_numbers_that_others_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct pn_tree *tree = read_shared(table[i].name, table[i].edge_radius);
        struct pn_tree_statistics s;
        pn_tree_statistics(tree, &s);
        assert_close(s.n_airways, table[i].n_airways, 0, 0);
        assert_close(s.n_terminals, table[i].n_terminals, 0, 0);
        assert_int_equal(tree->n_points, table[i].n_points);
        if (table[i].viscosity > 0)
            assert_close(s.resistance_shape * table[i].viscosity, table[i].resistance,
                         fmin(table[i].rtol, 4e-10), 0);
        if (table[i].volume > 0)
            assert_close(s.volume * 1e6, table[i].volume, table[i].rtol, 0);
        pn_tree_free(&tree);
    }
}

/* Length, volume, shape of resistance and centre of a Y of three cut airways. */
static void a_cut_y_has_its_subtree_properties(void **state)
{
    struct pn_tree *tree = read_shared("chaste/TestSubtreeProperties.node", 0);
    double length = 0, volume = 0, centre = 0, arm = sqrt(72);

    (void)state;
    for (size_t i = 0; i < tree->n; i++) {
        length += tree->length[i];
        volume += tree->volume[i];
        for (size_t k = tree->first_point[i]; k < tree->first_point[i + 1]; k++) {
            size_t from = k > tree->first_point[i] ? k - 1 : pn_tree_start(tree, i);
            centre += (tree->x[k] + tree->x[from]) / 2 * tree->segment_length[k];
        }
    }
    assert_close(length * 1e3, 6 + 2 * arm, 1e-14, 0);
    assert_close(volume * 1e9, M_PI * (6 + 2 * arm), 1e-13, 0);
    assert_close(pn_tree_resistance_of(tree) * M_PI / 8 / 1e9, 6 + arm / 2, 1e-13, 0);
    assert_close(centre / length * 1e3, (2 * arm - 27) / 7, 1e-13, 0);
    pn_tree_free(&tree);
}

/* Radius and length of every element, as another program prints them. */
static void every_element_has_its_printed_radius_and_length(void **state)
{
    struct pn_tree *tree = read_shared("lungnoodle/SmallTree.ipelem", 0);
    double *length, *radius, number, flow, r, l, resistance;
    size_t n = 0, n_found = 0;
    FILE *file;

    (void)state;
    length = calloc(1000, sizeof *length);
    radius = calloc(1000, sizeof *radius);
    file = fopen(shared_path("lungnoodle/aether_output/"
                             "SmallTree_elem_flow_radius_length_resistance.txt"),
                 "r");
    assert_non_null(file);
    while (n < 1000 && fscanf(file, "%lf %lf %lf %lf %lf", &number, &flow, &r, &l,
                              &resistance) == 5) {
        radius[n] = r * 1e-3;
        length[n++] = l * 1e-3;
    }
    fclose(file);
    assert_int_equal(n, 560);
    /* elements are numbered by their far node in this file, segments by airway: as sets
     */
    for (size_t k = 1; k < tree->n_points; k++)
        for (size_t j = 0; j < n; j++)
            if (fabs(length[j] - tree->segment_length[k]) < 1e-8 * length[j] + 1e-12 &&
                fabs(radius[j] - tree->segment_radius[k]) < 1e-8 * radius[j]) {
                radius[j] = (double)NAN; /* used */
                n_found++;
                break;
            }
    assert_int_equal(n_found, 560);
    free(length);
    free(radius);
    pn_tree_free(&tree);
}

/* Haefeli-Bleuler and Weibel's mean acinus: nine generations. */
static void the_mean_acinus_has_nine_generations(void **state)
{
    static const double length[] = {1.33,  1.118, 0.93,  0.83, 0.67,
                                    0.692, 0.716, 0.693, 0.637};
    static const double radius[] = {0.347, 0.343, 0.35,  0.355, 0.342,
                                    0.347, 0.354, 0.359, 0.245};
    struct pn_tree *tree = read_shared("lungnoodle/HBW_mean.ipmesh", 0);

    (void)state;
    assert_int_equal(tree->n, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_close(tree->length[i] * 1e3, length[i], 1e-14, 0);
        assert_close(tree->radius[i] * 1e3, radius[i], 1e-14, 0);
        assert_close(tree->multiplicity[i], ldexp(1, (int)i), 0, 0);
    }
    pn_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_trees_have_the_numbers_that_others_found),
        cmocka_unit_test(a_cut_y_has_its_subtree_properties),
        cmocka_unit_test(every_element_has_its_printed_radius_and_length),
        cmocka_unit_test(the_mean_acinus_has_nine_generations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
