/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzers share; built and run by scripts/fuzz. */
#ifndef PN_TESTS_FUZZ_H
#define PN_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* UDUNITS-2 forgets a word of a unit that it cannot parse */
const char *__lsan_default_suppressions(void)
{
    return "leak:utlex\n";
}

static inline void require(int fact)
{
    if (!fact)
        abort();
}

/* A folder of this process; scripts/fuzz removes it. */
static inline const char *fuzz_folder(void)
{
    static char folder[256];
    const char *parent = getenv("TMPDIR");

    if (!folder[0]) {
        snprintf(folder, sizeof folder, "%s/pn_fuzz_XXXXXX", parent ? parent : "/tmp");
        require(mkdtemp(folder) != NULL);
    }
    return folder;
}

/* FOLDER/NAME, in static memory of the caller's. */
static inline void fuzz_path(const char *name, char path[320])
{
    snprintf(path, 320, "%s/%s", fuzz_folder(), name);
}

static inline void write_file(const char *path, const void *data, size_t size)
{
    FILE *file;

    remove(path); /* ext4 waits for the disk when an old file is written over */
    file = fopen(path, "wb");
    require(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

#endif
