/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of correlated variables become groups, each with its Cholesky factor. */
#include <math.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/population/population.h"

/* Correlations between all variables; NaN: none was given. */
struct pairs {
    size_t n;
    double *rho;            /* [n][n] */
    struct pn_place *place; /* of one pair of each variable */
};

/* Only what is drawn through a normal score can be correlated: a column, a constant and
 * what follows from others cannot, and a pair with one of them is passed over. */
static int has_score(const struct pn_variable *v)
{
    return !v->column && v->n_cases > 0 && v->cases[0].kind != PN_FIXED &&
           v->cases[0].kind != PN_FOLLOWS;
}

/* @return index; -1: passed over; -2: complained */
static int index_of(struct pn_study_reader *r, const struct pn_given_pair *pair,
                    int which)
{
    const struct pn_population *population = &r->study->population;
    int index = pn_population_find(population, pair->name[which]);
    const struct pn_quantity *row;
    double molar_mass;

    if (index >= 0)
        return has_score(&population->variable[index]) ? index : -1;
    switch (pn_find_row(r, pair->place, pair->name[which], &row, &molar_mass)) {
    case 1:
        pn_complain(r->text.list, pair->place, "'%s' is correlated, but nobody gives it",
                    pair->name[which]);
        return -2;
    case 0:
        return -1;
    default:
        return -2;
    }
}

static void place_pair(struct pn_study_reader *r, struct pairs *pairs,
                       const struct pn_given_pair *pair)
{
    int i = index_of(r, pair, 0), j = index_of(r, pair, 1);
    double *upper, *lower;

    if (i < 0 || j < 0)
        return;
    upper = &pairs->rho[(size_t)i * pairs->n + (size_t)j];
    lower = &pairs->rho[(size_t)j * pairs->n + (size_t)i];
    if (!isnan(*upper))
        pn_complain(r->text.list, pair->place,
                    "the correlation of %s and %s is there twice", pair->name[0],
                    pair->name[1]);
    *upper = *lower = pair->rho;
    pairs->place[i] = pairs->place[j] = pair->place;
}

/* Spread a group's number to all that are connected with variable i. */
static size_t mark(const struct pairs *pairs, size_t i, int group, int *of, size_t *stack)
{
    size_t n_stack = 1, n = 0;

    stack[0] = i;
    of[i] = group;
    while (n_stack > 0) {
        size_t a = stack[--n_stack];
        n++;
        for (size_t b = 0; b < pairs->n; b++)
            if (of[b] < 0 && !isnan(pairs->rho[a * pairs->n + b])) {
                of[b] = group;
                stack[n_stack++] = b;
            }
    }
    return n;
}

/* Lower Cholesky factor of a correlation matrix.  @return 0: not positive definite. */
static int factorise(size_t n, const double *matrix, double *factor)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= factor[i * n + k] * factor[j * n + k];
            if (i == j && !(sum > 1e-12)) /* below: singular to rounding */
                return 0;
            factor[i * n + j] = i == j ? sqrt(sum) : sum / factor[j * n + j];
        }
    return 1;
}

static void fill_group(struct pn_study_reader *r, const struct pairs *pairs, int group,
                       const int *of, struct pn_correlation *c)
{
    struct pn_variable *variable = r->study->population.variable;
    size_t n = 0;

    for (size_t i = 0; i < pairs->n; i++)
        if (of[i] == group) {
            variable[i].group = group;
            variable[i].member = (int)n;
            c->variable[n++] = i;
        }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            double rho = pairs->rho[c->variable[a] * pairs->n + c->variable[b]];
            c->matrix[a * n + b] = a == b ? 1.0 : isnan(rho) ? 0.0 : rho;
        }
    if (!factorise(n, c->matrix, c->factor))
        pn_complain(r->text.list, pairs->place[c->variable[0]],
                    "the correlations of %s and %zu others are not positive definite",
                    variable[c->variable[0]].name, n - 1);
}

static void make_groups(struct pn_study_reader *r, const struct pairs *pairs)
{
    struct pn_population *population = &r->study->population;
    int *of = pn_arena_take(r->text.arena, pairs->n, sizeof *of);
    size_t *stack = pn_arena_take(r->text.arena, pairs->n, sizeof *stack);

    population->correlation =
        pn_arena_take(r->text.arena, pairs->n, sizeof *population->correlation);
    if (r->text.arena->failed)
        return;
    for (size_t i = 0; i < pairs->n; i++)
        of[i] = -1;
    for (size_t i = 0; i < pairs->n; i++) {
        struct pn_correlation *c = &population->correlation[population->n_correlations];
        if (of[i] >= 0 || !pairs->place[i].file)
            continue;
        c->n = mark(pairs, i, (int)population->n_correlations, of, stack);
        c->variable = pn_arena_take(r->text.arena, c->n, sizeof *c->variable);
        c->matrix = pn_arena_take(r->text.arena, c->n * c->n, sizeof *c->matrix);
        c->factor = pn_arena_take(r->text.arena, c->n * c->n, sizeof *c->factor);
        if (r->text.arena->failed)
            return;
        fill_group(r, pairs, (int)population->n_correlations++, of, c);
    }
}

void pn_assemble_correlations(struct pn_study_reader *r)
{
    struct pairs pairs = {.n = r->study->population.n_variables};

    if (!r->pairs)
        return;
    pairs.rho = pn_arena_take(r->text.arena, pairs.n * pairs.n, sizeof *pairs.rho);
    pairs.place = pn_arena_take(r->text.arena, pairs.n, sizeof *pairs.place);
    if (r->text.arena->failed)
        return;
    for (size_t i = 0; i < pairs.n * pairs.n; i++)
        pairs.rho[i] = (double)NAN;
    for (const struct pn_given_pair *pair = r->pairs; pair; pair = pair->next)
        place_pair(r, &pairs, pair);
    make_groups(r, &pairs);
}
