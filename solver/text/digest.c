/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/text/digest.h"

#include <cpuid.h>
#include <errno.h>
#include <immintrin.h>
#include <stdio.h>
#include <string.h>

#include "solver/base/status.h"

/* FIPS 180-4, 4.2.2: cube roots of the first 64 primes */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void schedule(const unsigned char *block, uint32_t w[64])
{
    for (size_t t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (size_t t = 16; t < 64; t++) {
        uint32_t a = w[t - 15], b = w[t - 2];
        w[t] = w[t - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[t - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

/* The standard's a b c d e f g h move one place in each round: here their names move. */
static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];

    schedule(block, w);
    memcpy(s, state, sizeof s);
    for (size_t t = 0; t < 64; t += 8)
        for (size_t k = 0; k < 8; k++) {
            uint32_t a = s[(8 - k) % 8], b = s[(9 - k) % 8], c = s[(10 - k) % 8];
            uint32_t e = s[(12 - k) % 8], f = s[(13 - k) % 8], g = s[(14 - k) % 8];
            uint32_t T1 = s[(15 - k) % 8] +
                          (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                          ((e & f) ^ (~e & g)) + K[t + k] + w[t + k];
            uint32_t T2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                          ((a & b) ^ (a & c) ^ (b & c));
            s[(11 - k) % 8] += T1;
            s[(15 - k) % 8] = T1 + T2;
        }
    for (size_t i = 0; i < 8; i++)
        state[i] += s[i];
}

/* --- the same by the processor's own instructions, eight times faster --- */

static int has_instructions(void)
{
    unsigned a, b, c, d;

    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Two rounds an instruction; the state goes in as (a b e f), (c d g h). */
__attribute__((target("sha"))) static void
compress_fast(uint32_t state[8], const unsigned char *block, size_t n)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const void *)state), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(abcd, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);

    for (; n > 0; n--, block += 64) {
        __m128i abef_0 = abef, cdgh_0 = cdgh, w[4];

        for (size_t t = 0; t < 16; t++) {
            __m128i *next = &w[t % 4], last = w[(t + 3) % 4], sum;

            if (t < 4)
                *next = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(block + 16 * t)),
                                         swap);
            else
                *next = _mm_sha256msg2_epu32(
                    _mm_add_epi32(_mm_sha256msg1_epu32(*next, w[(t + 1) % 4]),
                                  _mm_alignr_epi8(last, w[(t + 2) % 4], 4)),
                    last);
            sum = _mm_add_epi32(*next, _mm_loadu_si128((const void *)(K + 4 * t)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_0);
        cdgh = _mm_add_epi32(cdgh, cdgh_0);
    }
    abcd = _mm_shuffle_epi32(abef, 0x1b);
    efgh = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((void *)state, _mm_blend_epi16(abcd, efgh, 0xf0));
    _mm_storeu_si128((void *)(state + 4), _mm_alignr_epi8(efgh, abcd, 8));
}

static void compress_all(struct pn_sha256 *hash, const unsigned char *block, size_t n)
{
    if (hash->is_fast)
        compress_fast(hash->state, block, n);
    else
        for (; n > 0; n--, block += 64)
            compress(hash->state, block);
}

void pn_sha256_init(struct pn_sha256 *hash)
{
    *hash = (struct pn_sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                  0x1f83d9ab, 0x5be0cd19},
        .is_fast = has_instructions(),
    };
}

void pn_sha256_add(struct pn_sha256 *hash, const void *data, size_t n)
{
    const unsigned char *byte = data;
    size_t used = hash->n_bytes % 64, take = 64 - used < n ? 64 - used : n;

    if (n == 0)
        return; /* data may be NULL */
    hash->n_bytes += n;
    if (used > 0) { /* fill the block that was begun */
        memcpy(hash->block + used, byte, take);
        byte += take;
        n -= take;
        if (used + take < 64)
            return;
        compress_all(hash, hash->block, 1);
    }
    compress_all(hash, byte, n / 64);
    memcpy(hash->block, byte + n / 64 * 64, n % 64);
}

void pn_sha256_digest(struct pn_sha256 *hash, unsigned char digest[32])
{
    uint64_t n_bits = hash->n_bytes * 8;
    size_t used = hash->n_bytes % 64;
    unsigned char length[8];

    pn_sha256_add(hash, "\x80", 1);
    used = (used + 1) % 64;
    pn_sha256_add(hash, (unsigned char[64]){0}, used <= 56 ? 56 - used : 120 - used);
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(n_bits >> (56 - 8 * i));
    pn_sha256_add(hash, length, sizeof length);
    for (size_t i = 0; i < 32; i++)
        digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void pn_sha256_hex(struct pn_sha256 *hash, char hex[65])
{
    unsigned char digest[32];

    pn_sha256_digest(hash, digest);
    for (size_t i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)digest[i]);
}

void pn_sha256_text(const void *data, size_t n, char hex[65])
{
    struct pn_sha256 hash;

    pn_sha256_init(&hash);
    pn_sha256_add(&hash, data, n);
    pn_sha256_hex(&hash, hex);
}

int pn_sha256_file(const char *path, char hex[65])
{
    unsigned char buffer[1 << 16];
    struct pn_sha256 hash;
    FILE *file = fopen(path, "rb");
    size_t n;
    int failed;

    if (!file)
        return PN_FAIL(PN_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    pn_sha256_init(&hash);
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        pn_sha256_add(&hash, buffer, n);
    failed = ferror(file);
    fclose(file);
    if (failed)
        return PN_FAIL(PN_ERR_IO, "cannot read '%s'", path);
    pn_sha256_hex(&hash, hex);
    return PN_OK;
}
