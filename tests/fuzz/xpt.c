/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of SAS transport files: ADaM's tables as events of a study. */
#include "tests/fuzz/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "name: fuzz\nseed: 1\ncovariates: {IGEBL: {unit: IU/mL}}\npopulation: {}\n"
        "events: {file: e.xpt}\narms: {a: [{drug: d}]}\nduration: 1000 h\n"
        "drugs: {d: {route: oral, kinetics: {model: pk1}}}\n";
    struct pn_study *study;
    char path[320], table[320];

    fuzz_path("study.yaml", path);
    fuzz_path("e.xpt", table);
    write_file(path, text, sizeof text - 1);
    write_file(table, data, size);
    study = read_study(path);
    pn_study_free(&study);
    return 0;
}
