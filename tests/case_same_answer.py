#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed changes no answer: benchmark T1 and T3 on any ranks, output grid and extra stops."""
import filecmp
import os
import sys
import unittest

import h5py
import numpy as np

from program import SOURCE, Case

sys.path.insert(0, os.path.join(SOURCE, "validation/speed"))
from engines import PROBLEMS, Bench  # noqa: E402  pylint: disable=wrong-import-position

RTOL = 1e-6
PATIENTS = 64
# sizes of the states, as their tables have them: the absolute tolerance is 1e-3 of it
SCALE = {"A1": 100, "A2": 100, "RF": 0.4, "RC": 0.4, "T1": 200, "T2": 200, "T3": 200, "T4": 200, "E": 200,
         "A": 1}


class SameAnswer(Case):
    def study(self, name, **changes):
        """A benchmark study with other lines."""
        bench = Bench(os.environ.get("PN_BUILD", os.path.join(SOURCE, "build")), self.folder)
        return bench.study(name, changes.pop("rtol", RTOL), **changes)

    def replaced(self, path, old, new):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        return self.write("changed.yaml", text.replace(old, new))

    def states(self, name, study, hours):
        """States but the depot, [patient][time][state], at times that are on the grid."""
        path = self.result(study, "--patients", f"1:{PATIENTS}", "--restart")
        with h5py.File(path) as file:
            times = list(file["time"][:])
            at = [times.index(hour) for hour in hours]
            return np.stack([file[state][0][:, at] for state in PROBLEMS[name].counted], axis=-1)

    def off(self, name, values, reference):
        """Largest difference in terms of what a tolerance of 1 would allow."""
        self.assertTrue(np.isfinite(values).all())
        sizes = np.array([SCALE[state.split(".")[1]] for state in PROBLEMS[name].counted])
        return float((np.abs(values - reference) / (np.abs(reference) + 1e-3 * sizes)).max())

    def test_ranks_do_not_change_a_byte(self):
        study, kept = self.study("t1"), {}
        for ranks in (1, 2, 3, 8):
            folder = os.path.join(self.folder, f"{ranks} ranks")
            os.mkdir(folder)
            kept[ranks] = self.result(study, "--patients", f"1:{PATIENTS}", folder=folder, ranks=ranks)
            with self.subTest(ranks=ranks):
                self.assertTrue(filecmp.cmp(kept[1], kept[ranks], shallow=False))

    def test_the_output_grid_changes_nothing(self):
        """Grids that interpolate much, little and elsewhere, at the times they share."""
        hours = range(12, 2017, 12)
        for name in "t1", "t3":
            study = self.study(name)
            coarse = self.states(name, self.replaced(study, "every: 24 h\n", "every: 12 h\n"), hours)
            for every in "1 h", "4 h":
                with self.subTest(name=name, every=every):
                    fine = self.states(name, self.replaced(study, "every: 24 h\n", f"every: {every}\n"), hours)
                    off = self.off(name, fine, coarse)
                    print(f"{name}, every {every}: {off:.1e}")
                    self.assertLessEqual(off, RTOL)

    def test_interpolated_outputs_are_as_good_as_steps(self):
        hours = range(1, 241)
        for name in "t1", "t3":
            with self.subTest(name=name):
                study = self.replaced(self.study(name), "every: 24 h\n", "every: 1 h\n")
                values = self.states(name, study, hours)
                tight = self.study(name, rtol=1e-11, method=PROBLEMS[name].method)
                exact = self.states(name, self.replaced(tight, "every: 24 h\n", "every: 1 h\n"), hours)
                off = self.off(name, values, exact)
                print(f"{name}, hourly against 1e-11: {off:.1e}")
                self.assertLessEqual(off, 10 * RTOL)

    def test_an_extra_stop_agrees_to_ten_tolerances(self):
        """A dose of nothing is a stop after which all begins anew; a visit is one that goes on."""
        hours = [24 * day for day in range(1, 85)]
        nothing = "{drug: blocker, dose: 0 mg, start: 13.7 h, every: 24 h, for: 2000 h}"
        for name in "t1", "t3":
            study = self.study(name)
            straight = self.states(name, study, hours)
            with open(study, encoding="utf-8") as file:
                text = file.read()
            visits = "[" + ", ".join(f"{{at: {t}.3 h, tests: []}}" for t in range(5, 2000, 31)) + "]"
            split = {
                "doses of nothing": self.replaced(study, "for: 2016 h}]", f"for: 2016 h}}, {nothing}]"),
                "visits": self.write("visits.yaml", f"{text}visits: {visits}\n"),
            }
            for how, changed in split.items():
                with self.subTest(name=name, how=how):
                    values = self.states(name, changed, hours)
                    off = self.off(name, values, straight)
                    print(f"{name}, {how}: {off:.1e}")
                    self.assertGreater(off, 0.0)  # it was split
                    self.assertLessEqual(off, 10 * RTOL)


if __name__ == "__main__":
    unittest.main()
