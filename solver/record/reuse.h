/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a sweep that an earlier result has already: their rows are copied, their jobs
 * are not run.  A point is the same when program, study (but for the design), other
 * inputs and the point's own numbers are. */
#ifndef PN_RECORD_REUSE_H
#define PN_RECORD_REUSE_H

#include "solver/record/record.h"
#include "solver/result/result_read.h"

/** SHA-256 of each point, a line each: what stands in /provenance/points.
 *  @param[in]  program  version and revision
 *  @param[out] keys     malloced, the caller frees
 *  @return PN_OK, PN_ERR_MEMORY, PN_ERR_LIBRARY. */
int pn_point_keys(const struct pn_trial *trial, const char *program, char **keys);

struct pn_reuse {
    struct pn_result *result;
    size_t n_points, n_arms; /* of the new one */
    size_t *from;            /* point of the earlier result, or PN_NO_POINT */
    size_t n_reused;
    size_t *first_dose; /* of each cell of the earlier result, and behind the last */
    size_t n_doses;     /* of the reused points */
};
#define PN_NO_POINT ((size_t)-1)

/** Find the points that a result has.  Not collective: every rank reads it; free with
 * pn_reuse_close in any case.
 *  @return PN_OK; PN_ERR_INPUT: it is no sweep, or has none of these points. */
int pn_reuse_open(const char *path, const struct pn_trial *trial, const char *program,
                  struct pn_reuse **reuse);

/** Leave out the points that have a life that failed: they are run again, whole.
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_IO. */
int pn_reuse_drop_failed(struct pn_reuse *reuse);
void pn_reuse_close(struct pn_reuse **reuse);

static inline int pn_is_reused(const struct pn_reuse *reuse, size_t point)
{
    return reuse && reuse->from[point] != PN_NO_POINT;
}

/** Copy rows of the column of this name: from `first_from` there to `first_to` here.
 *  @param[in,out] buffer  for use, of n_bytes, at least a row
 *  @return PN_OK; PN_ERR_INPUT: it is laid out in another way. */
int pn_reuse_copy(const struct pn_reuse *reuse, const struct pn_hdf *hdf,
                  struct pn_column *to, size_t first_from, size_t first_to, size_t n,
                  void *buffer, size_t n_bytes);

/** Messages of n rows from row `first` on.
 *  @param[out] message  shape [n]; each malloced or NULL
 *  @return PN_OK, PN_ERR_INPUT, PN_ERR_MEMORY. */
int pn_reuse_messages(const struct pn_reuse *reuse, size_t first, size_t n,
                      char **message);

#endif
