/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4): says which bytes a file had.  By libcrypto. */
#ifndef PN_TEXT_DIGEST_H
#define PN_TEXT_DIGEST_H

#include <stddef.h>

/** A hash that is being made.  What fails on the way is told at the end, by
 * pn_sha256_digest. */
struct pn_sha256 {
    struct evp_md_ctx_st *context;
};

/** Begin; pn_sha256_free gives the memory back, in any case.  Not collective, as all
 * here; two hashes may be made at once, in two threads, too. */
void pn_sha256_init(struct pn_sha256 *hash);

/** Add n bytes; data may be NULL when n is 0. */
void pn_sha256_add(struct pn_sha256 *hash, const void *data, size_t n);

/** Begin where another hash stands.
 *  @param[out] to    {NULL} or a hash of earlier, whose memory is used again
 *  @param[in]  from  not yet finished; stays as it is */
void pn_sha256_copy(struct pn_sha256 *to, const struct pn_sha256 *from);

/** Finish: the digest, 32 bytes (zeros after a failure).  The hash may only be copied to
 * or freed afterwards.  @return PN_OK, PN_ERR_LIBRARY. */
int pn_sha256_digest(struct pn_sha256 *hash, unsigned char digest[32]);

/** The same as lower-case hex, 64 characters and a 0 ("" after a failure). */
int pn_sha256_hex(struct pn_sha256 *hash, char hex[65]);

/** Accepts {NULL}, and may be called twice. */
void pn_sha256_free(struct pn_sha256 *hash);

/** Lower-case hex SHA-256 of n bytes, 64 characters and a 0 ("" after a failure).
 *  @return PN_OK, PN_ERR_LIBRARY. */
int pn_sha256_text(const void *data, size_t n, char hex[65]);

/** Lower-case hex SHA-256 of a file, 64 characters and a 0 ("" after a failure).
 *  @return PN_OK, PN_ERR_IO, PN_ERR_LIBRARY. */
int pn_sha256_file(const char *path, char hex[65]);

#endif
