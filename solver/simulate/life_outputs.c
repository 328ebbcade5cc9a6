/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was recorded of a life becomes outputs and reads of tests. */
#include <math.h>
#include <string.h>

#include "solver/simulate/ward.h"

/* Signals at states of one patient, several times side by side. */
struct moment {
    const double *x; /* [n_states] */
    size_t slot;
};

static void signals_of(struct pn_ward *ward, const struct moment *moment, size_t n)
{
    for (size_t l = 0; l < PN_LANES; l++)
        for (size_t k = 0; k < ward->n_states; k++)
            ward->x[k][l] = moment[l < n ? l : n - 1].x[k];
    pn_lanes_signals(ward->bench, ward->x, ward->signal);
}

static double time_of_slot(const struct pn_bed *bed, size_t slot)
{
    for (size_t i = 0; i < bed->n_due; i++)
        if (bed->due[i].slot == slot)
            return bed->due[i].time;
    return 0.0;
}

static double value_of(const struct pn_ward *ward, size_t output, size_t lane)
{
    const struct pn_symbol *symbol = &ward->arm->symbol[output];

    if (!ward->arm->present[output])
        return 0.0; /* a drug that is not given here */
    return symbol->kind == PN_STATE ? ward->x[symbol->index][lane]
                                    : ward->signal[symbol->index][lane];
}

/* A value that is no number ends the life: the first one is named. */
static void store(struct pn_bed *bed, size_t i, size_t at, double value, size_t slot)
{
    bed->life.values[at] = value;
    if (isfinite(value) || bed->bad_output >= 0)
        return;
    bed->bad_output = (int)i;
    bed->bad_time = time_of_slot(bed, slot);
}

static void store_outputs(struct pn_ward *ward, struct pn_bed *bed, size_t slot,
                          size_t lane)
{
    size_t n = ward->study->n_outputs, own = pn_ward_observations(ward);
    enum pn_output_over over = slot < n ? PN_OVER_TIME : PN_OVER_OBSERVATIONS;
    size_t place = slot < n ? slot : slot - own;

    if (slot >= n && slot < own) {
        bed->life.values[ward->trial->n_values + slot - n] =
            value_of(ward, ward->trial->moment[slot - n].output, lane);
        return;
    }
    for (size_t i = 0; i < ward->trial->n_outputs; i++) {
        const struct pn_output *output = &ward->trial->output[i];
        if (output->over == over && ward->arm->symbol[i].row)
            store(bed, i, output->first + place, value_of(ward, i, lane), slot);
        else if (output->over == over && strcmp(output->name, "obs.n_doses") != 0)
            bed->life.values[output->first + place] = 0.0;
    }
}

static void store_reads(struct pn_ward *ward, struct pn_bed *bed, size_t moment,
                        size_t lane)
{
    size_t n = pn_room_n_reads(ward->room), k = 0;

    for (size_t t = 0; t < ward->trial->n_tests; t++)
        for (size_t i = 0; i < ward->trial->test[t].n_reads; i++, k++)
            bed->reads[moment * n + k] = ward->arm->test_read[k] >= 0
                                             ? ward->signal[ward->arm->test_read[k]][lane]
                                             : ward->trial->test[t].test->reads[i].value;
}

/* What is recorded is watched: the dense output of a step that is too long for it errs
 * where the step does not. */
static void watch_amounts(const struct pn_ward *ward, struct pn_bed *bed,
                          const struct moment *moment, size_t n)
{
    pn_mask below = {0};

    for (size_t k = 0; k < ward->n_states; k++)
        below |= ward->x[k] < pn_all(ward->lowest[k]);
    for (size_t l = 0; l < n && !bed->negative; l++)
        if (below[l]) {
            bed->negative = 1;
            bed->bad_time = time_of_slot(bed, moment[l].slot);
        }
}

static void flush_outputs(struct pn_ward *ward, struct pn_bed *bed)
{
    struct moment moment[PN_LANES];

    while (bed->i_flushed < bed->i_due) {
        size_t n = 0;
        for (; n < PN_LANES && bed->i_flushed < bed->i_due; n++, bed->i_flushed++) {
            size_t slot = bed->due[bed->i_flushed].slot;
            moment[n] = (struct moment){bed->x_due + slot * ward->n_states, slot};
        }
        signals_of(ward, moment, n);
        watch_amounts(ward, bed, moment, n);
        for (size_t l = 0; l < n; l++)
            store_outputs(ward, bed, moment[l].slot, l);
    }
}

/* moment 0 is the beginning, where the airway is fitted; moment v + 1 is visit v */
static void flush_reads(struct pn_ward *ward, struct pn_bed *bed)
{
    struct moment moment[PN_LANES];

    while (ward->trial->n_tests > 0 && bed->n_visits_flushed < bed->n_visits + 1) {
        size_t n = 0;
        for (; n < PN_LANES && bed->n_visits_flushed < bed->n_visits + 1; n++) {
            size_t slot = bed->n_visits_flushed++;
            moment[n] = (struct moment){bed->x_moment + slot * ward->n_states, slot};
        }
        signals_of(ward, moment, n);
        for (size_t l = 0; l < n; l++)
            store_reads(ward, bed, moment[l].slot, l);
    }
}

static void set_bench(struct pn_ward *ward, const struct pn_bed *bed)
{
    for (size_t l = 0; l < PN_LANES; l++)
        pn_lanes_set(ward->bench, l, bed->parameters);
    pn_lanes_prepare(ward->bench);
}

void pn_life_evaluate(struct pn_ward *ward, size_t lane, size_t slot)
{
    struct pn_bed *bed = &ward->bed[lane];
    const struct moment moment = {bed->x_due + slot * ward->n_states, slot};

    set_bench(ward, bed);
    signals_of(ward, &moment, 1);
    watch_amounts(ward, bed, &moment, 1);
    store_outputs(ward, bed, slot, 0);
}

void pn_life_flush(struct pn_ward *ward, size_t lane)
{
    struct pn_bed *bed = &ward->bed[lane];

    set_bench(ward, bed);
    flush_outputs(ward, bed);
    flush_reads(ward, bed);
}

void pn_life_store_doses(struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_trial *trial = ward->trial;
    size_t n;
    const struct pn_given_dose *dose = pn_course_doses(bed->course, &n);

    bed->life.n_doses = (uint32_t)n;
    for (size_t i = 0; trial->most_doses && i < n && i < trial->most_doses; i++) {
        const double number[PN_DOSE_OUTPUTS] = {
            [PN_DOSE_TIME] = dose[i].time,
            [PN_DOSE_AMOUNT] = dose[i].amount,
            [PN_DOSE_DURATION] = dose[i].duration,
            [PN_DOSE_COMPARTMENT] = dose[i].compartment,
            [PN_DOSE_RATE] = dose[i].rate,
            [PN_DOSE_II] = dose[i].ii,
            [PN_DOSE_SS] = dose[i].ss,
            [PN_DOSE_ROW] = dose[i].row,
        };
        for (int k = 0; k < PN_DOSE_OUTPUTS; k++)
            if (trial->dose_output[k])
                bed->life.values[trial->dose_output[k]->first + i] = number[k];
    }
}
