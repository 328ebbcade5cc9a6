/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steady flow through a tree: options, the airways' laws, and the solution, compiled
 * twice from tree_flow_sweep.inc and tree_flow_whole.inc: for one lung, and for lungs on
 * lanes. */
#include "models/lung/tree_flow.h"
#include "models/airway/air.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

void pn_tree_flow_defaults(struct pn_tree_flow_options *options)
{
    *options = (struct pn_tree_flow_options){
        .law = PN_FLOW_POISEUILLE,
        .pedley = 1.85,
        .viscosity = PN_AIR_VISCOSITY,
        .density = PN_AIR_DENSITY,
        .rtol = 1e-12,
        .max_iterations = 50,
    };
}

/* --- what an airway is to the gas --- */

/* c of Z = c sqrt(Re D / L): Pedley 1970; van Ertbruggen 2005, as Ismail 2013 gives it */
static double factor_of(const struct pn_tree_flow_options *o, int generation)
{
    static const double gamma[] = {0.162, 0.239, 0.244, 0.295,
                                   0.175, 0.303, 0.356, 0.566};

    switch (o->law) {
    case PN_FLOW_POISEUILLE:
        return 0.0;
    case PN_FLOW_PEDLEY:
        return o->pedley / (4.0 * sqrt(2.0));
    default:
        return generation < 8 ? gamma[generation] : 0.327;
    }
}

static double turbulence_of(const struct pn_tree *t, const struct pn_tree_flow_options *o,
                            size_t i)
{
    /* Re D = 4 rho |q| / (pi mu) */
    return factor_of(o, t->generation[i]) *
           sqrt(4.0 * o->density / (M_PI * o->viscosity * t->length[i]));
}

static double weight_between(const struct pn_tree *t,
                             const struct pn_tree_flow_options *o, size_t from, size_t to)
{
    if (!t->x)
        return 0.0;
    return o->density * (o->gravity[0] * (t->x[to] - t->x[from]) +
                         o->gravity[1] * (t->y[to] - t->y[from]) +
                         o->gravity[2] * (t->z[to] - t->z[from]));
}

static double weight_of(const struct pn_tree *t, const struct pn_tree_flow_options *o,
                        size_t i)
{
    return weight_between(t, o, pn_tree_start(t, i), pn_tree_end(t, i));
}

static int check_options(const struct pn_tree *tree, const struct pn_tree_flow_options *o)
{
    double g = fabs(o->gravity[0]) + fabs(o->gravity[1]) + fabs(o->gravity[2]);

    if (!(o->viscosity > 0.0 && o->density > 0.0 && o->pedley > 0.0 && o->rtol > 0.0 &&
          g < (double)INFINITY) ||
        o->max_iterations < 1)
        return PN_FAIL(
            PN_ERR_VALUE,
            "flow: viscosity %g Pa.s, density %g kg/m3, Pedley's C %g and rtol "
            "%g must be positive",
            o->viscosity, o->density, o->pedley, o->rtol);
    if (g > 0.0 && !tree->x)
        return PN_FAIL(PN_ERR_VALUE, "gravity needs a tree with coordinates");
    return PN_OK;
}

/* Arrays of n numbers of `size` bytes in one piece, 64 bytes aligned, zero. */
static void *numbers(size_t n_arrays, size_t n, size_t size)
{
    size_t bytes = (n_arrays * n * size + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);

    return memory ? memset(memory, 0, bytes) : NULL;
}

/* --- one text, two widths --- */

#define scalar_flow      pn_tree_flow
#define scalar_ends      pn_tree_flow_ends
#define NUMBER           double
#define WIDTH            1
#define MASK             int
#define OF(x)            scalar_##x
#define ALL(a)           (a)
#define ABS(a)           fabs(a)
#define ROOT(a)          sqrt(a)
#define PICK(mask, a, b) ((mask) ? (a) : (b))
#define ANY(mask)        (mask)
#define NOT(mask)        (!(mask))
#define BIT(mask, l)     ((void)(l), (mask))
#define PART(number, l)  ((void)(l), (number))
#include "models/lung/tree_flow_sweep.inc"
#include "models/lung/tree_flow_whole.inc"
#undef NUMBER
#undef WIDTH
#undef MASK
#undef OF
#undef ALL
#undef ABS
#undef ROOT
#undef PICK
#undef ANY
#undef NOT
#undef BIT
#undef PART

#define lanes_flow       pn_tree_flow_lanes
#define lanes_ends       pn_tree_flow_lanes_ends
#define NUMBER           pn_lane
#define WIDTH            PN_LANES
#define MASK             pn_mask
#define OF(x)            lanes_##x
#define ALL(a)           pn_all(a)
#define ABS(a)           pn_abs(a)
#define ROOT(a)          pn_sqrt(a)
#define PICK(mask, a, b) pn_select(mask, a, b)
#define ANY(mask)        pn_any(mask)
#define NOT(mask)        (~(mask))
#define BIT(mask, l)     ((pn_bits(mask) >> (l)) & 1)
#define PART(number, l)  ((number)[l])
#include "models/lung/tree_flow_sweep.inc"
#include "models/lung/tree_flow_whole.inc"

int pn_tree_flow_create(const struct pn_tree *tree,
                        const struct pn_tree_flow_options *options,
                        struct pn_tree_flow **flow)
{
    return scalar_create(tree, options, flow);
}

int pn_tree_flow_lanes_create(const struct pn_tree *tree,
                              const struct pn_tree_flow_options *options,
                              struct pn_tree_flow_lanes **flow)
{
    return lanes_create(tree, options, flow);
}

void pn_tree_flow_free(struct pn_tree_flow **flow)
{
    scalar_free(flow);
}

void pn_tree_flow_lanes_free(struct pn_tree_flow_lanes **flow)
{
    lanes_free(flow);
}

int pn_tree_flow_solve(struct pn_tree_flow *flow, const struct pn_tree_flow_ends *ends,
                       int keep)
{
    return scalar_solve(flow, ends, keep);
}

int pn_tree_flow_lanes_solve(struct pn_tree_flow_lanes *flow,
                             const struct pn_tree_flow_lanes_ends *ends, int keep)
{
    return lanes_solve(flow, ends, keep);
}

int pn_tree_flow_patient(struct pn_tree_flow_lanes *flow, size_t l,
                         const struct pn_tree *tree)
{
    const struct pn_tree *first = flow->tree;
    int status = check_options(tree, &flow->options);

    if (status != PN_OK)
        return status;
    if (tree->n != first->n ||
        memcmp(tree->parent, first->parent, tree->n * sizeof *tree->parent) != 0 ||
        memcmp(tree->multiplicity, first->multiplicity,
               tree->n * sizeof *tree->multiplicity) != 0)
        return PN_FAIL(PN_ERR_VALUE, "the trees of two lanes divide differently");
    for (size_t i = 0; i < tree->n; i++) {
        flow->resistance[i][l] =
            flow->options.viscosity * pn_tree_resistance_shape(tree, i);
        flow->turbulence[i][l] = turbulence_of(tree, &flow->options, i);
        flow->weight[i][l] = weight_of(tree, &flow->options, i);
    }
    return PN_OK;
}

/* --- pieces of a solution, for what moves in time --- */

void pn_tree_flow_impose(struct pn_tree_flow *f, double inlet, const double *leaf)
{
    const struct pn_tree *t = f->tree;
    size_t k = t->n_terminals;

    memset(f->flow, 0, t->n * sizeof *f->flow);
    for (size_t i = t->n; i-- > 0;) {
        if (t->n_children[i] == 0)
            f->flow[i] = leaf[--k];
        if (i > 0)
            f->flow[t->parent[i]] += f->ratio[i] * f->flow[i];
    }
    f->inlet = inlet;
    f->inlet_flow = f->flow[0];
    for (size_t i = 0; i < t->n; i++) {
        double before = i > 0 ? f->pressure[t->parent[i]] : inlet;
        scalar_law(f->resistance[i], f->turbulence[i], f->flow[i], &f->loss[i],
                   &f->slope[i]);
        f->pressure[i] = before - f->loss[i] + f->weight[i];
    }
}

void pn_tree_flow_answer(struct pn_tree_flow *f, const struct pn_tree_flow_ends *ends,
                         double *leaf, double *inlet)
{
    const struct pn_tree *t = f->tree;
    double *pressure = f->load; /* free once all is eliminated */
    size_t k = 0;

    f->base = 0.0;
    memset(f->offset, 0, t->n * sizeof *f->offset);
    scalar_eliminate(f, ends);
    *inlet =
        ends->root_is_flow ? (ends->root + f->source[0]) / f->conductance[0] : ends->root;
    for (size_t i = 0; i < t->n; i++) {
        double before = i > 0 ? pressure[t->parent[i]] : *inlet;
        double q = f->conductance[i] * before - f->source[i];
        pressure[i] = before - f->slope[i] * q;
        if (t->n_children[i] == 0)
            leaf[k++] = q;
    }
}

/* --- numbers of a solution --- */

/* Along an airway the loss goes as segment length over radius^4. */
void pn_tree_flow_points(const struct pn_tree_flow *flow, double *point)
{
    const struct pn_tree *t = flow->tree;

    point[0] = flow->inlet;
    for (size_t i = 0; i < t->n; i++) {
        size_t start = pn_tree_start(t, i);
        double share = t->length[i] / pow(t->radius[i], 4.0), done = 0.0;

        for (size_t k = t->first_point[i]; k < t->first_point[i + 1]; k++) {
            done += t->segment_length[k] / pow(t->segment_radius[k], 4.0);
            point[k] = point[start] - flow->loss[i] * done / share +
                       weight_between(t, &flow->options, start, k);
        }
    }
}

double pn_tree_flow_reynolds(const struct pn_tree_flow *flow, size_t i)
{
    const struct pn_tree_flow_options *o = &flow->options;

    return 2.0 * o->density * fabs(flow->flow[i]) /
           (M_PI * o->viscosity * flow->tree->radius[i]);
}

double pn_tree_flow_friction(const struct pn_tree_flow *flow)
{
    double work = 0.0;

    for (size_t i = flow->tree->n; i-- > 0;)
        work += flow->tree->multiplicity[i] * flow->loss[i] * flow->flow[i];
    return work;
}
