/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which outputs of a result have statistics, in which order they are told. */
#include "solver/inspect/statistics_result.h"

#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/inspect/statistics_walk.h"
#include "solver/result/slab.h"
#include "solver/text/names.h"

/* --- what is known of the whole result --- */

static int read_study(struct pn_statistics_walk *walk)
{
    struct pn_complaints list = {.n = 0};
    char *text = NULL;
    int status = pn_result_whole_text(walk->result, "provenance/resolved", &text);

    if (status == PN_OK)
        walk->study = pn_yaml_parse(text, strlen(text), "resolved", &walk->arena, &list);
    free(text);
    return status == PN_ERR_INPUT ? PN_OK : status; /* one without a study will do */
}

static int read_numbers(const struct pn_statistics_walk *walk, const char *name, size_t n,
                        double **number)
{
    const struct pn_field *field = pn_fields_find(&walk->fields, name);

    if (field && field->n == n && field->kind != PN_FIELD_TEXT)
        return pn_field_whole(walk->result, field, number);
    *number = calloc(n + 1, sizeof **number);
    if (!*number)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for %s", name);
    return n == 0 ? PN_OK
                  : PN_FAIL(PN_ERR_INPUT, "%s has no '%s' of %zu numbers",
                            walk->options->result, name, n);
}

/* "NAME=NUMBER" */
static int choose_patients(struct pn_statistics_walk *walk)
{
    const char *where = walk->options->where, *equals = where ? strchr(where, '=') : NULL;
    size_t n = walk->result->n_patients;
    double *value = NULL, wanted = 0.0;
    char *name = NULL, *end = NULL;
    int status = PN_OK;

    walk->chosen = malloc(n + 1);
    if (!walk->chosen)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the patients");
    memset(walk->chosen, 1, n);
    if (!where)
        return PN_OK;
    if (equals)
        wanted = strtod(equals + 1, &end);
    if (!equals || end == equals + 1 || *end)
        return PN_FAIL(PN_ERR_USAGE, "--where %s: expected NAME=NUMBER", where);
    name = strndup(where, (size_t)(equals - where));
    if (!name)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    if (!pn_fields_find(&walk->fields, name))
        status = pn_fields_unknown(walk->options->result, &walk->fields, name);
    if (status == PN_OK)
        status = read_numbers(walk, name, n, &value);
    for (size_t i = 0; i < n && status == PN_OK; i++)
        walk->chosen[i] = value[i] == wanted;
    free(value);
    free(name);
    return status;
}

static int open_walk(struct pn_statistics_walk *walk)
{
    const struct pn_statistics_options *options = walk->options;
    struct pn_result *result;
    int status;

    PN_TRY(pn_result_open(options->result, &walk->result));
    result = walk->result;
    PN_TRY(pn_fields_list(result, &walk->fields));
    PN_TRY(read_study(walk));
    PN_TRY(read_numbers(walk, "status", pn_result_n_cells(result) * result->n_patients,
                        &walk->status));
    PN_TRY(read_numbers(walk, "time", result->n_times, &walk->time));
    PN_TRY(read_numbers(walk, "visit", result->n_visits, &walk->visit));
    PN_TRY(choose_patients(walk));
    walk->against = options->against ? pn_statistics_find_arm(result, options->against)
                                     : result->n_arms;
    if (options->against && walk->against == result->n_arms)
        status = PN_FAIL(PN_ERR_USAGE, "%s has no arm '%s'", options->result,
                         options->against);
out:
    return status;
}

static void close_walk(struct pn_statistics_walk *walk)
{
    free(walk->status);
    free(walk->time);
    free(walk->visit);
    free(walk->chosen);
    pn_arena_free(&walk->arena);
    pn_fields_free(&walk->fields);
    pn_result_close(&walk->result);
}

/* --- the outputs --- */

/* NAME of NAME.mean, whose lives are not in the file */
static int is_summary(const struct pn_statistics_walk *walk, const struct pn_field *field)
{
    const char *end = strrchr(field->name, '.');
    struct pn_statistics_form form;
    const struct pn_field *lives;
    char name[sizeof field->name];

    if (!end || strcmp(end, ".mean") != 0 || walk->options->where)
        return 0;
    snprintf(name, sizeof name, "%.*s", (int)(end - field->name), field->name);
    lives = pn_fields_find(&walk->fields, name);
    return !lives || !pn_statistics_form(walk, lives, &form);
}

static int is_wanted(const struct pn_field *field, size_t n_name, char *const *only,
                     size_t n_only)
{
    for (size_t i = 0; i < n_only; i++)
        if (strncmp(only[i], field->name, n_name) == 0 && only[i][n_name] == '\0')
            return 1;
    return n_only == 0;
}

static int visit_field(const struct pn_statistics_walk *walk,
                       const struct pn_field *field, char *const *only, size_t n_only)
{
    struct pn_statistics_form form;
    size_t n_name = strlen(field->name);

    if (pn_statistics_form(walk, field, &form))
        return is_wanted(field, n_name, only, n_only) &&
                       (form.place < 0 || walk->options->curves)
                   ? pn_statistics_of_lives(walk, field, &form)
                   : PN_OK;
    if (is_summary(walk, field) &&
        is_wanted(field, n_name - strlen(".mean"), only, n_only))
        return pn_statistics_of_summary(walk, field);
    return PN_OK;
}

/* a name of --only must have statistics */
static int check_only(const struct pn_statistics_walk *walk, char *const *only,
                      size_t n_only)
{
    for (size_t i = 0; i < n_only; i++) {
        char mean[sizeof walk->fields.field->name + 8];

        snprintf(mean, sizeof mean, "%.160s.mean", only[i]);
        if (!pn_fields_find(&walk->fields, only[i]) &&
            !pn_fields_find(&walk->fields, mean))
            return pn_fields_unknown(walk->options->result, &walk->fields, only[i]);
    }
    return PN_OK;
}

int pn_statistics_walk(const struct pn_statistics_options *options,
                       pn_statistics_call *call, void *user)
{
    struct pn_statistics_walk walk = {.options = options, .call = call, .user = user};
    char **only = NULL;
    size_t n_only = 0;
    int status;

    PN_TRY(pn_names_split("--only", options->only, &only, &n_only));
    PN_TRY(open_walk(&walk));
    PN_TRY(check_only(&walk, only, n_only));
    for (size_t i = 0; i < walk.fields.n; i++)
        PN_TRY(visit_field(&walk, &walk.fields.field[i], only, n_only));
out:
    close_walk(&walk);
    pn_names_free(&only, n_only);
    return status;
}
