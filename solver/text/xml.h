/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of XML that VTK files use: tags with attributes, one after the other. */
#ifndef PN_TEXT_XML_H
#define PN_TEXT_XML_H

#include "solver/tree/readers/tree_text.h"

enum { PN_XML_ATTRIBUTES = 16 };

struct pn_xml {
    const char *file;
    struct pn_complaints *list;
    char *at, *end;
    int line;
};

struct pn_xml_tag {
    char *name;        /* without < and / */
    int opens, closes; /* <a> opens, </a> closes, <a/> both */
    int line;
    size_t n;
    char *key[PN_XML_ATTRIBUTES], *value[PN_XML_ATTRIBUTES];
};

void pn_xml_begin(struct pn_xml *xml, struct pn_text *text, struct pn_complaints *list);

/** The next tag; comments, declarations and text between tags are passed over.  xml->at
 * is then behind its '>'.  Changes the text of the tag.
 *  @return 1; 0 at the end; -1 after a complaint. */
int pn_xml_next(struct pn_xml *xml, struct pn_xml_tag *tag);

/** Value of an attribute; NULL: there is none. */
const char *pn_xml_get(const struct pn_xml_tag *tag, const char *key);

#endif
