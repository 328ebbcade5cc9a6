#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of results: did any number move?

    tests/fingerprints.py --write FILE     hashes of every array of the reference runs
    tests/fingerprints.py --check FILE     the same again, and what differs from FILE

The reference runs are every study in inputs/ (with few patients), an event table, a sweep, each of
1 and 3 ranks, on both instruction sets, and the airway commands.  Before a change that must move no
number: --write; after it: --check.  PN_PROGRAM names the program (default build/bin/pneuma)."""
import argparse
import hashlib
import os
import subprocess
import sys
import tempfile

import h5py

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PROGRAM = os.environ.get("PN_PROGRAM", os.path.join(SOURCE, "build/bin/pneuma"))
NARROW = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"}
MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
       "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
       "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMPI_MCA_mpi_yield_when_idle": "1"}
STUDIES = {"airprom": "1:12", "challenge": "1:40", "events-example": None, "fevipiprant-phase2": "1:60",
           "first": None, "fractional-flows": None,
           "kinetics": None, "oscillometry": "1:40", "sweep": "1:10",
           "uncertainty": "1:10"}
TREE = "trees/grown.csv"
AIRWAY = {
    "generate-grown.csv": "generate --acini 300",
    "generate-horsfield.csv": "generate --model horsfield",
    "generate-weibel.csv": "generate --model weibel --generations 9",
    "flow.h5": f"flow {TREE} --root 0.5|L/s",
    "flow-down.csv": f"flow {TREE} --law van-ertbruggen --down -z --root 1|cmH2O",
    "oscillate.h5": f"oscillate {TREE} --walls 5|cmH2O",
    "oscillate-ri.csv": f"oscillate {TREE} --branches ri",
    "breathe.h5": f"breathe {TREE} --every 0.5|s",
    "breathe-swan.h5": f"breathe {TREE} --units swan --every 0.5|s --down -z --gradient 0.25|cmH2O/cm",
    "expire.h5": f"expire {TREE}",
    "defects.h5": "defects --generations 8 --activation 9|cmH2O",
    "defects-sweep.csv": f"defects {TREE} --sweep 4:9:3",
    "equilibrium.h5": "equilibrium",
    "equilibrium-tension.csv": "equilibrium --tension 4|cmH2O",
    "crossbridge.h5": "crossbridge --amplitude 0,0.5,1 --end 60|s",
    "crossbridge-moments.csv": "crossbridge --velocity -0.2,-0.1,0 --moments",
    "network.csv": "network NETWORK/steadyFlow_bifurcationR_R1.json",
}


def run(folder, arguments, ranks=1, narrow=False):
    launcher = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    done = subprocess.run([*launcher, PROGRAM, *arguments], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **MPI, **(NARROW if narrow else {})}, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"pneuma {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")


def digest(blob):
    return hashlib.sha256(blob).hexdigest()[:16]


def arrays(path):
    """name -> hash of shape, type and bytes of every numeric dataset outside provenance."""
    found = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "iuf":
            values = item[()]
            found[name] = digest(f"{values.shape} {values.dtype}".encode() + values.tobytes())
    with h5py.File(path) as file:
        for name, item in file.items():
            if isinstance(item, h5py.Dataset):
                take(name, item)
    return found


def study_rows(folder):
    for study, patients in STUDIES.items():
        of_them = ["--patients", patients] if patients else []
        first = None
        for narrow in (False, True):
            for ranks in (1, 3):
                out = f"{study}-{ranks}-{int(narrow)}.h5"
                run(folder, ["run", os.path.join(SOURCE, "inputs", study + ".yaml"), "--out", out,
                             "--quiet", "--max-failed", "100%", *of_them], ranks, narrow)
                got = arrays(os.path.join(folder, out))
                if first is None:
                    first = got
                    yield from ((f"{study}/{name}", value) for name, value in sorted(got.items()))
                elif got != first:
                    sys.exit(f"{study}: {ranks} ranks, narrow {narrow}: other bits than 1 rank alone")


def airway_rows(folder):
    os.mkdir(os.path.join(folder, "trees"))
    run(folder, ["airway", "generate", "--acini", "120", "--out", TREE])
    networks = os.path.join(SOURCE, "tests/cases/fuzz/network")
    for out, command in AIRWAY.items():
        words = [word.replace("|", " ").replace(
            "NETWORK/steadyFlow_bifurcationR_R1.json", networks + "/bifurcation.json")
            for word in command.split()]
        for narrow in (False, True):
            run(folder, ["airway", *words, "--out", out], narrow=narrow)
            path = os.path.join(folder, out)
            if out.endswith(".h5"):
                got = {f"{out}/{name}": value for name, value in arrays(path).items()}
            else:
                with open(path, "rb") as file:
                    got = {out: digest(file.read())}
            if not narrow:
                first = got
                yield from sorted(got.items())
            elif got != first:
                sys.exit(f"{out}: other bits with the other instruction set")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", metavar="FILE")
    parser.add_argument("--check", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [f"{name}\t{value}" for part in (study_rows, airway_rows) for name, value in part(folder)]
    if options.write:
        with open(options.write, "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
    if options.check:
        with open(options.check, encoding="utf-8") as file:
            was = dict(line.split("\t") for line in file.read().splitlines())
        now = dict(row.split("\t") for row in rows)
        differ = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
        for name in differ:
            print("moved" if name in was and name in now else "gone" if name in was else "new", name)
        print(f"{len(was)} arrays, {len(differ)} differ")
        sys.exit(1 if any(name in was for name in differ) else 0)


main()
