/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4): says which bytes a file had. */
#ifndef PN_TEXT_DIGEST_H
#define PN_TEXT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct pn_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    unsigned char block[64]; /* bytes not yet compressed: n_bytes % 64 */
    int is_fast; /* by instructions of the processor; the digest is the same */
};

void pn_sha256_init(struct pn_sha256 *hash);
void pn_sha256_add(struct pn_sha256 *hash, const void *data, size_t n);

/** Finish: the digest, 32 bytes.  The hash may not be added to afterwards. */
void pn_sha256_digest(struct pn_sha256 *hash, unsigned char digest[32]);

/** The same as lower-case hex, 64 characters and a 0. */
void pn_sha256_hex(struct pn_sha256 *hash, char hex[65]);

/** Lower-case hex SHA-256 of n bytes, 64 characters and a 0. */
void pn_sha256_text(const void *data, size_t n, char hex[65]);

/** Lower-case hex SHA-256 of a file, 64 characters and a 0.  @return PN_OK, PN_ERR_IO. */
int pn_sha256_file(const char *path, char hex[65]);

#endif
