/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `occasion`: what an occasion is where no column OCC says it. */
#include <math.h>
#include <stdio.h>

#include "solver/study/parts.h"
#include "solver/study/write/write_study.h"

const char *const pn_occasion_name[] = {[PN_OCCASION_REGIMEN] = "regimen",
                                        [PN_OCCASION_DOSE] = "dose",
                                        [PN_OCCASION_VISIT] = "visit",
                                        NULL};

void pn_read_occasion(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    struct pn_occasions *occasions = &r->study->occasions;
    const char *rest;
    double number;
    int word;

    (void)into;
    if (node->kind == PN_YAML_TEXT &&
        pn_number_parse(node->text, &rest, &number) == PN_NOT_A_NUMBER) {
        word = pn_read_choice(r, node, key->name, pn_occasion_name);
        occasions->kind = word < 0 ? PN_OCCASION_REGIMEN : (enum pn_occasion_kind)word;
    } else if (pn_read_between(&r->text, node, key->name, key->unit, key->low, key->high,
                               &occasions->every)) {
        occasions->kind = PN_OCCASION_INTERVAL;
    }
    occasions->is_given = 1;
}

static const struct pn_variable *first_with_iov(const struct pn_population *population)
{
    for (size_t i = 0; i < population->n_variables; i++)
        if (population->variable[i].iov > 0.0)
            return &population->variable[i];
    return NULL;
}

void pn_finish_occasion(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;
    struct pn_occasions *occasions = &study->occasions;
    const struct pn_yaml *node = pn_yaml_get(r->root, "occasion");
    const struct pn_variable *v = first_with_iov(&study->population);
    struct pn_place place = node ? node->place : r->root->place;

    if (occasions->is_given && occasions->kind == PN_OCCASION_VISIT &&
        study->n_visits == 0)
        pn_complain(r->text.list, place, "occasion: the study has no visits");
    if (!v)
        return;
    if (study->events && study->events->has_occasions) {
        if (occasions->is_given)
            pn_warn(r->text.list, place,
                    "occasion is not used: the column OCC of %s says what an occasion is",
                    study->events->file);
        return;
    }
    occasions->is_used = 1;
    study->population.first_occasion = 1;
    if (!occasions->is_given)
        pn_warn(r->text.list, v->place.line > 0 ? v->place : place,
                "%s varies between occasions, and nothing says what an occasion is: each "
                "regimen is one; say `occasion: regimen`, `dose`, `visit` or an interval "
                "such as `7 day`, or give OCC in an event table",
                v->name);
}

void pn_put_occasion(const struct pn_writer *w, const struct pn_key *key)
{
    const struct pn_occasions *occasions = &w->study->occasions;

    if (!occasions->is_given)
        return;
    fprintf(w->out, "%s: ", key->name);
    if (occasions->kind == PN_OCCASION_INTERVAL)
        pn_put_quantity(w->out, occasions->every, key->unit);
    else
        fputs(pn_occasion_name[occasions->kind], w->out);
    fputc('\n', w->out);
}
