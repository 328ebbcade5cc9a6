/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of methods, and an integrator by any of them. */
#include "solver/integrate/integrate.h"

#include <stdlib.h>
#include <string.h>

#include "solver/integrate/integrate_internal.h"

static const struct pn_method *const methods[] = {
    &pn_method_explicit,
    &pn_method_rosenbrock,
    &pn_method_cvode,
};

const struct pn_method *pn_method_find(const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i]->name, name) == 0)
            return methods[i];
    return NULL;
}

const char *pn_method_name(const struct pn_method *method)
{
    return method->name;
}

int pn_integrator_create(const struct pn_method *method, const struct pn_ode *ode,
                         const struct pn_integrate_options *options,
                         struct pn_integrator **integrator)
{
    struct pn_integrator *g = calloc(1, sizeof *g);
    int status;

    *integrator = NULL;
    if (!g)
        return PN_FAIL(PN_ERR_MEMORY, "no memory for an integrator");
    g->method = method;
    g->ode = *ode;
    g->options = *options;
    status = method->create(g);
    if (status != PN_OK)
        pn_integrator_free(&g);
    *integrator = g;
    return status;
}

void pn_integrator_free(struct pn_integrator **integrator)
{
    if (!*integrator)
        return;
    (*integrator)->method->free(*integrator);
    free(*integrator);
    *integrator = NULL;
}

int pn_integrator_run(struct pn_integrator *integrator, const struct pn_lane_calls *calls)
{
    return integrator->method->run(integrator, calls);
}

double pn_integrator_lane_use(const struct pn_integrator *integrator)
{
    return integrator->method->lane_use(integrator);
}
