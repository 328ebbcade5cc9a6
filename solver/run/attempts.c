/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attempts of a run, as its audit log tells them: a start, and perhaps an end. */
#include "solver/run/audit.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/json.h"

static int is_event(const struct pn_yaml *line, const char *event)
{
    return strcmp(pn_audit_get(line, "event"), event) == 0;
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
        const struct pn_yaml *line = audit->line[i];

        if (is_event(line, "start")) {
            all[*n].start = line;
            ++*n;
            continue;
        }
        for (size_t k = *n; line && k-- > 0;)
            if (strcmp(pn_audit_get(all[k].start, "attempt"),
                       pn_audit_get(line, "attempt")) == 0) {
                all[k].end = line;
                break;
            }
    }
    return PN_OK;
}

static void put_member(FILE *stream, const char *name, const struct pn_yaml *line,
                       const char *member)
{
    const char *text = pn_audit_get(line, member);

    fprintf(stream, "\"%s\": ", name);
    pn_json_text(stream, text, strlen(text));
}

void pn_audit_attempts_json(const struct pn_audit *audit, FILE *stream)
{
    struct pn_attempt *attempts = NULL;
    size_t n = 0;

    if (pn_audit_attempts(audit, &attempts, &n) != PN_OK)
        n = 0;
    putc('[', stream);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ",\n    {" : "\n    {", stream);
        put_member(stream, "started", attempts[i].start, "time");
        fputs(", ", stream);
        put_member(stream, "host", attempts[i].start, "host");
        fputs(", ", stream);
        put_member(stream, "ranks", attempts[i].start, "ranks");
        fputs(", ", stream);
        put_member(stream, "ended", attempts[i].end, "time");
        fputs(", ", stream);
        /* without an end: killed, or its machine has died, or it still runs */
        put_member(stream, "how", attempts[i].end, "event");
        putc('}', stream);
    }
    fputs(n > 0 ? "\n  ]" : "]", stream);
    free(attempts);
}
