/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares: numbers that are mostly below 1 and mostly said in percent.  25 for 25 % is no
 * slip that a range from 0 to infinity shows. */
#include <string.h>

#include "solver/study/keys.h"

/* Those whose range goes beyond 1; what is given in [0, 1] is told by its range. */
static const struct {
    const char *name;
    int may_exceed; /* 1: it means something, and is warned of */
} shares[] = {
    {"cv",           0},
    {"proportional", 0},
    {"F",            1},
    {"F_A1",         1},
};

/* A number without a unit, above 1. */
static int is_plain(const struct pn_yaml *node, double *value)
{
    const char *rest;

    return node->kind == PN_YAML_TEXT &&
           pn_number_parse(node->text, &rest, value) == PN_NUMBER && *rest == '\0' &&
           *value > 1.0;
}

int pn_is_said_as_share(struct pn_study_reader *r, const struct pn_yaml *node,
                        const char *what, const char *name)
{
    double value;
    size_t i = 0;

    while (i < sizeof shares / sizeof *shares && strcmp(shares[i].name, name) != 0)
        i++;
    if (i == sizeof shares / sizeof *shares || !is_plain(node, &value))
        return 1;
    if (shares[i].may_exceed) {
        pn_warn(r->text.list, node->place,
                "%s = %g is more than all: %g %% is written '%g %%'", what, value, value,
                value);
        return 1;
    }
    pn_complain(r->text.list, node->place,
                "%s = %g is a share above 1: write '%g %%', or '%g %%' if that is meant",
                what, value, value, 100.0 * value);
    return 0;
}
