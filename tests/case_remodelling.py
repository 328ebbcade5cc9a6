#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The study of AirPROM as it is shipped: a lung that remodels, in all its tests, and its figure."""
import os
import subprocess
import unittest

import numpy as np

from program import SOURCE, Case, numbers

STUDY = os.path.join(SOURCE, "inputs/airprom.yaml")
FIGURE = os.path.join(SOURCE, "scripts/remodelling")
UNTREATED, LATE, EARLY = 0, 1, 2


class Remodelling(Case):
    def of(self):
        """Outputs at visits of the patients that are fine: (arm, patient, visit)."""
        path = self.result(STUDY)
        found = numbers(path)
        fine = (found["status"][1] == 0).all(axis=0)
        self.assertGreater(fine.sum(), 20)
        return path, {name: values[:, fine] for name, (over, values) in found.items()
                      if over[:2] == ["arm", "patient"] and values.ndim >= 3}

    def test_thicker_walls_and_more_muscle_show_in_every_test(self):
        path, of = self.of()
        muscle = of["asm_growth.mass"][UNTREATED]
        self.assertTrue((muscle[:, -1] > 1.8).all() and (np.diff(muscle) > 0).all())
        self.assertTrue((of["airway.wall"][UNTREATED, :, -1] > 1.3).all())
        # each patient, year by year: worse
        for name, sign in (("FEV1", -1), ("PC20", -1), ("largest_fall", 1), ("R5", 1), ("R20", 1),
                           ("R5_R20", 1), ("X5", -1), ("reversibility_percent", 1)):
            with self.subTest(name):
                self.assertTrue((sign * np.diff(of[name][UNTREATED]) > 0).all(), of[name][UNTREATED])
        # the plateau is there, then it is lost; what trials ask of reversibility comes
        self.assertGreater(of["plateau"][UNTREATED, :, 0].mean(), 0.9)
        self.assertTrue((of["plateau"][UNTREATED, :, -1] == 0).all())
        self.assertTrue((of["reversible_2005"][UNTREATED, :, 0] == 0).all())
        self.assertGreater(of["reversible_2005"][UNTREATED, :, -1].mean(), 0.6)
        # at the beginning, lungs near the predicted: ranges of healthy adults
        self.assertTrue((of["PC20"][UNTREATED, :, 0] > 16).mean() > 0.9)
        self.assertTrue((of["reversibility_percent"][UNTREATED, :, 0] < 12).all())
        self.treatment(of)
        self.figure(path)

    def treatment(self, of):
        """Early keeps what there is, late stops what goes on and brings nothing back."""
        same = np.abs(of["FEV1"][EARLY] / of["FEV1"][EARLY, :, :1] - 1)
        self.assertLess(same.max(), 0.03)
        muscle = of["asm_growth.mass"]
        half = muscle.shape[2] // 2
        together = muscle[LATE, :, : half + 1] / muscle[UNTREATED, :, : half + 1] - 1
        self.assertLess(np.abs(together).max(), 1e-5)
        self.assertLess((muscle[LATE, :, -1] / muscle[LATE, :, half]).max(), 1.03)
        self.assertGreater((muscle[LATE, :, -1] / muscle[LATE, :, half]).min(), 0.99)
        for name in "FEV1", "PC20":
            end = of[name][:, :, -1]
            self.assertTrue((end[UNTREATED] < end[LATE]).all() and (end[LATE] < end[EARLY]).all())

    def figure(self, path):
        picture = os.path.join(self.folder, "figure.png")
        done = subprocess.run([FIGURE, path, "--out", picture], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(picture, "rb") as file:
            self.assertEqual(file.read(4), b"\x89PNG")

    def test_a_figure_without_its_data_says_what_is_missing(self):
        other = self.result(os.path.join(SOURCE, "inputs/first.yaml"))
        for arguments, says in (([other], "no FEV1: see inputs/airprom.yaml"), (["none.h5"], "none.h5")):
            done = subprocess.run([FIGURE, *arguments, "--out", "x.png"], capture_output=True,
                                  text=True, check=False, cwd=self.folder)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("remodelling: ", done.stderr)
            self.assertIn(says, done.stderr)


if __name__ == "__main__":
    unittest.main()
