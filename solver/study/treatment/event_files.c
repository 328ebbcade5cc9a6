/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of an event table: a text, or one or two SAS transport files. */
#include <string.h>

#include "solver/study/treatment/adam.h"
#include "solver/study/treatment/event_table.h"

/* Both are of one form, which the first says. */
static const struct pn_source *join(struct pn_study_reader *r,
                                    const struct pn_source *const *file, size_t n,
                                    const struct pn_yaml *said)
{
    int is_xpt = pn_xpt_is(file[0]->text, file[0]->n);

    if (!is_xpt && n == 1)
        return file[0];
    for (size_t i = 0; i < n; i++)
        if (!pn_xpt_is(file[i]->text, file[i]->n)) {
            pn_complain(r->text.list, (struct pn_place){file[i]->path, 0, 0},
                        "the file is no SAS transport file: two files are ADEX and ADPC "
                        "in that form");
            return NULL;
        }
    return pn_adam_source(r, file, n, said);
}

const struct pn_source *pn_event_files(struct pn_study_reader *r,
                                       const struct pn_yaml *node,
                                       const struct pn_yaml *said)
{
    const struct pn_source *file[PN_ADAM_TABLES];
    const struct pn_yaml *item = node->kind == PN_YAML_LIST ? node->first : node;
    size_t n = 0;

    if (node->kind == PN_YAML_LIST &&
        (node->n == 0 || !pn_is_few(&r->text, node, "files of events", PN_ADAM_TABLES))) {
        if (node->n == 0)
            pn_complain(r->text.list, node->place, "the list of files is empty");
        return NULL;
    }
    for (; item; item = node->kind == PN_YAML_LIST ? item->next : NULL) {
        char *name = pn_read_text(&r->text, item, "events");
        file[n] = name ? pn_read_source(&r->text, item->place, name, PN_CSV_BYTES) : NULL;
        if (!file[n++])
            return NULL;
    }
    if (n > 1)
        r->table->events->second = file[1]->path;
    return join(r, file, n, said);
}

const struct pn_source *pn_event_file(struct pn_study_reader *r, const char *path,
                                      const struct pn_yaml *said)
{
    const char *slash = strrchr(path, '/');
    const struct pn_source *file = pn_read_source(&r->text, (struct pn_place){path, 0, 0},
                                                  slash ? slash + 1 : path, PN_CSV_BYTES);

    return file ? join(r, &file, 1, said) : NULL;
}
