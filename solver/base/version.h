/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which program this is, as it is written into every result. */
#ifndef PN_BASE_VERSION_H
#define PN_BASE_VERSION_H

/** Version of the project, such as "0.1.0".  Static storage, as all of these. */
const char *pn_version(void);

/** Git revision, such as "3f2a…" or "3f2a…-dirty". */
const char *pn_revision(void);

/** Name and version of the compiler. */
const char *pn_compiler(void);

/** The flags that the numbers depend on. */
const char *pn_flags(void);

#endif
