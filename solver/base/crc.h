/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli 1993), by the processor's instruction: about six times faster than
 * the CRC-32 of zlib, which was a twentieth of a run. */
#ifndef PN_BASE_CRC_H
#define PN_BASE_CRC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The checksum of what crc stands for (0: nothing) and n bytes behind it. */
static inline uint32_t pn_crc(uint32_t crc, const void *data, size_t n)
{
    const unsigned char *byte = data;
    uint64_t sum = ~crc, word;

    for (; n >= sizeof word; n -= sizeof word, byte += sizeof word) {
        memcpy(&word, byte, sizeof word);
        sum = _mm_crc32_u64(sum, word);
    }
    for (; n > 0; n--)
        sum = _mm_crc32_u8((uint32_t)sum, *byte++);
    return ~(uint32_t)sum;
}

#endif
