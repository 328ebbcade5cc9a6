/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A system by its names: INSTANCE.NAME to an index and back. */
#include <string.h>

#include "solver/system/wiring.h"

const char *pn_wired_role(const struct pn_wired_part *part)
{
    return part->component->role ? part->component->role : part->instance;
}

const struct pn_wired_part *pn_wired_writer(const struct pn_system *system, size_t signal)
{
    const struct pn_wired_part *part = system->part;

    while (signal >= part->w0 + part->n_w)
        part++;
    return part;
}

size_t pn_system_n_states(const struct pn_system *system)
{
    return system->n_states;
}

size_t pn_system_n_signals(const struct pn_system *system)
{
    return system->n_signals;
}

size_t pn_system_n_parameters(const struct pn_system *system)
{
    return system->n_parameters;
}

/* a kind's table in a part, and where its first row stands in the system */
static const struct pn_quantity *table(const struct pn_wired_part *part,
                                       enum pn_symbol_kind kind, size_t *first)
{
    switch (kind) {
    case PN_SIGNAL:
        *first = part->w0;
        return part->component->writes;
    case PN_STATE:
        *first = part->x0;
        return part->component->states;
    case PN_PARAMETER:
    default:
        *first = part->p0;
        return part->component->parameters;
    }
}

static int find_in(const struct pn_wired_part *part, enum pn_symbol_kind kind,
                   const char *name, struct pn_symbol *symbol)
{
    size_t first;
    const struct pn_quantity *rows = table(part, kind, &first);
    int i = pn_table_find(rows, name);

    if (i < 0)
        return -1;
    *symbol = (struct pn_symbol){kind, first + (size_t)i, part->instance, &rows[i]};
    return 0;
}

/* does `who` stand before the last dot of `name`? */
static int is_called(const char *who, const char *name, const char *dot)
{
    size_t n = (size_t)(dot - name);

    return strlen(who) == n && strncmp(who, name, n) == 0;
}

int pn_system_find(const struct pn_system *system, const char *name,
                   struct pn_symbol *symbol)
{
    static const enum pn_symbol_kind kinds[] = {PN_SIGNAL, PN_STATE, PN_PARAMETER};
    const char *dot = strrchr(name, '.'); /* an instance may have dots of its own */

    for (size_t i = 0; dot && i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        for (size_t k = 0; k < 3 && is_called(part->instance, name, dot); k++)
            if (find_in(part, kinds[k], dot + 1, symbol) == 0)
                return 0;
    }
    /* who plays a role is called by it, too: signals and states, not parameters */
    for (size_t i = 0; dot && i < system->n_parts; i++)
        for (size_t k = 0; k < 2 && is_called(pn_wired_role(&system->part[i]), name, dot);
             k++)
            if (find_in(&system->part[i], kinds[k], dot + 1, symbol) == 0)
                return 0;
    return -1;
}

int pn_system_find_read(const struct pn_system *system, const char *read,
                        struct pn_symbol *symbol)
{
    const char *dot = strrchr(read, '.');

    for (size_t i = 0; dot && i < system->n_parts; i++)
        if (is_called(pn_wired_role(&system->part[i]), read, dot))
            return find_in(&system->part[i], PN_SIGNAL, dot + 1, symbol);
    return -1;
}

struct pn_symbol pn_system_symbol(const struct pn_system *system,
                                  enum pn_symbol_kind kind, size_t i)
{
    const struct pn_wired_part *part = system->part;
    size_t first;
    const struct pn_quantity *rows = table(part, kind, &first);

    while (i >= first + pn_table_size(rows))
        rows = table(++part, kind, &first);
    return (struct pn_symbol){kind, i, part->instance, &rows[i - first]};
}

int pn_system_part(const struct pn_system *system, const char *instance,
                   struct pn_span *span)
{
    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        if (strcmp(part->instance, instance) != 0)
            continue;
        *span =
            (struct pn_span){part->component, part->x0, part->n_x, part->p0, part->n_p};
        return 0;
    }
    return -1;
}

void pn_system_cost(const struct pn_system *system, size_t *n_slots,
                    size_t *n_subtractions)
{
    *n_slots = system->matrix.n_slots;
    *n_subtractions = system->matrix.n_subtractions;
}
