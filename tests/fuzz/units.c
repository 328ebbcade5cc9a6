/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the texts of units: two of them, parted by a newline. */
#include <math.h>

#include "solver/base/status.h"
#include "solver/base/units.h"
#include "tests/fuzz/fuzz.h"

/* What is accepted is a finite factor other than 0; to and back is 1. */
static void check(struct pn_units *units, const char *from, const char *to)
{
    double there = 0.0, back = 0.0;
    int status = pn_units_factor(units, from, to, 0.0, &there);

    if (status != PN_OK && status != PN_ERR_INPUT)
        abort();
    if (status != PN_OK) {
        if (pn_error_last()->text[0] == '\0')
            abort(); /* refused without a reason */
        return;
    }
    if (!(fabs(there) > 0.0))
        abort();
    if (pn_units_factor(units, to, from, 0.0, &back) == PN_OK && isfinite(there) &&
        isnormal(there) && isnormal(back) && !(fabs(there * back - 1.0) < 1e-9))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pn_units *units;
    char *text, *to;

    if (!units && pn_units_create(&units) != PN_OK)
        abort();
    text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    to = strchr(text, '\n');
    if (to)
        *to++ = '\0';
    check(units, text, to ? to : text);
    check(units, text, "mg/L");
    free(text);
    return 0;
}
