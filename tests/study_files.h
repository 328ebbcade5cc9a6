/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies for tests: written to a folder of their own, read, compared, written back. */
#ifndef PN_TESTS_STUDY_FILES_H
#define PN_TESTS_STUDY_FILES_H

#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/cohort/cohort.h"
#include "solver/cohort/points.h"
#include "solver/study/study.h"

/* UDUNITS-2 forgets a word of a unit that it cannot parse */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:utlex\n";
}

static struct pn_units *units;
static struct pn_complaints list;
static char folder[] = "/tmp/pn_study_XXXXXX";

static inline int begin_group(void **state)
{
    (void)state;
    return mkdtemp(folder) ? pn_units_create(&units) : -1;
}

static inline int end_group(void **state)
{
    (void)state;
    pn_units_free(&units);
    return rmdir(folder);
}

static inline void path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
}

static inline void write_file(const char *name, const void *data, size_t n)
{
    char path[128];
    FILE *file;

    path_of(path, name);
    remove(path); /* ext4 waits for the disk when an old file is written over */
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static inline void remove_file(const char *name)
{
    char path[128];

    path_of(path, name);
    assert_int_equal(remove(path), 0);
}

static inline struct pn_study *read_good(const char *path)
{
    struct pn_study *study;
    int status;

    list.n = 0;
    status = pn_study_read(path, units, &list, &study);
    for (size_t i = 0; i < list.n && i < PN_COMPLAINTS_KEPT; i++)
        print_error("%s\n", list.kept[i].text);
    assert_int_equal(status, PN_OK);
    return study;
}

/* A study given as text. */
static inline struct pn_study *read_text(const char *text)
{
    char path[128];
    struct pn_study *study;

    path_of(path, "study.yaml");
    write_file("study.yaml", text, strlen(text));
    study = read_good(path);
    remove_file("study.yaml");
    return study;
}

static inline void assert_same_population(const struct pn_study *a,
                                          const struct pn_study *b)
{
    const struct pn_population *p = &a->population, *q = &b->population;
    double x[128], y[128];
    int bad;

    assert_int_equal(p->n_patients, q->n_patients);
    assert_int_equal(p->n_variables, q->n_variables);
    assert_int_equal(p->n_correlations, q->n_correlations);
    assert_true(p->n_variables <= 128);
    for (size_t i = 0; i < p->n_variables; i++) {
        assert_string_equal(p->variable[i].name, q->variable[i].name);
        assert_string_equal(p->variable[i].row->name, q->variable[i].row->name);
        assert_string_equal(p->variable[i].row->unit, q->variable[i].row->unit);
        assert_int_equal(p->variable[i].by, q->variable[i].by);
        assert_int_equal(p->variable[i].group, q->variable[i].group);
        assert_int_equal(p->variable[i].n_effects, q->variable[i].n_effects);
        assert_true(p->variable[i].iov == q->variable[i].iov);
    }
    for (size_t i = 0; i < p->n_patients && i < 100; i++) {
        assert_int_equal(pn_cohort_id(p, i), pn_cohort_id(q, i));
        pn_cohort_draw(p, a->seed, i, x, &bad);
        pn_cohort_draw(q, b->seed, i, y, &bad);
        assert_same_bits(x, y, p->n_variables);
    }
}

static inline void assert_same_regimen(const struct pn_regimen *x,
                                       const struct pn_regimen *y)
{
    double p[] = {x->amount, x->start,     x->every,   x->duration, x->rate,
                  x->over,   x->adherence, x->late_sd, x->holiday,  x->holiday_rate};
    double q[] = {y->amount, y->start,     y->every,   y->duration, y->rate,
                  y->over,   y->adherence, y->late_sd, y->holiday,  y->holiday_rate};

    assert_same_bits(p, q, 10);
    assert_int_equal(x->drug, y->drug);
    assert_int_equal(x->input, y->input);
    assert_int_equal(x->compartment, y->compartment);
    assert_int_equal(x->steady_state, y->steady_state);
    assert_int_equal(x->by_events, y->by_events);
    assert_int_equal(x->n_steps, y->n_steps);
    for (size_t i = 0; i < x->n_steps; i++)
        assert_true(x->step[i].time == y->step[i].time &&
                    x->step[i].amount == y->step[i].amount);
    if (x->route)
        assert_string_equal(x->route, y->route);
}

static inline void assert_same_rules(const struct pn_arm *a, const struct pn_arm *b)
{
    assert_int_equal(a->n_rules, b->n_rules);
    for (size_t i = 0; i < a->n_rules; i++) {
        const struct pn_rule *x = &a->rule[i], *y = &b->rule[i];
        double p[] = {x->threshold, x->factor, x->low, x->high};
        double q[] = {y->threshold, y->factor, y->low, y->high};
        assert_same_bits(p, q, 4);
        assert_true(x->kind == y->kind && x->above == y->above && x->times == y->times);
        assert_int_equal(x->regimen, y->regimen);
        assert_string_equal(x->signal, y->signal);
    }
    assert_true(a->dropout.rate == b->dropout.rate && a->dropout.most == b->dropout.most);
    assert_true(a->dropout.coefficient == b->dropout.coefficient);
    assert_true(!a->dropout.signal == !b->dropout.signal);
}

static inline void assert_same_arms(const struct pn_study *a, const struct pn_study *b)
{
    assert_int_equal(a->n_arms, b->n_arms);
    for (size_t i = 0; i < a->n_arms; i++) {
        assert_string_equal(a->arm[i].name, b->arm[i].name);
        assert_int_equal(a->arm[i].n_regimens, b->arm[i].n_regimens);
        for (size_t k = 0; k < a->arm[i].n_regimens; k++)
            assert_same_regimen(&a->arm[i].regimen[k], &b->arm[i].regimen[k]);
        assert_same_rules(&a->arm[i], &b->arm[i]);
    }
}

static inline void assert_same_events(const struct pn_events *a,
                                      const struct pn_events *b)
{
    assert_true(!a == !b);
    if (!a)
        return;
    assert_int_equal(a->n_patients, b->n_patients);
    assert_int_equal(a->n_events, b->n_events);
    assert_int_equal(a->backward, b->backward);
    assert_int_equal(a->n_covariates, b->n_covariates);
    assert_memory_equal(a->id, b->id, a->n_patients * sizeof *a->id);
    assert_memory_equal(a->first, b->first, (a->n_patients + 1) * sizeof *a->first);
    assert_same_bits(a->covariate, b->covariate, a->n_events * a->n_covariates);
}

static inline void assert_same_design(const struct pn_study *a, const struct pn_study *b)
{
    const struct pn_design *d = a->design, *e = b->design;
    struct pn_points *x, *y;

    assert_true(!d == !e);
    if (!d)
        return;
    assert_true(d->method == e->method && d->log_scale == e->log_scale);
    assert_int_equal(d->n_points, e->n_points);
    assert_int_equal(d->n_factors, e->n_factors);
    for (size_t i = 0; i < d->n_factors; i++) {
        const struct pn_factor *f = &d->factor[i], *g = &e->factor[i];
        assert_string_equal(f->name, g->name);
        assert_string_equal(f->row.unit, g->row.unit);
        assert_true(f->kind == g->kind && f->variable == g->variable);
        assert_true(f->effect == g->effect && f->drug == g->drug && f->arm == g->arm);
    }
    assert_int_equal(pn_points_create(a, &list, &x), PN_OK);
    assert_int_equal(pn_points_create(b, &list, &y), PN_OK);
    assert_same_bits(x->value, y->value, x->n * x->n_factors);
    pn_points_free(&x);
    pn_points_free(&y);
}

static inline void assert_same_study(const struct pn_study *a, const struct pn_study *b)
{
    assert_string_equal(a->name, b->name);
    assert_true(a->seed == b->seed && a->duration == b->duration);
    assert_true(a->rtol == b->rtol && a->max_steps == b->max_steps);
    assert_true(a->max_failed == b->max_failed);
    assert_string_equal(a->method, b->method);
    assert_int_equal(a->n_outputs, b->n_outputs);
    assert_same_bits(a->output, b->output, a->n_outputs);
    assert_int_equal(a->n_visits, b->n_visits);
    for (size_t i = 0; i < a->n_visits; i++) {
        assert_true(a->visit[i].time == b->visit[i].time);
        assert_int_equal(a->visit[i].n_tests, b->visit[i].n_tests);
    }
    assert_int_equal(a->n_keep, b->n_keep);
    for (size_t i = 0; i < a->n_keep; i++)
        assert_string_equal(a->keep[i], b->keep[i]);
    assert_int_equal(a->n_drugs, b->n_drugs);
    assert_int_equal(a->n_parts, b->n_parts);
    for (size_t i = 0; i < a->n_parts; i++)
        assert_string_equal(a->part[i].instance, b->part[i].instance);
    for (size_t i = 0; i < a->n_drugs; i++) {
        assert_same_bits(&a->drug[i].error, &b->drug[i].error, 3);
        assert_int_equal(a->drug[i].n_effects, b->drug[i].n_effects);
    }
    assert_int_equal(a->reset_all, b->reset_all);
    assert_same_arms(a, b);
    assert_same_events(a->events, b->events);
    assert_same_population(a, b);
    assert_same_design(a, b);
}

static inline void check_round_trip(struct pn_study *study)
{
    struct pn_study *again;
    char *first, *second;

    assert_int_equal(pn_study_write(study, &first), PN_OK);
    again = read_text(first);
    assert_int_equal(pn_study_write(again, &second), PN_OK);
    assert_string_equal(first, second);
    assert_same_study(study, again);
    free(first);
    free(second);
    pn_study_free(&again);
}

/* every form of distribution, regimen and text that the reader knows */
static const char everything[] =
    "name: \"all \\\"forms\\\" – é\\n\"\nseed: 18446744073709551615\n"
    "population:\n  size: 7\n  title: 'a # title: of it'\n  source: none\n"
    "  covariates:\n"
    "    height: {by: sex, male: {mean: 1.76 m, sd: 7 cm}, female: 162 cm}\n"
    "    sex: {categories: {female: 0.5, male: 0.5}}\n"
    "    age: {uniform: [18 year, 240 month]}\n"
    "    weight: {median: 80 kg, gsd: 1.2, g: 0.1, h: 0.05, low: 50 kg}\n"
    "    FeNO: {median: 21 ppb, cv: 40 %, high: 100 ppb}\n"
    "    blood_eosinophils: {median: 0.228 1/nL, omega2: 0.1}\n"
    "    FEV1_percent_predicted: {mean: 70 %, sd: 5 %}\n"
    "  parameters: {eosinophils.chi0: {mean: 3, sd: 0.1, low: 2.9}, feno.flow: 50 mL/s}\n"
    "  correlations:\n"
    "    - {of: [weight, FeNO], rho: 0.1}\n"
    "    - {of: [FeNO, blood_eosinophils], rho: 0.3}\n"
    "    - {of: [height, eosinophils.chi0], rho: -0.3333333333333333}\n"
    "disease:\n  - eosinophils: {ka: {median: 0.2 1/day, omega: 0.3}, B0: {default: 228 "
    "cells/uL}}\n  - asm_growth\n"
    "drugs:\n"
    "  abc:\n    kinetics: {model: pk2, parameters: {CL: 0.1 L/s, V1: {value: 60 L}}}\n"
    "    targets: {dp2: {Kd: {median: 1 nM, cv: 0.1}}}\n"
    "  xyz: {route: iv, molar_mass: 0.3 kg/mol, kinetics: {model: pk2}}\n"
    "arms:\n  \"no: thing\": []\n"
    "  both:\n"
    "    - {drug: abc, dose: 0.225 g, route: oral, start: 1 day}\n"
    "    - {drug: xyz, dose: 1 mmol, start: 5 h, every: 7 h, adherence: 33.3 %}\n"
    "    - {drug: xyz, dose: 0 mg, route: oral, every: 1 h, for: 3 h}\n"
    "visits: [{at: 0 h}, {at: 100 min, tests: [spirometry]}, {at: 1 month}]\n"
    "output: {every: 7 h}\nsolver: {method: rosenbrock, rtol: 3e-9, max_steps: 77}\n"
    "max_failed: 0\n";

/* every form of dose, rule and effect */
static const char treatment[] =
    "name: treatment\nseed: 3\nreset: all\n"
    "population:\n  size: 9\n  covariates:\n"
    "    sex: {categories: {male: 0.5, female: 0.5}}\n"
    "    weight: {median: 80 kg, cv: 0.2}\n    age: {uniform: [20 year, 70 year]}\n"
    "drugs:\n  abc:\n    molar_mass: 500 g/mol\n    route: oral\n"
    "    kinetics:\n      model: pk2\n      parameters:\n"
    "        CL:\n          median: 3 L/h\n          omega2: 0.09\n"
    "          iov: {cv: 20 %}\n          effects:\n"
    "            - {of: weight, form: power, reference: 70 kg, coefficient: 0.75}\n"
    "            - {of: sex, form: categorical, reference: male, coefficient: 1.1}\n"
    "            - {of: FeNO, form: linear, reference: 20 ppb, coefficient: 0.1}\n"
    "        V1: {by: sex, male: 50 L, female: {median: 40 L, cv: 0.1}, iov: {omega: "
    "0.1},"
    " effects: [{of: age, form: linear, reference: 40 year, coefficient: -0.001 "
    "1/month}]}\n"
    "        KA: {value: 1 1/h, effects: [{of: age, form: exponential, reference: 40 "
    "year, coefficient: 0.01}], source: none}\n"
    "    effects: [{model: effect_compartment, parameters: {ke0: 0.3 1/h}}]\n"
    "    error: {proportional: 20 %, additive: 5 ug/L}\n"
    "  xyz: {route: iv, kinetics: {model: pk2}, error: {lognormal: 0.3}}\n"
    "arms:\n  none: []\n"
    "  forms:\n    regimens:\n"
    "      - {drug: abc, dose: 100 mg, every: 1 day, loading: 0.4 g, late: 90 min,"
    " holidays: {every: 30 day, length: 3 day}}\n"
    "      - {drug: xyz, dose: 50 mg, over: 2 h, every: 12 h, steady_state: true,"
    " steps: [{at: 0 h, dose: 25 mg}, {at: 2 week, dose: 75 mg}]}\n"
    "    rules:\n"
    "      - {rescue: {drug: xyz, dose: 10 mg, rate: 0.02 g/h}, when: FEV1, below: 1500 "
    "mL, times: 3}\n"
    "      - {titrate: abc, factor: 2, low: 50 mg, high: 400 mg, when: abc.C, below: 10 "
    "nmol/L}\n"
    "      - {stop: xyz, when: asm.mass, above: 2}\n"
    "      - {dropout: true, when: abc.effect_compartment.Ce, above: 5 mg/L}\n"
    "    dropout: {rate: 0.1 1/year, per: eosinophils.blood, coefficient: 0.5 nL, most: "
    "1 "
    "1/year}\n"
    "  plan:\n    regimens: [{drug: abc, dose: 100 mg, every: 1 day, loading: 200 mg,"
    " steps: [{at: 1 day, dose: 150 mg}], rate: model, route: iv},"
    " {drug: xyz, dose: 1 mg, over: model}]\n    dropout: {rate: 0.2 1/year}\n"
    "disease: [eosinophils, asm_mass]\nairway: {model: lambert}\n"
    "visits: [{at: 0 h, tests: [spirometry]}, {at: 8 week, tests: [spirometry]}]\n";

static const char csv_study[] =
    "name: csv\nseed: 1\npopulation: {patients: p.csv, covariates: {age: 30 year, "
    "weight: {by: sex, male: 80 kg, female: {mean: 60 kg, sd: 2 kg}}}}\n"
    "disease: [eosinophils]\narms: {none: []}\nduration: 1 h\n";

/* byte order mark, quotes, spaces, both line ends, an empty line, no end at the end */
static const char csv[] =
    "\xef\xbb\xbf"
    "age [month],ID,\"sex\",height [m],eosinophils.B0 [cells/uL],feno.flow [mL/s]\r\n"
    "600 , 12,male, 1.7 ,\"3.5e2\",50\r\n\r\n"
    "612,4,\"female\",1.6,250,50";

static const char events_study[] =
    "name: e\nseed: 1\npopulation: {}\nevents: {file: e.csv, carry: locf}\n"
    "drugs:\n  abc: {molar_mass: 500 g/mol, kinetics: {model: pk2, parameters: {CL: "
    "{value: 3 L/h, effects: [{of: weight, form: power, reference: 70 kg, coefficient: "
    "0.75}]}}}}\n  x_y: {route: iv, kinetics: {model: pk2}}\n"
    "arms: {none: [], a: [{drug: abc}, {drug: x_y}]}\nduration: 1000 h\n";

static const char events_csv[] =
    "# every column\nID,TIME [h],EVID,AMT [mg],CMT,RATE,DUR,II,ADDL,SS,MDV,DV,DVID,CENS,"
    "LIMIT,OCC,WT,sex\n"
    "3,0,1,100,abc.A0,.,.,12,3,1,1,.,.,.,.,1,70,male\n3,1,0,.,.,.,.,.,.,.,0,2.5,1,0,0.1,"
    ".,.,.\nC,a comment\n3,24,dose,50,5,25,.,.,.,.,1,.,.,.,.,2,72.5,male\n"
    "3,30,4,50,5,.,2,.,.,.,1,.,.,.,.,2,.,.\n3,31,2,.,-4,.,.,.,.,.,1,.,.,.,.,2,.,.\n"
    "1,0.5,1,7,x_y.A0,-2,.,24,.,2,1,.,.,.,.,1,55,0\n1,48,3,.,.,.,.,.,.,.,1,.,.,.,.,1,.,"
    ".\n1,48,1,0,2,10,.,.,.,1,1,.,.,.,.,1,.,.\n1,50,multiply,0.5,2,.,.,.,.,.,1,.,.,.,.,1,"
    ".,.\n";

#endif
