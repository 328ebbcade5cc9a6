/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libpneuma.so exports: everything else is hidden, so that it may change at any
 * time. */
#ifndef PN_BASE_API_H
#define PN_BASE_API_H

/** Public: declared in a header that `cmake --install` brings to include/pneuma. */
#define PN_API __attribute__((visibility("default")))

/** For our own program and the faults of tests (tests/faults.c) only; not public. */
#define PN_DOOR __attribute__((visibility("default")))

#endif
