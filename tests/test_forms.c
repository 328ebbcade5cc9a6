/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every place of a study, with another form than it has: a value in a list, in a mapping,
 * nothing, quoted.  It is refused, or it means what it meant; and what is written of a
 * study that was taken is taken, too, and means the same. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "solver/base/status.h"
#include "solver/study/study.h"
#include "solver/text/yaml.h"

#define INPUTS PN_SOURCE_DIR "/inputs/"

enum { PATH = 400, PLACES = 4000 };

/* in place of a value */
enum form { AS_IT_IS, LISTED, LISTED_TWICE, MAPPED, EMPTY, NO_ITEMS, NO_KEYS, FORMS };

static struct pn_units *units;

/* --- a tree as text, one of its nodes in another form --- */

struct emitter {
    FILE *stream;
    size_t node, changed; /* the next one's number, the one that is changed */
    enum form form;
};

static void emit(struct emitter *e, const struct pn_yaml *node);

static void emit_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++) {
        if (strchr("\"\\", *text))
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void emit_plainly(struct emitter *e, const struct pn_yaml *node)
{
    if (node->kind == PN_YAML_TEXT) {
        emit_text(e->stream, node->text);
        return;
    }
    fputc(node->kind == PN_YAML_LIST ? '[' : '{', e->stream);
    for (const struct pn_yaml *item = node->first; item; item = item->next) {
        if (item != node->first)
            fputs(", ", e->stream);
        if (node->kind == PN_YAML_MAP) {
            emit_text(e->stream, item->text);
            fputs(": ", e->stream);
        }
        emit(e, node->kind == PN_YAML_MAP ? item->value : item);
    }
    fputc(node->kind == PN_YAML_LIST ? ']' : '}', e->stream);
}

static void emit(struct emitter *e, const struct pn_yaml *node)
{
    static const char *const before[FORMS] = {
        [AS_IT_IS] = "", [LISTED] = "[", [LISTED_TWICE] = "[[", [MAPPED] = "{zzz: "};
    static const char *const after[FORMS] = {
        [AS_IT_IS] = "", [LISTED] = "]", [LISTED_TWICE] = "]]", [MAPPED] = "}"};
    enum form form = e->node++ == e->changed ? e->form : AS_IT_IS;

    if (form == EMPTY)
        fputs("\"\"", e->stream);
    else if (form == NO_ITEMS)
        fputs("[]", e->stream);
    else if (form == NO_KEYS)
        fputs("{}", e->stream);
    if (form >= EMPTY)
        return;
    fputs(before[form], e->stream);
    emit_plainly(e, node);
    fputs(after[form], e->stream);
}

static char *text_of(const struct pn_yaml *tree, size_t changed, enum form form)
{
    char *text = NULL;
    size_t n;
    struct emitter e = {open_memstream(&text, &n), 0, changed, form};

    emit(&e, tree);
    fclose(e.stream);
    return text;
}

/* --- its places: keys that lead there, each way once in all studies --- */

struct place {
    size_t node;
    const struct pn_yaml *at;
    char way[PATH];
};

struct places {
    struct place place[PLACES];
    size_t n, node;
};

static struct places seen; /* of all studies */

static int is_new(const char *way)
{
    for (size_t i = 0; i < seen.n; i++)
        if (strcmp(seen.place[i].way, way) == 0)
            return 0;
    assert_true(seen.n < PLACES);
    snprintf(seen.place[seen.n++].way, PATH, "%s", way);
    return 1;
}

static void find_places(const struct pn_yaml *node, const char *way, struct places *found)
{
    size_t number = found->node++;

    if (is_new(way) && found->n < PLACES) {
        struct place *place = &found->place[found->n++];

        *place = (struct place){.node = number, .at = node};
        snprintf(place->way, PATH, "%s", way);
    }
    for (const struct pn_yaml *item = node->kind == PN_YAML_TEXT ? NULL : node->first;
         item; item = item->next) {
        char deeper[PATH];
        int n = snprintf(deeper, PATH, "%.300s/%.60s", way,
                         node->kind == PN_YAML_MAP ? item->text : "-");

        assert_true(n < PATH);
        find_places(node->kind == PN_YAML_MAP ? item->value : item, deeper, found);
    }
}

/* --- reading --- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r"), *stream;
    char *text = NULL;
    size_t n;
    int c;

    assert_non_null(file);
    stream = open_memstream(&text, &n);
    while ((c = fgetc(file)) != EOF)
        fputc(c, stream);
    fclose(stream);
    fclose(file);
    return text;
}

/* malloced; NULL: refused, and something was said */
static char *resolve(const char *path, const char *text, const char *way)
{
    struct pn_complaints list = {.n = 0};
    struct pn_study *study = NULL;
    char *resolved = NULL;
    int status = pn_study_read_text(path, text, units, &list, &study);

    if (status == PN_OK)
        assert_int_equal(pn_study_write(study, &resolved), PN_OK);
    else if (list.n == 0)
        fail_msg("%s: refused without a word: %s", way, text);
    pn_study_free(&study);
    return resolved;
}

static void check_written(const char *path, const char *resolved, const char *way)
{
    char *again = resolve(path, resolved, way);

    if (!again)
        fail_msg("%s: what is written is refused:\n%s", way, resolved);
    assert_string_equal(again, resolved);
    free(again);
}

/* words that no reader reads */
static int is_free(const char *way)
{
    const char *last = strrchr(way, '/');

    return last && (strcmp(last, "/source") == 0 || strcmp(last, "/title") == 0 ||
                    strcmp(last, "/description") == 0 || strcmp(last, "/comment") == 0);
}

/* absence may be said by an empty list or mapping, and an empty one is refused or
 * written as what it is */
static int may_change(enum form form)
{
    return form >= EMPTY;
}

static void check_place(const char *path, const struct pn_yaml *tree,
                        const struct place *place, const char *whole)
{
    for (enum form form = LISTED; form < FORMS; form++) {
        char *text = text_of(tree, place->node, form);
        char *resolved = resolve(path, text, place->way);

        if (resolved && !may_change(form) && !is_free(place->way) &&
            strcmp(resolved, whole) != 0)
            fail_msg("%s in %s: taken in form %d as something else:\n%s\nis\n%s",
                     place->way, path, (int)form, text, resolved);
        if (resolved)
            check_written(path, resolved, place->way);
        free(resolved);
        free(text);
    }
}

/* a study as a tree, each place of it that no other has had */
static void check_tree(const char *path, const char *text, const char *root,
                       const char *whole, struct places *found)
{
    struct pn_arena arena = {.last = NULL};
    struct pn_complaints list = {.n = 0};
    const struct pn_yaml *tree = pn_yaml_parse(text, strlen(text), path, &arena, &list);

    assert_non_null(tree);
    found->n = found->node = 0;
    find_places(tree, root, found);
    for (size_t i = 0; i < found->n; i++)
        check_place(path, tree, &found->place[i], whole);
    pn_arena_free(&arena);
}

static char *quoted(const char *path, const char *text)
{
    struct pn_arena arena = {.last = NULL};
    struct pn_complaints list = {.n = 0};
    const struct pn_yaml *tree = pn_yaml_parse(text, strlen(text), path, &arena, &list);
    char *all;

    assert_non_null(tree);
    all = text_of(tree, SIZE_MAX, AS_IT_IS);
    pn_arena_free(&arena);
    return all;
}

/* as it stands, and as it is written, with drugs and population in it */
static void check_study(const char *path, struct places *found)
{
    char *text = read_file(path), *in_quotes = quoted(path, text);
    char *whole = resolve(path, text, path), *same = resolve(path, in_quotes, path);

    assert_non_null(whole);
    assert_non_null(same);
    assert_string_equal(same, whole);
    check_written(path, whole, path);
    check_tree(path, text, "", whole, found);
    check_tree(path, whole, "written", whole, found);
    free(text);
    free(in_quotes);
    free(whole);
    free(same);
}

static int is_study(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".yaml") == 0;
}

static void another_form_is_refused_or_means_the_same(void **state)
{
    struct places *found = calloc(1, sizeof *found);
    struct dirent **entry;
    int n = scandir(INPUTS, &entry, is_study, alphasort);
    char path[PATH];

    (void)state;
    assert_non_null(found);
    assert_true(n > 5);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, INPUTS "%s", entry[i]->d_name);
        check_study(path, found);
        free(entry[i]);
    }
    free(entry);
    free(found);
    assert_true(seen.n > 300);
}

static int setup(void **state)
{
    (void)state;
    return pn_units_create(&units) == PN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pn_units_free(&units);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_form_is_refused_or_means_the_same),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
