/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pneuma airway flow and breathe share: options of the gas, and how numbers of a
 * tree are written. */
#ifndef PN_AIRWAY_GAS_H
#define PN_AIRWAY_GAS_H

#include <getopt.h>
#include <stdio.h>

#include "models/lung/tree_flow.h"
#include "solver/airway/airway.h"
#include "solver/hdf/arrays.h"

/* numbers of the options of the gas and of reading, for the lists of getopt_long */
enum {
    PN_GAS_LAW = 1000,
    PN_GAS_VISCOSITY,
    PN_GAS_DENSITY,
    PN_GAS_DOWN,
    PN_GAS_UNIT,
    PN_GAS_EDGE_RADIUS
};

struct pn_airway_gas {
    struct pn_tree_flow_options flow;
    struct pn_tree_options read;
    double down[3]; /* direction of gravity; zero: none */
};

void pn_airway_gas_begin(struct pn_airway_gas *gas);

/** One of PN_GAS_….  @return PN_OK, PN_ERR_USAGE. */
int pn_airway_gas_take(int c, const char *text, struct pn_airway_gas *gas);

/** "NUMBER UNIT" of a pressure [Pa] or a flow [m3/s].  @return PN_OK, PN_ERR_USAGE. */
int pn_airway_end(const char *option, const char *text, int *is_flow, double *value);

/** The command line as one text, malloced; NULL without memory. */
char *pn_airway_command(int argc, char **argv);

/** Fail with "option unknown, value missing or `text` not expected". */
int pn_airway_stray(char **argv);

/** Columns of a table, one row an airway; `unit` "" is none. */
struct pn_airway_column {
    const char *name, *unit, *long_name;
    const double *value; /* NULL: whole numbers */
    const int *whole;
};

/** Numbers of airways (rows) by the ending of the name: .csv, .h5 or .vtu.
 *  @param[in] point   pressure at every point, for .vtu
 *  @param[in] command how it was made, for .h5 */
int pn_airway_write_rows(const char *path, const struct pn_tree *tree,
                         const struct pn_airway_column *column, size_t n,
                         const double *point, const char *command);

#endif
