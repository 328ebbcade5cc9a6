/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers of trees and files that are none: one message for each mistake, and no harm
 * from what chance does to a file. */
#include "tests/tree_files.h"

#include "solver/base/random.h"
#include "solver/tree/tree_statistics.h"
#include "solver/tree/tree_write.h"

/* --- bad files --- */

/* A sound text with one passage replaced. */
static const char *with(const char *text, const char *old, const char *new)
{
    static char changed[8192];
    const char *at = strstr(text, old);

    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, new,
             at + strlen(old));
    return changed;
}

struct bad {
    const char *name, *old, *new, *words;
};

static void one_message_for_each_mistake_in_tetgen(void **state)
{
    /* clang-format off */
    static const struct bad table[] = {
        {"t.edge", "6 4 7 0.5",    "6 4 1 0.5",           "goes back to node 1 before it: a cycle"   },
        {"t.edge", "6 4 7 0.5",    "6 4 3 0.5",           "both end at node 3"                       },
        {"t.edge", "0 0 2 1",      "0 2 2 1",             "from node 2 to itself"                    },
        {"t.edge", "2 1 3 0.55",   "2 3 1 0.55",          "both end at node 1"                       },
        {"t.edge", "0 0 2 1",      "0 7 2 1",             "orphan"                                   },
        {"t.edge", "7 1\n0 0 2 1\n", "6 1\n",             "orphan"                                   },
        {"t.edge", "7 1\n0 0 2 1\n1 2 1", "6 1\n1 0 2",   "two roots: no airway leads to node 1"     },
        {"t.edge", "7 1",          "8 1",                 "ends after 7 of 8 edges"                  },
        {"t.edge", "7 1",          "6 1",                 "t.edge:8:1: error: a line behind the 6"   },
        {"t.edge", "4 4 5 0.5",    "4 4 9 0.5",           "from 0 to 7, found 9"                     },
        {"t.edge", "4 4 5 0.5",    "4 4 5",               "3 numbers in a line of edges, expected 4" },
        {"t.edge", "4 4 5 0.5",    "4 4 five 0.5",        "t.edge:6:5: error: expected a node"       },
        {"t.node", "2  0 0 5  1",  "2  0 0 5  0",         "t.node:4: error: node 2: the radius"      },
        {"t.node", "2  0 0 5  1",  "2  0 0 5  -1",        "expected a number > 0"                    },
        {"t.node", "2  0 0 5  1",  "2  0 0 nan  1",       "t.node:4:8: error: expected z, found 'nan'"},
        {"t.node", "2  0 0 5  1",  "2  0 0 inf  1",       "not a finite number"                      },
        {"t.node", "2  0 0 5  1",  "2  0 0 1e300  1",     "node 2 lies at"                           },
        {"t.node", "2  0 0 5  1",  "2  0 0 10  1",        "no length: its nodes 0 and 2"             },
        {"t.node", "2  0 0 5  1",  "2  0 0 5",            "4 numbers in a line of nodes, expected 5" },
        {"t.node", "2  0 0 5  1",  "4  0 0 5  1",         "node 4, expected 2"                       },
        {"t.node", "8 3 1 0",      "9 3 1 0",             "ends after 8 of 9 nodes"                  },
        {"t.node", "8 3 1 0",      "7 3 1 0",             "behind the 7 nodes"                       },
        {"t.node", "8 3 1 0",      "8 2 1 0",             "dimension 2"                              },
        {"t.node", "8 3 1 0",      "40000000 3 1 0",      "cannot hold that many"                    },
        {"t.node", "8 3 1 0",      "0 3 1 0",             "from 1 to"                                },
        {"t.node", "6  7 0 -7",    "6  7 0x -7",          "found '0x'"                               },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *sound = strcmp(table[i].name, "t.node") == 0 ? tree_node : tree_edge;
        put_all();
        put_text(table[i].name, with(sound, table[i].old, table[i].new));
        read_bad(in_folder("t.node"), table[i].words);
    }
}

static void rings_without_a_root_are_found(void **state)
{
    (void)state;
    put_text("r.node", "6 3 1 0\n0 0 0 0 1\n1 0 0 1 1\n2 1 0 0 1\n3 1 1 0 1\n4 2 1 0 1\n"
                       "5 2 2 0 1\n");
    put_text("r.edge", "5 0\n0 0 1\n1 2 3\n2 3 4\n3 4 2\n4 4 5\n");
    read_bad(in_folder("r.node"), "lies in a cycle that no root reaches");
    put_text("r.edge", "6 0\n0 0 1\n1 1 2\n2 2 3\n3 3 4\n4 4 5\n5 5 0\n");
    read_bad(in_folder("r.node"), "no root: every node has an airway before it");
    put_text("r.edge", "5 0\n0 0 1\n1 0 2\n2 2 3\n3 2 4\n4 4 5\n");
    read_bad(in_folder("r.node"), "2 airways begin at the root");
}

static void one_message_for_each_mistake_in_branches(void **state)
{
    /* clang-format off */
    static const struct bad table[] = {
        {"t.branches",  "4,4,5,0.5",   "4,4,8,0.5",        "node 8 is not in"                     },
        {"t.branches",  "4,4,5,0.5",   "4,4,5",            "3 numbers in a line of branches"      },
        {"t.branches",  "4,4,5,0.5",   "4,4,5,0",          "airway 4: the radius [m] is 0"        },
        {"t.branches",  "4,4,5,0.5",   "4,4,5,0.5 : q, 2", "unknown option 'q'"                   },
        {"t.branches",  "4,4,5,0.5",   "4,4,5,0.5 : n, 0", "the multiplicity is 0"                },
        {"t.branches",  "0, 0, 2, 1",  "0, 0, 2, 1 : n, 2",
         "airway 1 stands for 1 airways, fewer than the 2"                                        },
        {"t.nodes",     "5,4,0,-7",    "6,4,0,-7",         "6 stands here for the second time"    },
        {"t.termnodes", "6\n",         "",                 "node 6 is missing"                    },
        {"t.termnodes", "6\n",         "6\n1\n",           "node 1 is not the end"                },
        {"t.termnodes", "6\n",         "6\n6\n",           "stands here twice"                    },
        {"t.termnodes", "6\n",         "6 7\n",            "2 numbers in a line of terminal nodes"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *name = table[i].name;
        put_all();
        put_text(name, with(strcmp(name, "t.nodes") == 0      ? tree_nodes
                            : strcmp(name, "t.branches") == 0 ? tree_branches
                                                              : tree_termnodes,
                            table[i].old, table[i].new));
        read_bad(in_folder("t.nodes"), table[i].words);
    }
}

static void one_message_for_each_mistake_in_csv(void **state)
{
    /* clang-format off */
    static const struct bad table[] = {
        {"", "diameter [mm]",      "diameter",         "column 'diameter' has no unit"       },
        {"", "diameter [mm]",      "diameter [h]",     "'h' cannot be converted to 'm'"      },
        {"", "diameter [mm]",      "diametre [mm]",    "did you mean 'diameter'"             },
        {"", "diameter [mm]",      "horsfield",        "no column 'radius [mm]'"             },
        {"", "parent,",            "strahler,",        "no column 'parent'"                  },
        {"", "12,11,,1.1,",        "12,99,,1.1,",      "orphan: its parent 99"               },
        {"", "12,11,,1.1,",        "12,,,1.1,",        "inlet_x is missing"                  },
        {"", "12,11,,1.1,-3,0,-4,,,", "12,,,1.1,-3,0,-4,0,0,10", "two roots: airway 12"      },
        {"", "10,,5,2,0,0,5,0,0,10",  "10,16,5,2,0,0,5,0,0,10",  "no root"                   },
        {"", "12,11,,1.1,",        "13,11,,1.1,",      "13 stands here for the second time"  },
        {"", "12,11,,1.1,",        "12,11,,0,",        "the radius [m] is 0"                 },
        {"", "12,11,,1.1,",        "12,11,0,1.1,",     "the length [m] is 0"                 },
        {"", "12,11,,1.1,",        "12,11,,,",         "diameter is missing"                 },
        {"", "12,11,,1.1,",        "12,11,,NaN,",      "diameter: expected a finite number"  },
        {"", "12,11,,1.1,-3,",     "12,11,,1.1,",      "9 fields, the header has 10"         },
        {"", "12,11,,1.1,-3,",     "1 2,11,,1.1,-3,",  "id: expected a whole number"         },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        put_text("b.csv", with(tree_csv, table[i].old, table[i].new));
        read_bad(in_folder("b.csv"), table[i].words);
    }
    put_text("b.csv", "");
    read_bad(in_folder("b.csv"), "empty");
    put_text("b.csv", "id,parent,length [mm],radius [mm]\n");
    read_bad(in_folder("b.csv"), "no airways");
    put_text("b.csv", "id,parent,length [mm],radius [mm]\n1,,1,1\n2,3,1,1\n3,2,1,1\n");
    read_bad(in_folder("b.csv"), "lies in a cycle that no root reaches");
    put_text("b.csv", "id,parent,length [mm],radius [mm],share\n1,,1,1,\n2,1,1,1,0.5\n"
                      "3,1,1,1,\n");
    read_bad(in_folder("b.csv"), "terminal airway 3 has no share");
}

static void one_message_for_each_mistake_in_vtu(void **state)
{
    /* clang-format off */
    static const struct bad table[] = {
        {"", "UnstructuredGrid\" v", "PolyData\" v",     "type UnstructuredGrid, found 'PolyData'"},
        {"", "LittleEndian",         "BigEndian",        "byte order LittleEndian"                },
        {"", "version=\"0.1\"",      "compressor=\"vtkLZ4DataCompressor\"", "cannot unpack"       },
        {"", "Name=\"Radius\"",      "Name=\"r\"",       "no array 'radius' in PointData"         },
        {"", "0.5 0.5 0.5",          "0.5 0.5",          "6 numbers, expected 7"                  },
        {"", "0.5 0.5 0.5",          "0.5 0.5 0.5 1",    "more than the 7 numbers"                },
        {"", "0.5 0.5 0.5",          "0.5 0.5 half",     "found 'half'"                           },
        {"", "0.5 0.5 0.5",          "0.5 0.5 nan",      "airway 6 has no radius"                 },
        {"", "0.5 0.5 0.5",          "0.5 0.5 0",        "airway 6: the radius [m] is 0"          },
        {"", "0 0 10  0 0 0",        "0 0 10  0 nan 0",  "node 1 lies at"                         },
        {"", "4 6  4 7",             "4 6  4 8",         "joins the points 4 and 8"               },
        {"", "4 6  4 7",             "4 6  4 1",         "a cycle"                                },
        {"", "3 3 3 4",              "3 3 5 4",          "cell 2 is of type 5"                    },
        {"", "2 4 6 8",              "2 4 7 8",          "cell 2 has 3 points"                    },
        {"", "NumberOfPoints=\"8\"", "NumberOfPoints=\"9\"", "24 numbers, expected 27"            },
        {"", "NumberOfPoints=\"8\"", "",                 "expected NumberOfPoints from 2"         },
        {"", "</Piece>",             "</Piece><Piece NumberOfPoints=\"2\" NumberOfCells=\"1\">",
         "expected one Piece"                                                                    },
        {"", "</Cells>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>", "</Cel", "within a tag"        },
        {"", "format=\"ascii\">1 0.8", "format=\"appended\" offset=\"0\">1", "no AppendedData"   },
        {"", "format=\"ascii\">1 0.8", "format=\"binary\">1", "truncated"                         },
        {"", "NumberOfComponents=\"3\"", "NumberOfComponents=\"2\"", "2 components, expected 3"  },
        {"", "<VTKFile",             "<!DOCTYPE a [<!ENTITY x 'x'>]><VTKFile", "b.vtu:2:13: error: a DOCTYPE"},
        {"", "0.5 0.5 0.5",          "0.5 &#48; 0.5",    "found '&#48;'"                         },
        {"", "0.5 0.5 0.5",          "0.5 0.5<!-- -->0.5", "6 numbers, expected 7"               },
        {"", "</Piece>",             "",                 "not XML: mismatched tag"                },
        {"", "Int32",                "<Int32",           "b.vtu:12:"                              },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        put_text("b.vtu", with(tree_vtu, table[i].old, table[i].new));
        read_bad(in_folder("b.vtu"), table[i].words);
    }
}

static void one_message_for_each_mistake_in_cmiss(void **state)
{
    char node[4096], elem[4096], fiel[4096];
    /* clang-format off */
    static const struct bad table[] = {
        {"t.ipnode", "[ 9]:  8",                  "[ 9]:  9", "ends before a line 'Node number'"  },
        {"t.ipnode", "[ 9]:  8",                  "[ 9]:  7", "another 'Node number' behind the 7"},
        {"t.ipnode", "Node number [ 7]: 103",     "Node number [ 7]: 102", "for the second time"  },
        {"t.ipnode", "-3.000D+00",                "abc",      "expected a coordinate"             },
        {"t.ipelem", "[1]:   7",                  "[1]:   8", "ends before"                       },
        {"t.ipelem", "basis 1:  104  107",        "basis 1:  104  108", "node 108 is not in"      },
        {"t.ipelem", "basis 1:  104  107",        "basis 1:  104", "1 nodes, expected 2"          },
        {"t.ipelem", "basis 1:  104  107",        "basis 1:  104  101", "a cycle"                 },
        {"t.ipfiel", "Node number [ 1]: 103",     "Node number [ 1]: 102", "no radius for node 103"},
        {"t.ipfiel", "value is [ 0.0]: 0.55",     "value is [ 0.0]: 0", "the radius [m] is 0"     },
        {"t.ipfiel", "value is [ 0.0]: 0.55",     "value is [ 0.0]:",  "expected a radius"        },
    };
    /* clang-format on */

    (void)state;
    tree_cmiss(node, elem, fiel, sizeof node);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *name = table[i].name;
        put_all();
        put_text(name, with(strcmp(name, "t.ipnode") == 0   ? node
                            : strcmp(name, "t.ipelem") == 0 ? elem
                                                            : fiel,
                            table[i].old, table[i].new));
        read_bad(in_folder("t.ipelem"), table[i].words);
    }
}

/* Lines that nobody asks for may hold anything; those that are read have 32 fields at
 * most. */
static void prompts_of_cmiss_may_hold_anything(void **state)
{
    static const char colons[] = "::::::::::::::::::::::::::::::::::::::::";
    char node[4096], elem[4096], fiel[4096], line[128];
    struct pn_tree *tree;

    (void)state;
    tree_cmiss(node, elem, fiel, sizeof node);
    put_all();
    snprintf(line, sizeof line, " Heading:%s", colons);
    put_text("t.ipnode", with(node, " Heading:", line));
    tree = read_good(in_folder("t.ipnode"), NULL);
    assert_int_equal(tree->n, 6);
    pn_tree_free(&tree);
    snprintf(line, sizeof line, " -3.000D+00 %s", colons);
    put_text("t.ipnode", with(node, " -3.000D+00", line));
    read_bad(in_folder("t.ipnode"), "more than 32 fields");
}

static void files_that_are_not_there_are_told(void **state)
{
    struct pn_complaints list = {0};
    struct pn_tree *tree;

    (void)state;
    put_text("lonely.node", tree_node);
    assert_int_equal(pn_tree_read(in_folder("lonely.node"), NULL, &list, &tree),
                     PN_ERR_IO);
    assert_non_null(strstr(pn_error_last()->text, "lonely.edge"));
    assert_int_equal(pn_tree_read(folder, NULL, &list, &tree), PN_ERR_INPUT);
    read_bad(in_folder("tree.stl"), "unknown form of tree");
    put_bytes("n.csv", "id,parent\0,", 12);
    read_bad(in_folder("n.csv"), "a byte of value 0");
    put_bytes("z.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b", 11);
    read_bad(in_folder("z.csv.gz"), "cannot be unpacked");
}

/* --- what chance does to files --- */

static void read_anything(const char *path, int must_fail)
{
    static struct pn_complaints list;
    struct pn_tree *tree = NULL;
    int status;

    list.n = 0;
    status = pn_tree_read(path, NULL, &list, &tree);
    if (status == PN_OK) {
        assert_false(must_fail);
        assert_int_equal(list.n, 0);
        assert_true(tree->n >= 1 && tree->n_terminals >= 1);
        assert_true(pn_tree_resistance_of(tree) > 0.0);
    } else {
        assert_int_equal(status, PN_ERR_INPUT);
        assert_int_equal(list.n, 1);
        assert_null(tree);
    }
    pn_tree_free(&tree);
}

/* Cut off anywhere, a file that announces what it holds is refused; a CSV only within a
 * row. */
static void truncated_files_are_refused(void **state)
{
    const struct {
        const char *name, *text, *end; /* from there on it is whole; NULL: at any time */
    } table[] = {
        {"t.node",         tree_node,        strstr(tree_node,        "0.4\n#")},
        {"t.edge",                tree_edge,                         strrchr(tree_edge,                        ' ') + 1},
        {"t.vtu",        tree_vtu,                        strstr(tree_vtu,                  "/VTKFile>") + 9},
        {"t.csv", tree_csv,NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *text = table[i].text, *end = table[i].end;
        size_t n = end ? (size_t)(end - text) : strlen(text);
        put_all();
        for (size_t k = 0; k < n; k++)
            read_anything(put_bytes(table[i].name, text, k), end != NULL);
    }
}

/* One byte replaced by any other: a sound tree, or one complaint. */
static void damaged_files_make_no_harm(void **state)
{
    static const char *const names[] = {"t.node",   "t.edge",  "t.nodes",    "t.branches",
                                        "t.csv",    "t.vtu",   "t.ipnode",   "t.ipelem",
                                        "t.ipfiel", "b64.vtu", "t.termnodes"};
    static char text[20000];
    struct pn_tree *tree;

    (void)state;
    put_all();
    tree = read_good(in_folder("t.node"), NULL);
    pn_tree_free(&tree);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n;
        FILE *file;
        put_all();
        tree = read_good(in_folder("t.node"), NULL);
        file = fopen(in_folder("b64.vtu"), "w");
        assert_int_equal(pn_tree_write_vtu(tree, file), PN_OK);
        assert_int_equal(fclose(file), 0);
        pn_tree_free(&tree);
        file = fopen(in_folder(names[i]), "rb");
        n = fread(text, 1, sizeof text, file);
        fclose(file);
        assert_true(n > 0 && n < sizeof text);
        for (uint64_t k = 0; k < 400; k++) {
            size_t at = (size_t)(pn_uniform(7, 1, PN_DRAW_COHORT, i, 2 * k) * (double)n);
            char was = text[at];
            text[at] = (char)(256 * pn_uniform(7, 1, PN_DRAW_COHORT, i, 2 * k + 1));
            read_anything(put_bytes(names[i], text, n), 0);
            text[at] = was;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_message_for_each_mistake_in_tetgen),
        cmocka_unit_test(rings_without_a_root_are_found),
        cmocka_unit_test(one_message_for_each_mistake_in_branches),
        cmocka_unit_test(one_message_for_each_mistake_in_csv),
        cmocka_unit_test(one_message_for_each_mistake_in_vtu),
        cmocka_unit_test(one_message_for_each_mistake_in_cmiss),
        cmocka_unit_test(prompts_of_cmiss_may_hold_anything),
        cmocka_unit_test(files_that_are_not_there_are_told),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(damaged_files_make_no_harm),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
