/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What describes the numbers: units, meanings, provenance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/diff.h"
#include "solver/result/field_attributes.h"

/* long texts are shown from their first difference on */
static void put_texts(FILE *stream, const char *object, const char *name, const char *a,
                      const char *b)
{
    size_t same = 0;

    while (a && b && a[same] && a[same] == b[same])
        same++;
    same = same < 20 ? 0 : same - 20;
    if (!a || !b)
        fprintf(stream, "differs  %s: attribute %s is only in the %s\n", object, name,
                a ? "first" : "second");
    else
        fprintf(stream, "differs  %s: attribute %s: %s'%.60s' against %s'%.60s'\n",
                object, name, same > 0 ? "… " : "", a + same, same > 0 ? "… " : "",
                b + same);
}

static int compare_object(const struct pn_result *a, const struct pn_result *b,
                          const char *object, FILE *stream, size_t *n_different)
{
    struct pn_attributes in_a = {.n = 0}, in_b = {.n = 0};
    int status;

    PN_TRY(pn_attributes_list(a, object, &in_a));
    PN_TRY(pn_attributes_list(b, object, &in_b));
    for (size_t i = 0; i < in_a.n; i++) {
        const char *other = pn_attributes_find(&in_b, in_a.item[i].name);

        if (other && strcmp(in_a.item[i].text, other) == 0)
            continue;
        put_texts(stream, object, in_a.item[i].name, in_a.item[i].text, other);
        ++*n_different;
    }
    for (size_t i = 0; i < in_b.n; i++)
        if (!pn_attributes_find(&in_a, in_b.item[i].name)) {
            put_texts(stream, object, in_b.item[i].name, NULL, in_b.item[i].text);
            ++*n_different;
        }
out:
    pn_attributes_free(&in_a);
    pn_attributes_free(&in_b);
    return status;
}

/* the first line in which two texts differ */
static void put_lines(FILE *stream, const char *name, const char *a, const char *b)
{
    int line = 1;

    for (;;) {
        size_t n_a = strcspn(a, "\n"), n_b = strcspn(b, "\n");

        if (n_a != n_b || memcmp(a, b, n_a) != 0 || a[n_a] != b[n_b]) {
            fprintf(stream, "differs  %s: line %d: '%.*s' against '%.*s'\n", name, line,
                    (int)n_a, a, (int)n_b, b);
            return;
        }
        if (!a[n_a])
            return;
        a += n_a + 1;
        b += n_b + 1;
        line++;
    }
}

static int compare_text(const struct pn_result *a, const struct pn_result *b,
                        const char *name, FILE *stream, size_t *n_different)
{
    char *of_a = NULL, *of_b = NULL;
    int status;

    PN_TRY(pn_result_whole_text(a, name, &of_a));
    PN_TRY(pn_result_whole_text(b, name, &of_b));
    if (strcmp(of_a, of_b) != 0) {
        put_lines(stream, name, of_a, of_b);
        ++*n_different;
    }
out:
    free(of_a);
    free(of_b);
    return status;
}

int pn_diff_attributes(const struct pn_result *a, const struct pn_result *b,
                       const struct pn_fields *in_a, const struct pn_fields *in_b,
                       FILE *stream, size_t *n_different)
{
    int status;

    PN_TRY(compare_object(a, b, "/", stream, n_different));
    for (size_t i = 0; i < in_a->n; i++)
        if (pn_fields_find(in_b, in_a->field[i].name))
            PN_TRY(compare_object(a, b, in_a->field[i].name, stream, n_different));
    PN_TRY(compare_object(a, b, "provenance", stream, n_different));
    PN_TRY(compare_text(a, b, "provenance/resolved", stream, n_different));
    PN_TRY(compare_text(a, b, "provenance/inputs", stream, n_different));
out:
    return status;
}
