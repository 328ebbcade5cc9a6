#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Designs through the program: a point is the study written by hand, bit for bit."""
import os
import unittest

import numpy as np
import xarray
import yaml

from program import SOURCE, Case

SWEEP = os.path.join(SOURCE, "inputs/sweep.yaml")
DRUG = os.path.join(SOURCE, "inputs/drugs/fevipiprant.yaml")
KEPT = ["FEV1", "dp2.occupancy", "eosinophils.sputum", "asm_mass.mass"]


class Design(Case):
    def study(self, name, design=None, drug=DRUG, dose="225 mg", covariates=None):
        with open(SWEEP, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["population"]["from"] = os.path.join(SOURCE, "inputs",
                                                   study["population"]["from"])
        study["population"]["size"] = 8
        study["population"]["covariates"] = covariates or {}
        study["arms"]["fevipiprant"] = [{"drug": drug, "dose": dose, "every": "12 h"}]
        del study["design"]
        if design:
            study["design"] = design
        return self.write(name, yaml.safe_dump(study, sort_keys=False))

    def drug_by_hand(self, **parameters):
        with open(DRUG, encoding="utf-8") as file:
            drug = yaml.safe_load(file)
        drug["targets"]["dp2"]["Kd"] = parameters.pop("Kd")
        drug["kinetics"]["parameters"].update(parameters)
        return self.write("drug.yaml", yaml.safe_dump(drug, sort_keys=False))

    def test_a_point_is_the_study_written_by_hand(self):
        self.write("list.csv", "fevipiprant.dose [mg],fevipiprant.dp2.Kd [pM],"
                   "fevipiprant.Q [L/day],sex\n25,900,120,male\n150,3000,96,female\n")
        sweep = self.result(self.study("sweep.yaml", {"method": "list", "file": "list.csv"}))
        drug = self.drug_by_hand(Kd="3 nM", Q="4 L/h")
        hand = self.result(self.study("hand.yaml", None, drug, "150 mg", {"sex": "female"}),
                           name="hand.h5")
        with xarray.open_dataset(sweep) as a, xarray.open_dataset(hand) as b:
            self.assertEqual(a.sizes["point"], 2)
            for name in KEPT:
                got = a[name].isel(point=1)
                self.assertEqual(got.dims, b[name].dims)
                np.testing.assert_array_equal(got.values, b[name].values, name)
                self.assertFalse(np.array_equal(a[name].isel(point=0).values, got.values))

    def test_uncertainty_comes_as_a_covariance_around_the_study_s_own_values(self):
        self.write("cov.csv", "name,fevipiprant.CL,fevipiprant.dp2.Kd\n"
                   "fevipiprant.CL,0.01,0\nfevipiprant.dp2.Kd,0,0\n")
        path = self.result(self.study("cov.yaml", {"method": "covariance", "points": 3,
                                                   "scale": "log", "file": "cov.csv"}))
        with xarray.open_dataset(path) as result:
            first = result["fevipiprant.CL"]
            self.assertEqual(result.sizes["point"], 3)
            ratio = first.isel(point=1) / first.isel(point=0)
            # one factor for everybody: the spread between patients stays
            np.testing.assert_allclose(ratio.values, ratio.values[0], rtol=1e-12)
            self.assertGreater(abs(np.log(ratio.values[0])), 1e-3)
            self.assertLess(abs(np.log(ratio.values[0])), 0.7)
            np.testing.assert_allclose(result["fevipiprant.dp2.Kd"].values, 1.1, rtol=1e-14)

    def test_a_point_out_of_range_is_bad_input_and_leaves_nothing(self):
        study = self.study("bad.yaml", {"method": "random", "points": 20, "factors": {
            "fevipiprant.CL": {"mean": "2 L/h", "sd": "3 L/h"}}})
        done = self.pneuma("run", study, "--out", "bad.h5")
        self.assertEqual(done.returncode, 65)
        self.assertRegex(done.stderr, r"bad\.yaml:\d+:\d+: error: point \d+ of the design "
                         r"\(and others\): fevipiprant\.CL = -")
        self.assertEqual(sorted(os.listdir(self.folder)), ["bad.yaml"])


if __name__ == "__main__":
    unittest.main()
