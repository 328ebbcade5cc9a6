/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON by jansson: documents made member by member, and read with limits. */
#include "solver/text/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

/* --- writing --- */

void pn_json_begin(struct pn_json *json)
{
    *json = (struct pn_json){.depth = 1};
    json->open[0] = json_object();
    json->failed = !json->open[0];
}

void pn_json_free(struct pn_json *json)
{
    json_decref(json->open[0]);
    *json = (struct pn_json){.depth = 0};
}

static void put_value(struct pn_json *json, const char *key, json_t *value)
{
    json_t *to = json->depth > 0 ? json->open[json->depth - 1] : NULL;

    if (json->failed) {
        json_decref(value);
        return;
    }
    /* both take the value in any case, and refuse NULL */
    json->failed = key ? json_object_set_new(to, key, value) != 0
                       : json_array_append_new(to, value) != 0;
}

static void open_within(struct pn_json *json, const char *key, json_t *value)
{
    put_value(json, key, value);
    if (json->failed)
        return;
    if (json->depth == PN_JSON_OPEN)
        json->failed = 1;
    else
        json->open[json->depth++] = value;
}

void pn_json_open_object(struct pn_json *json, const char *key)
{
    open_within(json, key, json_object());
}

void pn_json_open_list(struct pn_json *json, const char *key)
{
    open_within(json, key, json_array());
}

void pn_json_close(struct pn_json *json)
{
    if (!json->failed)
        json->depth--;
}

/* bytes of the UTF-8 character that begins here; 0: none does */
static size_t character(const unsigned char *at, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;
    uint32_t code = length > 1 ? at[0] & (0x7fu >> length) : at[0];

    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return length;
}

/* a copy in which every byte that is no UTF-8 is U+FFFD */
static json_t *mended(const char *text, size_t n)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *copy = malloc(3 * n + 1), *to = copy;
    json_t *value;

    if (!copy)
        return NULL;
    for (size_t length; n > 0; text += length, n -= length) {
        length = character((const unsigned char *)text, n);
        if (length > 0) {
            memcpy(to, text, length);
            to += length;
        } else {
            memcpy(to, replacement, 3);
            to += 3;
            length = 1;
        }
    }
    value = json_stringn(copy, (size_t)(to - copy));
    free(copy);
    return value;
}

void pn_json_put_bytes(struct pn_json *json, const char *key, const char *text, size_t n)
{
    json_t *value = json_stringn(text, n);

    put_value(json, key, value ? value : mended(text, n));
}

void pn_json_put_text(struct pn_json *json, const char *key, const char *text)
{
    if (text)
        pn_json_put_bytes(json, key, text, strlen(text));
    else
        pn_json_put_null(json, key);
}

void pn_json_put_print(struct pn_json *json, const char *key, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) {
        json->failed = 1;
        return;
    }
    pn_json_put_bytes(json, key, text, (size_t)n);
    free(text);
}

void pn_json_put_real(struct pn_json *json, const char *key, double value)
{
    put_value(json, key, isfinite(value) ? json_real(value) : json_null());
}

void pn_json_put_whole(struct pn_json *json, const char *key, int64_t value)
{
    put_value(json, key, json_integer(value));
}

void pn_json_put_count(struct pn_json *json, const char *key, size_t value)
{
    pn_json_put_whole(json, key, (int64_t)value);
}

void pn_json_put_truth(struct pn_json *json, const char *key, int value)
{
    put_value(json, key, json_boolean(value));
}

void pn_json_put_null(struct pn_json *json, const char *key)
{
    put_value(json, key, json_null());
}

int pn_json_make(const struct pn_json *json, enum pn_json_form form, char **text,
                 size_t *n)
{
    size_t flags = JSON_REAL_PRECISION(17) | (form == PN_JSON_PAGE ? JSON_INDENT(2) : 0);
    char *made = json->failed ? NULL : json_dumps(json->open[0], flags);

    *n = made ? strlen(made) + 1 : 0;
    *text = made ? realloc(made, *n + 1) : NULL;
    if (!*text) {
        free(made);
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for JSON");
    }
    (*text)[*n - 1] = '\n';
    (*text)[*n] = '\0';
    return PN_OK;
}

int pn_json_write(const struct pn_json *json, enum pn_json_form form, FILE *stream)
{
    char *text;
    size_t n;
    int status = pn_json_make(json, form, &text, &n);

    if (status == PN_OK && fwrite(text, 1, n, stream) != n)
        status = PN_FAIL(PN_ERR_IO, "cannot write JSON");
    free(text);
    return status;
}

/* --- reading --- */

/* Where it is nested too deep, or NULL: jansson's own limit is 2048, on the stack. */
static const char *too_deep(const char *text, size_t n)
{
    int depth = 0, in_text = 0;

    for (const char *p = text; p < text + n; p++) {
        if (*p == '"')
            in_text = !in_text;
        else if (in_text)
            p += *p == '\\';
        else if ((*p == '[' || *p == '{') && ++depth > PN_JSON_DEPTH)
            return p;
        else if (*p == ']' || *p == '}')
            depth--;
    }
    return NULL;
}

static struct pn_place place_of(const char *file, const char *text, const char *at)
{
    struct pn_place place = {file, 1, 1};

    for (const char *p = text; p < at; p++) {
        place.line += *p == '\n';
        place.column = *p == '\n' ? 1 : place.column + 1;
    }
    return place;
}

static int refuse(struct pn_complaints *list, struct pn_place place, const char *words)
{
    return list ? pn_complain(list, place, "%s", words) : PN_ERR_INPUT;
}

int pn_json_parse(const char *text, size_t n, const char *file,
                  struct pn_complaints *list, json_t **value)
{
    struct pn_place place = {file, 0, 0};
    const char *deep;
    json_error_t error;

    *value = NULL;
    if (n > PN_JSON_BYTES)
        return refuse(list, place, "larger than 256 MiB, the most that is read");
    deep = too_deep(text, n);
    if (deep)
        return refuse(list, place_of(file, text, deep), "nested too deep");
    *value = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(*value))
        return PN_OK;
    if (*value) {
        json_decref(*value);
        *value = NULL;
        return refuse(list, (struct pn_place){file, 1, 1}, "expected an object {…}");
    }
    place = (struct pn_place){file, error.line, error.column};
    return refuse(list, place, error.text);
}

const char *pn_json_text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

int pn_json_whole_of(const json_t *object, const char *key, int64_t *value)
{
    const json_t *member = json_object_get(object, key);

    if (!json_is_integer(member))
        return 0;
    *value = json_integer_value(member);
    return 1;
}
