/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway oscillate: impedance of a tree against frequency. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/oscillate.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

enum { MOST = 1000 }; /* frequencies */

void pn_cli_airway_oscillate_options(void)
{
    puts("  --frequencies L  oscillate: in Hz, increasing (default 1,2,3,5,10,20,30)\n"
         "  --branches LAW   oscillate: womersley (default) or ri, resistance and "
         "inertance\n"
         "  --elastance X    oscillate: of the tissue (default '28 cmH2O/L')\n"
         "  --hysteresivity X  oscillate: G / H of the tissue (default 0.2); 0: a "
         "spring\n"
         "  --upper X        oscillate: resistance of upper airway and chest wall "
         "(default\n"
         "                   '2 cmH2O.s/L')\n"
         "  --inertance X    oscillate: of the same (default '0.002 cmH2O.s2/L')\n"
         "  --walls X        oscillate: airway walls yield as they do at this recoil, "
         "such "
         "as\n"
         "                   '5 cmH2O' (default: rigid)");
}

static void print_help(void)
{
    puts("usage: pneuma airway oscillate FILE [options]\n\n"
         "Prints resistance and reactance at the mouth and what oscillometry reports of "
         "them.\n");
    pn_cli_airway_oscillate_options();
    puts("  --viscosity X    of the gas (default '1.9e-5 Pa.s')\n"
         "  --density X      of the gas (default '1.15 kg/m3')\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv or .h5; an existing file is replaced");
}

struct request {
    struct pn_cli_gas gas; /* viscosity, density, how the file is read */
    struct pn_oscillation how;
    double hysteresivity;
    size_t n;
    double f[MOST];
    const char *path, *out;
    int help;
};

static int take_frequencies(const char *text, struct request *r)
{
    const char *at = text;

    for (r->n = 0; *at && r->n < MOST; r->n++) {
        char *end;
        double f = strtod(at, &end);
        if (end == at || (*end && *end != ',') || !(f >= 1e-3 && f <= 1e4) ||
            (r->n > 0 && !(f > r->f[r->n - 1])))
            return PN_FAIL(PN_ERR_USAGE,
                           "--frequencies %.60s: expected increasing numbers from 0.001 "
                           "to 10000 (Hz) with commas between them, found '%.20s'",
                           text, at);
        r->f[r->n] = f;
        at = *end ? end + 1 : end;
    }
    if (r->n == 0 || *at)
        return PN_FAIL(PN_ERR_USAGE, "--frequencies: expected 1 to %d numbers", MOST);
    return PN_OK;
}

static int take_law(const char *text, struct request *r)
{
    static const char *const names[] = {
        [PN_BRANCH_WOMERSLEY] = "womersley", [PN_BRANCH_RI] = "ri"};
    size_t choice = 0;
    int status = pn_cli_choice("branches", text, names, 2, "womersley or ri", &choice);

    r->how.law = (enum pn_branch_law)choice;
    return status;
}

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'f':
        return take_frequencies(text, r);
    case 'b':
        return take_law(text, r);
    case 'e':
        return pn_cli_number("elastance", text, "Pa/m3", 0, 1e12, &r->how.H);
    case 'y':
        return pn_cli_number("hysteresivity", text, "1", 0, 10, &r->hysteresivity);
    case 'u':
        return pn_cli_number("upper", text, "Pa.s/m3", 0, 1e12, &r->how.resistance);
    case 'i':
        return pn_cli_number("inertance", text, "Pa.s2/m3", 0, 1e12, &r->how.inertance);
    case 'w':
        return pn_cli_number("walls", text, "cmH2O", 0.1, 50, &r->how.recoil);
    case 'o':
        r->out = text;
        return PN_OK;
    case 'h':
        r->help = 1;
        return PN_OK;
    default:
        return pn_cli_gas_take(c, text, &r->gas);
    }
}

static int parse(int argc, char **argv, struct request *r)
{
    /* clang-format off */
    static const struct option known[] = {
        {"frequencies",   required_argument, NULL, 'f'},
        {"branches",      required_argument, NULL, 'b'},
        {"elastance",     required_argument, NULL, 'e'},
        {"hysteresivity", required_argument, NULL, 'y'},
        {"upper",         required_argument, NULL, 'u'},
        {"inertance",     required_argument, NULL, 'i'},
        {"walls",         required_argument, NULL, 'w'},
        {"out",           required_argument, NULL, 'o'},
        {"help",          no_argument,       NULL, 'h'},
        {"viscosity",     required_argument, NULL, PN_GAS_VISCOSITY},
        {"density",       required_argument, NULL, PN_GAS_DENSITY},
        {"unit",          required_argument, NULL, PN_GAS_UNIT},
        {"edge-radius",   no_argument,       NULL, PN_GAS_EDGE_RADIUS},
        {NULL,            0,                 NULL, 0},
    };
    /* clang-format on */
    int c, status = PN_OK;

    *r = (struct request){.help = 0};
    pn_airway_oscillate_defaults(&r->how);
    r->hysteresivity = PN_HYSTERESIVITY;
    r->gas.flow.viscosity = r->how.viscosity;
    r->gas.flow.density = r->how.density;
    PN_TRY(take_frequencies("1,2,3,5,10,20,30", r));
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_cli_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway oscillate "
                                     "--help");
    r->path = argv[optind];
    r->how.viscosity = r->gas.flow.viscosity;
    r->how.density = r->gas.flow.density;
    r->how.G = r->hysteresivity * r->how.H;
    status = pn_cli_airway_out_table(r->out);
out:
    return status;
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

int pn_cli_airway_oscillate(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct request r;
    struct pn_tree *tree = NULL;
    struct pn_airway_spectrum spectrum = {.n = 0};
    int status, told = 0;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    status = pn_cli_airway_read(r.path, &r.gas.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(pn_airway_oscillate(tree, &r.how, r.n, r.f, &spectrum));
    if (r.out)
        PN_TRY(pn_airway_spectrum_write(&spectrum, r.out, command));
    else
        pn_airway_spectrum_csv(&spectrum, stdout);
    print_indices(&spectrum);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_airway_spectrum_free(&spectrum);
    pn_tree_free(&tree);
    free(command);
    return status;
}
