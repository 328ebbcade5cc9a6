/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of an output by its lives: all patients of an arm side by side, some times
 * at once. */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/base/time.h"
#include "solver/inspect/statistics_walk.h"
#include "solver/result/slab.h"

enum { HELD_BYTES = 64 << 20 }; /* of an arm's numbers held at once */

/* The numbers of one arm: some times of it, and those of its baseline. */
struct arm_numbers {
    double *value; /* [n_patients][n_held][n_places] */
    double *base;  /* [n_patients][n_places]; unused without a baseline */
};

struct lives {
    const struct pn_statistics_walk *walk;
    const struct pn_field *field;
    const struct pn_statistics_form *form;
    size_t n_patients, n_times, n_places; /* each at least 1 */
    size_t n_most;                        /* times held at once */
    size_t first, n_held;                 /* those held now */
    size_t baseline;                      /* its time; n_times: none */
    size_t point, arm, reference;
    int is_positive, is_ratio; /* is_ratio: an endpoint with change: ratio */
    const double *responders;  /* [n_cells]; NULL: not defined */
    struct arm_numbers own, other;
    double *x, *twin, *change; /* [n_patients] */
};

/* --- reading --- */

static size_t extent(const struct pn_field *field, int dimension)
{
    return dimension < 0 ? 1 : field->extent[dimension];
}

static void put(size_t *of, int dimension, size_t value)
{
    if (dimension >= 0)
        of[dimension] = value;
}

/* times first … first + n - 1 of all patients of an arm */
static int read_times(const struct lives *l, size_t arm, size_t first, size_t n,
                      double *value)
{
    const struct pn_statistics_form *form = l->form;
    size_t start[PN_FIELD_RANK] = {0}, count[PN_FIELD_RANK] = {0};

    put(start, form->point, l->point);
    put(count, form->point, 1);
    put(start, form->arm, arm);
    put(count, form->arm, 1);
    put(count, form->patient, l->n_patients);
    put(start, form->time, first);
    put(count, form->time, n);
    put(count, form->place, l->n_places);
    return pn_field_slab(l->walk->result, l->field, start, count, value);
}

static int read_arm(const struct lives *l, size_t arm, struct arm_numbers *numbers)
{
    int status = read_times(l, arm, l->first, l->n_held, numbers->value);

    if (status == PN_OK && l->baseline < l->n_times)
        status = read_times(l, arm, l->baseline, 1, numbers->base);
    return status;
}

/* how many times are held from one on */
static size_t most_from(const struct lives *l, size_t first)
{
    return l->n_times - first < l->n_most ? l->n_times - first : l->n_most;
}

/* --- samples --- */

static size_t cell_of(const struct lives *l, size_t arm)
{
    return l->point * l->walk->result->n_arms + arm;
}

/* a covariate is known of patients who fail later */
static int is_there(const struct lives *l, size_t arm, size_t patient)
{
    const struct pn_statistics_walk *w = l->walk;

    return w->chosen[patient] &&
           (l->form->arm < 0 ||
            w->status[cell_of(l, arm) * l->n_patients + patient] == PN_OK);
}

/* the numbers of all patients at held time k and a place, or logarithms of them */
static void gather(const struct lives *l, size_t arm, const struct arm_numbers *numbers,
                   size_t k, size_t place, int is_log, double *x)
{
    for (size_t i = 0; i < l->n_patients; i++) {
        double value = numbers->value[(i * l->n_held + k) * l->n_places + place];

        x[i] = !is_there(l, arm, i) ? (double)NAN : is_log ? log(value) : value;
    }
}

/* x becomes its change from the baseline */
static void subtract_baseline(const struct lives *l, const struct arm_numbers *numbers,
                              size_t place, int is_log, double *x)
{
    for (size_t i = 0; i < l->n_patients; i++) {
        double base = numbers->base[i * l->n_places + place];

        x[i] -= is_log ? log(base) : base;
    }
}

static struct pn_mean_difference effect_of(double *x, size_t n)
{
    return pn_mean_difference_of(pn_sample_moments(x, pn_sample_present(x, n)));
}

/* x are logarithms of ratios */
static struct pn_mean_difference ratio_of(double *x, size_t n)
{
    struct pn_moments of = pn_sample_moments(x, pn_sample_present(x, n));

    of.mean = exp(of.mean);
    return pn_mean_ratio_of(of);
}

/* l->x is used up */
static void describe(const struct lives *l, struct pn_statistics_row *row)
{
    size_t n = pn_sample_present(l->x, l->n_patients);

    pn_statistics_put_moments(pn_sample_moments(l->x, n), row);
    gsl_sort(l->x, 1, n);
    row->least = pn_sample_quantile(l->x, n, 0.0);
    row->most = pn_sample_quantile(l->x, n, 1.0);
    for (int q = 0; q < PN_QUARTILES; q++)
        row->quantile[q] = pn_sample_quantile(l->x, n, pn_quartile_share[q]);
}

/* from logarithms to numbers; sd and se stay those of logarithms */
static void raise_row(struct pn_statistics_row *row)
{
    row->mean = exp(row->mean);
    row->low = exp(row->low);
    row->high = exp(row->high);
    row->least = exp(row->least);
    row->most = exp(row->most);
    for (int q = 0; q < PN_QUARTILES; q++)
        row->quantile[q] = exp(row->quantile[q]);
    pn_mean_difference_raise(&row->change);
    pn_mean_difference_raise(&row->contrast);
}

/* how patients changed, and how that differs from their twins */
static void compare(const struct lives *l, size_t k, size_t place, int is_log,
                    struct pn_statistics_row *row)
{
    int has_change = l->baseline < l->n_times && l->first + k != l->baseline, is_ratio;

    if (l->form->time >= 0 && !has_change)
        return;
    gather(l, l->arm, &l->own, k, place, is_log, l->change);
    if (has_change)
        subtract_baseline(l, &l->own, place, is_log, l->change);
    if (l->arm != l->reference && l->form->arm >= 0) {
        gather(l, l->reference, &l->other, k, place, is_log, l->twin);
        if (has_change)
            subtract_baseline(l, &l->other, place, is_log, l->twin);
        is_ratio = !is_log && l->is_ratio;
        pn_sample_contrast(l->change, l->twin, l->n_patients, is_ratio);
        row->against = l->walk->result->arm[l->reference];
        row->contrast = is_ratio ? ratio_of(l->twin, l->n_patients)
                                 : effect_of(l->twin, l->n_patients);
    }
    if (has_change)
        row->change = effect_of(l->change, l->n_patients);
}

static size_t count_failed(const struct lives *l)
{
    const struct pn_statistics_walk *w = l->walk;
    size_t n = 0;

    for (size_t i = 0; i < l->n_patients && l->form->arm >= 0; i++)
        n += w->chosen[i] && w->status[cell_of(l, l->arm) * l->n_patients + i] != PN_OK;
    return n;
}

static int tell(const struct lives *l, size_t k, size_t place, int is_log)
{
    const struct pn_statistics_form *form = l->form;
    struct pn_statistics_row row = pn_statistics_empty(l->field);

    row.over = form->time < 0    ? (form->arm < 0 ? "patient" : "life")
               : form->at_visits ? "visit"
                                 : "time";
    row.time = pn_statistics_time(l->walk, form, l->first + k);
    row.place = form->place < 0 ? -1 : (long long)place;
    row.point = form->point < 0 ? 0 : l->point + 1;
    row.arm = form->arm < 0 ? NULL : l->walk->result->arm[l->arm];
    row.is_log = is_log;
    row.is_ratio = l->is_ratio;
    row.n_failed = count_failed(l);
    gather(l, l->arm, &l->own, k, place, is_log, l->x);
    describe(l, &row);
    compare(l, k, place, is_log, &row);
    if (is_log)
        raise_row(&row);
    else if (l->responders)
        row.responders = l->responders[cell_of(l, l->arm)];
    return l->walk->call(l->walk->user, &row);
}

/* --- an arm, an output --- */

static int tell_arm(struct lives *l)
{
    int status = PN_OK;

    for (l->first = 0; l->first < l->n_times; l->first += l->n_held) {
        l->n_held = most_from(l, l->first);
        PN_TRY(read_arm(l, l->arm, &l->own));
        if (l->arm != l->reference)
            PN_TRY(read_arm(l, l->reference, &l->other));
        for (size_t k = 0; k < l->n_held; k++)
            for (size_t place = 0; place < l->n_places; place++)
                for (int is_log = 0; is_log <= l->is_positive; is_log++)
                    PN_TRY(tell(l, k, place, is_log));
    }
out:
    return status;
}

struct signs {
    size_t n_positive, n_other;
};

/* of the numbers that are held of an arm */
static void count_signs(const struct lives *l, size_t arm, struct signs *signs)
{
    size_t each = l->n_held * l->n_places;

    for (size_t i = 0; i < l->n_patients * each; i++)
        if (is_there(l, arm, i / each)) {
            signs->n_positive += l->own.value[i] > 0.0;
            signs->n_other += l->own.value[i] <= 0.0; /* the missing are neither */
        }
}

/* Are all numbers of patients who did not fail positive, and some there? */
static int look_for_positive(struct lives *l)
{
    size_t n_arms = extent(l->field, l->form->arm);
    size_t n_cells = extent(l->field, l->form->point) * n_arms;
    struct signs signs = {0, 0};
    int status = PN_OK;

    for (size_t cell = 0; cell < n_cells && signs.n_other == 0; cell++) {
        l->point = cell / n_arms;
        for (l->first = 0; l->first < l->n_times; l->first += l->n_held) {
            l->n_held = most_from(l, l->first);
            PN_TRY(read_times(l, cell % n_arms, l->first, l->n_held, l->own.value));
            count_signs(l, cell % n_arms, &signs);
        }
    }
    l->is_positive = signs.n_positive > 0 && signs.n_other == 0;
out:
    return status;
}

/* The time of the first visit, or the first one where there are no visits. */
static void find_baseline(struct lives *l)
{
    const struct pn_result *result = l->walk->result;

    l->baseline = l->n_times;
    if (l->form->time < 0)
        return;
    if (l->form->at_visits || result->n_visits == 0) {
        l->baseline = 0;
        return;
    }
    for (size_t k = l->n_times; k-- > 0;)
        if (pn_same_time(l->walk->time[k], l->walk->visit[0]))
            l->baseline = k;
}

static int allocate(struct lives *l)
{
    size_t each = l->n_patients * l->n_places, n;
    int good;

    l->n_most = HELD_BYTES / (sizeof(double) * (each + 1));
    l->n_most = l->n_most < 1 ? 1 : l->n_most < l->n_times ? l->n_most : l->n_times;
    n = each * l->n_most + 1;
    l->own.value = malloc(n * sizeof(double));
    l->own.base = malloc((each + 1) * sizeof(double));
    l->other.value = malloc(n * sizeof(double));
    l->other.base = malloc((each + 1) * sizeof(double));
    l->x = malloc((l->n_patients + 1) * sizeof(double));
    l->twin = malloc((l->n_patients + 1) * sizeof(double));
    l->change = malloc((l->n_patients + 1) * sizeof(double));
    good = l->own.value && l->own.base && l->other.value && l->other.base && l->x &&
           l->twin && l->change;
    return good ? PN_OK : PN_FAIL(PN_ERR_MEMORY, "out of memory for statistics");
}

static void release(struct lives *l)
{
    free(l->own.value);
    free(l->own.base);
    free(l->other.value);
    free(l->other.base);
    free(l->x);
    free(l->twin);
    free(l->change);
}

/* shares that the run has counted: the study's thresholds are its own */
static int read_responders(const struct lives *l, double **responders)
{
    char name[sizeof l->field->name + 16];
    const struct pn_field *field;

    snprintf(name, sizeof name, "%.160s.responders", l->field->name);
    field = pn_fields_find(&l->walk->fields, name);
    if (!field || field->kind != PN_FIELD_REAL || l->walk->options->where ||
        field->n != pn_result_n_cells(l->walk->result))
        return PN_OK;
    return pn_field_whole(l->walk->result, field, responders);
}

int pn_statistics_of_lives(const struct pn_statistics_walk *walk,
                           const struct pn_field *field,
                           const struct pn_statistics_form *form)
{
    struct lives l = {.walk = walk,
                      .field = field,
                      .form = form,
                      .n_patients = extent(field, form->patient),
                      .n_times = extent(field, form->time),
                      .n_places = extent(field, form->place),
                      .is_ratio = pn_statistics_is_ratio(walk, field->name),
                      .reference = pn_statistics_reference(walk, field->name)};
    size_t n_points = extent(field, form->point), n_arms = extent(field, form->arm);
    double *responders = NULL;
    int status;

    find_baseline(&l);
    PN_TRY(allocate(&l));
    PN_TRY(read_responders(&l, &responders));
    l.responders = responders;
    PN_TRY(look_for_positive(&l));
    for (l.point = 0; l.point < n_points; l.point++)
        for (l.arm = 0; l.arm < n_arms; l.arm++)
            PN_TRY(tell_arm(&l));
out:
    free(responders);
    release(&l);
    return status;
}
