/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolved study: endpoints, whose lives are kept, statistics. */
#include <math.h>

#include "solver/study/write/write_study.h"

static void put_time(FILE *out, const char *key, double time)
{
    if (isnan(time))
        return;
    fprintf(out, ", %s: ", key);
    pn_put_quantity(out, time, "h");
}

static void put_endpoint(FILE *out, const struct pn_study *study,
                         const struct pn_endpoint *e)
{
    fprintf(out, "  %s: {of: ", e->name);
    pn_put_text(out, e->of);
    fprintf(out, ", take: %s", pn_take_name[e->take]);
    put_time(out, "at", e->at);
    put_time(out, "from", e->from);
    put_time(out, "to", e->to);
    if (e->change != PN_CHANGE_NONE)
        fprintf(out, ", change: %s", pn_change_name[e->change]);
    put_time(out, "baseline", e->baseline);
    if (e->has_responder) {
        fprintf(out, ", responder: {%s: ", e->above ? "above" : "below");
        pn_put_quantity(out, e->threshold, e->unit);
        fputc('}', out);
    }
    if (e->contrast >= 0) {
        fputs(", contrast: ", out);
        pn_put_text(out, study->arm[e->contrast].name);
    }
    fputs("}\n", out);
}

void pn_put_endpoints(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_study *study = w->study;

    if (study->n_endpoints > 0)
        fprintf(w->out, "%s:\n", key->name);
    for (size_t i = 0; i < study->n_endpoints; i++)
        put_endpoint(w->out, study, &study->endpoint[i]);
}

void pn_put_keep_lives(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_keep *keep = &w->study->lives;

    if (keep->lives == PN_KEEP_SUMMARY)
        fprintf(w->out, "%s: summary\n", key->name);
    if (keep->lives != PN_KEEP_SOME)
        return;
    fprintf(w->out, "%s: {patients: [", key->name);
    for (size_t i = 0; i < keep->n_patients; i++)
        fprintf(w->out, "%s%lld", i > 0 ? ", " : "", (long long)keep->patient[i]);
    fputs("]}\n", w->out);
}

void pn_put_summary(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_keep *keep = &w->study->lives;

    if (!keep->has_summary)
        return;
    fprintf(w->out, "%s: {quantiles: [", key->name);
    for (size_t i = 0; i < keep->n_quantiles; i++) {
        fputs(i > 0 ? ", " : "", w->out);
        pn_put_number(w->out, keep->quantile[i]);
    }
    fputs("]}\n", w->out);
}
