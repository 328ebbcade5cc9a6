/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dose as large as its patient wants it at that time: per weight, per surface of the
 * body, by bands of covariates. */
#include <math.h>

#include "models/kinetics/body_surface.h"
#include "solver/base/status.h"
#include "solver/dosing/dosing.h"
#include "solver/simulate/course_internal.h"

static int is_in(const struct pn_dose_measure *measure, const struct pn_dose_band *band,
                 const double *row)
{
    for (size_t i = 0; i < measure->n_covariates; i++) {
        double x = row[measure->covariate[i]];
        if (!(x >= band->low[i] && x <= band->high[i]))
            return 0;
    }
    return 1;
}

static const struct pn_dose_band *band_of(const struct pn_dose_measure *measure,
                                          const double *row)
{
    for (size_t i = 0; i < measure->n_bands; i++)
        if (is_in(measure, &measure->band[i], row))
            return &measure->band[i];
    return NULL;
}

/* Of the regimen's doses a band may want every second one, or fewer. */
static double by_bands(const struct pn_course *c, const struct pn_dose_measure *measure,
                       const double *row, struct pn_event *e)
{
    const struct pn_dose_band *band = band_of(measure, row);

    if (!band && c->patient == PN_TYPICAL_PATIENT) /* only what it costs is asked */
        return 0.0;
    if (!band)
        return measure->otherwise;
    e->ii *= band->every;
    return e->number % band->every == 0 ? band->amount : 0.0;
}

int pn_course_measure(const struct pn_course *c, const struct pn_hand *hand,
                      struct pn_event *e)
{
    const struct pn_regimen *regimen;
    const struct pn_dose_measure *measure;
    double factor = 1.0;

    if (e->regimen < 0)
        return PN_OK;
    regimen = &c->study->arm[c->i_arm].regimen[e->regimen];
    measure = &regimen->measure;
    switch (measure->by) {
    case PN_DOSE_FLAT:
        return PN_OK;
    case PN_DOSE_PER_WEIGHT:
        factor = hand->row[measure->weight];
        break;
    case PN_DOSE_PER_SURFACE:
        factor = pn_body_surface(&pn_body_surfaces[measure->formula],
                                 hand->row[measure->weight], hand->row[measure->height]);
        break;
    case PN_DOSE_BY_BANDS:
        factor = by_bands(c, measure, hand->row, e);
        break;
    }
    e->amount *= factor;
    if (regimen->rate_is_measured)
        e->rate *= factor;
    return isfinite(factor) ? PN_OK : PN_PATIENT_BAD_DOSE;
}
