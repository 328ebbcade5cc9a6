/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli 1993). */
#ifndef PN_HDF_CRC_H
#define PN_HDF_CRC_H

#include <stddef.h>
#include <stdint.h>

/** The checksum of what crc stands for (0: nothing) and n bytes behind it. */
uint32_t pn_crc(uint32_t crc, const void *data, size_t n);

#endif
