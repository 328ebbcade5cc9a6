/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SAS transport files for tests, written by readstat from a text: the header NAME or
 * NAME|LABEL, records in which a field that begins with ' is a text, . is missing. */
#ifndef PN_TESTS_XPT_FILES_H
#define PN_TESTS_XPT_FILES_H

#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { XPT_MOST = 64 };

static ssize_t xpt_put(const void *data, size_t n, void *file)
{
    return (ssize_t)fwrite(data, 1, n, file);
}

/* Fields of a line in place.  @return how many */
static size_t xpt_split(char *line, char **field)
{
    size_t n = 0;

    for (char *at = line; at && n < XPT_MOST; n++) {
        field[n] = at;
        if ((at = strchr(at, ',')))
            *at++ = '\0';
    }
    return n;
}

static void xpt_write(const char *path, const char *text, int version)
{
    char *copy = strdup(text), *line[256], *name[XPT_MOST], *field[XPT_MOST], *save;
    readstat_writer_t *writer = readstat_writer_init();
    readstat_variable_t *variable[XPT_MOST];
    FILE *file = fopen(path, "wb");
    size_t n_lines = 0, n;

    if (!file || !copy)
        abort();
    for (char *at = strtok_r(copy, "\n", &save); at; at = strtok_r(NULL, "\n", &save))
        line[n_lines++] = at;
    n = xpt_split(line[0], name);
    readstat_set_data_writer(writer, xpt_put);
    readstat_writer_set_file_format_version(writer, (uint8_t)version);
    readstat_writer_set_table_name(writer, "ADPPK");
    for (size_t k = 0; k < n; k++) {
        char *label = strchr(name[k], '|'), *probe = strdup(line[1]);
        if (label)
            *label++ = '\0';
        xpt_split(probe, field);
        variable[k] = readstat_add_variable(writer, name[k],
                                            field[k][0] == '\'' ? READSTAT_TYPE_STRING
                                                                : READSTAT_TYPE_DOUBLE,
                                            field[k][0] == '\'' ? 24 : 0);
        readstat_variable_set_label(variable[k], label ? label : "");
        free(probe);
    }
    readstat_begin_writing_xport(writer, file, (long)n_lines - 1);
    for (size_t i = 1; i < n_lines; i++) {
        readstat_begin_row(writer);
        if (xpt_split(line[i], field) != n)
            abort();
        for (size_t k = 0; k < n; k++)
            if (field[k][0] == '\'')
                readstat_insert_string_value(writer, variable[k], field[k] + 1);
            else if (strcmp(field[k], ".") == 0)
                readstat_insert_missing_value(writer, variable[k]);
            else
                readstat_insert_double_value(writer, variable[k], strtod(field[k], NULL));
        readstat_end_row(writer);
    }
    readstat_end_writing(writer);
    readstat_writer_free(writer);
    if (fclose(file))
        abort();
    free(copy);
}

#endif
