/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer of the small files of a run's folder.  The first byte says which: identity,
 * shards, rerun, audit.jsonl, run.json. */
#include "solver/base/status.h"
#include "solver/run/audit.h"
#include "solver/run/identity.h"
#include "solver/run/rerun_note.h"
#include "solver/run/run_json.h"
#include "solver/run/shard.h"
#include "solver/run/shards_note.h"
#include "tests/fuzz/fuzz.h"

/* read, written and read again: the same */
static void check_identity(const char *folder)
{
    struct pn_identity *identity = NULL, *again = NULL;

    require(pn_identity_read(folder, &identity) == PN_OK);
    if (identity) {
        require(pn_identity_write(folder, identity) == PN_OK);
        require(pn_identity_read(folder, &again) == PN_OK && again);
        require(strcmp(identity->program, again->program) == 0 &&
                strcmp(identity->inputs, again->inputs) == 0 &&
                strcmp(identity->resolved, again->resolved) == 0);
    }
    pn_identity_free(&identity);
    pn_identity_free(&again);
}

static void check_shards(const char *folder)
{
    struct pn_shards_note note;
    int status = pn_shards_note_read(folder, &note);

    require(status == PN_OK || status == PN_ERR_INPUT);
    if (status == PN_OK)
        require(note.n >= 1 && note.n <= PN_SHARDS_MOST && note.study && note.events &&
                note.extend && note.selection.first <= note.selection.last);
    pn_shards_note_free(&note);
}

static void check_rerun(const char *folder)
{
    struct pn_rerun rerun;

    require(pn_rerun_read(folder, &rerun) == PN_OK);
    require(rerun.is_there || rerun.n_files == 0);
    require(strlen(rerun.result) == 64 || !rerun.result[0]);
    for (size_t i = 0; i < rerun.n_files; i++)
        /* a name with a slash is none of a journal */
        require(pn_rerun_names(&rerun, rerun.file[i]) || strchr(rerun.file[i], '/'));
    require(!pn_rerun_names(&rerun, "journal-none\n.pnj"));
    pn_rerun_free(&rerun);
}

static void check_audit(const char *folder)
{
    struct pn_audit audit;
    struct pn_attempt *attempts = NULL;
    size_t n = 0;

    require(pn_audit_read(folder, &audit) == PN_OK);
    require(audit.n_torn <= audit.n_lines && audit.broken <= audit.n_lines);
    require(pn_audit_attempts(&audit, &attempts, &n) == PN_OK && n <= audit.n_lines);
    for (size_t i = 0; i < n; i++)
        require(strcmp(pn_json_text_of(attempts[i].start, "event"), "start") == 0);
    free(attempts);
    pn_audit_free(&audit);
}

static void check_run_json(const char *folder)
{
    json_t *json;
    int status = pn_run_json_read(folder, &json);

    require((status == PN_ERR_INPUT && !json) || (status == PN_OK && json));
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *name;
        void (*check)(const char *folder);
    } file[] = {
        {"identity",    check_identity},
        {"shards",      check_shards  },
        {"rerun",       check_rerun   },
        {"audit.jsonl", check_audit   },
        {"run.json",    check_run_json},
    };
    size_t i;
    char path[320];

    if (size == 0)
        return 0;
    i = (uint8_t)(data[0] - '0') % (sizeof file / sizeof *file);
    fuzz_path(file[i].name, path);
    write_file(path, data + 1, size - 1);
    file[i].check(fuzz_folder());
    remove(path);
    return 0;
}
