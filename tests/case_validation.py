#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every published trial can be simulated and each of its figures computed (few patients)."""
import csv
import os
import subprocess
import unittest

from program import PROGRAM, SOURCE, Case


class Validation(Case):
    def test_every_figure_of_every_trial_is_computed(self):
        done = subprocess.run(
            [os.path.join(SOURCE, "scripts/validate"), "--patients", "1:80", "--program", PROGRAM,
             "--out", self.folder], capture_output=True, text=True, check=False)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.folder, "validation.csv"), encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        verdicts = {row["verdict"] for row in rows}
        self.assertLessEqual(verdicts, {"inside", "outside", "information", "not modelled"})
        # the fit of chi0 to Gonem 2016 holds
        fitted = [row for row in rows if row["role"] == "calibration"]
        self.assertTrue(fitted)
        self.assertEqual({row["verdict"] for row in fitted}, {"inside"})

    def test_the_whole_population_has_the_moments_of_its_cohort_tables(self):
        """1,000 patients through the program; what is allowed is about four standard errors."""
        done = subprocess.run([os.path.join(SOURCE, "scripts/validate"), "gonem-2016",
                               "--program", PROGRAM, "--out", self.folder],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.folder, "validation.csv"), encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["role"] == "population"]
        for name in ("age", "sex", "FEV1_percent_predicted", "blood_eosinophils", "FeNO"):
            self.assertTrue(any(name in row["what"] for row in rows), name)
        for row in rows:
            self.assertTrue(float(row["published_low"]) <= float(row["simulated"])
                            <= float(row["published_high"]), row)


if __name__ == "__main__":
    unittest.main()
