/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One life of a result again, from the study that the result holds, with every step. */
#ifndef PN_INSPECT_REPLAY_H
#define PN_INSPECT_REPLAY_H

#include <stdint.h>
#include <stdio.h>

#include "solver/inspect/same_life.h"

struct pn_replay_options {
    const char *result;
    const char *arm;        /* NULL: the only one */
    const char *out;        /* of the trace; NULL: the stream given */
    const char *inputs;     /* folder in which the study stood; NULL: where it was */
    int64_t patient, point; /* from 1; point 0: the only one */
};

/** What a replay has shown. */
struct pn_replayed {
    int is_other_program; /* than the one that made the result: bits may differ */
    char *arm;            /* malloced */
    struct pn_differences differences;
};

/** Simulate the life, write its trace and compare its numbers.
 *  @param[in]  trace  where it goes when options->out is NULL
 *  @param[out] shown  free shown->arm in any case
 *  @return PN_OK: the same bits; PN_ERR_DIFFERENT; PN_ERR_USAGE, PN_ERR_INPUT, … */
int pn_replay(const struct pn_replay_options *options, FILE *trace,
              struct pn_replayed *shown);

#endif
