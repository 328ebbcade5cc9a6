#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patients at the ends of every range: studies whose parameters are drawn between the lowest
and the highest value that a model allows, under every method, tolerance and kind of dose.

Whatever comes of a patient is a number or a status that says why, within a time that the
budget of steps bounds: no run ends by a signal or with a fault of ours, no life of status
0 holds what is no number, and no amount or concentration is negative by more than the
tolerance allows.

    tests/extremes.py [--studies N] [--seed N] [--keep FOLDER]"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np

from program import PROGRAM, patience

KINETICS = ["pk1", "pk2", "pk3", "pk1_transit", "pk2_transit", "pk1_mm", "pk2_mm", "tmdd",
            "tmdd_qss", "ics_lung", "inhaled2", "inhaled2_slow"]
DISEASES = ["eosinophils", "eosinophils_il5", "feno", "asm_mass", "asm_growth"]
METHODS = ["auto", "auto", "auto", "explicit", "rosenbrock", "cvode"]
PATIENTS = 4
LIMIT = 30.0  # s on a quiet machine for the few patients of a study: its budget of steps
MAX_STEPS = 20000
PER_MG = {b"mg/L": 1.0, b"ug/L": 1000.0}


def table(component):
    """Parameters of a component, {name: (unit, low, high)}, its signals, routes, defaults."""
    text = subprocess.run([PROGRAM, "models", component], capture_output=True, text=True,
                          check=True).stdout
    rows, written, routes, value, part = {}, [], [], {}, ""
    for line in text.splitlines():
        if line and line[0] != " ":
            part = line.split(" ")[0].rstrip(":")
            if line.startswith("signals"):
                part = line
            continue
        bounds = re.search(r"\[(\S+), (\S+)\]", line)
        words = line.split()
        if part == "parameters" and bounds and len(words) > 2:
            rows[words[0]] = (words[1], float(bounds[1]), float(bounds[2]))
            value[words[0]] = float(words[2])
        elif part.startswith("signals written") and words:
            written.append(words[0])
        elif part == "routes" and words:
            routes.append(words[0])
    return rows, written, routes, value


def draw(dice, low, high):
    """A value of a range, its ends more often than chance would have it."""
    if dice.random() < 0.3:
        return dice.choice([low, high])
    if low > 0.0:
        return float(np.exp(dice.uniform(np.log(low), np.log(high))))
    return dice.uniform(low, high) if dice.random() < 0.5 else low + (high - low) * 10.0 ** dice.uniform(-9, 0)


def settings(dice, rows, share):
    """Some of the parameters: {name: number}."""
    return {name: draw(dice, low, high) for name, (_, low, high) in rows.items() if dice.random() < share}


def as_yaml(rows, chosen):
    """Parameters as a mapping."""
    return "{" + ", ".join(f"{name}: {{value: {value:.6g}{'' if rows[name][0] == '1' else ' ' + rows[name][0]}, "
                           "source: OURS}" for name, value in chosen.items()) + "}"


def regimen(dice, routes, dose):
    """One line of an arm."""
    every = dice.choice(["1 h", "6 h", "24 h", "24 h", "4 week"])
    words = [f"drug: drug.yaml, dose: {dose:.3g} mg, every: {every}"]
    words.append(f"route: {dice.choice(routes)}")
    if dice.random() < 0.5:
        words.append("steady_state: true")
    if dice.random() < 0.3:
        words.append(f"over: {10.0 ** dice.uniform(-3, 2):.3g} h")
    return "{" + ", ".join(words) + "}"


def write(dice, folder, tables):
    """A study and its drug; returns the highest concentration that one dose makes, in mg/L,
    and the relative tolerance."""
    model = dice.choice(KINETICS)
    rows, written, routes, default = tables[model]
    chosen = settings(dice, rows, dice.choice([0.3, 1.0]))
    dose = 10.0 ** dice.uniform(-3, 5)
    diseases = dice.sample(DISEASES[:1] + DISEASES[2:], dice.randint(0, 2))
    if diseases == [] and dice.random() < 0.2:
        diseases = ["eosinophils_il5"]
    if "asm_mass" in diseases and "asm_growth" in diseases:
        diseases.remove("asm_mass")
    if not {"eosinophils", "eosinophils_il5"} & set(diseases):
        diseases = [name for name in diseases if name not in ("feno", "asm_mass", "asm_growth")]
    with open(os.path.join(folder, "drug.yaml"), "w", encoding="utf-8") as file:
        file.write(f"name: drug\nmolar_mass: {10.0 ** dice.uniform(2, 5):.4g} g/mol\nroute: {routes[0]}\n"
                   f"source: OURS\nkinetics:\n  model: {model}\n"
                   f"  parameters: {as_yaml(rows, chosen)}\n"
                   f"targets: {{dp2: {{Kd: {{value: {10.0 ** dice.uniform(-4, 6):.3g} nM, source: OURS}}}}}}\n")
    keep = [f"drug.{name}" for name in written]
    for name in diseases:
        keep += [f"{name}.{signal}" for signal in tables[name][1]]
    own = ", ".join(f"{name}.{row}: {{value: {draw(dice, low, high):.6g}{'' if unit == '1' else ' ' + unit}}}"
                    for name in diseases for row, (unit, low, high) in tables[name][0].items()
                    if dice.random() < 0.5)
    rtol = dice.choice(["1e-2", "1e-4", "1e-6", "1e-10"])
    with open(os.path.join(folder, "study.yaml"), "w", encoding="utf-8") as file:
        file.write(f"name: extremes\nseed: {dice.randint(1, 1000)}\n"
                   f"population: {{size: {PATIENTS}, parameters: {{{own}}}}}\n"
                   + (f"disease: [{', '.join(diseases)}]\n" if diseases else "")
                   + f"arms:\n  only: [{regimen(dice, routes, dose)}]\n"
                   f"duration: {dice.choice(['24 h', '1 week', '26 week'])}\n"
                   f"output: {{every: {dice.choice(['1 h', '24 h'])}, keep: [{', '.join(keep)}]}}\n"
                   f"solver: {{method: {dice.choice(METHODS)}, rtol: {rtol}, max_steps: {MAX_STEPS}}}\n"
                   "max_failed: 100 %\n")
    return dose / {**default, **chosen}.get("V1", 1.0), float(rtol)


def judge(path, peak, rtol):
    """What is wrong with a result, and how many of its lives went to their end."""
    faults = []
    with h5py.File(path) as result:
        status = result["status"][...]
        fine = status == 0
        for name, data in result.items():
            if not isinstance(data, h5py.Dataset) or data.dtype.kind != "f" or data.ndim < 3:
                continue
            values = data[...]
            if not np.isfinite(values[fine]).all():
                faults.append(f"{name} is no number in a life of status 0")
            if name == "drug.C" and fine.any():
                low = np.nanmin(values[fine]) / (peak * PER_MG[data.attrs["units"]])
                if low < -rtol:
                    faults.append(f"{name} is negative by {-low:.2g} of what a dose makes, rtol is {rtol:g}")
    return faults, int(fine.sum()), status.size


def run(folder, peak, rtol, limit):
    """Simulate what was written; returns what is wrong, lives that ended well, lives."""
    try:
        done = subprocess.run([PROGRAM, "run", "study.yaml", "-o", "r.h5", "--quiet"], cwd=folder, timeout=limit,
                              capture_output=True, text=True, check=False)
    except subprocess.TimeoutExpired:
        return [f"no end in {limit:.0f} s"], 0, 0
    if done.returncode == 65:
        return [f"refused: {done.stderr.strip()[:300]}"], 0, 0
    if done.returncode not in (0, 3):
        return [f"exit code {done.returncode}: {done.stderr.strip()[-300:]}"], 0, 0
    return judge(os.path.join(folder, "r.h5"), peak, rtol)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--studies", type=int, default=100)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep", help="studies with faults are kept here")
    given = words.parse_args()
    tables = {name: table(name) for name in KINETICS + DISEASES}
    n_bad = n_fine = n_lives = 0
    for i in range(given.studies):
        dice = random.Random(f"{given.seed} {i}")
        with tempfile.TemporaryDirectory() as folder:
            peak, rtol = write(dice, folder, tables)
            faults, fine, lives = run(folder, peak, rtol, patience(LIMIT))
            n_fine, n_lives, n_bad = n_fine + fine, n_lives + lives, n_bad + bool(faults)
            for fault in faults:
                print(f"study {i} of seed {given.seed}: {fault}", flush=True)
            if faults and given.keep:
                os.system(f"mkdir -p {given.keep}/{i} && cp {folder}/*.yaml {given.keep}/{i}/")
    print(f"{given.studies} studies of seed {given.seed}: {n_bad} with faults; {n_fine} of {n_lives} lives to the end")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
