/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates: names in a line are filled in, lines without a value are left out. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "solver/base/status.h"
#include "solver/text/template.h"

static const char *const one[] = {"first"}, *const two[] = {"a@B@", "b"};
static const struct pn_template_value values[] = {
    {"ONE",  one,  1},
    {"TWO",  two,  2},
    {"NONE", NULL, 0}
};

static void fills_to(const char *text, const char *want)
{
    char *got;
    size_t n;

    assert_int_equal(pn_template_fill("t.in", text, values, 3, &got, &n), PN_OK);
    assert_string_equal(got, want);
    assert_int_equal(n, strlen(want));
    free(got);
}

static void names_are_filled_in_and_nothing_else(void **state)
{
    (void)state;
    fills_to("x @ONE@-@ONE@ y\n", "x first-first y\n");
    fills_to("a@b ${x[@]} $@ @one@ @ONE @@ONE@\n", "a@b ${x[@]} $@ @one@ @ONE @first\n");
    fills_to("no end", "no end\n");
    fills_to("", "");
    fills_to("\n\n", "\n\n");
}

static void a_line_without_its_value_is_left_out(void **state)
{
    (void)state;
    fills_to("a\nx @NONE@ @ONE@\nb\n", "a\nb\n");
}

static void a_condition_keeps_or_leaves_out_its_line(void **state)
{
    (void)state;
    fills_to("@ONE?@yes\n@ONE!@no\n@NONE?@no\n@NONE!@yes @ONE@\n", "yes\nyes first\n");
    fills_to("@ONE?@@NONE?@no\n@ONE?@@NONE!@yes\n@ONE?@\n", "yes\n\n");
}

/* and what a value holds is not looked at again */
static void several_values_repeat_the_line(void **state)
{
    (void)state;
    fills_to("x @TWO@ @ONE@\n", "x a@B@ first\nx b first\n");
}

static void an_unknown_name_is_told_with_its_line(void **state)
{
    char *got;
    size_t n;

    (void)state;
    assert_int_equal(pn_template_fill("t.in", "\n@ONES@\n", values, 3, &got, &n),
                     PN_ERR_INPUT);
    assert_null(got);
    assert_string_equal(pn_error_last()->text,
                        "t.in:2: there is no @ONES@ to fill in, did you mean @ONE@?");
    assert_int_equal(pn_template_fill("t.in", "@XYZXYZ?@\n", values, 3, &got, &n),
                     PN_ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_filled_in_and_nothing_else),
        cmocka_unit_test(a_line_without_its_value_is_left_out),
        cmocka_unit_test(a_condition_keeps_or_leaves_out_its_line),
        cmocka_unit_test(several_values_repeat_the_line),
        cmocka_unit_test(an_unknown_name_is_told_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
