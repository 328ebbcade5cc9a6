/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same bytes on one rank, on two, and with the other instruction set. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/inspect/qualify_steps.h"
#include "solver/run/installation.h"
#include "solver/text/digest.h"

static const char bits_study[] =
    "name: selftest-bits\nseed: 11\n"
    "population:\n  size: 64\n  covariates: {weight: {mean: 70 kg, sd: 12 kg, low: 40 "
    "kg}}\n"
    "drugs:\n  one:\n    route: oral\n    molar_mass: 400 g/mol\n"
    "    kinetics: {model: pk2, parameters: {CL: {median: 20 L/h, omega2: 0.2}, V1: "
    "{median: 50 L, omega2: 0.1}}}\n"
    "    targets: {dp2: {Kd: 1 nM}}\n"
    "arms:\n  placebo: []\n  treated: [{drug: one, dose: 100 mg, every: 12 h, adherence: "
    "0.8}]\n"
    "duration: 4 day\noutput: {every: 6 h, keep: [one.C, dp2.occupancy]}\n";

/* @param[in,out] hex  of the first result, "" before there is one */
static void compare(struct pn_qualification *test, const char *check,
                    struct pn_program_run run, char hex[65])
{
    char *path = pn_qualify_path(test, run.result), got[65] = "";
    int code;

    run.study = "bits.yaml";
    code = pn_qualify_run(test, &run);
    if (code != 0 || !path || pn_sha256_file(path, got) != PN_OK)
        pn_report_add(test->report, PN_FAILED, check, "the study ended with code %d",
                      code);
    else if (*hex && strcmp(got, hex) != 0)
        pn_report_add(test->report, PN_FAILED, check, "%s, not %s", got, hex);
    else
        pn_report_add(test->report, PN_PASS, check, "result %.16s…%s", got,
                      *hex ? ", the same bytes" : "");
    if (!*hex)
        memcpy(hex, got, sizeof got);
    free(path);
}

static int is_program(const char *name)
{
    const char *path = getenv("PATH");
    char *copy = strdup(path ? path : ""), *rest = copy, *folder;
    int found = 0;

    while (copy && !found && (folder = strsep(&rest, ":"))) {
        char *file = NULL;

        if (asprintf(&file, "%s/%s", folder, name) < 0)
            break;
        found = access(file, X_OK) == 0;
        free(file);
    }
    free(copy);
    return found;
}

void pn_qualify_bits(struct pn_qualification *test)
{
    char hex[65] = "", *library;

    if (pn_qualify_write(test, "bits.yaml", bits_study) != PN_OK) {
        pn_report_add(test->report, PN_FAILED, "one rank", "%s", pn_error_last()->text);
        return;
    }
    compare(test, "one rank", (struct pn_program_run){.result = "one.h5"}, hex);
    if (!*hex)
        return;
    if (is_program("mpirun"))
        compare(test, "two ranks",
                (struct pn_program_run){.result = "two.h5", .launcher = "mpirun"}, hex);
    else
        pn_report_add(test->report, PN_NOTE, "two ranks", "not tried: no mpirun in PATH");
    library = pn_library_of((const void *)(size_t)pn_qualify_bits);
    if (library && strstr(library, "x86-64-v4"))
        compare(test, "the other library",
                (struct pn_program_run){.result = "v3.h5",
                                        .variable =
                                            "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F"},
                hex);
    else
        pn_report_add(test->report, PN_NOTE, "the other library",
                      "not tried: this processor takes one only");
    free(library);
}
