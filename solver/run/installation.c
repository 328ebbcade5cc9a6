/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's files and their hashes; what the scheduler says of the job. */
#include "solver/run/installation.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/text/digest.h"

/* what tells one job of a cluster from another */
static const char *const variables[] = {
    "SLURM_JOB_ID",        "SLURM_ARRAY_JOB_ID",  "SLURM_ARRAY_TASK_ID",
    "SLURM_RESTART_COUNT", "SLURM_JOB_NODELIST",  "SLURM_NNODES",
    "SLURM_NTASKS",        "SLURM_JOB_PARTITION", "SLURM_CLUSTER_NAME",
    "PBS_JOBID",           "PBS_ARRAY_INDEX",     "PBS_ARRAYID",
    "PBS_QUEUE",           "PBS_O_HOST",
};

char *pn_library_of(const void *address)
{
    Dl_info about;

    return dladdr(address, &about) != 0 && about.dli_fname
               ? realpath(about.dli_fname, NULL)
               : NULL;
}

static void hash(const char *path, char hex[65])
{
    if (!path || pn_sha256_file(path, hex) != PN_OK)
        hex[0] = '\0';
}

void pn_installation_find(struct pn_installation *installation)
{
    installation->program = realpath("/proc/self/exe", NULL);
    installation->library = pn_library_of((const void *)(size_t)pn_installation_find);
    hash(installation->program, installation->program_sha256);
    hash(installation->library, installation->library_sha256);
}

void pn_installation_free(struct pn_installation *installation)
{
    free(installation->program);
    free(installation->library);
    *installation = (struct pn_installation){.program = NULL};
}

static void put_file(struct pn_json *json, const char *key, const char *path,
                     const char *hex)
{
    pn_json_open_object(json, key);
    pn_json_put_text(json, "path", path ? path : "");
    pn_json_put_text(json, "sha256", hex);
    pn_json_close(json);
}

void pn_installation_put(const struct pn_installation *installation, struct pn_json *json)
{
    put_file(json, "program", installation->program, installation->program_sha256);
    put_file(json, "library", installation->library, installation->library_sha256);
    pn_json_open_object(json, "scheduler");
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]))
            pn_json_put_print(json, variables[i], "%.400s", getenv(variables[i]));
    pn_json_close(json);
}
