/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/text/json.h"

#include <stdint.h>

/* bytes of the UTF-8 character that begins here; 0: none does */
static size_t character(const unsigned char *at, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;
    uint32_t code = length > 1 ? at[0] & (0x7fu >> length) : at[0];

    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return length;
}

void pn_json_text(FILE *stream, const char *text, size_t n)
{
    const unsigned char *at = (const unsigned char *)text;

    putc('"', stream);
    for (size_t length; n > 0; at += length, n -= length) {
        length = character(at, n);
        if (length == 0) {
            fputs("\\ufffd", stream);
            length = 1;
        } else if (*at == '"' || *at == '\\') {
            fprintf(stream, "\\%c", *at);
        } else if (*at < 0x20 || *at == 0x7f) {
            fprintf(stream, "\\u%04x", *at);
        } else {
            fwrite(at, 1, length, stream);
        }
    }
    putc('"', stream);
}
