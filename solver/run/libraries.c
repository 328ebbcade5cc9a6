/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The versions of the libraries, asked of the libraries themselves. */
#include "solver/run/libraries.h"

#include <expat.h>
#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sleef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_version.h>
#include <udunits2.h>
#include <yaml.h>
#include <zlib.h>

#include "solver/cluster/cluster.h"
#include "solver/run/installation.h"

void pn_libraries(char *text, size_t size)
{
    char sundials[32] = "unknown", mpi[64];
    /* it tells no version: the name of its file does */
    char *udunits = pn_library_of((const void *)(size_t)ut_parse);
    const char *slash = udunits ? strrchr(udunits, '/') : NULL;
    unsigned major = 0, minor = 0, release = 0;

    SUNDIALSGetVersion(sundials, sizeof sundials);
    H5get_libversion(&major, &minor, &release);
    pn_cluster_library(mpi, sizeof mpi);
    snprintf(text, size,
             "SUNDIALS %s\nGSL %s\nHDF5 %u.%u.%u\nlibyaml %s\njansson %s\nexpat %s\n"
             "libcrypto %s\nzlib %s\nSLEEF %d.%d.%d\nUDUNITS-2 %s\nMPI %s\n",
             sundials, gsl_version, major, minor, release, yaml_get_version_string(),
             jansson_version_str(), strpbrk(XML_ExpatVersion(), "0123456789"),
             OpenSSL_version(OPENSSL_VERSION_STRING), zlibVersion(), SLEEF_VERSION_MAJOR,
             SLEEF_VERSION_MINOR, SLEEF_VERSION_PATCHLEVEL,
             slash ? slash + 1 : "linked in", mpi);
    free(udunits);
}
