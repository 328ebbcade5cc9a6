/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polynomial through eight nodes: its integral and its largest value (barycentric
 * form: Berrut and Trefethen 2004, SIAM Rev 46:501). */
#include "solver/integrate/nodes.h"

#include <math.h>

const double pn_node[PN_NODES] = {
    0.0,
    0.0641299257451966923,
    0.204149909283428849,
    0.395350391048760566,
    0.604649608951239434,
    0.795850090716571151,
    0.935870074254803308,
    1.0,
};

static const double integral_weight[PN_NODES] = {
    0.0178571428571428571, 0.10535211357175302,   0.170561346241752182,
    0.206229397329351941,  0.206229397329351941,  0.170561346241752182,
    0.10535211357175302,   0.0178571428571428571,
};

static const double weight[PN_NODES] = {
    1.0,
    -2.42893358493355456,
    3.09053965991995033,
    -3.39835934686779536,
    3.39835934686779536,
    -3.09053965991995033,
    2.42893358493355456,
    -1.0,
};

double pn_nodes_integral(const double *v)
{
    double sum = 0.0;

    for (int i = 0; i < PN_NODES; i++)
        sum += integral_weight[i] * v[i];
    return sum;
}

static double value_at(const double *v, double theta)
{
    double above = 0.0, below = 0.0;

    for (int i = 0; i < PN_NODES; i++) {
        double distance = theta - pn_node[i];
        if (distance == 0.0)
            return v[i];
        above += weight[i] / distance * v[i];
        below += weight[i] / distance;
    }
    return above / below;
}

/* The derivative at the nodes: a polynomial of a degree less. */
static void derive(const double *v, double *d)
{
    for (int i = 0; i < PN_NODES; i++) {
        d[i] = 0.0;
        for (int j = 0; j < PN_NODES; j++)
            if (j != i)
                d[i] += weight[j] / weight[i] * (v[j] - v[i]) / (pn_node[i] - pn_node[j]);
    }
}

/* Where the derivative falls through zero, by halves. */
static double top(const double *d, double low, double high)
{
    for (;;) {
        double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            return middle;
        if (value_at(d, middle) > 0.0)
            low = middle;
        else
            high = middle;
    }
}

/* The largest value beside node k, whose neighbours are not above it. */
static double top_beside(const double *v, int k, double *theta)
{
    double d[PN_NODES], best = v[k], here;

    *theta = pn_node[k];
    derive(v, d);
    if (d[k] > 0.0 && k + 1 < PN_NODES && d[k + 1] < 0.0)
        here = top(d, pn_node[k], pn_node[k + 1]);
    else if (d[k] < 0.0 && k > 0 && d[k - 1] > 0.0)
        here = top(d, pn_node[k - 1], pn_node[k]);
    else
        return best;
    if (value_at(v, here) > best) {
        *theta = here;
        best = value_at(v, here);
    }
    return best;
}

double pn_nodes_largest(const double *v, double above, double *theta)
{
    for (int k = 0; k < PN_NODES; k++) {
        double left = k > 0 ? v[k - 1] : v[k], right = k + 1 < PN_NODES ? v[k + 1] : v[k];
        double best, place;

        if (isnan(v[k]))
            return v[k];
        /* between nodes it rises by less than it falls to the next ones */
        if (left > v[k] || right > v[k] || !(2.0 * v[k] - fmin(left, right) > above))
            continue;
        best = top_beside(v, k, &place);
        if (best > above) {
            above = best;
            *theta = place;
        }
    }
    return above;
}
