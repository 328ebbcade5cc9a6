/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event tables in NONMEM's form, and what regimens become: records of each patient. */
#ifndef PN_STUDY_TREATMENT_EVENTS_H
#define PN_STUDY_TREATMENT_EVENTS_H

#include <stdint.h>

#include "solver/base/component.h"
#include "solver/text/complaint.h"

struct pn_yaml;

enum pn_evid {
    PN_EVID_OBSERVE = 0,
    PN_EVID_DOSE = 1,
    PN_EVID_OTHER = 2, /* the integrator stops; covariates may change */
    PN_EVID_RESET = 3,
    PN_EVID_RESET_DOSE = 4,
    PN_EVID_REPLACE,  /* by name in the EVID column: the state becomes AMT */
    PN_EVID_MULTIPLY, /* the state is multiplied by AMT */
};

/** How a dose comes in.  F scales AMT: with RATE given it changes the duration, with DUR
 * the rate; the model's own rate or duration are parameters R and D of the route. */
enum pn_input {
    PN_BOLUS,
    PN_AT_RATE,
    PN_OVER_DURATION,
    PN_AT_MODEL_RATE,
    PN_OVER_MODEL_DURATION
};

/** One record.  Amounts in the unit of the state they go into, times in h. */
struct pn_event {
    double time;
    enum pn_evid evid;
    enum pn_input input;
    double amount, rate, duration, ii;
    int addl, ss;    /* ss: 0, 1, 2 */
    int n_before;    /* of an additional dose: how many of its kind came before it */
    int compartment; /* index in the study's compartments; -1: none (observations) */
    int off;         /* CMT was negative: the compartment is switched off (and emptied) */
    int occasion;    /* OCC, from 1; 0: no such column */
    int mdv, cens, dvid;
    double dv, limit; /* NaN: not given */
    int regimen;      /* of the arm; -1: from the table */
    int number;       /* of a regimen's dose, from 0 */
    struct pn_place place;
};

/** Records of an event table at which outputs over observations have a value. */
static inline int pn_event_is_observation(const struct pn_event *event)
{
    return event->evid == PN_EVID_OBSERVE;
}

/** A table of events: patients one after the other, records in the order of the file. */
struct pn_events {
    char *file, *second; /* second: of two that are joined; NULL: one */
    size_t n_patients, n_events;
    int64_t *id;   /* [n_patients], in the order of the file */
    char **label;  /* [n_patients]: IDs as they stand there; NULL: they are the numbers */
    size_t *first; /* [n_patients + 1]: records first[i] … first[i + 1] - 1 */
    const size_t *all;      /* the same of the whole table, of which these are a part */
    struct pn_event *event; /* [n_events] */
    size_t n_covariates;
    int *variable;     /* [n_covariates]: variable of the population */
    double *covariate; /* [n_events][n_covariates], none missing */
    int backward;      /* 1: the next observation is carried backward (NOCB), 0: LOCF */
    int has_occasions;
    const struct pn_yaml *columns, *ignore, *accept; /* of the key; NULL: none */
};

/** How many compartments a result names, and how many letters their names may have. */
enum { PN_NAMED_COMPARTMENTS = 1024, PN_COMPARTMENT_NAMES = 32000 };

/** Where doses can go: a state of a drug's kinetics, by the route that belongs to it. */
struct pn_compartment {
    size_t drug;                  /* index in the study's drugs */
    size_t state;                 /* index in its kinetics' states */
    const struct pn_route *route; /* NULL: no route (F = 1, no lag) */
    int cmt; /* number of its state, which CMT says, from 1; 0: by name only */
};

#endif
