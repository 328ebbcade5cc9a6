/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree that fills lungs: points stand for acini, five bronchi lead to the lobes, and
 * from there on each set of points is cut in two until one is left (after Wang 1992 and
 * Tawhai 2000, who cut in halves; here the part that goes to the smaller daughter is
 * drawn). */
#include <math.h>
#include <stdlib.h>

#include "models/airway/weibel.h"
#include "solver/base/random.h"
#include "solver/base/status.h"
#include "solver/tree/makers/tree_make.h"
#include "solver/tree/mesh.h"

/* All numbers here are OURS unless a source stands beside them; README.md says what they
 * are held against. */
static const double HEIGHT = 1.76, /* m, of the person whose sizes stand below, */
    VOLUME = 3e-3,                 /* m3, with this much gas (and 0.9 L of tissue) */
    TRACHEA_LENGTH = 0.1026,       /* m: 0.855 x 12 cm (Weibel 1963, scaled to 3 L) */
    TRACHEA_RADIUS = 7.7e-3,       /* m: 0.855 x 0.9 cm */
    NOISE = 0.10,                  /* coefficient of variation of a single diameter */
    LEAST_PART = 0.15,             /* of the points, to the smaller daughter */
    REACH = 0.40,    /* of the way to the middle of the points (Tawhai 2000) */
    SHORTEST = 1.0,  /* length to diameter, at least */
    STEEPEST = 1.05; /* rad, of a daughter to its parent */

/* what a draw is for: the index of PN_DRAW_TREE */
enum { DRAW_OFFSET = 1, DRAW_JITTER, DRAW_PART, DRAW_DIAMETER };

struct point {
    double x[3], key;
    unsigned number; /* settles ties */
};

struct growth {
    const struct pn_tree_patient *patient;
    struct pn_mesh mesh;
    struct point *point;
    size_t n_points, n_nodes, n_edges;
    double scale; /* on lengths */
};

static double draw(const struct growth *g, unsigned what, size_t n)
{
    return pn_uniform(g->patient->seed, g->patient->patient, PN_DRAW_TREE, what, n);
}

/* --- points --- */

/* The n points of one lung, an ellipsoid around `centre`: a sequence of low discrepancy
 * (Roberts 2018), moved as a whole and each point a little by the patient's draws. */
static void fill_lung(struct growth *g, int side, const double *centre,
                      const double *axes, struct point *point, size_t n)
{
    static const double step[] = {0.8191725133961645, 0.6710436067037893,
                                  0.5497004779019703};
    double offset[3], spacing;

    for (size_t k = 0; k < 3; k++)
        offset[k] = draw(g, DRAW_OFFSET, 3 * (size_t)side + k);
    spacing = cbrt(axes[0] * axes[1] * axes[2] * 4.19 / (double)n);
    for (size_t i = 0, tried = 1; i < n; tried++) {
        double u[3], sum = 0.0;
        for (size_t k = 0; k < 3; k++) {
            u[k] = offset[k] + (double)tried * step[k];
            u[k] = 2.0 * (u[k] - floor(u[k])) - 1.0;
            sum += u[k] * u[k];
        }
        if (sum > 1.0)
            continue;
        point[i].number = (unsigned)(point + i - g->point);
        for (size_t k = 0; k < 3; k++)
            point[i].x[k] =
                centre[k] + axes[k] * u[k] +
                0.5 * spacing *
                    (draw(g, DRAW_JITTER, 3 * (size_t)point[i].number + k) - 0.5);
        i++;
    }
}

static int before(const struct point *a, const struct point *b)
{
    return a->key != b->key ? a->key < b->key : a->number < b->number;
}

static void swap(struct point *a, struct point *b)
{
    struct point c = *a;

    *a = *b;
    *b = c;
}

/* Order points so far that the `first` with the smallest keys come first. */
static void part(struct point *p, size_t n, size_t first)
{
    size_t low = 0, high = n; /* the border lies in [low, high) */

    while (high - low > 1 && first > low && first < high) {
        size_t middle = low + (high - low) / 2, kept = low;
        if (before(&p[middle], &p[low]))
            swap(&p[middle], &p[low]);
        if (before(&p[high - 1], &p[low]))
            swap(&p[high - 1], &p[low]);
        if (before(&p[high - 1], &p[middle]))
            swap(&p[high - 1], &p[middle]);
        swap(&p[middle], &p[high - 1]); /* the pivot */
        for (size_t i = low; i + 1 < high; i++)
            if (before(&p[i], &p[high - 1]))
                swap(&p[i], &p[kept++]);
        swap(&p[kept], &p[high - 1]);
        if (first == kept || first == kept + 1)
            return;
        if (first < kept)
            high = kept;
        else
            low = kept + 1;
    }
}

static void part_along(struct point *p, size_t n, const double *axis, size_t first)
{
    for (size_t i = 0; i < n; i++)
        p[i].key = axis[0] * p[i].x[0] + axis[1] * p[i].x[1] + axis[2] * p[i].x[2];
    part(p, n, first);
}

/* --- branches --- */

static size_t add_node(struct growth *g, const double *x)
{
    struct pn_mesh_node *node = &g->mesh.node[g->n_nodes];

    node->id = (int64_t)g->n_nodes;
    node->x = x[0];
    node->y = x[1];
    node->z = x[2];
    return g->n_nodes++;
}

/* Diameter over the trachea's of an airway that serves this part of the lung: Weibel's
 * generation z serves 2^-z of it, straight lines of logarithms between generations. */
static double weibel_ratio(double part_of)
{
    double z = -log2(part_of), t;
    size_t k = (size_t)fmax(0.0, fmin(floor(z), PN_WEIBEL_GENERATIONS - 2.0));

    t = z - (double)k;
    return pow(pn_weibel_diameter[k], 1.0 - t) * pow(pn_weibel_diameter[k + 1], t) /
           pn_weibel_diameter[0];
}

/* The radius of an airway that serves n points, at most `most`. */
static double radius_of(const struct growth *g, size_t n, double most)
{
    const struct pn_tree_patient *p = g->patient;
    double z = pn_normal(p->seed, p->patient, PN_DRAW_TREE, DRAW_DIAMETER, g->n_edges);
    double r = TRACHEA_RADIUS * g->scale * p->calibre *
               weibel_ratio((double)n / (double)g->n_points) *
               exp(NOISE * fmax(-2.0, fmin(2.0, z)));

    return fmin(r, most);
}

static size_t add_edge(struct growth *g, size_t from, const double *end, double radius,
                       int lobe)
{
    struct pn_mesh_edge *edge = &g->mesh.edge[g->n_edges];

    edge->id = (int64_t)g->n_edges++;
    edge->from = from;
    edge->to = add_node(g, end);
    edge->radius = radius;
    edge->lobe = lobe;
    return edge->to;
}

static void middle_of(const struct point *p, size_t n, double *x)
{
    x[0] = x[1] = x[2] = 0.0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 3; k++)
            x[k] += p[i].x[k];
    for (size_t k = 0; k < 3; k++)
        x[k] /= (double)n;
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double unit(double *a)
{
    double n = sqrt(dot(a, a));

    for (size_t k = 0; k < 3 && n > 0.0; k++)
        a[k] /= n;
    return n;
}

/* Any direction across d. */
static void across(const double *d, double *a)
{
    size_t k = fabs(d[0]) < fabs(d[1]) ? (fabs(d[0]) < fabs(d[2]) ? 0 : 2)
                                       : (fabs(d[1]) < fabs(d[2]) ? 1 : 2);

    for (size_t j = 0; j < 3; j++)
        a[j] = (j == k) - d[k] * d[j];
    unit(a);
}

/* The direction in which points spread most, of those across d: eight multiplications by
 * their covariance. */
static void widest(const struct point *p, size_t n, const double *d, double *axis)
{
    double middle[3], c[3][3] = {{0}}, next[3];

    middle_of(p, n, middle);
    for (size_t i = 0; i < n; i++) {
        double q[3], along;
        for (size_t k = 0; k < 3; k++)
            q[k] = p[i].x[k] - middle[k];
        along = dot(q, d);
        for (size_t k = 0; k < 3; k++)
            q[k] -= along * d[k];
        for (size_t k = 0; k < 3; k++)
            for (size_t j = 0; j < 3; j++)
                c[k][j] += q[k] * q[j];
    }
    across(d, axis);
    for (size_t k = 0; k < 3; k++) /* not by chance across the answer */
        axis[k] += 0.1 * d[(k + 1) % 3];
    for (size_t step = 0; step < 8; step++) {
        for (size_t k = 0; k < 3; k++)
            next[k] = dot(c[k], axis);
        if (unit(next) == 0.0)
            break;
        for (size_t k = 0; k < 3; k++)
            axis[k] = next[k];
    }
    unit(axis);
}

/* Turn v (of length 1) towards d until it is no steeper than STEEPEST. */
static void limit_angle(const double *d, double *v)
{
    double along = dot(v, d), side[3];

    if (along >= cos(STEEPEST))
        return;
    for (size_t k = 0; k < 3; k++)
        side[k] = v[k] - along * d[k];
    if (unit(side) == 0.0)
        across(d, side);
    for (size_t k = 0; k < 3; k++)
        v[k] = cos(STEEPEST) * d[k] + sin(STEEPEST) * side[k];
}

/* An airway from `node` towards n points, and all behind it. */
static void grow(struct growth *g, size_t node, const double *d, double most,
                 struct point *p, size_t n, int lobe)
{
    const struct pn_mesh_node *from = &g->mesh.node[node];
    const double start[3] = {from->x, from->y, from->z};
    double v[3], end[3], axis[3], radius = radius_of(g, n, most), length;
    size_t first;

    middle_of(p, n, v);
    for (size_t k = 0; k < 3; k++)
        v[k] -= start[k];
    length = fmax(REACH * unit(v), SHORTEST * 2.0 * radius);
    limit_angle(d, v);
    for (size_t k = 0; k < 3; k++)
        end[k] = start[k] + length * v[k];
    node = add_edge(g, node, end, radius, lobe);
    if (n == 1)
        return;
    widest(p, n, v, axis);
    first = (size_t)lround((double)n * (LEAST_PART + (1.0 - 2.0 * LEAST_PART) *
                                                         draw(g, DRAW_PART, g->n_edges)));
    if (first < 1)
        first = 1;
    if (first > n - 1)
        first = n - 1;
    part_along(p, n, axis, first);
    grow(g, node, v, radius, p, first, lobe);
    grow(g, node, v, radius, p + first, n - first, lobe);
}

/* --- the trunk --- */

/* Bronchi by hand: where each ends [m] and what it leads to.  A bronchus whose lobes are
 * all missing is left out. */
enum { TRUNK = 9 };
static const struct {
    int parent, lobe; /* lobe: grown from its end on */
    double end[3];    /* x to the left, y to the front, z up; the carina is 0 */
} trunk[TRUNK] = {
    {-1, PN_LOBE_NONE,         {0, 0, 0}               },
    {0,  PN_LOBE_NONE,         {-0.018, 0, -0.016}     }, /* right main */
    {0,  PN_LOBE_NONE,         {0.039, -0.008, -0.026} }, /* left main */
    {1,  PN_LOBE_RIGHT_UPPER,  {-0.034, 0.002, -0.008} },
    {1,  PN_LOBE_NONE,         {-0.029, -0.006, -0.040}}, /* intermediate */
    {4,  PN_LOBE_RIGHT_MIDDLE, {-0.040, 0.010, -0.052} },
    {4,  PN_LOBE_RIGHT_LOWER,  {-0.036, -0.018, -0.054}},
    {2,  PN_LOBE_LEFT_UPPER,   {0.053, 0.006, -0.022}  },
    {2,  PN_LOBE_LEFT_LOWER,   {0.047, -0.020, -0.042} },
};

/* n[lobe] points each, lobe after lobe from `p` on. */
static void grow_trunk(struct growth *g, const size_t *n)
{
    double radius[TRUNK], end[TRUNK][3], d[3];
    size_t served[TRUNK] = {0}, node[TRUNK], first[PN_LOBES] = {0};

    for (int lobe = 1; lobe < PN_LOBES; lobe++)
        first[lobe] = first[lobe - 1] + n[lobe - 1];
    for (size_t i = TRUNK; i-- > 0;) {
        served[i] += n[trunk[i].lobe];
        if (i > 0)
            served[trunk[i].parent] += served[i];
    }
    for (size_t i = 0; i < TRUNK; i++) {
        int p = trunk[i].parent;
        if (served[i] == 0)
            continue;
        for (size_t k = 0; k < 3; k++)
            end[i][k] = trunk[i].end[k] * g->scale;
        radius[i] = i == 0 ? TRACHEA_RADIUS * g->scale * g->patient->calibre
                           : radius_of(g, served[i], radius[p]);
        node[i] = add_edge(g, i == 0 ? 0 : node[p], end[i], radius[i], trunk[i].lobe);
    }
    for (size_t i = 1; i < TRUNK; i++) {
        int lobe = trunk[i].lobe;
        struct point *p = g->point + first[lobe];
        double axis[3];
        size_t part_of;
        if (lobe == PN_LOBE_NONE || n[lobe] == 0)
            continue;
        for (size_t k = 0; k < 3; k++)
            d[k] = end[i][k] - end[trunk[i].parent][k];
        unit(d);
        if (n[lobe] == 1)
            continue; /* the bronchus itself ends there */
        widest(p, n[lobe], d, axis);
        part_of = n[lobe] / 2;
        part_along(p, n[lobe], axis, part_of);
        grow(g, node[i], d, radius[i], p, part_of, lobe);
        grow(g, node[i], d, radius[i], p + part_of, n[lobe] - part_of, lobe);
    }
}

/* --- whole lungs --- */

/* of the lungs; rounded means of CT studies (recalled, medium) */
static const double usual_lobes[PN_LOBES] = {0, 0.20, 0.09, 0.25, 0.23, 0.23};

void pn_tree_usual_lobes(double *lobe)
{
    for (int k = 0; k < PN_LOBES; k++)
        lobe[k] = usual_lobes[k];
}

/* How many points each lobe has: whole numbers that sum to n. */
static int share_points(const struct pn_tree_patient *p, size_t *n)
{
    const double *part_of = p->lobe;
    double sum = 0.0, before_it = 0.0;
    size_t given = 0;

    for (int k = 1; k < PN_LOBES; k++) {
        if (!(p->lobe[k] >= 0.0 && p->lobe[k] <= 1e6))
            return PN_FAIL(PN_ERR_VALUE, "a part of the lung is %g, expected 0 or more",
                           p->lobe[k]);
        sum += p->lobe[k];
    }
    if (sum == 0.0) {
        part_of = usual_lobes;
        sum = 1.0;
    }
    n[0] = 0;
    for (int k = 1; k < PN_LOBES; k++) {
        before_it += part_of[k];
        n[k] = (size_t)lround((double)p->n_terminals * before_it / sum) - given;
        given += n[k];
    }
    return PN_OK;
}

/* The points of one lung go to its lobes by where they lie: the lower lobe is behind and
 * below, of the rest the middle lobe is in front and below. */
static void fill_lungs(struct growth *g, const size_t *n)
{
    static const double centre[2][3] = {
        {-0.077, 0, -0.035},
        {0.077,  0, -0.035}
    };
    static const double axes[2][3] = {
        {0.055, 0.078, 0.115},
        {0.050, 0.078, 0.113}
    };
    static const double fissure[3] = {0, 0.6, 0.8}, horizontal[3] = {0, -0.5, 0.866};
    size_t right = n[1] + n[2] + n[3], left = n[4] + n[5];
    struct point *p = g->point;
    double c[3], a[3];

    for (int side = 0; side < 2; side++) {
        for (size_t k = 0; k < 3; k++) {
            c[k] = centre[side][k] * g->scale;
            a[k] = axes[side][k] * g->scale;
        }
        fill_lung(g, side, c, a, side == 0 ? p : p + right, side == 0 ? right : left);
    }
    /* in memory: upper, middle, lower; the axes point away from the last ones */
    for (size_t i = 0; i < right; i++)
        p[i].key = -dot(p[i].x, fissure);
    part(p, right, n[1] + n[2]);
    for (size_t i = 0; i < n[1] + n[2]; i++)
        p[i].key = -dot(p[i].x, horizontal);
    part(p, n[1] + n[2], n[1]);
    for (size_t i = right; i < right + left; i++)
        p[i].key = -dot(p[i].x, fissure);
    part(p + right, left, n[4]);
}

int pn_tree_patient_check(struct pn_tree_patient *p)
{
    if (p->height == 0.0)
        p->height = HEIGHT;
    if (!(p->height >= 1.0 && p->height <= 2.5))
        return PN_FAIL(PN_ERR_VALUE, "a height of %g m, expected 1 to 2.5 m", p->height);
    if (p->volume == 0.0)
        p->volume =
            VOLUME * p->height * p->height * p->height / (HEIGHT * HEIGHT * HEIGHT);
    if (!(p->volume >= 1e-4 && p->volume <= 2e-2))
        return PN_FAIL(PN_ERR_VALUE, "a lung volume of %g L, expected 0.1 to 20 L",
                       p->volume * 1e3);
    if (p->calibre == 0.0)
        p->calibre = 1.0;
    if (!(p->calibre >= 0.3 && p->calibre <= 3.0))
        return PN_FAIL(PN_ERR_VALUE, "a calibre of %g, expected 0.3 to 3", p->calibre);
    if (p->n_terminals == 0)
        p->n_terminals = 30000;
    if (p->n_terminals < 10 || p->n_terminals > 1000000)
        return PN_FAIL(PN_ERR_VALUE, "%zu acini, expected 10 to 1000000", p->n_terminals);
    return PN_OK;
}

int pn_tree_grow(const struct pn_tree_patient *patient, struct pn_tree **tree)
{
    struct pn_complaints list = {0};
    struct pn_tree_patient p = *patient;
    struct growth g = {
        .patient = &p, .mesh = {.list = &list, .has_coordinates = 1}
    };
    size_t n[PN_LOBES];
    double inlet[3] = {0};
    int status;

    *tree = NULL;
    PN_TRY(pn_tree_patient_check(&p));
    PN_TRY(share_points(&p, n));
    g.n_points = p.n_terminals;
    g.scale = cbrt(p.volume / VOLUME);
    g.mesh.node_file = g.mesh.edge_file = "generated tree";
    PN_TRY(pn_mesh_create(&g.mesh, 2 * g.n_points + TRUNK, 2 * g.n_points + TRUNK));
    g.point = calloc(g.n_points + 1, sizeof *g.point);
    if (!g.point) {
        status = PN_FAIL(PN_ERR_MEMORY, "out of memory");
        goto out;
    }
    fill_lungs(&g, n);
    inlet[2] = TRACHEA_LENGTH * g.scale;
    add_node(&g, inlet);
    grow_trunk(&g, n);
    g.mesh.n_nodes = g.n_nodes;
    g.mesh.n_edges = g.n_edges;
    status = pn_mesh_build(&g.mesh, tree);
    if (list.n > 0)
        status = PN_FAIL(PN_ERR_LIBRARY, "%s", list.kept[0].text); /* our own mistake */
out:
    free(g.point);
    pn_mesh_free(&g.mesh);
    return status;
}
