/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line of pneuma submit says. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/command_run.h"
#include "solver/cli/command_submit.h"
#include "solver/cli/option_shared.h"
#include "solver/run/shard.h"

enum { RANKS_MOST = 1000000 };

void pn_submit_print_help(void)
{
    puts(
        "usage: pneuma submit STUDY [options]\n\n"
        "  --scheduler NAME    slurm (default) or pbs\n"
        "  --account NAME      who pays\n"
        "  --partition NAME    partition (Slurm) or queue (PBS)\n"
        "  --time LIMIT        of an attempt: minutes, HH:MM:SS or D-HH:MM:SS\n"
        "  --ranks N           MPI ranks (default 1); of each part of an array\n"
        "  --nodes N           on so many nodes\n"
        "  --array K           K jobs, each a part of the study; the last one assembles\n"
        "  --mem SIZE          memory of a rank, such as 500M\n"
        "  --out FILE          the result (default results.h5)\n"
        "  --name NAME         of the job (default: the study's)\n"
        "  --module NAME       load this module and take its pneuma\n"
        "  --launcher COMMAND  in place of 'srun --mpi=pmix' (Slurm) or 'mpirun' (PBS)\n"
        "  --directive TEXT    a further option of the scheduler, such as '--qos=long';\n"
        "                      may be given many times\n"
        "  --patients A:B      for pneuma run\n"
        "  --events FILE       for pneuma run\n"
        "  --extend RESULT     for pneuma run\n"
        "  --max-failed SHARE  for pneuma run\n"
        "  --replace           write over a script that is there\n"
        "  --submit            send the script by sbatch or qsub\n\n"
        "Checks the study, writes the job script beside the result, as FILE.sbatch or\n"
        "FILE.pbs, and prints it.  An attempt that ends with work left (time limit,\n"
        "preemption) is queued again and goes on where it stopped; so does the script\n"
        "when it is sent again.  pneuma check --cost tells how many ranks are sensible.\n"
        "Scripts for PBS are written to its manual and have not been tried.");
}

static int parse_count(const char *option, const char *text, int64_t most, int64_t *value)
{
    char *end;

    *value = strtoll(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && *value >= 1 && *value <= most)
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s %s: expected a number from 1 to %lld", option,
                   text, (long long)most);
}

int64_t pn_submit_seconds(const char *text)
{
    long long part[4] = {0}; /* days, hours, minutes, seconds */
    size_t n = 0, first;
    const char *dash = strchr(text, '-'), *at = text;
    long long s;

    for (char *end;; at = end + 1) {
        if (n == 4 || *at < '0' || *at > '9')
            return 0;
        part[n] = strtoll(at, &end, 10);
        if (end - at > 6 || (n > 0 && !(dash && n == 1) && part[n] > 59))
            return 0;
        n++;
        if (!*end)
            break;
        if (*end != (end == dash ? '-' : ':') || (end == dash && n != 1))
            return 0;
    }
    if (dash) /* D-HH[:MM[:SS]] */
        return n < 2 ? 0 : ((24 * part[0] + part[1]) * 60 + part[2]) * 60 + part[3];
    if (n > 3)
        return 0;
    first = 3 - n; /* M; M:S; H:M:S */
    s = n == 1 ? 60 * part[0]
               : (first == 0 ? 3600 * part[0] + 60 * part[1] + part[2]
                             : 60 * part[0] + part[1]);
    return s;
}

static int parse_limit(const char *text, int64_t *limit_s)
{
    *limit_s = pn_submit_seconds(text);
    return *limit_s >= 60
               ? PN_OK
               : PN_FAIL(PN_ERR_USAGE,
                         "--time %s: expected a minute or more as MINUTES, HH:MM:SS or "
                         "D-HH:MM:SS",
                         text);
}

static int parse_scheduler(const char *text, enum pn_scheduler *scheduler)
{
    if (strcmp(text, "slurm") != 0 && strcmp(text, "pbs") != 0)
        return PN_FAIL(PN_ERR_USAGE, "--scheduler %s: expected slurm or pbs", text);
    *scheduler = text[0] == 's' ? PN_SLURM : PN_PBS;
    return PN_OK;
}

/* A name of the site: a line of the script that is no comment begins behind it. */
static int parse_name(const char *option, const char *text, const char **name)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                          "_.,:+@/=-";

    *name = text;
    if (*text && *text != '-' && strspn(text, allowed) == strlen(text))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s: expected letters, digits and _.,:+@/=-", option);
}

/* Text that goes into the script: one line of it. */
static int parse_line(const char *option, const char *text, const char **line)
{
    *line = text;
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            return PN_FAIL(PN_ERR_USAGE, "--%s: a control character in its value",
                           option);
    return *text ? PN_OK : PN_FAIL(PN_ERR_USAGE, "--%s: its value is empty", option);
}

static int parse_patients(const char *text, const char **patients)
{
    struct pn_selection selection;

    *patients = text;
    return pn_selection_parse(text, &selection);
}

static int parse_share(const char *text, const char **max_failed)
{
    static const struct pn_option option = {.name = "max-failed"};
    double share;

    *max_failed = text;
    return pn_take_share(&option, text, &share);
}

/* "500", "500M": MiB as Slurm has it; "2G", "1T" */
static int parse_memory(const char *text, int64_t *mb)
{
    char *end;
    int64_t unit = 1;

    *mb = *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : 0;
    if (*mb < 1 || *mb > 10000000)
        end = "wrong";
    if (*end == 'G' || *end == 'T')
        unit = *end == 'G' ? 1024 : 1024 * 1024;
    if (*end && strchr("MGT", *end))
        end++;
    *mb *= unit;
    return !*end ? PN_OK
                 : PN_FAIL(PN_ERR_USAGE, "--mem %s: expected a size such as 500M or 2G",
                           text);
}

static int add_directive(struct pn_submit *submit, const char *text)
{
    if (submit->n_directives == PN_DIRECTIVES_MOST)
        return PN_FAIL(PN_ERR_USAGE, "--directive: at most %d", PN_DIRECTIVES_MOST);
    return parse_line("directive", text, &submit->directive[submit->n_directives++]);
}

static int parse_one(struct pn_submit *submit, int c, const char *option,
                     const char *text)
{
    switch (c) {
    case 's':
        return parse_scheduler(text, &submit->scheduler);
    case 'A':
        return parse_name(option, text, &submit->account);
    case 'p':
        return parse_name(option, text, &submit->partition);
    case 'm':
        return parse_memory(text, &submit->memory_mb);
    case 'M':
        return parse_name(option, text, &submit->module);
    case 'J':
        return parse_name(option, text, &submit->name);
    case 't':
        return parse_limit(text, &submit->limit_s);
    case 'n':
        return parse_count(option, text, RANKS_MOST, &submit->n_ranks);
    case 'N':
        return parse_count(option, text, RANKS_MOST, &submit->n_nodes);
    case 'a':
        return parse_count(option, text, PN_SHARDS_MOST, &submit->n_shards);
    case 'o':
        return parse_line(option, text, &submit->out);
    case 'l':
        return parse_line(option, text, &submit->launcher);
    case 'd':
        return add_directive(submit, text);
    case 'P':
        return parse_patients(text, &submit->patients);
    case 'e':
        return parse_line(option, text, &submit->events);
    case 'x':
        return parse_line(option, text, &submit->extend);
    case 'f':
        return parse_share(text, &submit->max_failed);
    case 'r':
        submit->replace = 1;
        return PN_OK;
    default:
        submit->submit = 1;
        return PN_OK;
    }
}

static int is_known(const struct option *known, int c)
{
    for (; known->name; known++)
        if (known->val == c)
            return 1;
    return 0;
}

int pn_submit_parse(int argc, char **argv, struct pn_submit *submit)
{
    static const struct option known[] = {
        {"scheduler",  required_argument, NULL, 's'},
        {"account",    required_argument, NULL, 'A'},
        {"partition",  required_argument, NULL, 'p'},
        {"time",       required_argument, NULL, 't'},
        {"ranks",      required_argument, NULL, 'n'},
        {"nodes",      required_argument, NULL, 'N'},
        {"array",      required_argument, NULL, 'a'},
        {"mem",        required_argument, NULL, 'm'},
        {"out",        required_argument, NULL, 'o'},
        {"name",       required_argument, NULL, 'J'},
        {"module",     required_argument, NULL, 'M'},
        {"launcher",   required_argument, NULL, 'l'},
        {"directive",  required_argument, NULL, 'd'},
        {"patients",   required_argument, NULL, 'P'},
        {"events",     required_argument, NULL, 'e'},
        {"extend",     required_argument, NULL, 'x'},
        {"max-failed", required_argument, NULL, 'f'},
        {"replace",    no_argument,       NULL, 'r'},
        {"submit",     no_argument,       NULL, 'S'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  },
    };
    int c, which = 0, status = PN_OK;

    *submit = (struct pn_submit){.out = "results.h5", .n_ranks = 1};
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "o:h", known, &which)) != -1) {
        if (c == 'h')
            return submit->help = 1, PN_OK;
        if (!is_known(known, c))
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "submit --help",
                           argv[optind - 1]);
        status = parse_one(submit, c, known[which].name, optarg);
    }
    if (status != PN_OK)
        return status;
    if (optind != argc - 1)
        return PN_FAIL(PN_ERR_USAGE, "expected one STUDY; see pneuma submit --help");
    if (submit->n_nodes > submit->n_ranks)
        return PN_FAIL(PN_ERR_USAGE, "--nodes %lld: more than --ranks %lld",
                       (long long)submit->n_nodes, (long long)submit->n_ranks);
    return parse_line("study", argv[optind], &submit->study);
}
