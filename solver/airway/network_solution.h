/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flow and pressure at both ends of each vessel of a network. */
#ifndef PN_AIRWAY_NETWORK_SOLUTION_H
#define PN_AIRWAY_NETWORK_SOLUTION_H

#include "solver/airway/airway_file.h"
#include "solver/tree/readers/network_file.h"

/* Units are the file's. */
struct pn_airway_network {
    const struct pn_network_file *file; /* borrowed */
    size_t n_t, first;                  /* outputs that are kept, and the first of all */
    double *t;                          /* shape [n_t] */
    double *flow_in, *flow_out;         /* shape [n_vessels][n_t] */
    double *pressure_in, *pressure_out; /* as flows */
};

/** Follow a network through its cycles; the last is kept, or all where the file asks.
 *  @param[in]  rtol      relative tolerance in time
 *  @param[out] solution  free with pn_airway_network_free, also after an error
 *  @return PN_OK; PN_ERR_INPUT: too many outputs, no solution; PN_ERR_LIBRARY: it could
 *  not be followed; PN_ERR_MEMORY */
int pn_airway_network(struct pn_network_file *file, double rtol,
                      struct pn_airway_network *solution);
void pn_airway_network_free(struct pn_airway_network *solution);

/** All vessels and times as CSV into a stream of the caller. */
void pn_airway_network_csv(const struct pn_airway_network *solution, FILE *stream);

/** The same as .csv or .h5.
 *  @return PN_OK, PN_ERR_INPUT (another ending), PN_ERR_MEMORY, PN_ERR_IO */
int pn_airway_network_write(const struct pn_airway_network *solution, const char *path,
                            const char *command);

#endif
