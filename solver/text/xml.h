/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML, tag by tag, by expat. */
#ifndef PN_TEXT_XML_H
#define PN_TEXT_XML_H

#include "solver/text/complaint.h"

/* Far beyond what a VTK file needs. */
enum { PN_XML_DEPTH = 64, PN_XML_ATTRIBUTES = 64 };

enum { PN_XML_ENOUGH = 1 }; /* said by the one who takes the tags */

struct pn_xml_tag {
    const char *name;      /* lives as long as the call, as do the attributes */
    int opens;             /* <a> opens, </a> does not; <a/> comes as <a> and </a> */
    int is_empty;          /* <a/> */
    struct pn_place place; /* of its '<' */
    const char *after;     /* behind its '>', in the text that is read */
    const char *const *attribute; /* key, value, key, value, …, NULL */
};

/** Read a text in UTF-8 and hand out its tags, in order.  A DOCTYPE is refused, and with
 * it all entities but the five of XML; so nothing grows and nothing outside is read.
 *  @param[in] text  n bytes, which stay as they are; `file` is their name for complaints
 *  @param[in] take  called with `self` for each tag; what it returns: PN_OK: go on;
 *                   PN_XML_ENOUGH: read no further (what follows need not be XML);
 *                   PN_ERR_*: end with this
 *  @return PN_OK; PN_ERR_INPUT: a complaint was made; PN_ERR_MEMORY; what `take` said.
 *  Not collective. */
int pn_xml_read(const char *file, const char *text, size_t n, struct pn_complaints *list,
                int (*take)(void *self, const struct pn_xml_tag *tag), void *self);

/** Value of an attribute; NULL: there is none. */
const char *pn_xml_get(const struct pn_xml_tag *tag, const char *key);

#endif
