/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a result from a program of one's own: open it, find a variable, read its
 * numbers, close it.  The file may come from anywhere: what pneuma does not write is
 * refused. */
#ifndef PN_RESULT_RESULT_H
#define PN_RESULT_RESULT_H

#include <stddef.h>

#include "solver/base/status.h"

struct pn_result; /* an opened result */

enum { PN_VARIABLE_RANK = 6 };

/** A variable: its numbers stand row by row, the last dimension running fastest. */
struct pn_result_variable {
    char name[160], unit[64];         /* unit: "" when it has none */
    size_t rank;                      /* dimensions, 0 to PN_VARIABLE_RANK */
    size_t extent[PN_VARIABLE_RANK];  /* of each */
    char over[PN_VARIABLE_RANK][160]; /* name of each: "arm", "patient", "time" … */
    size_t n;                         /* numbers in all: the product of the extents */
};

/** Open and check a result, after a child has read all of it and survived: this is the
 * one door for files of unknown origin.  While it is open HDF5 prints nothing and loads
 * no plug-in. Free with pn_result_close, also after a failure.  Not collective.
 *  @return PN_OK; PN_ERR_INPUT: not a result, or not one to be trusted (pn_error_last()
 *          says why); PN_ERR_IO; PN_ERR_MEMORY. */
PN_API int pn_result_open(const char *path, struct pn_result **result);
PN_API void pn_result_close(struct pn_result **result);

/** Name of an arm, from 0; NULL behind the last. */
PN_API const char *pn_result_arm(const struct pn_result *result, size_t arm);

/** Find a variable by name: "FEV1", "feno.FeNO", "status", "patient", "time" …
 *  @return PN_OK; PN_ERR_USAGE: there is none of this name (pn_error_last() tells the
 *          nearest), or it is a text; PN_ERR_INPUT; PN_ERR_MEMORY. */
PN_API int pn_result_variable(const struct pn_result *result, const char *name,
                              struct pn_result_variable *variable);

/** Read all its numbers.
 *  @param[out] values  shape [variable->n], in variable->unit; NaN: failed, or not there
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_INPUT, PN_ERR_IO, PN_ERR_MEMORY. */
PN_API int pn_result_read(const struct pn_result *result,
                          const struct pn_result_variable *variable, double *values);

#endif
