/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `design` of a study: a method, its factors, their values. */
#include <stdio.h>
#include <string.h>

#include "solver/study/design/factors.h"

/* Methods by their names, and the keys of each besides `method` and `source`. */
static const struct {
    const char *name, *keys[5];
} methods[] = {
    [PN_DESIGN_GRID] = {"grid",            {"factors"}                },
    [PN_DESIGN_LIST] = {"list",            {"file"}                   },
    [PN_DESIGN_RANDOM] = {"random",          {"points", "factors"}      },
    [PN_DESIGN_LATIN_HYPERCUBE] = {"latin_hypercube", {"points", "factors"}      },
    [PN_DESIGN_SOBOL] = {"sobol",           {"points", "factors"}      },
    [PN_DESIGN_COVARIANCE] = {"covariance",      {"points", "file", "scale"}},
};
enum { N_METHODS = sizeof methods / sizeof *methods };

const char *pn_design_method_name(enum pn_design_method method)
{
    return methods[method].name;
}

/* --- first: what it is made of, as it is named --- */

static int read_method(struct pn_study_reader *r, const struct pn_yaml *node,
                       enum pn_design_method *method)
{
    const struct pn_yaml *given = pn_need(&r->text, node, "the design", "method");
    const char *names[N_METHODS],
        *text = given ? pn_read_text(&r->text, given, "method") : NULL;

    if (!text)
        return 0;
    for (size_t i = 0; i < N_METHODS; i++) {
        names[i] = methods[i].name;
        if (strcmp(text, names[i]) == 0) {
            *method = (enum pn_design_method)i;
            return 1;
        }
    }
    pn_unknown(&r->text, given->place, "method of a design", text, names, N_METHODS);
    return 0;
}

/* The keys of the method are there, and no others; `scale` and `source` may be missing.
 */
static int has_its_keys(struct pn_study_reader *r, const struct pn_yaml *node,
                        enum pn_design_method method)
{
    const char *keys[8] = {"method", "source"};
    char what[64];
    size_t n = 2, before = r->text.list->n;

    snprintf(what, sizeof what, "a design by %s", methods[method].name);
    for (size_t i = 0; methods[method].keys[i]; i++)
        keys[n++] = methods[method].keys[i];
    pn_is_map_of(&r->text, node, what, keys, n);
    for (size_t i = 2; i < n; i++)
        if (strcmp(keys[i], "scale") != 0)
            pn_need(&r->text, node, what, keys[i]);
    return r->text.list->n == before;
}

static void note_factors(struct pn_study_reader *r, const struct pn_yaml *factors,
                         struct pn_design_notes *notes)
{
    if (!pn_is(&r->text, factors, PN_YAML_MAP, "factors") ||
        !pn_is_few(&r->text, factors, "factors", PN_CSV_FIELDS))
        return;
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

static void note_points(struct pn_study_reader *r, const struct pn_yaml *node,
                        struct pn_design_notes *notes)
{
    uint64_t n;

    if (pn_read_whole(&r->text, node, "points", 1, PN_MAX_VALUES, &n))
        notes->n_points = (size_t)n;
}

static void note_scale(struct pn_study_reader *r, const struct pn_yaml *node,
                       struct pn_design_notes *notes)
{
    static const char *const scales[] = {"linear", "log"};
    const char *text = pn_read_text(&r->text, node, "scale");

    if (!text)
        return;
    notes->log_scale = strcmp(text, "log") == 0;
    if (!notes->log_scale && strcmp(text, "linear") != 0)
        pn_unknown(&r->text, node->place, "scale", text, scales, 2);
}

void pn_read_design(struct pn_study_reader *r, const struct pn_yaml *node)
{
    struct pn_design_notes *notes = pn_arena_take(r->text.arena, 1, sizeof *notes);
    const struct pn_yaml *points, *scale, *file, *factors;

    if (!notes || !pn_is(&r->text, node, PN_YAML_MAP, "design") ||
        !read_method(r, node, &notes->method) || !has_its_keys(r, node, notes->method))
        return;
    notes->node = node;
    r->design = notes;
    points = pn_yaml_get(node, "points");
    scale = pn_yaml_get(node, "scale");
    file = pn_yaml_get(node, "file");
    factors = pn_yaml_get(node, "factors");
    if (points)
        note_points(r, points, notes);
    if (scale)
        note_scale(r, scale, notes);
    if (factors)
        note_factors(r, factors, notes);
    else
        pn_open_design_table(r, file, notes);
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
