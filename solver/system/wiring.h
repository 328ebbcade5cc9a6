/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of a wired system, shared by the files of this folder only. */
#ifndef PN_SYSTEM_WIRING_H
#define PN_SYSTEM_WIRING_H

#include <stdint.h>

#include "solver/system/system.h"

/* The lists that run at every step count in 16 bits. */
#define PN_WIRING_LIMIT  65535
/* Rows and columns of a part's own pattern are bytes (struct pn_at). */
#define PN_PATTERN_LIMIT 256

/** A part at its place: where its parameters, states, signals, reads and slopes begin. */
struct pn_wired_part {
    const struct pn_component *component;
    char *instance, *drug, *target;
    double molar_mass;
    double per_hour; /* component's rate x per_hour = rate per hour */
    size_t n_p, n_x, n_w, n_r, n_at;
    size_t p0;             /* among the parameters that the user sees */
    size_t q0;             /* the same with derived constants in between */
    size_t x0, w0, r0, j0; /* states, signals, reads, nonzeros of slopes */
    const struct pn_at *at;
    struct pn_at *full; /* owned: the pattern of a component that gives none */
    int is_live;        /* has a rate, or a signal that some rate depends on */
    int direct; /* its reads are signals side by side, as they are, from this one on: it
                   reads them where they stand; -1: they are carried to it */
};

/** signal `from` goes into read `to`, times factor; add: on top of another source. */
struct pn_wire {
    double factor;
    uint16_t from, to, add;
};

/** Before the write of `part`, wires up to (not including) `wires` are carried. */
struct pn_write_call {
    uint16_t part, wires;
};

/** How signals come about: calls of write with wires before each, then the wires left. */
struct pn_program {
    struct pn_write_call *call;
    struct pn_wire *wire;
    uint16_t *order; /* signals as they become known */
    size_t n_calls, n_wires, n_order;
};

struct pn_codes {
    uint16_t *v;
    size_t n, n_room;
};

/** slot = factor x slope, or slot += factor x slope. */
struct pn_entry {
    double factor;
    uint16_t slot, slope;
};

/** Matrix over [signals; states], its filling and its elimination as lists of slots.
 *  signals:  columns, rows, upper slots, then for each row: lower slot, target slots
 *  pivots:   the same with the pivot's slot in front
 *  forward:  state, slot of the row before, entries, then for each: lower slot, state
 *  backward: state, pivot's slot, slot of the row before, entries, then for each: upper
 *            slot, state
 * Once factorised, a pivot's slot holds its inverse, lower and upper slots are divided by
 * the pivot of their column and of their row. */
struct pn_matrix {
    size_t n_slots, n_subtractions, n_set, n_add;
    struct pn_entry *set, *add;
    size_t nothing;           /* a slot that is always 0 */
    struct pn_codes diagonal; /* slot of state i's diagonal, shape [n_states] */
    struct pn_codes zero;     /* slots that only elimination fills */
    struct pn_codes signals, pivots, forward, backward;
};

struct pn_system {
    struct pn_wired_part *part;
    size_t n_parts, n_states, n_signals, n_reads, n_parameters, n_constants, n_slopes;
    struct pn_wire *wire; /* in the order of the reads that they end in */
    size_t n_wires;
    uint16_t *input; /* states of parts with routes, increasing, shape [n_inputs] */
    size_t n_inputs;
    size_t *first_wire;      /* of each read, shape [n_reads + 1] */
    double *scale;           /* shape [n_states] */
    char *live;              /* signals that some rate depends on, shape [n_signals] */
    struct pn_program all;   /* every signal */
    struct pn_program lean;  /* live signals only */
    struct pn_matrix matrix; /* live signals and states */
};

/** Role by which others read a part. */
const char *pn_wired_role(const struct pn_wired_part *part);

/** The part that writes a signal. */
const struct pn_wired_part *pn_wired_writer(const struct pn_system *system,
                                            size_t signal);

/** Which signals are live, and both programs.  @return PN_OK, PN_ERR_INPUT (a ring),
 * PN_ERR_MEMORY. */
int pn_wiring_order(struct pn_system *system);

/** The matrix and its lists; after pn_wiring_order.  @return PN_OK, PN_ERR_INPUT (too
 * large), PN_ERR_MEMORY. */
int pn_wiring_plan(struct pn_system *system);

void pn_program_free(struct pn_program *program);
void pn_matrix_free(struct pn_matrix *matrix);

#endif
