/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OUT.run/run.json: what the result must not hold because it differs from run to run. */
#ifndef PN_RUN_RUN_JSON_H
#define PN_RUN_RUN_JSON_H

#include "solver/record/record.h"
#include "solver/run/installation.h"
#include "solver/text/yaml.h"

/** Times, host, ranks. */
struct pn_run_facts {
    const char *command_line, *started, *ended, *host;
    int n_ranks, n_lanes;
    double lane_use;               /* of rank 0: share of lane-steps that carried a
                                      patient; NaN: none */
    double busy;                   /* share of the time of all ranks that they had work */
    double simulating, assembling; /* wall time [s] */
    const struct pn_installation *installation; /* NULL: not told */
    const char *result;                         /* its path; NULL: none */
    const char *result_sha256;                  /* NULL: computed from it */
};

/** Write FOLDER/run.json (temporary name, rename), with the attempts that the audit log
 * names.  @return PN_OK, PN_ERR_IO, PN_ERR_MEMORY. */
int pn_run_json_write(const char *folder, const struct pn_trial *trial,
                      const struct pn_provenance *provenance,
                      const struct pn_run_facts *facts, const struct pn_tally *tally);

#endif
