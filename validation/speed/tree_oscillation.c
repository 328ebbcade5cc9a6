/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spectrum of a full airway tree at seven frequencies: elimination on the tree with
 * Womersley's branches by a table, against a general sparse solver (KLU on the complex
 * nodal matrix, analysed once, branches by the continued fraction) in one process; and
 * what tests of the symmetric airway cost a patient.
 * Usage: tree_oscillation [TREE [ACINI]]; without TREE a grown tree with so many acini.
 * Prints "name value" lines; times are CPU seconds of one run.  Exit code 1: the two
 * differ by more than 1e-9. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <suitesparse/klu.h>
#include <sys/resource.h>
#include <time.h>

#include "models/catalogue.h"
#include "models/lung/tree_impedance.h"
#include "models/lung/womersley.h"
#include "models/measures/lung_function.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"
#include "solver/tree/tree_read.h"

enum { ROUNDS = 10, FREQUENCIES = 7 };

static const double frequency[FREQUENCIES] = {1, 2, 3, 5, 10, 20, 30};
static const struct pn_oscillation how = {
    .density = 1.15, .viscosity = 1.9e-5, .G = 5.6 * 98066.5, .H = 28 * 98066.5};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* --- the general way: unknown pressures at the inlet (0) and behind airways (row + 1);
 * airways of a row share their pressures --- */

struct sparse {
    int n, *p, *i;
    double *x, *b; /* pairs */
    klu_common common;
    klu_symbolic *symbolic;
    klu_numeric *numeric;
};

static void add(struct sparse *s, int row, int column, double re, double im)
{
    int k = s->p[column];

    while (s->i[k] != row)
        k++;
    s->x[2 * k] += re;
    s->x[2 * k + 1] += im;
}

static void pattern(const struct pn_tree *t, struct sparse *s)
{
    size_t n = t->n + 1;
    int k = 0;

    s->n = (int)n;
    s->p = calloc(n + 1, sizeof *s->p);
    s->i = calloc(3 * n, sizeof *s->i);
    s->x = calloc(6 * n, sizeof *s->x);
    s->b = calloc(2 * n, sizeof *s->b);
    if (!s->p || !s->i || !s->x || !s->b)
        exit(1);
    for (size_t c = 0; c < n; c++) { /* itself, its parent, its children */
        s->p[c] = k;
        if (c > 0)
            s->i[k++] = t->parent[c - 1] + 1;
        s->i[k++] = (int)c;
        if (c == 0)
            s->i[k++] = 1;
        for (int j = 0; c > 0 && j < t->n_children[c - 1]; j++)
            s->i[k++] = t->first_child[c - 1] + j + 1;
    }
    s->p[n] = k;
    klu_defaults(&s->common);
    s->symbolic = klu_analyze(s->n, s->p, s->i, &s->common);
}

/* Impedance of airway i at all frequencies, a lane each. */
static struct pn_complex branch(const struct pn_tree *t, size_t i, pn_lane w)
{
    struct pn_complex Z = {pn_all(0), pn_all(0)}, g;

    for (size_t k = t->first_point[i]; k < t->first_point[i + 1]; k++) {
        double r = t->segment_radius[k], l = t->segment_length[k];
        pn_lane square = w * pn_all(r * r * how.density / how.viscosity);
        pn_womersley(&square, &g);
        Z = pn_complex_sum(Z, pn_complex_scaled(g, pn_all(8 * how.viscosity * l /
                                                          (M_PI * r * r * r * r))));
    }
    return Z;
}

static void assemble(const struct pn_tree *t, struct sparse *s,
                     const struct pn_complex *Y, struct pn_complex tissue, size_t lane)
{
    size_t leaf = 0;

    for (int k = 0; k < 2 * s->p[s->n]; k++)
        s->x[k] = 0;
    for (int k = 0; k < 2 * s->n; k++)
        s->b[k] = 0;
    s->b[0] = 1;
    for (size_t i = 0; i < t->n; i++) {
        double re = t->multiplicity[i] * Y[i].re[lane],
               im = t->multiplicity[i] * Y[i].im[lane];
        int from = t->parent[i] + 1, to = (int)i + 1;
        add(s, from, from, re, im);
        add(s, to, to, re, im);
        add(s, from, to, -re, -im);
        add(s, to, from, -re, -im);
        if (t->n_children[i] == 0) {
            double share = t->share[leaf++];
            add(s, to, to, share * tissue.re[lane], share * tissue.im[lane]);
        }
    }
}

static void by_klu(const struct pn_tree *t, struct sparse *s, struct pn_complex *Y,
                   double *R, double *X)
{
    for (size_t first = 0; first < FREQUENCIES; first += PN_LANES) {
        pn_lane w, G = pn_all(how.G), H = pn_all(how.H);
        struct pn_complex tissue;
        for (size_t l = 0; l < PN_LANES; l++)
            w[l] = 2 * M_PI * frequency[first + l < FREQUENCIES ? first + l : first];
        pn_tissue_impedance(&G, &H, &w, &tissue);
        tissue = pn_complex_inverse(tissue);
        for (size_t i = 0; i < t->n; i++)
            Y[i] = pn_complex_inverse(branch(t, i, w));
        for (size_t l = 0; l < PN_LANES && first + l < FREQUENCIES; l++) {
            assemble(t, s, Y, tissue, l);
            if (s->numeric)
                klu_z_refactor(s->p, s->i, s->x, s->symbolic, s->numeric, &s->common);
            else
                s->numeric = klu_z_factor(s->p, s->i, s->x, s->symbolic, &s->common);
            klu_z_solve(s->symbolic, s->numeric, s->n, 1, s->b, &s->common);
            R[first + l] = s->b[0];
            X[first + l] = s->b[1];
        }
    }
}

/* @return how far the two are apart */
static double spectrum(const struct pn_tree *t)
{
    double R[FREQUENCIES], X[FREQUENCIES], r[FREQUENCIES], x[FREQUENCIES];
    double least = HUGE_VAL, general = HUGE_VAL, difference = 0;
    struct sparse s = {.n = 0};
    struct pn_complex *Y = aligned_alloc(64, (t->n * sizeof *Y + 63) / 64 * 64);
    struct rusage use;

    if (!Y)
        exit(1);
    for (int k = 0; k < ROUNDS; k++) {
        double start = seconds();
        if (pn_tree_impedance(t, &how, FREQUENCIES, frequency, R, X) != PN_OK)
            exit(1);
        least = fmin(least, seconds() - start);
    }
    getrusage(RUSAGE_SELF, &use);
    pattern(t, &s);
    for (int k = 0; k < 3; k++) {
        double start = seconds();
        by_klu(t, &s, Y, r, x);
        general = fmin(general, seconds() - start);
    }
    for (size_t i = 0; i < FREQUENCIES; i++)
        difference =
            fmax(difference, hypot(R[i] - r[i], X[i] - x[i]) / hypot(r[i], x[i]));
    printf("spectrum_s %g\nklu_s %g\ndifference %g\npeak_MB %g\n", least, general,
           difference, (double)use.ru_maxrss / 1024);
    free(Y);
    return difference;
}

/* CPU seconds of a test on the symmetric airway for each of the patients in lanes */
static double of_patient(const char *name)
{
    const struct pn_test *test = pn_test_find(name);
    static pn_lane p[64], r[16], out[PN_TEST_POINTS_MOST];
    double least = HUGE_VAL;

    for (size_t i = 0; i < pn_table_size(test->parameters); i++)
        p[i] = pn_all(test->parameters[i].value);
    for (size_t i = 0; i < pn_table_size(test->reads); i++)
        r[i] = pn_all(test->reads[i].value);
    if (test->prepare)
        test->prepare(p);
    for (int k = 0; k < ROUNDS; k++) {
        double start = seconds();
        test->run((struct pn_view){.p = p, .r = r}, out);
        least = fmin(least, seconds() - start);
    }
    return least / PN_LANES;
}

int main(int argc, char **argv)
{
    struct pn_complaints list = {0};
    struct pn_tree_patient who = {.seed = 1,
                                  .patient = 1,
                                  .n_terminals =
                                      argc > 2 ? strtoul(argv[2], NULL, 10) : 0};
    struct pn_tree *tree = NULL;
    double difference;
    int status = argc > 1 && argv[1][0] ? pn_tree_read(argv[1], NULL, &list, &tree)
                                        : pn_tree_grow(&who, &tree);

    if (status != PN_OK) {
        fprintf(stderr, "tree_oscillation: %s\n",
                list.n > 0 ? list.kept[0].text : pn_error_last()->text);
        return 1;
    }
    printf("airways %zu\nlanes %d\n", tree->n, PN_LANES);
    difference = spectrum(tree);
    printf("challenge_s %g\noscillometry_s %g\n", of_patient("challenge"),
           of_patient("oscillometry"));
    pn_tree_free(&tree);
    return difference < 1e-9 ? 0 : 1;
}
