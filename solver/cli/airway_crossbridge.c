/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway crossbridge: what bound myosin does under oscillation, shortening and
 * sudden length changes. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/airway/crossbridge_cycles.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"
#include "solver/cli/cli.h"

void pn_cli_airway_crossbridge_options(void)
{
    puts("  --amplitude A,…  crossbridge: of a sine, in power strokes (default 0)\n"
         "  --frequency X    crossbridge: of the sine (default '0.33 Hz')\n"
         "  --velocity V,…   crossbridge: steady motion in power strokes per second,\n"
         "                   lengthening above 0 (default 0)\n"
         "  --step X         crossbridge: sudden length change in power strokes\n"
         "  --start X        crossbridge: of step and steady motion (default '0 s')\n"
         "  --end X          crossbridge: (default '150 s')\n"
         "  --phosphorylation X\n"
         "                   crossbridge: its rate k1 throughout; default '0.35 1/s'\n"
         "                   for 5 s, then '0.06 1/s'\n"
         "  --every X        crossbridge: print the course at this interval; without it\n"
         "                   means over the last cycle (at rest: the end)\n"
         "  --cells N        crossbridge: grid cells in a power stroke (default 40)\n"
         "  --moments        crossbridge: the closure by moments in place of the "
         "equation");
}

static void print_help(void)
{
    puts(
        "usage: pneuma airway crossbridge [options]\n\n"
        "Force and stiffness of smooth muscle as CSV, one protocol after the other for\n"
        "each amplitude and velocity: --amplitude 0,0.25,0.5,1,2 prints how oscillation\n"
        "makes the muscle fluid, --velocity -0.5,-0.2,-0.1,0 force against velocity.\n");
    pn_cli_airway_crossbridge_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

enum { LIST = 64 };

struct list {
    size_t n;
    double value[LIST];
};

struct request {
    struct list amplitude, velocity;
    struct pn_airway_cycles how;
    double cells;
    int help;
    const char *out;
};

static int take_list(const char *option, const char *text, double most, struct list *list)
{
    list->n = 0;
    for (const char *at = text;; at++) {
        char *end;
        double value = strtod(at, &end);
        if (end == at || (*end && *end != ',') || !(fabs(value) <= most))
            return PN_FAIL(PN_ERR_USAGE,
                           "--%s %.60s: expected numbers from -%g to %g with commas",
                           option, text, most, most);
        if (list->n == LIST)
            return PN_FAIL(PN_ERR_USAGE, "--%s: at most %d numbers", option, LIST);
        list->value[list->n++] = value;
        at = end;
        if (!*at)
            return PN_OK;
    }
}

static int take(int c, const char *text, struct request *r)
{
    struct pn_protocol *p = &r->how.protocol;

    switch (c) {
    case 'a':
        return take_list("amplitude", text, 20, &r->amplitude);
    case 'v':
        return take_list("velocity", text, 20, &r->velocity);
    case 'f':
        return pn_cli_number("frequency", text, "Hz", 1e-4, 100, &p->frequency);
    case 's':
        return pn_cli_number("step", text, "1", -20, 20, &p->step);
    case 'b':
        return pn_cli_number("start", text, "s", 0, 1e5, &p->start);
    case 'e':
        return pn_cli_number("end", text, "s", 1e-3, 1e5, &p->end);
    case 'y':
        return pn_cli_number("every", text, "s", 1e-3, 1e5, &r->how.every);
    case 'k':
        p->change = 0;
        return pn_cli_number("phosphorylation", text, "1/s", 0, 10, &p->late);
    case 'c':
        return pn_cli_number("cells", text, "1", 2, 1000, &r->cells);
    case 'm':
        r->how.moments = 1;
        return PN_OK;
    case 'o':
        r->out = text;
        return PN_OK;
    case 'h':
        r->help = 1;
        return PN_OK;
    default:
        return PN_FAIL(PN_ERR_USAGE, "unknown option or missing value (see pneuma airway "
                                     "crossbridge --help)");
    }
}

static int parse(int argc, char **argv, struct request *r)
{
    static const struct option known[] = {
        {"amplitude",       required_argument, NULL, 'a'},
        {"frequency",       required_argument, NULL, 'f'},
        {"velocity",        required_argument, NULL, 'v'},
        {"step",            required_argument, NULL, 's'},
        {"start",           required_argument, NULL, 'b'},
        {"end",             required_argument, NULL, 'e'},
        {"every",           required_argument, NULL, 'y'},
        {"phosphorylation", required_argument, NULL, 'k'},
        {"cells",           required_argument, NULL, 'c'},
        {"moments",         no_argument,       NULL, 'm'},
        {"out",             required_argument, NULL, 'o'},
        {"help",            no_argument,       NULL, 'h'},
        {NULL,              0,                 NULL, 0  },
    };
    int c, status = PN_OK;

    *r = (struct request){.amplitude.n = 1, .velocity.n = 1, .cells = 40};
    pn_airway_cycles_defaults(&r->how);
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "h", known, NULL)) != -1)
        status = take(c, optarg, r);
    if (status == PN_OK && optind < argc)
        status = PN_FAIL(PN_ERR_USAGE, "unexpected '%.60s'", argv[optind]);
    if (status == PN_OK && r->how.every > 0 &&
        r->how.protocol.end / r->how.every > PN_AIRWAY_CYCLES_ROWS)
        status = PN_FAIL(PN_ERR_USAGE, "--every: at most %d rows", PN_AIRWAY_CYCLES_ROWS);
    r->how.amplitude = r->amplitude.value;
    r->how.n_amplitudes = r->amplitude.n;
    r->how.velocity = r->velocity.value;
    r->how.n_velocities = r->velocity.n;
    r->how.cells = (size_t)r->cells;
    return status == PN_OK ? pn_cli_airway_out_table(r->out) : status;
}

int pn_cli_airway_crossbridge(int argc, char **argv)
{
    char *command = pn_cli_airway_command(argc, argv);
    struct pn_airway_forces forces = {.n = 0};
    struct request r;
    int status;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        goto out;
    }
    PN_TRY(pn_airway_cycles(&r.how, &forces));
    status = pn_airway_forces_write(&forces, r.out, command, stdout);
out:
    if (status != PN_OK)
        pn_cli_print_error();
    pn_airway_forces_free(&forces);
    free(command);
    return status;
}
