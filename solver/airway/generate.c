/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees by the name of their model, scaled alike. */
#include "solver/airway/generate.h"

#include <math.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

const char *const pn_airway_models[PN_AIRWAY_MODELS + 1] = {
    [PN_MODEL_GROWN] = "grown",
    [PN_MODEL_HORSFIELD] = "horsfield",
    [PN_MODEL_WEIBEL] = "weibel",
};

void pn_airway_generate_defaults(struct pn_airway_generate *options)
{
    *options = (struct pn_airway_generate){
        .patient = {.seed = 1, .patient = 1},
          .generations = 17
    };
}

int pn_airway_without(struct pn_airway_generate *options, const char *lobe)
{
    double *part = options->patient.lobe, sum = 0;

    for (int k = 0; k < PN_LOBES; k++)
        sum += part[k];
    for (int k = 1; k < PN_LOBES; k++)
        if (strcmp(lobe, pn_lobe_names[k]) == 0) {
            if (sum == 0)
                pn_tree_usual_lobes(part);
            part[k] = 0.0;
            return 1;
        }
    return 0;
}

/* Of a tree that is scaled as a whole: as a grown one would be. */
static int scale_of(const struct pn_tree_patient *p, double volume, double *scale)
{
    struct pn_tree_patient full = *p;
    int status = pn_tree_patient_check(&full);

    *scale = cbrt(full.volume / volume);
    return status;
}

int pn_airway_generate(const struct pn_airway_generate *o, struct pn_tree **tree)
{
    double scale;
    int status;

    if (o->model == PN_MODEL_GROWN)
        return pn_tree_grow(&o->patient, tree);
    if (o->model == PN_MODEL_HORSFIELD) {
        PN_TRY(scale_of(&o->patient, 3e-3, &scale));
        return pn_tree_horsfield_usual(scale, tree);
    }
    PN_TRY(scale_of(&o->patient, 4.8e-3, &scale));
    status = pn_tree_weibel(o->generations, scale, tree);
out:
    return status;
}
