/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies through the program as a user runs it, against closed forms and CVODE. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/methods.h"
#include "solver/base/status.h"
#include "solver/inspect/qualify_steps.h"
#include "solver/result/result_read.h"

/* a dataset as doubles, whole; NULL: not there */
static double *read_all(const struct pn_result *result, const char *name, size_t n_rows,
                        size_t each)
{
    struct pn_cursor cursor;
    double *all = calloc(n_rows * each + 1, sizeof *all);
    int status = pn_cursor_open(result, name, 0, &cursor);

    for (size_t i = 0; all && i < n_rows && status == PN_OK; i++) {
        const void *row;

        status = pn_cursor_row(&cursor, i, &row);
        if (status == PN_OK)
            memcpy(all + i * each, row, each * sizeof *all);
    }
    pn_cursor_close(&cursor);
    if (status == PN_OK)
        return all;
    free(all);
    return NULL;
}

static struct pn_result *open_result(const struct pn_qualification *test,
                                     const char *name)
{
    char *path = pn_qualify_path(test, name);
    struct pn_result *result = NULL;

    if (path && pn_result_open(path, &result) != PN_OK)
        pn_result_close(&result);
    free(path);
    return result;
}

/* write, run, open; a finding tells why not.  The caller closes. */
static struct pn_result *simulate(struct pn_qualification *test, const char *check,
                                  const char *study, const char *text)
{
    char result[64];
    struct pn_result *opened = NULL;
    int code = -1;

    snprintf(result, sizeof result, "%.40s.h5", study);
    if (pn_qualify_write(test, study, text) == PN_OK)
        code = pn_qualify_run(test, &(struct pn_program_run){study, result, NULL, NULL});
    if (code == 0)
        opened = open_result(test, result);
    if (!opened)
        pn_report_add(test->report, PN_FAILED, check, "the study ended with code %d",
                      code);
    return opened;
}

static void tell(struct pn_qualification *test, const char *check, double worst,
                 double bound, const char *what)
{
    pn_report_add(test->report, worst <= bound ? PN_PASS : PN_FAILED, check,
                  "%s: largest difference %.2g, allowed %.0e", what, worst, bound);
}

/* --- one compartment: Gibaldi and Perrier, Pharmacokinetics, chapter 1 --- */

static const char pk_events[] = "ID,TIME,EVID,AMT [mg],CMT,DUR\n"
                                "1,0,1,100,1,.\n"
                                "2,0,1,100,2,.\n"
                                "3,0,1,100,2,4\n";
static const char pk_study[] =
    "name: selftest-pk\nseed: 1\npopulation: {}\n"
    "drugs:\n  one: {route: oral, kinetics: {model: pk1, parameters: {CL: 5 L/h, V1: 40 "
    "L, KA: 0.9 1/h, F: 0.8}}}\n"
    "events: pk.csv\narms: {treated: [{drug: one}]}\nduration: 48 h\n"
    "output: {every: 1 h, keep: [one.C]}\nsolver: {method: auto, rtol: 1e-10}\n";

static double pk_exact(size_t patient, double t)
{
    double V = 40.0, k = 5.0 / V, KA = 0.9, dose = 100.0, over = 4.0, end;

    switch (patient) {
    case 0: /* by mouth */
        return 0.8 * dose * KA / (V * (KA - k)) * (exp(-k * t) - exp(-KA * t));
    case 1: /* into the vein, at once; the first output is before it */
        return t > 0.0 ? dose / V * exp(-k * t) : 0.0;
    default: /* over 4 h */
        end = fmin(t, over);
        return dose / over / (V * k) * (1.0 - exp(-k * end)) * exp(-k * (t - end));
    }
}

static void check_pk(struct pn_qualification *test)
{
    static const char *const names[] = {"one compartment, oral", "one compartment, bolus",
                                        "one compartment, infusion"};
    struct pn_result *result = NULL;
    double *C = NULL, *t = NULL;

    if (pn_qualify_write(test, "pk.csv", pk_events) == PN_OK)
        result = simulate(test, "one compartment", "pk.yaml", pk_study);
    if (result && result->n_patients == 3) {
        C = read_all(result, "one.C", 3, result->n_times);
        t = read_all(result, "time", result->n_times, 1);
    }
    for (size_t i = 0; i < 3 && C && t; i++) {
        double worst = 0.0;

        for (size_t k = 0; k < result->n_times; k++) {
            double gap = fabs(C[i * result->n_times + k] - pk_exact(i, t[k])) / 2.5;

            worst = gap > worst || isnan(gap) ? gap : worst;
        }
        tell(test, names[i], worst, 1e-8, "closed form at 49 times");
    }
    if (result && !(C && t))
        pn_report_add(test->report, PN_FAILED, "one compartment", "no concentrations");
    free(C);
    free(t);
    pn_result_close(&result);
}

/* --- saturable elimination: C + KM ln C + VMAX t does not change --- */

static const char mm_study[] =
    "name: selftest-mm\nseed: 1\npopulation: {size: 1}\n"
    "drugs:\n  one: {route: iv, kinetics: {model: pk2_mm_micro, parameters: {KE: 0 1/h, "
    "K12: 0 1/h, K21: 0 1/h, V1: 10 L, VMAX: 0.5 mg/L/h, KM: 2 mg/L}}}\n"
    "arms: {treated: [{drug: one, dose: 100 mg}]}\nduration: 24 h\n"
    "output: {every: 1 h, keep: [one.C]}\nsolver: {rtol: 1e-10}\n";

static void check_saturable(struct pn_qualification *test)
{
    static const char check[] = "Michaelis-Menten";
    struct pn_result *result = simulate(test, check, "mm.yaml", mm_study);
    double *C = result ? read_all(result, "one.C", 1, result->n_times) : NULL;
    double worst = C && result->n_times == 25 ? 0.0 : (double)INFINITY;

    for (size_t k = 1; k < 25 && isfinite(worst); k++) {
        double gap = fabs(C[k] - 10.0 + 2.0 * log(C[k] / 10.0) + 0.5 * (double)k) / 10.0;

        worst = gap > worst || isnan(gap) ? gap : worst;
    }
    if (result)
        tell(test, check, worst, 1e-8, "C + KM ln C + VMAX t stays");
    free(C);
    pn_result_close(&result);
}

/* --- target-mediated disposition: our stiff method against SUNDIALS --- */

static const char tmdd_study[] =
    "name: selftest-tmdd\nseed: 1\npopulation: {size: 1}\n"
    "drugs:\n  bound: {molar_mass: 150 kg/mol, route: sc, kinetics: {model: tmdd, "
    "parameters: {kon: 2.5 L/nmol/day, koff: 0.9 1/day, kint: 0.8 1/day, ksyn: 1.4 "
    "nmol/L/day, kdeg: 0.35 1/day}}}\n"
    "arms: {treated: [{drug: bound, dose: 60 mg}]}\nduration: 28 day\n"
    "output: {every: 12 h, keep: [bound.C]}\nsolver: {method: %s, rtol: 1e-9}\n";

static double *tmdd_course(struct pn_qualification *test, const char *method, size_t *n)
{
    char text[sizeof tmdd_study + 32], name[32];
    struct pn_result *result;
    double *C = NULL;

    snprintf(text, sizeof text, tmdd_study, method);
    snprintf(name, sizeof name, "tmdd-%s.yaml", method);
    result = simulate(test, "target-mediated disposition", name, text);
    if (result)
        C = read_all(result, "bound.C", 1, *n = result->n_times);
    pn_result_close(&result);
    return C;
}

static void check_binding(struct pn_qualification *test)
{
    size_t n = 0, m = 0;
    double *own = tmdd_course(test, PN_METHOD_AUTO, &n),
           *other = tmdd_course(test, PN_METHOD_CVODE, &m);
    double worst = n > 0 && n == m ? 0.0 : (double)INFINITY, peak = 0.0;

    for (size_t k = 0; k < n && own && other && n == m; k++)
        peak = fmax(peak, other[k]);
    for (size_t k = 0; k < n && own && other && n == m; k++) {
        double gap = fabs(own[k] - other[k]) / peak;

        worst = gap > worst || isnan(gap) ? gap : worst;
    }
    if (own && other)
        tell(test, "target-mediated disposition", worst, 1e-6, "CVODE at 57 times");
    free(own);
    free(other);
}

/* --- a forced expiration --- */

static const char lung_patients[] =
    "ID,age [year],sex,height [cm],weight [kg],FEV1 [L]\n"
    "1,30,male,180,80,3.6\n2,55,female,162,65,1.9\n3,41,male,174,90,2.4\n";
static const char lung_study[] =
    "name: selftest-lung\nseed: 1\npopulation: {patients: lung.csv}\n"
    "airway: {model: lambert, generations: 17}\narms: {untreated: []}\n"
    "visits: [{at: 0 h, tests: [spirometry]}]\nduration: 24 h\n";

/* the airway is the patient's own when it gives that FEV1; less is breathed out in 1 s
 * than in all */
static void judge_lungs(struct pn_qualification *test, const double *FEV1,
                        const double *FVC)
{
    static const double own[] = {3.6, 1.9, 2.4};
    double worst = 0.0;
    int good = 1;

    for (size_t i = 0; i < 3; i++) {
        double gap = fabs(FEV1[i] / own[i] - 1.0);

        worst = gap > worst || isnan(gap) ? gap : worst;
        good = good && FEV1[i] < FVC[i] && FVC[i] < 9.0;
    }
    tell(test, "spirometry", worst, 1e-4, "FEV1 of three patients is their own");
    pn_report_add(test->report, good ? PN_PASS : PN_FAILED, "forced expiration",
                  "FEV1 %.3f %.3f %.3f L is below FVC %.3f %.3f %.3f L", FEV1[0], FEV1[1],
                  FEV1[2], FVC[0], FVC[1], FVC[2]);
}

static void check_lung(struct pn_qualification *test)
{
    struct pn_result *result = NULL;
    double *FEV1 = NULL, *FVC = NULL;

    if (pn_qualify_write(test, "lung.csv", lung_patients) == PN_OK)
        result = simulate(test, "spirometry", "lung.yaml", lung_study);
    if (result && result->n_patients == 3) {
        FEV1 = read_all(result, "FEV1", 3, 1);
        FVC = read_all(result, "FVC", 3, 1);
    }
    if (FEV1 && FVC)
        judge_lungs(test, FEV1, FVC);
    else if (result)
        pn_report_add(test->report, PN_FAILED, "spirometry", "no FEV1 and FVC");
    free(FEV1);
    free(FVC);
    pn_result_close(&result);
}

void pn_qualify_studies(struct pn_qualification *test)
{
    check_pk(test);
    check_saturable(test);
    check_binding(test);
    check_lung(test);
}
