/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that CDISC's analysis data (ADaM: ADPPK, ADEX, ADPC) have for the columns of an
 * event table, and their units. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/study/given.h"
#include "solver/study/treatment/adam.h"

enum { MOST = 8 }; /* names of one field */

const char *const pn_adam_column[PN_ADAM_COLUMNS] = {
    [PN_ADAM_ID] = "ID",     [PN_ADAM_TIME] = "TIME", [PN_ADAM_EVID] = "EVID",
    [PN_ADAM_AMT] = "AMT",   [PN_ADAM_CMT] = "CMT",   [PN_ADAM_RATE] = "RATE",
    [PN_ADAM_DUR] = "DUR",   [PN_ADAM_II] = "II",     [PN_ADAM_ADDL] = "ADDL",
    [PN_ADAM_SS] = "SS",     [PN_ADAM_MDV] = "MDV",   [PN_ADAM_DV] = "DV",
    [PN_ADAM_DVID] = "DVID", [PN_ADAM_CENS] = "CENS", [PN_ADAM_OCC] = "OCC",
    [PN_ADAM_ARM] = "ARM"};

/* the first that is there; actual times before nominal ones */
static const char *const names[PN_ADAM_FIELDS][MOST] = {
    [PN_ADAM_ID] = {"ID",        "NMID", "USUBJID", "SUBJID"},
    [PN_ADAM_TIME] = {"AFRLT",  "TAFD", "TIME", "NFRLT"},
    [PN_ADAM_EVID] = {"EVID"          },
    [PN_ADAM_AMT] = {"AMT",    "EXDOSE", "ADOSE"},
    [PN_ADAM_CMT] = {"CMT"   },
    [PN_ADAM_RATE] = {"RATE"     },
    [PN_ADAM_DUR] = {"DUR",       "ADUR", "EXDUR"},
    [PN_ADAM_II] = {"II"   },
    [PN_ADAM_ADDL] = {"ADDL"      },
    [PN_ADAM_SS] = {"SS"     },
    [PN_ADAM_MDV] = {"MDV"      },
    [PN_ADAM_DV] = {"DV",    "AVAL", "PCSTRESN"},
    [PN_ADAM_DVID] = {"DVID"       },
    [PN_ADAM_CENS] = {"CENS"     },
    [PN_ADAM_OCC] = {"OCC"       },
    [PN_ADAM_ARM] = {"ACTARM",       "ARM", "TRT01A", "TRTA", "TRT01P"},
    [PN_ADAM_START] = {"ASTDTM",        "ADTM", "EXSTDTM", "EXSTDTC", "PCDTM", "PCDTC"},
    [PN_ADAM_END] = {"AENDTM", "EXENDTM", "EXENDTC"},
    [PN_ADAM_ROUTE] = {"ROUTE",      "EXROUTE"},
    [PN_ADAM_FREQUENCY] = {"EXDOSFRQ",      "DOSFRQ"},
    [PN_ADAM_CODE] = {"PARAMCD",       "PCTESTCD"},
    [PN_ADAM_BELOW] = {"BLQFL",    "BLQFN", "BLQ"},
    [PN_ADAM_LOWEST] = {"ALLOQ",   "LLOQ", "PCLLOQ"},
    [PN_ADAM_AMT_UNIT] = {"AMTU",   "EXDOSU", "ADOSEU", "DOSEU"},
    [PN_ADAM_DV_UNIT] = {"DVU",    "AVALU", "PCSTRESU"},
    [PN_ADAM_TIME_UNIT] = {"AFRLTU",  "FRLTU", "RLTU", "TIMEU"},
    [PN_ADAM_DUR_UNIT] = {"ADURU",    "EXDURU"},
    [PN_ADAM_AGE_UNIT] = {"AGEU"          }
};

static const struct {
    const char *name, *covariate;
} covariates[] = {
    {"AGE",      "age"                 },
    {"SEX",      "sex"                 },
    {"WTBL",     "weight"              },
    {"WEIGHTBL", "weight"              },
    {"WT",       "weight"              },
    {"HTBL",     "height"              },
    {"HEIGHTBL", "height"              },
    {"HT",       "height"              },
    {"ALBBL",    "albumin"             },
    {"ALB",      "albumin"             },
    {"CRCLBL",   "creatinine_clearance"},
    {"CRCL",     "creatinine_clearance"},
};

/* of the standard, and of no use here; a * ends a beginning or begins an end */
static const char *const standard[] = {
    "STUDYID", "DOMAIN",  "USUBJID", "SUBJID", "SITEID",  "SUBJTYP*", "INVID", "COUNTRY",
    "*FL",     "*FN",     "*SEQ",    "*DT",    "*TM",     "*DTM",     "*DTC",  "*DY",
    "PARAM*",  "AVAL*",   "BASE*",   "CHG",    "AVISIT*", "VISIT*",   "ATPT*", "TRT*",
    "ARM*",    "ACTARM*", "SEXN",    "RACE*",  "ETHNIC*", "AGEGR*",   "AGEU",  "*PRLT",
    "*RRLT",   "*FRLT",   "*RLTU",   "EX*",    "PC*",     "DOSE*",    "DV*",   "AMT*",
    "ROUTE*",  "FORM*",   "NREL*",   "AREL*",  "UDTC",    "RECSEQ",   "*LLOQ", "BLQ*",
    "PROJID*", "PART*",   "COHORT*", "ADUR*",  "ADOSE*",  "ANALYTE*", "DTYPE", "APERIOD*",
};

static int is_said(const struct pn_yaml *said, const char *name)
{
    for (const struct pn_yaml *key = said && said->kind == PN_YAML_MAP ? said->first
                                                                       : NULL;
         key; key = key->next)
        if (strcasecmp(key->text, name) == 0)
            return 1;
    return 0;
}

void pn_adam_find(struct pn_adam *adam, const struct pn_yaml *said)
{
    for (size_t f = 0; f < PN_ADAM_FIELDS; f++) {
        adam->of[f] = -1;
        for (size_t k = 0; k < MOST && names[f][k] && adam->of[f] < 0; k++)
            if (!is_said(said, names[f][k]))
                adam->of[f] = pn_xpt_find(adam->xpt, names[f][k]);
    }
}

static int is_standard(const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        const char *word = standard[i];
        size_t k = strlen(word);
        if (word[0] == '*'       ? n >= k - 1 && !strcasecmp(name + n - (k - 1), word + 1)
            : word[k - 1] == '*' ? strncasecmp(name, word, k - 1) == 0
                                 : strcasecmp(name, word) == 0)
            return 1;
    }
    return 0;
}

const char *pn_adam_covariate(const struct pn_study_reader *r, const struct pn_adam *adam,
                              size_t column, const struct pn_yaml *said)
{
    const char *name = adam->xpt->column[column].name;

    for (size_t f = 0; f < PN_ADAM_FIELDS; f++)
        if (adam->of[f] == (int)column)
            return NULL;
    if (is_said(said, name))
        return name;
    for (size_t i = 0; i < pn_table_size(r->study->own); i++)
        if (strcasecmp(name, r->study->own[i].name) == 0)
            return r->study->own[i].name;
    for (size_t i = 0; i < sizeof covariates / sizeof *covariates; i++)
        if (strcasecmp(name, covariates[i].name) == 0)
            return covariates[i].covariate;
    return is_standard(name) ? NULL : name;
}

/* --- units --- */

const char *pn_adam_unit(const char *word)
{
    static const struct {
        const char *word, *unit;
    } units[] = {
        {"HOURS",   "h"    },
        {"HOUR",    "h"    },
        {"HRS",     "h"    },
        {"HR",      "h"    },
        {"H",       "h"    },
        {"DAYS",    "day"  },
        {"DAY",     "day"  },
        {"MINUTES", "min"  },
        {"MINUTE",  "min"  },
        {"MIN",     "min"  },
        {"WEEKS",   "week" },
        {"YEARS",   "year" },
        {"MONTHS",  "month"},
        {"MG",      "mg"   },
        {"UG",      "ug"   },
        {"NG",      "ng"   },
        {"KG",      "kg"   },
        {"CM",      "cm"   },
    };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcasecmp(word, units[i].word) == 0)
            return units[i].unit;
    return word;
}

const char *pn_adam_unit_of(struct pn_study_reader *r, const struct pn_adam *adam,
                            enum pn_adam_field units, int column)
{
    const struct pn_xpt *t = adam->xpt;
    int k = units < PN_ADAM_FIELDS ? adam->of[units] : -1;
    const char *unit = NULL, *label, *open;

    for (size_t i = 0; k >= 0 && column >= 0 && i < t->n_rows; i++) {
        const char *is = t->cell[i * t->n_columns + (size_t)k];
        if (!is || !t->cell[i * t->n_columns + (size_t)column])
            continue;
        if (unit && strcmp(unit, is) != 0) {
            pn_complain(r->text.list, (struct pn_place){t->file, (int)i + 2, 0},
                        "%s is '%.40s', which was '%.40s' before: a column has one unit",
                        t->column[k].name, is, unit);
            return NULL;
        }
        unit = is;
    }
    if (unit)
        return pn_adam_unit(unit);
    label = column >= 0 ? t->column[column].label : "";
    open = strrchr(label, '(');
    if (!open || label[strlen(label) - 1] != ')' || strpbrk(open, "=, "))
        return NULL;
    unit = pn_arena_print(r->text.arena, "%.*s", (int)strlen(open) - 2, open + 1);
    return unit && *unit ? pn_adam_unit(unit) : NULL;
}

/* --- dates --- */

/* Days since 1960-01-01, SAS's first, by the civil calendar. */
static double days_of(int year, int month, int day)
{
    int y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400,
        of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097.0 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 715815.0;
}

int pn_adam_hours(const char *text, double *hours)
{
    int year, month, day, hour, minute, used = 0;
    double second = 0.0;
    const char *rest;

    if (!text)
        return 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d%n", &year, &month, &day, &hour, &minute,
               &used) == 5 &&
        used > 0) {
        if (text[used] == ':' && (sscanf(text + used + 1, "%lf", &second) != 1 ||
                                  !(second >= 0.0 && second < 61.0)))
            return 0;
        if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59)
            return 0;
        *hours =
            days_of(year, month, day) * 24.0 + hour + minute / 60.0 + second / 3600.0;
        return 1;
    }
    if (pn_number_parse(text, &rest, hours) != PN_NUMBER || *rest)
        return 0;
    *hours /= 3600.0; /* SAS counts seconds */
    return 1;
}
