/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring: layout of the parts, and which signals flow into which reads. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/system/wiring.h"

static int copy_text(const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return text && !*copy ? PN_FAIL(PN_ERR_MEMORY, "out of memory") : PN_OK;
}

/* every [writes; rates] x [states, reads], row by row */
static int full_pattern(struct pn_wired_part *part)
{
    size_t n_row = part->n_w + part->n_x, n_col = part->n_x + part->n_r;

    part->n_at = n_row * n_col;
    part->full = calloc(part->n_at + 1, sizeof *part->full);
    if (!part->full)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < part->n_at; k++)
        part->full[k] =
            (struct pn_at){(unsigned char)(k / n_col), (unsigned char)(k % n_col)};
    part->at = part->full;
    return PN_OK;
}

/* the part behind those already placed */
static int place_part(struct pn_system *s, const struct pn_part *given,
                      struct pn_units *units)
{
    const struct pn_component *c = given->component;
    struct pn_wired_part *part = &s->part[s->n_parts++];
    int status = PN_OK;

    *part = (struct pn_wired_part){
        .component = c,
        .molar_mass = given->molar_mass,
        .n_p = pn_table_size(c->parameters),
        .n_x = pn_table_size(c->states),
        .n_w = pn_table_size(c->writes),
        .n_r = pn_table_size(c->reads),
        .n_at = c->n_at,
        .at = c->at,
        .p0 = s->n_parameters,
        .q0 = s->n_constants,
        .x0 = s->n_states,
        .w0 = s->n_signals,
        .r0 = s->n_reads,
        .j0 = s->n_slopes,
    };
    assert(!part->n_x || c->rate);
    assert(!part->n_w || c->write);
    if (part->n_w + part->n_x > PN_PATTERN_LIMIT ||
        part->n_x + part->n_r > PN_PATTERN_LIMIT)
        return PN_FAIL(PN_ERR_INPUT,
                       "'%s' (%s) has %zu states, %zu signals and %zu reads: states and "
                       "signals, states and reads may be %d together",
                       given->instance, c->name, part->n_x, part->n_w, part->n_r,
                       PN_PATTERN_LIMIT);
    PN_TRY(copy_text(given->instance, &part->instance));
    PN_TRY(copy_text(given->drug, &part->drug));
    PN_TRY(copy_text(given->target, &part->target));
    PN_TRY(pn_units_factor(units, "h", c->time_unit ? c->time_unit : "h", 0,
                           &part->per_hour));
    if (!part->at)
        PN_TRY(full_pattern(part));
    s->n_parameters += part->n_p;
    s->n_constants += part->n_p + c->n_derived;
    s->n_states += part->n_x;
    s->n_signals += part->n_w;
    s->n_reads += part->n_r;
    s->n_slopes += part->n_at;
out:
    return status;
}

static int check_names(const struct pn_system *s)
{
    for (size_t i = 0; i < s->n_parts; i++)
        for (size_t k = 0; k < i; k++) {
            const struct pn_wired_part *a = &s->part[k], *b = &s->part[i];

            if (strcmp(a->instance, b->instance) == 0)
                return PN_FAIL(PN_ERR_INPUT, "two parts are called '%s'", a->instance);
            if (strcmp(pn_wired_role(a), pn_wired_role(b)) == 0)
                return PN_FAIL(PN_ERR_INPUT,
                               "'%s' (%s) and '%s' (%s) both play the role '%s': only "
                               "one can",
                               a->instance, a->component->name, b->instance,
                               b->component->name, pn_wired_role(a));
        }
    return PN_OK;
}

/* does `writer` stand behind the first n characters of what `reader` reads? */
static int is_source(const struct pn_wired_part *reader, const char *read, size_t n,
                     const struct pn_wired_part *writer)
{
    const char *role = pn_wired_role(writer);

    if (n == 5 && strncmp(read, "drugs", n) == 0)
        return writer->target && strcmp(writer->target, reader->instance) == 0;
    if (n == 4 && strncmp(read, "drug", n) == 0)
        return reader->drug && strcmp(writer->instance, reader->drug) == 0;
    return strlen(role) == n && strncmp(role, read, n) == 0;
}

static int refuse_unwritten(const struct pn_system *s, const struct pn_wired_part *part,
                            const char *read)
{
    char roles[512] = "";
    size_t n = 0;

    for (size_t i = 0; i < s->n_parts && n < sizeof roles; i++)
        n += (size_t)snprintf(roles + n, sizeof roles - n, "%s%s", i ? ", " : "",
                              pn_wired_role(&s->part[i]));
    return PN_FAIL(PN_ERR_INPUT,
                   "'%s' (%s) reads '%s', which nothing writes; there is: %s",
                   part->instance, part->component->name, read, roles);
}

/* units on the wire, with the molar mass of the reader's drug or else the writer's */
static int wire_factor(const struct pn_wired_part *reader, const struct pn_quantity *read,
                       const struct pn_wired_part *writer,
                       const struct pn_quantity *signal, struct pn_units *units,
                       double *factor)
{
    double mass = reader->molar_mass > 0 ? reader->molar_mass : writer->molar_mass;
    char reason[1024];
    int status = PN_OK;

    *factor = 1.0;
    if (strcmp(signal->unit, read->unit) != 0)
        status = pn_units_factor(units, signal->unit, read->unit, mass, factor);
    if (status != PN_ERR_INPUT)
        return status;
    snprintf(reason, sizeof reason, "%s", pn_error_last()->text);
    return PN_FAIL(PN_ERR_INPUT, "'%s' reads '%s' from '%s.%s': %s", reader->instance,
                   read->name, writer->instance, signal->name, reason);
}

static int wire_read(struct pn_system *s, const struct pn_wired_part *part, size_t i,
                     struct pn_units *units)
{
    const struct pn_quantity *read = &part->component->reads[i];
    const char *dot = strrchr(read->name, '.');
    size_t n_before = s->n_wires;
    int status = PN_OK;

    assert(dot);
    s->first_wire[part->r0 + i] = s->n_wires;
    for (size_t k = 0; k < s->n_parts; k++) {
        const struct pn_wired_part *w = &s->part[k];
        int signal = pn_table_find(w->component->writes, dot + 1);
        struct pn_wire *wire = &s->wire[s->n_wires];

        if (signal < 0 || !is_source(part, read->name, (size_t)(dot - read->name), w))
            continue;
        if (s->n_wires >= PN_WIRING_LIMIT)
            return PN_FAIL(PN_ERR_INPUT, "more than %d wires", PN_WIRING_LIMIT);
        PN_TRY(wire_factor(part, read, w, &w->component->writes[signal], units,
                           &wire->factor));
        wire->from = (uint16_t)(w->w0 + (size_t)signal);
        wire->to = (uint16_t)(part->r0 + i);
        wire->add = s->n_wires > n_before;
        s->n_wires++;
    }
    if (s->n_wires == n_before && isnan(read->value))
        status = refuse_unwritten(s, part, read->name);
out:
    return status;
}

static int wire_reads(struct pn_system *s, struct pn_units *units)
{
    int status = PN_OK;

    if (s->n_signals + s->n_states > PN_WIRING_LIMIT || s->n_reads > PN_WIRING_LIMIT ||
        s->n_slopes > PN_WIRING_LIMIT)
        return PN_FAIL(PN_ERR_INPUT, "more than %d signals, states, reads or slopes",
                       PN_WIRING_LIMIT);
    /* a read takes at most one signal of each part */
    s->wire = calloc(s->n_reads * s->n_parts + 1, sizeof *s->wire);
    s->first_wire = calloc(s->n_reads + 1, sizeof *s->first_wire);
    if (!s->wire || !s->first_wire)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < s->n_parts; k++)
        for (size_t i = 0; i < s->part[k].n_r; i++)
            PN_TRY(wire_read(s, &s->part[k], i, units));
    s->first_wire[s->n_reads] = s->n_wires;
out:
    return status;
}

static int collect_scales(struct pn_system *s)
{
    s->scale = calloc(s->n_states + 1, sizeof *s->scale);
    if (!s->scale)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < s->n_parts; k++)
        for (size_t i = 0; i < s->part[k].n_x; i++) {
            const struct pn_quantity *state = &s->part[k].component->states[i];

            if (!(state->scale > 0)) /* its absolute tolerance would be zero */
                return PN_FAIL(PN_ERR_INPUT, "state '%s.%s' has no scale",
                               s->part[k].instance, state->name);
            s->scale[s->part[k].x0 + i] = state->scale;
        }
    return PN_OK;
}

/* Doses may go into any state of a part that has a route. */
static int collect_inputs(struct pn_system *s)
{
    s->input = calloc(s->n_states + 1, sizeof *s->input);
    if (!s->input)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < s->n_parts; i++)
        for (size_t k = 0; s->part[i].component->routes && k < s->part[i].n_x; k++)
            s->input[s->n_inputs++] = (uint16_t)(s->part[i].x0 + k);
    return PN_OK;
}

int pn_system_create(const struct pn_part *parts, size_t n, struct pn_units *units,
                     struct pn_system **out)
{
    struct pn_system *s = calloc(1, sizeof *s);
    int status = PN_OK;

    *out = NULL;
    if (!s || !(s->part = calloc(n + 1, sizeof *s->part))) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        PN_TRY(place_part(s, &parts[i], units));
    PN_TRY(check_names(s));
    PN_TRY(collect_scales(s));
    PN_TRY(collect_inputs(s));
    PN_TRY(wire_reads(s, units));
    PN_TRY(pn_wiring_order(s));
    PN_TRY(pn_wiring_plan(s));
    *out = s;
    s = NULL;
out:
    pn_system_free(&s);
    return status;
}

void pn_system_free(struct pn_system **system)
{
    struct pn_system *s = *system;

    if (!s)
        return;
    for (size_t i = 0; i < s->n_parts; i++) {
        free(s->part[i].instance);
        free(s->part[i].drug);
        free(s->part[i].target);
        free(s->part[i].full);
    }
    pn_program_free(&s->all);
    pn_program_free(&s->lean);
    pn_matrix_free(&s->matrix);
    free(s->part);
    free(s->wire);
    free(s->first_wire);
    free(s->scale);
    free(s->input);
    free(s->live);
    free(s);
    *system = NULL;
}
