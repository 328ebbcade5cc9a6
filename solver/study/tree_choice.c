/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `tree` of an airway: a file for all patients, or one grown for each.  Here
 * files are named and hashed; they are read where the study is made ready to run. */
#include <stdlib.h>
#include <string.h>

#include "models/airway/body.h"
#include "solver/base/status.h"
#include "solver/study/parts.h"
#include "solver/tree/tree_read.h"

enum { USUAL_ACINI = 30000, LEAST_ACINI = 10, MOST_ACINI = 1000000 };

static void read_file(struct pn_study_reader *r, const struct pn_yaml *node)
{
    const char *text = pn_read_text(&r->text, node, "the file of a tree");
    char *name[PN_TREE_FILES] = {NULL}, *path;
    size_t folder, n = r->text.list->n;

    path = text ? pn_source_path(&r->text, node->place, text) : NULL;
    if (!path)
        return;
    folder = strlen(path) - strlen(text);
    r->study->tree.file = path;
    if (pn_tree_files(path, name) != PN_OK)
        r->text.arena->failed = 1;
    else if (!name[0])
        pn_complain(
            r->text.list, node->place,
            "'%.200s': unknown form of tree: expected 'generated', or a file that "
            "ends with .node, .edge, .nodes, .branches, .termnodes, .ipnode, "
            ".ipelem, .ipfiel, .ipmesh, .vtu or .csv (.gz behind it is fine)",
            text);
    for (size_t k = 0; k < PN_TREE_FILES; k++) {
        if (name[k] && r->text.list->n == n) /* one message for a set that is not there */
            pn_read_source(&r->text, node->place, name[k] + folder, PN_ONLY_HASHED);
        free(name[k]);
    }
}

static void read_unit(struct pn_study_reader *r, const struct pn_yaml *node)
{
    char *text = pn_read_text(&r->text, node, "unit");
    double factor;

    if (!text || !pn_read_factor(&r->text, node->place, "unit", text, "m", 0.0, &factor))
        return;
    r->study->tree.unit_name = text;
    r->study->tree.unit = factor;
}

static void read_radii(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const words[] = {"nodes", "edges"};
    const char *text = pn_read_text(&r->text, node, "radii");

    if (!text)
        return;
    r->study->tree.edge_radius = strcmp(text, "edges") == 0;
    if (!r->study->tree.edge_radius && strcmp(text, "nodes") != 0)
        pn_unknown(&r->text, node->place, "radii", text, words, 2);
}

static void read_acini(struct pn_study_reader *r, const struct pn_yaml *node)
{
    uint64_t n;

    if (pn_read_whole(&r->text, node, "acini", LEAST_ACINI, MOST_ACINI, &n))
        r->study->tree.n_acini = (size_t)n;
}

static void read_map(struct pn_study_reader *r, const struct pn_yaml *map)
{
    static const char *const keys[] = {"file", "unit", "radii", "TLC", "acini"};
    const struct pn_yaml *file = pn_yaml_get(map, "file"),
                         *unit = pn_yaml_get(map, "unit"),
                         *radii = pn_yaml_get(map, "radii"),
                         *TLC = pn_yaml_get(map, "TLC"),
                         *acini = pn_yaml_get(map, "acini");

    if (!pn_is_map_of(&r->text, map, "tree", keys, 5))
        return;
    if (!file == !acini) {
        pn_complain(r->text.list, map->place,
                    "a tree has either a 'file' or a number of 'acini', for one that is "
                    "grown for each patient");
        return;
    }
    if (acini && (unit || radii || TLC))
        pn_complain(r->text.list, map->place,
                    "'unit', 'radii' and 'TLC' belong to a tree of a 'file'");
    if (unit)
        read_unit(r, unit);
    if (radii)
        read_radii(r, radii);
    if (TLC)
        pn_read_between(&r->text, TLC, "TLC", "L", 0.1, 20.0, &r->study->tree.TLC);
    if (file)
        read_file(r, file);
    if (acini)
        read_acini(r, acini);
}

void pn_read_tree(struct pn_study_reader *r, const struct pn_yaml *node)
{
    struct pn_tree_choice *tree = &r->study->tree;

    tree->place = node->place;
    tree->unit_name = pn_arena_copy(r->text.arena, "mm", 2);
    tree->unit = 1e-3;
    tree->TLC = PN_LAMBERT_TLC;
    if (node->kind == PN_YAML_MAP)
        read_map(r, node);
    else if (!pn_is(&r->text, node, PN_YAML_TEXT, "tree"))
        return;
    else if (strcmp(node->text, "generated") == 0)
        tree->n_acini = USUAL_ACINI;
    else
        read_file(r, node);
}
