#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patient's numbers depend on nobody else: not on other patients, not on other arms."""
import unittest

import h5py
import numpy as np

from program import DEMO, Case, arms_of, numbers, part, same_bits


class Company(Case):
    def compare(self, whole, alone, dimension, which):
        """Every array of `alone` is that of `whole` at `which` along `dimension`."""
        whole, alone = numbers(whole), numbers(alone)
        self.assertEqual(set(whole), set(alone))
        self.assertIn("FEV1", whole)
        for name, expected in part(whole, dimension, which).items():
            self.assertTrue(same_bits(expected, alone[name][1]), name)

    def test_a_patient_alone_or_in_any_batch_has_the_same_bits(self):
        whole = self.result(DEMO, "--patients", "1:30", name="whole.h5")
        for patients in ("1:1", "17:17", "30:30", "4:14"):
            with self.subTest(patients):
                first, last = (int(n) for n in patients.split(":"))
                alone = self.result(DEMO, "--patients", patients, name=f"{first}-{last}.h5")
                self.compare(whole, alone, "patient", np.arange(first - 1, last))

    def test_patients_are_numbered_as_in_the_study(self):
        some = self.result(DEMO, "--patients", "4:6")
        with h5py.File(some) as file:
            self.assertEqual(list(file["patient"]), [4, 5, 6])

    def test_arms_that_come_or_go_move_no_draw(self):
        drug = {"drug": "drugs/fevipiprant.yaml", "dose": "225 mg", "every": "12 h",
                "for": "12 week", "adherence": 0.9}
        two = self.demo("two.yaml", arms={"placebo": [], "fevipiprant": [dict(drug)]})
        more = self.demo("more.yaml", arms={
            "half": [dict(drug, dose="112.5 mg")], "fevipiprant": [dict(drug)],
            "none": [], "placebo": []})
        of = [self.result(s, "--patients", "1:20", name=n) for s, n in
              ((two, "two.h5"), (more, "more.h5"))]
        self.assertEqual([arms_of(path) for path in of],
                         [["placebo", "fevipiprant"],
                          ["half", "fevipiprant", "none", "placebo"]])
        self.compare(of[1], of[0], "arm", [3, 1])
        # twins: an arm without a drug is the placebo arm
        fev1 = numbers(of[1])["FEV1"][1]
        self.assertTrue(same_bits(fev1[2], fev1[3]))
        self.assertFalse(same_bits(fev1[0], fev1[3]))


if __name__ == "__main__":
    unittest.main()
