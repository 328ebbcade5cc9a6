/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PN_LANES patients on a wired system: what runs at every step.  Nothing is allocated
 * after creation. */
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/system/wiring.h"

struct pn_lanes {
    const struct pn_system *system;
    pn_lane *arena;
    pn_lane *p; /* parameters, each part's derived constants behind them */
    pn_lane *r; /* reads */
    pn_lane *s; /* signals */
    pn_lane *j; /* slopes of all parts, one after the other */
    pn_lane *m; /* slots of the matrix, factorised */
    pn_lane *work;
    pn_lane *input; /* of the states that take doses: per h, then 1 or 0: on or off */
    int has_inputs;
    struct pn_view *view; /* of each part … */
    const pn_lane *seen;  /* … at these states */
};

/* room for the differences of the largest part: arguments and three results */
static size_t work_size(const struct pn_system *system)
{
    size_t most = 0;

    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];
        size_t n = part->n_x + part->n_r + 3 * (part->n_w + part->n_x);

        most = n > most ? n : most;
    }
    return most;
}

/* Lanes without a patient run along: they carry the tables' values. */
static void set_defaults(struct pn_lanes *lanes)
{
    const struct pn_system *system = lanes->system;

    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        for (size_t k = 0; k < part->n_p; k++)
            lanes->p[part->q0 + k] = pn_all(part->component->parameters[k].value);
        for (size_t k = 0; k < part->n_r; k++) /* stays where no wire ends */
            lanes->r[part->r0 + k] = pn_all(part->component->reads[k].value);
    }
}

int pn_lanes_create(const struct pn_system *system, struct pn_lanes **out)
{
    struct pn_lanes *lanes = calloc(1, sizeof *lanes);
    size_t n = system->n_constants + system->n_reads + system->n_signals +
               system->n_slopes + system->matrix.n_slots + work_size(system) +
               2 * system->n_inputs + 1;

    *out = NULL;
    if (!lanes || !(lanes->arena = aligned_alloc(sizeof(pn_lane), n * sizeof(pn_lane))) ||
        !(lanes->view = calloc(system->n_parts + 1, sizeof *lanes->view))) {
        pn_lanes_free(&lanes);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    }
    memset(lanes->arena, 0, n * sizeof(pn_lane));
    lanes->system = system;
    lanes->p = lanes->arena;
    lanes->r = lanes->p + system->n_constants;
    lanes->s = lanes->r + system->n_reads;
    lanes->j = lanes->s + system->n_signals;
    lanes->m = lanes->j + system->n_slopes;
    lanes->input = lanes->m + system->matrix.n_slots;
    lanes->work = lanes->input + 2 * system->n_inputs;
    for (size_t i = 0; i < system->n_inputs; i++)
        lanes->input[system->n_inputs + i] = pn_all(1.0);
    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        lanes->view[i].p = lanes->p + part->q0;
        lanes->view[i].r =
            part->direct < 0 ? lanes->r + part->r0 : lanes->s + part->direct;
    }
    set_defaults(lanes);
    pn_lanes_prepare(lanes);
    *out = lanes;
    return PN_OK;
}

void pn_lanes_free(struct pn_lanes **lanes)
{
    if (!*lanes)
        return;
    free((*lanes)->arena);
    free((*lanes)->view);
    free(*lanes);
    *lanes = NULL;
}

void pn_lanes_set(struct pn_lanes *lanes, size_t lane, const double *parameters)
{
    const struct pn_system *system = lanes->system;

    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        for (size_t k = 0; k < part->n_p; k++)
            lanes->p[part->q0 + k][lane] = parameters[part->p0 + k];
    }
}

void pn_lanes_open_inputs(struct pn_lanes *lanes)
{
    lanes->has_inputs = 1;
}

/* Place of a state among those that take doses, or -1. */
static int input_of(const struct pn_system *system, size_t state)
{
    for (size_t i = 0; i < system->n_inputs; i++)
        if (system->input[i] == state)
            return (int)i;
    return -1;
}

void pn_lanes_set_input(struct pn_lanes *lanes, size_t lane, size_t state,
                        double per_hour)
{
    int i = input_of(lanes->system, state);

    if (i >= 0)
        lanes->input[i][lane] = per_hour;
}

void pn_lanes_clear_inputs(struct pn_lanes *lanes, size_t lane)
{
    size_t n = lanes->system->n_inputs;

    for (size_t i = 0; i < n; i++) {
        lanes->input[i][lane] = 0.0;
        lanes->input[n + i][lane] = 1.0;
    }
}

void pn_lanes_switch(struct pn_lanes *lanes, size_t lane, size_t state, int on)
{
    int i = input_of(lanes->system, state);

    if (i >= 0)
        lanes->input[lanes->system->n_inputs + (size_t)i][lane] = on ? 1.0 : 0.0;
}

void pn_lanes_prepare(struct pn_lanes *lanes)
{
    const struct pn_system *system = lanes->system;

    for (size_t i = 0; i < system->n_parts; i++)
        if (system->part[i].component->prepare)
            system->part[i].component->prepare(lanes->p + system->part[i].q0);
}

/* Views are kept from call to call: a struct that goes over the stack right after its
 * members were set, one by one, waits until they are in the cache (a third of a run). */
static void look_at(struct pn_lanes *lanes, const pn_lane *x)
{
    const struct pn_system *system = lanes->system;

    if (lanes->seen == x)
        return;
    lanes->seen = x;
    for (size_t i = 0; i < system->n_parts; i++)
        lanes->view[i].x = x + system->part[i].x0;
}

/* signals into reads; a factor of 1 costs nothing beside the load and moves no bit */
static void carry(const struct pn_wire *wire, const struct pn_wire *end, const pn_lane *s,
                  pn_lane *r)
{
    for (; wire < end; wire++) {
        pn_lane factor = pn_all(wire->factor);

        r[wire->to] = wire->add ? pn_fma(factor, s[wire->from], r[wire->to])
                                : factor * s[wire->from];
    }
}

static void write_signals(struct pn_lanes *lanes, const struct pn_program *program,
                          const pn_lane *x)
{
    const struct pn_wire *wire = program->wire;
    pn_lane *s = lanes->s;

    look_at(lanes, x);
    for (size_t i = 0; i < program->n_calls; i++) {
        const struct pn_wired_part *part = &lanes->system->part[program->call[i].part];
        const struct pn_wire *end = program->wire + program->call[i].wires;

        carry(wire, end, s, lanes->r);
        part->component->write(lanes->view[program->call[i].part], s + part->w0);
        wire = end;
    }
    carry(wire, program->wire + program->n_wires, s, lanes->r);
}

/* A part's start may read signals of parts that start before it.  Parts do not tell which
 * reads they start from, so all start from zero states, again and again: what depends on
 * k others is right at the latest in round k + 1.  The number of rounds is fixed: it may
 * not depend on the neighbours. */
void pn_lanes_initial(struct pn_lanes *lanes, pn_lane *x)
{
    const struct pn_system *system = lanes->system;

    memset(x, 0, system->n_states * sizeof *x);
    for (size_t round = 0; round < system->n_parts; round++) {
        write_signals(lanes, &system->all, x);
        for (size_t i = 0; i < system->n_parts; i++) {
            const struct pn_wired_part *part = &system->part[i];

            if (part->component->initial)
                part->component->initial(lanes->view[i], x + part->x0);
            else
                for (size_t k = 0; k < part->n_x; k++)
                    x[part->x0 + k] = pn_all(part->component->states[k].value);
        }
    }
}

void pn_lanes_signals(struct pn_lanes *lanes, const pn_lane *x, pn_lane *signals)
{
    write_signals(lanes, &lanes->system->all, x);
    memcpy(signals, lanes->s, lanes->system->n_signals * sizeof *signals);
}

static void rate(void *context, const pn_lane *x, pn_lane *dx)
{
    struct pn_lanes *lanes = context;
    const struct pn_system *system = lanes->system;

    write_signals(lanes, &system->lean, x);
    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        if (!part->n_x)
            continue;
        part->component->rate(lanes->view[i], dx + part->x0);
        if (part->per_hour != 1.0)
            for (size_t k = part->x0; k < part->x0 + part->n_x; k++)
                dx[k] *= pn_all(part->per_hour);
    }
    if (lanes->has_inputs)
        for (size_t i = 0; i < system->n_inputs; i++) {
            pn_lane *d = &dx[system->input[i]];
            *d = (*d + lanes->input[i]) * lanes->input[system->n_inputs + i];
        }
}

/* the local function [writes; rates] of (states, reads) */
static void local(const struct pn_wired_part *part, struct pn_view v, pn_lane *f)
{
    if (part->n_w)
        part->component->write(v, f);
    if (part->n_x)
        part->component->rate(v, f + part->n_w);
}

/* OURS: one-sided differences of second order, away from zero, so that an amount or a
 * fraction never becomes negative: f' = (4 f(h) - 3 f(0) - f(2h)) / 2h with
 * h = eps^(1/3) max(|value|, scale), error about 1e-10. */
static void difference(const struct pn_lanes *lanes, const struct pn_wired_part *part,
                       struct pn_view v, pn_lane *j)
{
    size_t n_rows = part->n_w + part->n_x;
    pn_lane *x = lanes->work, *r = x + part->n_x;
    pn_lane *f0 = r + part->n_r, *f1 = f0 + n_rows, *f2 = f1 + n_rows;
    struct pn_view moved = {.p = v.p, .x = x, .r = r};

    memcpy(x, v.x, part->n_x * sizeof *x);
    memcpy(r, v.r, part->n_r * sizeof *r);
    local(part, v, f0);
    for (size_t col = 0; col < part->n_x + part->n_r; col++) {
        const struct pn_quantity *row = col < part->n_x
                                            ? &part->component->states[col]
                                            : &part->component->reads[col - part->n_x];
        pn_lane at = x[col]; /* reads stand right behind the states */
        pn_lane h =
            pn_all(6e-6) * pn_max(pn_abs(at), pn_all(row->scale > 0 ? row->scale : 1.0));

        h = pn_select((pn_mask)(at < pn_all(0.0)), -h, h);
        x[col] = at + h;
        h = x[col] - at; /* as it was rounded */
        local(part, moved, f1);
        x[col] = at + h + h;
        local(part, moved, f2);
        x[col] = at;
        for (size_t k = 0; k < part->n_at; k++) {
            size_t i = part->at[k].row;

            if (part->at[k].col == col)
                j[k] =
                    (pn_all(4.0) * (f1[i] - f0[i]) - (f2[i] - f0[i])) / (pn_all(2.0) * h);
        }
    }
}

static void slopes(struct pn_lanes *lanes)
{
    const struct pn_system *system = lanes->system;

    for (size_t i = 0; i < system->n_parts; i++) {
        const struct pn_wired_part *part = &system->part[i];

        if (!part->is_live)
            continue;
        if (part->component->slope)
            part->component->slope(lanes->view[i], lanes->j + part->j0);
        else
            difference(lanes, part, lanes->view[i], lanes->j + part->j0);
    }
}

static void fill(const struct pn_matrix *matrix, const pn_lane *j, pn_lane d, pn_lane *m)
{
    for (size_t i = 0; i < matrix->zero.n; i++)
        m[matrix->zero.v[i]] = pn_all(0.0);
    for (size_t i = 0; i < matrix->diagonal.n; i++)
        m[matrix->diagonal.v[i]] = d;
    for (size_t i = 0; i < matrix->n_set; i++)
        m[matrix->set[i].slot] = pn_all(matrix->set[i].factor) * j[matrix->set[i].slope];
    for (size_t i = 0; i < matrix->n_add; i++) {
        const struct pn_entry *e = &matrix->add[i];
        m[e->slot] = pn_fma(pn_all(e->factor), j[e->slope], m[e->slot]);
    }
}

/* one row less l times the pivot's row; returns the list behind it */
static const uint16_t *subtract(pn_lane *m, pn_lane l, const uint16_t *upper,
                                size_t n_columns, const uint16_t *code)
{
    for (size_t k = 0; k < n_columns; k++, code++)
        m[*code] = pn_fma(-l, m[upper[k]], m[*code]);
    return code;
}

static void eliminate_signals(const struct pn_codes *list, pn_lane *m)
{
    const uint16_t *code = list->v, *end = list->v + list->n;

    while (code < end) {
        size_t n_columns = code[0], n_rows = code[1];
        const uint16_t *upper = code + 2;

        code = upper + n_columns;
        for (size_t i = 0; i < n_rows; i++)
            code = subtract(m, m[*code], upper, n_columns, code + 1);
    }
}

static pn_mask eliminate_states(const struct pn_codes *list, pn_lane *m)
{
    const uint16_t *code = list->v, *end = list->v + list->n;
    pn_mask good = (pn_mask)(pn_all(0.0) == pn_all(0.0));

    while (code < end) {
        pn_lane *pivot = &m[code[0]];
        pn_lane size = pn_abs(*pivot), inverse = pn_all(1.0) / *pivot;
        size_t n_columns = code[1], n_rows = code[2];
        const uint16_t *upper = code + 3;

        good &= (pn_mask)(size > pn_all(0.0)) & pn_finite(size); /* false for NaN */
        for (size_t k = 0; k < n_columns; k++)
            good &= (pn_mask)(size >= pn_all(1e-10) * pn_abs(m[upper[k]]));
        *pivot = inverse;
        code = upper + n_columns;
        for (size_t i = 0; i < n_rows; i++) {
            pn_lane l = m[*code] * inverse;

            m[*code] = l;
            code = subtract(m, l, upper, n_columns, code + 1);
        }
        for (size_t k = 0; k < n_columns; k++)
            m[upper[k]] *= inverse;
    }
    return ~good;
}

static void factor(void *context, const pn_lane *x, const pn_lane *d, pn_mask *bad)
{
    struct pn_lanes *lanes = context;
    const struct pn_matrix *matrix = &lanes->system->matrix;

    write_signals(lanes, &lanes->system->lean, x);
    slopes(lanes);
    fill(matrix, lanes->j, *d, lanes->m);
    eliminate_signals(&matrix->signals, lanes->m);
    *bad = eliminate_states(&matrix->pivots, lanes->m);
}

/* What the row before gave is not waited for in memory: it stays in a register, and is
 * the last thing that its neighbour takes.  In a chain of transits all else is ready. */
static void solve(void *context, pn_lane *b)
{
    const struct pn_lanes *lanes = context;
    const struct pn_matrix *matrix = &lanes->system->matrix;
    const pn_lane *m = lanes->m;
    const uint16_t *code = matrix->forward.v, *end = code + matrix->forward.n;
    pn_lane last = pn_all(0.0);

    while (code < end) {
        size_t i = code[0], before = code[1], n = code[2];
        pn_lane sum = b[i];

        for (code += 3; n > 0; n--, code += 2)
            sum = pn_fma(-m[code[0]], b[code[1]], sum);
        last = pn_fma(-m[before], last, sum);
        b[i] = last;
    }
    last = pn_all(0.0);
    code = matrix->backward.v;
    end = code + matrix->backward.n;
    while (code < end) {
        size_t i = code[0], pivot = code[1], before = code[2], n = code[3];
        pn_lane sum = b[i] * m[pivot];

        for (code += 4; n > 0; n--, code += 2)
            sum = pn_fma(-m[code[0]], b[code[1]], sum);
        last = pn_fma(-m[before], last, sum);
        b[i] = last;
    }
}

struct pn_ode pn_lanes_ode(struct pn_lanes *lanes)
{
    return (struct pn_ode){
        .n = lanes->system->n_states,
        .scale = lanes->system->scale,
        .context = lanes,
        .rate = rate,
        .factor = factor,
        .solve = solve,
    };
}
