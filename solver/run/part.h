/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which part of a study is run. */
#ifndef PN_RUN_PART_H
#define PN_RUN_PART_H

#include <stddef.h>
#include <stdint.h>

/** What is asked of a study besides its file. */
struct pn_selection {
    const char *events; /* a table in place of the study's own; NULL: none */
    size_t first, last; /* patients, from 1; 0, 0: all */
    uint64_t seed;      /* in place of the study's own; 0: that */
    int strict;         /* 1: warnings are complaints: the study is not loaded */
};

/** Part k of n, from 1; 1 of 1 is all. */
struct pn_shard {
    int64_t k, n;
};

#endif
