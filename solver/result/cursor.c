/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a column, in the order of the file. */
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/result/guard.h"

enum { BUFFER = 1 << 16 }; /* bytes, at least one row */

int pn_cursor_open(const struct pn_result *result, const char *name, int integers,
                   struct pn_cursor *cursor)
{
    const struct pn_result_column *column = pn_result_find(result, name);
    struct pn_column *c = &cursor->column;
    int status;

    *cursor = (struct pn_cursor){.result = result, .column = {.dataset = -1}};
    if (!column)
        return pn_result_refuse(result, name, "is missing");
    PN_TRY(pn_result_dataset(result, name, &c->dataset));
    snprintf(c->name, sizeof c->name, "%s", name);
    c->type = integers ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
    c->rank = pn_result_extents(c->dataset, c->extent);
    c->n_leading = (column->shape >= PN_SHAPE_LIFE ? 2 : 1) + column->by_point;
    c->n_rows = 1;
    c->row_bytes = sizeof(double);
    for (int i = 0; i < c->rank; i++)
        *(i < c->n_leading ? &c->n_rows : &c->row_bytes) *= (size_t)c->extent[i];
    cursor->most = c->row_bytes < BUFFER && c->row_bytes > 0 ? BUFFER / c->row_bytes : 1;
    cursor->buffer = malloc(cursor->most * c->row_bytes + 1);
    if (!cursor->buffer)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s", name);
out:
    return status;
}

void pn_cursor_close(struct pn_cursor *cursor)
{
    if (cursor->result && cursor->column.dataset >= 0)
        H5Dclose(cursor->column.dataset);
    cursor->column.dataset = -1;
    free(cursor->buffer);
    cursor->buffer = NULL;
}

int pn_cursor_row(struct pn_cursor *cursor, size_t row, const void **numbers)
{
    const struct pn_column *c = &cursor->column;
    int status = PN_OK;

    if (row < cursor->first || row >= cursor->first + cursor->n) {
        size_t within = pn_column_within(c);
        size_t n = within - row % within; /* to the end of this arm */

        cursor->first = row;
        cursor->n = 0;
        n = n < cursor->most ? n : cursor->most;
        PN_TRY(pn_column_read(&cursor->result->hdf, c, row, n, cursor->buffer));
        cursor->n = n;
    }
    *numbers = (const char *)cursor->buffer + (row - cursor->first) * c->row_bytes;
out:
    return status;
}
