/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trial made by hand for the tests of solver/record: two arms, seven patients, every
 * kind of output; the lives are functions of the job's number. */
#ifndef PN_TESTS_RECORD_TRIAL_H
#define PN_TESTS_RECORD_TRIAL_H

#include "check.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/record/record.h"

enum {
    TRIAL_ARMS = 2,
    TRIAL_PATIENTS = 7,
    TRIAL_TIMES = 5,
    TRIAL_VISITS = 2,
    TRIAL_POINTS = 4,
    TRIAL_C = 0,
    TRIAL_FEV1 = TRIAL_C + TRIAL_TIMES,
    TRIAL_LOOP = TRIAL_FEV1 + TRIAL_VISITS,
    TRIAL_NARROWING = TRIAL_LOOP + TRIAL_VISITS * TRIAL_POINTS,
    TRIAL_VALUES = TRIAL_NARROWING + 1,
    TRIAL_FAILED_JOB = 9 /* arm 1, patient 2 */
};

static const struct pn_quantity trial_rows[] = {
    {.name = "age",
     .unit = "year",
     .low = 5,
     .high = 100,
     .sentence = "age",
     .source = "none"       },
    {.name = "sex",
     .unit = "1",
     .low = 0,
     .high = 1,
     .sentence = "sex",
     .source = "none"       },
    {.name = "FEV1",
     .unit = "L",
     .low = 0.2,
     .high = 8,
     .sentence = "baseline FEV1",
     .source = "none"       },
    {.name = "CL",
     .unit = "L/h",
     .low = 1e-3,
     .high = 500,
     .sentence = "clearance",
     .source = "Author 2020"},
};

static inline const struct pn_trial *trial_make(void)
{
    static double times[TRIAL_TIMES] = {0, 168, 336, 504, 672};
    static struct pn_visit visits[TRIAL_VISITS] = {{.time = 0}, {.time = 672}};
    static char *categories[] = {"male", "female"};
    static double codes[] = {1, 0}, shares[] = {0.4, 0.6};
    static struct pn_distribution cases[] = {
        {.kind = PN_NORMAL,      .location = 50, .spread = 10, .low = 18, .high = 75},
        {.kind = PN_CATEGORICAL,
         .n_categories = 2,
         .category = categories,
         .code = codes,
         .probability = shares                                                      },
        {.kind = PN_LOGNORMAL,
         .location = 2.2,
         .spread = 0.2,
         .low = -(double)INFINITY,
         .high = (double)INFINITY                                                   },
        {.kind = PN_LOGNORMAL,
         .location = 30,
         .spread = 0.3,
         .low = -(double)INFINITY,
         .high = (double)INFINITY                                                   },
    };
    static char *names[] = {"age", "sex", "FEV1", "drug.CL"};
    static struct pn_variable variables[4];
    static struct pn_arm arms[TRIAL_ARMS] = {{.name = "placebo"}, {.name = "2 µg drug"}};
    static struct pn_input_file inputs[] = {
        {.path = "study.yaml",
         .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    };
    static struct pn_study study = {.name = "small",
                                    .seed = UINT64_MAX - 1,
                                    .n_arms = TRIAL_ARMS,
                                    .arm = arms,
                                    .n_visits = TRIAL_VISITS,
                                    .visit = visits,
                                    .n_outputs = TRIAL_TIMES,
                                    .output = times,
                                    .n_inputs = 1,
                                    .input = inputs};
    static struct pn_output outputs[] = {
        {"drug.C",               "mg/L", "plasma concentration",            "Author 2020", PN_OVER_TIME,   1,
         TRIAL_C,                                                                                                         TRIAL_TIMES,                         0, 0, 1},
        {"FEV1",                 "L",    "forced expiratory volume in 1 s", "Author 1999", PN_OVER_VISITS, 1,
         TRIAL_FEV1,                                                                                                      TRIAL_VISITS,                        0, 0, 1},
        {"flow_volume",          "L/s",  "flow-volume curve",               "Author 1999", PN_OVER_VISITS,
         TRIAL_POINTS,                                                                                        TRIAL_LOOP, (size_t)TRIAL_VISITS * TRIAL_POINTS, 0, 0, 1},
        {"spirometry.narrowing", "1",    "factor",                          "OURS: fit",   PN_PER_PATIENT, 1,
         TRIAL_NARROWING,                                                                                                 1,                                   0, 0, 1},
    };
    static struct pn_points points = {.n = 1};
    static struct pn_trial trial = {.study = &study,
                                    .points = &points,
                                    .n_outputs = sizeof outputs / sizeof *outputs,
                                    .n_values = TRIAL_VALUES,
                                    .output = outputs};

    for (size_t i = 0; i < 4; i++)
        variables[i] = (struct pn_variable){.name = names[i],
                                            .row = &trial_rows[i],
                                            .by = -1,
                                            .n_cases = 1,
                                            .cases = &cases[i],
                                            .group = -1,
                                            .member = -1};
    study.population = (struct pn_population){
        .n_patients = TRIAL_PATIENTS, .n_variables = 4, .variable = variables};
    return &trial;
}

/* life->values is the caller's, shape [TRIAL_VALUES] */
static inline void trial_life(int64_t job, struct pn_life *life)
{
    double *values = life->values;
    int failed = job == TRIAL_FAILED_JOB;

    *life = (struct pn_life){.job = job,
                             .status = failed ? PN_PATIENT_STEPS : PN_OK,
                             .method = job % 3 == 0,
                             .n_tries = 1 + (job % 3 == 0),
                             .n_doses = (uint32_t)(10 * job),
                             .t_end = failed ? 100.5 : 672.0,
                             .n_steps = 1000 + (uint64_t)job,
                             .n_rejected = 10 + (uint64_t)job,
                             .n_rates = (uint64_t)1 << (32 + job),
                             .n_factors = 3 * (uint64_t)job,
                             .message = "of this life",
                             .values = values};
    for (size_t i = 0; i < TRIAL_VALUES; i++)
        values[i] = failed ? (double)NAN : (double)job + (double)i / 64 + 1.0 / 3;
}

static inline void trial_append(struct pn_journal *journal, int64_t job)
{
    double values[TRIAL_VALUES];
    struct pn_life life = {.values = values};

    trial_life(job, &life);
    assert_int_equal(pn_journal_append(journal, &life), PN_OK);
}

/* one journal with the jobs first, first + step, … < last */
static inline void trial_journal(const char *folder, int rank,
                                 const struct pn_run_key *key, int64_t first,
                                 int64_t last, int64_t step)
{
    struct pn_journal *journal;

    assert_int_equal(pn_journal_create(folder, rank, key, TRIAL_VALUES, &journal), PN_OK);
    for (int64_t job = first; job < last; job += step)
        trial_append(journal, job);
    assert_int_equal(pn_journal_close(&journal), PN_OK);
    assert_null(journal);
}

/* a new empty folder; its name is malloced */
static inline char *trial_folder(void)
{
    char name[] = "/tmp/pneuma-record-XXXXXX";

    return mkdtemp(name) ? strdup(name) : NULL;
}

static inline void trial_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[600];

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        remove(path);
    }
    closedir(dir);
    rmdir(folder);
}

/* from here on no file of this process may grow past n bytes: a disk that is full */
static inline void trial_limit_files(size_t n, struct rlimit *before)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, before);
    limit = *before;
    limit.rlim_cur = n;
    setrlimit(RLIMIT_FSIZE, &limit);
}

#endif
