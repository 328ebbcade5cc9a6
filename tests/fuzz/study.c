/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the reader of studies. */
#include "tests/fuzz/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pn_study *study;
    char path[320];

    fuzz_path("study.yaml", path);
    write_file(path, data, size);
    study = read_study(path);
    pn_study_free(&study);
    return 0;
}
