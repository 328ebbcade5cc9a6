/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doses by bands of covariates: a list, or a table in a CSV. */
#include <float.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "solver/study/population/population.h"
#include "solver/study/treatment/dose.h"
#include "solver/text/csv.h"

enum { MAX_COVARIATES = 16 };

/* bands of a regimen that wait for the population's covariates */
struct pn_late_bands {
    struct pn_regimen *regimen;
    const struct pn_yaml *node;
    const char *unit; /* of the state */
    double molar_mass;
    struct pn_late_bands *next;
};

/* what is known while they are read */
struct bands {
    struct pn_study_reader *r;
    const struct pn_late_bands *late;
    struct pn_dose_measure *measure;
    const struct pn_quantity *row[MAX_COVARIATES];
    const char *name[MAX_COVARIATES];
};

/* `bands` and `otherwise` while their map is read */
struct bands_keys {
    const struct pn_yaml *bands, *otherwise;
};

/* clang-format off */
static const struct pn_key band_keys[] = {
    {"dose", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .must = PN_KEY_EVERYWHERE,
     .read = pn_key_ignored, .sentence = "of who is in the band"},
    {"every", PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "interval of the doses in the band: the regimen's or a multiple of it; without it "
     "the regimen's", .read = pn_key_ignored},
    PN_KEYS_END
};
static const struct pn_key bands_keys[] = {
    {"bands", PN_KEY_LIST | PN_KEY_FILE, .must = PN_KEY_EVERYWHERE, .read = pn_key_later,
     .map = &pn_band_map, .at = offsetof(struct bands_keys, bands),
     .sentence = "the first one that the patient is in at the time of a dose holds; or a "
                 "CSV of them with columns COVARIATE_from [UNIT], COVARIATE_to [UNIT], "
                 "dose [UNIT], every [UNIT], where an empty end is open"},
    {"otherwise", PN_KEY_QUANTITY, .low = 0, .high = HUGE_VAL, .read = pn_key_later,
     .at = offsetof(struct bands_keys, otherwise),
     .sentence = "the dose of who is in no band; without it such a patient fails"},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_band_map = {
    "band", "a band",
    "beside its keys COVARIATE: [FROM, TO], both ends included and either of them -inf "
    "or inf; of a covariate with categories COVARIATE: CATEGORY",
    .keys = band_keys};
const struct pn_key_map pn_bands_map = {
    "bands", "a dose by bands",
    "a dose that depends on covariates, as `dose` of a regimen", .keys = bands_keys};

void pn_note_bands(struct pn_study_reader *r, const struct pn_yaml *node,
                   const struct pn_quantity *state, double molar_mass,
                   struct pn_regimen *regimen)
{
    struct pn_late_bands *late = pn_arena_take(r->text.arena, 1, sizeof *late);

    if (!late)
        return;
    *late = (struct pn_late_bands){regimen, node, state->unit, molar_mass, r->late_bands};
    r->late_bands = late;
}

/* --- covariates --- */

/* Its place among those of the bands.  @return -1: complained */
static int covariate_of(struct bands *b, struct pn_place place, const char *name)
{
    struct pn_dose_measure *measure = b->measure;
    size_t n = measure->n_covariates;
    double molar_mass;

    for (size_t i = 0; i < n; i++)
        if (strcmp(b->name[i], name) == 0)
            return (int)i;
    if (strchr(name, '.') || n == MAX_COVARIATES) {
        pn_complain(b->r->text.list, place,
                    "bands are of covariates, of at most %d: '%.64s' is none",
                    MAX_COVARIATES, name);
        return -1;
    }
    if (pn_find_row(b->r, place, name, &b->row[n], &molar_mass) != 1)
        return -1;
    b->name[n] = name;
    measure->covariate[n] = pn_population_find(&b->r->study->population, name);
    if (measure->covariate[n] < 0) {
        pn_complain(b->r->text.list, place,
                    "the dose depends on '%s', which the population does not have", name);
        return -1;
    }
    return (int)measure->n_covariates++;
}

/* An end in the unit of the covariate; "inf" and "-inf" are open. */
static int read_end(const struct bands *b, int i, const struct pn_yaml *node, double *end)
{
    if (node->kind == PN_YAML_TEXT && strcasecmp(node->text, "inf") == 0) {
        *end = HUGE_VAL;
        return 1;
    }
    if (node->kind == PN_YAML_TEXT && strcasecmp(node->text, "-inf") == 0) {
        *end = -HUGE_VAL;
        return 1;
    }
    return pn_read_quantity(&b->r->text, node, b->name[i], b->row[i]->unit, 0.0, end);
}

static void read_range(struct bands *b, int i, const struct pn_yaml *node,
                       struct pn_dose_band *band)
{
    const struct pn_quantity *row = b->row[i];
    struct pn_complaints *list = b->r->text.list;

    if (row->categories) {
        if (node->kind != PN_YAML_TEXT ||
            !pn_category_code(b->r, row, node->text, &band->low[i]))
            pn_complain(list, node->place, "%s of a band must be %s", row->name,
                        pn_category_words(b->r, row));
        band->high[i] = band->low[i];
        return;
    }
    if (node->kind != PN_YAML_LIST || node->n != 2)
        pn_complain(list, node->place, "%s of a band must be [FROM, TO]", b->name[i]);
    else if (read_end(b, i, node->first, &band->low[i]) &&
             read_end(b, i, node->last, &band->high[i]) &&
             !(band->low[i] <= band->high[i]))
        pn_complain(list, node->place, "%s of a band: the first must be the lower",
                    b->name[i]);
}

/* --- bands --- */

static struct pn_dose_band *new_band(struct bands *b)
{
    struct pn_dose_band *band = &b->measure->band[b->measure->n_bands];
    struct pn_arena *arena = b->r->text.arena;

    *band = (struct pn_dose_band){.every = 1};
    band->low = pn_arena_take(arena, MAX_COVARIATES, sizeof *band->low);
    band->high = pn_arena_take(arena, MAX_COVARIATES, sizeof *band->high);
    if (!band->low || !band->high)
        return NULL;
    for (size_t i = 0; i < MAX_COVARIATES; i++) {
        band->low[i] = -HUGE_VAL;
        band->high[i] = HUGE_VAL;
    }
    b->measure->n_bands++;
    return band;
}

static void read_amount(const struct bands *b, const struct pn_yaml *node,
                        const char *what, double *amount)
{
    const struct pn_quantity row = {.unit = b->late->unit, .low = 0.0, .high = HUGE_VAL};

    if (pn_read_quantity(&b->r->text, node, what, row.unit, b->late->molar_mass, amount))
        pn_in_range(&b->r->text, node->place, what, &row, *amount);
}

/* A whole multiple of the regimen's interval. */
static void read_every(const struct bands *b, const struct pn_yaml *node,
                       struct pn_dose_band *band)
{
    const struct pn_regimen *regimen = b->late->regimen;
    double every, n;

    if (!pn_read_between(&b->r->text, node, "every", "h", DBL_MIN, HUGE_VAL, &every))
        return;
    n = regimen->every > 0.0 ? round(every / regimen->every) : 0.0;
    if (!(n >= 1.0 && n <= 1e6 && fabs(every - n * regimen->every) <= 1e-9 * every))
        pn_complain(b->r->text.list, node->place,
                    "every %g h of a band is no multiple of the regimen's interval of "
                    "%g h",
                    every, regimen->every);
    else
        band->every = (int)n;
}

static void read_band(struct bands *b, const struct pn_yaml *map)
{
    struct pn_dose_band *band;

    if (!pn_is(&b->r->text, map, PN_YAML_MAP, "a band") || !(band = new_band(b)))
        return;
    for (const struct pn_yaml *key = map->first; key; key = key->next) {
        int i;
        if (strcmp(key->text, "dose") == 0)
            read_amount(b, key->value, "dose", &band->amount);
        else if (strcmp(key->text, "every") == 0)
            read_every(b, key->value, band);
        else if ((i = covariate_of(b, key->place, key->text)) >= 0)
            read_range(b, i, key->value, band);
    }
    pn_need(&b->r->text, map, "a band", "dose");
}

/* --- the same in a CSV --- */

/* one column: an end of a covariate, the dose, its interval */
struct band_column {
    enum { DOSE, EVERY, FROM, TO } is;
    int covariate;
    const char *unit, *what;
};

static int read_column(struct bands *b, struct pn_csv *csv, size_t i,
                       struct band_column *column)
{
    static char one[] = "1";
    char *name = pn_arena_copy(b->r->text.arena, csv->field[i], strlen(csv->field[i]));
    size_t n;

    if (!name || !(column->unit = pn_split_unit(name, one))) {
        pn_complain(b->r->text.list, csv->place[i],
                    "column '%.64s' must be NAME or NAME [UNIT]", csv->field[i]);
        return 0;
    }
    column->what = name;
    n = strlen(name);
    column->is = strcmp(name, "dose") == 0 ? DOSE : EVERY;
    if (column->is == DOSE || strcmp(name, "every") == 0)
        return 1;
    column->is = n > 5 && strcmp(name + n - 5, "_from") == 0 ? FROM : TO;
    if (column->is == TO && !(n > 3 && strcmp(name + n - 3, "_to") == 0)) {
        pn_complain(b->r->text.list, csv->place[i],
                    "the column '%.64s' of a table of bands must be dose, every, "
                    "COVARIATE_from or COVARIATE_to",
                    name);
        return 0;
    }
    name[n - (column->is == FROM ? 5 : 3)] = '\0';
    column->covariate = covariate_of(b, csv->place[i], name);
    return column->covariate >= 0;
}

/* A field with the unit of its column, as if it stood in a list. */
static void read_field(struct bands *b, const struct band_column *column, char *field,
                       struct pn_place place, struct pn_dose_band *band)
{
    struct pn_yaml node = {.kind = PN_YAML_TEXT, .place = place};
    double *end = column->is == FROM ? band->low : band->high;

    if (!field[0] && column->is >= FROM)
        return;
    node.text =
        strcmp(column->unit, "1") == 0
            ? field
            : pn_arena_print(b->r->text.arena, "%.64s %.64s", field, column->unit);
    if (!node.text)
        return;
    if (column->is == DOSE)
        read_amount(b, &node, column->what, &band->amount);
    else if (column->is == EVERY)
        read_every(b, &node, band);
    else
        read_end(b, column->covariate, &node, &end[column->covariate]);
}

static void read_rows(struct bands *b, struct pn_csv *csv)
{
    struct band_column *column =
        pn_arena_take(b->r->text.arena, PN_CSV_FIELDS, sizeof *column);
    size_t n = 0, n_doses = 0;
    struct pn_dose_band *band;

    if (!column || pn_csv_next(csv, b->r->text.list) <= 0)
        return;
    for (n = 0; n < csv->n_fields; n++) {
        if (!read_column(b, csv, n, &column[n]))
            return;
        n_doses += column[n].is == DOSE;
    }
    if (n_doses != 1)
        pn_complain(b->r->text.list, (struct pn_place){csv->file, 1, 0},
                    "a table of bands has one column 'dose'");
    while (n_doses == 1 && pn_csv_next(csv, b->r->text.list) > 0) {
        if (csv->n_fields != n || b->measure->n_bands == PN_MAX_RULES) {
            pn_complain(b->r->text.list, csv->place[0],
                        "%zu fields, the header has %zu; at most %d bands are read",
                        csv->n_fields, n, PN_MAX_RULES);
            return;
        }
        band = new_band(b);
        for (size_t i = 0; band && i < n; i++)
            read_field(b, &column[i], csv->field[i], csv->place[i], band);
    }
}

static void read_file(struct bands *b, const struct pn_yaml *file)
{
    char *name = pn_read_text(&b->r->text, file, "bands");
    struct pn_source *source =
        name ? pn_read_source(&b->r->text, file->place, name, PN_CSV_BYTES) : NULL;
    struct pn_csv *csv = pn_arena_take(b->r->text.arena, 1, sizeof *csv);

    if (!source || !csv)
        return;
    *csv = (struct pn_csv){
        .file = source->path, .text = source->text, .n = source->n, .line = 1};
    b->measure->band =
        pn_arena_take(b->r->text.arena, PN_MAX_RULES, sizeof *b->measure->band);
    if (b->measure->band)
        read_rows(b, csv);
}

/* --- when covariates are known --- */

static void read_list(struct bands *b, const struct pn_yaml *list)
{
    if (!pn_is(&b->r->text, list, PN_YAML_LIST, "bands") ||
        !pn_is_few(&b->r->text, list, "bands", PN_MAX_RULES))
        return;
    b->measure->band = pn_arena_take(b->r->text.arena, list->n, sizeof *b->measure->band);
    for (const struct pn_yaml *map = list->first; map && b->measure->band;
         map = map->next)
        read_band(b, map);
}

static void finish(struct pn_study_reader *r, const struct pn_late_bands *late)
{
    struct bands b = {.r = r, .late = late, .measure = &late->regimen->measure};
    struct bands_keys keys = {NULL, NULL};
    size_t before = r->text.list->n;

    b.measure->otherwise = (double)NAN;
    b.measure->covariate =
        pn_arena_take(r->text.arena, MAX_COVARIATES, sizeof *b.measure->covariate);
    if (!b.measure->covariate || !pn_read_map(r, late->node, &pn_bands_map, &keys))
        return;
    if (keys.otherwise)
        read_amount(&b, keys.otherwise, "otherwise", &b.measure->otherwise);
    if (keys.bands->kind == PN_YAML_TEXT)
        read_file(&b, keys.bands);
    else
        read_list(&b, keys.bands);
    if (b.measure->n_bands == 0 && r->text.list->n == before)
        pn_complain(r->text.list, late->node->place, "there are no bands");
}

void pn_finish_bands(struct pn_study_reader *r)
{
    for (const struct pn_late_bands *late = r->late_bands; late; late = late->next)
        finish(r, late);
}
