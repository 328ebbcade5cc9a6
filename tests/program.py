# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cases share: the built program, the demo study, a folder that goes away."""
import os
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy as np
import yaml

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PROGRAM = os.environ.get("PN_PROGRAM", os.path.join(SOURCE, "build/bin/pneuma"))
DEMO = os.path.join(SOURCE, "inputs/fevipiprant-phase2.yaml")


UNIT = 0.03  # s: `pneuma models` on a quiet machine
unit = {"when": float("-inf"), "takes": UNIT}


def patience(seconds):
    """A limit of time for a machine as slow and busy as this one is now: so many seconds on a
    quiet one, scaled by a small piece of work that is measured here, and never less."""
    if time.monotonic() > unit["when"] + 20:
        start = time.monotonic()
        for _ in range(3):
            subprocess.run([PROGRAM, "models"], stdout=subprocess.DEVNULL, check=False)
        unit.update(when=time.monotonic(), takes=(time.monotonic() - start) / 3)
    return seconds * max(1.0, unit["takes"] / UNIT)


class Case(unittest.TestCase):
    """Each test of a case works in a folder of its own."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def pneuma(self, *arguments, ranks=0, folder=None, env=None):
        """Run the program (under mpirun if ranks > 0) and return the ended process."""
        command = [PROGRAM, *arguments]
        if ranks > 0:
            command = ["mpirun", "-n", str(ranks), *command]
        return subprocess.run(command, cwd=folder or self.folder, capture_output=True,
                              text=True, errors="replace", env={**os.environ, **(env or {})}, check=False)

    def result(self, study, *more, name="results.h5", **how):
        """Simulate a study, expect success, return the path of the result.

        Among few patients the share of failed ones may be above what a study allows."""
        done = self.pneuma("run", study, "--out", name, "--quiet", "--max-failed", "10%",
                           *more, **how)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return os.path.join(how.get("folder") or self.folder, name)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def demo(self, name="study.yaml", **changes):
        """The demo study with other top-level keys, in this folder."""
        with open(DEMO, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study.update(changes)
        absolute(study, os.path.dirname(DEMO))
        return self.write(name, yaml.safe_dump(study, sort_keys=False))


def absolute(study, folder):
    """Paths relative to `folder`, made absolute."""
    study["population"]["from"] = os.path.join(folder, study["population"]["from"])
    for regimens in study["arms"].values():
        for regimen in regimens:
            regimen["drug"] = os.path.join(folder, regimen["drug"])


def numbers(path):
    """All numeric datasets of a result by name, with the names of their dimensions."""
    found = {}
    with h5py.File(path) as file:
        for name, dataset in file.items():
            if isinstance(dataset, h5py.Dataset) and dataset.dtype.kind in "iuf":
                over = [s.keys()[0] if len(s) else name for s in dataset.dims]
                found[name] = (over, dataset[()])
    return found


def same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def arms_of(path):
    with h5py.File(path) as file:
        return [arm.decode() if isinstance(arm, bytes) else arm for arm in file["arm"][()]]


def part(whole, dimension, which):
    """The arrays of a result at `which` along patient or arm, as a result of them alone
    has them: name -> array.  Lists (dose, obs) keep what belongs to those."""
    return {name: part_of(whole, name, dimension, which) for name in whole}


def part_of(whole, name, dimension, which):
    over, values = whole[name]
    of = [one for one in ("dose", "obs") if one in over]
    if dimension in over:
        values = np.take(values, which, over.index(dimension))
    if not of or f"{of[0]}_{dimension}" not in whole:
        return values
    place = {int(old): new for new, old in enumerate(which)}
    owner = np.array([place.get(int(old), -1) for old in whole[f"{of[0]}_{dimension}"][1]], int)
    kept = np.flatnonzero(owner >= 0)
    if dimension == "arm":  # lists run by arm first
        kept = kept[np.argsort(owner[kept], kind="stable")]
    if name == of[0]:
        return np.arange(len(kept))
    return owner[kept] if name == f"{of[0]}_{dimension}" else np.take(
        values, kept, over.index(of[0]))
