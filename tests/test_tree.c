/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct pn_tree: what follows from parents, multiplicities and segments. */
#include "tests/check.h"

#include "models/lung/tree.h"
#include "solver/base/status.h"

/* A tree from parents; one segment of 5 mm x 1 mm each. */
static struct pn_tree *make(const int *parent, size_t n)
{
    struct pn_tree *tree;

    assert_int_equal(pn_tree_create(n, n + 1, 0, &tree), PN_OK);
    for (size_t i = 0; i < n; i++) {
        tree->parent[i] = parent[i];
        tree->first_point[i] = i + 1;
        tree->segment_length[i + 1] = 5e-3;
        tree->segment_radius[i + 1] = 1e-3;
    }
    tree->first_point[n] = n + 1;
    return tree;
}

static void orders_count_from_the_leaves(void **state)
{
    /* 0 has 1 and 2; 1 has 3 and 4; 4 has 5 and 6 and 7 */
    static const int parent[] = {-1, 0, 0, 1, 1, 4, 4, 4};
    static const int generation[] = {0, 1, 1, 2, 2, 3, 3, 3};
    static const int horsfield[] = {4, 3, 1, 1, 2, 1, 1, 1};
    static const int strahler[] = {2, 2, 1, 1, 2, 1, 1, 1};
    static const int terminal[] = {2, 3, 5, 6, 7};
    static const size_t start[] = {0, 1, 3, 5, 8};
    struct pn_tree *tree = make(parent, 8);

    (void)state;
    assert_int_equal(pn_tree_derive(tree), PN_OK);
    assert_memory_equal(tree->generation, generation, sizeof generation);
    assert_memory_equal(tree->horsfield, horsfield, sizeof horsfield);
    assert_memory_equal(tree->strahler, strahler, sizeof strahler);
    assert_int_equal(tree->n_terminals, 5);
    assert_memory_equal(tree->terminal, terminal, sizeof terminal);
    assert_int_equal(tree->n_generations, 4);
    assert_memory_equal(tree->generation_start, start, sizeof start);
    assert_int_equal(tree->first_child[4], 5);
    assert_int_equal(tree->n_children[4], 3);
    assert_int_equal(tree->first_child[7], -1);
    assert_close(tree->share[3], 0.2, 1e-15, 0);
    pn_tree_free(&tree);
    pn_tree_free(&tree);
    assert_null(tree);
}

static void segments_add_up_to_one_airway(void **state)
{
    struct pn_tree *tree;
    double shape = 2e-3 / 1e-12 + 3e-3 / 16e-12;

    (void)state;
    assert_int_equal(pn_tree_create(1, 3, 0, &tree), PN_OK);
    tree->parent[0] = -1;
    tree->first_point[0] = 1;
    tree->first_point[1] = 3;
    tree->segment_length[1] = 2e-3;
    tree->segment_radius[1] = 1e-3;
    tree->segment_length[2] = 3e-3;
    tree->segment_radius[2] = 2e-3;
    assert_int_equal(pn_tree_derive(tree), PN_OK);
    assert_close(tree->length[0], 5e-3, 1e-15, 0);
    assert_close(tree->volume[0], M_PI * (2e-9 + 12e-9), 1e-14, 0);
    assert_close(pn_tree_resistance_shape(tree, 0), 8 / M_PI * shape, 1e-14, 0);
    assert_true(isnan(tree->wall_area[0]));
    pn_tree_free(&tree);
}

static void a_row_may_stand_for_many(void **state)
{
    static const int chain[] = {-1, 0, 1, 2};
    struct pn_tree *tree = make(chain, 4);

    (void)state;
    tree->multiplicity[1] = 2; /* a symmetric generation */
    tree->multiplicity[2] = 2; /* one child behind each */
    tree->multiplicity[3] = 6; /* a trifurcation */
    assert_int_equal(pn_tree_derive(tree), PN_OK);
    assert_int_equal(tree->n_terminals, 1);
    assert_close(tree->share[0], 1, 0, 0);
    assert_int_equal(tree->strahler[3], 1);
    assert_int_equal(tree->strahler[2], 2);
    assert_int_equal(tree->strahler[1], 2);
    assert_int_equal(tree->strahler[0], 3);
    pn_tree_free(&tree);
}

/* break(tree) makes a sound tree of five airways one that must be refused */
static void late_parent(struct pn_tree *t)
{
    t->parent[2] = 3;
}
static void not_breadth_first(struct pn_tree *t)
{
    t->parent[3] = 2;
    t->parent[4] = 1;
}
static void second_root(struct pn_tree *t)
{
    t->parent[2] = -1;
}
static void zero_radius(struct pn_tree *t)
{
    t->segment_radius[3] = 0.0;
}
static void nan_length(struct pn_tree *t)
{
    t->segment_length[5] = (double)NAN;
}
static void fewer_than_its_parent(struct pn_tree *t)
{
    t->multiplicity[1] = 2.0;
}

static void unsound_trees_are_refused(void **state)
{
    static void (*const breaks[])(struct pn_tree *) = {
        late_parent, not_breadth_first, second_root,
        zero_radius, nan_length,        fewer_than_its_parent,
    };
    static const int parent[] = {-1, 0, 0, 1, 1};

    (void)state;
    for (size_t k = 0; k < sizeof breaks / sizeof *breaks; k++) {
        struct pn_tree *tree = make(parent, 5);
        breaks[k](tree);
        assert_int_equal(pn_tree_derive(tree), PN_ERR_INPUT);
        pn_tree_free(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_count_from_the_leaves),
        cmocka_unit_test(segments_add_up_to_one_airway),
        cmocka_unit_test(a_row_may_stand_for_many),
        cmocka_unit_test(unsound_trees_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
