/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for lanes. */
#include <stdlib.h>
#include <string.h>

#include "solver/integrate/integrate_internal.h"

pn_lane *pn_lane_array(size_t n)
{
    size_t size = (n ? n : 1) * sizeof(pn_lane);
    pn_lane *memory = aligned_alloc(sizeof(pn_lane), size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}
