/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: plug-ins, disease, airway, visits, output. */
#include <string.h>

#include "solver/study/write/write_study.h"

void pn_put_plugins(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;

    for (size_t i = 0; i < study->n_plugins; i++) {
        fprintf(w->out, "%s%s", i > 0 ? ", " : key->name, i > 0 ? "" : ": [");
        pn_put_text(w->out, pn_put_path(study, study->plugin[i]));
        fputs(i + 1 == study->n_plugins ? "]\n" : "", w->out);
    }
}

static void put_part(const struct pn_writer *w, const struct pn_disease_part *part)
{
    if (pn_table_size(part->component->parameters) == 0) {
        fprintf(w->out, "  - %s\n", part->instance);
        return;
    }
    fprintf(w->out, "  - %s:\n", part->instance);
    pn_put_parameters(w, 6, part->instance, part->component->parameters);
}

static void put_tree(const struct pn_writer *w)
{
    const struct pn_tree_choice *tree = &w->study->tree;

    if (!pn_has_tree(w->study))
        return;
    if (!tree->file) {
        fprintf(w->out, "  tree: {acini: %zu}\n", tree->n_acini);
        return;
    }
    fputs("  tree: {file: ", w->out);
    pn_put_text(w->out, pn_put_path(w->study, tree->file));
    fputs(", unit: ", w->out);
    pn_put_text(w->out, tree->unit_name);
    fprintf(w->out, ", radii: %s, TLC: ", tree->edge_radius ? "edges" : "nodes");
    pn_put_quantity(w->out, tree->TLC, "L");
    fputs("}\n", w->out);
}

/* The airway is the part of this name. */
static int is_airway(const struct pn_disease_part *part)
{
    return strcmp(part->instance, "airway") == 0;
}

void pn_put_disease(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;
    size_t n = 0;

    for (size_t i = 0; i < study->n_parts; i++)
        n += !is_airway(&study->part[i]);
    fprintf(w->out, "%s:%s\n", key->name, n > 0 ? "" : " []");
    for (size_t i = 0; i < study->n_parts; i++)
        if (!is_airway(&study->part[i]))
            put_part(w, &study->part[i]);
}

void pn_put_airway(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;
    const struct pn_disease_part *airway = NULL;

    for (size_t i = 0; i < study->n_parts; i++)
        if (is_airway(&study->part[i]))
            airway = &study->part[i];
    if (!airway && !pn_has_tree(study))
        return;
    fprintf(w->out, "%s:\n", key->name);
    put_tree(w);
    if (!airway)
        return;
    fprintf(w->out, "  model: %s\n", airway->component->name);
    pn_put_parameters(w, 2, "airway", airway->component->parameters);
}

void pn_put_visits(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;

    fprintf(w->out, "%s:%s\n", key->name, study->n_visits > 0 ? "" : " []");
    for (size_t v = 0; v < study->n_visits; v++) {
        fputs("  - {at: ", w->out);
        pn_put_quantity(w->out, study->visit[v].time, "h");
        fputs(", tests: [", w->out);
        for (size_t t = 0; t < study->visit[v].n_tests; t++)
            fprintf(w->out, "%s%s", t > 0 ? ", " : "", study->visit[v].test[t]->name);
        fputs("]}\n", w->out);
    }
}

static void put_times(const struct pn_writer *w)
{
    fputs("  at: [", w->out);
    for (size_t i = 0; i < w->study->n_outputs; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        pn_put_quantity(w->out, w->study->output[i], "h");
    }
    fputs("]\n", w->out);
}

void pn_put_output(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;

    fprintf(w->out, "%s:\n  keep: [", key->name);
    for (size_t i = 0; i < study->n_keep; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        if (study->keep_unit[i])
            fputs("{signal: ", w->out);
        pn_put_text(w->out, study->keep[i]);
        if (study->keep_unit[i]) {
            fputs(", unit: ", w->out);
            pn_put_text(w->out, study->keep_unit[i]);
            fputc('}', w->out);
        }
    }
    fputs("]\n", w->out);
    if (study->leaves_out_doses)
        fputs("  doses: none\n", w->out);
    if (study->outputs_are_listed)
        put_times(w);
    else if (study->n_outputs > 1) {
        fputs("  every: ", w->out);
        pn_put_quantity(w->out, study->output[1], "h");
        fputc('\n', w->out);
    }
}
