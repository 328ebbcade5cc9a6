/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/catalogue.h"

#include <string.h>

/* One line for each file of this folder: NAME stands for pn_component_NAME or
 * pn_test_NAME. */
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

const struct pn_component *const pn_components[] = {COMPONENTS(LIST_COMPONENT) NULL};
const struct pn_test *const pn_tests[] = {TESTS(LIST_TEST) NULL};

const struct pn_component *pn_component_find(const char *name)
{
    for (size_t i = 0; pn_components[i]; i++)
        if (strcmp(pn_components[i]->name, name) == 0)
            return pn_components[i];
    return NULL;
}

const struct pn_test *pn_test_find(const char *name)
{
    for (size_t i = 0; pn_tests[i]; i++)
        if (strcmp(pn_tests[i]->name, name) == 0)
            return pn_tests[i];
    return NULL;
}
