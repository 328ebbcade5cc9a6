/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of pneuma submit. */
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/command_submit.h"
#include "solver/cli/option_shared.h"
#include "solver/run/shard.h"

static int take_limit(const struct pn_option *option, const char *text, void *member)
{
    int64_t *limit_s = member;

    *limit_s = pn_submit_seconds(text);
    return *limit_s >= 60
               ? PN_OK
               : PN_FAIL(PN_ERR_USAGE,
                         "--%s %s: expected a minute or more as MINUTES, HH:MM:SS or "
                         "D-HH:MM:SS",
                         option->name, text);
}

/* A name of the site: a line of the script that is no comment begins behind it. */
static int take_name(const struct pn_option *option, const char *text, void *member)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                          "_.,:+@/=-";

    *(const char **)member = text;
    if (*text && *text != '-' && strspn(text, allowed) == strlen(text))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s: expected letters, digits and _.,:+@/=-",
                   option->name);
}

int pn_submit_check_line(const char *name, const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            return PN_FAIL(PN_ERR_USAGE, "%s: a control character in its value", name);
    return *text ? PN_OK : PN_FAIL(PN_ERR_USAGE, "%s: its value is empty", name);
}

/* Text that goes into the script: one line of it. */
static int take_line(const struct pn_option *option, const char *text, void *member)
{
    char name[80];

    *(const char **)member = text;
    snprintf(name, sizeof name, "--%s", option->name);
    return pn_submit_check_line(name, text);
}

static int take_patients(const struct pn_option *option, const char *text, void *member)
{
    struct pn_selection selection;

    (void)option;
    *(const char **)member = text;
    return pn_selection_parse(text, &selection);
}

static int take_share(const struct pn_option *option, const char *text, void *member)
{
    double share;

    *(const char **)member = text;
    return pn_take_share(option, text, &share);
}

static int take_memory(const struct pn_option *option, const char *text, void *member)
{
    int64_t *mb = member;

    *mb = pn_submit_megabytes(text);
    return *mb > 0 ? PN_OK
                   : PN_FAIL(PN_ERR_USAGE, "--%s %s: expected a size such as 500M or 2G",
                             option->name, text);
}

static int take_directive(const struct pn_option *option, const char *text, void *member)
{
    struct pn_submit *submit = member;

    if (submit->n_directives == PN_DIRECTIVES_MOST)
        return PN_FAIL(PN_ERR_USAGE, "--%s: at most %d", option->name,
                       PN_DIRECTIVES_MOST);
    return take_line(option, text, &submit->directive[submit->n_directives++]);
}

static const char *const schedulers[] = {[PN_SLURM] = "slurm", [PN_PBS] = "pbs", NULL};

#define AT(member) .at = offsetof(struct pn_submit_request, member)

/* clang-format off */
const struct pn_option pn_submit_rows[] = {
    {"scheduler", 0, "NAME", PN_AS_CHOICE, AT(submit.scheduler), "who runs the job",
     .choices = schedulers, PN_USUAL(PN_SLURM)},
    {"account", 0, "NAME", PN_AS_TAKEN, AT(submit.account), "who pays", .take = take_name},
    {"partition", 0, "NAME", PN_AS_TAKEN, AT(submit.partition), "partition (Slurm) or queue (PBS)",
     .take = take_name},
    {"time", 0, "LIMIT", PN_AS_TAKEN, AT(submit.limit_s),
     "of an attempt: minutes, HH:MM:SS or D-HH:MM:SS", .take = take_limit},
    {"ranks", 0, "N", PN_AS_WHOLE, AT(submit.n_ranks), "MPI ranks, of each part of an array",
     PN_RANGE(1, 1000000), PN_USUAL(1)},
    {"nodes", 0, "N", PN_AS_WHOLE, AT(submit.n_nodes), "on so many nodes", PN_RANGE(1, 1000000)},
    {"array", 0, "K", PN_AS_WHOLE, AT(submit.n_shards),
     "K jobs, each a part of the study; the last one assembles", PN_RANGE(1, PN_SHARDS_MOST)},
    {"mem", 0, "SIZE", PN_AS_TAKEN, AT(submit.memory_mb), "memory of a rank, such as 500M",
     .take = take_memory},
    {"out", 'o', "FILE", PN_AS_TAKEN, AT(submit.out), "the result (default results.h5)",
     .take = take_line},
    {"name", 0, "NAME", PN_AS_TAKEN, AT(submit.name), "of the job (default: the study's)",
     .take = take_name},
    {"module", 0, "NAME", PN_AS_TAKEN, AT(submit.module), "load this module and take its pneuma",
     .take = take_name},
    {"launcher", 0, "COMMAND", PN_AS_TAKEN, AT(submit.launcher),
     "in place of 'srun --mpi=pmix' (Slurm) or 'mpirun' (PBS)", .take = take_line},
    {"directive", 0, "TEXT", PN_AS_TAKEN, .at = 0,
     "a further option of the scheduler, such as '--qos=long'; may be given many times",
     .take = take_directive},
    {"template", 0, "FILE", PN_AS_TEXT, AT(submit.template_file),
     "of the script, in place of the scheduler's in share/pneuma/templates"},
    {"patients", 0, "A:B", PN_AS_TAKEN, AT(submit.patients), "for pneuma run", .take = take_patients},
    {"events", 0, "FILE", PN_AS_TAKEN, AT(submit.events), "for pneuma run", .take = take_line},
    {"seed", 0, "N", PN_AS_WHOLE, AT(submit.seed), "for pneuma run", PN_FROM(1)},
    {"extend", 0, "RESULT", PN_AS_TAKEN, AT(submit.extend), "for pneuma run", .take = take_line},
    {"max-failed", 0, "SHARE", PN_AS_TAKEN, AT(submit.max_failed), "for pneuma run",
     .take = take_share},
    {"replace", 0, NULL, PN_AS_FLAG, AT(submit.replace), "write over a script that is there"},
    {"submit", 0, NULL, PN_AS_FLAG, AT(send), "send the script by sbatch or qsub"},
    {0},
};
/* clang-format on */
