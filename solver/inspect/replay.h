/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One life of a result again, from the study that the result holds, with every step. */
#ifndef PN_INSPECT_REPLAY_H
#define PN_INSPECT_REPLAY_H

#include <stdint.h>

struct pn_replay_options {
    const char *result;
    const char *arm;        /* NULL: the only one */
    const char *out;        /* of the trace; NULL: stdout */
    const char *inputs;     /* folder in which the study stood; NULL: where it was */
    int64_t patient, point; /* from 1; point 0: the only one */
};

/** Simulate the life, write its trace, compare its numbers and print how many differ.
 *  @return PN_OK: the same bits; PN_ERR_DIFFERENT; PN_ERR_USAGE, PN_ERR_INPUT, … */
int pn_replay(const struct pn_replay_options *options);

#endif
