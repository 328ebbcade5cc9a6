/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The published sets of the drug files: that the files hold them, and what they must give
 * at steady state. */
#include "kinetics_rig.h"
#include "study_files.h"

/* typical patients, in the units of the components' tables */
static const struct setting mepolizumab[] = {
    {"CL", 0.28 / 24},
    {"V1", 3.6      },
    {"Q",  0.5 / 24 },
    {"V2", 2.6      },
    {"KA", 0.2 / 24 },
    {"F",  0.8      },
    {NULL, 0        }
};
static const struct setting benralizumab[] = {
    {"CL", 0.291 / 24             },
    {"V1", 3.13                   },
    {"Q",  0.738 / 24             },
    {"V2", 2.52                   },
    {"KA", 0.693147181 / 3.54 / 24},
    {"F",  0.589                  },
    {NULL, 0                      }
};
static const struct setting dupilumab[] = {
    {"KE",   0.0418 / 24},
    {"V1",   2.76       },
    {"K12",  0.0952 / 24},
    {"K21",  0.163 / 24 },
    {"VMAX", 1.39 / 24  },
    {"KM",   2.08       },
    {"KA",   0.263 / 24 },
    {"F",    0.609      },
    {NULL,   0          }
};
static const struct setting tezepelumab[] = {
    {"CL", 0.17 / 24 },
    {"V1", 3.9       },
    {"Q",  0.515 / 24},
    {"V2", 2.2       },
    {"KA", 0.25 / 24 },
    {"F",  0.77      },
    {NULL, 0         }
};
static const struct setting budesonide[] = {
    {"F_lung", 0.30 },
    {"F_C",    0.5  },
    {"F_BA",   0.11 },
    {"kmuc",   0.938},
    {"kdiss",  17.8 },
    {"kpulC",  10   },
    {"kpulP",  20   },
    {"KA",     0.45 },
    {"CL",     85   },
    {"V1",     100  },
    {"K12",    20.01},
    {"K21",    11.06},
    {NULL,     0    }
};
static const struct setting salbutamol[] = {
    {"F_lung", 0.15},
    {"KL",     8   },
    {"F_gut",  0.44},
    {"KA",     0.7 },
    {"CL",     26  },
    {"V1",     45  },
    {"Q",      60  },
    {"V2",     100 },
    {NULL,     0   }
};
static const struct setting tiotropium[] = {
    {"F_lung", 0.33              },
    {"f_fast", 0.0369            },
    {"f_slow", 0.864             },
    {"kfast",  30                },
    {"kmid",   0.3               },
    {"kslow",  0.693147181 / 65.4},
    {"F_gut",  0.02              },
    {"KA",     0.5               },
    {"CL",     52.8              },
    {"V1",     15                },
    {"Q",      15                },
    {"V2",     2225              },
    {NULL,     0                 }
};

/* one interval at steady state, and what leads there */
struct course {
    double first_trough; /* after the first dose, before the second */
    double peak, peak_time, trough, average;
};

static struct course course(const char *component, const struct setting *settings,
                            const char *route, double loading, double dose, double every)
{
    enum { CYCLES = 150, PARTS = 2000 };
    struct stand s;
    struct books b = {&s, NULL, 0, 0};
    struct course c = {0};
    double kept[N_BOOKS] = {0};

    stand_up(&s, component, settings);
    for (int i = 0; i < CYCLES; i++) {
        give(&s, route, i ? dose : loading);
        stand_run(&s, every);
        if (i == 0)
            c.first_trough = stand_signal(&s, "C");
    }
    give(&s, route, dose);
    for (int i = 1; i <= PARTS; i++) {
        books_run(&b, every / PARTS, kept);
        if (stand_signal(&s, "C") > c.peak) {
            c.peak = stand_signal(&s, "C");
            c.peak_time = every * i / PARTS;
        }
    }
    c.trough = stand_signal(&s, "C");
    c.average = kept[AREA] / every;
    return c;
}

static double value_of(const struct setting *settings, const char *name)
{
    while (strcmp(settings->name, name) != 0)
        settings++;
    return settings->value;
}

/* half-lives of two compartments, fast and slow */
static void half_lives(double k10, double k12, double k21, double *fast, double *slow)
{
    double sum = k10 + k12 + k21, alpha = 0.5 * (sum + sqrt(sum * sum - 4 * k10 * k21));

    *fast = log(2) / alpha;
    *slow = log(2) * alpha / (k10 * k21);
}

static double terminal(const struct setting *d, double *fast)
{
    double slow, v1 = value_of(d, "V1"), v2 = value_of(d, "V2"), q = value_of(d, "Q");

    half_lives(value_of(d, "CL") / v1, q / v1, q / v2, fast, &slow);
    return slow;
}

/* Yan 2019, 30 mg every 8 weeks */
static void benralizumab_reaches_the_published_steady_state(void **state)
{
    struct course c = course("pk2", benralizumab, "sc", 30, 30, 56 * 24);
    double fast, slow = terminal(benralizumab, &fast);

    (void)state;
    assert_close(c.average, 0.589 * 30 / (0.291 * 56), 1e-9, 0);
    assert_close(c.average, 1.0843, 1e-4, 0);
    assert_close(c.peak, 2.1708, 1e-4, 0);
    assert_close(c.trough, 0.2623, 2e-4, 0);
    assert_close(fast / 24, 1.2072, 1e-4, 0);
    assert_close(slow / 24, 14.6177, 1e-4, 0);
}

/* Zhang 2021, every 2 weeks after a double dose */
static void dupilumab_reaches_the_published_steady_state(void **state)
{
    static const struct {
        double loading, dose, trough, peak, average, first;
    } arms[] = {
        {600, 300, 66.57, 89.67, 80.70, 49.25},
        {400, 200, 34.28, 49.67, 43.69, 29.48},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct course c = course("pk2_mm_micro", dupilumab, "sc", arms[i].loading,
                                 arms[i].dose, 14 * 24);
        assert_close(c.trough, arms[i].trough, 2e-4, 0);
        assert_close(c.peak, arms[i].peak, 2e-4, 0);
        assert_close(c.average, arms[i].average, 2e-4, 0);
        assert_close(c.first_trough, arms[i].first, 2e-4, 0);
    }
}

static void mepolizumab_and_tezepelumab_reach_their_average(void **state)
{
    struct course m = course("pk2", mepolizumab, "sc", 100, 100, 28 * 24);
    struct course t = course("pk2", tezepelumab, "sc", 210, 210, 28 * 24);
    double fast;

    (void)state;
    assert_close(m.average, 0.8 * 100 / (0.28 * 28), 1e-9, 0);
    assert_close(m.average, 10.2, 1e-3, 0); /* 10.204 */
    assert_close(t.average, 0.77 * 210 / (0.17 * 28), 1e-9, 0);
    assert_close(t.average, 34.0, 1e-3, 0); /* 33.97 */
    /* half-lives as printed: 16 to 22 d, 26 d */
    assert_close(terminal(mepolizumab, &fast) / 24, 17.07, 1e-3, 0);
    assert_close(terminal(tezepelumab, &fast) / 24, 26, 1e-3, 0);
}

/* Weber & Hochhaus 2013, into the vein: half-lives, and V_ss from an infusion at rest */
static void budesonide_has_the_published_half_lives_and_volume(void **state)
{
    double fast, slow, c[2], kept[N_BOOKS] = {0};
    struct stand s;
    struct books b = {&s, NULL, 500, 0};

    (void)state;
    half_lives(85.0 / 100, 20.01, 11.06, &fast, &slow);
    assert_close(fast, 0.0219, 3e-3, 0); /* as printed, three digits: 0.021946 */
    assert_close(slow, 2.3316, 1e-4, 0);
    stand_up(&s, "ics_lung", budesonide);
    give(&s, "iv", 1000);
    stand_run(&s, 10);
    c[0] = stand_signal(&s, "C");
    stand_run(&s, 3);
    c[1] = stand_signal(&s, "C");
    assert_close(3 * log(2) / log(c[0] / c[1]), slow, 1e-9, 0);
    stand_up(&s, "ics_lung", budesonide);
    give(&s, "iv", 1000);
    stand_run(&s, fast);
    /* 1000 ug in 100 L: half of the fast part, all but a little of the slow one */
    c[0] = (log(2) / fast - 11.06) / (log(2) / fast - log(2) / slow); /* share of it */
    assert_close(stand_signal(&s, "C"), 10 * (c[0] / 2 + (1 - c[0]) * exp2(-fast / slow)),
                 1e-10, 0);
    stand_up(&s, "ics_lung", budesonide);
    b.input_into = route_of(&s, "iv")->state;
    books_run(&b, 120, kept);
    assert_close(stand_signal(&s, "C"), 500 / 85.0, 1e-9, 0);
    assert_close((stand_state(&s, "A1")[0][0] + stand_state(&s, "A2")[0][0]) * 85 / 500,
                 280.9, 1e-4, 0);
}

/* The lung of Weber & Hochhaus as they write it, seven states, the dose on three of them;
 * here its matrix is integrated by the same stand, but from other coordinates. */
static int as_printed(double t, const double y[], double dy[], void *user)
{
    enum { UC, UP, DC, DP, G, X1, X2 };

    (void)t, (void)user;
    dy[UC] = -(17.8 + 0.938) * y[UC];
    dy[UP] = -17.8 * y[UP];
    dy[DC] = 17.8 * y[UC] - 10 * y[DC];
    dy[DP] = 17.8 * y[UP] - 20 * y[DP];
    dy[G] = 0.938 * y[UC] - 0.45 * y[G];
    dy[X1] = 10 * y[DC] + 20 * y[DP] + 0.11 * 0.45 * y[G] - (0.85 + 20.01) * y[X1] +
             11.06 * y[X2];
    dy[X2] = 20.01 * y[X1] - 11.06 * y[X2];
    return GSL_SUCCESS;
}

static void an_inhaled_dose_of_budesonide_follows_the_printed_equations(void **state)
{
    static const double hours[] = {0.02, 0.1, 0.5, 3, 12};
    gsl_odeiv2_system system = {as_printed, NULL, 7, NULL};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        double t = 0, y[7] = {400 * 0.15, 400 * 0.15, 0, 0, 400 * 0.7, 0, 0};
        gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(
            &system, gsl_odeiv2_step_rk8pd, 1e-4, 1e-14, 1e-12);
        struct stand s;
        assert_int_equal(gsl_odeiv2_driver_apply(driver, &t, hours[i], y), GSL_SUCCESS);
        gsl_odeiv2_driver_free(driver);
        stand_up(&s, "ics_lung", budesonide);
        give(&s, "inhaled", 400);
        stand_run(&s, hours[i]);
        assert_close(stand_signal(&s, "C"), y[5] / 100, 1e-9, 0);
        assert_close(stand_signal(&s, "lung"), y[0] + y[1] + y[2] + y[3], 1e-9, 1e-10);
        assert_close(stand_signal(&s, "gut"), y[4], 1e-10, 0);
    }
}

/* each place empties by its own first order, and all that is absorbed is cleared */
static void inhaled_drugs_leave_each_place_by_its_own_clock(void **state)
{
    double t = 0.7, kept[N_BOOKS] = {0};
    struct stand s;
    struct books b = {&s, NULL, 0, 0};

    (void)state;
    stand_up(&s, "inhaled2", salbutamol);
    give(&s, "inhaled", 180);
    stand_run(&s, t);
    assert_close(stand_signal(&s, "lung"), 180 * 0.15 * exp(-8 * t), 1e-11, 0);
    assert_close(stand_signal(&s, "gut"), 180 * 0.85 * exp(-0.7 * t), 1e-11, 0);
    stand_up(&s, "inhaled2_slow", tiotropium);
    give(&s, "inhaled", 5);
    stand_run(&s, t);
    assert_close(stand_signal(&s, "lung"),
                 5 * 0.33 *
                     (0.0369 * exp(-30 * t) + 0.864 * exp2(-t / 65.4) +
                      (1 - 0.0369 - 0.864) * exp(-0.3 * t)),
                 1e-8, 0);
    assert_close(stand_signal(&s, "gut"), 5 * 0.67 * exp(-0.5 * t), 1e-11, 0);
    stand_up(&s, "inhaled2", salbutamol);
    give(&s, "inhaled", 180);
    books_run(&b, 200, kept);
    assert_close(kept[AREA], 180 * (0.15 + 0.85 * 0.44) / 26, 1e-9, 0);
}

/* what the files say of the two bronchodilators; the numbers by matrix exponential
 * (SciPy), a peak here to the distance of the points it is looked for at */
static void bronchodilators_peak_as_their_files_say(void **state)
{
    struct course once, daily;
    struct setting charcoal[16];
    double fast, slow = terminal(salbutamol, &fast);

    (void)state;
    memcpy(charcoal, salbutamol, sizeof salbutamol);
    charcoal[2].value = 0; /* F_gut: charcoal binds what is swallowed */
    assert_string_equal(charcoal[2].name, "F_gut");
    once = course("inhaled2", charcoal, "inhaled", 180, 180, 48);
    assert_close(once.peak, 0.387271, 1e-3, 0);
    assert_close(once.peak_time * 60, 14.57, 0, 1.5);
    assert_close(fast * 60, 17.6, 2e-3, 0);
    assert_close(slow, 4.73, 1e-3, 0);
    daily = course("inhaled2_slow", tiotropium, "inhaled", 5, 5, 24);
    assert_close(1e3 * daily.peak, 4.40308, 1e-3, 0);
    assert_close(daily.peak_time * 60, 5.27, 0, 0.8);
    assert_close(1e3 * daily.trough, 1.0685303, 1e-7, 0);
    assert_close(1e3 * daily.average, 1e3 * 5 * (0.33 + 0.67 * 0.02) / (52.8 * 24), 1e-6,
                 0);
    assert_close(terminal(tiotropium, &fast) / 24, 5.5, 2e-3, 0);
}

/* --- the files --- */

/* variance of the logarithm; covariate, factor from its reference to `value` */
struct spread {
    const char *parameter;
    double omega2;
};
struct factor {
    const char *parameter, *covariate;
    double reference, value, factor;
};

static const struct drug_file {
    const char *name, *model, *route, *target;
    const struct setting *typical;
    double molar_mass, kd, proportional, additive, lognormal; /* kd: nM */
    struct spread spread[6];
    struct factor factor[8];
} files[] = {
  /* clang-format off */
    {"mepolizumab", "pk2", "sc", "il5", mepolizumab, 149e3, 7.53, 0, 0, 0,
     {{"CL", 0.0754785}, {"V1", 0.0392207}},
     {{"CL", "weight", 70, 105, 1.3554030}, {"V1", "weight", 70, 105, 1.5}}},
    {"benralizumab", "pk2", "sc", "il5r", benralizumab, 150e3, 0.2, 0, 0, 0.367,
     {{"CL", 0.058564}, {"V1", 0.059536}, {"Q", 0.008}, {"V2", 0.199809},
      {"KA", 0.690561}, {"F", 0.029241}},
     {{"CL", "weight", 70, 105, 1.3870932}, {"V1", "weight", 70, 105, 1.3848454},
      {"V2", "weight", 70, 105, 1.2387287}, {"CL", "ADA", 0, 1, 2.24}}},
    {"dupilumab", "pk2_mm_micro", "sc", "il4ra", dupilumab, 147e3, 14.15, 0.197, 1.73, 0,
     {{"KE", 0.0385}, {"V1", 0.00834}, {"VMAX", 0.0589}, {"KA", 0.243}, {"F", 0.132}},
     {{"KE", "weight", 78, 117, 1.0941888}, {"V1", "weight", 78, 117, 1.3105478},
      {"VMAX", "weight", 78, 117, 1.0950765}, {"V1", "albumin", 44, 22, 1.3986161},
      {"KE", "creatinine_clearance", 111, 55.5, 0.8603526}, {"KE", "ADA", 0, 1, 1.191}}},
    {"tezepelumab", "pk2", "sc", "tslp", tezepelumab, 147e3, 25.7, 0.1, 0, 0,
     {{"CL", 0.1416}, {"V1", 0.0625}, {"KA", 0.2728}},
     {{"CL", "weight", 70, 105, 1.3554030}, {"V1", "weight", 70, 105, 1.5}}},
    {"budesonide", "ics_lung", "inhaled", "glucocorticoid", budesonide, 430.5, 0.5, 0, 0, 0,
     {{"F_lung", 0.0392207}, {"KA", 0.0392207}, {"CL", 0.0392207}, {"V1", 0.0392207}},
     {{NULL, NULL, 0, 0, 0}}},
    {"salbutamol", "inhaled2", "inhaled", "beta2", salbutamol, 239.3, 760, 0, 0, 0,
     {{"F_lung", 0.0861777}, {"CL", 0.0606246}}, {{NULL, NULL, 0, 0, 0}}},
    {"tiotropium", "inhaled2_slow", "inhaled", "m3", tiotropium, 392.5, 0.014, 0, 0, 0,
     {{"F_lung", 0.0861777}, {"CL", 0.0606246}}, {{NULL, NULL, 0, 0, 0}}},
  /* clang-format on */
};
enum { N_FILES = sizeof files / sizeof *files };

static struct pn_study *read_drug(const struct drug_file *file)
{
    char text[1024];

    snprintf(text, sizeof text,
             "name: drugs\nseed: 3\npopulation: {size: 1, covariates: {weight: 70 kg, "
             "albumin: 44 g/L, creatinine_clearance: 111 mL/min, ADA: 0}}\n"
             "arms: {one: [{drug: %s/inputs/drugs/%s.yaml, dose: 0.1 mg}]}\n"
             "duration: 1 day\n",
             PN_SOURCE_DIR, file->name);
    return read_text(text);
}

static const struct pn_variable *variable(const struct pn_study *study,
                                          const char *instance, const char *name)
{
    char full[256];
    int i;

    snprintf(full, sizeof full, "%s%s%s", instance, *instance ? "." : "", name);
    i = pn_population_find(&study->population, full);
    if (i < 0)
        fail_msg("no variable %s", full);
    return &study->population.variable[i];
}

static void files_hold_the_numbers_that_are_tested_here(void **state)
{
    (void)state;
    for (size_t f = 0; f < N_FILES; f++) {
        const struct drug_file *file = &files[f];
        struct pn_study *study = read_drug(file);
        const struct pn_drug *drug = &study->drug[0];
        char potency[96];
        assert_string_equal(drug->name, file->name);
        assert_string_equal(drug->kinetics->name, file->model);
        assert_string_equal(drug->route, file->route);
        assert_close(drug->molar_mass, file->molar_mass, 1e-15, 0);
        assert_int_equal(drug->n_targets, 1);
        assert_string_equal(drug->target[0].target, file->target);
        snprintf(potency, sizeof potency, "%s.%s", file->name, file->target);
        assert_close(variable(study, potency, "Kd")->cases[0].location, file->kd, 1e-12,
                     0);
        assert_close(drug->error.proportional, file->proportional, 0, 0);
        assert_close(drug->error.additive, file->additive, 1e-15, 0);
        assert_close(drug->error.lognormal, file->lognormal, 0, 0);
        for (const struct setting *s = file->typical; s->name; s++)
            assert_close(variable(study, file->name, s->name)->cases[0].location,
                         s->value, 1e-6, 0);
        pn_study_free(&study);
    }
}

static void files_hold_the_published_variability(void **state)
{
    (void)state;
    for (size_t f = 0; f < N_FILES; f++) {
        struct pn_study *study = read_drug(&files[f]);
        size_t varied = 0, n = 0;
        for (size_t i = 0; i < study->population.n_variables; i++)
            varied += study->population.variable[i].cases[0].kind != PN_FIXED;
        for (; n < 6 && files[f].spread[n].parameter; n++) {
            const struct spread *s = &files[f].spread[n];
            const struct pn_variable *v = variable(study, files[f].name, s->parameter);
            assert_int_equal(v->cases[0].kind, PN_LOGNORMAL);
            assert_close(v->cases[0].spread * v->cases[0].spread, s->omega2, 1e-6, 0);
        }
        assert_int_equal(varied, n);
        pn_study_free(&study);
    }
}

/* the patient as drawn, then with one other covariate */
static void files_hold_the_published_covariates(void **state)
{
    (void)state;
    for (size_t f = 0; f < N_FILES; f++) {
        struct pn_study *study = read_drug(&files[f]);
        const struct pn_population *population = &study->population;
        size_t effects = 0, n = 0;
        for (size_t i = 0; i < population->n_variables; i++)
            effects += population->variable[i].n_effects;
        for (; n < 8 && files[f].factor[n].parameter; n++) {
            const struct factor *e = &files[f].factor[n];
            size_t of =
                       (size_t)(variable(study, "", e->covariate) - population->variable),
                   at = (size_t)(variable(study, files[f].name, e->parameter) -
                                 population->variable);
            double row[128], before;
            int bad;
            assert_true(population->n_variables <= 128);
            assert_int_equal(pn_cohort_draw(population, study->seed, 0, row, &bad), 0);
            row[of] = e->reference;
            pn_cohort_update(population, study->seed, 0, 0, 0, row, &bad);
            before = row[at];
            row[of] = e->value;
            pn_cohort_update(population, study->seed, 0, 0, 0, row, &bad);
            assert_close(row[at] / before, e->factor, 1e-6, 0);
        }
        assert_int_equal(effects, n);
        pn_study_free(&study);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(benralizumab_reaches_the_published_steady_state),
        cmocka_unit_test(dupilumab_reaches_the_published_steady_state),
        cmocka_unit_test(mepolizumab_and_tezepelumab_reach_their_average),
        cmocka_unit_test(budesonide_has_the_published_half_lives_and_volume),
        cmocka_unit_test(an_inhaled_dose_of_budesonide_follows_the_printed_equations),
        cmocka_unit_test(inhaled_drugs_leave_each_place_by_its_own_clock),
        cmocka_unit_test(bronchodilators_peak_as_their_files_say),
        cmocka_unit_test(files_hold_the_numbers_that_are_tested_here),
        cmocka_unit_test(files_hold_the_published_variability),
        cmocka_unit_test(files_hold_the_published_covariates),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
