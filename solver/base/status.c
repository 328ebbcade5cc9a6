/* SPDX-License-Identifier: GPL-3.0-or-later */
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

int pn_status_exit_code(int status)
{
    switch (status) {
    case PN_OK:
        return 0;
    case PN_ERR_DIFFERENT:
        return 1;
    case PN_ERR_USAGE:
    case PN_ERR_VALUE: /* of an option, as all that cli hands in */
        return 2;
    case PN_ERR_FAILED_PATIENTS:
        return 3;
    case PN_ERR_INPUT:
        return 65;
    case PN_ERR_IO:
        return 74;
    case PN_ERR_FOREIGN_RUN:
        return 75;
    case PN_ERR_STOPPED:
        return 85;
    default:
        return 70; /* our own mistake, memory or a library: EX_SOFTWARE */
    }
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
