/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers and writers of trees: the same tree from every form, and back. */
#include "tests/tree_files.h"

#include <openssl/evp.h>
#include <zlib.h>

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
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
