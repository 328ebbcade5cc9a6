/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of an event table's patients: their IDs where those are whole numbers above 0,
 * each once, else their places in the file. */
#include <stdlib.h>
#include <string.h>

#include "solver/study/treatment/event_table.h"

struct block {
    int64_t id;
    const char *label;
    size_t i; /* place among the patients */
};

static int same_or_order(const struct block *x, const struct block *y)
{
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->id > 0 ? 0 : strcmp(x->label, y->label);
}

static int by_id_then_place(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    int order = same_or_order(x, y);

    return order ? order : (x->i > y->i) - (x->i < y->i);
}

/* Two blocks of one ID are two patients, as NONMEM has it: told once. */
static int has_twins(struct pn_study_reader *r)
{
    const struct pn_event_table *t = r->table;
    const struct pn_events *events = t->events;
    size_t n = events->n_patients, again = n, last = 0;
    struct block *block = pn_arena_take(r->text.arena, n, sizeof *block);

    if (!block)
        return 0;
    for (size_t i = 0; i < n; i++)
        block[i] = (struct block){t->id[i], t->label[i], i};
    qsort(block, n, sizeof *block, by_id_then_place);
    for (size_t i = 1; i < n; i++)
        if (same_or_order(&block[i], &block[i - 1]) == 0 && block[i].i < again) {
            again = block[i].i;
            last = events->first[block[i - 1].i + 1] - 1;
        }
    if (again == n)
        return 0;
    pn_warn(r->text.list, events->event[events->first[again]].place,
            "ID %.40s again, whose records ended in line %d: another patient, as NONMEM "
            "has it; where it is the same, its records must stand together",
            t->label[again], events->event[last].place.line);
    return 1;
}

void pn_events_number(struct pn_study_reader *r)
{
    struct pn_event_table *t = r->table;
    struct pn_events *events = t->events;
    size_t other = 0;

    while (other < events->n_patients && t->id[other] > 0)
        other++;
    events->id = t->id;
    if (!has_twins(r) && other == events->n_patients)
        return;
    if (other < events->n_patients)
        pn_warn(r->text.list, events->event[events->first[other]].place,
                "ID %.40s is no whole number above 0: patients are numbered in the order "
                "of the file, the result keeps their IDs",
                t->label[other]);
    events->label = t->label;
    for (size_t i = 0; i < events->n_patients; i++)
        events->id[i] = (int64_t)i + 1;
}
