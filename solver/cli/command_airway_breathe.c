/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway breathe: ventilation of every unit behind a tree. */
#include <math.h>

#include "solver/airway/airway_file.h"
#include "solver/airway/breathe.h"
#include "solver/base/constants.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_breathe how;
    struct pn_tree_options read;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const char *const laws[] = {[PN_ACINUS_LINEAR] = "linear", [PN_ACINUS_SIGMOID] = "sigmoid",
                                   [PN_ACINUS_SWAN] = "swan", NULL};
static const char *const endings[] = {".csv", ".h5", ".pvd", NULL};

static const struct pn_option rows[] = {
    {"units", 0, "LAW", PN_AS_CHOICE, AT(how.b.acinus.law),
     "recoil of the acini, sigmoid by Venegas, swan by Swan and Tawhai", .choices = laws, PN_BEGUN},
    {"compliance", 0, "X", PN_AS_NUMBER, AT(how.b.acinus.compliance),
     "linear units: of the whole lung", "m3/Pa", "L/cmH2O", PN_RANGE(1e-12, 1), PN_BEGUN},
    {"frc", 0, "X", PN_AS_NUMBER, AT(how.frc), "swan: volume with a stretch of 1.26", "L",
     PN_RANGE(1e-3, 1e3), PN_BEGUN},
    {"pleura", 0, "X", PN_AS_NUMBER, AT(how.pleura), "mean pleural pressure", "Pa", "cmH2O",
     PN_RANGE(-1e5, 1e5), PN_BEGUN},
    {"swing", 0, "X", PN_AS_NUMBER, AT(how.swing), "what it falls below and rises above that",
     "Pa", "cmH2O", PN_RANGE(-1e5, 1e5), PN_BEGUN},
    {"period", 0, "X", PN_AS_NUMBER, AT(how.period), "of a breath", "s", PN_RANGE(1e-3, 1e3), PN_BEGUN},
    {"begin", 0, "X", PN_AS_NUMBER, AT(how.begin),
     "when the pleural pressure begins to fall from its mean; one breath is a sine", "s",
     PN_RANGE(-1e3, 1e3), PN_BEGUN},
    {"ventilator", 0, "X", PN_AS_NUMBER, AT(how.ventilator),
     "largest flow at the mouth, a sine of the same period, with the pleura at its mean; "
     "without it the mouth is open", "m3/s", "L/s", PN_RANGE(1e-12, 1)},
    {"gradient", 0, "X", PN_AS_NUMBER, AT(how.b.gradient),
     "of pleural pressure along --down (upright about 0.25 cmH2O/cm)", "Pa/m", "cmH2O/cm",
     PN_RANGE(-1e5, 1e5), PN_BEGUN},
    {"start", 0, "X", PN_AS_NUMBER, AT(how.b.start),
     "recoil of all units at the beginning (default: each in equilibrium)", "Pa", "cmH2O",
     PN_RANGE(-1e5, 1e5)},
    {"until", 0, "X", PN_AS_NUMBER, AT(how.until), "last time of outputs", "s", PN_RANGE(1e-6, 1e5), PN_BEGUN},
    {"every", 0, "X", PN_AS_NUMBER, AT(how.every), "distance of outputs", "s", PN_RANGE(1e-6, 1e5), PN_BEGUN},
    {"rtol", 0, "X", PN_AS_NUMBER, AT(how.b.rtol), "relative tolerance of volumes",
     PN_RANGE(1e-12, 0.1), PN_BEGUN},
    {"flow", .kind = PN_AS_ROWS, AT(how.b.flow), .rows = pn_flow_rows},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_breathe_defaults(&r->how);
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;
    struct pn_breathing *b = &r->how.b;
    int has_down = 0;

    for (int k = 0; k < 3; k++) {
        b->down[k] = b->flow.gravity[k] / PN_STANDARD_GRAVITY;
        has_down |= b->down[k] != 0;
    }
    if (b->gradient != 0 && !has_down)
        return PN_FAIL(PN_ERR_USAGE, "--gradient needs --down");
    if (!(r->how.until / r->how.every <= PN_AIRWAY_OUTPUTS))
        return PN_FAIL(PN_ERR_USAGE, "--every: over %d outputs until %g s",
                       PN_AIRWAY_OUTPUTS, r->how.until);
    return PN_OK;
}

static void print_ventilation(const struct pn_airway_breaths *o)
{
    const struct pn_breathing_counts *counts = &o->counts;
    const struct pn_ventilation *v = &o->ventilation;

    printf("volume at the end       %.9g L\n", o->volume[o->n - 1] * 1e3);
    printf("tidal volume            %.7g L (sum over units, last breath)\n",
           v->tidal * 1e3);
    printf("specific ventilation    %.6g (mean)\n", v->specific);
    printf("its heterogeneity       CV %.6g, SD of the logarithm %.6g\n", v->cv,
           v->log_sd);
    if (isfinite(v->slope))
        printf("its gravity slope       %.4g %% of the mean per cm downwards\n",
               v->slope);
    printf("integration             %zu steps, %zu rejected, %zu sweeps\n",
           counts->n_steps, counts->n_rejected,
           counts->n_residuals + 2 * counts->n_solves);
}

static int breathe(struct pn_call *call)
{
    const struct request *r = call->request;
    int is_film = r->out && pn_airway_form(r->out) == PN_FORM_PVD;
    struct pn_tree *tree = NULL;
    struct pn_airway_breaths breaths = {.n = 0};
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], &r->read, &tree));
    PN_TRY(pn_airway_breathe(tree, &r->how, is_film ? r->out : NULL, &breaths));
    if (r->out)
        PN_TRY(pn_airway_breaths_write(&breaths, r->out, call->line));
    print_ventilation(&breaths);
out:
    pn_airway_breaths_free(&breaths);
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_breathe = {
    "airway breathe",
    "FILE [options]",
    "breathing: volume and ventilation of every unit",
    rows,
    .before = "Prints how evenly the last breath went to the units; --out writes volumes "
              "and flows: .csv (totals), .h5 (each unit, each time), .pvd (each airway, "
              "a .vtu for each time).",
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = breathe,
};
