/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vasprintf that tells of its failure in one way. */
#include "solver/base/format.h"

#include <stdarg.h>
#include <stdio.h>

#include "solver/base/status.h"

char *pn_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n >= 0)
        return text;
    (void)PN_FAIL(PN_ERR_MEMORY, "out of memory for a text");
    return NULL;
}
