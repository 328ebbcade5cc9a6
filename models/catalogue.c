/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue: the one list of all components and lung-function tests. */
#include "models/catalogue.h"

#include <string.h>

#include "solver/base/status.h"

/* One line for each file of the rooms beside this one: NAME stands for pn_component_NAME
 * or pn_test_NAME, or pn_follows_NAME of a covariate. */
#define COMPONENTS(ENTRY)                                                                \
    ENTRY(pk1)                                                                           \
    ENTRY(pk2)                                                                           \
    ENTRY(pk3)                                                                           \
    ENTRY(pk1_transit)                                                                   \
    ENTRY(pk2_transit)                                                                   \
    ENTRY(pk1_mm)                                                                        \
    ENTRY(pk2_mm)                                                                        \
    ENTRY(pk2_mm_micro)                                                                  \
    ENTRY(tmdd)                                                                          \
    ENTRY(tmdd_qss)                                                                      \
    ENTRY(ics_lung)                                                                      \
    ENTRY(inhaled2)                                                                      \
    ENTRY(inhaled2_slow)                                                                 \
    ENTRY(effect_compartment)                                                            \
    ENTRY(idr1)                                                                          \
    ENTRY(idr2)                                                                          \
    ENTRY(idr3)                                                                          \
    ENTRY(idr4)                                                                          \
    ENTRY(potency)                                                                       \
    ENTRY(potency_emax)                                                                  \
    ENTRY(target)                                                                        \
    ENTRY(eosinophils)                                                                   \
    ENTRY(eosinophils_il5)                                                               \
    ENTRY(feno)                                                                          \
    ENTRY(asm_mass)                                                                      \
    ENTRY(asm_growth)                                                                    \
    ENTRY(lambert)                                                                       \
    ENTRY(airway_wall)

#define TESTS(ENTRY)                                                                     \
    ENTRY(spirometry)                                                                    \
    ENTRY(challenge)                                                                     \
    ENTRY(oscillometry)                                                                  \
    ENTRY(reversibility)                                                                 \
    ENTRY(fractional_flows)

#define FOLLOWS(ENTRY) ENTRY(FEV1)

#define DECLARE_COMPONENT(name) extern const struct pn_component pn_component_##name;
#define DECLARE_TEST(name)      extern const struct pn_test pn_test_##name;
#define DECLARE_FOLLOWS(name)   extern const struct pn_follows pn_follows_##name;
#define LIST_COMPONENT(name)    &pn_component_##name,
#define LIST_TEST(name)         &pn_test_##name,
#define LIST_FOLLOWS(name)      &pn_follows_##name,

COMPONENTS(DECLARE_COMPONENT)
TESTS(DECLARE_TEST)
FOLLOWS(DECLARE_FOLLOWS)

static const struct pn_component *const components[] = {COMPONENTS(LIST_COMPONENT) NULL};
static const struct pn_test *const tests[] = {TESTS(LIST_TEST) NULL};
static const struct pn_follows *const follows[] = {FOLLOWS(LIST_FOLLOWS) NULL};

/* Those of the study that is being read; each thread reads its own. */
enum { N_BUILT_IN = sizeof components / sizeof *components - 1, MOST_ADDED = 64 };
static _Thread_local const struct pn_component *added[MOST_ADDED];
static _Thread_local size_t n_added;

int pn_component_add(const struct pn_component *component)
{
    if (n_added == MOST_ADDED)
        return PN_FAIL(PN_ERR_INPUT, "more than %d components of plug-ins", MOST_ADDED);
    added[n_added++] = component;
    return PN_OK;
}

void pn_component_forget(void)
{
    n_added = 0;
}

static const struct pn_component *component_at(size_t i)
{
    if (i < N_BUILT_IN)
        return components[i];
    return i < N_BUILT_IN + n_added ? added[i - N_BUILT_IN] : NULL;
}

const struct pn_component *pn_component_next(const struct pn_component *after)
{
    size_t i = 0;

    while (after && component_at(i) && component_at(i) != after)
        i++;
    return after && component_at(i) ? component_at(i + 1) : component_at(i);
}

const struct pn_test *pn_test_next(const struct pn_test *after)
{
    size_t i = 0;

    while (after && tests[i] && tests[i] != after)
        i++;
    return after && tests[i] ? tests[i + 1] : tests[i];
}

const struct pn_component *pn_component_find(const char *name)
{
    const struct pn_component *c = pn_component_next(NULL);

    while (c && strcmp(c->name, name) != 0)
        c = pn_component_next(c);
    return c;
}

const struct pn_test *pn_test_find(const char *name)
{
    const struct pn_test *t = pn_test_next(NULL);

    while (t && strcmp(t->name, name) != 0)
        t = pn_test_next(t);
    return t;
}

const struct pn_follows *pn_follows_next(const struct pn_follows *after)
{
    for (size_t i = 0; after && follows[i]; i++)
        if (follows[i] == after)
            return follows[i + 1];
    return after ? NULL : follows[0];
}

const struct pn_follows *pn_follows_find(const char *covariate)
{
    for (size_t i = 0; follows[i]; i++)
        if (strcmp(follows[i]->name, covariate) == 0)
            return follows[i];
    return NULL;
}
