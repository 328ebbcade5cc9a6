/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Job scripts for the schedulers of clusters: made of a template, kept, sent. */
#ifndef PN_RUN_SUBMIT_H
#define PN_RUN_SUBMIT_H

#include <stddef.h>
#include <stdint.h>

enum pn_scheduler { PN_SLURM, PN_PBS };
enum { PN_DIRECTIVES_MOST = 32 };

/** What a job is to be.  Texts that schedulers read have been checked: names of letters,
 * digits and _.,:+@/=-, directives and the launcher one line each. */
struct pn_submit {
    const char *study, *out;
    enum pn_scheduler scheduler;
    const char *template_file; /* NULL: the scheduler's, as it is installed */
    const char *account, *partition, *module, *launcher, *name; /* NULL: none */
    const char *directive[PN_DIRECTIVES_MOST]; /* options of the scheduler, as they are */
    size_t n_directives;
    int64_t n_ranks;
    int64_t n_nodes;   /* 0: the scheduler's choice */
    int64_t n_shards;  /* 0: no array */
    int64_t memory_mb; /* of a rank; 0: the scheduler's */
    int64_t limit_s;   /* 0: the queue's */
    const char *events, *extend, *patients, *max_failed; /* for pneuma run; NULL: none */
    int64_t seed; /* for pneuma run; 0: the study's */
    int replace;  /* write over a script that is there */
};

/** A script and what it speaks of; all malloced. */
struct pn_job_script {
    char *folder;          /* of the result and the script */
    char *result, *file;   /* names there */
    char *study, *program; /* paths */
    char *events, *extend; /* paths; NULL: none */
    char job[64];          /* a name that schedulers bear */
    char *text;
    size_t n;
};

/** Find everything and fill the template.  Free in any case.
 *  @param[in] study_name  names the job when submit->name does not
 *  @return PN_OK; PN_ERR_USAGE, PN_ERR_INPUT (the template), PN_ERR_IO, PN_ERR_MEMORY. */
int pn_submit_make(const struct pn_submit *submit, const char *study_name,
                   struct pn_job_script *script);
void pn_job_script_free(struct pn_job_script *script);

/** Write it, unless it is there; another one that is there belongs to the user.
 *  @return PN_OK; PN_ERR_FOREIGN_RUN: there is another; PN_ERR_IO. */
int pn_submit_save(const struct pn_submit *submit, const struct pn_job_script *script);

/** Hand it to sbatch or qsub, which speak to our own output.  @return PN_OK, PN_ERR_IO.
 */
int pn_submit_send(const struct pn_submit *submit, const struct pn_job_script *script);

/** The text of the script.  @return PN_OK, PN_ERR_INPUT, PN_ERR_IO, PN_ERR_MEMORY */
int pn_submit_fill(const struct pn_submit *submit, struct pn_job_script *script);

/** "90" minutes, "MM:SS", "HH:MM:SS", "D-HH", "D-HH:MM", "D-HH:MM:SS": Slurm's forms.
 *  @return seconds, 0: none of them. */
int64_t pn_submit_seconds(const char *text);

/** "500", "500M": MiB as Slurm has it; "2G", "1T".  @return MiB, 0: none of them. */
int64_t pn_submit_megabytes(const char *text);

/** A word for the shell, whatever stands in it: in single quotes; malloced; NULL: no
 * memory. */
char *pn_shell_word(const char *text);

#endif
