/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver: independence of the lanes to the bit, stops, outputs, failures. */
#include "integrate_case.h"

static const char *const lane_methods[] = {"explicit", "rosenbrock"};
static const char *const all_methods[] = {"explicit", "rosenbrock", "cvode"};

#define NOTHING (double)NAN

/* Binding of a drug: ordinary patients, then troublesome ones. */
enum { USUAL = 6, NOT_A_NUMBER = 7, ABSURD, REFUSING, N_PATIENTS = REFUSING };
static const struct patient patients[N_PATIENTS] = {
    {{0.1, 2, 0.3, 0.2, 0.5},     {40, 1.5, 0}, 3, 8,   PN_LEG_JUMP,     40, 1,   0,    NULL},
    {{0.2, 1, 0.1, 0.1, 0.3},     {10, 2, 0.1}, 5, 6,   PN_LEG_JUMP,     20, 0.7, 0,    NULL},
    {{0.3, 0.5, 0.3, 0.2, 0.1},   {1, 1.5, 0},  1, 30,  PN_LEG_JUMP,     0,  2,   0,    NULL},
    {{0.05, 3, 0.2, 0.4, 0.2},    {30, 1, 0},   9, 2.5, PN_LEG_CONTINUE, 0,  0,   0,    NULL},
    {{0.15, 1.5, 0.5, 0.3, 0.5},  {5, 0.5, 0},  2, 12,  PN_LEG_JUMP,     5,  0.3, 0,    NULL},
    {{0.1, 0.1, 0.1, 0.1, 0.1},   {1, 1, 1},    4, 10,  PN_LEG_JUMP,     1,  5,   0,    NULL},
    {{NOTHING, 2, 0.3, 0.2, 0.5}, {40, 1.5, 0}, 3, 8,   PN_LEG_JUMP,     40, 1,   0,    NULL},
    {{1e12, 1e15, 0.3, 1e9, 0.5}, {40, 1.5, 0}, 3, 8,   PN_LEG_JUMP,     40, 1,   0,    NULL},
    {{0.1, 2, 0.3, 0.2, 0.5},     {40, 1.5, 0}, 3, 8,   PN_LEG_JUMP,     40, 1,   0.01, NULL},
};

/* The lives of all patients, each alone in lane 0. */
static void all_alone(const char *method, size_t max_steps, struct life *lives)
{
    for (int i = 0; i < N_PATIENTS; i++) {
        struct bench bench = {.problem = &binding};
        struct pn_integrate_options options = {1e-6, max_steps, 1};
        struct ward ward = {.bench = &bench, .patients = patients, .lives = lives};

        ward.queue[0][0] = i + 1;
        assert_int_equal(ward_run(&ward, method, &options), PN_OK);
    }
}

static void assert_same_lives(const struct life *a, const struct life *b, int n)
{
    for (int i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof a[i]) != 0)
            fail_msg("patient %d has other bits in company", i + 1);
}

/* Every patient in every lane, behind and beside every other one, poisoned ones too:
 * queues are turned by one from round to round. */
static void company_moves_no_bit(void **state)
{
    static struct life alone[N_PATIENTS], lives[N_PATIENTS];

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        all_alone(lane_methods[m], 3000, alone);
        assert_int_equal(alone[NOT_A_NUMBER - 1].end.status, PN_PATIENT_NOT_FINITE);
        for (int turn = 0; turn < N_PATIENTS; turn++) {
            struct bench bench = {.problem = &binding};
            struct pn_integrate_options options = {1e-6, 3000, 1};
            struct ward ward = {.bench = &bench, .patients = patients, .lives = lives};

            memset(lives, 0, sizeof lives);
            for (int i = 0; i < N_PATIENTS; i++) {
                int place = (i + turn) % N_PATIENTS;
                ward.queue[place % PN_LANES][place / PN_LANES] = i + 1;
            }
            assert_int_equal(ward_run(&ward, lane_methods[m], &options), PN_OK);
            assert_same_lives(lives, alone, N_PATIENTS);
        }
        for (int i = 0; i < USUAL; i++)
            assert_int_equal(alone[i].end.status, PN_OK);
    }
}

static void two_runs_of_one_integrator_are_the_same(void **state)
{
    static struct life first[N_PATIENTS], second[N_PATIENTS];

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        struct bench bench = {.problem = &binding};
        struct pn_ode ode = bench_ode(&bench);
        struct pn_integrate_options options = {1e-6, 3000, 0};
        struct ward ward = {.bench = &bench, .patients = patients};
        struct pn_lane_calls calls = {&ward, ward_arrive, ward_record, NULL, NULL, NULL};
        struct pn_integrator *g;

        for (int i = 0; i < 3; i++)
            ward.queue[0][i] = i + 1;
        assert_int_equal(
            pn_integrator_create(pn_method_find(all_methods[m]), &ode, &options, &g), 0);
        ward.lives = first;
        assert_int_equal(pn_integrator_run(g, &calls), PN_OK);
        memset(ward.n_seen, 0, sizeof ward.n_seen);
        ward.lives = second;
        assert_int_equal(pn_integrator_run(g, &calls), PN_OK);
        assert_same_lives(second, first, 3);
        assert_true(first[2].end.status == PN_OK && first[2].end.n_steps > 10);
        pn_integrator_free(&g);
    }
}

/* outputs dense, sparse or absent: the stops have the same bits */
static void outputs_do_not_move_the_answer(void **state)
{
    static const double every[] = {0, 0.11, 1, 8};
    static struct life lives[4];

    (void)state;
    for (size_t m = 0; m < 2; m++)
        for (size_t k = 0; k < 4; k++) {
            struct patient p = patients[0];

            p.output = every[k];
            live_alone(&binding, lane_methods[m], 1e-6, &p, 0, &lives[k]);
            assert_int_equal(lives[k].n_stops, 3);
            assert_same_bits(lives[k].stop, lives[0].stop, 3 * MAX_N);
            assert_int_equal(lives[k].end.n_steps, lives[0].end.n_steps);
        }
}

/* an output at a stop is the state that arrives there, before the dose */
static void outputs_at_stops_are_the_states_there(void **state)
{
    static struct life life;

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        struct patient p = patients[0];

        p.output = 4;
        live_alone(&binding, all_methods[m], 1e-6, &p, 0, &life);
        assert_int_equal(life.n_outputs, 6);
        for (size_t k = 0; k < 3; k++)
            assert_same_bits(life.output[2 * k + 1], life.stop[k], 3);
        assert_true(life.end.t == 24.0 && life.output_time[5] == 24.0);
    }
}

/* times that differ by rounding only are one, on either side of the stop: 3 x 0.1 is more
 * than 0.3, and 8 x 0.1 less than the stop after 0.8 */
static void almost_equal_times_are_one(void **state)
{
    static const double stops[] = {0.3, 0.8000000000000002, 3.3};
    static struct life life;

    (void)state;
    assert_true(3 * 0.1 > stops[0] && 8 * 0.1 < stops[1]);
    for (size_t m = 0; m < 3; m++) {
        struct patient p = patients[2];

        p.stops = stops;
        p.n_stops = 3;
        p.output = 0.1;
        p.kind = PN_LEG_CONTINUE;
        live_alone(&binding, all_methods[m], 1e-6, &p, 0, &life);
        assert_int_equal(life.n_outputs, 33);
        assert_same_bits(life.output[2], life.stop[0], 3);
        assert_same_bits(life.output[7], life.stop[1], 3);
        assert_same_bits(life.output[32], life.stop[2], 3);
    }
}

/* stops where nothing happens cost accuracy of a step, not more */
static void visits_move_the_answer_by_the_tolerance(void **state)
{
    static const double odd[] = {0.001, 0.37, 1.9, 2.0, 5.5, 7.9999, 8};
    static const double allowed[] = {10, 10, 100};
    static const size_t more[] = {30, 30, 60}; /* steps: BDF begins anew at each stop */
    static struct life whole, split;

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        struct patient p = patients[0];

        p.n_stops = 1;
        live_alone(&binding, all_methods[m], 1e-6, &p, 0, &whole);
        p.n_stops = 7;
        p.stops = odd;
        p.kind = PN_LEG_CONTINUE;
        live_alone(&binding, all_methods[m], 1e-6, &p, 0, &split);
        assert_true(split.end.t == 8.0);
        assert_true(split.end.n_steps < whole.end.n_steps + more[m]);
        for (size_t i = 0; i < 3; i++)
            assert_close(split.stop[6][i], whole.stop[0][i], allowed[m] * 1e-6,
                         allowed[m] * 1e-9 * binding.scale[i]);
    }
}

/* the first step after a jump is that which served after the last one */
static void a_ramp_is_not_paid_twice(void **state)
{
    static struct life one, many;

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        struct patient p = {
            {0.3,   0.25, 0.06},
            {150},
            1, 12, PN_LEG_JUMP, 150, 0, 0, NULL
        };

        live_alone(&pk, lane_methods[m], 1e-6, &p, 0, &one);
        p.n_stops = 20;
        live_alone(&pk, lane_methods[m], 1e-6, &p, 0, &many);
        assert_int_equal(many.end.status, PN_OK);
        assert_int_equal(many.n_stops, 20);
        assert_true(many.end.n_steps < 17 * one.end.n_steps);
        assert_true(many.end.n_rejected <= 2);
    }
}

static const struct {
    const char *method;
    const struct problem *problem;
    double p, x, until; /* parameter, first state, stop */
    size_t max_steps;
    int status;
    double t_low, t_high;
} failing[] = {
    {"explicit",   &blowup, 0,       1,       2,    100000, PN_PATIENT_STEP_SIZE,  0.999, 1.001},
    {"rosenbrock", &blowup, 0,       1,       2,    100000, PN_PATIENT_STEP_SIZE,  0.999, 1.001},
    {"cvode",      &blowup, 0,       1,       2,    100000, PN_PATIENT_NOT_FINITE, 0.999, 1.001},
    {"explicit",   &root,   0.1,     1,       9,    100000, PN_PATIENT_NOT_FINITE, 1.51,  1.53 },
    {"rosenbrock", &root,   0.1,     1,       9,    100000, PN_PATIENT_NOT_FINITE, 1.51,  1.53 },
    {"cvode",      &root,   0.1,     1,       9,    100000, PN_PATIENT_NOT_FINITE, 1.51,  1.53 },
    {"explicit",   &vdp,    1000,    2,       99,   100000, PN_PATIENT_STIFF,      0,     10   },
    {"explicit",   &vdp,    1000,    2,       99,   50,     PN_PATIENT_STEPS,      0,     1    },
    {"rosenbrock", &vdp,    1000,    2,       9999, 50,     PN_PATIENT_STEPS,      0,     9998 },
    {"cvode",      &vdp,    1000,    2,       9999, 50,     PN_PATIENT_STEPS,      0,     9998 },
    {"explicit",   &vdp,    1,       NOTHING, 9,    50,     PN_PATIENT_NOT_FINITE, 0,     0    },
    {"rosenbrock", &vdp,    NOTHING, 1,       9,    50,     PN_PATIENT_NOT_FINITE, 0,     0    },
    {"cvode",      &vdp,    1,       NOTHING, 9,    50,     PN_PATIENT_NOT_FINITE, 0,     0    },
    {"cvode",      &vdp,    NOTHING, 1,       9,    50,     PN_PATIENT_NOT_FINITE, 0,     0    },
};

/* x' = -sqrt(x) - 0.1 from 1 ends at 2 (1 - 0.1 ln 11) = 1.5204 */
static void failures_have_their_status(void **state)
{
    static struct life life;

    (void)state;
    for (size_t k = 0; k < sizeof failing / sizeof *failing; k++) {
        struct patient p = {.p = {failing[k].p}, .x = {failing[k].x}, .n_stops = 1};
        struct bench bench = {.problem = failing[k].problem};
        struct pn_integrate_options options = {1e-6, failing[k].max_steps, 1};
        struct ward ward = {.bench = &bench, .patients = &p, .lives = &life};

        p.every = failing[k].until;
        ward.queue[0][0] = 1;
        assert_int_equal(ward_run(&ward, failing[k].method, &options), PN_OK);
        print_message("%s on %s: %s at %g after %zu steps\n", failing[k].method,
                      failing[k].problem->name, pn_status_name(life.end.status),
                      life.end.t, life.end.n_steps);
        assert_int_equal(life.end.status, failing[k].status);
        assert_true(life.end.t >= failing[k].t_low && life.end.t <= failing[k].t_high);
        /* one step of CVODE may be rejected several times */
        assert_true(life.end.n_steps + life.end.n_rejected <=
                    failing[k].max_steps +
                        (strcmp(failing[k].method, "cvode") == 0 ? 5 : 0));
        if (life.end.t > 0)
            assert_true(isfinite(life.stop[0][0]) && isfinite(life.stop[0][1]));
    }
}

/* a matrix that cannot be factored for long steps: they are halved until it can */
static void a_bad_pivot_halves_the_step(void **state)
{
    static struct life life, free_life;

    (void)state;
    live_alone(&binding, "rosenbrock", 1e-6, &patients[REFUSING - 1], 0, &life);
    live_alone(&binding, "rosenbrock", 1e-6, &patients[0], 0, &free_life);
    assert_int_equal(life.end.status, PN_OK);
    assert_int_equal(free_life.end.n_rejected, 0);
    assert_true(life.end.n_rejected > 0);
    /* 1 / d = gamma h: no step can be longer than 0.01 / gamma */
    assert_true((double)life.end.n_steps >= 24 * 0.2119 / 0.01);
    for (size_t k = 0; k < life.n_outputs; k++)
        for (size_t i = 0; i < 3; i++)
            assert_close(life.output[k][i], free_life.output[k][i], 1e-5, 1e-8);
}

static void a_pivot_bad_for_ever_ends_the_patient(void **state)
{
    static struct life life;
    struct patient p = patients[0];

    (void)state;
    p.longest = 1e-300;
    live_alone(&binding, "rosenbrock", 1e-6, &p, 0, &life);
    assert_int_equal(life.end.status, PN_PATIENT_STEP_SIZE);
    assert_true(life.end.t == 0 && life.end.n_steps == 0 && life.end.n_rejected < 100);
    assert_same_bits(life.stop[0], p.x, 3);
}

static void a_negative_arrival_stops_the_run(void **state)
{
    static struct life lives[N_PATIENTS];

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        struct bench bench = {.problem = &binding};
        struct pn_integrate_options options = {1e-6, 3000, 0};
        struct ward ward = {
            .bench = &bench, .patients = patients, .lives = lives, .stop_run = PN_ERR_IO};

        ward.queue[0][0] = 1;
        assert_int_equal(ward_run(&ward, all_methods[m], &options), PN_ERR_IO);
    }
}

/* the counts of rates are those that the ode sees, and belong to the patient */
static void work_is_counted(void **state)
{
    static struct life life;

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        struct bench bench = {.problem = &binding};
        struct pn_integrate_options options = {1e-6, 3000, 0};
        struct ward ward = {.bench = &bench, .patients = patients, .lives = &life};

        ward.queue[PN_LANES - 1][0] = 1;
        assert_int_equal(ward_run(&ward, lane_methods[m], &options), PN_OK);
        assert_int_equal(life.end.n_rates, bench.n_rates);
        assert_int_equal(life.end.n_factors,
                         m ? life.end.n_steps + life.end.n_rejected : 0);
    }
}

/* a chain at its rest: production p0, three transits p1, loss p2 */
static void chain_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[0] = p[0] - p[1] * x[0];
    dx[1] = p[1] * (x[0] - x[1]);
    dx[2] = p[1] * (x[1] - x[2]);
    dx[3] = p[1] * x[2] - p[2] * x[3];
}
static const struct problem chain = {
    "chain", 4, {200, 200, 200, 200},
      chain_rate, NULL
};

/* Steps may be long there, but not so long that the method magnifies rounding. */
static void who_rests_stays_at_rest(void **state)
{
    static struct life life;
    double error = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        double production = 1.1 + 0.37 * i, transit = 0.033 + 0.0001 * i, loss = 0.04;
        double in = production / transit, rest[4] = {in, in, in, production / loss};
        struct patient patient = {
            {production, transit, loss   },
            { in,        in,      in, rest[3]},
            1,
            3000,
            PN_LEG_JUMP,
            0,
            168,
            0,
            NULL
        };

        live_alone(&chain, "explicit", 1e-6, &patient, 0, &life);
        assert_int_equal(life.n_outputs, 17);
        for (size_t k = 0; k < life.n_outputs; k++)
            for (size_t j = 0; j < 4; j++)
                error = fmax(error, fabs(life.output[k][j] / rest[j] - 1));
    }
    print_message("error at rest %.1e\n", error);
    assert_true(error < 1e-10);
}

/* a drug, x0 absorbed into x1, holds up the production of x2; p: absorption, elimination,
 * production, amount of half effect, loss */
static void effect_rate(const pn_lane *p, const pn_lane *x, pn_lane *dx)
{
    dx[0] = -p[0] * x[0];
    dx[1] = p[0] * x[0] - p[1] * x[1];
    dx[2] = p[2] * p[3] / (p[3] + x[1]) - p[4] * x[2];
}
static void effect_jacobian(const pn_lane *p, const pn_lane *x, pn_lane *j)
{
    pn_lane share = p[3] / (p[3] + x[1]);

    j[1] = j[2] = j[5] = j[6] = pn_all(0.0);
    j[0] = -p[0], j[3] = p[0], j[4] = -p[1];
    j[7] = -p[2] * share * share / p[3], j[8] = -p[4];
}
static const struct problem effect = {
    "effect", 3, {100, 100, 100},
      effect_rate, effect_jacobian
};

/* The errors of the first steps after doses are all to the same side: they must be so
 * small that their sum is, too. */
static void errors_of_many_doses_do_not_add_up(void **state)
{
    static const struct patient patient = {
        {0.7,   0.4, 10, 0.1, 0.02},
        {100, 0,    500   },
        MAX_STOPS,
        24,
        PN_LEG_JUMP,
        100,
        0,
        0,
        NULL
    };
    static struct life life, exact;
    double error = 0;

    (void)state;
    live_alone(&effect, "explicit", 1e-6, &patient, 0, &life);
    live_alone(&effect, "explicit", 1e-12, &patient, 0, &exact);
    for (size_t k = 1; k < MAX_STOPS; k++)
        error = fmax(error, fabs(life.stop[k][2] / exact.stop[k][2] - 1));
    print_message("error after %d doses: %.1e\n", MAX_STOPS, error);
    assert_true(error < 1e-6);
}

static void methods_are_found_by_name(void **state)
{
    (void)state;
    for (size_t m = 0; m < 3; m++)
        assert_string_equal(pn_method_name(pn_method_find(all_methods[m])),
                            all_methods[m]);
    assert_null(pn_method_find("euler"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(company_moves_no_bit),
        cmocka_unit_test(two_runs_of_one_integrator_are_the_same),
        cmocka_unit_test(outputs_do_not_move_the_answer),
        cmocka_unit_test(outputs_at_stops_are_the_states_there),
        cmocka_unit_test(almost_equal_times_are_one),
        cmocka_unit_test(visits_move_the_answer_by_the_tolerance),
        cmocka_unit_test(a_ramp_is_not_paid_twice),
        cmocka_unit_test(failures_have_their_status),
        cmocka_unit_test(a_bad_pivot_halves_the_step),
        cmocka_unit_test(a_pivot_bad_for_ever_ends_the_patient),
        cmocka_unit_test(a_negative_arrival_stops_the_run),
        cmocka_unit_test(work_is_counted),
        cmocka_unit_test(who_rests_stays_at_rest),
        cmocka_unit_test(errors_of_many_doses_do_not_add_up),
        cmocka_unit_test(methods_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
