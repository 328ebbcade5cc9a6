/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log of a run: lines of any version, their chain, what damages it. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/run/audit.h"

/* as version 0.1.0 wrote it before jansson did */
static const char old_line[] =
    "{\"time\": \"2026-01-31T12:00:00Z\", \"event\": \"start\", \"attempt\": "
    "\"there-123-2026-01-31T12:00:00Z\", \"study\": \"old \\u00e9\", \"host\": "
    "\"there\", "
    "\"pid\": 123, \"ranks\": 2, \"jobs\": 40, \"found\": 0, \"program\": {\"path\": "
    "\"/bin/pneuma\", \"sha256\": \"\"}, \"scheduler\": {}, \"previous\": "
    "\"0000000000000000000000000000000000000000000000000000000000000000\"}\n";

static int setup(void **state)
{
    char *folder = strdup("/tmp/pneuma-audit-XXXXXX");

    *state = folder;
    return folder && mkdtemp(folder) ? 0 : 1;
}

static int teardown(void **state)
{
    char path[64];

    snprintf(path, sizeof path, "%s/audit.jsonl", (char *)*state);
    remove(path);
    rmdir(*state);
    free(*state);
    return 0;
}

static void write_log(const char *folder, const char *mode, const char *text)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof path, "%s/audit.jsonl", folder);
    file = fopen(path, mode);
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void append(const char *folder, const char *event)
{
    struct pn_json line;

    pn_audit_begin(&line, event);
    pn_json_put_text(&line, "attempt", "there-123-2026-01-31T12:00:00Z");
    pn_json_put_text(&line, "message", "\"quoted\"\nand a line break");
    assert_int_equal(pn_audit_append(folder, &line), PN_OK);
    pn_json_free(&line);
}

static void a_log_of_an_older_version_is_read_and_goes_on(void **state)
{
    struct pn_audit audit;
    struct pn_attempt *attempts;
    size_t n;
    int64_t ranks = 0;

    write_log(*state, "w", old_line);
    append(*state, "stop");
    assert_int_equal(pn_audit_read(*state, &audit), PN_OK);
    assert_int_equal(audit.n_lines, 2);
    assert_int_equal(audit.n_torn + audit.broken, 0);
    assert_string_equal(pn_json_text_of(audit.line[0], "study"), "old \303\251");
    assert_string_equal(pn_json_text_of(audit.line[1], "message"),
                        "\"quoted\"\nand a line break");
    assert_int_equal(pn_audit_attempts(&audit, &attempts, &n), PN_OK);
    assert_int_equal(n, 1);
    assert_int_equal(pn_json_whole_of(attempts[0].start, "ranks", &ranks), 1);
    assert_int_equal(ranks, 2);
    assert_ptr_equal(attempts[0].end, audit.line[1]);
    free(attempts);
    pn_audit_free(&audit);
}

static void a_changed_line_breaks_the_chain(void **state)
{
    char changed[sizeof old_line];
    struct pn_audit audit;

    append(*state, "start");
    append(*state, "result");
    assert_int_equal(pn_audit_read(*state, &audit), PN_OK);
    assert_int_equal(audit.broken, 0);
    pn_audit_free(&audit);
    memcpy(changed, old_line, sizeof changed);
    write_log(*state, "w", changed);
    append(*state, "stop");
    *strstr(changed, "jobs\": 4") = 'J';
    write_log(*state, "r+", changed);
    assert_int_equal(pn_audit_read(*state, &audit), PN_OK);
    assert_int_equal(audit.broken, 2);
    pn_audit_free(&audit);
}

static void a_line_that_was_cut_stays_and_is_chained(void **state)
{
    struct pn_audit audit;

    append(*state, "start");
    write_log(*state, "a", "{\"time\": \"2026-01-31T12:0");
    append(*state, "start");
    append(*state, "result");
    assert_int_equal(pn_audit_read(*state, &audit), PN_OK);
    assert_int_equal(audit.n_lines, 4);
    assert_int_equal(audit.n_torn, 1);
    assert_null(audit.line[1]);
    assert_int_equal(audit.broken, 0);
    assert_int_equal(strlen(audit.last), 64);
    pn_audit_free(&audit);
}

static void a_missing_log_is_an_error_of_reading(void **state)
{
    struct pn_audit audit;

    assert_int_equal(pn_audit_read(*state, &audit), PN_ERR_IO);
    pn_audit_free(&audit);
}

#define test_in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_folder(a_log_of_an_older_version_is_read_and_goes_on),
        test_in_folder(a_changed_line_breaks_the_chain),
        test_in_folder(a_line_that_was_cut_stays_and_is_chained),
        test_in_folder(a_missing_log_is_an_error_of_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
