/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer on the readers of studies and patients; not part of the ordinary build:
 *
 *   clang -g -O1 -march=x86-64-v3 -D_GNU_SOURCE -ffp-contract=off -I. -Ibuild \
 *     -fsanitize=fuzzer,address,undefined tests/fuzz_study.c solver/base/[a-z]*.c \
 *     solver/study/[a-z]*.c models/[a-z]*.c -lyaml -lsleef -lgsl -lgslcblas -ludunits2
 * -lm
 *   ./a.out -dict=… tests/cases/bad inputs
 *
 * The first byte chooses by its last three bits: even, the rest is a study; 1, 5, a
 * patients CSV; 3, the points of a design; 7, its covariance. */
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

/* What is accepted must be written such that it is accepted again, to the same text. */
static void check_round_trip(const struct pn_study *study, const char *path,
                             struct pn_units *units)
{
    static struct pn_complaints list;
    struct pn_study *again = NULL;
    char *first = NULL, *second = NULL;

    list.n = 0;
    if (pn_study_write(study, &first) != PN_OK)
        abort();
    write_file(path, first, strlen(first));
    if (strlen(first) < 1 << 20) {
        if (pn_study_read(path, units, &list, &again) != PN_OK ||
            pn_study_write(again, &second) != PN_OK || strcmp(first, second) != 0)
            abort();
    }
    pn_study_free(&again);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char frame[] = "name: fuzz\nseed: 1\npopulation: {patients: p.csv}\n"
                                "disease: [eosinophils]\narms: {none: []}\n"
                                "duration: 1 h\n";
    static const char design[] =
        "name: fuzz\nseed: 1\npopulation: {size: 2, covariates: {weight: {mean: 70 kg, "
        "sd: "
        "9 kg}}}\narms: {a: [{drug: d, dose: 1 mg, every: 1 h}]}\nduration: 9 h\n"
        "drugs: {d: {route: iv, kinetics: {model: pk2, parameters: {CL: {median: 9 L/h, "
        "cv: 0.3}, V1: 50 L}}}}\ndesign: {method: ";
    static struct pn_units *units;
    static struct pn_complaints list;
    static char folder[] = "/tmp/pn_fuzz_XXXXXX";
    static char study_path[64], patients_path[64], again_path[64];
    struct pn_study *study = NULL;
    int status;

    if (!units) {
        if (pn_units_create(&units) != PN_OK || !mkdtemp(folder))
            abort();
        snprintf(study_path, sizeof study_path, "%s/study.yaml", folder);
        snprintf(patients_path, sizeof patients_path, "%s/p.csv", folder);
        snprintf(again_path, sizeof again_path, "%s/again.yaml", folder);
    }
    if (size == 0)
        return 0;
    if (data[0] % 2 == 0) {
        write_file(study_path, data + 1, size - 1);
    } else {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", data[0] % 4 == 1 ? frame : design,
                 data[0] % 4 == 1   ? ""
                 : data[0] % 8 == 3 ? "list, file: p.csv}\n"
                                    : "covariance, points: 3, file: p.csv}\n");
        write_file(study_path, text, strlen(text));
        write_file(patients_path, data + 1, size - 1);
    }
    list.n = 0;
    status = pn_study_read(study_path, units, &list, &study);
    if (status == PN_OK)
        check_round_trip(study, again_path, units);
    else if (status != PN_ERR_INPUT || study || list.n == 0)
        abort();
    pn_study_free(&study);
    return 0;
}
