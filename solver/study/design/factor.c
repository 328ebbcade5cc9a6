/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a factor's name means: a value of the population or of a regimen, and the range in
 * which a design may change it. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/catalogue.h"
#include "solver/study/design/factors.h"
#include "solver/study/treatment/dose.h"

enum { MAX_NAMES = 4096, MAX_EFFECTS = 32 };

static const char *const regimen_word[] = {
    [PN_FACTOR_DOSE] = "dose",
    [PN_FACTOR_EVERY] = "every",
    [PN_FACTOR_START] = "start",
    [PN_FACTOR_FOR] = "for",
};

/* --- values of the population --- */

/* A typical value far from a truncation leaves nothing of the distribution between its
 * ends: the same 8 SD as where it is read. */
static void stay_near_truncation(const struct pn_distribution *d, struct pn_quantity *row)
{
    if (d->kind == PN_LOGNORMAL) {
        row->low = fmax(row->low, DBL_MIN);
        if (d->low > 0.0)
            row->low = fmax(row->low, d->low * exp(-8.0 * d->spread));
        row->high = fmin(row->high, d->high * exp(8.0 * d->spread));
    } else {
        row->low = fmax(row->low, d->low - 8.0 * d->spread);
        row->high = fmin(row->high, d->high + 8.0 * d->spread);
    }
}

static int refuse(struct pn_study_reader *r, const struct pn_factor *factor,
                  const char *why)
{
    pn_complain(r->text.list, factor->place, "%s cannot be a factor: %s", factor->name,
                why);
    return 0;
}

static int changes_in_time(const struct pn_study *study, int variable)
{
    for (size_t i = 0; study->events && i < study->events->n_covariates; i++)
        if (study->events->variable[i] == variable)
            return 1;
    return 0;
}

static int find_typical(struct pn_study_reader *r, struct pn_factor *factor)
{
    const struct pn_population *population = &r->study->population;
    const struct pn_variable *v = &population->variable[factor->variable];
    char why[160];

    factor->row = *v->row;
    if (changes_in_time(r->study, factor->variable))
        return refuse(r, factor, "it comes from the event table");
    if (v->column)
        return 1;
    if (v->by >= 0) {
        snprintf(why, sizeof why,
                 "it is given by %.100s, and has no single typical value",
                 population->variable[v->by].name);
        return refuse(r, factor, why);
    }
    if (v->cases[0].kind == PN_UNIFORM)
        return refuse(r, factor, "it is uniform, and has no typical value");
    if (v->cases[0].kind == PN_NORMAL || v->cases[0].kind == PN_LOGNORMAL)
        stay_near_truncation(v->cases, &factor->row);
    return 1;
}

static int find_omega(struct pn_study_reader *r, struct pn_factor *factor)
{
    const struct pn_variable *v = &r->study->population.variable[factor->variable];
    const struct pn_distribution *d = v->cases;

    if (v->by >= 0)
        return refuse(r, factor, "its omega depends on a covariate");
    if (v->column || (d->kind != PN_NORMAL && d->kind != PN_LOGNORMAL))
        return refuse(r, factor, "it is neither normal nor lognormal, and has no omega");
    factor->row = (struct pn_quantity){
        .name = "omega",
        .unit = d->kind == PN_NORMAL ? v->row->unit : "1",
        .value = d->spread,
        .low = isinf(d->low) && isinf(d->high) ? 0.0 : DBL_MIN,
        .high = HUGE_VAL,
        .source = v->row->source,
    };
    factor->row.sentence =
        pn_arena_print(r->text.arena, "%s between patients of: %s",
                       d->kind == PN_NORMAL ? "SD" : "SD of ln", v->row->sentence);
    return 1;
}

static int find_iov(struct pn_study_reader *r, struct pn_factor *factor)
{
    const struct pn_variable *v = &r->study->population.variable[factor->variable];

    if (!(v->iov > 0.0))
        return refuse(r, factor, "it has no iov");
    factor->row = (struct pn_quantity){
        .name = "iov", .unit = "1", .value = v->iov, .low = 0.0, .high = HUGE_VAL};
    factor->row.source = v->row->source;
    factor->row.sentence = pn_arena_print(
        r->text.arena, "SD of ln between occasions of: %s", v->row->sentence);
    return 1;
}

static int find_effect(struct pn_study_reader *r, const char *covariate,
                       struct pn_factor *factor)
{
    const struct pn_population *population = &r->study->population;
    const struct pn_variable *v = &population->variable[factor->variable];
    const struct pn_effect *effect = NULL;
    const char *unit;
    char why[160];

    for (size_t i = 0; i < v->n_effects; i++) {
        if (strcmp(population->variable[v->effect[i].of].name, covariate) != 0)
            continue;
        if (effect)
            return refuse(r, factor, "two effects have this name");
        effect = &v->effect[i];
        factor->effect = i;
    }
    if (!effect) {
        snprintf(why, sizeof why, "there is no effect of %.100s", covariate);
        return refuse(r, factor, why);
    }
    unit = population->variable[effect->of].row->unit;
    factor->row = (struct pn_quantity){.name = "coefficient", .unit = "1"};
    factor->row.value = effect->coefficient;
    factor->row.low = effect->form == PN_CATEGORY ? DBL_MIN : -HUGE_VAL;
    factor->row.high = HUGE_VAL;
    factor->row.source = v->row->source;
    if ((effect->form == PN_EXPONENTIAL || effect->form == PN_LINEAR) &&
        strcmp(unit, "1") != 0)
        factor->row.unit = pn_arena_print(r->text.arena, "1/(%.80s)", unit);
    factor->row.sentence = pn_arena_print(r->text.arena, "coefficient of %s in: %s",
                                          covariate, v->row->sentence);
    return 1;
}

static int is_parameter(const struct pn_study_reader *r, const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t n = dot ? (size_t)(dot - name) : 0;

    for (const struct pn_instance *i = r->instances; dot && i; i = i->next)
        if (strncmp(i->name, name, n) == 0 && !i->name[n] &&
            pn_table_find(i->parameters, dot + 1) >= 0)
            return 1;
    return 0;
}

/* INSTANCE.PARAMETER or a covariate, or one of them with .omega, .iov, .COVARIATE.
 * @return 1; 0: complained; -1: not of this form */
static int find_in_population(struct pn_study_reader *r, struct pn_wanted *wanted,
                              struct pn_factor *factor)
{
    const struct pn_population *population = &r->study->population;
    const char *dot = strrchr(wanted->name, '.');
    const struct pn_quantity *row;
    char *stem;

    factor->variable = pn_population_find(population, wanted->name);
    stem = pn_arena_copy(r->text.arena, wanted->name,
                         factor->variable < 0 && dot ? (size_t)(dot - wanted->name)
                                                     : strlen(wanted->name));
    if (!stem)
        return 0;
    factor->kind = PN_FACTOR_TYPICAL;
    if (factor->variable < 0 && dot) {
        factor->variable = pn_population_find(population, stem);
        factor->kind = strcmp(dot + 1, "omega") == 0 ? PN_FACTOR_OMEGA
                       : strcmp(dot + 1, "iov") == 0 ? PN_FACTOR_IOV
                                                     : PN_FACTOR_EFFECT;
    }
    if (factor->variable < 0 && factor->kind != PN_FACTOR_TYPICAL &&
        factor->kind != PN_FACTOR_EFFECT && is_parameter(r, stem))
        return refuse(r, factor, "the parameter has its default for everybody");
    if (factor->variable < 0 ||
        (factor->kind == PN_FACTOR_EFFECT && !pn_covariate_row(r, dot + 1)))
        return -1;
    if (pn_find_row(r, wanted->place, stem, &row, &wanted->molar_mass) != 1)
        return 0;
    switch (factor->kind) {
    case PN_FACTOR_TYPICAL:
        return find_typical(r, factor);
    case PN_FACTOR_OMEGA:
        return find_omega(r, factor);
    case PN_FACTOR_IOV:
        wanted->molar_mass = 0.0;
        return find_iov(r, factor);
    default:
        wanted->molar_mass = 0.0;
        return find_effect(r, dot + 1, factor);
    }
}

/* --- values of regimens --- */

/* The k-th of the scheduled regimens that a factor changes, or NULL. */
static const struct pn_regimen *regimen_of(const struct pn_study *study,
                                           const struct pn_factor *factor, size_t k)
{
    for (size_t a = 0; a < study->n_arms; a++) {
        const struct pn_arm *arm = &study->arm[a];
        if (factor->arm >= 0 && (size_t)factor->arm != a)
            continue;
        for (size_t i = 0; i < arm->n_regimens; i++)
            if (arm->regimen[i].drug == factor->drug && !arm->regimen[i].by_events &&
                k-- == 0)
                return &arm->regimen[i];
    }
    return NULL;
}

static const struct pn_quantity *state_of(const struct pn_study *study,
                                          const struct pn_regimen *regimen)
{
    const struct pn_drug *drug = &study->drug[regimen->drug];

    return &drug->kinetics->states[pn_route_find(drug, regimen->route)->state];
}

/* Has the first dose an amount of its own, until the second one? */
static int has_loading(const struct pn_regimen *regimen)
{
    return regimen->n_steps > 1 && regimen->step[0].time == 0.0 &&
           regimen->step[1].time <= regimen->every;
}

static int can_change(struct pn_study_reader *r, const struct pn_factor *factor,
                      const struct pn_regimen *regimen)
{
    const struct pn_regimen *first = regimen_of(r->study, factor, 0);
    const char *reason = NULL;

    if (factor->kind == PN_FACTOR_DOSE && regimen->n_steps > 0 &&
        regimen->step[0].time == 0.0)
        reason = "takes its amounts from 'loading' or 'steps'";
    else if (factor->kind == PN_FACTOR_DOSE && regimen->measure.by == PN_DOSE_BY_BANDS)
        reason = "takes its amounts from bands";
    else if (factor->kind == PN_FACTOR_DOSE && regimen->measure.by != first->measure.by)
        reason = "has another unit of dose";
    else if (factor->kind == PN_FACTOR_DOSE &&
             strcmp(state_of(r->study, regimen)->unit, state_of(r->study, first)->unit) !=
                 0)
        reason = "has another unit of dose";
    else if ((factor->kind == PN_FACTOR_EVERY || factor->kind == PN_FACTOR_FOR) &&
             !(regimen->every > 0.0))
        reason = "is a single dose";
    else if (factor->kind == PN_FACTOR_EVERY && has_loading(regimen))
        reason = "has a loading dose, which ends at its interval";
    if (reason)
        pn_complain(r->text.list, factor->place,
                    "%s cannot be a factor: the regimen in line %d %s", factor->name,
                    regimen->place.line, reason);
    return !reason;
}

static int set_regimen_row(struct pn_study_reader *r, struct pn_factor *factor)
{
    const struct pn_study *study = r->study;
    const struct pn_regimen *first = regimen_of(study, factor, 0);
    const char *drug = study->drug[factor->drug].name;
    struct pn_quantity *row = &factor->row;
    char unit[PN_DOSE_UNIT];

    *row = (struct pn_quantity){.name = regimen_word[factor->kind], .unit = "h"};
    row->source = "the study";
    row->high = study->duration;
    switch (factor->kind) {
    case PN_FACTOR_DOSE:
        pn_dose_unit(first->measure.by, state_of(study, first)->unit, unit);
        row->unit = pn_arena_copy(r->text.arena, unit, strlen(unit));
        row->value = first->amount;
        row->high = HUGE_VAL;
        row->sentence = pn_arena_print(r->text.arena, "dose of %s", drug);
        break;
    case PN_FACTOR_EVERY: /* few enough doses, whatever else is changed */
        row->value = first->every;
        row->low = fmax(study->duration / PN_MAX_TIMES, DBL_MIN);
        row->sentence =
            pn_arena_print(r->text.arena, "interval between doses of %s", drug);
        break;
    case PN_FACTOR_START:
        row->value = first->start;
        row->sentence = pn_arena_print(r->text.arena, "first dose of %s", drug);
        break;
    default:
        row->value = first->duration;
        row->low = DBL_MIN;
        row->sentence =
            pn_arena_print(r->text.arena, "duration of treatment with %s", drug);
        break;
    }
    return row->unit && row->sentence;
}

static int find_regimens(struct pn_study_reader *r, struct pn_factor *factor)
{
    const struct pn_regimen *regimen;

    if (!regimen_of(r->study, factor, 0))
        return refuse(r, factor,
                      "no regimen gives the drug (event tables and rules keep their own "
                      "doses)");
    for (size_t k = 0; (regimen = regimen_of(r->study, factor, k)); k++)
        if (!can_change(r, factor, regimen))
            return 0;
    return set_regimen_row(r, factor);
}

static int index_of_drug(const struct pn_study *study, const char *name, size_t n)
{
    for (size_t i = 0; i < study->n_drugs; i++)
        if (strncmp(study->drug[i].name, name, n) == 0 && !study->drug[i].name[n])
            return (int)i;
    return -1;
}

static int index_of_arm(const struct pn_study *study, const char *name, size_t n)
{
    for (size_t i = 0; i < study->n_arms; i++)
        if (strncmp(study->arm[i].name, name, n) == 0 && !study->arm[i].name[n])
            return (int)i;
    return -1;
}

/* DRUG.WORD or ARM.DRUG.WORD.  @return 1; 0: complained; -1: not of this form */
static int find_in_regimens(struct pn_study_reader *r, struct pn_wanted *wanted,
                            struct pn_factor *factor)
{
    const char *name = wanted->name, *word = strrchr(name, '.'), *drug = word;
    int kind = PN_FACTOR_DOSE, i_drug;

    while (word && kind <= PN_FACTOR_FOR && strcmp(regimen_word[kind], word + 1) != 0)
        kind++;
    if (!word || kind > PN_FACTOR_FOR)
        return -1;
    while (drug > name && drug[-1] != '.')
        drug--;
    i_drug = index_of_drug(r->study, drug, (size_t)(word - drug));
    factor->arm =
        drug > name ? index_of_arm(r->study, name, (size_t)(drug - name) - 1) : -1;
    if (i_drug < 0 || (drug > name && factor->arm < 0))
        return -1;
    factor->kind = (enum pn_factor_kind)kind;
    factor->variable = -1;
    factor->drug = (size_t)i_drug;
    wanted->molar_mass = kind == PN_FACTOR_DOSE ? r->study->drug[i_drug].molar_mass : 0.0;
    return find_regimens(r, factor);
}

/* --- names --- */

struct names {
    struct pn_arena *arena;
    const char **name;
    size_t n;
};

static void add_name(struct names *names, const char *stem, const char *word)
{
    char *name = names->n < MAX_NAMES ? pn_arena_print(names->arena, "%s%s%s", stem,
                                                       *word ? "." : "", word)
                                      : NULL;

    if (name)
        names->name[names->n++] = name;
}

static void add_variables(const struct pn_population *population, struct names *names)
{
    for (size_t i = 0; i < population->n_variables; i++) {
        const struct pn_variable *v = &population->variable[i];
        int spread = !v->column && v->by < 0 &&
                     (v->cases[0].kind == PN_NORMAL || v->cases[0].kind == PN_LOGNORMAL);
        add_name(names, v->name, "");
        if (spread)
            add_name(names, v->name, "omega");
        if (v->iov > 0.0)
            add_name(names, v->name, "iov");
        for (size_t k = 0; k < v->n_effects; k++)
            add_name(names, v->name, population->variable[v->effect[k].of].name);
    }
}

static void add_doses(const struct pn_study *study, struct names *names)
{
    for (size_t d = 0; d < study->n_drugs; d++)
        for (int kind = PN_FACTOR_DOSE; kind <= PN_FACTOR_FOR; kind++)
            add_name(names, study->drug[d].name, regimen_word[kind]);
    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++)
            for (int kind = PN_FACTOR_DOSE; kind <= PN_FACTOR_FOR; kind++) {
                char word[96];
                snprintf(word, sizeof word, "%.64s.%s",
                         study->drug[study->arm[a].regimen[i].drug].name,
                         regimen_word[kind]);
                add_name(names, study->arm[a].name, word);
            }
}

static void unknown(struct pn_study_reader *r, const struct pn_wanted *wanted)
{
    struct names names = {.arena = r->text.arena};

    names.name = pn_arena_take(r->text.arena, MAX_NAMES, sizeof *names.name);
    if (pn_table_find(r->study->own, wanted->name) >= 0) {
        pn_complain(
            r->text.list, wanted->place,
            "nobody gives the covariate '%.64s' that a factor changes: give it in "
            "`population`, or a `typical` value where it is declared",
            wanted->name);
        return;
    }
    if (!names.name)
        return;
    add_doses(r->study, &names);
    add_variables(&r->study->population, &names);
    for (size_t i = 0; pn_covariates[i].name; i++)
        add_name(&names, pn_covariates[i].name, "");
    for (size_t i = 0; i < pn_table_size(r->study->own); i++)
        add_name(&names, r->study->own[i].name, "");
    for (const struct pn_instance *i = r->instances; i; i = i->next)
        for (const struct pn_quantity *row = i->parameters; row && row->name; row++)
            add_name(&names, i->name, row->name);
    pn_unknown(&r->text, wanted->place, "factor", wanted->name, names.name, names.n);
}

int pn_find_factor(struct pn_study_reader *r, struct pn_wanted *wanted,
                   struct pn_factor *factor)
{
    int found;

    *factor = (struct pn_factor){.variable = -1, .arm = -1, .place = wanted->place};
    factor->name = pn_arena_copy(r->text.arena, wanted->name, strlen(wanted->name));
    if (!factor->name)
        return 0;
    found = find_in_population(r, wanted, factor);
    if (found < 0)
        found = find_in_regimens(r, wanted, factor);
    if (found < 0)
        unknown(r, wanted);
    return found > 0;
}
