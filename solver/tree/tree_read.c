/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the name of a file to its form, from its form to a tree. */
#include "solver/tree/tree_read.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/tree/readers/tree_forms.h"

static const struct pn_tree_form *const forms[] = {
    &pn_tree_form_tetgen, &pn_tree_form_branches, &pn_tree_form_cmiss,
    &pn_tree_form_ipmesh, &pn_tree_form_vtu,      &pn_tree_form_csv,
};

static const struct pn_tree_form *find_form(const char *path, const char **ending)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t k = 0; k < PN_FORM_FILES && forms[i]->ending[k]; k++)
            if (pn_text_ends(path, forms[i]->ending[k])) {
                *ending = forms[i]->ending[k];
                return forms[i];
            }
    return NULL;
}

int pn_tree_files(const char *path, char *name[PN_TREE_FILES])
{
    const char *ending = NULL;
    const struct pn_tree_form *form = find_form(path, &ending);
    int status = PN_OK;

    for (size_t k = 0; k < PN_TREE_FILES; k++) {
        int is_one = form && form->ending[k];
        name[k] = is_one ? pn_text_sibling(path, ending, form->ending[k]) : NULL;
        if (is_one && !name[k])
            status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
    }
    return status;
}

static int load(const char *path, const char *ending, const struct pn_tree_form *form,
                struct pn_complaints *list, struct pn_text *text)
{
    for (size_t k = 0; k < PN_FORM_FILES && form->ending[k]; k++) {
        char *name = pn_text_sibling(path, ending, form->ending[k]);
        int status = name ? pn_text_load(name, list, &text[k])
                          : PN_FAIL(PN_ERR_MEMORY, "out of memory");
        free(name);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

int pn_tree_read(const char *path, const struct pn_tree_options *given,
                 struct pn_complaints *list, struct pn_tree **tree)
{
    struct pn_tree_options options = given ? *given : (struct pn_tree_options){0};
    struct pn_text text[PN_FORM_FILES] = {{0}};
    struct pn_mesh mesh = {.list = list};
    const char *ending = NULL;
    const struct pn_tree_form *form = find_form(path, &ending);
    int status;

    *tree = NULL;
    if (options.unit == 0.0)
        options.unit = 1e-3;
    if (!form)
        return pn_complain(list, (struct pn_place){path, 0, 0},
                           "unknown form of tree: expected a name that ends with .node, "
                           ".edge, .nodes, .branches, .termnodes, .ipnode, .ipelem, "
                           ".ipfiel, .ipmesh, .vtu or .csv (.gz behind it is fine)");
    PN_TRY(load(path, ending, form, list, text));
    mesh.node_file = text[form->node_file].path;
    mesh.edge_file = text[form->edge_file].path;
    PN_TRY(form->read(text, &options, &mesh));
    status = pn_mesh_build(&mesh, tree);
out:
    pn_mesh_free(&mesh);
    for (size_t k = 0; k < PN_FORM_FILES; k++)
        pn_text_free(&text[k]);
    return status;
}
