/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Job scripts for the schedulers of clusters: pneuma submit. */
#ifndef PN_CLI_COMMAND_SUBMIT_H
#define PN_CLI_COMMAND_SUBMIT_H

#include <stddef.h>
#include <stdio.h>

#include "solver/cli/cli.h"

enum pn_scheduler { PN_SLURM, PN_PBS };
enum { PN_DIRECTIVES_MOST = 32 };

struct pn_submit {
    const char *study, *out;
    enum pn_scheduler scheduler;
    const char *account, *partition, *module, *launcher, *name; /* NULL: none */
    const char *directive[PN_DIRECTIVES_MOST]; /* options of the scheduler, as they are */
    size_t n_directives;
    int64_t n_ranks, n_nodes,
        n_shards;      /* n_nodes 0: the scheduler's choice; n_shards 0: no array */
    int64_t memory_mb; /* of a rank; 0: the scheduler's */
    int64_t limit_s;   /* 0: the queue's */
    const char *events, *extend, *patients, *max_failed; /* for pneuma run; NULL: none */
    int submit, replace;

    /* filled in by pn_submit_place */
    char folder[4096], study_path[4096], events_path[4096], extend_path[4096],
        result[4096], program[4096], script[4200], job[64];
};

/** "90" minutes, "MM:SS", "HH:MM:SS", "D-HH", "D-HH:MM", "D-HH:MM:SS": Slurm's forms.
 *  @return seconds, 0: none of them. */
int64_t pn_submit_seconds(const char *text);

/** A word for the shell, whatever stands in it: in single quotes. */
void pn_submit_quote(FILE *stream, const char *text);

/** The script, to be run by bash. */
void pn_submit_write(const struct pn_submit *submit, FILE *stream);

#endif
