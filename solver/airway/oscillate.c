/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway oscillate: impedance of a tree against frequency. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/lung/tree_impedance.h"
#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cli/cli.h"

enum { MOST = 1000 }; /* frequencies */

#define CMH2O 98066.5 /* Pa/m3 in cmH2O/L */
#define KPA   1e-6    /* kPa.s/L in Pa.s/m3 */

void pn_airway_oscillate_options(void)
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
    pn_airway_oscillate_options();
    puts("  --viscosity X    of the gas (default '1.9e-5 Pa.s')\n"
         "  --density X      of the gas (default '1.15 kg/m3')\n"
         "  --unit UNIT, --edge-radius   see pneuma airway --help\n"
         "  --out FILE       .csv or .h5; an existing file is replaced");
}

struct request {
    struct pn_airway_gas gas; /* viscosity, density, how the file is read */
    struct pn_oscillation how;
    double hysteresivity;
    size_t n;
    double f[MOST], R[MOST], X[MOST];
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
    const char *near;

    for (size_t i = 0; i < 2; i++)
        if (strcmp(text, names[i]) == 0) {
            r->how.law = (enum pn_branch_law)i;
            return PN_OK;
        }
    near = pn_nearest(text, names, 2);
    return PN_FAIL(PN_ERR_USAGE, "--branches %.60s: expected womersley or ri%s%s%s", text,
                   near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int take(int c, const char *text, struct request *r)
{
    switch (c) {
    case 'f':
        return take_frequencies(text, r);
    case 'b':
        return take_law(text, r);
    case 'e':
        return pn_airway_number("elastance", text, "Pa/m3", 0, 1e12, &r->how.H);
    case 'y':
        return pn_airway_number("hysteresivity", text, "1", 0, 10, &r->hysteresivity);
    case 'u':
        return pn_airway_number("upper", text, "Pa.s/m3", 0, 1e12, &r->how.resistance);
    case 'i':
        return pn_airway_number("inertance", text, "Pa.s2/m3", 0, 1e12,
                                &r->how.inertance);
    case 'w':
        return pn_airway_number("walls", text, "cmH2O", 0.1, 50, &r->how.recoil);
    case 'o':
        r->out = text;
        return PN_OK;
    case 'h':
        r->help = 1;
        return PN_OK;
    default:
        return pn_airway_gas_take(c, text, &r->gas);
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

    *r = (struct request){
        .hysteresivity = 0.2,
        .how = {.H = 28 * CMH2O, .resistance = 2 * CMH2O, .inertance = 0.002 * CMH2O}
    };
    pn_airway_gas_begin(&r->gas);
    r->gas.flow.viscosity = 1.9e-5;
    PN_TRY(take_frequencies("1,2,3,5,10,20,30", r));
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (c == '?')
            return pn_airway_stray(argv);
        PN_TRY(take(c, optarg, r));
    }
    if (!r->help && argc - optind != 1)
        return PN_FAIL(PN_ERR_USAGE, "expected 1 file; see pneuma airway oscillate "
                                     "--help");
    r->path = argv[optind];
    r->how.viscosity = r->gas.flow.viscosity;
    r->how.density = r->gas.flow.density;
    r->how.G = r->hysteresivity * r->how.H;
out:
    return status;
}

static void put_rows(const struct request *r, FILE *stream)
{
    fputs("frequency [Hz],resistance [kPa.s/L],reactance [kPa.s/L]\n", stream);
    for (size_t i = 0; i < r->n; i++)
        fprintf(stream, "%.17g,%.17g,%.17g\n", r->f[i], r->R[i], r->X[i]);
}

static int write_hdf(const struct request *r, const char *command)
{
    const struct pn_array_dimension frequency = {
        "frequency", "Hz", "frequency of the oscillation", r->n, r->f};
    const struct pn_array array[] = {
        {"resistance",
         "kPa.s/L", "real part of the impedance at the mouth",
         {0, -1},
         r->R,
         NULL},
        {"reactance",
         "kPa.s/L", "imaginary part of the impedance at the mouth",
         {0, -1},
         r->X,
         NULL},
    };
    const struct pn_array_text text[] = {
        {"title",        "impedance of an airway tree"},
        {"history",      command                      },
        {"version",      pn_version()                 },
        {"git_revision", pn_revision()                },
    };
    const struct pn_arrays all = {&frequency, 1, array, 2, text, 4};

    return pn_arrays_write(r->out, &all);
}

static int write_out(const struct request *r, const char *command)
{
    const char *ending = strrchr(r->out, '.');
    struct pn_airway_text text = {0};
    int status;

    if (ending && strcmp(ending, ".h5") == 0)
        return write_hdf(r, command);
    if (!ending || strcmp(ending, ".csv") != 0)
        return PN_FAIL(PN_ERR_USAGE,
                       "--out %.60s: expected a name that ends with .csv or .h5", r->out);
    PN_TRY(pn_airway_text_begin(&text));
    put_rows(r, text.stream);
    status = pn_airway_text_end(&text, r->out);
out:
    pn_airway_text_free(&text);
    return status;
}

static void print_index(const char *name, double value, const char *unit)
{
    if (isfinite(value))
        printf("%-10s %.9g %s\n", name, value, unit);
    else
        printf("%-10s not within these frequencies\n", name);
}

static void print_indices(const struct request *r)
{
    struct pn_oscillation_indices k;
    pn_lane *lanes = aligned_alloc(64, 2 * r->n * sizeof(pn_lane));

    if (!lanes)
        return;
    for (size_t i = 0; i < r->n; i++) {
        lanes[i] = pn_all(r->R[i]);
        lanes[r->n + i] = pn_all(r->X[i]);
    }
    pn_oscillation_indices(r->n, r->f, lanes, lanes + r->n, &k);
    print_index("R5", k.R5[0], "kPa.s/L");
    print_index("R20", k.R20[0], "kPa.s/L");
    print_index("R5-R20", k.R5[0] - k.R20[0], "kPa.s/L");
    print_index("X5", k.X5[0], "kPa.s/L");
    print_index("Fres", k.Fres[0], "Hz");
    print_index("AX", k.AX[0], "kPa/L");
    free(lanes);
}

static int solve(struct request *r, const struct pn_tree *tree)
{
    int status = pn_tree_impedance(tree, &r->how, r->n, r->f, r->R, r->X);

    for (size_t i = 0; i < r->n && status == PN_OK; i++) {
        if (!isfinite(r->R[i]) || !isfinite(r->X[i]))
            status = PN_FAIL(PN_ERR_LIBRARY, "no finite impedance at %g Hz", r->f[i]);
        r->R[i] *= KPA;
        r->X[i] *= KPA;
    }
    return status;
}

int pn_airway_oscillate(int argc, char **argv)
{
    char *command = pn_airway_command(argc, argv); /* before getopt sorts it */
    struct request *r = malloc(sizeof *r);
    struct pn_tree *tree = NULL;
    int status = PN_OK, told = 0;

    if (!r || !command) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(parse(argc, argv, r));
    if (r->help) {
        print_help();
        goto out;
    }
    status = pn_airway_read(r->path, &r->gas.read, &tree);
    told = status != PN_OK;
    if (told)
        goto out;
    PN_TRY(solve(r, tree));
    if (r->out)
        PN_TRY(write_out(r, command));
    else
        put_rows(r, stdout);
    print_indices(r);
out:
    if (status != PN_OK && !told)
        pn_cli_print_error();
    pn_tree_free(&tree);
    free(r);
    free(command);
    return status;
}
