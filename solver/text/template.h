/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts with places to be filled: @NAME@ (scripts/templates/README.md). */
#ifndef PN_TEXT_TEMPLATE_H
#define PN_TEXT_TEMPLATE_H

#include <stddef.h>

/** What a name stands for. */
struct pn_template_value {
    const char *name;        /* capitals and underlines */
    const char *const *text; /* shape [n]: one, or several that repeat the line */
    size_t n;                /* 0: no value: lines that name it are left out */
};

/** Fill a template, line by line.
 *  @param[in]  file      name of the template, for the error
 *  @param[in]  value     shape [n_values]; at most one in a line may have several texts
 *  @param[out] filled    malloced, with its end; NULL after a failure
 *  @return PN_OK; PN_ERR_INPUT: a name that is not known (error record); PN_ERR_MEMORY */
int pn_template_fill(const char *file, const char *text,
                     const struct pn_template_value *value, size_t n_values,
                     char **filled, size_t *n_filled);

#endif
