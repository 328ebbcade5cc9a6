/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/lambert.h"
#include "models/airway/weibel.h"
#include "models/catalogue.h"
#include "tests/tree_shared.h"

/* alpha at -10, 0, 5, 10, 20, 30 cmH2O, computed apart from the published parameters */
static const double published[PN_GENERATIONS][6] = {
    {.7891, .8820, .9252, .9516, .9786, .9900},
    {.7891, .8820, .9252, .9516, .9786, .9900},
    {.4229, .6860, .8562, .9303, .9812, .9941},
    {.2601, .5460, .8049, .9104, .9778, .9935},
    {.1655, .4500, .7696, .8965, .9753, .9929},
    {.0986, .3700, .7553, .8969, .9777, .9941},
    {.0610, .3100, .7409, .8938, .9780, .9944},
    {.0352, .2550, .7297, .8923, .9787, .9947},
    {.0232, .2130, .7242, .8932, .9798, .9951},
    {.0167, .1840, .7196, .8932, .9803, .9953},
    {.0112, .1530, .7136, .8923, .9805, .9955},
    {.0072, .1250, .7106, .8919, .9802, .9952},
    {.0044, .1000, .7086, .8915, .9796, .9949},
    {.0024, .0750, .7032, .8903, .9796, .9949},
    {.0014, .0570, .7011, .8905, .9799, .9950},
    {.0008, .0450, .6980, .8876, .9781, .9942},
    {.0006, .0390, .6994, .8890, .9786, .9944},
};

static void tube_laws_give_the_published_table(void **state)
{
    static const double P[6] = {-10, 0, 5, 10, 20, 30}; /* cmH2O */

    (void)state;
    for (size_t z = 0; z < PN_GENERATIONS; z++)
        for (size_t i = 0; i < 6; i++)
            assert_close(pn_tube_alpha(&pn_lambert_tubes[z], P[i]), published[z][i], 0,
                         5.001e-5);
}

/* A table of another program: parameters, and alpha at five pressures to eight digits. */
static void tube_laws_give_the_table_of_others(void **state)
{
    static const double P[5] = {-10, -5, 5, 10, 20}; /* cmH2O */
    FILE *file = fopen(shared_path("lambert1982_tube_law.csv"), "r");
    double x[12];
    char line[1024];
    size_t n = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        const struct pn_tube *tube = &pn_lambert_tubes[n];
        char *at = line;
        if (*line < '0' || *line > '9')
            continue;
        assert_true(n < PN_GENERATIONS);
        for (size_t i = 0; i < 12; i++, at += strspn(at, ","))
            x[i] = strtod(at, &at);
        assert_close(x[0], (double)n, 0, 0);
        assert_close(tube->alpha0, x[1], 1e-15, 0);
        assert_close(tube->slope, x[2], 1e-15, 0);
        for (size_t i = 0; i < 5; i++)
            assert_close(pn_tube_alpha(tube, P[i]), x[7 + i], 0, 5.001e-9);
        n++;
    }
    fclose(file);
    assert_int_equal(n, PN_GENERATIONS);
}

/* The two branches meet with the tabulated slope, and the tube is open at no pressure. */
static void tube_laws_are_smooth_and_increasing(void **state)
{
    const double d = 1e-6;

    (void)state;
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        const struct pn_tube *tube = &pn_lambert_tubes[z];
        double at = pn_tube_alpha(tube, 0), last = 0;
        assert_close((pn_tube_alpha(tube, d) - at) / d, tube->slope, 1e-4, 0);
        assert_close((at - pn_tube_alpha(tube, -d)) / d, tube->slope, 1e-4, 0);
        for (double P = -50; P <= 50; P += 0.5) {
            double alpha = pn_tube_alpha(tube, P);
            assert_true(alpha > last && alpha < 1);
            last = alpha;
        }
    }
}

static void pressure_is_the_inverse_of_alpha(void **state)
{
    (void)state;
    for (size_t z = 0; z < PN_GENERATIONS; z++)
        for (double P = -20; P <= 30; P += 2.5) {
            pn_lane alpha = pn_all(pn_tube_alpha(&pn_lambert_tubes[z], P)), back;
            pn_tube_pressure(&pn_lambert_tubes[z], &alpha, &back);
            for (size_t l = 0; l < PN_LANES; l++)
                assert_close(back[l], P, 1e-9, 1e-11);
        }
}

static void weibel_has_the_published_resistance_and_volume(void **state)
{
    /* cmH2O.s/L at 1.9e-5 Pa.s, generations 0-16 */
    static const double each[17] = {.00902, .00848, .00790, .00763, .01528, .01759,
                                    .01806, .01675, .01649, .01480, .01242, .01065,
                                    .00781, .00575, .00370, .00254, .00153};
    double resistance = 0, volume = 0;

    (void)state;
    for (size_t z = 0; z < PN_WEIBEL_GENERATIONS; z++) {
        const double r = pn_weibel_diameter[z] / 2, l = pn_weibel_length[z]; /* cm */
        const double laminar =
            8 * 1.9e-5 * l * 1e6 / (M_PI * r * r * r * r); /* Pa.s/m3 */
        const double R = ldexp(laminar, -(int)z) / 98066.5;
        resistance += R;
        volume += ldexp(M_PI * r * r * l, (int)z);
        if (z <= 16)
            assert_close(R, each[z], 0, 5.001e-6);
        if (z == 16) {
            assert_close(resistance, 0.176397, 1e-5, 0);
            assert_close(volume, 175.16, 1e-5, 0.005);
        }
    }
    assert_close(resistance, 0.178550, 1e-5, 0);
    assert_close(volume, 1599.8, 1e-5, 0.05);
}

/* One number differs between the two published tables. */
static void lambert_has_the_lengths_of_weibel(void **state)
{
    (void)state;
    for (size_t z = 0; z < PN_GENERATIONS; z++)
        assert_close(pn_lambert_tubes[z].length, z == 10 ? 0.47 : pn_weibel_length[z],
                     1e-12, 0);
}

static void calibre_is_linear_down_to_its_floor(void **state)
{
    static const struct {
        double muscle, eosinophils, calibre, slope_muscle, slope_eosinophils;
    } cases[] = {
        {1,    1,      1,        -0.35, -0.03},
        {2,    1,      0.65,     -0.35, -0.03},
        {0.75, 0.2875, 1.108875, -0.35, -0.03},
        {1,    4,      0.91,     -0.35, -0.03},
        {3,    1,      0.4,      0,     0    },
    };
    const struct pn_component *m = pn_component_find("lambert");
    pn_lane p[8], r[2], w, j[2];

    (void)state;
    assert_non_null(m);
    for (size_t i = 0; i < pn_table_size(m->parameters); i++)
        p[i] = pn_all(m->parameters[i].value);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        r[0] = pn_all(cases[i].muscle);
        r[1] = pn_all(cases[i].eosinophils);
        r[0][1] = (double)NAN;
        m->write((struct pn_view){.p = p, .r = r}, &w);
        m->slope((struct pn_view){.p = p, .r = r}, j);
        assert_close(w[0], cases[i].calibre, 1e-14, 0);
        assert_close(j[0][0], cases[i].slope_muscle, 1e-14, 0);
        assert_close(j[1][0], cases[i].slope_eosinophils, 1e-14, 0);
        assert_true(isnan(w[1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tube_laws_give_the_published_table),
        cmocka_unit_test(tube_laws_give_the_table_of_others),
        cmocka_unit_test(tube_laws_are_smooth_and_increasing),
        cmocka_unit_test(pressure_is_the_inverse_of_alpha),
        cmocka_unit_test(weibel_has_the_published_resistance_and_volume),
        cmocka_unit_test(lambert_has_the_lengths_of_weibel),
        cmocka_unit_test(calibre_is_linear_down_to_its_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
