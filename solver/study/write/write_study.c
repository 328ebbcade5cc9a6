/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: one YAML text that needs no other file but tables and trees, and in
 * which every key stands in the order of the rows, with its value or its default. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/study_keys.h"
#include "solver/study/write/write_study.h"

/* A text, name or word that is not there. */
static int is_absent(const struct pn_key *key, const void *at)
{
    return (key->form == PN_KEY_TEXT || key->form == PN_KEY_NAME ||
            key->form == PN_KEY_WORD) &&
           !*(char *const *)at;
}

/* One value, as reading the row stores it. */
static void put_value(FILE *out, const struct pn_key *key, const void *at)
{
    switch (key->form) {
    case PN_KEY_TEXT:
    case PN_KEY_NAME:
    case PN_KEY_WORD:
        pn_put_text(out, *(char *const *)at);
        break;
    case PN_KEY_WHOLE:
        fprintf(out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case PN_KEY_QUANTITY:
        pn_put_quantity(out, *(const double *)at, key->unit);
        break;
    case PN_KEY_CHOICE:
        pn_put_text(out, key->choices[*(const int *)at]);
        break;
    default: /* the study's keys of other forms have a writing function */
        break;
    }
}

/* "NAME: value", or "NAME: {KEY: value, …}" of a map that reading takes apart by rows. */
static void put_key(const struct pn_writer *w, const struct pn_key *key)
{
    const char *at = (const char *)w->study + key->at;
    int n = 0;

    if (key->write) {
        key->write(w, key);
        return;
    }
    if (is_absent(key, at))
        return;
    fprintf(w->out, "%s: ", key->name);
    if (key->form == PN_KEY_MAP) {
        for (const struct pn_key *inner = key->map->keys; inner->name; inner++) {
            fprintf(w->out, "%s%s: ", n++ > 0 ? ", " : "{", inner->name);
            put_value(w->out, inner, at + inner->at);
        }
        fputc('}', w->out);
    } else {
        put_value(w->out, key, at);
    }
    fputc('\n', w->out);
}

int pn_study_write(const struct pn_study *study, char **text)
{
    struct pn_writer w = {.study = study};
    size_t size;
    int failed;

    *text = NULL;
    w.out = open_memstream(text, &size);
    if (!w.out)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (const struct pn_key *key = pn_study_map.keys; key->name; key++)
        put_key(&w, key);
    failed = ferror(w.out);
    if (fclose(w.out) == 0 && !failed)
        return PN_OK;
    free(*text);
    *text = NULL;
    return PN_FAIL(PN_ERR_MEMORY, "out of memory");
}
