/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the names of shards.  What is accepted must be what is written for it again,
 * and its parts must fit. */
#include "solver/run/shard.h"
#include "solver/base/status.h"
#include "tests/fuzz/fuzz.h"

/* the same but for leading zeros */
static void check_text(const char *text, const char *separator, struct pn_shard shard)
{
    int64_t k = strtoll(text, NULL, 10),
            n = strtoll(strstr(text, separator) + strlen(separator), NULL, 10);

    require(shard.k == k && shard.n == n);
    require(k >= 1 && k <= n && n <= PN_SHARDS_MOST);
    require(strspn(text, "0123456789/-of") == strlen(text));
}

static void check_parts(struct pn_shard shard)
{
    for (int64_t n_jobs = 1; n_jobs < 10000; n_jobs = 3 * n_jobs + 1) {
        int64_t mine = pn_shard_n_jobs(shard, n_jobs);

        require(mine >= 0 && mine <= n_jobs);
        for (int64_t i = 0; i < mine; i += 1 + mine / 7) {
            int64_t job = pn_shard_job(shard, n_jobs, i);
            require(job >= i && job < n_jobs);
            require(pn_shard_of_job(shard.n, n_jobs, job) == shard.k);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct pn_shard shard = {-1, -1};

    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (pn_shard_parse(text, &shard) == PN_OK) {
        check_text(text, "/", shard);
        check_parts(shard);
    } else {
        require(shard.k == -1 && shard.n == -1);
    }
    if (pn_shard_of_name(text, "lock-", &shard))
        check_text(text + 5, "-of-", shard);
    free(text);
    return 0;
}
