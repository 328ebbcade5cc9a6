/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: found relative to the one that names them, read whole, hashed. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "solver/base/status.h"
#include "solver/text/digest.h"
#include "solver/text/reader.h"

/* A size is known before anything is read: only plain files, no pipe that waits. */
static int read_all(FILE *file, size_t limit, struct pn_arena *arena,
                    struct pn_source *source)
{
    struct stat about;

    if (fstat(fileno(file), &about) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot read '%s': %s", source->path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return PN_FAIL(PN_ERR_IO, "cannot read '%s': not a plain file", source->path);
    if ((uintmax_t)about.st_size > limit)
        return PN_FAIL(PN_ERR_INPUT, "larger than %zu bytes, the most that is read",
                       limit);
    source->n = (size_t)about.st_size;
    source->text = pn_arena_take(arena, source->n + 1, 1);
    if (!source->text)
        return PN_ERR_MEMORY;
    if (fread(source->text, 1, source->n, file) != source->n)
        return PN_FAIL(PN_ERR_IO, "cannot read '%s' to its end", source->path);
    return PN_OK;
}

/* Too large to be kept: another reader will open it. */
static int hash_only(FILE *file, struct pn_source *source)
{
    struct stat about;

    if (fstat(fileno(file), &about) != 0)
        return PN_FAIL(PN_ERR_IO, "cannot read '%s': %s", source->path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return PN_FAIL(PN_ERR_IO, "cannot read '%s': not a plain file", source->path);
    return pn_sha256_file(source->path, source->sha256);
}

/* Named and listed. */
static int register_source(struct pn_reader *r, struct pn_source *source)
{
    char *real = realpath(source->path, NULL);
    int status = PN_OK;

    if (source->text)
        status = pn_sha256_text(source->text, source->n, source->sha256);
    source->real = real ? pn_arena_copy(r->arena, real, strlen(real)) : source->path;
    free(real);
    if (r->last_source)
        r->last_source->next = source;
    else
        r->sources = source;
    r->last_source = source;
    return status;
}

int pn_source_load(struct pn_reader *r, const char *path, size_t limit,
                   struct pn_source **out)
{
    struct pn_source *source = pn_arena_take(r->arena, 1, sizeof *source);
    FILE *file;
    int status;

    *out = NULL;
    if (!source || !(source->path = pn_arena_copy(r->arena, path, strlen(path))))
        return PN_ERR_MEMORY;
    do
        file = fopen(path, "rb");
    while (!file && errno == EINTR);
    if (!file)
        return PN_FAIL(PN_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    status = limit == PN_ONLY_HASHED ? hash_only(file, source)
                                     : read_all(file, limit, r->arena, source);
    fclose(file);
    if (status != PN_OK)
        return status;
    *out = source;
    return register_source(r, source);
}

int pn_source_hold(struct pn_reader *r, const char *path, const char *text,
                   struct pn_source **out)
{
    struct pn_source *source = pn_arena_take(r->arena, 1, sizeof *source);

    *out = source;
    if (!source || !(source->path = pn_arena_copy(r->arena, path, strlen(path))) ||
        !(source->text = pn_arena_copy(r->arena, text, strlen(text))))
        return PN_ERR_MEMORY;
    source->n = strlen(text);
    return register_source(r, source);
}

/* The name in the folder of `path` that is nearest to its last part; NULL when none is.
 */
static const char *nearest_file(struct pn_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? pn_arena_copy(arena, path, (size_t)(slash - path) + 1) : NULL;
    const char *near = NULL;
    struct dirent *entry;
    DIR *list = folder || !slash ? opendir(slash ? folder : ".") : NULL;

    while (list && (entry = readdir(list))) {
        const char *const pair[] = {near ? near : entry->d_name, entry->d_name};
        const char *best = pn_nearest(name, pair, 2);
        if (best && best != near)
            near = pn_arena_copy(arena, best, strlen(best));
    }
    if (list)
        closedir(list);
    return near;
}

char *pn_source_path(struct pn_reader *r, struct pn_place place, const char *name)
{
    const char *slash = strrchr(place.file, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - place.file) + 1 : 0;

    return pn_arena_print(r->arena, "%.*s%s", folder, place.file, name);
}

struct pn_source *pn_read_source(struct pn_reader *r, struct pn_place place,
                                 const char *name, size_t limit)
{
    char *path = pn_source_path(r, place, name);
    struct pn_source *source = NULL;
    const char *near;
    int status;

    if (!path)
        return NULL;
    status = pn_source_load(r, path, limit, &source);
    if (status == PN_ERR_IO && errno == ENOENT && r->list->n < PN_COMPLAINTS_KEPT) {
        near = nearest_file(r->arena, path);
        pn_complain(r->list, place, "%s%s%s%s", pn_error_last()->text,
                    near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    } else if (status == PN_ERR_IO) {
        pn_complain(r->list, place, "%s", pn_error_last()->text);
    } else if (status == PN_ERR_INPUT) {
        pn_complain(r->list, place, "'%s' is %s", path, pn_error_last()->text);
    }
    return source;
}

const struct pn_yaml *pn_read_yaml(struct pn_reader *r, struct pn_place place,
                                   const char *name)
{
    struct pn_source *source = pn_read_source(r, place, name, PN_YAML_BYTES);
    struct pn_yaml *root;

    if (!source)
        return NULL;
    root = pn_yaml_parse(source->text, source->n, source->path, r->arena, r->list);
    return root && pn_is(r, root, PN_YAML_MAP, "the file") ? root : NULL;
}
