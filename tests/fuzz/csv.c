/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the tables that a study names.  The first byte says which: of patients, of
 * the points of a design, of its covariance. */
#include "tests/fuzz/study.h"

#define SWEEP                                                                            \
    "name: fuzz\nseed: 1\npopulation: {size: 2, covariates: {weight: {mean: 70 kg, sd: " \
    "9 kg}}}\narms: {a: [{drug: d, dose: 1 mg, every: 1 h}]}\nduration: 9 h\n"           \
    "drugs: {d: {route: iv, kinetics: {model: pk2, parameters: {CL: {median: 9 L/h, "    \
    "cv: 0.3}, V1: 50 L}}}}\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const frame[] = {
        "name: fuzz\nseed: 1\npopulation: {patients: p.csv}\ndisease: [eosinophils]\n"
        "arms: {none: []}\nduration: 1 h\n",
        SWEEP "design: {method: list, file: p.csv}\n",
        SWEEP "design: {method: covariance, points: 3, file: p.csv}\n",
    };
    struct pn_study *study;
    char path[320], table[320];
    const char *text;

    if (size == 0)
        return 0;
    text = frame[data[0] % (sizeof frame / sizeof *frame)];
    fuzz_path("study.yaml", path);
    fuzz_path("p.csv", table);
    write_file(path, text, strlen(text));
    write_file(table, data + 1, size - 1);
    study = read_study(path);
    pn_study_free(&study);
    return 0;
}
