/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `plugins`: shared objects whose components this study may use. */
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/plugin/plugin.h"
#include "solver/study/parts.h"

static void load(struct pn_study_reader *r, const struct pn_yaml *node)
{
    const char *name = pn_read_text(&r->text, node, "a plug-in");
    const struct pn_source *source =
        name ? pn_read_source(&r->text, node->place, name, PN_ONLY_HASHED) : NULL;

    if (!source)
        return;
    r->study->plugin[r->study->n_plugins++] = source->path;
    if (pn_plugin_load(source->path) != PN_OK)
        pn_complain(r->text.list, node->place, "%s", pn_error_last()->text);
}

void pn_read_plugins(struct pn_study_reader *r, const struct pn_yaml *list, void *into,
                     const struct pn_key *key)
{
    (void)into;
    (void)key;
    pn_component_forget();
    if (!list)
        return;
    r->study->plugin = pn_arena_take(r->text.arena, list->n, sizeof *r->study->plugin);
    for (const struct pn_yaml *item = list->first; item && r->study->plugin;
         item = item->next)
        load(r, item);
}
