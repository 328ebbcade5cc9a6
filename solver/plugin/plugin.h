/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Components from shared objects, beside those that are compiled in. */
#ifndef PN_PLUGIN_PLUGIN_H
#define PN_PLUGIN_PLUGIN_H

struct pn_component;

/** Load a shared object made with PN_PLUGIN (solver/base/abi.h) and add its components to
 * this thread's catalogue.  Its code stays for the life of the process.
 *  @param[in] path  of the file itself: nothing is searched for
 *  @return PN_OK; PN_ERR_INPUT with one sentence in the error record: not a shared
 *          object, made for another library, or a component that cannot be taken. */
int pn_plugin_load(const char *path);

/** Look at one component as a user's file is looked at: names, units, ranges, functions.
 *  @param[in] path  for the message
 *  @return PN_OK, PN_ERR_INPUT (error record). */
int pn_plugin_check(const char *path, const struct pn_component *component);

#endif
