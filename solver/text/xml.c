/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML by expat, in one piece from memory, so that a tag knows where its text stands. */
#include "solver/text/xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#include "solver/base/status.h"

struct reading {
    XML_Parser parser;
    const char *file, *text;
    struct pn_complaints *list;
    int (*take)(void *self, const struct pn_xml_tag *tag);
    void *self;
    int depth, status;
};

static struct pn_place place_of(const struct reading *r)
{
    return (struct pn_place){r->file, (int)XML_GetCurrentLineNumber(r->parser),
                             (int)XML_GetCurrentColumnNumber(r->parser) + 1};
}

/* expat may call once more for <a/> after it was told to stop */
static void stop(struct reading *r, int status)
{
    r->status = status;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static void hand_out(struct reading *r, struct pn_xml_tag *tag)
{
    const char *begin = r->text + XML_GetCurrentByteIndex(r->parser);
    int status;

    tag->place = place_of(r);
    tag->after = begin + XML_GetCurrentByteCount(r->parser);
    tag->is_empty = tag->opens && tag->after - begin > 2 && tag->after[-2] == '/';
    status = r->take(r->self, tag);
    if (status != PN_OK)
        stop(r, status);
}

static void on_start(void *self, const char *name, const char **attribute)
{
    struct reading *r = self;
    struct pn_xml_tag tag = {.name = name, .opens = 1, .attribute = attribute};
    size_t n = 0;

    if (r->status != PN_OK)
        return;
    while (attribute[n])
        n++;
    if (n / 2 > PN_XML_ATTRIBUTES)
        stop(r, pn_complain(r->list, place_of(r), "a tag with too many attributes"));
    else if (r->depth++ == PN_XML_DEPTH)
        stop(r,
             pn_complain(r->list, place_of(r), "nested more than %d deep", PN_XML_DEPTH));
    else
        hand_out(r, &tag);
}

static void on_end(void *self, const char *name)
{
    static const char *const nothing[] = {NULL};
    struct reading *r = self;
    struct pn_xml_tag tag = {.name = name, .attribute = nothing};

    if (r->status != PN_OK)
        return;
    r->depth--;
    hand_out(r, &tag);
}

static void on_doctype(void *self, const char *name, const char *system_id,
                       const char *public_id, int has_subset)
{
    struct reading *r = self;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    stop(r, pn_complain(r->list, place_of(r), "a DOCTYPE is not allowed"));
}

static int complain_of_syntax(const struct reading *r)
{
    enum XML_Error error = XML_GetErrorCode(r->parser);

    switch (error) {
    case XML_ERROR_NO_MEMORY:
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
        return pn_complain(r->list, place_of(r),
                           "the file ends within a tag or comment: truncated?");
    case XML_ERROR_NO_ELEMENTS:
        return pn_complain(r->list, place_of(r),
                           "the file ends before its last tag: truncated?");
    default:
        return pn_complain(r->list, place_of(r), "not XML: %s", XML_ErrorString(error));
    }
}

int pn_xml_read(const char *file, const char *text, size_t n, struct pn_complaints *list,
                int (*take)(void *self, const struct pn_xml_tag *tag), void *self)
{
    struct reading r = {.file = file, .text = text, .list = list, .take = take};
    enum XML_Status good;
    int status;

    if (n > INT_MAX)
        return pn_complain(list, (struct pn_place){file, 0, 0},
                           "larger than %d bytes, the most that is read", INT_MAX);
    r.self = self;
    r.parser = XML_ParserCreate("UTF-8");
    if (!r.parser)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    good = XML_Parse(r.parser, text, (int)n, 1);
    if (r.status != PN_OK)
        status = r.status == PN_XML_ENOUGH ? PN_OK : r.status;
    else
        status = good == XML_STATUS_OK ? PN_OK : complain_of_syntax(&r);
    XML_ParserFree(r.parser);
    return status;
}

const char *pn_xml_get(const struct pn_xml_tag *tag, const char *key)
{
    for (const char *const *at = tag->attribute; *at; at += 2)
        if (strcmp(at[0], key) == 0)
            return at[1];
    return NULL;
}
