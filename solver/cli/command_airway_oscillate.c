/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway oscillate: impedance of a tree against frequency. */
#include <math.h>

#include "models/lung/tree_flow.h"
#include "solver/airway/oscillate.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_oscillation how;
    struct pn_tree_flow_options gas; /* its viscosity and density */
    struct pn_tree_options read;
    struct pn_numbers frequencies;
    double hysteresivity;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const char *const laws[] = {[PN_BRANCH_WOMERSLEY] = "womersley", [PN_BRANCH_RI] = "ri", NULL};

static const struct pn_option rows[] = {
    {"frequencies", 0, "F,…", PN_AS_LIST, AT(frequencies), "increasing", "Hz",
     PN_RANGE(1e-3, 1e4), .rises = 1, PN_USUAL_TEXT("1,2,3,5,10,20,30")},
    {"branches", 0, "LAW", PN_AS_CHOICE, AT(how.law),
     "waves in each airway, or its resistance and inertance", .choices = laws, PN_BEGUN},
    {"elastance", 0, "X", PN_AS_NUMBER, AT(how.H), "of the tissue", "Pa/m3", "cmH2O/L",
     PN_RANGE(0, 1e12), PN_BEGUN},
    {"hysteresivity", 0, "X", PN_AS_NUMBER, AT(hysteresivity),
     "G / H of the tissue; 0: a spring", PN_RANGE(0, 10), PN_BEGUN},
    {"upper", 0, "X", PN_AS_NUMBER, AT(how.resistance),
     "resistance of upper airway and chest wall", "Pa.s/m3", "cmH2O.s/L",
     PN_RANGE(0, 1e12), PN_BEGUN},
    {"inertance", 0, "X", PN_AS_NUMBER, AT(how.inertance), "of the same", "Pa.s2/m3",
     "cmH2O.s2/L", PN_RANGE(0, 1e12), PN_BEGUN},
    {"walls", 0, "X", PN_AS_NUMBER, AT(how.recoil),
     "airway walls yield as they do at this recoil (default: rigid)", "cmH2O",
     PN_RANGE(0.1, 50)},
    {"gas", .kind = PN_AS_ROWS, AT(gas), .rows = pn_gas_rows},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = pn_table_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_oscillate_defaults(&r->how);
    r->hysteresivity = PN_HYSTERESIVITY;
    r->gas.viscosity = r->how.viscosity;
    r->gas.density = r->how.density;
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;

    r->how.viscosity = r->gas.viscosity;
    r->how.density = r->gas.density;
    r->how.G = r->hysteresivity * r->how.H;
    return PN_OK;
}

static void print_index(const char *name, double value, const char *unit)
{
    if (isfinite(value))
        printf("%-10s %.9g %s\n", name, value, unit);
    else
        printf("%-10s not within these frequencies\n", name);
}

static void print_indices(const struct pn_airway_spectrum *s)
{
    print_index("R5", s->R5, "kPa.s/L");
    print_index("R20", s->R20, "kPa.s/L");
    print_index("R5-R20", s->R5 - s->R20, "kPa.s/L");
    print_index("X5", s->X5, "kPa.s/L");
    print_index("Fres", s->Fres, "Hz");
    print_index("AX", s->AX, "kPa/L");
}

static int oscillate(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_tree *tree = NULL;
    struct pn_airway_spectrum spectrum = {.n = 0};
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], &r->read, &tree));
    PN_TRY(pn_airway_oscillate(tree, &r->how, r->frequencies.n, r->frequencies.value,
                               &spectrum));
    if (r->out)
        PN_TRY(pn_airway_spectrum_write(&spectrum, r->out, call->line));
    else
        pn_airway_spectrum_csv(&spectrum, stdout);
    print_indices(&spectrum);
out:
    pn_airway_spectrum_free(&spectrum);
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_oscillate = {
    "airway oscillate",
    "FILE [options]",
    "impedance against frequency",
    rows,
    .before = "Prints resistance and reactance at the mouth and what oscillometry "
              "reports of them.",
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = oscillate,
};
