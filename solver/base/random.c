/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws by Philox4x64-10 of Random123, and the hash of a name. */
#include "solver/base/random.h"

#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>

double pn_uniform(uint64_t seed, int64_t patient, enum pn_purpose purpose, uint64_t index,
                  uint64_t n)
{
    philox4x64_ctr_t counter = {
        {(uint64_t)patient, (uint64_t)purpose, index, n}
    };
    philox4x64_key_t key = {
        {seed, UINT64_C(0x504e45554d41)}
    }; /* "PNEUMA" */
    philox4x64_ctr_t word = philox4x64(counter, key);

    return ((double)(word.v[0] >> 11) + 0.5) * 0x1p-53;
}

double pn_normal(uint64_t seed, int64_t patient, enum pn_purpose purpose, uint64_t index,
                 uint64_t n)
{
    return gsl_cdf_ugaussian_Pinv(pn_uniform(seed, patient, purpose, index, n));
}

uint64_t pn_name_hash(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}
