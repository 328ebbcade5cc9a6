/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway generate: trees made by a model. */
#include "solver/airway/airway_file.h"
#include "solver/airway/generate.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_generate how;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

static int take_without(const struct pn_option *option, const char *text, void *member)
{
    if (pn_airway_without(member, text))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--%s %.60s: expected RUL, RML, RLL, LUL or LLL",
                   option->name, text);
}

/* clang-format off */
static const char *const endings[] = {".vtu", ".csv", NULL};

static const struct pn_option rows[] = {
    {"model", 0, "MODEL", PN_AS_CHOICE, AT(how.model),
     "how it is made", .choices = pn_airway_models, PN_BEGUN},
    {"seed", 0, "N", PN_AS_WHOLE, AT(how.patient.seed), "of the draws", PN_FROM(0), PN_BEGUN},
    {"patient", 0, "N", PN_AS_WHOLE, AT(how.patient.patient), "number of the patient", PN_FROM(1), PN_BEGUN},
    {"height", 0, "X", PN_AS_NUMBER, AT(how.patient.height), "of the patient (default 1.76 m)", "m"},
    {"volume", 0, "X", PN_AS_NUMBER, AT(how.patient.volume),
     "of gas at which the tree has its size (default 3 L x (height / 1.76 m)^3)", "m3", "L"},
    {"calibre", 0, "X", PN_AS_NUMBER, AT(how.patient.calibre),
     "factor on all diameters of a grown tree (default 1)", PN_RANGE(0.3, 3)},
    {"acini", 0, "N", PN_AS_WHOLE, AT(how.patient.n_terminals),
     "terminal units of a grown tree (default 30000)", PN_RANGE(10, 1000000)},
    {"without", 0, "LOBE", PN_AS_TAKEN, AT(how),
     "leave out RUL, RML, RLL, LUL or LLL of a grown tree; may be repeated", .take = take_without},
    {"generations", 0, "N", PN_AS_WHOLE, AT(how.generations), "of Weibel's tree",
     PN_RANGE(1, 24), PN_BEGUN},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = endings, .must = 1},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_generate_defaults(&r->how);
}

static int generate(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_tree *tree = NULL;
    int status;

    PN_TRY(pn_airway_generate(&r->how, &tree));
    status = pn_airway_write_tree(tree, r->out);
out:
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_generate = {
    "airway generate",
    "--out FILE [options]",
    "make a tree",
    rows,
    .before = "grown: fills five lobes, drawn from the seed; horsfield: asymmetric by "
              "orders; weibel: symmetric, one row a generation.",
    .size = sizeof(struct request),
    .begin = begin,
    .run = generate,
};
