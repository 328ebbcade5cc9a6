/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Force and stiffness of smooth muscle by its crossbridges: one protocol after the other.
 */
#ifndef PN_AIRWAY_CROSSBRIDGE_CYCLES_H
#define PN_AIRWAY_CROSSBRIDGE_CYCLES_H

#include "models/airway/crossbridge.h"
#include "solver/airway/airway_file.h"

struct pn_airway_cycles {
    struct pn_protocol protocol; /* but for amplitude and velocity, which follow */
    size_t n_amplitudes, n_velocities;
    const double *amplitude; /* power strokes, shape [n_amplitudes] */
    const double *velocity;  /* power strokes/s, shape [n_velocities] */
    double every;            /* s: the whole course; 0: means over the last cycle */
    size_t cells;            /* grid cells in a power stroke, >= 2 */
    int moments;             /* the closure by moments in place of the equation */
};
enum { PN_AIRWAY_CYCLES_ROWS = 1000000 }; /* protocol.end / every at most */

/** At rest for 150 s, or a sine of 0.33 Hz; 40 cells. */
void pn_airway_cycles_defaults(struct pn_airway_cycles *options);

/** Rows of one protocol after the other, as columns.  A course: amplitude, velocity, time
 * [s], strain, force, stiffness; means: amplitude, velocity, force, stiffness, least and
 * largest force. */
struct pn_airway_forces {
    int is_course;
    size_t n, room;    /* rows */
    double *column[6]; /* shape [n] each */
};

/** @param[out] forces  free with pn_airway_forces_free, also after an error
 *  @return PN_OK; PN_ERR_INPUT: too many rows; PN_ERR_LIBRARY: it cannot be followed;
 *  PN_ERR_MEMORY */
int pn_airway_cycles(const struct pn_airway_cycles *options,
                     struct pn_airway_forces *forces);
void pn_airway_forces_free(struct pn_airway_forces *forces);

/** As a table: .csv or .h5, or CSV into the caller's stream where path is NULL.
 *  @return as pn_airway_table_write */
int pn_airway_forces_write(const struct pn_airway_forces *forces, const char *path,
                           const char *command, FILE *stream);

#endif
