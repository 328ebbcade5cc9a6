/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shards: names that are checked, parts that make the whole. */
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/run/shard.h"
#include "tests/check.h"

static void shards_make_the_whole(void **state)
{
    static const int64_t sizes[] = {1, 7, 8, 9, 63, 64, 65, 600, 1000, 4096, 12345};
    static const int64_t parts[] = {1, 2, 3, 7, 16, 100, 1000};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
            int64_t n_jobs = sizes[s], n = parts[p], sum = 0;
            char *seen = calloc((size_t)n_jobs, 1);
            for (int64_t k = 1; k <= n; k++) {
                struct pn_shard shard = {k, n};
                int64_t last = -1;
                for (int64_t i = 0; i < pn_shard_n_jobs(shard, n_jobs); i++) {
                    int64_t job = pn_shard_job(shard, n_jobs, i);
                    assert_in_range(job, 0, n_jobs - 1);
                    assert_true(job > last);
                    assert_int_equal(seen[job]++, 0);
                    assert_int_equal(pn_shard_of_job(n, n_jobs, job), k);
                    last = job;
                    sum++;
                }
            }
            assert_int_equal(sum, n_jobs);
            free(seen);
        }
}

static void no_shard_has_a_unit_more_than_another(void **state)
{
    (void)state;
    for (int64_t n_jobs = 100; n_jobs < 20000; n_jobs += 777)
        for (int64_t n = 1; n < 40; n++) {
            int64_t low = n_jobs, high = 0;
            for (int64_t k = 1; k <= n; k++) {
                int64_t mine = pn_shard_n_jobs((struct pn_shard){k, n}, n_jobs);
                low = mine < low ? mine : low;
                high = mine > high ? mine : high;
            }
            assert_true(high - low <= pn_unit_of_jobs(n_jobs, n));
        }
}

static void names_of_shards_are_checked(void **state)
{
    static const char *const wrong[] = {
        "",
        "/",
        "1",
        "1/",
        "/1",
        "0/1",
        "2/1",
        "-1/2",
        "+1/2",
        " 1/2",
        "1/2 ",
        "1/ 2",
        "1/2/3",
        "1/0",
        "1.0/2",
        "0x1/2",
        "1/100000",
        "100000/100000",
        "1/99999999999999999999999999",
        "a/b",
        "1-of-2",
    };
    struct pn_shard shard = {-1, -1};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(pn_shard_parse(wrong[i], &shard), PN_ERR_USAGE);
        assert_int_equal(shard.k, -1);
    }
    assert_int_equal(pn_shard_parse("3/8", &shard), PN_OK);
    assert_int_equal(shard.k, 3);
    assert_int_equal(shard.n, 8);
    assert_int_equal(pn_shard_parse("99999/99999", &shard), PN_OK);
    assert_true(pn_shard_of_name("lock-12-of-40", "lock-", &shard));
    assert_int_equal(shard.k, 12);
    assert_int_equal(shard.n, 40);
    assert_false(pn_shard_of_name("lock-12-of-40.old", "lock-", &shard));
    assert_false(pn_shard_of_name("lock", "lock-", &shard));
    assert_false(pn_shard_of_name("lock-0-of-4", "lock-", &shard));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_make_the_whole),
        cmocka_unit_test(no_shard_has_a_unit_more_than_another),
        cmocka_unit_test(names_of_shards_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
