/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway expire: forced expiration through a tree. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/lung/tree_expiration.h"
#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

#define CMH2O 98.0665 /* Pa */

void pn_airway_expire_options(void)
{
    puts(
        "  --volume X       expire: of gas at which the tree has its size (default '3 "
        "L')\n"
        "  --tlc X          expire: total lung capacity (default '6.8 L')\n"
        "  --rv X           expire: residual volume (default '1.7 L')\n"
        "  --narrowing X    expire: factor on cross-sections from Lambert's generation 3 "
        "on\n"
        "                   (default 1)\n"
        "  --left X         expire: share of vital capacity left in the lung at which "
        "--out\n"
        "                   looks at the airways (default 0.5)");
}

static void print_help(void)
{
    puts(
        "usage: pneuma airway expire FILE [options]\n\n"
        "Prints FEV1, FVC, peak flow and the flow-volume curve; --out writes flow, head\n"
        "and chokes of each airway at one volume.\n");
    pn_airway_expire_options();
    puts("  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

struct request {
    struct pn_tree_options read;
    double volume, tlc, rv, narrowing, left;
    const char *path, *out;
    int help;
};

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'v':
        return pn_airway_number("volume", text, "L", 0.01, 20, &r->volume);
    case 't':
        return pn_airway_number("tlc", text, "L", 0.1, 20, &r->tlc);
    case 'r':
        return pn_airway_number("rv", text, "L", 0.01, 20, &r->rv);
    case 'n':
        return pn_airway_number("narrowing", text, "1", 0.01, 10, &r->narrowing);
    case 'l':
        return pn_airway_number("left", text, "1", 0, 1, &r->left);
    case 'u':
        return pn_airway_unit(text, &r->read.unit);
    case 'e':
        r->read.edge_radius = 1;
        return PN_OK;
    case 'o':
        r->out = text;
        return PN_OK;
    default:
        r->help = 1;
        return PN_OK;
    }
}

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"volume",      required_argument, NULL, 'v'},
        {"tlc",         required_argument, NULL, 't'},
        {"rv",          required_argument, NULL, 'r'},
        {"narrowing",   required_argument, NULL, 'n'},
        {"left",        required_argument, NULL, 'l'},
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.volume = 3, .tlc = 6.8, .rv = 1.7, .narrowing = 1, .left = .5};
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (r->help)
        return PN_OK;
    if (argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway expire --help");
    if (!(r->rv < r->tlc))
        return PN_FAIL(PN_ERR_USAGE, "--rv must be less than --tlc");
    r->path = argv[optind];
out:
    return status;
}

static double recoil_at(const struct request *r, double left)
{
    pn_lane share = pn_all((r->rv + left * (r->tlc - r->rv)) / r->tlc), recoil;

    pn_lung_recoil(&share, &recoil);
    return recoil[0];
}

static int breathe(const struct request *r, struct pn_tree_bronchi *b,
                   struct pn_flow_table *table, struct pn_expiration *e)
{
    const pn_lane TLC = pn_all(r->tlc), RV = pn_all(r->rv);

    pn_tree_bronchi_narrow(b, r->narrowing);
    for (size_t l = 0; l < PN_LANES; l++) {
        if (l == 0)
            pn_tree_flow_table(b, PN_EXPIRATION_STEPS, recoil_at(r, 1), 0, table);
        for (size_t j = 0; l > 0 && j < PN_FLOW_NODES; j++) {
            table->recoil[j][l] = table->recoil[j][0];
            table->log_flow[j][l] = table->log_flow[j][0];
        }
    }
    pn_flow_table_join(table);
    pn_expire(table, &TLC, &RV, e);
    if (!isfinite(e->FEV1[0]))
        return PN_FAIL(PN_ERR_LIBRARY, "no flow was found that the lung can breathe out "
                                       "through this tree");
    return PN_OK;
}

static void print_curve(const struct request *r, struct pn_tree_bronchi *b,
                        const struct pn_flow_table *table, const struct pn_expiration *e)
{
    printf("FEV1        %.9g L\nFVC         %.9g L\nFEV1/FVC    %.6g\nPEF         %.6g "
           "L/s\n\n",
           e->FEV1[0], e->FVC[0], e->FEV1[0] / e->FVC[0], e->PEF[0]);
    puts("volume [L]  flow [L/s]  maximal [L/s]");
    for (size_t i = 0; i < PN_VOLUME_POINTS; i++) {
        double out = (double)i / (PN_VOLUME_POINTS - 1);
        printf("%10.4f  %10.5g  %13.6g\n", out * (r->tlc - r->rv), e->flow[i][0],
               e->limit[i][0]);
    }
    puts("\nVC left     maximal [L/s]  chokes at generation  airways");
    for (int quarter = 3; quarter > 0; quarter--) {
        struct pn_tree_choke at;
        if (pn_tree_choke(b, PN_EXPIRATION_STEPS, table, recoil_at(r, quarter / 4.0), 0,
                          &at))
            printf("%5d %% %16.6g  %20.4g  %7g\n", 25 * quarter, at.flow * 1e3,
                   at.generation, at.n);
    }
}

static int write_out(const struct request *r, struct pn_tree_bronchi *b,
                     const struct pn_flow_table *table, const char *command)
{
    const struct pn_tree *t = b->tree;
    double *flow = calloc(3 * t->n + 1, sizeof *flow), *head = flow + t->n;
    double *choked = head + t->n;
    struct pn_tree_choke at;
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",        "",     "row of the parent, -1: the trachea",       NULL,            t->parent},
        {"generation",    "",     "branchings from the trachea",              NULL,            t->generation},
        {"multiplicity",  "",     "airways that the row stands for",          t->multiplicity, NULL},
        {"largest_area",  "m2",   "cross-section at high transmural pressure", b->area,        NULL},
        {"flow",          "m3/s", "flow through one airway, out of the lung", flow,            NULL},
        {"head",          "Pa",   "total head at the upstream end, over the pleura", head,     NULL},
        {"choked",        "",     "1: flow is sonic at the mouth end",        choked,          NULL},
    };
    /* clang-format on */
    int status;

    if (!flow)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (!pn_tree_choke(b, PN_EXPIRATION_STEPS, table, recoil_at(r, r->left), 0, &at)) {
        status = PN_FAIL(PN_ERR_LIBRARY, "no flow was found at --left %g", r->left);
        goto out;
    }
    for (size_t i = 0; i < t->n; i++) {
        flow[i] = b->flow[i][0];
        head[i] = isfinite(b->behind[i][0]) ? b->behind[i][0] : (double)NAN;
        choked[i] = b->choked[i][0] != 0;
    }
    status = pn_airway_write_rows(r->out, t, column, sizeof column / sizeof *column, NULL,
                                  command);
out:
    free(flow);
    return status;
}

int pn_airway_expire(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv); /* before getopt sorts it */
    struct pn_flow_table table = {.recoil = {pn_all(0)}};
    struct pn_expiration e;
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_tree_bronchi *b = NULL;
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_airway_read(r.path, &r.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(pn_tree_bronchi_create(tree, r.volume / r.tlc, &b));
    PN_TRY(breathe(&r, b, &table, &e));
    if (r.out)
        PN_TRY(write_out(&r, b, &table, command));
    print_curve(&r, b, &table, &e);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_tree_bronchi_free(&b);
    pn_tree_free(&tree);
    free(command);
    return status;
}
