/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is suspected after a death: those in hand, unless the death has another reason. */
#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cluster/cluster.h"
#include "solver/run/note.h"

static const struct pn_run_key KEY =
                                   {
                                       {1, 2, 3}
},
                               OTHER = {{4}};
enum { N_JOBS = 100, LAUNCH = 77 };

static char folder[64];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/pn_note_XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* How a rank of the table ends, in a process of its own. */
struct death {
    int rank, alone, phase;
    int64_t launch, working, job; /* job: in the second bed and the third chair */
    int by;                       /* signal; 0: in its own way; -1: by the timer */
    const struct pn_run_key *key;
};

static void die(const struct death *death)
{
    struct pn_note *note = NULL;
    struct pn_at_work *hand;

    if (pn_note_create(folder, death->rank, death->key, death->launch, &note) != PN_OK)
        _exit(1);
    pn_cluster_watch_crashes(pn_note_signal(note), PN_NOTE_EXPLAINED);
    pn_note_alone(note, death->alone);
    hand = pn_note_at_work(note);
    hand->phase = death->phase;
    hand->working = death->working;
    hand->bed[1] = death->job;
    hand->room[2] = death->job + 1;
    if (death->by < 0)
        *pn_note_signal(note) = PN_NOTE_EXPLAINED;
    else if (death->by > 0)
        raise(death->by); /* its own, as seen by the handler */
    else
        pn_note_remove(&note);
    _exit(0);
}

static void let_die(const struct death *death)
{
    pid_t child = fork();
    int how;

    if (child == 0)
        die(death);
    waitpid(child, &how, 0);
    assert_true(death->by > 0 ? WIFSIGNALED(how) && WTERMSIG(how) == death->by
                              : WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static void those_in_hand_are_suspected(void **state)
{
    static const struct {
        struct death death;
        int64_t suspect; /* -1: nobody */
        int n_deaths;
    } cases[] = {
        {{0, 0, PN_WORK_BEDS, LAUNCH, -1, 5, SIGSEGV, &KEY},      5,  0},
        {{0, 0, PN_WORK_ROOM, LAUNCH, -1, 5, SIGBUS, &KEY},       6,  0},
        {{0, 0, PN_WORK_BEDS, LAUNCH, 9, 5, SIGFPE, &KEY},        9,  0},
        {{0, 0, PN_WORK_IDLE, LAUNCH, -1, 5, SIGSEGV, &KEY},      -1, 0},
        {{0, 1, PN_WORK_BEDS, LAUNCH, -1, 5, SIGABRT, &KEY},      5,  1},
        {{0, 1, PN_WORK_BEDS, LAUNCH, -1, 5, SIGILL, &KEY},       5,  1},
        {{0, 1, PN_WORK_BEDS, LAUNCH, -1, 5, SIGKILL, &KEY},      5,  0},
        {{0, 0, PN_WORK_BEDS, LAUNCH, -1, 5, -1, &KEY},           -1, 0},
        {{0, 0, PN_WORK_BEDS, LAUNCH, -1, 5, 0, &KEY},            -1, 0},
        {{0, 0, PN_WORK_BEDS, LAUNCH, -1, 5, SIGSEGV, &OTHER},    -1, 0},
        {{0, 0, PN_WORK_BEDS, LAUNCH, -1, N_JOBS, SIGSEGV, &KEY}, -1, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_suspects suspects;

        setup(state);
        let_die(&cases[i].death);
        assert_int_equal(pn_suspects_read(folder, &KEY, N_JOBS, &suspects), PN_OK);
        assert_int_equal(suspects.n, cases[i].suspect >= 0);
        if (suspects.n > 0) {
            assert_int_equal(suspects.suspect[0].job, cases[i].suspect);
            assert_int_equal(suspects.suspect[0].n_deaths, cases[i].n_deaths);
        }
        pn_suspects_free(&suspects);
        teardown(state);
    }
}

static void one_ranks_own_death_explains_those_of_its_start(void **state)
{
    static const struct death deaths[] = {
        {0, 0, PN_WORK_BEDS, LAUNCH,     -1, 5,  SIGKILL, &KEY},
        {1, 0, PN_WORK_BEDS, LAUNCH,     -1, 15, SIGSEGV, &KEY},
        {2, 0, PN_WORK_BEDS, LAUNCH + 1, -1, 25, SIGKILL, &KEY},
        {3, 1, PN_WORK_BEDS, LAUNCH + 2, -1, 15, SIGSEGV, &KEY},
        {3, 1, PN_WORK_BEDS, LAUNCH + 3, -1, 15, SIGBUS,  &KEY},
    };
    struct pn_suspects suspects;

    (void)state;
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++)
        let_die(&deaths[i]);
    assert_int_equal(pn_suspects_read(folder, &KEY, N_JOBS, &suspects), PN_OK);
    assert_int_equal(suspects.n, 2);
    assert_null(pn_suspects_find(&suspects, 5));
    assert_int_equal(pn_suspects_find(&suspects, 15)->n_deaths, 2);
    assert_int_equal(pn_suspects_find(&suspects, 25)->n_deaths, 0);
    pn_suspects_free(&suspects);
    assert_null(pn_suspects_find(&suspects, 15));
}

static void a_rank_that_lives_is_not_dead(void **state)
{
    struct pn_note *note;
    struct pn_suspects suspects;

    (void)state;
    assert_int_equal(pn_note_create(folder, 0, &KEY, LAUNCH, &note), PN_OK);
    pn_note_at_work(note)->phase = PN_WORK_BEDS;
    pn_note_at_work(note)->bed[0] = 1;
    assert_int_equal(pn_suspects_read(folder, &KEY, N_JOBS, &suspects), PN_OK);
    assert_int_equal(suspects.n, 0);
    pn_suspects_free(&suspects);
    pn_note_remove(&note);
    pn_note_remove(&note);
}

static void damaged_notes_count_for_nothing(void **state)
{
    static const struct death death = {0, 0, PN_WORK_BEDS, LAUNCH, -1, 5, SIGSEGV, &KEY};
    struct pn_suspects suspects;
    char path[128];

    (void)state;
    let_die(&death);
    snprintf(path, sizeof path, "%s/note-00000-001.pnh", folder);
    assert_int_equal(truncate(path, 100), 0);
    snprintf(path, sizeof path, "%s/note-x.pnh", folder);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_int_equal(pn_suspects_read(folder, &KEY, N_JOBS, &suspects), PN_OK);
    assert_int_equal(suspects.n, 0);
    pn_suspects_free(&suspects);
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_in_hand_are_suspected),
        test_in_folder(one_ranks_own_death_explains_those_of_its_start),
        test_in_folder(a_rank_that_lives_is_not_dead),
        test_in_folder(damaged_notes_count_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
