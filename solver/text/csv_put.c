/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and texts as CSV has them: read back they are the same. */
#include "solver/text/csv_put.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pn_csv_put_number(FILE *stream, double number)
{
    char text[32];

    if (isnan(number)) {
        putc('.', stream);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, stream);
}

void pn_csv_put_text(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    putc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}
