/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `visits`: when the patient comes, and which tests are done. */
#include <math.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/given.h"
#include "solver/study/parts.h"

enum { MAX_NAMES = 256 };

static const struct pn_test *find_test(struct pn_study_reader *r,
                                       const struct pn_yaml *node)
{
    const char *names[MAX_NAMES];
    const struct pn_test *test;
    size_t n = 0;

    if (!pn_is(&r->text, node, PN_YAML_TEXT, "a test"))
        return NULL;
    test = pn_test_find(node->text);
    for (const struct pn_test *t = pn_test_next(NULL); t && n < MAX_NAMES;
         t = pn_test_next(t))
        names[n++] = t->name;
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

static void read_tests(struct pn_study_reader *r, const struct pn_yaml *tests, void *into,
                       const struct pn_key *key)
{
    struct pn_visit *visit = into;

    (void)key;
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

/* clang-format off */
static const struct pn_key visit_keys[] = {
    {"at", PN_KEY_QUANTITY, "h", NULL, 0, HUGE_VAL,
     "time since the start of the study, later than that of the visit before",
     .must = PN_KEY_EVERYWHERE, .at = offsetof(struct pn_visit, time)},
    {"tests", PN_KEY_LIST, NULL, NULL, 0, PN_MAX_CATEGORIES,
     "names of lung-function tests (`pneuma models`); without it what is decided at the "
     "visit is decided by signals alone", .read = read_tests},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_visit_map = {"visit", "a visit", "one visit, of `visits`",
                                        .keys = visit_keys};

static void read_visit(struct pn_study_reader *r, const struct pn_yaml *map)
{
    struct pn_study *study = r->study;
    struct pn_visit *visit = &study->visit[study->n_visits];
    size_t before = r->text.list->n;

    *visit = (struct pn_visit){.place = map->place}; /* one may have failed here */
    if (!pn_read_map(r, map, &pn_visit_map, visit) &&
        (map->kind != PN_YAML_MAP || !pn_yaml_get(map, "at")))
        return;
    if (r->text.list->n == before && study->n_visits > 0 &&
        !(visit->time > visit[-1].time))
        pn_complain(r->text.list, pn_yaml_get(map, "at")->place,
                    "the visit is not after the one before it");
    study->n_visits++;
}

void pn_read_visits(struct pn_study_reader *r, const struct pn_yaml *visits, void *into,
                    const struct pn_key *key)
{
    (void)into;
    (void)key;
    r->study->visit = pn_arena_take(r->text.arena, visits->n, sizeof *r->study->visit);
    for (const struct pn_yaml *node = visits->first; node && !r->text.arena->failed;
         node = node->next)
        read_visit(r, node);
}
