#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large sweep on two ranks: memory does not grow with its points, ranks are busy nearly all
the time, as the run itself tells, and points that were added later give the bytes of one run.

    tests/case_busy.py --points 200 --patients 200       (both arms, three runs: some minutes)
"""
import argparse
import filecmp
import json
import os
import subprocess
import sys
import unittest

import yaml

from program import PROGRAM, SOURCE, Case, absolute

SWEEP = os.path.join(SOURCE, "inputs/sweep.yaml")
LEAST_BUSY = 0.95
SIZE = argparse.Namespace(points=40, patients=50)


class Busy(Case):
    def study(self, points):
        with open(SWEEP, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["population"]["size"] = SIZE.patients
        study["lives"] = "summary"
        study["max_failed"] = "10 %"
        study["design"] = {"method": "sobol", "points": points, "factors": {
            "fevipiprant.dose": {"uniform": ["25 mg", "450 mg"]},
            "fevipiprant.dp2.Kd": {"uniform": ["0.11 nM", "11 nM"]}}}
        absolute(study, os.path.dirname(SWEEP))
        return self.write(f"{points}.yaml", yaml.safe_dump(study, sort_keys=False))

    def sweep(self, points, name, *more):
        """Run it; the most memory that a rank had [MB], and what the run tells of itself."""
        out = os.path.join(self.folder, name)
        peak = os.path.join(self.folder, "peak")
        rank = ["sh", "-c", '/usr/bin/python3 -c "$0" "$@"', MEASURE, peak, PROGRAM]
        done = subprocess.run(["mpirun", "-n", "2", *rank, "run", self.study(points), "--out", out,
                               *more], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        megabytes = []
        for i in range(2):
            with open(f"{peak}.{i}", encoding="ascii") as file:
                megabytes.append(int(file.read()) / 1024)
        with open(out + ".run/run.json", encoding="utf-8") as file:
            told = json.load(file)
        self.assertEqual(told["ranks"], 2)
        print(f"{points} points, {told['jobs']} lives: {told['seconds']}, "
              f"busy {told['busy']:.3f}, {max(megabytes):.1f} MB", flush=True)
        return max(megabytes), told, done.stdout

    def test_memory_is_flat_ranks_are_busy_and_an_extension_is_the_same_file(self):
        few, _, _ = self.sweep(SIZE.points // 4, "few.h5")
        many, told, text = self.sweep(SIZE.points, "fresh.h5")
        self.assertEqual(told["jobs"], SIZE.points * SIZE.patients * 2)
        self.assertLess(many, 1.1 * few + 1)
        self.assertGreater(told["busy"], LEAST_BUSY)
        self.assertRegex(text, r"ranks busy (9[5-9]|100) %")
        _, _, text = self.sweep(SIZE.points, "more.h5", "--extend",
                                    os.path.join(self.folder, "few.h5"))
        self.assertIn(f"{SIZE.points // 4} points were found", text)
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, "fresh.h5"),
                                    os.path.join(self.folder, "more.h5"), shallow=False))


# the program as a child, so that the kernel counts its memory and not that of Python
MEASURE = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1] + '.' + os.environ['OMPI_COMM_WORLD_RANK'], 'w') as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--points", type=int, default=SIZE.points)
    parser.add_argument("--patients", type=int, default=SIZE.patients)
    SIZE, others = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + others)
