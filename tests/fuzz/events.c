/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the reader of event tables: a table for a study of two drugs.  What is
 * accepted must be sound. */
#include "tests/fuzz/study.h"
#include <math.h>

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

enum { N_BLOCKS = 3 };

/* Tables are read with and without an `events` block: a first byte 0, 1, 2 says which. */
static const char *block(uint8_t first)
{
    static const char *const blocks[N_BLOCKS] = {
        "e.csv",
        ("{file: e.csv, columns: {WGT: WT, LAGT: drop, CLI: abc.CL, HT: {unit: m}, "
         "SEX: {values: {1: male, 2: female}}}, ignore: [C, SD.EQ.0]}"),
        "{file: e.csv, columns: [ID, TIME, AMT=DOSE, EVID, WT=DROP], accept: 'TIME<9'}"};

    return blocks[first];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char frame[] =
        "name: fuzz\nseed: 1\npopulation: {}\nevents: %s\nduration: 1000 h\n"
        "drugs:\n  abc: {molar_mass: 500 g/mol, kinetics: {model: pk2}}\n"
        "  x_y: {route: iv, kinetics: {model: pk2}}\n"
        "arms: {none: [], a: [{drug: abc}, {drug: x_y}]}\n";
    struct pn_study *study;
    char study_path[320], events_path[320], text[1024];
    int is_said = size > 0 && data[0] < N_BLOCKS;
    int n = snprintf(text, sizeof text, frame, block(is_said ? data[0] : 0));

    fuzz_path("study.yaml", study_path);
    fuzz_path("e.csv", events_path);
    write_file(study_path, text, (size_t)n);
    write_file(events_path, data + is_said, size - (size_t)is_said);
    study = read_study(study_path);
    if (study)
        check_events(study);
    pn_study_free(&study);
    return 0;
}
