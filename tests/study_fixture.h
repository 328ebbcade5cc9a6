/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study from a text, simulated in memory: every value of every job, without files of
 * results. */
#ifndef PN_TESTS_STUDY_FIXTURE_H
#define PN_TESTS_STUDY_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "solver/base/status.h"
#include "solver/simulate/simulate.h"

struct fixture {
    struct pn_units *units;
    struct pn_study *study;
    struct pn_trial *trial;
    struct pn_life *life; /* [n_jobs] */
    int64_t *job;         /* the order in which jobs are handed out, [n_order] */
    size_t n_order, i_order;
};

static inline void fixture_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

/** A folder of this test's own in which drugs/ and populations/ are the repository's. */
static inline const char *fixture_folder(void)
{
    static char folder[64];

    if (!folder[0]) {
        char link[96];
        strcpy(folder, "/tmp/pneuma-test-XXXXXX");
        assert_non_null(mkdtemp(folder));
        snprintf(link, sizeof link, "%s/drugs", folder);
        assert_int_equal(symlink(PN_SOURCE_DIR "/inputs/drugs", link), 0);
        snprintf(link, sizeof link, "%s/populations", folder);
        assert_int_equal(symlink(PN_SOURCE_DIR "/inputs/populations", link), 0);
    }
    return folder;
}

/** Path of a file in that folder; static storage. */
static inline const char *fixture_path(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", fixture_folder(), name);
    return path;
}

/** Group teardown: the folder goes. */
static inline int fixture_clean(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", fixture_folder());
    return system(command);
}

/** Read and wire a study whose text names files relative to that folder. */
static inline struct fixture fixture_read(const char *text)
{
    struct fixture fixture = {0};
    struct pn_complaints list = {0};
    int status;

    fixture_write(fixture_path("study.yaml"), text);
    assert_int_equal(pn_units_create(&fixture.units), PN_OK);
    status =
        pn_study_read(fixture_path("study.yaml"), fixture.units, &list, &fixture.study);
    if (status == PN_OK)
        status = pn_trial_create(fixture.study, fixture.units, &list, &fixture.trial);
    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        print_error("%s\n", list.kept[i].text);
    if (status != PN_OK)
        print_error("%s\n", pn_error_last()->text);
    assert_int_equal(status, PN_OK);
    fixture.n_order = pn_trial_n_jobs(fixture.trial);
    fixture.life = calloc(fixture.n_order, sizeof *fixture.life);
    fixture.job = calloc(fixture.n_order, sizeof *fixture.job);
    for (size_t i = 0; i < fixture.n_order; i++) {
        fixture.life[i].values = calloc(fixture.trial->n_values + 1, sizeof(double));
        fixture.life[i].status = -1;
        fixture.job[i] = (int64_t)i;
    }
    return fixture;
}

static inline int64_t fixture_next(void *user)
{
    struct fixture *fixture = user;

    return fixture->i_order < fixture->n_order ? fixture->job[fixture->i_order++] : -1;
}

static inline int fixture_done(void *user, const struct pn_life *life)
{
    struct fixture *fixture = user;
    struct pn_life *mine = &fixture->life[life->job];
    double *values = mine->values;

    assert_int_equal(mine->status, -1); /* every job ends once */
    memcpy(values, life->values, fixture->trial->n_values * sizeof *values);
    *mine = *life;
    mine->values = values;
    return PN_OK;
}

/** Simulate the jobs of fixture->job[0 … n_order - 1]. */
static inline void fixture_simulate(struct fixture *fixture)
{
    struct pn_job_calls calls = {
        .user = fixture, .next = fixture_next, .done = fixture_done};

    assert_int_equal(pn_simulate(fixture->trial, &calls), PN_OK);
}

static inline struct fixture fixture_run(const char *text)
{
    struct fixture fixture = fixture_read(text);

    fixture_simulate(&fixture);
    return fixture;
}

/** Values of an output of one job. */
static inline const double *fixture_values(const struct fixture *fixture, size_t job,
                                           const char *name)
{
    for (size_t i = 0; i < fixture->trial->n_outputs; i++)
        if (strcmp(fixture->trial->output[i].name, name) == 0)
            return fixture->life[job].values + fixture->trial->output[i].first;
    fail_msg("no output %s", name);
    return NULL;
}

static inline void fixture_free(struct fixture *fixture)
{
    for (size_t i = 0; fixture->trial && i < pn_trial_n_jobs(fixture->trial); i++)
        free(fixture->life[i].values);
    free(fixture->life);
    free(fixture->job);
    pn_trial_free(&fixture->trial);
    pn_study_free(&fixture->study);
    pn_units_free(&fixture->units);
}

#endif
