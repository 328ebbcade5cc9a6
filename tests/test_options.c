/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options as rows: what a command line may look like, what is refused, what help says. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "solver/base/status.h"
#include "solver/cli/cli.h"

struct inner {
    double height; /* m */
};

struct request {
    int quiet, restart, colour;
    const char *out, *table;
    int64_t count;
    double share, height;
    struct pn_numbers list;
    struct inner inner;
};

#define AT(member) .at = offsetof(struct request, member)

/* clang-format off */
static const char *const colours[] = {"red", "green", "blue", NULL};
static const char *const endings[] = {".csv", ".h5", NULL};

static const struct pn_option inner_rows[] = {
    {"height", 0, "X", PN_AS_NUMBER, .at = offsetof(struct inner, height), "of a patient",
     "m", "cm", PN_RANGE(0.5, 2.5), PN_BEGUN},
    {0},
};

static const struct pn_option rows[] = {
    {"quiet", 'q', NULL, PN_AS_FLAG, AT(quiet), "no progress"},
    {"restart", 'r', NULL, PN_AS_FLAG, AT(restart), "anew"},
    {"result", 'o', "FILE", PN_AS_TEXT, AT(out), "the result", PN_USUAL_TEXT("r.h5")},
    {"table", 0, "FILE", PN_AS_TEXT, AT(table), "numbers", .choices = endings},
    {"count", 'n', "N", PN_AS_WHOLE, AT(count), "how many", PN_RANGE(1, 9), PN_USUAL(3)},
    {"share", 0, "S", PN_AS_NUMBER, AT(share), "of them", PN_RANGE(0, 1), .bare = "0.5"},
    {"colour", 0, "C", PN_AS_CHOICE, AT(colour), "of all", .choices = colours, PN_USUAL(1)},
    {"list", 0, "A,…", PN_AS_LIST, AT(list), "times", "h", PN_RANGE(0, 99), .rises = 1,
     PN_USUAL_TEXT("1,2")},
    {"inner", .kind = PN_AS_ROWS, AT(inner), .rows = inner_rows},
    {"secret", 0, NULL, PN_AS_FLAG, AT(quiet), "nobody's business", .hide = 1},
    {0},
};
/* clang-format on */

static void begin(void *request)
{
    ((struct request *)request)->inner.height = 1.76;
}

static const struct pn_command command = {"try",
                                          "A [B]",
                                          "a try",
                                          rows,
                                          .least = 1,
                                          .most = 2,
                                          .before = "Above.",
                                          .after = "Below.\n  kept",
                                          .size = sizeof(struct request),
                                          .begin = begin};

enum { WORDS = 8 };

/* Free the call. */
static int parse(struct pn_call *call, const char *const words[WORDS])
{
    const char *argv[WORDS + 2] = {"try"};
    int argc = 1;

    while (argc <= WORDS && words[argc - 1]) {
        argv[argc] = words[argc - 1];
        argc++;
    }
    return pn_call_parse(&command, argc, (char **)argv, call);
}

static void defaults_are_those_of_the_rows_and_of_begin(void **state)
{
    struct pn_call call;
    const struct request *r;

    (void)state;
    assert_int_equal(parse(&call, (const char *const[WORDS]){"a"}), PN_OK);
    r = call.request;
    assert_string_equal(r->out, "r.h5");
    assert_null(r->table);
    assert_int_equal(r->count, 3);
    assert_int_equal(r->colour, 1);
    assert_int_equal(r->list.n, 2);
    assert_true(r->inner.height == 1.76);
    assert_int_equal(r->quiet + r->restart, 0);
    pn_call_free(&call);
}

static void options_stand_anywhere_and_in_every_form(void **state)
{
    static const char *const lines[][WORDS] = {
        {"a",       "--quiet", "--result",     "x.h5",               "--count", "7"},
        {"--quiet",         "--result=x.h5",          "--count=7", "a"},
        {"--qu",    "a",       "--resu",       "x.h5",               "--cou=7"      },
        {"-q",      "-o",      "x.h5",         "-n7",                "a"},
        {"-qox.h5", "a",       "-n",           "7"                 },
        {"-n7",    "-qo",    "x.h5",           "--",                  "a"      },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pn_call call;
        const struct request *r;

        if (parse(&call, lines[i]) != PN_OK)
            fail_msg("line %zu: %s", i, pn_error_last()->text);
        r = call.request;
        assert_int_equal(r->quiet, 1);
        assert_int_equal(r->restart, 0);
        assert_string_equal(r->out, "x.h5");
        assert_int_equal(r->count, 7);
        assert_int_equal(call.n_words, 1);
        assert_string_equal(call.word[0], "a");
        assert_null(call.word[1]);
        pn_call_free(&call);
    }
}

static void two_dashes_end_options_and_one_is_a_word(void **state)
{
    struct pn_call call;

    (void)state;
    assert_int_equal(parse(&call, (const char *const[WORDS]){"-", "--", "--quiet"}),
                     PN_OK);
    assert_int_equal(call.n_words, 2);
    assert_string_equal(call.word[0], "-");
    assert_string_equal(call.word[1], "--quiet");
    pn_call_free(&call);
}

static void help_ends_the_reading(void **state)
{
    static const char *const lines[][WORDS] = {
        {"--help",      "--nonsense"},
        {"-qh",             "--nonsense"},
        {"a","b", "c", "-h"},
        {"--hel"          }
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pn_call call;

        if (parse(&call, lines[i]) != PN_OK)
            fail_msg("line %zu: %s", i, pn_error_last()->text);
        assert_int_equal(call.help, 1);
        pn_call_free(&call);
    }
}

static void a_value_may_be_left_out_where_the_row_says_so(void **state)
{
    struct pn_call call;
    const struct request *r;

    (void)state;
    assert_int_equal(parse(&call, (const char *const[WORDS]){"--share", "0.9"}), PN_OK);
    r = call.request;
    assert_true(r->share == 0.5); /* and 0.9 is a word */
    assert_string_equal(call.word[0], "0.9");
    pn_call_free(&call);
    assert_int_equal(parse(&call, (const char *const[WORDS]){"a", "--share=0.9"}), PN_OK);
    r = call.request;
    assert_true(r->share == 0.9);
    pn_call_free(&call);
}

static void values_are_taken_in_the_unit_of_the_member(void **state)
{
    struct pn_call call;
    const struct request *r;

    (void)state;
    assert_int_equal(
        parse(&call,
              (const char *const[WORDS]){"a", "--height", "165 cm", "--list", "1,2.5,10",
                                         "--colour", "blue", "--table=t.csv"}),
        PN_OK);
    r = call.request;
    assert_close(r->inner.height, 1.65, 1e-15, 0.0);
    assert_int_equal(r->list.n, 3);
    assert_true(r->list.value[1] == 2.5);
    assert_int_equal(r->colour, 2);
    assert_string_equal(r->table, "t.csv");
    assert_string_equal(call.line,
                        "pneuma try a --height '165 cm' --list 1,2.5,10 --colour "
                        "blue --table=t.csv");
    pn_call_free(&call);
}

static void mistakes_have_one_clear_sentence(void **state)
{
    static const struct {
        const char *words[WORDS], *says;
    } mistakes[] = {
        {{"a", "--quite"},
         "--quite: unknown option, did you mean '--quiet'? (see pneuma try "
         "--help)"                                                                                         },
        {{"a", "--zebra"},                    "--zebra: unknown option (see pneuma try --help)"            },
        {{"a", "-z"},                         "-z: unknown option (see pneuma try --help)"                 },
        {{"a", "--res"},                      "--res may be --restart, --result (see pneuma try --help)"   },
        {{"a", "--result"},
         "--result: its value FILE is missing (see pneuma try --help)"                                     },
        {{"a", "-o"},                         "--result: its value FILE is missing (see pneuma try --help)"},
        {{"a", "--quiet=1"},                  "--quiet has no value (see pneuma try --help)"               },
        {{NULL},                              "expected pneuma try A [B]"                                  },
        {{"a", "b", "c"},                     "'c' is not expected: pneuma try A [B]"                      },
        {{"a", "-n", "0"},                    "--count 0: expected a whole number from 1 to 9"             },
        {{"a", "-n", "2.5"},                  "--count 2.5: expected a whole number from 1 to 9"           },
        {{"a", "-n", ""},                     "--count : expected a whole number from 1 to 9"              },
        {{"a", "-n", "99999999999999999999"},
         "--count 99999999999999999999: expected a whole number from 1 to 9"                               },
        {{"a", "--share=nan"},                "--share nan: expected a number from 0 to 1"                 },
        {{"a", "--share=2"},                  "--share 2: expected a number from 0 to 1"                   },
        {{"a", "--height", "2"},              "--height: '2' has no unit, expected '2 cm'"                 },
        {{"a", "--height", "x"},
         "--height: 'x' is not a number with a unit such as '1 cm'"                                        },
        {{"a", "--height", "3 m"},            "--height 3 m: expected a number from 0.5 to 2.5 m"          },
        {{"a", "--colour", "gren"},
         "--colour gren: expected red, green or blue, did you mean 'green'?"                               },
        {{"a", "--list", "1,1"},
         "--list 1,1: expected increasing numbers from 0 to 99 h with "
         "commas between them, found '1'"                                                                  },
        {{"a", "--list", "1,"},
         "--list 1,: expected increasing numbers from 0 to 99 h with "
         "commas between them, found ''"                                                                   },
        {{"a", "--table", "t.txt"},
         "--table t.txt: expected a name that ends with .csv or .h5"                                       },
    };

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct pn_call call;

        assert_int_equal(parse(&call, mistakes[i].words), PN_ERR_USAGE);
        assert_string_equal(pn_error_last()->text, mistakes[i].says);
        pn_call_free(&call);
    }
}

static char *help_of(const struct pn_command *of)
{
    char *text = NULL;
    size_t n;
    FILE *stream = open_memstream(&text, &n);

    assert_non_null(stream);
    pn_command_print_help(of, stream);
    fclose(stream);
    return text;
}

static void help_is_made_from_the_rows(void **state)
{
    char *text = help_of(&command);

    (void)state;
    assert_string_equal(
        text, "usage: pneuma try A [B]\n\nAbove.\n\n"
              "  -q, --quiet        no progress\n"
              "  -r, --restart      anew\n"
              "  -o, --result FILE  the result (default r.h5)\n"
              "      --table FILE   numbers (.csv or .h5)\n"
              "  -n, --count N      how many (default 3; 1 to 9)\n"
              "      --share[=S]    of them (0 to 1)\n"
              "      --colour C     of all: red, green or blue (default green)\n"
              "      --list A,…     times (default 1,2; 0 to 99 h)\n"
              "      --height X     of a patient (default 176 cm; 50 to 250 cm)\n"
              "  -h, --help         this text\n\nBelow.\n  kept\n");
    free(text);
}

/* --- the commands of the program --- */

static void for_each(const struct pn_command *const *commands,
                     void (*look)(const struct pn_command *of))
{
    for (; commands && *commands; commands++) {
        look(*commands);
        for_each((*commands)->commands, look);
    }
}

struct seen {
    const struct pn_command *of;
    const struct pn_option *row[128];
    size_t n;
    char *help, *request;
};

static int look_at_row(const struct pn_option *row, size_t at, void *user)
{
    struct seen *seen = user;
    char text[80];

    snprintf(text, sizeof text, "--%s", row->name);
    if (!row->hide && !strstr(seen->help, text))
        fail_msg("%s: %s is not in help", seen->of->name, text);
    if (row != pn_help_rows && at >= seen->of->size)
        fail_msg("%s: %s is outside of the request", seen->of->name, text);
    if ((row->kind == PN_AS_FLAG) != (row->value == NULL) || !*row->sentence ||
        (row->kind == PN_AS_TAKEN && !row->take) ||
        (row->kind == PN_AS_CHOICE && !row->choices))
        fail_msg("%s: %s is not whole", seen->of->name, text);
    if (row->has_usual && row->kind == PN_AS_NUMBER &&
        (row->low != 0 || row->high != 0)) {
        double value = *(double *)(seen->request + at);
        if (!(value >= row->low && value <= row->high))
            fail_msg("%s: the default of %s is out of its range", seen->of->name, text);
    }
    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->row[i]->name, row->name) == 0 ||
            (row->letter && seen->row[i]->letter == row->letter))
            fail_msg("%s: %s is there twice", seen->of->name, text);
    seen->row[seen->n++] = row;
    return 0;
}

/* columns, not bytes */
static void check_width(const struct pn_command *of, const char *help)
{
    size_t width = 0;

    for (; *help; help++) {
        width = *help == '\n' ? 0 : width + (((unsigned char)*help & 0xc0) != 0x80);
        if (width > 80)
            fail_msg("%s: a line of help is wider than 80 columns", of->name);
    }
}

static void look_at_command(const struct pn_command *of)
{
    struct seen seen = {.of = of};

    if (!of->run && !of->commands)
        fail_msg("%s cannot be run", of->name);
    seen.help = help_of(of);
    seen.request = calloc(1, of->size + 1);
    pn_command_begin(of, seen.request);
    pn_options_each(pn_help_rows, 0, look_at_row,
                    &(struct seen){.of = of, .help = seen.help, .request = seen.request});
    pn_options_each(of->options, 0, look_at_row, &seen);
    check_width(of, seen.help);
    free(seen.help);
    free(seen.request);
}

static void every_command_is_whole_and_its_help_names_every_option(void **state)
{
    (void)state;
    for_each(pn_commands, look_at_command);
}

static int collect(const struct pn_option *row, size_t at, void *user)
{
    struct seen *seen = user;

    (void)at;
    seen->row[seen->n++] = row;
    return 0;
}

static unsigned draw(unsigned n)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

static void read_nonsense(const struct pn_command *of)
{
    static const char *const words[] = {
        "",     "-",     "--",     "---", "-=",  "--=",   "=",
        "a.h5", "x.csv", "1:3",    "0",   "-1",  "1e400", "nan",
        "1,,2", "1,2,3", "NaN Pa", "%s",  "-h5", "é",     "50%"};
    enum { MANY = 300, MOST = 6 };
    struct seen seen = {.n = 0};

    pn_options_each(of->options, 0, collect, &seen);
    for (int k = 0; k < MANY; k++) {
        char text[MOST][100], *argv[MOST + 2] = {"x"};
        int argc = 1;
        struct pn_call call;

        for (; argc <= (int)draw(MOST) + 1 && argc <= MOST; argc++) {
            const char *word = words[draw(sizeof words / sizeof *words)];
            argv[argc] = text[argc - 1];
            if (seen.n > 0 && draw(2) > 0) {
                const char *name = seen.row[draw((unsigned)seen.n)]->name;
                snprintf(text[argc - 1], sizeof text[0], "--%.*s%s%s",
                         (int)draw(2 + (unsigned)strlen(name)), name,
                         draw(2) > 0 ? "=" : "", draw(2) > 0 ? word : "");
            } else {
                snprintf(text[argc - 1], sizeof text[0], "%s", word);
            }
        }
        if (pn_call_parse(of, argc, argv, &call) != PN_OK)
            assert_true(*pn_error_last()->text);
        pn_call_free(&call);
    }
}

static void nonsense_is_refused_and_nothing_breaks(void **state)
{
    (void)state;
    for_each(pn_commands, read_nonsense);
}

static void the_nearest_command_is_named(void **state)
{
    (void)state;
    assert_ptr_equal(pn_command_find(pn_commands, "nowhere"), NULL);
    assert_string_equal(pn_command_find(pn_commands, "airway")->name, "airway");
    pn_command_unknown(pn_commands, "", "rum");
    assert_string_equal(pn_error_last()->text,
                        "unknown command 'rum', did you mean 'run'? (see pneuma --help)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_rows_and_of_begin),
        cmocka_unit_test(options_stand_anywhere_and_in_every_form),
        cmocka_unit_test(two_dashes_end_options_and_one_is_a_word),
        cmocka_unit_test(help_ends_the_reading),
        cmocka_unit_test(a_value_may_be_left_out_where_the_row_says_so),
        cmocka_unit_test(values_are_taken_in_the_unit_of_the_member),
        cmocka_unit_test(mistakes_have_one_clear_sentence),
        cmocka_unit_test(help_is_made_from_the_rows),
        cmocka_unit_test(every_command_is_whole_and_its_help_names_every_option),
        cmocka_unit_test(nonsense_is_refused_and_nothing_breaks),
        cmocka_unit_test(the_nearest_command_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
