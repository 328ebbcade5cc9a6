/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys `output` and `solver`. */
#include <math.h>
#include <string.h>

#include "solver/study/parts.h"

static void read_keep(struct pn_study_reader *r, const struct pn_yaml *keep)
{
    struct pn_study *study = r->study;

    if (!pn_is(&r->text, keep, PN_YAML_LIST, "keep") ||
        !pn_is_few(&r->text, keep, "names", PN_MAX_KEPT))
        return;
    study->keep = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep);
    study->keep_place = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep_place);
    if (r->text.arena->failed)
        return;
    for (const struct pn_yaml *node = keep->first; node; node = node->next) {
        if (!pn_is(&r->text, node, PN_YAML_TEXT, "a name to keep"))
            continue;
        for (size_t i = 0; i < study->n_keep; i++)
            if (strcmp(study->keep[i], node->text) == 0)
                pn_complain(r->text.list, node->place, "'%.64s' is there twice",
                            node->text);
        study->keep[study->n_keep] = node->text;
        study->keep_place[study->n_keep++] = node->place;
    }
}

static void read_doses(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const words[] = {"all", "none"};
    const char *text = pn_read_text(&r->text, node, "doses");

    if (!text)
        return;
    r->study->leaves_out_doses = strcmp(text, "none") == 0;
    if (!r->study->leaves_out_doses && strcmp(text, "all") != 0)
        pn_unknown(&r->text, node->place, "doses", text, words, 2);
}

static void make_output_times(struct pn_study_reader *r, double every)
{
    struct pn_study *study = r->study;
    double n = floor(study->duration / every * (1.0 + 1e-12)) + 1.0;

    study->n_outputs = (size_t)n;
    study->output = pn_arena_take(r->text.arena, study->n_outputs, sizeof *study->output);
    for (size_t k = 0; study->output && k < study->n_outputs; k++)
        study->output[k] = fmin((double)k * every, study->duration);
}

void pn_read_output(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const keys[] = {"every", "keep", "doses"};
    const struct pn_yaml *keep = NULL, *interval = NULL, *doses = NULL;
    double every = r->study->duration > 0.0 ? r->study->duration : 1.0; /* h */

    if (node && pn_is_map_of(&r->text, node, "output", keys, 3)) {
        keep = pn_yaml_get(node, "keep");
        interval = pn_yaml_get(node, "every");
        doses = pn_yaml_get(node, "doses");
    }
    if (keep)
        read_keep(r, keep);
    if (doses)
        read_doses(r, doses);
    if (interval) {
        double given;
        if (!pn_read_quantity(&r->text, interval, "every", "h", 0.0, &given))
            return;
        /* a study whose end could not be read has been told so already */
        if (given > 0.0 && !(r->study->duration > 0.0) && r->text.list->n > 0)
            return;
        if (!(given > 0.0) || given > every ||
            r->study->duration / given > PN_MAX_TIMES) {
            pn_complain(r->text.list, interval->place,
                        "outputs every %g h do not fit a study of %g h", given,
                        r->study->duration);
            return;
        }
        every = given;
    }
    make_output_times(r, every);
}

static void read_method(struct pn_study_reader *r, const struct pn_yaml *node)
{
    static const char *const methods[] = {"auto", "explicit", "rosenbrock", "cvode"};
    char *text = pn_read_text(&r->text, node, "method");
    size_t i = 0;

    if (!text)
        return;
    while (i < 4 && strcmp(methods[i], text) != 0)
        i++;
    if (i == 4)
        pn_unknown(&r->text, node->place, "method", text, methods, 4);
    else
        r->study->method = text;
}

void pn_read_solver(struct pn_study_reader *r, const struct pn_yaml *solver)
{
    static const char *const keys[] = {"method", "rtol", "max_steps"};
    const struct pn_yaml *method, *rtol, *steps;
    uint64_t max_steps;

    if (!pn_is_map_of(&r->text, solver, "solver", keys, 3))
        return;
    method = pn_yaml_get(solver, "method");
    rtol = pn_yaml_get(solver, "rtol");
    steps = pn_yaml_get(solver, "max_steps");
    if (method)
        read_method(r, method);
    if (rtol)
        pn_read_between(&r->text, rtol, "rtol", "1", 1e-13, 0.1, &r->study->rtol);
    if (steps &&
        pn_read_whole(&r->text, steps, "max_steps", 1, UINT64_C(1) << 40, &max_steps))
        r->study->max_steps = (size_t)max_steps;
}
