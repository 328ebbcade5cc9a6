/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text: "pneuma rerun 1", "result SHA-256" or "result -", then the name of a journal a
 * line. */
#include "solver/run/rerun_note.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/record/journal.h"

#define FIRST_LINE "pneuma rerun 1"

enum { HEX = 64, FILES = 1000000 };

void pn_rerun_free(struct pn_rerun *rerun)
{
    for (size_t i = 0; i < rerun->n_files; i++)
        free(rerun->file[i]);
    free(rerun->file);
    *rerun = (struct pn_rerun){.is_there = 0};
}

/* the next line without its end; 0: there is none that is whole */
static int next_line(FILE *file, char **line, size_t *size)
{
    ssize_t n = getline(line, size, file);

    if (n <= 0 || (*line)[n - 1] != '\n')
        return 0;
    (*line)[n - 1] = '\0';
    return 1;
}

static int read_head(FILE *file, char **line, size_t *size, struct pn_rerun *rerun)
{
    const char *result;

    if (!next_line(file, line, size) || strcmp(*line, FIRST_LINE) != 0 ||
        !next_line(file, line, size) || strncmp(*line, "result ", 7) != 0)
        return 0;
    result = *line + 7;
    if (strcmp(result, "-") != 0 &&
        (strlen(result) != HEX || strspn(result, "0123456789abcdef") != HEX))
        return 0;
    snprintf(rerun->result, sizeof rerun->result, "%s", *result == '-' ? "" : result);
    return 1;
}

static int add_file(struct pn_rerun *rerun, const char *name)
{
    char **more = realloc(rerun->file, (rerun->n_files + 1) * sizeof *more);

    if (more)
        rerun->file = more;
    if (!more || !(more[rerun->n_files] = strdup(name)))
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of journals");
    rerun->n_files++;
    return PN_OK;
}

int pn_rerun_read(const char *folder, struct pn_rerun *rerun)
{
    char *path = NULL, *line = NULL;
    size_t size = 0;
    FILE *file;
    int status = PN_OK;

    *rerun = (struct pn_rerun){.is_there = 0};
    if (asprintf(&path, "%s/" PN_RERUN_FILE, folder) < 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    do
        file = fopen(path, "re");
    while (!file && errno == EINTR);
    if (!file && errno != ENOENT) {
        int status_of = PN_FAIL(PN_ERR_IO, "cannot read %s: %s", path, strerror(errno));

        free(path);
        return status_of;
    }
    free(path);
    if (!file)
        return PN_OK;
    rerun->is_there = read_head(file, &line, &size, rerun);
    while (rerun->is_there && status == PN_OK && rerun->n_files < FILES &&
           next_line(file, &line, &size))
        status = add_file(rerun, line);
    fclose(file);
    free(line);
    return status;
}

static int is_journal(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name), n_suffix = strlen(PN_JOURNAL_SUFFIX);

    return n > n_suffix &&
           strncmp(entry->d_name, PN_JOURNAL_PREFIX, strlen(PN_JOURNAL_PREFIX)) == 0 &&
           strcmp(entry->d_name + n - n_suffix, PN_JOURNAL_SUFFIX) == 0;
}

static int write_text(const char *folder, const char *text)
{
    struct pn_draft draft = {.path = NULL};
    char *path = NULL;
    int status;

    if (asprintf(&path, "%s/" PN_RERUN_FILE, folder) < 0)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory for a path");
    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, strlen(text)) != 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        goto out;
    }
    PN_TRY(pn_draft_commit(&draft, path, 1));
out:
    pn_draft_abandon(&draft);
    free(path);
    return status;
}

int pn_rerun_write(const char *folder, const char *result)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_journal, NULL), status;
    char *text = NULL;
    size_t n_text;
    FILE *stream;

    if (n < 0)
        return PN_FAIL(PN_ERR_IO, "cannot read the folder %s: %s", folder,
                       strerror(errno));
    stream = open_memstream(&text, &n_text);
    if (stream)
        fprintf(stream, FIRST_LINE "\nresult %s\n", *result ? result : "-");
    for (int i = 0; i < n; i++) {
        if (stream)
            fprintf(stream, "%s\n", entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    if (!stream || fclose(stream) != 0 || !text)
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the names of journals");
    else
        status = write_text(folder, text);
    free(text);
    return status;
}

int pn_rerun_names(const struct pn_rerun *rerun, const char *journal)
{
    const char *slash = strrchr(journal, '/');
    const char *name = slash ? slash + 1 : journal;

    for (size_t i = 0; rerun->is_there && i < rerun->n_files; i++)
        if (strcmp(rerun->file[i], name) == 0)
            return 1;
    return 0;
}
