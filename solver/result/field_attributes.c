/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written beside a dataset: its attributes as text. */
#include "solver/result/field_attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/result/guard.h"

enum { NUMBERS = 4096, ATTRIBUTES = 1024 };

/* numbers of at most 8 bytes, as doubles or integers; NULL: another kind */
static char *numbers_text(hid_t attribute, hid_t type, size_t n)
{
    int whole = H5Tget_class(type) == H5T_INTEGER;
    union {
        double real;
        long long integer;
    } *number = calloc(n + 1, sizeof *number);
    char *text = NULL;
    size_t size;
    FILE *stream = number ? open_memstream(&text, &size) : NULL;

    if (stream &&
        H5Aread(attribute, whole ? H5T_NATIVE_LLONG : H5T_NATIVE_DOUBLE, number) >= 0)
        for (size_t i = 0; i < n; i++) {
            fputs(i > 0 ? " " : "", stream);
            if (whole)
                fprintf(stream, "%lld", number[i].integer);
            else
                fprintf(stream, "%.17g", number[i].real);
        }
    if (stream)
        fclose(stream);
    free(number);
    return text;
}

static char *value_of(const struct pn_result *result, const char *object,
                      const char *name)
{
    hid_t attribute =
        H5Aopen_by_name(result->hdf.file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    H5T_class_t class = H5Tget_class(type);
    char *text = NULL;

    if (class == H5T_STRING)
        text = pn_result_text(result, object, name);
    else if ((class == H5T_FLOAT || class == H5T_INTEGER) && H5Tget_size(type) <= 8 &&
             n >= 0 && n <= NUMBERS)
        text = numbers_text(attribute, type, (size_t)n);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

struct visit {
    const struct pn_result *result;
    const char *object;
    struct pn_attributes *attributes;
};

static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *about,
                              void *user)
{
    struct visit *visit = user;
    struct pn_attributes *all = visit->attributes;
    struct pn_attribute *item;
    char *text;

    (void)object;
    (void)about;
    if (all->n == ATTRIBUTES)
        return -1;
    text = value_of(visit->result, visit->object, name);
    if (!text)
        return 0;
    item = &all->item[all->n++];
    item->text = text;
    item->name = strdup(name);
    return item->name ? 0 : -1;
}

int pn_attributes_list(const struct pn_result *result, const char *object,
                       struct pn_attributes *attributes)
{
    struct visit visit = {result, object, attributes};

    *attributes = (struct pn_attributes){.n = 0};
    attributes->item = calloc(ATTRIBUTES, sizeof *attributes->item);
    if (!attributes->item)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for attributes");
    if (H5Aiterate_by_name(result->hdf.file, object, H5_INDEX_NAME, H5_ITER_INC, NULL,
                           visit_attribute, &visit, H5P_DEFAULT) < 0)
        return pn_result_refuse(result, object, "has attributes that cannot be read");
    return PN_OK;
}

void pn_attributes_free(struct pn_attributes *attributes)
{
    for (size_t i = 0; i < attributes->n; i++) {
        free(attributes->item[i].name);
        free(attributes->item[i].text);
    }
    free(attributes->item);
    *attributes = (struct pn_attributes){.n = 0};
}

const char *pn_attributes_find(const struct pn_attributes *attributes, const char *name)
{
    for (size_t i = 0; i < attributes->n; i++)
        if (strcmp(attributes->item[i].name, name) == 0)
            return attributes->item[i].text;
    return NULL;
}
