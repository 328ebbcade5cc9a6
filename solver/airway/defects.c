/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway defects: ventilation of a lung whose muscle is tightened uniformly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/lung/ventilation_defects.h"
#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/tree/makers/tree_make.h"

void pn_airway_defects_options(void)
{
    puts(
        "  --generations N  defects: of a symmetric tree, 3 to 18 (default 12), instead "
        "of FILE\n"
        "  --activation X   defects: tension of the muscle over its largest radius "
        "(default\n"
        "                   '6 cmH2O')\n"
        "  --sweep A:B:N    defects: N activations from A to B cmH2O\n"
        "  --noise X        defects: coefficient of variation of wall thickness (default "
        "0.03)\n"
        "  --recoil X, --swing X  defects: transpulmonary pressure without breathing, "
        "and\n"
        "                   what a breath adds (default '4 cmH2O', '3 cmH2O')\n"
        "  --frequency X    defects: of breathing (default '0.25 Hz')");
}

static void print_help(void)
{
    puts("usage: pneuma airway defects [FILE] [options]\n\n"
         "A table of activations: how uneven ventilation is, and in how many clusters; "
         "--out\n"
         "writes ventilation and lumen of each airway at the last one.\n");
    pn_airway_defects_options();
    puts("  --volume X       of gas at which the tree of FILE has its size (default '3 "
         "L')\n"
         "  --seed N         of the walls (default 1)\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv, .h5 or .vtu; an existing file is replaced");
}

enum { MOST_ACTIVATIONS = 1000 };

struct request {
    struct pn_tree_options read;
    struct pn_defects_options lung;
    double from, to, generations, volume;
    size_t n;
    const char *path, *out;
    int help;
};

static int sweep_option(const char *text, struct request *r)
{
    char *end = NULL;
    long n;

    r->from = strtod(text, &end);
    if (*end == ':')
        r->to = strtod(end + 1, &end);
    n = *end == ':' ? strtol(end + 1, &end, 10) : 0;
    if (*end || !(r->from >= 0 && r->to <= 100 && r->from <= r->to) || n < 2 ||
        n > MOST_ACTIVATIONS)
        return PN_FAIL(
            PN_ERR_USAGE,
            "--sweep %.60s: expected A:B:N with 0 <= A <= B <= 100 cmH2O and N "
            "from 2 to %d",
            text, MOST_ACTIVATIONS);
    r->n = (size_t)n;
    return PN_OK;
}

static int seed_option(const char *text, struct request *r)
{
    char *end = NULL;

    if (strspn(text, "0123456789") == strlen(text))
        r->lung.seed = strtoull(text, &end, 10);
    if (!end || end == text)
        return PN_FAIL(PN_ERR_USAGE, "--seed %.60s: expected a whole number", text);
    return PN_OK;
}

static int take(int c, const char *text, struct request *r)
{
    int status;

    switch (c) {
    case 'g':
        if (strspn(text, "0123456789") != strlen(text))
            return PN_FAIL(PN_ERR_USAGE, "--generations %.60s: expected 3 to 18", text);
        return pn_airway_number("generations", text, "1", 3, 18, &r->generations);
    case 'a':
        status = pn_airway_number("activation", text, "cmH2O", 0, 100, &r->from);
        r->to = r->from;
        return status;
    case 's':
        return sweep_option(text, r);
    case 'n':
        return pn_airway_number("noise", text, "1", 0, 0.3, &r->lung.noise);
    case 'r':
        return pn_airway_number("recoil", text, "cmH2O", 0.5, 30, &r->lung.recoil);
    case 'w':
        return pn_airway_number("swing", text, "cmH2O", 0, 30, &r->lung.swing);
    case 'f':
        return pn_airway_number("frequency", text, "Hz", 0.01, 10, &r->lung.frequency);
    case 'v':
        return pn_airway_number("volume", text, "L", 0.01, 20, &r->volume);
    case 'd':
        return seed_option(text, r);
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
        {"generations", required_argument, NULL, 'g'},
        {"activation",  required_argument, NULL, 'a'},
        {"sweep",       required_argument, NULL, 's'},
        {"noise",       required_argument, NULL, 'n'},
        {"recoil",      required_argument, NULL, 'r'},
        {"swing",       required_argument, NULL, 'w'},
        {"frequency",   required_argument, NULL, 'f'},
        {"volume",      required_argument, NULL, 'v'},
        {"seed",        required_argument, NULL, 'd'},
        {"unit",        required_argument, NULL, 'u'},
        {"edge-radius", no_argument,       NULL, 'e'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.from = 6, .to = 6, .n = 1, .volume = 3};
    pn_defects_defaults(&r->lung);
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (argc - optind > 1 || (argc - optind == 1 && r->generations > 0))
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file or --generations, not both");
    r->path = optind < argc ? argv[optind] : NULL;
    r->generations = r->generations > 0 ? r->generations : 12;
out:
    return status;
}

static double activation(const struct request *r, size_t k)
{
    return r->n > 1 ? r->from + (r->to - r->from) * (double)k / (double)(r->n - 1)
                    : r->from;
}

static void print_row(double tension, const struct pn_defects *d, size_t l)
{
    printf("%20.4f %10.4g %11.4f %10.4f %9g %8.4f %8g\n", tension, d->variation[l],
           d->bimodality[l], d->defective[l], d->clusters[l], d->largest[l],
           d->breaths[l]);
}

/* All activations, as many at once as there are lanes; v and lumen are of the last. */
static int run(const struct request *r, const struct pn_tree_bronchi *b, pn_lane *v,
               pn_lane *lumen, double *last)
{
    const size_t n = b->tree->n;
    int status = PN_OK;

    puts("activation [cmH2O]   variation  bimodality  defective  clusters  largest  "
         "breaths");
    for (size_t first = 0; first < r->n; first += PN_LANES) {
        size_t many = r->n - first < PN_LANES ? r->n - first : PN_LANES;
        struct pn_defects d;
        pn_lane T;
        for (size_t l = 0; l < PN_LANES; l++)
            T[l] = activation(r, first + (l < many ? l : many - 1));
        PN_TRY(pn_ventilation_defects(b, &r->lung, &T, &d, v, lumen));
        for (size_t l = 0; l < many; l++)
            print_row(T[l], &d, l);
        for (size_t i = 0; first + many == r->n && i < n; i++) {
            last[i] = v[i][many - 1];
            last[n + i] = lumen[i][many - 1];
        }
    }
out:
    return status;
}

static int sweep(const struct request *r, const struct pn_tree_bronchi *b,
                 const char *command)
{
    const struct pn_tree *t = b->tree;
    pn_lane *v = aligned_alloc(sizeof *v, 2 * t->n * sizeof *v);
    double *last = calloc(2 * t->n + 1, sizeof *last);
    /* clang-format off */
    const struct pn_airway_column column[] = {
        {"parent",      "", "row of the parent, -1: the trachea",                NULL,        t->parent},
        {"generation",  "", "branchings from the trachea",                       NULL,        t->generation},
        {"ventilation", "", "tidal volume per unit behind the airway, over the mean", last,   NULL},
        {"lumen",       "", "lumen over the relaxed one",                        last + t->n, NULL},
    };
    /* clang-format on */
    int status = PN_OK;

    if (!v || !last) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(run(r, b, v, v + t->n, last));
    if (r->out)
        status = pn_airway_write_rows(r->out, t, column, sizeof column / sizeof *column,
                                      NULL, command);
out:
    free(v);
    free(last);
    return status;
}

int pn_airway_defects(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv); /* before getopt sorts it */
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_tree_bronchi *b = NULL;
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    if (r.path) {
        status = pn_airway_read(r.path, &r.read, &tree);
        told = status != PN_OK;
        if (told)
            goto out;
    } else {
        PN_TRY(
            pn_tree_weibel_unfolded((size_t)r.generations, cbrt(r.volume / 4.8), &tree));
    }
    PN_TRY(pn_tree_bronchi_create(tree, r.volume / 6.8, &b));
    status = sweep(&r, b, command);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_tree_bronchi_free(&b);
    pn_tree_free(&tree);
    free(command);
    return status;
}
