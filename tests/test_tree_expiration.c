/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "models/lung/tree_expiration.h"
#include "scalar_expiration.h"
#include "solver/tree/makers/tree_make.h"

#define VOLUME (3 / 6.8) /* of TLC: where grown trees have their size */

static struct pn_tree *weibel(void)
{
    struct pn_tree *t;

    assert_int_equal(pn_tree_weibel(PN_GENERATIONS, 0.9, &t), 0);
    return t;
}

static struct pn_tree_bronchi *bronchi_of(const struct pn_tree *t)
{
    struct pn_tree_bronchi *b;

    assert_int_equal(pn_tree_bronchi_create(t, VOLUME, &b), 0);
    b->gas = (struct pn_gas){RHO, MU}; /* of the printed table */
    pn_tree_bronchi_narrow(b, 1);
    return b;
}

/* Airways with the shapes of a symmetric tree's rows: `parent` and `row` of each.  Those
 * beyond `single` are twice as many as their parents. */
static struct pn_tree *tree_of(size_t n, size_t single, const int *parent, const int *row,
                               const struct pn_tree *shape)
{
    struct pn_tree *t;

    assert_int_equal(pn_tree_create(n, n + 1, 0, &t), 0);
    for (size_t i = 0; i < n; i++) {
        t->parent[i] = parent[i];
        t->first_point[i] = i + 1;
        t->segment_length[i + 1] = shape->length[row[i]];
        t->segment_radius[i + 1] = shape->radius[row[i]];
        t->multiplicity[i] = i <= single ? 1 : 2 * t->multiplicity[parent[i]];
    }
    t->first_point[n] = n + 1;
    assert_int_equal(pn_tree_derive(t), 0);
    return t;
}

/* The first five generations airway by airway, behind each end a row a generation. */
static struct pn_tree *unfolded(const struct pn_tree *shape)
{
    enum { SINGLE = 5, ENDS = 1 << (SINGLE - 1), N = 2 * ENDS - 1 };
    const size_t n = N + ENDS * (PN_GENERATIONS - SINGLE);
    struct pn_tree *t;

    assert_int_equal(pn_tree_create(n, n + 1, 0, &t), 0);
    for (size_t i = 0; i < n; i++) {
        size_t z = 0;
        if (i < N)
            while ((size_t)(2 << z) - 1 <= i)
                z++;
        else
            z = SINGLE + (i - N) / ENDS;
        t->parent[i] = i == 0 ? -1 : i < N ? (int)(i - 1) / 2 : (int)i - ENDS;
        t->multiplicity[i] = i < N ? 1 : ldexp(1, (int)z - SINGLE + 1);
        t->first_point[i] = i + 1;
        t->segment_length[i + 1] = shape->length[z];
        t->segment_radius[i + 1] = shape->radius[z];
    }
    t->first_point[n] = n + 1;
    assert_int_equal(pn_tree_derive(t), 0);
    return t;
}

/* The lung of 17 generations with the areas and lengths of the tree's airways. */
static void lung_of(const struct pn_tree_bronchi *b, struct pn_lung *lung)
{
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        lung->bronchi.area[z] = pn_all(ldexp(b->area[z], (int)z));
        lung->bronchi.length[z] = pn_all(b->length[z]);
    }
    lung->bronchi.gas = b->gas;
    lung->TLC = pn_all(6.8);
    lung->RV = pn_all(1.7);
}

static void symmetric_tree_breathes_as_the_symmetric_lung(void **state)
{
    static const double narrowing[] = {1.3, 1, 0.6, 0.2};
    struct pn_tree *rows = weibel(), *full = unfolded(rows);
    struct pn_tree_bronchi *of[2] = {bronchi_of(rows), bronchi_of(full)};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct pn_lung lung;
        struct pn_expiration want, got;
        struct pn_flow_table table;
        pn_tree_bronchi_narrow(of[0], narrowing[i]);
        pn_tree_bronchi_narrow(of[1], narrowing[i]);
        lung_of(of[0], &lung);
        pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &want);
        for (size_t k = 0; k < 2; k++) {
            pn_tree_expiration(of[k], PN_EXPIRATION_STEPS, 6.8, 1.7, &table, &got);
            assert_close(got.FEV1[0], want.FEV1[0], 1e-8, 0);
            assert_close(got.FVC[0], want.FVC[0], 1e-8, 0);
            assert_close(got.PEF[0], want.PEF[0], 1e-8, 0);
            for (size_t j = 0; j < PN_VOLUME_POINTS; j++)
                assert_close(got.limit[j][PN_LANES - 1], want.limit[j][0], 1e-8, 0);
        }
    }
    for (size_t k = 0; k < 2; k++)
        pn_tree_bronchi_free(&of[k]);
    pn_tree_free(&rows);
    pn_tree_free(&full);
}

/* Weibel's tree at any size is Lambert's (but for 0.1 mm of generation 10), and breathes
 * as printed. */
static void weibels_tree_gives_the_printed_FEV1(void **state)
{
    struct pn_tree *t;
    struct pn_tree_bronchi *b;
    struct pn_flow_table table;
    struct pn_expiration e;

    (void)state;
    assert_int_equal(pn_tree_weibel(PN_GENERATIONS, cbrt(3 / 4.8), &t), 0);
    b = bronchi_of(t);
    for (size_t z = 0; z < PN_GENERATIONS; z++)
        assert_close(ldexp(b->area[z], (int)z), pn_lambert_tubes[z].area * 1e-4, 1e-12,
                     0);
    pn_tree_expiration(b, PN_EXPIRATION_STEPS, 6.8, 1.7, &table, &e);
    assert_close(e.FEV1[0], 3.969, 2e-3, 0);
    assert_close(e.FEV1[0] / e.FVC[0], .778, 2e-3, 0);
    assert_close(e.PEF[0], 6.40, 2e-3, 0);
    pn_tree_bronchi_free(&b);
    pn_tree_free(&t);
}

static double recoil_of(struct pn_tree_bronchi *b, double flow)
{
    pn_lane Q = pn_all(flow), P;

    pn_tree_recoil_of_flow(b, 20, &Q, &P);
    return P[0];
}

/* Behind a trachea that takes nothing two lungs that choke give the sum of what each
 * gives at that recoil. */
static void choked_lungs_add_up(void **state)
{
    enum { DEPTH = 8 };
    static const double sizes[2] = {1, 0.6};
    struct pn_tree *shape = weibel(), *lung[2], *both;
    struct pn_tree_bronchi *b[3];
    int parent[2 * DEPTH + 1] = {-1}, row[2 * DEPTH + 1] = {0};

    (void)state;
    for (int i = 1; i <= DEPTH; i++) {
        parent[i] = i - 1;
        row[i] = i + 2;
    }
    for (size_t k = 0; k < 2; k++) {
        lung[k] = tree_of(DEPTH + 1, 1, parent, row, shape);
        b[k] = bronchi_of(lung[k]);
    }
    for (int i = 1; i <= 2 * DEPTH; i++) {
        parent[i] = i <= 2 ? 0 : i - 2;
        row[i] = (i + 1) / 2 + 2;
    }
    both = tree_of(2 * DEPTH + 1, 2, parent, row, shape);
    b[2] = bronchi_of(both);
    for (size_t i = 1; i <= DEPTH; i++)
        for (size_t k = 0; k < 2; k++) {
            b[k]->area[i] *= sizes[k];
            b[2]->area[2 * i - 1 + k] = b[k]->area[i];
        }
    for (size_t k = 0; k < 3; k++)
        b[k]->area[0] *= 400;
    for (double P = 3 * CMH2O; P < 30 * CMH2O; P *= 1.7) {
        double flow[2];
        for (size_t k = 0; k < 2; k++) { /* bisect for the flow of each */
            double low = 0, high = 0.02;
            for (int i = 0; i < 50; i++) {
                flow[k] = (low + high) / 2;
                if (recoil_of(b[k], flow[k]) > P)
                    high = flow[k];
                else
                    low = flow[k];
            }
        }
        assert_true(flow[1] < 0.7 * flow[0]);
        assert_close(recoil_of(b[2], flow[0] + flow[1]), P, 1e-7, 0);
        assert_close(b[2]->flow[2][0], flow[1], 1e-7, 0);
        assert_true(b[2]->choked[1][0] && b[2]->choked[2][0]);
    }
    for (size_t k = 0; k < 3; k++)
        pn_tree_bronchi_free(&b[k]);
    pn_tree_free(&lung[0]);
    pn_tree_free(&lung[1]);
    pn_tree_free(&both);
    pn_tree_free(&shape);
}

/* --- one junction, by bisection from periphery to mouth --- */

/* Head at the mouth end of one airway of generation z, given that at its other end; NaN:
 * it cannot carry the flow.  `many` such airways are what scalar_airway counts in. */
static double scalar_through(const struct scalar_airway *w, int z, double H, double q,
                             int steps)
{
    double Q = ldexp(q, z), P = scalar_root(w, z, H, Q);
    double dx = pn_lambert_tubes[z].length / 100 / steps;

    for (int i = 0; i < steps && !isnan(P); i++) {
        struct scalar_point p = scalar_at(w, z, P, Q);
        if (p.S2 < 1)
            p = scalar_at(w, z, P - dx / 2 * scalar_fall(z, p, Q), Q);
        P = p.S2 < 1 ? P - dx * scalar_fall(z, p, Q) : (double)NAN;
    }
    return isnan(P) ? P : scalar_at(w, z, P, Q).h;
}

enum { STEPS = 200, HALVINGS = 36 };

/* The most that a daughter of generation z gives at recoil P against a head H. */
static double scalar_daughter(const struct scalar_airway *w, int z, double P, double H)
{
    double low = 0, high = 0.03;

    for (int i = 0; i < HALVINGS; i++) {
        double q = (low + high) / 2, h = scalar_through(w, z, P, q, STEPS);
        if (h >= H) /* not NaN */
            low = q;
        else
            high = q;
    }
    return low;
}

enum { PARENT = 2, DAUGHTER = 5 }; /* generations whose laws and lengths they have */

/* The most that passes the parent w[0] from the daughters w[1] and w[2]: the junction's
 * head falls until the parent cannot take what they give. */
static double scalar_junction(const struct scalar_airway *w, double P)
{
    double low = -20 * P, high = P, Q = 0;

    for (int i = 0; i < HALVINGS; i++) {
        double H = (low + high) / 2;
        Q = scalar_daughter(&w[1], DAUGHTER, P, H) +
            scalar_daughter(&w[2], DAUGHTER, P, H);
        if (isnan(scalar_through(&w[0], PARENT, H, Q, STEPS)))
            low = H;
        else
            high = H;
    }
    return Q;
}

static void a_junction_agrees_with_bisection(void **state)
{
    static const struct {
        double area[3]; /* A_m [cm2] */
        double recoil;  /* cmH2O */
        int choked[3];  /* where flow is sonic */
    } cases[] = {
        {{0.6, 0.5, 0.4},  8,  {1, 0, 0}},
        {{0.65, 0.5, 0.2}, 15, {1, 0, 0}},
        {{0.5, 0.5, 0.1},  8,  {1, 1, 0}},
        {{0.7, 0.5, 0.2},  8,  {1, 1, 1}},
        {{3.0, 0.5, 0.2},  8,  {1, 1, 1}},
    };
    static const int row[3] = {PARENT, DAUGHTER, DAUGHTER}, parent[3] = {-1, 0, 0};
    struct pn_tree *shape = weibel(), *t = tree_of(3, 2, parent, row, shape);
    struct pn_tree_bronchi *b = bronchi_of(t);

    (void)state;
    b->tube[2] = pn_lambert_tubes[PARENT];
    b->tube[1] = pn_lambert_tubes[DAUGHTER];
    for (size_t i = 0; i < 3; i++)
        b->length[i] = pn_lambert_tubes[row[i]].length / 100;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct scalar_airway w[3] = {{{0}}};
        struct pn_recoil_terms terms;
        double P = cases[k].recoil * CMH2O, flow, got;
        for (size_t i = 0; i < 3; i++) {
            b->area[i] = cases[k].area[i] * 1e-4;
            w[i].area[row[i]] = ldexp(b->area[i], row[i]);
        }
        pn_tree_recoil_terms(b, &terms); /* the search begins anew */
        flow = scalar_junction(w, P);
        got = recoil_of(b, flow);
        assert_close(got, P, 1e-3, 0); /* measured: 7e-4, and 6 times that at 60 steps */
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(b->choked[i][0] != 0, cases[k].choked[i]);
    }
    pn_tree_bronchi_free(&b);
    pn_tree_free(&t);
    pn_tree_free(&shape);
}

/* A grown tree, healthy to nearly shut: daughters take what the parent carries, every
 * unit has the same recoil, more flow needs more of it, and all flow passes a choke. */
static void flow_divides_so_that_all_units_are_in_balance(void **state)
{
    static const double narrowing[] = {1.3, 1, 0.5, 0.15};
    const struct pn_tree_patient patient = {.seed = 5, .patient = 2, .n_terminals = 400};
    struct pn_tree *t;
    struct pn_tree_bronchi *b;

    (void)state;
    assert_int_equal(pn_tree_grow(&patient, &t), 0);
    b = bronchi_of(t);
    for (size_t k = 0; k < 4; k++) {
        struct pn_flow_table table = {{pn_all(0)}, {pn_all(0)}, {pn_all(0)}};
        pn_tree_bronchi_narrow(b, narrowing[k]);
        assert_true(pn_tree_flow_table(b, 6, 28 * CMH2O, 0, &table) < 40);
        for (size_t j = 1; j < PN_FLOW_NODES; j++)
            assert_true(table.recoil[j][0] > table.recoil[j - 1][0]);
        for (double P = 1; P < 28; P *= 2.2) {
            struct pn_tree_choke choke;
            pn_lane flow, recoil;
            assert_true(pn_tree_choke(b, 6, &table, P * CMH2O, 0, &choke));
            assert_close(choke.share, 1, 1e-9, 0);
            flow = pn_all(choke.flow);
            pn_tree_recoil_of_flow(b, 6, &flow, &recoil);
            for (size_t i = 0; i < t->n; i++) {
                double sum = 0;
                for (int c = 0; c < t->n_children[i]; c++)
                    sum += b->flow[t->first_child[i] + c][1];
                if (t->n_children[i] > 0)
                    assert_close(sum, b->flow[i][1], 1e-12, 0);
                else
                    assert_close(b->behind[i][1], recoil[1], 1e-6, 1e-3);
            }
        }
    }
    pn_tree_bronchi_free(&b);
    pn_tree_free(&t);
}

/* Published: obstruction of many small airways leaves the large ones wide, and the place
 * of choking moves outwards (Polak & Lutchen 2003); one narrow main bronchus slows its
 * own lung only. */
static void chokes_follow_the_obstruction(void **state)
{
    const struct pn_tree_patient patient = {.seed = 1, .patient = 1, .n_terminals = 400};
    struct pn_tree *t;
    struct pn_tree_bronchi *b;
    struct pn_tree_choke choke[3];
    double lung[3]; /* flow from one over that from the other */

    (void)state;
    assert_int_equal(pn_tree_grow(&patient, &t), 0);
    b = bronchi_of(t);
    for (size_t k = 0; k < 3; k++) {
        struct pn_flow_table table = {{pn_all(0)}, {pn_all(0)}, {pn_all(0)}};
        pn_tree_bronchi_narrow(b, 1);
        for (size_t i = 0; k == 1 && i < t->n; i++)
            if (b->generation[i] > 8)
                b->area[i] *= 0.5;
        if (k == 2)
            b->area[1] *= 0.17;
        pn_tree_flow_table(b, 6, 28 * CMH2O, 0, &table);
        assert_true(pn_tree_choke(b, 6, &table, 12 * CMH2O, 0, &choke[k]));
        lung[k] = b->flow[1][0] / b->flow[2][0];
    }
    assert_true(choke[1].flow < 0.8 * choke[0].flow);
    assert_true(choke[1].generation > choke[0].generation + 0.5);
    assert_true(choke[1].n > 2 * choke[0].n);
    assert_close(lung[1], lung[0], 0.2, 0);
    assert_true(lung[2] < 0.8 * lung[0] && choke[2].flow > 0.5 * choke[0].flow);
    pn_tree_bronchi_free(&b);
    pn_tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetric_tree_breathes_as_the_symmetric_lung),
        cmocka_unit_test(weibels_tree_gives_the_printed_FEV1),
        cmocka_unit_test(choked_lungs_add_up),
        cmocka_unit_test(a_junction_agrees_with_bisection),
        cmocka_unit_test(flow_divides_so_that_all_units_are_in_balance),
        cmocka_unit_test(chokes_follow_the_obstruction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
