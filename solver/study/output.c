/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys `output` and `solver`. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "solver/base/methods.h"
#include "solver/base/time.h"
#include "solver/study/parts.h"
#include "solver/study/treatment/read_treatment.h"

/* one of `keep` with a unit, while its map is read */
struct kept_keys {
    const struct pn_yaml *signal, *unit;
};

/* clang-format off */
static const struct pn_key kept_keys[] = {
    {"signal", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct kept_keys, signal),
     .sentence = "a signal, a state or a result of a test"},
    {"unit", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .at = offsetof(struct kept_keys, unit),
     .sentence = "that the result and endpoints have it in; observations of an event "
                 "table stay in the unit of the signal"},
    PN_KEYS_END
};
/* clang-format on */

static const struct pn_key_map kept_map = {
    "kept", "an output with a unit", "one of output's `keep`, in place of a name alone",
    .keys = kept_keys};

/* Its name; the unit is kept beside it.  NULL: complained. */
static const struct pn_yaml *read_kept(struct pn_study_reader *r,
                                       const struct pn_yaml *map, size_t i)
{
    enum { MOST = 512 };
    struct kept_keys keys = {NULL, NULL};
    const struct pn_quantity *row;
    const char *unit, *names[MOST];
    double molar_mass;

    if (!pn_read_map(r, map, &kept_map, &keys) ||
        !pn_is(&r->text, keys.signal, PN_YAML_TEXT, "a name to keep") ||
        !(unit = pn_read_text(&r->text, keys.unit, "unit")))
        return NULL;
    if (!pn_signal_row(r->study, keys.signal->text, &row, &molar_mass)) {
        if (!r->drugs_broken)
            pn_unknown(&r->text, keys.signal->place, "output", keys.signal->text, names,
                       pn_signal_names(r->study, r->text.arena, names, MOST));
        return NULL;
    }
    if (pn_read_factor(&r->text, keys.unit->place, keys.signal->text, row->unit, unit,
                       molar_mass, &r->study->keep_factor[i]))
        r->study->keep_unit[i] = unit;
    return keys.signal;
}

static void read_keep(struct pn_study_reader *r, const struct pn_yaml *keep, void *into,
                      const struct pn_key *key)
{
    struct pn_study *study = into;

    (void)key;
    study->keep = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep);
    study->keep_place = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep_place);
    study->keep_unit = pn_arena_take(r->text.arena, keep->n, sizeof *study->keep_unit);
    study->keep_factor =
        pn_arena_take(r->text.arena, keep->n, sizeof *study->keep_factor);
    if (r->text.arena->failed)
        return;
    for (const struct pn_yaml *item = keep->first; item; item = item->next) {
        const struct pn_yaml *node = item;
        study->keep_factor[study->n_keep] = 1.0;
        if (item->kind == PN_YAML_MAP)
            node = read_kept(r, item, study->n_keep);
        if (!node || !pn_is(&r->text, node, PN_YAML_TEXT, "a name to keep"))
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

/* Times as they are listed; see read_every for those that are not. */
static void read_at(struct pn_study_reader *r, const struct pn_yaml *list, void *into,
                    const struct pn_key *key)
{
    struct pn_study *study = into;
    double before = -1.0;

    study->outputs_are_listed = 1;
    study->output = pn_arena_take(r->text.arena, list->n, sizeof *study->output);
    if (list->n == 0)
        pn_complain(r->text.list, list->place, "'%s' is empty", key->name);
    for (const struct pn_yaml *node = list->first; node && study->output;
         node = node->next) {
        double time;
        if (!pn_read_between(&r->text, node, key->name, key->unit, 0.0, study->duration,
                             &time))
            continue;
        if (!(time > before))
            pn_complain(r->text.list, node->place,
                        "output times increase, and %.15g h stands behind %.15g h", time,
                        before);
        study->output[study->n_outputs++] = before = time;
    }
}

static void read_every(struct pn_study_reader *r, const struct pn_yaml *node, void *into,
                       const struct pn_key *key)
{
    const struct pn_study *study = into;
    double every = study->duration > 0.0 ? study->duration : 1.0, given; /* h */

    if (study->outputs_are_listed) {
        if (node)
            pn_complain(r->text.list, node->place, "output has either 'at' or '%s'",
                        key->name);
        return;
    }
    if (!node) {
        make_output_times(r, every);
        return;
    }
    if (!pn_read_quantity(&r->text, node, key->name, key->unit, 0.0, &given))
        return;
    /* a study whose end could not be read has been told so already */
    if (given > 0.0 && !(study->duration > 0.0) && r->text.list->n > 0)
        return;
    if (given > 0.0 && study->duration / given > PN_MAX_TIMES)
        pn_complain(r->text.list, node->place,
                    "outputs every %g h of %g h are %.0f times: at most %d are possible, "
                    "every %.2g h or more",
                    given, study->duration, floor(study->duration / given) + 1.0,
                    PN_MAX_TIMES, ceil(study->duration / PN_MAX_TIMES * 1e4) / 1e4);
    else if (!(given > 0.0) || given > every)
        pn_complain(r->text.list, node->place,
                    "outputs every %g h do not fit a study of %g h: above 0 h, at most "
                    "its length",
                    given, study->duration);
    else
        make_output_times(r, given);
}

static const char *const doses[] = {"all", "none", NULL};

/* clang-format off */
static const struct pn_key output_keys[] = {
    {"keep", PN_KEY_LIST, NULL, NULL, 0, PN_MAX_KEPT,
     "names of signals, states and results of tests, or {signal: NAME, unit: UNIT}; "
     "without it, or empty: all signals and results", .read = read_keep, .map = &kept_map},
    {"doses", PN_KEY_CHOICE, NULL, "all", .choices = doses,
     .at = offsetof(struct pn_study, leaves_out_doses),
     .sentence = "whether the result lists every delivered dose; they are counted in any "
                 "case"},
    {"at", PN_KEY_LIST, "h", NULL, 0, PN_MAX_TIMES, "the output times, increasing",
     .read = read_at},
    {"every", PN_KEY_QUANTITY, "h", .low = DBL_MIN, .high = HUGE_VAL,
     .sentence = "interval of the output times, in place of at; without either the start "
                 "and the end",
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
