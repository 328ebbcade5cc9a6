/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gas through a full airway tree: elimination on the tree against a general sparse solver
 * (KLU on the nodal matrix, analysed once, refactored in each iteration) in one process.
 * Usage: tree_flow [TREE [ACINI]]; without TREE a grown tree with so many acini.
 * Prints "name value" lines; times are CPU seconds of one run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <suitesparse/klu.h>
#include <sys/resource.h>
#include <time.h>

#include "models/lung/tree_breathing.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"
#include "solver/tree/tree_read.h"

enum { ROUNDS = 20, EIGHT = 5 };

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double peak_megabytes(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_maxrss / 1024;
}

/* --- the general way: unknown pressures at the inlet (0) and behind airways (row + 1)
 * ---
 */

struct sparse {
    int n, *p, *i;
    double *x, *b;
    klu_common common;
    klu_symbolic *symbolic;
    klu_numeric *numeric;
};

static double *entry(struct sparse *s, int row, int column)
{
    int k = s->p[column];

    while (s->i[k] != row)
        k++;
    return &s->x[k];
}

/* Column of each unknown: itself, its parent, its children. */
static void pattern(const struct pn_tree *t, struct sparse *s)
{
    int n = (int)t->n + 1, k = 0;

    s->n = n;
    s->p = calloc((size_t)n + 1, sizeof *s->p);
    s->i = calloc(3 * (size_t)n, sizeof *s->i);
    s->x = calloc(3 * (size_t)n, sizeof *s->x);
    s->b = calloc((size_t)n, sizeof *s->b);
    for (int c = 0; c < n; c++) {
        s->p[c] = k;
        if (c > 0)
            s->i[k++] = t->parent[c - 1] + 1;
        s->i[k++] = c;
        if (c == 0)
            s->i[k++] = 1;
        for (int j = 0; c > 0 && j < t->n_children[c - 1]; j++)
            s->i[k++] = t->first_child[c - 1] + j + 1;
    }
    s->p[n] = k;
    klu_defaults(&s->common);
    s->symbolic = klu_analyze(n, s->p, s->i, &s->common);
}

/* Newton's method for a flow `inflow` with all leaves at 0; q holds the flows.
 * @return iterations. */
static int sparse_solve(struct sparse *s, const struct pn_tree_flow *f, double inflow,
                        double *q, double *inlet)
{
    const struct pn_tree *t = f->tree;
    double change = 1, most = 1;
    int turn;

    for (size_t i = 0; i < t->n; i++)
        q[i] = 0;
    for (turn = 0; turn < 50 && change > 1e-12 * most; turn++) {
        for (int k = 0; k < s->p[s->n]; k++)
            s->x[k] = 0;
        for (int k = 0; k < s->n; k++)
            s->b[k] = 0;
        s->b[0] = inflow;
        for (size_t i = 0; i < t->n; i++) {
            double z = f->turbulence[i] * sqrt(fabs(q[i]));
            double slope = f->resistance[i] * (z > 1 ? 1.5 * z : 1);
            double g = t->multiplicity[i] / slope;
            double more = t->multiplicity[i] * q[i] * (z > 1 ? 1 - 1 / 1.5 : 0);
            int a = t->parent[i] + 1, c = (int)i + 1;

            *entry(s, a, a) += g;
            *entry(s, c, c) += g;
            *entry(s, a, c) -= g;
            *entry(s, c, a) -= g;
            s->b[a] -= more;
            s->b[c] += more;
        }
        for (size_t k = 0; k < t->n_terminals; k++) { /* pressure 0 */
            int c = t->terminal[k] + 1;
            *entry(s, t->parent[c - 1] + 1, c) = 0;
            *entry(s, c, t->parent[c - 1] + 1) = 0;
            *entry(s, c, c) = 1;
            s->b[c] = 0;
        }
        if (!s->numeric)
            s->numeric = klu_factor(s->p, s->i, s->x, s->symbolic, &s->common);
        else
            klu_refactor(s->p, s->i, s->x, s->symbolic, s->numeric, &s->common);
        klu_solve(s->symbolic, s->numeric, s->n, 1, s->b, &s->common);
        change = most = 0;
        for (size_t i = 0; i < t->n; i++) {
            double z = f->turbulence[i] * sqrt(fabs(q[i]));
            double slope = f->resistance[i] * (z > 1 ? 1.5 * z : 1);
            double now = (s->b[t->parent[i] + 1] - s->b[i + 1]) / slope +
                         q[i] * (z > 1 ? 1 - 1 / 1.5 : 0);
            change = fmax(change, t->multiplicity[i] * fabs(now - q[i]));
            most = fmax(most, t->multiplicity[i] * fabs(now));
            q[i] = now;
        }
    }
    *inlet = s->b[0];
    return turn;
}

/* --- the rounds --- */

static int steady(const struct pn_tree *tree)
{
    struct pn_tree_flow_options o;
    struct pn_tree_flow *flow = NULL;
    struct sparse s = {.n = 0};
    double *zero = calloc(tree->n_terminals, sizeof *zero);
    double *q = calloc(tree->n, sizeof *q), ours = 0, theirs = 0, inlet = 0, worst = 0;
    struct pn_tree_flow_ends ends = {.root_is_flow = 1, .root = 1e-3, .leaf = zero};
    int turns = 0;

    pn_tree_flow_defaults(&o);
    o.law = PN_FLOW_PEDLEY;
    if (!zero || !q || pn_tree_flow_create(tree, &o, &flow) != PN_OK)
        return 1;
    pattern(tree, &s);
    for (int k = 0; k <= ROUNDS; k++) { /* alternating; the first round warms up */
        double a = seconds(), b, c;
        if (pn_tree_flow_solve(flow, &ends, 0) != PN_OK || flow->status[0] != PN_OK)
            return 1;
        b = seconds();
        turns = sparse_solve(&s, flow, ends.root, q, &inlet);
        c = seconds();
        ours += k > 0 ? (b - a) / ROUNDS : 0;
        theirs += k > 0 ? (c - b) / ROUNDS : 0;
    }
    for (size_t i = 0; i < tree->n; i++)
        worst = fmax(worst, fabs(q[i] - flow->flow[i]) / flow->flow[0]);
    printf("steady_s %.6g\nsteady_iterations %g\nsteady_inlet_Pa %.12g\n", ours,
           flow->iterations, flow->inlet);
    printf("klu_s %.6g\nklu_iterations %d\nklu_inlet_Pa %.12g\nklu_difference %.3g\n",
           theirs, turns, inlet, worst);
    pn_tree_flow_free(&flow);
    klu_free_symbolic(&s.symbolic, &s.common);
    klu_free_numeric(&s.numeric, &s.common);
    free(s.p), free(s.i), free(s.x), free(s.b), free(zero), free(q);
    return 0;
}

static int lanes(const struct pn_tree *tree)
{
    struct pn_tree_flow_options o;
    struct pn_tree_flow_lanes *flow = NULL;
    pn_lane *zero = aligned_alloc(64, tree->n_terminals * 64);
    struct pn_tree_flow_lanes_ends ends = {.root_is_flow = 1, .leaf = zero};
    double start = 0;

    pn_tree_flow_defaults(&o);
    o.law = PN_FLOW_PEDLEY;
    if (!zero || pn_tree_flow_lanes_create(tree, &o, &flow) != PN_OK)
        return 1;
    for (size_t k = 0; k < tree->n_terminals; k++)
        zero[k] = pn_all(0);
    for (int l = 0; l < PN_LANES; l++)
        ends.root[l] = 2e-4 * (l + 1);
    for (int k = 0; k <= EIGHT; k++) {
        if (k == 1)
            start = seconds();
        if (pn_tree_flow_lanes_solve(flow, &ends, 0) != PN_OK)
            return 1;
    }
    printf("lanes %d\nlane_s %.6g\n", PN_LANES, (seconds() - start) / EIGHT / PN_LANES);
    pn_tree_flow_lanes_free(&flow);
    free(zero);
    return 0;
}

static double last_volume;
static int keep(void *user, const struct pn_breath *breath)
{
    (void)user;
    last_volume = breath->volume;
    return PN_OK;
}

/* A second of tidal breathing, 50 outputs, at the loosest tolerance and a tight one. */
static int breathing(const struct pn_tree *tree, double rtol, const char *name)
{
    struct pn_breathing b;
    struct pn_breathing_counts counts;
    double t[51], start = seconds();

    pn_breathing_defaults(&b);
    b.acinus.compliance = 0.1 / 98.0665 / 1e3 / 30000 * (double)tree->n_terminals;
    b.start = 500;
    b.pleura = (struct pn_time_course){
        .mean = -750, .amplitude = -250, .frequency = 0.5, .begin = 0.25};
    b.rtol = rtol;
    for (int k = 0; k <= 50; k++)
        t[k] = 0.02 * k;
    if (pn_tree_breathe(tree, &b, t, 51, keep, NULL, &counts) != PN_OK)
        return 1;
    printf("%s_s %.6g\n%s_L %.9g\n%s_steps %zu\n", name, seconds() - start, name,
           last_volume * 1e3, name, counts.n_steps);
    return 0;
}

int main(int argc, char **argv)
{
    static struct pn_complaints list;
    struct pn_tree_patient patient = {.seed = 1, .n_terminals = 30000};
    struct pn_tree *tree = NULL;
    double start = seconds();
    int status;

    if (argc > 2)
        patient.n_terminals = (size_t)strtoul(argv[2], NULL, 10);
    if (argc > 1 && argv[1][0])
        status = pn_tree_read(argv[1], NULL, &list, &tree);
    else
        status = pn_tree_grow(&patient, &tree);
    if (status != PN_OK) {
        fprintf(stderr, "%s\n", list.n > 0 ? list.kept[0].text : pn_error_last()->text);
        return 1;
    }
    printf("airways %zu\nunits %zu\nread_s %.6g\n", tree->n, tree->n_terminals,
           seconds() - start);
    status = breathing(tree, 1e-4, "breathing") || breathing(tree, 1e-7, "reference");
    printf("breathing_MB %.4g\n", peak_megabytes());
    status = status || steady(tree) || lanes(tree);
    pn_tree_free(&tree);
    return status;
}
