/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway network: pressures and flows in a network of any shape. */
#include "solver/base/version.h"
#include "solver/tree/readers/network_file.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_airway_network_options(void)
{
    puts("  --tolerance X    network: relative tolerance in time (default 1e-8)");
}

static void print_help(void)
{
    puts(
        "usage: pneuma airway network FILE [options]\n\n"
        "Flow and pressure at both ends of each vessel of a network: JSON or YAML in "
        "the\n"
        "form of svZeroDSolver (BloodVessel, BloodVesselCRL; NORMAL_JUNCTION; FLOW,\n"
        "PRESSURE, RESISTANCE, RCR).  Networks may have loops.  Units are the file's.\n");
    pn_airway_network_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

struct request {
    const char *path, *out;
    double rtol;
    int help;
};

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"tolerance", required_argument, NULL, 't'},
        {"out",       required_argument, NULL, 'o'},
        {"help",      no_argument,       NULL, 'h'},
        {NULL,        0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.rtol = 1e-8};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_airway_stray(argv);
        if (c == 't')
            PN_TRY(pn_airway_number("tolerance", optarg, "1", 1e-12, 1e-2, &r->rtol));
        r->out = c == 'o' ? optarg : r->out;
        r->help |= c == 'h';
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway network --help");
    r->path = argv[optind];
out:
    return status;
}

enum { FLOW_IN, FLOW_OUT, PRESSURE_IN, PRESSURE_OUT, N_KEPT };

struct kept {
    const struct pn_network_file *file;
    size_t n_t, seen, first; /* outputs kept, seen so far, the first that is kept */
    double *t, *x[N_KEPT];   /* [n_t], [n_vessels][n_t] */
};

static int see(void *user, const struct pn_network_state *s)
{
    struct kept *k = user;
    const struct pn_network_file *f = k->file;
    size_t i = k->seen++;

    if (i < k->first)
        return PN_OK;
    i -= k->first;
    k->t[i] = s->t;
    for (size_t v = 0; v < f->n_vessels; v++) {
        const struct pn_vessel *e = &f->vessel[v];
        k->x[FLOW_IN][v * k->n_t + i] = s->Q[e->branch_in] + e->C_in * s->dP[e->in];
        k->x[FLOW_OUT][v * k->n_t + i] = s->Q[e->branch_out] - e->C_out * s->dP[e->out];
        k->x[PRESSURE_IN][v * k->n_t + i] = s->P[e->in];
        k->x[PRESSURE_OUT][v * k->n_t + i] = s->P[e->out];
    }
    return PN_OK;
}

static int plan(struct pn_network_file *f, struct kept *k)
{
    size_t whole = f->options.cycles * (f->options.n_t - 1) + 1;
    size_t n_t = f->all_cycles ? whole : f->options.n_t;

    *k = (struct kept){.file = f, .n_t = n_t, .first = whole - n_t};
    if (n_t * f->n_vessels > 50000000)
        return PN_FAIL(PN_ERR_INPUT,
                       "%zu times of %zu vessels: more than 50 million "
                       "outputs",
                       n_t, f->n_vessels);
    k->t = calloc(n_t * (1 + N_KEPT * f->n_vessels), sizeof *k->t);
    if (!k->t)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t q = 0; q < N_KEPT; q++)
        k->x[q] = k->t + n_t * (1 + q * f->n_vessels);
    return PN_OK;
}

static void put_rows(const struct kept *k, FILE *stream)
{
    fputs("vessel,time,flow_in,flow_out,pressure_in,pressure_out\n", stream);
    for (size_t v = 0; v < k->file->n_vessels; v++)
        for (size_t i = 0; i < k->n_t; i++) {
            const char *name = k->file->vessel[v].name;
            fprintf(stream, "\"%.64s\",%.17g", name ? name : "", k->t[i]);
            for (size_t q = 0; q < N_KEPT; q++)
                fprintf(stream, ",%.17g", k->x[q][v * k->n_t + i]);
            fputc('\n', stream);
        }
}

static int write_hdf(const struct kept *k, const char *out, const char *command)
{
    const struct pn_array_dimension dimension[] = {
        {"vessel", "1", "number of the vessel in the file, from 0", k->file->n_vessels,
         NULL                                                                               },
        {"time",   "1", "time in the unit of the file",             k->n_t,             k->t},
    };
    const struct pn_array array[] = {
        {"flow_in",      "1", "flow into the vessel",     {0, 1}, k->x[FLOW_IN],      NULL},
        {"flow_out",     "1", "flow out of the vessel",   {0, 1}, k->x[FLOW_OUT],     NULL},
        {"pressure_in",  "1", "pressure where it begins", {0, 1}, k->x[PRESSURE_IN],  NULL},
        {"pressure_out", "1", "pressure where it ends",   {0, 1}, k->x[PRESSURE_OUT], NULL},
    };
    const struct pn_array_text text[] = {
        {"title",        "flow through a network"},
        {"history",      command                 },
        {"version",      pn_version()            },
        {"git_revision", pn_revision()           },
    };
    const struct pn_arrays all = {dimension, 2, array, N_KEPT, text, 4};

    return pn_arrays_write(out, &all);
}

static int write_out(const struct kept *k, const char *out, const char *command)
{
    const char *ending = strrchr(out, '.');
    struct pn_airway_text text = {0};
    int status;

    if (ending && strcmp(ending, ".h5") == 0)
        return write_hdf(k, out, command);
    if (!ending || strcmp(ending, ".csv") != 0)
        return PN_FAIL(PN_ERR_USAGE,
                       "--out %.60s: expected a name that ends with .csv or .h5", out);
    PN_TRY(pn_airway_text_begin(&text));
    put_rows(k, text.stream);
    status = pn_airway_text_end(&text, out);
out:
    pn_airway_text_free(&text);
    return status;
}

int pn_airway_network(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv); /* before getopt sorts it */
    struct pn_network_file *f = calloc(1, sizeof *f);
    struct kept k = {.t = NULL};
    struct request r;
    int status;

    if (!f || !command) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    PN_TRY(pn_network_read(r.path, f));
    f->options.rtol = r.rtol;
    PN_TRY(plan(f, &k));
    PN_TRY(pn_network_run(&f->network, &f->options, see, &k));
    if (r.out)
        PN_TRY(write_out(&k, r.out, command));
    else
        put_rows(&k, stdout);
out:
    for (size_t i = 0; f && i < f->list.n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(stderr, "%s\n", f->list.kept[i].text);
    if (status != PN_OK && (!f || f->list.n == 0))
        pn_cli_print_error();
    if (f)
        pn_network_free(f);
    free(f);
    free(k.t);
    free(command);
    return status > 0 ? PN_ERR_LIBRARY : status;
}
