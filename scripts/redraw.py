#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Re-create any draw of Pneuma from its seed, patient and name.

A draw is a pure function: Philox4x64-10 (Salmon 2011, SC11) with the key
(seed, 0x504e45554d41) and the counter (patient, purpose, index, n); the index is the
64-bit FNV-1a hash of the variable's name.  Nothing else of Pneuma is needed.

  redraw.py SEED PATIENT NAME [--purpose cohort|adherence|design|…] [--n N]
      prints the uniform number and its normal score (of a design: patient 0, NAME of the
      factor, N the point from 1; patient 1: the place in a share of a Latin hypercube)
  redraw.py --resolved STUDY.yaml PATIENT [--n N]
      prints every drawn variable of a patient, from `pneuma check` or from a result's
      /provenance (not those that come from a patients CSV); N is the patient's n_redrawn
      of the result, if that is not 0
  redraw.py --resolved STUDY.yaml --design
      prints every point of a random or Latin hypercube design: NUMBER FACTOR VALUE
"""
import argparse
import math
import sys
from statistics import NormalDist

MASK = (1 << 64) - 1
NORMAL = NormalDist()
PURPOSE = {"cohort": 1, "adherence": 2, "occasion": 3, "residual": 4, "delay": 5,
           "holiday": 6, "dropout": 7, "design": 8}


def philox4x64(counter, key, rounds=10):
    """Four words of Philox4x64 with ten rounds."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(rounds):
        a, b = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (b >> 64) ^ c1 ^ k0, b & MASK, (a >> 64) ^ c3 ^ k1, a & MASK
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & MASK, (k1 + 0xBB67AE8584CAA73B) & MASK
    return c0, c1, c2, c3


def name_hash(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(seed, patient, name, purpose="cohort", n=0):
    """Uniform on (0, 1); name: a variable's name, or the index itself."""
    index = name_hash(name) if isinstance(name, str) else name & MASK
    word = philox4x64((patient & MASK, PURPOSE[purpose], index, n), (seed, 0x504E45554D41))
    return ((word[0] >> 11) + 0.5) * 2.0**-53


def tukey(z, g, h):
    return ((math.exp(g * z) - 1) / g if g else z) * math.exp(h * z * z / 2)


def tukey_inverse(t, g, h):
    low, high = -40.0, 40.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if tukey(middle, g, h) < t else (low, middle)
    return (low + high) / 2


def inverse(u):
    """Normal score by the series of the standard library, refined once by Newton."""
    if u > 0.5:
        return -inverse(1 - u)
    z = NORMAL.inv_cdf(u)
    return z - (math.erfc(-z / math.sqrt(2)) / 2 - u) / NORMAL.pdf(z)


def below(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def truncated(u, low, high):
    if low > 0:  # by the upper tail, which keeps its digits
        return -truncated(1 - u, -high, -low)
    a, b = below(low), below(high)
    return inverse(a + u * (b - a))


def number(text):
    """The number of a resolved quantity, which is in the table's unit."""
    return float(str(text).split()[0])


def value(spec, u):
    """A distribution of the resolved study at a uniform number."""
    if not isinstance(spec, dict):
        return spec if spec in ("male", "female") else number(spec)
    low = number(spec.get("low", "-inf"))
    high = number(spec.get("high", "inf"))
    if "categories" in spec:
        total = 0.0
        for name, share in spec["categories"].items():
            total += number(share)
            if u < total:
                return name
        return name
    if "uniform" in spec:
        a, b = (number(end) for end in spec["uniform"])
        a, b = max(a, low), min(b, high)
        return a + u * (b - a)
    if "mean" in spec:
        mean, sd = number(spec["mean"]), number(spec["sd"])
        return mean + sd * truncated(u, (low - mean) / sd, (high - mean) / sd)
    median, omega = number(spec["median"]), number(spec["omega"])
    g, h = number(spec.get("g", 0)), number(spec.get("h", 0))

    def score(x):
        if x <= 0:
            return -math.inf
        return x if math.isinf(x) else tukey_inverse(math.log(x / median) / omega, g, h)

    return median * math.exp(omega * tukey(truncated(u, score(low), score(high)), g, h))


def parameters_of(study):
    """All parameters with a distribution: {PART.NAME: spec}."""
    found = {}
    blocks = [("airway", study.get("airway") or {})]
    for entry in study.get("disease") or []:
        blocks += list(entry.items()) if isinstance(entry, dict) else []
    for name, drug in (study.get("drugs") or {}).items():
        blocks.append((name, drug["kinetics"]["parameters"]))
        blocks += [(f"{name}.{t}", p) for t, p in (drug.get("targets") or {}).items()]
    for part, block in blocks:
        found.update({f"{part}.{k}": v for k, v in block.items() if k != "model"})
    found.update(study["population"].get("parameters") or {})
    return {
        name: spec
        for name, spec in found.items()
        if not (isinstance(spec, dict) and ("default" in spec or "covariate" in spec))
    }


def cholesky(names, pairs):
    rho = {frozenset(pair["of"]): number(pair["rho"]) for pair in pairs}
    factor = [[0.0] * len(names) for _ in names]
    for i, a in enumerate(names):
        for j, b in enumerate(names[: i + 1]):
            rest = 1.0 if i == j else rho.get(frozenset((a, b)), 0.0)
            rest -= sum(factor[i][k] * factor[j][k] for k in range(j))
            factor[i][j] = math.sqrt(rest) if i == j else rest / factor[j][j]
    return factor


def groups(order, pairs):
    """Sets of variables connected by correlations, each in the order of the study."""
    sets = {name: {name} for pair in pairs for name in pair["of"]}
    for pair in pairs:
        a, b = (sets[name] for name in pair["of"])
        a |= b
        for name in a:
            sets[name] = a
    unique = {id(s): s for s in sets.values()}
    return [[name for name in order if name in s] for s in unique.values()]


def patient(study, i, n=0):
    """Every drawn variable of patient i of a resolved study (a dict), drawn again n times."""
    population = study["population"]
    specs = {**(population.get("covariates") or {}), **parameters_of(study)}
    u = {name: uniform(study["seed"], i, name, n=n) for name in specs}
    pairs = population.get("correlations") or []
    for names in groups(list(specs), pairs):
        z = [inverse(u[name]) for name in names]
        for row, name in zip(cholesky(names, pairs), names):
            u[name] = below(sum(a * b for a, b in zip(row, z)))
    values = {}
    for name, spec in specs.items():
        if isinstance(spec, dict) and "by" in spec:
            spec = spec[values[spec["by"]]]
        values[name] = value(spec, u[name])
    return values


def points(study):
    """Points of a random or Latin hypercube design: a list of {factor: value}."""
    design, seed = study["design"], study["seed"]
    n = int(design["points"])
    rows = [{} for _ in range(n)]
    for name, spec in design["factors"].items():
        u = [uniform(seed, 0, name, "design", i + 1) for i in range(n)]
        if design["method"] == "latin_hypercube":
            order = sorted(range(n), key=lambda i: (u[i], i))
            for rank, i in enumerate(order):
                u[i] = (rank + uniform(seed, 1, name, "design", i + 1)) / n
        elif design["method"] != "random":
            raise SystemExit(f"{design['method']}: its points are not random draws alone")
        for row, x in zip(rows, u):
            row[name] = value(spec, x)
    return rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="SEED PATIENT NAME | PATIENT")
    parser.add_argument("--resolved", help="resolved study")
    parser.add_argument("--purpose", choices=PURPOSE, default="cohort")
    parser.add_argument("--n", type=int, default=0)
    parser.add_argument("--design", action="store_true")
    a = parser.parse_args()
    if a.resolved:
        import yaml

        with open(a.resolved, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        if a.design:
            for i, row in enumerate(points(study), 1):
                for name, x in row.items():
                    print(i, name, x if isinstance(x, str) else f"{x:.17g}")
            return 0
        if len(a.words) != 1:
            parser.error("PATIENT expected")
        for name, x in patient(study, int(a.words[0]), a.n).items():
            print(name, x if isinstance(x, str) else f"{x:.17g}")
        return 0
    if len(a.words) != 3:
        parser.error("SEED PATIENT NAME expected")
    u = uniform(int(a.words[0]), int(a.words[1]), a.words[2], a.purpose, a.n)
    print(f"{u:.17g} {inverse(u):.17g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
