/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/cli/airway_muscle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/cli/airway.h"
#include "solver/record/draft.h"

int pn_airway_number(const char *option, const char *text, const char *unit, double low,
                     double high, double *value)
{
    int status = PN_OK;

    if (strcmp(unit, "1") == 0) {
        char *end;
        *value = strtod(text, &end);
        if (end == text || *end)
            return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected a number", option, text);
    } else {
        status = pn_airway_quantity(text, unit, value);
    }
    if (status != PN_OK)
        return status;
    if (!(*value >= low && *value <= high))
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %g to %g%s%s", option, text,
                       low, high, strcmp(unit, "1") ? " " : "",
                       strcmp(unit, "1") ? unit : "");
    return PN_OK;
}

int pn_airway_text_begin(struct pn_airway_text *text)
{
    *text = (struct pn_airway_text){0};
    text->stream = open_memstream(&text->text, &text->n);
    return text->stream ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory");
}

void pn_airway_text_free(struct pn_airway_text *text)
{
    if (text->stream)
        fclose(text->stream);
    free(text->text);
    *text = (struct pn_airway_text){0};
}

static int write_file(const char *path, const char *text, size_t n)
{
    struct pn_draft draft = {.path = NULL};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, n) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = pn_draft_commit(&draft, path, 1);
out:
    pn_draft_abandon(&draft);
    return status;
}

int pn_airway_text_end(struct pn_airway_text *text, const char *out)
{
    int status = fclose(text->stream) == 0 ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "no memory");

    text->stream = NULL;
    if (status == PN_OK && out)
        status = write_file(out, text->text, text->n);
    else if (status == PN_OK &&
             (fwrite(text->text, 1, text->n, stdout) != text->n || fflush(stdout)))
        status = PN_FAIL(PN_ERR_IO, "cannot write: %s", strerror(errno));
    pn_airway_text_free(text);
    return status;
}
