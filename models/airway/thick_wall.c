/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hiorns' closed form, LaPrad's by quadrature, and the radius at a pressure by bisection.
 */
#include "models/airway/thick_wall.h"

#include <math.h>
#include <stddef.h>

static double square(double x)
{
    return x * x;
}

double pn_hiorns_pressure(const struct pn_hiorns_wall *w, double ri)
{
    double k = square(ri) - square(w->Ri), ro = sqrt(square(w->Ro) + k);
    double along = square(cos(w->phi1));
    double matrix = w->mu * log(ri * w->Ro / (ro * w->Ri)) +
                    w->mu * (k / 2) * (1 / square(ri) - 1 / square(ro));
    double muscle = 2 * w->A * square(cos(w->phi2)) * log(w->Ro / w->Ri);
    double inside = square(k / square(w->Ri)), outside = square(k / square(w->Ro));
    double collagen = 0;

    if (ri > w->Ri) /* fibres bear no compression */
        collagen =
            w->C1 / w->C2 * along *
            (exp(w->C2 * inside * square(along)) - exp(w->C2 * outside * square(along)));
    return isnan(collagen) ? (double)INFINITY : matrix + muscle + collagen;
}

/* Points and weights of Gauss and Legendre for 16 points, the positive half. */
static const double gauss[8][2] = {
    {0.0950125098376374, 0.1894506104550685},
    {0.2816035507792589, 0.1826034150449236},
    {0.4580167776572274, 0.1691565193950025},
    {0.6178762444026438, 0.1495959888165767},
    {0.7554044083550030, 0.1246289712555339},
    {0.8656312023878318, 0.0951585116824928},
    {0.9445750230732326, 0.0622535239386479},
    {0.9894009349916499, 0.0271524594117541},
};

/* difference of hoop and radial stress over r, the integrand */
static double laprad_slope(const struct pn_laprad_wall *w, double k, double r)
{
    double l = r / sqrt(square(r) - k), inverse = 1 / l;
    double I = square(l - inverse); /* l^2 + l^-2 - 2 */

    return (square(l) - square(inverse)) * sqrt(I) *
           (w->k1 + w->k2 * exp(w->k3 * square(I))) / r;
}

double pn_laprad_pressure(const struct pn_laprad_wall *w, double ri)
{
    enum { PIECES = 4 };
    double k = square(ri) - square(w->Ri), ro = sqrt(square(w->Ro) + k), sum = 0;
    double half = (ro - ri) / (2 * PIECES);

    for (int piece = 0; piece < PIECES; piece++) {
        double middle = ri + half * (2 * piece + 1);
        for (size_t i = 0; i < 8; i++)
            sum += half * gauss[i][1] *
                   (laprad_slope(w, k, middle + half * gauss[i][0]) +
                    laprad_slope(w, k, middle - half * gauss[i][0]));
    }
    return sum;
}

/* Pressure increases with radius: bisection in the logarithm of ri / Ri. */
static double radius_at(double (*pressure)(const void *wall, double ri), const void *wall,
                        double Ri, double Ro, double target)
{
    double low = -20, high = 20;

    if (!(Ri > 0 && Ro > Ri) || isnan(target))
        return (double)NAN;
    for (int i = 0; i < 80; i++) {
        double middle = 0.5 * (low + high), P = pressure(wall, Ri * exp(middle));
        if (isnan(P))
            return P;
        if (P > target)
            high = middle;
        else
            low = middle;
    }
    return Ri * exp(0.5 * (low + high));
}

static double hiorns(const void *wall, double ri)
{
    return pn_hiorns_pressure(wall, ri);
}

static double laprad(const void *wall, double ri)
{
    return pn_laprad_pressure(wall, ri);
}

double pn_hiorns_radius(const struct pn_hiorns_wall *wall, double pressure)
{
    return radius_at(hiorns, wall, wall->Ri, wall->Ro, pressure);
}

double pn_laprad_radius(const struct pn_laprad_wall *wall, double pressure)
{
    return radius_at(laprad, wall, wall->Ri, wall->Ro, pressure);
}
