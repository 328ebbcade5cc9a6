/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariates that the catalogue does not have. */
#include "study_files.h"

#include "solver/study/given.h"

#define BEGIN "name: own\nseed: 5\n"
#define DRUG                                                                             \
    "drugs:\n  x:\n    route: iv\n    kinetics: {model: pk1, parameters: {V1: 40 L, "    \
    "CL: "                                                                               \
    "{value: 5 L/h, effects: [{of: IgE, form: power, reference: 100 IU/mL, coefficient:" \
    " 0.5}, {of: race, form: categorical, reference: asian, coefficient: 1.5}, "         \
    "{of: CRP, form: exponential, reference: 3 mg/L, coefficient: 0.1}]}}}\n"
#define END "arms: {a: [{drug: x, dose: 1 mg}]}\nduration: 1 h\n"

/* declared in the study, and where the population gives it */
static const char drawn[] = BEGIN
    "covariates:\n  IgE: {unit: IU/mL, low: 0 IU/mL, high: 1e6 IU/L, title: \"IgE: in "
    "serum\", source: none}\n  race: {codes: {white: 1, black: 2, asian: 5}}\n"
    "population:\n  size: 40\n  covariates:\n"
    "    race: {categories: {white: 0.5, asian: 0.5}}\n"
    "    IgE: {by: race, white: {median: 100 IU/mL, omega: 1, high: 999 IU/mL}, asian: "
    "200 IU/mL}\n"
    "    CRP: {unit: mg/L, median: 3000 ug/L, omega: 0.5}\n"
    "  correlations: [{of: [IgE, CRP], rho: 0.3}]\n" DRUG END;

static double effects(double IgE, double race, double CRP)
{
    return 5.0 * sqrt(IgE / 100.0) * (race == 5.0 ? 1.5 : 1.0) * exp(0.1 * (CRP - 3.0));
}

static int at(const struct pn_study *study, const char *name)
{
    int i = pn_population_find(&study->population, name);

    assert_true(i >= 0);
    return i;
}

static void a_population_draws_them_and_parameters_follow(void **state)
{
    struct pn_study *study = read_text(drawn);
    double x[16], share = 0.0;
    int bad;

    (void)state;
    assert_string_equal(study->population.variable[at(study, "IgE")].row->unit, "IU/mL");
    for (size_t i = 0; i < 40; i++) {
        double race, IgE;
        pn_cohort_draw(&study->population, study->seed, i, x, &bad);
        assert_int_equal(bad, -1);
        race = x[at(study, "race")];
        IgE = x[at(study, "IgE")];
        assert_true(race == 1.0 || (race == 5.0 && IgE == 200.0));
        assert_true(IgE < 999.0);
        share += race == 5.0 ? 1.0 / 40.0 : 0.0;
        assert_close(x[at(study, "x.CL")], effects(IgE, race, x[at(study, "CRP")]), 1e-14,
                     0);
    }
    assert_true(share > 0.2 && share < 0.8);
    check_round_trip(study);
    pn_study_free(&study);
}

/* in their own unit, also time-varying; a category by its number or its name */
static void tables_give_them(void **state)
{
    static const char patients[] = "ID,IgE [IU/L],race,CRP [mg/L]\n1,1e5,asian,3\n2,4e5,"
                                   "black,13\n";
    static const char events[] =
        "ID,TIME,EVID,AMT,CMT,ige,RACE,CRP [ug/L]\n1,0,1,1,1,100,"
        "asian,3000\n1,1,0,.,.,400,5,.\n2,0,1,1,1,400,2,13000\n";
#define TABLES                                                                           \
    "covariates: {IgE: {unit: IU/mL}, race: {codes: {white: 1, black: 2, asian: 5}}, "   \
    "CRP: {unit: mg/L}}\n"
    struct pn_study *study;
    double x[16];
    int bad;

    (void)state;
    for (int table = 0; table < 2; table++) {
        write_file("p.csv", patients, sizeof patients - 1);
        write_file("e.csv", events, sizeof events - 1);
        study =
            read_text(table ? BEGIN TABLES "population: {}\nevents: e.csv\n" DRUG
                                           "arms: {a: [{drug: x}]}\nduration: 1 h\n"
                            : BEGIN TABLES "population: {patients: p.csv}\n" DRUG END);
        pn_cohort_draw(&study->population, 1, 0, x, &bad);
        assert_close(x[at(study, "x.CL")], 7.5, 1e-14, 0);
        pn_cohort_draw(&study->population, 1, 1, x, &bad);
        assert_close(x[at(study, "x.CL")], effects(400, 2, 13), 1e-14, 0);
        if (table) {
            assert_close(study->events->covariate[3], 400, 0, 0);
            assert_int_equal(study->events->variable[0], at(study, "IgE"));
        }
        check_round_trip(study);
        pn_study_free(&study);
        remove_file("p.csv");
        remove_file("e.csv");
    }
}

static void a_design_changes_them(void **state)
{
    struct pn_study *study = read_text(
        BEGIN "covariates: {IgE: {unit: IU/mL, typical: 70 IU/mL}, race: {codes: {asian: "
              "5}}, CRP: {unit: mg/L}}\npopulation: {size: "
              "2}\n" DRUG END "design: {method: grid, factors: {IgE: [100, 400 IU/mL], "
              "x.CL.IgE: [0, 0.5]}}\n");

    (void)state;
    assert_int_equal(study->design->n_points, 4);
    assert_string_equal(study->design->factor[0].row.unit, "IU/mL");
    check_round_trip(study);
    pn_study_free(&study);
}

static void mistakes_say_how_to_declare_one(void **state)
{
    static const struct {
        const char *covariates, *factor, *message;
    } cases[] = {
        {"{IgE: {unit: IU/mL}}",                              "height", NULL                                },
        {"{IgG: {unit: IU/mL}}",                              "height",
         "'IgE', did you mean 'IgG'? One that `pneuma models` does not list is declared "
         "in "
         "the study, covariates: {IgE: {unit: UNIT}}"                                                       },
        {"{IgE: {unit: IU/mL}}",                              "IgE",    "nobody gives the covariate 'IgE'"  },
        {"{IgE: {unit: foo}}",                                "height", "unit of IgE: unknown unit 'foo'"   },
        {"{IgE: {unit: IU/mL, low: 3 kg}}",                   "height", "low: 'kg' cannot be converted"     },
        {"{IgE: {unit: IU/mL, low: 3 IU/mL, high: 2 IU/mL}}", "height", "must be below"                     },
        {"{IgE: {unit: IU/mL}, Weight: {unit: g}}",           "height",
         "the covariate 'weight' is there already, in kg"                                                   },
        {"{IgE: {unit: IU/mL}, Dv: {unit: g}}",               "height", "'Dv' is a column of event"         },
        {"{IgE: {unit: IU/mL}, a.b: {unit: g}}",              "height", "must be letters"                   },
        {"{IgE: {unit: IU/mL}, r: {codes: {a: 1, b: 1}}}",    "height", "'a' and 'b' are"                   },
        {"{IgE: {unit: IU/mL}, r: {codes: {}}}",              "height", "codes is empty"                    },
        {"{IgE: {units: IU/mL}}",                             "height", "unknown key of a covariate 'units'"},
    };
    char text[2000], path[128];

    (void)state;
    path_of(path, "study.yaml");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pn_study *study;
        int status;
        snprintf(text, sizeof text,
                 BEGIN
                 "covariates: %s\npopulation: {size: 1}\ndrugs:\n  x: {route: iv, "
                 "kinetics: {model: pk1, parameters: {CL: {value: 5 L/h, effects: "
                 "[{of: IgE, form: power, reference: 100 IU/mL, coefficient: 1}]}}}}"
                 "\n" END "design: {method: grid, factors: {%s: [170]}}\n",
                 cases[i].covariates, cases[i].factor);
        if (!strcmp(cases[i].factor, "height"))
            memcpy(strstr(text, "[170]"), "[1 m]", 5);
        write_file("study.yaml", text, strlen(text));
        list.n = 0;
        status = pn_study_read(path, units, &list, &study);
        remove_file("study.yaml");
        if (!cases[i].message) {
            assert_int_equal(status, PN_OK);
        } else if (!strstr(list.kept[0].text, cases[i].message)) {
            fail_msg("%s: found %s", cases[i].message, list.kept[0].text);
        }
        pn_study_free(&study);
    }
}

/* a plug-in may have any number of parameters */
static void every_parameter_of_a_long_table_is_known(void **state)
{
    enum { N = 700 };
    static struct pn_quantity table[N + 1];
    static char names[N][16], text[] = "p699: 1\nq1: 2\n";
    struct pn_study study = {.name = NULL};
    struct pn_arena arena = {NULL, 0};
    struct pn_study_reader *r = calloc(1, sizeof *r);
    struct pn_instance *instance;
    const struct pn_yaml *map;

    (void)state;
    assert_non_null(r);
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "p%d", i);
        table[i] = (struct pn_quantity){names[i], "1", 0, 0, 1, "", .source = ""};
    }
    list.n = 0;
    r->text = (struct pn_reader){.arena = &arena, .units = units, .list = &list};
    r->study = &study;
    map = pn_yaml_parse(text, sizeof text - 1, "f", &arena, &list);
    instance = pn_instance_add(r, (struct pn_place){"f", 1, 1}, "long", table);
    assert_true(map && instance);
    pn_give_parameters(r, instance, map, NULL, PN_BY_STUDY);
    assert_int_equal(list.n, 1); /* only q1 */
    assert_non_null(strstr(list.kept[0].text, "'q1'"));
    assert_string_equal(r->parameters->variable.name, "long.p699");
    pn_arena_free(&arena);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_population_draws_them_and_parameters_follow),
        cmocka_unit_test(tables_give_them),
        cmocka_unit_test(a_design_changes_them),
        cmocka_unit_test(mistakes_say_how_to_declare_one),
        cmocka_unit_test(every_parameter_of_a_long_table_is_known),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
