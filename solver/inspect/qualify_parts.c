/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known answers of the parts. */
#include <Random123/philox.h>
#include <math.h>
#include <string.h>

#include "models/airway/lambert.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/base/units.h"
#include "solver/inspect/qualify_steps.h"
#include "solver/text/digest.h"

static enum pn_verdict verdict(int good)
{
    return good ? PN_PASS : PN_FAILED;
}

/* FIPS 180-4, examples of the standard */
static void check_sha256(struct pn_qualification *test)
{
    static const char *const known[][2] = {
        {"abc",                                                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                            },
        {"",                                                         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    };
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        char hex[65];

        n += pn_sha256_text(known[i][0], strlen(known[i][0]), hex) == PN_OK &&
             strcmp(hex, known[i][1]) == 0;
    }
    pn_report_add(test->report, verdict(n == 3), "SHA-256",
                  "%zu of 3 examples of FIPS 180-4", n);
}

/* Salmon et al. 2011: known answers of philox4x64-10 */
static void check_draws(struct pn_qualification *test)
{
    static const uint64_t known[][10] = {
        {0,                  0,                  0,                  0,                  0,          0,                  0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b,
         0x7e68b68aec7ba23b                                                                                                                                                                            },
        {UINT64_MAX,         UINT64_MAX,         UINT64_MAX,         UINT64_MAX,         UINT64_MAX, UINT64_MAX,
         0x87b092c3013fe90b,                                                                                                                 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0},
        {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
         0x452821e638d01377,                                                                         0xbe5466cf34e90c6c, 0xa528f45403e61d95, 0x38c72dbd566e9788,
         0xa5a1610e72fd18b5,                                                                                                                                                         0x57bd43b5e52b7fe6},
    };
    philox4x64_key_t seed = {
        {11, 0x504e45554d41}
    };
    philox4x64_ctr_t place =
                         {
                             {12, PN_DRAW_COHORT, 13, 14}
    },
                     word;
    size_t n = 0;
    int same;

    for (size_t i = 0; i < 3; i++) {
        philox4x64_ctr_t counter, got;
        philox4x64_key_t key;

        memcpy(counter.v, known[i], sizeof counter.v);
        memcpy(key.v, known[i] + 4, sizeof key.v);
        got = philox4x64(counter, key);
        n += memcmp(got.v, known[i] + 6, sizeof got.v) == 0;
    }
    word = philox4x64(place, seed);
    same = pn_uniform(11, 12, PN_DRAW_COHORT, 13, 14) ==
           ((double)(word.v[0] >> 11) + 0.5) * 0x1p-53;
    pn_report_add(test->report, verdict(n == 3 && same), "random draws",
                  "%zu of 3 known answers of Philox4x64-10; the engine's draw %s them", n,
                  same ? "is made of" : "is NOT made of");
}

/* in units of the last place, against the C library in long double */
static double worst_of(void (*f)(const pn_lane *x, pn_lane *y),
                       long double (*exact)(long double), double low, double high)
{
    double worst = 0.0;

    for (int i = 0; i <= 1000; i++) {
        double x = low + (high - low) * i / 1000.0, want, ulp;
        pn_lane in = pn_all(x), out;
        long double precise = exact((long double)x);

        f(&in, &out);
        want = (double)precise;
        ulp = nextafter(fabs(want), (double)INFINITY) - fabs(want);
        for (size_t l = 0; l < PN_LANES; l++)
            worst = fmax(worst, fabs((double)((long double)out[l] - precise)) / ulp);
    }
    return worst;
}

static void check_functions(struct pn_qualification *test)
{
    double e = worst_of(pn_exp, expl, -700.0, 700.0);
    double l = worst_of(pn_log, logl, 1e-3, 1e3);

    pn_report_add(test->report, verdict(e <= 1.01 && l <= 1.01), "functions",
                  "exp and log on %d lanes within %.2f and %.2f units of the last place",
                  (int)PN_LANES, e, l);
}

static void check_units(struct pn_qualification *test)
{
    static const struct {
        const char *from, *to;
        double molar_mass, factor;
    } known[] = {
        {"g",     "mg",     0.0,   1e3         },
        {"week",  "h",      0.0,   168.0       },
        {"ug/mL", "mg/L",   0.0,   1.0         },
        {"L/day", "mL/min", 0.0,   1e3 / 1440.0},
        {"nM",    "mg/L",   426.4, 4.264e-4    },
        {"cmH2O", "Pa",     0.0,   98.0665     },
    };
    struct pn_units *units = NULL;
    size_t n = 0, n_known = sizeof known / sizeof *known;
    double factor = 0.0;
    int refused = 0;

    if (pn_units_create(&units) == PN_OK) {
        for (size_t i = 0; i < n_known; i++)
            n += pn_units_factor(units, known[i].from, known[i].to, known[i].molar_mass,
                                 &factor) == PN_OK &&
                 fabs(factor / known[i].factor - 1.0) < 1e-6;
        refused = pn_units_factor(units, "h", "kg", 0.0, &factor) == PN_ERR_INPUT &&
                  pn_units_factor(units, "mgg", "mg", 0.0, &factor) == PN_ERR_INPUT;
    }
    pn_units_free(&units);
    pn_report_add(test->report, verdict(n == n_known && refused), "units",
                  "%zu of %zu conversions; other dimensions and unknown units %s", n,
                  n_known, refused ? "are refused" : "are NOT refused");
}

/* Lambert 1982: alpha0 and its slope at no pressure, from both sides; bounds; rise */
static void check_tubes(struct pn_qualification *test)
{
    size_t n = 0;

    for (size_t g = 0; g < PN_GENERATIONS; g++) {
        const struct pn_tube *tube = &pn_lambert_tubes[g];
        double h = 1e-6, at = pn_tube_alpha(tube, 0.0), last = 0.0;
        double left = (at - pn_tube_alpha(tube, -h)) / h;
        double right = (pn_tube_alpha(tube, h) - at) / h;
        int good = at == tube->alpha0 && fabs(left / tube->slope - 1.0) < 1e-3 &&
                   fabs(right / tube->slope - 1.0) < 1e-3;

        for (double P = -60.0; P <= 60.0; P += 0.5) {
            double alpha = pn_tube_alpha(tube, P);

            good = good && alpha > last && alpha < 1.0;
            last = alpha;
        }
        n += (size_t)good;
    }
    pn_report_add(test->report, verdict(n == PN_GENERATIONS), "tube law",
                  "%zu of %d generations: alpha0 and its slope without pressure, rising "
                  "and below 1",
                  n, (int)PN_GENERATIONS);
}

void pn_qualify_parts(struct pn_qualification *test)
{
    check_sha256(test);
    check_draws(test);
    check_functions(test);
    check_units(test);
    check_tubes(test);
}
