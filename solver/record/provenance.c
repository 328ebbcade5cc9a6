/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a result comes from: inside the file only what is the same for any time, host and
 * number of ranks; the rest stands in run.json beside it. */
#include "solver/record/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "solver/base/status.h"

/* "SHA-256  PATH", a line for each: the form that `sha256sum --check` reads */
static int inputs_text(const struct pn_study *study, char **text)
{
    size_t n;
    FILE *stream = open_memstream(text, &n);

    if (!stream)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the list of inputs");
    for (size_t i = 0; i < study->n_inputs; i++)
        fprintf(stream, "%s  %s\n", study->input[i].sha256, study->input[i].path);
    if (fclose(stream) != 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the list of inputs");
    return PN_OK;
}

/* IDs of the event table that are no numbers, a line for each patient; none: nothing. */
static int write_ids(const struct pn_hdf *hdf, hid_t group, const struct pn_study *study)
{
    const struct pn_events *events = study->events;
    char *text = NULL;
    size_t n;
    FILE *stream;
    int status = PN_OK;

    if (!events || !events->label)
        return PN_OK;
    stream = open_memstream(&text, &n);
    for (size_t i = 0; stream && i < events->n_patients; i++)
        fprintf(stream, "%s\n", events->label[i]);
    if (!stream || fclose(stream) != 0)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the patients' IDs");
    else
        status = pn_hdf_text_dataset(hdf, group, "patient_IDs", text);
    free(text);
    return status;
}

/* The residual error of each drug's concentration, so that the file alone gives the
 * observed values (drawn by PN_DRAW_RESIDUAL): `drugs` has a name a line, `error_…` the
 * numbers in their order. */
static int write_errors(const struct pn_hdf *hdf, hid_t group,
                        const struct pn_study *study)
{
    size_t n = study->n_drugs, size = 0;
    char *names = NULL;
    double *number = malloc((3 * n + 1) * sizeof *number);
    FILE *stream = open_memstream(&names, &size);
    int status = PN_OK;

    for (size_t i = 0; i < n && number && stream; i++) {
        const struct pn_residual_error *error = &study->drug[i].error;

        fprintf(stream, "%s%s", i > 0 ? "\n" : "", study->drug[i].name);
        number[i] = error->proportional;
        number[n + i] = error->additive;
        number[2 * n + i] = error->lognormal;
    }
    if ((stream && fclose(stream) != 0) || !number || !names) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of drugs");
        goto out;
    }
    if (n == 0)
        goto out;
    PN_TRY(pn_hdf_text(hdf, group, "drugs", names));
    PN_TRY(
        pn_hdf_numbers(hdf, group, "error_proportional", H5T_NATIVE_DOUBLE, n, number));
    PN_TRY(
        pn_hdf_numbers(hdf, group, "error_additive", H5T_NATIVE_DOUBLE, n, number + n));
    PN_TRY(pn_hdf_numbers(hdf, group, "error_lognormal", H5T_NATIVE_DOUBLE, n,
                          number + 2 * n));
out:
    free(names);
    free(number);
    return status;
}

int pn_provenance_write(const struct pn_hdf *hdf, const struct pn_study *study,
                        const struct pn_provenance *provenance)
{
    hid_t group = -1;
    char *inputs = NULL, seed[32];
    int status;

    /* decimal text: many readers turn a 64-bit number into a double */
    snprintf(seed, sizeof seed, "%" PRIu64, study->seed);
    PN_TRY(inputs_text(study, &inputs));
    PN_TRY(pn_hdf_group(hdf, "provenance", &group));
    PN_TRY(pn_hdf_text(hdf, group, "version", provenance->version));
    PN_TRY(pn_hdf_text(hdf, group, "git_revision", provenance->revision));
    PN_TRY(pn_hdf_text(hdf, group, "compiler", provenance->compiler));
    PN_TRY(pn_hdf_text(hdf, group, "flags", provenance->flags));
    PN_TRY(pn_hdf_text(hdf, group, "libraries", provenance->libraries));
    PN_TRY(pn_hdf_text(hdf, group, "seed", seed));
    PN_TRY(write_errors(hdf, group, study));
    PN_TRY(pn_hdf_text_dataset(hdf, group, "resolved",
                               provenance->resolved ? provenance->resolved : ""));
    PN_TRY(pn_hdf_text_dataset(hdf, group, "inputs", inputs));
    if (provenance->warnings && *provenance->warnings)
        PN_TRY(pn_hdf_text_dataset(hdf, group, "warnings", provenance->warnings));
    PN_TRY(write_ids(hdf, group, study));
    if (provenance->points)
        PN_TRY(pn_hdf_text_dataset(hdf, group, "points", provenance->points));
out:
    if (group >= 0)
        H5Gclose(group);
    free(inputs);
    return status;
}
