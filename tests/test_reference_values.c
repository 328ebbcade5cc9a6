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
        assert_close(pn_nhanes3(PN_NHANES3_FEV1, cases[i].male, cases[i].age,
                                cases[i].height, NULL),
                     cases[i].fev1, 1e-5, 0);
}

/* FEV1 and its lower limit of normal: test vectors of a public implementation. */
static void nhanes3_gives_the_published_lower_limits(void **state)
{
    static const struct {
        int male;
        double age, height, predicted, lower;
    } vectors[] = {
        {1, 25, 175, 4.43786, 3.67499},
        {1, 40, 175, 4.07471, 3.31184},
        {1, 60, 175, 3.47011, 2.70724},
        {1, 75, 175, 2.92636, 2.16349},
        {0, 25, 162, 3.23881, 2.65803},
        {0, 40, 162, 2.99551, 2.41473},
        {0, 60, 162, 2.53531, 1.95453},
        {0, 75, 162, 2.08831, 1.50753},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        double lower;
        assert_close(pn_nhanes3(PN_NHANES3_FEV1, vectors[i].male, vectors[i].age,
                                vectors[i].height, &lower),
                     vectors[i].predicted, 0, 5.001e-6);
        assert_close(lower, vectors[i].lower, 0, 5.001e-6);
    }
}

/* The other measures, worked out by hand from the printed coefficients. */
static void nhanes3_follows_its_polynomials(void **state)
{
    static const struct {
        enum pn_nhanes3 what;
        int male;
        double age, height, predicted, lower;
    } cases[] = {
  /* 2.7006 - 1.9980 + 3.2777098, 1.67735096 */
        {PN_NHANES3_FEF25_75, 1, 40, 178, 3.9803098,   2.37995096},
 /* 2.3670 - 0.8568 - 0.4050 + 1.85504758, 0.61161838 */
        {PN_NHANES3_FEF25_75, 0, 45, 163, 2.96024758,  1.71681838},
 /* -1.0863 + 2.09085 + 2.989705, 1.529966 */
        {PN_NHANES3_FEF25_75, 1, 15, 170, 3.994255,    2.534516  },
 /* -2.5284 + 6.2988 - 2.204496 + 1.57095, 0.51795 */
        {PN_NHANES3_FEF25_75, 0, 12, 150, 3.136854,    2.083854  },
 /* 1.0523 + 3.3088 - 2.0816 + 7.90896008, 5.58747340 */
        {PN_NHANES3_PEF,      1, 40, 178, 10.18846008, 7.8669734 },
 /* 0.9267 + 3.11805 - 2.087775 + 4.94794487, 3.22760212 */
        {PN_NHANES3_PEF,      0, 45, 163, 6.90491987,  5.18457712},
 /* -0.5962 - 1.85355 + 2.955375 + 7.214018, 5.096515 */
        {PN_NHANES3_PEF,      1, 15, 170, 7.719643,    5.60214   },
 /* -3.6181 + 7.27728 - 2.425824 + 4.190175, 2.7333 */
        {PN_NHANES3_PEF,      0, 12, 150, 5.423531,    3.966656  },
        {PN_NHANES3_FEV1_FVC, 1, 40, 178, 0.79802,     0.70124   }, /* 88.066 - 8.264, 78.388 */
        {PN_NHANES3_FEV1_FVC, 0, 45, 163, 0.812465,    0.714525  }, /* 90.809 - 9.5625 */
        {PN_NHANES3_FVC,      1, 40, 178, 5.3084313,
         4.3747038                                               }, /* h2 of the limit 1.5695e-4 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double lower;
        assert_close(pn_nhanes3(cases[i].what, cases[i].male, cases[i].age,
                                cases[i].height, &lower),
                     cases[i].predicted, 2e-8, 0);
        assert_close(lower, cases[i].lower, 2e-8, 0);
    }
}

/* 0 at what is predicted, -1.645 at the lower limit, whoever it is. */
static void a_z_score_counts_from_the_predicted_to_the_limit(void **state)
{
    const pn_lane sex = pn_all(1), age = pn_all(40), height = pn_all(178);
    const struct pn_nhanes3_who who = {&sex, &age, &height};

    (void)state;
    for (int what = PN_NHANES3_FEV1; what <= PN_NHANES3_FEV1_FVC; what++) {
        pn_lane predicted, lower, value, z;
        pn_nhanes3_lanes((enum pn_nhanes3)what, &who, &predicted, &lower);
        assert_true(lower[0] < predicted[0] && lower[0] > 0.5 * predicted[0]);
        value = pn_all(0.5) * (predicted + lower);
        pn_nhanes3_z((enum pn_nhanes3)what, &who, &predicted, &z);
        assert_true(z[0] == 0);
        pn_nhanes3_z((enum pn_nhanes3)what, &who, &lower, &z);
        assert_close(z[0], -1.645, 1e-14, 0);
        pn_nhanes3_z((enum pn_nhanes3)what, &who, &value, &z);
        assert_close(z[0], -1.645 / 2, 1e-12, 0);
    }
}

static void nhanes3_fvc_follows_its_polynomial(void **state)
{
    (void)state;
    /* -0.1933 + 0.0256 - 0.4304 + 5.9065 */
    assert_close(pn_nhanes3(PN_NHANES3_FVC, 1, 40, 178, NULL), 5.3084313, 1e-6, 0);
    /* -0.3560 + 0.8415 - 0.77355 + 3.9361974 */
    assert_close(pn_nhanes3(PN_NHANES3_FVC, 0, 45, 163, NULL), 3.64814735, 1e-6, 0);
    /* -0.2584 - 3.06225 + 2.279925 + 5.387538 */
    assert_close(pn_nhanes3(PN_NHANES3_FVC, 1, 15, 170, NULL), 4.346813, 1e-6, 0);
    /* -1.2082 + 0.70992 + 3.333375 */
    assert_close(pn_nhanes3(PN_NHANES3_FVC, 0, 12, 150, NULL), 2.835095, 1e-6, 0);
}

/* A man is adult from 20, a woman from 18 years on: FEV1 is continuous there to 0.2 mL,
 * its slope is not.  Nobody below 8 was measured. */
static void the_formula_changes_at_the_published_age(void **state)
{
    const double d = 1e-6;

    (void)state;
    for (int male = 0; male <= 1; male++) {
        double age = male ? 20 : 18, h = 170,
               at = pn_nhanes3(PN_NHANES3_FEV1, male, age, h, NULL);
        double before = (pn_nhanes3(PN_NHANES3_FEV1, male, age - d, h, NULL) -
                         pn_nhanes3(PN_NHANES3_FEV1, male, age - 2 * d, h, NULL)) /
                        d;
        double after = (pn_nhanes3(PN_NHANES3_FEV1, male, age + d, h, NULL) - at) / d;

        assert_close(pn_nhanes3(PN_NHANES3_FEV1, male, age - d, h, NULL), at, 0, 2e-4);
        assert_close(before, male ? -0.04106 + 2 * 0.004477 * 20 : 0.06537, 1e-6, 0);
        assert_close(after,
                     male ? -0.01303 - 2 * 1.72e-4 * 20 : -0.00361 - 2 * 1.94e-4 * 18,
                     1e-6, 0);
    }
    assert_true(isnan(pn_nhanes3(PN_NHANES3_FEV1, 1, 7.9, 130, NULL)));
    assert_true(isnan(pn_nhanes3(PN_NHANES3_FVC, 0, (double)NAN, 130, NULL)));
    assert_true(isnan(pn_nhanes3(PN_NHANES3_FEV1, 0, 30, (double)NAN, NULL)));
}

static void lanes_have_the_bits_of_the_scalar_function(void **state)
{
    const enum pn_nhanes3 last = PN_NHANES3_FEV1_FVC;
    pn_lane sex, age, height, predicted, lower;
    const struct pn_nhanes3_who who = {&sex, &age, &height};

    (void)state;
    for (size_t l = 0; l < PN_LANES; l++) {
        sex[l] = (double)(l % 2);
        age[l] = 12 + 9.3 * (double)l;
        height[l] = 150 + 7.7 * (double)l;
    }
    age[1] = (double)NAN;
    for (enum pn_nhanes3 what = PN_NHANES3_FEV1; what <= last; what++) {
        pn_nhanes3_lanes(what, &who, &predicted, &lower);
        for (size_t l = 0; l < PN_LANES; l++) {
            double limit, want = pn_nhanes3(what, l % 2 == 1, age[l], height[l], &limit);
            double got = predicted[l], got_limit = lower[l];
            assert_same_bits(&got, &want, 1);
            assert_same_bits(&got_limit, &limit, 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nhanes3_gives_the_published_values),
        cmocka_unit_test(nhanes3_gives_the_published_lower_limits),
        cmocka_unit_test(nhanes3_follows_its_polynomials),
        cmocka_unit_test(a_z_score_counts_from_the_predicted_to_the_limit),
        cmocka_unit_test(nhanes3_fvc_follows_its_polynomial),
        cmocka_unit_test(the_formula_changes_at_the_published_age),
        cmocka_unit_test(lanes_have_the_bits_of_the_scalar_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
