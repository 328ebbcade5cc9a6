/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two results, dataset by dataset, in blocks. */
#include "solver/inspect/diff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/text/complaint.h"
#include "solver/text/names.h"

struct diff {
    const struct pn_diff_options *options;
    FILE *stream;
    struct pn_result *a, *b;
    struct pn_fields in_a, in_b;
    char **only; /* [n_only] */
    size_t n_only;
    size_t n_same, n_different, n_only_a, n_only_b;
};

/* differences of one dataset */
struct count {
    size_t n, worst; /* elements; which is the worst */
    double excess;   /* of the worst */
    char of_a[128], of_b[128];
};

/* --- elements --- */

/* how far two numbers are apart, in units of what is allowed; 0: the same */
static double excess(const struct pn_diff_options *options, double a, double b)
{
    double larger = fmax(fabs(a), fabs(b)), gap = fabs(a - b), allowed;

    if (memcmp(&a, &b, sizeof a) == 0)
        return 0.0;
    if (isnan(options->rtol)) /* bits: the sign of zero and the pattern of NaN count */
        return isnan(a) && isnan(b)   ? 1e-300
               : isnan(a) || isnan(b) ? (double)INFINITY
               : gap == 0.0           ? 1e-300
               : isfinite(gap)        ? gap / larger
                                      : (double)INFINITY;
    if ((isnan(a) && isnan(b)) || a == b)
        return 0.0;
    if (!isfinite(gap))
        return (double)INFINITY;
    allowed = options->atol + options->rtol * larger;
    return gap <= allowed ? 0.0 : allowed > 0.0 ? gap / allowed : gap / larger * 1e300;
}

static double element_excess(const struct pn_diff_options *options,
                             enum pn_field_kind kind, const void *a, const void *b,
                             size_t i)
{
    switch (kind) {
    case PN_FIELD_REAL:
        return excess(options, ((const double *)a)[i], ((const double *)b)[i]);
    case PN_FIELD_INTEGER: { /* counts and codes: a tolerance would mean nothing */
        int64_t x = ((const int64_t *)a)[i], y = ((const int64_t *)b)[i];

        return x == y ? 0.0 : fabs((double)x - (double)y) + 1e-9;
    }
    default:
        return strcmp(((char *const *)a)[i], ((char *const *)b)[i]) == 0 ? 0.0 : 1.0;
    }
}

static void put_value(enum pn_field_kind kind, const void *data, size_t i, char *text,
                      size_t size)
{
    if (kind == PN_FIELD_REAL)
        snprintf(text, size, "%.17g", ((const double *)data)[i]);
    else if (kind == PN_FIELD_INTEGER)
        snprintf(text, size, "%lld", (long long)((const int64_t *)data)[i]);
    else
        snprintf(text, size, "'%.100s'", ((char *const *)data)[i]);
}

static int count_differences(const struct diff *d, const struct pn_field *a,
                             const struct pn_field *b, struct count *count)
{
    struct pn_field_reader in_a = {.field = NULL}, in_b = {.field = NULL};
    int status;

    *count = (struct count){.n = 0};
    PN_TRY(pn_field_open(d->a, a, 0, &in_a));
    PN_TRY(pn_field_open(d->b, b, 0, &in_b));
    for (;;) {
        PN_TRY(pn_field_next(&in_a));
        PN_TRY(pn_field_next(&in_b));
        if (in_a.n == 0)
            break;
        for (size_t i = 0; i < in_a.n; i++) {
            double e = element_excess(d->options, a->kind, in_a.buffer, in_b.buffer, i);

            if (e == 0.0)
                continue;
            if (count->n++ > 0 && e <= count->excess)
                continue;
            count->excess = e;
            count->worst = in_a.first + i;
            put_value(a->kind, in_a.buffer, i, count->of_a, sizeof count->of_a);
            put_value(a->kind, in_b.buffer, i, count->of_b, sizeof count->of_b);
        }
    }
out:
    pn_field_close(&in_a);
    pn_field_close(&in_b);
    return status;
}

/* --- datasets --- */

static int same_form(const struct pn_field *a, const struct pn_field *b)
{
    if (a->kind != b->kind || a->rank != b->rank)
        return 0;
    for (int i = 0; i < a->rank; i++)
        if (a->extent[i] != b->extent[i] || strcmp(a->over[i], b->over[i]) != 0)
            return 0;
    return 1;
}

static void put_form(FILE *stream, const struct pn_field *f)
{
    static const char *const kinds[] = {"real numbers", "integers", "texts"};

    fprintf(stream, " %s (", kinds[f->kind]);
    for (int i = 0; i < f->rank; i++)
        fprintf(stream, "%s%s: %zu", i > 0 ? ", " : "", f->over[i], f->extent[i]);
    putc(')', stream);
}

static int compare_field(struct diff *d, const struct pn_field *a,
                         const struct pn_field *b)
{
    struct count count;
    char place[512], over[512];
    int status = PN_OK;

    if (!same_form(a, b)) {
        fprintf(d->stream, "differs  %s:", a->name);
        put_form(d->stream, a);
        fputs(" against", d->stream);
        put_form(d->stream, b);
        putc('\n', d->stream);
        d->n_different++;
        return PN_OK;
    }
    PN_TRY(count_differences(d, a, b, &count));
    pn_field_dimensions(a, over, sizeof over);
    if (count.n == 0) {
        d->n_same++;
        if (!d->options->quiet)
            fprintf(d->stream, "same     %s %s\n", a->name, over);
        return PN_OK;
    }
    d->n_different++;
    PN_TRY(pn_field_place(d->a, &d->in_a, a, count.worst, place, sizeof place));
    fprintf(d->stream, "differs  %s %s: %zu of %zu; worst at %s: %s against %s%s%s\n",
            a->name, over, count.n, a->n, place, count.of_a, count.of_b,
            a->has_unit && strcmp(a->unit, "1") != 0 ? " " : "",
            a->has_unit && strcmp(a->unit, "1") != 0 ? a->unit : "");
out:
    return status;
}

static int wanted(const struct diff *d, const char *name)
{
    if (d->n_only == 0)
        return 1;
    for (size_t i = 0; i < d->n_only; i++)
        if (strcmp(d->only[i], name) == 0)
            return 1;
    return 0;
}

/* a name of --only must be in one of them */
static int check_only(const struct diff *d)
{
    for (size_t i = 0; i < d->n_only; i++) {
        const char *name = d->only[i];

        if (!pn_fields_find(&d->in_a, name) && !pn_fields_find(&d->in_b, name))
            return pn_fields_unknown(d->options->a, &d->in_a, name);
    }
    return PN_OK;
}

static int compare(struct diff *d)
{
    int status = PN_OK;

    PN_TRY(check_only(d));
    for (size_t i = 0; i < d->in_a.n; i++) {
        const struct pn_field *a = &d->in_a.field[i],
                              *b = pn_fields_find(&d->in_b, a->name);

        if (!wanted(d, a->name))
            continue;
        if (b) {
            PN_TRY(compare_field(d, a, b));
        } else {
            fprintf(d->stream, "only in %s: %s\n", d->options->a, a->name);
            d->n_only_a++;
        }
    }
    for (size_t i = 0; i < d->in_b.n; i++)
        if (wanted(d, d->in_b.field[i].name) &&
            !pn_fields_find(&d->in_a, d->in_b.field[i].name)) {
            fprintf(d->stream, "only in %s: %s\n", d->options->b, d->in_b.field[i].name);
            d->n_only_b++;
        }
    if (d->options->attributes)
        PN_TRY(pn_diff_attributes(d->a, d->b, &d->in_a, &d->in_b, d->stream,
                                  &d->n_different));
out:
    return status;
}

int pn_diff(const struct pn_diff_options *options, FILE *stream)
{
    struct diff d = {.options = options, .stream = stream};
    int status;

    if (options->only)
        PN_TRY(pn_names_split("--only", options->only, &d.only, &d.n_only));
    PN_TRY(pn_result_open(options->a, &d.a));
    PN_TRY(pn_result_open(options->b, &d.b));
    d.a->hdf.errors = &d.b->errors; /* HDF5 tells the last one that listens */
    PN_TRY(pn_fields_list(d.a, &d.in_a));
    PN_TRY(pn_fields_list(d.b, &d.in_b));
    PN_TRY(compare(&d));
    fprintf(stream, "%zu same, %zu different, %zu only in %s, %zu only in %s\n", d.n_same,
            d.n_different, d.n_only_a, options->a, d.n_only_b, options->b);
    if (d.n_different + d.n_only_a + d.n_only_b > 0)
        status =
            PN_FAIL(PN_ERR_DIFFERENT, "%s and %s are different", options->a, options->b);
out:
    pn_fields_free(&d.in_a);
    pn_fields_free(&d.in_b);
    pn_result_close(&d.b);
    pn_result_close(&d.a);
    pn_names_free(&d.only, d.n_only);
    return status;
}
