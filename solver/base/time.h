/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as they are compared, and as they are meant. */
#ifndef PN_BASE_TIME_H
#define PN_BASE_TIME_H

#define PN_SAME_TIME 1e-12 /* relative: closer times are one */

/** Times that differ by rounding (PN_SAME_TIME of the smaller, or of 1) are one; nothing
 * is at the same time as INFINITY.
 *  @param a, b  in one unit, most often h
 *  @return 1: the same time. */
int pn_same_time(double a, double b);

/** The nearest number of 15 digits: what a product such as 3 x 0.1 means.  Numbers below
 * 1e-7 or from 1e15 on stay as they are. */
double pn_rounded(double x);

#endif
