/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which jobs a shard has: units of them go round. */
#include "solver/run/shard.h"

#include <stddef.h>
#include <string.h>

#include "solver/base/status.h"

/* digits up to `end`; the character behind them, NULL: no such number */
static const char *number(const char *text, int64_t *value)
{
    enum { DIGITS = 5 };
    size_t n = strspn(text, "0123456789");

    if (n < 1 || n > DIGITS)
        return NULL;
    *value = 0;
    for (size_t i = 0; i < n; i++)
        *value = 10 * *value + (text[i] - '0');
    return text + n;
}

/* K, the separator, N, and nothing else */
static int pair(const char *text, const char *separator, struct pn_shard *shard)
{
    struct pn_shard found;

    text = number(text, &found.k);
    if (!text || strncmp(text, separator, strlen(separator)) != 0)
        return 0;
    text = number(text + strlen(separator), &found.n);
    if (!text || *text || found.k < 1 || found.k > found.n)
        return 0;
    *shard = found;
    return 1;
}

int pn_shard_parse(const char *text, struct pn_shard *shard)
{
    if (pair(text, "/", shard))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE,
                   "--shard %s: expected K/N with 1 <= K <= N <= %d, such as 3/8", text,
                   PN_SHARDS_MOST);
}

int pn_shard_of_name(const char *name, const char *prefix, struct pn_shard *shard)
{
    size_t n = strlen(prefix);

    return strncmp(name, prefix, n) == 0 && pair(name + n, "-of-", shard);
}

int64_t pn_unit_of_jobs(int64_t n_jobs, int64_t n_workers)
{
    int64_t unit = n_jobs / (16 * n_workers);

    return unit < 8 ? 8 : unit > 64 ? 64 : unit;
}

int64_t pn_shard_n_jobs(struct pn_shard shard, int64_t n_jobs)
{
    int64_t unit = pn_unit_of_jobs(n_jobs, shard.n);
    int64_t n_whole = n_jobs / unit; /* the unit behind them is cut, or empty */
    int64_t mine = n_whole / shard.n + (shard.k - 1 < n_whole % shard.n);

    return mine * unit + (n_whole % shard.n == shard.k - 1 ? n_jobs % unit : 0);
}

int64_t pn_shard_job(struct pn_shard shard, int64_t n_jobs, int64_t i)
{
    int64_t unit = pn_unit_of_jobs(n_jobs, shard.n);

    return (i / unit * shard.n + shard.k - 1) * unit + i % unit;
}

int64_t pn_shard_of_job(int64_t n_shards, int64_t n_jobs, int64_t job)
{
    return job / pn_unit_of_jobs(n_jobs, n_shards) % n_shards + 1;
}
