/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/airway/airway.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"
#include "solver/tree/makers/tree_make.h"
#include "solver/tree/readers/tree_forms.h"

void pn_airway_generate_options(void)
{
    puts(
        "  --model MODEL    generate: grown (default): fills five lobes, drawn from the "
        "seed;\n"
        "                   horsfield: asymmetric by orders; weibel: symmetric, one row "
        "a\n"
        "                   generation\n"
        "  --seed N         generate: of the draws (default 1)\n"
        "  --patient N      generate: number of the patient, from 1 (default 1)\n"
        "  --height X       generate: of the patient (default '1.76 m')\n"
        "  --volume X       generate: of gas at which the tree has its size (default 3 L "
        "x\n"
        "                   (height / 1.76 m)^3)\n"
        "  --calibre X      generate: factor on all diameters of a grown tree (default "
        "1)\n"
        "  --acini N        generate: terminal units of a grown tree (default 30000)\n"
        "  --without LOBE   generate: leave out RUL, RML, RLL, LUL or LLL of a grown "
        "tree;\n"
        "                   may be repeated\n"
        "  --generations N  generate: of Weibel's tree (default 17)\n"
        "  --out FILE       generate: .vtu or .csv; an existing file is replaced");
}

static void print_help(void)
{
    puts("usage: pneuma airway generate [options] --out FILE\n");
    pn_airway_generate_options();
}

struct request {
    struct pn_tree_patient patient;
    const char *model, *out;
    int64_t generations;
    int without, help;
};

static int whole_option(const char *name, const char *text, int64_t low, int64_t high,
                        int64_t *value)
{
    char *end;

    *value = strtoll(text, &end, 10);
    if (end == text || *end || *value < low || *value > high)
        return PN_FAIL(PN_ERR_USAGE, "--%s %s: expected a whole number from %lld to %lld",
                       name, text, (long long)low, (long long)high);
    return PN_OK;
}

static int calibre_option(const char *text, double *value)
{
    char *end;

    *value = strtod(text, &end);
    if (end == text || *end || !(*value >= 0.3 && *value <= 3.0))
        return PN_FAIL(PN_ERR_USAGE, "--calibre %s: expected a number from 0.3 to 3",
                       text);
    return PN_OK;
}

/* Parts as usual (README.md of solver/tree), but this one 0. */
static int without_option(const char *text, struct request *r)
{
    for (int k = 1; k < PN_LOBES; k++)
        if (strcmp(text, pn_lobe_names[k]) == 0) {
            if (!r->without)
                pn_tree_usual_lobes(r->patient.lobe);
            r->without = 1;
            r->patient.lobe[k] = 0.0;
            return PN_OK;
        }
    return PN_FAIL(PN_ERR_USAGE, "--without %s: expected RUL, RML, RLL, LUL or LLL",
                   text);
}

static int take_option(int c, const char *text, struct request *r)
{
    int64_t whole = 0;
    int status = PN_OK;

    switch (c) {
    case 'm':
        r->model = text;
        break;
    case 'o':
        r->out = text;
        break;
    case 's':
        status = whole_option("seed", text, 0, INT64_MAX, &whole);
        r->patient.seed = (uint64_t)whole;
        break;
    case 'p':
        status = whole_option("patient", text, 1, INT64_MAX, &r->patient.patient);
        break;
    case 'H':
        status = pn_airway_quantity(text, "m", &r->patient.height);
        break;
    case 'V':
        status = pn_airway_quantity(text, "m3", &r->patient.volume);
        break;
    case 'c':
        status = calibre_option(text, &r->patient.calibre);
        break;
    case 'a':
        status = whole_option("acini", text, 10, 1000000, &whole);
        r->patient.n_terminals = (size_t)whole;
        break;
    case 'w':
        status = without_option(text, r);
        break;
    default:
        status = whole_option("generations", text, 1, 24, &r->generations);
    }
    return status;
}

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"model",       required_argument, NULL, 'm'},
        {"seed",        required_argument, NULL, 's'},
        {"patient",     required_argument, NULL, 'p'},
        {"height",      required_argument, NULL, 'H'},
        {"volume",      required_argument, NULL, 'V'},
        {"calibre",     required_argument, NULL, 'c'},
        {"acini",       required_argument, NULL, 'a'},
        {"without",     required_argument, NULL, 'w'},
        {"generations", required_argument, NULL, 'g'},
        {"out",         required_argument, NULL, 'o'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){
        .patient = {.seed = 1, .patient = 1},
          .model = "grown", .generations = 17
    };
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == 'h') {
            r->help = 1;
            return PN_OK;
        }
        if (c == '?')
            return PN_FAIL(PN_ERR_USAGE,
                           "%s: unknown option, or its value is missing; see pneuma "
                           "airway generate --help",
                           argv[optind - 1]);
        PN_TRY(take_option(c, optarg, r));
    }
    if (optind != argc)
        return PN_FAIL(PN_ERR_USAGE, "'%s' is not expected here", argv[optind]);
    if (!r->out)
        return PN_FAIL(PN_ERR_USAGE, "--out FILE is missing");
out:
    return status;
}

/* Of a tree that is scaled as a whole: as a grown one would be. */
static int scale_of(const struct pn_tree_patient *p, double volume, double *scale)
{
    struct pn_tree_patient full = *p;
    int status = pn_tree_patient_check(&full);

    *scale = cbrt(full.volume / volume);
    return status;
}

static int make(const struct request *r, struct pn_tree **tree)
{
    static const char *const models[] = {"grown", "horsfield", "weibel"};
    const char *near;
    double scale;
    int status;

    if (strcmp(r->model, "grown") == 0)
        return pn_tree_grow(&r->patient, tree);
    if (strcmp(r->model, "horsfield") == 0) {
        PN_TRY(scale_of(&r->patient, 3e-3, &scale));
        return pn_tree_horsfield_usual(scale, tree);
    }
    if (strcmp(r->model, "weibel") == 0) {
        PN_TRY(scale_of(&r->patient, 4.8e-3, &scale));
        return pn_tree_weibel((size_t)r->generations, scale, tree);
    }
    near = pn_nearest(r->model, models, 3);
    status = PN_FAIL(PN_ERR_USAGE,
                     "--model %s: expected grown, horsfield or weibel%s%s%s", r->model,
                     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
out:
    return status;
}

int pn_airway_generate(int argc, char **argv)
{
    struct request request;
    struct pn_tree *tree = NULL;
    int status;

    PN_TRY(parse(argc, argv, &request));
    if (request.help) {
        print_help();
        return PN_OK;
    }
    PN_TRY(make(&request, &tree));
    status = pn_airway_write(tree, request.out);
out:
    if (status != PN_OK)
        pn_cli_print_error();
    pn_tree_free(&tree);
    return status;
}
