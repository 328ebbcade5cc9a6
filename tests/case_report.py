#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/report on result files whose statistics are known in closed form."""
import csv
import math
import os
import subprocess
import tempfile
import unittest

import numpy as np

from synthetic import write_result

REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../scripts/report")
PNG = b"\x89PNG\r\n\x1a\n"
STUDY = "name: synthetic\npopulation: {size: 4}\narms: {control: [], drug: [{for: 1 week}]}\n"


def report(path, folder):
    return subprocess.run([REPORT, path, "--out", folder], capture_output=True, text=True,
                          check=False)


def read_table(folder):
    """Rows of table.csv by (output, arm, visit in h)."""
    with open(os.path.join(folder, "table.csv"), encoding="utf-8") as file:
        first = file.readline()
        assert "simulation error over virtual patients" in first, first
        rows = list(csv.DictReader(file))
    return {(r["output"], r["arm"], float(r["visit_h"])): r for r in rows}


def write_known(path):
    """Four twins; the fourth fails in the drug arm with numbers that would show."""
    start = np.array([1.0, 2.0, 3.0, 4.0])
    gain = np.array([0.1, 0.2, 0.3, 1e9])  # mean 0.2, SD 0.1 of those who live
    fev1 = np.stack([np.stack([start, start + 0.5], 1), np.stack([start, start + gain], 1)])
    factor = np.array([0.25, 0.5, 1.0, 1e9])  # geometric mean 0.5
    sputum = np.ones((2, 4, 3)) * np.array([1.0, 4.0, 16.0, 2.0])[None, :, None]
    sputum[1, :, 1:] *= factor[:, None]
    flow = np.ones((2, 4, 2, 5)) * np.linspace(5, 1, 5)
    write_result(
        path, ["control", "drug"], [1, 2, 3, 4], [0.0, 84.0, 168.0], [0.0, 168.0],
        {"FEV1": ("L", fev1, ["visit"]), "eosinophils.sputum": ("%", sputum, ["time"]),
         "x.C": ("mg/L", sputum - 0.25, ["time"]), "flow_volume": ("L/s", flow, ["visit"])},
        [[0, 0, 0, 0], [0, 0, 0, 2]], STUDY)


class Report(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = os.path.join(temporary.name, "report")
        self.path = os.path.join(temporary.name, "results.h5")

    @classmethod
    def setUpClass(cls):
        """The report that several tests look at."""
        cls.kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.kept.cleanup)
        path, cls.known = (os.path.join(cls.kept.name, n) for n in ("known.h5", "report"))
        write_known(path)
        cls.done = report(path, cls.known)

    def close(self, row, key, want):
        self.assertAlmostEqual(float(row[key]), want, delta=1e-8 * max(1, abs(want)), msg=key)

    def test_means_changes_and_twin_differences_are_those_of_the_file(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        row = read_table(self.known)["FEV1", "drug", 168.0]
        t_3, root_3 = 4.302652729696142, math.sqrt(3)  # Student's t, 2 degrees, 97.5 %
        self.assertEqual((row["n"], row["n_failed"], row["n_twins"]), ("3", "1", "3"))
        self.close(row, "mean", 2.2)
        self.close(row, "sd", math.sqrt((1.1**2 + 0 + 1.1**2) / 2))
        self.close(row, "change", 0.2)
        self.close(row, "change_low", 0.2 - t_3 * 0.1 / root_3)
        self.close(row, "change_high", 0.2 + t_3 * 0.1 / root_3)
        self.close(row, "difference", 0.2 - 0.5)
        self.close(row, "difference_low", -0.3 - t_3 * 0.1 / root_3)
        control = read_table(self.known)["FEV1", "control", 168.0]
        self.assertEqual((control["n"], control["difference"]), ("4", ""))
        self.close(control, "change", 0.5)

    def test_eosinophils_are_compared_as_ratios_of_geometric_means(self):
        rows = read_table(self.known)
        row = rows["eosinophils.sputum", "drug", 168.0]
        half = 4.302652729696142 * math.log(2) / math.sqrt(3)
        self.assertEqual(row["summary"], "geometric")
        self.close(row, "mean", 2.0)  # (0.25 2 16)^(1/3)
        self.close(row, "change", 0.5)
        self.close(row, "change_high", 0.5 * math.exp(half))
        self.close(row, "difference_low", 0.5 * math.exp(-half))
        self.assertEqual(rows["x.C", "drug", 168.0]["summary"], "arithmetic")

    def test_figures_are_drawn_at_150_dpi_and_failures_are_told(self):
        names = sorted(n for n in os.listdir(self.known) if n.endswith(".png"))
        self.assertEqual(names, ["change.png", "course.png", "exposure.png", "flow-volume.png"])
        for name in names:
            with open(os.path.join(self.known, name), "rb") as file:
                data = file.read()
            self.assertEqual(data[:8], PNG)
            at = data.index(b"pHYs") + 4
            self.assertEqual(int.from_bytes(data[at:at + 4], "big"), round(150 / 0.0254))
        self.assertIn("drug: failed and left out: 1", self.done.stdout)
        self.assertIn("simulation error", self.done.stdout)

    def test_any_study_will_do(self):
        """One arm, one patient, one visit, an output nobody has heard of."""
        write_result(self.path, ["only"], [7], [0.0], [0.0],
                     {"new.thing": ("mol", [[[3.0]]], ["time"])}, [[0]])
        done = report(self.path, self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        row = read_table(self.folder)["new.thing", "only", 0.0]
        self.assertEqual((row["n"], row["mean"], row["sd"]), ("1", "3", ""))

    def test_many_arms_and_no_visits(self):
        arms = [f"arm {i}" for i in range(9)]
        values = np.arange(9.0)[:, None, None] + np.zeros((9, 2, 3))
        values[:, 1, 2] += 1
        write_result(self.path, arms, [1, 2], [0.0, 1.0, 2.0], [],
                     {"a.b": ("1", values, ["time"])}, np.zeros((9, 2)))
        done = report(self.path, self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = read_table(self.folder)
        self.close(rows["a.b", "arm 8", 2.0], "mean", 8.5)
        self.close(rows["a.b", "arm 8", 2.0], "difference", 0)

    def test_files_that_are_no_result_are_refused_with_the_reason(self):
        done = report(self.path, self.folder)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no such file", done.stderr)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("not HDF5")
        self.assertIn("not a result file", report(self.path, self.folder).stderr)
        write_result(self.path, ["a"], [1], [0.0], [0.0], {"x": ("1", [[[np.nan]]], ["time"])},
                     [[1]])
        self.assertIn("no output has a number", report(self.path, self.folder).stderr)


if __name__ == "__main__":
    unittest.main()
