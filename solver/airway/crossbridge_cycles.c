/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bound myosin does under oscillation, shortening and sudden length changes. */
#include "solver/airway/crossbridge_cycles.h"

#include <math.h>
#include <stdlib.h>

#include "models/airway/crossbridge_moments.h"
#include "solver/base/status.h"

enum { CYCLE = 200 }; /* times in a cycle whose mean is taken */

void pn_airway_cycles_defaults(struct pn_airway_cycles *options)
{
    static const double rest[1] = {0};

    *options = (struct pn_airway_cycles){.protocol = pn_protocol_isometric,
                                         .n_amplitudes = 1,
                                         .n_velocities = 1,
                                         .amplitude = rest,
                                         .velocity = rest,
                                         .cells = 40};
    options->protocol.frequency = 0.33;
}

/* Times that are asked: the whole course, the last cycle, or the end. */
static int make_times(const struct pn_airway_cycles *o, const struct pn_protocol *p,
                      double **t, size_t *n)
{
    double cycle = p->amplitude != 0 ? fmin(1 / p->frequency, p->end) : 0;

    *n = o->every > 0 ? (size_t)floor(p->end / o->every * (1 + 1e-12))
         : cycle > 0  ? CYCLE
                      : 1;
    *n = *n > 0 ? *n : 1;
    *t = calloc(*n, sizeof **t);
    if (!*t)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < *n; i++)
        (*t)[i] = o->every > 0 ? fmin((double)(i + 1) * o->every, p->end)
                               : p->end - cycle * (double)(*n - 1 - i) / (double)*n;
    return PN_OK;
}

static int follow(const struct pn_airway_cycles *o, const struct pn_protocol *p, size_t n,
                  const double *t, struct pn_bridges *sums)
{
    struct pn_crossbridge *bridge;
    int status;

    if (o->moments) {
        status = pn_moments_run(&pn_crossbridge_mijailovich, p, n, t, sums);
        return status > 0
                   ? PN_FAIL(PN_ERR_LIBRARY, "the moments cannot be followed further")
                   : status;
    }
    status = pn_crossbridge_create(&pn_crossbridge_mijailovich, p, o->cells, &bridge);
    for (size_t i = 0; i < n && status == PN_OK; i++) {
        pn_crossbridge_advance(bridge, t[i]);
        pn_crossbridge_measure(bridge, &sums[i]);
    }
    pn_crossbridge_free(&bridge);
    return status;
}

static int put(struct pn_airway_forces *f, const double row[6])
{
    if (f->n == f->room) {
        size_t room = 2 * f->room + 256;
        for (size_t k = 0; k < 6; k++) {
            double *more = realloc(f->column[k], room * sizeof *more);
            if (!more)
                return PN_FAIL(PN_ERR_MEMORY, "out of memory");
            f->column[k] = more;
        }
        f->room = room;
    }
    for (size_t k = 0; k < 6; k++)
        f->column[k][f->n] = row[k];
    f->n++;
    return PN_OK;
}

static int put_course(struct pn_airway_forces *f, const struct pn_protocol *p, size_t n,
                      const double *t, const struct pn_bridges *sums)
{
    int status = PN_OK;

    for (size_t i = 0; i < n && status == PN_OK; i++) {
        const double row[6] = {p->amplitude,  p->velocity,
                               t[i],          pn_protocol_strain(p, t[i]),
                               sums[i].force, sums[i].stiffness};
        status = put(f, row);
    }
    return status;
}

static int put_means(struct pn_airway_forces *f, const struct pn_protocol *p, size_t n,
                     const struct pn_bridges *sums)
{
    double force = 0, stiffness = 0, least = (double)INFINITY, most = -least;

    for (size_t i = 0; i < n; i++) {
        force += sums[i].force / (double)n;
        stiffness += sums[i].stiffness / (double)n;
        least = fmin(least, sums[i].force);
        most = fmax(most, sums[i].force);
    }
    return put(
        f, (const double[6]){p->amplitude, p->velocity, force, stiffness, least, most});
}

static int run_one(const struct pn_airway_cycles *o, const struct pn_protocol *p,
                   struct pn_airway_forces *f)
{
    double *t = NULL;
    struct pn_bridges *sums = NULL;
    size_t n;
    int status;

    PN_TRY(make_times(o, p, &t, &n));
    sums = calloc(n, sizeof *sums);
    if (!sums) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(follow(o, p, n, t, sums));
    status = f->is_course ? put_course(f, p, n, t, sums) : put_means(f, p, n, sums);
out:
    free(t);
    free(sums);
    return status;
}

int pn_airway_cycles(const struct pn_airway_cycles *o, struct pn_airway_forces *forces)
{
    int status = PN_OK;

    *forces = (struct pn_airway_forces){.is_course = o->every > 0};
    if (o->every > 0 && o->protocol.end / o->every > PN_AIRWAY_CYCLES_ROWS)
        return PN_FAIL(PN_ERR_INPUT, "over %d rows", PN_AIRWAY_CYCLES_ROWS);
    for (size_t a = 0; a < o->n_amplitudes; a++)
        for (size_t v = 0; v < o->n_velocities; v++) {
            struct pn_protocol p = o->protocol;
            p.amplitude = o->amplitude[a];
            p.velocity = o->velocity[v];
            PN_TRY(run_one(o, &p, forces));
        }
out:
    return status;
}

void pn_airway_forces_free(struct pn_airway_forces *forces)
{
    for (size_t k = 0; k < 6; k++)
        free(forces->column[k]);
    *forces = (struct pn_airway_forces){.n = 0};
}

int pn_airway_forces_write(const struct pn_airway_forces *f, const char *path,
                           const char *command, FILE *stream)
{
    /* clang-format off */
    const struct pn_airway_cells course[] = {
        {"amplitude", "",    "of the sine, in power strokes",             6,  f->column[0], NULL},
        {"velocity",  "1/s", "of steady motion, in power strokes",        6,  f->column[1], NULL},
        {"time",      "s",   "time",                                      12, f->column[2], NULL},
        {"strain",    "",    "power strokes from where it began",         12, f->column[3], NULL},
        {"force",     "",    "integral of x over bound bridges",          12, f->column[4], NULL},
        {"stiffness", "",    "bound bridges",                             12, f->column[5], NULL},
    };
    const struct pn_airway_cells means[] = {
        {"amplitude",     "",    "of the sine, in power strokes",          6,  f->column[0], NULL},
        {"velocity",      "1/s", "of steady motion, in power strokes",     6,  f->column[1], NULL},
        {"force",         "",    "mean over the last cycle",               12, f->column[2], NULL},
        {"stiffness",     "",    "mean over the last cycle",               12, f->column[3], NULL},
        {"least force",   "",    "in the last cycle",                      12, f->column[4], NULL},
        {"largest force", "",    "in the last cycle",                      12, f->column[5], NULL},
    };
    /* clang-format on */
    const struct pn_airway_table table = {"smooth muscle by crossbridges",
                                          f->is_course ? course : means, 6, f->n};

    if (path)
        return pn_airway_table_write(&table, path, command);
    pn_airway_table_csv(&table, stream);
    return PN_OK;
}
