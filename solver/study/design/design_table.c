/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of a design: a list of points, a covariance. */
#include <math.h>
#include <string.h>

#include "solver/base/lane.h"
#include "solver/study/design/factors.h"

/* --- header --- */

static int note_column(struct pn_study_reader *r, struct pn_design_notes *notes, size_t i)
{
    struct pn_wanted *wanted = &notes->wanted[notes->n];
    struct pn_place place = notes->csv.place[i];
    char *header =
        pn_arena_copy(r->text.arena, notes->csv.field[i], strlen(notes->csv.field[i]));
    static char none[] = "";

    if (!header)
        return 0;
    *wanted = (struct pn_wanted){.name = header, .place = place};
    wanted->unit = pn_split_unit(header, none);
    if (!wanted->unit || !header[0]) {
        pn_complain(r->text.list, place, "column '%.64s' must be NAME or NAME [UNIT]",
                    header);
        return 0;
    }
    for (size_t k = 0; k < notes->n; k++)
        if (strcmp(notes->wanted[k].name, header) == 0) {
            pn_complain(r->text.list, place, "the column '%.64s' is there twice", header);
            return 0;
        }
    notes->n++;
    return 1;
}

int pn_open_design_table(struct pn_study_reader *r, const struct pn_yaml *file,
                         struct pn_design_notes *notes)
{
    char *name = pn_read_text(&r->text, file, "file");
    struct pn_source *source =
        name ? pn_read_source(&r->text, file->place, name, PN_CSV_BYTES) : NULL;
    size_t first = notes->method == PN_DESIGN_COVARIANCE;
    int found;

    if (!source)
        return 0;
    notes->csv =
        (struct pn_csv){.file = source->path, .text = source->text, .n = source->n};
    notes->csv.line = 1;
    notes->n_lines = pn_count_lines(source);
    found = pn_csv_next(&notes->csv, r->text.list);
    if (found == 0)
        pn_complain(r->text.list, (struct pn_place){source->path, 0, 0},
                    "the file is empty");
    if (found <= 0)
        return 0;
    if (first && strcmp(notes->csv.field[0], "name") != 0) {
        pn_complain(r->text.list, notes->csv.place[0],
                    "the first column of a covariance must be 'name', found '%.64s'",
                    notes->csv.field[0]);
        return 0;
    }
    notes->wanted =
        pn_arena_take(r->text.arena, notes->csv.n_fields, sizeof *notes->wanted);
    for (size_t i = first; i < notes->csv.n_fields && notes->wanted; i++)
        if (!note_column(r, notes, i))
            return 0;
    if (notes->n == 0)
        pn_complain(r->text.list, notes->csv.place[0], "the design has no factors");
    return notes->n > 0;
}

/* --- units --- */

/* A column in another unit than that of the factor's row; none where it is 1. */
static int find_units(struct pn_study_reader *r, struct pn_design_notes *notes,
                      const struct pn_design *design)
{
    size_t before = r->text.list->n;

    for (size_t i = 0; i < notes->n; i++) {
        struct pn_wanted *wanted = &notes->wanted[i];
        const char *unit = design->factor[i].row.unit;
        wanted->to_row = 1.0;
        if (!wanted->unit[0] && strcmp(unit, "1") != 0)
            pn_complain(r->text.list, wanted->place,
                        "column '%s' has no unit, expected '%s [%s]'", wanted->name,
                        wanted->name, unit);
        else if (wanted->unit[0])
            pn_read_factor(&r->text, wanted->place, wanted->name, wanted->unit, unit,
                           wanted->molar_mass, &wanted->to_row);
    }
    return r->text.list->n == before;
}

/* --- cells --- */

static int has_all_fields(struct pn_study_reader *r, const struct pn_csv *csv, size_t n)
{
    if (csv->n_fields == n)
        return 1;
    pn_complain(r->text.list, (struct pn_place){csv->file, csv->place[0].line, 0},
                "%zu fields, the header has %zu", csv->n_fields, n);
    return 0;
}

static int read_number(struct pn_study_reader *r, const struct pn_csv *csv, size_t i,
                       const char *name, double *value)
{
    const char *rest = "";
    enum pn_number is = pn_number_parse(csv->field[i], &rest, value);

    if (is == PN_NUMBER && !*rest)
        return 1;
    if (csv->field[i][0] == '\0')
        pn_complain(r->text.list, csv->place[i], "%s has no value", name);
    else
        pn_complain(r->text.list, csv->place[i], "%s must be a %snumber, found '%.40s'",
                    name, is == PN_NOT_FINITE ? "finite " : "", csv->field[i]);
    return 0;
}

static int read_cell(struct pn_study_reader *r, const struct pn_design_notes *notes,
                     size_t i, const struct pn_factor *factor, double *value)
{
    const struct pn_csv *csv = &notes->csv;

    if (factor->row.categories) {
        if (pn_category_code(r, &factor->row, csv->field[i], value))
            return 1;
        pn_complain(r->text.list, csv->place[i], "%s must be %s, found '%.40s'",
                    factor->name, pn_category_words(r, &factor->row), csv->field[i]);
        return 0;
    }
    if (!read_number(r, csv, i, factor->name, value))
        return 0;
    *value *= notes->wanted[i].to_row;
    return pn_in_range(&r->text, csv->place[i], factor->name, &factor->row, *value);
}

/* --- a list of points --- */

void pn_read_points(struct pn_study_reader *r, struct pn_design_notes *notes,
                    struct pn_design *design)
{
    struct pn_csv *csv = &notes->csv;
    size_t n = design->n_factors, most = PN_MAX_VALUES / n;
    size_t room = notes->n_lines < most ? notes->n_lines : most;
    int more = -1;

    if (!find_units(r, notes, design))
        return;
    design->value = pn_arena_take(r->text.arena, room * n, sizeof *design->value);
    while (design->value && (more = pn_csv_next(csv, r->text.list)) > 0) {
        double *row = design->value + design->n_points * n;
        if (design->n_points == room) {
            pn_complain(r->text.list, csv->place[0],
                        "more than %d values (points x factors)", PN_MAX_VALUES);
            return;
        }
        if (!has_all_fields(r, csv, n))
            return;
        for (size_t i = 0; i < n; i++)
            if (!read_cell(r, notes, i, &design->factor[i], &row[i]))
                return; /* the next rows may have the same mistake */
        design->n_points++;
    }
    if (design->value && more == 0 && design->n_points == 0)
        pn_complain(r->text.list, (struct pn_place){csv->file, 0, 0},
                    "there are no points");
}

/* --- a covariance --- */

static double log_one(double x)
{
    pn_lane a = pn_all(x), y;

    pn_log(&a, &y);
    return y[0];
}

/* Its middle is what the study says. */
static int find_estimate(struct pn_study_reader *r, const struct pn_factor *factor,
                         int log_scale, double *estimate)
{
    const struct pn_variable *v =
        factor->variable >= 0 ? &r->study->population.variable[factor->variable] : NULL;
    const char *why = NULL;

    *estimate = (double)NAN;
    if (!v)
        why = "a regimen has no estimate";
    else if (factor->kind == PN_FACTOR_OMEGA)
        *estimate = v->cases->spread;
    else if (factor->kind == PN_FACTOR_IOV)
        *estimate = v->iov;
    else if (factor->kind == PN_FACTOR_EFFECT)
        *estimate = v->effect[factor->effect].coefficient;
    else if (!v->column && (v->cases->kind == PN_FIXED || v->cases->kind == PN_NORMAL ||
                            v->cases->kind == PN_LOGNORMAL))
        *estimate = v->cases->location;
    if (!why && isnan(*estimate))
        why = "the study gives no typical value of it";
    else if (!why && log_scale && !(*estimate > 0.0))
        why = "on a log scale its estimate must be above 0";
    if (why)
        pn_complain(r->text.list, factor->place, "%s has no place in a covariance: %s",
                    factor->name, why);
    return !why;
}

static int read_matrix_row(struct pn_study_reader *r, const struct pn_design_notes *notes,
                           const struct pn_design *design, size_t i, double *row)
{
    const struct pn_csv *csv = &notes->csv;
    size_t n = design->n_factors;

    if (!has_all_fields(r, csv, n + 1))
        return 0;
    if (i >= n || strcmp(csv->field[0], notes->wanted[i].name) != 0) {
        pn_complain(r->text.list, csv->place[0],
                    "row '%.64s' of the covariance: expected %s%s%s", csv->field[0],
                    i < n ? "'" : "the end", i < n ? notes->wanted[i].name : "",
                    i < n ? "', in the order of the columns" : "");
        return 0;
    }
    for (size_t j = 0; j < n; j++) {
        if (!read_number(r, csv, j + 1, design->factor[j].name, &row[j]))
            return 0;
        if (!design->log_scale)
            row[j] *= notes->wanted[i].to_row * notes->wanted[j].to_row;
    }
    return 1;
}

/* @return place of the first row, file NULL: complained */
static int read_matrix(struct pn_study_reader *r, struct pn_design_notes *notes,
                       const struct pn_design *design, double *matrix)
{
    struct pn_csv *csv = &notes->csv;
    size_t n = design->n_factors, i = 0;
    double beyond = 0.0;
    int more;

    while ((more = pn_csv_next(csv, r->text.list)) > 0)
        if (!read_matrix_row(r, notes, design, i, i < n ? matrix + i * n : &beyond))
            return 0;
        else
            i++;
    if (more == 0 && i < n)
        pn_complain(r->text.list, (struct pn_place){csv->file, csv->line, 0},
                    "the row '%s' of the covariance is missing", notes->wanted[i].name);
    return more == 0 && i == n;
}

/* Tables are rounded: 1e-8 of the two SD is rounding. */
static int is_symmetric(struct pn_study_reader *r, const struct pn_design *design,
                        const double *matrix)
{
    size_t n = design->n_factors;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double a = matrix[i * n + j], b = matrix[j * n + i];
            double size = sqrt(fabs(matrix[i * n + i] * matrix[j * n + j]));
            if (fabs(a - b) <= 1e-8 * size)
                continue;
            pn_complain(r->text.list, design->factor[i].place,
                        "the covariance is not symmetric: %g of %s with %s, %g of %s "
                        "with %s",
                        a, design->factor[i].name, design->factor[j].name, b,
                        design->factor[j].name, design->factor[i].name);
            return 0;
        }
    return 1;
}

/* The lower factor of a positive semi-definite matrix: a pivot of nothing (1e-9 of the
 * variance, by rounding) has a column of nothing.  @return the first row that cannot be,
 * or n */
static size_t factorise(size_t n, const double *matrix, double *factor)
{
    for (size_t j = 0; j < n; j++) {
        double variance = matrix[j * n + j], pivot = variance;
        for (size_t k = 0; k < j; k++)
            pivot -= factor[j * n + k] * factor[j * n + k];
        if (!(variance >= 0.0) || !(pivot >= -1e-9 * variance))
            return j;
        factor[j * n + j] = pivot > 1e-9 * variance ? sqrt(pivot) : 0.0;
        for (size_t i = j + 1; i < n; i++) {
            double sum = matrix[i * n + j];
            double size = sqrt(fabs(matrix[i * n + i] * variance));
            for (size_t k = 0; k < j; k++)
                sum -= factor[i * n + k] * factor[j * n + k];
            if (factor[j * n + j] > 0.0)
                factor[i * n + j] = sum / factor[j * n + j];
            else if (!(fabs(sum) <= 1e-4 * size)) /* sqrt of the pivot's rounding */
                return i;
        }
    }
    return n;
}

void pn_read_covariance(struct pn_study_reader *r, struct pn_design_notes *notes,
                        struct pn_design *design)
{
    size_t n = design->n_factors, bad;
    double *matrix = pn_arena_take(r->text.arena, n * n, sizeof *matrix);
    int estimates = 1;

    design->estimate = pn_arena_take(r->text.arena, n, sizeof *design->estimate);
    design->covariance = pn_arena_take(r->text.arena, n * n, sizeof *design->covariance);
    if (r->text.arena->failed)
        return;
    for (size_t i = 0; i < n; i++)
        estimates &=
            find_estimate(r, &design->factor[i], design->log_scale, &design->estimate[i]);
    if (!estimates || (!design->log_scale && !find_units(r, notes, design)) ||
        !read_matrix(r, notes, design, matrix) || !is_symmetric(r, design, matrix))
        return;
    for (size_t i = 0; i < n && design->log_scale; i++)
        design->estimate[i] = log_one(design->estimate[i]);
    bad = factorise(n, matrix, design->covariance);
    if (bad < n && matrix[bad * n + bad] < 0.0)
        pn_complain(r->text.list, design->factor[bad].place,
                    "the variance of %s is below 0", design->factor[bad].name);
    else if (bad < n)
        pn_complain(r->text.list, design->factor[bad].place,
                    "the covariance is not positive semi-definite: %s cannot vary so "
                    "with those before it",
                    design->factor[bad].name);
}
