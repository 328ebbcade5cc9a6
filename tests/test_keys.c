/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys as rows: what each must have, what reading makes of it, what help says of it. */
#include "study_files.h"

#include <strings.h>

#include "solver/study/key_help.h"
#include "solver/study/study_keys.h"
#include "solver/study/treatment/read_treatment.h"

enum { MAX_MAPS = 64 };

static const struct pn_key_map *maps[MAX_MAPS];
static size_t n_maps;

static int begin(void **state)
{
    n_maps = pn_key_maps(maps, MAX_MAPS);
    return begin_group(state);
}

static void every_row_says_what_it_is(void **state)
{
    (void)state;
    assert_in_range(n_maps, 30, MAX_MAPS - 1);
    for (size_t i = 0; i < n_maps; i++)
        for (const struct pn_key *key = maps[i]->keys; key->name; key++) {
            assert_true(key->form != 0);
            assert_true(key->sentence && *key->sentence);
            assert_true(key->low <= key->high);
            assert_true((key->must & ~(key->in ? key->in : key->must)) == 0);
            if (key->form == PN_KEY_CHOICE)
                assert_non_null(key->choices);
            /* columns of a table have their own reader */
            if (key->form == PN_KEY_QUANTITY && !key->read &&
                maps[i] != &pn_event_table_map)
                assert_non_null(key->unit);
        }
}

static void no_kind_of_map_has_a_key_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_maps; i++)
        for (const struct pn_key *a = maps[i]->keys; a->name; a++)
            for (const struct pn_key *b = a + 1; b->name; b++)
                if (strcmp(a->name, b->name) == 0)
                    assert_true(a->in != 0 && b->in != 0 && (a->in & b->in) == 0);
}

/* A word of the choices, a whole number or a quantity in its range. */
static int is_acceptable(const struct pn_key *key)
{
    double factor, value;
    const char *rest;

    for (size_t i = 0; key->choices && key->choices[i]; i++)
        if (strcasecmp(key->choices[i], key->usual) == 0)
            return 1;
    if (key->form == PN_KEY_TEXT || key->form == PN_KEY_LIST)
        return 1;
    if (key->choices || pn_number_parse(key->usual, &rest, &value) != PN_NUMBER ||
        pn_units_factor(units, *rest ? rest : "1", key->unit ? key->unit : "1", 0.0,
                        &factor) != PN_OK)
        return 0;
    return value * factor >= key->low && value * factor <= key->high;
}

static void every_default_is_one_that_its_row_takes(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < n_maps; i++)
        for (const struct pn_key *key = maps[i]->keys; key->name; key++) {
            if (!key->usual)
                continue;
            if (!is_acceptable(key))
                print_error("%s.%s: default %s\n", maps[i]->name, key->name, key->usual);
            assert_true(is_acceptable(key));
            n++;
        }
    assert_in_range(n, 15, 100);
}

static const char least[] = "name: least\nseed: 1\npopulation: {size: 2}\n"
                            "arms: {nothing: []}\nduration: 1 h\n";

static void what_a_study_does_not_say_is_what_the_rows_say(void **state)
{
    struct pn_study *study = read_text(least);

    (void)state;
    assert_string_equal(study->method, "auto");
    assert_true(study->rtol == 1e-6);
    assert_int_equal(study->max_steps, 1000000);
    assert_true(study->max_failed == 0.01);
    assert_false(study->reset_all || study->leaves_out_doses);
    pn_study_free(&study);
}

static void a_description_is_kept_in_the_resolved_study(void **state)
{
    static const char line[] = "description: \"Why: \\\"to see\\\"\"\n";
    char text[sizeof least + sizeof line], *resolved;
    struct pn_study *study;

    (void)state;
    snprintf(text, sizeof text, "%s%s", line, least);
    study = read_text(text);
    assert_string_equal(study->description, "Why: \"to see\"");
    assert_int_equal(pn_study_write(study, &resolved), PN_OK);
    assert_non_null(strstr(resolved, line));
    free(resolved);
    pn_study_free(&study);
}

static void a_resolved_study_has_its_keys_in_the_order_of_the_rows(void **state)
{
    struct pn_study *study = read_text(everything);
    const struct pn_key *key = pn_study_map.keys;
    char *text, *line, *more;
    size_t n = 0;

    (void)state;
    assert_int_equal(pn_study_write(study, &text), PN_OK);
    for (line = strtok_r(text, "\n", &more); line; line = strtok_r(NULL, "\n", &more)) {
        if (line[0] == ' ')
            continue;
        line[strcspn(line, ":")] = '\0';
        while (key->name && strcmp(key->name, line) != 0)
            key++;
        assert_non_null(key->name);
        n++;
    }
    assert_in_range(n, 10, 30);
    free(text);
    pn_study_free(&study);
}

/* What help of a word prints; the caller frees. */
static char *help_of(const char *word, int *status)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    *status = pn_key_help(out, word);
    fclose(out);
    return text;
}

static void help_tells_a_key_in_every_map_that_has_it(void **state)
{
    static const struct {
        const char *word, *says[3];
    } cases[] = {
        {"rtol",          {"solver: ", "1e-13 to 0.1", "default 1e-6"}              },
        {"every",         {"regimen: ", "holidays: ", "output: "}                   },
        {"regimen.every", {"regimen: ", "every: number in h", "without it"}         },
        {"rescue",        {"rescue: ", "route: text", "rule: "}                     },
        {"AMT",           {"event table: ", "AMT: number", "of a dose"}             },
        {"points",        {"design: ", "with random, latin_hypercube", "1 to 10000"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status;
        char *text = help_of(cases[i].word, &status);
        assert_int_equal(status, PN_OK);
        for (size_t k = 0; k < 3; k++) {
            if (!strstr(text, cases[i].says[k]))
                print_error("%s: no '%s' in\n%s", cases[i].word, cases[i].says[k], text);
            assert_non_null(strstr(text, cases[i].says[k]));
        }
        free(text);
    }
}

static void a_rescue_has_no_key_of_a_scheduled_regimen(void **state)
{
    int status;
    char *text = help_of("rescue.every", &status);

    (void)state;
    assert_int_equal(status, PN_ERR_USAGE);
    free(text);
}

static void an_unknown_key_is_told_with_the_nearest(void **state)
{
    int status;
    char *text = help_of("adherance", &status);

    (void)state;
    assert_int_equal(status, PN_ERR_USAGE);
    assert_non_null(strstr(pn_error_last()->text, "did you mean 'adherence'?"));
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_what_it_is),
        cmocka_unit_test(no_kind_of_map_has_a_key_twice),
        cmocka_unit_test(every_default_is_one_that_its_row_takes),
        cmocka_unit_test(what_a_study_does_not_say_is_what_the_rows_say),
        cmocka_unit_test(a_description_is_kept_in_the_resolved_study),
        cmocka_unit_test(a_resolved_study_has_its_keys_in_the_order_of_the_rows),
        cmocka_unit_test(help_tells_a_key_in_every_map_that_has_it),
        cmocka_unit_test(a_rescue_has_no_key_of_a_scheduled_regimen),
        cmocka_unit_test(an_unknown_key_is_told_with_the_nearest),
    };

    return cmocka_run_group_tests(tests, begin, end_group);
}
