/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `tree` of an airway: a file for all patients, or one grown for each.  Here
 * files are named and hashed; they are read where the study is made ready to run. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/parts.h"
#include "solver/tree/tree_read.h"

enum { USUAL_ACINI = 30000 };

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

static void read_unit(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    struct pn_tree_choice *tree = into; /* the first member of struct tree_keys */
    char *text = pn_read_text(&r->text, node, key->name);
    double factor;

    if (!text ||
        !pn_read_factor(&r->text, node->place, key->name, text, "m", 0.0, &factor))
        return;
    tree->unit_name = text;
    tree->unit = factor;
}

static const char *const radii[] = {"nodes", "edges", NULL};
const char *const pn_tree_word[] = {"generated", NULL};

/* a tree while its map is read */
struct tree_keys {
    struct pn_tree_choice tree;
    const struct pn_yaml *file, *acini;
};

/* clang-format off */
static const struct pn_key tree_keys[] = {
    {"file", PN_KEY_FILE, .read = pn_key_later, .at = offsetof(struct tree_keys, file),
     .sentence = "of a tree that all patients share, in any form that `pneuma airway` "
                 "reads"},
    {"unit", PN_KEY_TEXT, NULL, "mm", .read = read_unit,
     .sentence = "unit of the lengths in a file that names none"},
    {"radii", PN_KEY_CHOICE, NULL, "nodes", .choices = radii,
     .at = offsetof(struct tree_keys, tree.edge_radius),
     .sentence = "where radii stand in a file of nodes and edges"},
    {"TLC", PN_KEY_QUANTITY, "L", "6.8 L", 0.1, 20,
     "total lung capacity of the lung that the tree belongs to: each patient has its "
     "shape, scaled by the cube root of the patient's own",
     .at = offsetof(struct tree_keys, tree.TLC)},
    {"acini", PN_KEY_WHOLE, .low = 10, .high = 1000000, .read = pn_key_later,
     .at = offsetof(struct tree_keys, acini),
     .sentence = "of a tree grown for each patient from the seed and the patient's "
                 "number; `generated` alone: 30000"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_tree_map = {"tree", "tree", "the airway tree of the patients",
                                       .keys = tree_keys};

static void read_acini(struct pn_study_reader *r, const struct pn_yaml *node)
{
    const struct pn_key *key = pn_key_find(&pn_tree_map, "acini");
    uint64_t n;

    if (pn_read_whole(&r->text, node, "acini", (uint64_t)key->low, (uint64_t)key->high,
                      &n))
        r->study->tree.n_acini = (size_t)n;
}

static void check_tree(struct pn_study_reader *r, const struct pn_yaml *map,
                       const struct tree_keys *keys)
{
    if (!keys->file == !keys->acini)
        pn_complain(r->text.list, map->place,
                    "a tree has either a 'file' or a number of 'acini', for one that is "
                    "grown for each patient");
    else if (keys->acini && map->n > 1)
        pn_complain(r->text.list, map->place,
                    "'unit', 'radii' and 'TLC' belong to a tree of a 'file'");
}

void pn_read_tree(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                  const struct pn_key *key)
{
    const struct pn_yaml none = {.kind = PN_YAML_MAP, .place = node->place};
    struct tree_keys keys = {{0}, NULL, NULL};

    (void)into;
    (void)key;
    pn_read_map(r, node->kind == PN_YAML_MAP ? node : &none, &pn_tree_map, &keys);
    keys.tree.place = node->place;
    r->study->tree = keys.tree;
    if (node->kind == PN_YAML_MAP)
        check_tree(r, node, &keys);
    else if (!pn_is(&r->text, node, PN_YAML_TEXT, "tree"))
        return;
    else if (strcmp(node->text, pn_tree_word[0]) == 0)
        r->study->tree.n_acini = USUAL_ACINI;
    else
        read_file(r, node);
    if (keys.file && !keys.acini)
        read_file(r, keys.file);
    if (keys.acini && !keys.file)
        read_acini(r, keys.acini);
}
