/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text file beside a result: whole or not at all. */
#ifndef PN_INSPECT_WHOLE_FILE_H
#define PN_INSPECT_WHOLE_FILE_H

#include <stdio.h>

/** Write a file under its name when it is whole; what stands there is replaced, but never
 * the result itself.
 *  @param[in] result  the file that is read
 *  @param[in] option  that named the path, for the message, with its dashes
 *  @param[in] write   puts the text to a stream; returns a status
 *  @return PN_OK, PN_ERR_USAGE (path is the result), PN_ERR_IO, or what write returned */
int pn_whole_file(const char *result, const char *option, const char *path,
                  int (*write)(void *user, FILE *stream), void *user);

/** What a stream still holds goes out, and with it the news of a full disk.
 *  @param[in] what  for the message: "the table"
 *  @return PN_OK, PN_ERR_IO */
int pn_flush(FILE *stream, const char *what);

#endif
