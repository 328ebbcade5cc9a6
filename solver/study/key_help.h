/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows of keys say, for people and for scripts. */
#ifndef PN_STUDY_KEY_HELP_H
#define PN_STUDY_KEY_HELP_H

#include <stdio.h>

#include "solver/study/keys.h"

/** Every map that can be reached from pn_key_roots, once, each before those inside it.
 *  @return how many, at most `most` */
size_t pn_key_maps(const struct pn_key_map **maps, size_t most);

/** The maps, one a line with its sentence. */
void pn_key_help_maps(FILE *out);

/** Is there a map, a key or MAP.KEY of this name? */
int pn_key_is(const char *name);

/** All that is called so: the keys of a map ("regimen"), a key in every map that has it
 * ("every"), a key of one map ("regimen.every"); at most 80 columns wide.
 *  @return PN_OK; PN_ERR_USAGE (error record): nothing is, with the nearest name */
int pn_key_help(FILE *out, const char *name);

/** All of it for scripts: lines of fields that tabs part,
 *    map NAME SENTENCE · key NAME FORM RANGE DEFAULT SENTENCE
 * RANGE says also when the key must stand. */
void pn_key_rows(FILE *out);

#endif
