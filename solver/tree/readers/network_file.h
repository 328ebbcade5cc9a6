/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of networks: vessels, junctions and boundary conditions in the form of
 * svZeroDSolver, JSON or YAML.  Both are read as YAML, of which JSON is a part, because a
 * complaint about a number needs its place, which jansson does not keep. */
#ifndef PN_TREE_READERS_NETWORK_FILE_H
#define PN_TREE_READERS_NETWORK_FILE_H

#include "models/lung/network.h"
#include "solver/text/reader.h"

/** A vessel of the file among the nodes and branches of the network. */
struct pn_vessel {
    const char *name;
    size_t in, out, branch_in, branch_out;
    double C_in, C_out; /* what it stores at its ends; between its two branches: none */
};

struct pn_network_file {
    struct pn_arena arena;
    struct pn_complaints list;
    struct pn_network network;
    struct pn_network_options options;
    struct pn_vessel *vessel;
    size_t n_vessels;
    int all_cycles; /* else the last is what is wanted */
};

/** @return PN_OK, PN_ERR_INPUT (complaints), PN_ERR_IO (error record), PN_ERR_MEMORY. The
 * file is to be freed in any case. */
int pn_network_read(const char *path, struct pn_network_file *file);
void pn_network_free(struct pn_network_file *file);

#endif
