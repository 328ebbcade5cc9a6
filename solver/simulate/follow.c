/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints of a span, along the solution itself: each step is looked into at eight
 * nodes, which tell its area and its largest value. */
#include "solver/simulate/follow.h"

#include <math.h>

#include "solver/base/status.h"
#include "solver/integrate/nodes.h"

/* The part of a step that lies in a span. */
struct piece {
    pn_lane low, high;
    pn_mask inside;
};

static struct piece cut(const struct pn_path *path, double from, double to)
{
    struct piece piece = {.low = pn_max(path->start, pn_all(from)),
                          .high = pn_min(path->end, pn_all(to))};
    pn_lane same = PN_SAME_TIME * pn_abs(path->end);

    /* a sliver is rounding: on the other side of a dose */
    piece.inside = path->made & (piece.high - piece.low > same);
    return piece;
}

static int is_present(const struct pn_ward *ward, size_t endpoint)
{
    return ward->arm->present[ward->trial->endpoint[endpoint].of];
}

/* Is it followed, in this arm, over this span? */
static int goes_with(const struct pn_ward *ward, size_t endpoint,
                     const struct pn_trial_endpoint *span)
{
    const struct pn_trial_endpoint *own = &ward->trial->endpoint[endpoint];

    return own->followed >= 0 && own->from == span->from && own->to == span->to &&
           is_present(ward, endpoint);
}

static int is_first_of_span(const struct pn_ward *ward, size_t endpoint)
{
    const struct pn_trial_endpoint *own = &ward->trial->endpoint[endpoint];

    if (!goes_with(ward, endpoint, own))
        return 0;
    for (size_t i = 0; i < endpoint; i++)
        if (goes_with(ward, i, own))
            return 0;
    return 1;
}

static pn_lane value_of(const struct pn_ward *ward, size_t endpoint)
{
    const struct pn_symbol *symbol =
        &ward->arm->symbol[ward->trial->endpoint[endpoint].of];

    return symbol->kind == PN_STATE ? ward->x[symbol->index]
                                    : ward->signal[symbol->index];
}

/* All that is of this span, at the nodes of this piece. */
static void look(struct pn_ward *ward, const struct pn_path *path,
                 const struct piece *piece, const struct pn_trial_endpoint *span)
{
    pn_lane length = path->end - path->start;
    pn_lane begin = (piece->low - path->start) / length;
    pn_lane share = (piece->high - piece->low) / length;

    for (size_t k = 0; k < PN_NODES; k++) {
        pn_lane theta = begin + share * pn_node[k];

        if (k == PN_NODES - 1)
            theta = pn_select(piece->high >= path->end, pn_all(1.0), theta);
        path->at(path->of, &theta, ward->x);
        pn_lanes_signals(ward->lanes, ward->x, ward->signal);
        for (size_t i = 0; i < ward->study->n_endpoints; i++)
            if (goes_with(ward, i, span))
                ward->sample[(size_t)ward->trial->endpoint[i].followed * PN_NODES + k] =
                    value_of(ward, i);
    }
}

/* Of several peaks that differ by no more than the solution's error the first counts:
 * every dose of a steady state has one. */
static int is_higher(const struct pn_followed *sum, double tolerance)
{
    int is_another = sum->dip < sum->peak - 1e-3 * fabs(sum->peak);

    return !(is_another && sum->best <= sum->peak + tolerance * fabs(sum->peak));
}

static void add(struct pn_ward *ward, size_t lane, const struct piece *piece, size_t i)
{
    size_t number = (size_t)ward->trial->endpoint[i].followed;
    struct pn_followed *sum = &ward->bed[lane].followed[number];
    enum pn_take take = ward->study->endpoint[i].take;
    double length = piece->high[lane] - piece->low[lane], v[PN_NODES], theta = -1.0;

    for (size_t k = 0; k < PN_NODES; k++)
        v[k] = ward->sample[number * PN_NODES + k][lane];
    if (take == PN_TAKE_MEAN || take == PN_TAKE_AUC) {
        sum->area += length * pn_nodes_integral(v);
        return;
    }
    for (size_t k = 0; take == PN_TAKE_MIN && k < PN_NODES; k++)
        v[k] = -v[k];
    sum->best = pn_nodes_largest(v, sum->best, &theta);
    if (theta >= 0.0 && is_higher(sum, 10.0 * ward->study->rtol)) {
        sum->at = piece->low[lane] + theta * length;
        sum->peak = sum->dip = sum->best;
    }
    for (size_t k = 0; k < PN_NODES; k++)
        if (pn_node[k] >= theta)
            sum->dip = fmin(sum->dip, v[k]);
}

void pn_follow(void *user, const struct pn_path *path, pn_mask *looked)
{
    struct pn_ward *ward = user;

    *looked = (pn_mask){0};
    for (size_t i = 0; i < ward->study->n_endpoints; i++) {
        const struct pn_trial_endpoint *span = &ward->trial->endpoint[i];
        struct piece piece = cut(path, span->from, span->to);

        if (!pn_any(piece.inside) || !is_first_of_span(ward, i))
            continue;
        *looked |= piece.inside;
        look(ward, path, &piece, span);
        for (size_t k = i; k < ward->study->n_endpoints; k++)
            for (size_t lane = 0; goes_with(ward, k, span) && lane < PN_LANES; lane++)
                if (piece.inside[lane])
                    add(ward, lane, &piece, k);
    }
}

void pn_follow_begin(const struct pn_ward *ward, struct pn_bed *bed)
{
    for (size_t i = 0; i < ward->trial->n_followed; i++)
        bed->followed[i] = (struct pn_followed){
            .area = 0.0,
            .best = (double)-INFINITY,
            .at = (double)NAN,
            .peak = (double)-INFINITY,
            .dip = (double)-INFINITY,
        };
}

static double taken(const struct pn_ward *ward, const struct pn_bed *bed, size_t i)
{
    const struct pn_trial_endpoint *own = &ward->trial->endpoint[i];
    const struct pn_followed *sum = &bed->followed[own->followed];
    enum pn_take take = ward->study->endpoint[i].take;

    if (!pn_has_come(own->to, bed->life.t_end)) /* gone before its end */
        return (double)NAN;
    if (!is_present(ward, i)) /* a drug that is not given here */
        return take == PN_TAKE_TMAX ? (double)NAN : 0.0;
    switch (take) {
    case PN_TAKE_MAX:
        return sum->best;
    case PN_TAKE_MIN:
        return -sum->best;
    case PN_TAKE_MEAN:
        return sum->area / (own->to - own->from);
    case PN_TAKE_AUC:
        return sum->area;
    case PN_TAKE_TMAX:
        return isnan(sum->best) ? sum->best : sum->at - own->from;
    case PN_TAKE_AT:
        break;
    }
    return (double)NAN;
}

void pn_follow_store(const struct pn_ward *ward, struct pn_bed *bed)
{
    const struct pn_trial *trial = ward->trial;

    for (size_t i = 0; i < ward->study->n_endpoints; i++)
        if (trial->endpoint[i].followed >= 0)
            bed->life.values[trial->output[trial->endpoint[i].output].first] =
                taken(ward, bed, i);
}
