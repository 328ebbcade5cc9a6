/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forced oscillation of a tree: impedance against frequency, its indices, its file. */
#include "solver/airway/oscillate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/airway/air.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/hdf/arrays.h"

#define KPA 1e-6 /* kPa.s/L in Pa.s/m3 */

void pn_airway_oscillate_defaults(struct pn_oscillation *how)
{
    *how = (struct pn_oscillation){.H = 28 * PN_CMH2O_PER_LITRE,
                                   .G = PN_HYSTERESIVITY * (28 * PN_CMH2O_PER_LITRE),
                                   .resistance = 2 * PN_CMH2O_PER_LITRE,
                                   .inertance = 0.002 * PN_CMH2O_PER_LITRE,
                                   .density = PN_AIR_DENSITY,
                                   .viscosity = PN_AIR_VISCOSITY};
}

void pn_airway_spectrum_free(struct pn_airway_spectrum *s)
{
    free(s->f);
    *s = (struct pn_airway_spectrum){.n = 0};
}

static int take_indices(struct pn_airway_spectrum *s)
{
    struct pn_oscillation_indices k;
    pn_lane *lanes = aligned_alloc(64, 2 * s->n * sizeof(pn_lane));

    if (!lanes)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < s->n; i++) {
        lanes[i] = pn_all(s->R[i]);
        lanes[s->n + i] = pn_all(s->X[i]);
    }
    pn_oscillation_indices(s->n, s->f, lanes, lanes + s->n, &k);
    s->R5 = k.R5[0];
    s->R20 = k.R20[0];
    s->X5 = k.X5[0];
    s->Fres = k.Fres[0];
    s->AX = k.AX[0];
    free(lanes);
    return PN_OK;
}

int pn_airway_oscillate(const struct pn_tree *tree, const struct pn_oscillation *how,
                        size_t n, const double *f, struct pn_airway_spectrum *s)
{
    int status;

    *s = (struct pn_airway_spectrum){.n = n, .f = calloc(3 * n, sizeof *s->f)};
    if (!s->f)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    s->R = s->f + n;
    s->X = s->R + n;
    memcpy(s->f, f, n * sizeof *f);
    PN_TRY(pn_tree_impedance(tree, how, n, s->f, s->R, s->X));
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(s->R[i]) || !isfinite(s->X[i]))
            return PN_FAIL(PN_ERR_LIBRARY, "no finite impedance at %g Hz", s->f[i]);
        s->R[i] *= KPA;
        s->X[i] *= KPA;
    }
    status = take_indices(s);
out:
    return status;
}

void pn_airway_spectrum_csv(const struct pn_airway_spectrum *s, FILE *stream)
{
    fputs("frequency [Hz],resistance [kPa.s/L],reactance [kPa.s/L]\n", stream);
    for (size_t i = 0; i < s->n; i++)
        fprintf(stream, "%.17g,%.17g,%.17g\n", s->f[i], s->R[i], s->X[i]);
}

static int write_hdf(const struct pn_airway_spectrum *s, const char *path,
                     const char *command)
{
    const struct pn_array_dimension frequency = {
        "frequency", "Hz", "frequency of the oscillation", s->n, s->f};
    const struct pn_array array[] = {
        {"resistance",
         "kPa.s/L", "real part of the impedance at the mouth",
         {0, -1},
         s->R,
         NULL},
        {"reactance",
         "kPa.s/L", "imaginary part of the impedance at the mouth",
         {0, -1},
         s->X,
         NULL},
    };
    const struct pn_array_text text[] = {
        {"title",        "impedance of an airway tree"},
        {"history",      command                      },
        {"version",      pn_version()                 },
        {"git_revision", pn_revision()                },
    };
    const struct pn_arrays all = {&frequency, 1, array, 2, text, 4};

    return pn_arrays_write(path, &all);
}

int pn_airway_spectrum_write(const struct pn_airway_spectrum *s, const char *path,
                             const char *command)
{
    struct pn_airway_text text = {0};
    int status;

    if (pn_airway_form(path) == PN_FORM_HDF)
        return write_hdf(s, path, command);
    if (pn_airway_form(path) != PN_FORM_CSV)
        return PN_FAIL(PN_ERR_INPUT, "%s: expected a name that ends with .csv or .h5",
                       path);
    PN_TRY(pn_airway_text_begin(&text));
    pn_airway_spectrum_csv(s, text.stream);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}
