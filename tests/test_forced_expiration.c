/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "models/airway/forced_expiration.h"
#include "scalar_expiration.h"

/* Lambert's tree with a factor on A_m of some generations, and the printed results. */
struct constriction {
    double factor;
    int first, last;
    double FEV1, ratio, limit[3]; /* L, 1, L/s with 75, 50, 25 % of VC left */
};
static const struct constriction cases[] = {
    {1.0, 0, 16, 3.969, .778, {5.86, 4.00, 2.08}},
    {0.6, 6, 16, 3.306, .649, {4.84, 2.59, 1.02}},
    {0.6, 3, 8,  3.035, .595, {3.67, 2.32, 1.26}},
    {0.4, 9, 16, 3.157, .651, {4.54, 2.31, 0.67}},
    {0.7, 0, 16, 3.182, .624, {3.91, 2.62, 1.26}},
};
enum { N_CASES = sizeof cases / sizeof *cases };

/* Maximal flow at recoils [cmH2O], 20 and 200 steps per generation, and the choke. */
static const struct {
    double recoil, coarse, fine;
    int choke;
} limits[] = {
    {2,  1.6118,  1.6106,  5},
    {5,  3.6199,  3.6150,  4},
    {10, 5.6103,  5.6022,  2},
    {20, 8.4196,  8.4100,  2},
    {30, 10.8502, 10.8378, 2},
};
enum { N_LIMITS = sizeof limits / sizeof *limits };

static void scalar_airway_init(struct scalar_airway *w, const struct constriction *c)
{
    for (int z = 0; z < PN_GENERATIONS; z++)
        w->area[z] = pn_lambert_tubes[z].area * 1e-4 *
                     (z >= c->first && z <= c->last ? c->factor : 1);
}

/* lane l is case l + shift, over and over */
static void lung_init(struct pn_lung *lung, size_t shift)
{
    pn_bronchi_init(&lung->bronchi);
    lung->bronchi.gas = (struct pn_gas){RHO, MU};
    lung->TLC = pn_all(6.8);
    lung->RV = pn_all(1.7);
    for (size_t l = 0; l < PN_LANES; l++) {
        struct scalar_airway w;
        scalar_airway_init(&w, &cases[(l + shift) % N_CASES]);
        for (size_t z = 0; z < PN_GENERATIONS; z++)
            lung->bronchi.area[z][l] = w.area[z];
    }
}

/* flow with a share of VC left, linear between the points of the curve */
static double limit_at(const pn_lane *limit, size_t lane, double left)
{
    double x = (1 - left) * (PN_VOLUME_POINTS - 1);
    size_t i = (size_t)x;

    return limit[i][lane] + (x - (double)i) * (limit[i + 1][lane] - limit[i][lane]);
}

static void reference_gives_the_printed_limits(void **state)
{
    struct scalar_airway w;

    (void)state;
    scalar_airway_init(&w, &cases[0]);
    for (size_t i = 0; i < N_LIMITS; i++) {
        double recoil = limits[i].recoil * CMH2O;
        int choke;
        assert_close(1e3 * scalar_limit(&w, recoil, 20, &choke), limits[i].coarse, 5e-5,
                     0);
        assert_int_equal(choke, limits[i].choke);
        assert_close(1e3 * scalar_limit(&w, recoil, 200, &choke), limits[i].fine, 5e-5,
                     0);
    }
}

/* The march from the mouth needs the printed recoil for the printed flow: half a per cent
 * of flow at 200 steps, and the same where the table of nodes is asked. */
static void maximal_flow_at_a_recoil_is_the_printed_one(void **state)
{
    struct pn_lung lung;
    struct pn_flow_table table;
    pn_lane top = pn_all(30 * CMH2O), flow, recoil, choke, more;

    (void)state;
    lung_init(&lung, 0);
    pn_flow_table_init(&table, &lung.bronchi, 200, &top);
    for (size_t i = 0; i < N_LIMITS; i++) {
        double slope;
        flow = pn_all(limits[i].fine * 1e-3);
        pn_recoil_of_flow(&lung.bronchi, 200, &flow, &recoil, &choke);
        assert_int_equal((int)choke[0], limits[i].choke);
        more = flow * pn_all(1.001);
        pn_recoil_of_flow(&lung.bronchi, 200, &more, &top, &choke);
        slope = (top[0] - recoil[0]) / (more[0] - flow[0]);
        /* measured: 1.4e-4 */
        assert_close(flow[0] + (limits[i].recoil * CMH2O - recoil[0]) / slope, flow[0],
                     5e-4, 0);
        recoil = pn_all(limits[i].recoil * CMH2O);
        pn_flow_table_at(&table, &recoil, &flow);
        assert_close(1e3 * flow[0], limits[i].fine, 5e-3, 0);
    }
}

/* No flow is an exception: also not those whose sonic point is close to P = 0, where the
 * tube law's second derivative jumps (generation 2 at 6.5 L/s). */
static void march_is_accurate_at_every_flow(void **state)
{
    struct pn_bronchi bronchi;
    double flow = 0.2; /* L/s */

    (void)state;
    pn_bronchi_init(&bronchi);
    bronchi.gas = (struct pn_gas){RHO, MU};
    while (flow < 11) {
        pn_lane Q, coarse, fine, choke;
        for (size_t l = 0; l < PN_LANES; l++) {
            Q[l] = flow * 1e-3;
            flow *= flow > 6.4 && flow < 6.6 ? 1.0003 : 1.005;
        }
        pn_recoil_of_flow(&bronchi, 10, &Q, &coarse, &choke);
        pn_recoil_of_flow(&bronchi, 80, &Q, &fine, &choke);
        for (size_t l = 0; l < PN_LANES; l++)
            assert_close(coarse[l], fine[l], 2.5e-3, 0);
    }
}

/* Choke points at the periphery, where sonic flow is at P > 0, against the reference. */
static void peripheral_chokes_agree_with_the_reference(void **state)
{
    static const struct {
        double factor;
        int first, last;
        double recoil; /* cmH2O */
    } narrow[] = {
        {0.10,  3,  4,  8 },
        {0.02,  6,  8,  12},
        {0.02,  9,  12, 25},
        {0.005, 13, 16, 20}
    };

    (void)state;
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) {
        const struct constriction c = {
            .factor = narrow[i].factor, .first = narrow[i].first, .last = narrow[i].last};
        struct scalar_airway w;
        struct pn_bronchi bronchi;
        pn_lane flow, recoil, choke;
        int want;
        scalar_airway_init(&w, &c);
        pn_bronchi_init(&bronchi);
        bronchi.gas = (struct pn_gas){RHO, MU};
        for (size_t z = 0; z < PN_GENERATIONS; z++)
            bronchi.area[z] = pn_all(w.area[z]);
        flow = pn_all(scalar_limit(&w, narrow[i].recoil * CMH2O, 100, &want));
        pn_recoil_of_flow(&bronchi, 100, &flow, &recoil, &choke);
        assert_int_equal((int)choke[0], want);
        assert_close(recoil[0], narrow[i].recoil * CMH2O, 5e-3, 0);
    }
}

/* The table's last node is at the recoil that was asked for, whatever the airway; below
 * no recoil there is no flow. */
static void table_reaches_from_no_recoil_to_the_top(void **state)
{
    static const double factors[] = {0.05, 0.15, 0.4, 1, 2};

    (void)state;
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        const struct constriction c = {.factor = factors[i], .first = 3, .last = 16};
        struct scalar_airway w;
        struct pn_bronchi bronchi;
        struct pn_flow_table table;
        pn_lane top = pn_all(28 * CMH2O), none = pn_all(-10), flow;
        scalar_airway_init(&w, &c);
        pn_bronchi_init(&bronchi);
        bronchi.gas = (struct pn_gas){RHO, MU};
        for (size_t z = 0; z < PN_GENERATIONS; z++)
            bronchi.area[z] = pn_all(w.area[z]);
        pn_flow_table_init(&table, &bronchi, PN_EXPIRATION_STEPS, &top);
        assert_close(table.recoil[PN_FLOW_NODES - 1][0], top[0], 1e-2, 0);
        pn_flow_table_at(&table, &none, &flow);
        assert_true(flow[0] == 0);
    }
}

/* Halving the steps divides the error by four: at six flows, recoil with n, 2n, 4n. */
static void march_converges_with_order_two(void **state)
{
    static const double flows[] = {.15, .7, 1.6, 3.6, 7.0, 10.8}; /* L/s */
    double worst = 9;

    (void)state;
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        struct pn_lung lung;
        pn_lane flow = pn_all(flows[i] * 1e-3), choke, P[3];
        lung_init(&lung, 0);
        for (size_t k = 0; k < 3; k++)
            pn_recoil_of_flow(&lung.bronchi, 40u << k, &flow, &P[k], &choke);
        double order = log2((P[0][0] - P[1][0]) / (P[1][0] - P[2][0]));
        worst = fmin(worst, order);
        /* the recoil itself is converged by then */
        assert_close(P[1][0], P[2][0], 2e-4, 0);
    }
    assert_true(worst > 1.7);
}

static void forced_expiration_gives_the_printed_table(void **state)
{
    struct pn_lung lung;
    struct pn_expiration e;

    (void)state;
    for (size_t shift = 0; shift < N_CASES; shift++) {
        const struct constriction *c = &cases[shift];
        lung_init(&lung, shift);
        pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
        assert_close(e.FEV1[0], c->FEV1, 2e-3, 0); /* measured: 6e-4 */
        assert_close(e.FEV1[0] / e.FVC[0], c->ratio, 2e-3, 0);
        for (int k = 0; k < 3; k++)
            assert_close(limit_at(e.limit, 0, 0.75 - 0.25 * k), c->limit[k], 1e-2,
                         0); /* printed to two decimals */
    }
    lung_init(&lung, 0);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    assert_close(e.FVC[0], 5.1, 1e-12, 0);
    assert_close(e.PEF[0], 6.40, 2e-3, 0);
}

/* Everything of one manoeuvre against the plain algorithm at equal steps.  At a corner of
 * the curve, where another generation takes over as the choke, the table of nodes rounds
 * it off: one or two of 40 points. */
static void lanes_agree_with_the_reference(void **state)
{
    struct pn_lung lung;
    struct pn_expiration e;

    (void)state;
    for (size_t shift = 0; shift < N_CASES; shift++) {
        struct scalar_airway w;
        struct scalar_expiration want;
        int n_rounded = 0;
        lung_init(&lung, shift);
        pn_forced_expiration(&lung, 20, &e);
        scalar_airway_init(&w, &cases[shift]);
        scalar_breathe(&w, 20, &want);
        assert_close(e.FEV1[0], want.FEV1, 1e-3, 0);
        assert_close(e.FVC[0], want.FVC, 1e-3, 0);
        assert_close(e.PEF[0], want.PEF, 2e-3, 0);
        for (int i = 0; i < SCALAR_POINTS; i++) {
            assert_close(e.limit[i][0], want.limit[i], 7e-3, 0);
            if (i < SCALAR_POINTS - 1) /* whether RV is reached is a matter of one step */
                assert_close(e.flow[i][0], want.flow[i], 7e-3, 0);
            if (fabs(e.limit[i][0] / want.limit[i] - 1) > 5e-3)
                n_rounded++;
        }
        assert_true(n_rounded <= 2);
    }
}

/* Published behaviour: the place where flow is sonic moves outwards as the lung empties.
 */
static void choke_moves_to_the_periphery_as_the_lung_empties(void **state)
{
    static const double flows[] = {6.0, 4.6, 3.4, 2.4, 0.7};
    static const int chokes[] = {2, 3, 4, 5, 6};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct pn_lung lung;
        pn_lane flow = pn_all(flows[i] * 1e-3), recoil, choke;
        lung_init(&lung, 0);
        pn_recoil_of_flow(&lung.bronchi, 20, &flow, &recoil, &choke);
        assert_int_equal((int)choke[0], chokes[i]);
    }
}

/* The closed form of the manoeuvre is the limit of small steps, and its parts agree. */
static void flow_as_breathed_is_below_the_limit_and_peaks_at_PEF(void **state)
{
    struct pn_lung lung;
    struct pn_expiration e;

    (void)state;
    lung_init(&lung, 0);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    for (size_t l = 0; l < PN_LANES; l++) {
        double peak = 0;
        assert_true(e.flow[0][l] == 0);
        for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
            assert_true(e.flow[i][l] <= e.limit[i][l]);
            peak = fmax(peak, e.flow[i][l]);
        }
        assert_true(peak <= e.PEF[l] && peak > 0.98 * e.PEF[l]);
        /* the effort is spent after half a second */
        assert_close(e.flow[30][l], e.limit[30][l], 1e-4, 0);
    }
}

/* A narrower tree never carries more, and a wider one never less. */
static void FEV1_rises_with_calibre_without_jumps(void **state)
{
    enum { N = 400 };
    double last = 0;

    (void)state;
    for (int i = 0; i < N; i += PN_LANES) {
        struct pn_lung lung;
        struct pn_expiration e;
        lung_init(&lung, 0);
        pn_bronchi_init(&lung.bronchi);
        for (size_t z = 3; z < PN_GENERATIONS; z++)
            for (size_t l = 0; l < PN_LANES; l++)
                lung.bronchi.area[z][l] *= 0.15 * pow(1.3 / 0.15, (i + (double)l) / N);
        pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
        for (size_t l = 0; l < PN_LANES; l++) {
            if (last > 0) /* the slope is between 1.1 and 1.4 L per unit of ln */
                assert_true(e.FEV1[l] > last && e.FEV1[l] < last + 0.02);
            last = e.FEV1[l];
        }
    }
}

static void a_patient_has_the_same_bits_in_any_lane_and_company(void **state)
{
    struct pn_lung lung;
    struct pn_expiration first, e;

    (void)state;
    lung_init(&lung, 0);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &first);
    for (size_t shift = 1; shift < N_CASES; shift++) {
        size_t lane = N_CASES - shift; /* of case 0 */
        if (lane >= PN_LANES)
            continue;
        lung_init(&lung, shift);
        for (size_t z = 3; z < PN_GENERATIONS; z++) /* unlike company */
            lung.bronchi.area[z][(lane + 1) % PN_LANES] *= 0.1 * (double)shift;
        lung.bronchi.area[7][(lane + 2) % PN_LANES] = (double)NAN;
        pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
        for (size_t i = 0; i < sizeof e / sizeof(pn_lane); i++) {
            double got = ((const pn_lane *)&e)[i][lane];
            double want = ((const pn_lane *)&first)[i][0];
            assert_same_bits(&got, &want, 1);
        }
    }
}

static void what_cannot_be_breathed_is_nan_in_its_lane_only(void **state)
{
    struct pn_lung lung;
    struct pn_expiration good, e;

    (void)state;
    lung_init(&lung, 0);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &good);
    lung.RV[0] = 6.9;                      /* above TLC */
    lung.bronchi.area[9][1] = (double)NAN; /* a poisoned parameter */
    lung.bronchi.area[5][2] = -1;          /* nonsense */
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    for (size_t i = 0; i < sizeof e / sizeof(pn_lane); i++) {
        double got = ((const pn_lane *)&e)[i][3], want = ((const pn_lane *)&good)[i][3];
        for (size_t l = 0; l < 3; l++)
            assert_true(isnan(((const pn_lane *)&e)[i][l]));
        assert_same_bits(&got, &want, 1);
    }
}

/* A limit linear in the volume that is left: volume falls as an exponential of the effort
 * spent, which is the time less that of its rise, tau = 0.06 s. */
static void a_moment_of_an_exponential_expiration_is_the_closed_form(void **state)
{
    const double VC = 4, T = 0.8, rise = 0.06;
    struct pn_expiration e = {.VC = pn_all(VC), .FVC = pn_all(VC)};

    (void)state;
    for (int i = 0; i < PN_VOLUME_POINTS; i++) {
        double left = 1 - (double)i / (PN_VOLUME_POINTS - 1);
        e.limit[i] = pn_all(VC * left / T);
        e.effort[i] = pn_all(-T * log(left)); /* infinite at the end */
    }
    for (double share = 0.013; share < 0.99; share += 0.061) {
        pn_lane volume = pn_all(share * VC), time, flow;
        double t = -T * log(1 - share) + rise;
        for (int k = 0; k < 50; k++) /* t - rise (1 - exp(-t / rise)) = effort */
            t -= (t - rise * (1 - exp(-t / rise)) + T * log(1 - share)) /
                 (1 - exp(-t / rise));
        pn_expiration_at(&e, &volume, &time, &flow);
        for (size_t l = 0; l < PN_LANES; l++) {
            assert_close(time[l], t, 1e-12, 0);
            assert_close(flow[l], VC * (1 - share) / T * (1 - exp(-t / rise)), 1e-12, 0);
        }
    }
}

/* At the points of the curve a moment has their flow; outside FVC there is none. */
static void a_moment_lies_on_the_curve(void **state)
{
    struct pn_expiration e;
    struct pn_lung lung;
    pn_lane volume, time, flow, before = pn_all(0);

    (void)state;
    lung_init(&lung, 0);
    pn_forced_expiration(&lung, PN_EXPIRATION_STEPS, &e);
    for (size_t i = 1; i < PN_VOLUME_POINTS - 1; i++) {
        volume = e.VC * pn_all((double)i / (PN_VOLUME_POINTS - 1));
        pn_expiration_at(&e, &volume, &time, &flow);
        for (size_t l = 0; l < PN_LANES; l++) {
            if (e.flow[i][l] == 0 || volume[l] >= e.FVC[l])
                continue;
            assert_close(flow[l], e.flow[i][l], 1e-9, 0);
            assert_true(time[l] > before[l] && time[l] < 6);
        }
        before = time;
    }
    volume = e.FVC;
    pn_expiration_at(&e, &volume, &time, &flow);
    assert_true(isnan(time[0]) && isnan(flow[0]));
    volume = pn_all(0);
    pn_expiration_at(&e, &volume, &time, &flow);
    assert_true(isnan(time[0]) && isnan(flow[0]));
    pn_expiration_at(&e, &e.FEV1, &time, &flow);
    for (size_t l = 0; l < PN_LANES; l++)
        assert_close(time[l], 1, 1e-9, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_gives_the_printed_limits),
        cmocka_unit_test(maximal_flow_at_a_recoil_is_the_printed_one),
        cmocka_unit_test(march_is_accurate_at_every_flow),
        cmocka_unit_test(peripheral_chokes_agree_with_the_reference),
        cmocka_unit_test(table_reaches_from_no_recoil_to_the_top),
        cmocka_unit_test(march_converges_with_order_two),
        cmocka_unit_test(forced_expiration_gives_the_printed_table),
        cmocka_unit_test(lanes_agree_with_the_reference),
        cmocka_unit_test(choke_moves_to_the_periphery_as_the_lung_empties),
        cmocka_unit_test(flow_as_breathed_is_below_the_limit_and_peaks_at_PEF),
        cmocka_unit_test(FEV1_rises_with_calibre_without_jumps),
        cmocka_unit_test(a_patient_has_the_same_bits_in_any_lane_and_company),
        cmocka_unit_test(what_cannot_be_breathed_is_nan_in_its_lane_only),
        cmocka_unit_test(a_moment_of_an_exponential_expiration_is_the_closed_form),
        cmocka_unit_test(a_moment_lies_on_the_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
