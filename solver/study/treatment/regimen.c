/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regimen: which drug, how much, by which route, how often, how long. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/kinetics/body_surface.h"
#include "solver/study/treatment/dose.h"

enum { MAX_ROUTES = 16 };

/* a regimen while its map is read */
struct regimen_keys {
    struct pn_regimen is;
    const struct pn_yaml *map, *drug, *dose, *route, *over, *rate, *loading, *steps,
        *duration;
};

/* where its doses go */
struct place_of_dose {
    const struct regimen_keys *keys;
    const struct pn_drug *drug;
    const struct pn_route *route;
    const struct pn_quantity *state; /* that the doses go into */
    char unit[PN_DOSE_UNIT];         /* of its amounts */
};

/* @return the route of the regimen, or NULL after a complaint */
static const struct pn_route *find_route(struct pn_study_reader *r,
                                         const struct regimen_keys *keys,
                                         const struct pn_drug *drug)
{
    const struct pn_yaml *node = keys->route;
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
        pn_complain(r->text.list, keys->map->place,
                    "neither the regimen nor the drug '%s' has a 'route'", drug->name);
    return NULL;
}

static int read_dose(struct pn_study_reader *r, const struct pn_yaml *node,
                     const char *what, const struct place_of_dose *at, double *amount)
{
    struct pn_quantity row = {.unit = at->unit, .low = 0.0, .high = HUGE_VAL};

    return pn_read_quantity(&r->text, node, what, row.unit, at->drug->molar_mass,
                            amount) &&
           pn_in_range(&r->text, node->place, what, &row, *amount);
}

static int read_above_zero(struct pn_study_reader *r, const struct pn_yaml *node,
                           const char *what, const char *unit, double molar_mass,
                           double *value)
{
    const struct pn_quantity row = {.unit = unit, .low = DBL_MIN, .high = HUGE_VAL};

    return pn_read_quantity(&r->text, node, what, unit, molar_mass, value) &&
           pn_in_range(&r->text, node->place, what, &row, *value);
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
    read_above_zero(r, over, "over", "h", 0.0, &regimen->over);
}

static void read_rate(struct pn_study_reader *r, const struct pn_yaml *rate,
                      const struct place_of_dose *at, struct pn_regimen *regimen)
{
    char unit[PN_DOSE_UNIT + 4];
    enum pn_dose_by by;

    if (is_word(rate, "model")) {
        regimen->input = PN_AT_MODEL_RATE;
        check_model_input(r, rate, at, at->route->R, "rate");
        return;
    }
    regimen->input = PN_AT_RATE;
    by = pn_dose_kind(r, rate, at->state->unit, "/h", at->drug->molar_mass);
    regimen->rate_is_measured = by != PN_DOSE_FLAT;
    if (by != PN_DOSE_FLAT && by != regimen->measure.by)
        pn_complain(r->text.list, rate->place,
                    "the rate is per kg or m2, and the dose is not per the same");
    pn_dose_unit(by, at->state->unit, unit);
    strcat(unit, "/h");
    read_above_zero(r, rate, "rate", unit, at->drug->molar_mass, &regimen->rate);
}

static void read_input(struct pn_study_reader *r, const struct place_of_dose *at,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *over = at->keys->over, *rate = at->keys->rate;

    if (over && rate)
        pn_complain(r->text.list, rate->place, "a regimen has either 'over' or 'rate'");
    else if (over)
        read_over(r, over, at, regimen);
    else if (rate)
        read_rate(r, rate, at, regimen);
}

/* --- loading dose and titration by a plan --- */

/* a step while its map is read */
struct step_keys {
    struct pn_dose_step is;
    const struct pn_yaml *dose;
};

/* clang-format off */
static const struct pn_key step_keys[] = {
    {"at", PN_KEY_QUANTITY, "h", NULL, 0, HUGE_VAL, "time since the start of the regimen",
     .must = PN_KEY_EVERYWHERE, .at = offsetof(struct step_keys, is.time)},
    {"dose", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .must = PN_KEY_EVERYWHERE,
     .read = pn_key_later, .at = offsetof(struct step_keys, dose),
     .sentence = "from then on, in a unit of the drug's doses"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map step_map = {
    "step", "a step", "a step of titration by a plan, of a regimen's `steps`",
    .keys = step_keys};

static void read_step(struct pn_study_reader *r, const struct pn_yaml *map,
                      const struct place_of_dose *at, double after,
                      struct pn_regimen *regimen)
{
    struct pn_dose_step *step = &regimen->step[regimen->n_steps];
    struct step_keys keys = {
        {0.0, 0.0},
        NULL
    };

    if (!pn_read_map(r, map, &step_map, &keys) ||
        !read_dose(r, keys.dose, "dose", at, &keys.is.amount))
        return;
    *step = keys.is;
    if (step->time < after)
        pn_complain(r->text.list, pn_yaml_get(map, "at")->place,
                    "the step comes before the second dose at %g h", after);
    else if (regimen->n_steps > 0 && !(step->time > step[-1].time))
        pn_complain(r->text.list, pn_yaml_get(map, "at")->place,
                    "the step is not after the one before it");
    regimen->n_steps++;
}

/* With a loading dose the regimen's own dose is the step to the second one. */
static void read_steps(struct pn_study_reader *r, const struct place_of_dose *at,
                       struct pn_regimen *regimen)
{
    const struct pn_yaml *loading = at->keys->loading, *steps = at->keys->steps;
    size_t n = steps ? steps->n : 0;
    double amount = 0.0;

    if (!loading && !steps)
        return;
    if (!(regimen->every > 0.0)) {
        if (!pn_yaml_get(at->keys->map, "every"))
            pn_complain(r->text.list, loading ? loading->place : steps->place,
                        "'%s' needs 'every'", loading ? "loading" : "steps");
        return;
    }
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

/* holidays while their map is read */
struct holiday_keys {
    double every, length; /* h */
};

/* clang-format off */
static const struct pn_key holiday_keys[] = {
    {"every", PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "mean interval between two holidays", .must = PN_KEY_EVERYWHERE,
     .at = offsetof(struct holiday_keys, every)},
    {"length", PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "of a holiday, whose doses are missed", .must = PN_KEY_EVERYWHERE,
     .at = offsetof(struct holiday_keys, length)},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map holiday_map = {
    "holidays", "holidays", "times in which no dose of a regimen is taken",
    .keys = holiday_keys};

static void read_holidays(struct pn_study_reader *r, const struct pn_yaml *map,
                          void *into, const struct pn_key *key)
{
    struct pn_regimen *regimen = into; /* the first member of struct regimen_keys */
    struct holiday_keys keys = {0.0, 0.0};

    (void)key;
    if (!pn_read_map(r, map, &holiday_map, &keys))
        return;
    regimen->holiday = keys.length;
    regimen->holiday_rate = 1.0 / keys.every;
    if (!isfinite(regimen->holiday_rate) || !(regimen->holiday_rate > 0.0))
        pn_complain(r->text.list, pn_yaml_get(map, "every")->place,
                    "holidays every %g h are out of range", keys.every);
}

/* What goes together only; duration 0 means to the end of the study, which is not known
 * yet. */
static void check_times(struct pn_study_reader *r, const struct regimen_keys *keys)
{
    const struct pn_regimen *is = &keys->is;
    int repeats = pn_yaml_get(keys->map, "every") != NULL;

    if (keys->duration && !repeats)
        pn_complain(r->text.list, keys->duration->place, "'for' needs 'every'");
    if (is->steady_state && !repeats)
        pn_complain(r->text.list, pn_yaml_get(keys->map, "steady_state")->place,
                    "'steady_state' needs 'every'");
    else if (is->steady_state && keys->loading)
        pn_complain(r->text.list, pn_yaml_get(keys->map, "steady_state")->place,
                    "a regimen at steady state has no 'loading' dose");
    if (is->every > 0.0 && is->duration / is->every > PN_MAX_TIMES)
        pn_complain(r->text.list, keys->map->place, "more than %d doses", PN_MAX_TIMES);
}

static void read_for(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                     const struct pn_key *key)
{
    struct regimen_keys *keys = into;

    keys->duration = node;
    if (pn_yaml_get(keys->map, "every"))
        read_above_zero(r, node, key->name, key->unit, 0.0, &keys->is.duration);
}

/* --- the whole --- */

enum { REGIMEN = 1, RESCUE = 2 };
#define AT(member) .at = offsetof(struct regimen_keys, member)

static const char *const model[] = {"model", NULL}, *const no_yes[] = {"false", "true",
                                                                       NULL};

/* clang-format off */
static const struct pn_key regimen_keys[] = {
    {"drug", PN_KEY_FILE | PN_KEY_NAME, .must = PN_KEY_EVERYWHERE, AT(drug),
     .read = pn_key_later,
     .sentence = "a drug's file, or its name in `drugs`; alone: its doses come from the "
                 "event table"},
    {"dose", PN_KEY_QUANTITY | PN_KEY_MAP, .low = 0, .high = HUGE_VAL, AT(dose),
     .read = pn_key_later, .map = &pn_bands_map,
     .sentence = "in a unit of the state that it goes into, or of another that the "
                 "drug's molar_mass converts; per kg or m2 of the patient at the time of "
                 "the dose (`5 mg/kg`); or by bands of covariates"},
    {"bsa", PN_KEY_CHOICE, NULL, "mosteller", .choices = pn_body_surface_names,
     .at = offsetof(struct regimen_keys, is.measure.formula),
     .sentence = "formula of the body's surface, of a dose per m2"},
    {"route", PN_KEY_TEXT, AT(route), .read = pn_key_later,
     .sentence = "one of the routes of the drug's kinetics; without it that of the drug"},
    {"over", PN_KEY_QUANTITY | PN_KEY_CHOICE, "h", .low = DBL_MIN, .high = HUGE_VAL,
     .choices = model, AT(over), .read = pn_key_later,
     .sentence = "an infusion of this duration, or of that of the route (parameter D)"},
    {"rate", PN_KEY_QUANTITY | PN_KEY_CHOICE, .low = DBL_MIN, .high = HUGE_VAL,
     .choices = model, AT(rate), .read = pn_key_later,
     .sentence = "an infusion at this rate, in a unit of the dose per h (per kg or m2 where "
                 "the dose is), or at that of the route (parameter R)"},
    {"start", PN_KEY_QUANTITY, "h", "0 h", 0, HUGE_VAL, "time of the first dose",
     .in = REGIMEN, AT(is.start)},
    {"every", PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "interval of the doses; without it there is one", .in = REGIMEN, AT(is.every)},
    {"for", PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "how long; without it to the end of the study", .in = REGIMEN, .read = read_for},
    {"loading", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .in = REGIMEN, AT(loading),
     .read = pn_key_later, .sentence = "another first dose"},
    {"steps", PN_KEY_LIST, NULL, NULL, 0, PN_MAX_RULES, "titration by a plan",
     .in = REGIMEN, AT(steps), .read = pn_key_later, .map = &step_map},
    {"steady_state", PN_KEY_CHOICE, NULL, "false", .choices = no_yes, .in = REGIMEN,
     AT(is.steady_state),
     .sentence = "whether the first dose finds the steady state of the regimen"},
    {"adherence", PN_KEY_QUANTITY, "1", "1", 0, 1, "probability that a dose is taken",
     .in = REGIMEN, AT(is.adherence)},
    {"late", PN_KEY_QUANTITY, "h", "0 h", 0, HUGE_VAL, "SD of a delay of each dose",
     .in = REGIMEN, AT(is.late_sd)},
    {"holidays", PN_KEY_MAP, .in = REGIMEN, .map = &holiday_map, .read = read_holidays,
     .sentence = "times without doses; without it there are none"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_regimen_map = {"regimen", "a regimen",
                                          "what is given to every patient of an arm",
                                          .keys = regimen_keys, .kind = REGIMEN};
const struct pn_key_map pn_rescue_map = {"rescue", "a rescue",
                                         "one dose that a rule gives",
                                         .keys = regimen_keys, .kind = RESCUE};

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

/* What the amounts are measured by, and the first of them. */
static void read_measured(struct pn_study_reader *r, const struct pn_yaml *dose,
                          struct place_of_dose *at, struct pn_regimen *regimen)
{
    const struct pn_yaml *bsa = pn_yaml_get(at->keys->map, "bsa"), *other;
    struct pn_dose_measure *measure = &regimen->measure;

    measure->by = pn_dose_kind(r, dose, at->state->unit, "", at->drug->molar_mass);
    pn_dose_unit(measure->by, at->state->unit, at->unit);
    if (bsa && measure->by != PN_DOSE_PER_SURFACE)
        pn_complain(r->text.list, bsa->place, "'bsa' goes with a dose per m2");
    if (measure->by != PN_DOSE_BY_BANDS) {
        read_dose(r, dose, "dose", at, &regimen->amount);
        return;
    }
    regimen->amount = 1.0;
    other = at->keys->loading ? at->keys->loading : at->keys->steps;
    if (other)
        pn_complain(r->text.list, other->place,
                    "a dose by bands has no 'loading' and no 'steps'");
    pn_note_bands(r, dose, at->state, at->drug->molar_mass, regimen);
}

static void read_amount(struct pn_study_reader *r, const struct regimen_keys *keys,
                        struct pn_regimen *regimen)
{
    struct place_of_dose at = {.keys = keys, .drug = &r->study->drug[regimen->drug]};
    const struct pn_yaml *dose = pn_need(&r->text, keys->map, "a regimen", "dose");

    at.route = find_route(r, keys, at.drug);
    if (!dose || !at.route)
        return;
    at.state = &at.drug->kinetics->states[at.route->state];
    regimen->route = pn_arena_copy(r->text.arena, at.route->name, strlen(at.route->name));
    read_measured(r, dose, &at, regimen);
    read_input(r, &at, regimen);
    if (regimen->measure.by != PN_DOSE_BY_BANDS)
        read_steps(r, &at, regimen);
}

static int read_drug(struct pn_study_reader *r, const struct regimen_keys *keys,
                     struct pn_regimen *regimen)
{
    int index = keys->drug ? pn_read_drug(r, keys->drug) : -1;

    if (index < 0)
        return 0;
    regimen->drug = (size_t)index;
    return 1;
}

int pn_read_regimen(struct pn_study_reader *r, const struct pn_yaml *map,
                    struct pn_arm *arm)
{
    struct pn_regimen *regimen = &arm->regimen[arm->n_regimens];
    struct regimen_keys keys = {
        .map = map,
        .is = {.place = map->place,
               .compartment = -1,
               .measure = {.weight = -1, .height = -1}}
    };

    pn_read_map(r, map, &pn_regimen_map, &keys);
    if (map->kind != PN_YAML_MAP)
        return 0;
    check_times(r, &keys);
    *regimen = keys.is;
    if (!read_drug(r, &keys, regimen))
        return 0;
    if (!keys.dose && r->has_events && r->text.misspelt_in != map)
        regimen->by_events = is_only_a_drug(r, map);
    else
        read_amount(r, &keys, regimen);
    return 1;
}

int pn_read_rescue(struct pn_study_reader *r, const struct pn_yaml *map,
                   struct pn_arm *arm)
{
    struct pn_regimen *regimen = &arm->regimen[arm->n_regimens];
    struct regimen_keys keys = {
        .map = map,
        .is = {.place = map->place,
               .compartment = -1,
               .adherence = 1.0,
               .measure = {.weight = -1, .height = -1}}
    };

    pn_read_map(r, map, &pn_rescue_map, &keys);
    if (map->kind != PN_YAML_MAP)
        return 0;
    *regimen = keys.is;
    if (!read_drug(r, &keys, regimen))
        return 0;
    read_amount(r, &keys, regimen); /* the rule gives the dose, no table does */
    regimen->by_events = 1;         /* nothing is scheduled */
    return 1;
}
