/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-commands of pneuma airway share: numbers with units, options of the gas,
 * trees read or complained of. */
#ifndef PN_CLI_AIRWAY_SHARED_H
#define PN_CLI_AIRWAY_SHARED_H

#include "models/lung/tree_flow.h"
#include "solver/airway/airway_file.h"
#include "solver/tree/tree_read.h"

/* Sub-commands: argv[0] is the sub-command's name; return a status. */
int pn_cli_airway_check(int argc, char **argv);
int pn_cli_airway_info(int argc, char **argv);
int pn_cli_airway_convert(int argc, char **argv);
int pn_cli_airway_generate(int argc, char **argv);
int pn_cli_airway_flow(int argc, char **argv);
int pn_cli_airway_oscillate(int argc, char **argv);
int pn_cli_airway_breathe(int argc, char **argv);
int pn_cli_airway_expire(int argc, char **argv);
int pn_cli_airway_defects(int argc, char **argv);
int pn_cli_airway_network(int argc, char **argv);
int pn_cli_airway_equilibrium(int argc, char **argv);
int pn_cli_airway_crossbridge(int argc, char **argv);

/** Print the options of the sub-command; of all. */
void pn_cli_airway_generate_options(void);
void pn_cli_airway_flow_options(void);
void pn_cli_airway_oscillate_options(void);
void pn_cli_airway_breathe_options(void);
void pn_cli_airway_expire_options(void);
void pn_cli_airway_defects_options(void);
void pn_cli_airway_network_options(void);
void pn_cli_airway_equilibrium_options(void);
void pn_cli_airway_crossbridge_options(void);
void pn_cli_airway_help(void);

/** "NUMBER UNIT" of a command line, in `unit`.  @return PN_OK, PN_ERR_USAGE (record). */
int pn_cli_quantity(const char *text, const char *unit, double *value);

/** "UNIT" of lengths, in m.  @return PN_OK, PN_ERR_USAGE (record). */
int pn_cli_length_unit(const char *text, double *unit);

/** A number from low to high: "NUMBER UNIT", or a bare number where the unit is "1".
 *  @return PN_OK, PN_ERR_USAGE (record) */
int pn_cli_number(const char *option, const char *text, const char *unit, double low,
                  double high, double *value);

/** A pressure [Pa] or a flow [m3/s].  @return PN_OK, PN_ERR_USAGE. */
int pn_cli_airway_end(const char *option, const char *text, int *is_flow, double *value);

/** One of n words, with the nearest in the message.  @return PN_OK, PN_ERR_USAGE. */
int pn_cli_choice(const char *option, const char *text, const char *const *names,
                  size_t n, const char *expected, size_t *choice);

/** --out: one of the forms?  @param[in] forms  PN_FORM_…, shape [n]; expected: their
 * names.  NULL is good.  @return PN_OK, PN_ERR_USAGE. */
int pn_cli_airway_out(const char *out, const enum pn_airway_form *forms, size_t n,
                      const char *expected);
int pn_cli_airway_out_table(const char *out); /* .csv, .h5 */
int pn_cli_airway_out_rows(const char *out);  /* .csv, .h5, .vtu */

/** Fail with "option unknown, value missing or `text` not expected". */
int pn_cli_airway_stray(char **argv);

/** Read a tree, or print what is wrong. */
int pn_cli_airway_read(const char *path, const struct pn_tree_options *options,
                       struct pn_tree **tree);

/** The command line as one text, to be freed; before getopt sorts it.  NULL: no memory */
char *pn_cli_airway_command(int argc, char **argv);

/* --- options of the gas: their numbers in the lists of getopt_long --- */

enum {
    PN_GAS_LAW = 1000,
    PN_GAS_VISCOSITY,
    PN_GAS_DENSITY,
    PN_GAS_DOWN,
    PN_GAS_UNIT,
    PN_GAS_EDGE_RADIUS
};

struct pn_cli_gas {
    struct pn_tree_flow_options flow;
    struct pn_tree_options read;
    double down[3]; /* direction of gravity; zero: none */
};

/** One of PN_GAS_….  @return PN_OK, PN_ERR_USAGE. */
int pn_cli_gas_take(int c, const char *text, struct pn_cli_gas *gas);

#endif
