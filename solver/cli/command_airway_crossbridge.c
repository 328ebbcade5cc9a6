/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma airway crossbridge: what bound myosin does under oscillation, shortening and
 * sudden length changes. */
#include <math.h>

#include "solver/airway/crossbridge_cycles.h"
#include "solver/base/status.h"
#include "solver/cli/airway_shared.h"

struct request {
    struct pn_airway_cycles how;
    struct pn_numbers amplitude, velocity;
    double phosphorylation; /* NaN: not given */
    const char *out;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const struct pn_option rows[] = {
    {"amplitude", 0, "A,…", PN_AS_LIST, AT(amplitude), "of a sine, in power strokes",
     PN_RANGE(-20, 20), PN_USUAL_TEXT("0")},
    {"frequency", 0, "X", PN_AS_NUMBER, AT(how.protocol.frequency), "of the sine", "Hz",
     PN_RANGE(1e-4, 100), PN_BEGUN},
    {"velocity", 0, "V,…", PN_AS_LIST, AT(velocity),
     "steady motion in power strokes per second, lengthening above 0", PN_RANGE(-20, 20),
     PN_USUAL_TEXT("0")},
    {"step", 0, "X", PN_AS_NUMBER, AT(how.protocol.step), "sudden length change in power strokes",
     PN_RANGE(-20, 20), PN_BEGUN},
    {"start", 0, "X", PN_AS_NUMBER, AT(how.protocol.start), "of step and steady motion", "s",
     PN_RANGE(0, 1e5), PN_BEGUN},
    {"end", 0, "X", PN_AS_NUMBER, AT(how.protocol.end), "of the protocol", "s", PN_RANGE(1e-3, 1e5), PN_BEGUN},
    {"phosphorylation", 0, "X", PN_AS_NUMBER, AT(phosphorylation),
     "its rate k1 throughout (default 0.35 1/s for 5 s, then 0.06 1/s)", "1/s", PN_RANGE(0, 10)},
    {"every", 0, "X", PN_AS_NUMBER, AT(how.every),
     "print the course at this interval; without it means over the last cycle (at rest: the "
     "end)", "s", PN_RANGE(1e-3, 1e5)},
    {"cells", 0, "N", PN_AS_WHOLE, AT(how.cells), "grid cells in a power stroke",
     PN_RANGE(2, 1000), PN_BEGUN},
    {"moments", 0, NULL, PN_AS_FLAG, AT(how.moments),
     "the closure by moments in place of the equation"},
    {"out", 'o', "FILE", PN_AS_TEXT, AT(out),  PN_OUT_SENTENCE " (default: CSV to standard output)", .is_target = 1, .choices = pn_table_endings},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    struct request *r = request;

    pn_airway_cycles_defaults(&r->how);
    r->phosphorylation = (double)NAN;
}

static int check(const struct pn_call *call)
{
    struct request *r = call->request;

    r->how.amplitude = r->amplitude.value;
    r->how.n_amplitudes = r->amplitude.n;
    r->how.velocity = r->velocity.value;
    r->how.n_velocities = r->velocity.n;
    if (!isnan(r->phosphorylation)) {
        r->how.protocol.change = 0;
        r->how.protocol.late = r->phosphorylation;
    }
    if (r->how.every > 0 && r->how.protocol.end / r->how.every > PN_AIRWAY_CYCLES_ROWS)
        return PN_FAIL(PN_ERR_USAGE, "--every: at most %d rows", PN_AIRWAY_CYCLES_ROWS);
    return PN_OK;
}

static int crossbridge(struct pn_call *call)
{
    const struct request *r = call->request;
    struct pn_airway_forces forces = {.n = 0};
    int status;

    PN_TRY(pn_airway_cycles(&r->how, &forces));
    status = pn_airway_forces_write(&forces, r->out, call->line, stdout);
out:
    pn_airway_forces_free(&forces);
    return status;
}

const struct pn_command pn_airway_command_crossbridge = {
    "airway crossbridge",
    "[options]",
    "force of smooth muscle under oscillation, shortening, length steps",
    rows,
    .before =
        "Force and stiffness of smooth muscle as CSV, one protocol after the other for "
        "each amplitude and velocity: --amplitude 0,0.25,0.5,1,2 prints how oscillation "
        "makes the muscle fluid, --velocity -0.5,-0.2,-0.1,0 force against velocity.",
    .size = sizeof(struct request),
    .begin = begin,
    .check = check,
    .run = crossbridge,
};
