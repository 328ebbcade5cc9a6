/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the statistics of a result those of its lives?  Computed again, bit for bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/statistics_result.h"
#include "solver/inspect/verify.h"
#include "solver/result/slab.h"

enum part { N, MEAN, SD, CONTRAST, CONTRAST_SD, CONTRAST_N, PARTS };

static const char *const part_names[PARTS] = {
    [N] = "n",
    [MEAN] = "mean",
    [SD] = "sd",
    [CONTRAST] = "contrast",
    [CONTRAST_SD] = "contrast_sd",
    [CONTRAST_N] = "contrast_n",
};

struct check {
    const struct pn_result *result;
    const struct pn_fields *fields;
    struct pn_report *report;
    char output[160];    /* the one whose rows come now */
    size_t row;          /* of it, in the order of its statistics in the file */
    size_t n_rows;       /* 0: the file has no statistics of it, or no lives */
    double *part[PARTS]; /* [n_rows]; NULL: not there */
    size_t n_compared, n_bad;
};

static void forget(struct check *c)
{
    for (int k = 0; k < PARTS; k++) {
        free(c->part[k]);
        c->part[k] = NULL;
    }
    c->n_rows = c->row = 0;
}

/* the statistics of the file of an output whose lives are there, too */
static int take_output(struct check *c, const char *output)
{
    const struct pn_field *lives = pn_fields_find(c->fields, output);
    int status = PN_OK;

    forget(c);
    snprintf(c->output, sizeof c->output, "%s", output);
    for (int k = 0; k < PARTS && lives; k++) {
        char name[sizeof c->output + 16];
        const struct pn_field *field;

        snprintf(name, sizeof name, "%s.%s", c->output, part_names[k]);
        field = pn_fields_find(c->fields, name);
        if (!field || field->kind == PN_FIELD_TEXT || field->n == 0 ||
            (c->n_rows > 0 && field->n != c->n_rows))
            continue;
        c->n_rows = field->n;
        PN_TRY(pn_field_whole(c->result, field, &c->part[k]));
    }
out:
    return status;
}

static int is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void compare(struct check *c, const struct pn_statistics_row *row)
{
    const double number[PARTS] = {(double)row->n,   row->mean,
                                  row->sd,          row->contrast.value,
                                  row->contrast.sd, (double)row->contrast.n};

    for (int k = 0; k < PARTS; k++) {
        if (!c->part[k] || (k >= CONTRAST && !row->against)) /* an arm with itself */
            continue;
        c->n_compared++;
        if (is_same(c->part[k][c->row], number[k]))
            continue;
        if (c->n_bad++ == 0)
            pn_report_add(c->report, PN_FAILED, "statistics",
                          "%s.%s is %.17g in arm %s, but of the lives %.17g", c->output,
                          part_names[k], c->part[k][c->row], row->arm, number[k]);
    }
}

static int take_row(void *user, const struct pn_statistics_row *row)
{
    struct check *c = user;
    int status = PN_OK;

    if (row->is_log || !row->arm)
        return PN_OK;
    if (strcmp(row->output, c->output) != 0)
        PN_TRY(take_output(c, row->output));
    if (c->row < c->n_rows)
        compare(c, row);
    c->row++;
out:
    return status;
}

static int has_statistics(const struct pn_fields *fields)
{
    for (size_t i = 0; i < fields->n; i++) {
        size_t n = strlen(fields->field[i].name);

        if (n > 5 && strcmp(fields->field[i].name + n - 5, ".mean") == 0)
            return 1;
    }
    return 0;
}

int pn_verify_statistics(const char *path, const struct pn_result *result,
                         const struct pn_fields *fields, struct pn_report *report)
{
    const struct pn_statistics_options options = {.result = path};
    struct check c = {.result = result, .fields = fields, .report = report};
    int status;

    if (!has_statistics(fields))
        return PN_OK;
    status = pn_statistics_walk(&options, take_row, &c);
    forget(&c);
    if (status == PN_ERR_INPUT) {
        pn_report_add(report, PN_FAILED, "statistics", "%s", pn_error_last()->text);
        return PN_OK;
    }
    if (status == PN_OK && c.n_bad > 0)
        pn_report_add(report, PN_FAILED, "statistics",
                      "%zu of %zu are not those of the lives", c.n_bad, c.n_compared);
    else if (status == PN_OK)
        pn_report_add(report, PN_PASS, "statistics", "%zu, those of the lives",
                      c.n_compared);
    return status;
}
