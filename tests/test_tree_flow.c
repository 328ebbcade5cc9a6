/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady flow through trees: numbers that other programs and an independent solution give
 * for trees of others, closed forms, conservation, another method, lanes against the
 * same alone. */
#include "tests/check.h"

#include <gsl/gsl_linalg.h>

#include "models/lung/tree_flow.h"
#include "solver/tree/makers/tree_make.h"
#include "tests/tree_shared.h"

/* with the gas of the programs that the numbers come from, not that of airway/air.h */
static struct pn_tree_flow_options options_of(enum pn_flow_law law)
{
    struct pn_tree_flow_options o;

    pn_tree_flow_defaults(&o);
    o.law = law;
    o.viscosity = 1.92e-5;
    o.density = 1.15;
    return o;
}

static struct pn_tree_flow *make_flow(const struct pn_tree *tree,
                                      const struct pn_tree_flow_options *o)
{
    struct pn_tree_flow *flow = NULL;

    assert_int_equal(pn_tree_flow_create(tree, o, &flow), PN_OK);
    return flow;
}

/* The same pressure, or flow, at all leaves. */
static void solve(struct pn_tree_flow *flow, int root_is_flow, double root,
                  int leaves_are_flow, double leaf)
{
    size_t n = flow->tree->n_terminals;
    double *values = calloc(n, sizeof *values);
    char *is_flow = calloc(n, 1);
    struct pn_tree_flow_ends ends = {root_is_flow, is_flow, root, values, NULL};

    for (size_t k = 0; k < n; k++) {
        values[k] = leaf;
        is_flow[k] = (char)leaves_are_flow;
    }
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_int_equal(flow->status[0], PN_OK);
    free(values);
    free(is_flow);
}

/* --- an independent solution at every node of small trees --- */

/* the numbers of a list behind "key" behind `from` */
static size_t list_of(const char *from, const char *key, double *out, size_t most)
{
    const char *at = strchr(strstr(from, key), '[') + 1;
    size_t n = 0;
    char *end;

    while (n < most) {
        out[n] = strtod(at, &end);
        if (end == at)
            break;
        n++;
        at = end + strspn(end, ", \n");
    }
    return n;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 16);

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return text;
}

/* the point of the tree where node k of the file lies; several may lie at one place, with
 * the same numbers by symmetry */
static size_t point_of(const struct pn_tree *tree, const double *x)
{
    for (size_t k = 0; k < tree->n_points; k++)
        if (fabs(tree->x[k] * 1e3 - x[0]) + fabs(tree->y[k] * 1e3 - x[1]) +
                fabs(tree->z[k] * 1e3 - x[2]) <
            1e-9)
            return k;
    fail_msg("no point of the tree at %g %g %g", x[0], x[1], x[2]);
    return 0;
}

struct small_tree {
    const char *key, *file;
    int edge_radius;
    enum pn_flow_law law;
    double viscosity, root, leaf;
};

/* Pressures at nodes, and flow of the airway that ends at each. */
static void check_nodes(const struct small_tree *c, const char *text)
{
    struct pn_tree *tree = read_shared(c->file, c->edge_radius);
    struct pn_tree_flow_options o = options_of(c->law);
    double pressure[64], flow[64], x[64][3], *point;
    size_t n, n_edges, row, first = 0; /* of the file's nodes: 0 or 1 */
    struct pn_tree_flow *f;
    char *nodes = read_text(shared_path(c->file)), *edges, *at;
    char edge_file[128];

    o.viscosity = c->viscosity;
    f = make_flow(tree, &o);
    solve(f, 0, c->root, 0, c->leaf);
    n = list_of(strstr(text, c->key), "pressures", pressure, 64);
    n_edges = list_of(strstr(text, c->key), "flows", flow, 64);
    assert_int_equal(n, tree->n_points);
    assert_int_equal(n_edges, n - 1);
    at = strchr(nodes, '\n');
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(
            sscanf(at, "%zu %lf %lf %lf", &row, &x[k][0], &x[k][1], &x[k][2]), 4);
        first = k == 0 ? row : first;
        at = strchr(at + 1, '\n');
    }
    point = calloc(tree->n_points, sizeof *point);
    pn_tree_flow_points(f, point);
    for (size_t k = 0; k < n; k++)
        assert_close(point[point_of(tree, x[k])], pressure[k], 1e-12, 1e-12 * c->leaf);
    snprintf(edge_file, sizeof edge_file, "%.*s.edge", (int)strlen(c->file) - 5, c->file);
    edges = read_text(shared_path(edge_file));
    at = strchr(edges, '\n');
    for (size_t e = 0; e < n_edges; e++) {
        size_t from, to, i = 0;
        assert_int_equal(sscanf(at, "%zu %zu %zu", &row, &from, &to), 3);
        while (tree->first_point[i + 1] <= point_of(tree, x[to - first]))
            i++;
        assert_close(f->flow[i], flow[e], 1e-12, 0);
        at = strchr(at + 1, '\n');
    }
    free(point);
    free(nodes);
    free(edges);
    pn_tree_flow_free(&f);
    pn_tree_free(&tree);
}

/* clang-format off */
static const struct small_tree small_trees[] = {
    {"y_branch_conical_mu1",                  "chaste/y_branch_3d_mesh.node",               0, PN_FLOW_POISEUILLE,     1,       100, 0    },
    {"y_branch_cylindrical_mu1",              "chaste/y_branch_3d_mesh.node",               1, PN_FLOW_POISEUILLE,     1,       100, 0    },
    {"three_bifurcations_poiseuille",         "chaste/three_bifurcations.node",             0, PN_FLOW_POISEUILLE,     1.92e-5, 0,   15   },
    {"three_bifurcations_pedley",             "chaste/three_bifurcations.node",             0, PN_FLOW_PEDLEY,         1.92e-5, 0,   150e3},
    {"three_bifurcations_extra_links_pedley", "chaste/three_bifurcations_extra_links.node", 0, PN_FLOW_PEDLEY,         1.92e-5, 0,   150e3},
    {"three_bifurcations_van_ertbruggen",     "chaste/three_bifurcations.node",             0, PN_FLOW_VAN_ERTBRUGGEN, 1.92e-5, 0,   150e3},
    {"top_of_tree_poiseuille_mm",             "chaste/top_of_tree.node",                    0, PN_FLOW_POISEUILLE,     1.92e-5, 0,   50   },
    {"top_of_tree_pedley_mm",                 "chaste/top_of_tree.node",                    0, PN_FLOW_PEDLEY,         1.92e-5, 0,   50   },
};
/* clang-format on */

static void every_node_and_edge_of_small_trees_has_its_number(void **state)
{
    char *text = read_text(shared_path("expected_small_trees.json"));

    (void)state;
    for (size_t c = 0; c < sizeof small_trees / sizeof *small_trees; c++)
        check_nodes(&small_trees[c], text);
    free(text);
}

static void imposed_leaf_flows_give_their_pressures(void **state)
{
    struct pn_tree *tree = read_shared("chaste/three_bifurcations.node", 0);
    const struct pn_tree_flow_options o = options_of(PN_FLOW_POISEUILLE);
    struct pn_tree_flow *flow = make_flow(tree, &o);

    (void)state;
    solve(flow, 0, 0, 1, -7.10176e-11);
    assert_close(flow->flow[0], -2.840704e-10, 1e-14, 0);
    assert_close(flow->pressure[0], 20.0 / 3 * 7.10176e-11 / 7.10176290688e-11, 1e-11, 0);
    assert_close(flow->pressure[3], 15 * 7.10176e-11 / 7.10176290688e-11, 1e-11, 0);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

static void a_whole_tree_has_the_drops_that_another_program_finds(void **state)
{
    static const double imposed[] = {1.7e-4, 1.67e-3};
    static const double drop[] = {23.3240605354, 567.610950704};
    struct pn_tree *tree = read_shared("subject002/subject002_generated.node.gz", 0);
    const struct pn_tree_flow_options smooth = options_of(PN_FLOW_POISEUILLE),
                                      o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree_flow *laminar = make_flow(tree, &smooth), *flow = make_flow(tree, &o);

    (void)state;
    solve(laminar, 0, 100, 0, 0);
    assert_close(100 / laminar->flow[0], 8.7279444965e4, 1e-11, 0);
    for (size_t k = 0; k < 2; k++) {
        solve(flow, 1, imposed[k], 0, 0);
        assert_close(flow->inlet, drop[k], 2e-12, 0);
    }
    pn_tree_flow_free(&laminar);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

/* --- trees of our own --- */

static struct pn_tree *grown(size_t n_terminals, uint64_t seed)
{
    struct pn_tree_patient patient = {.seed = seed, .n_terminals = n_terminals};
    struct pn_tree *tree = NULL;

    assert_int_equal(pn_tree_grow(&patient, &tree), PN_OK);
    return tree;
}

/* Weibel's tree: a generation is 2^g times one airway. */
static void a_generation_is_many_airways_side_by_side(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    const double q = 1e-3;
    struct pn_tree *tree;
    struct pn_tree_flow *flow;
    double p = 0;

    (void)state;
    assert_int_equal(pn_tree_weibel(17, 1.0, &tree), PN_OK);
    flow = make_flow(tree, &o);
    solve(flow, 1, q, 0, 0);
    for (size_t i = 17; i-- > 0;) {
        double one = ldexp(q, -(int)i), r = tree->radius[i], l = tree->length[i];
        double reynolds = 2 * o.density * one / (M_PI * o.viscosity * r);
        double z = 1.85 / (4 * sqrt(2)) * sqrt(reynolds * 2 * r / l);

        assert_close(flow->flow[i], one, 1e-15, 0);
        assert_close(pn_tree_flow_reynolds(flow, i), reynolds, 1e-13, 0);
        assert_close(flow->pressure[i], p, 1e-12, 0);
        p += 8 * o.viscosity * l / (M_PI * pow(r, 4)) * one * fmax(1, z);
    }
    assert_close(flow->inlet, p, 1e-12, 0);
    assert_close(pn_tree_flow_friction(flow), p * q, 1e-12, 0);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

/* What goes in comes out, at every branching; the work of the ends is that of friction.
 */
static void nothing_is_lost_at_branchings(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_VAN_ERTBRUGGEN);
    struct pn_tree *tree = grown(3000, 4);
    struct pn_tree_flow *flow = make_flow(tree, &o);
    double *leaf = calloc(tree->n_terminals, sizeof *leaf), work;
    struct pn_tree_flow_ends ends = {.root = 5, .leaf = leaf};

    (void)state;
    for (size_t k = 0; k < tree->n_terminals; k++)
        leaf[k] = -100 + 60 * sin((double)k);
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_int_equal(flow->status[0], PN_OK);
    assert_true(flow->residual <= 1e-12 && flow->step <= 1e-12);
    for (size_t i = 0; i < tree->n; i++) {
        double sum = 0;
        for (int c = 0; c < tree->n_children[i]; c++)
            sum += flow->flow[tree->first_child[i] + c];
        if (tree->n_children[i] > 0)
            assert_close(sum, flow->flow[i], 1e-15, 1e-18);
    }
    work = ends.root * flow->flow[0];
    for (size_t k = 0; k < tree->n_terminals; k++) {
        assert_close(flow->pressure[tree->terminal[k]], leaf[k], 1e-11, 0);
        work -= leaf[k] * flow->flow[tree->terminal[k]];
    }
    assert_close(pn_tree_flow_friction(flow), work, 1e-11, 0);
    free(leaf);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

/* Pressures of all nodes at once, by LU of the dense matrix and fixed-point iteration of
 * resistances: another method for all that elimination and Newton's method do. */
static void picard(const struct pn_tree_flow *f, const double *leaf, double root,
                   double *q)
{
    const struct pn_tree *t = f->tree;
    gsl_matrix *m = gsl_matrix_alloc(t->n, t->n);
    gsl_vector *b = gsl_vector_alloc(t->n), *p = gsl_vector_alloc(t->n);
    gsl_permutation *order = gsl_permutation_alloc(t->n);
    int sign;

    for (size_t i = 0; i < t->n; i++)
        q[i] = 0;
    for (int turn = 0; turn < 100; turn++) {
        gsl_matrix_set_zero(m);
        gsl_vector_set_zero(b);
        for (size_t i = 0; i < t->n; i++) {
            double z = fmax(1, f->turbulence[i] * sqrt(fabs(q[i])));
            double g = 1 / (f->resistance[i] * z);
            size_t up = i > 0 ? (size_t)t->parent[i] : i;

            /* into node i from its parent, out of the parent's node */
            *gsl_matrix_ptr(m, i, i) += g;
            if (i > 0) {
                *gsl_matrix_ptr(m, i, up) -= g;
                *gsl_matrix_ptr(m, up, up) += g;
                *gsl_matrix_ptr(m, up, i) -= g;
                *gsl_vector_ptr(b, up) -= g * f->weight[i];
            } else {
                *gsl_vector_ptr(b, 0) += g * root;
            }
            *gsl_vector_ptr(b, i) += g * f->weight[i];
        }
        for (size_t k = 0; k < t->n_terminals; k++) {
            size_t i = (size_t)t->terminal[k];
            for (size_t j = 0; j < t->n; j++)
                gsl_matrix_set(m, i, j, i == j);
            gsl_vector_set(b, i, leaf[k]);
        }
        gsl_linalg_LU_decomp(m, order, &sign);
        gsl_linalg_LU_solve(m, order, b, p);
        for (size_t i = 0; i < t->n; i++) {
            double z = fmax(1, f->turbulence[i] * sqrt(fabs(q[i])));
            double before = i > 0 ? gsl_vector_get(p, (size_t)t->parent[i]) : root;
            double now =
                (before - gsl_vector_get(p, i) + f->weight[i]) / (f->resistance[i] * z);
            q[i] = turn < 2 ? now : (q[i] + 2 * now) / 3; /* damped: else it swings */
        }
    }
    gsl_matrix_free(m);
    gsl_vector_free(b);
    gsl_vector_free(p);
    gsl_permutation_free(order);
}

static void another_method_finds_the_same_flows(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree *tree = grown(60, 2);
    double *leaf = calloc(tree->n_terminals, sizeof *leaf);
    double *q = calloc(tree->n, sizeof *q);
    struct pn_tree_flow_ends ends = {.root = 3, .leaf = leaf};
    struct pn_tree_flow *flow;

    (void)state;
    o.gravity[2] = -9.81 * 20; /* heavy enough to matter */
    flow = make_flow(tree, &o);
    for (size_t k = 0; k < tree->n_terminals; k++)
        leaf[k] = -300 + 200 * sin((double)k);
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_int_equal(flow->status[0], PN_OK);
    picard(flow, leaf, ends.root, q);
    assert_true(flow->turbulence[0] * sqrt(flow->flow[0]) > 2);
    for (size_t i = 0; i < tree->n; i++)
        assert_close(flow->flow[i], q[i], 1e-9, 1e-9 * flow->flow[0]);
    free(leaf);
    free(q);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

/* Gas at rest: the leaves' pressures are those of a column of gas. */
static void gas_at_rest_has_the_pressure_of_its_weight(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree *tree = grown(100, 1);
    double *leaf = calloc(tree->n_terminals, sizeof *leaf);
    struct pn_tree_flow_ends ends = {.root = 0, .leaf = leaf};
    struct pn_tree_flow *flow;

    (void)state;
    o.gravity[1] = 9.81;
    flow = make_flow(tree, &o);
    for (size_t k = 0; k < tree->n_terminals; k++) {
        size_t end = pn_tree_end(tree, (size_t)tree->terminal[k]);
        leaf[k] = o.density * 9.81 * (tree->y[end] - tree->y[0]);
    }
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_int_equal(flow->status[0], PN_OK);
    for (size_t i = 0; i < tree->n; i++) {
        assert_close(flow->flow[i], 0, 0, 1e-16);
        assert_close(flow->pressure[i],
                     o.density * 9.81 * (tree->y[pn_tree_end(tree, i)] - tree->y[0]),
                     1e-12, 1e-13);
    }
    free(leaf);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

/* Eight different ends (and radii) side by side, one of them hopeless: each has the bits
 * it has alone. */
static void a_lane_has_the_bits_that_it_has_alone(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree *tree = grown(500, 7);
    struct pn_tree_flow_lanes *lanes = NULL;
    pn_lane *leaf = aligned_alloc(sizeof *leaf, (tree->n_terminals + 1) * sizeof *leaf);
    double *one = calloc(tree->n_terminals, sizeof *one);
    struct pn_tree_flow_lanes_ends ends = {.leaf = leaf};

    (void)state;
    assert_int_equal(pn_tree_flow_lanes_create(tree, &o, &lanes), PN_OK);
    for (size_t l = 0; l < PN_LANES; l++) {
        ends.root[l] = l == 1 ? (double)NAN : pow(10, (double)l) - 1;
        for (size_t k = 0; k < tree->n_terminals; k++)
            leaf[k][l] = 3 * sin((double)(k + l));
        for (size_t i = 0; i < tree->n; i++)
            lanes->resistance[i][l] *= 1 + 0.1 * (double)l;
    }
    assert_int_equal(pn_tree_flow_lanes_solve(lanes, &ends, 0), PN_OK);
    for (size_t l = 0; l < PN_LANES; l++) {
        struct pn_tree_flow *alone = make_flow(tree, &o);
        struct pn_tree_flow_ends own = {.root = ends.root[l], .leaf = one};

        for (size_t k = 0; k < tree->n_terminals; k++)
            one[k] = leaf[k][l];
        for (size_t i = 0; i < tree->n; i++)
            alone->resistance[i] *= 1 + 0.1 * (double)l;
        assert_int_equal(pn_tree_flow_solve(alone, &own, 0), PN_OK);
        assert_int_equal(alone->status[0], l == 1 ? PN_PATIENT_NOT_FINITE : PN_OK);
        assert_int_equal(lanes->status[l], alone->status[0]);
        assert_close(lanes->iterations[l], alone->iterations, 0, 0);
        for (size_t i = 0; i < tree->n && l != 1; i++) {
            double got[2] = {lanes->flow[i][l], lanes->pressure[i][l]};
            double want[2] = {alone->flow[i], alone->pressure[i]};
            assert_same_bits(got, want, 2);
        }
        assert_true(l != 1 || isnan(lanes->flow[5][l]));
        pn_tree_flow_free(&alone);
    }
    free(leaf);
    free(one);
    pn_tree_flow_lanes_free(&lanes);
    pn_tree_free(&tree);
}

/* A patient of the same topology put into a lane. */
static void a_lane_may_hold_another_patient(void **state)
{
    struct pn_tree *small, *large, *other = grown(50, 1);
    struct pn_tree_flow_lanes *lanes = NULL;
    pn_lane *leaf = aligned_alloc(sizeof *leaf, sizeof *leaf);
    struct pn_tree_flow_lanes_ends ends = {.root = pn_all(100), .leaf = leaf};

    (void)state;
    leaf[0] = pn_all(0);
    assert_int_equal(pn_tree_weibel(12, 1.0, &small), PN_OK);
    assert_int_equal(pn_tree_weibel(12, 2.0, &large), PN_OK);
    assert_int_equal(pn_tree_flow_lanes_create(small, NULL, &lanes), PN_OK);
    assert_int_equal(pn_tree_flow_patient(lanes, 1, large), PN_OK);
    assert_int_equal(pn_tree_flow_patient(lanes, 2, other), PN_ERR_VALUE);
    assert_int_equal(pn_tree_flow_lanes_solve(lanes, &ends, 0), PN_OK);
    assert_close(lanes->flow[0][1], 8 * lanes->flow[0][0], 1e-13, 0);
    assert_close(lanes->flow[0][2], lanes->flow[0][0], 0, 0);
    free(leaf);
    pn_tree_flow_lanes_free(&lanes);
    pn_tree_free(&small);
    pn_tree_free(&large);
    pn_tree_free(&other);
}

/* Newton's method from anywhere: drops from nothing to absurd, both directions. */
static void newton_converges_at_any_pressure_or_says_so(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree *tree = grown(400, 3);
    struct pn_tree_flow *flow = make_flow(tree, &o);
    double most = 0, zero[400] = {0};
    struct pn_tree_flow_ends ends = {.leaf = zero};

    (void)state;
    for (double p = 1e-6; p < 1e9; p *= 7) {
        solve(flow, 0, p, 0, 0);
        most = fmax(most, flow->iterations);
        solve(flow, 0, -p / 3, 0, 0);
        most = fmax(most, flow->iterations);
        solve(flow, 0, -p / 3, 0, 100);
        most = fmax(most, flow->iterations);
    }
    assert_true(most <= 40);
    solve(flow, 0, 0, 0, 0);
    assert_close(flow->flow[0], 0, 0, 0);

    flow->options.max_iterations = 2;
    ends.root = 1000;
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_int_equal(flow->status[0], PN_PATIENT_NOT_CONVERGED);
    assert_true(isnan(flow->flow[0]) && isnan(flow->pressure[tree->n - 1]));
    assert_true(flow->residual > 1e-12 || flow->step > 1e-12);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

static void what_cannot_be_solved_is_refused(void **state)
{
    struct pn_tree_flow_options o = options_of(PN_FLOW_PEDLEY);
    struct pn_tree_flow *flow = NULL;
    struct pn_tree *tree;
    char is_flow = 1;
    double leaf = 1e-6;
    struct pn_tree_flow_ends ends = {1, &is_flow, 1e-3, &leaf, NULL};

    (void)state;
    assert_int_equal(pn_tree_weibel(5, 1.0, &tree), PN_OK);
    o.gravity[0] = 1;
    assert_int_equal(pn_tree_flow_create(tree, &o, &flow), PN_ERR_VALUE);
    assert_null(flow);
    o.gravity[0] = 0;
    o.viscosity = (double)NAN;
    assert_int_equal(pn_tree_flow_create(tree, &o, &flow), PN_ERR_VALUE);
    flow = make_flow(tree, NULL);
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_ERR_VALUE);
    ends.root_is_flow = 0;
    assert_int_equal(pn_tree_flow_solve(flow, &ends, 0), PN_OK);
    assert_close(flow->flow[0], 16e-6, 1e-15, 0);
    pn_tree_flow_free(&flow);
    pn_tree_flow_free(&flow);
    pn_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_and_edge_of_small_trees_has_its_number),
        cmocka_unit_test(imposed_leaf_flows_give_their_pressures),
        cmocka_unit_test(a_whole_tree_has_the_drops_that_another_program_finds),
        cmocka_unit_test(a_generation_is_many_airways_side_by_side),
        cmocka_unit_test(nothing_is_lost_at_branchings),
        cmocka_unit_test(another_method_finds_the_same_flows),
        cmocka_unit_test(gas_at_rest_has_the_pressure_of_its_weight),
        cmocka_unit_test(a_lane_has_the_bits_that_it_has_alone),
        cmocka_unit_test(a_lane_may_hold_another_patient),
        cmocka_unit_test(newton_converges_at_any_pressure_or_says_so),
        cmocka_unit_test(what_cannot_be_solved_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
