/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a study, in the order of the resolved study. */
#include "solver/study/study_keys.h"

#include <float.h>
#include <math.h>

#include "solver/study/design/factors.h"
#include "solver/study/parts.h"
#include "solver/study/population/population.h"
#include "solver/study/treatment/event_table.h"
#include "solver/study/treatment/read_treatment.h"
#include "solver/study/write/write_study.h"

static const char *const resets[] = {"drugs", "all", NULL};

/* clang-format off */
static const struct pn_key study_keys[] = {
    {"name", PN_KEY_TEXT, .must = PN_KEY_EVERYWHERE,
     .sentence = "name of the study; the result keeps it",
     .at = offsetof(struct pn_study, name)},
    {"description", PN_KEY_TEXT, .at = offsetof(struct pn_study, description),
     .sentence = "what it is for: free; the resolved study and the result keep it"},
    {"seed", PN_KEY_WHOLE, .low = 0, .high = 0x1p64, .must = PN_KEY_EVERYWHERE,
     .sentence = "all random draws follow from it",
     .at = offsetof(struct pn_study, seed)},
    {"duration", PN_KEY_QUANTITY, "h", NULL, 0, HUGE_VAL,
     "the end of every life; without it the last visit, or the last record of the event "
     "table", .turn = PN_TURN_END, .even_absent = 1, .read = pn_read_duration,
     .at = offsetof(struct pn_study, duration)},
    {"plugins", PN_KEY_LIST, NULL, NULL, 0, 16,
     "shared objects whose components the study may use", .even_absent = 1,
     .read = pn_read_plugins, .write = pn_put_plugins},
    {"covariates", PN_KEY_NAMES, .even_absent = 1, .map = &pn_own_covariate_map,
     .sentence = "covariates that `pneuma models` does not list; one may also be declared "
                 "where a population gives it, by `unit` or `codes`",
     .read = pn_read_own_covariates, .write = pn_put_own_covariates},
    {"population", PN_KEY_MAP, .must = PN_KEY_EVERYWHERE, .turn = PN_TURN_WHO,
     .sentence = "who the patients are", .map = &pn_population_map,
     .read = pn_read_population, .write = pn_put_population},
    {"disease", PN_KEY_LIST, .turn = PN_TURN_TREATMENT, .even_absent = 1,
     .sentence = "components of the disease: NAME, or {NAME: {PARAMETER: value}}",
     .read = pn_read_disease, .write = pn_put_disease},
    {"airway", PN_KEY_MAP, .turn = PN_TURN_TREATMENT,
     .sentence = "what the airways are; without it no test can be done",
     .map = &pn_airway_map, .read = pn_read_airway, .write = pn_put_airway},
    {"drugs", PN_KEY_NAMES, .turn = PN_TURN_TREATMENT,
     .sentence = "drugs that stand in the study itself, to be named in `drug`",
     .map = &pn_drug_map, .read = pn_note_drugs, .write = pn_put_drugs},
    {"arms", PN_KEY_NAMES, NULL, NULL, 0, PN_MAX_ARMS,
     "treatment arms: a list of regimens, or a map with rules; all have the same "
     "patients", .must = PN_KEY_EVERYWHERE, .turn = PN_TURN_TREATMENT, .map = &pn_arm_map,
     .read = pn_read_arms, .write = pn_put_arms},
    {"events", PN_KEY_FILE | PN_KEY_MAP, .turn = PN_TURN_TREATMENT, .even_absent = 1,
     .sentence = "a table of doses and observations in NONMEM's form; its patients are "
                 "those of the study", .map = &pn_events_map, .read = pn_read_events,
     .write = pn_put_events},
    {"reset", PN_KEY_CHOICE, NULL, "drugs", .choices = resets,
     .sentence = "what EVID 3, 4 and SS 1 of the table reset: the states of drugs, or "
                 "all", .at = offsetof(struct pn_study, reset_all)},
    {"occasion", PN_KEY_CHOICE | PN_KEY_QUANTITY, "h", NULL, DBL_MIN, HUGE_VAL,
     "where parameters have `iov` and no event table has OCC: each regimen (without the "
     "key, with a warning), dose or visit begins a new occasion, or every so many days",
     .choices = pn_occasion_name, .turn = PN_TURN_TREATMENT, .read = pn_read_occasion,
     .write = pn_put_occasion},
    {"visits", PN_KEY_LIST, .turn = PN_TURN_TREATMENT,
     .sentence = "when the patients come, and which lung-function tests are done",
     .map = &pn_visit_map, .read = pn_read_visits, .write = pn_put_visits},
    {"output", PN_KEY_MAP, .turn = PN_TURN_RESULT,
     .sentence = "what the result holds over time", .map = &pn_output_map,
     .write = pn_put_output},
    {"endpoints", PN_KEY_NAMES, NULL, NULL, 0, PN_MAX_ENDPOINTS,
     "one number a patient, made of one output", .turn = PN_TURN_RESULT,
     .map = &pn_endpoint_map, .read = pn_read_endpoints, .write = pn_put_endpoints},
    {"lives", PN_KEY_CHOICE | PN_KEY_MAP, NULL, NULL, .choices = pn_keep_name,
     .sentence = "whose lives the result has: all (without the key), none but a summary, "
                 "or those of some patients", .turn = PN_TURN_RESULT, .map = &pn_keep_map,
     .read = pn_read_keep_lives, .write = pn_put_keep_lives},
    {"summary", PN_KEY_MAP, .turn = PN_TURN_RESULT, .even_absent = 1,
     .sentence = "statistics over patients; there without the key where there are "
                 "endpoints, or not all lives are kept", .map = &pn_summary_map,
     .read = pn_read_summary, .write = pn_put_summary},
    {"design", PN_KEY_MAP, .turn = PN_TURN_WHO,
     .sentence = "the study at many points; without it at one", .map = &pn_design_map,
     .read = pn_read_design, .write = pn_put_design},
    {"solver", PN_KEY_MAP, .sentence = "how the equations are integrated",
     .map = &pn_solver_map},
    {"max_failed", PN_KEY_QUANTITY, "1", "1 %", 0, 1,
     "share of failed lives beyond which a run ends with exit code 3",
     .at = offsetof(struct pn_study, max_failed)},
    PN_KEYS_END
};
/* clang-format on */

const struct pn_key_map pn_study_map = {"study", "the study", "the whole file",
                                        .keys = study_keys};

const struct pn_key_map *const pn_key_roots[] = {
    &pn_study_map, &pn_drug_file_map, &pn_population_file_map, &pn_event_table_map, NULL};
