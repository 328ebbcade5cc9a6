/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward is opened and closed: its beds, lanes and integrator. */
#include "solver/simulate/ward.h"

#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/integrate/nodes.h"
#include "solver/simulate/follow.h"
#include "solver/simulate/ladder.h"

size_t pn_ward_observations(const struct pn_ward *ward)
{
    return ward->study->n_outputs + ward->trial->n_moments;
}

/* --- a bed --- */

static int create_bed(const struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_study *study = ward->study;
    size_t n_parameters = pn_system_n_parameters(ward->arm->system);
    size_t n_due = pn_ward_observations(ward) + ward->trial->most_observations;
    size_t n_values = ward->trial->n_values + ward->trial->n_moments;
    size_t n_moments = study->n_visits + 1, n_states = ward->n_states + 1;

    bed->life.values = calloc(n_values + 1, sizeof(double));
    bed->row = calloc(study->population.n_variables + 1, sizeof *bed->row);
    bed->baseline = calloc(study->population.n_variables + 1, sizeof *bed->baseline);
    bed->parameters = calloc(n_parameters + 1, sizeof *bed->parameters);
    bed->initial = calloc(n_states, sizeof *bed->initial);
    bed->reads =
        calloc(n_moments * (pn_room_n_reads(ward->room) + 1), sizeof *bed->reads);
    bed->due = calloc(n_due + 1, sizeof *bed->due);
    bed->x_due = calloc((n_due + 1) * n_states, sizeof *bed->x_due);
    bed->x_moment = calloc(n_moments * n_states, sizeof *bed->x_moment);
    bed->followed = calloc(ward->trial->n_followed + 1, sizeof *bed->followed);
    bed->n_acted = calloc(study->arm[ward->i_arm].n_rules + 1, sizeof *bed->n_acted);
    if (!bed->life.values || !bed->row || !bed->baseline || !bed->parameters ||
        !bed->initial || !bed->reads || !bed->due || !bed->x_due || !bed->x_moment ||
        !bed->followed || !bed->n_acted ||
        pn_study_view_create(study, &bed->view) != PN_OK)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    return pn_course_create(ward->trial, ward->i_arm, &bed->course);
}

static void free_bed(struct pn_bed *bed)
{
    pn_course_free(&bed->course);
    pn_study_view_free(&bed->view);
    free(bed->life.values);
    free(bed->row);
    free(bed->baseline);
    free(bed->parameters);
    free(bed->initial);
    free(bed->reads);
    free(bed->due);
    free(bed->followed);
    free(bed->x_due);
    free(bed->x_moment);
    free(bed->n_acted);
}

/* --- the ward --- */

int pn_ward_halt(void *user)
{
    const struct pn_ward *ward = user;

    return ward->calls->halt && ward->calls->halt(ward->calls->user);
}

int pn_ward_integrator(struct pn_ward *ward)
{
    const struct pn_rung *rung = &pn_ladder[ward->rung];
    int probing = ward->probing && ward->study->max_steps > PN_PROBE_STEPS;
    struct pn_ode ode = pn_lanes_ode(ward->lanes);
    struct pn_integrate_options options = {
        .rtol = ward->study->rtol * rung->rtol_factor,
        .max_steps = probing ? PN_PROBE_STEPS : ward->study->max_steps,
        .may_be_stiff =
            !ward->probing && pn_ladder_next(ward->study->method, ward->rung) >= 0,
    };

    pn_integrator_free(&ward->integrator);
    return pn_integrator_create(pn_method_find(rung->method), &ode, &options,
                                &ward->integrator);
}

/* A drug's amounts are of compartments: none is below zero, but for an error of a
 * thousand absolute tolerances.  Disease states may be what they like. */
static void set_lowest(struct pn_ward *ward)
{
    struct pn_ode ode = pn_lanes_ode(ward->lanes);

    for (size_t k = 0; k < ward->n_states; k++)
        ward->lowest[k] = ward->arm->drug_of_state[k] >= 0
                              ? -ward->study->rtol * ode.scale[k]
                              : -(double)INFINITY;
}

int pn_ward_open(const struct pn_trial *trial, const struct pn_job_calls *calls,
                 int64_t job, struct pn_ward *ward)
{
    int status = PN_OK;

    *ward = (struct pn_ward){
        .trial = trial, .study = trial->study, .calls = calls, .next = job};
    ward->i_arm = pn_trial_job(trial, job).arm;
    ward->arm = &trial->arm[ward->i_arm];
    ward->n_states = pn_system_n_states(ward->arm->system);
    PN_TRY(pn_lanes_create(ward->arm->system, &ward->lanes));
    PN_TRY(pn_lanes_create(ward->arm->system, &ward->bench));
    if (ward->arm->has_inputs)
        pn_lanes_open_inputs(ward->lanes);
    PN_TRY(pn_room_create(trial, calls, &ward->room));
    ward->x = aligned_alloc(64, (ward->n_states + 1) * 64);
    ward->signal = aligned_alloc(64, (pn_system_n_signals(ward->arm->system) + 1) * 64);
    ward->lowest = calloc(ward->n_states + 1, sizeof *ward->lowest);
    ward->sample = aligned_alloc(64, (trial->n_followed * PN_NODES + 1) * 64);
    if (!ward->x || !ward->signal || !ward->lowest || !ward->sample)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (status == PN_OK)
        set_lowest(ward);
    for (size_t l = 0; l < PN_LANES && status == PN_OK; l++)
        status = create_bed(ward, &ward->bed[l]);
out:
    return status;
}

void pn_ward_close(struct pn_ward *ward)
{
    for (size_t l = 0; l < PN_LANES; l++)
        free_bed(&ward->bed[l]);
    pn_integrator_free(&ward->integrator);
    pn_room_free(&ward->room);
    pn_lanes_free(&ward->bench);
    pn_lanes_free(&ward->lanes);
    free(ward->x);
    free(ward->signal);
    free(ward->lowest);
    free(ward->sample);
    free(ward->retry);
    free(ward->failed);
}
