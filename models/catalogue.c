/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue: the one list of all components and lung-function tests. */
#include "models/catalogue.h"

#include <string.h>

/* One line for each file of the rooms beside this one: NAME stands for pn_component_NAME
 * or pn_test_NAME. */
#define COMPONENTS(ENTRY)                                                                \
    ENTRY(pk1)                                                                           \
    ENTRY(pk2)                                                                           \
    ENTRY(pk3)                                                                           \
    ENTRY(pk1_transit)                                                                   \
    ENTRY(pk2_transit)                                                                   \
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
    ENTRY(reversibility)

#define DECLARE_COMPONENT(name) extern const struct pn_component pn_component_##name;
#define DECLARE_TEST(name)      extern const struct pn_test pn_test_##name;
#define LIST_COMPONENT(name)    &pn_component_##name,
#define LIST_TEST(name)         &pn_test_##name,

COMPONENTS(DECLARE_COMPONENT)
TESTS(DECLARE_TEST)

static const struct pn_component *const components[] = {COMPONENTS(LIST_COMPONENT) NULL};
static const struct pn_test *const tests[] = {TESTS(LIST_TEST) NULL};

const struct pn_component *pn_component_next(const struct pn_component *after)
{
    size_t i = 0;

    while (after && components[i] && components[i] != after)
        i++;
    return after && components[i] ? components[i + 1] : components[i];
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
