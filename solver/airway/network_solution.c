/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network of any shape, followed through its cycles and written. */
#include "solver/airway/network_solution.h"

#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/hdf/arrays.h"
#include "solver/text/csv_put.h"

enum { MOST_OUTPUTS = 50000000 }; /* times x vessels */

struct watch {
    struct pn_airway_network *solution;
    size_t seen;
};

static int see(void *user, const struct pn_network_state *s)
{
    struct watch *w = user;
    struct pn_airway_network *k = w->solution;
    size_t i = w->seen++;

    if (i < k->first)
        return PN_OK;
    i -= k->first;
    k->t[i] = s->t;
    for (size_t v = 0; v < k->file->n_vessels; v++) {
        const struct pn_vessel *e = &k->file->vessel[v];
        const size_t at = v * k->n_t + i;
        k->flow_in[at] = s->Q[e->branch_in] + e->C_in * s->dP[e->in];
        k->flow_out[at] = s->Q[e->branch_out] - e->C_out * s->dP[e->out];
        k->pressure_in[at] = s->P[e->in];
        k->pressure_out[at] = s->P[e->out];
    }
    return PN_OK;
}

static int plan(const struct pn_network_file *f, struct pn_airway_network *k)
{
    size_t whole = f->options.cycles * (f->options.n_t - 1) + 1;
    size_t n_t = f->all_cycles ? whole : f->options.n_t, n = n_t * f->n_vessels;

    *k = (struct pn_airway_network){.file = f, .n_t = n_t, .first = whole - n_t};
    if (n > MOST_OUTPUTS)
        return PN_FAIL(PN_ERR_INPUT,
                       "%zu times of %zu vessels: more than 50 million outputs", n_t,
                       f->n_vessels);
    k->t = calloc(n_t + 4 * n, sizeof *k->t);
    if (!k->t)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    k->flow_in = k->t + n_t;
    k->flow_out = k->flow_in + n;
    k->pressure_in = k->flow_out + n;
    k->pressure_out = k->pressure_in + n;
    return PN_OK;
}

int pn_airway_network(struct pn_network_file *file, double rtol,
                      struct pn_airway_network *solution)
{
    struct watch watch = {solution, 0};
    int status;

    file->options.rtol = rtol;
    PN_TRY(plan(file, solution));
    status = pn_network_run(&file->network, &file->options, see, &watch);
    if (status > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "integration stopped: %s",
                         pn_status_sentence(status));
out:
    return status;
}

void pn_airway_network_free(struct pn_airway_network *solution)
{
    free(solution->t);
    *solution = (struct pn_airway_network){.n_t = 0};
}

void pn_airway_network_csv(const struct pn_airway_network *k, FILE *stream)
{
    const double *const number[4] = {k->flow_in, k->flow_out, k->pressure_in,
                                     k->pressure_out};

    fputs("vessel,time,flow_in,flow_out,pressure_in,pressure_out\n", stream);
    for (size_t v = 0; v < k->file->n_vessels; v++)
        for (size_t i = 0; i < k->n_t; i++) {
            const char *name = k->file->vessel[v].name;
            pn_csv_put_text(stream, name ? name : "");
            fprintf(stream, ",%.17g", k->t[i]);
            for (size_t q = 0; q < 4; q++)
                fprintf(stream, ",%.17g", number[q][v * k->n_t + i]);
            fputc('\n', stream);
        }
}

static int write_hdf(const struct pn_airway_network *k, const char *path,
                     const char *command)
{
    /* clang-format off */
    const struct pn_array_dimension dimension[] = {
        {"vessel", "1", "number of the vessel in the file, from 0", k->file->n_vessels, NULL},
        {"time",   "1", "time in the unit of the file",             k->n_t,             k->t},
    };
    const struct pn_array array[] = {
        {"flow_in",      "1", "flow into the vessel",     {0, 1}, k->flow_in,      NULL},
        {"flow_out",     "1", "flow out of the vessel",   {0, 1}, k->flow_out,     NULL},
        {"pressure_in",  "1", "pressure where it begins", {0, 1}, k->pressure_in,  NULL},
        {"pressure_out", "1", "pressure where it ends",   {0, 1}, k->pressure_out, NULL},
    };
    /* clang-format on */
    const struct pn_array_text text[] = {
        {"title",        "flow through a network"},
        {"history",      command                 },
        {"version",      pn_version()            },
        {"git_revision", pn_revision()           },
    };
    const struct pn_arrays all = {dimension, 2, array, 4, text, 4};

    return pn_arrays_write(path, &all);
}

int pn_airway_network_write(const struct pn_airway_network *k, const char *path,
                            const char *command)
{
    struct pn_airway_text text = {0};
    int status;

    if (pn_airway_form(path) == PN_FORM_HDF)
        return write_hdf(k, path, command);
    if (pn_airway_form(path) != PN_FORM_CSV)
        return PN_FAIL(PN_ERR_INPUT, "%s: expected a name that ends with .csv or .h5",
                       path);
    PN_TRY(pn_airway_text_begin(&text));
    pn_airway_network_csv(k, text.stream);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}
