/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Treatment that changes on its way: covariates, occasions, ties, rules, dropout. */
#include "solver/base/random.h"
#include "study_fixture.h"

#define DRUG(parameters)                                                                 \
    "name: one\nroute: iv\nkinetics: {model: pk1, parameters: {V1: 20 L, KA: 1.5 "       \
    "1/h, " parameters "}}\n"
#define STUDY(population, arm, more)                                                     \
    "name: course\nseed: 11\npopulation: " population "\narms: {a: " arm "}\n" more      \
    "solver: {method: auto, rtol: 1e-9}\n"
#define BY_TABLE "[{drug: one.yaml}]"

static struct fixture run(const char *drug, const char *table, const char *study)
{
    fixture_write(fixture_path("one.yaml"), drug);
    if (table)
        fixture_write(fixture_path("events.csv"), table);
    return fixture_run(study);
}

/* 100 mg at 0; weight 70 until 10 h, then 35: CL = 2 (WT/70)^1 */
static void covariates_are_carried_backward_or_forward(void **state)
{
    static const char drug[] =
        DRUG("CL: {value: 2 L/h, effects: [{of: weight, form: power, reference: 70 kg, "
             "coefficient: 1}]}");
    static const char table[] = "ID,TIME,EVID,AMT,CMT,WT\n1,0,1,100,2,70\n1,4,0,.,.,70\n"
                                "1,10,0,.,.,70\n1,16,0,.,.,35\n1,22,0,.,.,35\n";
    static const struct {
        const char *carry;
        double turn; /* when CL halves */
    } cases[] = {
        {"nocb", 10},
        {"locf", 16},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        static const double seen[] = {4, 10, 16, 22};
        char study[512];
        struct fixture fixture;
        const double *A1;
        snprintf(study, sizeof study,
                 STUDY("{}", BY_TABLE,
                       "events: {file: events.csv, carry: %s}\nduration: 24 h\n"
                       "output: {every: 24 h, keep: [one.A1, one.C]}\n"),
                 cases[i].carry);
        fixture = run(drug, table, study);
        A1 = fixture_values(&fixture, 0, "obs.one.A1");
        for (size_t k = 0; k < 4; k++) {
            double before = fmin(seen[k], cases[i].turn), after = seen[k] - before;
            double want = 100 * exp(-0.1 * before - 0.05 * after);
            assert_close(A1[k], want, 1e-7, 0);
            assert_close(fixture_values(&fixture, 0, "obs.one.C")[k], want / 20, 1e-7, 0);
        }
        fixture_free(&fixture);
    }
}

/* F, lag and duration of a dose are those of the time at which it is due */
static void what_a_dose_is_follows_covariates(void **state)
{
    static const char drug[] = DRUG("CL: 2 L/h, F: {value: 0.5, effects: [{of: weight, "
                                    "form: power, reference: 70 kg, "
                                    "coefficient: 1}]}, D: {value: 4 h, effects: [{of: "
                                    "weight, form: power, reference: "
                                    "70 kg, coefficient: 1}]}, ALAG: {value: 1 h, "
                                    "effects: [{of: weight, form: power, "
                                    "reference: 70 kg, coefficient: 1}]}");
    /* weight halves behind 10 h: the additional dose at 12 h has F 0.25, lag 0.5 h */
    static const char table[] =
        "ID,TIME,EVID,AMT,CMT,RATE,II,ADDL,WT\n1,0,1,100,A0,.,12,1,70\n"
        "1,2,1,60,2,-2,.,.,70\n1,10,2,.,.,.,.,.,70\n1,11,1,60,2,-2,.,.,35\n"
        "1,12.4,0,.,.,.,.,.,35\n1,12.9,0,.,.,.,.,.,35\n1,20,0,.,.,.,.,.,35\n";
    struct fixture fixture =
        run(drug, table,
            STUDY("{}", BY_TABLE,
                  "events: {file: events.csv}\nduration: 24 h\n"
                  "output: {every: 24 h, keep: [one.A0, one.A1]}\n"));
    const double *A0 = fixture_values(&fixture, 0, "obs.one.A0");
    const double *lasts = fixture_values(&fixture, 0, "dose_duration");

    (void)state;
    assert_int_equal(fixture.life[0].status, PN_OK);
    assert_close(A0[0], 50 * exp(-1.5 * 11.4), 1e-5, 0); /* not yet */
    assert_close(A0[1], 50 * exp(-1.5 * 11.9) + 25 * exp(-1.5 * 0.4), 1e-7, 0);
    assert_int_equal(fixture.life[0].n_doses, 4);
    assert_close(lasts[1], 4, 1e-12, 0);
    assert_close(lasts[2], 2, 1e-12, 0);
    fixture_free(&fixture);
}

/* CL halves exactly where an infusion of 20 mg/h for 5 h ends */
static void covariates_may_change_at_an_infusions_end(void **state)
{
    static const char drug[] =
        DRUG("CL: {value: 2 L/h, effects: [{of: weight, form: power, reference: 70 kg, "
             "coefficient: 1}]}");
    static const char table[] = "ID,TIME,EVID,AMT,CMT,RATE,WT\n1,0,1,100,2,20,70\n"
                                "1,5,2,.,.,.,70\n1,5,0,.,.,.,35\n1,9,0,.,.,.,35\n";
    struct fixture fixture = run(drug, table,
                                 STUDY("{}", BY_TABLE,
                                       "events: {file: events.csv}\nduration: 9 h\n"
                                       "output: {every: 9 h, keep: [one.A1]}\n"));
    const double *A1 = fixture_values(&fixture, 0, "obs.one.A1");
    double at_end = 20 / 0.1 * (1 - exp(-0.5));

    (void)state;
    assert_close(A1[0], at_end, 1e-7, 0);
    assert_close(A1[1], at_end * exp(-0.05 * 4), 1e-7, 0);
    fixture_free(&fixture);
}

static void occasions_draw_their_own_parameters(void **state)
{
    static const char drug[] = DRUG("CL: {value: 2 L/h, iov: {omega2: 0.09}}");
    static const char table[] =
        "ID,TIME,EVID,AMT,CMT,OCC\n1,0,1,100,2,1\n1,6,0,.,.,1\n1,12,4,100,2,2\n"
        "1,18,0,.,.,2\n1,24,4,100,2,1\n1,30,0,.,.,1\n";
    struct fixture fixture = run(drug, table,
                                 STUDY("{}", BY_TABLE,
                                       "events: {file: events.csv}\nduration: 30 h\n"
                                       "output: {every: 30 h, keep: [one.A1]}\n"));
    const double *A1 = fixture_values(&fixture, 0, "obs.one.A1");

    (void)state;
    assert_true(fabs(A1[0] / A1[1] - 1) > 1e-3);
    assert_close(A1[0], A1[2], 1e-7, 0); /* the same occasion, the same CL */
    fixture_free(&fixture);
}

/* doses of 100 mg at 0 and 12 h, of another regimen at 20 h; visits at 0, 9 and 18 h */
static void the_study_says_what_an_occasion_is(void **state)
{
    static const struct {
        const char *occasion;
        double begin[4]; /* of the second, the third … */
    } cases[] = {
        {"",                   {20, 99}       },
        {"occasion: regimen",  {20, 99}       },
        {"occasion: dose",     {12, 20, 99}   },
        {"occasion: visit",    {9, 18, 99}    },
        {"occasion: 0.25 day", {6, 12, 18, 99}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char study[1024];
        struct fixture fixture;
        const double *A1;
        snprintf(study, sizeof study,
                 STUDY("{size: 1}",
                       "[{drug: one.yaml, dose: 100 mg, every: 12 h, for: 24 h}, {drug: "
                       "one.yaml, dose: 50 mg, start: 20 h}]",
                       "visits: [{at: 0 h, tests: []}, {at: 9 h, tests: []}, {at: 18 h, "
                       "tests: []}]\nduration: 23 h\n%s\n"
                       "output: {every: 1 h, keep: [one.A1]}\n"),
                 cases[i].occasion);
        fixture = run(DRUG("CL: {value: 2 L/h, iov: {omega: 0.5}}"), NULL, study);
        A1 = fixture_values(&fixture, 0, "one.A1");
        for (uint64_t t = 1, n = 1; t < 23; t++) {
            double z;
            n += (double)t >= cases[i].begin[n - 1];
            if (t == 12 || t == 20) /* from the trough over a dose */
                continue;
            z = pn_normal(11, 1, PN_DRAW_OCCASION, pn_name_hash("one.CL"), n);
            assert_close(A1[t + 1], A1[t] * exp(-0.1 * exp(0.5 * z)), 1e-6, 0);
        }
        fixture_free(&fixture);
    }
}

static void order_of_the_file_decides_at_equal_times(void **state)
{
    static const char table[] =
        "ID,TIME,EVID,AMT,CMT\n1,0,0,.,.\n1,0,1,100,2\n1,0,0,.,.\n1,5,0,.,.\n"
        "1,5,1,50,2\n1,5,0,.,.\n1,5,2,.,.\n1,5,0,.,.\n";
    struct fixture fixture = run(DRUG("CL: 2 L/h"), table,
                                 STUDY("{}", BY_TABLE,
                                       "events: {file: events.csv}\nduration: 9 h\n"
                                       "output: {every: 5 h, keep: [one.A1]}\n"));
    const double *A1 = fixture_values(&fixture, 0, "obs.one.A1");
    double trough = 100 * exp(-0.5);
    const double want[] = {0, 100, trough, trough + 50, trough + 50};

    (void)state;
    for (size_t k = 0; k < 5; k++)
        assert_close(A1[k], want[k], 1e-8, 1e-12);
    /* the grid sees the trough */
    assert_close(fixture_values(&fixture, 0, "one.A1")[1], trough, 1e-8, 0);
    fixture_free(&fixture);
}

/* --- rules at visits --- */

#define DAILY "{drug: one.yaml, dose: 100 mg, every: 24 h, for: 10 day}"
#define VISITS                                                                           \
    "visits: [{at: 1 day, tests: []}, {at: 2 day, tests: []}, {at: 3 day, tests: []}, "  \
    "{at: 4 day, tests: []}]\nduration: 6 day\noutput: {every: 1 day, keep: [one.A1]}\n"

static const double *doses_of(const struct fixture *fixture, size_t *n)
{
    *n = fixture->life[0].n_doses;
    return fixture_values(fixture, 0, "dose_amount");
}

static void a_titration_stops_at_its_limit(void **state)
{
    struct fixture fixture = run(
        DRUG("CL: 2 L/h"), NULL,
        STUDY("{size: 1}",
              "{regimens: [" DAILY "], rules: [{titrate: one, factor: 2, high: 300 mg, "
              "when: one.C, below: 100 mg/L}]}",
              VISITS));
    static const double want[] = {100, 200, 300, 300, 300, 300};
    size_t n;
    const double *amount = doses_of(&fixture, &n);

    (void)state;
    assert_int_equal(n, 6);
    for (size_t k = 0; k < 6; k++)
        assert_close(amount[k], want[k], 1e-14, 0);
    fixture_free(&fixture);
}

static void a_stop_ends_the_regimen(void **state)
{
    struct fixture fixture =
        run(DRUG("CL: 2 L/h"), NULL,
            STUDY("{size: 1}",
                  "{regimens: [" DAILY
                  "], rules: [{stop: one, when: one.A1, above: 9.5 mg}]}",
                  VISITS));
    size_t n;

    (void)state;
    /* troughs 100 q/(1 - q) (1 - q^k), q = exp(-2.4): 9.07, 9.89 mg: stopped on day 2 */
    doses_of(&fixture, &n);
    assert_int_equal(n, 2);
    fixture_free(&fixture);
}

static void a_rescue_is_one_dose_more(void **state)
{
    struct fixture fixture;
    size_t n;

    (void)state;
    fixture_write(
        fixture_path("other.yaml"),
        "name: other\nroute: iv\nkinetics: {model: pk1, parameters: {CL: 1 L/h}}\n");
    fixture =
        run(DRUG("CL: 2 L/h"), NULL,
            STUDY("{size: 1}",
                  "{regimens: [" DAILY "], rules: [{rescue: {drug: other.yaml, dose: 7 "
                  "mg}, when: one.A1, below: 9.5 mg, times: 2}]}",
                  VISITS));
    doses_of(&fixture, &n);
    assert_int_equal(n, 7); /* 6 daily ones and one after the first trough */
    fixture_free(&fixture);
}

static void who_drops_out_is_missing_from_then_on(void **state)
{
    struct fixture fixture = run(
        DRUG("CL: 2 L/h"), NULL,
        STUDY("{size: 1}",
              "{regimens: [" DAILY "], rules: [{dropout: true, when: one.A1, above: 9.5 "
              "mg}]}",
              VISITS));
    const double *A1 = fixture_values(&fixture, 0, "one.A1");

    (void)state;
    assert_int_equal(fixture.life[0].status, PN_OK);
    assert_close(fixture.life[0].t_end, 48, 1e-14, 0);
    assert_true(isfinite(A1[2]) && isnan(A1[3]) && isnan(A1[6]));
    fixture_free(&fixture);
}

/* a constant hazard: survival is exponential */
static void dropout_follows_its_hazard(void **state)
{
    struct fixture fixture =
        run(DRUG("CL: 2 L/h"), NULL,
            STUDY("{size: 4000}",
                  "{regimens: [], dropout: {rate: 0.1 1/day, most: 0.3 1/day}}",
                  "duration: 6 day\noutput: {every: 1 day, keep: []}\nvisits: []\n"));
    double stayed = 0;

    (void)state;
    for (size_t i = 0; i < 4000; i++)
        stayed += fixture.life[i].t_end >= 144;
    assert_close(stayed / 4000, exp(-0.6), 0, 4 * sqrt(0.25 / 4000));
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covariates_are_carried_backward_or_forward),
        cmocka_unit_test(what_a_dose_is_follows_covariates),
        cmocka_unit_test(covariates_may_change_at_an_infusions_end),
        cmocka_unit_test(occasions_draw_their_own_parameters),
        cmocka_unit_test(the_study_says_what_an_occasion_is),
        cmocka_unit_test(order_of_the_file_decides_at_equal_times),
        cmocka_unit_test(a_titration_stops_at_its_limit),
        cmocka_unit_test(a_stop_ends_the_regimen),
        cmocka_unit_test(a_rescue_is_one_dose_more),
        cmocka_unit_test(who_drops_out_is_missing_from_then_on),
        cmocka_unit_test(dropout_follows_its_hazard),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
