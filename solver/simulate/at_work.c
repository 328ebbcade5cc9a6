/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The note of who is at work, empty. */
#include "solver/simulate/at_work.h"

void pn_at_work_clear(struct pn_at_work *note)
{
    note->working = -1;
    note->phase = PN_WORK_IDLE;
    note->unused = 0;
    for (size_t i = 0; i < PN_AT_WORK; i++)
        note->bed[i] = note->room[i] = -1;
}
