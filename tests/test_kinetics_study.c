/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inputs/kinetics.yaml through reader, units, wiring, dosing and integrator, against each
 * component alone on the stand: a factor lost between them shows here. */
#include "kinetics_rig.h"
#include "study_fixture.h"

/* the study's text, at a tolerance of the test's own */
static const char *text_of_study(void)
{
    static char text[8192];
    FILE *file = fopen(PN_SOURCE_DIR "/inputs/kinetics.yaml", "r");
    size_t n;

    assert_non_null(file);
    n = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(n < sizeof text - 64);
    strcpy(text + n, "solver: {rtol: 1e-10}\n");
    return text;
}

/* the component with the numbers that the reader found for its instance */
static void stand_as_read(struct stand *s, const struct pn_study *study,
                          const struct pn_drug *drug)
{
    stand_init(s, drug->kinetics);
    for (size_t i = 0; i < s->n_p; i++) {
        char name[96];
        int found;
        snprintf(name, sizeof name, "%s.%s", drug->name,
                 drug->kinetics->parameters[i].name);
        found = pn_population_find(&study->population, name);
        if (found >= 0)
            s->p[i] = pn_all(study->population.variable[found].cases[0].location);
    }
    stand_start(s);
}

/* concentration `t` hours after one dose */
static double alone(const struct pn_study *study, const struct pn_regimen *regimen,
                    double t)
{
    const struct pn_drug *drug = &study->drug[regimen->drug];
    const struct pn_route *route;
    double unit = strcmp(drug->kinetics->time_unit, "day") == 0 ? 24 : 1, lag;
    struct stand s;

    stand_as_read(&s, study, drug);
    route = route_of(&s, regimen->route);
    lag = route->ALAG < 0 ? 0 : s.p[route->ALAG][0];
    if (t <= lag)
        return 0;
    give(&s, regimen->route, regimen->amount);
    stand_run(&s, (t - lag) / unit);
    return stand_signal(&s, "C");
}

static void a_study_gives_what_each_component_gives_alone(void **state)
{
    struct fixture f = fixture_run(text_of_study());
    size_t compared = 0;

    (void)state;
    for (size_t a = 0; a < f.study->n_arms; a++) {
        const struct pn_regimen *regimen = &f.study->arm[a].regimen[0];
        double most = 0;
        char name[64];
        const double *c;
        size_t job = a; /* one patient: jobs are arms */
        assert_int_equal(f.study->arm[a].n_regimens, 1);
        assert_int_equal(f.life[job].status, PN_OK);
        snprintf(name, sizeof name, "%s.C", f.study->drug[regimen->drug].name);
        c = fixture_values(&f, job, name);
        for (size_t k = 1; k < 5; k++) { /* the first day: before a second dose */
            double want = alone(f.study, regimen, f.study->output[k]);
            assert_close(c[k], want, 1e-7, 1e-12);
            most = fmax(most, want);
        }
        assert_true(most > 0.01);
        compared++;
    }
    assert_int_equal(compared, 8);
    fixture_free(&f);
}

/* the numbers of the file once more, by hand: 0.8 x 100 mg, 30 min late */
static void the_first_arm_follows_the_bateman_function(void **state)
{
    struct fixture f = fixture_run(text_of_study());
    const double *c = fixture_values(&f, 0, "one.C");
    double k = 5.0 / 40, ka = 0.9;

    (void)state;
    assert_string_equal(f.study->arm[0].name, "one");
    for (size_t i = 1; i < 10; i++) {
        double t = f.study->output[i] - 0.5;
        assert_close(c[i], 0.8 * 100 / 40 * ka / (ka - k) * (exp(-k * t) - exp(-ka * t)),
                     1e-7, 1e-12);
    }
    fixture_free(&f);
}

/* 2.5 L/nmol/day of 150 kg/mol are 2.5/0.15 L/mg/day */
static void molar_numbers_of_a_target_become_those_of_its_drug(void **state)
{
    struct fixture f = fixture_read(text_of_study());
    const struct pn_population *p = &f.study->population;
    static const struct setting want[] = {
        {"bound.kon",  2.5 / 0.15 },
        {"bound.ksyn", 1.4 * 0.15 },
        {"quasi.KSS",  0.68 * 0.15},
        {NULL,         0          }
    };

    (void)state;
    for (size_t i = 0; want[i].name; i++) {
        int at = pn_population_find(p, want[i].name);
        assert_true(at >= 0);
        assert_close(p->variable[at].cases[0].location, want[i].value, 1e-14, 0);
    }
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_gives_what_each_component_gives_alone),
        cmocka_unit_test(the_first_arm_follows_the_bateman_function),
        cmocka_unit_test(molar_numbers_of_a_target_become_those_of_its_drug),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
