/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wired system with lanes, for the tests of solver/system. */
#ifndef PN_TESTS_SYSTEM_RIG_H
#define PN_TESTS_SYSTEM_RIG_H

#include "check.h"

#include "solver/base/status.h"
#include "solver/system/system.h"

#define MOST         40 /* states or signals of a system here */
#define MOST_NUMBERS 80 /* parameters of one */
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct pn_units *units; /* made by set_up */

/* a system with its lanes; every test wires one or more */
struct rig {
    struct pn_system *system;
    struct pn_lanes *lanes;
    struct pn_ode ode;
};

static inline struct rig wire(const struct pn_part *parts, size_t n)
{
    struct rig rig;

    if (pn_system_create(parts, n, units, &rig.system) != PN_OK)
        fail_msg("%s", pn_error_last()->text);
    assert_int_equal(pn_lanes_create(rig.system, &rig.lanes), PN_OK);
    rig.ode = pn_lanes_ode(rig.lanes);
    assert_true(rig.ode.n <= MOST && pn_system_n_signals(rig.system) <= MOST);
    return rig;
}

static inline void unwire(struct rig *rig)
{
    pn_lanes_free(&rig->lanes);
    pn_lanes_free(&rig->lanes);
    pn_system_free(&rig->system);
    pn_system_free(&rig->system);
}

/* parameters of a lane: the tables' values, each moved a little, other in every lane */
static inline void vary(const struct rig *rig, size_t lane, double by)
{
    double p[MOST_NUMBERS];
    size_t n = pn_system_n_parameters(rig->system);

    assert_true(n <= MOST_NUMBERS);
    for (size_t i = 0; i < n; i++)
        p[i] = pn_system_symbol(rig->system, PN_PARAMETER, i).row->value *
               (1.0 + by * (double)((i + 2 * lane) % 5));
    pn_lanes_set(rig->lanes, lane, p);
}

static inline size_t index_of(const struct rig *rig, const char *name)
{
    struct pn_symbol symbol;

    if (pn_system_find(rig->system, name, &symbol) != 0)
        fail_msg("no %s", name);
    return symbol.index;
}

static inline void start(const struct rig *rig, pn_lane *x)
{
    for (size_t l = 0; l < PN_LANES; l++)
        vary(rig, l, 0.1);
    pn_lanes_prepare(rig->lanes);
    pn_lanes_initial(rig->lanes, x);
}

static inline int set_up(void **state)
{
    (void)state;
    return pn_units_create(&units);
}

static inline int tear_down(void **state)
{
    (void)state;
    pn_units_free(&units);
    return 0;
}

#endif
