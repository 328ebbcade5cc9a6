/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test `challenge`: methacholine in doubling doses, a forced expiration after each.
 *
 * Dose -> rate k1 at which muscle is phosphorylated -> Hai and Murphy's states, which go
 * on from dose to dose -> tension of the muscle in every generation from 3 on -> lumen in
 * equilibrium with tube law, tethering and a wall of conserved area -> FEV1.  Airways of
 * one generation differ in the strength of their muscle (lognormal): their mean lumen is
 * the generation's.  The real test ends at a fall of 20 %; this one goes on to the last
 * dose, so that a plateau can be seen. */
#include "models/airway/hai_murphy.h"
#include "models/airway/narrowing.h"
#include "models/catalogue.h"

#include <math.h>

enum {
    AGE,
    SEX,
    HEIGHT,
    FEV1,
    NARROWING,
    WALL,
    STRENGTH,
    SPREAD,
    ED50,
    HILL,
    K1,
    RELAXED,
    RECOIL,
    N_PARAMETERS
};
enum { TLC = N_PARAMETERS, RV, AREA, LENGTH, SIGMA, N_ALL };
enum { CALIBRE, THICKNESS, MUSCLE, BETA2, M3 };

enum { DOSES = 11, STAGES = DOSES + 1 }; /* the diluent comes first */
enum {
    OUT_PC20,
    OUT_REACHED,
    OUT_LARGEST,
    OUT_PLATEAU,
    OUT_FEV1,
    OUT_FALL = OUT_FEV1 + STAGES
};

#define FIRST_DOSE 0.03125 /* mg/mL, doubled up to 32 */
#define INTERVAL   300     /* s from dose to dose: ATS 1999 */
#define FALL       20.0    /* %, that PC20 is named after */
#define FLAT       5.0     /* %, most that a plateau rises over the last two doublings */
#define HIGHEST    50.0    /* %, of a plateau: above it the lung is shut */

/* clang-format off */
static const struct pn_quantity parameters[] = {
    [AGE] = {"age", "year", 50, 12, 100, "age",
             .source = "OURS: Quanjer 1993 measured 18-70 years", .covariate = "age"},
    [SEX] = {"sex", "1", 0, 0, 1, "sex: male = 1, female = 0",
             .source = "OURS: the code of the categories", .covariate = "sex"},
    [HEIGHT] = {"height", "cm", 168, 130, 220, "standing height",
                .source = "OURS: Quanjer 1993 measured 145-195 cm",
                .covariate = "height"},
    [FEV1] = {"FEV1", "L", (double)NAN, 0.2, 8,
              "FEV1 at baseline, to which narrowing is fitted",
              .source = "none: a measurement of the patient", .covariate = "FEV1"},
    [NARROWING] = {"narrowing", "1", 1, 0.15, 1.3,
                   "factor on A_m of generations 3-16 at baseline",
                   .source = "OURS: fitted to FEV1"},
    [WALL] = {"wall", "1", 1, 0.2, 5,
              "area of the inner wall, relative to healthy; takes nothing from the lumen"
              " at baseline, which narrowing gives",
              .source = "OURS: asthma 1.3-2, recalled (low)"},
    [STRENGTH] = {"strength", "cmH2O", 4.5, 0, 500,
                  "tension of the muscle over its largest radius, all bridges attached",
                  .source = "OURS: a healthy lung falls by less than 20 %"},
    [SPREAD] = {"spread", "1", 0.3, 0, 2,
                "coefficient of variation of strength among airways of a generation",
                .source = "OURS"},
    [ED50] = {"ED50", "mg/mL", 50, 0.01, 1e4,
              "methacholine at which phosphorylation has half its largest rate",
              .source = "OURS: PC20 of healthy lungs above 16 mg/mL"},
    [HILL] = {"hill", "1", 1, 0.3, 4, "steepness of the agonist's effect",
              .source = "OURS: one binding site"},
    [K1] = {"k1", "1/s", 0.55, 0.001, 10, "largest rate of phosphorylation",
            .source = "Hai & Murphy 1988 (recalled, high)"},
    [RELAXED] = {"beta2_effect", "1", 0.8, 0, 1,
                 "share of the rate that full occupancy of beta-2 receptors takes away",
                 .source = "OURS: 0.7-0.9, recalled (medium)"},
    [RECOIL] = {"recoil", "cmH2O", 5, 1, 30,
                "transpulmonary pressure at which the muscle works",
                .source = "OURS: that of functional residual capacity"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    [CALIBRE] = {"airway.calibre", "1", 1, 0, 4,
                 "factor on the cross-section A_m of generations 3-16",
                 .source = "the airway"},
    [THICKNESS] = {"airway.wall", "1", 1, 0, 100,
                   "area of the inner wall, relative to untreated",
                   .source = "the airway"},
    [MUSCLE] = {"asm.mass", "1", 1, 0, 100,
                "mass of airway smooth muscle, relative to untreated",
                .source = "the muscle"},
    [BETA2] = {"beta2.occupancy", "1", 0, 0, 1,
               "share of beta-2 receptors that is bound by drugs", .source = "its target"},
    [M3] = {"m3.occupancy", "1", 0, 0, 1,
            "share of M3 receptors that is bound by drugs", .source = "its target"},
    PN_END_OF_TABLE
};
static const struct pn_quantity results[] = {
    [0] = {"PC20", "mg/mL", 16, 0, 64,
           "methacholine at a fall of 20 %; 64 where 32 does not reach it",
           .source = "ATS 1999 (recalled, high)"},
    [1] = {"PC20_reached", "1", 1, 0, 1, "1: FEV1 fell by 20 %", .source = "ATS 1999"},
    [2] = {"largest_fall", "%", 20, -10, 100, "largest fall of FEV1 from the diluent",
           .source = "Lambert 1982, wave-speed limit"},
    [3] = {"plateau", "1", 1, 0, 1,
           "1: the largest fall is below 50 % and grows by less than 5 % of FEV1 over the"
           " last two doublings",
           .source = "OURS: after Woolcock 1984 (recalled, medium)"},
    [4] = {"challenge_FEV1", "L", 3, 0, 10,
           "FEV1 after the diluent and after 0.03125 … 32 mg/mL, doubling",
           .source = "Lambert 1982, wave-speed limit", .scale = STAGES},
    [5] = {"challenge_fall", "%", 10, -10, 100,
           "fall of FEV1 from the diluent after 0.03125 … 32 mg/mL, doubling",
           .source = "Lambert 1982, wave-speed limit", .scale = DOSES},
    PN_END_OF_TABLE
};
/* clang-format on */

static void prepare(pn_lane *p)
{
    struct pn_body body;

    pn_body_init(&p[SEX], &p[AGE], &p[HEIGHT], &body);
    p[TLC] = body.TLC;
    p[RV] = body.RV;
    p[AREA] = body.area;
    p[LENGTH] = body.length;
    p[SIGMA] = pn_muscle_sigma(p[SPREAD]);
}

static void build(struct pn_view v, struct pn_lung *lung)
{
    const struct pn_body body = {v.p[TLC], v.p[RV], v.p[AREA], v.p[LENGTH]};
    const pn_lane calibre = v.p[NARROWING] * v.r[CALIBRE];

    pn_body_lung(&body, &calibre, lung);
}

/* The share of attached bridges after each stage: the muscle starts at rest. */
static void stresses(struct pn_view v, pn_lane *stress)
{
    const pn_lane relaxed = pn_all(1) - v.p[RELAXED] * v.r[BETA2];
    pn_lane x[PN_HAI_MURPHY_STATES] = {[PN_M] = pn_all(1)};
    double dose = FIRST_DOSE;

    stress[0] = pn_all(0);
    for (size_t i = 1; i < STAGES; i++, dose *= 2) {
        /* a competitor multiplies ED50 by 1 + its drive, which is 1 / (1 - occupancy) */
        pn_lane drive = pn_all(dose) * (pn_all(1) - v.r[M3]) / v.p[ED50], power, k1;
        pn_pow(&drive, &v.p[HILL], &power);
        k1 = v.p[K1] * relaxed * power / (pn_all(1) + power);
        pn_hai_murphy_after(&pn_hai_murphy_1988, &k1, INTERVAL, x);
        stress[i] = pn_hai_murphy_stress(x);
    }
}

/* PC20 between the dose that reaches the fall and the one before, on the logarithm of the
 * dose; after the diluent on the dose itself. */
static void concentrate(const pn_lane *fall, pn_lane *out)
{
    const pn_lane goal = pn_all(FALL);
    pn_mask busy = fall[0] == fall[0]; /* not yet reached, nor NaN */
    pn_lane PC20 = pn_all(2 * FIRST_DOSE * (1 << (DOSES - 1)));
    double dose = FIRST_DOSE;

    for (size_t i = 0; i < DOSES; i++, dose *= 2) {
        pn_mask here = busy & (fall[i] >= goal);
        pn_lane part;
        if (i == 0) {
            part = pn_all(dose) * goal / fall[0];
        } else {
            part = (goal - fall[i - 1]) / (fall[i] - fall[i - 1]);
            part = part * pn_all(0.69314718055994531); /* ln 2 */
            pn_exp(&part, &part);
            part = part * pn_all(dose / 2);
        }
        PC20 = pn_select(here, part, PC20);
        busy = busy & ~here;
    }
    out[OUT_PC20] = PC20;
    out[OUT_REACHED] = pn_select(busy, pn_all(0), pn_all(1)) + pn_all(0) * fall[0];
}

/* Beyond a fall of 20 %, where the real test has ended, a lung through which no flow can
 * be found is shut: 0 L.  Before it, that is a failure: NaN. */
static void run(struct pn_view v, pn_lane *out)
{
    const struct pn_muscle muscle = {
        {v.p[WALL] * v.r[THICKNESS], v.r[MUSCLE], v.p[RECOIL]},
        v.p[AREA],
        v.p[STRENGTH],
        v.p[SIGMA]
    };
    pn_lane attached[STAGES], *volume = out + OUT_FEV1, *fall = out + OUT_FALL;
    struct pn_lung lung, narrowed[STAGES];
    pn_mask reached = {0}, flat;

    build(v, &lung);
    stresses(v, attached);
    pn_lung_narrow(&lung, &muscle, STAGES, attached, narrowed);
    out[OUT_LARGEST] = pn_all(-(double)INFINITY);
    for (size_t i = 0; i < STAGES; i++) {
        struct pn_expiration e;
        pn_forced_expiration(&narrowed[i], PN_EXPIRATION_STEPS, &e);
        volume[i] = pn_select(reached & ~pn_finite(e.FEV1), pn_all(0), e.FEV1);
        if (i == 0)
            continue;
        fall[i - 1] = pn_all(100) * (volume[0] - volume[i]) / volume[0];
        out[OUT_LARGEST] = pn_max(fall[i - 1], out[OUT_LARGEST]);
        reached = reached | (fall[i - 1] >= pn_all(FALL));
    }
    concentrate(fall, out);
    flat = (fall[DOSES - 1] - fall[DOSES - 3] < pn_all(FLAT)) &
           (out[OUT_LARGEST] < pn_all(HIGHEST));
    out[OUT_PLATEAU] = pn_select(flat, pn_all(1), pn_all(0));
}

/* FEV1 after the diluent */
static void baseline(struct pn_view v, pn_lane *value)
{
    struct pn_lung lung;
    struct pn_expiration e;

    build(v, &lung);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    *value = e.FEV1;
}

static const struct pn_fit fit = {
    .adjusted = NARROWING, .target = FEV1, .result = 4, .measure = baseline};

const struct pn_test pn_test_challenge = {
    .name = "challenge",
    .summary = "methacholine in doubling doses: PC20, dose-response curve, plateau",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .n_derived = N_ALL - N_PARAMETERS,
    .prepare = prepare,
    .run = run,
    .fit = &fit,
};
