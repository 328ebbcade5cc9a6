/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small trees of our own as texts in every form, and files to read them from. */
#ifndef PN_TESTS_TREE_FILES_H
#define PN_TESTS_TREE_FILES_H

#include <stdlib.h>
#include <unistd.h>

#include "solver/base/status.h"
#include "solver/tree/tree_read.h"
#include "tests/check.h"

/* One tree in all forms: the trachea 0-1 is cut in two by node 2 (radii 1 and 0.8 mm);
 * node 1 has two daughters, 3 and 4, of which 4 has three, 5 to 7.  mm. */
static const char *const tree_node = "8 3 1 0\n"
                                     "0  0 0 10  1\n1  0 0 0  0.6\n2  0 0 5  1\n"
                                     "3  -3 0 -4  0.5 # a comment\n4  4 0 -3  0.6\n\n"
                                     "5  4 0 -7  0.4\n6  7 0 -7  0.4\n7  4 4 -3  0.4\n"
                                     "# the end\n";
static const char *const tree_edge = "7 1\n"
                                     "0 0 2 1\n1 2 1 0.8\n2 1 3 0.55\n3 1 4 0.6\n"
                                     "4 4 5 0.5\n5 4 6 0.5\n6 4 7 0.5\n";
static const char *const tree_nodes =
    "0, 0, 0, 10\n2, 0, 0, 5\n1, 0, 0, 0\n3, -3, 0, -4\n"
    "4, 4, 0, -3 : p, 4, 0, -2\n5,4,0,-7\n6,7,0,-7\n"
    "7,4,4,-3\n";
static const char *const tree_branches = "0, 0, 2, 1\n1, 2, 1, 0.8\n2, 1, 3, 0.55\n"
                                         "3, 1, 4, 0.6 : n, 1 : r, 0.7\n4,4,5,0.5\n"
                                         "5,4,6,0.5\n6,4,7,0.5\n";
static const char *const tree_termnodes = "5\n3 : r, 2\n6\n7\n";
static const char *const tree_csv =
    "id,parent,length [mm],diameter [mm],x [mm],y [mm],z [mm],inlet_x [mm],inlet_y "
    "[mm],inlet_z [mm]\n"
    "10,,5,2,0,0,5,0,0,10\n11,10,,1.6,0,0,0,,,\n12,11,,1.1,-3,0,-4,,,\n"
    "13,11,5,1.2,4,0,-3,,,\n14,13,4,1,4,0,-7,,,\n15,13,5,1,7,0,-7,,,\n16,13,4,1,4,4,-3,,,"
    "\n";
static const char *const tree_vtu =
    "<?xml version=\"1.0\"?>\n<VTKFile type=\"UnstructuredGrid\" version=\"0.1\" "
    "byte_order='LittleEndian'>\n<UnstructuredGrid>\n<!-- <Piece> -->\n"
    "<Piece NumberOfPoints=\"8\" NumberOfCells=\"7\">\n"
    "<PointData/><CellData>\n<DataArray type=\"Float64\" Name=\"Radius\" "
    "format=\"ascii\">1 0.8 0.55 0.6\n 0.5 0.5 0.5</DataArray>\n</CellData>\n"
    "<Points><DataArray type=\"Float32\" NumberOfComponents=\"3\" format=\"ascii\">\n"
    "0 0 10  0 0 0  0 0 5  -3 0 -4  4 0 -3  4 0 -7  7 0 -7  4 4 -3</DataArray></Points>\n"
    "<Cells><DataArray type=\"Int32\" Name=\"connectivity\" format=\"ascii\">"
    "0 2  2 1  1 3  1 4  4 5  4 6  4 7</DataArray>\n"
    "<DataArray type=\"Int32\" Name=\"offsets\" format=\"ascii\">2 4 6 8 10 12 14"
    "</DataArray>\n<DataArray type=\"UInt8\" Name=\"types\" format=\"ascii\">"
    "3 3 3 4 3 3 3</DataArray></Cells>\n"
    "</Piece>\n</UnstructuredGrid>\n</VTKFile>\n";

/* CMISS has a sentence for each number. */
static inline void tree_cmiss(char *ipnode, char *ipelem, char *ipfiel, size_t size)
{
    static const double x[8][3] = {
        {0,  0, 10},
        {0,  0, 0 },
        {0,  0, 5 },
        {-3, 0, -4},
        {4,  0, -3},
        {4,  0, -7},
        {7,  0, -7},
        {4,  4, -3}
    };
    static const double radius[8] = {1, 0.8, 1, 0.55, 0.6, 0.5, 0.5, 0.5};
    static const int end[7][2] = {
        {0, 2},
        {2, 1},
        {1, 3},
        {1, 4},
        {4, 5},
        {4, 6},
        {4, 7}
    };
    size_t a, b, c;

    a = (size_t)snprintf(ipnode, size,
                         " CMISS Version 2.1  ipnode File Version 2\n Heading:\n\n"
                         " The number of nodes is [ 9]:  8\n");
    b = (size_t)snprintf(ipelem, size, " CMISS\n\n The number of elements is [1]:   7\n");
    c = (size_t)snprintf(ipfiel, size, " CMISS\n The number of nodes is [ 9]:  8\n");
    for (int i = 0; i < 8; i++) {
        a += (size_t)snprintf(ipnode + a, size - a, " Node number [ 7]: %d\n", 100 + i);
        for (int k = 0; k < 3; k++)
            a += (size_t)snprintf(ipnode + a, size - a,
                                  " The number of versions for nj=%d is [1]:  1\n The "
                                  "Xj(%d) coordinate is [ 0.1E+01]: %.3fD+00\n",
                                  k + 1, k + 1, x[i][k]);
        c += (size_t)snprintf(ipfiel + c, size - c,
                              " Node number [ 1]: %d\n The number of versions for field "
                              "variable 1 is [1]:  2\n For version number 1:\n The field "
                              "variable 1 value is [ 0.0]: %g\n For version number 2:\n "
                              "The field variable 1 value is [ 0.0]: 77\n",
                              100 + i, radius[i]);
    }
    for (int e = 0; e < 7; e++)
        b += (size_t)snprintf(ipelem + b, size - b,
                              " Element number [ 1]: %d\n The number of geometric "
                              "Xj-coordinates is [3]: 3\n Enter the 2 global numbers for "
                              "basis 1:  %d  %d\n",
                              e + 1, 100 + end[e][0], 100 + end[e][1]);
}

/* A folder for the files of one test program, removed by leave_folder. */
static char folder[64];

static inline int enter_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/pn_tree_XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int leave_folder(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* Path of NAME in the folder; valid until the fourth next call. */
static inline const char *in_folder(const char *name)
{
    static char path[4][128];
    static int which;

    which = (which + 1) % 4;
    snprintf(path[which], sizeof path[which], "%s/%s", folder, name);
    return path[which];
}

static inline const char *put_bytes(const char *name, const void *bytes, size_t n)
{
    const char *path = in_folder(name);
    FILE *file;

    remove(path); /* ext4 waits for the disk when an old file is written over */
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *put_text(const char *name, const char *text)
{
    return put_bytes(name, text, strlen(text));
}

/* Read what must be right. */
static inline struct pn_tree *read_good(const char *path,
                                        const struct pn_tree_options *options)
{
    static struct pn_complaints list;
    struct pn_tree *tree = NULL;
    int status;

    list.n = 0;
    status = pn_tree_read(path, options, &list, &tree);
    if (status != PN_OK)
        print_error("%s: %s\n", path,
                    list.n > 0 ? list.kept[0].text : pn_error_last()->text);
    assert_int_equal(status, PN_OK);
    assert_int_equal(list.n, 0);
    return tree;
}

/* Read what must be refused with one complaint that holds these words. */
static inline void read_bad(const char *path, const char *words)
{
    static struct pn_complaints list;
    struct pn_tree *tree = NULL;

    list.n = 0;
    assert_int_equal(pn_tree_read(path, NULL, &list, &tree), PN_ERR_INPUT);
    assert_null(tree);
    if (list.n != 1 || !strstr(list.kept[0].text, words))
        print_error("%zu complaints, the first: %s\nexpected: %s\n", list.n,
                    list.kept[0].text, words);
    assert_int_equal(list.n, 1);
    assert_non_null(strstr(list.kept[0].text, words));
}

/* The small tree in every form, in the folder. */
static inline void put_all(void)
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

#endif
