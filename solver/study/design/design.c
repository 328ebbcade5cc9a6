/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `design` of a study: a method, its factors, their values. */
#include <stdio.h>
#include <string.h>

#include "solver/study/design/factors.h"

static const char *const methods[] = {[PN_DESIGN_GRID] = "grid",
                                      [PN_DESIGN_LIST] = "list",
                                      [PN_DESIGN_RANDOM] = "random",
                                      [PN_DESIGN_LATIN_HYPERCUBE] = "latin_hypercube",
                                      [PN_DESIGN_SOBOL] = "sobol",
                                      [PN_DESIGN_COVARIANCE] = "covariance",
                                      NULL};

const char *pn_design_method_name(enum pn_design_method method)
{
    return methods[method];
}

/* --- first: what it is made of, as it is named --- */

/* a design while its map is read; the kinds of its map are 1 << method */
struct design_keys {
    size_t n_points;
    int log_scale;
    const struct pn_yaml *factors, *file;
};
enum {
    GRID = 1 << PN_DESIGN_GRID,
    LIST = 1 << PN_DESIGN_LIST,
    COVARIANCE = 1 << PN_DESIGN_COVARIANCE,
    DRAWN = 1 << PN_DESIGN_RANDOM | 1 << PN_DESIGN_LATIN_HYPERCUBE | 1 << PN_DESIGN_SOBOL,
};

/* clang-format off */
static const struct pn_key design_keys[] = {
    {"method", PN_KEY_CHOICE, .must = PN_KEY_EVERYWHERE, .choices = methods,
     .read = pn_key_ignored,
     .sentence = "all combinations; rows of a table; independent draws; one draw in each "
                 "of N equal shares of every factor; Sobol' sequence, from its second "
                 "point on; normal around the study's own values"},
    {"points", PN_KEY_WHOLE, NULL, NULL, 1, PN_MAX_VALUES, "how many are drawn",
     .in = DRAWN | COVARIANCE, .must = DRAWN | COVARIANCE,
     .at = offsetof(struct design_keys, n_points)},
    {"factors", PN_KEY_NAMES, NULL, NULL, 0, PN_CSV_FIELDS,
     "what differs, by name: its levels in a grid, else its distribution",
     .in = GRID | DRAWN, .must = GRID | DRAWN, .read = pn_key_later,
     .at = offsetof(struct design_keys, factors), .map = &pn_levels_map},
    {"file", PN_KEY_FILE, .in = LIST | COVARIANCE, .must = LIST | COVARIANCE,
     .read = pn_key_later, .at = offsetof(struct design_keys, file),
     .sentence = "a CSV with columns NAME [UNIT]: of points, or a covariance with a "
                 "first column `name`"},
    {"scale", PN_KEY_CHOICE, NULL, "linear", .choices = pn_scale_name, .in = COVARIANCE,
     .at = offsetof(struct design_keys, log_scale),
     .sentence = "whether the covariance is that of the values or of their logarithms"},
    {"source", PN_KEY_TEXT, .read = pn_key_ignored, .sentence = "where it is from: free"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_design_map = {
    "design", "the design", "the study at many points; its draws are the same at each",
    .keys = design_keys, .kinds = methods};

static int read_method(struct pn_study_reader *r, const struct pn_yaml *node,
                       enum pn_design_method *method)
{
    const struct pn_yaml *given = pn_need(&r->text, node, "the design", "method");
    int found = given ? pn_read_choice(r, given, "method of a design", methods) : -1;

    if (found >= 0)
        *method = (enum pn_design_method)found;
    return found >= 0;
}

static void note_factors(struct pn_study_reader *r, const struct pn_yaml *factors,
                         struct pn_design_notes *notes)
{
    if (factors->n == 0)
        pn_complain(r->text.list, factors->place, "the design has no factors");
    if (notes->method == PN_DESIGN_SOBOL && factors->n > PN_MAX_SOBOL) {
        pn_complain(r->text.list, factors->place,
                    "%zu factors: the method sobol takes at most %d; latin_hypercube has "
                    "no limit",
                    factors->n, PN_MAX_SOBOL);
        return;
    }
    notes->wanted = pn_arena_take(r->text.arena, factors->n, sizeof *notes->wanted);
    for (const struct pn_yaml *key = factors->first; key && notes->wanted;
         key = key->next)
        notes->wanted[notes->n++] = (struct pn_wanted){
            .name = key->text, .place = key->place, .node = key->value};
}

void pn_read_design(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                    const struct pn_key *key)
{
    struct pn_design_notes *notes = pn_arena_take(r->text.arena, 1, sizeof *notes);
    struct design_keys keys = {0, 0, NULL, NULL};
    struct pn_reading reading = {.map = &pn_design_map, .into = &keys};

    (void)into;
    (void)key;
    if (!notes || !read_method(r, node, &notes->method))
        return;
    reading.kind = 1U << notes->method;
    reading.what =
        pn_arena_print(r->text.arena, "a design by %s", methods[notes->method]);
    if (!pn_read_map_of(r, node, &reading))
        return;
    notes->node = node;
    notes->n_points = keys.n_points;
    notes->log_scale = keys.log_scale;
    r->design = notes;
    if (keys.factors)
        note_factors(r, keys.factors, notes);
    else
        pn_open_design_table(r, keys.file, notes);
}

/* --- then: what that changes, and to what --- */

/* Do two factors change the same thing?  A drug in all arms is also the drug in one. */
static int is_same(const struct pn_factor *a, const struct pn_factor *b)
{
    if (a->kind != b->kind || a->variable != b->variable)
        return 0;
    if (a->variable >= 0)
        return a->kind != PN_FACTOR_EFFECT || a->effect == b->effect;
    return a->drug == b->drug && (a->arm == b->arm || a->arm < 0 || b->arm < 0);
}

static void find_factors(struct pn_study_reader *r, struct pn_design_notes *notes,
                         struct pn_design *design)
{
    for (size_t i = 0; i < notes->n; i++) {
        struct pn_factor *factor = &design->factor[i];
        if (!pn_find_factor(r, &notes->wanted[i], factor))
            continue;
        for (size_t k = 0; k < i; k++)
            if (design->factor[k].name && is_same(factor, &design->factor[k])) {
                pn_complain(r->text.list, factor->place, "%s changes the same as %s",
                            factor->name, design->factor[k].name);
                break;
            }
    }
}

/* A regimen without `for` goes on to the end, whenever it starts. */
static void lengthen_regimens(struct pn_study *study, const struct pn_factor *factor)
{
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            struct pn_regimen *regimen = &study->arm[a].regimen[i];
            double end = regimen->start + regimen->duration;
            if ((factor->arm < 0 || (size_t)factor->arm == a) &&
                regimen->drug == factor->drug && regimen->every > 0.0 &&
                end >= study->duration * (1.0 - 1e-12) &&
                regimen->duration < study->duration)
                regimen->duration = study->duration;
        }
}

static void read_levels(struct pn_study_reader *r, struct pn_design_notes *notes,
                        struct pn_design *design)
{
    size_t n = 1;

    for (size_t i = 0; i < design->n_factors; i++)
        pn_read_levels(r, &notes->wanted[i], &design->factor[i]);
    for (size_t i = 0; i < design->n_factors; i++) {
        size_t levels = design->factor[i].n_levels;
        if (levels > 0 && n > PN_MAX_VALUES / levels / design->n_factors) {
            pn_complain(r->text.list, notes->node->place,
                        "a grid of more than %d values (points x factors)",
                        PN_MAX_VALUES);
            return;
        }
        n *= levels;
    }
    design->n_points = n;
}

static void read_distributions(struct pn_study_reader *r, struct pn_design_notes *notes,
                               struct pn_design *design)
{
    for (size_t i = 0; i < design->n_factors; i++) {
        struct pn_factor *factor = &design->factor[i];
        pn_read_distribution_of(r, factor->name, &factor->row,
                                notes->wanted[i].molar_mass, notes->wanted[i].node,
                                &factor->distribution);
    }
}

static void read_values(struct pn_study_reader *r, struct pn_design_notes *notes,
                        struct pn_design *design)
{
    design->n_points = notes->n_points;
    design->log_scale = notes->log_scale;
    if (design->n_points > PN_MAX_VALUES / design->n_factors) {
        pn_complain(r->text.list, notes->node->place,
                    "%zu points of %zu factors: at most %d values are computed",
                    design->n_points, design->n_factors, PN_MAX_VALUES);
        return;
    }
    switch (design->method) {
    case PN_DESIGN_GRID:
        read_levels(r, notes, design);
        break;
    case PN_DESIGN_LIST:
        pn_read_points(r, notes, design);
        break;
    case PN_DESIGN_COVARIANCE:
        pn_read_covariance(r, notes, design);
        break;
    case PN_DESIGN_RANDOM:
    case PN_DESIGN_LATIN_HYPERCUBE:
    case PN_DESIGN_SOBOL:
        read_distributions(r, notes, design);
        break;
    }
}

void pn_finish_design(struct pn_study_reader *r)
{
    struct pn_design_notes *notes = r->design;
    struct pn_design *design;
    size_t before = r->text.list->n;

    if (!notes || notes->n == 0)
        return;
    design = pn_arena_take(r->text.arena, 1, sizeof *design);
    if (!design)
        return;
    design->method = notes->method;
    design->n_factors = notes->n;
    design->factor = pn_arena_take(r->text.arena, notes->n, sizeof *design->factor);
    if (!design->factor)
        return;
    find_factors(r, notes, design);
    if (r->text.list->n > before)
        return;
    for (size_t i = 0; i < design->n_factors; i++)
        if (design->factor[i].kind == PN_FACTOR_START)
            lengthen_regimens(r->study, &design->factor[i]);
    read_values(r, notes, design);
    r->study->design = design;
}
