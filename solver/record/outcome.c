/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each life went: columns of status, method and counts. */
#include <stdio.h>

#include "solver/base/status.h"
#include "solver/hdf/describe.h"
#include "solver/record/layout.h"

static const struct {
    const char *name, *long_name;
} outcomes[PN_OUTCOMES] = {
    [PN_OUTCOME_STATUS] = {"status",     "how the simulation of this patient ended" },
    [PN_OUTCOME_METHOD] = {"method",     "integration method that ended it"         },
    [PN_OUTCOME_N_TRIES] = {"n_tries",    "methods tried"                            },
    [PN_OUTCOME_N_STEPS] = {"n_steps",    "steps of all tries"                       },
    [PN_OUTCOME_N_REJECTED] = {"n_rejected", "rejected steps of all tries"              },
    [PN_OUTCOME_N_RATES] = {"n_rates",    "evaluations of the rates in all tries"    },
    [PN_OUTCOME_N_FACTORS] = {"n_factors",  "factorisations in all tries"              },
    [PN_OUTCOME_N_DOSES] = {"n_doses",    "doses taken"                              },
    [PN_OUTCOME_N_REDRAWN] = {"n_redrawn",
                           "how often the patient was drawn again, because no airway "
                              "had the baseline lung function"                      },
    [PN_OUTCOME_T_END] = {"t_end",      "time reached: the end, or where it failed"},
};

static hid_t outcome_type(enum pn_outcome outcome)
{
    if (outcome == PN_OUTCOME_T_END)
        return H5T_NATIVE_DOUBLE;
    if (outcome == PN_OUTCOME_STATUS || outcome == PN_OUTCOME_METHOD)
        return H5T_NATIVE_INT8;
    return H5T_NATIVE_INT64;
}

static int64_t outcome_number(enum pn_outcome outcome, const struct pn_life *life)
{
    switch (outcome) {
    case PN_OUTCOME_STATUS:
        return life->status;
    case PN_OUTCOME_METHOD:
        return life->method;
    case PN_OUTCOME_N_TRIES:
        return life->n_tries;
    case PN_OUTCOME_N_STEPS:
        return (int64_t)life->n_steps;
    case PN_OUTCOME_N_REJECTED:
        return (int64_t)life->n_rejected;
    case PN_OUTCOME_N_RATES:
        return (int64_t)life->n_rates;
    case PN_OUTCOME_N_FACTORS:
        return (int64_t)life->n_factors;
    case PN_OUTCOME_N_DOSES:
        return life->n_doses;
    case PN_OUTCOME_N_REDRAWN:
        return life->n_redrawn;
    default:
        return 0;
    }
}

void pn_outcome_pack(enum pn_outcome outcome, const struct pn_life *life, size_t n,
                     void *buffer)
{
    hid_t type = outcome_type(outcome);

    for (size_t i = 0; i < n; i++) {
        if (type == H5T_NATIVE_DOUBLE)
            ((double *)buffer)[i] = life[i].t_end;
        else if (type == H5T_NATIVE_INT8)
            ((signed char *)buffer)[i] = (signed char)outcome_number(outcome, &life[i]);
        else
            ((int64_t *)buffer)[i] = outcome_number(outcome, &life[i]);
    }
}

static void status_flags(struct pn_flags *flags)
{
#define ENTRY(code, value, name, sentence)                                               \
    if ((value) >= 0)                                                                    \
        pn_flags_add(flags, (value), (name));
    PN_STATUS_LIST(ENTRY)
#undef ENTRY
}

/* what a user reads behind the number: one sentence for each flag */
static int status_comment(const struct pn_hdf *hdf, const struct pn_column *column)
{
    char text[2048] = "";
    size_t used = 0;

#define ENTRY(code, value, name, sentence)                                               \
    if ((value) >= 0 && used < sizeof text)                                              \
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s: %s",            \
                                 used > 0 ? "; " : "", (name), (sentence));
    PN_STATUS_LIST(ENTRY)
#undef ENTRY
    return pn_hdf_text(hdf, column->dataset, "comment", text);
}

static void method_flags(struct pn_flags *flags)
{
    pn_flags_add(flags, -1, "none");
    for (int i = 0; pn_ladder_names[i]; i++)
        pn_flags_add(flags, i, pn_ladder_names[i]);
}

int pn_outcome_create(const struct pn_hdf *hdf, enum pn_outcome outcome,
                      struct pn_dimension *const *life, int n_life,
                      struct pn_column *column)
{
    hid_t type = outcome_type(outcome);
    struct pn_flags flags = {.n = 0};
    int status;

    PN_TRY(pn_column_create(hdf, outcomes[outcome].name, type, life, n_life, n_life,
                            column));
    PN_TRY(pn_describe(hdf, column, type == H5T_NATIVE_DOUBLE ? "h" : "1",
                       outcomes[outcome].long_name, NULL));
    if (outcome == PN_OUTCOME_T_END)
        PN_TRY(pn_describe_fill(hdf, column));
    if (outcome == PN_OUTCOME_STATUS)
        status_flags(&flags);
    if (outcome == PN_OUTCOME_METHOD)
        method_flags(&flags);
    if (outcome == PN_OUTCOME_STATUS)
        PN_TRY(status_comment(hdf, column));
    PN_TRY(pn_flags_write(hdf, column, &flags));
out:
    return status;
}
