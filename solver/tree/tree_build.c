/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes and edges to a tree: one root, no cycle, nothing cut off. */
#include <math.h>
#include <stdlib.h>

#include "solver/base/status.h"
#include "solver/tree/mesh.h"

#define NONE ((size_t)-1)

/* who is connected with whom */
struct links {
    size_t *into;        /* [nodes] the edge that ends there, NONE at a root */
    size_t *first, *out; /* edges that begin at node i: out[first[i]] … first[i + 1] */
    size_t *head;        /* [edges] first edge of each airway, breadth-first */
    size_t *of_parent;   /* [edges] airway before each airway, NONE at the trachea */
    size_t *tail;        /* [edges] last edge of each airway */
    char *seen;          /* [edges] the walk from the root has been here */
    size_t n_airways;
};

static long long edge_id(const struct pn_mesh *mesh, size_t e)
{
    return (long long)mesh->edge[e].id;
}

static long long node_id(const struct pn_mesh *mesh, size_t i)
{
    return (long long)mesh->node[i].id;
}

static struct pn_place edge_place(const struct pn_mesh *mesh, size_t e)
{
    return (struct pn_place){mesh->edge_file, mesh->edge[e].line, 0};
}

static int links_take(struct links *links, const struct pn_mesh *mesh)
{
    links->into = calloc(mesh->n_nodes + 1, sizeof *links->into);
    links->first = calloc(mesh->n_nodes + 2, sizeof *links->first);
    links->out = calloc(mesh->n_edges + 1, sizeof *links->out);
    links->head = calloc(mesh->n_edges + 1, sizeof *links->head);
    links->tail = calloc(mesh->n_edges + 1, sizeof *links->tail);
    links->of_parent = calloc(mesh->n_edges + 1, sizeof *links->of_parent);
    links->seen = calloc(mesh->n_edges + 1, 1);
    if (links->into && links->first && links->out && links->head && links->tail &&
        links->of_parent && links->seen)
        return PN_OK;
    return PN_FAIL(PN_ERR_MEMORY, "out of memory for %zu airways", mesh->n_edges);
}

static void links_free(struct links *links)
{
    free(links->into);
    free(links->first);
    free(links->out);
    free(links->head);
    free(links->tail);
    free(links->of_parent);
    free(links->seen);
}

/* Two edges end at one node: does the second close a ring? */
static int complain_meeting(const struct pn_mesh *mesh, const struct links *links,
                            size_t a, size_t b)
{
    size_t node = mesh->edge[b].to, at = mesh->edge[b].from;

    for (size_t steps = 0; steps < mesh->n_edges && at != node; steps++) {
        if (links->into[at] == NONE)
            break;
        at = mesh->edge[links->into[at]].from;
    }
    if (at == node)
        return pn_complain(mesh->list, edge_place(mesh, b),
                           "airway %lld goes back to node %lld before it: a cycle",
                           edge_id(mesh, b), node_id(mesh, node));
    return pn_complain(mesh->list, edge_place(mesh, b),
                       "airways %lld and %lld both end at node %lld: not a tree (or one "
                       "of them is turned round: the first node is the one nearer to the "
                       "mouth)",
                       edge_id(mesh, a), edge_id(mesh, b), node_id(mesh, node));
}

static int link_edges(const struct pn_mesh *mesh, struct links *links)
{
    for (size_t i = 0; i < mesh->n_nodes; i++)
        links->into[i] = NONE;
    for (size_t e = 0; e < mesh->n_edges; e++) {
        size_t to = mesh->edge[e].to;
        if (links->into[to] == NONE)
            links->into[to] = e;
        links->first[mesh->edge[e].from + 2]++;
    }
    for (size_t e = 0; e < mesh->n_edges; e++) /* after all are known: rings show */
        if (links->into[mesh->edge[e].to] != e)
            return complain_meeting(mesh, links, links->into[mesh->edge[e].to], e);
    for (size_t i = 2; i < mesh->n_nodes + 2; i++)
        links->first[i] += links->first[i - 1];
    for (size_t e = 0; e < mesh->n_edges; e++)
        links->out[links->first[mesh->edge[e].from + 1]++] = e;
    return PN_OK;
}

static size_t n_out(const struct links *links, size_t node)
{
    return links->first[node + 1] - links->first[node];
}

static int find_root(const struct pn_mesh *mesh, const struct links *links, size_t *root)
{
    *root = NONE;
    for (size_t i = 0; i < mesh->n_nodes; i++) {
        struct pn_place place = {mesh->node_file, mesh->node[i].line, 0};
        if (links->into[i] != NONE)
            continue;
        if (n_out(links, i) == 0)
            return pn_complain(mesh->list, place,
                               "node %lld is an orphan: no airway begins or ends there",
                               node_id(mesh, i));
        if (*root != NONE)
            return pn_complain(
                mesh->list, place,
                "two roots: no airway leads to node %lld, nor to node %lld",
                node_id(mesh, i), node_id(mesh, *root));
        *root = i;
    }
    if (*root == NONE)
        return pn_complain(mesh->list, edge_place(mesh, 0),
                           "no root: every node has an airway before it, so that airway "
                           "%lld lies in or behind a cycle",
                           edge_id(mesh, 0));
    if (n_out(links, *root) != 1)
        return pn_complain(
            mesh->list, (struct pn_place){mesh->node_file, mesh->node[*root].line, 0},
            "%zu airways begin at the root, node %lld: expected one, the trachea",
            n_out(links, *root), node_id(mesh, *root));
    return PN_OK;
}

/* The last edge of the airway that begins with e: on while just one of the same
 * multiplicity follows. */
static size_t follow(const struct pn_mesh *mesh, struct links *links, size_t e,
                     size_t *n_seen)
{
    for (;;) {
        size_t node = mesh->edge[e].to, next;
        links->seen[e] = 1;
        ++*n_seen;
        if (n_out(links, node) != 1)
            return e;
        next = links->out[links->first[node]];
        if (mesh->edge[next].multiplicity != mesh->edge[e].multiplicity)
            return e;
        e = next;
    }
}

static int check_multiplicity(const struct pn_mesh *mesh, size_t parent, size_t child)
{
    double before = mesh->edge[parent].multiplicity, now = mesh->edge[child].multiplicity;

    if (now >= before)
        return PN_OK;
    return pn_complain(mesh->list, edge_place(mesh, child),
                       "airway %lld stands for %g airways, fewer than the %g of airway "
                       "%lld before it",
                       edge_id(mesh, child), now, before, edge_id(mesh, parent));
}

/* What the walk has not reached has one way to each node and yet no root: it goes round.
 */
static int complain_ring(const struct pn_mesh *mesh, const struct links *links)
{
    size_t e = 0;

    while (e + 1 < mesh->n_edges && links->seen[e])
        e++;
    for (size_t steps = 0; steps < mesh->n_edges;
         steps++) /* now in the ring, not behind */
        e = links->into[mesh->edge[e].from];
    return pn_complain(mesh->list, edge_place(mesh, e),
                       "airway %lld lies in a cycle that no root reaches",
                       edge_id(mesh, e));
}

/* All airways, breadth-first. */
static int walk(const struct pn_mesh *mesh, struct links *links, size_t root)
{
    size_t n = 1, n_seen = 0;
    int status;

    links->head[0] = links->out[links->first[root]];
    links->of_parent[0] = NONE;
    for (size_t i = 0; i < n; i++) {
        size_t last = follow(mesh, links, links->head[i], &n_seen), node;
        links->tail[i] = last;
        node = mesh->edge[last].to;
        for (size_t k = links->first[node]; k < links->first[node + 1]; k++) {
            status = check_multiplicity(mesh, last, links->out[k]);
            if (status != PN_OK)
                return status;
            links->head[n] = links->out[k];
            links->of_parent[n++] = i;
        }
    }
    links->n_airways = n;
    return n_seen == mesh->n_edges ? PN_OK : complain_ring(mesh, links);
}

static void put_point(const struct pn_mesh *mesh, struct pn_tree *tree, size_t k,
                      size_t node)
{
    if (!mesh->has_coordinates)
        return;
    tree->x[k] = mesh->node[node].x;
    tree->y[k] = mesh->node[node].y;
    tree->z[k] = mesh->node[node].z;
}

static void fill_airway(const struct pn_mesh *mesh, const struct links *links,
                        struct pn_tree *tree, size_t i, size_t *k)
{
    size_t e = links->head[i];
    double length = 0.0, area = 0.0;

    tree->parent[i] = links->of_parent[i] == NONE ? -1 : (int)links->of_parent[i];
    tree->multiplicity[i] = mesh->edge[e].multiplicity;
    tree->first_point[i] = *k;
    for (;; e = links->out[links->first[mesh->edge[e].to]]) {
        const struct pn_mesh_edge *edge = &mesh->edge[e];
        tree->segment_length[*k] = edge->length;
        tree->segment_radius[*k] = edge->radius;
        put_point(mesh, tree, (*k)++, edge->to);
        length += edge->length;
        area += edge->length * edge->wall_area;
        if (e == links->tail[i])
            break;
    }
    tree->lobe[i] = mesh->edge[e].lobe;
    tree->wall_area[i] = area / length; /* NaN when one of them is not given */
    tree->first_point[i + 1] = *k;
}

/* Shares are for all terminal airways or for none. */
static int fill_shares(const struct pn_mesh *mesh, const struct links *links,
                       struct pn_tree *tree)
{
    size_t n_given = 0, missing = 0;
    double sum = 0.0;

    for (size_t k = 0; k < tree->n_terminals; k++) {
        double share = mesh->edge[links->tail[tree->terminal[k]]].share;
        if (isnan(share))
            missing = links->tail[tree->terminal[k]];
        else
            n_given++;
        sum += share;
    }
    if (n_given == 0)
        return PN_OK;
    if (n_given < tree->n_terminals)
        return pn_complain(mesh->list, edge_place(mesh, missing),
                           "terminal airway %lld has no share of the lung, but others "
                           "have one",
                           edge_id(mesh, missing));
    for (size_t k = 0; k < tree->n_terminals; k++)
        tree->share[k] = mesh->edge[links->tail[tree->terminal[k]]].share / sum;
    return PN_OK;
}

int pn_mesh_build(struct pn_mesh *mesh, struct pn_tree **out)
{
    struct links links = {0};
    struct pn_tree *tree = NULL;
    size_t root = NONE, k = 1;
    int status;

    *out = NULL;
    if (mesh->n_edges == 0)
        return pn_complain(mesh->list, (struct pn_place){mesh->edge_file, 0, 0},
                           "no airways");
    PN_TRY(pn_mesh_check(mesh));
    PN_TRY(links_take(&links, mesh));
    PN_TRY(link_edges(mesh, &links));
    PN_TRY(find_root(mesh, &links, &root));
    PN_TRY(walk(mesh, &links, root));
    PN_TRY(
        pn_tree_create(links.n_airways, mesh->n_edges + 1, mesh->has_coordinates, &tree));
    put_point(mesh, tree, 0, root);
    for (size_t i = 0; i < links.n_airways; i++)
        fill_airway(mesh, &links, tree, i, &k);
    status = pn_tree_derive(tree);
    if (status == PN_ERR_INPUT)
        pn_complain(mesh->list, (struct pn_place){mesh->edge_file, 0, 0}, "%s",
                    pn_error_last()->text);
    PN_TRY(status);
    PN_TRY(fill_shares(mesh, &links, tree));
    *out = tree;
    tree = NULL;
out:
    pn_tree_free(&tree);
    links_free(&links);
    return status;
}
