/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the methods of integration, as studies, results and messages say them. */
#ifndef PN_BASE_METHODS_H
#define PN_BASE_METHODS_H

#define PN_METHOD_AUTO       "auto" /* the ladder of solver/simulate */
#define PN_METHOD_EXPLICIT   "explicit"
#define PN_METHOD_ROSENBROCK "rosenbrock"
#define PN_METHOD_CVODE      "cvode"

#endif
