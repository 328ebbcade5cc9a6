/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 by libcrypto's EVP: the hash of files, of keys of runs and of points. */
#include "solver/text/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"

/* --- the method, looked up once: a look-up takes longer than the hash of a line --- */

static EVP_MD *sha256;

/* No openssl.cnf: nothing of a user's is needed, and reading it takes a third of this. */
static void fetch(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static const EVP_MD *method(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fetch);
    return sha256;
}

/* --- a hash: its context is gone after a failure, and the end tells --- */

void pn_sha256_free(struct pn_sha256 *hash)
{
    EVP_MD_CTX_free(hash->context);
    hash->context = NULL;
}

static void keep_if(struct pn_sha256 *hash, int good)
{
    if (!good)
        pn_sha256_free(hash);
}

void pn_sha256_init(struct pn_sha256 *hash)
{
    hash->context = method() ? EVP_MD_CTX_new() : NULL;
    keep_if(hash, hash->context && EVP_DigestInit_ex2(hash->context, method(), NULL));
}

void pn_sha256_add(struct pn_sha256 *hash, const void *data, size_t n)
{
    if (hash->context && n > 0)
        keep_if(hash, EVP_DigestUpdate(hash->context, data, n));
}

void pn_sha256_copy(struct pn_sha256 *to, const struct pn_sha256 *from)
{
    if (!to->context)
        to->context = EVP_MD_CTX_new();
    keep_if(to, to->context && from->context &&
                    EVP_MD_CTX_copy_ex(to->context, from->context));
}

int pn_sha256_digest(struct pn_sha256 *hash, unsigned char digest[32])
{
    if (hash->context && EVP_DigestFinal_ex(hash->context, digest, NULL))
        return PN_OK;
    memset(digest, 0, 32);
    return PN_FAIL(PN_ERR_LIBRARY, "libcrypto made no SHA-256");
}

int pn_sha256_hex(struct pn_sha256 *hash, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];
    int status = pn_sha256_digest(hash, digest);

    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[status == PN_OK ? 64 : 0] = '\0';
    return status;
}

int pn_sha256_text(const void *data, size_t n, char hex[65])
{
    struct pn_sha256 hash;
    int status;

    pn_sha256_init(&hash);
    pn_sha256_add(&hash, data, n);
    status = pn_sha256_hex(&hash, hex);
    pn_sha256_free(&hash);
    return status;
}

int pn_sha256_file(const char *path, char hex[65])
{
    unsigned char buffer[1 << 16];
    struct pn_sha256 hash;
    FILE *file;
    size_t n;
    int status;

    hex[0] = '\0';
    do
        file = fopen(path, "rb");
    while (!file && errno == EINTR);
    if (!file)
        return PN_FAIL(PN_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    pn_sha256_init(&hash);
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        pn_sha256_add(&hash, buffer, n);
    status = ferror(file) ? PN_FAIL(PN_ERR_IO, "cannot read '%s'", path)
                          : pn_sha256_hex(&hash, hex);
    fclose(file);
    pn_sha256_free(&hash);
    return status;
}
