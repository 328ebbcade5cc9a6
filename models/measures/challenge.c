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
#include "models/measures/subject.h"

enum { SPREAD = PN_N_MUSCLE, ED50, HILL, K1 };

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
    PN_PERSON_ROWS,
    PN_MUSCLE_ROWS,
    [SPREAD] = PN_ROW_STRENGTH_SPREAD,
    [ED50] = {"ED50", "mg/mL", 50, 0.01, 1e4,
              "methacholine at which phosphorylation has half its largest rate",
              .source = "OURS: PC20 of healthy lungs above 16 mg/mL"},
    [HILL] = {"hill", "1", 1, 0.3, 4, "steepness of the agonist's effect",
              .source = "OURS: one binding site"},
    [K1] = {"k1", "1/s", 0.55, 0.001, 10, "largest rate of phosphorylation",
            .source = "Hai & Murphy 1988 (recalled, high)"},
    PN_END_OF_TABLE
};
static const struct pn_quantity reads[] = {
    PN_PERSON_READS,
    PN_MUSCLE_READS,
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

/* The share of attached bridges after each stage: the muscle starts at rest. */
static void stresses(struct pn_view v, pn_lane *stress)
{
    const pn_lane relaxed = pn_all(1) - v.p[PN_RELAXED] * v.r[PN_BETA2];
    pn_lane x[PN_HAI_MURPHY_STATES] = {[PN_M] = pn_all(1)};
    double dose = FIRST_DOSE;

    stress[0] = pn_all(0);
    for (size_t i = 1; i < STAGES; i++, dose *= 2) {
        /* a competitor multiplies ED50 by 1 + its drive, which is 1 / (1 - occupancy) */
        pn_lane drive = pn_all(dose) * (pn_all(1) - v.r[PN_M3]) / v.p[ED50], power, k1;
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
    pn_lane attached[STAGES], *volume = out + OUT_FEV1, *fall = out + OUT_FALL;
    struct pn_subject subject;
    struct pn_muscle muscle;
    struct pn_lung lung, narrowed[STAGES];
    pn_mask reached = {0}, flat;

    pn_subject_init(v, &subject);
    pn_subject_muscle(v, &subject, &v.p[SPREAD], &muscle);
    pn_body_lung(&subject.body, &subject.calibre, &lung);
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

static const struct pn_fit fit = PN_SUBJECT_FIT(pn_subject_FEV1);

const struct pn_test pn_test_challenge = {
    .name = "challenge",
    .summary = "methacholine in doubling doses: PC20, dose-response curve, plateau",
    .parameters = parameters,
    .reads = reads,
    .results = results,
    .run = run,
    .fit = &fit,
};
