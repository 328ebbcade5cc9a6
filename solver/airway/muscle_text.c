/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/airway/muscle_text.h"
#include "solver/base/version.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/airway.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/hdf/arrays.h"
#include "solver/hdf/draft.h"
#include "solver/tree/readers/tree_text.h"

int pn_airway_number(const char *option, const char *text, const char *unit, double low,
                     double high, double *value)
{
    int status = PN_OK;

    if (strcmp(unit, "1") == 0) {
        char *end;
        *value = strtod(text, &end);
        if (end == text || *end)
            return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected a number", option, text);
    } else {
        status = pn_airway_quantity(text, unit, value);
    }
    if (status != PN_OK)
        return status;
    if (!(*value >= low && *value <= high))
        return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected %g to %g%s%s", option, text,
                       low, high, strcmp(unit, "1") ? " " : "",
                       strcmp(unit, "1") ? unit : "");
    return PN_OK;
}

int pn_airway_text_begin(struct pn_airway_text *text)
{
    *text = (struct pn_airway_text){0};
    text->stream = open_memstream(&text->text, &text->n);
    return text->stream ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory");
}

void pn_airway_text_free(struct pn_airway_text *text)
{
    if (text->stream)
        fclose(text->stream);
    free(text->text);
    *text = (struct pn_airway_text){0};
}

static int write_file(const char *path, const char *text, size_t n)
{
    struct pn_draft draft = {.path = NULL};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, n) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    status = pn_draft_commit(&draft, path, 1);
out:
    pn_draft_abandon(&draft);
    return status;
}

int pn_airway_text_end(struct pn_airway_text *text, const char *out)
{
    int status = fclose(text->stream) == 0 ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "no memory");

    text->stream = NULL;
    if (status == PN_OK && out)
        status = write_file(out, text->text, text->n);
    else if (status == PN_OK &&
             (fwrite(text->text, 1, text->n, stdout) != text->n || fflush(stdout)))
        status = PN_FAIL(PN_ERR_IO, "cannot write: %s", strerror(errno));
    pn_airway_text_free(text);
    return status;
}

/* --- a table as HDF5 --- */

enum { MOST_COLUMNS = 16 };

static double cell(const char *text)
{
    if (strcmp(text, "closes") == 0)
        return 1.0;
    if (strcmp(text, "reopens") == 0)
        return -1.0;
    return *text ? strtod(text, NULL) : 0.0;
}

/* Cut the header "a [u],b" into names and units.  @return number of columns */
static size_t cut_header(char *line, struct pn_array *array)
{
    size_t n = 0;

    for (char *name; n < MOST_COLUMNS && (name = strsep(&line, ",")); n++) {
        char *unit = strstr(name, " [");
        array[n] = (struct pn_array){
            .name = name, .unit = "1", .dimension = {0, -1}
        };
        if (unit) {
            *unit = 0;
            array[n].unit = unit + 2;
            unit[strcspn(unit + 2, "]") + 2] = 0;
        }
        for (char *at = name; (at = strchr(at, ' ')) && (!unit || at < unit);)
            *at = '_';
        array[n].long_name = strcmp(name, "fold") == 0
                                 ? "1: the airway closes here, -1: it reopens"
                                 : name;
    }
    return n;
}

static int write_table(char *text, const char *path, const char *title,
                       const char *command)
{
    char *line = strsep(&text, "\n");
    struct pn_array array[MOST_COLUMNS];
    size_t n = cut_header(line, array), n_rows = 0, row = 0;
    const struct pn_array_text texts[] = {
        {"title",        title        },
        {"history",      command      },
        {"version",      pn_version() },
        {"git_revision", pn_revision()}
    };
    struct pn_array_dimension point = {"point", "1", "row of the table", 0, NULL};
    const struct pn_arrays all = {&point, 1, array, n, texts, 4};
    double *number;
    int status;

    for (const char *at = text; *at; at++)
        n_rows += *at == '\n';
    number = calloc(n * n_rows + 1, sizeof *number);
    if (!number)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (; row < n_rows; row++) {
        line = strsep(&text, "\n");
        for (size_t k = 0; k < n && line; k++)
            number[k * n_rows + row] = cell(strsep(&line, ","));
    }
    for (size_t k = 0; k < n; k++)
        array[k].number = number + k * n_rows;
    point.n = n_rows;
    status = pn_arrays_write(path, &all);
    free(number);
    return status;
}

int pn_airway_table_name(const char *out)
{
    if (!out || pn_text_ends(out, ".csv") || pn_text_ends(out, ".h5"))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE,
                   "--out %.60s: expected a name that ends with .csv or .h5", out);
}

int pn_airway_text_table(struct pn_airway_text *text, const char *out, const char *title,
                         const char *command)
{
    int status;

    if (!out || !pn_text_ends(out, ".h5"))
        return pn_airway_text_end(text, out);
    if (fflush(text->stream) != 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    status = write_table(text->text, out, title, command);
    pn_airway_text_free(text);
    return status;
}
