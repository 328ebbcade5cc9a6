/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key `duration`: when the study ends, and with it what goes on to the end. */
#include <math.h>

#include "solver/study/parts.h"
#include "solver/study/treatment/read_treatment.h"

/* Without the key: the last visit or record. */
static double last_time(const struct pn_study *study)
{
    double last = 0.0;

    for (size_t i = 0; i < study->n_visits; i++)
        last = fmax(last, study->visit[i].time);
    for (size_t i = 0; study->events && i < study->events->n_events; i++)
        last = fmax(last, study->events->event[i].time);
    return last;
}

/* Regimens without `for` go on to the end, which is known now. */
static void end_regimens(struct pn_study_reader *r)
{
    struct pn_study *study = r->study;

    for (size_t a = 0; a < study->n_arms; a++)
        for (size_t i = 0; i < study->arm[a].n_regimens; i++) {
            struct pn_regimen *regimen = &study->arm[a].regimen[i];
            if (regimen->start > study->duration) {
                pn_complain(r->text.list, regimen->place,
                            "the regimen starts after the end of the study at %g h",
                            study->duration);
                continue;
            }
            if (!(regimen->every > 0.0))
                continue;
            if (regimen->duration == 0.0)
                regimen->duration =
                    fmax(study->duration - regimen->start, regimen->every);
            if (regimen->duration / regimen->every > PN_MAX_TIMES)
                pn_complain(r->text.list, regimen->place, "more than %d doses",
                            PN_MAX_TIMES);
        }
}

static void check_visits(struct pn_study_reader *r)
{
    const struct pn_study *study = r->study;

    for (size_t i = 0; i < study->n_visits; i++)
        if (study->visit[i].time > study->duration)
            pn_complain(r->text.list, study->visit[i].place,
                        "the visit is after the end of the study at %g h",
                        study->duration);
}

void pn_read_duration(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                      const struct pn_key *key)
{
    struct pn_study *study = r->study;

    (void)into;
    if (!node && study->n_visits == 0 && !r->table)
        pn_complain(r->text.list, r->root->place,
                    "the study has neither 'duration' nor 'visits': when does it end?");
    if (!node || !pn_read_between(&r->text, node, key->name, key->unit, key->low,
                                  key->high, &study->duration))
        study->duration = last_time(study);
    else
        check_visits(r);
    pn_finish_rules(r);
    end_regimens(r);
}
