/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway defects: ventilation of a lung whose muscle is tightened uniformly. */
#include <stdlib.h>

#include "solver/airway/defects.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

enum { MOST_ACTIVATIONS = 1000, GENERATIONS = 12 };

struct request {
    struct pn_tree_options read;
    struct pn_airway_tighten how;
    double activation;
    int64_t generations; /* 0: not given */
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

static int take_sweep(const struct pn_option *option, const char *text, void *member)
{
    struct pn_airway_tighten *how = member;
    char *end = NULL;
    long n;

    how->from = strtod(text, &end);
    if (*end == ':')
        how->to = strtod(end + 1, &end);
    n = *end == ':' ? strtol(end + 1, &end, 10) : 0;
    if (*end || !(how->from >= 0 && how->to <= 100 && how->from <= how->to) || n < 2 ||
        n > MOST_ACTIVATIONS)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--%s %.60s: expected A:B:N with 0 <= A <= B <= 100 cmH2O and N from "
            "2 to %d",
            option->name, text, MOST_ACTIVATIONS);
    how->n = (size_t)n;
    return PN_OK;
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"generations", 0, "N", PN_AS_WHOLE, AT(generations),
     "of a symmetric tree, in place of FILE (default 12)", PN_RANGE(3, 18)},
    {"activation", 0, "X", PN_AS_NUMBER, AT(activation),
     "tension of the muscle over its largest radius", "cmH2O", PN_RANGE(0, 100), PN_BEGUN},
    {"sweep", 0, "A:B:N", PN_AS_TAKEN, AT(how), "N activations from A to B cmH2O", .take = take_sweep},
    {"noise", 0, "X", PN_AS_NUMBER, AT(how.lung.noise),
     "coefficient of variation of wall thickness", PN_RANGE(0, 0.3), PN_BEGUN},
    {"recoil", 0, "X", PN_AS_NUMBER, AT(how.lung.recoil),
     "transpulmonary pressure without breathing", "cmH2O", PN_RANGE(0.5, 30), PN_BEGUN},
    {"swing", 0, "X", PN_AS_NUMBER, AT(how.lung.swing), "what a breath adds to it", "cmH2O",
     PN_RANGE(0, 30), PN_BEGUN},
    {"frequency", 0, "X", PN_AS_NUMBER, AT(how.lung.frequency), "of breathing", "Hz",
     PN_RANGE(0.01, 10), PN_BEGUN},
    {"volume", 0, "X", PN_AS_NUMBER, AT(how.volume),
     "of gas at which the tree has its size", "L", PN_RANGE(0.01, 20), PN_BEGUN},
    {"viscosity", 0, "X", PN_AS_NUMBER, AT(how.viscosity),
     "of the gas; its density changes nothing here", "Pa.s", PN_RANGE(1e-9, 1e6), PN_BEGUN},
    {"seed", 0, "N", PN_AS_WHOLE, AT(how.lung.seed), "of the walls", PN_FROM(0), PN_BEGUN},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = pn_row_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_tighten_defaults(&r->how);
    r->activation = r->how.from;
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;

    if (call->n_words > 0 && r->generations > 0)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file or --generations, not both");
    if (r->generations == 0)
        r->generations = GENERATIONS;
    if (r->how.n == 1)
        r->how.from = r->how.to = r->activation;
    return PN_OK;
}

static void print_rows(const struct pn_airway_defects *defects)
{
    puts("activation [cmH2O]   variation  bimodality  defective  clusters  largest  "
         "breaths");
    for (size_t k = 0; k < defects->n; k++) {
        const struct pn_airway_defect *d = &defects->at[k];
        printf("%20.4f %10.4g %11.4f %10.4f %9g %8.4f %8g\n", d->tension, d->variation,
               d->bimodality, d->defective, d->clusters, d->largest, d->breaths);
    }
}

static int defects(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_tree *tree = NULL;
    struct pn_airway_defects defects = {.n = 0};
    int status;

    PN_TRY(call->n_words > 0
               ? pn_cli_airway_read(call, call->word[0], &r->read, &tree)
               : pn_airway_symmetric((size_t)r->generations, r->how.volume, &tree));
    PN_TRY(pn_airway_defects(tree, &r->how, &defects));
    if (r->out)
        PN_TRY(pn_airway_defects_write(&defects, r->out, call->line));
    print_rows(&defects);
out:
    pn_airway_defects_free(&defects);
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_defects = {
    "airway defects",
    "[FILE] [options]",
    "ventilation of a lung whose muscle is tightened",
    rows,
    .before =
        "A table of activations: how uneven ventilation is, and in how many clusters; "
        "--out writes ventilation and lumen of each airway at the last one.",
    .after = PN_TREE_FORMS,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = defects,
};
