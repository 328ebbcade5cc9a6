/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes of the whole house, and the record of the last error. */
#ifndef PN_BASE_STATUS_H
#define PN_BASE_STATUS_H

#include "solver/base/api.h"

/* 0 fine; positive: this patient failed, the run goes on; negative: the run stops.
 * The positive values are written to result files: never renumber, only append. */
#define PN_STATUS_LIST(ENTRY)                                                            \
    ENTRY(PN_OK, 0, "ok", "simulated to the end")                                        \
    ENTRY(PN_PATIENT_NOT_RUN, 1, "not_run", "not simulated")                             \
    ENTRY(PN_PATIENT_STEPS, 2, "too_many_steps", "budget of steps used up")              \
    ENTRY(PN_PATIENT_STEP_SIZE, 3, "step_too_small", "step size fell to rounding")       \
    ENTRY(PN_PATIENT_NOT_FINITE, 4, "not_finite",                                        \
          "a rate, a state or an output became NaN or Inf")                              \
    ENTRY(PN_PATIENT_OUT_OF_RANGE, 5, "out_of_range", "a drawn value is out of range")   \
    ENTRY(PN_PATIENT_AIRWAY_FIT, 6, "airway_fit_out_of_reach",                           \
          "no airway in the allowed range has the patient's baseline lung function")     \
    ENTRY(PN_PATIENT_NO_MEASUREMENT, 7, "no_measurement",                                \
          "a lung-function test could not be carried out on this airway")                \
    ENTRY(PN_PATIENT_STIFF, 8, "stiff",                                                  \
          "the explicit method struggles: redo with a stiff one")                        \
    ENTRY(PN_PATIENT_NO_STEADY_STATE, 9, "no_steady_state",                              \
          "no steady state of a dose with SS was found in 500 cycles")                   \
    ENTRY(PN_PATIENT_BAD_DOSE, 10, "bad_dose",                                           \
          "a dose's modelled rate, duration or lag is not a positive number")            \
    ENTRY(PN_PATIENT_RATE_BOUND, 11, "rate_bound",                                       \
          "a hazard was above the bound that its candidates were drawn with")            \
    ENTRY(PN_PATIENT_CRASHED, 12, "crashed",                                             \
          "simulated alone it killed the program twice: not tried again")                \
    ENTRY(PN_PATIENT_NOT_CONVERGED, 13, "not_converged",                                 \
          "Newton's method did not find the flow through an airway tree")                \
    ENTRY(PN_PATIENT_NEGATIVE, 14, "negative",                                           \
          "an amount is below zero beyond the tolerance: smaller rtol")                  \
    ENTRY(PN_ERR_USAGE, -1, "usage", "wrong command line")                               \
    ENTRY(PN_ERR_INPUT, -2, "bad_input", "a file that the user wrote is wrong")          \
    ENTRY(PN_ERR_IO, -3, "io", "reading or writing failed")                              \
    ENTRY(PN_ERR_FOREIGN_RUN, -4, "foreign_run", "folder of another run")                \
    ENTRY(PN_ERR_MEMORY, -5, "memory", "out of memory")                                  \
    ENTRY(PN_ERR_LIBRARY, -6, "library", "a library call failed")                        \
    ENTRY(PN_ERR_STOPPED, -7, "stopped", "stopped on request with work left")            \
    ENTRY(PN_ERR_FAILED_PATIENTS, -8, "failed_patients",                                 \
          "more failed patients than allowed")                                           \
    ENTRY(PN_ERR_DIFFERENT, -9, "different",                                             \
          "two results differ, or a result is not what it should be")                    \
    ENTRY(PN_ERR_VALUE, -10, "bad_value",                                                \
          "a number that was handed in is out of range or does not go with another")

enum pn_status {
#define ENTRY(code, value, name, sentence) code = (value),
    PN_STATUS_LIST(ENTRY)
#undef ENTRY
};

/** Short name of a status, such as "too_many_steps"; "unknown" for any other number. */
PN_API const char *pn_status_name(int status);

/** One sentence on a status. */
PN_API const char *pn_status_sentence(int status);

/* Exit codes of the program: of the status, and of all without a row that of
 * PN_ERR_LIBRARY. */
#define PN_EXIT_LIST(ENTRY)                                                              \
    ENTRY(PN_OK, 0, "complete, now or before; the same; verified")                       \
    ENTRY(PN_ERR_DIFFERENT, 1, "different; not verified")                                \
    ENTRY(PN_ERR_USAGE, 2, "wrong command line")                                         \
    ENTRY(PN_ERR_VALUE, 2, "a value of the command line is out of range")                \
    ENTRY(                                                                               \
        PN_ERR_FAILED_PATIENTS, 3,                                                       \
        "complete, but more failed patients than --max-failed (the study's, default 1 "  \
        "%)")                                                                            \
    ENTRY(PN_ERR_INPUT, 65, "a file that the user wrote is wrong; nothing was computed") \
    ENTRY(PN_ERR_LIBRARY, PN_EXIT_FAULT,                                                 \
          "no memory, or a fault of ours or of a library")                               \
    ENTRY(PN_ERR_IO, 74, "reading or writing failed")                                    \
    ENTRY(PN_ERR_FOREIGN_RUN, 75,                                                        \
          "the result or its folder is of another run, or one is at work there")         \
    ENTRY(PN_ERR_STOPPED, 85, "stopped cleanly with work left: the same command goes on")

#define PN_EXIT_FAULT 70 /* EX_SOFTWARE */

/** Exit code of the program for a status. */
PN_API int pn_status_exit_code(int status);

/** Sentence of an exit code; NULL: the program has no such code. */
PN_API const char *pn_exit_sentence(int code);

/** Record of the most recent PN_FAIL of this thread: text is "" when nothing failed. */
struct pn_error {
    int status, line;
    const char *file;
    char text[1024];
};

/** The error record of this thread (never NULL; the one mutable global, see
 * solver/base/README.md). */
PN_API const struct pn_error *pn_error_last(void);

/** Store status, place and message (printf form); returns status.  Use through PN_FAIL.
 */
PN_API int pn_error_set(int status, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Fail with a message: return PN_FAIL(PN_ERR_IO, "cannot open %s", path); */
#define PN_FAIL(status, ...) pn_error_set((status), __FILE__, __LINE__, __VA_ARGS__)

/** Evaluate; on a status other than 0 store it in the local `status` and go to `out`. */
#define PN_TRY(expression)                                                               \
    do {                                                                                 \
        status = (expression);                                                           \
        if (status != PN_OK)                                                             \
            goto out;                                                                    \
    } while (0)

#endif
