/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of names that users write: "A,B,C". */
#ifndef PN_TEXT_NAMES_H
#define PN_TEXT_NAMES_H

#include <stddef.h>

/** Split the names of an option such as --signals, parted by commas; an empty one is a
 * mistake.
 *  @param[in]  option  for the message, with its dashes
 *  @param[in]  text    NULL has no names
 *  @param[out] name    shape [n], malloced, as is each; free with pn_names_free in any
 *                      case
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_MEMORY. */
int pn_names_split(const char *option, const char *text, char ***name, size_t *n);
void pn_names_free(char ***name, size_t n);

#endif
