/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lung volumes by the ERS's equations, and Lambert's tree at the size of a lung. */
#include "models/airway/body.h"

void pn_body_init(const pn_lane *sex, const pn_lane *age, const pn_lane *height,
                  struct pn_body *body)
{
    const pn_mask male = *sex > pn_all(0.5);
    const pn_lane h = *height / pn_all(100), third = pn_all(1.0 / 3); /* m */
    pn_lane size;

    body->TLC =
        pn_select(male, pn_all(7.99) * h - pn_all(7.08), pn_all(6.60) * h - pn_all(5.79));
    body->RV = pn_select(male, pn_all(1.31) * h + pn_all(0.022) * *age - pn_all(1.23),
                         pn_all(1.81) * h + pn_all(0.016) * *age - pn_all(2.00));
    size = body->TLC / pn_all(PN_LAMBERT_TLC);
    pn_pow(&size, &third, &body->length);
    body->area = body->length * body->length;
}

void pn_body_lung(const struct pn_body *body, const pn_lane *calibre,
                  struct pn_lung *lung)
{
    pn_bronchi_init(&lung->bronchi);
    for (size_t z = 0; z < PN_GENERATIONS; z++) {
        pn_lane narrow = z < PN_FIRST_NARROW_AIRWAY ? pn_all(1) : *calibre;
        lung->bronchi.area[z] = lung->bronchi.area[z] * body->area * narrow;
        lung->bronchi.length[z] = lung->bronchi.length[z] * body->length;
    }
    lung->TLC = body->TLC;
    lung->RV = body->RV;
}
