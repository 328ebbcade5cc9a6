/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solver/text/xml: tags in order, with their places; limits; what is no XML. */
#include "check.h"

#include "solver/base/status.h"
#include "solver/text/xml.h"

static struct pn_complaints list;

/* what was handed out, as text: "<a 1:1 <b/ 1:4 >b >a" */
struct log {
    char text[256];
    const char *last; /* behind the last tag that opened */
    const char *enough;
};

static int note(void *self, const struct pn_xml_tag *tag)
{
    struct log *log = self;
    size_t n = strlen(log->text);

    if (!tag->opens)
        snprintf(log->text + n, sizeof log->text - n, ">%s ", tag->name);
    else
        snprintf(log->text + n, sizeof log->text - n, "<%s%s %d:%d ", tag->name,
                 tag->is_empty ? "/" : "", tag->place.line, tag->place.column);
    if (tag->opens)
        log->last = tag->after;
    if (pn_xml_get(tag, "bad"))
        return pn_complain(&list, tag->place, "a bad one");
    return log->enough && strcmp(tag->name, log->enough) == 0 ? PN_XML_ENOUGH : PN_OK;
}

static int read(const char *text, size_t n, struct log *log)
{
    list.n = 0;
    log->text[0] = '\0';
    return pn_xml_read("f.xml", text, n, &list, note, log);
}

static void refused(const char *text, const char *words)
{
    struct log log = {.last = NULL};

    assert_int_equal(read(text, strlen(text), &log), PN_ERR_INPUT);
    assert_int_equal(list.n, 1);
    if (strncmp(list.kept[0].text, words, strlen(words)) != 0)
        fail_msg("'%s' and not '%s'", list.kept[0].text, words);
}

static void tags_come_in_order_with_their_places(void **state)
{
    static const char text[] = "<?xml version=\"1.0\"?>\n<!-- <no> -->\n"
                               "<a>\n  <b k='1' l=\"&lt;2\"/> text <c>3</c>\n</a>\n";
    struct log log = {.enough = NULL};

    (void)state;
    assert_int_equal(read(text, sizeof text - 1, &log), PN_OK);
    assert_string_equal(log.text, "<a 3:1 <b/ 4:3 >b <c 4:29 >c >a ");
    assert_memory_equal(log.last, "3</c>", 5); /* in the text itself */
}

static int check_attributes(void *self, const struct pn_xml_tag *tag)
{
    (void)self;
    if (tag->opens) {
        assert_string_equal(pn_xml_get(tag, "k"), "1");
        assert_string_equal(pn_xml_get(tag, "l"), "<2 >");
    }
    assert_null(pn_xml_get(tag, "m"));
    return PN_OK;
}

static void attributes_are_found_by_name(void **state)
{
    static const char text[] = "<b k='1' l=\"&lt;2 &#62;\"/>";

    (void)state;
    assert_int_equal(
        pn_xml_read("f", text, sizeof text - 1, &list, check_attributes, NULL), PN_OK);
}

static void what_follows_enough_is_not_looked_at(void **state)
{
    static const char text[] = "<a><b/><raw>_\0\xff<<&&</no>";
    struct log log = {.enough = "raw"};

    (void)state;
    assert_int_equal(read(text, sizeof text - 1, &log), PN_OK);
    assert_int_equal(list.n, 0);
    assert_string_equal(log.text, "<a 1:1 <b/ 1:4 >b <raw 1:8 ");
    assert_int_equal(log.last[0], '_');
    log.enough = "b"; /* nor is the end of <b/> */
    assert_int_equal(read(text, sizeof text - 1, &log), PN_OK);
    assert_string_equal(log.text, "<a 1:1 <b/ 1:4 ");
}

static void the_taker_may_refuse(void **state)
{
    (void)state;
    refused("<a>\n<b bad=''/><b bad=''/></a>", "f.xml:2:1: error: a bad one");
}

static void entities_and_everything_outside_are_refused(void **state)
{
    (void)state;
    refused("<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]><a>&y;</a>",
            "f.xml:1:13: error: a DOCTYPE is not allowed");
    refused("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM '/etc/passwd'><a/>",
            "f.xml:2:33: error: a DOCTYPE is not allowed");
    refused("<a>&x;</a>", "f.xml:1:4: error: not XML: undefined entity");
}

static void limits_hold(void **state)
{
    char text[2000] = "", many[4000] = "<a";
    struct log log = {.enough = NULL};

    (void)state;
    for (int i = 0; i < PN_XML_DEPTH; i++)
        strcat(text, "<a>");
    for (int i = 0; i < PN_XML_DEPTH; i++)
        strcat(text, "</a>");
    assert_int_equal(read(text, strlen(text), &log), PN_OK);
    memmove(text + 3, text, strlen(text) + 1);
    refused(text, "f.xml:1:193: error: nested more than 64 deep");
    for (int i = 0; i <= PN_XML_ATTRIBUTES; i++)
        snprintf(many + strlen(many), 40, " a%d='%d'", i, i);
    strcat(many, "/>");
    refused(many, "f.xml:1:1: error: a tag with too many attributes");
}

static void what_is_not_whole_is_refused_wherever_it_is_cut(void **state)
{
    static const char text[] =
        "<?xml version=\"1.0\"?>\n<!-- c --><a>\n<b k='1'>3</b></a>";

    (void)state;
    for (size_t n = 0; n + 1 < sizeof text; n++) {
        struct log log = {.enough = NULL};
        assert_int_equal(read(text, n, &log), PN_ERR_INPUT);
        assert_int_equal(list.n, 1);
    }
    refused("<a><b k='1", "f.xml:1:4: error: the file ends within a tag");
    refused("<a>\n<b>\n", "f.xml:3:1: error: the file ends before its last tag");
    refused("<a></b>", "f.xml:1:6: error: not XML: mismatched tag");
    refused("<a>\xff</a>", "f.xml:1:4: error: not XML: not well-formed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_come_in_order_with_their_places),
        cmocka_unit_test(attributes_are_found_by_name),
        cmocka_unit_test(what_follows_enough_is_not_looked_at),
        cmocka_unit_test(the_taker_may_refuse),
        cmocka_unit_test(entities_and_everything_outside_are_refused),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(what_is_not_whole_is_refused_wherever_it_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
