/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log of a run, FOLDER/audit.jsonl: a JSON object a line, appended by each
 * attempt; each line holds the SHA-256 of the line before it, so that none can be changed
 * or taken out unseen. */
#ifndef PN_RUN_AUDIT_H
#define PN_RUN_AUDIT_H

#include "solver/text/json.h"

/** Begin a line: {"time": NOW, "event": EVENT, ….  The caller puts more members. */
void pn_audit_begin(struct pn_json *line, const char *event);

/** Append it, its last member "previous" being the SHA-256 of the line before.
 *  Several processes may append at once.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_audit_append(const char *folder, struct pn_json *line);

/** An audit log in memory. */
struct pn_audit {
    size_t n_lines, n_torn;
    json_t **line; /* shape [n_lines], objects; NULL: torn, no object */
    size_t broken; /* number of the first line, from 1, whose "previous" is wrong; 0: the
                      chain holds */
    char last[65]; /* SHA-256 of the last line; "" without lines */
};

/** Read and check FOLDER/audit.jsonl.  Free in any case.
 *  @return PN_OK; PN_ERR_IO: none there; PN_ERR_INPUT: too large; PN_ERR_MEMORY. */
int pn_audit_read(const char *folder, struct pn_audit *audit);
void pn_audit_free(struct pn_audit *audit);

/** An attempt at the run; end NULL: it was killed, or it runs. */
struct pn_attempt {
    const json_t *start, *end; /* borrowed from the log */
};

/** All of them in the order of their starts; the caller frees the array. */
int pn_audit_attempts(const struct pn_audit *audit, struct pn_attempt **attempts,
                      size_t *n);

/** The same as the member "attempts", a list.  @return PN_OK, PN_ERR_MEMORY. */
int pn_audit_put_attempts(const struct pn_audit *audit, struct pn_json *json);

/** FOLDER/run.json.
 *  @param[out] json  json_decref by the caller; NULL after a failure
 *  @return PN_OK; PN_ERR_IO: none there; PN_ERR_INPUT, PN_ERR_MEMORY */
int pn_run_json_read(const char *folder, json_t **json);

#endif
