/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads a shared object, compares its ABI word with our own, and puts its components into
 * the catalogue.  What does not fit is told in one sentence: the file, what it has, what
 * was expected, and what helps. */
#include "solver/plugin/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/abi.h"
#include "solver/base/status.h"

#define TEXT_OF(number)   #number
#define SYMBOL_OF(number) "pn_plugin_" TEXT_OF(number)

static int other_width(const char *path)
{
    return PN_LANES == 4
               ? PN_FAIL(
                     PN_ERR_INPUT,
                     "%s: compiled for 8 lanes only, but this process runs 4: compile "
                     "it for -march=x86-64-v3 too and link both into one file",
                     path)
               : PN_FAIL(
                     PN_ERR_INPUT,
                     "%s: compiled for 4 lanes only, but this process runs 8: compile "
                     "it for -march=x86-64-v4 too and link both into one file, or set "
                     "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F",
                     path);
}

/* The word of a plug-in against ours. */
static int check_abi(const char *path, const struct pn_abi *found)
{
    static const struct pn_abi ours = PN_ABI;

    if (found->version != ours.version)
        return PN_FAIL(
            PN_ERR_INPUT,
            "%s: compiled for version %u of the plug-in interface, but this is "
            "version %u: compile it again against this pneuma's include/pneuma",
            path, found->version, ours.version);
    if (memcmp(found, &ours, sizeof ours) != 0)
        return PN_FAIL(
            PN_ERR_INPUT,
            "%s: says %u lanes at %u bytes, a component of %u bytes and a row of %u; "
            "this "
            "pneuma has %u at %u, %u and %u: compile it again against include/pneuma",
            path, found->lanes, found->alignment, found->component, found->quantity,
            ours.lanes, ours.alignment, ours.component, ours.quantity);
    return PN_OK;
}

static int refuse(const char *path, const struct pn_component *c, const char *table,
                  const char *row, const char *why)
{
    return PN_FAIL(PN_ERR_INPUT, "%s: component %s, %s %s: %s", path, c->name, table, row,
                   why);
}

static int check_table(const char *path, const struct pn_component *c, const char *name,
                       const struct pn_quantity *table)
{
    for (const struct pn_quantity *row = table; row && row->name; row++) {
        if (!row->unit || !row->sentence)
            return refuse(path, c, name, row->name, "has no unit or no sentence");
        if (pn_table_find(table, row->name) != row - table)
            return refuse(path, c, name, row->name, "is there twice");
        if (table == c->parameters &&
            !(row->low <= row->high &&
              (row->value != row->value ||
               (row->low <= row->value && row->value <= row->high))))
            return refuse(path, c, name, row->name, "has a default out of its range");
        if (table == c->states && !(row->scale > 0))
            return refuse(path, c, name, row->name, "has no scale above 0");
    }
    return PN_OK;
}

int pn_plugin_check(const char *path, const struct pn_component *c)
{
    int status;

    if (!c->name || !*c->name || !c->summary || !c->time_unit)
        return PN_FAIL(PN_ERR_INPUT,
                       "%s: a component has no name, no summary or no unit of time",
                       path);
    if (pn_component_find(c->name))
        return PN_FAIL(PN_ERR_INPUT, "%s: there is a component %s already", path,
                       c->name);
    if ((c->states && (!c->initial || !c->rate)) || (c->writes && !c->write) ||
        (c->n_derived > 0 && !c->prepare))
        return PN_FAIL(
            PN_ERR_INPUT,
            "%s: component %s has states, signals or derived constants that no "
            "function of it makes",
            path, c->name);
    PN_TRY(check_table(path, c, "parameter", c->parameters));
    PN_TRY(check_table(path, c, "state", c->states));
    PN_TRY(check_table(path, c, "signal read", c->reads));
    PN_TRY(check_table(path, c, "signal written", c->writes));
out:
    return status;
}

int pn_plugin_load(const char *path)
{
    char real[PATH_MAX]; /* with a slash: nothing is searched for */
    void *object;
    const char *mine = PN_LANES == 4 ? SYMBOL_OF(4) : SYMBOL_OF(8);
    const char *other = PN_LANES == 4 ? SYMBOL_OF(8) : SYMBOL_OF(4);
    const struct pn_plugin *plugin;
    int status = PN_OK;

    if (!realpath(path, real))
        return PN_FAIL(PN_ERR_INPUT, "%s: cannot be loaded: %s", path, strerror(errno));
    object = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        return PN_FAIL(PN_ERR_INPUT, "%s: cannot be loaded: %s", path, dlerror());
    plugin = dlsym(object, mine);
    if (!plugin && dlsym(object, other))
        return other_width(path);
    if (!plugin)
        return PN_FAIL(PN_ERR_INPUT, "%s: no plug-in: it has no symbol %s (PN_PLUGIN)",
                       path, mine);
    PN_TRY(check_abi(path, &plugin->abi));
    for (size_t i = 0; plugin->components[i]; i++) {
        PN_TRY(pn_plugin_check(path, plugin->components[i]));
        PN_TRY(pn_component_add(plugin->components[i]));
    }
out:
    return status;
}
