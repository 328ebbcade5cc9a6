/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breaths as files: totals, every unit at every time, a film of the tree. */
#include <stdlib.h>
#include <string.h>

#include "solver/airway/breathe.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/hdf/arrays.h"

/* NAME.pvd: NAME_0000.vtu, … */
static void vtu_name(const char *out, size_t k, char *name, size_t size)
{
    snprintf(name, size, "%.*s_%04zu.vtu", (int)strlen(out) - 4, out, k);
}

int pn_airway_breaths_draw(const struct pn_airway_breaths *o, const struct pn_breath *b)
{
    const struct pn_tree *t = o->tree;
    double *room = calloc(t->n + t->n_points + 1, sizeof *room);
    double *volume = room, *point = room + t->n;
    struct pn_airway_column column[] = {
        {"flow",   "m3/s", "", b->flow->flow, NULL},
        {"volume", "m3",   "", volume,        NULL},
    };
    char name[4096];
    int status;

    if (!room)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < t->n_terminals; k++)
        volume[t->terminal[k]] = b->unit[k];
    pn_tree_flow_points(b->flow, point);
    vtu_name(o->film, o->n, name, sizeof name);
    status = pn_airway_write_rows(name, t, column, 2, point, NULL);
    free(room);
    return status;
}

/* --- the file --- */

static int write_csv(const struct pn_airway_breaths *o, const char *path)
{
    struct pn_airway_text text = {0};
    int status;

    PN_TRY(pn_airway_text_begin(&text));
    fputs("time [s],volume [m3],inlet_flow [m3/s],inlet_pressure [Pa],pleura [Pa]\n",
          text.stream);
    for (size_t k = 0; k < o->n; k++)
        fprintf(text.stream, "%.17g,%.17g,%.17g,%.17g,%.17g\n", o->t[k], o->volume[k],
                o->inflow[k], o->inlet[k], o->pleura[k]);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}

static int write_pvd(const struct pn_airway_breaths *o, const char *path)
{
    struct pn_airway_text text = {0};
    const char *slash = strrchr(path, '/');
    char name[4096];
    int status;

    PN_TRY(pn_airway_text_begin(&text));
    fputs("<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\">\n"
          "<Collection>\n",
          text.stream);
    for (size_t k = 0; k < o->n; k++) {
        vtu_name(slash ? slash + 1 : path, k, name, sizeof name);
        fprintf(text.stream, "<DataSet timestep=\"%.15g\" file=\"%s\"/>\n", o->t[k],
                name);
    }
    fputs("</Collection>\n</VTKFile>\n", text.stream);
    status = pn_airway_text_end(&text, path);
out:
    pn_airway_text_free(&text);
    return status;
}

static int write_hdf(const struct pn_airway_breaths *o, const char *path,
                     const char *command)
{
    double edge[PN_VENTILATION_BINS];
    const struct pn_tree *t = o->tree;
    const struct pn_ventilation *v = &o->ventilation;
    double number[4] = {v->tidal, v->cv, v->log_sd, v->slope};
    /* clang-format off */
    const struct pn_array_dimension dimension[] = {
        {"time", "s",  "time",                                       o->n,                o->t},
        {"unit", "1",  "gas-exchanging unit",                        t->n_terminals,      NULL},
        {"bin",  "1",  "specific ventilation over its mean, from",   PN_VENTILATION_BINS, edge},
    };
    const struct pn_array array[] = {
        {"volume",               "m3",   "volume of all units",                       {0, -1}, o->volume,     NULL},
        {"inlet_flow",           "m3/s", "flow into the lung",                        {0, -1}, o->inflow,     NULL},
        {"inlet_pressure",       "Pa",   "pressure at the inlet",                     {0, -1}, o->inlet,      NULL},
        {"pleural_pressure",     "Pa",   "at the mean height",                        {0, -1}, o->pleura,     NULL},
        {"unit_volume",          "m3",   "volume of one unit",                        {0, 1},  o->unit,       NULL},
        {"unit_flow",            "m3/s", "flow into one unit",                        {0, 1},  o->rate,       NULL},
        {"unit_airway",          "1",    "row of the airway tree that feeds it",      {1, -1}, NULL,          t->terminal},
        {"unit_depth",           "m",    "below the mean height",                     {1, -1}, o->depth,      NULL},
        {"unit_least",           "m3",   "least volume in the last breath",           {1, -1}, o->least,      NULL},
        {"unit_most",            "m3",   "largest volume in the last breath",         {1, -1}, o->most,       NULL},
        {"specific_ventilation", "1",    "(largest - least) / least volume",          {1, -1}, o->specific,   NULL},
        {"histogram",            "1",    "part of the gas with so much of the mean",  {2, -1}, v->histogram,  NULL},
    };
    /* clang-format on */
    char told[4][32];
    const struct pn_array_text text[] = {
        {"title",               "breathing through an airway tree"},
        {"history",             command                           },
        {"version",             pn_version()                      },
        {"git_revision",        pn_revision()                     },
        {"tidal_volume_m3",     told[0]                           },
        {"cv",                  told[1]                           },
        {"log_sd",              told[2]                           },
        {"gravity_slope_per_m", told[3]                           },
    };
    const struct pn_arrays all = {dimension, 3,
                                  array,     sizeof array / sizeof *array,
                                  text,      sizeof text / sizeof *text};

    for (size_t k = 0; k < PN_VENTILATION_BINS; k++)
        edge[k] = (double)k / 10;
    for (size_t k = 0; k < 4; k++)
        snprintf(told[k], sizeof told[k], "%.12g", number[k]);
    return pn_arrays_write(path, &all);
}

int pn_airway_breaths_write(const struct pn_airway_breaths *o, const char *path,
                            const char *command)
{
    switch (pn_airway_form(path)) {
    case PN_FORM_CSV:
        return write_csv(o, path);
    case PN_FORM_HDF:
        return write_hdf(o, path, command);
    case PN_FORM_PVD:
        return write_pvd(o, path);
    default:
        return PN_FAIL(PN_ERR_INPUT,
                       "%s: expected a name that ends with .csv, .h5 or .pvd", path);
    }
}
