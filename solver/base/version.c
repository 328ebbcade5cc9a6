/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Version, revision, compiler and flags, as the build has given them. */
#include "solver/base/version.h"

#include <revision.h>

const char *pn_version(void)
{
    return PN_VERSION;
}

const char *pn_revision(void)
{
    return PN_REVISION;
}

const char *pn_flags(void)
{
    return PN_FLAGS;
}

const char *pn_compiler(void)
{
#ifdef __clang__
    return __VERSION__;
#else
    return "gcc " __VERSION__;
#endif
}
