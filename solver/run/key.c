/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/record/record.h"
#include "solver/text/digest.h"

#include <string.h>

/* with its length, so that two texts joined elsewhere are another key */
static void add_text(struct pn_sha256 *hash, const char *text)
{
    uint64_t n = strlen(text);

    pn_sha256_add(hash, &n, sizeof n);
    pn_sha256_add(hash, text, n);
}

struct pn_run_key pn_run_key_make(const struct pn_trial *trial, const char *resolved,
                                  const char *version)
{
    const struct pn_study *study = trial->study;
    unsigned char digest[32];
    struct pn_run_key key;
    struct pn_sha256 hash;

    pn_sha256_init(&hash);
    add_text(&hash, resolved);
    add_text(&hash, version);
    for (size_t i = 0; i < study->n_inputs; i++)
        add_text(&hash, study->input[i].sha256);
    pn_sha256_digest(&hash, digest);
    memcpy(key.byte, digest, sizeof key.byte);
    return key;
}
