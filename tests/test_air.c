/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The air of models/airway/air.h, worked out from the gases that it is made of. */
#include "check.h"

#include "models/airway/air.h"

enum { NITROGEN, OXYGEN, ARGON, CARBON_DIOXIDE, WATER, N_GASES };

#define KELVIN       310.15   /* 37 degrees Celsius */
#define PASCAL       101325.0 /* of all gases together */
#define WATER_VAPOUR 6280.0   /* Pa, saturated at 37 degrees */

/* molar mass [g/mol]; Sutherland's formula (White 2006): viscosity [Pa.s] at a
 * temperature [K], and his constant [K] */
static const struct gas {
    double molar_mass, viscosity, at, constant;
} gases[N_GASES] = {
    [NITROGEN] = {28.0134,  1.663e-5, 273, 107 },
    [OXYGEN] = {31.9988,  1.919e-5, 273, 139 },
    [ARGON] = {39.948,   2.125e-5, 273, 144 },
    [CARBON_DIOXIDE] = {44.0095,  1.370e-5, 273, 222 },
    [WATER] = {18.01528, 1.12e-5,  350, 1064},
};
static const double dry[N_GASES] = {0.7808, 0.2095, 0.0093, 0.0004, 0};

static double density(const double *share, double kelvin)
{
    double molar_mass = 0;

    for (size_t i = 0; i < N_GASES; i++)
        molar_mass += share[i] * gases[i].molar_mass * 1e-3;
    return PASCAL * molar_mass / (8.314462618 * kelvin);
}

static double alone(size_t i, double kelvin)
{
    const struct gas *g = &gases[i];

    return g->viscosity * pow(kelvin / g->at, 1.5) * (g->at + g->constant) /
           (kelvin + g->constant);
}

/* Wilke 1950 */
static double viscosity(const double *share, double kelvin)
{
    double sum = 0;

    for (size_t i = 0; i < N_GASES; i++) {
        double around = 0;
        for (size_t j = 0; j < N_GASES; j++) {
            double ratio = gases[i].molar_mass / gases[j].molar_mass;
            double root =
                1 + sqrt(alone(i, kelvin) / alone(j, kelvin)) * pow(ratio, -0.25);
            around += share[j] * root * root / sqrt(8 * (1 + ratio));
        }
        sum += share[i] * alone(i, kelvin) / around;
    }
    return sum;
}

/* The sum is right where everybody knows its result. */
static void dry_air_has_its_known_density_and_viscosity(void **state)
{
    (void)state;
    assert_close(density(dry, 293.15), 1.2041, 1e-3, 0);
    assert_close(viscosity(dry, 300), 1.846e-5, 1e-2, 0);
}

/* Warm and humid: what is breathed in, and what comes from the alveoli (mmHg: carbon
 * dioxide 40, oxygen 100). */
static void air_in_the_airways_lies_between_inspired_and_alveolar(void **state)
{
    const double humid = WATER_VAPOUR / PASCAL;
    double inspired[N_GASES],
        alveolar[N_GASES] = {
            [CARBON_DIOXIDE] = 40. / 760, [OXYGEN] = 100. / 760, [WATER] = humid};
    double rest = 1 - 140. / 760 - humid;

    (void)state;
    for (size_t i = 0; i < N_GASES; i++)
        inspired[i] = i == WATER ? humid : dry[i] * (1 - humid);
    alveolar[NITROGEN] = rest * dry[NITROGEN] / (dry[NITROGEN] + dry[ARGON]);
    alveolar[ARGON] = rest * dry[ARGON] / (dry[NITROGEN] + dry[ARGON]);
    assert_close(density(inspired, KELVIN), 1.111, 1e-3, 0);
    assert_close(density(alveolar, KELVIN), 1.134, 1e-3, 0);
    assert_close(viscosity(inspired, KELVIN), 1.84e-5, 2e-3, 0);
    assert_close(viscosity(alveolar, KELVIN), 1.80e-5, 2e-3, 0);
    assert_true(PN_AIR_DENSITY > density(inspired, KELVIN));
    assert_true(PN_AIR_DENSITY < density(alveolar, KELVIN));
    assert_true(PN_AIR_VISCOSITY < viscosity(inspired, KELVIN));
    assert_true(PN_AIR_VISCOSITY > viscosity(alveolar, KELVIN));
    assert_close(PN_AIR_DENSITY, density(inspired, KELVIN), 0.013, 0);
    assert_close(PN_AIR_DENSITY, density(alveolar, KELVIN), 0.013, 0);
    assert_close(PN_AIR_VISCOSITY, viscosity(inspired, KELVIN), 0.017, 0);
    assert_close(PN_AIR_VISCOSITY, viscosity(alveolar, KELVIN), 0.017, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dry_air_has_its_known_density_and_viscosity),
        cmocka_unit_test(air_in_the_airways_lies_between_inspired_and_alveolar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
