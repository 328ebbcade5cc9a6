/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stand.h"

/* The closed form: three exponentials, the sum of `n` of them scaled per dose. */
struct closed {
    double rate[3], weight[3]; /* 1/h, mg/L per mg */
};

static const double ONCE = (double)INFINITY; /* interval of a single dose */
static const double CL = 32, V1 = 60, Q = 9, V2 = 130, KA = 1, DOSE = 225;

static void rates(double cl, double v1, double q, double v2, double *alpha, double *beta)
{
    double k10 = cl / v1, k12 = q / v1, k21 = q / v2, sum = k10 + k12 + k21;

    *alpha = 0.5 * (sum + sqrt(sum * sum - 4 * k10 * k21));
    *beta = k10 * k21 / *alpha;
}

static struct closed oral_form(void)
{
    double a, b, k21 = Q / V2;

    rates(CL, V1, Q, V2, &a, &b);
    return (struct closed){
        {a,                                          b, KA},
        {KA / V1 * (k21 - a) / ((KA - a) * (b - a)),
         KA / V1 * (k21 - b) / ((KA - b) * (a - b)),
         KA / V1 * (k21 - KA) / ((a - KA) * (b - KA))     }
    };
}

/* tau: doses every tau for ever, or ONCE */
static double at_time(struct closed f, double t, double tau)
{
    double sum = 0;

    for (int i = 0; i < 3; i++)
        sum += DOSE * f.weight[i] * exp(-f.rate[i] * t) / (1 - exp(-f.rate[i] * tau));
    return 1e3 * sum; /* ng/mL */
}

static double peak_time(struct closed f, double tau)
{
    double low = 0, high = tau; /* one maximum: golden section on the closed form */

    while (high - low > 1e-9) {
        double a = high - 0.6180339887498949 * (high - low), b = low + high - a;
        if (at_time(f, a, tau) > at_time(f, b, tau))
            high = b;
        else
            low = a;
    }
    return 0.5 * (low + high);
}

static void stand_drug(struct stand *s)
{
    stand_init(s, pn_component_find("pk2"));
    stand_set(s, "CL", CL);
    stand_set(s, "V1", V1);
    stand_set(s, "Q", Q);
    stand_set(s, "V2", V2);
    stand_set(s, "KA", KA);
}

static void one_oral_dose_follows_the_closed_form(void **state)
{
    static const double published[][2] = {
        {2,  1432.70},
        {12, 56.1651},
        {24, 28.4029}
    };
    struct closed f = oral_form();
    struct stand s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stand_drug(&s);
        *stand_state(&s, "A0") += DOSE;
        stand_run(&s, published[i][0]);
        assert_close(at_time(f, published[i][0], ONCE), published[i][1], 1e-5, 0);
        assert_close(1e3 * stand_signal(&s, "C"), at_time(f, published[i][0], ONCE),
                     1e-10, 0);
    }
}

static void an_intravenous_dose_follows_the_closed_form(void **state)
{
    double a, b, t = 7, k21 = Q / V2, want;
    struct stand s;

    (void)state;
    rates(CL, V1, Q, V2, &a, &b);
    want = DOSE / V1 * ((a - k21) * exp(-a * t) + (k21 - b) * exp(-b * t)) / (a - b);
    stand_drug(&s);
    assert_string_equal(s.m->routes[1].name, "iv");
    s.x[s.m->routes[1].state] += DOSE;
    stand_run(&s, t);
    assert_close(stand_signal(&s, "C"), want, 1e-10, 0);
}

static void twice_daily_doses_reach_the_published_steady_state(void **state)
{
    enum { DOSES = 40, PARTS = 480 };
    struct closed f = oral_form();
    double tau = 12, peak = peak_time(f, tau), area = 0;
    struct stand s;

    (void)state;
    assert_close(at_time(f, peak, tau), 1762.59, 1e-5, 0);
    assert_close(at_time(f, tau, tau), 116.715, 1e-5, 0);
    assert_close(1e3 * DOSE / (CL * tau), 585.938, 1e-5, 0);
    stand_drug(&s);
    for (int i = 0; i < DOSES; i++) {
        *stand_state(&s, "A0") += DOSE;
        stand_run(&s, tau);
    }
    assert_close(1e3 * stand_signal(&s, "C"), at_time(f, tau, tau), 1e-9, 0);
    *stand_state(&s, "A0") += DOSE;
    for (int i = 0; i <= PARTS; i++) { /* Simpson's rule over one interval */
        int weight = i == 0 || i == PARTS ? 1 : i % 2 ? 4 : 2;
        area += weight * stand_signal(&s, "C") * tau / (3 * PARTS);
        if (i < PARTS)
            stand_run(&s, tau / PARTS);
    }
    assert_close(1e3 * area / tau, 585.9375, 1e-8, 0);
    *stand_state(&s, "A0") += DOSE;
    stand_run(&s, peak);
    assert_close(1e3 * stand_signal(&s, "C"), at_time(f, peak, tau), 1e-9, 0);
}

static void amount_leaves_by_clearance_only(void **state)
{
    struct stand s;
    double sum;

    (void)state;
    stand_drug(&s);
    s.x[0] = pn_all(3.7), s.x[1] = pn_all(51.0), s.x[2] = pn_all(88.0);
    s.m->rate(stand_view(&s), s.dx);
    sum = s.dx[0][0] + s.dx[1][0] + s.dx[2][0];
    assert_close(sum, -CL * stand_signal(&s, "C"), 1e-14, 0);
}

static void competing_drugs_share_the_target(void **state)
{
    static const double cases[][2] = {
        {0,   0   },
        {1,   0.5 },
        {19,  0.95},
        {1e9, 1   }
    };
    struct stand potency, target;

    (void)state;
    stand_init(&potency, pn_component_find("potency"));
    stand_set(&potency, "Kd", 1.1);
    stand_set(&potency, "fu", 0.12);
    stand_read(&potency, "drug.C", 1.1 / 0.12); /* the total that half-fills the target */
    assert_close(stand_signal(&potency, "drive"), 1, 1e-15, 0);
    stand_init(&target, pn_component_find("target"));
    for (size_t i = 0; i < 4; i++) {
        stand_read(&target, "drugs.drive", cases[i][0]);
        assert_close(stand_signal(&target, "occupancy"), cases[i][1], 1e-8, 0);
    }
}

/* Alone the drug has the occupancy Emax u^gamma/(1 + u^gamma); plain it is potency. */
static void a_partial_and_steep_drug_has_its_own_occupancy(void **state)
{
    static const double cases[][3] = {
        {1,    1,   1   },
        {0.6,  1,   1   },
        {1,    2.5, 1   },
        {0.35, 0.7, 0.2 },
        {0.9,  3,   0.05}
    }; /* Emax, gamma, fu */
    struct stand drug, plain, target;

    (void)state;
    stand_init(&target, pn_component_find("target"));
    stand_init(&plain, pn_component_find("potency"));
    stand_set(&plain, "Kd", 12);
    for (size_t i = 0; i < 5; i++)
        for (double c = 0; c < 1e4; c = 3 * c + 0.1) {
            double u = pow(cases[i][2] * c / 12, cases[i][1]);
            stand_init(&drug, pn_component_find("potency_emax"));
            stand_set(&drug, "EC50", 12);
            stand_set(&drug, "Emax", cases[i][0]);
            stand_set(&drug, "gamma", cases[i][1]);
            stand_set(&drug, "fu", cases[i][2]);
            stand_read(&drug, "drug.C", c);
            stand_read(&plain, "drug.C", c);
            stand_read(&target, "drugs.drive", stand_signal(&drug, "drive"));
            assert_close(stand_signal(&target, "occupancy"), cases[i][0] * u / (1 + u),
                         1e-13, 0);
            if (i == 0)
                assert_true(stand_signal(&drug, "drive") ==
                            stand_signal(&plain, "drive"));
        }
}

/* The first number after "NAME:" in a drug file. */
static double number_of(const char *text, const char *name)
{
    char key[32];
    const char *at;

    snprintf(key, sizeof key, " %s:", name);
    at = strstr(text, key);
    assert_non_null(at);
    at += strlen(key);
    at += strcspn(at, "0123456789");
    return strtod(at, NULL);
}

/* Erpenbeck 2016: terminal half-life about 20 h, accumulation below 2, peak at 1 to 3 h
 */
static void the_file_of_fevipiprant_has_the_published_half_life(void **state)
{
    static char text[8192];
    FILE *file = fopen(PN_SOURCE_DIR "/inputs/drugs/fevipiprant.yaml", "r");
    double a, b;

    (void)state;
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    rates(number_of(text, "CL"), number_of(text, "V1"), number_of(text, "Q"),
          number_of(text, "V2"), &a, &b);
    assert_close(log(2) / b, 20, 0.01, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_oral_dose_follows_the_closed_form),
        cmocka_unit_test(an_intravenous_dose_follows_the_closed_form),
        cmocka_unit_test(twice_daily_doses_reach_the_published_steady_state),
        cmocka_unit_test(amount_leaves_by_clearance_only),
        cmocka_unit_test(competing_drugs_share_the_target),
        cmocka_unit_test(a_partial_and_steep_drug_has_its_own_occupancy),
        cmocka_unit_test(the_file_of_fevipiprant_has_the_published_half_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
