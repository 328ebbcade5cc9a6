/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts of doses: in the unit of the state that they go into, per weight or surface of
 * the body, or by bands of covariates. */
#ifndef PN_STUDY_TREATMENT_DOSE_H
#define PN_STUDY_TREATMENT_DOSE_H

#include "solver/study/treatment/read_treatment.h"

extern const struct pn_key_map pn_bands_map, pn_band_map;

enum { PN_DOSE_UNIT = 128 };

/** The unit of a regimen's amounts: that of the state, "mg", per measure, "mg/kg".
 *  @param[out] unit  of PN_DOSE_UNIT letters */
void pn_dose_unit(enum pn_dose_by by, const char *state_unit, char *unit);

/** What the amount of a node is measured by: as its unit says, or its form.
 *  @param[in] unit        of the state
 *  @param[in] behind      what stands behind the amount in the unit: "" or "/h"
 *  @return PN_DOSE_FLAT also where it is nothing of the kind: then reading complains */
enum pn_dose_by pn_dose_kind(struct pn_study_reader *r, const struct pn_yaml *node,
                             const char *unit, const char *behind, double molar_mass);

/** Note the bands of a regimen, to be read when covariates are known.
 *  @param[in] regimen  where it will stay */
void pn_note_bands(struct pn_study_reader *r, const struct pn_yaml *node,
                   const struct pn_quantity *state, double molar_mass,
                   struct pn_regimen *regimen);

#endif
