/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which signals are written, and which of them any rate depends on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/system/wiring.h"

static int is_wanted(const struct pn_wired_part *part, const char *wanted)
{
    return part->n_x > 0 || memchr(wanted + part->w0, 1, part->n_w) != NULL;
}

/* a signal that write w of this part needs and that is not there, or -1 */
static int missing_signal(const struct pn_system *s, const struct pn_wired_part *part,
                          size_t w, const char *done)
{
    for (size_t k = 0; k < part->n_at; k++) {
        size_t read, i;

        if (part->at[k].row != w || part->at[k].col < part->n_x)
            continue;
        read = part->r0 + part->at[k].col - part->n_x;
        for (i = s->first_wire[read]; i < s->first_wire[read + 1]; i++)
            if (!done[s->wire[i].from])
                return s->wire[i].from;
    }
    return -1;
}

/* the signal at which the reads of a part begin, if they need not be carried, or -1 */
static int find_direct(const struct pn_system *s, const struct pn_wired_part *part)
{
    const struct pn_wire *wire = s->wire + s->first_wire[part->r0];

    if (part->n_r == 0 ||
        s->first_wire[part->r0 + part->n_r] - s->first_wire[part->r0] != part->n_r)
        return -1;
    for (size_t i = 0; i < part->n_r; i++)
        if (wire[i].to != part->r0 + i || wire[i].from != wire[0].from + i ||
            wire[i].factor != 1.0)
            return -1;
    return wire[0].from;
}

/* carry every read of this part whose signals are all there, each once */
static void carry(const struct pn_system *s, const struct pn_wired_part *part,
                  const char *done, char *carried, struct pn_program *program)
{
    if (part->direct >= 0)
        return;
    for (size_t read = part->r0; read < part->r0 + part->n_r; read++) {
        size_t first = s->first_wire[read], end = s->first_wire[read + 1], i = first;

        while (i < end && done[s->wire[i].from])
            i++;
        if (i < end || carried[read])
            continue;
        carried[read] = 1;
        for (i = first; i < end; i++)
            program->wire[program->n_wires++] = s->wire[i];
    }
}

/* Call the write of part k if that makes signals known: all that are wanted of it, or
 * (partial) any.  A part is called twice when one signal of it flows through others into
 * another of it. */
static int call_part(const struct pn_system *s, size_t k, const char *wanted, int partial,
                     char *done, char *carried, struct pn_program *program)
{
    const struct pn_wired_part *part = &s->part[k];
    size_t n_before = program->n_order, n_missing = 0;

    for (size_t w = 0; w < part->n_w; w++) {
        if (!wanted[part->w0 + w] || done[part->w0 + w])
            continue;
        if (missing_signal(s, part, w, done) < 0)
            program->order[program->n_order++] = (uint16_t)(part->w0 + w);
        else
            n_missing++;
    }
    if (program->n_order == n_before || (n_missing && !partial)) {
        program->n_order = n_before;
        return 0;
    }
    carry(s, part, done, carried, program);
    program->call[program->n_calls++] =
        (struct pn_write_call){(uint16_t)k, (uint16_t)program->n_wires};
    for (size_t i = n_before; i < program->n_order; i++)
        done[program->order[i]] = 1;
    return 1;
}

/* every signal left waits for another one: follow them until one comes again */
static int refuse_ring(const struct pn_system *s, const char *wanted, const char *done)
{
    char text[512] = "";
    size_t n = 0, at = 0;

    while (done[at] || !wanted[at])
        at++;
    for (size_t i = 0; i < s->n_signals; i++) { /* into the ring */
        const struct pn_wired_part *part = pn_wired_writer(s, at);
        at = (size_t)missing_signal(s, part, at - part->w0, done);
    }
    for (size_t first = at, again = 0; n < sizeof text; again = at == first) {
        const struct pn_wired_part *part = pn_wired_writer(s, at);

        n +=
            (size_t)snprintf(text + n, sizeof text - n, "%s%s.%s", n ? " needs " : "",
                             part->instance, part->component->writes[at - part->w0].name);
        if (again)
            break;
        at = (size_t)missing_signal(s, part, at - part->w0, done);
    }
    return PN_FAIL(PN_ERR_INPUT, "a ring of signals without a state in it: %s", text);
}

static int write_program(const struct pn_system *s, const char *wanted, char *done,
                         char *carried, struct pn_program *program)
{
    size_t n_wanted = 0;

    for (size_t i = 0; i < s->n_signals; i++)
        n_wanted += wanted[i] != 0;
    while (program->n_order < n_wanted) {
        size_t n_calls = program->n_calls;

        for (size_t k = 0; k < s->n_parts; k++)
            call_part(s, k, wanted, 0, done, carried, program);
        for (size_t k = 0; k < s->n_parts && program->n_calls == n_calls; k++)
            call_part(s, k, wanted, 1, done, carried, program);
        if (program->n_calls == n_calls)
            return refuse_ring(s, wanted, done);
    }
    for (size_t k = 0; k < s->n_parts; k++)
        if (is_wanted(&s->part[k], wanted))
            carry(s, &s->part[k], done, carried, program);
    return PN_OK;
}

static int make_program(const struct pn_system *s, const char *wanted,
                        struct pn_program *program)
{
    char *done = calloc(s->n_signals + 1, 1), *carried = calloc(s->n_reads + 1, 1);
    int status = PN_OK;

    program->call = calloc(s->n_signals + 1, sizeof *program->call);
    program->wire = calloc(s->n_wires + 1, sizeof *program->wire);
    program->order = calloc(s->n_signals + 1, sizeof *program->order);
    if (!done || !carried || !program->call || !program->wire || !program->order) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(write_program(s, wanted, done, carried, program));
out:
    free(done);
    free(carried);
    return status;
}

/* live: read by a part that has a rate, or that writes a live signal */
static void find_live(struct pn_system *s)
{
    for (int changed = 1; changed;) {
        changed = 0;
        for (size_t k = 0; k < s->n_parts; k++) {
            const struct pn_wired_part *part = &s->part[k];

            if (!is_wanted(part, s->live))
                continue;
            for (size_t i = s->first_wire[part->r0];
                 i < s->first_wire[part->r0 + part->n_r]; i++) {
                changed |= !s->live[s->wire[i].from];
                s->live[s->wire[i].from] = 1;
            }
        }
    }
    for (size_t k = 0; k < s->n_parts; k++)
        s->part[k].is_live = is_wanted(&s->part[k], s->live);
}

int pn_wiring_order(struct pn_system *s)
{
    char *every = malloc(s->n_signals + 1);
    int status = PN_OK;

    s->live = calloc(s->n_signals + 1, 1);
    if (!every || !s->live) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    memset(every, 1, s->n_signals + 1);
    find_live(s);
    for (size_t k = 0; k < s->n_parts; k++)
        s->part[k].direct = find_direct(s, &s->part[k]);
    PN_TRY(make_program(s, every, &s->all));
    PN_TRY(make_program(s, s->live, &s->lean));
out:
    free(every);
    return status;
}

void pn_program_free(struct pn_program *program)
{
    free(program->call);
    free(program->wire);
    free(program->order);
    *program = (struct pn_program){0};
}
