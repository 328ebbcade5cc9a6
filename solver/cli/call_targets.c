/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No command writes onto a file that it reads: rows say what is written, all else that
 * names a file is read. */
#include "solver/cli/call_targets.h"

#include <stdio.h>

#include "solver/base/status.h"
#include "solver/hdf/write_target.h"

/* names of all that is read: words and values of options */
static size_t list_read(const struct pn_call *call, const struct pn_said *said,
                        size_t n_said, const char **read)
{
    size_t n = 0;

    for (size_t i = 0; i < call->n_words; i++)
        if (i + 1 != call->command->target)
            read[n++] = call->word[i];
    for (size_t i = 0; i < n_said; i++)
        if (said[i].option->value && !said[i].option->is_target)
            read[n++] = said[i].text;
    return n;
}

int pn_call_check_targets(const struct pn_call *call, const struct pn_said *said,
                          size_t n_said)
{
    enum { MOST = 512 };
    const char *read[MOST];
    const struct pn_command *command = call->command;
    size_t n;
    int status = PN_OK;

    if (call->n_words + n_said > MOST)
        return PN_FAIL(PN_ERR_USAGE, "too many words");
    n = list_read(call, said, n_said, read);
    if (command->target > 0 && command->target <= call->n_words)
        PN_TRY(pn_target_check("the output", call->word[command->target - 1],
                               PN_TARGET_FILE, read, n));
    for (size_t i = 0; i < n_said; i++) {
        char name[64];

        if (!said[i].option->is_target)
            continue;
        snprintf(name, sizeof name, "--%.60s", said[i].option->name);
        PN_TRY(pn_target_check(name, said[i].text, PN_TARGET_FILE, read, n));
    }
out:
    return status;
}
