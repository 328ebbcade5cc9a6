/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pneuma selftest: is this installation sound?  Installation qualification: what is
 * installed, known answers, and a record that holds the hash of its own text. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solver/base/clock.h"
#include "solver/base/status.h"
#include "solver/base/version.h"
#include "solver/cli/cli.h"
#include "solver/cli/command_selftest.h"
#include "solver/hdf/draft.h"
#include "solver/run/audit.h"
#include "solver/run/installation.h"
#include "solver/run/libraries.h"
#include "solver/text/digest.h"
#include "solver/text/json.h"

struct request {
    const char *json;
};

/* --- the folder and the program --- */

int pn_selftest_write(const struct pn_selftest *test, const char *name, const char *text)
{
    char path[4200];
    FILE *file;
    int good;

    snprintf(path, sizeof path, "%s/%s", test->folder, name);
    file = fopen(path, "we");
    good = file && fputs(text, file) >= 0;
    good = file && fclose(file) == 0 && good;
    return good ? PN_OK
                : PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
}

/* In the child.  It is a run of its own, whoever has started us. */
static void become(const struct pn_selftest *test, const char *study, const char *result,
                   const char *launcher, const char *variable)
{
    static const char *const foreign[] = {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK",
                                          "PMI_RANK", "PMIX_RANK",
                                          "SLURM_STEP_NUM_TASKS"};
    char *const own[] = {
        (char *)test->program, "run", (char *)study, "--out", (char *)result, "--quiet",
        "--max-failed",        "0",   NULL};
    char *const under[] = {(char *)launcher,
                           "-n",
                           "2",
                           (char *)test->program,
                           "run",
                           (char *)study,
                           "--out",
                           (char *)result,
                           "--quiet",
                           "--max-failed",
                           "0",
                           NULL};
    int log;

    if (chdir(test->folder) != 0)
        _exit(127);
    log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (log >= 0) {
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
    }
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        unsetenv(foreign[i]);
    if (variable)
        putenv((char *)variable);
    if (launcher) { /* two ranks on any machine; as root it is the root's own machine */
        setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
        execvp(launcher, under);
    } else {
        execv(test->program, own);
    }
    _exit(127);
}

int pn_selftest_run(const struct pn_selftest *test, const char *study, const char *result,
                    const char *launcher, const char *variable)
{
    pid_t child;
    int how;

    fflush(NULL);
    child = fork();
    if (child == 0)
        become(test, study, result, launcher, variable);
    while (child > 0 && waitpid(child, &how, 0) < 0)
        if (errno != EINTR)
            return -1;
    return child > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* --- the same bytes --- */

static const char bits_study[] =
    "name: selftest-bits\nseed: 11\n"
    "population:\n  size: 64\n  covariates: {weight: {mean: 70 kg, sd: 12 kg, low: 40 "
    "kg}}\n"
    "drugs:\n  one:\n    route: oral\n    molar_mass: 400 g/mol\n"
    "    kinetics: {model: pk2, parameters: {CL: {median: 20 L/h, omega2: 0.2}, V1: "
    "{median: 50 L, omega2: 0.1}}}\n"
    "    targets: {dp2: {Kd: 1 nM}}\n"
    "arms:\n  placebo: []\n  treated: [{drug: one, dose: 100 mg, every: 12 h, adherence: "
    "0.8}]\n"
    "duration: 4 day\noutput: {every: 6 h, keep: [one.C, dp2.occupancy]}\n";

static void compare(struct pn_selftest *test, const char *check, const char *launcher,
                    const char *variable, const char *result, const char *want)
{
    char path[4200], hex[65] = "";
    int code = pn_selftest_run(test, "bits.yaml", result, launcher, variable);

    snprintf(path, sizeof path, "%s/%s", test->folder, result);
    if (code != 0 || pn_sha256_file(path, hex) != PN_OK)
        pn_report_add(&test->report, PN_FAILED, check, "the study ended with code %d",
                      code);
    else if (*want && strcmp(hex, want) != 0)
        pn_report_add(&test->report, PN_FAILED, check, "%s, not %s", hex, want);
    else
        pn_report_add(&test->report, PN_PASS, check, "result %.16s…%s", hex,
                      *want ? ", the same bytes" : "");
}

static int is_program(const char *name)
{
    const char *path = getenv("PATH");
    char *copy = strdup(path ? path : ""), *rest = copy, *folder;
    int found = 0;

    while (copy && !found && (folder = strsep(&rest, ":"))) {
        char file[4200];

        snprintf(file, sizeof file, "%.4000s/%s", folder, name);
        found = access(file, X_OK) == 0;
    }
    free(copy);
    return found;
}

void pn_selftest_bits(struct pn_selftest *test)
{
    char path[4200], want[65] = "", *library;

    if (pn_selftest_write(test, "bits.yaml", bits_study) != PN_OK) {
        pn_report_add(&test->report, PN_FAILED, "one rank", "%s", pn_error_last()->text);
        return;
    }
    compare(test, "one rank", NULL, NULL, "one.h5", "");
    snprintf(path, sizeof path, "%s/one.h5", test->folder);
    if (pn_sha256_file(path, want) != PN_OK)
        return;
    if (is_program("mpirun"))
        compare(test, "two ranks", "mpirun", NULL, "two.h5", want);
    else
        pn_report_add(&test->report, PN_NOTE, "two ranks",
                      "not tried: no mpirun in PATH");
    library = pn_library_of((const void *)(size_t)pn_selftest_bits);
    if (library && strstr(library, "x86-64-v4"))
        compare(test, "the other library", NULL,
                "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F", "v3.h5", want);
    else
        pn_report_add(&test->report, PN_NOTE, "the other library",
                      "not tried: this processor takes one only");
    free(library);
}

static int remove_one(const char *path, const struct stat *about, int kind,
                      struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

/* --- the record --- */

static void put_lines(FILE *stream, const char *title, const char *lines)
{
    for (const char *line = lines; *line;) {
        size_t n = strcspn(line, "\n");

        fprintf(stream, "%s%.*s\n", title, (int)n, line);
        line += n + (line[n] == '\n');
    }
}

static void put_text_record(const struct pn_selftest *test, const char *libraries,
                            const struct pn_installation *what, const char *when,
                            FILE *stream)
{
    struct utsname system;
    int good = test->report.n_failed == 0;

    fprintf(stream, "pneuma selftest, %s\n", when);
    fprintf(stream, "version: %s (%s)\ncompiler: %s\nflags: %s\nlanes: %d\n",
            pn_version(), pn_revision(), pn_compiler(), pn_flags(), (int)PN_LANES);
    if (uname(&system) == 0)
        fprintf(stream, "system: %s %s %s, host %s\n", system.sysname, system.release,
                system.machine, system.nodename);
    fprintf(stream, "program: %s %s\nlibrary: %s %s\n", what->program_sha256,
            what->program ? what->program : "", what->library_sha256,
            what->library ? what->library : "");
    put_lines(stream, "uses: ", libraries);
    pn_report_print(&test->report, stream);
    fprintf(stream, "selftest: %s (%zu failed, %zu not tried)\n",
            good ? "PASSED" : "FAILED", test->report.n_failed, test->report.n_notes);
}

static void put_member(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "  \"%s\": ", name);
    pn_json_text(stream, text, strlen(text));
    fputs(",\n", stream);
}

/* the members of one object, within the one that is being printed */
static void put_installation(const struct pn_installation *what, FILE *stream)
{
    struct pn_json json;
    char *text = NULL;
    size_t n = 0;

    pn_json_begin(&json);
    pn_installation_put(what, &json);
    if (pn_json_make(&json, PN_JSON_LINE, &text, &n) == PN_OK && n > 3)
        fprintf(stream, " %.*s,\n", (int)n - 3, text + 1); /* "{", "}" and the newline */
    free(text);
    pn_json_free(&json);
}

static void put_json_record(const struct pn_selftest *test, const char *libraries,
                            const struct pn_installation *what, const char *when,
                            FILE *stream)
{
    fputs("{\n", stream);
    put_member(stream, "time", when);
    put_member(stream, "version", pn_version());
    put_member(stream, "git_revision", pn_revision());
    put_member(stream, "compiler", pn_compiler());
    put_member(stream, "flags", pn_flags());
    put_member(stream, "libraries", libraries);
    fprintf(stream, "  \"lanes\": %d,\n ", (int)PN_LANES);
    put_installation(what, stream);
    fprintf(stream, "  \"good\": %s,\n", test->report.n_failed == 0 ? "true" : "false");
    pn_report_json(&test->report, stream);
    fputs(",\n", stream);
}

/* what was put, and the hash of it behind; malloced */
static char *sign(const struct pn_selftest *test, const char *libraries,
                  const struct pn_installation *what,
                  void (*put)(const struct pn_selftest *test, const char *libraries,
                              const struct pn_installation *what, const char *when,
                              FILE *stream),
                  const char *form)
{
    char *text = NULL, *whole = NULL, hex[65], when[24];
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    pn_utc_now(when);
    if (!stream)
        return NULL;
    put(test, libraries, what, when, stream);
    if (fclose(stream) == 0 && text && pn_sha256_text(text, n, hex) == PN_OK) {
        stream = open_memstream(&whole, &n);
        if (stream) {
            fputs(text, stream);
            fprintf(stream, form, hex);
            fclose(stream);
        }
    }
    free(text);
    return whole;
}

static int write_json(const char *path, const char *text)
{
    struct pn_draft draft = {.path = NULL};
    int status;

    PN_TRY(pn_draft_begin(path, &draft));
    if (pn_write_all(draft.fd, text, strlen(text)) != 0)
        status = PN_FAIL(PN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    if (status == PN_OK)
        status = pn_draft_commit(&draft, path, 1);
out:
    pn_draft_abandon(&draft);
    return status;
}

static int tell(const struct pn_selftest *test, const struct request *options)
{
    struct pn_installation what;
    char libraries[2048], *text, *json;
    int status = PN_OK;

    pn_installation_find(&what);
    pn_libraries(libraries, sizeof libraries);
    text = sign(test, libraries, &what, put_text_record, "SHA-256 of this record: %s\n");
    json = sign(test, libraries, &what, put_json_record, "  \"sha256\": \"%s\"\n}\n");
    if (!text || !json) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory for the record");
        goto out;
    }
    fputs(text, stdout);
    if (options->json)
        PN_TRY(write_json(options->json, json));
    if (test->report.n_failed > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "this installation is not sound");
out:
    free(text);
    free(json);
    pn_installation_free(&what);
    return status;
}

static int make_folder(struct pn_selftest *test)
{
    const char *parent = getenv("TMPDIR");

    snprintf(test->folder, sizeof test->folder, "%.4000s/pneuma-selftest-XXXXXX",
             parent && *parent ? parent : "/tmp");
    if (!mkdtemp(test->folder))
        return PN_FAIL(PN_ERR_IO, "cannot make the folder %s: %s", test->folder,
                       strerror(errno));
    return PN_OK;
}

static int selftest(struct pn_call *call)
{
    struct pn_selftest *test = calloc(1, sizeof *test);
    ssize_t n;
    int status;

    if (!test)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    PN_TRY(make_folder(test));
    n = readlink("/proc/self/exe", test->program, sizeof test->program - 1);
    test->program[n > 0 ? n : 0] = '\0';
    pn_selftest_parts(test);
    pn_selftest_studies(test);
    pn_selftest_bits(test);
    nftw(test->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    status = tell(test, call->request);
out:
    pn_report_free(&test->report);
    free(test);
    return status;
}

/* clang-format off */
static const struct pn_option rows[] = {
    {"json", 0, "FILE", PN_AS_TEXT, .at = offsetof(struct request, json),
     "the record as JSON, too"},
    {0},
};
/* clang-format on */

const struct pn_command pn_command_selftest = {
    "selftest",
    "[options]",
    "is this installation sound?",
    rows,
    .before =
        "Installation qualification: versions and hashes of the program and its "
        "libraries; "
        "known answers of its parts; studies simulated by the program itself against "
        "closed "
        "forms and SUNDIALS; one study on one rank, on two (if mpirun is found) and with "
        "the other instruction set: the same bytes.  Works in a temporary folder "
        "(TMPDIR).",
    .after = "The record ends with the SHA-256 of its own text: of all lines before the "
             "last one, in FILE before the last two (head -n -2 FILE | sha256sum).  Exit "
             "code 0: all passed, 70: not.",
    .size = sizeof(struct request),
    .run = selftest,
};
