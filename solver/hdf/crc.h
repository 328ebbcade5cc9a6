/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli 1993). */
#ifndef PN_HDF_CRC_H
#define PN_HDF_CRC_H

#include <stddef.h>
#include <stdint.h>

/** The checksum of what crc stands for and of n bytes behind it.
 *  @param[in] crc  of what was summed before; 0: nothing
 *  @return the checksum of both, which no order of pieces but theirs gives. */
uint32_t pn_crc(uint32_t crc, const void *data, size_t n);

#endif
