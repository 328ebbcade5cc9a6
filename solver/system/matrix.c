/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sparse matrix over [live signals; states], planned once: order, fill-in, lists.
 *
 * Nodes are live signals in the order of the lean program, then states as the user sees
 * them.  A signal's pivot is exactly 1 (nothing above the diagonal of I - Ss), so it has
 * no slot; its row of the solution is never asked for and its right-hand side is 0, so
 * solving touches states alone. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/system/wiring.h"

#define NOWHERE (-1)

struct plan {
    const struct pn_system *system;
    size_t n_nodes, n_signals; /* live ones */
    int *node_of_signal;       /* NOWHERE: nobody's rate depends on it */
    size_t *order, *place;     /* nodes as they are eliminated, and back */
    char *used, *filled;       /* [n_nodes][n_nodes]; filled: by elimination only */
    int *slot;                 /* [n_nodes][n_nodes]; NOWHERE: none */
    size_t n_touched;          /* slots seen while entries are made */
    char *touched;             /* shape [n_slots] */
};

static int make_room(struct pn_codes *list)
{
    size_t n_room = 2 * list->n_room + 64;
    uint16_t *v = realloc(list->v, n_room * sizeof *v);

    if (!v)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    list->v = v;
    list->n_room = n_room;
    return PN_OK;
}

static int push(struct pn_codes *list, size_t value)
{
    int status = PN_OK;

    if (list->n == list->n_room)
        PN_TRY(make_room(list));
    list->v[list->n++] = (uint16_t)value;
out:
    return status;
}

/* entry k of a part's pattern: its row as a node, or NOWHERE */
static int row_node(const struct plan *plan, const struct pn_wired_part *part, size_t k)
{
    size_t row = part->at[k].row;

    return row < part->n_w ? plan->node_of_signal[part->w0 + row]
                           : (int)(plan->n_signals + part->x0 + row - part->n_w);
}

/* what one entry of a pattern becomes: one for a state, one for each wire of a read */
struct target {
    int row, column;
    double factor;
};

static size_t n_targets(const struct pn_system *s, const struct pn_wired_part *part,
                        size_t k)
{
    size_t read = part->r0 + part->at[k].col - part->n_x;

    if (part->at[k].col < part->n_x)
        return 1;
    return s->first_wire[read + 1] - s->first_wire[read];
}

static struct target target(const struct plan *plan, const struct pn_wired_part *part,
                            size_t k, size_t i)
{
    const struct pn_system *s = plan->system;
    struct target t = {row_node(plan, part, k), 0, -1.0};

    if (part->at[k].row >= part->n_w)
        t.factor = -part->per_hour;
    if (part->at[k].col < part->n_x) {
        t.column = (int)(plan->n_signals + part->x0 + part->at[k].col);
    } else {
        size_t read = part->r0 + part->at[k].col - part->n_x;
        const struct pn_wire *wire = &s->wire[s->first_wire[read] + i];

        t.column = plan->node_of_signal[wire->from];
        t.factor *= wire->factor;
    }
    return t;
}

static void mark_pattern(struct plan *plan)
{
    const struct pn_system *s = plan->system;
    size_t n = plan->n_nodes;

    for (size_t i = plan->n_signals; i < n; i++)
        plan->used[i * n + i] = 1;
    for (size_t p = 0; p < s->n_parts; p++)
        for (size_t k = 0; k < s->part[p].n_at; k++) {
            if (row_node(plan, &s->part[p], k) == NOWHERE)
                continue;
            for (size_t i = 0; i < n_targets(s, &s->part[p], k); i++) {
                struct target t = target(plan, &s->part[p], k, i);
                plan->used[(size_t)t.row * n + (size_t)t.column] = 1;
            }
        }
}

/* rows x columns that elimination of this node would touch */
static size_t markowitz(const struct plan *plan, size_t node)
{
    size_t n = plan->n_nodes, n_row = 0, n_col = 0;

    for (size_t i = 0; i < n; i++) {
        if (plan->place[i] < n || i == node)
            continue;
        n_row += plan->used[i * n + node] != 0;
        n_col += plan->used[node * n + i] != 0;
    }
    return n_row * n_col;
}

/* place[i] = n_nodes: not eliminated yet */
static void eliminate(struct plan *plan, size_t node, size_t step)
{
    size_t n = plan->n_nodes;

    plan->order[step] = node;
    plan->place[node] = step;
    for (size_t i = 0; i < n; i++) {
        if (plan->place[i] < n || !plan->used[i * n + node])
            continue;
        for (size_t k = 0; k < n; k++) {
            if (plan->place[k] < n || !plan->used[node * n + k])
                continue;
            plan->filled[i * n + k] |= !plan->used[i * n + k];
            plan->used[i * n + k] = 1;
        }
    }
}

/* signals as they are written, then always the state that makes the least work */
static void order_nodes(struct plan *plan)
{
    size_t n = plan->n_nodes;

    for (size_t i = 0; i < n; i++)
        plan->place[i] = n;
    for (size_t step = 0; step < n; step++) {
        size_t best = step, best_work = (size_t)-1;

        for (size_t i = plan->n_signals; step >= plan->n_signals && i < n; i++) {
            size_t work = plan->place[i] < n ? best_work : markowitz(plan, i);

            if (work < best_work) {
                best = i;
                best_work = work;
            }
        }
        eliminate(plan, best, step);
    }
}

static int number_slots(struct plan *plan, struct pn_matrix *m)
{
    size_t n = plan->n_nodes;
    int status = PN_OK;

    for (size_t i = 0; i < n * n; i++)
        plan->slot[i] = NOWHERE;
    for (size_t i = 0; i < n; i++) /* rows in the order of elimination: neighbours */
        for (size_t k = 0; k < n; k++) {
            size_t at = plan->order[i] * n + plan->order[k];

            if (!plan->used[at])
                continue;
            if (m->n_slots + 1 == PN_WIRING_LIMIT)
                return PN_FAIL(PN_ERR_INPUT,
                               "the system's matrix has more than %d entries",
                               PN_WIRING_LIMIT);
            if (plan->filled[at])
                PN_TRY(push(&m->zero, m->n_slots));
            plan->slot[at] = (int)m->n_slots++;
        }
    m->nothing = m->n_slots++;
    for (size_t i = plan->n_signals; i < n; i++)
        PN_TRY(push(&m->diagonal, (size_t)plan->slot[i * n + i]));
out:
    return status;
}

static int make_entries(struct plan *plan, struct pn_matrix *m)
{
    const struct pn_system *s = plan->system;
    size_t n = plan->n_nodes, n_entries = 0;

    for (size_t p = 0; p < s->n_parts; p++)
        for (size_t k = 0; k < s->part[p].n_at; k++)
            n_entries += n_targets(s, &s->part[p], k);
    m->set = calloc(n_entries + 1, sizeof *m->set);
    m->add = calloc(n_entries + 1, sizeof *m->add);
    plan->touched = calloc(m->n_slots + 1, 1);
    if (!m->set || !m->add || !plan->touched)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < m->diagonal.n; i++)
        plan->touched[m->diagonal.v[i]] = 1; /* d stands there first */
    for (size_t p = 0; p < s->n_parts; p++)
        for (size_t k = 0; k < s->part[p].n_at; k++) {
            if (row_node(plan, &s->part[p], k) == NOWHERE)
                continue;
            for (size_t i = 0; i < n_targets(s, &s->part[p], k); i++) {
                struct target t = target(plan, &s->part[p], k, i);
                int slot = plan->slot[(size_t)t.row * n + (size_t)t.column];
                struct pn_entry entry = {t.factor, (uint16_t)slot,
                                         (uint16_t)(s->part[p].j0 + k)};

                if (plan->touched[slot])
                    m->add[m->n_add++] = entry;
                else
                    m->set[m->n_set++] = entry;
                plan->touched[slot] = 1;
            }
        }
    return PN_OK;
}

/* slots right of (row) or below (!row) the pivot of a step */
static int push_slots(const struct plan *plan, size_t step, int row,
                      struct pn_codes *list)
{
    size_t n = plan->n_nodes, node = plan->order[step];
    int status = PN_OK;

    for (size_t i = step + 1; i < n; i++) {
        size_t other = plan->order[i];
        int slot = plan->slot[row ? node * n + other : other * n + node];

        if (slot != NOWHERE)
            PN_TRY(push(list, (size_t)slot));
    }
out:
    return status;
}

static int push_pivot(const struct plan *plan, size_t step, struct pn_matrix *m,
                      struct pn_codes *list)
{
    size_t n = plan->n_nodes, node = plan->order[step], head, n_rows = 0;
    int status = PN_OK;

    if (node >= plan->n_signals)
        PN_TRY(push(list, (size_t)plan->slot[node * n + node]));
    head = list->n;
    PN_TRY(push(list, 0));
    PN_TRY(push(list, 0));
    PN_TRY(push_slots(plan, step, 1, list));
    list->v[head] = (uint16_t)(list->n - head - 2);
    for (size_t i = step + 1; i < n; i++) {
        size_t row = plan->order[i];

        if (plan->slot[row * n + node] == NOWHERE)
            continue;
        PN_TRY(push(list, (size_t)plan->slot[row * n + node]));
        for (size_t k = step + 1; k < n; k++)
            if (plan->slot[node * n + plan->order[k]] != NOWHERE)
                PN_TRY(push(list, (size_t)plan->slot[row * n + plan->order[k]]));
        n_rows++;
    }
    list->v[head + 1] = (uint16_t)n_rows;
    m->n_subtractions += n_rows * list->v[head];
out:
    return status;
}

/* the coefficient of state `other` in the row of `node`, unless it is zero */
static int push_entry(const struct plan *plan, size_t node, size_t other,
                      struct pn_codes *list)
{
    int slot = plan->slot[node * plan->n_nodes + other], status = PN_OK;

    if (slot == NOWHERE)
        return PN_OK;
    PN_TRY(push(list, (size_t)slot));
    PN_TRY(push(list, other - plan->n_signals));
out:
    return status;
}

/* One row of the triangular solve: the states before (forward) or behind this one, the
 * one that is solved just before it (`last`, or none) apart. */
static int push_row(const struct plan *plan, const struct pn_matrix *m, size_t step,
                    size_t last, int forward, struct pn_codes *list)
{
    size_t n = plan->n_nodes, node = plan->order[step], head = list->n;
    int slot = last < n ? plan->slot[node * n + plan->order[last]] : NOWHERE;
    int status = PN_OK;

    PN_TRY(push(list, node - plan->n_signals));
    if (!forward)
        PN_TRY(push(list, (size_t)plan->slot[node * n + node]));
    PN_TRY(push(list, slot == NOWHERE ? m->nothing : (size_t)slot));
    PN_TRY(push(list, 0));
    for (size_t k = plan->n_signals; forward && k < step; k++)
        if (k != last)
            PN_TRY(push_entry(plan, node, plan->order[k], list));
    for (size_t k = n; !forward && --k > step;) /* the latest known comes last */
        if (k != last)
            PN_TRY(push_entry(plan, node, plan->order[k], list));
    head += forward ? 2 : 3;
    list->v[head] = (uint16_t)((list->n - head - 1) / 2);
out:
    return status;
}

/* does forward elimination change the right-hand side of this state? */
static int has_lower(const struct plan *plan, size_t step)
{
    size_t n = plan->n_nodes;

    for (size_t k = plan->n_signals; k < step; k++)
        if (plan->slot[plan->order[step] * n + plan->order[k]] != NOWHERE)
            return 1;
    return 0;
}

static int make_solves(const struct plan *plan, struct pn_matrix *m)
{
    size_t n = plan->n_nodes, last = n;
    int status = PN_OK;

    for (size_t step = plan->n_signals; step < n; step++)
        if (has_lower(plan, step)) {
            PN_TRY(push_row(plan, m, step, last, 1, &m->forward));
            last = step;
        }
    for (size_t step = n; step-- > plan->n_signals;)
        PN_TRY(push_row(plan, m, step, step + 1, 0, &m->backward));
out:
    return status;
}

static int make_lists(const struct plan *plan, struct pn_matrix *m)
{
    struct pn_codes *lists[] = {&m->signals, &m->pivots, &m->forward, &m->backward};
    size_t n = plan->n_nodes;
    int status = PN_OK;

    for (size_t i = 0; i < 4; i++)
        PN_TRY(make_room(lists[i])); /* an empty list is no null pointer */
    for (size_t step = 0; step < n; step++)
        PN_TRY(
            push_pivot(plan, step, m, step < plan->n_signals ? &m->signals : &m->pivots));
    PN_TRY(make_solves(plan, m));
out:
    return status;
}

static int plan_create(const struct pn_system *s, struct plan *plan)
{
    size_t n = s->lean.n_order + s->n_states;

    plan->system = s;
    plan->n_signals = s->lean.n_order;
    plan->n_nodes = n;
    plan->node_of_signal = calloc(s->n_signals + 1, sizeof *plan->node_of_signal);
    plan->order = calloc(n + 1, sizeof *plan->order);
    plan->place = calloc(n + 1, sizeof *plan->place);
    plan->used = calloc(n * n + 1, 1);
    plan->filled = calloc(n * n + 1, 1);
    plan->slot = calloc(n * n + 1, sizeof *plan->slot);
    if (!plan->node_of_signal || !plan->order || !plan->place || !plan->used ||
        !plan->filled || !plan->slot)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < s->n_signals; i++)
        plan->node_of_signal[i] = NOWHERE;
    for (size_t i = 0; i < s->lean.n_order; i++)
        plan->node_of_signal[s->lean.order[i]] = (int)i;
    return PN_OK;
}

static void plan_free(struct plan *plan)
{
    free(plan->node_of_signal);
    free(plan->order);
    free(plan->place);
    free(plan->used);
    free(plan->filled);
    free(plan->slot);
    free(plan->touched);
}

int pn_wiring_plan(struct pn_system *s)
{
    struct plan plan = {0};
    int status = PN_OK;

    PN_TRY(plan_create(s, &plan));
    mark_pattern(&plan);
    order_nodes(&plan);
    PN_TRY(number_slots(&plan, &s->matrix));
    PN_TRY(make_entries(&plan, &s->matrix));
    PN_TRY(make_lists(&plan, &s->matrix));
out:
    plan_free(&plan);
    return status;
}

void pn_matrix_free(struct pn_matrix *m)
{
    free(m->set);
    free(m->add);
    free(m->diagonal.v);
    free(m->zero.v);
    free(m->signals.v);
    free(m->pivots.v);
    free(m->forward.v);
    free(m->backward.v);
    *m = (struct pn_matrix){0};
}
