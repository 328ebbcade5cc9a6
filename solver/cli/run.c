/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma run: read on every rank, agree, take jobs from the counter, agree, assemble on
 * rank 0. */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/cluster/cluster.h"
#include "solver/record/record.h"
#include "solver/simulate/simulate.h"

struct options {
    const char *study, *out;
    struct pn_selection selection;
    double max_failed; /* NaN: the study's */
    int quiet, restart, help;
};

struct run {
    struct options options;
    struct pn_cluster *cluster;
    struct pn_loaded loaded;
    struct pn_run_key key;
    char *resolved;
    char folder[4096], command_line[4096], libraries[1024], host[256], started[32],
        ended[32];
    struct pn_index *index; /* what earlier attempts have done */
    struct pn_journal *journal;
    struct pn_progress progress;
    size_t n_jobs;
    int stopped;             /* asked to stop with a job in hand */
    int64_t unit, next, end; /* jobs in hand: next … end - 1 */
    double seconds;
};

/* --- options --- */

static int parse_patients(const char *text, struct options *options)
{
    char *end;
    unsigned long long a, b;

    errno = 0;
    a = strtoull(text, &end, 10);
    if (errno || *end != ':' || text[0] == '-')
        return PN_ERR_USAGE;
    b = strtoull(end + 1, &end, 10);
    if (errno || *end || a < 1 || b < a)
        return PN_ERR_USAGE;
    options->selection.first = (size_t)a;
    options->selection.last = (size_t)b;
    return PN_OK;
}

static int parse_share(const char *text, double *share)
{
    char *end;

    *share = strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0)
        *share /= 100.0;
    else if (end == text || *end)
        return PN_ERR_USAGE;
    return *share >= 0.0 && *share <= 1.0 ? PN_OK : PN_ERR_USAGE;
}

static void print_help(void)
{
    puts("usage: pneuma run STUDY [options]\n\n"
         "  --out FILE          the result (default results.h5)\n"
         "  --patients A:B      only patients A to B, counted from 1, both included\n"
         "  --events FILE       an event table in NONMEM's form in place of the study's "
         "own\n"
         "  --max-failed SHARE  more failed patients than this give exit code 3 "
         "(default: the\n"
         "                      study's, 1 %)\n"
         "  --restart           discard an existing result and its unfinished run\n"
         "  --quiet             no progress, no summary\n\n"
         "While it runs, FILE.run/ holds the journals; the same command goes on where a "
         "killed\n"
         "run has stopped.  mpirun -n N pneuma run … uses N ranks.");
}

static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"out",        required_argument, NULL, 'o'},
        {"patients",   required_argument, NULL, 'p'},
        {"events",     required_argument, NULL, 'e'},
        {"max-failed", required_argument, NULL, 'f'},
        {"restart",    no_argument,       NULL, 'r'},
        {"quiet",      no_argument,       NULL, 'q'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  },
    };
    int c;

    *options = (struct options){.out = "results.h5", .max_failed = (double)NAN};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "o:qh", known, NULL)) != -1) {
        switch (c) {
        case 'o':
            options->out = optarg;
            break;
        case 'p':
            if (parse_patients(optarg, options) != PN_OK)
                return PN_FAIL(
                    PN_ERR_USAGE,
                    "--patients %s: expected A:B with 1 <= A <= B, such as 1:64", optarg);
            break;
        case 'e':
            options->selection.events = optarg;
            break;
        case 'f':
            if (parse_share(optarg, &options->max_failed) != PN_OK)
                return PN_FAIL(PN_ERR_USAGE,
                               "--max-failed %s: expected a share such as 1%% or "
                               "0.01",
                               optarg);
            break;
        case 'r':
            options->restart = 1;
            break;
        case 'q':
            options->quiet = 1;
            break;
        case 'h':
            options->help = 1;
            return PN_OK;
        default:
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see "
                           "pneuma run --help",
                           argv[optind - 1]);
        }
    }
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one STUDY; see pneuma run --help");
    options->study = argv[optind];
    return PN_OK;
}

/* --- the folder RESULT.run/ --- */

static void discard(const struct run *run)
{
    char pattern[sizeof run->folder + 16];
    glob_t found;

    unlink(run->options.out);
    snprintf(pattern, sizeof pattern, "%s/journal-*.pnj", run->folder);
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
        globfree(&found);
    }
}

/* On rank 0: the folder is there and is ours to use. */
static int open_folder(struct run *run)
{
    struct stat found;

    if (stat(run->options.out, &found) == 0 && S_ISDIR(found.st_mode))
        return PN_FAIL(PN_ERR_IO, "%s is a folder: --out names a file", run->options.out);
    if (run->options.restart)
        discard(run);
    if (stat(run->options.out, &found) == 0)
        return PN_FAIL(PN_ERR_FOREIGN_RUN,
                       "%s exists: choose another --out, or discard it by --restart",
                       run->options.out);
    if (mkdir(run->folder, 0777) != 0 && errno != EEXIST)
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", run->folder,
                       strerror(errno));
    return PN_OK;
}

/* On every rank: what is done already. */
static int read_journals(struct run *run)
{
    int status = pn_index_read(run->folder, &run->key, run->loaded.trial, &run->index);

    if (status == PN_OK && run->index->n_foreign > 0)
        return PN_FAIL(
            PN_ERR_FOREIGN_RUN,
            "%s holds the unfinished run of another study, patients, inputs or "
            "program: finish that one, choose another --out, or discard it by "
            "--restart",
            run->folder);
    return status;
}

/* --- jobs --- */

static int is_done(const struct run *run, int64_t job)
{
    return run->index->in_file[job] >= 0;
}

static int64_t next_job(void *user)
{
    struct run *run = user;

    for (;;) {
        while (run->next < run->end && is_done(run, run->next))
            run->next++;
        if (run->next < run->end) {
            run->stopped = pn_cluster_stop_asked();
            return run->stopped ? -1 : run->next++;
        }
        run->next = pn_cluster_take(run->cluster, run->unit);
        if (run->next >= (int64_t)run->n_jobs) {
            run->next = run->end = 0;
            return -1;
        }
        run->end = run->next + run->unit < (int64_t)run->n_jobs ? run->next + run->unit
                                                                : (int64_t)run->n_jobs;
        pn_progress_show(&run->progress, (size_t)run->next);
    }
}

static int job_done(void *user, const struct pn_life *life)
{
    struct run *run = user;

    return pn_journal_append(run->journal, life);
}

/* Units of 64, smaller where there is little work, so that no rank waits long for the
 * last. */
static int64_t unit_of(size_t n_jobs, int n_ranks)
{
    int64_t unit = (int64_t)n_jobs / (16 * n_ranks);

    return unit < 8 ? 8 : unit > 64 ? 64 : unit;
}

static int simulate(struct run *run)
{
    const struct pn_job_calls calls = {run, next_job, job_done};
    double start = pn_cli_seconds();
    int status = PN_OK, closed;

    pn_cluster_watch_signals();
    run->n_jobs = pn_trial_n_jobs(run->loaded.trial);
    run->unit = unit_of(run->n_jobs, pn_cluster_n_ranks(run->cluster));
    pn_progress_start(&run->progress, run->n_jobs, run->index->n_found,
                      run->options.quiet || pn_cluster_rank(run->cluster) != 0);
    PN_TRY(pn_journal_create(run->folder, pn_cluster_rank(run->cluster), &run->key,
                             run->loaded.trial->n_values, &run->journal));
    status = pn_simulate(run->loaded.trial, &calls);
    closed = pn_journal_close(&run->journal);
    status = status == PN_OK ? closed : status;
out:
    if (status !=
        PN_OK) { /* the others must not wait for us; what is done is in the journals */
        pn_cli_print_error();
        pn_cluster_abort(run->cluster, pn_status_exit_code(status));
    }
    status = pn_agree(run->cluster, run->stopped ? PN_ERR_STOPPED : PN_OK);
    run->seconds = pn_cli_seconds() - start;
    pn_progress_end(&run->progress);
    return status;
}

/* --- the end --- */

static void now(char *text, size_t size)
{
    time_t t = time(NULL);
    struct tm utc;

    gmtime_r(&t, &utc);
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static void print_summary(const struct run *run, const struct pn_tally *tally)
{
    const struct pn_study *study = run->loaded.study;
    size_t simulated = tally->n_jobs - run->index->n_found;

    printf("%s: %zu patients in %zu arm%s: %zu lives, %zu fine, %zu failed\n",
           study->name, study->population.n_patients, study->n_arms,
           study->n_arms == 1 ? "" : "s", tally->n_jobs, tally->n_ok,
           tally->n_jobs - tally->n_ok);
    for (int s = 1; s < (int)(sizeof tally->by_status / sizeof *tally->by_status); s++)
        if (tally->by_status[s])
            printf("  %6zu %s: %s\n", tally->by_status[s], pn_status_name(s),
                   pn_status_sentence(s));
    if (run->index->n_found)
        printf("%zu of them were found in the journals of an earlier attempt\n",
               run->index->n_found);
    printf("%.2f s on %d rank%s, %.0f patients a second\n", run->seconds,
           pn_cluster_n_ranks(run->cluster),
           pn_cluster_n_ranks(run->cluster) == 1 ? "" : "s",
           (double)simulated / fmax(run->seconds, 1e-9));
    printf("result: %s (%.1f MB)\n", run->options.out, 1e-6 * (double)tally->n_bytes);
}

/* On rank 0: journals to HDF5, then the journals go. */
static int assemble(struct run *run)
{
    struct pn_provenance provenance = {
        .resolved = run->resolved,
        .command_line = run->command_line,
        .version = pn_cli_version(),
        .revision = pn_cli_revision(),
        .compiler = pn_cli_compiler(),
        .flags = pn_cli_flags(),
        .libraries = run->libraries,
        .started = run->started,
        .ended = run->ended,
        .host = run->host,
        .result = run->options.out,
        .n_ranks = pn_cluster_n_ranks(run->cluster),
        .n_lanes = PN_LANES,
    };
    struct pn_index *all = NULL;
    struct pn_tally tally = {0};
    double allowed = isnan(run->options.max_failed) ? run->loaded.study->max_failed
                                                    : run->options.max_failed;
    int status = PN_OK;

    PN_TRY(pn_index_read(run->folder, &run->key, run->loaded.trial, &all));
    PN_TRY(
        pn_result_write(run->options.out, run->loaded.trial, all, &provenance, &tally));
    now(run->ended, sizeof run->ended);
    PN_TRY(pn_run_json_write(run->folder, run->loaded.trial, &provenance, &tally));
    for (size_t i = 0; i < all->n_files; i++)
        unlink(all->file[i]);
    if (!run->options.quiet)
        print_summary(run, &tally);
    if ((double)(tally.n_jobs - tally.n_ok) > allowed * (double)tally.n_jobs)
        status = PN_FAIL(PN_ERR_FAILED_PATIENTS,
                         "%zu of %zu patients failed, more than the %g %% allowed",
                         tally.n_jobs - tally.n_ok, tally.n_jobs, 100.0 * allowed);
out:
    pn_index_free(&all);
    return status;
}

/* Ranks agree here twice: after reading, and before the work. */
static int prepare(struct run *run)
{
    int rank = pn_cluster_rank(run->cluster), status;

    status =
        pn_cli_load(run->options.study, &run->options.selection, rank != 0, &run->loaded);
    if (status == PN_OK)
        status = pn_study_write(run->loaded.study, &run->resolved);
    if (rank != 0 && status == PN_ERR_IO) /* a file that only this node cannot read */
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
    if (status != PN_OK)
        return status;
    run->key = pn_run_key_make(run->loaded.trial, run->resolved, pn_cli_version());
    status = rank == 0 ? open_folder(run) : PN_OK;
    if (status != PN_OK)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
    if (status != PN_OK)
        return status;
    status = read_journals(run);
    if (status != PN_OK && rank == 0)
        pn_cli_print_error();
    return pn_agree(run->cluster, status);
}

static void describe(struct run *run, int argc, char **argv)
{
    size_t used = (size_t)snprintf(run->command_line, sizeof run->command_line, "pneuma");

    for (int i = 0; i < argc && used < sizeof run->command_line; i++)
        used += (size_t)snprintf(run->command_line + used,
                                 sizeof run->command_line - used, " %s", argv[i]);
    gethostname(run->host, sizeof run->host - 1);
    now(run->started, sizeof run->started);
    pn_cli_libraries(run->libraries, sizeof run->libraries);
    snprintf(run->folder, sizeof run->folder, "%s.run", run->options.out);
}

int pn_cli_run(int argc, char **argv)
{
    struct run *run = calloc(1, sizeof *run);
    int status = PN_OK;

    if (!run)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    status = parse_options(argc, argv, &run->options);
    if (status == PN_OK && !run->options.help)
        status = pn_cluster_create(&run->cluster);
    if (status != PN_OK || run->options.help) {
        if (pn_cluster_launched_rank() == 0)
            status == PN_OK ? print_help() : pn_cli_print_error();
        goto out;
    }
    describe(run, argc, argv);
    PN_TRY(prepare(run));
    status = simulate(run);
    if (status != PN_OK) { /* an error has ended all ranks already: this is a stop */
        if (pn_cluster_rank(run->cluster) == 0)
            fputs("pneuma: stopped on request with work left: the same command goes on\n",
                  stderr);
        goto out;
    }
    if (pn_cluster_rank(run->cluster) == 0 && (status = assemble(run)) != PN_OK)
        pn_cli_print_error();
    status = pn_agree(run->cluster, status);
out:
    pn_index_free(&run->index);
    pn_cli_unload(&run->loaded);
    pn_cluster_free(&run->cluster);
    free(run->resolved);
    free(run);
    return status;
}
