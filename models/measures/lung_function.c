/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a test's results, and the fit of one parameter to the patient's own baseline:
 * a bracketed search on lanes. */
#include "models/measures/lung_function.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define TOLERANCE   1e-6 /* of the target */
#define MOST_ROUNDS 60

static size_t points_of(const struct pn_quantity *result)
{
    return result->scale > 1 ? (size_t)result->scale : 1;
}

static size_t points_before(const struct pn_test *test, size_t result)
{
    size_t n = 0;

    for (size_t i = 0; i < result; i++)
        n += points_of(&test->results[i]);
    return n;
}

size_t pn_test_n_points(const struct pn_test *test)
{
    return points_before(test, pn_table_size(test->results));
}

struct fitting {
    const struct pn_test *test;
    pn_lane *p;
    const pn_lane *r;
    const struct pn_lungs *lungs;
};

typedef void (*measure)(struct pn_view v, pn_lane *value);

static measure measure_of(const struct pn_fit *fit, const struct pn_lungs *lungs)
{
    return lungs && fit->on_trees ? fit->on_trees : fit->measure;
}

/* Excess of the result over the target, the adjusted parameter being exp(u). */
static pn_lane excess(const struct fitting *f, pn_lane u)
{
    const struct pn_test *test = f->test;
    const struct pn_view view = {.p = f->p, .r = f->r, .lungs = f->lungs};
    pn_lane *p = f->p;
    pn_lane out[PN_TEST_POINTS_MOST];

    pn_exp(&u, &p[test->fit->adjusted]);
    if (test->prepare)
        test->prepare(p);
    if (test->fit->measure) {
        measure_of(test->fit, f->lungs)(view, out);
        return out[0] - p[test->fit->target];
    }
    test->run(view, out);
    return out[points_before(test, test->fit->result)] - p[test->fit->target];
}

/* The search of each lane: a root between a and b; *best is the abscissa looked at last.
 */
struct bracket {
    pn_lane a, b, fa, fb, best;
    pn_mask busy;
};

/* Regula falsi with the weights of Anderson and Bjorck 1973 (BIT 13:253): the end that
 * stays is pulled towards the axis, else it would stay for ever. */
static void narrow(struct bracket *k, const struct fitting *f,
                   const pn_lane *close_enough)
{
    const pn_lane zero = pn_all(0);
    pn_lane c = k->b - k->fb * (k->b - k->a) / (k->fb - k->fa);
    pn_lane fc = excess(f, c), weight = pn_all(1) - fc / k->fb;
    pn_mask same = (fc > zero) == (k->fb > zero), busy = k->busy;

    weight = pn_select(weight > zero, weight, pn_all(0.5));
    k->a = pn_select(busy & ~same, k->b, k->a);
    k->fa = pn_select(busy, pn_select(same, k->fa * weight, k->fb), k->fa);
    k->b = pn_select(busy, c, k->b);
    k->fb = pn_select(busy, fc, k->fb);
    k->best = pn_select(busy, c, k->best);
    k->busy = busy & (pn_abs(fc) > *close_enough);
}

size_t pn_test_fit(const struct pn_test *test, pn_lane *p, const pn_lane *r,
                   const struct pn_lungs *lungs, pn_mask *failed)
{
    const struct fitting fitting = {test, p, r, lungs};
    const struct pn_quantity *row = &test->parameters[test->fit->adjusted];
    const pn_lane kept = p[test->fit->adjusted], target = p[test->fit->target];
    const pn_lane close_enough = pn_all(TOLERANCE) * pn_abs(target);
    struct bracket k = {.a = pn_all(row->low), .b = pn_all(row->high)};
    pn_mask wanted = target == target, reached;
    size_t n = 2;

    assert(row->low > 0 && pn_test_n_points(test) <= PN_TEST_POINTS_MOST);
    pn_log(&k.a, &k.a);
    pn_log(&k.b, &k.b);
    k.fa = excess(&fitting, k.a);
    k.fb = excess(&fitting, k.b);
    k.best = pn_select(pn_abs(k.fa) <= close_enough, k.a, k.b);
    reached = (pn_abs(k.fa) <= close_enough) | (pn_abs(k.fb) <= close_enough);
    k.busy = wanted & ~reached &
             (((k.fa < pn_all(0)) & (k.fb > pn_all(0))) |
              ((k.fa > pn_all(0)) & (k.fb < pn_all(0))));
    reached = reached | k.busy;
    for (; n < MOST_ROUNDS && pn_any(k.busy); n++)
        narrow(&k, &fitting, &close_enough);
    *failed = wanted & (~reached | k.busy);
    pn_exp(&k.best, &p[test->fit->adjusted]);
    p[test->fit->adjusted] =
        pn_select(*failed, pn_all((double)NAN), p[test->fit->adjusted]);
    p[test->fit->adjusted] = pn_select(wanted, p[test->fit->adjusted], kept);
    if (test->prepare)
        test->prepare(p);
    return n;
}

/* May others take its result? */
static int is_shared(const struct pn_fit *fit)
{
    return fit->measure && fit->n_parameters > 0 &&
           fit->n_parameters <= PN_FIT_ROWS_MOST && fit->n_reads <= PN_FIT_ROWS_MOST;
}

/* The same question: rows with the same bits, NaN included. */
static int is_same(const struct pn_fitted *done, const struct pn_fit *fit,
                   const struct pn_lungs *lungs, const pn_lane *p, const pn_lane *r)
{
    const struct pn_fit *other = done->fit;

    return measure_of(other, lungs) == measure_of(fit, lungs) &&
           other->adjusted == fit->adjusted && other->target == fit->target &&
           other->n_parameters == fit->n_parameters && other->n_reads == fit->n_reads &&
           memcmp(done->p, p, fit->n_parameters * sizeof *p) == 0 &&
           memcmp(done->r, r, fit->n_reads * sizeof *r) == 0;
}

size_t pn_test_fit_once(struct pn_fits *fits, const struct pn_test *test, pn_lane *p,
                        const pn_lane *r, const struct pn_lungs *lungs, pn_mask *failed)
{
    const struct pn_fit *fit = test->fit;
    struct pn_fitted *mine;
    size_t n;

    if (!fits || !is_shared(fit) || fits->n == PN_FITS_MOST)
        return pn_test_fit(test, p, r, lungs, failed);
    for (size_t i = 0; i < fits->n; i++)
        if (is_same(&fits->of[i], fit, lungs, p, r)) {
            p[fit->adjusted] = fits->of[i].adjusted;
            *failed = fits->of[i].failed;
            if (test->prepare)
                test->prepare(p);
            return 0;
        }
    mine = &fits->of[fits->n++];
    mine->fit = fit;
    memcpy(mine->p, p, fit->n_parameters * sizeof *p);
    memcpy(mine->r, r, fit->n_reads * sizeof *r);
    n = pn_test_fit(test, p, r, lungs, &mine->failed);
    mine->adjusted = p[fit->adjusted];
    *failed = mine->failed;
    return n;
}
