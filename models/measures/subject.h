/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patient's airway at one visit, as every lung-function test finds it: body, calibre,
 * muscle and wall from the rows of rows.h, in one place. */
#ifndef PN_MODELS_MEASURES_SUBJECT_H
#define PN_MODELS_MEASURES_SUBJECT_H

#include "models/airway/narrowing.h"
#include "models/airway/reference_values.h"
#include "models/measures/rows.h"

/** The patient in front of a test, muscle relaxed. */
struct pn_subject {
    struct pn_body body; /* volumes, size of the airways */
    pn_lane calibre;     /* factor on A_m from PN_FIRST_NARROW_AIRWAY on: what narrowing
                            gave at baseline times what has become of it */
};

/** @param[in] v  parameters begin with PN_PERSON_ROWS, reads with PN_PERSON_READS */
void pn_subject_init(struct pn_view v, struct pn_subject *subject);

/** As whom the reference values know the patient.  @param[in] v  as pn_subject_init */
struct pn_nhanes3_who pn_subject_who(struct pn_view v);

/** The patient's muscle and wall.
 *  @param[in] v       has the rows and reads of muscle, too
 *  @param[in] subject of v
 *  @param[in] spread  coefficient of variation of strength among airways [1] */
void pn_subject_muscle(struct pn_view v, const struct pn_subject *subject,
                       const pn_lane *spread, struct pn_muscle *muscle);

/** Share of bridges attached at rest: what drugs at beta-2 and M3 receptors leave of the
 * tone.
 *  @param[in]  v         has the rows and reads of muscle, too
 *  @param[in]  tone      share attached without any drug [1]
 *  @param[in]  occupied  share of beta-2 receptors that is bound [1] */
void pn_subject_tone(struct pn_view v, const pn_lane *tone, const pn_lane *occupied,
                     pn_lane *attached);

/** A forced expiration, muscle relaxed: through the patient's own tree where there is
 * one, else through the symmetric airway.  NaN in lanes that cannot.
 *  @param[in]  v      as pn_subject_init
 *  @param[out] e      what is breathed out
 *  @param[out] choke  NULL: not asked; generation where flow is sonic when half of VC is
 * breathed out; on a tree the mean over the flow [1] */
void pn_subject_expire(struct pn_view v, struct pn_expiration *e, pn_lane *choke);

/** FEV1, muscle relaxed [L], what narrowing is fitted by: of the symmetric airway, or of
 * the patient's own tree where there is one.  @param[in] v  as pn_subject_init */
void pn_subject_FEV1(struct pn_view v, pn_lane *value);
void pn_subject_own_FEV1(struct pn_view v, pn_lane *value);

/** A fit of narrowing to it; on trees by the one or the other. */
#define PN_SUBJECT_FIT(by)                                                               \
    {                                                                                    \
        .adjusted = PN_NARROWING, .target = PN_FEV1, .measure = pn_subject_FEV1,         \
        .on_trees = by, .n_parameters = PN_N_PERSON, .n_reads = PN_N_PERSON_READS        \
    }

#endif
