/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/reference_values.h"

/* Published coefficients worked out by hand, and by public implementations. */
static void nhanes3_gives_the_published_values(void **state)
{
    static const struct {
        int male;
        double age, height, fev1;
    } cases[] = {
        {1, 40, 178, 4.22401 },
        {0, 45, 163, 2.93237 },
        {0, 50, 163, 2.82217 },
        {1, 25, 175, 4.43786 },
        {1, 40, 175, 4.07471 },
        {1, 60, 175, 3.47011 },
        {1, 75, 175, 2.92636 },
        {0, 25, 162, 3.23881 },
        {0, 40, 162, 2.99551 },
        {0, 60, 162, 2.53531 },
        {0, 75, 162, 2.08831 },
        {1, 15, 170, 3.720447}, /* -0.7453 - 0.6159 + 1.007325 + 4.074322 */
        {0, 12, 150, 2.500040}, /* -0.8710 + 0.78444 + 2.5866 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_close(pn_nhanes3_fev1(cases[i].male, cases[i].age, cases[i].height),
                     cases[i].fev1, 1e-5, 0);
}

static void nhanes3_fvc_follows_its_polynomial(void **state)
{
    (void)state;
    /* -0.1933 + 0.0256 - 0.4304 + 5.9065 */
    assert_close(pn_nhanes3_fvc(1, 40, 178), 5.3084313, 1e-6, 0);
    /* -0.3560 + 0.8415 - 0.77355 + 3.9361974 */
    assert_close(pn_nhanes3_fvc(0, 45, 163), 3.64814735, 1e-6, 0);
    /* -0.2584 - 3.06225 + 2.279925 + 5.387538 */
    assert_close(pn_nhanes3_fvc(1, 15, 170), 4.346813, 1e-6, 0);
    /* -1.2082 + 0.70992 + 3.333375 */
    assert_close(pn_nhanes3_fvc(0, 12, 150), 2.835095, 1e-6, 0);
}

/* A man is adult from 20, a woman from 18 years on: FEV1 is continuous there to 0.2 mL,
 * its slope is not.  Nobody below 8 was measured. */
static void the_formula_changes_at_the_published_age(void **state)
{
    const double d = 1e-6;

    (void)state;
    for (int male = 0; male <= 1; male++) {
        double age = male ? 20 : 18, h = 170, at = pn_nhanes3_fev1(male, age, h);
        double before =
            (pn_nhanes3_fev1(male, age - d, h) - pn_nhanes3_fev1(male, age - 2 * d, h)) /
            d;
        double after = (pn_nhanes3_fev1(male, age + d, h) - at) / d;

        assert_close(pn_nhanes3_fev1(male, age - d, h), at, 0, 2e-4);
        assert_close(before, male ? -0.04106 + 2 * 0.004477 * 20 : 0.06537, 1e-6, 0);
        assert_close(after,
                     male ? -0.01303 - 2 * 1.72e-4 * 20 : -0.00361 - 2 * 1.94e-4 * 18,
                     1e-6, 0);
    }
    assert_true(isnan(pn_nhanes3_fev1(1, 7.9, 130)));
    assert_true(isnan(pn_nhanes3_fvc(0, (double)NAN, 130)));
    assert_true(isnan(pn_nhanes3_fev1(0, 30, (double)NAN)));
}

static void lanes_have_the_bits_of_the_scalar_function(void **state)
{
    pn_lane sex, age, height, fev1;

    (void)state;
    for (size_t l = 0; l < PN_LANES; l++) {
        sex[l] = (double)(l % 2);
        age[l] = 12 + 9.3 * (double)l;
        height[l] = 150 + 7.7 * (double)l;
    }
    age[1] = (double)NAN;
    pn_nhanes3_fev1_lanes(&sex, &age, &height, &fev1);
    for (size_t l = 0; l < PN_LANES; l++) {
        double want = pn_nhanes3_fev1(l % 2 == 1, age[l], height[l]), got = fev1[l];
        assert_same_bits(&got, &want, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nhanes3_gives_the_published_values),
        cmocka_unit_test(nhanes3_fvc_follows_its_polynomial),
        cmocka_unit_test(the_formula_changes_at_the_published_age),
        cmocka_unit_test(lanes_have_the_bits_of_the_scalar_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
