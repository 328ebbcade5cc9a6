/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `oscillometry`: impedance of the respiratory system from 5 to 40 Hz.
 *
 * Airways of the patient's size with tube law, wall and toned muscle, tissue of constant
 * phase behind them, upper airway and chest wall in front.  Lungs differ from region to
 * region: all airways behind one of generation 3 are wider or narrower together, and
 * that is what makes resistance fall with frequency.  The symmetric airway has its eight
 * regions at the same quantiles in every patient, so that a patient's R5 - R20 carries no
 * noise; in a tree the factor of a region is drawn for (patient, airway).
 *
 * Symmetric: on lanes of patients.  With a tree: patient by patient, on lanes of
 * frequencies. */
#include "models/airway/air.h"
#include "models/lung/tree_impedance.h"
#include "models/lung/womersley.h"
#include "models/measures/subject.h"
#include "solver/base/constants.h"
#include "solver/base/random.h"
#include "solver/base/status.h"

#include <math.h>
#include <stdlib.h>

enum {
    WEIGHT = PN_N_MUSCLE,
    TONE,
    SPREAD,
    ELASTANCE,
    HYSTERESIVITY,
    RESISTANCE,
    INERTANCE,
    N_PARAMETERS
};
enum { SIGMA = N_PARAMETERS, N_ALL }; /* of regions, on the logarithm */

enum { FIRST_HZ = 5, LAST_HZ = 40, POINTS = LAST_HZ - FIRST_HZ + 1 };
enum { REGIONS = 1 << PN_FIRST_NARROW_AIRWAY };
enum {
    OUT_R5,
    OUT_R20,
    OUT_DIFFERENCE,
    OUT_X5,
    OUT_FRES,
    OUT_AX,
    OUT_FOUND,
    OUT_DIFFERENCE_Z,
    OUT_X5_Z,
    OUT_FRES_Z,
    OUT_AX_Z,
    OUT_R,
    OUT_X = OUT_R + POINTS
};

#define KPA 1e-6 /* kPa.s/L in Pa.s/m3 */

/* clang-format off */
static const struct pn_quantity parameters[] = {
    PN_PERSON_ROWS,
    PN_MUSCLE_ROWS,
    [WEIGHT] = {"weight", "kg", 80, 15, 300,
                "body weight, for what is predicted",
                .source = "OURS: body mass index of 28 kg/m2", .covariate = "weight"},
    [TONE] = PN_ROW_TONE,
    [SPREAD] = {"spread", "1", 0.3, 0, 3,
                "coefficient of variation of cross-sections among the eight regions",
                .source = "OURS: R5 - R20 of healthy adults"},
    [ELASTANCE] = {"elastance", "cmH2O/L", 28, 5, 300,
                   "H of lung and chest wall of a TLC of 6.8 L, w in rad/s",
                   .source = "Hantos 1992: 25-30 (recalled, medium)"},
    [HYSTERESIVITY] = {"hysteresivity", "1", 0.2, 0.01, 1, "G / H of the tissue",
                       .source = "Fredberg 1989: 0.15-0.2 (recalled, medium)"},
    [RESISTANCE] = {"resistance", "cmH2O.s/L", 2, 0, 20,
                    "of upper airway and chest wall",
                    .source = "OURS: R5 of healthy adults; upper airway alone 0.6-1.3"},
    [INERTANCE] = {"inertance", "cmH2O.s2/L", 0.002, 0, 0.1,
                   "of upper airway and chest wall",
                   .source = "OURS: 0.001-0.005, recalled (low)"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    PN_PERSON_READS,
    PN_MUSCLE_READS,
    PN_END_OF_TABLE
};
#define REFERENCE "Gochicoa-Rangel, adults"
static const struct pn_quantity results[] = {
    {"R5", "kPa.s/L", 0.3, 0, 5, "resistance at 5 Hz", .source = "Womersley 1955"},
    {"R20", "kPa.s/L", 0.25, 0, 5, "resistance at 20 Hz", .source = "Womersley 1955"},
    {"R5_R20", "kPa.s/L", 0.04, -1, 5, "resistance at 5 Hz less that at 20 Hz",
     .source = "Womersley 1955"},
    {"X5", "kPa.s/L", -0.1, -10, 1, "reactance at 5 Hz", .source = "Hantos 1992"},
    {"Fres", "Hz", 12, 5, 40,
     "frequency at which reactance is zero; 5 or 40 where that is not between them",
     .source = "linear between frequencies"},
    {"AX", "kPa/L", 0.4, 0, 100, "area above reactance from 5 Hz to Fres",
     .source = "trapezoids"},
    {"Fres_found", "1", 1, 0, 1, "1: Fres is between 5 and 40 Hz", .source = "OURS"},
    {"R5_R20_z", "1", 0, -20, 100, "R5 - R20, predicted ones' SD from the predicted",
     .source = REFERENCE},
    {"X5_z", "1", 0, -100, 20, "X5, predicted ones' SD from the predicted",
     .source = REFERENCE},
    {"Fres_z", "1", 0, -20, 20, "Fres, predicted ones' SD from the predicted",
     .source = REFERENCE},
    {"AX_z", "1", 0, -20, 20, "ln AX, predicted ones' SD from the predicted; -20 at 0",
     .source = REFERENCE},
    {"resistance", "kPa.s/L", 0.3, 0, 5, "resistance at 5, 6 … 40 Hz",
     .source = "Womersley 1955", .scale = POINTS},
    {"reactance", "kPa.s/L", 0, -10, 5, "reactance at 5, 6 … 40 Hz",
     .source = "Hantos 1992", .scale = POINTS},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    pn_muscle_sigma(&p[SPREAD], &p[SIGMA]);
}

/* --- the airways at rest --- */

struct airways {
    struct pn_subject subject;
    struct pn_muscle muscle;
    pn_lane attached;               /* share of bridges */
    pn_lane G, H;                   /* Pa/m3, of the tissue behind the airways */
    pn_lane lumen[PN_GENERATIONS];  /* m2, of one airway */
    pn_lane length[PN_GENERATIONS]; /* m */
    pn_lane factor[PN_GENERATIONS]; /* of narrowing and tone, on a tree's lumen */
};

static void stiff(struct pn_view v, size_t z, const pn_lane *area, struct airways *a)
{
    struct pn_airway airway;
    pn_lane rho;

    pn_airway_thin(&pn_lambert_tubes[z], 5, 1, &airway);
    airway.recoil = v.p[PN_RECOIL];
    pn_airway_relaxed(&airway, &rho);
    a->lumen[z] = *area * rho * rho * pn_all(1.0 / (double)(1u << z));
    a->factor[z] = pn_all(1);
}

static void toned(size_t z, const pn_lane *area, struct airways *a)
{
    const struct pn_muscle *muscle = &a->muscle;
    const pn_lane kappa[] = {pn_all(0),
                             muscle->strength * muscle->remodelling.muscle * a->attached};
    struct pn_airway airway;
    pn_lane rho[2], relaxed, lumen;

    pn_airway_of_body(&muscle->size, &muscle->remodelling, z, area, &airway);
    pn_airway_narrow(&airway, 2, kappa, rho);
    pn_airway_lumen(&airway, &rho[0], &relaxed);
    pn_airway_lumen(&airway, &rho[1], &lumen);
    lumen = pn_lumen_left(lumen, relaxed);
    a->lumen[z] = lumen * pn_all(1e-6);
    a->factor[z] = a->subject.calibre * lumen / pn_lumen_left(relaxed, relaxed);
}

/* All airways of a generation have the same muscle here: they differ by region. */
static void rest(struct pn_view v, struct airways *a)
{
    const pn_lane same = pn_all(0);
    struct pn_lung lung;

    pn_subject_init(v, &a->subject);
    pn_subject_muscle(v, &a->subject, &same, &a->muscle);
    pn_subject_tone(v, &v.p[TONE], &v.r[PN_BETA2], &a->attached);
    pn_body_lung(&a->subject.body, &a->subject.calibre, &lung);
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        a->length[z] = lung.bronchi.length[z];
        if (z < PN_FIRST_NARROW_AIRWAY)
            stiff(v, z, &lung.bronchi.area[z], a);
        else
            toned(z, &lung.bronchi.area[z], a);
    }
    a->H = v.p[ELASTANCE] * pn_all(PN_CMH2O_PER_LITRE * PN_LAMBERT_TLC) /
           a->subject.body.TLC;
    a->G = v.p[HYSTERESIVITY] * a->H;
}

/* --- the symmetric airway --- */

/* All airways of generation z together, or of one region, the number of them being n. */
static struct pn_complex generation(const struct airways *a, size_t z, double n,
                                    pn_lane area, double w)
{
    const pn_lane lumen = a->lumen[z] * area;
    const pn_lane square = lumen * pn_all(w * PN_AIR_DENSITY / (PN_AIR_VISCOSITY * M_PI));
    const pn_lane laminar =
        pn_all(8 * M_PI * PN_AIR_VISCOSITY / n) * a->length[z] / (lumen * lumen);
    struct pn_complex g;

    pn_womersley(&square, &g);
    return pn_complex_scaled(g, laminar);
}

/* At one frequency; region: factors on cross-sections. */
static struct pn_complex symmetric(struct pn_view v, const struct airways *a,
                                   const pn_lane *region, double hertz)
{
    const double w = 2 * M_PI * hertz;
    const pn_lane omega = pn_all(w), none = pn_all(0);
    struct pn_complex Z, Y = {none, none}, unit;

    pn_tissue_impedance(&a->G, &a->H, &omega, &unit);
    unit = pn_complex_scaled(unit, pn_all(REGIONS));
    for (size_t k = 0; k < REGIONS; k++) {
        Z = unit;
        for (size_t z = PN_FIRST_NARROW_AIRWAY; z < PN_GENERATIONS; z++)
            Z = pn_complex_sum(
                Z, generation(a, z, (double)(1u << z) / REGIONS, region[k], w));
        Y = pn_complex_sum(Y, pn_complex_inverse(Z));
    }
    Z = pn_complex_inverse(Y);
    for (size_t z = 0; z < PN_FIRST_NARROW_AIRWAY; z++)
        Z = pn_complex_sum(Z, generation(a, z, (double)(1u << z), pn_all(1), w));
    Z.re = Z.re + v.p[RESISTANCE] * pn_all(PN_CMH2O_PER_LITRE);
    Z.im = Z.im + v.p[INERTANCE] * pn_all(PN_CMH2O_PER_LITRE) * omega;
    return Z;
}

static void all_symmetric(struct pn_view v, const struct airways *a, const double *f,
                          pn_lane *R, pn_lane *X)
{
    /* normal quantiles of 1/16, 3/16 … 15/16 */
    static const double quantile[REGIONS] = {-1.5341205443525459, -0.8871465590188757,
                                             -0.4887764111146695, -0.1573106846101706,
                                             0.1573106846101706,  0.4887764111146695,
                                             0.8871465590188757,  1.5341205443525459};
    pn_lane region[REGIONS];

    for (size_t k = 0; k < REGIONS; k++) {
        region[k] = v.p[SIGMA] * (pn_all(quantile[k]) - pn_all(0.5) * v.p[SIGMA]);
        pn_exp(&region[k], &region[k]);
    }
    for (size_t i = 0; i < POINTS; i++) {
        struct pn_complex Z = symmetric(v, a, region, f[i]);
        R[i] = Z.re;
        X[i] = Z.im;
    }
}

/* --- a tree --- */

/* Factors on the cross-sections of a tree's rows for the patient in a lane. */
static void areas(struct pn_view v, const struct airways *a, const struct pn_tree *tree,
                  size_t lane, double *area)
{
    const double sigma = v.p[SIGMA][lane];
    const int64_t patient = v.lungs->patient[lane];

    for (size_t i = 0; i < tree->n; i++) { /* the region's own factor first */
        if (tree->generation[i] < PN_FIRST_NARROW_AIRWAY)
            area[i] = 1;
        else if (tree->generation[i] > PN_FIRST_NARROW_AIRWAY)
            area[i] = area[tree->parent[i]];
        else
            area[i] = sigma * (pn_normal(v.lungs->seed, patient, PN_DRAW_REGION, 0, i) -
                               0.5 * sigma);
    }
    for (size_t i = 0; i < tree->n; i++) {
        size_t z = (size_t)tree->generation[i];
        pn_lane region = pn_all(area[i]);
        if (z < PN_FIRST_NARROW_AIRWAY)
            continue;
        pn_exp(&region, &region);
        z = z < PN_GENERATIONS ? z : PN_GENERATIONS - 1;
        area[i] = region[0] * a->factor[z][lane];
    }
}

/* NaN when there is no tree or no memory. */
static void one_tree(struct pn_view v, const struct airways *a, size_t lane,
                     const double *f, pn_lane *R, pn_lane *X)
{
    const struct pn_tree *tree;
    double *area = NULL, r[POINTS], x[POINTS];
    struct pn_oscillation how = {.law = PN_BRANCH_WOMERSLEY,
                                 .density = PN_AIR_DENSITY,
                                 .viscosity = PN_AIR_VISCOSITY,
                                 .resistance = v.p[RESISTANCE][lane] * PN_CMH2O_PER_LITRE,
                                 .inertance = v.p[INERTANCE][lane] * PN_CMH2O_PER_LITRE};
    pn_lane size = a->subject.body.TLC / pn_all(v.lungs->TLC), third = pn_all(1.0 / 3);
    int failed = v.lungs->tree(v.lungs->context, lane, &tree) != PN_OK;

    pn_pow(&size, &third, &size);
    how.G = a->G[lane];
    how.H = a->H[lane];
    how.length = size[lane];
    if (!failed)
        area = malloc(tree->n * sizeof *area);
    how.area = area;
    if (area)
        areas(v, a, tree, lane, area);
    failed = !area || pn_tree_impedance(tree, &how, POINTS, f, r, x) != PN_OK;
    for (size_t i = 0; i < POINTS; i++) {
        R[i][lane] = failed ? (double)NAN : r[i];
        X[i][lane] = failed ? (double)NAN : x[i];
    }
    free(area);
}

/* Lanes behind the patients repeat the first. */
static void all_trees(struct pn_view v, const struct airways *a, const double *f,
                      pn_lane *R, pn_lane *X)
{
    const size_t n = v.lungs->n_lanes;

    for (size_t l = 0; l < n; l++)
        one_tree(v, a, l, f, R, X);
    for (size_t i = 0; i < POINTS; i++)
        for (size_t l = n; l < PN_LANES; l++) {
            R[i][l] = R[i][0];
            X[i][l] = X[i][0];
        }
}

/* --- results --- */

/* predicted = c + age, sex, 1 / height [cm], 1 / body mass index: Gochicoa-Rangel, the
 * equations of a published calculator; sd: its RMSE.  kPa.s/L, Hz, ln(kPa/L) */
struct equation {
    double c, age, sex, height, index, sd;
};
static const struct equation of_difference = {-0.18775,  0.00099579, 0.004813,
                                              43.014247, -1.794838,  0.0348},
                             of_X5 = {0.19728,    0.00006377, 0.009133,
                                      -57.924822, 1.090394,   0.0408},
                             of_Fres = {1.2542,     0.041179,  0.07493,
                                        2781.55206, -99.15807, 3.89},
                             of_log_AX = {-3.597,  0.0063497, -0.06776,
                                          544.962, -18.97076, 0.621};

static pn_lane score(struct pn_view v, const struct equation *e, pn_lane value)
{
    const pn_lane metre = v.p[PN_HEIGHT] * pn_all(0.01);
    const pn_lane predicted = pn_all(e->c) + pn_all(e->age) * v.p[PN_AGE] +
                              pn_all(e->sex) * v.p[PN_SEX] +
                              pn_all(e->height) / v.p[PN_HEIGHT] +
                              pn_all(e->index) * metre * metre / v.p[WEIGHT];

    return (value - predicted) / pn_all(e->sd);
}

static void report(struct pn_view v, const double *f, pn_lane *out)
{
    const pn_lane zero = pn_all(0);
    struct pn_oscillation_indices k;
    pn_lane log_AX;

    pn_oscillation_indices(POINTS, f, &out[OUT_R], &out[OUT_X], &k);
    out[OUT_R5] = k.R5;
    out[OUT_R20] = k.R20;
    out[OUT_DIFFERENCE] = k.R5 - k.R20;
    out[OUT_X5] = k.X5;
    out[OUT_AX] = k.AX;
    out[OUT_FOUND] = pn_select(pn_finite(k.Fres), pn_all(1), zero);
    out[OUT_FRES] = pn_select(k.X5 < zero, pn_all(LAST_HZ), pn_all(FIRST_HZ));
    out[OUT_FRES] = pn_select(pn_finite(k.Fres), k.Fres, out[OUT_FRES]);
    out[OUT_DIFFERENCE_Z] = score(v, &of_difference, out[OUT_DIFFERENCE]);
    out[OUT_X5_Z] = score(v, &of_X5, k.X5);
    out[OUT_FRES_Z] = score(v, &of_Fres, out[OUT_FRES]);
    pn_log(&k.AX, &log_AX);
    out[OUT_AX_Z] = score(v, &of_log_AX, log_AX);
    out[OUT_AX_Z] =
        pn_select(k.AX > zero, out[OUT_AX_Z], pn_select(k.AX == zero, pn_all(-20), k.AX));
}

static void run(struct pn_view v, pn_lane *out)
{
    double f[POINTS];
    struct airways a;

    for (size_t i = 0; i < POINTS; i++)
        f[i] = FIRST_HZ + (double)i;
    rest(v, &a);
    if (v.lungs)
        all_trees(v, &a, f, &out[OUT_R], &out[OUT_X]);
    else
        all_symmetric(v, &a, f, &out[OUT_R], &out[OUT_X]);
    for (size_t i = OUT_R; i < OUT_R + 2 * POINTS; i++)
        out[i] = out[i] * pn_all(KPA);
    report(v, f, out);
}

static const struct pn_fit fit = PN_SUBJECT_FIT(pn_subject_FEV1);

const struct pn_test pn_test_oscillometry = {
    .name = "oscillometry",
    .summary = "impedance at 5-40 Hz: R5, R20, X5, resonance, area of reactance",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .run = run,
    .fit = &fit,
};
