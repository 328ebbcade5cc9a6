/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attempts of a run, as its audit log tells them: a start, and perhaps an end. */
#include "solver/run/audit.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

static int is_event(const json_t *line, const char *event)
{
    return strcmp(pn_json_text_of(line, "event"), event) == 0;
}

int pn_audit_attempts(const struct pn_audit *audit, struct pn_attempt **attempts,
                      size_t *n)
{
    struct pn_attempt *all = calloc(audit->n_lines + 1, sizeof *all);

    *n = 0;
    *attempts = all;
    if (!all)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the attempts of a run");
    for (size_t i = 0; i < audit->n_lines; i++) {
        const json_t *line = audit->line[i];

        if (is_event(line, "start")) {
            all[*n].start = line;
            ++*n;
            continue;
        }
        for (size_t k = *n; line && k-- > 0;)
            if (strcmp(pn_json_text_of(all[k].start, "attempt"),
                       pn_json_text_of(line, "attempt")) == 0) {
                all[k].end = line;
                break;
            }
    }
    return PN_OK;
}

static void put_attempt(const struct pn_attempt *attempt, struct pn_json *json)
{
    int64_t n_ranks = 0;

    (void)pn_json_whole_of(attempt->start, "ranks", &n_ranks);
    pn_json_open_object(json, NULL);
    pn_json_put_text(json, "started", pn_json_text_of(attempt->start, "time"));
    pn_json_put_text(json, "host", pn_json_text_of(attempt->start, "host"));
    pn_json_put_whole(json, "ranks", n_ranks);
    pn_json_put_text(json, "ended", pn_json_text_of(attempt->end, "time"));
    /* without an end: killed, or its machine has died, or it still runs */
    pn_json_put_text(json, "how", pn_json_text_of(attempt->end, "event"));
    pn_json_close(json);
}

int pn_audit_put_attempts(const struct pn_audit *audit, struct pn_json *json)
{
    struct pn_attempt *attempts;
    size_t n;
    int status = pn_audit_attempts(audit, &attempts, &n);

    if (status != PN_OK)
        return status;
    pn_json_open_list(json, "attempts");
    for (size_t i = 0; i < n; i++)
        put_attempt(&attempts[i], json);
    pn_json_close(json);
    free(attempts);
    return PN_OK;
}
