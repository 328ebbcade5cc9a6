/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway crossbridge: what bound myosin does under oscillation, shortening and
 * sudden length changes. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/airway/crossbridge_moments.h"
#include "solver/airway/airway.h"
#include "solver/airway/gas.h"
#include "solver/airway/muscle_text.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

void pn_airway_crossbridge_options(void)
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
    pn_airway_crossbridge_options();
    puts("  --out FILE       .csv or .h5; an existing file is replaced (default: CSV to\n"
         "                   standard output)");
}

enum { LIST = 64, CYCLE = 200, MOST = 1000000 };

struct list {
    size_t n;
    double value[LIST];
};

struct request {
    struct list amplitude, velocity;
    struct pn_protocol protocol;
    double every, cells;
    int moments, help;
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
    struct pn_protocol *p = &r->protocol;

    switch (c) {
    case 'a':
        return take_list("amplitude", text, 20, &r->amplitude);
    case 'v':
        return take_list("velocity", text, 20, &r->velocity);
    case 'f':
        return pn_airway_number("frequency", text, "Hz", 1e-4, 100, &p->frequency);
    case 's':
        return pn_airway_number("step", text, "1", -20, 20, &p->step);
    case 'b':
        return pn_airway_number("start", text, "s", 0, 1e5, &p->start);
    case 'e':
        return pn_airway_number("end", text, "s", 1e-3, 1e5, &p->end);
    case 'y':
        return pn_airway_number("every", text, "s", 1e-3, 1e5, &r->every);
    case 'k':
        p->change = 0;
        return pn_airway_number("phosphorylation", text, "1/s", 0, 10, &p->late);
    case 'c':
        return pn_airway_number("cells", text, "1", 2, 1000, &r->cells);
    case 'm':
        r->moments = 1;
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

    *r = (struct request){.amplitude.n = 1,
                          .velocity.n = 1,
                          .protocol = pn_protocol_isometric,
                          .cells = 40};
    r->protocol.frequency = 0.33;
    opterr = 0;
    optind = 1;
    while (status == PN_OK && (c = getopt_long(argc, argv, "h", known, NULL)) != -1)
        status = take(c, optarg, r);
    if (status == PN_OK && optind < argc)
        status = PN_FAIL(PN_ERR_USAGE, "unexpected '%.60s'", argv[optind]);
    if (status == PN_OK && r->every > 0 && r->protocol.end / r->every > MOST)
        status = PN_FAIL(PN_ERR_USAGE, "--every: at most %d rows", MOST);
    return status;
}

/* Times that are asked: the whole course, the last cycle, or the end. */
static int make_times(const struct request *r, const struct pn_protocol *p, double **t,
                      size_t *n)
{
    double cycle = p->amplitude != 0 ? fmin(1 / p->frequency, p->end) : 0;

    *n = r->every > 0 ? (size_t)floor(p->end / r->every * (1 + 1e-12))
         : cycle > 0  ? CYCLE
                      : 1;
    *n = *n > 0 ? *n : 1;
    *t = calloc(*n, sizeof **t);
    if (!*t)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < *n; i++)
        (*t)[i] = r->every > 0 ? fmin((double)(i + 1) * r->every, p->end)
                               : p->end - cycle * (double)(*n - 1 - i) / (double)*n;
    return PN_OK;
}

static int follow(const struct request *r, const struct pn_protocol *p, size_t n,
                  const double *t, struct pn_bridges *sums)
{
    struct pn_crossbridge *bridge;
    int status;

    if (r->moments) {
        status = pn_moments_run(&pn_crossbridge_mijailovich, p, n, t, sums);
        return status > 0
                   ? PN_FAIL(PN_ERR_LIBRARY, "the moments cannot be followed further")
                   : status;
    }
    status =
        pn_crossbridge_create(&pn_crossbridge_mijailovich, p, (size_t)r->cells, &bridge);
    for (size_t i = 0; i < n && status == PN_OK; i++) {
        pn_crossbridge_advance(bridge, t[i]);
        pn_crossbridge_measure(bridge, &sums[i]);
    }
    pn_crossbridge_free(&bridge);
    return status;
}

static void print_course(FILE *out, const struct pn_protocol *p, size_t n,
                         const double *t, const struct pn_bridges *sums)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%g,%g,%.12g,%.12g,%.12g,%.12g\n", p->amplitude, p->velocity, t[i],
                pn_protocol_strain(p, t[i]), sums[i].force, sums[i].stiffness);
}

static void print_means(FILE *out, const struct pn_protocol *p, size_t n,
                        const struct pn_bridges *sums)
{
    double force = 0, stiffness = 0, least = (double)INFINITY, most = -least;

    for (size_t i = 0; i < n; i++) {
        force += sums[i].force / (double)n;
        stiffness += sums[i].stiffness / (double)n;
        least = fmin(least, sums[i].force);
        most = fmax(most, sums[i].force);
    }
    fprintf(out, "%g,%g,%.12g,%.12g,%.12g,%.12g\n", p->amplitude, p->velocity, force,
            stiffness, least, most);
}

static int run_one(const struct request *r, const struct pn_protocol *p, FILE *out)
{
    double *t = NULL;
    struct pn_bridges *sums = NULL;
    size_t n;
    int status;

    PN_TRY(make_times(r, p, &t, &n));
    sums = calloc(n, sizeof *sums);
    if (!sums) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(follow(r, p, n, t, sums));
    if (r->every > 0)
        print_course(out, p, n, t, sums);
    else
        print_means(out, p, n, sums);
out:
    free(t);
    free(sums);
    return status;
}

int pn_airway_crossbridge(int argc, char **argv)
{
    struct request r;
    struct pn_airway_text text = {0};
    char *command = NULL;
    int status;

    PN_TRY(parse(argc, argv, &r));
    if (r.help) {
        print_help();
        return PN_OK;
    }
    PN_TRY(pn_airway_table_name(r.out));
    command = pn_airway_command(argc, argv);
    if (!command) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    PN_TRY(pn_airway_text_begin(&text));
    fputs(r.every > 0
              ? "amplitude,velocity [1/s],time [s],strain,force,stiffness\n"
              : "amplitude,velocity [1/s],force,stiffness,least force,largest force\n",
          text.stream);
    for (size_t a = 0; a < r.amplitude.n; a++)
        for (size_t v = 0; v < r.velocity.n; v++) {
            struct pn_protocol p = r.protocol;
            p.amplitude = r.amplitude.value[a];
            p.velocity = r.velocity.value[v];
            PN_TRY(run_one(&r, &p, text.stream));
        }
    status = pn_airway_text_table(&text, r.out, "smooth muscle by crossbridges", command);
out:
    free(command);
    pn_airway_text_free(&text);
    if (status != PN_OK)
        pn_cli_print_error();
    return status;
}
