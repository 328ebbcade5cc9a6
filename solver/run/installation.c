/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/run/installation.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/text/digest.h"
#include "solver/text/json.h"

/* what tells one job of a cluster from another */
static const char *const variables[] = {
    "SLURM_JOB_ID",        "SLURM_ARRAY_JOB_ID",  "SLURM_ARRAY_TASK_ID",
    "SLURM_RESTART_COUNT", "SLURM_JOB_NODELIST",  "SLURM_NNODES",
    "SLURM_NTASKS",        "SLURM_JOB_PARTITION", "SLURM_CLUSTER_NAME",
    "PBS_JOBID",           "PBS_ARRAY_INDEX",     "PBS_ARRAYID",
    "PBS_QUEUE",           "PBS_O_HOST",
};

void pn_library_of(const void *address, char *path, size_t size)
{
    Dl_info about;
    char *whole = NULL;

    path[0] = '\0';
    if (dladdr(address, &about) != 0 && about.dli_fname)
        whole = realpath(about.dli_fname, NULL);
    if (whole && strlen(whole) < size)
        strcpy(path, whole);
    free(whole);
}

static void hash(const char *path, char hex[65])
{
    if (!*path || pn_sha256_file(path, hex) != PN_OK)
        hex[0] = '\0';
}

static void read_scheduler(char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof variables / sizeof *variables && used < size; i++)
        if (getenv(variables[i]))
            used += (size_t)snprintf(text + used, size - used, "%s%s=%.400s",
                                     used > 0 ? "\n" : "", variables[i],
                                     getenv(variables[i]));
}

void pn_installation_find(struct pn_installation *installation)
{
    ssize_t n = readlink("/proc/self/exe", installation->program,
                         sizeof installation->program - 1);

    installation->program[n > 0 ? n : 0] = '\0';
    hash(installation->program, installation->program_sha256);
    pn_library_of((const void *)(size_t)pn_installation_find, installation->library,
                  sizeof installation->library);
    hash(installation->library, installation->library_sha256);
    read_scheduler(installation->scheduler, sizeof installation->scheduler);
}

static void put_file(FILE *stream, const char *space, const char *name, const char *path,
                     const char *hex)
{
    fprintf(stream, "%s\"%s\": {\"path\": ", space, name);
    pn_json_text(stream, path, strlen(path));
    fprintf(stream, ", \"sha256\": \"%s\"},", hex);
}

void pn_installation_json(const struct pn_installation *installation, const char *space,
                          FILE *stream)
{
    const char *separator = "";

    put_file(stream, space, "program", installation->program,
             installation->program_sha256);
    put_file(stream, space, "library", installation->library,
             installation->library_sha256);
    fprintf(stream, "%s\"scheduler\": {", space);
    for (const char *line = installation->scheduler; *line;) {
        size_t n = strcspn(line, "\n"), n_name = strcspn(line, "=");

        fputs(separator, stream);
        pn_json_text(stream, line, n_name);
        fputs(": ", stream);
        pn_json_text(stream, line + n_name + 1, n - n_name - 1);
        separator = ", ";
        line += n + (line[n] == '\n');
    }
    fputs("},", stream);
}
