/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks in the form of svZeroDSolver: vessels, junctions, boundary conditions. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/tree/readers/network_file.h"

enum { MOST_VESSELS = 500, MOST_POINTS = 100000 };

struct parser {
    struct pn_network_file *f;
    struct pn_reader *r;
    const struct pn_yaml *boundaries; /* list of them */
    size_t *end;                      /* of 2 ends a vessel: the end that stands for it */
    const struct pn_yaml **used;      /* boundary of each end, or NULL */
};

/* --- numbers and names --- */

static int take_number(struct parser *p, const struct pn_yaml *node, const char *what,
                       double low, double *value)
{
    const char *rest;
    double x;

    if (!pn_is(p->r, node, PN_YAML_TEXT, what))
        return 0;
    if (pn_number_parse(node->text, &rest, &x) != PN_NUMBER || *rest || !(x >= low)) {
        pn_complain(p->r->list, node->place, "%s: expected a number%s, found '%.40s'",
                    what,
                    low == 0  ? " that is not negative"
                    : low > 0 ? " above 0"
                              : "",
                    node->text);
        return 0;
    }
    *value = x;
    return 1;
}

/* Of a key that may be absent. */
static int optional(struct parser *p, const struct pn_yaml *map, const char *key,
                    double low, double *value)
{
    const struct pn_yaml *node = map ? pn_yaml_get(map, key) : NULL;

    return !node || take_number(p, node, key, low, value);
}

static int yes(const struct pn_yaml *map, const char *key, int otherwise)
{
    const struct pn_yaml *node = map ? pn_yaml_get(map, key) : NULL;

    return node && node->kind == PN_YAML_TEXT ? strcmp(node->text, "true") == 0
                                              : otherwise;
}

static size_t whole(struct parser *p, const struct pn_yaml *map, const char *key,
                    uint64_t low, uint64_t high, size_t otherwise)
{
    const struct pn_yaml *node = map ? pn_yaml_get(map, key) : NULL;
    uint64_t value = otherwise;

    if (node)
        pn_read_whole(p->r, node, key, low, high, &value);
    return (size_t)value;
}

static const char *text_of(struct parser *p, const struct pn_yaml *map, const char *what,
                           const char *key)
{
    const struct pn_yaml *node = pn_need(p->r, map, what, key);

    return node && pn_is(p->r, node, PN_YAML_TEXT, key) ? node->text : NULL;
}

/* --- the network as it grows --- */

static size_t add_node(struct pn_network *w, double C)
{
    w->C[w->n_nodes] = C;
    return w->n_nodes++;
}

static size_t add_branch(struct pn_network *w, size_t from, size_t to, double R, double S,
                         double L)
{
    w->branch[w->n_branches] = (struct pn_network_branch){from, to, R, S, L};
    return w->n_branches++;
}

static void add_source(struct pn_network *w, size_t node, int is_pressure, size_t n,
                       const double *t, const double *value)
{
    w->source[w->n_sources++] = (struct pn_network_source){
        node, is_pressure, {.n = n, .t = t, .value = value}
    };
}

static void add_constant_pressure(struct parser *p, size_t node, double value)
{
    double *kept = pn_arena_take(&p->f->arena, 1, sizeof *kept);

    if (!kept)
        return;
    *kept = value;
    add_source(&p->f->network, node, 1, 1, kept, kept);
}

/* --- boundary conditions --- */

static double *numbers(struct parser *p, const struct pn_yaml *list, const char *what,
                       size_t *n)
{
    double *value;

    *n = 0;
    if (!list || !pn_is(p->r, list, PN_YAML_LIST, what) ||
        !pn_is_few(p->r, list, what, MOST_POINTS))
        return NULL;
    value = pn_arena_take(&p->f->arena, list->n + 1, sizeof *value);
    for (const struct pn_yaml *item = list->first; value && item; item = item->next)
        if (!take_number(p, item, what, -DBL_MAX, &value[(*n)++]))
            return NULL;
    return value;
}

/* A table over a cycle; the period of all must be the same. */
static void wave(struct parser *p, size_t node, const struct pn_yaml *values,
                 const char *key, int is_pressure, double sign)
{
    const struct pn_yaml *times = pn_need(p->r, values, "bc_values", "t");
    const struct pn_yaml *list = pn_need(p->r, values, "bc_values", key);
    struct pn_network *w = &p->f->network;
    size_t n, n_t;
    double *t = numbers(p, times, "t", &n_t), *value = numbers(p, list, key, &n),
           size = 0;

    if (!t || !value)
        return;
    if (n != n_t || n < 2) {
        pn_complain(p->r->list, list->place,
                    "%s has %zu values, t has %zu; expected as "
                    "many, and 2 at least",
                    key, n, n_t);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size = fmax(size, fabs(value[i]));
        value[i] *= sign;
        if (i == 0 ? t[0] != 0 : !(t[i] > t[i - 1])) {
            pn_complain(p->r->list, times->place,
                        "t: expected increasing times from 0, found %g at number %zu",
                        t[i], i + 1);
            return;
        }
    }
    if (fabs(value[n - 1] - value[0]) > 1e-6 * size)
        pn_complain(p->r->list, list->place,
                    "%s begins at %g and ends at %g; expected the same: it is repeated",
                    key, value[0], value[n - 1]);
    value[n - 1] = value[0];
    if (w->period > 0 && fabs(w->period - t[n - 1]) > 1e-9 * w->period)
        pn_complain(p->r->list, times->place, "a cycle of %g, but of %g before", t[n - 1],
                    w->period);
    w->period = t[n - 1];
    add_source(w, node, is_pressure, n, t, value);
}

static void resistance(struct parser *p, size_t node, const struct pn_yaml *values)
{
    double R = 0, Pd = 0;
    const struct pn_yaml *given = pn_need(p->r, values, "bc_values", "R");

    if (!given || !take_number(p, given, "R", 0, &R) ||
        !optional(p, values, "Pd", -DBL_MAX, &Pd))
        return;
    add_constant_pressure(p, add_node(&p->f->network, 0), Pd);
    add_branch(&p->f->network, node, p->f->network.n_nodes - 1, R, 0, 0);
}

static void windkessel(struct parser *p, size_t node, const struct pn_yaml *values)
{
    static const char *const keys[] = {"Rp", "C", "Rd"};
    double x[3] = {0}, Pd = 0;
    struct pn_network *w = &p->f->network;
    size_t middle;

    for (size_t i = 0; i < 3; i++) {
        const struct pn_yaml *given = pn_need(p->r, values, "bc_values", keys[i]);
        if (!given || !take_number(p, given, keys[i], 0, &x[i]))
            return;
    }
    if (!optional(p, values, "Pd", -DBL_MAX, &Pd))
        return;
    middle = add_node(w, x[1]);
    add_branch(w, node, middle, x[0], 0, 0);
    add_branch(w, middle, add_node(w, 0), x[2], 0, 0);
    add_constant_pressure(p, w->n_nodes - 1, Pd);
}

/* sign: -1 where what is given flows out */
static void boundary(struct parser *p, const struct pn_yaml *bc, size_t node, double sign)
{
    static const char *const types[] = {"FLOW", "PRESSURE", "RESISTANCE", "RCR"};
    static const char *const keys[] = {"bc_name", "bc_type", "bc_values"};
    static const char *const value_keys[] = {"Q", "P", "t", "R", "Pd", "Rp", "C", "Rd"};
    const struct pn_yaml *values = pn_need(p->r, bc, "a boundary condition", "bc_values");
    const char *type = text_of(p, bc, "a boundary condition", "bc_type");

    if (!pn_is_map_of(p->r, bc, "a boundary condition", keys, 3) || !type || !values ||
        !pn_is_map_of(p->r, values, "bc_values", value_keys, 8))
        return;
    if (strcmp(type, types[0]) == 0)
        wave(p, node, values, "Q", 0, sign);
    else if (strcmp(type, types[1]) == 0)
        wave(p, node, values, "P", 1, 1);
    else if (strcmp(type, types[2]) == 0)
        resistance(p, node, values);
    else if (strcmp(type, types[3]) == 0)
        windkessel(p, node, values);
    else
        pn_unknown(p->r, pn_yaml_get(bc, "bc_type")->place, "bc_type", type, types, 4);
}

/* The condition of this name. */
static const struct pn_yaml *condition(struct parser *p, const struct pn_yaml *name)
{
    const char *known[MOST_VESSELS];
    size_t n = 0;

    if (!pn_is(p->r, name, PN_YAML_TEXT, "the name of a boundary condition"))
        return NULL;
    for (const struct pn_yaml *bc = p->boundaries->first; bc; bc = bc->next) {
        const char *own = bc->kind == PN_YAML_MAP
                              ? text_of(p, bc, "a boundary condition", "bc_name")
                              : NULL;
        if (own && strcmp(own, name->text) == 0)
            return bc;
        if (own && n < MOST_VESSELS)
            known[n++] = own;
    }
    pn_unknown(p->r, name->place, "boundary condition", name->text, known, n);
    return NULL;
}

/* --- vessels and junctions --- */

static size_t stands_for(struct parser *p, size_t end)
{
    while (p->end[end] != end)
        end = p->end[end];
    return end;
}

static int vessel_of(struct parser *p, const struct pn_yaml *vessels,
                     const struct pn_yaml *item, size_t *found)
{
    uint64_t id;
    size_t i = 0;

    if (!pn_read_whole(p->r, item, "vessel_id", 0, UINT32_MAX, &id))
        return 0;
    for (const struct pn_yaml *v = vessels->first; v; v = v->next, i++) {
        const struct pn_yaml *own = pn_yaml_get(v, "vessel_id");
        uint64_t value = UINT64_MAX;
        if (own && own->kind == PN_YAML_TEXT)
            value = strtoull(own->text, NULL, 10);
        if (value == id) {
            *found = i;
            return 1;
        }
    }
    pn_complain(p->r->list, item->place, "no vessel has the vessel_id %s", item->text);
    return 0;
}

/* side 1: the ends where vessels end there, 0: where they begin */
static void join(struct parser *p, const struct pn_yaml *vessels,
                 const struct pn_yaml *junction, const char *key, size_t side,
                 size_t *together)
{
    const struct pn_yaml *list = pn_need(p->r, junction, "a junction", key);
    size_t v;

    if (!list || !pn_is(p->r, list, PN_YAML_LIST, key))
        return;
    for (const struct pn_yaml *item = list->first; item; item = item->next) {
        if (!vessel_of(p, vessels, item, &v))
            continue;
        if (*together == SIZE_MAX)
            *together = stands_for(p, 2 * v + side);
        else
            p->end[stands_for(p, 2 * v + side)] = *together;
    }
}

static void junctions(struct parser *p, const struct pn_yaml *root,
                      const struct pn_yaml *vessels)
{
    static const char *const types[] = {"NORMAL_JUNCTION", "internal_junction"};
    const struct pn_yaml *list = pn_yaml_get(root, "junctions");

    if (!list || !pn_is(p->r, list, PN_YAML_LIST, "junctions"))
        return;
    for (const struct pn_yaml *j = list->first; j; j = j->next) {
        const struct pn_yaml *type;
        size_t together = SIZE_MAX;
        if (!pn_is(p->r, j, PN_YAML_MAP, "a junction"))
            continue;
        type = pn_yaml_get(j, "junction_type");
        if (type && type->kind == PN_YAML_TEXT && strcmp(type->text, types[0]) != 0 &&
            strcmp(type->text, types[1]) != 0)
            pn_unknown(p->r, type->place, "junction_type", type->text, types, 2);
        join(p, vessels, j, "inlet_vessels", 1, &together);
        join(p, vessels, j, "outlet_vessels", 0, &together);
    }
}

/* BloodVessel: resistance, what it stores, inertia; BloodVesselCRL: what it stores first.
 */
static void vessel(struct parser *p, const struct pn_yaml *node, const size_t *place,
                   size_t number)
{
    static const char *const types[] = {"BloodVessel", "BloodVesselCRL"};
    static const char *const value_keys[] = {"R_poiseuille", "stenosis_coefficient", "C",
                                             "L"};
    const struct pn_yaml *values =
        pn_need(p->r, node, "a vessel", "zero_d_element_values");
    const char *type = text_of(p, node, "a vessel", "zero_d_element_type");
    struct pn_vessel *v = &p->f->vessel[number];
    struct pn_network *w = &p->f->network;
    double R = 0, C = 0, L = 0, S = 0;
    size_t middle;

    if (!type || !values ||
        !pn_is_map_of(p->r, values, "zero_d_element_values", value_keys, 4))
        return;
    if (!optional(p, values, "R_poiseuille", 0, &R) || !optional(p, values, "C", 0, &C) ||
        !optional(p, values, "L", 0, &L) ||
        !optional(p, values, "stenosis_coefficient", 0, &S))
        return;
    v->name = text_of(p, node, "a vessel", "vessel_name");
    v->in = place[stands_for(p, 2 * number)];
    v->out = place[stands_for(p, 2 * number + 1)];
    if (strcmp(type, types[1]) == 0) {
        v->C_in = C;
    } else if (strcmp(type, types[0]) != 0) {
        pn_unknown(p->r, node->place, "zero_d_element_type", type, types, 2);
        return;
    } else if (L == 0) {
        v->C_out = C;
    } else if (C > 0) {
        middle = add_node(w, C);
        v->branch_in = add_branch(w, v->in, middle, R, S, 0);
        v->branch_out = add_branch(w, middle, v->out, 0, 0, L);
        return;
    }
    w->C[v->in] += v->C_in;
    w->C[v->out] += v->C_out;
    v->branch_in = v->branch_out = add_branch(w, v->in, v->out, R, S, L);
}

static void vessel_boundaries(struct parser *p, const struct pn_yaml *node,
                              const size_t *place, size_t number)
{
    static const char *const keys[] = {"inlet", "outlet"};
    const struct pn_yaml *map = pn_yaml_get(node, "boundary_conditions");

    if (!map || !pn_is_map_of(p->r, map, "boundary_conditions", keys, 2))
        return;
    for (size_t side = 0; side < 2; side++) {
        const struct pn_yaml *name = pn_yaml_get(map, keys[side]);
        const struct pn_yaml *bc = name ? condition(p, name) : NULL;
        size_t end = stands_for(p, 2 * number + side);
        if (bc && p->used[end])
            pn_complain(p->r->list, name->place,
                        "a second boundary condition at one place");
        else if (bc)
            boundary(p, bc, place[end], side == 0 ? 1 : -1);
        if (bc)
            p->used[end] = bc;
    }
}

/* An end that no junction joins to another and no condition stands at. */
static void check_ends(struct parser *p, const struct pn_yaml *vessels)
{
    size_t i = 0;

    for (const struct pn_yaml *v = vessels->first; v; v = v->next, i++)
        for (size_t end = 2 * i; end < 2 * i + 2; end++) {
            size_t at = stands_for(p, end), together = 0;
            for (size_t other = 0; other < 2 * p->f->n_vessels; other++)
                together += stands_for(p, other) == at;
            if (together < 2 && !p->used[at])
                pn_complain(p->r->list, v->place,
                            "vessel '%.60s' leads nowhere: its %s needs a junction or a "
                            "boundary condition",
                            p->f->vessel[i].name ? p->f->vessel[i].name : "?",
                            end % 2 ? "outlet" : "inlet");
        }
}

static int build(struct parser *p, const struct pn_yaml *root)
{
    static const char *const keys[] = {"description", "boundary_conditions", "junctions",
                                       "vessels", "simulation_parameters"};
    const struct pn_yaml *vessels = pn_need(p->r, root, "a network", "vessels");
    struct pn_network_file *f = p->f;
    struct pn_network *w = &f->network;
    size_t n, *place, i = 0;

    p->boundaries = pn_need(p->r, root, "a network", "boundary_conditions");
    if (!vessels || !p->boundaries || !pn_is(p->r, vessels, PN_YAML_LIST, "vessels") ||
        !pn_is(p->r, p->boundaries, PN_YAML_LIST, "boundary_conditions") ||
        !pn_is_few(p->r, vessels, "vessels", MOST_VESSELS))
        return PN_ERR_INPUT;
    n = vessels->n;
    f->n_vessels = n;
    f->vessel = pn_arena_take(&f->arena, n + 1, sizeof *f->vessel);
    p->end = pn_arena_take(&f->arena, 2 * n + 1, sizeof *p->end);
    p->used = pn_arena_take(&f->arena, 2 * n + 1, sizeof *p->used);
    place = pn_arena_take(&f->arena, 2 * n + 1, sizeof *place);
    /* two ends, a middle, at most two nodes and branches of a boundary at each end */
    w->C = pn_arena_take(&f->arena, 7 * n + 1, sizeof *w->C);
    w->branch = pn_arena_take(&f->arena, 6 * n + 1, sizeof *w->branch);
    w->source = pn_arena_take(&f->arena, 2 * n + 1, sizeof *w->source);
    if (f->arena.failed)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (i = 0; i < 2 * n; i++)
        p->end[i] = i;
    junctions(p, root, vessels);
    for (i = 0; i < 2 * n; i++)
        if (stands_for(p, i) == i)
            place[i] = add_node(w, 0);
    i = 0;
    for (const struct pn_yaml *v = vessels->first; v; v = v->next, i++)
        if (pn_is(p->r, v, PN_YAML_MAP, "a vessel")) {
            vessel(p, v, place, i);
            vessel_boundaries(p, v, place, i);
        }
    if (n == 0)
        pn_complain(p->r->list, vessels->place, "no vessels");
    if (pn_is_map_of(p->r, root, "a network", keys, 5) && p->r->list->n == 0)
        check_ends(p, vessels);
    return p->r->list->n > 0 ? PN_ERR_INPUT : PN_OK;
}

/* Cycles until what began elsewhere is within a share of the cycle that comes back: e^(-t
 * / tau) with the slowest Rd C. */
static size_t cycles_until(struct parser *p, double share)
{
    double slowest = 0;

    for (const struct pn_yaml *bc = p->boundaries->first; bc; bc = bc->next) {
        const struct pn_yaml *values = pn_yaml_get(bc, "bc_values");
        double C = 0, Rd = 0;
        if (values && values->kind == PN_YAML_MAP && optional(p, values, "C", 0, &C) &&
            optional(p, values, "Rd", 0, &Rd))
            slowest = fmax(slowest, C * Rd);
    }
    return (size_t)fmin(ceil(-slowest / p->f->network.period * log(share)), 1e5);
}

static int parameters(struct parser *p, const struct pn_yaml *root)
{
    static const char *const keys[] = {"number_of_cardiac_cycles",
                                       "number_of_time_pts_per_cardiac_cycle",
                                       "cardiac_period",
                                       "output_all_cycles",
                                       "output_variable_based",
                                       "absolute_tolerance",
                                       "steady_initial",
                                       "use_cycle_to_cycle_error",
                                       "sim_cycle_to_cycle_percent_error"};
    const struct pn_yaml *map = pn_yaml_get(root, "simulation_parameters");
    struct pn_network_options *o = &p->f->options;
    double percent = 1, period = p->f->network.period;

    if (map && !pn_is_map_of(p->r, map, "simulation_parameters", keys,
                             sizeof keys / sizeof *keys))
        return PN_ERR_INPUT;
    optional(p, map, "cardiac_period", DBL_MIN, &period);
    if (p->f->network.period == 0)
        p->f->network.period = period > 0 ? period : 1;
    o->cycles = whole(p, map, "number_of_cardiac_cycles", 1, 100000, 1);
    o->n_t = whole(p, map, "number_of_time_pts_per_cardiac_cycle", 2, 100000, 101);
    o->from_rest = !yes(map, "steady_initial", 1);
    p->f->all_cycles = yes(map, "output_all_cycles", 0);
    optional(p, map, "sim_cycle_to_cycle_percent_error", DBL_MIN, &percent);
    if (yes(map, "use_cycle_to_cycle_error", 0) && percent < 100) {
        size_t needed = cycles_until(p, percent / 100);
        o->cycles = needed > o->cycles ? needed : o->cycles;
    }
    if (o->cycles * o->n_t > 10000000)
        pn_complain(p->r->list, map ? map->place : root->place,
                    "%zu cycles of %zu points: more than 10 million", o->cycles, o->n_t);
    return p->r->list->n > 0 ? PN_ERR_INPUT : PN_OK;
}

int pn_network_read(const char *path, struct pn_network_file *f)
{
    struct pn_reader reader = {.arena = &f->arena, .list = &f->list};
    struct parser p = {.f = f, .r = &reader};
    struct pn_source *source;
    const struct pn_yaml *root;
    int status;

    f->options.rtol = 1e-8;
    f->options.max_steps = 1000000;
    PN_TRY(pn_source_load(&reader, path, PN_YAML_BYTES, &source));
    root = pn_yaml_parse(source->text, source->n, source->path, &f->arena, &f->list);
    if (!root || !pn_is(&reader, root, PN_YAML_MAP, "a network")) {
        status = f->list.n > 0 ? PN_ERR_INPUT : PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(build(&p, root));
    PN_TRY(parameters(&p, root));
out:
    return status;
}

void pn_network_free(struct pn_network_file *f)
{
    pn_arena_free(&f->arena);
}
