/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 over texts with their lengths. */
#include "solver/run/key.h"

#include <string.h>

#include "solver/text/digest.h"

/* with its length, so that two texts joined elsewhere are another key */
static void add_text(struct pn_sha256 *hash, const char *text)
{
    uint64_t n = strlen(text);

    pn_sha256_add(hash, &n, sizeof n);
    pn_sha256_add(hash, text, n);
}

int pn_run_key_make(const struct pn_trial *trial, const char *resolved,
                    const char *program, struct pn_run_key *key)
{
    const struct pn_study *study = trial->study;
    unsigned char digest[32];
    struct pn_sha256 hash;
    int status;

    pn_sha256_init(&hash);
    add_text(&hash, resolved);
    add_text(&hash, program);
    for (size_t i = 0; i < study->n_inputs; i++)
        add_text(&hash, study->input[i].sha256);
    status = pn_sha256_digest(&hash, digest);
    pn_sha256_free(&hash);
    memcpy(key->byte, digest, sizeof key->byte);
    return status;
}
