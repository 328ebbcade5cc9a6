/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway generate: trees that are made. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/generate.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_generate_options(void)
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
    pn_cli_airway_generate_options();
}

struct request {
    struct pn_airway_generate how;
    const char *out;
    int help;
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

static int without_option(const char *text, struct request *r)
{
    if (pn_airway_without(&r->how, text))
        return PN_OK;
    return PN_FAIL(PN_ERR_USAGE, "--without %s: expected RUL, RML, RLL, LUL or LLL",
                   text);
}

static int model_option(const char *text, struct request *r)
{
    size_t choice = 0;
    int status = pn_cli_choice("model", text, pn_airway_models, PN_AIRWAY_MODELS,
                               "grown, horsfield or weibel", &choice);

    r->how.model = (enum pn_airway_model)choice;
    return status;
}

static int take_option(int c, const char *text, struct request *r)
{
    int64_t whole = 0;
    int status = PN_OK;

    switch (c) {
    case 'm':
        status = model_option(text, r);
        break;
    case 'o':
        r->out = text;
        break;
    case 's':
        status = whole_option("seed", text, 0, INT64_MAX, &whole);
        r->how.patient.seed = (uint64_t)whole;
        break;
    case 'p':
        status = whole_option("patient", text, 1, INT64_MAX, &r->how.patient.patient);
        break;
    case 'H':
        status = pn_cli_quantity(text, "m", &r->how.patient.height);
        break;
    case 'V':
        status = pn_cli_quantity(text, "m3", &r->how.patient.volume);
        break;
    case 'c':
        status = calibre_option(text, &r->how.patient.calibre);
        break;
    case 'a':
        status = whole_option("acini", text, 10, 1000000, &whole);
        r->how.patient.n_terminals = (size_t)whole;
        break;
    case 'w':
        status = without_option(text, r);
        break;
    default:
        status = whole_option("generations", text, 1, 24, &whole);
        r->how.generations = (size_t)whole;
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

    *r = (struct request){.help = 0};
    pn_airway_generate_defaults(&r->how);
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

int pn_cli_airway_generate(int argc, char **argv)
{
    struct request request;
    struct pn_tree *tree = NULL;
    int status;

    PN_TRY(parse(argc, argv, &request));
    if (request.help) {
        print_help();
        return PN_OK;
    }
    PN_TRY(pn_airway_generate(&request.how, &tree));
    status = pn_airway_write_tree(tree, request.out);
out:
    if (status != PN_OK)
        pn_cli_print_error();
    pn_tree_free(&tree);
    return status;
}
