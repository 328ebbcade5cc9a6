/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log is appended under a lock, and read with its chain of hashes. */
#include "solver/run/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/base/format.h"
#include "solver/base/status.h"
#include "solver/hdf/draft.h"
#include "solver/text/digest.h"

enum { FILE_LIMIT = 1 << 26, LINE_LIMIT = 1 << 20 /* bytes */ };

static const char nothing[] = /* what the first line has as its previous one */
    "0000000000000000000000000000000000000000000000000000000000000000";

static int read_file(const char *folder, const char *name, size_t limit, char **text,
                     size_t *n)
{
    char *path = pn_format("%s/%s", folder, name);
    struct stat about;
    FILE *file = NULL;
    int status = PN_OK;

    *text = NULL;
    *n = 0;
    if (!path)
        return PN_ERR_MEMORY;
    if (stat(path, &about) != 0 || !(file = fopen(path, "re")))
        status = PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    else if (!S_ISREG(about.st_mode) || (uint64_t)about.st_size > limit)
        status = PN_FAIL(PN_ERR_INPUT, "%s is no file, or too large", path);
    else if (!(*text = calloc(1, (size_t)about.st_size + 1)))
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read %s", path);
    else
        *n = fread(*text, 1, (size_t)about.st_size, file);
    if (file)
        fclose(file);
    free(path);
    return status;
}

/* --- writing --- */

/* One process at a time; where the file system has no locks, none is better than no log.
 */
static void lock_file(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    for (int i = 0; i < 100 && fcntl(fd, F_OFD_SETLK, &lock) != 0; i++) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

/* the last line of the file, which may be cut; *whole: it has its end */
static int hash_last(const char *text, size_t n, char hex[65], int *whole)
{
    size_t end = n, begin;

    *whole = n == 0 || text[n - 1] == '\n';
    if (n == 0) {
        memcpy(hex, nothing, 65);
        return PN_OK;
    }
    end -= text[n - 1] == '\n';
    begin = end;
    while (begin > 0 && text[begin - 1] != '\n')
        begin--;
    return pn_sha256_text(text + begin, end - begin, hex);
}

void pn_audit_begin(struct pn_json *line, const char *event)
{
    char now[PN_UTC_BYTES];

    pn_utc_now(now);
    pn_json_begin(line);
    pn_json_put_text(line, "time", now);
    pn_json_put_text(line, "event", event);
}

/* The file is open and locked: the line goes behind what is there. */
static int append(int fd, const char *folder, const char *path, struct pn_json *line)
{
    char *text = NULL, *last = NULL, hex[65];
    size_t n, n_text;
    int whole, status;

    PN_TRY(read_file(folder, "audit.jsonl", FILE_LIMIT, &last, &n));
    hash_last(last, n, hex, &whole);
    pn_json_put_text(line, "previous", hex);
    PN_TRY(pn_json_make(line, PN_JSON_LINE, &text, &n_text));
    /* behind a line that was cut a new one begins: the cut one stays, and is chained */
    if ((!whole && pn_write_all(fd, "\n", 1) != 0) ||
        pn_write_all(fd, text, n_text) != 0 || PN_RETRY(fdatasync(fd)) != 0)
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
out:
    free(text);
    free(last);
    return status;
}

int pn_audit_append(const char *folder, struct pn_json *line)
{
    char *path = pn_format("%s/audit.jsonl", folder);
    int fd = -1, status;

    if (!path)
        return PN_ERR_MEMORY;
    fd = PN_RETRY(open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (fd < 0) {
        status = PN_FAIL(PN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    } else {
        lock_file(fd);
        status = append(fd, folder, path, line);
        close(fd);
    }
    free(path);
    return status;
}

/* --- reading --- */

int pn_audit_read(const char *folder, struct pn_audit *audit)
{
    char *text = NULL, previous[65];
    size_t n, most = 1;
    int status;

    *audit = (struct pn_audit){.n_lines = 0};
    PN_TRY(read_file(folder, "audit.jsonl", FILE_LIMIT, &text, &n));
    for (size_t i = 0; i < n; i++)
        most += text[i] == '\n';
    audit->line = calloc(most, sizeof *audit->line);
    if (!audit->line) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory to read the audit log");
        goto out;
    }
    memcpy(previous, nothing, sizeof previous);
    for (size_t at = 0, length; at < n; at += length + 1) {
        const char *end = memchr(text + at, '\n', n - at);
        json_t *line = NULL;

        length = end ? (size_t)(end - (text + at)) : n - at;
        if (length <= LINE_LIMIT)
            (void)pn_json_parse(text + at, length, "audit.jsonl", NULL, &line);
        audit->line[audit->n_lines++] = line;
        audit->n_torn += line == NULL;
        if (line && audit->broken == 0 &&
            strcmp(pn_json_text_of(line, "previous"), previous) != 0)
            audit->broken = audit->n_lines;
        PN_TRY(pn_sha256_text(text + at, length, previous));
        memcpy(audit->last, previous, sizeof previous);
    }
out:
    free(text);
    return status;
}

void pn_audit_free(struct pn_audit *audit)
{
    for (size_t i = 0; i < audit->n_lines; i++)
        json_decref(audit->line[i]);
    free(audit->line);
    *audit = (struct pn_audit){.n_lines = 0};
}

int pn_run_json_read(const char *folder, json_t **json)
{
    char *text = NULL;
    size_t n;
    int status;

    *json = NULL;
    PN_TRY(read_file(folder, "run.json", FILE_LIMIT, &text, &n));
    if (pn_json_parse(text, n, "run.json", NULL, json) != PN_OK)
        status = PN_FAIL(PN_ERR_INPUT, "%s/run.json is not what pneuma writes", folder);
out:
    free(text);
    return status;
}
