/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written is none of the files that a study was read from. */
#ifndef PN_RUN_RUN_TARGET_H
#define PN_RUN_RUN_TARGET_H

#include "solver/hdf/write_target.h"
#include "solver/study/study.h"

/** pn_target_check against all files of a study, and one more.
 *  @param[in] more  such as an earlier result; NULL: none
 *  @return PN_OK, PN_ERR_USAGE, PN_ERR_MEMORY */
int pn_study_target_check(const char *what, const char *path, enum pn_target_kind kind,
                          const struct pn_study *study, const char *more);

#endif
