/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys `output` and `solver`. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "solver/base/methods.h"
#include "solver/base/time.h"
#include "solver/study/parts.h"

static void read_keep(struct pn_study_reader *r, const struct pn_yaml *keep, void *into,
                      const struct pn_key *key)
{
    struct pn_study *study = into;

    (void)key;
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

static void make_output_times(struct pn_study_reader *r, double every)
{
    struct pn_study *study = r->study;
    double n = floor(study->duration / every * (1.0 + 1e-12)) + 1.0;

    study->n_outputs = (size_t)n;
    study->output = pn_arena_take(r->text.arena, study->n_outputs, sizeof *study->output);
    for (size_t k = 0; study->output && k < study->n_outputs; k++)
        study->output[k] = fmin(pn_rounded((double)k * every), study->duration);
}

static void read_every(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    const struct pn_study *study = into;
    double every = study->duration > 0.0 ? study->duration : 1.0, given; /* h */

    if (!node) {
        make_output_times(r, every);
        return;
    }
    if (!pn_read_quantity(&r->text, node, key->name, key->unit, 0.0, &given))
        return;
    /* a study whose end could not be read has been told so already */
    if (given > 0.0 && !(study->duration > 0.0) && r->text.list->n > 0)
        return;
    if (!(given > 0.0) || given > every || study->duration / given > PN_MAX_TIMES)
        pn_complain(r->text.list, node->place,
                    "outputs every %g h do not fit a study of %g h", given,
                    study->duration);
    else
        make_output_times(r, given);
}

static const char *const doses[] = {"all", "none", NULL};

/* clang-format off */
static const struct pn_key output_keys[] = {
    {"keep", PN_KEY_LIST, NULL, NULL, 0, PN_MAX_KEPT,
     "names of signals, states and results of tests; without it, or empty: all signals "
     "and results", .read = read_keep},
    {"doses", PN_KEY_CHOICE, NULL, "all", .choices = doses,
     .at = offsetof(struct pn_study, leaves_out_doses),
     .sentence = "whether the result lists every delivered dose; they are counted in any "
                 "case"},
    {"every", PN_KEY_QUANTITY, "h", .low = DBL_MIN, .high = HUGE_VAL,
     .sentence = "interval of the output times; without it the start and the end",
     .even_absent = 1, .read = read_every},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_output_map = {
    "output", "output", "what the result holds over time", .keys = output_keys};

/* --- the solver --- */

static const char *const methods[] = {PN_METHOD_AUTO, PN_METHOD_EXPLICIT,
                                      PN_METHOD_ROSENBROCK, PN_METHOD_CVODE, NULL};

/* clang-format off */
static const struct pn_key solver_keys[] = {
    {"method", PN_KEY_WORD, NULL, PN_METHOD_AUTO, .choices = methods,
     .at = offsetof(struct pn_study, method),
     .sentence = "of integration; auto tries which of explicit and rosenbrock is faster"},
    {"rtol", PN_KEY_QUANTITY, "1", "1e-6", 1e-13, 0.1,
     "relative tolerance; absolute ones follow from the scale of each state",
     .at = offsetof(struct pn_study, rtol)},
    {"max_steps", PN_KEY_WHOLE, NULL, "1000000", 1, 0x1p40,
     "steps of one life, after which it has failed",
     .at = offsetof(struct pn_study, max_steps)},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_solver_map = {
    "solver", "solver", "how the equations are integrated", .keys = solver_keys};
