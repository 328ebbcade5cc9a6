/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breathing: closed forms of one and two compartments, another program's whole lung,
 * conservation, convergence with the tolerance, gravity. */
#include "tests/check.h"

#include <complex.h>

#include "models/lung/tree_breathing.h"
#include "models/lung/ventilation.h"
#include "solver/tree/makers/tree_make.h"
#include "tests/tree_shared.h"

#undef I /* of type float */
#define I __builtin_complex(0.0, 1.0)

#define MU 1.92e-5 /* Pa.s, of the other program; not that of airway/air.h */

/* A trachea and n units with these laminar resistances, parts of the lung `share`. */
static struct pn_tree *star(const double *resistance, size_t n, const double *share)
{
    struct pn_tree *tree = NULL;
    const double r = 1e-3;

    assert_int_equal(pn_tree_create(n, n + 1, 0, &tree), PN_OK);
    for (size_t i = 0; i < n; i++) {
        tree->parent[i] = i > 0 ? 0 : -1;
        tree->first_point[i] = i + 1;
        tree->segment_radius[i + 1] = r;
        tree->segment_length[i + 1] = resistance[i] * M_PI * pow(r, 4) / (8 * MU);
    }
    tree->first_point[n] = n + 1;
    assert_int_equal(pn_tree_derive(tree), PN_OK);
    for (size_t k = 0; k < tree->n_terminals && share; k++)
        tree->share[k] = share[k];
    return tree;
}

/* what the visitor keeps */
enum { KEPT = 4096 };
struct seen {
    size_t n;
    double t[KEPT], volume[KEPT], first[KEPT], second[KEPT], inlet[KEPT], flow[KEPT];
};

static int see(void *user, const struct pn_breath *b)
{
    struct seen *s = user;
    const struct pn_tree *t = b->flow->tree;
    double sum = 0;

    s->t[s->n] = b->t;
    s->volume[s->n] = b->volume;
    s->first[s->n] = b->unit[0];
    s->second[s->n] = t->n_terminals > 1 ? b->unit[1] : 0;
    s->inlet[s->n] = b->flow->inlet;
    s->flow[s->n++] = b->flow->inlet_flow;
    for (size_t k = 0; k < t->n_terminals; k++)
        sum += t->multiplicity[t->terminal[k]] * b->rate[k];
    assert_close(b->flow->inlet_flow, sum, 1e-13, 1e-18);
    return PN_OK;
}

static struct pn_breathing laminar(double compliance, double rtol)
{
    struct pn_breathing b;

    pn_breathing_defaults(&b);
    b.flow.law = PN_FLOW_POISEUILLE;
    b.flow.viscosity = MU;
    b.acinus.compliance = compliance;
    b.rtol = rtol;
    b.max_steps = 10000000;
    return b;
}

static const struct seen *breathe(const struct pn_tree *tree,
                                  const struct pn_breathing *b, const double *t, size_t n)
{
    static struct seen seen;
    int status;

    seen.n = 0;
    status = pn_tree_breathe(tree, b, t, n, see, &seen, NULL);
    if (status != PN_OK)
        print_error("status %d: %s\n", status, pn_error_last()->text);
    assert_int_equal(status, PN_OK);
    assert_int_equal(seen.n, n);
    return &seen;
}

/* R V' + V / C = P sin(w t), V(0) = 0 */
static double one_compartment(double R, double C, double P, double w, double t)
{
    double tau = R * C, a = P * C / (1 + w * w * tau * tau);

    return a * (sin(w * t) - w * tau * cos(w * t) + w * tau * exp(-t / tau));
}

static void one_unit_follows_the_closed_form(void **state)
{
    const double C = 0.1 / 98.0665 / 1e3, R = 2e5, t[] = {0, 0.1, 0.5, 1, 2.3};
    struct pn_tree *tree = star(&R, 1, NULL);
    double before = 0;

    (void)state;
    for (int k = 4; k <= 10; k++) { /* errors fall with the tolerance */
        struct pn_breathing b = laminar(C, pow(10, -k));
        const struct seen *s;
        double worst = 0;

        b.pleura = (struct pn_time_course){.amplitude = -2400, .frequency = 0.5};
        s = breathe(tree, &b, t, 5);
        for (size_t i = 1; i < 5; i++)
            worst =
                fmax(worst, fabs(s->volume[i] - one_compartment(R, C, 2400, M_PI, t[i])) /
                                (2400 * C));
        assert_true(worst < 200 * b.rtol);
        assert_true(k == 4 || worst < 0.6 * before);
        before = worst;
    }
    pn_tree_free(&tree);
}

/* An airway without resistance: V = -C Ppl at any time. */
static void a_slow_breath_is_quasi_static(void **state)
{
    const double C = 0.1 / 98.0665 / 1e3, R = 1e-3, t[] = {0, 0.25, 0.5, 0.9, 1};
    struct pn_tree *tree = star(&R, 1, NULL);
    struct pn_breathing b = laminar(C, 1e-9);
    const struct seen *s;

    (void)state;
    b.pleura = (struct pn_time_course){.amplitude = -2400, .frequency = 0.5};
    s = breathe(tree, &b, t, 5);
    for (size_t i = 0; i < 5; i++)
        assert_close(s->volume[i], C * 2400 * sin(M_PI * t[i]), 1e-8, 1e-8 * C * 2400);
    pn_tree_free(&tree);
}

/* Resistance and compliance at the mouth after the transient, by the first harmonic. */
static void harmonic(const struct pn_tree *tree, struct pn_breathing *b, double periods,
                     double *resistance, double *compliance, double *swing)
{
    enum { N = 64 };
    double f = b->pleura.frequency, w = 2 * M_PI * f, t[N + 1], low = 0, high = 0;
    const struct seen *s;
    double complex v = 0, z;

    for (size_t i = 0; i < N; i++)
        t[i + 1] = (periods + (double)i / N) / f;
    t[0] = 0;
    s = breathe(tree, b, t, N + 1);
    for (size_t i = 1; i <= N; i++) {
        v += s->volume[i] * cexp(-I * w * t[i]) * 2 / N;
        low = fmin(low, s->volume[i]);
        high = fmax(high, s->volume[i]);
    }
    z = b->pleura.amplitude * -1.0 * -I / (I * w * v); /* sin has the phase -i */
    *resistance = creal(z);
    *compliance = -1 / (w * cimag(z));
    *swing = 2 * cabs(v);
}

static void two_units_out_of_step_have_otis_compliance(void **state)
{
    struct pn_tree *tree = read_shared("chaste/otis_bifurcation.node", 1);
    struct pn_breathing b = laminar(2 * 5.098581064890e-7, 1e-9);
    double resistance, compliance, swing;

    (void)state;
    b.pleura = (struct pn_time_course){.amplitude = 250, .frequency = 2};
    harmonic(tree, &b, 300, &resistance, &compliance, &swing);
    assert_close(resistance, 52660.8243363, 2e-6, 0);
    assert_close(compliance, 5.11516163915e-7, 2e-6, 0);
    assert_close(swing, 2.42255412819e-4, 2e-6, 0);
    pn_tree_free(&tree);
}

/* Unequal units, which an exchange of their indices would betray: R 2 and 1, C 1 and 3.
 */
static void unequal_units_have_otis_compliance(void **state)
{
    const double R[] = {0.25e6, 2e6, 1e6}, share[] = {0.25, 0.75};
    struct pn_tree *tree = star(R, 3, share);
    struct pn_breathing b = laminar(4e-6, 1e-10);
    double complex y = 1 / (2 - 0.5 * I) + 1 / (1 - I / 6);
    double resistance, compliance, swing;

    (void)state;
    b.pleura = (struct pn_time_course){.amplitude = 1, .frequency = 1 / M_PI};
    harmonic(tree, &b, 20, &resistance, &compliance, &swing);
    assert_close(compliance * 1e6, -1 / (2 * cimag(1 / y)), 1e-6, 0);
    assert_close(compliance * 1e6, 3.8636, 2e-5, 0);
    assert_close(resistance * 1e-6, creal(1 / y) + 0.25, 1e-6, 0);
    pn_tree_free(&tree);
}

/* Two lungs, a given flow: closed form of another program. */
static void a_given_flow_divides_between_two_lungs(void **state)
{
    const double VT = 0.8, K = 5, tau = 2.5, t[] = {0, 1, 2.5, 7.7};
    const double left[] = {1.415, 1.5452121090729, 1.8140710127209, 1.8099797440479};
    const double R[] = {3, 1.2, 0.5};
    struct pn_tree *tree = star(R, 3, NULL);
    struct pn_breathing b = laminar(2 / (2 * K), 1e-12);
    const struct seen *s;

    (void)state;
    b.mouth_is_flow = 1;
    b.mouth = (struct pn_time_course){.amplitude = VT * M_PI / (2 * tau),
                                      .frequency = 1 / (2 * tau)};
    b.start = 2 * K * 1.415;
    s = breathe(tree, &b, t, 4);
    for (size_t i = 0; i < 4; i++) {
        double breathed = VT / 2 * (1 - cos(M_PI * t[i] / tau));
        assert_close(s->first[i], left[i], 1e-10, 0);
        assert_close(s->first[i] + s->second[i], 2.83 + breathed, 1e-8, 0);
        assert_close(s->flow[i], b.mouth.amplitude * sin(M_PI * t[i] / tau), 1e-6, 1e-8);
    }
    pn_tree_free(&tree);
}

static void a_whole_lung_takes_in_what_it_should(void **state)
{
    struct pn_tree *tree = read_shared("subject002/subject002_generated.node.gz", 0);
    const double t[] = {0, 0.5, 1};
    const struct seen *s;
    struct pn_breathing b;

    (void)state;
    pn_breathing_defaults(&b);
    b.acinus.compliance = 0.1 / 98.0665 / 1e3 / 30000 * (double)tree->n_terminals;
    b.flow.viscosity = MU;
    b.flow.density = 1.15;
    b.start = 500;
    b.pleura = (struct pn_time_course){-750, -250, 0.5, 0.25, 0, NULL, NULL};
    s = breathe(tree, &b, t, 3);
    assert_close(s->volume[2], 0.858714e-3, 1e-6, 0);
    pn_tree_free(&tree);
}

/* A symmetric tree breathes as one airway of its resistance. */
static void multiplicity_counts(void **state)
{
    const double t[] = {0, 0.3, 1, 1.7}, C = 1e-6;
    struct pn_breathing b = laminar(C, 1e-9);
    struct pn_tree *tree;
    double R = 0;
    const struct seen *s;

    (void)state;
    assert_int_equal(pn_tree_weibel(17, 1.0, &tree), PN_OK);
    for (size_t i = 0; i < tree->n; i++)
        R += MU * pn_tree_resistance_shape(tree, i) / tree->multiplicity[i];
    b.pleura = (struct pn_time_course){.amplitude = -500, .frequency = 1};
    s = breathe(tree, &b, t, 4);
    for (size_t i = 1; i < 4; i++)
        assert_close(s->volume[i], one_compartment(R, C, 500, 2 * M_PI, t[i]), 1e-6,
                     1e-12);
    pn_tree_free(&tree);
}

/* A ramp in a table: beyond its corner the lung comes to rest as exp(-t / RC). */
static void a_table_is_followed_through_its_corners(void **state)
{
    const double R = 1e5, C = 1e-6, tau = R * C, ramp = 0.2;
    const double when[] = {0.1, 0.1 + ramp}, value[] = {0, -400};
    const double t[] = {0, 0.1, 0.3, 0.5};
    struct pn_tree *tree = star(&R, 1, NULL);
    struct pn_breathing b = laminar(C, 1e-9);
    double slope = 400 / ramp, end = slope * C * (ramp - tau + tau * exp(-ramp / tau));
    const struct seen *s;

    (void)state;
    b.pleura = (struct pn_time_course){.n = 2, .t = when, .value = value};
    s = breathe(tree, &b, t, 4);
    assert_close(s->volume[1], 0, 0, 1e-15);
    assert_close(s->volume[2], end, 1e-6, 0);
    assert_close(s->volume[3], 400 * C + (end - 400 * C) * exp(-0.2 / tau), 1e-6, 0);
    pn_tree_free(&tree);
}

/* --- units --- */

static void recoil_and_volume_undo_each_other(void **state)
{
    struct pn_acinus a;
    double P, slope, above, below, ignored;

    (void)state;
    pn_acinus_defaults(&a);
    for (int law = 0; law < 3; law++) {
        a.law = (enum pn_acinus_law)law;
        for (double want = 50; want < 2500; want += 90) {
            double V = pn_acinus_volume(&a, want), h = 1e-6 * V;
            assert_int_equal(pn_acinus_recoil(&a, V, &P, &slope), 0);
            assert_close(P, want, 1e-10, 0);
            assert_int_equal(pn_acinus_recoil(&a, V + h, &above, &ignored), 0);
            assert_int_equal(pn_acinus_recoil(&a, V - h, &below, &ignored), 0);
            assert_close((above - below) / (2 * h), slope, 1e-5, 0);
        }
    }
    /* by hand: l = 1.26 at 3 L; e^gamma = 1.1952 with k = 0.688 */
    assert_int_equal(pn_acinus_recoil(&a, 3e-3, &P, &slope), 0);
    assert_close(P, 2500 * exp(0.75 * 0.688 * 0.5876 * 0.5876) * 0.688 * 0.5876 / 2.52,
                 1e-12, 0);
    a.law = PN_ACINUS_SIGMOID;
    assert_close(pn_acinus_volume(&a, 667), 4e-3, 1e-15, 0);
    assert_int_equal(pn_acinus_recoil(&a, 2e-3, &P, &slope), 1);
    assert_int_equal(pn_acinus_recoil(&a, 6e-3, &P, &slope), 1);
}

/* least and largest volume of each unit */
struct range {
    double *least, *most;
};

static int stretch(void *user, const struct pn_breath *b)
{
    struct range *r = user;

    for (size_t k = 0; k < b->flow->tree->n_terminals; k++) {
        r->least[k] = fmin(r->least[k], b->unit[k]);
        r->most[k] = fmax(r->most[k], b->unit[k]);
    }
    return PN_OK;
}

static void ventilate(const struct pn_tree *tree, const struct pn_breathing *b,
                      struct pn_ventilation *v)
{
    size_t n = tree->n_terminals;
    double *room = calloc(4 * n, sizeof *room), t[41];
    struct range r = {room, room + n};

    for (size_t k = 0; k < n; k++)
        r.least[k] = 1;
    for (int i = 0; i <= 40; i++)
        t[i] = 0.1 * i;
    assert_int_equal(pn_tree_breathe(tree, b, t, 41, stretch, &r, NULL), PN_OK);
    pn_tree_depths(tree, b->down, room + 2 * n);
    pn_ventilation_of(tree, r.least, r.most, room + 2 * n, room + 3 * n, v);
    free(room);
}

static void gravity_sends_air_to_the_bottom(void **state)
{
    struct pn_tree_patient patient = {.seed = 3, .n_terminals = 300};
    struct pn_tree *tree = NULL;
    struct pn_ventilation level, down, up;
    struct pn_breathing b;
    double sum = 0;

    (void)state;
    assert_int_equal(pn_tree_grow(&patient, &tree), PN_OK);
    pn_breathing_defaults(&b);
    b.acinus.law = PN_ACINUS_SWAN;
    b.pleura = (struct pn_time_course){-600, -250, 0.25, 1, 0, NULL, NULL};
    b.down[2] = -1;
    ventilate(tree, &b, &level);
    b.gradient = 2000; /* Pa/m */
    ventilate(tree, &b, &down);
    b.down[2] = 1;
    ventilate(tree, &b, &up);
    assert_true(down.slope > 1 && up.slope > 1); /* over the mean, per metre, downwards */
    assert_true(fabs(level.slope) < 0.2 * down.slope);
    assert_true(down.cv > 2 * level.cv && down.log_sd > 2 * level.log_sd);
    for (int k = 0; k < PN_VENTILATION_BINS; k++)
        sum += down.histogram[k];
    assert_close(sum, 1, 1e-12, 0);
    pn_tree_free(&tree);
}

static void heterogeneity_of_two_units_is_as_by_hand(void **state)
{
    const double R[] = {1, 1, 1}, least[] = {1, 3}, most[] = {1.5, 3.3}, depth[] = {0, 2};
    struct pn_tree *tree = star(R, 3, NULL);
    struct pn_ventilation v;
    double specific[2], mean = 0.2, l = log(0.5), h = log(0.1);

    (void)state;
    pn_ventilation_of(tree, least, most, depth, specific, &v);
    assert_close(v.tidal, 0.8, 1e-14, 0);
    assert_close(v.specific, mean, 1e-14, 0);
    assert_close(v.cv, sqrt((0.25 + 3 * 0.01) / 4 - mean * mean) / mean, 1e-13, 0);
    assert_close(v.log_sd, sqrt(3.0 / 16) * (l - h), 1e-13, 0);
    assert_close(v.slope, (0.1 - 0.5) / 2 / mean, 1e-13, 0);
    assert_close(v.histogram[25], 0.25, 1e-14, 0);
    assert_close(v.histogram[5] + v.histogram[4], 0.75, 1e-14, 0);
    pn_tree_free(&tree);
}

static void what_cannot_be_breathed_is_refused(void **state)
{
    const double R = 1e5, t[] = {0, 1}, back[] = {1, 0};
    struct pn_tree *tree = star(&R, 1, NULL);
    struct pn_breathing b = laminar(1e-6, 1e-6);
    struct seen s = {0};

    (void)state;
    assert_int_equal(pn_tree_breathe(tree, &b, back, 2, see, &s, NULL), PN_ERR_VALUE);
    b.gradient = 1;
    assert_int_equal(pn_tree_breathe(tree, &b, t, 2, see, &s, NULL), PN_ERR_VALUE);
    b.gradient = 0;
    b.rtol = 0;
    assert_int_equal(pn_tree_breathe(tree, &b, t, 2, see, &s, NULL), PN_ERR_VALUE);
    b.rtol = 1e-6;
    b.acinus.law = PN_ACINUS_SWAN;
    b.start = 1e9;
    assert_int_equal(pn_tree_breathe(tree, &b, t, 2, see, &s, NULL), PN_ERR_VALUE);
    b.start = (double)NAN;
    b.acinus.law = PN_ACINUS_LINEAR;
    b.max_steps = 2;
    b.pleura = (struct pn_time_course){.amplitude = -500, .frequency = 1};
    assert_int_equal(pn_tree_breathe(tree, &b, t, 2, see, &s, NULL), PN_PATIENT_STEPS);
    pn_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_unit_follows_the_closed_form),
        cmocka_unit_test(a_slow_breath_is_quasi_static),
        cmocka_unit_test(two_units_out_of_step_have_otis_compliance),
        cmocka_unit_test(unequal_units_have_otis_compliance),
        cmocka_unit_test(a_given_flow_divides_between_two_lungs),
        cmocka_unit_test(a_whole_lung_takes_in_what_it_should),
        cmocka_unit_test(multiplicity_counts),
        cmocka_unit_test(a_table_is_followed_through_its_corners),
        cmocka_unit_test(recoil_and_volume_undo_each_other),
        cmocka_unit_test(gravity_sends_air_to_the_bottom),
        cmocka_unit_test(heterogeneity_of_two_units_is_as_by_hand),
        cmocka_unit_test(what_cannot_be_breathed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
