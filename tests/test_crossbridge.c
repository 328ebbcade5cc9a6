/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "models/airway/crossbridge_moments.h"
#include "solver/base/status.h"

static const struct pn_crossbridge_rates *const rates = &pn_crossbridge_mijailovich;

/* means of the last cycle before `end`, and extremes */
struct cycle {
    double force, stiffness, least, most;
};

static void average(const struct pn_bridges *sums, size_t n, struct cycle *c)
{
    *c = (struct cycle){.least = 1e9, .most = -1e9};
    for (size_t i = 0; i < n; i++) {
        c->force += sums[i].force / (double)n;
        c->stiffness += sums[i].stiffness / (double)n;
        c->least = fmin(c->least, sums[i].force);
        c->most = fmax(c->most, sums[i].force);
    }
}

enum { POINTS = 200 };

static void oscillate(double amplitude, double t[POINTS], struct pn_protocol *p)
{
    *p = pn_protocol_isometric;
    p->amplitude = amplitude;
    p->frequency = 0.33;
    for (size_t i = 0; i < POINTS; i++)
        t[i] = p->end - (POINTS - 1 - (double)i) / POINTS / p->frequency;
}

static void follow(const struct pn_protocol *p, size_t cells, size_t n, const double *t,
                   struct pn_bridges *sums)
{
    struct pn_crossbridge *b;

    assert_int_equal(pn_crossbridge_create(rates, p, cells, &b), PN_OK);
    for (size_t i = 0; i < n; i++) {
        pn_crossbridge_advance(b, t[i]);
        pn_crossbridge_measure(b, &sums[i]);
        assert_true(sums[i].least > -1e-12);
    }
    pn_crossbridge_free(&b);
    pn_crossbridge_free(&b);
    assert_null(b);
}

/* Mean force and stiffness, least and largest force of the last cycle before 150 s under
 * oscillation: exact characteristics of another program. */
static const struct {
    double amplitude, force, stiffness, least, most;
} table[] = {
    {0.25, .33693, .56434, .2058,  .4675},
    {0.5,  .25966, .37275, .0922,  .4269},
    {1.0,  .18210, .21660, .0081,  .3617},
    {2.0,  .13532, .14468, -.0616, .3397},
};

static void oscillation_makes_the_muscle_fluid_as_published(void **state)
{
    double t[POINTS];
    static struct pn_bridges sums[POINTS];
    struct pn_protocol p;
    struct cycle c;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        oscillate(table[i].amplitude, t, &p);
        follow(&p, 40, POINTS, t, sums);
        average(sums, POINTS, &c);
        assert_close(c.force, table[i].force, 0.01, 0);
        assert_close(c.stiffness, table[i].stiffness, 0.01, 0);
        assert_close(c.least, table[i].least, 0.01, 2e-4);
        assert_close(c.most, table[i].most, 0.01, 0);
    }
    p = pn_protocol_isometric;
    follow(&p, 40, 1, &p.end, sums);
    assert_close(sums[0].force, .37032, 0.01, 0);
    assert_close(sums[0].stiffness, .73812, 0.01, 0);
}

/* At rest each strain has the steady state of its own four rates; the integral over
 * strain by many points. */
static void steady(double k1, struct pn_bridges *sums)
{
    const int n = 200000;

    *sums = (struct pn_bridges){0};
    for (int i = 0; i < n; i++) {
        double x = (i + 0.5) / n, f = rates->fp1 * x, gp = rates->gp1 * x;
        double g = rates->g1 * x, A = 1; /* in units of AM */
        double P = (k1 + g) / rates->k5;
        double Mp = ((rates->k5 + gp) * P - k1) / f;
        double M = (rates->k2 * Mp + g) / k1, sum = M + Mp + P + A;
        sums->stiffness += (P + A) / sum / n;
        sums->force += x * (P + A) / sum / n;
        sums->force_p += x * P / sum / n;
    }
}

static void isometric_muscle_comes_to_the_known_steady_state(void **state)
{
    static const struct {
        double k1, force, stiffness, force_p;
    } known[] = {
        {.35, .39733, .79547, .31032},
        {.06, .37023, .75190, .14798},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pn_protocol p = {.early = known[i].k1, .late = known[i].k1, .end = 4000};
        struct pn_bridges exact, got;
        steady(known[i].k1, &exact);
        assert_close(exact.force, known[i].force, 0, 5.001e-6);
        assert_close(exact.stiffness, known[i].stiffness, 0, 5.001e-6);
        assert_close(exact.force_p, known[i].force_p, 0, 5.001e-6);
        follow(&p, 20, 1, &p.end, &got);
        assert_close(got.force, exact.force, 1e-3, 0);
        assert_close(got.force_p, exact.force_p, 1e-3, 0);
        assert_close(got.stiffness, exact.stiffness, 2e-2, 0); /* steep near x = 0 */
    }
}

/* Under steady shortening dn/dx = rates / v: a boundary value problem in x, unbound at
 * large x, by the classical Runge-Kutta rule. */
static void shorten(double v, double k1, struct pn_bridges *sums)
{
    const int per = 4000;
    double y[3] = {rates->k2 / (rates->k2 + k1), 0, 0};
    const double h = -1.0 / per;

    *sums = (struct pn_bridges){0};
    for (int i = 0; i < 121 * per; i++) {
        double k[4][3], x0 = 1 + i * h, last = 0;
        static const double node[4] = {0, 0.5, 0.5, 1}, weight[4] = {1, 2, 2, 1};
        for (int s = 0; s < 4; s++) {
            double z[3], x = x0 + node[s] * h;
            double f = i < per ? rates->fp1 * x : 0;
            double gp = i < per ? rates->gp1 * x : rates->gp2;
            double g = i < per ? rates->g1 * x : rates->g2, Mp;
            for (int m = 0; m < 3; m++)
                z[m] = y[m] + (s ? node[s] * h * k[s - 1][m] : 0);
            Mp = 1 - z[0] - z[1] - z[2];
            k[s][0] = (rates->k2 * Mp - k1 * z[0] + g * z[2]) / v;
            k[s][1] = (f * Mp + k1 * z[2] - (rates->k5 + gp) * z[1]) / v;
            k[s][2] = (rates->k5 * z[1] - (k1 + g) * z[2]) / v;
        }
        last = y[1] + y[2];
        for (int m = 0; m < 3; m++)
            for (int s = 0; s < 4; s++)
                y[m] += h / 6 * weight[s] * k[s][m];
        sums->force -= h * 0.5 * (x0 * last + (x0 + h) * (y[1] + y[2]));
        sums->stiffness -= h * 0.5 * (last + y[1] + y[2]);
    }
}

static void shortening_follows_the_steady_equation_with_order_two(void **state)
{
    static const double v[] = {-0.1, -0.5};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pn_protocol p = {
            .early = 0.35, .late = 0.35, .velocity = v[i], .end = 120};
        struct pn_bridges exact, coarse, fine;
        shorten(v[i], 0.35, &exact);
        follow(&p, 20, 1, &p.end, &coarse);
        follow(&p, 40, 1, &p.end, &fine);
        assert_close(fine.force, exact.force, 5e-4, 0);
        assert_close(fine.stiffness, exact.stiffness, 1.5e-3, 0);
        assert_close((coarse.force - exact.force) / (fine.force - exact.force), 4, 0.05,
                     0);
    }
}

/* Right after a sudden strain d all bound bridges pull by d more. */
static void a_sudden_stretch_adds_stiffness_times_length(void **state)
{
    struct pn_protocol p = pn_protocol_isometric;
    const double t[3] = {60 - 1e-9, 60, 200};
    struct pn_bridges sums[3], moments[3];

    (void)state;
    p.start = 60;
    p.step = 0.3;
    p.end = 200;
    follow(&p, 40, 3, t, sums);
    assert_close(sums[1].force, sums[0].force + 0.3 * sums[0].stiffness, 1e-8, 0);
    assert_close(sums[1].stiffness, sums[0].stiffness, 1e-8, 0);
    assert_true(sums[2].force < sums[1].force);
    assert_close(sums[2].force, .3705, 0.02, 0); /* back to isometric */
    assert_int_equal(pn_moments_run(rates, &p, 3, t, moments), PN_OK);
    assert_close(moments[1].force, moments[0].force + 0.3 * moments[0].stiffness, 1e-7,
                 0);
}

/* Halving the cells divides the error by four (isometric) and more than two (moving). */
static void the_grid_converges(void **state)
{
    struct pn_protocol p = pn_protocol_isometric;
    struct pn_bridges at[4];

    (void)state;
    p.amplitude = 0.5;
    p.frequency = 0.33;
    p.end = 12.3;
    for (size_t i = 0; i < 4; i++)
        follow(&p, (size_t)20 << i, 1, &p.end, &at[i]);
    for (size_t i = 0; i < 2; i++) {
        double coarse = fabs(at[i].force - at[i + 1].force);
        double fine = fabs(at[i + 1].force - at[i + 2].force);
        assert_true(coarse > 2.5 * fine);
    }
    assert_close(at[1].force, at[3].force, 1e-3, 0);
}

static void moments_of_a_gaussian_are_its_integrals(void **state)
{
    static const double p[] = {0.4, -0.7, 1.3}, q[] = {0.2, 0.9, 0.05};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (double to = -0.5; to < 1.6; to += 0.5) {
            const int n = 200000;
            double low = p[i] - 12 * q[i], h = (to - low) / n, sum[4] = {0}, m[4];
            for (int j = 0; j < n && h > 0; j++) {
                double x = low + (j + 0.5) * h, z = (x - p[i]) / q[i];
                double d = exp(-z * z / 2) / (q[i] * sqrt(2 * acos(-1.0))) * h;
                for (int l = 0; l < 4; l++, d *= x)
                    sum[l] += d;
            }
            pn_gaussian_moments(p[i], q[i], to, m);
            for (int l = 0; l < 4; l++)
                assert_close(m[l], sum[l], 1e-6, 1e-9);
        }
}

/* The closure against the equation that it closes: how far it is off is known. */
static void moments_differ_from_the_equation_by_what_is_known(void **state)
{
    static const struct {
        double amplitude, force, stiffness;
    } off[] = {
        {0,    .021,  -.154},
        {0.25, .050,  -.013},
        {0.5,  .107,  .082 },
        {1.0,  .025,  .021 },
        {2.0,  -.044, -.070},
    };
    double t[POINTS];
    static struct pn_bridges sums[POINTS], moments[POINTS];
    struct pn_protocol p;
    struct cycle c, m;

    (void)state;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        oscillate(off[i].amplitude, t, &p);
        follow(&p, 20, POINTS, t, sums);
        assert_int_equal(pn_moments_run(rates, &p, POINTS, t, moments), PN_OK);
        average(sums, POINTS, &c);
        average(moments, POINTS, &m);
        assert_close(m.force / c.force - 1, off[i].force, 0, 0.005);
        assert_close(m.stiffness / c.stiffness - 1, off[i].stiffness, 0, 0.005);
        assert_true(moments[0].least > 0);
    }
}

static void nonsense_is_refused(void **state)
{
    struct pn_crossbridge *b;
    struct pn_protocol p = pn_protocol_isometric;

    (void)state;
    p.early = -1;
    assert_int_equal(pn_crossbridge_create(rates, &p, 20, &b), PN_ERR_INPUT);
    assert_null(b);
    p = pn_protocol_isometric;
    p.velocity = (double)NAN;
    assert_int_equal(pn_crossbridge_create(rates, &p, 20, &b), PN_ERR_INPUT);
    p.velocity = -1e6;
    assert_int_equal(pn_crossbridge_create(rates, &p, 20, &b), PN_ERR_INPUT);
    assert_non_null(strstr(pn_error_last()->text, "power strokes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oscillation_makes_the_muscle_fluid_as_published),
        cmocka_unit_test(isometric_muscle_comes_to_the_known_steady_state),
        cmocka_unit_test(shortening_follows_the_steady_equation_with_order_two),
        cmocka_unit_test(a_sudden_stretch_adds_stiffness_times_length),
        cmocka_unit_test(the_grid_converges),
        cmocka_unit_test(moments_of_a_gaussian_are_its_integrals),
        cmocka_unit_test(moments_differ_from_the_equation_by_what_is_known),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
