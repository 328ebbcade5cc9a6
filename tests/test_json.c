/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solver/text/json: what is written is read as the same, in the order of putting; what is
 * refused says where. */
#include "check.h"

#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/text/json.h"

static void check_text(const struct pn_json *json, enum pn_json_form form,
                       const char *want)
{
    char *text;
    size_t n;

    assert_int_equal(pn_json_make(json, form, &text, &n), PN_OK);
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
    free(text);
}

static void members_keep_their_order(void **state)
{
    struct pn_json json;

    (void)state;
    pn_json_begin(&json);
    pn_json_put_text(&json, "z", "1");
    pn_json_put_count(&json, "a", 2);
    pn_json_open_list(&json, "list");
    pn_json_put_whole(&json, NULL, -3);
    pn_json_open_object(&json, NULL);
    pn_json_put_truth(&json, "yes", 5);
    pn_json_put_null(&json, "nothing");
    pn_json_close(&json);
    pn_json_close(&json);
    check_text(&json, PN_JSON_LINE,
               "{\"z\": \"1\", \"a\": 2, \"list\": [-3, {\"yes\": true, \"nothing\": "
               "null}]}\n");
    pn_json_put_print(&json, "a", "%d %s", 4, "new"); /* in its old place */
    check_text(
        &json, PN_JSON_PAGE,
        "{\n  \"z\": \"1\",\n  \"a\": \"4 new\",\n  \"list\": [\n    -3,\n    {\n  "
        "    \"yes\": true,\n      \"nothing\": null\n    }\n  ]\n}\n");
    pn_json_free(&json);
    pn_json_free(&json);
}

static void numbers_come_back_bit_for_bit(void **state)
{
    static const double values[] = {0.1,  1.0 / 3, 1e-310, 1.7976931348623157e308,
                                    -0.0, 3};
    struct pn_json json;
    json_t *read;
    char *text;
    size_t n;

    (void)state;
    pn_json_begin(&json);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        pn_json_put_real(&json, (char[2]){(char)('a' + i)}, values[i]);
    pn_json_put_real(&json, "nan", (double)NAN);
    pn_json_put_real(&json, "inf", -(double)INFINITY);
    assert_int_equal(pn_json_make(&json, PN_JSON_LINE, &text, &n), PN_OK);
    pn_json_free(&json);
    assert_non_null(strstr(text, "\"nan\": null, \"inf\": null}"));
    assert_int_equal(pn_json_parse(text, n, "f", NULL, &read), PN_OK);
    free(text);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double got = json_number_value(json_object_get(read, (char[2]){(char)('a' + i)}));
        assert_same_bits(&got, &values[i], 1);
    }
    json_decref(read);
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    struct pn_json json;

    (void)state;
    pn_json_begin(&json);
    pn_json_put_text(&json, "a", "µ\xff\"\\\n\x01\xed\xa0\x80/");
    pn_json_put_bytes(&json, "b", "a\0b", 3);
    pn_json_put_text(&json, "c", NULL);
    check_text(&json, PN_JSON_LINE,
               "{\"a\": \"µ\uFFFD\\\"\\\\\\n\\u0001\uFFFD\uFFFD\uFFFD/\", \"b\": "
               "\"a\\u0000b\", \"c\": null}\n");
    pn_json_free(&json);
}

static void a_document_that_went_wrong_is_not_written(void **state)
{
    struct pn_json json;
    char *text;
    size_t n;

    (void)state;
    pn_json_begin(&json);
    for (int i = 0; i < PN_JSON_OPEN; i++)
        pn_json_open_object(&json, "a");
    for (int i = 0; i < PN_JSON_OPEN; i++)
        pn_json_close(&json);
    pn_json_put_count(&json, "b", 1);
    assert_int_equal(pn_json_make(&json, PN_JSON_LINE, &text, &n), PN_ERR_MEMORY);
    assert_null(text);
    pn_json_free(&json);
}

static void a_full_disk_is_told(void **state)
{
    FILE *full = fopen("/dev/full", "w");
    struct pn_json json;

    (void)state;
    if (!full)
        skip();
    setvbuf(full, NULL, _IONBF, 0);
    pn_json_begin(&json);
    assert_int_equal(pn_json_write(&json, PN_JSON_PAGE, full), PN_ERR_IO);
    pn_json_free(&json);
    fclose(full);
}

static void members_are_read_by_name_and_kind(void **state)
{
    static const char text[] = "{\"a\": \"x\", \"b\": 7, \"c\": 1.5}";
    int64_t whole = -1;
    json_t *read;

    (void)state;
    assert_int_equal(pn_json_parse(text, sizeof text - 1, "f", NULL, &read), PN_OK);
    assert_string_equal(pn_json_text_of(read, "a"), "x");
    assert_string_equal(pn_json_text_of(read, "b"), "");
    assert_string_equal(pn_json_text_of(read, "no"), "");
    assert_string_equal(pn_json_text_of(NULL, "a"), "");
    assert_true(pn_json_whole_of(read, "b", &whole) && whole == 7);
    assert_false(pn_json_whole_of(read, "c", &whole) || whole != 7);
    json_decref(read);
}

static void what_is_refused_says_where(void **state)
{
    static const struct {
        const char *text, *words;
    } table[] = {
        {"",                          "f.json:1:"                               },
        {"[1]",                       "f.json:1:1: error: expected an object"   },
        {"{\n \"a\": 1,\n \"a\": 2}", "f.json:3:4: error: duplicate object key" },
        {"{\n \"a\": NaN}",           "f.json:2:9: error: invalid token"        },
        {"{} {}",                     "f.json:1:4: error: end of file expected" },
        {"{\"a\": \"\xff\"}",         "f.json:1:7: error: unable to decode"     },
        {"{\"a\": 1e999}",            "f.json:1:11: error: real number overflow"},
    };
    static struct pn_complaints list;
    char deep[4 * PN_JSON_DEPTH];
    json_t *read;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        list.n = 0;
        assert_int_equal(
            pn_json_parse(table[i].text, strlen(table[i].text), "f.json", &list, &read),
            PN_ERR_INPUT);
        assert_null(read);
        assert_int_equal(list.n, 1);
        if (strncmp(list.kept[0].text, table[i].words, strlen(table[i].words)) != 0)
            fail_msg("'%s' and not '%s'", list.kept[0].text, table[i].words);
    }
    memcpy(deep, "{\"[\\\"[\":\n", 10);
    memset(deep + 9, '[', PN_JSON_DEPTH);
    memset(deep + 9 + PN_JSON_DEPTH, ']', PN_JSON_DEPTH);
    deep[9 + 2 * PN_JSON_DEPTH] = '}';
    list.n = 0;
    assert_int_equal(pn_json_parse(deep, 10 + 2 * PN_JSON_DEPTH, "f.json", &list, &read),
                     PN_ERR_INPUT);
    assert_non_null(strstr(list.kept[0].text, "f.json:2:64: error: nested too deep"));
    deep[9] = deep[8 + 2 * PN_JSON_DEPTH] = ' ';
    assert_int_equal(pn_json_parse(deep, 10 + 2 * PN_JSON_DEPTH, "f.json", NULL, &read),
                     PN_OK);
    json_decref(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_their_order),
        cmocka_unit_test(numbers_come_back_bit_for_bit),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(a_document_that_went_wrong_is_not_written),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(members_are_read_by_name_and_kind),
        cmocka_unit_test(what_is_refused_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
