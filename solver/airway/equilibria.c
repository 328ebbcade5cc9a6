/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curve of equilibria of one airway, kept and written. */
#include "solver/airway/equilibria.h"

#include <stdlib.h>

#include "solver/base/status.h"

void pn_airway_balance_defaults(struct pn_airway_balance *options)
{
    *options = (struct pn_airway_balance){.generation = 10, .wall = 1};
}

/* lumens of one airway, mm2, from those of its generation, cm2 */
static void build(const struct pn_airway_balance *o, double recoil,
                  struct pn_airway *airway)
{
    const size_t z = o->generation;
    const struct pn_tube *tube = &pn_lambert_tubes[z];

    pn_airway_thin(tube, recoil, !o->untethered, airway);
    airway->largest = pn_all(tube->area * 100 / (double)(1u << z));
    airway->shortens = o->shortens;
    if (o->wall == 0)
        return;
    pn_wall_healthy(&airway->largest, &airway->wall);
    airway->healthy = airway->wall.inner;
    airway->wall.inner = airway->wall.inner * pn_all(o->wall);
}

static int keep(void *user, const struct pn_airway_point *at)
{
    struct pn_airway_equilibria *e = user;

    if (e->n == e->room) {
        size_t room = 2 * e->room + 256;
        struct pn_airway_point *more = realloc(e->at, room * sizeof *more);
        if (!more)
            return PN_FAIL(PN_ERR_MEMORY, "out of memory");
        e->at = more;
        e->room = room;
    }
    e->at[e->n++] = *at;
    return PN_OK;
}

int pn_airway_equilibria(const struct pn_airway_balance *o,
                         struct pn_airway_equilibria *equilibria)
{
    const double recoil = o->recoil > 0 ? o->recoil : o->tension > 0 ? 25 : 5;
    struct pn_airway airway;
    int status;

    *equilibria = (struct pn_airway_equilibria){.n = 0};
    build(o, recoil, &airway);
    status = o->tension > 0
                 ? pn_airway_deflate(&airway, o->tension, 0.1, keep, equilibria)
                 : pn_airway_tighten(&airway, 4 * recoil, keep, equilibria);
    return status > 0 ? PN_FAIL(PN_ERR_LIBRARY, "the curve of equilibria was lost")
                      : status;
}

void pn_airway_equilibria_free(struct pn_airway_equilibria *equilibria)
{
    free(equilibria->at);
    *equilibria = (struct pn_airway_equilibria){.n = 0};
}

static const char *fold_word(double fold)
{
    return fold > 0 ? "closes" : fold < 0 ? "reopens" : "";
}

int pn_airway_equilibria_write(const struct pn_airway_equilibria *e, const char *path,
                               const char *command, FILE *stream)
{
    const size_t n = e->n;
    double *room = calloc(6 * n + 1, sizeof *room);
    double *kappa = room, *recoil = kappa + n, *rho = recoil + n, *alpha = rho + n;
    double *lumen = alpha + n, *fold = lumen + n;
    /* clang-format off */
    const struct pn_airway_cells column[] = {
        {"tension", "cmH2O", "of the muscle over its largest radius",           12, kappa,  NULL},
        {"recoil",  "cmH2O", "transpulmonary pressure",                         12, recoil, NULL},
        {"radius",  "",      "of the muscle over its largest",                  12, rho,    NULL},
        {"alpha",   "",      "lumen behind a healthy wall over its largest",    12, alpha,  NULL},
        {"lumen",   "mm2",   "behind the actual wall; negative: shut",          12, lumen,  NULL},
        {"fold",    "",      "1: the airway closes here, -1: it reopens",        1, fold,   fold_word},
    };
    /* clang-format on */
    const struct pn_airway_table table = {"equilibria of an airway", column, 6, n};
    int status = PN_OK;

    if (!room)
        return PN_FAIL(PN_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        kappa[i] = e->at[i].kappa;
        recoil[i] = e->at[i].recoil;
        rho[i] = e->at[i].rho;
        alpha[i] = e->at[i].alpha;
        lumen[i] = e->at[i].lumen;
        fold[i] = e->at[i].fold;
    }
    if (path)
        status = pn_airway_table_write(&table, path, command);
    else
        pn_airway_table_csv(&table, stream);
    free(room);
    return status;
}
