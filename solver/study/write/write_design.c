/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: its design.  Tables stay in their files, as patients do. */
#include <string.h>

#include "solver/study/design/factors.h"
#include "solver/study/write/write_study.h"

static void put_level(FILE *out, const struct pn_factor *factor, double level)
{
    for (const struct pn_category *c = factor->row.categories; c && c->name; c++)
        if (c->code == level) {
            fputs(c->name, out);
            return;
        }
    pn_put_quantity(out, level, factor->row.unit);
}

static void put_levels(FILE *out, const struct pn_factor *factor)
{
    fputc('[', out);
    for (size_t i = 0; i < factor->n_levels; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_level(out, factor, factor->level[i]);
    }
    fputc(']', out);
}

static void put_factor(FILE *out, const struct pn_design *design,
                       const struct pn_factor *factor)
{
    fputs("    ", out);
    pn_put_text(out, factor->name);
    fputs(": ", out);
    if (design->method == PN_DESIGN_GRID)
        put_levels(out, factor);
    else if (pn_put_distribution(out, &factor->distribution, factor->row.unit, 0))
        fputc('}', out);
    fputc('\n', out);
}

void pn_put_design(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_design *design = w->study->design;

    (void)key;
    if (!design)
        return;
    fprintf(w->out, "design:\n  method: %s\n", pn_design_method_name(design->method));
    if (design->method != PN_DESIGN_GRID && design->method != PN_DESIGN_LIST)
        fprintf(w->out, "  points: %zu\n", design->n_points);
    if (design->method == PN_DESIGN_COVARIANCE)
        pn_put_line(w->out, 2, "scale", design->log_scale ? "log" : "linear");
    if (design->method == PN_DESIGN_LIST || design->method == PN_DESIGN_COVARIANCE) {
        pn_put_line(w->out, 2, "file",
                    pn_put_path(w->study, design->factor[0].place.file));
        return;
    }
    fputs("  factors:\n", w->out);
    for (size_t i = 0; i < design->n_factors; i++)
        put_factor(w->out, design, &design->factor[i]);
}
