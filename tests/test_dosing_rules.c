/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the event table, one scenario each, against a closed form: one compartment
 * with depot as a sum of exponentials over every dose that is not wiped by a later reset.
 */
#include "study_fixture.h"

#include "solver/base/random.h"

static const double CL = 1.1, V = 20, KA = 1.5;

/* --- the closed form --- */

struct row {
    double t;
    int evid, cmt;
    double amt, rate, dur, ii;
    int addl, ss;
};

struct scenario {
    const char *name;
    double F, lag, R, D; /* 0: 1, 0, none, none */
    struct row row[6];
};

static double after_bolus(int cmt, double t)
{
    double K = CL / V;

    if (t < 0)
        return 0;
    return cmt == 2 ? exp(-K * t) : KA / (KA - K) * (exp(-K * t) - exp(-KA * t));
}

static double after_step(int cmt, double t)
{
    double K = CL / V;

    if (t < 0)
        return 0;
    if (cmt == 2)
        return (1 - exp(-K * t)) / K;
    return KA / (KA - K) * ((1 - exp(-K * t)) / K - (1 - exp(-KA * t)) / KA);
}

static double after_one(const struct row *r, double amount, double rate, double duration,
                        double t)
{
    if (rate == 0)
        return amount * after_bolus(r->cmt, t);
    return rate * (after_step(r->cmt, t) - after_step(r->cmt, t - duration));
}

static int is_wiped(const struct scenario *s, const struct row *r, double t)
{
    for (const struct row *q = s->row; q < s->row + 6; q++)
        if ((q->evid == 3 || q->evid == 4 || q->ss == 1) && q->t > r->t && q->t <= t)
            return 1;
    return 0;
}

static double of_row(const struct scenario *s, const struct row *r, double t)
{
    double F = r->cmt == 1 && s->F > 0 ? s->F : 1, lag = r->cmt == 1 ? s->lag : 0;
    double amount = F * r->amt, rate = 0, duration = 0, sum = 0, K = CL / V;

    if (r->amt == 0 && r->ss == 1) /* a steady infusion that ends here */
        return r->rate / K * exp(-K * (t - r->t)) +
               (r->cmt == 1 ? r->rate / KA * after_bolus(1, t - r->t) : 0);
    if (r->dur > 0)
        duration = r->dur, rate = amount / duration;
    else if (r->rate == -1)
        rate = s->R, duration = amount / rate;
    else if (r->rate == -2)
        duration = s->D, rate = amount / duration;
    else if (r->rate > 0)
        rate = r->rate, duration = amount / rate;
    for (int j = 0; j <= r->addl; j++)
        sum += after_one(r, amount, rate, duration, t - (r->t + lag + j * r->ii));
    for (int k = 1; r->ss && k < 2000; k++)
        sum += after_one(r, amount, rate, duration, t - (r->t + lag - k * r->ii));
    return sum;
}

static double amount_at(const struct scenario *s, double t)
{
    double sum = 0;

    for (const struct row *r = s->row; r < s->row + 6; r++)
        if ((r->evid == 1 || r->evid == 4) && r->t <= t && !is_wiped(s, r, t))
            sum += of_row(s, r, t);
    return sum;
}

/* --- scenarios --- */

#define DOSE(t, cmt, amt)                                                                \
    {                                                                                    \
        t, 1, cmt, amt, 0, 0, 0, 0, 0                                                    \
    }

static const struct scenario scenarios[] = {
    {"bolus into the depot",           0,   0,   0, 0,   {DOSE(0, 1, 100)}                                 },
    {"bolus into the centre",          0,   0,   0, 0,   {DOSE(0, 2, 100)}                                 },
    {"first dose late",                0,   0,   0, 0,   {DOSE(5, 1, 100)}                                 },
    {"two doses of one time",          0,   0,   0, 0,   {DOSE(2, 1, 60), DOSE(2, 2, 40)}                  },
    {"F",                              0.6, 0,   0, 0,   {DOSE(0, 1, 100)}                                 },
    {"F does not reach the centre",    0.6, 0,   0, 0,   {DOSE(0, 2, 100)}                                 },
    {"lag",                            0,   1.7, 0, 0,   {DOSE(0, 1, 100)}                                 },
    {"lag and F",                      0.4, 2.3, 0, 0,   {DOSE(0, 1, 100), DOSE(13, 1, 50)}                },
    {"infusion",                       0,   0,   0, 0,   {{0, 1, 2, 100, 25, 0, 0, 0, 0}}                  },
    {"infusion into the depot",        0,   0,   0, 0,   {{0, 1, 1, 100, 10, 0, 0, 0, 0}}                  },
    {"F shortens an infusion",         0.5, 0,   0, 0,   {{0, 1, 1, 100, 10, 0, 0, 0, 0}}                  },
    {"F slows an infusion with DUR",   0.5, 0,   0, 0,   {{0, 1, 1, 100, 0, 8, 0, 0, 0}}                   },
    {"infusion by DUR",                0,   0,   0, 0,   {{3, 1, 2, 100, 0, 7.5, 0, 0, 0}}                 },
    {"infusion with lag",              0,   2.2, 0, 0,   {{0, 1, 1, 100, 20, 0, 0, 0, 0}}                  },
    {"overlapping infusions",
     0,                                     0,
     0,                                             0,
     {{0, 1, 2, 100, 10, 0, 0, 0, 0}, {4, 1, 2, 90, 15, 0, 0, 0, 0}}                                       },
    {"infusions in both",
     0,                                     0,
     0,                                             0,
     {{0, 1, 2, 100, 10, 0, 0, 0, 0}, {4, 1, 1, 90, 15, 0, 0, 0, 0}}                                       },
    {"modelled rate",                  0,   0,   8, 0,   {{0, 1, 1, 100, -1, 0, 0, 0, 0}}                  },
    {"modelled rate and F",            0.7, 0,   8, 0,   {{0, 1, 1, 100, -1, 0, 0, 0, 0}}                  },
    {"modelled duration",              0,   0,   0, 5.5, {{0, 1, 1, 100, -2, 0, 0, 0, 0}}                  },
    {"modelled duration and F",        0.7, 0,   0, 5.5, {{0, 1, 1, 100, -2, 0, 0, 0, 0}}                  },
    {"modelled duration and lag",      0,   1.1, 0, 5.5, {{0, 1, 1, 100, -2, 0, 12, 3, 0}}                 },
    {"modelled rate in the centre",    0,   0,   8, 0,   {{1, 1, 2, 50, -1, 0, 0, 0, 0}}                   },
    {"additional doses",               0,   0,   0, 0,   {{0, 1, 1, 100, 0, 0, 12, 4, 0}}                  },
    {"additional doses with lag",      0.8, 3.1, 0, 0,   {{0, 1, 1, 100, 0, 0, 12, 4, 0}}                  },
    {"additional infusions",           0,   0,   0, 0,   {{0, 1, 2, 100, 20, 0, 12, 4, 0}}                 },
    {"additional overlapping",         0,   0,   0, 0,   {{0, 1, 2, 100, 6, 0, 12, 4, 0}}                  },
    {"dose among additional ones",
     0,                                     0,
     0,                                             0,
     {{0, 1, 1, 100, 0, 0, 12, 5, 0}, DOSE(30, 2, 40)}                                                     },
    {"steady state",                   0,   0,   0, 0,   {{0, 1, 1, 100, 0, 0, 12, 0, 1}}                  },
    {"steady state in the centre",     0,   0,   0, 0,   {{0, 1, 2, 100, 0, 0, 8, 3, 1}}                   },
    {"steady state goes on",           0,   0,   0, 0,   {{0, 1, 1, 100, 0, 0, 12, 5, 1}}                  },
    {"steady state with F and lag",    0.6, 2.5, 0, 0,   {{0, 1, 1, 100, 0, 0, 12, 2, 1}}                  },
    {"steady state, lag over II",      0,   9.5, 0, 0,   {{0, 1, 1, 100, 0, 0, 4, 0, 1}}                   },
    {"steady state, lag equal to II",  0,   6,   0, 0,   {{0, 1, 1, 100, 0, 0, 6, 0, 1}}                   },
    {"steady infusion",                0,   0,   0, 0,   {{0, 1, 2, 100, 20, 0, 12, 0, 1}}                 },
    {"steady infusion, depot",         0,   0,   0, 0,   {{0, 1, 1, 100, 20, 0, 12, 2, 1}}                 },
    {"steady infusion longer than II", 0,   0,   0, 0,   {{0, 1, 2, 100, 8, 0, 6, 0, 1}}                   },
    {"longer than II, additional",     0,   0,   0, 0,   {{0, 1, 2, 100, 4, 0, 12, 3, 1}}                  },
    {"F makes the infusion last II",   0.5, 0,   0, 0,   {{0, 1, 1, 240, 10, 0, 12, 0, 1}}                 },
    {"steady infusion with lag",       0,   5,   0, 0,   {{0, 1, 1, 100, 10, 0, 12, 1, 1}}                 },
    {"steady, modelled duration",      0,   0,   0, 3.5, {{0, 1, 1, 100, -2, 0, 8, 0, 1}}                  },
    {"steady, modelled rate",          0.9, 0,   9, 0,   {{0, 1, 1, 100, -1, 0, 24, 1, 1}}                 },
    {"endless infusion, then off",     0,   0,   0, 0,   {{0, 1, 2, 0, 12, 0, 0, 0, 1}}                    },
    {"endless into the depot",         0,   0,   0, 0,   {{4, 1, 1, 0, 12, 0, 0, 0, 1}}                    },
    {"steady state later wipes",
     0,                                     0,
     0,                                             0,
     {DOSE(0, 1, 500), {10, 1, 1, 100, 0, 0, 12, 0, 1}}                                                    },
    {"SS 1 cancels what waits",
     0,                                     3,
     0,                                             0,
     {DOSE(9, 1, 500), {10, 1, 1, 100, 0, 0, 12, 0, 1}}                                                    },
    {"SS 2 adds",                      0,   0,   0, 0,   {DOSE(0, 1, 500), {10, 1, 1, 100, 0, 0, 12, 1, 2}}},
    {"SS 2 over SS 1",
     0,                                     0,
     0,                                             0,
     {{0, 1, 1, 100, 0, 0, 24, 2, 1}, {6, 1, 1, 50, 0, 0, 24, 2, 2}}                                       },
    {"SS 2 infusion",                  0,   0,   0, 0,   {DOSE(0, 2, 50), {7, 1, 2, 100, 10, 0, 12, 0, 2}} },
    {"reset",
     0,                                     0,
     0,                                             0,
     {DOSE(0, 1, 100), {8, 3, 0, 0, 0, 0, 0, 0, 0}, DOSE(20, 1, 50)}                                       },
    {"reset cancels additional",
     0,                                     0,
     0,                                             0,
     {{0, 1, 1, 100, 0, 0, 6, 9, 0}, {20, 3, 0, 0, 0, 0, 0, 0, 0}}                                         },
    {"reset cancels a lagged dose",
     0,                                     4,
     0,                                             0,
     {DOSE(6, 1, 100), {8, 3, 0, 0, 0, 0, 0, 0, 0}}                                                        },
    {"reset stops an infusion",
     0,                                     0,
     0,                                             0,
     {{0, 1, 2, 100, 5, 0, 0, 0, 0}, {8, 3, 0, 0, 0, 0, 0, 0, 0}}                                          },
    {"reset and dose",                 0,   0,   0, 0,   {DOSE(0, 1, 100), {9, 4, 1, 70, 0, 0, 0, 0, 0}}   },
    {"reset and dose with lag",
     0,                                     2,
     0,                                             0,
     {{0, 1, 1, 100, 0, 0, 6, 5, 0}, {9, 4, 1, 70, 0, 0, 0, 0, 0}}                                         },
    {"reset and infusion",
     0,                                     0,
     0,                                             0,
     {{0, 1, 2, 100, 5, 0, 0, 0, 0}, {9, 4, 2, 70, 7, 0, 0, 0, 0}}                                         },
    {"reset and steady state",
     0,                                     0,
     0,                                             0,
     {DOSE(0, 1, 100), {9, 4, 1, 70, 0, 0, 12, 2, 1}}                                                      },
    {"reset, lag, steady state",
     0.7,                                   3,
     0,                                             0,
     {DOSE(0, 1, 100), {9, 4, 1, 70, 0, 0, 12, 2, 1}}                                                      },
    {"other event in between",
     0,                                     0,
     0,                                             0,
     {{0, 1, 1, 100, 10, 0, 0, 0, 0}, {3, 2, 0, 0, 0, 0, 0, 0, 0}}                                         },
};

/* never at a dose's own time: ties have a test of their own */
static const double seen[] = {0.25, 1,    2.05, 3.3, 5.7, 7.1,  9.25, 11.9, 12.35,
                              15,   20.5, 24.6, 31,  40,  47.2, 60.1, 71};
enum { N_SEEN = sizeof seen / sizeof *seen };

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void write_table(const struct scenario *s, char *text, size_t size)
{
    size_t k = 0;

    snprintf(text, size, "ID,TIME,EVID,AMT,CMT,RATE,DUR,II,ADDL,SS\n");
    for (const struct row *r = s->row; r <= s->row + 6; r++) {
        int last = r == s->row + 6 || r->evid == 0;
        for (; k < N_SEEN && (last || seen[k] < r->t); k++)
            append(text, size, "1,%.17g,0,.,.,.,.,.,.,.\n", seen[k]);
        if (last)
            break;
        append(text, size, "1,%.17g,%d,%.17g,", r->t, r->evid, r->amt);
        append(text, size, r->cmt ? "%d," : ".,", r->cmt);
        append(text, size, r->rate != 0 ? "%.17g," : ".,", r->rate);
        append(text, size, r->dur != 0 ? "%.17g," : ".,", r->dur);
        append(text, size, "%.17g,%d,%d\n", r->ii, r->addl, r->ss);
    }
}

static void write_drug(const struct scenario *s)
{
    char text[512];

    snprintf(
        text, sizeof text,
        "name: one\nroute: oral\nkinetics: {model: pk1, parameters: {CL: 1.1 L/h, V1: 20 "
        "L, KA: 1.5 1/h, F: %g, ALAG: %g h%s}}\n",
        s->F > 0 ? s->F : 1, s->lag, "");
    if (s->R > 0)
        snprintf(strstr(text, "}}"), 64, ", R: %g mg/h}}\n", s->R);
    if (s->D > 0)
        snprintf(strstr(text, "}}"), 64, ", D: %g h}}\n", s->D);
    fixture_write(fixture_path("one.yaml"), text);
}

static struct fixture run_table(const char *table, const char *method)
{
    char study[512];

    fixture_write(fixture_path("events.csv"), table);
    snprintf(study, sizeof study,
             "name: rules\nseed: 1\npopulation: {}\nevents: {file: events.csv}\n"
             "arms: {a: [{drug: one.yaml}]}\nduration: 72 h\n"
             "output: {every: 72 h, keep: [one.A1, one.A0]}\n"
             "solver: {method: %s, rtol: 1e-9}\n",
             method);
    return fixture_run(study);
}

static double worst_of(const struct scenario *s, const char *method)
{
    char text[4096];
    struct fixture fixture;
    const double *A1;
    double worst = 0, largest = 0;

    write_table(s, text, sizeof text);
    write_drug(s);
    fixture = run_table(text, method);
    assert_int_equal(fixture.life[0].status, PN_OK);
    A1 = fixture_values(&fixture, 0, "obs.one.A1");
    for (size_t k = 0; k < N_SEEN; k++)
        largest = fmax(largest, fabs(amount_at(s, seen[k])));
    for (size_t k = 0; k < N_SEEN; k++) {
        double want = amount_at(s, seen[k]);
        /* what has all but gone counts against a millionth of the largest */
        double e = fabs(A1[k] - want) / fmax(fmax(fabs(want), 1e-6 * largest), 1e-300);
        worst = isfinite(e) ? fmax(worst, e) : (double)INFINITY;
    }
    fixture_free(&fixture);
    return worst;
}

static void every_rule_follows_the_closed_form(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        double worst = worst_of(&scenarios[i], "auto");
        if (!(worst <= 1e-6)) {
            print_error("%s: relative error %.2g\n", scenarios[i].name, worst);
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

static void the_stiff_method_and_cvode_follow_them_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i += 5) {
        assert_true(worst_of(&scenarios[i], "rosenbrock") <= 1e-6);
        assert_true(worst_of(&scenarios[i], "cvode") <= 1e-5);
    }
}

/* --- random valid tables: all that is given must be there in the end --- */

struct random_table {
    int64_t seed;
    uint64_t n;
    double mass;
};

static double draw(struct random_table *r)
{
    return pn_uniform(1, r->seed, PN_DRAW_COHORT, 99, r->n++);
}

static void append_dose(struct random_table *r, double t, char *text, size_t size)
{
    double amount = 1 + 99 * draw(r), kind = draw(r), ii = 1 + 5 * draw(r);
    int cmt = draw(r) < 0.5 ? 1 : 2, addl = draw(r) < 0.3 ? 1 + (int)(3 * draw(r)) : 0;

    append(text, size, "1,%.17g,1,%.17g,%d,", t, amount, cmt);
    if (kind < 0.4)
        append(text, size, ".,.,");
    else if (kind < 0.6)
        append(text, size, "%.17g,.,", amount / (1 + 9 * draw(r)));
    else if (kind < 0.8)
        append(text, size, ".,%.17g,", 1 + 9 * draw(r));
    else
        append(text, size, "%d,.,", kind < 0.9 ? -1 : -2);
    if (addl)
        append(text, size, "%.17g,%d\n", ii, addl);
    else
        append(text, size, ".,.\n");
    r->mass += amount * (1 + addl);
}

static void write_random_table(struct random_table *r, char *text, size_t size)
{
    double t = 0;

    snprintf(text, size, "ID,TIME,EVID,AMT,CMT,RATE,DUR,II,ADDL\n");
    for (int i = 0; i < 12; i++) {
        t += draw(r) < 0.3 ? 0 : floor(6 * draw(r)) / 2;
        if (draw(r) < 0.2)
            append(text, size, "1,%.17g,%d,.,.,.,.,.,.\n", t, draw(r) < 0.5 ? 0 : 2);
        else
            append_dose(r, t, text, size);
    }
    append(text, size, "1,72,0,.,.,.,.,.,.\n");
}

static void random_tables_lose_no_mass(void **state)
{
    (void)state;
    for (int64_t seed = 1; seed <= 300; seed++) {
        struct random_table r = {.seed = seed};
        char text[8192], drug[512];
        struct fixture fixture;
        double mass;
        write_random_table(&r, text, sizeof text);
        snprintf(
            drug, sizeof drug, /* 1e-9 of the mass is cleared in an hour */
            "name: one\nroute: oral\nkinetics: {model: pk1, parameters: {CL: 0.0001 L/h, "
            "V1: 100000 L, KA: 1.5 1/h, ALAG: %g h, R: 25 mg/h, D: 3 h}}\n",
            seed % 3 ? 0.7 * (double)(seed % 5) : 0.0);
        fixture_write(fixture_path("one.yaml"), drug);
        fixture = run_table(text, "auto");
        assert_int_equal(fixture.life[0].status, PN_OK);
        mass = fixture_values(&fixture, 0, "one.A0")[1] +
               fixture_values(&fixture, 0, "one.A1")[1];
        if (fabs(mass - r.mass) > 1e-6 * r.mass)
            print_error("%s", text);
        assert_close(mass, r.mass, 1e-6, 0);
        fixture_free(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_follows_the_closed_form),
        cmocka_unit_test(the_stiff_method_and_cvode_follow_them_too),
        cmocka_unit_test(random_tables_lose_no_mass),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_clean);
}
