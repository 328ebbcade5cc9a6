/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trial made by hand whose patients have lists of unequal length: three patients with
 * 2, 0 and 3 observations; in the second arm 2, 1 and 3 doses of two drugs. */
#ifndef PN_TESTS_LIST_TRIAL_H
#define PN_TESTS_LIST_TRIAL_H

#include "record_trial.h"

enum {
    LIST_ARMS = 2,
    LIST_PATIENTS = 3,
    LIST_JOBS = LIST_ARMS * LIST_PATIENTS,
    LIST_TIMES = 3,
    LIST_OBS = 5, /* of all patients */
    LIST_MOST_OBS = 3,
    LIST_DOSES = 6, /* of all lives */
    LIST_MOST_DOSES = 3,
    LIST_C = 0,
    LIST_FEV1 = LIST_C + LIST_TIMES,
    LIST_OBS_C = LIST_FEV1 + 1,
    LIST_OBS_SEEN = LIST_OBS_C + LIST_MOST_OBS,
    LIST_DOSE = LIST_OBS_SEEN + LIST_MOST_OBS,
    LIST_WIDE = LIST_DOSE + 4 * LIST_MOST_DOSES,
    LIST_VALUES = LIST_WIDE,
    LIST_POINTS = 200000 /* of the wide output: 1.6 MB, so that blocks are small */
};

static const int64_t list_ids[LIST_PATIENTS] = {11, 5, 7};

/* time, amount, duration, compartment */
static const double list_doses[LIST_DOSES][4] = {
    {0,  100, 0, 0}, /* 11 */
    {12, 5,   2, 2},
    {6,  50,  0, 1}, /* 5 */
    {0,  100, 0, 0}, /* 7 */
    {12, 20,  0, 3},
    {30, 100, 0, 0},
};
static const size_t list_first_dose[LIST_JOBS + 1] = {0, 0, 0, 0, 2, 3, 6};

static inline struct pn_event list_record(double time, enum pn_evid evid, int line,
                                          double dv, double limit)
{
    return (struct pn_event){
        .time = time,
        .evid = evid,
        .compartment = -1,
        .mdv = evid != PN_EVID_OBSERVE || isnan(dv),
        .dv = dv,
        .limit = limit,
        .regimen = -1,
        .place = {"events.csv", line, 1}
    };
}

static inline struct pn_events *list_events(void)
{
    static int64_t id[LIST_PATIENTS];
    static size_t first[LIST_PATIENTS + 1] = {0, 3, 4, 8};
    static struct pn_event event[8];
    static struct pn_events events;
    const double none = (double)NAN;

    events = (struct pn_events){.n_patients = LIST_PATIENTS,
                                .n_events = 8,
                                .id = id,
                                .first = first,
                                .all = first,
                                .event = event};
    memcpy(id, list_ids, sizeof id);
    event[0] = list_record(0, PN_EVID_OBSERVE, 2, none, none);
    event[1] = list_record(0, PN_EVID_DOSE, 3, none, none);
    event[2] = list_record(12, PN_EVID_OBSERVE, 4, 0.5, 1.25);
    event[3] = list_record(6, PN_EVID_DOSE, 5, none, none);
    event[4] = list_record(0, PN_EVID_DOSE, 6, none, none);
    event[5] = list_record(0, PN_EVID_OBSERVE, 7, 0.25, none);
    event[6] = list_record(12, PN_EVID_OBSERVE, 8, 0.75, none);
    event[7] = list_record(30, PN_EVID_OBSERVE, 9, none, none);
    return &events;
}

/* residual errors are the caller's to set: study->drug[0].error */
static inline struct pn_study *list_study(void)
{
    static double times[LIST_TIMES] = {0, 12, 24};
    static struct pn_visit visit = {.time = 24};
    static struct pn_arm arms[LIST_ARMS] = {{.name = "placebo"}, {.name = "A, \"high\""}};
    static const struct pn_quantity states[] = {
        {.name = "A0", .unit = "mg"  },
        {.name = "A1", .unit = "mg"  },
        {.name = "R",  .unit = "nmol"},
        PN_END_OF_TABLE
    };
    static const struct pn_route routes[] = {
        {.name = "oral"}, {.name = "iv"}, {.name = "inhaled"}};
    static const struct pn_component kinetics = {.name = "toy", .states = states};
    static struct pn_drug drugs[2];
    static struct pn_compartment compartments[] = {
        {0, 0, &routes[0], 1},
        {0, 1, &routes[1], 2},
        {1, 2, NULL,       3},
        {0, 0, &routes[2], 1},
    };
    static struct pn_study study;
    static int64_t id[LIST_PATIENTS];

    memcpy(id, list_ids, sizeof id);
    drugs[0] = (struct pn_drug){.name = "alpha", .kinetics = &kinetics};
    drugs[1] = (struct pn_drug){.name = "beta", .kinetics = &kinetics};
    study = *trial_make()->study;
    study.population.n_patients = LIST_PATIENTS;
    study.population.id = id;
    study.seed = 17;
    study.arm = arms;
    study.n_drugs = 2;
    study.drug = drugs;
    study.n_visits = 1;
    study.visit = &visit;
    study.n_outputs = LIST_TIMES;
    study.output = times;
    study.events = list_events();
    study.n_compartments = 4;
    study.compartment = compartments;
    return &study;
}

static inline struct pn_output list_output(const char *name, const char *unit,
                                           enum pn_output_over over, size_t first,
                                           size_t n)
{
    struct pn_output output = {.unit = unit,
                               .sentence = name,
                               .over = over,
                               .n_points = over == PN_PER_PATIENT ? n : 1,
                               .first = first,
                               .n_values = n};

    snprintf(output.name, sizeof output.name, "%s", name);
    return output;
}

/* by_events 0: without event table and observations; wide: with an output so wide that a
 * block holds two patients */
static inline const struct pn_trial *list_trial(struct pn_study *study, int by_events,
                                                int wide)
{
    static const char *const names[] = {"dose_time", "dose_amount", "dose_duration",
                                        "dose_compartment"};
    static const char *const units[] = {"h", "1", "h", "1"};
    static struct pn_output output[9];
    static struct pn_points points = {.n = 1};
    static struct pn_trial trial;
    size_t n = 0;

    output[n++] = list_output("alpha.C", "mg/L", PN_OVER_TIME, LIST_C, LIST_TIMES);
    output[n++] = list_output("FEV1", "L", PN_OVER_VISITS, LIST_FEV1, 1);
    for (size_t i = 0; i < 4; i++)
        output[n++] = list_output(names[i], units[i], PN_OVER_DOSES,
                                  LIST_DOSE + i * LIST_MOST_DOSES, LIST_MOST_DOSES);
    if (by_events) {
        output[n++] = list_output("obs.alpha.C", "mg/L", PN_OVER_OBSERVATIONS, LIST_OBS_C,
                                  LIST_MOST_OBS);
        output[n++] = list_output("obs.n_doses", "1", PN_OVER_OBSERVATIONS, LIST_OBS_SEEN,
                                  LIST_MOST_OBS);
    }
    if (wide)
        output[n++] =
            list_output("wide", "1", PN_PER_PATIENT, LIST_WIDE, (size_t)LIST_POINTS);
    trial = (struct pn_trial){.study = study,
                              .points = &points,
                              .n_outputs = n,
                              .n_values = LIST_VALUES + (wide ? LIST_POINTS : 0),
                              .output = output,
                              .most_doses = LIST_MOST_DOSES,
                              .most_observations = by_events ? LIST_MOST_OBS : 0};
    if (!by_events)
        study->events = NULL;
    return &trial;
}

/* concentration of a life at its k-th time or observation: 1, 1.125, … */
static inline double list_C(size_t job, size_t k)
{
    return (double)(job + 1) + (double)k / 8;
}

/* the first observation of everybody is before the first dose; the second sees a dose of
 * the same time for patient 11 and not for patient 7; the third does */
static inline double list_seen(size_t job, size_t k)
{
    static const double seen[2][3] = {
        {0, 2, 2},
        {0, 1, 3}
    };

    return job < LIST_PATIENTS ? 0 : seen[job == LIST_JOBS - 1][k];
}

/* values: the caller's, shape [trial->n_values] */
static inline void list_life(const struct pn_trial *trial, size_t job, int failed,
                             double *values, struct pn_life *life)
{
    size_t first = list_first_dose[job], n_doses = list_first_dose[job + 1] - first;

    *life = (struct pn_life){.job = (int64_t)job,
                             .status = failed ? PN_PATIENT_STEPS : PN_OK,
                             .n_tries = 1,
                             .n_doses = (uint32_t)n_doses,
                             .t_end = 24,
                             .values = values};
    for (size_t i = 0; i < trial->n_values; i++)
        values[i] = i < LIST_WIDE || failed ? (double)NAN : (double)i;
    if (failed)
        return;
    values[LIST_FEV1] = 2.5 + (double)job;
    for (size_t k = 0; k < 3; k++) {
        values[LIST_C + k] = list_C(job, k);
        values[LIST_OBS_C + k] = list_C(job, k);
        values[LIST_OBS_SEEN + k] = list_seen(job, k);
    }
    for (size_t k = 0; k < n_doses; k++)
        for (size_t i = 0; i < 4; i++)
            values[LIST_DOSE + i * LIST_MOST_DOSES + k] = list_doses[first + k][i];
}

static const struct pn_run_key LIST_KEY = {
    {9, 8, 7}
};

/* one journal a rank; job `failed` (LIST_JOBS: none) failed */
static inline void list_journals(const struct pn_trial *trial, const char *folder,
                                 int n_ranks, size_t failed)
{
    double *values = malloc(trial->n_values * sizeof *values);

    assert_non_null(values);
    for (int rank = 0; rank < n_ranks; rank++) {
        struct pn_journal *journal;

        assert_int_equal(
            pn_journal_create(folder, rank, &LIST_KEY, trial->n_values, &journal), PN_OK);
        for (size_t k = (size_t)rank; k < LIST_JOBS; k += (size_t)n_ranks) {
            struct pn_life life;

            list_life(trial, LIST_JOBS - 1 - k, LIST_JOBS - 1 - k == failed, values,
                      &life);
            assert_int_equal(pn_journal_append(journal, &life), PN_OK);
        }
        assert_int_equal(pn_journal_close(&journal), PN_OK);
    }
    free(values);
}

/* journals and result; @return what pn_result_write does */
static inline int list_result(const struct pn_trial *trial, const char *folder,
                              const char *path)
{
    const struct pn_provenance provenance = {.resolved = "name: lists\n",
                                             .version = "0.1.0",
                                             .revision = "abc",
                                             .compiler = "cc",
                                             .flags = "-O",
                                             .libraries = "HDF5 1\n"};
    struct pn_index *index = NULL;
    struct pn_tally tally;
    int status = pn_index_read(folder, &LIST_KEY, trial, NULL, &index);

    if (status == PN_OK)
        status = pn_result_write(path, trial, index, &provenance, &tally);
    pn_index_free(&index);
    return status;
}

#endif
