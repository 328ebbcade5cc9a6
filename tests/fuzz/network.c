/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of files of networks: what is accepted is followed for as long as it is small.
 */
#include <math.h>

#include "solver/base/status.h"
#include "solver/tree/readers/network_file.h"
#include "tests/fuzz/fuzz.h"

static int see(void *user, const struct pn_network_state *s)
{
    const struct pn_network *w = user;

    for (size_t i = 0; i < w->n_nodes; i++)
        require(isfinite(s->P[i]));
    for (size_t i = 0; i < w->n_branches; i++)
        require(isfinite(s->Q[i]));
    return PN_OK;
}

static void check_ends(const struct pn_network_file *f)
{
    for (size_t v = 0; v < f->n_vessels; v++) {
        const struct pn_vessel *e = &f->vessel[v];
        require(e->in < f->network.n_nodes && e->out < f->network.n_nodes);
        require(e->branch_in < f->network.n_branches &&
                e->branch_out < f->network.n_branches);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pn_network_file *f = calloc(1, sizeof *f);
    static char path[320];
    FILE *file;
    int status;

    snprintf(path, sizeof path, "%s/n.json", fuzz_folder());
    file = fopen(path, "w");
    require(f && file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    status = pn_network_read(path, f);
    require((status == PN_OK) == (f->list.n == 0) || status == PN_ERR_IO ||
            status == PN_ERR_INPUT);
    if (status == PN_OK) {
        check_ends(f);
        f->options.rtol = 1e-3;
        f->options.max_steps = 1000;
        if (f->n_vessels <= 8 && f->options.cycles * f->options.n_t < 500)
            pn_network_run(&f->network, &f->options, see, &f->network);
    }
    pn_network_free(f);
    free(f);
    return 0;
}
