/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equilibria of a few unknowns and the curve they make with one parameter, by KINSOL. */
#include "solver/integrate/continuation.h"

#include <kinsol/kinsol.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_dense.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "solver/base/status.h"

#define RESIDUAL 1e-12 /* largest component that counts as zero */
#define STEP     1e-14 /* Newton step that counts as zero */

/* Everything is a point y = (u, lambda) of n + 1 numbers; the last equation is either
 * lambda = given, or the plane that a step along the tangent leads to. */
struct solver {
    const struct pn_equilibria *problem;
    size_t m; /* n + 1 */
    SUNContext context;
    void *kinsol;
    N_Vector y, one;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    double *normal, *origin; /* of the last equation: normal . (y - origin) = 0 */
    double **jacobian;       /* columns, shape [m][m], for tangents */
    sunindextype *pivots;
    double *above, *below; /* residuals for differences */
};

static void silent(int code, const char *module, const char *function, char *text,
                   void *data)
{
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

static int residual(N_Vector y, N_Vector f, void *data)
{
    const struct solver *s = data;
    const double *v = N_VGetArrayPointer(y);
    double *out = N_VGetArrayPointer(f), sum = 0;

    s->problem->residual(s->problem->context, v, v[s->m - 1], out);
    for (size_t i = 0; i + 1 < s->m; i++)
        if (!isfinite(out[i]))
            return 1;
    for (size_t i = 0; i < s->m; i++)
        sum += s->normal[i] * (v[i] - s->origin[i]);
    out[s->m - 1] = sum;
    return 0;
}

static void solver_free(struct solver *s)
{
    if (s->kinsol)
        KINFree(&s->kinsol);
    if (s->linear)
        SUNLinSolFree(s->linear);
    if (s->matrix)
        SUNMatDestroy(s->matrix);
    if (s->y)
        N_VDestroy(s->y);
    if (s->one)
        N_VDestroy(s->one);
    if (s->context)
        SUNContext_Free(&s->context);
    if (s->jacobian)
        SUNDlsMat_destroyMat(s->jacobian);
    free(s->pivots);
    free(s->normal);
}

static int solver_init(struct solver *s, const struct pn_equilibria *problem)
{
    sunindextype m = (sunindextype)problem->n + 1;

    *s = (struct solver){.problem = problem, .m = problem->n + 1};
    s->normal = calloc(4 * s->m, sizeof *s->normal);
    s->jacobian = SUNDlsMat_newDenseMat(m, m);
    s->pivots = calloc(s->m, sizeof *s->pivots);
    if (!s->normal || !s->jacobian || !s->pivots || SUNContext_Create(NULL, &s->context))
        return PN_FAIL(PN_ERR_MEMORY, "no memory for KINSOL");
    s->origin = s->normal + s->m;
    s->above = s->origin + s->m;
    s->below = s->above + s->m;
    s->y = N_VNew_Serial(m, s->context);
    s->one = N_VNew_Serial(m, s->context);
    s->matrix = SUNDenseMatrix(m, m, s->context);
    s->kinsol = KINCreate(s->context);
    if (!s->y || !s->one || !s->matrix || !s->kinsol)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for KINSOL");
    s->linear = SUNLinSol_Dense(s->y, s->matrix, s->context);
    N_VConst(1.0, s->one);
    if (!s->linear || KINSetErrHandlerFn(s->kinsol, silent, NULL) ||
        KINInit(s->kinsol, residual, s->y) || KINSetUserData(s->kinsol, s) ||
        KINSetLinearSolver(s->kinsol, s->linear, s->matrix) ||
        KINSetFuncNormTol(s->kinsol, RESIDUAL) || KINSetScaledStepTol(s->kinsol, STEP) ||
        KINSetMaxSetupCalls(s->kinsol, 1) || KINSetNumMaxIters(s->kinsol, 50))
        return PN_FAIL(PN_ERR_LIBRARY, "KINSOL cannot be set up for %zu unknowns", s->m);
    return PN_OK;
}

/* Solve from the guess in y, which is left alone when that fails. */
static int solve(struct solver *s, double *y)
{
    int flag;

    memcpy(N_VGetArrayPointer(s->y), y, s->m * sizeof *y);
    flag = KINSol(s->kinsol, s->y, KIN_LINESEARCH, s->one, s->one);
    /* a step below rounding where the residual is small enough is as good as it gets */
    if (flag != KIN_SUCCESS && flag != KIN_INITIAL_GUESS_OK && flag != KIN_STEP_LT_STPTOL)
        return PN_PATIENT_STEP_SIZE;
    s->problem->residual(s->problem->context, N_VGetArrayPointer(s->y),
                         N_VGetArrayPointer(s->y)[s->m - 1], s->above);
    for (size_t i = 0; i + 1 < s->m; i++)
        if (!(fabs(s->above[i]) <= 1e3 * RESIDUAL))
            return PN_PATIENT_STEP_SIZE;
    memcpy(y, N_VGetArrayPointer(s->y), s->m * sizeof *y);
    return PN_OK;
}

int pn_equilibrium_find(const struct pn_equilibria *problem, double lambda, double *u)
{
    struct solver s;
    double *y = NULL;
    int status;

    PN_TRY(solver_init(&s, problem));
    y = calloc(s.m, sizeof *y);
    if (!y) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    memcpy(y, u, problem->n * sizeof *u);
    y[problem->n] = s.origin[problem->n] = lambda;
    s.normal[problem->n] = 1;
    PN_TRY(solve(&s, y));
    memcpy(u, y, problem->n * sizeof *u);
out:
    free(y);
    solver_free(&s);
    return status;
}

/* --- the curve --- */

/* The unit tangent at y, on the side of `last`: F's differences, bordered by `last`.
 * @return PN_OK or PN_PATIENT_STEP_SIZE. */
static int tangent_at(struct solver *s, double *y, const double *last, double *tangent)
{
    double norm = 0;

    for (size_t j = 0; j < s->m; j++) {
        double kept = y[j], h = 6e-6 * fmax(fabs(kept), 1e-3);
        y[j] = kept + h;
        s->problem->residual(s->problem->context, y, y[s->m - 1], s->above);
        y[j] = kept - h;
        s->problem->residual(s->problem->context, y, y[s->m - 1], s->below);
        y[j] = kept;
        for (size_t i = 0; i + 1 < s->m; i++)
            s->jacobian[j][i] = (s->above[i] - s->below[i]) / (2 * h);
        s->jacobian[j][s->m - 1] = last[j];
        tangent[j] = j + 1 == s->m;
    }
    if (SUNDlsMat_denseGETRF(s->jacobian, (sunindextype)s->m, (sunindextype)s->m,
                             s->pivots) != 0)
        return PN_PATIENT_STEP_SIZE;
    SUNDlsMat_denseGETRS(s->jacobian, (sunindextype)s->m, s->pivots, tangent);
    for (size_t j = 0; j < s->m; j++)
        norm += tangent[j] * tangent[j];
    norm = sqrt(norm);
    for (size_t j = 0; j < s->m; j++)
        tangent[j] /= norm;
    return isfinite(norm) ? PN_OK : PN_PATIENT_STEP_SIZE;
}

/* where the curve stands */
struct place {
    double arc, *y, *tangent;
};

/* The point at `arc` beyond a place, in the plane across its tangent. */
static int point_beyond(struct solver *s, const struct place *from, double arc,
                        struct place *to)
{
    int status;

    for (size_t i = 0; i < s->m; i++) {
        s->normal[i] = from->tangent[i];
        to->y[i] = s->origin[i] = from->y[i] + arc * from->tangent[i];
    }
    to->arc = from->arc + arc;
    status = solve(s, to->y);
    return status == PN_OK ? tangent_at(s, to->y, from->tangent, to->tangent) : status;
}

/* Between two places lambda turns round: bisection in the arc, on the sign of its slope.
 */
static int fold_between(struct solver *s, const struct place *from, double step,
                        struct place *fold)
{
    const size_t l = s->m - 1;
    const int rising = from->tangent[l] > 0;
    double low = 0, high = step;
    int status = PN_OK;

    for (int i = 0; i < 50 && status == PN_OK && high - low > 1e-12 * step; i++) {
        double middle = 0.5 * (low + high);
        status = point_beyond(s, from, middle, fold);
        if ((fold->tangent[l] > 0) == rising)
            low = middle;
        else
            high = middle;
    }
    return status;
}

static int show(const struct solver *s, const struct place *at, int fold,
                int (*visit)(void *, const struct pn_curve_point *), void *user)
{
    return visit(
        user, &(struct pn_curve_point){
                  .u = at->y, .lambda = at->y[s->m - 1], .arc = at->arc, .fold = fold});
}

static void exchange(struct place *a, struct place *b)
{
    struct place kept = *a;

    *a = *b;
    *b = kept;
}

/* cosine of the angle between two tangents: a step that turns by more is made shorter */
#define STRAIGHT 0.95

static int follow(struct solver *s, const struct pn_curve_options *options,
                  struct place *at, struct place *next, struct place *fold,
                  int (*visit)(void *, const struct pn_curve_point *), void *user)
{
    double step = options->step;
    int status;

    for (size_t n = 1; n < options->max_points;) {
        double straight = 0;
        status = point_beyond(s, at, step, next);
        for (size_t i = 0; i < s->m; i++)
            straight += status == PN_OK ? at->tangent[i] * next->tangent[i] : 0;
        if (status != PN_OK || straight < STRAIGHT) {
            step /= 2;
            if (step < options->least)
                return PN_PATIENT_STEP_SIZE;
            continue;
        }
        if (next->tangent[s->m - 1] * at->tangent[s->m - 1] < 0) {
            status = fold_between(s, at, step, fold);
            if (status != PN_OK)
                return status;
            if (show(s, fold, at->tangent[s->m - 1] > 0 ? 1 : -1, visit, user))
                return PN_OK;
        }
        exchange(at, next);
        n++;
        if (show(s, at, 0, visit, user))
            return PN_OK;
        if (straight > 0.99)
            step = fmin(1.3 * step, options->most);
    }
    return PN_PATIENT_STEPS;
}

int pn_curve_follow(const struct pn_equilibria *problem, const double *u, double lambda,
                    const struct pn_curve_options *options,
                    int (*visit)(void *user, const struct pn_curve_point *point),
                    void *user)
{
    const size_t m = problem->n + 1;
    struct solver s;
    struct place place[3] = {{0}};
    double *memory = calloc(6 * m, sizeof *memory);
    int status;

    PN_TRY(solver_init(&s, problem));
    if (!memory) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < 3; i++) {
        place[i].y = memory + 2 * i * m;
        place[i].tangent = place[i].y + m;
    }
    memcpy(place[0].y, u, problem->n * sizeof *u);
    place[0].y[m - 1] = lambda;
    place[1].tangent[m - 1] = options->direction; /* the side to begin on */
    PN_TRY(tangent_at(&s, place[0].y, place[1].tangent, place[0].tangent));
    if (!show(&s, &place[0], 0, visit, user))
        status = follow(&s, options, &place[0], &place[1], &place[2], visit, user);
out:
    free(memory);
    solver_free(&s);
    return status;
}
