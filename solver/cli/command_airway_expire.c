/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway expire: forced expiration through a tree. */
#include "models/lung/tree_flow.h"
#include "solver/airway/expire.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_expire how;
    struct pn_tree_flow_options gas; /* its viscosity and density */
    struct pn_tree_options read;
    double left;
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"volume", 0, "X", PN_AS_NUMBER, AT(how.volume), "of gas at which the tree has its size",
     "L", PN_RANGE(0.01, 20), PN_BEGUN},
    {"tlc", 0, "X", PN_AS_NUMBER, AT(how.TLC), "total lung capacity", "L", PN_RANGE(0.1, 20), PN_BEGUN},
    {"rv", 0, "X", PN_AS_NUMBER, AT(how.RV), "residual volume", "L", PN_RANGE(0.01, 20), PN_BEGUN},
    {"narrowing", 0, "X", PN_AS_NUMBER, AT(how.narrowing),
     "factor on cross-sections from Lambert's generation 3 on", PN_RANGE(0.01, 10), PN_BEGUN},
    {"gas", .kind = PN_AS_ROWS, AT(gas), .rows = pn_gas_rows},
    {"left", 0, "X", PN_AS_NUMBER, AT(left),
     "share of vital capacity left in the lung at which --out looks at the airways",
     PN_RANGE(0, 1), PN_USUAL(0.5)},
    {"reading", .kind = PN_AS_ROWS, AT(read), .rows = pn_reading_rows},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out), PN_OUT_SENTENCE, .is_target = 1, .choices = pn_row_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_expire_defaults(&r->how);
    r->gas.viscosity = r->how.gas.viscosity;
    r->gas.density = r->how.gas.density;
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;

    r->how.gas = (struct pn_gas){r->gas.density, r->gas.viscosity};
    return r->how.RV < r->how.TLC ? PN_OK
                                  : PN_FAIL(PN_ERR_USAGE, "--rv must be less than --tlc");
}

static void print_curve(const struct pn_airway_expired *x)
{
    const struct pn_expiration *e = &x->expiration;

    printf("FEV1        %.9g L\nFVC         %.9g L\nFEV1/FVC    %.6g\nPEF         %.6g "
           "L/s\n\n",
           e->FEV1[0], e->FVC[0], e->FEV1[0] / e->FVC[0], e->PEF[0]);
    puts("volume [L]  flow [L/s]  maximal [L/s]");
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
        double out = (double)i / (PN_VOLUME_POINTS - 1);
        printf("%10.4f  %10.5g  %13.6g\n", out * (x->options.TLC - x->options.RV),
               e->flow[i][0], e->limit[i][0]);
    }
    puts("\nVC left     maximal [L/s]  chokes at generation  airways");
    for (int k = 0; k < PN_AIRWAY_CHOKES; k++)
        if (x->at[k].found)
            printf("%5g %% %16.6g  %20.4g  %7g\n", 100 * x->at[k].left,
                   x->at[k].choke.flow * 1e3, x->at[k].choke.generation,
                   x->at[k].choke.n);
}

static int expire(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_tree *tree = NULL;
    struct pn_airway_expired expired = {.bronchi = NULL};
    int status;

    PN_TRY(pn_cli_airway_read(call, call->word[0], &r->read, &tree));
    PN_TRY(pn_airway_expire(tree, &r->how, &expired));
    if (r->out)
        PN_TRY(pn_airway_expired_write(&expired, r->left, r->out, call->line));
    print_curve(&expired);
out:
    pn_airway_expired_free(&expired);
    pn_tree_free(&tree);
    return status;
}

const struct pn_command pn_airway_command_expire = {
    "airway expire",
    "FILE [options]",
    "forced expiration: FEV1, flow-volume curve, chokes",
    rows,
    .before = "Prints FEV1, FVC, peak flow and the flow-volume curve; --out writes flow, "
              "head and chokes of each airway at one volume.",
    .after = PN_TREE_FORMS,
    .least = 1,
    .most = 1,
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = expire,
};
