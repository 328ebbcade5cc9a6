/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study as a whole: its keys in the order in which each can be understood. */
#include "solver/study/study.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/study/design/factors.h"
#include "solver/study/parts.h"
#include "solver/study/population/population.h"
#include "solver/study/study_keys.h"
#include "solver/study/treatment/read_treatment.h"

/* the study and, behind it, its memory */
struct whole {
    struct pn_study study;
    struct pn_arena arena;
};

/* The turns one after the other, and what is finished between them. */
static void read_root(struct pn_study_reader *r, const struct pn_yaml *root)
{
    static const enum pn_turn turns[] = {PN_TURN_TREATMENT, PN_TURN_END, PN_TURN_RESULT,
                                         PN_TURN_WHO};
    const struct pn_reading reading = {.map = &pn_study_map, .into = r->study};

    r->root = root;
    r->has_events = r->events_path || pn_yaml_get(root, "events");
    pn_read_map_of(r, root, &reading);
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++)
        pn_read_turn(r, root, &reading, turns[i]);
    if (!r->text.arena->failed)
        pn_assemble_population(r);
    if (!r->text.arena->failed)
        pn_assemble_correlations(r);
    if (!r->text.arena->failed)
        pn_finish_events(r);
    if (!r->text.arena->failed)
        pn_finish_occasion(r);
    if (!r->text.arena->failed)
        pn_finish_doses(r);
    if (!r->text.arena->failed)
        pn_warn_of_traps(r);
    pn_finish_keep_lives(r, pn_yaml_get(root, "lives"));
}

static void list_inputs(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;
    size_t n = 0;

    for (const struct pn_source *s = r->text.sources; s; s = s->next)
        n++;
    study->input = pn_arena_take(r->text.arena, n, sizeof *study->input);
    for (const struct pn_source *s = r->text.sources; s && study->input; s = s->next) {
        study->input[study->n_inputs].path = s->path;
        memcpy(study->input[study->n_inputs++].sha256, s->sha256, sizeof s->sha256);
    }
}

/* text: in place of the file's; NULL: none */
static int read_study(struct pn_study_reader *r, const char *path, const char *text,
                      const char *events)
{
    size_t before = r->text.list->n;
    struct pn_source *source;
    struct pn_yaml *root;
    int status = text ? pn_source_hold(&r->text, path, text, &source)
                      : pn_source_load(&r->text, path, PN_YAML_BYTES, &source);

    if (status == PN_ERR_INPUT)
        return pn_complain(r->text.list, (struct pn_place){path, 0, 0}, "%s",
                           pn_error_last()->text);
    if (status != PN_OK)
        return status;
    r->study->file = source->path;
    r->events_path = events;
    root =
        pn_yaml_parse(source->text, source->n, source->path, r->text.arena, r->text.list);
    if (root && pn_is(&r->text, root, PN_YAML_MAP, "a study"))
        read_root(r, root);
    if (r->text.list->n == before && !r->text.arena->failed)
        pn_finish_design(r); /* looks at all of the study */
    list_inputs(r);
    if (r->text.arena->failed)
        return PN_ERR_MEMORY;
    return r->text.list->n > before ? PN_ERR_INPUT : PN_OK;
}

int pn_study_read(const char *path, struct pn_units *units, struct pn_complaints *list,
                  struct pn_study **out)
{
    return pn_study_read_events(path, NULL, units, list, out);
}

static int read_any(const char *path, const char *text, const char *events,
                    struct pn_units *units, struct pn_complaints *list,
                    struct pn_study **out)
{
    struct whole *whole = calloc(1, sizeof *whole);
    struct pn_study_reader *r = calloc(1, sizeof *r);
    struct pn_study *study = whole ? &whole->study : NULL;
    int status;

    *out = NULL;
    if (!whole || !r) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    r->text.arena = &whole->arena;
    r->text.units = units;
    r->text.list = list;
    r->study = study;
    status = read_study(r, path, text, events);
    if (status == PN_OK) {
        *out = study;
        study = NULL;
    }
out:
    free(r);
    pn_study_free(&study);
    return status;
}

int pn_study_read_events(const char *path, const char *events, struct pn_units *units,
                         struct pn_complaints *list, struct pn_study **out)
{
    return read_any(path, NULL, events, units, list, out);
}

int pn_study_read_text(const char *path, const char *text, struct pn_units *units,
                       struct pn_complaints *list, struct pn_study **out)
{
    return read_any(path, text, NULL, units, list, out);
}

void pn_study_free(struct pn_study **study)
{
    struct whole *whole = (struct whole *)*study; /* its first member */

    if (!whole)
        return;
    pn_arena_free(&whole->arena);
    free(whole);
    *study = NULL;
}
