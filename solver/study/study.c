/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/study/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/base/status.h"
#include "solver/study/design/factors.h"

enum { MAX_NAMES = 256 };

/* the study and, behind it, its memory */
struct whole {
    struct pn_study study;
    struct pn_arena arena;
};

/* --- disease and airway --- */

/* What a disease may be made of: neither kinetics nor a part of a drug. */
static int is_disease(const struct pn_component *component)
{
    if (component->routes)
        return 0;
    for (const struct pn_quantity *read = component->reads; read && read->name; read++)
        if (strncmp(read->name, "drug.", 5) == 0 || strncmp(read->name, "drugs.", 6) == 0)
            return 0;
    return 1;
}

static const struct pn_component *find_disease(struct pn_study_reader *r,
                                               const struct pn_yaml *node)
{
    const char *names[MAX_NAMES];
    const struct pn_component *component = pn_component_find(node->text);
    size_t n = 0;

    if (component && is_disease(component))
        return component;
    for (size_t i = 0; pn_components[i] && n < MAX_NAMES; i++)
        if (is_disease(pn_components[i]))
            names[n++] = pn_components[i]->name;
    pn_unknown(&r->text, node->place, "component", node->text, names, n);
    return NULL;
}

static struct pn_instance *add_part(struct pn_study_reader *r, const struct pn_yaml *node,
                                    const char *name)
{
    const struct pn_component *component = find_disease(r, node);
    struct pn_disease_part *part = &r->study->part[r->study->n_parts];
    struct pn_instance *instance =
        component ? pn_instance_add(r, node->place, name, component->parameters) : NULL;

    if (!instance)
        return NULL;
    part->instance = pn_arena_copy(r->text.arena, name, strlen(name));
    part->component = component;
    r->study->n_parts++;
    return instance;
}

static void read_entry(struct pn_study_reader *r, const struct pn_yaml *entry)
{
    const struct pn_instance *instance;

    if (entry->kind == PN_YAML_MAP && entry->n == 1) {
        instance = add_part(r, entry->first, entry->first->text);
        if (instance)
            pn_give_parameters(r, instance, entry->first->value, NULL, 0, PN_BY_STUDY);
    } else if (entry->kind == PN_YAML_MAP) {
        pn_complain(r->text.list, entry->place,
                    "an entry of disease must be NAME or {NAME: {PARAMETER: value}}");
    } else if (pn_is(&r->text, entry, PN_YAML_TEXT, "an entry of disease")) {
        add_part(r, entry, entry->text);
    }
}

void pn_read_disease(struct pn_study_reader *r, const struct pn_yaml *disease,
                     const struct pn_yaml *airway)
{
    static const char *const others[] = {"model", "tree"};
    size_t n = disease && disease->kind == PN_YAML_LIST ? disease->n : 0;
    const struct pn_yaml *model, *tree;
    const struct pn_instance *instance;

    r->study->part = pn_arena_take(r->text.arena, n + 1, sizeof *r->study->part);
    if (r->text.arena->failed)
        return;
    if (disease && pn_is(&r->text, disease, PN_YAML_LIST, "disease"))
        for (const struct pn_yaml *entry = disease->first; entry; entry = entry->next)
            read_entry(r, entry);
    if (!airway || !pn_is(&r->text, airway, PN_YAML_MAP, "airway"))
        return;
    tree = pn_yaml_get(airway, "tree");
    if (tree)
        pn_read_tree(r, tree);
    if (tree && airway->n == 1) /* nothing moves its calibre */
        return;
    model = pn_need(&r->text, airway, "airway", "model");
    if (!model || !pn_is(&r->text, model, PN_YAML_TEXT, "model"))
        return;
    instance = add_part(r, model, "airway");
    if (instance)
        pn_give_parameters(r, instance, airway, others, 2, PN_BY_STUDY);
}

/* --- visits, output, solver --- */

static const struct pn_test *find_test(struct pn_study_reader *r,
                                       const struct pn_yaml *node)
{
    const char *names[MAX_NAMES];
    const struct pn_test *test;
    size_t n = 0;

    if (!pn_is(&r->text, node, PN_YAML_TEXT, "a test"))
        return NULL;
    test = pn_test_find(node->text);
    for (; pn_tests[n] && n < MAX_NAMES; n++)
        names[n] = pn_tests[n]->name;
    if (!test)
        pn_unknown(&r->text, node->place, "test", node->text, names, n);
    return test;
}

static void add_test_instance(struct pn_study_reader *r, const struct pn_yaml *node,
                              const struct pn_test *test)
{
    for (const struct pn_instance *i = r->instances; i; i = i->next)
        if (i->parameters == test->parameters && strcmp(i->name, test->name) == 0)
            return;
    pn_instance_add(r, node->place, test->name, test->parameters);
}

static void read_tests(struct pn_study_reader *r, const struct pn_yaml *tests,
                       struct pn_visit *visit)
{
    if (!pn_is(&r->text, tests, PN_YAML_LIST, "tests") ||
        !pn_is_few(&r->text, tests, "tests", PN_MAX_CATEGORIES))
        return;
    visit->test = pn_arena_take(r->text.arena, tests->n, sizeof *visit->test);
    for (const struct pn_yaml *node = tests->first; node && !r->text.arena->failed;
         node = node->next) {
        const struct pn_test *test = find_test(r, node);
        if (!test)
            continue;
        for (size_t i = 0; i < visit->n_tests; i++)
            if (visit->test[i] == test)
                pn_complain(r->text.list, node->place, "the test '%s' is there twice",
                            test->name);
        visit->test[visit->n_tests++] = test;
        add_test_instance(r, node, test);
    }
}

static void read_visit(struct pn_study_reader *r, const struct pn_yaml *map)
{
    static const char *const keys[] = {"at", "tests"};
    struct pn_study *study = r->study;
    struct pn_visit *visit = &study->visit[study->n_visits];
    const struct pn_yaml *at, *tests;

    if (!pn_is_map_of(&r->text, map, "a visit", keys, 2))
        return;
    *visit = (struct pn_visit){.place = map->place}; /* one may have failed here */
    at = pn_need(&r->text, map, "a visit", "at");
    tests = pn_yaml_get(map, "tests");
    if (tests)
        read_tests(r, tests, visit);
    if (!at || !pn_read_quantity(&r->text, at, "at", "h", 0.0, &visit->time))
        return;
    if (visit->time < 0.0)
        pn_complain(r->text.list, at->place,
                    "the visit is before the start of the study");
    else if (study->n_visits > 0 && !(visit->time > visit[-1].time))
        pn_complain(r->text.list, at->place, "the visit is not after the one before it");
    study->n_visits++;
}

static void read_visits(struct pn_study_reader *r, const struct pn_yaml *visits)
{
    if (!pn_is(&r->text, visits, PN_YAML_LIST, "visits"))
        return;
    r->study->visit = pn_arena_take(r->text.arena, visits->n, sizeof *r->study->visit);
    for (const struct pn_yaml *node = visits->first; node && !r->text.arena->failed;
         node = node->next)
        read_visit(r, node);
}

static void read_duration(struct pn_study_reader *r, const struct pn_yaml *root)
{
    const struct pn_yaml *node = pn_yaml_get(root, "duration");
    struct pn_study *study = r->study;

    for (size_t i = 0; i < study->n_visits; i++)
        study->duration = fmax(study->duration, study->visit[i].time);
    if (!node && study->events)
        for (size_t i = 0; i < study->events->n_events; i++)
            study->duration = fmax(study->duration, study->events->event[i].time);
    if (!node) {
        if (study->n_visits == 0 && !r->table)
            pn_complain(r->text.list, root->place,
                        "the study has neither 'duration' nor "
                        "'visits': when does it end?");
        return;
    }
    if (!pn_read_between(&r->text, node, "duration", "h", 0.0, HUGE_VAL,
                         &study->duration))
        return;
    for (size_t i = 0; i < study->n_visits; i++)
        if (study->visit[i].time > study->duration)
            pn_complain(r->text.list, study->visit[i].place,
                        "the visit is after the end of the study at %g h",
                        study->duration);
}

/* Regimens without `for` go on to the end, which is known now. */
static void end_regimens(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;

    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            struct pn_regimen *regimen = &study->arm[a].regimen[i];
            if (regimen->start > study->duration) {
                pn_complain(r->text.list, regimen->place,
                            "the regimen starts after the end of the study at %g h",
                            study->duration);
                continue;
            }
            if (!(regimen->every > 0.0))
                continue;
            if (regimen->duration == 0.0)
                regimen->duration =
                    fmax(study->duration - regimen->start, regimen->every);
            if (regimen->duration / regimen->every > PN_MAX_TIMES)
                pn_complain(r->text.list, regimen->place, "more than %d doses",
                            PN_MAX_TIMES);
        }
}

static void read_keep(struct pn_study_reader *r, const struct pn_yaml *keep)
{
    struct pn_study *study = r->study;

    if (!pn_is(&r->text, keep, PN_YAML_LIST, "keep") ||
        !pn_is_few(&r->text, keep, "names", PN_MAX_KEPT))
        return;
    study->keep = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep);
    study->keep_place = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep_place);
    if (r->text.arena->failed)
        return;
    for (const struct pn_yaml *node = keep->first; node; node = node->next) {
        if (!pn_is(&r->text, node, PN_YAML_TEXT, "a name to keep"))
            continue;
        for (size_t i = 0; i < study->n_keep; i++)
            if (strcmp(study->keep[i], node->text) == 0)
                pn_complain(r->text.list, node->place, "'%.64s' is there twice",
                            node->text);
        study->keep[study->n_keep] = node->text;
        study->keep_place[study->n_keep++] = node->place;
    }
}

static void read_doses(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const words[] = {"all", "none"};
    const char *text = pn_read_text(&r->text, node, "doses");

    if (!text)
        return;
    r->study->leaves_out_doses = strcmp(text, "none") == 0;
    if (!r->study->leaves_out_doses && strcmp(text, "all") != 0)
        pn_unknown(&r->text, node->place, "doses", text, words, 2);
}

static void make_output_times(struct pn_study_reader *r, double every)
{
    struct pn_study *study = r->study;
    double n = floor(study->duration / every * (1.0 + 1e-12)) + 1.0;

    study->n_outputs = (size_t)n;
    study->output = pn_arena_take(r->text.arena, study->n_outputs, sizeof *study->output);
    for (size_t k = 0; study->output && k < study->n_outputs; k++)
        study->output[k] = fmin((double)k * every, study->duration);
}

static void read_output(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const keys[] = {"every", "keep", "doses"};
    const struct pn_yaml *keep = NULL, *interval = NULL, *doses = NULL;
    double every = r->study->duration > 0.0 ? r->study->duration : 1.0; /* h */

    if (node && pn_is_map_of(&r->text, node, "output", keys, 3)) {
        keep = pn_yaml_get(node, "keep");
        interval = pn_yaml_get(node, "every");
        doses = pn_yaml_get(node, "doses");
    }
    if (keep)
        read_keep(r, keep);
    if (doses)
        read_doses(r, doses);
    if (interval) {
        double given;
        if (!pn_read_quantity(&r->text, interval, "every", "h", 0.0, &given))
            return;
        /* a study whose end could not be read has been told so already */
        if (given > 0.0 && !(r->study->duration > 0.0) && r->text.list->n > 0)
            return;
        if (!(given > 0.0) || given > every ||
            r->study->duration / given > PN_MAX_TIMES) {
            pn_complain(r->text.list, interval->place,
                        "outputs every %g h do not fit a study of %g h", given,
                        r->study->duration);
            return;
        }
        every = given;
    }
    make_output_times(r, every);
}

static void read_method(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const methods[] = {"auto", "explicit", "rosenbrock", "cvode"};
    char *text = pn_read_text(&r->text, node, "method");
    size_t i = 0;

    if (!text)
        return;
    while (i < 4 && strcmp(methods[i], text) != 0)
        i++;
    if (i == 4)
        pn_unknown(&r->text, node->place, "method", text, methods, 4);
    else
        r->study->method = text;
}

static void read_solver(struct pn_study_reader *r, const struct pn_yaml *solver)
{
    static const char *const keys[] = {"method", "rtol", "max_steps"};
    const struct pn_yaml *method, *rtol, *steps;
    uint64_t max_steps;

    if (!pn_is_map_of(&r->text, solver, "solver", keys, 3))
        return;
    method = pn_yaml_get(solver, "method");
    rtol = pn_yaml_get(solver, "rtol");
    steps = pn_yaml_get(solver, "max_steps");
    if (method)
        read_method(r, method);
    if (rtol)
        pn_read_between(&r->text, rtol, "rtol", "1", 1e-13, 0.1, &r->study->rtol);
    if (steps &&
        pn_read_whole(&r->text, steps, "max_steps", 1, UINT64_C(1) << 40, &max_steps))
        r->study->max_steps = (size_t)max_steps;
}

/* --- the whole --- */

static void read_name_and_seed(struct pn_study_reader *r, const struct pn_yaml *root)
{
    const struct pn_yaml *name = pn_need(&r->text, root, "the study", "name"),
                         *seed = pn_need(&r->text, root, "the study", "seed");

    if (name)
        r->study->name = pn_read_text(&r->text, name, "name");
    if (seed)
        pn_read_whole(&r->text, seed, "seed", 0, UINT64_MAX, &r->study->seed);
}

static void read_reset(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const resets[] = {"drugs", "all"};
    const char *text = pn_read_text(&r->text, node, "reset");

    if (!text)
        return;
    r->study->reset_all = strcmp(text, "all") == 0;
    if (!r->study->reset_all && strcmp(text, "drugs") != 0)
        pn_unknown(&r->text, node->place, "reset", text, resets, 2);
}

static void read_root(struct pn_study_reader *r, const struct pn_yaml *root,
                      const char *events_path)
{
    static const char *const keys[] = {
        "name",   "seed",   "population", "disease", "airway",   "drugs",
        "arms",   "visits", "output",     "solver",  "duration", "max_failed",
        "events", "reset",  "endpoints",  "keep",    "summary",  "design"};
    const struct pn_yaml *population, *arms,
        *visits = pn_yaml_get(root, "visits"), *solver = pn_yaml_get(root, "solver"),
        *events = pn_yaml_get(root, "events"), *reset = pn_yaml_get(root, "reset"),
        *failed = pn_yaml_get(root, "max_failed"),
        *endpoints = pn_yaml_get(root, "endpoints"), *keep = pn_yaml_get(root, "keep"),
        *design = pn_yaml_get(root, "design");

    pn_is_map_of(&r->text, root, "the study", keys, sizeof keys / sizeof *keys);
    read_name_and_seed(r, root);
    population = pn_need(&r->text, root, "the study", "population");
    arms = pn_need(&r->text, root, "the study", "arms");
    if (reset)
        read_reset(r, reset);
    r->has_events = events || events_path;
    pn_read_disease(r, pn_yaml_get(root, "disease"), pn_yaml_get(root, "airway"));
    if (arms)
        pn_read_arms(r, arms, pn_yaml_get(root, "drugs"));
    pn_read_events(r, events, events_path);
    if (visits)
        read_visits(r, visits);
    read_duration(r, root);
    pn_finish_rules(r);
    end_regimens(r);
    read_output(r, pn_yaml_get(root, "output"));
    if (solver)
        read_solver(r, solver);
    if (failed)
        pn_read_between(&r->text, failed, "max_failed", "1", 0.0, 1.0,
                        &r->study->max_failed);
    if (endpoints)
        pn_read_endpoints(r, endpoints);
    if (keep)
        pn_read_keep_lives(r, keep);
    pn_read_summary(r, pn_yaml_get(root, "summary"));
    if (population)
        pn_read_population(r, population);
    if (design)
        pn_read_design(r, design);
    pn_assemble_population(r);
    if (!r->text.arena->failed)
        pn_assemble_correlations(r);
    if (!r->text.arena->failed)
        pn_finish_events(r);
    pn_finish_keep_lives(r, keep);
}

static void list_inputs(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;
    size_t n = 0;

    for (const struct pn_source *s = r->text.sources; s; s = s->next)
        n++;
    study->input = pn_arena_take(r->text.arena, n, sizeof *study->input);
    for (const struct pn_source *s = r->text.sources; s && study->input; s = s->next) {
        study->input[study->n_inputs].path = s->path;
        memcpy(study->input[study->n_inputs++].sha256, s->sha256, sizeof s->sha256);
    }
}

/* text: in place of the file's; NULL: none */
static int read_study(struct pn_study_reader *r, const char *path, const char *text,
                      const char *events)
{
    size_t before = r->text.list->n;
    struct pn_source *source;
    struct pn_yaml *root;
    int status = text ? pn_source_hold(&r->text, path, text, &source)
                      : pn_source_load(&r->text, path, PN_YAML_BYTES, &source);

    if (status == PN_ERR_INPUT)
        return pn_complain(r->text.list, (struct pn_place){path, 0, 0}, "%s",
                           pn_error_last()->text);
    if (status != PN_OK)
        return status;
    r->study->file = source->path;
    r->study->method = pn_arena_copy(r->text.arena, "auto", 4);
    r->study->rtol = 1e-6;
    r->study->max_steps = 1000000;
    r->study->max_failed = 0.01;
    root =
        pn_yaml_parse(source->text, source->n, source->path, r->text.arena, r->text.list);
    if (root && pn_is(&r->text, root, PN_YAML_MAP, "a study"))
        read_root(r, root, events);
    if (r->text.list->n == before && !r->text.arena->failed)
        pn_finish_design(r); /* looks at all of the study */
    list_inputs(r);
    if (r->text.arena->failed)
        return PN_ERR_MEMORY;
    return r->text.list->n > before ? PN_ERR_INPUT : PN_OK;
}

int pn_study_read(const char *path, struct pn_units *units, struct pn_complaints *list,
                  struct pn_study **out)
{
    return pn_study_read_events(path, NULL, units, list, out);
}

static int read_any(const char *path, const char *text, const char *events,
                    struct pn_units *units, struct pn_complaints *list,
                    struct pn_study **out)
{
    struct whole *whole = calloc(1, sizeof *whole);
    struct pn_study_reader *r = calloc(1, sizeof *r);
    struct pn_study *study = whole ? &whole->study : NULL;
    int status;

    *out = NULL;
    if (!whole || !r) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    r->text.arena = &whole->arena;
    r->text.units = units;
    r->text.list = list;
    r->study = study;
    status = read_study(r, path, text, events);
    if (status == PN_OK) {
        *out = study;
        study = NULL;
    }
out:
    free(r);
    pn_study_free(&study);
    return status;
}

int pn_study_read_events(const char *path, const char *events, struct pn_units *units,
                         struct pn_complaints *list, struct pn_study **out)
{
    return read_any(path, NULL, events, units, list, out);
}

int pn_study_read_text(const char *path, const char *text, struct pn_units *units,
                       struct pn_complaints *list, struct pn_study **out)
{
    return read_any(path, text, NULL, units, list, out);
}

void pn_study_free(struct pn_study **study)
{
    struct whole *whole = (struct whole *)*study; /* its first member */

    if (!whole)
        return;
    pn_arena_free(&whole->arena);
    free(whole);
    *study = NULL;
}
