/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is different between two runs is named; a folder has one user at a time. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/run/identity.h"
#include "solver/run/lock.h"

#define A64   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define FILES A64 "  s.yaml\n" A64 "  drugs/d.yaml\n"

static char folder[64];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/pn_identity_XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* --- identity --- */

static const struct pn_identity WAS = {"0.1 (abc)", "name: x\nseed: 1\nsolver: {}\n",
                                       FILES};

static void every_change_is_named(void **state)
{
    static const struct {
        struct pn_identity is;
        const char *says;
    } cases[] = {
        {{"0.1 (abd)", "name: x\nseed: 1\nsolver: {}\n", FILES},
         "the program: was 0.1 (abc), is 0.1 (abd)"                                                },
        {{"0.1 (abc)", "name: x\nseed: 2\nsolver: {}\n", FILES},            "the seed: was 1, is 2"},
        {{"0.1 (abc)", "name: x\nseed: 1\nsolver: {a}\n", FILES},
         "the study (line 3 of its resolved text): was 'solver: {}', is 'solver: {a}'"             },
        {{"0.1 (abc)", "name: x\nseed: 1\n", FILES},
         "the study (line 3 of its resolved text): was 'solver: {}', is ''"                        },
        {{"0.1 (abc)", "name: x\nseed: 1\nsolver: {}\n",
          A64 "  s.yaml\n" B64 "  drugs/d.yaml\n"},
         "the file drugs/d.yaml"                                                                   },
        {{"0.1 (abc)", "name: x\nseed: 1\nsolver: {}\n",
          B64 "  s.yaml\n" A64 "  drugs/d.yaml\n"},
         "the file s.yaml (its text, not what it means)"                                           },
        {{"0.1 (abc)", "name: x\nseed: 1\nsolver: {}\n", A64 "  s.yaml\n"},
         "the number of input files"                                                               },
        {{"2 (x)", "name: x\nseed: 3\nsolver: {}\n",
          B64 "  s.yaml\n" B64 "  drugs/d.yaml\n"},
         "the program: was 0.1 (abc), is 2 (x); the seed: was 1, is 3; the file "
         "drugs/d.yaml"                                                                            },
    };
    char text[700];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(pn_identity_same(&WAS, &cases[i].is, text, sizeof text));
        assert_string_equal(text, cases[i].says);
    }
}

static void paths_count_for_nothing(void **state)
{
    struct pn_identity is = WAS;
    char text[64];

    (void)state;
    is.inputs = A64 "  /elsewhere/s.yaml\n" A64 "  /drugs/d.yaml\n";
    assert_true(pn_identity_same(&WAS, &is, text, sizeof text));
    assert_string_equal(text, "");
}

static void long_differences_are_cut_not_overrun(void **state)
{
    struct pn_identity is = WAS;
    char text[32], guard[32];

    (void)state;
    is.program = "0.1 (a program with a very long revision indeed)";
    is.resolved = "seed: 7\n";
    memset(text, 'x', sizeof text);
    memset(guard, 'x', sizeof guard);
    for (size_t size = 1; size <= sizeof text / 2; size++) {
        assert_false(pn_identity_same(&WAS, &is, text, size));
        assert_true(strlen(text) < size);
        assert_memory_equal(text + sizeof text / 2, guard, sizeof text / 2);
    }
}

static void an_identity_comes_back_from_its_folder(void **state)
{
    struct pn_identity *back = NULL;
    char text[64];

    (void)state;
    assert_int_equal(pn_identity_read(folder, &back), PN_OK);
    assert_null(back);
    assert_int_equal(pn_identity_write(folder, &WAS), PN_OK);
    assert_int_equal(pn_identity_read(folder, &back), PN_OK);
    assert_true(pn_identity_same(&WAS, back, text, sizeof text));
    assert_string_equal(back->inputs, WAS.inputs);
    pn_identity_free(&back);
    pn_identity_free(&back);
}

/* --- lock --- */

static void lock_path(char path[128])
{
    snprintf(path, 128, "%s/lock", folder);
}

/* In another process: the status of taking the lock. */
static int take_elsewhere(const char *path)
{
    int how;
    pid_t child = fork();

    if (child == 0) {
        struct pn_lock *lock;
        _exit(-pn_lock_take(path, &lock));
    }
    waitpid(child, &how, 0);
    return WIFEXITED(how) ? -WEXITSTATUS(how) : 1;
}

static void a_lock_has_one_holder_at_a_time(void **state)
{
    struct pn_lock *lock, *second;
    char path[128], pid[32];

    (void)state;
    lock_path(path);
    assert_int_equal(pn_lock_take(path, &lock), PN_OK);
    assert_int_equal(take_elsewhere(path), PN_ERR_FOREIGN_RUN);
    assert_int_equal(pn_lock_take(path, &second), PN_ERR_FOREIGN_RUN);
    assert_null(second);
    snprintf(pid, sizeof pid, "process %ld on ", (long)getpid());
    assert_non_null(strstr(pn_error_last()->text, pid));
    pn_lock_release(&lock);
    pn_lock_release(&lock);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(take_elsewhere(path), PN_OK);
}

static void the_lock_of_a_dead_process_is_taken_over(void **state)
{
    struct pn_lock *lock;
    char path[128];

    (void)state;
    lock_path(path);
    assert_int_equal(take_elsewhere(path), PN_OK); /* ends without giving it back */
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(pn_lock_take(path, &lock), PN_OK);
    pn_lock_release(&lock);
}

static void a_lock_is_never_taken_through_a_link(void **state)
{
    struct pn_lock *lock;
    char path[128], target[160];

    (void)state;
    lock_path(path);
    snprintf(target, sizeof target, "%s.target", path);
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(pn_lock_take(path, &lock), PN_ERR_IO);
    assert_int_equal(access(target, F_OK), -1);
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_named),
        cmocka_unit_test(paths_count_for_nothing),
        cmocka_unit_test(long_differences_are_cut_not_overrun),
        test_in_folder(an_identity_comes_back_from_its_folder),
        test_in_folder(a_lock_has_one_holder_at_a_time),
        test_in_folder(the_lock_of_a_dead_process_is_taken_over),
        test_in_folder(a_lock_is_never_taken_through_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
