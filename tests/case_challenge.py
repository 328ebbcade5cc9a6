#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methacholine challenge through the program, on the study that is shipped."""
import os
import resource
import unittest

import numpy as np

from program import SOURCE, Case, numbers

STUDY = os.path.join(SOURCE, "inputs/challenge.yaml")
DOSES = 0.03125 * 2.0 ** np.arange(11)


def interpolated(fall):
    """log PC20 = log C1 + (log C2 - log C1)(20 - R1)/(R2 - R1); 64: not reached."""
    if (fall < 20).all():
        return 64.0
    i = int(np.argmax(fall >= 20))
    if i == 0:
        return DOSES[0] * 20 / fall[0]
    share = (20 - fall[i - 1]) / (fall[i] - fall[i - 1])
    return float(DOSES[i - 1] ** (1 - share) * DOSES[i] ** share)


class Challenge(Case):
    @classmethod
    def setUpClass(cls):
        cls.of = None

    def run_once(self):
        if Challenge.of is None:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            Challenge.of = numbers(self.result(STUDY))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            Challenge.seconds = (after.ru_utime - before.ru_utime +
                                 after.ru_stime - before.ru_stime)
        fine = (Challenge.of["status"][1] == 0).all(axis=(0, 1))
        self.assertGreater(fine.sum(), 30)
        # point (strength, wall), arm, patient, visit
        return {name: values[:, :, fine] for name, (over, values) in Challenge.of.items()
                if over[:3] == ["point", "arm", "patient"]}

    def test_PC20_is_that_of_the_stored_curve(self):
        of = self.run_once()
        fall = of["challenge_fall"]
        want = np.apply_along_axis(interpolated, -1, fall)
        self.assertLess(np.abs(of["PC20"] / want - 1).max(), 1e-12)
        FEV1 = of["challenge_FEV1"]
        self.assertLess(np.abs(100 * (1 - FEV1[..., 1:] / FEV1[..., :1]) - fall).max(), 1e-9)
        self.assertTrue((np.diff(fall) > 0).mean() > 0.99)
        self.assertTrue(((of["PC20"] < 64) == (of["PC20_reached"] == 1)).all())

    def test_muscle_and_wall_lower_PC20_and_take_the_plateau(self):
        of = self.run_once()
        PC20, plateau = of["PC20"][:, 0, :, 0], of["plateau"][:, 0, :, 0]
        for low, high in ((0, 1), (0, 2), (1, 3), (2, 3)):
            reached = PC20[high] < 64
            self.assertTrue((PC20[high] <= PC20[low]).all(), (low, high))
            self.assertTrue((PC20[high] < PC20[low])[reached].all(), (low, high))
        self.assertTrue((plateau[0] >= plateau[3]).all())
        self.assertGreater(plateau[0].mean(), 0.5)
        self.assertLess(plateau[3].mean(), 0.1)
        self.assertTrue(0.2 < np.median(PC20[3]) < 2, "severe")

    def test_a_drug_that_thins_the_muscle_raises_PC20(self):
        of = self.run_once()
        ratio = of["PC20"][:, 1, :, 1] / of["PC20"][:, 0, :, 1]
        self.assertTrue((ratio >= 1).all())
        self.assertGreater(np.median(ratio[3]), 1.1)
        self.assertTrue((of["PC20"][:, 1, :, 0] == of["PC20"][:, 0, :, 0]).all(), "before it")

    def test_a_challenge_takes_less_than_5_ms(self):
        n = self.run_once()["PC20"].size
        print(f"challenge: {1e3 * Challenge.seconds / n:.2f} ms of a patient's visit, "
              "fit and everything else in it")
        self.assertLess(Challenge.seconds / n, 5e-3)


if __name__ == "__main__":
    unittest.main()
