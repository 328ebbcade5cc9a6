/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading results of unknown origin in a child. */
#include "solver/result/guarded.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/result/child.h"
#include "solver/result/field.h"
#include "solver/result/field_attributes.h"
#include "solver/result/guard.h"

/* [s] for a byte: reading what describes the data and all texts takes a tenth of it, and
 * so does writing a table of a file's numbers */
static const double PER_BYTE_READ = 2e-6, PER_BYTE_WORK = 1e-5;

/* [s], of any file: a small one is read in a few milliseconds */
static const double LEAST_READ = 0.7, LEAST_WORK = 2.0;

static uint64_t size_of(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && about.st_size > 0 ? (uint64_t)about.st_size : 0;
}

/* --- the probe, in the child --- */

static void read_attributes(const struct pn_result *result, const char *object)
{
    struct pn_attributes attributes;

    pn_attributes_list(result, object, &attributes);
    pn_attributes_free(&attributes);
}

/* bytes of the texts that were read; of numbers 0 */
static size_t count_bytes(const struct pn_field_reader *reader)
{
    size_t n = 0;

    for (size_t i = 0; reader->field->kind == PN_FIELD_TEXT && i < reader->n; i++)
        n += strlen(((char **)reader->buffer)[i]);
    return n;
}

/* All texts; of numbers, whose bytes stand in a row, the first block.
 *  @return PN_ERR_INPUT: the texts are longer than the file, because many places name
 *          one; else PN_OK */
static int read_field(const struct pn_result *result, const struct pn_field *field)
{
    struct pn_field_reader reader;
    int status = pn_field_open(result, field, 0, &reader);
    uint64_t n_bytes = 0;

    while (status == PN_OK && n_bytes <= result->n_bytes) {
        status = pn_field_next(&reader);
        if (status != PN_OK || reader.n == 0 || field->kind != PN_FIELD_TEXT)
            break;
        n_bytes += count_bytes(&reader);
    }
    pn_field_close(&reader);
    read_attributes(result, field->name);
    return n_bytes <= result->n_bytes
               ? PN_OK
               : pn_result_refuse(result, field->name,
                                  "has texts that are too long for the file");
}

static void read_provenance(const struct pn_result *result)
{
    static const char *const texts[] = {"resolved", "inputs", "points", "warnings"};

    read_attributes(result, "provenance");
    read_attributes(result, "/");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char name[32], *text = NULL;

        snprintf(name, sizeof name, "provenance/%s", texts[i]);
        pn_result_whole_text(result, name, &text);
        free(text);
    }
}

/* What it thinks of the file is for the reader to say; here it has to survive. */
static int read_all(void *path)
{
    struct pn_result *result;
    struct pn_fields fields = {.n = 0};
    int status = PN_OK;

    if (pn_result_open_unguarded(path, &result) == PN_OK &&
        pn_fields_list(result, &fields) == PN_OK) {
        read_provenance(result);
        for (size_t i = 0; i < fields.n && status == PN_OK; i++)
            status = read_field(result, &fields.field[i]);
    }
    pn_fields_free(&fields);
    pn_result_close(&result);
    return status;
}

int pn_result_probe(const char *path)
{
    char *copy = pn_format("%s", path);
    const struct pn_child child = {.files = path,
                                   .n_bytes = size_of(path),
                                   .least = LEAST_READ,
                                   .per_byte = PER_BYTE_READ,
                                   .is_quiet = 1,
                                   .work = read_all,
                                   .user = copy};
    int status = copy ? pn_child_work(&child) : PN_ERR_MEMORY;

    free(copy);
    return status;
}

/* --- work of a command --- */

static int guarded(const char *const *path, size_t n, double per_byte,
                   int (*work)(void *user), void *user)
{
    char *files =
        n > 1 ? pn_format("%s or %s", path[0], path[1]) : pn_format("%s", path[0]);
    struct pn_child child = {.files = files,
                             .least = LEAST_WORK,
                             .per_byte = per_byte,
                             .work = work,
                             .user = user};
    int status;

    for (size_t i = 0; i < n; i++)
        child.n_bytes += size_of(path[i]);
    status = files ? pn_child_work(&child) : PN_ERR_MEMORY;
    free(files);
    return status;
}

int pn_result_guarded(const char *const *path, size_t n, int (*work)(void *user),
                      void *user)
{
    return guarded(path, n, PER_BYTE_WORK, work, user);
}

int pn_result_guarded_long(const char *path, int (*work)(void *user), void *user)
{
    return guarded(&path, 1, 0.0, work, user);
}
