/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every entry of the catalogue must satisfy, those to come included. */
#include "stand.h"

#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/base/units.h"

static struct pn_units *units;

/* Report where, then fail: the loops below pass hundreds of rows. */
#define assert_row(condition, owner, name)                                               \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            print_error("%s.%s\n", (owner), (name));                                     \
            fail();                                                                      \
        }                                                                                \
    } while (0)

static int same_dimension(const char *from, const char *to)
{
    double factor;
    int status = pn_units_factor(units, from, to, 300, &factor);

    return status == PN_OK && factor > 0;
}

static void check_table(const struct pn_quantity *table, const char *owner,
                        int no_default)
{
    size_t n = pn_table_size(table);

    for (size_t i = 0; i < n; i++) {
        const struct pn_quantity *q = &table[i];
        assert_row(q->unit && same_dimension(q->unit, q->unit), owner, q->name);
        assert_row(q->sentence && strlen(q->sentence) > 2, owner, q->name);
        assert_row(q->source && strlen(q->source) > 0, owner, q->name);
        assert_row(q->low <= q->high, owner, q->name);
        assert_row((no_default && isnan(q->value)) ||
                       (q->value >= q->low && q->value <= q->high),
                   owner, q->name);
        assert_row(pn_table_find(table, q->name) == (int)i, owner, q->name);
    }
}

static void check_covariates(const struct pn_quantity *parameters, const char *owner)
{
    size_t n = pn_table_size(parameters);

    for (size_t i = 0; i < n; i++) {
        const struct pn_quantity *q = &parameters[i];
        int found = q->covariate ? pn_table_find(pn_covariates, q->covariate) : -1;
        if (q->covariate) {
            assert_row(found >= 0, owner, q->name);
            assert_row(same_dimension(pn_covariates[found].unit, q->unit), owner,
                       q->name);
        }
    }
}

static void every_row_is_complete_and_in_range(void **state)
{
    (void)state;
    check_table(pn_covariates, "covariates", 0);
    check_table(pn_targets, "targets", 0);
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        assert_row(m->summary && m->time_unit && same_dimension(m->time_unit, "h"),
                   m->name, "time_unit");
        check_table(m->parameters, m->name, 0);
        check_table(m->states, m->name, 0);
        check_table(m->reads, m->name, 1);
        check_table(m->writes, m->name, 0);
        check_covariates(m->parameters, m->name);
        for (size_t k = 0; k < pn_table_size(m->states); k++)
            assert_row(m->states[k].scale > 0, m->name, m->states[k].name);
    }
    for (const struct pn_test *t = pn_test_next(NULL); t; t = pn_test_next(t)) {
        /* a parameter that is the patient's own number may have no default */
        check_table(t->parameters, t->name, 1);
        check_table(t->reads, t->name, 1);
        check_table(t->results, t->name, 1);
        check_covariates(t->parameters, t->name);
    }
}

static void names_are_unique_and_found(void **state)
{
    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        assert_ptr_equal(pn_component_find(m->name), m);
        assert_null(pn_test_find(m->name));
    }
    for (const struct pn_test *t = pn_test_next(NULL); t; t = pn_test_next(t)) {
        assert_ptr_equal(pn_test_find(t->name), t);
        assert_null(pn_component_find(t->name));
    }
    assert_null(pn_component_find("placebo"));
    assert_null(pn_test_find("placebo"));
}

/* Every one once, and nothing behind the last or behind a stranger. */
static void the_catalogue_is_walked_to_its_end(void **state)
{
    static const struct pn_component strange = {.name = "strange"};
    static const struct pn_test unknown = {.name = "unknown"};
    size_t n_components = 0, n_tests = 0;

    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m))
        n_components++;
    for (const struct pn_test *t = pn_test_next(NULL); t; t = pn_test_next(t))
        n_tests++;
    assert_true(n_components > 25 && n_components < 1000);
    assert_true(n_tests >= 4 && n_tests < 1000);
    assert_null(pn_component_next(&strange));
    assert_null(pn_test_next(&unknown));
}

/* INSTANCE.NAME of a result is one thing. */
static void no_state_has_the_name_of_a_signal(void **state)
{
    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m))
        for (size_t k = 0; k < pn_table_size(m->states); k++)
            assert_row(pn_table_find(m->writes, m->states[k].name) < 0, m->name,
                       m->states[k].name);
}

/* Some component of that role (for a target's name: "target") writes the signal in a unit
 * of the same dimension; drug. and drugs.: any component does. */
static int somebody_writes(const struct pn_quantity *read)
{
    const char *dot = strchr(read->name, '.');
    char role[64];

    assert_non_null(dot);
    snprintf(role, sizeof role, "%.*s", (int)(dot - read->name), read->name);
    if (pn_table_find(pn_targets, role) >= 0)
        snprintf(role, sizeof role, "target");
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        int any = strcmp(role, "drug") == 0 || strcmp(role, "drugs") == 0;
        int found = pn_table_find(m->writes, dot + 1);
        if (found >= 0 && (any || strcmp(m->role ? m->role : m->name, role) == 0) &&
            same_dimension(m->writes[found].unit, read->unit))
            return 1;
    }
    return 0;
}

/* "airway" is the instance of whatever airway the study chose */
static void every_read_has_a_possible_writer(void **state)
{
    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m))
        for (size_t k = 0; k < pn_table_size(m->reads); k++)
            assert_row(somebody_writes(&m->reads[k]), m->name, m->reads[k].name);
}

static double between(double low, double high, int64_t point, uint64_t index, size_t lane)
{
    return low + (high - low) * pn_uniform(1, point, PN_DRAW_COHORT, index, lane);
}

/* A point near the defaults: half to twice a parameter, a state within twice its scale.
 */
static void scatter(struct stand *s, int64_t point)
{
    const struct pn_component *m = s->m;

    for (size_t l = 0; l < PN_LANES; l++) {
        for (size_t i = 0; i < s->n_p; i++) {
            const struct pn_quantity *q = &m->parameters[i];
            /* what is switched off by default is switched on */
            double typical = q->value != 0 ? q->value : fmin(q->high, 1) / 4;
            double value = between(typical / 2, typical * 2, point, i, l);
            s->p[i][l] = fmin(fmax(value, q->low), q->high);
        }
        for (size_t i = 0; i < s->n_r; i++)
            s->r[i][l] = between(0.05, fmin(m->reads[i].high, 2), point, 100 + i, l);
    }
    stand_start(s);
    for (size_t l = 0; l < PN_LANES; l++)
        for (size_t i = 0; i < s->n_x; i++)
            s->x[i][l] = between(0.1, 2, point, 200 + i, l) * m->states[i].scale;
}

/* [writes; rates] at the point, with column `c` of [states, reads] moved by `step` */
static void block(struct stand *s, size_t c, double step, pn_lane *out)
{
    pn_lane *moved = c < s->n_x ? &s->x[c] : &s->r[c - s->n_x], kept = *moved;

    *moved = kept + step;
    if (s->n_w)
        s->m->write(stand_view(s), out);
    if (s->n_x)
        s->m->rate(stand_view(s), out + s->n_w);
    *moved = kept;
}

/* Compare one column; `j` is dense, [row][column]; `seen` counts nonzeros. */
static void check_column(struct stand *s, size_t c, pn_lane j[][STAND_MAX])
{
    double unit = c < s->n_x ? s->m->states[c].scale : 1, step = 1e-6 * unit;
    pn_lane at[STAND_MAX], up[STAND_MAX], down[STAND_MAX];

    block(s, c, 0, at);
    block(s, c, step, up);
    block(s, c, -step, down);
    for (size_t row = 0; row < s->n_w + s->n_x; row++)
        for (size_t l = 0; l < PN_LANES; l++) {
            double got = j[row][c][l], want = (up[row][l] - down[row][l]) / (2 * step);
            double size = fabs(at[row][l]) / unit;
            if (!isfinite(at[row][l]))
                continue; /* a combination of parameters that the component refuses */
            if (!(fabs(got - want) <= 2e-6 * fabs(want) + 1e-8 * size + 1e-12 / unit)) {
                print_error("%s: row %zu, column %zu\n", s->m->name, row, c);
                assert_close(got, want, 2e-6, 1e-8 * size + 1e-12 / unit);
            }
        }
}

/* The pattern is complete (whatever is not in it must be zero), and no entry is idle. */
static void slopes_and_patterns_equal_differences(void **state)
{
    enum { POINTS = 200 };

    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        pn_lane list[STAND_MAX], j[STAND_MAX][STAND_MAX];
        int used[STAND_MAX] = {0};
        struct stand s;

        if (!m->slope)
            continue;
        for (int point = 1; point <= POINTS; point++) {
            stand_init(&s, m);
            scatter(&s, point);
            m->slope(stand_view(&s), list);
            memset(j, 0, sizeof j);
            for (size_t k = 0; k < m->n_at; k++) {
                j[m->at[k].row][m->at[k].col] = list[k];
                used[k] += pn_any(list[k] != pn_all(0));
            }
            for (size_t c = 0; c < s.n_x + s.n_r; c++)
                check_column(&s, c, j);
        }
        for (size_t k = 0; k < m->n_at; k++)
            assert_row(used[k] > 0, m->name, "entry of the pattern that is never used");
    }
}

static void the_untreated_state_is_a_fixed_point(void **state)
{
    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        struct stand s;
        stand_init(&s, m);
        if (s.n_x == 0)
            continue;
        for (size_t k = 0; k < s.n_r; k++) /* untreated: no drug is there */
            if (strncmp(s.m->reads[k].name, "drug.", 5) == 0)
                s.r[k] = pn_all(0);
        s.m->rate(stand_view(&s), s.dx);
        for (size_t k = 0; k < s.n_x; k++)
            assert_close(s.dx[k][0], 0, 0, 2e-15 * s.m->states[k].scale);
    }
}

/* A patient's numbers do not depend on the neighbours: NaN in one lane stays there. */
static void a_poisoned_lane_poisons_no_other(void **state)
{
    (void)state;
    for (const struct pn_component *m = pn_component_next(NULL); m;
         m = pn_component_next(m)) {
        pn_lane clean[STAND_MAX], dirty[STAND_MAX];
        struct stand s;
        stand_init(&s, m);
        for (int poisoned = 0; poisoned < 2; poisoned++) {
            pn_lane *out = poisoned ? dirty : clean;
            for (size_t k = 0; poisoned && k < s.n_p; k++)
                s.p[k][1] = (double)NAN;
            stand_start(&s);
            if (s.n_w)
                s.m->write(stand_view(&s), out);
            if (s.n_x)
                s.m->rate(stand_view(&s), out + s.n_w);
        }
        for (size_t k = 0; k < s.n_w + s.n_x; k++)
            for (size_t l = 0; l < PN_LANES; l++)
                if (l != 1)
                    assert_true(clean[k][l] == dirty[k][l]);
    }
}

static int start(void **state)
{
    (void)state;
    return pn_units_create(&units);
}

static int stop(void **state)
{
    (void)state;
    pn_units_free(&units);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete_and_in_range),
        cmocka_unit_test(names_are_unique_and_found),
        cmocka_unit_test(the_catalogue_is_walked_to_its_end),
        cmocka_unit_test(no_state_has_the_name_of_a_signal),
        cmocka_unit_test(every_read_has_a_possible_writer),
        cmocka_unit_test(slopes_and_patterns_equal_differences),
        cmocka_unit_test(the_untreated_state_is_a_fixed_point),
        cmocka_unit_test(a_poisoned_lane_poisons_no_other),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
