/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The waiting room: patients whose life is simulated wait here until their tests fill the
 * lanes. */
#ifndef PN_SIMULATE_MEASURE_H
#define PN_SIMULATE_MEASURE_H

#include "solver/simulate/simulate.h"

/** A patient in the room: outcome so far, and what the tests need. */
struct pn_guest {
    struct pn_life
        life;        /* values: the room's memory, shape [n_values], filled with NaN */
    size_t n_visits; /* that the patient came to: the first ones */
    double *row;     /* variables of the population, shape [n_variables] */
    double *reads;   /* of all tests at the beginning and each visit,
                              shape [1 + n_visits][n_reads] */
};

struct pn_room;

/** A patient whom no airway fits is drawn again, at most this often. */
enum { PN_MOST_REDRAWS = 20 };

/** One per rank and arm.  trial and calls are borrowed. */
int pn_room_create(const struct pn_trial *trial, const struct pn_job_calls *calls,
                   struct pn_room **room);
void pn_room_free(struct pn_room **room);

/** Reads of all tests together. */
size_t pn_room_n_reads(const struct pn_room *room);

/** A free chair: fill the guest, then pn_room_admit. */
struct pn_guest *pn_room_chair(struct pn_room *room);

/** The guest in the chair is complete.  Who has failed, or has no tests, is delivered at
 * once; when the lanes are full the tests are run and all are delivered.
 *  @return PN_OK, or what the caller of `done` returned. */
int pn_room_admit(struct pn_room *room);

/** One result of one patient at once, for a decision: the airway is fitted at the
 * beginning, the test is that of visit n_visits - 1.  The first point of a curve.
 *  @param[in] guest  with life.job, row, reads and n_visits
 *  @return PN_OK, PN_PATIENT_AIRWAY_FIT, PN_PATIENT_NO_MEASUREMENT, or PN_ERR_INPUT: no
 * test has such a result. */
int pn_room_result(struct pn_room *room, const struct pn_guest *guest, const char *name,
                   double *value);

/** Somebody who is to be drawn again: job and n_redrawn, all else 0; not yet told to
 * `done`.
 *  @return 1; 0: nobody */
int pn_room_again(struct pn_room *room, struct pn_life *life);
int pn_room_has_again(const struct pn_room *room);

/** Run the tests of those who wait, lanes full or not, and deliver them. */
int pn_room_flush(struct pn_room *room);

#endif
