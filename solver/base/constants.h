/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are the same everywhere.  Pi is M_PI of <math.h>. */
#ifndef PN_BASE_CONSTANTS_H
#define PN_BASE_CONSTANTS_H

/** A centimetre of water at 4 degrees Celsius, conventional: in Pa, and per litre in
 * Pa/m3. Source: the definition, 1 gf/cm2. */
#define PN_CMH2O           98.0665
#define PN_CMH2O_PER_LITRE 98066.5

/** Standard acceleration of free fall, m/s2. */
#define PN_STANDARD_GRAVITY 9.80665

#endif
