/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An arm made ready: its parts wired, each drug alone beside it, and where everything
 * stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/trial/trial_internal.h"

/* --- parts of an arm: its drugs, the targets they are aimed at, the disease and the
 * airway --- */

struct parts {
    size_t n, limit;
    struct pn_part *part;
    char (*name)[128]; /* instances made here: DRUG.TARGET */
};

static void add_part(struct parts *parts, const struct pn_component *component,
                     const char *instance, const struct pn_drug *drug, const char *target)
{
    parts->part[parts->n++] =
        (struct pn_part){component, instance, drug ? drug->name : NULL, target,
                         drug ? drug->molar_mass : 0.0};
}

static int gives(const struct pn_arm *arm, size_t drug)
{
    for (size_t i = 0; i < arm->n_regimens; i++)
        if (arm->regimen[i].drug == drug)
            return 1;
    return 0;
}

static int has_instance(const struct parts *parts, const char *instance)
{
    for (size_t i = 0; i < parts->n; i++)
        if (strcmp(parts->part[i].instance, instance) == 0)
            return 1;
    return 0;
}

static void add_drug(struct parts *parts, const struct pn_drug *drug)
{
    add_part(parts, drug->kinetics, drug->name, drug, NULL);
    for (size_t i = 0; i < drug->n_effects; i++)
        add_part(parts, drug->effect[i].component, drug->effect[i].instance, drug, NULL);
    for (size_t i = 0; i < drug->n_targets; i++) {
        char *name = parts->name[parts->n];
        snprintf(name, sizeof parts->name[0], "%s.%s", drug->name,
                 drug->target[i].target);
        add_part(parts, drug->target[i].potency, name, drug, drug->target[i].target);
    }
}

static void add_targets(struct parts *parts, const struct pn_drug *drug)
{
    for (size_t i = 0; i < drug->n_targets; i++)
        if (!has_instance(parts, drug->target[i].target))
            add_part(parts, pn_component_find("target"), drug->target[i].target, NULL,
                     NULL);
}

static int wire_arm(const struct pn_study *study, const struct pn_arm *arm,
                    struct pn_units *units, struct pn_system **system)
{
    int status = PN_OK;
    struct parts parts = {0};

    parts.limit = study->n_parts + 1;
    for (size_t d = 0; d < study->n_drugs; d++)
        parts.limit += 1 + study->drug[d].n_effects + 2 * study->drug[d].n_targets;
    parts.part = calloc(parts.limit, sizeof *parts.part);
    parts.name = calloc(parts.limit, sizeof *parts.name);
    if (!parts.part || !parts.name) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    for (size_t d = 0; d < study->n_drugs; d++)
        if (gives(arm, d))
            add_drug(&parts, &study->drug[d]);
    for (size_t d = 0; d < study->n_drugs; d++)
        if (gives(arm, d))
            add_targets(&parts, &study->drug[d]);
    for (size_t i = 0; i < study->n_parts; i++)
        add_part(&parts, study->part[i].component, study->part[i].instance, NULL, NULL);
    PN_TRY(pn_system_create(parts.part, parts.n, units, system));
out:
    free(parts.part);
    free(parts.name);
    return status;
}

/* --- where each parameter comes from --- */

/* Own variable INSTANCE.NAME, else the covariate that the row names, else -1: the
 * default. */
int pn_trial_column(const struct pn_study *study, const char *instance,
                    const struct pn_quantity *row)
{
    char name[256];
    int column;

    snprintf(name, sizeof name, "%s.%s", instance, row->name);
    column = pn_population_find(&study->population, name);
    if (column < 0 && row->covariate)
        column = pn_population_find(&study->population, row->covariate);
    return column;
}

static int columns_of_arm(const struct pn_study *study, struct pn_trial_arm *arm)
{
    size_t n = pn_system_n_parameters(arm->system);

    arm->column = calloc(n + 1, sizeof *arm->column);
    if (!arm->column)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct pn_symbol symbol = pn_system_symbol(arm->system, PN_PARAMETER, i);
        arm->column[i] = pn_trial_column(study, symbol.instance, symbol.row);
    }
    return PN_OK;
}

void pn_trial_parameters(const struct pn_trial_arm *arm, const double *row,
                         double *parameters)
{
    for (size_t i = 0; i < pn_system_n_parameters(arm->system); i++)
        parameters[i] = arm->column[i] >= 0
                            ? row[arm->column[i]]
                            : pn_system_symbol(arm->system, PN_PARAMETER, i).row->value;
}

/* --- where doses go --- */

static int at(const struct pn_span *span, int parameter)
{
    return parameter < 0 ? -1 : (int)span->parameter + parameter;
}

/* What is given to the study; else what stands for it, when that is given. */
static int given_or(const struct pn_trial_arm *arm, int own, int other)
{
    return own >= 0 && arm->column[own] < 0 && other >= 0 && arm->column[other] >= 0
               ? other
               : own;
}

/* A dose into the vein has parameters of its own.  Where they are not given, R and D are
 * those of the first route, and so are F and ALAG of a drug without a depot. */
static void into_vein(const struct pn_trial_arm *arm, const struct pn_span *span,
                      const struct pn_drug *drug, struct pn_trial_place *place)
{
    const struct pn_route *first = drug->kinetics->routes;

    place->R = given_or(arm, place->R, at(span, first->R));
    place->D = given_or(arm, place->D, at(span, first->D));
    if (!drug->has_no_depot)
        return;
    place->F = given_or(arm, place->F, at(span, first->F));
    place->ALAG = given_or(arm, place->ALAG, at(span, first->ALAG));
}

static int places_of_arm(const struct pn_study *study, struct pn_trial_arm *arm)
{
    arm->place = calloc(study->n_compartments + 1, sizeof *arm->place);
    if (!arm->place)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < study->n_compartments; i++) {
        const struct pn_compartment *compartment = &study->compartment[i];
        const struct pn_route *route = compartment->route;
        struct pn_trial_place *place = &arm->place[i];
        struct pn_span span;

        *place = (struct pn_trial_place){.F = -1, .ALAG = -1, .R = -1, .D = -1};
        if (pn_system_part(arm->system, study->drug[compartment->drug].name, &span) != 0)
            continue;
        place->present = 1;
        place->state = span.state + compartment->state;
        if (!route)
            continue;
        place->F = at(&span, route->F);
        place->ALAG = at(&span, route->ALAG);
        place->R = at(&span, route->R);
        place->D = at(&span, route->D);
        if (strcmp(route->name, "iv") == 0)
            into_vein(arm, &span, &study->drug[compartment->drug], place);
    }
    return PN_OK;
}

/* Infusions need states that take inputs; so does a compartment that is switched off. */
static int needs_inputs(const struct pn_study *study, const struct pn_arm *arm)
{
    for (size_t i = 0; i < arm->n_regimens; i++)
        if (arm->regimen[i].input != PN_BOLUS)
            return 1;
    for (size_t i = 0; study->events && i < study->events->n_events; i++)
        if (study->events->event[i].input != PN_BOLUS || study->events->event[i].off)
            return 1;
    return 0;
}

/* --- each drug alone --- */

/* A drug's own system: kinetics and what follows from it, without targets and disease. */
static int wire_drug(const struct pn_drug *drug, struct pn_units *units,
                     struct pn_system **system)
{
    struct parts parts = {.limit = 1 + drug->n_effects};
    int status;

    parts.part = calloc(parts.limit, sizeof *parts.part);
    if (!parts.part)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    add_part(&parts, drug->kinetics, drug->name, drug, NULL);
    for (size_t i = 0; i < drug->n_effects; i++)
        add_part(&parts, drug->effect[i].component, drug->effect[i].instance, drug, NULL);
    status = pn_system_create(parts.part, parts.n, units, system);
    free(parts.part);
    return status;
}

/* Index in the arm's system of a state or parameter of the drug's own. */
static size_t in_arm(const struct pn_system *arm, const struct pn_system *own,
                     enum pn_symbol_kind kind, size_t i)
{
    struct pn_symbol symbol = pn_system_symbol(own, kind, i);
    struct pn_span span = {0};
    const struct pn_quantity *table;

    pn_system_part(arm, symbol.instance, &span);
    table = kind == PN_STATE ? span.component->states : span.component->parameters;
    return (kind == PN_STATE ? span.state : span.parameter) +
           (size_t)(symbol.row - table);
}

static int map_drug(const struct pn_trial_arm *arm, struct pn_trial_drug *own)
{
    own->n_states = pn_system_n_states(own->system);
    own->n_parameters = pn_system_n_parameters(own->system);
    own->state = calloc(own->n_states + 1, sizeof *own->state);
    own->parameter = calloc(own->n_parameters + 1, sizeof *own->parameter);
    own->state_of = calloc(pn_system_n_states(arm->system) + 1, sizeof *own->state_of);
    if (!own->state || !own->parameter || !own->state_of)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < own->n_states; i++) {
        own->state[i] = in_arm(arm->system, own->system, PN_STATE, i);
        own->state_of[own->state[i]] = i;
    }
    for (size_t i = 0; i < own->n_parameters; i++)
        own->parameter[i] = in_arm(arm->system, own->system, PN_PARAMETER, i);
    return PN_OK;
}

static int drugs_of_arm(const struct pn_study *study, const struct pn_arm *given,
                        struct pn_units *units, struct pn_trial_arm *arm)
{
    size_t n = pn_system_n_states(arm->system);
    int status = PN_OK;

    arm->drug = calloc(study->n_drugs + 1, sizeof *arm->drug);
    arm->drug_of_state = calloc(n + 1, sizeof *arm->drug_of_state);
    if (!arm->drug || !arm->drug_of_state)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        arm->drug_of_state[i] = -1;
    for (size_t d = 0; d < study->n_drugs && status == PN_OK; d++) {
        struct pn_trial_drug *own = &arm->drug[d];
        if (!gives(given, d))
            continue;
        status = wire_drug(&study->drug[d], units, &own->system);
        if (status == PN_OK)
            status = map_drug(arm, own);
        for (size_t i = 0; status == PN_OK && i < own->n_states; i++)
            arm->drug_of_state[own->state[i]] = (int)d;
    }
    return status;
}

/* --- */

int pn_trial_arm_create(const struct pn_study *study, const struct pn_arm *given,
                        struct pn_units *units, struct pn_trial_arm *arm)
{
    int status = PN_OK;

    PN_TRY(wire_arm(study, given, units, &arm->system));
    PN_TRY(columns_of_arm(study, arm));
    PN_TRY(places_of_arm(study, arm));
    PN_TRY(drugs_of_arm(study, given, units, arm));
    arm->has_inputs = needs_inputs(study, given);
out:
    return status;
}

void pn_trial_arm_free(const struct pn_study *study, struct pn_trial_arm *arm)
{
    pn_system_free(&arm->system);
    for (size_t d = 0; arm->drug && d < study->n_drugs; d++) {
        pn_system_free(&arm->drug[d].system);
        free(arm->drug[d].state);
        free(arm->drug[d].parameter);
        free(arm->drug[d].state_of);
    }
    free(arm->drug);
    free(arm->drug_of_state);
    free(arm->place);
    free(arm->column);
    free(arm->present);
    free(arm->symbol);
    free(arm->test_read);
}
