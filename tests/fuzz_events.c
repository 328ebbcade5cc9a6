/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer on the reader of event tables; not part of the ordinary build:
 *
 *   clang -g -O1 -march=x86-64-v3 -D_GNU_SOURCE -ffp-contract=off -I. -Ibuild \
 *     -fsanitize=fuzzer,address,undefined tests/fuzz_events.c solver/base/[a-z]*.c \
 *     solver/study/[a-z]*.c models/[a-z]*.c -lyaml -lsleef -lgsl -lgslcblas -ludunits2
 * -lm
 *   ./a.out CORPUS tests/cases/bad inputs
 *
 * The input is a table for a study of two drugs.  What is accepted must be sound, and be
 * written such that it is read again to the same text. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/study/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* UDUNITS-2 forgets a word of a unit that it cannot parse */
const char *__lsan_default_suppressions(void)
{
    return "leak:utlex\n";
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file;

    remove(path); /* ext4 waits for the disk when an old file is written over */
    file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void require(int fact)
{
    if (!fact)
        abort();
}

static void check_record(const struct pn_study *study, const struct pn_event *e,
                         const struct pn_event *before)
{
    int is_dose = e->evid == PN_EVID_DOSE || e->evid == PN_EVID_RESET_DOSE;

    require(isfinite(e->time) && e->time >= 0.0 && e->time <= study->duration);
    require(!before || e->time >= before->time);
    require(e->compartment < (int)study->n_compartments);
    require(e->amount >= 0.0 && isfinite(e->amount));
    require(e->rate >= 0.0 && isfinite(e->rate));
    require(e->duration >= 0.0 && isfinite(e->duration));
    require(is_dose || (e->ss == 0 && e->addl == 0 && e->ii == 0.0));
    require(!is_dose || e->compartment >= 0);
    require(e->addl == 0 || e->ii > 0.0);
    require(e->ss == 0 || e->ii > 0.0 || (e->amount == 0.0 && e->rate > 0.0));
}

static void check_events(const struct pn_study *study)
{
    const struct pn_events *events = study->events;

    require(events->n_patients > 0 && events->first[0] == 0);
    require(events->first[events->n_patients] == events->n_events);
    for (size_t i = 0; i < events->n_patients; i++)
        for (size_t k = events->first[i]; k < events->first[i + 1]; k++)
            check_record(study, &events->event[k],
                         k > events->first[i] ? &events->event[k - 1] : NULL);
    for (size_t k = 0; k < events->n_events * events->n_covariates; k++)
        require(isfinite(events->covariate[k]));
}

static void check_round_trip(const struct pn_study *study, const char *path,
                             struct pn_units *units)
{
    static struct pn_complaints list;
    struct pn_study *again = NULL;
    char *first = NULL, *second = NULL;

    list.n = 0;
    require(pn_study_write(study, &first) == PN_OK);
    write_file(path, first, strlen(first));
    require(pn_study_read(path, units, &list, &again) == PN_OK);
    require(pn_study_write(again, &second) == PN_OK && strcmp(first, second) == 0);
    pn_study_free(&again);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char frame[] =
        "name: fuzz\nseed: 1\npopulation: {}\nevents: e.csv\nduration: 1000 h\n"
        "drugs:\n  abc: {molar_mass: 500 g/mol, kinetics: {model: pk2}}\n"
        "  x_y: {route: iv, kinetics: {model: pk2}}\n"
        "arms: {none: [], a: [{drug: abc}, {drug: x_y}]}\n";
    static struct pn_units *units;
    static struct pn_complaints list;
    static char folder[] = "/tmp/pn_fuzz_XXXXXX";
    static char study_path[64], events_path[64], again_path[64];
    struct pn_study *study = NULL;
    int status;

    if (!units) {
        require(pn_units_create(&units) == PN_OK && mkdtemp(folder));
        snprintf(study_path, sizeof study_path, "%s/study.yaml", folder);
        snprintf(events_path, sizeof events_path, "%s/e.csv", folder);
        snprintf(again_path, sizeof again_path, "%s/again.yaml", folder);
        write_file(study_path, frame, strlen(frame));
    }
    write_file(events_path, data, size);
    list.n = 0;
    status = pn_study_read(study_path, units, &list, &study);
    if (status == PN_OK) {
        check_events(study);
        check_round_trip(study, again_path, units);
    } else {
        require(status == PN_ERR_INPUT && !study && list.n > 0);
    }
    pn_study_free(&study);
    return 0;
}
