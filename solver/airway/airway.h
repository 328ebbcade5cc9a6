/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-commands of pneuma airway share. */
#ifndef PN_AIRWAY_AIRWAY_H
#define PN_AIRWAY_AIRWAY_H

#include "solver/tree/tree_read.h"

struct pn_airway_options {
    struct pn_tree_options read;
    double viscosity; /* Pa.s */
    int help;
    char **path; /* what is left of the command line */
};

/* Sub-commands: argv[0] is the sub-command's name; return a status. */
int pn_airway_check(int argc, char **argv);
int pn_airway_info(int argc, char **argv);
int pn_airway_convert(int argc, char **argv);
int pn_airway_generate(int argc, char **argv);
int pn_airway_flow(int argc, char **argv);
int pn_airway_oscillate(int argc, char **argv);
int pn_airway_breathe(int argc, char **argv);
int pn_airway_expire(int argc, char **argv);
int pn_airway_defects(int argc, char **argv);
int pn_airway_network(int argc, char **argv);
int pn_airway_equilibrium(int argc, char **argv);
int pn_airway_crossbridge(int argc, char **argv);

/** Print the options of the sub-command. */
void pn_airway_generate_options(void);
void pn_airway_flow_options(void);
void pn_airway_oscillate_options(void);
void pn_airway_breathe_options(void);
void pn_airway_expire_options(void);
void pn_airway_defects_options(void);
void pn_airway_network_options(void);
void pn_airway_equilibrium_options(void);
void pn_airway_crossbridge_options(void);

/** "NUMBER UNIT" of a command line, in `unit`.  @return PN_OK, PN_ERR_USAGE (record). */
int pn_airway_quantity(const char *text, const char *unit, double *value);

/** "UNIT" of lengths, in m.  @return PN_OK, PN_ERR_USAGE (record). */
int pn_airway_unit(const char *text, double *unit);

/** Read a tree, or print what is wrong. */
int pn_airway_read(const char *path, const struct pn_tree_options *options,
                   struct pn_tree **tree);

/** Write a tree, whole or not at all; the ending chooses the form (error record). */
int pn_airway_write(const struct pn_tree *tree, const char *path);

#endif
