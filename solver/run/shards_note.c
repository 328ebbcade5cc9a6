/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text: "pneuma shards 2", then a line each: a word and its value.  All shards write
 * the same.
 */
#include "solver/run/shards_note.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/run/shard.h"

enum { LINE_LIMIT = 4096 + 64 }; /* bytes: a path and a word */

void pn_shards_note_free(struct pn_shards_note *note)
{
    free(note->study);
    free(note->events);
    free(note->extend);
    *note = (struct pn_shards_note){.n = 0};
}

int pn_shards_note_is_there(const char *folder)
{
    char *path = pn_format("%s/shards", folder);
    int is_there = path && access(path, F_OK) == 0;

    free(path);
    return is_there;
}

/* --- reading --- */

/* The value of a line that begins with `word`, malloced; NULL: no such line. */
static char *read_line(FILE *file, const char *word)
{
    char *line = NULL, *value = NULL;
    size_t size = 0, n_word = strlen(word);
    ssize_t n = getline(&line, &size, file);

    if (n > 0 && n < LINE_LIMIT && line[n - 1] == '\n' && strlen(line) == (size_t)n &&
        strncmp(line, word, n_word) == 0 && line[n_word] == ' ') {
        line[n - 1] = '\0';
        value = strdup(line + n_word + 1);
    }
    free(line);
    return value;
}

static int read_count(const char *text, int64_t *n)
{
    struct pn_shard shard = {0, 0};
    char *all = pn_format("1/%s", text);
    int good = all && pn_shard_parse(all, &shard) == PN_OK;

    free(all);
    *n = shard.n;
    return good;
}

static int read_patients(const char *text, struct pn_selection *selection)
{
    return strcmp(text, "0:0") == 0 || pn_selection_parse(text, selection) == PN_OK;
}

static int read_seed(const char *text, uint64_t *seed)
{
    char *end;

    errno = 0;
    *seed = strtoull(text, &end, 10);
    return !errno && *text >= '0' && *text <= '9' && !*end;
}

static int read_all(FILE *file, struct pn_shards_note *note)
{
    char *form = read_line(file, "pneuma");
    char *n = form ? read_line(file, "n") : NULL, *patients = NULL, *seed = NULL;
    int good;

    note->study = n ? read_line(file, "study") : NULL;
    note->events = note->study ? read_line(file, "events") : NULL;
    note->extend = note->events ? read_line(file, "extend") : NULL;
    patients = note->extend ? read_line(file, "patients") : NULL;
    seed = patients ? read_line(file, "seed") : NULL;
    good = seed && strcmp(form, "shards 2") == 0 && read_count(n, &note->n) &&
           read_patients(patients, &note->selection) &&
           read_seed(seed, &note->selection.seed);
    if (good && *note->events)
        note->selection.events = note->events;
    free(form);
    free(n);
    free(patients);
    free(seed);
    return good;
}

int pn_shards_note_read(const char *folder, struct pn_shards_note *note)
{
    char *path = pn_format("%s/shards", folder);
    FILE *file = path ? fopen(path, "re") : NULL;
    int status = PN_OK;

    *note = (struct pn_shards_note){.n = 0};
    if (!path)
        return PN_ERR_MEMORY;
    if (!file)
        status = errno == ENOENT
                     ? PN_FAIL(PN_ERR_USAGE, "%s: no shards have run there", folder)
                     : PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    else if (!read_all(file, note))
        status = PN_FAIL(PN_ERR_INPUT, "%s is not what a shard of pneuma writes", path);
    if (file)
        fclose(file);
    free(path);
    return status;
}

/* --- writing --- */

/* from everywhere the same file */
static int make_absolute(const char *path, char **absolute)
{
    *absolute = path ? realpath(path, NULL) : strdup("");
    if (!*absolute && path)
        return PN_FAIL(PN_ERR_IO, "cannot find %s: %s", path, strerror(errno));
    if (!*absolute)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    if (strchr(*absolute, '\n'))
        return PN_FAIL(PN_ERR_USAGE, "%s: a line break in its name", *absolute);
    return PN_OK;
}

int pn_shards_note_write(const char *folder, int64_t n, const char *study,
                         const struct pn_selection *selection, const char *extend)
{
    struct pn_shards_note at = {.n = n};
    char *path = pn_format("%s/shards", folder), *text = NULL;
    int status = path ? PN_OK : PN_ERR_MEMORY;

    PN_TRY(status);
    PN_TRY(make_absolute(study, &at.study));
    PN_TRY(make_absolute(selection->events, &at.events));
    PN_TRY(make_absolute(extend, &at.extend));
    text = pn_format("pneuma shards 2\nn %lld\nstudy %s\nevents %s\nextend %s\npatients "
                     "%zu:%zu\nseed %llu\n",
                     (long long)n, at.study, at.events, at.extend, selection->first,
                     selection->last, (unsigned long long)selection->seed);
    PN_TRY(text ? pn_draft_write(path, text, strlen(text)) : PN_ERR_MEMORY);
out:
    pn_shards_note_free(&at);
    free(path);
    free(text);
    return status;
}
