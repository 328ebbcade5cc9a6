/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers and writers of trees: the same tree from every form, one message for each
 * mistake. */
#include "tests/tree_files.h"

#include <openssl/evp.h>
#include <zlib.h>

#include "solver/base/random.h"
#include "solver/tree/tree_statistics.h"
#include "solver/tree/tree_write.h"

/* --- good files --- */

/* The tree of tree_files.h, by hand. */
static void check_tree(struct pn_tree *tree)
{
    static const int parent[] = {-1, 0, 0, 2, 2, 2};
    static const double length[] = {10e-3, 5e-3, 5e-3, 4e-3, 5e-3, 4e-3};
    double trachea = 5e-3 / 1e-12 + 5e-3 / 0.4096e-12;

    assert_int_equal(tree->n, 6);
    assert_int_equal(tree->n_points, 8);
    assert_memory_equal(tree->parent, parent, sizeof parent);
    for (size_t i = 0; i < 6; i++)
        assert_close(tree->length[i], length[i], 1e-6, 0); /* the VTU is in floats */
    assert_close(pn_tree_resistance_shape(tree, 0), 8 / M_PI * trachea, 1e-12, 0);
    assert_close(tree->volume[0], M_PI * 5e-9 * 1.64, 1e-12, 0);
    assert_close(tree->radius[1], 0.55e-3, 1e-12, 0);
    assert_close(tree->radius[3], 0.5e-3, 1e-12, 0);
    if (tree->x) {
        assert_close(tree->z[0], 10e-3, 1e-12, 0);
        assert_close(tree->x[pn_tree_end(tree, 4)], 7e-3, 1e-12, 0);
    }
    pn_tree_free(&tree);
}

static void put_all(void)
{
    char node[4096], elem[4096], fiel[4096];

    tree_cmiss(node, elem, fiel, sizeof node);
    put_text("t.node", tree_node);
    put_text("t.edge", tree_edge);
    put_text("t.nodes", tree_nodes);
    put_text("t.branches", tree_branches);
    put_text("t.termnodes", tree_termnodes);
    put_text("t.csv", tree_csv);
    put_text("t.vtu", tree_vtu);
    put_text("t.ipnode", node);
    put_text("t.ipelem", elem);
    put_text("t.ipfiel", fiel);
}

static void every_form_gives_the_same_tree(void **state)
{
    static const char *const names[] = {
        "t.node",      "t.edge", "t.nodes", "t.branches", "t.ipnode",
        "t.termnodes", "t.csv",  "t.vtu",   "t.ipelem",   "t.ipfiel"};
    struct pn_tree_options edges = {.edge_radius = 1};

    (void)state;
    put_all();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_tree(read_good(in_folder(names[i]), NULL));
    check_tree(read_good(in_folder("t.edge"), &edges));
}

static void a_packed_file_is_unpacked(void **state)
{
    gzFile file;

    (void)state;
    put_all();
    file = gzopen(in_folder("p.node.gz"), "wb");
    assert_true(gzputs(file, tree_node) > 0);
    assert_int_equal(gzclose(file), Z_OK);
    put_text("p.edge", tree_edge);
    check_tree(read_good(in_folder("p.node.gz"), NULL));
    check_tree(read_good(in_folder("p.edge"), NULL));
}

/* An array behind the XML: the number of its bytes, then they. */
static size_t append(unsigned char *to, size_t n, const void *data, uint32_t n_bytes,
                     int base64)
{
    unsigned char piece[512];

    memcpy(piece, &n_bytes, sizeof n_bytes);
    memcpy(piece + sizeof n_bytes, data, n_bytes);
    if (base64)
        return n + (size_t)EVP_EncodeBlock(to + n, piece, (int)(n_bytes + 4));
    memcpy(to + n, piece, n_bytes + 4);
    return n + n_bytes + 4;
}

/* The file of tree_vtu, its numbers behind the XML; raw bytes are no text of any kind. */
static void put_appended(const char *name, int base64)
{
    static const double radius[] = {1, 0.8, 0.55, 0.6, 0.5, 0.5, 0.5};
    static const double x[] = {0, 0, 10, 0, 0, 0,  0, 0, 5,  -3, 0, -4,
                               4, 0, -3, 4, 0, -7, 7, 0, -7, 4,  4, -3};
    static const int32_t connectivity[] = {0, 2, 2, 1, 1, 3, 1, 4, 4, 5, 4, 6, 4, 7};
    static const int32_t offsets[] = {2, 4, 6, 8, 10, 12, 14};
    static const uint8_t types[] = {3, 3, 3, 4, 3, 3, 3};
    unsigned char data[2048];
    size_t at[6] = {0};
    FILE *file = fopen(in_folder(name), "wb");

    at[1] = append(data, at[0], radius, sizeof radius, base64);
    at[2] = append(data, at[1], x, sizeof x, base64);
    at[3] = append(data, at[2], connectivity, sizeof connectivity, base64);
    at[4] = append(data, at[3], offsets, sizeof offsets, base64);
    at[5] = append(data, at[4], types, sizeof types, base64);
    fprintf(file,
            "<VTKFile type=\"UnstructuredGrid\" byte_order=\"LittleEndian\">"
            "<UnstructuredGrid><Piece NumberOfPoints=\"8\" NumberOfCells=\"7\">\n"
            "<CellData><DataArray type=\"Float64\" Name=\"radius\" format=\"appended\" "
            "offset=\"%zu\"/></CellData><Points><DataArray type=\"Float64\" "
            "NumberOfComponents=\"3\" format=\"appended\" offset=\"%zu\"/></Points>\n"
            "<Cells><DataArray type=\"Int32\" Name=\"connectivity\" format=\"appended\" "
            "offset=\"%zu\"/><DataArray type=\"Int32\" Name=\"offsets\" "
            "format=\"appended\" offset=\"%zu\"/><DataArray type=\"UInt8\" "
            "Name=\"types\" format=\"appended\" offset=\"%zu\"></DataArray></Cells>\n"
            "</Piece></UnstructuredGrid>\n<AppendedData encoding=\"%s\">\n_",
            at[0], at[1], at[2], at[3], at[4], base64 ? "base64" : "raw");
    fwrite(data, 1, at[5], file);
    fputs("\n</AppendedData></VTKFile>\n", file);
    fclose(file);
}

static void numbers_may_stand_behind_the_xml(void **state)
{
    (void)state;
    put_appended("raw.vtu", 0);
    check_tree(read_good(in_folder("raw.vtu"), NULL));
    put_appended("b64.vtu", 1);
    check_tree(read_good(in_folder("b64.vtu"), NULL));
}

static void units_are_the_readers_or_the_files(void **state)
{
    struct pn_tree_options cm = {.unit = 1e-2};
    struct pn_tree *tree;

    (void)state;
    put_all();
    tree = read_good(in_folder("t.node"), &cm);
    assert_close(tree->length[0], 0.1, 1e-12, 0);
    assert_close(tree->radius[1], 5.5e-3, 1e-12, 0);
    pn_tree_free(&tree);
    put_text("u.csv",
             "id,parent,length [cm],radius [um],wall_area [mm^2]\n1,,12,9000,7\n");
    tree =
        read_good(in_folder("u.csv"), &cm); /* its own units, not those of the option */
    assert_close(tree->length[0], 0.12, 1e-12, 0);
    assert_close(tree->radius[0], 9e-3, 1e-12, 0);
    assert_close(tree->wall_area[0], 7e-6, 1e-12, 0);
    assert_null(tree->x);
    pn_tree_free(&tree);
}

static void one_branch_may_stand_for_many(void **state)
{
    struct pn_tree *tree;

    (void)state;
    put_text("m.nodes", "0,0,0,0\n1,0,0,1\n2,0,0,2\n3,0,0,3\n");
    put_text("m.branches", "0,0,1,4\n1,1,2,2 : n,2\n2,2,3,1:n,6 : r,3\n");
    put_text("m.termnodes", "3\n");
    tree = read_good(in_folder("m.nodes"), NULL);
    assert_int_equal(tree->n, 3); /* not merged: the number changes */
    assert_close(tree->multiplicity[2], 6, 0, 0);
    /* in series, each generation in parallel */
    assert_close(pn_tree_resistance_of(tree),
                 8e9 / M_PI * (1 / 256. + 1 / 16. / 2 + 1 / 6.), 1e-12, 0);
    pn_tree_free(&tree);
    put_text("m.ipmesh", "1 0 1 1 4 2 1\n2 1 1 0 4 2 1\n3 2 2 1 2 1 1\n");
    tree = read_good(in_folder("m.ipmesh"), NULL);
    assert_int_equal(tree->n, 2); /* the second row goes on alone */
    assert_close(tree->length[0], 8e-3, 1e-12, 0);
    assert_close(tree->multiplicity[1], 2, 0, 0);
    pn_tree_free(&tree);
}

static void cutting_airways_changes_nothing(void **state)
{
    struct pn_tree *whole, *cut;

    (void)state;
    put_text("w.node", "4 3 1 0\n0 0 0 3 1\n1 0 0 0 1\n2 2 0 -1 1\n3 -1 0 -2 1\n");
    put_text("w.edge", "3 0\n0 0 1\n1 1 2\n2 1 3\n");
    put_text("c.node", "7 3 1 0\n0 0 0 3 1\n1 0 0 1 1\n2 0 0 0 1\n3 1 0 -0.5 1\n"
                       "4 2 0 -1 1\n5 -0.25 0 -0.5 1\n6 -1 0 -2 1\n");
    put_text("c.edge", "6 0\n0 0 1\n1 1 2\n2 2 3\n3 3 4\n4 2 5\n5 5 6\n");
    whole = read_good(in_folder("w.node"), NULL);
    cut = read_good(in_folder("c.node"), NULL);
    assert_int_equal(cut->n, whole->n);
    assert_memory_equal(cut->generation, whole->generation, 3 * sizeof(int));
    for (size_t i = 0; i < 3; i++) {
        assert_close(cut->length[i], whole->length[i], 1e-12, 0);
        assert_close(cut->radius[i], whole->radius[i], 1e-12, 0);
        assert_close(cut->volume[i], whole->volume[i], 1e-12, 0);
    }
    pn_tree_free(&whole);
    pn_tree_free(&cut);
}

/* Two lines that meet at (0, 0) and two daughters in mirror image: the pressure at the
 * branching divides by resistance (a Y of node radii 75, 50, 25, viscosity 1 Pa.s, 100 Pa
 * across). */
static void a_y_divides_pressure_by_resistance(void **state)
{
    static const double p1[] = {84.51070280365, 91.87896968584};
    static const double Q0[] = {0.09281361061349, 0.01993200716762};
    struct pn_tree_options options = {0};

    (void)state;
    put_text(
        "y.node",
        "4 3 2 1\n0 0 1 0 75 2 1\n1 0 0 0 50 1 0\n2 -1 -1 0 25 0 1\n3 1 -1 0 25 0 1\n");
    put_text("y.edge", "3 1\n0 0 1 50\n1 1 2 25\n2 1 3 25\n");
    for (int k = 0; k < 2; k++) {
        struct pn_tree *tree;
        double whole, first;
        options.edge_radius = k;
        tree = read_good(in_folder("y.edge"), &options);
        whole = pn_tree_resistance_of(tree);
        first = pn_tree_resistance_shape(tree, 0);
        assert_close(100 * (1 - first / whole), p1[k], 1e-12, 0);
        assert_close(100 / whole, Q0[k], 1e-12, 0);
        pn_tree_free(&tree);
    }
}

/* --- writing --- */

static struct pn_tree *write_and_read(const struct pn_tree *tree, const char *name)
{
    FILE *file = fopen(in_folder(name), "w");

    assert_non_null(file);
    assert_int_equal(pn_tree_write(tree, name, file), PN_OK);
    assert_int_equal(fclose(file), 0);
    return read_good(in_folder(name), NULL);
}

static void compare(const struct pn_tree *a, const struct pn_tree *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_points, b->n_points);
    assert_memory_equal(a->parent, b->parent, a->n * sizeof *a->parent);
    assert_memory_equal(a->lobe, b->lobe, a->n * sizeof *a->lobe);
    assert_memory_equal(a->strahler, b->strahler, a->n * sizeof *a->strahler);
    for (size_t i = 0; i < a->n; i++) {
        assert_close(b->length[i], a->length[i], 1e-14, 0);
        assert_close(b->radius[i], a->radius[i], 1e-14, 0);
        assert_close(b->multiplicity[i], a->multiplicity[i], 0, 0);
        assert_true(isnan(a->wall_area[i]) == isnan(b->wall_area[i]));
        if (!isnan(a->wall_area[i]))
            assert_close(b->wall_area[i], a->wall_area[i], 1e-14, 0);
    }
    for (size_t k = 0; k < a->n_terminals; k++)
        assert_close(b->share[k], a->share[k], 1e-14, 0);
    for (size_t k = 0; a->x && k < a->n_points; k++) {
        assert_close(b->x[k], a->x[k], 1e-14, 1e-18);
        assert_close(b->z[k], a->z[k], 1e-14, 1e-18);
    }
}

static void what_is_written_is_read_again(void **state)
{
    static const char text[] =
        "id,parent,length [mm],radius [mm],wall_area [mm2],multiplicity,lobe,share\n"
        "1,,120,9,60,1,,\n2,1,50,6,30,1,RUL,0.25\n3,1,40,5,20,2,LLL,0.75\n";
    static const char *const names[] = {"again.csv", "again.vtu"};

    (void)state;
    put_all();
    put_text("s.csv", text);
    for (size_t k = 0; k < 2; k++) {
        struct pn_tree *a = read_good(in_folder("t.node"), NULL), *b;
        b = write_and_read(a, names[k]);
        compare(a, b);
        pn_tree_free(&a);
        pn_tree_free(&b);
        a = read_good(in_folder("s.csv"), NULL);
        assert_close(a->share[1], 0.75, 1e-15, 0);
        assert_int_equal(a->lobe[2], PN_LOBE_LEFT_LOWER);
        b = write_and_read(a, names[k]); /* drawn as a dendrogram, lengths kept */
        compare(a, b);
        pn_tree_free(&a);
        pn_tree_free(&b);
    }
}

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

    (void)state;
    tree_cmiss(node, elem, fiel, sizeof node);
    put_all();
    snprintf(line, sizeof line, " Heading:%s", colons);
    put_text("t.ipnode", with(node, " Heading:", line));
    check_tree(read_good(in_folder("t.ipnode"), NULL));
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
        cmocka_unit_test(every_form_gives_the_same_tree),
        cmocka_unit_test(a_packed_file_is_unpacked),
        cmocka_unit_test(numbers_may_stand_behind_the_xml),
        cmocka_unit_test(units_are_the_readers_or_the_files),
        cmocka_unit_test(one_branch_may_stand_for_many),
        cmocka_unit_test(cutting_airways_changes_nothing),
        cmocka_unit_test(a_y_divides_pressure_by_resistance),
        cmocka_unit_test(what_is_written_is_read_again),
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
