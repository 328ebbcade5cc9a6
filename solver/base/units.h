/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units by UDUNITS-2, with the field's own added: M, nM, uM, pM, mcg, IU, cells, Da, wk,
 * ppb, month; 10*9/L, x10^9/L, G/L, K/uL as laboratories mean them. */
#ifndef PN_BASE_UNITS_H
#define PN_BASE_UNITS_H

struct pn_units;

/** Load the unit system (about 26 ms; once per process).  Free with pn_units_free.
 *  @return PN_OK or PN_ERR_LIBRARY. */
int pn_units_create(struct pn_units **units);
void pn_units_free(struct pn_units **units);

/** factor such that (number in `from`) x factor = (number in `to`).
 *  molar_mass [g/mol], > 0, allows mass to amount of substance and back; 0: not allowed.
 *  @return PN_OK; PN_ERR_INPUT with the reason in the error record: unknown unit
 * ("unknown unit 'foo'"), other dimension ("'h' is a time, 'kg' was expected …"), or an
 * offset unit. */
int pn_units_factor(struct pn_units *units, const char *from, const char *to,
                    double molar_mass, double *factor);

#endif
