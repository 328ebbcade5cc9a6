/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Impedance of a tree against frequency, and what oscillometry reports of it. */
#ifndef PN_AIRWAY_OSCILLATE_H
#define PN_AIRWAY_OSCILLATE_H

#include "models/lung/tree_impedance.h"
#include "solver/airway/airway_file.h"

#define PN_HYSTERESIVITY 0.2 /* G / H of the tissue, as usual */

/** Tissue, upper airway and gas as usual. */
void pn_airway_oscillate_defaults(struct pn_oscillation *how);

/** Impedance at the mouth and its indices; kPa.s/L, Hz, kPa/L; an index that these
 * frequencies do not hold is NaN. */
struct pn_airway_spectrum {
    size_t n;
    double *f, *R, *X; /* shape [n] */
    double R5, R20, X5, Fres, AX;
};

/** @param[in]  f         Hz, > 0, increasing, shape [n]
 *  @param[out] spectrum  free with pn_airway_spectrum_free, also after an error
 *  @return PN_OK; PN_ERR_LIBRARY: no finite impedance; PN_ERR_MEMORY */
int pn_airway_oscillate(const struct pn_tree *tree, const struct pn_oscillation *how,
                        size_t n, const double *f, struct pn_airway_spectrum *spectrum);
void pn_airway_spectrum_free(struct pn_airway_spectrum *spectrum);

/** Frequency, resistance, reactance as CSV into a stream of the caller. */
void pn_airway_spectrum_csv(const struct pn_airway_spectrum *spectrum, FILE *stream);

/** The same as .csv or .h5.
 *  @return PN_OK, PN_ERR_INPUT (another ending), PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_spectrum_write(const struct pn_airway_spectrum *spectrum, const char *path,
                             const char *command);

#endif
