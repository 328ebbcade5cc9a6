/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C.  The processor's instruction takes 8 bytes a cycle but answers after three:
 * three pieces are summed side by side and joined, which makes it 2.5 times faster again
 * (and about fifteen times faster than the CRC-32 of zlib, which was a twentieth of a
 * run). The joining is that of zlib's crc32_combine: the sum of a piece, moved behind n
 * zero bytes, is the sum times x^(8 n) modulo the polynomial. */
#include "solver/hdf/crc.h"

#include <immintrin.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78U /* reflected: the bit of x^0 is the highest */
#define PIECE      2048        /* bytes of one of the three */
#define ONE_PIECE  0x0d65762aU /* x^(8 PIECE) */
#define TWO_PIECES 0x35d73a62U /* x^(16 PIECE) */

/* a times b modulo the polynomial; no branch, so that two of them run side by side */
static uint32_t times(uint32_t a, uint32_t b)
{
    uint32_t product = 0;

    for (int bit = 31; bit >= 0; bit--) {
        product ^= b & -(a >> bit & 1);
        b = b >> 1 ^ (POLYNOMIAL & -(b & 1));
    }
    return product;
}

static uint64_t word_at(const unsigned char *byte)
{
    uint64_t word;

    memcpy(&word, byte, sizeof word);
    return word;
}

uint32_t pn_crc(uint32_t crc, const void *data, size_t n)
{
    const unsigned char *byte = data;
    uint64_t sum = ~crc;

    for (; n >= 3 * (size_t)PIECE; n -= 3 * (size_t)PIECE, byte += 3 * (size_t)PIECE) {
        uint64_t second = 0, third = 0;
        for (size_t k = 0; k < PIECE; k += sizeof(uint64_t)) {
            sum = _mm_crc32_u64(sum, word_at(byte + k));
            second = _mm_crc32_u64(second, word_at(byte + PIECE + k));
            third = _mm_crc32_u64(third, word_at(byte + 2 * PIECE + k));
        }
        sum =
            times(TWO_PIECES, (uint32_t)sum) ^ times(ONE_PIECE, (uint32_t)second) ^ third;
    }
    for (; n >= sizeof(uint64_t); n -= sizeof(uint64_t), byte += sizeof(uint64_t))
        sum = _mm_crc32_u64(sum, word_at(byte));
    for (; n > 0; n--)
        sum = _mm_crc32_u8((uint32_t)sum, *byte++);
    return ~(uint32_t)sum;
}
