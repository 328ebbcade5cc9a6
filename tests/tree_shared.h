/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that others made.  Their files are not part of this project: they are looked for
 * in $PNEUMA_AIRWAYS, or in shared/airways beside the project's folder; without them the
 * test that reads one is skipped. */
#ifndef PN_TESTS_TREE_SHARED_H
#define PN_TESTS_TREE_SHARED_H

#include <stdlib.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/tree/tree_read.h"
#include "tests/check.h"

/* Path of one of them; valid until the next call. */
static inline const char *shared_path(const char *name)
{
    static char path[4096];
    const char *const places[] = {getenv("PNEUMA_AIRWAYS"),
                                  PN_SOURCE_DIR "/../shared/airways",
                                  PN_SOURCE_DIR "/../../shared/airways"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i] && access(places[i], R_OK) == 0) {
            snprintf(path, sizeof path, "%s/%s", places[i], name);
            return path;
        }
    skip();
    return NULL;
}

static inline struct pn_tree *read_shared(const char *name, int edge_radius)
{
    static struct pn_complaints list;
    struct pn_tree_options options = {.edge_radius = edge_radius};
    struct pn_tree *tree = NULL;
    int status;

    list.n = 0;
    status = pn_tree_read(shared_path(name), &options, &list, &tree);
    if (status != PN_OK)
        print_error("%s\n", list.n > 0 ? list.kept[0].text : pn_error_last()->text);
    assert_int_equal(status, PN_OK);
    return tree;
}

#endif
