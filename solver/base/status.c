/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and sentences of the statuses, exit codes, and the error record of a thread. */
#include "solver/base/status.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    int value;
    const char *name, *sentence;
} list[] = {
#define ENTRY(code, value, name, sentence) {value, name, sentence},
    PN_STATUS_LIST(ENTRY)
#undef ENTRY
};

static _Thread_local struct pn_error last;

const char *pn_status_name(int status)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].value == status)
            return list[i].name;
    return "unknown";
}

const char *pn_status_sentence(int status)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].value == status)
            return list[i].sentence;
    return "unknown status";
}

static const struct {
    int status, code;
    const char *sentence;
} exits[] = {
#define ENTRY(status, code, sentence) {status, code, sentence},
    PN_EXIT_LIST(ENTRY)
#undef ENTRY
};

int pn_status_exit_code(int status)
{
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        if (exits[i].status == status)
            return exits[i].code;
    return PN_EXIT_FAULT;
}

const char *pn_exit_sentence(int code)
{
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        if (exits[i].code == code)
            return exits[i].sentence;
    return NULL;
}

const struct pn_error *pn_error_last(void)
{
    return &last;
}

int pn_error_set(int status, const char *file, int line, const char *format, ...)
{
    char text[sizeof last.text]; /* the arguments may point into the record itself */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    last.status = status;
    last.file = file;
    last.line = line;
    snprintf(last.text, sizeof last.text, "%s", text);
    return status;
}
