/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/text/xml.h"

#include <string.h>

void pn_xml_begin(struct pn_xml *xml, struct pn_text *text, struct pn_complaints *list)
{
    *xml = (struct pn_xml){.file = text->path, .list = list};
    xml->at = text->text;
    xml->end = text->text + text->n;
    xml->line = 1;
}

static int complain(struct pn_xml *xml, const char *what)
{
    pn_complain(xml->list, (struct pn_place){xml->file, xml->line, 0}, "%s", what);
    return -1;
}

/* Go to p and count the lines on the way. */
static void move(struct pn_xml *xml, char *p)
{
    for (; xml->at < p; xml->at++)
        xml->line += *xml->at == '\n';
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* key="value" pairs in [p, stop). */
static int cut_attributes(struct pn_xml *xml, char *p, char *stop, struct pn_xml_tag *tag)
{
    while (p < stop) {
        char quote, *close;
        while (p < stop && is_space(*p))
            p++;
        if (p == stop)
            break;
        if (tag->n == PN_XML_ATTRIBUTES)
            return complain(xml, "a tag with too many attributes");
        tag->key[tag->n] = p;
        while (p < stop && *p != '=' && !is_space(*p))
            p++;
        if (p == stop || *p != '=' || p + 1 == stop)
            return complain(xml, "an attribute without a value");
        *p++ = '\0';
        quote = *p++;
        close =
            quote == '"' || quote == '\'' ? memchr(p, quote, (size_t)(stop - p)) : NULL;
        if (!close)
            return complain(xml, "the value of an attribute is not in quotes");
        *close = '\0';
        tag->value[tag->n++] = p;
        p = close + 1;
    }
    return 1;
}

/* Behind the first `text` from p on; NULL: there is none. */
static char *behind(struct pn_xml *xml, char *p, const char *text)
{
    char *found = memmem(p, (size_t)(xml->end - p), text, strlen(text));

    return found ? found + strlen(text) : NULL;
}

/* The '>' of a tag that begins at p, quotes respected. */
static char *tag_end(struct pn_xml *xml, char *p)
{
    for (char quote = '\0'; p < xml->end; p++) {
        if (quote)
            quote = *p == quote ? '\0' : quote;
        else if (*p == '>')
            return p;
        else if (*p == '"' || *p == '\'')
            quote = *p;
    }
    return NULL;
}

/* To the next '<' of a tag.  @return 1; 0: there is none; -1 after a complaint. */
static int find_tag(struct pn_xml *xml)
{
    for (;;) {
        char *open = memchr(xml->at, '<', (size_t)(xml->end - xml->at)), *close;
        if (!open)
            return 0;
        move(xml, open);
        if (xml->end - open >= 4 && memcmp(open, "<!--", 4) == 0)
            close = behind(xml, open, "-->");
        else if (xml->end - open >= 2 && (open[1] == '?' || open[1] == '!'))
            close = behind(xml, open, ">");
        else
            return 1;
        if (!close)
            return complain(xml, "the file ends within a comment or declaration");
        move(xml, close);
    }
}

int pn_xml_next(struct pn_xml *xml, struct pn_xml_tag *tag)
{
    int found = find_tag(xml);
    char *p = xml->at + 1, *stop = found > 0 ? tag_end(xml, xml->at) : NULL;

    if (found <= 0)
        return found;
    if (!stop)
        return complain(xml, "the file ends within a tag: truncated?");
    *tag = (struct pn_xml_tag){.opens = 1, .line = xml->line};
    move(xml, stop + 1);
    if (*p == '/') {
        tag->opens = 0;
        tag->closes = 1;
        p++;
    } else if (stop[-1] == '/') {
        tag->closes = 1;
        stop--;
    }
    tag->name = p;
    while (p < stop && !is_space(*p))
        p++;
    if (p == tag->name)
        return complain(xml, "a tag without a name");
    *stop = '\0';
    if (p < stop)
        *p++ = '\0';
    return cut_attributes(xml, p, stop, tag);
}

const char *pn_xml_get(const struct pn_xml_tag *tag, const char *key)
{
    for (size_t i = 0; i < tag->n; i++)
        if (strcmp(tag->key[i], key) == 0)
            return tag->value[i];
    return NULL;
}
