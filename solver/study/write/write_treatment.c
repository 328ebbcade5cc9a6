/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: drugs, arms, the table of events. */
#include <math.h>
#include <string.h>

#include "models/kinetics/body_surface.h"
#include "solver/study/treatment/dose.h"
#include "solver/study/write/write_study.h"

static void put_key(FILE *out, const char *key, double value, const char *unit)
{
    fprintf(out, ", %s: ", key);
    pn_put_quantity(out, value, unit);
}

/* --- drugs --- */

static void put_error(FILE *out, const struct pn_drug *drug)
{
    const struct pn_residual_error *e = &drug->error;
    int C = pn_table_find(drug->kinetics->writes, "C");

    if (!(e->proportional > 0.0) && !(e->additive > 0.0) && !(e->lognormal > 0.0))
        return;
    fputs("    error: {", out);
    if (e->lognormal > 0.0) {
        fputs("lognormal: ", out);
        pn_put_number(out, e->lognormal);
    }
    if (e->proportional > 0.0) {
        fputs("proportional: ", out);
        pn_put_number(out, e->proportional);
    }
    if (e->additive > 0.0) {
        fputs(e->proportional > 0.0 ? ", additive: " : "additive: ", out);
        pn_put_quantity(out, e->additive, drug->kinetics->writes[C].unit);
    }
    fputs("}\n", out);
}

static void put_drug_effects(const struct pn_writer *w, const struct pn_drug *drug)
{
    fputs(drug->n_effects > 0 ? "    effects:\n" : "", w->out);
    for (size_t i = 0; i < drug->n_effects; i++) {
        const struct pn_drug_effect *effect = &drug->effect[i];
        fprintf(w->out, "      - model: %s\n        parameters:%s\n",
                effect->component->name,
                pn_table_size(effect->component->parameters) > 0 ? "" : " {}");
        pn_put_parameters(w, 10, effect->instance, effect->component->parameters);
    }
}

static void put_drug(const struct pn_writer *w, const struct pn_drug *drug)
{
    fprintf(w->out, "  %s:\n", drug->name);
    if (drug->molar_mass > 0.0) {
        fputs("    molar_mass: ", w->out);
        pn_put_quantity(w->out, drug->molar_mass, "g/mol");
        fputc('\n', w->out);
    }
    pn_put_line(w->out, 4, "route", drug->route);
    fprintf(w->out, "    kinetics:\n      model: %s\n      parameters:\n",
            drug->kinetics->name);
    pn_put_parameters(w, 8, drug->name, drug->kinetics->parameters);
    fputs(drug->n_targets > 0 ? "    targets:\n" : "", w->out);
    for (size_t i = 0; i < drug->n_targets; i++) {
        char instance[192];
        snprintf(instance, sizeof instance, "%s.%s", drug->name, drug->target[i].target);
        fprintf(w->out, "      %s:\n", drug->target[i].target);
        pn_put_parameters(w, 8, instance, drug->target[i].potency->parameters);
    }
    put_drug_effects(w, drug);
    put_error(w->out, drug);
}

/* --- regimens --- */

static const struct pn_quantity *state_of_dose(const struct pn_drug *drug,
                                               const struct pn_regimen *regimen)
{
    const char *name = regimen->route ? regimen->route : drug->route;

    return &drug->kinetics->states[pn_route_find(drug, name)->state];
}

/* The unit of its amounts. */
static void unit_of_dose(const struct pn_writer *w, const struct pn_regimen *regimen,
                         char *unit)
{
    pn_dose_unit(regimen->measure.by,
                 state_of_dose(&w->study->drug[regimen->drug], regimen)->unit, unit);
}

static void put_end(FILE *out, double end, const char *unit)
{
    if (isinf(end))
        fputs(end > 0.0 ? "inf" : "-inf", out);
    else
        pn_put_quantity(out, end, unit);
}

static void put_range(const struct pn_writer *w, const struct pn_dose_measure *measure,
                      const struct pn_dose_band *band, size_t i)
{
    const struct pn_variable *v = &w->study->population.variable[measure->covariate[i]];
    const struct pn_category *category = v->row->categories;

    if (isinf(band->low[i]) && isinf(band->high[i]))
        return;
    fprintf(w->out, "%s: ", v->name);
    while (category && category->name && category->code != band->low[i])
        category++;
    if (category && category->name) {
        fprintf(w->out, "%s, ", category->name);
        return;
    }
    fputc('[', w->out);
    put_end(w->out, band->low[i], v->row->unit);
    fputs(", ", w->out);
    put_end(w->out, band->high[i], v->row->unit);
    fputs("], ", w->out);
}

static void put_bands(const struct pn_writer *w, const struct pn_regimen *regimen,
                      const char *unit)
{
    const struct pn_dose_measure *measure = &regimen->measure;

    fputs(", dose: {bands: [", w->out);
    for (size_t k = 0; k < measure->n_bands; k++) {
        const struct pn_dose_band *band = &measure->band[k];
        fputs(k > 0 ? ", {" : "{", w->out);
        for (size_t i = 0; i < measure->n_covariates; i++)
            put_range(w, measure, band, i);
        fputs("dose: ", w->out);
        pn_put_quantity(w->out, band->amount, unit);
        if (band->every > 1)
            put_key(w->out, "every", band->every * regimen->every, "h");
        fputc('}', w->out);
    }
    fputc(']', w->out);
    if (!isnan(measure->otherwise))
        put_key(w->out, "otherwise", measure->otherwise, unit);
    fputc('}', w->out);
}

static void put_dose(const struct pn_writer *w, const struct pn_regimen *regimen)
{
    const struct pn_drug *drug = &w->study->drug[regimen->drug];
    char unit[PN_DOSE_UNIT], per_hour[PN_DOSE_UNIT + 4];

    unit_of_dose(w, regimen, unit);
    fprintf(w->out, "{drug: %s", drug->name);
    if (regimen->measure.by == PN_DOSE_BY_BANDS)
        put_bands(w, regimen, unit);
    else
        put_key(w->out, "dose", regimen->amount, unit);
    if (regimen->measure.by == PN_DOSE_PER_SURFACE)
        fprintf(w->out, ", bsa: %s", pn_body_surfaces[regimen->measure.formula].name);
    fprintf(w->out, ", route: %s", regimen->route);
    snprintf(per_hour, sizeof per_hour, "%s/h",
             regimen->rate_is_measured ? unit : state_of_dose(drug, regimen)->unit);
    if (regimen->input == PN_AT_RATE)
        put_key(w->out, "rate", regimen->rate, per_hour);
    else if (regimen->input == PN_OVER_DURATION)
        put_key(w->out, "over", regimen->over, "h");
    else if (regimen->input != PN_BOLUS)
        fprintf(w->out, ", %s: model",
                regimen->input == PN_AT_MODEL_RATE ? "rate" : "over");
}

static void put_steps(const struct pn_writer *w, const struct pn_regimen *regimen)
{
    char unit[PN_DOSE_UNIT];

    unit_of_dose(w, regimen, unit);
    for (size_t i = 0; i < regimen->n_steps; i++) {
        fputs(i == 0 ? ", steps: [{at: " : ", {at: ", w->out);
        pn_put_quantity(w->out, regimen->step[i].time, "h");
        put_key(w->out, "dose", regimen->step[i].amount, unit);
        fputc('}', w->out);
    }
    fputs(regimen->n_steps > 0 ? "]" : "", w->out);
}

static void put_habits(const struct pn_writer *w, const struct pn_regimen *regimen)
{
    fputs(regimen->steady_state ? ", steady_state: true" : "", w->out);
    if (regimen->late_sd > 0.0)
        put_key(w->out, "late", regimen->late_sd, "h");
    if (regimen->holiday_rate > 0.0) {
        fputs(", holidays: {every: ", w->out);
        pn_put_quantity(w->out, 1.0 / regimen->holiday_rate, "h");
        put_key(w->out, "length", regimen->holiday, "h");
        fputc('}', w->out);
    }
    put_key(w->out, "adherence", regimen->adherence, "1");
}

static void put_regimen(const struct pn_writer *w, int indent,
                        const struct pn_regimen *regimen)
{
    fprintf(w->out, "%*s- ", indent, "");
    if (regimen->by_events) {
        fprintf(w->out, "{drug: %s}\n", w->study->drug[regimen->drug].name);
        return;
    }
    put_dose(w, regimen);
    put_key(w->out, "start", regimen->start, "h");
    if (regimen->every > 0.0) {
        put_key(w->out, "every", regimen->every, "h");
        put_key(w->out, "for", regimen->duration, "h");
    }
    put_steps(w, regimen);
    put_habits(w, regimen);
    fputs("}\n", w->out);
}

/* --- rules --- */

static void put_titration(const struct pn_writer *w, const struct pn_arm *arm,
                          const struct pn_rule *rule)
{
    const struct pn_regimen *regimen = &arm->regimen[rule->regimen];
    char unit[PN_DOSE_UNIT];

    unit_of_dose(w, regimen, unit);
    fprintf(w->out, "{titrate: %s", w->study->drug[regimen->drug].name);
    put_key(w->out, "factor", rule->factor, "1");
    if (rule->low > 0.0)
        put_key(w->out, "low", rule->low, unit);
    if (rule->high < HUGE_VAL)
        put_key(w->out, "high", rule->high, unit);
}

static void put_rule(const struct pn_writer *w, const struct pn_arm *arm,
                     const struct pn_rule *rule)
{
    const struct pn_quantity *row = NULL;
    double molar_mass;

    fputs("      - ", w->out);
    switch (rule->kind) {
    case PN_RULE_RESCUE:
        fputs("{rescue: ", w->out);
        put_dose(w, &arm->regimen[rule->regimen]);
        fputc('}', w->out);
        break;
    case PN_RULE_TITRATE:
        put_titration(w, arm, rule);
        break;
    case PN_RULE_STOP:
        fprintf(w->out, "{stop: %s",
                w->study->drug[arm->regimen[rule->regimen].drug].name);
        break;
    case PN_RULE_DROPOUT:
        fputs("{dropout: true", w->out);
        break;
    }
    fputs(", when: ", w->out);
    pn_put_text(w->out, rule->signal);
    pn_signal_row(w->study, rule->signal, &row, &molar_mass);
    put_key(w->out, rule->above ? "above" : "below", rule->threshold,
            row ? row->unit : "1");
    if (rule->times > 0)
        fprintf(w->out, ", times: %d", rule->times);
    fputs("}\n", w->out);
}

static void put_dropout(const struct pn_writer *w, const struct pn_dropout *dropout)
{
    const struct pn_quantity *row;
    double molar_mass;
    char unit[96] = "1";

    if (!(dropout->rate > 0.0))
        return;
    fputs("    dropout: {rate: ", w->out);
    pn_put_quantity(w->out, dropout->rate, "1/h");
    put_key(w->out, "most", dropout->most, "1/h");
    if (dropout->signal) {
        fputs(", per: ", w->out);
        pn_put_text(w->out, dropout->signal);
        if (pn_signal_row(w->study, dropout->signal, &row, &molar_mass) &&
            strcmp(row->unit, "1") != 0)
            snprintf(unit, sizeof unit, "1/(%.80s)", row->unit);
        put_key(w->out, "coefficient", dropout->coefficient, unit);
    }
    fputs("}\n", w->out);
}

/* --- arms --- */

static int is_rescue(const struct pn_arm *arm, size_t regimen)
{
    for (size_t i = 0; i < arm->n_rules; i++)
        if (arm->rule[i].kind == PN_RULE_RESCUE && arm->rule[i].regimen == (int)regimen)
            return 1;
    return 0;
}

static void put_regimens(const struct pn_writer *w, const struct pn_arm *arm, int indent)
{
    size_t n = 0;

    for (size_t i = 0; i < arm->n_regimens; i++)
        n += !is_rescue(arm, i);
    fputs(n > 0 ? ":\n" : ": []\n", w->out);
    for (size_t i = 0; i < arm->n_regimens; i++)
        if (!is_rescue(arm, i))
            put_regimen(w, indent, &arm->regimen[i]);
}

static void put_arm(const struct pn_writer *w, const struct pn_arm *arm)
{
    fputs("  ", w->out);
    pn_put_text(w->out, arm->name);
    if (arm->n_rules == 0 && !(arm->dropout.rate > 0.0)) {
        put_regimens(w, arm, 4);
        return;
    }
    fputs(":\n    regimens", w->out);
    put_regimens(w, arm, 6);
    fputs(arm->n_rules > 0 ? "    rules:\n" : "", w->out);
    for (size_t i = 0; i < arm->n_rules; i++)
        put_rule(w, arm, &arm->rule[i]);
    put_dropout(w, &arm->dropout);
}

void pn_put_drugs(const struct pn_writer *w, const struct pn_key *key)
{
    if (w->study->n_drugs > 0)
        fprintf(w->out, "%s:\n", key->name);
    for (size_t i = 0; i < w->study->n_drugs; i++)
        put_drug(w, &w->study->drug[i]);
}

void pn_put_arms(const struct pn_writer *w, const struct pn_key *key)
{
    fprintf(w->out, "%s:\n", key->name);
    for (size_t a = 0; a < w->study->n_arms; a++)
        put_arm(w, &w->study->arm[a]);
}

void pn_put_events(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;

    if (!study->events)
        return;
    fprintf(w->out, "%s: {file: ", key->name);
    fputs(study->events->second ? "[" : "", w->out);
    pn_put_text(w->out, pn_put_path(study, study->events->file));
    if (study->events->second) {
        fputs(", ", w->out);
        pn_put_text(w->out, pn_put_path(study, study->events->second));
        fputc(']', w->out);
    }
    fprintf(w->out, ", carry: %s", study->events->backward ? "nocb" : "locf");
    pn_put_node(w->out, ", columns: ", study->events->columns);
    pn_put_node(w->out, ", ignore: ", study->events->ignore);
    pn_put_node(w->out, ", accept: ", study->events->accept);
    fputs("}\n", w->out);
}
