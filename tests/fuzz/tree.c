/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the readers of trees.  The first byte chooses the form, lines "%%%" part the
 * files of a set.  What is accepted must be sound, and be the same tree after it was
 * written and read again. */
#include <math.h>

#include "solver/base/status.h"
#include "solver/tree/tree_read.h"
#include "solver/tree/tree_statistics.h"
#include "solver/tree/tree_write.h"
#include "tests/fuzz/fuzz.h"

static const char *path_of(const char *ending)
{
    static char path[320];

    snprintf(path, sizeof path, "%s/t%s", fuzz_folder(), ending);
    return path;
}

static void check_tree(const struct pn_tree *t)
{
    double sum = 0.0;

    require(t->n >= 1 && t->n_terminals >= 1 && t->n_points > t->n);
    require(t->parent[0] == -1 && t->first_point[0] == 1);
    require(t->first_point[t->n] == t->n_points);
    for (size_t i = 0; i < t->n; i++) {
        require(t->length[i] > 0 && t->radius[i] > 0 && t->volume[i] > 0);
        require(t->multiplicity[i] >= 1 && t->lobe[i] >= 0 && t->lobe[i] < PN_LOBES);
        require(i == 0 || (t->parent[i] >= 0 && t->parent[i] < (int)i));
    }
    for (size_t k = 0; k < t->n_terminals; k++)
        sum += t->share[k];
    require(fabs(sum - 1) < 1e-6);
}

static void check_round_trip(const struct pn_tree *tree, const char *name)
{
    static struct pn_complaints list;
    struct pn_tree *again = NULL;
    FILE *file = fopen(path_of(name), "w");

    list.n = 0;
    require(file && pn_tree_write(tree, path_of(name), file) == PN_OK &&
            fclose(file) == 0);
    if (pn_tree_read(path_of(name), NULL, &list, &again) != PN_OK) {
        fprintf(stderr, "%s\n", list.kept[0].text);
        abort();
    }
    require(again->n == tree->n && again->n_points == tree->n_points);
    require(memcmp(again->parent, tree->parent, tree->n * sizeof *tree->parent) == 0);
    for (size_t i = 0; i < tree->n; i++)
        require(fabs(again->radius[i] - tree->radius[i]) <= 1e-13 * tree->radius[i]);
    pn_tree_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const endings[][3] = {
        {".csv",    NULL,        NULL        },
        {".vtu",    NULL,        NULL        },
        {".node",   ".edge",     NULL        },
        {".nodes",  ".branches", ".termnodes"},
        {".ipnode", ".ipelem",   ".ipfiel"   },
        {".ipmesh", NULL,        NULL        },
    };
    static struct pn_complaints list;
    const char *const *form;
    const uint8_t *at, *end = data + size;
    struct pn_tree *tree = NULL;
    int status;

    if (size < 1)
        return 0;
    form = endings[data[0] % (sizeof endings / sizeof *endings)];
    at = data + 1;
    for (size_t k = 0; k < 3 && form[k]; k++) {
        const uint8_t *stop =
            k < 2 && form[k + 1] ? memmem(at, (size_t)(end - at), "%%%\n", 4) : NULL;
        write_file(path_of(form[k]), at, (size_t)((stop ? stop : end) - at));
        at = stop ? stop + 4 : end;
    }
    list.n = 0;
    status = pn_tree_read(path_of(form[0]), NULL, &list, &tree);
    if (status == PN_OK) {
        check_tree(tree);
        check_round_trip(tree, ".vtu");
        check_round_trip(tree, ".csv");
    } else {
        require(status == PN_ERR_INPUT && !tree && list.n == 1);
    }
    pn_tree_free(&tree);
    return 0;
}
