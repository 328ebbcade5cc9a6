/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making, solving and freeing for numbers of one width: included behind
 * tree_flow_sweep.h, with its macros and
 *   WIDTH, BIT(mask, l), PART(number, l)   of a mask and a number with WIDTH parts */

static void OF(free)(struct OF(flow) * *flow)
{
    if (*flow) {
        free((*flow)->ratio);
        free((*flow)->memory);
        free(*flow);
    }
    *flow = NULL;
}

/* Room for n numbers in each array. */
static int OF(take)(struct OF(flow) * f, size_t n)
{
    NUMBER **const array[] = {
        &f->resistance, &f->turbulence, &f->weight,      &f->flow, &f->pressure,
        &f->loss,       &f->slope,      &f->offset,      &f->open, &f->sum,
        &f->load,       &f->source,     &f->conductance,
    };
    const size_t n_arrays = sizeof array / sizeof *array;

    f->memory = numbers(n_arrays, n, sizeof(NUMBER));
    f->ratio = calloc(n + 1, sizeof *f->ratio);
    for (size_t a = 0; f->memory && a < n_arrays; a++)
        *array[a] = (NUMBER *)f->memory + a * n;
    return f->memory && f->ratio;
}

static int OF(create)(const struct pn_tree *tree,
                      const struct pn_tree_flow_options *options, struct OF(flow) * *flow)
{
    struct pn_tree_flow_options o;
    struct OF(flow) * f;
    int status;

    *flow = NULL;
    pn_tree_flow_defaults(&o);
    if (options)
        o = *options;
    status = check_options(tree, &o);
    if (status != PN_OK)
        return status;
    *flow = f = aligned_alloc(64, (sizeof *f + 63) / 64 * 64);
    if (f)
        memset(f, 0, sizeof *f);
    if (!f || !OF(take)(f, tree->n)) {
        OF(free)(flow);
        return PN_FAIL(PN_ERR_MEMORY, "no memory for the flow in %zu airways", tree->n);
    }
    f->tree = tree;
    f->options = o;
    for (size_t i = 0; i < tree->n; i++) {
        f->ratio[i] = tree->multiplicity[i] /
                      tree->multiplicity[i > 0 ? (size_t)tree->parent[i] : 0];
        f->resistance[i] = ALL(o.viscosity * pn_tree_resistance_shape(tree, i));
        f->turbulence[i] = ALL(turbulence_of(tree, &o, i));
        f->weight[i] = ALL(weight_of(tree, &o, i));
    }
    return PN_OK;
}

/* The pressure to count from: of the first leaf that has one, else of the root. */
static NUMBER OF(base)(const struct OF(flow) * f, const struct OF(ends) * ends)
{
    for (size_t k = 0; k < f->tree->n_terminals; k++)
        if (!ends->leaf_is_flow || !ends->leaf_is_flow[k])
            return ends->leaf[k];
    return ends->root;
}

/* NaN and a status in the lanes that failed. */
static void OF(judge)(struct OF(flow) * f, MASK failed)
{
    const NUMBER nan = ALL((double)NAN);

    for (size_t l = 0; l < WIDTH; l++) {
        int lost = !isfinite(PART(f->residual, l)) || !isfinite(PART(f->step, l));
        f->status[l] = !BIT(failed, l) ? PN_OK
                       : lost          ? PN_PATIENT_NOT_FINITE
                                       : PN_PATIENT_NOT_CONVERGED;
    }
    if (!ANY(failed))
        return;
    f->inlet = PICK(failed, nan, f->inlet);
    f->inlet_flow = PICK(failed, nan, f->inlet_flow);
    for (size_t i = 0; i < f->tree->n; i++) {
        f->flow[i] = PICK(failed, nan, f->flow[i]);
        f->pressure[i] = PICK(failed, nan, f->pressure[i]);
    }
}

static int OF(solve)(struct OF(flow) * f, const struct OF(ends) * ends, int keep)
{
    size_t n = f->tree->n_terminals, n_flows = 0;

    for (size_t k = 0; k < n; k++)
        n_flows += ends->leaf_is_flow && ends->leaf_is_flow[k];
    if (ends->root_is_flow && n_flows == n)
        return PN_FAIL(
            PN_ERR_VALUE,
            "flow: no end of the tree has a pressure: flows alone leave it open");
    for (size_t i = 0; i < f->tree->n; i++)
        f->flow[i] =
            keep ? PICK(f->flow[i] == f->flow[i], f->flow[i], ALL(0.0)) : ALL(0.0);
    f->base = OF(base)(f, ends);
    OF(tangents)(f);
    OF(judge)(f, OF(newton)(f, ends));
    return PN_OK;
}
