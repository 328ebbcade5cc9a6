/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring: what flows where, in which order, under which names, and what is refused. */
#include "system_rig.h"
#include "system_toys.h"

static void a_part_waits_for_its_reads_if_it_can(void **state)
{
    const struct pn_component between = HALF("x.y", "1", 8, "1");
    const struct pn_part parts[] = {
        {.component = &twice,   .instance = "twice"  },
        {.component = &between, .instance = "between"},
    };
    struct rig rig = wire(parts, 2);
    pn_lane x[2] = {pn_all(3.0), pn_all(0.25)}, s[3];

    (void)state;
    n_twice_writes = 0;
    pn_lanes_signals(rig.lanes, x, s);
    assert_int_equal(n_twice_writes, 1);
    assert_true(s[0][1] == 9.0 && s[1][1] == 4.25 && s[2][1] == 4.0);
    unwire(&rig);
}

static void a_target_sums_over_its_drugs(void **state)
{
    const struct pn_component drug = FOLLOW("h", 1.0, "x.y", "1", 0);
    const struct pn_component potency = HALF("drug.out", "1", NEEDED, "1");
    const struct pn_component target = HALF("drugs.out", "1", 0, "1");
    const struct pn_part parts[] = {
        {.component = &target,  .instance = "dp2"  },
        {.component = &drug,    .instance = "m"    },
        {.component = &potency, .instance = "m.dp2", .drug = "m", .target = "dp2"},
        {.component = &drug,      .instance = "n"                        },
        {.component = &potency, .instance = "n.il5",.drug = "n", .target = "il5"},
        {.component = &potency,  .instance = "n.dp2",               .drug = "n", .target = "dp2"},
        {.component = &target,                     .instance = "tslp"                   },
    };
    struct rig rig = wire(parts, COUNT(parts));
    pn_lane x[2] = {pn_all(3.0), pn_all(8.0)}, s[MOST];

    (void)state;
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[index_of(&rig, "m.dp2.out")][0] == 1.5);
    assert_true(s[index_of(&rig, "n.il5.out")][0] == 4.0);
    assert_true(s[index_of(&rig, "dp2.out")][0] == 0.5 * (1.5 + 4.0));
    assert_true(s[index_of(&rig, "tslp.out")][0] == 0.0);
    unwire(&rig);
}

static void wires_convert_mass_to_molar_by_the_drug(void **state)
{
    const struct pn_component source = FOLLOW("h", 1.0, "x.y", "1", 0);
    struct pn_component drug = source;
    const struct pn_component potency = HALF("drug.out", "nmol/L", NEEDED, "1");
    struct pn_part parts[] = {
        {.component = &drug,    .instance = "d",     .molar_mass = 426.4},
        {.component = &potency, .instance = "d.dp2", .drug = "d"        },
    };
    pn_lane x[1] = {pn_all(2.0)}, s[2];

    (void)state;
    drug.writes = TABLE(ROW("out", "mg/L", 0));
    for (size_t who = 0; who < 2; who++) { /* the writer's drug, then the reader's */
        struct rig rig;

        parts[who].molar_mass = 426.4;
        parts[1 - who].molar_mass = 0;
        rig = wire(parts, 2);
        pn_lanes_signals(rig.lanes, x, s);
        assert_close(s[1][0], 0.5 * 2.0 * 1e6 / 426.4, 1e-14, 0);
        unwire(&rig);
    }
}

static void wrong_systems_are_refused_with_the_reason(void **state)
{
    const struct pn_component mass = HALF("x.y", "1", 0, "mg/L");
    const struct pn_component length = HALF("a.out", "m", 0, "1");
    const struct pn_component molar = HALF("a.out", "nmol/L", 0, "1");
    const struct pn_component from_a = HALF("a.out", "1", NEEDED, "1");
    const struct pn_component from_b = HALF("b.out", "1", NEEDED, "1");
    const struct pn_component from_c = HALF("c.out", "1", NEEDED, "1");
    const struct pn_component drugs = HALF("drug.C", "1", NEEDED, "1");
    struct pn_component asm1 = mass, asm2 = mass, flat = grow;
    const struct {
        struct pn_part part[4];
        const char *text;
    } cases[] = {
        {{{&mass, "a", 0, 0, 0}, {&mass, "a", 0, 0, 0}},   "two parts are called 'a'"},
        {{{&asm1, "a", 0, 0, 0}, {&asm2, "b", 0, 0, 0}},
         "'a' (half) and 'b' (half) both play the role 'asm': only one can"          },
        {{{&mass, "a", 0, 0, 0}, {&length, "b", 0, 0, 0}},
         "'b' reads 'a.out' from 'a.out': 'mg/L' cannot be converted to 'm'"         },
        {{{&mass, "a", 0, 0, 0}, {&molar, "b", 0, 0, 0}},
         "'b' reads 'a.out' from 'a.out': 'mg/L' cannot be converted to 'nmol/L' without "
         "the drug's molar_mass"                                                     },
        {{{&from_c, "b", 0, 0, 0}, {&asm1, "x", 0, 0, 0}},
         "'b' (half) reads 'c.out', which nothing writes; there is: b, asm"          },
        {{{&drugs, "b", 0, 0, 0}},
         "'b' (half) reads 'drug.C', which nothing writes; there is: b"              },
        {{{&from_a, "d", 0, 0, 0},
          {&from_b, "c", 0, 0, 0},
          {&from_c, "a", 0, 0, 0},
          {&from_a, "b", 0, 0, 0}},
         "a ring of signals without a state in it: a.out needs c.out needs b.out needs "
         "a.out"                                                                     },
        {{{&from_a, "a", 0, 0, 0}},
         "a ring of signals without a state in it: a.out needs a.out"                },
        {{{&flat, "a", 0, 0, 0}},                          "state 'a.X' has no scale"},
    };

    (void)state;
    asm1.role = asm2.role = "asm";
    flat.states = (const struct pn_quantity[])
    {
        {"X", "1", 0, 0, 1, "", "", .scale = 0}, PN_END_OF_TABLE
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pn_system *system = (struct pn_system *)1;
        size_t n = 0;

        while (n < 4 && cases[i].part[n].component)
            n++;
        assert_int_equal(pn_system_create(cases[i].part, n, units, &system),
                         PN_ERR_INPUT);
        assert_null(system);
        assert_string_equal(pn_error_last()->text, cases[i].text);
    }
}

static void starts_may_follow_from_parts_behind(void **state)
{
    const struct pn_component c[] = {
        FOLLOW("h", 1, "b.out", "1", NEEDED), FOLLOW("h", 1, "half.out", "1", NEEDED),
        HALF("a.out", "1", NEEDED, "1"), FOLLOW("h", 1, "x.y", "1", 7)};
    const struct pn_part parts[] = {
        {.component = &c[0], .instance = "c"   },
        {.component = &c[1], .instance = "b"   },
        {.component = &c[2], .instance = "half"},
        {.component = &c[3], .instance = "a"   },
    };
    struct rig rig = wire(parts, 4);
    pn_lane x[3];

    (void)state;
    pn_lanes_initial(rig.lanes, x);
    assert_true(x[2][0] == 15.0 && x[1][0] == 16.0 && x[0][0] == 33.0);
    unwire(&rig);
}

static void unread_signals_cost_no_rate_but_are_there(void **state)
{
    const struct pn_component output = HALF("cells.blood", "1", NEEDED, "%");
    struct pn_part parts[5];
    struct rig rig, lean = wire(t3, 4);
    pn_lane x[MOST], dx[MOST], s[MOST];
    size_t n_slots[2], n_subtractions[2];

    (void)state;
    memcpy(parts, t3, sizeof t3);
    parts[4] = (struct pn_part){.component = &output, .instance = "output"};
    rig = wire(parts, 5);
    pn_lanes_initial(rig.lanes, x);
    n_half_writes = 0;
    rig.ode.rate(rig.ode.context, x, dx);
    assert_int_equal(n_half_writes, 0);
    pn_lanes_signals(rig.lanes, x, s);
    assert_true(s[index_of(&rig, "output.out")][0] ==
                0.5 * s[index_of(&rig, "cells.blood")][0]);
    pn_system_cost(rig.system, &n_slots[0], &n_subtractions[0]);
    pn_system_cost(lean.system, &n_slots[1], &n_subtractions[1]);
    assert_int_equal(n_slots[0], n_slots[1]);
    assert_int_equal(n_subtractions[0], n_subtractions[1]);
    unwire(&rig);
    unwire(&lean);
}

static void everything_has_its_name(void **state)
{
    const struct pn_component potency = HALF("drug.C", "ug/L", NEEDED, "1");
    struct pn_component tissue = muscle;
    struct pn_part parts[5];
    struct rig rig;
    struct pn_symbol symbol;
    struct pn_span span;

    (void)state;
    memcpy(parts, t3, sizeof t3);
    tissue.role = "asm";
    tissue.writes = TABLE(ROW("A", "%", 0)); /* a signal called as a state */
    tissue.write = follow_write;
    parts[3].component = &tissue;
    parts[4] =
        (struct pn_part){.component = &potency, .instance = "pk.dp2", .drug = "pk"};
    rig = wire(parts, 5);
    assert_int_equal(pn_system_n_states(rig.system), 11);
    assert_int_equal(pn_system_n_signals(rig.system), 5);
    assert_int_equal(pn_system_n_parameters(rig.system), 5);
    assert_int_equal(pn_system_find(rig.system, "cells.kout", &symbol), 0);
    assert_true(symbol.kind == PN_PARAMETER && symbol.index == 4);
    assert_int_equal(pn_system_find(rig.system, "cells.B", &symbol), 0);
    assert_true(symbol.kind == PN_STATE && symbol.index == 9);
    assert_string_equal(symbol.instance, "cells");
    assert_string_equal(symbol.row->name, "B");
    assert_int_equal(pn_system_find(rig.system, "muscle.A", &symbol), 0);
    assert_true(symbol.kind == PN_SIGNAL && symbol.index == 3);
    assert_int_equal(pn_system_find(rig.system, "pk.dp2.out", &symbol), 0);
    assert_int_equal(symbol.index, 4);
    assert_int_equal(pn_system_find(rig.system, "pk.dp2", &symbol), -1);
    assert_int_equal(pn_system_find(rig.system, "asm.A", &symbol), 0); /* by its role */
    assert_true(symbol.kind == PN_SIGNAL && symbol.index == 3);
    assert_int_equal(pn_system_find_read(rig.system, "asm.A", &symbol), 0);
    assert_int_equal(pn_system_find_read(rig.system, "muscle.A", &symbol), -1);
    assert_string_equal(pn_system_symbol(rig.system, PN_STATE, 10).row->name, "A");
    assert_string_equal(pn_system_symbol(rig.system, PN_SIGNAL, 1).instance, "occupancy");
    assert_int_equal(pn_system_part(rig.system, "pk", &span), 0);
    assert_true(span.state == 0 && span.parameter == 0 && span.n_parameters == 3);
    assert_int_equal(pn_system_part(rig.system, "nose", &span), -1);
    unwire(&rig);
}

static void a_part_is_found_at_its_place(void **state)
{
    const struct pn_part parts[] = {t3[3], t3[2], t3[1], t3[0]};
    struct rig rig = wire(parts, 4);
    struct pn_span span;

    (void)state;
    assert_int_equal(pn_system_part(rig.system, "pk", &span), 0);
    assert_int_equal(span.state, index_of(&rig, "pk.A0"));
    assert_int_equal(span.parameter + 2, index_of(&rig, "pk.KA"));
    assert_ptr_equal(span.component, t3[0].component);
    unwire(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_waits_for_its_reads_if_it_can),
        cmocka_unit_test(a_target_sums_over_its_drugs),
        cmocka_unit_test(wires_convert_mass_to_molar_by_the_drug),
        cmocka_unit_test(wrong_systems_are_refused_with_the_reason),
        cmocka_unit_test(starts_may_follow_from_parts_behind),
        cmocka_unit_test(unread_signals_cost_no_rate_but_are_there),
        cmocka_unit_test(everything_has_its_name),
        cmocka_unit_test(a_part_is_found_at_its_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
