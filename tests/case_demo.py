#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo study, smaller: what the model says about the drug, and its report."""
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

from program import DEMO, PROGRAM, SOURCE, Case

sys.path.insert(0, os.path.join(SOURCE, "scripts"))
import results  # noqa: E402


class Demo(Case):
    """One simulation, many looks at it."""

    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.kept.cleanup)
        cls.path = os.path.join(cls.kept.name, "results.h5")
        subprocess.run([PROGRAM, "run", DEMO, "--patients", "1:120", "--out", cls.path,
                        "--quiet", "--max-failed", "10%"], check=True)
        cls.of = results.Result(cls.path)
        cls.last = cls.of.last_treated_visit()

    def against_placebo(self, name, ratio):
        return results.interval(self.of.row(name, 1, self.last, log=ratio), "contrast")

    def test_hardly_anybody_fails(self):
        """Some have a better FEV1 than any airway in the allowed range can give."""
        self.assertLess(self.of.n_failed.max() / self.of.n_patients, 0.05)

    def test_who_fails_has_a_message_and_nobody_else(self):
        with h5py.File(self.path) as file:
            said = np.array([[m != b"" for m in arm] for arm in file["message"][()]])
            np.testing.assert_array_equal(said, file["status"][()] != 0)

    def test_eosinophils_fall_about_as_much_as_published(self):
        """Gonem 2016: 3.5-fold (1.7 to 7.0) against placebo; chi0 was chosen for it."""
        fall = 1 / self.against_placebo("eosinophils.airway", ratio=True).value
        self.assertTrue(1.7 < fall < 7.0, fall)

    def test_sputum_follows_the_airway(self):
        airway, sputum = (np.log(self.of.values(f"eosinophils.{name}"))
                          for name in ("airway", "sputum"))
        ratio = sputum - sputum[:, :, :1] - airway + airway[:, :, :1]
        self.assertLess(np.nanmax(np.abs(ratio)), 1e-9)

    def test_muscle_falls_and_fev1_rises(self):
        self.assertLess(self.against_placebo("asm_mass.mass", ratio=False).high, 0)
        self.assertGreater(self.against_placebo("FEV1", ratio=False).low, 0)

    def test_muscle_falls_more_when_its_recruitment_is_blocked_too(self):
        resolved = self.pneuma("check", DEMO).stdout
        self.assertIn("IR: {default: 0.5}", resolved)
        study = self.write("eosinophils-only.yaml", resolved.replace("IR: {default: 0.5}", "IR: 0"))
        without = results.Result(self.result(study, "--patients", "1:120"))
        both, less = (of.at_visits("asm_mass.mass")[1, :, self.last] for of in (self.of, without))
        alive = np.isfinite(both) & np.isfinite(less)
        self.assertGreater(alive.sum(), 100)
        self.assertTrue((both[alive] < less[alive]).all())
        self.assertTrue((less[alive] < 1).all(), "fewer eosinophils alone lower it too")

    def test_untreated_patients_stay_as_they_are(self):
        for name in ("FEV1", "eosinophils.airway", "asm_mass.mass"):
            values = self.of.at_visits(name)[0]
            drift = np.nanmax(np.abs(values / values[:, :1] - 1))
            self.assertLess(drift, 1e-6, name)

    def test_the_first_fev1_is_the_patients_own(self):
        first = self.of.at_visits("FEV1")[0, :, 0]
        own = self.of.data["FEV1_baseline"].values
        self.assertLess(np.nanmax(np.abs(first / own - 1)), 1e-3)

    def test_the_treatment_ends_where_the_study_says(self):
        self.assertEqual(self.of.treatment_end(), 12 * 168)
        self.assertEqual(self.of.visits[self.last], 12 * 168)

    def test_the_file_opens_in_what_users_have(self):
        done = subprocess.run([os.path.join(SOURCE, "tests/check_result.py"), self.path],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_every_output_tells_its_source(self):
        for name in self.of.names("time") + self.of.names("visit") + self.of.curves():
            self.assertTrue(self.of.data[name].attrs.get("source"), name)

    def test_the_report_is_made(self):
        out = os.path.join(self.folder, "report")
        done = subprocess.run([os.path.join(SOURCE, "scripts/report"), self.path, "--out", out],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(out)), ["change.png", "course.png", "exposure.png",
                                                   "flow-volume.png", "table.csv"])
        self.assertIn("FEV1 [L]", done.stdout)


if __name__ == "__main__":
    unittest.main()
