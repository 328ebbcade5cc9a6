/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a result: reads nothing but it, goes to a stream or a file. */
#include "solver/inspect/listing.h"

#include "solver/base/status.h"
#include "solver/inspect/whole_file.h"

struct listing_of {
    const struct pn_result *result;
    const struct pn_listing_options *options;
};

static int write_rows(void *user, FILE *stream)
{
    const struct listing_of *of = user;

    return of->options->lengthy ? pn_listing_write_long(of->result, of->options, stream)
                                : pn_listing_write(of->result, of->options, stream);
}

int pn_listing(const struct pn_listing_options *options, FILE *stream)
{
    struct pn_result *result = NULL;
    struct listing_of of = {.options = options};
    int status;

    PN_TRY(pn_result_open(options->result, &result));
    of.result = result;
    if (options->out) {
        status = pn_whole_file(options->result, "--out", options->out, write_rows, &of);
    } else {
        PN_TRY(write_rows(&of, stream));
        status = pn_flush(stream, "the table");
    }
out:
    pn_result_close(&result);
    return status;
}
