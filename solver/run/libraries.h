/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libraries that the program runs with. */
#ifndef PN_RUN_LIBRARIES_H
#define PN_RUN_LIBRARIES_H

#include <stddef.h>

enum { PN_LIBRARIES_BYTES = 1024 };

/** One "name version" a line of every library, as loaded now.
 *  @param[out] text  of `size` bytes, PN_LIBRARIES_BYTES are enough */
void pn_libraries(char *text, size_t size);

#endif
