/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzers of studies and of their tables share. */
#ifndef PN_TESTS_FUZZ_STUDY_H
#define PN_TESTS_FUZZ_STUDY_H

#include "solver/base/status.h"
#include "solver/study/study.h"
#include "tests/fuzz/fuzz.h"

/* What is accepted must be written such that it is accepted again, to the same text. */
static inline void check_round_trip(const struct pn_study *study, struct pn_units *units)
{
    static struct pn_complaints list;
    struct pn_study *again = NULL;
    char *first = NULL, *second = NULL, path[320];

    fuzz_path("again.yaml", path);
    list.n = 0;
    require(pn_study_write(study, &first) == PN_OK);
    write_file(path, first, strlen(first));
    if (strlen(first) < 1 << 20) {
        require(pn_study_read(path, units, &list, &again) == PN_OK);
        require(pn_study_write(again, &second) == PN_OK && strcmp(first, second) == 0);
    }
    pn_study_free(&again);
    free(first);
    free(second);
}

/* Read a study: sound and written again, or refused with a reason.  @return the study, to
 * be freed; NULL: refused */
static inline struct pn_study *read_study(const char *path)
{
    static struct pn_units *units;
    static struct pn_complaints list;
    struct pn_study *study = NULL;
    int status;

    require(units || pn_units_create(&units) == PN_OK);
    list.n = 0;
    status = pn_study_read(path, units, &list, &study);
    if (status == PN_OK)
        check_round_trip(study, units);
    else
        require(status == PN_ERR_INPUT && !study && list.n > 0);
    return study;
}

#endif
