/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patient's airway at one visit: from a test's rows to body, lung, muscle, and to the
 * expirations that several tests share. */
#include "models/measures/subject.h"
#include "models/lung/tree_expiration.h"

void pn_subject_init(struct pn_view v, struct pn_subject *subject)
{
    pn_body_init(&v.p[PN_SEX], &v.p[PN_AGE], &v.p[PN_HEIGHT], &subject->body);
    subject->calibre = v.p[PN_NARROWING] * v.r[PN_CALIBRE];
}

struct pn_nhanes3_who pn_subject_who(struct pn_view v)
{
    return (struct pn_nhanes3_who){&v.p[PN_SEX], &v.p[PN_AGE], &v.p[PN_HEIGHT]};
}

void pn_subject_muscle(struct pn_view v, const struct pn_subject *subject,
                       const pn_lane *spread, struct pn_muscle *muscle)
{
    muscle->remodelling.wall = v.p[PN_WALL] * v.r[PN_THICKNESS];
    muscle->remodelling.muscle = v.r[PN_MUSCLE_MASS];
    muscle->remodelling.recoil = v.p[PN_RECOIL];
    muscle->size = subject->body.area;
    muscle->strength = v.p[PN_STRENGTH];
    pn_muscle_sigma(spread, &muscle->sigma);
}

void pn_subject_tone(struct pn_view v, const pn_lane *tone, const pn_lane *occupied,
                     pn_lane *attached)
{
    const pn_lane one = pn_all(1);

    *attached = *tone * (one - v.r[PN_M3]) * (one - v.p[PN_RELAXED] * *occupied);
}

/* where flow is sonic at half of VC */
static pn_lane choke_at_half(const struct pn_lung *lung, const struct pn_expiration *e)
{
    enum { HALF = PN_VOLUME_POINTS / 2 };
    pn_lane flow = (e->limit[HALF - 1] + e->limit[HALF]) * pn_all(0.5e-3); /* m3/s */
    pn_lane recoil, choke;

    pn_recoil_of_flow(&lung->bronchi, PN_EXPIRATION_STEPS, &flow, &recoil, &choke);
    return pn_select(pn_finite(recoil), choke, pn_all((double)NAN));
}

void pn_subject_expire(struct pn_view v, struct pn_expiration *e, pn_lane *choke)
{
    struct pn_subject subject;
    struct pn_lung lung;
    pn_lane unasked;

    pn_subject_init(v, &subject);
    if (v.lungs) {
        pn_lungs_expire(v.lungs, &subject.body.TLC, &subject.body.RV, &subject.calibre, e,
                        choke ? choke : &unasked);
        return;
    }
    pn_body_lung(&subject.body, &subject.calibre, &lung);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, e);
    if (choke)
        *choke = choke_at_half(&lung, e);
}

void pn_subject_FEV1(struct pn_view v, pn_lane *value)
{
    v.lungs = NULL;
    pn_subject_own_FEV1(v, value);
}

void pn_subject_own_FEV1(struct pn_view v, pn_lane *value)
{
    struct pn_expiration e;

    pn_subject_expire(v, &e, NULL);
    *value = e.FEV1;
}
