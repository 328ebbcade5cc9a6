/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma merge: one result of all shards, by whoever comes when they are done. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/cli/option_shared.h"

static void print_help(void)
{
    puts(
        "usage: pneuma merge RESULT [options]\n\n"
        "  --max-failed SHARE  more failed patients than this give exit code 3 (default: "
        "the\n"
        "                      study's, 1 %)\n"
        "  --quiet             no summary\n\n"
        "Assembles RESULT from what the shards of pneuma run --shard K/N have left in\n"
        "RESULT.run/ (which may be named instead): the same bytes as a run without "
        "shards.\n"
        "While shards are missing it names them and ends with code 85; when the result "
        "is\n"
        "there already it does nothing.");
}

static int parse(int argc, char **argv, struct pn_run_options *options, char out[4096])
{
    static const struct option known[] = {
        {"max-failed", required_argument, NULL, 'f'},
        {"quiet",      no_argument,       NULL, 'q'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  },
    };
    static const struct pn_option max_failed = {.name = "max-failed"};
    size_t n;
    int c;

    *options = (struct pn_run_options){
        .shard = {1, 1},
          .max_failed = (double)NAN
    };
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "qh", known, NULL)) != -1) {
        if (c == 'f' && pn_take_share(&max_failed, optarg, &options->max_failed) != PN_OK)
            return PN_ERR_USAGE;
        if (c == 'q')
            options->quiet = 1;
        if (c == 'h')
            return options->help = 1, PN_OK;
        if (c == '?')
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "merge --help",
                           argv[optind - 1]);
    }
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one RESULT; see pneuma merge --help");
    n = strlen(argv[optind]);
    if (n >= 4000)
        return PN_FAIL(PN_ERR_USAGE, "the path of RESULT is too long");
    memcpy(out, argv[optind], n + 1);
    while (n > 1 && out[n - 1] == '/')
        out[--n] = '\0';
    if (n > 4 && strcmp(out + n - 4, ".run") == 0)
        out[n - 4] = '\0';
    options->out = out;
    return PN_OK;
}

/* No shards, but a result that is whole: another merge was first. */
static int judge_result(const struct pn_run_options *options)
{
    struct pn_result *result = NULL;
    char why[sizeof pn_error_last()->text];
    int status;

    snprintf(why, sizeof why, "%s", pn_error_last()->text);
    if (access(options->out, F_OK) != 0)
        return PN_FAIL(PN_ERR_USAGE, "%s", why);
    status = pn_result_open(options->out, &result);
    pn_result_close(&result);
    if (status == PN_OK && !options->quiet)
        printf("%s is complete: nothing to do\n", options->out);
    return status;
}

/* Who has left work, and how much of it. */
static int name_missing(const struct pn_run *run, int64_t n_shards)
{
    enum { NAMED = 8 };
    const struct pn_index *index = run->index;
    char text[800];
    size_t *left, n_named = 0, n_missing = 0, used = 0;

    left = calloc((size_t)n_shards + 1, sizeof *left);
    if (!left)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < index->n_jobs; i++)
        if (!pn_run_is_done(run, (int64_t)i))
            left[pn_shard_of_job(n_shards, (int64_t)index->n_jobs, (int64_t)i)]++;
    for (int64_t k = 1; k <= n_shards; k++) {
        n_missing += left[k] > 0;
        if (left[k] > 0 && n_named++ < NAMED)
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "%s%lld/%lld (%zu "
                                     "lives left)",
                                     used ? ", " : "", (long long)k, (long long)n_shards,
                                     left[k]);
    }
    free(left);
    if (n_missing == 0)
        return PN_OK;
    return PN_FAIL(PN_ERR_STOPPED, "%s: not done yet: shard%s %s%s", run->folder,
                   n_missing == 1 ? "" : "s", text, n_missing > NAMED ? ", …" : "");
}

/* First without the lock, so that a shard that begins meanwhile meets nobody. */
static int read_and_judge(struct pn_run *run, int64_t n_shards)
{
    int status = PN_OK;

    pn_index_free(&run->index);
    pn_suspects_free(&run->suspects);
    PN_TRY(pn_run_judge_folder(run, 0));
    PN_TRY(pn_run_read_journals(run));
    PN_TRY(name_missing(run, n_shards));
out:
    return status;
}

static int take_lock(struct pn_run *run)
{
    char why[sizeof pn_error_last()->text];
    int status = pn_run_take_lock(run);

    if (status != PN_ERR_FOREIGN_RUN)
        return status;
    snprintf(why, sizeof why, "%s", pn_error_last()->text);
    return PN_FAIL(PN_ERR_STOPPED, "%s", why); /* who has it will end it */
}

static int merge(struct pn_run *run)
{
    struct pn_run_paths paths; /* the options point into it */
    int64_t n_shards = 0;
    int status = PN_OK;

    snprintf(run->folder, sizeof run->folder, "%s.run", run->options.out);
    status = pn_run_read_shards(run->folder, &paths, &run->options, &n_shards);
    if (status == PN_ERR_USAGE)
        return judge_result(&run->options);
    if (status != PN_OK)
        return status;
    PN_TRY(pn_cluster_create_alone(&run->cluster));
    status = pn_run_load(run);
    if (status != PN_OK) /* the reason has been told */
        return PN_FAIL(status, "the study of these shards cannot be read any more");
    if (access(run->options.out, F_OK) != 0)
        PN_TRY(read_and_judge(run, n_shards));
    PN_TRY(take_lock(run));
    if (access(run->options.out, F_OK) == 0) { /* of a merge that did not tidy up */
        PN_TRY(pn_run_open_folder(run));
        return pn_run_tell_finished(run);
    }
    PN_TRY(read_and_judge(run, n_shards));
    PN_TRY(pn_run_audit_start(run));
    PN_TRY(pn_run_assemble(run));
out:
    return status;
}

int pn_cli_merge(int argc, char **argv)
{
    struct pn_run *run = calloc(1, sizeof *run);
    char out[4096];
    int status = run ? parse(argc, argv, &run->options, out)
                     : PN_FAIL(PN_ERR_MEMORY, "out of memory");

    if (status == PN_OK && run->options.help) {
        print_help();
        goto out;
    }
    if (status == PN_OK) {
        pn_run_describe(run, argc, argv);
        status = merge(run);
    }
    if (status != PN_OK && !run->finished) /* which tells its own */
        pn_cli_print_error();
out:
    pn_run_free(&run);
    return status;
}
