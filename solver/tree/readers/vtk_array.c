/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a VTK file from their coding: ASCII, base64, raw, plain or packed. */
#include "solver/tree/readers/vtk_array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "solver/base/status.h"
#include "solver/text/reader.h"

static const struct {
    const char *name;
    size_t bytes;
    char kind; /* float, int, unsigned */
} types[] = {
    {"Float64", 8, 'f'},
    {"Float32", 4, 'f'},
    {"Int8",    1, 'i'},
    {"Int16",   2, 'i'},
    {"Int32",   4, 'i'},
    {"Int64",   8, 'i'},
    {"UInt8",   1, 'u'},
    {"UInt16",  2, 'u'},
    {"UInt32",  4, 'u'},
    {"UInt64",  8, 'u'},
};

static int complain(const struct pn_vtk_array *a, struct pn_complaints *list,
                    const char *what)
{
    return pn_complain(list, a->place, "%s '%.64s': %s", a->section, a->name, what);
}

/* --- bytes --- */

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Next group of four digits, spaces between them passed over: up to three bytes.
 * @return bytes got; 0: no group there. */
static size_t base64_group(const char **at, const char *end, unsigned char *bytes)
{
    unsigned word = 0;
    size_t n = 0, n_padding = 0;

    while (n < 4 && *at < end) {
        char c = *(*at)++;
        int digit = base64_digit(c);
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        if (c == '=' && n >= 2)
            n_padding++;
        else if (digit < 0 || n_padding > 0)
            return 0;
        word = word << 6 | (unsigned)(digit < 0 ? 0 : digit);
        n++;
    }
    if (n < 4)
        return 0;
    for (size_t k = 0; k < 3; k++)
        bytes[k] = (unsigned char)(word >> (16 - 8 * k));
    return 3 - n_padding;
}

/* n bytes from *at on; base64 is left behind the last group that was begun.
 * @return how many there were. */
static size_t take(const struct pn_vtk_array *a, const char **at, unsigned char *out,
                   size_t n)
{
    size_t got = 0;

    if (a->coding == PN_VTK_RAW) {
        got = (size_t)(a->end - *at) < n ? (size_t)(a->end - *at) : n;
        memcpy(out, *at, got);
        *at += got;
        return got;
    }
    while (got < n) {
        unsigned char group[3];
        size_t m = base64_group(at, a->end, group);
        if (m == 0)
            break;
        for (size_t k = 0; k < m && got < n; k++)
            out[got++] = group[k];
        if (m < 3) /* padding ends a piece */
            break;
    }
    return got;
}

static uint64_t unsigned_of(const unsigned char *bytes, size_t n)
{
    uint64_t value = 0;

    for (size_t k = n; k-- > 0;)
        value = value << 8 | bytes[k];
    return value;
}

/* Header (number of bytes) and data stand in one piece; some writers end the piece behind
 * the header. */
static int take_plain(const struct pn_vtk_array *a, struct pn_complaints *list,
                      unsigned char *out, size_t n)
{
    const char *at = a->data;
    size_t h = a->header_bytes, got;
    unsigned char header[8], *all;
    uint64_t announced;

    if (take(a, &at, header, h) < h)
        return complain(a, list, "truncated: no data");
    announced = unsigned_of(header, h);
    if (announced != n)
        return pn_complain(list, a->place, "%s '%.64s': %llu bytes, expected %zu",
                           a->section, a->name, (unsigned long long)announced, n);
    if (a->coding == PN_VTK_RAW || (at > a->data && at[-1] == '=')) {
        got = take(a, &at, out, n);
        return got == n ? PN_OK : complain(a, list, "the data are truncated");
    }
    all = malloc(n + h);
    if (!all)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    at = a->data;
    got = take(a, &at, all, n + h);
    if (got == n + h)
        memcpy(out, all + h, n);
    free(all);
    return got == n + h ? PN_OK : complain(a, list, "the data are truncated");
}

/* One block of zlib's. */
static int unpack(const struct pn_vtk_array *a, struct pn_complaints *list,
                  const unsigned char *packed, size_t n_packed, unsigned char *out,
                  size_t n)
{
    uLongf length = n;

    if (uncompress(out, &length, packed, n_packed) != Z_OK || length != n)
        return complain(a, list, "the packed data are damaged");
    return PN_OK;
}

/* Header: number of blocks, bytes of a block, bytes of the last one if it is shorter,
 * then the packed bytes of each; the blocks follow as a second piece. */
static int take_packed(const struct pn_vtk_array *a, struct pn_complaints *list,
                       unsigned char *out, size_t n)
{
    size_t h = a->header_bytes, n_blocks, block, last, done = 0, sum = 0, room;
    unsigned char head[24], *sizes = NULL, *packed = NULL;
    const char *at = a->data;
    int status = PN_OK;

    room = (size_t)(a->end - a->data);
    if (take(a, &at, head, 3 * h) < 3 * h)
        return complain(a, list, "truncated: no data");
    n_blocks = unsigned_of(head, h);
    block = unsigned_of(head + h, h);
    last = unsigned_of(head + 2 * h, h);
    if (n_blocks > room || block > n + 1 + ((size_t)1 << 20) || last > block ||
        (n_blocks > 0 && (n_blocks - 1) * block + (last ? last : block) != n) ||
        (n_blocks == 0 && n != 0))
        return pn_complain(
            list, a->place,
            "%s '%.64s': %zu blocks of %zu bytes, expected %zu bytes in all", a->section,
            a->name, n_blocks, block, n);
    sizes = malloc((3 + n_blocks) * h);
    packed = malloc(room + 1);
    if (!sizes || !packed) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    at = a->data; /* the head once more, together with the sizes */
    if (take(a, &at, sizes, (3 + n_blocks) * h) < (3 + n_blocks) * h) {
        status = complain(a, list, "truncated in its list of blocks");
        goto out;
    }
    for (size_t i = 0; i < n_blocks; i++) {
        uint64_t size = unsigned_of(sizes + (3 + i) * h, h);
        if (size > room || (sum += size) > room) {
            status = complain(a, list, "the packed data are truncated");
            goto out;
        }
    }
    if (take(a, &at, packed, sum) < sum) {
        status = complain(a, list, "the packed data are truncated");
        goto out;
    }
    sum = 0;
    for (size_t i = 0; i < n_blocks; i++) {
        size_t size = unsigned_of(sizes + (3 + i) * h, h);
        size_t bytes = i + 1 == n_blocks && last ? last : block;
        PN_TRY(unpack(a, list, packed + sum, size, out + done, bytes));
        sum += size;
        done += bytes;
    }
out:
    free(sizes);
    free(packed);
    return status;
}

/* --- numbers --- */

static double number_of(const unsigned char *bytes, size_t n, char kind)
{
    uint64_t word = unsigned_of(bytes, n);
    double f64;
    float f32;
    uint32_t half = (uint32_t)word;

    if (kind == 'u')
        return (double)word;
    if (kind == 'i') {
        if (n < 8 && word >> (8 * n - 1)) /* extend the sign */
            word |= ~UINT64_C(0) << (8 * n);
        return (double)(int64_t)word;
    }
    if (n == 8) {
        memcpy(&f64, &word, sizeof f64);
        return f64;
    }
    memcpy(&f32, &half, sizeof f32);
    return (double)f32;
}

static int read_ascii(const struct pn_vtk_array *a, size_t n, struct pn_complaints *list,
                      double *value)
{
    const char *at = a->data;
    size_t i = 0;

    for (;; i++) {
        char word[64];
        size_t length = 0;
        const char *rest;
        enum pn_number kind;
        while (at < a->end && strchr(" \t\r\n", *at) && *at)
            at++;
        while (at < a->end && length + 1 < sizeof word && *at && !strchr(" \t\r\n", *at))
            word[length++] = *at++;
        word[length] = '\0';
        if (length == 0)
            break;
        if (i == n)
            return pn_complain(list, a->place,
                               "%s '%.64s': more than the %zu numbers expected",
                               a->section, a->name, n);
        kind = pn_number_parse(word, &rest, &value[i]);
        if (kind == PN_NOT_FINITE)
            value[i] = (double)NAN; /* judged where its meaning is known */
        if (kind == PN_NOT_A_NUMBER || (kind == PN_NUMBER && *rest))
            return pn_complain(list, a->place,
                               "%s '%.64s': expected a number, found '%s'", a->section,
                               a->name, word);
    }
    if (i < n)
        return pn_complain(list, a->place,
                           "%s '%.64s': %zu numbers, expected %zu: truncated?",
                           a->section, a->name, i, n);
    return PN_OK;
}

static int read_bytes(const struct pn_vtk_array *a, size_t n, struct pn_complaints *list,
                      double *value)
{
    size_t k = 0, size;
    unsigned char *bytes;
    int status;

    while (k < sizeof types / sizeof *types && strcmp(types[k].name, a->type) != 0)
        k++;
    if (k == sizeof types / sizeof *types)
        return pn_complain(list, a->place, "%s '%.64s': unknown type '%.40s'", a->section,
                           a->name, a->type);
    size = types[k].bytes;
    bytes = malloc(n * size + 1);
    if (!bytes)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    status = a->packed ? take_packed(a, list, bytes, n * size)
                       : take_plain(a, list, bytes, n * size);
    for (size_t i = 0; i < n && status == PN_OK; i++)
        value[i] = number_of(bytes + i * size, size, types[k].kind);
    free(bytes);
    return status;
}

int pn_vtk_numbers(const struct pn_vtk_array *array, size_t n, struct pn_complaints *list,
                   double **out)
{
    double *value = calloc(n + 1, sizeof *value);
    int status;

    *out = NULL;
    if (!value)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    status = array->coding == PN_VTK_ASCII ? read_ascii(array, n, list, value)
                                           : read_bytes(array, n, list, value);
    if (status == PN_OK)
        *out = value;
    else
        free(value);
    return status;
}
