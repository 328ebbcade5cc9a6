/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of any length, such as paths, in place of buffers of a fixed one. */
#ifndef PN_BASE_FORMAT_H
#define PN_BASE_FORMAT_H

/** A text as printf would print it.
 *  @return malloced, the caller frees; NULL with PN_ERR_MEMORY in the error record. */
char *pn_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
