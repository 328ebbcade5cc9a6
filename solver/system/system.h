/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring: components joined by signals become one sparse ODE system in hours. */
#ifndef PN_SYSTEM_SYSTEM_H
#define PN_SYSTEM_SYSTEM_H

#include "solver/base/component.h"
#include "solver/base/ode.h"
#include "solver/base/units.h"

/** One component in a system, under the name by which outputs and parameters call it. */
struct pn_part {
    const struct pn_component *component;
    const char *instance; /* "fevipiprant", "dp2", "eosinophils"; copied */
    const char *drug;     /* instance of the drug it belongs to, or NULL; copied */
    const char *target;   /* name of the target it is aimed at, or NULL; copied */
    double molar_mass;    /* g/mol of its drug; 0: mass to molar is an error */
};

struct pn_system; /* the wiring: immutable, shared by any number of lanes */

/** Wire n parts.  Order of parts is the order of parameters and states.
 *  @return PN_OK; PN_ERR_INPUT with the reason in the error record: nobody writes a
 * signal that is needed, a ring of signals without a state (the ring is named), a wire
 * between dimensions, two instances of one name or two writers of one role. */
int pn_system_create(const struct pn_part *parts, size_t n, struct pn_units *units,
                     struct pn_system **system);
void pn_system_free(struct pn_system **system);

size_t pn_system_n_states(const struct pn_system *system);
size_t pn_system_n_signals(const struct pn_system *system);
size_t
pn_system_n_parameters(const struct pn_system *system); /* without derived constants */

enum pn_symbol_kind { PN_PARAMETER, PN_STATE, PN_SIGNAL };

/** A name of the system: "fevipiprant.CL", "eosinophils.E". */
struct pn_symbol {
    enum pn_symbol_kind kind;
    size_t index;         /* among the parameters, states or signals of the system */
    const char *instance; /* borrowed from the system */
    const struct pn_quantity *row; /* name, unit, sentence, source */
};

/** Find INSTANCE.NAME (signals before states before parameters).  @return 0, or -1: not
 * there. */
int pn_system_find(const struct pn_system *system, const char *name,
                   struct pn_symbol *symbol);

/** Find the signal that a read "ROLE.SIGNAL" takes; as pn_system_find. */
int pn_system_find_read(const struct pn_system *system, const char *read,
                        struct pn_symbol *symbol);

/** The i-th parameter, state or signal. */
struct pn_symbol pn_system_symbol(const struct pn_system *system,
                                  enum pn_symbol_kind kind, size_t i);

/** Where a part's states and parameters stand in the system. */
struct pn_span {
    const struct pn_component *component; /* borrowed */
    size_t state, n_states, parameter, n_parameters;
};

/** Find a part by its instance.  @return 0, or -1: not there. */
int pn_system_part(const struct pn_system *system, const char *instance,
                   struct pn_span *span);

/** Operations of the elimination, for tests and the profile: slots of the sparse matrix,
 * multiply- subtracts. */
void pn_system_cost(const struct pn_system *system, size_t *n_slots,
                    size_t *n_subtractions);

/* --- lanes on a system: parameters, signals and matrix of PN_LANES patients; one rank,
 * one thread --- */

struct pn_lanes;

int pn_lanes_create(const struct pn_system *system, struct pn_lanes **lanes);
void pn_lanes_free(struct pn_lanes **lanes);

/** Write one lane's parameters, shape [n_parameters], in table units.  Call
 * pn_lanes_prepare after. */
void pn_lanes_set(struct pn_lanes *lanes, size_t lane, const double *parameters);

/** Every component's prepare, all lanes (a pure function: other lanes keep their bits).
 */
void pn_lanes_prepare(struct pn_lanes *lanes);

/** From now on states that take doses (those of parts with routes) can take inputs and be
 * switched off.  Decided once for a system's use, before the first step: it costs an
 * operation a state, and lanes with and without inputs must not differ in it. */
void pn_lanes_open_inputs(struct pn_lanes *lanes);

/** One lane's input into such a state, in its unit per h; 0: none. */
void pn_lanes_set_input(struct pn_lanes *lanes, size_t lane, size_t state,
                        double per_hour);

/** One lane without inputs, all states on: another patient. */
void pn_lanes_clear_inputs(struct pn_lanes *lanes, size_t lane);

/** One lane's such state off (its rate is zero) or on again. */
void pn_lanes_switch(struct pn_lanes *lanes, size_t lane, size_t state, int on);

/** Initial states of all lanes, shape [n_states]. */
void pn_lanes_initial(struct pn_lanes *lanes, pn_lane *x);

/** Signals at x, shapes [n_states], [n_signals]; table units of the writer. */
void pn_lanes_signals(struct pn_lanes *lanes, const pn_lane *x, pn_lane *signals);

/** The system as an ODE in hours; valid as long as the lanes. */
struct pn_ode pn_lanes_ode(struct pn_lanes *lanes);

#endif
