/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regimen: which drug, how much, by which route, how often, how long. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "solver/study/treatment/read_treatment.h"

enum { MAX_ROUTES = 16 };

/* a regimen while it is read */
struct place_of_dose {
    const struct pn_yaml *map;
    const struct pn_drug *drug;
    const struct pn_route *route;
    const struct pn_quantity *state; /* that the doses go into */
};

/* @return the route of the regimen, or NULL after a complaint */
static const struct pn_route *find_route(struct pn_study_reader *r,
                                         const struct pn_yaml *map,
                                         const struct pn_drug *drug)
{
    const struct pn_yaml *node = pn_yaml_get(map, "route");
    const char *text = node ? pn_read_text(&r->text, node, "route") : drug->route;
    const char *names[MAX_ROUTES];
    size_t n = 0;

    for (const struct pn_route *route = drug->kinetics->routes; route->name; route++) {
        if (text && strcmp(route->name, text) == 0)
            return route;
        if (n < MAX_ROUTES)
            names[n++] = route->name;
    }
    if (text)
        pn_unknown(&r->text, node->place, "route", text, names, n);
    else if (!node)
        pn_complain(r->text.list, map->place,
                    "neither the regimen nor the drug '%s' has a 'route'", drug->name);
    return NULL;
}

static int read_dose(struct pn_study_reader *r, const struct pn_yaml *node,
                     const char *what, const struct place_of_dose *at, double *amount)
{
    struct pn_quantity row = {.unit = at->state->unit, .low = 0.0, .high = HUGE_VAL};

    return pn_read_quantity(&r->text, node, what, row.unit, at->drug->molar_mass,
                            amount) &&
           pn_in_range(&r->text, node->place, what, &row, *amount);
}

static int is_above_zero(struct pn_study_reader *r, const struct pn_yaml *node,
                         const char *what, double value)
{
    if (value > 0.0)
        return 1;
    pn_complain(r->text.list, node->place, "%s must be above 0", what);
    return 0;
}

static int above_zero(struct pn_study_reader *r, const struct pn_yaml *node,
                      const char *what, double *hours)
{
    return pn_read_quantity(&r->text, node, what, "h", 0.0, hours) &&
           is_above_zero(r, node, what, *hours);
}

static int is_word(const struct pn_yaml *node, const char *word)
{
    return node->kind == PN_YAML_TEXT && strcmp(node->text, word) == 0;
}

/* --- infusions --- */

static void check_model_input(struct pn_study_reader *r, const struct pn_yaml *node,
                              const struct place_of_dose *at, int index, const char *what)
{
    if (index < 0)
        pn_complain(r->text.list, node->place,
                    "the route '%s' of '%s' has no %s of its own", at->route->name,
                    at->drug->name, what);
}

static void read_over(struct pn_study_reader *r, const struct pn_yaml *over,
                      const struct place_of_dose *at, struct pn_regimen *regimen)
{
    if (is_word(over, "model")) {
        regimen->input = PN_OVER_MODEL_DURATION;
        check_model_input(r, over, at, at->route->D, "duration");
        return;
    }
    regimen->input = PN_OVER_DURATION;
    above_zero(r, over, "over", &regimen->over);
}

static void read_rate(struct pn_study_reader *r, const struct pn_yaml *rate,
                      const struct place_of_dose *at, struct pn_regimen *regimen)
{
    char unit[96];

    if (is_word(rate, "model")) {
        regimen->input = PN_AT_MODEL_RATE;
        check_model_input(r, rate, at, at->route->R, "rate");
        return;
    }
    regimen->input = PN_AT_RATE;
    snprintf(unit, sizeof unit, "%.80s/h", at->state->unit);
    if (pn_read_quantity(&r->text, rate, "rate", unit, at->drug->molar_mass,
                         &regimen->rate))
        is_above_zero(r, rate, "rate", regimen->rate);
}

static void read_input(struct pn_study_reader *r, const struct place_of_dose *at,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *over = pn_yaml_get(at->map, "over"),
                         *rate = pn_yaml_get(at->map, "rate");

    if (over && rate)
        pn_complain(r->text.list, rate->place, "a regimen has either 'over' or 'rate'");
    else if (over)
        read_over(r, over, at, regimen);
    else if (rate)
        read_rate(r, rate, at, regimen);
}

/* --- loading dose and titration by a plan --- */

static void read_step(struct pn_study_reader *r, const struct pn_yaml *map,
                      const struct place_of_dose *at, double after,
                      struct pn_regimen *regimen)
{
    static const char *const keys[] = {"at", "dose"};
    struct pn_dose_step *step = &regimen->step[regimen->n_steps];
    const struct pn_yaml *time, *dose;

    if (!pn_is_map_of(&r->text, map, "a step", keys, 2))
        return;
    time = pn_need(&r->text, map, "a step", "at");
    dose = pn_need(&r->text, map, "a step", "dose");
    if (!time || !dose ||
        !pn_read_between(&r->text, time, "at", "h", 0.0, HUGE_VAL, &step->time) ||
        !read_dose(r, dose, "dose", at, &step->amount))
        return;
    if (step->time < after)
        pn_complain(r->text.list, time->place,
                    "the step comes before the second dose at %g h", after);
    else if (regimen->n_steps > 0 && !(step->time > step[-1].time))
        pn_complain(r->text.list, time->place, "the step is not after the one before it");
    regimen->n_steps++;
}

/* With a loading dose the regimen's own dose is the step to the second one. */
static void read_steps(struct pn_study_reader *r, const struct place_of_dose *at,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *loading = pn_yaml_get(at->map, "loading"),
                         *steps = pn_yaml_get(at->map, "steps");
    size_t n = steps && steps->kind == PN_YAML_LIST ? steps->n : 0;
    double amount = 0.0;

    if (!loading && !steps)
        return;
    if (!(regimen->every > 0.0)) {
        if (!pn_yaml_get(at->map, "every"))
            pn_complain(r->text.list, loading ? loading->place : steps->place,
                        "'%s' needs 'every'", loading ? "loading" : "steps");
        return;
    }
    if (steps && (!pn_is(&r->text, steps, PN_YAML_LIST, "steps") ||
                  !pn_is_few(&r->text, steps, "steps", PN_MAX_RULES)))
        return;
    regimen->step = pn_arena_take(r->text.arena, n + 2, sizeof *regimen->step);
    if (!regimen->step || (loading && !read_dose(r, loading, "loading", at, &amount)))
        return;
    if (loading)
        regimen->step[regimen->n_steps++] = (struct pn_dose_step){0.0, amount};
    for (const struct pn_yaml *node = steps ? steps->first : NULL; node;
         node = node->next)
        read_step(r, node, at, loading ? regimen->every : 0.0, regimen);
    if (loading && (regimen->n_steps < 2 || regimen->step[1].time > regimen->every)) {
        memmove(regimen->step + 2, regimen->step + 1,
                (regimen->n_steps - 1) * sizeof *regimen->step);
        regimen->step[1] = (struct pn_dose_step){regimen->every, regimen->amount};
        regimen->n_steps++;
    }
}

/* --- times and habits --- */

static void read_holidays(struct pn_study_reader *r, const struct pn_yaml *map,
                          struct pn_regimen *regimen)
{
    static const char *const keys[] = {"every", "length"};
    const struct pn_yaml *every, *length;
    double interval = 0.0;

    if (!pn_is_map_of(&r->text, map, "holidays", keys, 2))
        return;
    every = pn_need(&r->text, map, "holidays", "every");
    length = pn_need(&r->text, map, "holidays", "length");
    if (!every || !length || !above_zero(r, every, "every", &interval) ||
        !above_zero(r, length, "length", &regimen->holiday))
        return;
    regimen->holiday_rate = 1.0 / interval;
    if (!isfinite(regimen->holiday_rate) || !(regimen->holiday_rate > 0.0))
        pn_complain(r->text.list, every->place, "holidays every %g h are out of range",
                    interval);
}

static void read_habits(struct pn_study_reader *r, const struct pn_yaml *map,
                        struct pn_regimen *regimen)
{
    const struct pn_yaml *adherence = pn_yaml_get(map, "adherence"),
                         *late = pn_yaml_get(map, "late"),
                         *holidays = pn_yaml_get(map, "holidays"),
                         *steady = pn_yaml_get(map, "steady_state");

    regimen->adherence = 1.0;
    if (adherence)
        pn_read_between(&r->text, adherence, "adherence", "1", 0.0, 1.0,
                        &regimen->adherence);
    if (late)
        pn_read_between(&r->text, late, "late", "h", 0.0, HUGE_VAL, &regimen->late_sd);
    if (holidays)
        read_holidays(r, holidays, regimen);
    if (!steady)
        return;
    regimen->steady_state = is_word(steady, "true");
    if (!regimen->steady_state && !is_word(steady, "false"))
        pn_complain(r->text.list, steady->place, "steady_state must be true or false");
    else if (regimen->steady_state && !pn_yaml_get(map, "every"))
        pn_complain(r->text.list, steady->place, "'steady_state' needs 'every'");
    else if (regimen->steady_state && pn_yaml_get(map, "loading"))
        pn_complain(r->text.list, steady->place,
                    "a regimen at steady state has no 'loading' dose");
}

/* duration 0 here means to the end of the study, which is not known yet */
static void read_times(struct pn_study_reader *r, const struct pn_yaml *map,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *start = pn_yaml_get(map, "start"),
                         *every = pn_yaml_get(map, "every"),
                         *duration = pn_yaml_get(map, "for");

    if (start)
        pn_read_between(&r->text, start, "start", "h", 0.0, HUGE_VAL, &regimen->start);
    if (every)
        above_zero(r, every, "every", &regimen->every);
    if (duration && !every)
        pn_complain(r->text.list, duration->place, "'for' needs 'every'");
    else if (duration)
        above_zero(r, duration, "for", &regimen->duration);
    read_habits(r, map, regimen);
    if (regimen->every > 0.0 && regimen->duration / regimen->every > PN_MAX_TIMES)
        pn_complain(r->text.list, map->place, "more than %d doses", PN_MAX_TIMES);
}

/* --- the whole --- */

static int is_only_a_drug(struct pn_study_reader *r, const struct pn_yaml *map)
{
    for (const struct pn_yaml *key = map->first; key; key = key->next)
        if (strcmp(key->text, "drug") != 0) {
            pn_complain(r->text.list, key->place,
                        "'%s' needs 'dose': without one the doses come from the event "
                        "table",
                        key->text);
            return 0;
        }
    return 1;
}

static void read_amount(struct pn_study_reader *r, const struct pn_yaml *map,
                        struct pn_regimen *regimen)
{
    const struct pn_yaml *dose = pn_yaml_get(map, "dose");
    struct place_of_dose at = {map, &r->study->drug[regimen->drug], NULL, NULL};

    if (!dose && r->has_events && r->text.misspelt_in != map) {
        regimen->by_events = is_only_a_drug(r, map);
        return;
    }
    dose = pn_need(&r->text, map, "a regimen", "dose");
    at.route = find_route(r, map, at.drug);
    if (!dose || !at.route)
        return;
    at.state = &at.drug->kinetics->states[at.route->state];
    regimen->route = pn_arena_copy(r->text.arena, at.route->name, strlen(at.route->name));
    read_dose(r, dose, "dose", &at, &regimen->amount);
    read_input(r, &at, regimen);
    read_steps(r, &at, regimen);
}

static int read_drug(struct pn_study_reader *r, const struct pn_yaml *map,
                     const struct pn_yaml *own, struct pn_regimen *regimen)
{
    const struct pn_yaml *drug = pn_need(&r->text, map, "a regimen", "drug");
    int index = drug ? pn_read_drug(r, drug, own) : -1;

    if (index < 0)
        return 0;
    regimen->drug = (size_t)index;
    return 1;
}

int pn_read_regimen(struct pn_study_reader *r, const struct pn_yaml *map,
                    const struct pn_yaml *own, struct pn_arm *arm)
{
    static const char *const keys[] = {
        "drug", "dose", "route",   "every", "start",        "for",  "adherence",
        "over", "rate", "loading", "steps", "steady_state", "late", "holidays"};
    struct pn_regimen *regimen = &arm->regimen[arm->n_regimens];

    if (!pn_is_map_of(&r->text, map, "a regimen", keys, sizeof keys / sizeof *keys))
        return 0;
    *regimen = (struct pn_regimen){.place = map->place, .compartment = -1};
    read_times(r, map, regimen);
    if (!read_drug(r, map, own, regimen))
        return 0;
    read_amount(r, map, regimen);
    return 1;
}

int pn_read_rescue(struct pn_study_reader *r, const struct pn_yaml *map,
                   const struct pn_yaml *own, struct pn_arm *arm)
{
    static const char *const keys[] = {"drug", "dose", "route", "over", "rate"};
    struct pn_regimen *regimen = &arm->regimen[arm->n_regimens];
    int has_events = r->has_events;

    if (!pn_is_map_of(&r->text, map, "a rescue", keys, 5))
        return 0;
    *regimen =
        (struct pn_regimen){.place = map->place, .compartment = -1, .adherence = 1.0};
    if (!read_drug(r, map, own, regimen))
        return 0;
    r->has_events = 0; /* the rule gives the dose, no table does */
    read_amount(r, map, regimen);
    r->has_events = has_events;
    regimen->by_events = 1; /* nothing is scheduled */
    return 1;
}
