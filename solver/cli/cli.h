/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: one file a sub-command; only this folder prints. */
#ifndef PN_CLI_CLI_H
#define PN_CLI_CLI_H

#include "solver/cli/options.h"
#include "solver/run/load.h"

/** The program.  @return its exit code (README.md of this folder). */
PN_DOOR int pn_main(int argc, char **argv);

/* Commands, each in its file. */
extern const struct pn_command pn_command_run, pn_command_check, pn_command_merge,
    pn_command_submit, pn_command_status, pn_command_verify, pn_command_diff,
    pn_command_table, pn_command_replay, pn_command_export, pn_command_statistics,
    pn_command_airway, pn_command_selftest, pn_command_models;

/** All commands, NULL-ended. */
extern const struct pn_command *const pn_commands[];

/** Find a command by the last word of its name; NULL: none. */
const struct pn_command *pn_command_find(const struct pn_command *const *commands,
                                         const char *word);

/** Fail with the nearest command; parent: name of their command, "" of the program.
 *  @return PN_ERR_USAGE (error record) */
int pn_command_unknown(const struct pn_command *const *commands, const char *parent,
                       const char *word);

/** "--help", "-h"? */
int pn_is_help(const char *word);

/** Parse, then print help or an error (under a launcher rank 0 does), or run.
 *  @return a status */
int pn_command_call(const struct pn_command *command, int argc, char **argv);

/** Read, select patients, wire.  Complaints go to stderr unless quiet (the other ranks).
 * Free with pn_unload in any case. */
int pn_cli_load(const char *path, const struct pn_selection *selection, int quiet,
                struct pn_loaded *loaded);

/** "pneuma: error: …" from the error record to stderr. */
void pn_cli_print_error(void);

/** Why a study could not be loaded, to stderr: the complaints, or else the error record.
 */
void pn_cli_print_complaints(const struct pn_complaints *list);

/** Warnings of a study alone, to stderr. */
void pn_cli_print_warnings(const struct pn_complaints *list);

struct pn_cost;

/** A forecast, to stdout.  @param[in] n_ranks  of a line of its own; 0: none */
void pn_cost_print(const struct pn_cost *cost, const struct pn_study *study,
                   size_t n_ranks);

struct pn_run_view;

/** How far a run is, to stdout; the same as JSON.  @return PN_OK, PN_ERR_IO, … */
int pn_cli_print_run(const struct pn_run_view *view);
int pn_cli_print_run_json(const struct pn_run_view *view);

/** Progress on stderr: a bar on a terminal, a line every 5 per cent otherwise. */
struct pn_progress {
    size_t n;      /* jobs in all */
    size_t each;   /* jobs of a patient */
    size_t before; /* of them done before this attempt */
    double start, last;
    int percent, terminal, quiet;
};
void pn_progress_start(struct pn_progress *progress, size_t n, size_t n_patients,
                       size_t before, int quiet);
void pn_progress_show(struct pn_progress *progress, size_t done);
void pn_progress_end(struct pn_progress *progress);

#endif
