#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nonlinear kinetics by SciPy: the table kinetics_reference.csv, made or checked.

Written from the equations of the papers, not from the C code: binding in nmol and nmol/L,
the quasi-steady state by a bracketing root search, Radau where the C test uses an explicit
method.  `--check` computes everything again and compares to nine digits (exit 1 when they
differ, 77 without SciPy)."""
import csv
import sys
from pathlib import Path

try:
    import numpy as np
    from scipy.integrate import solve_ivp
    from scipy.optimize import brentq
except ImportError:
    print("SciPy is not there")
    sys.exit(77)

TABLE = Path(__file__).with_name("kinetics_reference.csv")
KDA = 150.0  # g/mmol: of the antibody here, so 1 nmol is 0.15 mg
MG_PER_NMOL = KDA * 1e-3


def follow(rate, start, doses, times):
    """States at `times`; `doses` are (time, state, amount), none at a time that is asked."""
    y, t, rows = np.array(start, float), 0.0, {}
    for stop in sorted({d[0] for d in doses} | set(times)):
        if stop > t:
            size = 1e-13 * max(1.0, float(np.abs(y).max()))
            s = solve_ivp(rate, (t, stop), y, method="Radau", rtol=1e-11, atol=size)
            assert s.success, s.message
            y, t = s.y[:, -1].copy(), stop
        for when, state, amount in doses:
            if when == stop:
                y[state] += amount
        rows[stop] = y.copy()
    return [rows[t] for t in times]


def mm_micro():
    """Dupilumab, Zhang 2021: rate constants, VMAX over the central volume; 600 mg, then
    300 mg every 14 days, 0.609 of it absorbed."""
    ka, ke, v, k23, k32, vmax, km, f = 0.263, 0.0418, 2.76, 0.0952, 0.163, 1.39, 2.08, 0.609

    def rate(_, y):
        depot, c, p = y  # mg, mg/L, mg/L of the central volume
        return [-ka * depot, ka * depot / v - ke * c - vmax * c / (km + c) - k23 * c + k32 * p,
                k23 * c - k32 * p]

    times = [0.5, 3, 10, 20, 41, 55, 90, 150]
    doses = [(0.0, 0, 600 * f), (14.0, 0, 300 * f), (28.0, 0, 300 * f)]
    return [("mm_micro", t, "C", y[1]) for t, y in zip(times, follow(rate, [0, 0, 0], doses, times))]


def mm():
    """Clearances and volumes, VMAX in amount per time; 90 mg into the vein at 0 and 30 h."""
    cl, v1, q, v2, vmax, km = 1.3, 12.0, 2.4, 30.0, 6.0, 0.7

    def rate(_, y):
        c, p = y[0] / v1, y[1] / v2
        return [-cl * c - vmax * c / (km + c) - q * (c - p), q * (c - p)]

    times = [0.25, 2, 12, 29, 31, 48, 72]
    rows = follow(rate, [0, 0], [(0.0, 0, 90.0), (30.0, 0, 90.0)], times)
    return [("mm", t, "C", y[0] / v1) for t, y in zip(times, rows)]


BODY = dict(cl=0.22, v1=3.1, q=0.6, v2=2.7, ka=0.3, kint=0.8, kdeg=0.35, ksyn=1.4)
KON, KOFF = 2.5, 0.9  # L/nmol/day, 1/day
TIMES = [0.2, 1, 4, 10, 21, 27, 30, 45, 60]
DOSES = [(0.0, 0, 60 / MG_PER_NMOL), (28.0, 1, 25 / MG_PER_NMOL)]  # below the skin; vein


def tmdd():
    b = BODY

    def rate(_, y):
        depot, free, p, r, rc = y  # nmol, nmol, nmol, nmol/L, nmol/L
        c = free / b["v1"]
        bind = KON * c * r - KOFF * rc
        swap = b["q"] * (c - p / b["v2"])
        return [-b["ka"] * depot, b["ka"] * depot - b["cl"] * c - swap - b["v1"] * bind, swap,
                b["ksyn"] - b["kdeg"] * r - bind, bind - b["kint"] * rc]

    rows = follow(rate, [0, 0, 0, b["ksyn"] / b["kdeg"], 0], DOSES, TIMES)
    out = []
    for t, y in zip(TIMES, rows):
        out += [("tmdd", t, "C", y[1] / b["v1"] * MG_PER_NMOL),
                ("tmdd", t, "total", (y[1] / b["v1"] + y[4]) * MG_PER_NMOL),
                ("tmdd", t, "occupancy", y[4] / (y[3] + y[4]))]
    return out


def tmdd_qss():
    b, kss = BODY, (KOFF + BODY["kint"]) / KON

    def free(total, target):
        if total == 0:
            return 0.0
        return brentq(lambda c: c + target * c / (kss + c) - total, 0, total, xtol=1e-300,
                      rtol=8.9e-16)

    def rate(_, y):
        depot, total, p, target = y  # nmol, nmol/L, nmol, nmol/L
        c = free(total, target)
        bound = total - c
        swap = b["q"] * (c - p / b["v2"])
        return [-b["ka"] * depot,
                (b["ka"] * depot - b["cl"] * c - swap) / b["v1"] - b["kint"] * bound, swap,
                b["ksyn"] - b["kdeg"] * (target - bound) - b["kint"] * bound]

    doses = [(t, s, a / b["v1"] if s == 1 else a) for t, s, a in DOSES]
    rows = follow(rate, [0, 0, 0, b["ksyn"] / b["kdeg"]], doses, TIMES)
    out = []
    for t, y in zip(TIMES, rows):
        c = free(y[1], y[3])
        out += [("tmdd_qss", t, "C", c * MG_PER_NMOL),
                ("tmdd_qss", t, "total", y[1] * MG_PER_NMOL),
                ("tmdd_qss", t, "occupancy", c / (kss + c))]
    return out


def main():
    rows = mm_micro() + mm() + tmdd() + tmdd_qss()
    if sys.argv[1:] == ["--check"]:
        with open(TABLE, newline="") as file:
            kept = list(csv.reader(file))[1:]
        assert len(kept) == len(rows), "another number of rows"
        bad = [(r, k) for r, k in zip(rows, kept)
               if [r[0], f"{r[1]:g}", r[2]] != k[:3] or not abs(r[3] / float(k[3]) - 1) < 1e-9]
        for made, kept_row in bad:
            print("computed", made, "stored", kept_row)
        print(len(rows), "numbers,", len(bad), "differ")
        return 1 if bad else 0
    with open(TABLE, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["model", "time", "signal", "value"])
        out.writerows([m, f"{t:g}", s, f"{v:.12e}"] for m, t, s, v in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
