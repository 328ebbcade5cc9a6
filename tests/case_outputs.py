#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs: at listed times, in a unit of their own, by the role of their part."""
import csv
import math
import os
import unittest

import h5py
import numpy as np

from program import Case, numbers

DRUG = """name: outputs
seed: 1
population: {size: 3, covariates: {weight: 70 kg}}
drugs:
  abc: {molar_mass: 500 g/mol, route: iv, kinetics: {model: pk1, parameters: {CL: 2 L/h, V1: 10 L}}}
arms: {none: [], a: [{drug: abc, dose: 100 mg}]}
duration: 24 h
"""


class Outputs(Case):
    def of(self, text, name="r.h5"):
        path = self.result(self.write("s.yaml", text), "--restart", name=name)
        return path, numbers(path)

    def test_times_are_those_of_the_list(self):
        _, of = self.of(DRUG + "output: {at: [0.25 h, 90 min, 10 h], keep: [abc.C]}\n")
        np.testing.assert_array_equal(of["time"][1], [0.25, 1.5, 10])
        np.testing.assert_allclose(of["abc.C"][1][1, 0], 10 * np.exp(-0.2 * of["time"][1]), rtol=1e-5)

    def test_the_resolved_study_has_them_too(self):
        text = DRUG + "output: {at: [0.1 h, 7 h], keep: [{signal: abc.C, unit: ng/mL}]}\n"
        done = self.pneuma("check", self.write("s.yaml", text))
        self.assertEqual(done.returncode, 0, done.stderr)
        again = self.pneuma("check", self.write("again.yaml", done.stdout))
        self.assertEqual(again.stdout, done.stdout)
        self.assertIn("at: [0.1 h, 7 h]", done.stdout)

    def test_wrong_lists_are_refused(self):
        for output, says in (("{at: [2 h, 1 h]}", "output times increase"), ("{at: []}", "'at' is empty"),
                             ("{at: [30 h]}", "out of its range 0 to 24 h"),
                             ("{at: [1 h], every: 1 h}", "either 'at' or 'every'"),
                             ("{keep: [{signal: abc.C, unit: h}]}", "cannot be converted"),
                             ("{keep: [{signal: abc.D, unit: ng/mL}]}", "did you mean 'abc.C'"),
                             ("{keep: [{signal: abc.C}]}", "has no 'unit'")):
            done = self.pneuma("check", self.write("s.yaml", DRUG + f"output: {output}\n"))
            self.assertEqual(done.returncode, 65, done.stdout)
            self.assertIn(says, done.stderr)

    def test_an_output_and_its_endpoints_have_its_unit(self):
        text = DRUG + ("output: {every: 1 h, keep: [%s]}\nendpoints:\n  end: {of: abc.C, responder: {above: %s}}\n"
                       "  change: {of: abc.C, at: 5 h, change: absolute}\n  ratio: {of: abc.C, at: 5 h, change: ratio}\n")
        _, plain = self.of(text % ("abc.C", "0.001 mg/L"))
        for unit, factor, limit in (("ng/mL", 1000.0, "0.001 mg/L"), ("nmol/L", 2000.0, "2 nmol/L")):
            path, of = self.of(text % ("{signal: abc.C, unit: %s}" % unit, limit), "u.h5")
            np.testing.assert_allclose(of["abc.C"][1], factor * plain["abc.C"][1], rtol=1e-14)
            np.testing.assert_allclose(of["end"][1], factor * plain["end"][1], rtol=1e-14)
            np.testing.assert_allclose(of["change"][1], factor * plain["change"][1], rtol=1e-14)
            np.testing.assert_array_equal(of["ratio"][1], plain["ratio"][1])
            np.testing.assert_array_equal(of["end.responders"][1], plain["end.responders"][1])
            with h5py.File(path) as file:
                for name in ("abc.C", "end", "change"):
                    self.assertEqual(file[name].attrs["units"].decode(), unit, name)

    def test_a_role_names_the_part_that_plays_it(self):
        study = ("name: roles\nseed: 1\npopulation: {size: 2, covariates: {blood_eosinophils: 300 cells/uL}}\n"
                 "disease: [%s]\narms: {a: []}\nduration: 10 day\noutput: {every: 1 day%s}\n"
                 "endpoints: {end: {of: eosinophils.airway}}\n")
        for part in ("eosinophils", "eosinophils_il5"):
            _, of = self.of(study % (part, ", keep: [eosinophils.airway]"), f"{part}.h5")
            self.assertEqual(of["eosinophils.airway"][1].shape, (1, 2, 11))
            np.testing.assert_array_equal(of["end"][1], of["eosinophils.airway"][1][:, :, -1])
            _, every = self.of(study % (part, ""), f"{part}-all.h5")  # kept under the part's name
            np.testing.assert_array_equal(every[f"{part}.airway"][1], of["eosinophils.airway"][1])
            np.testing.assert_array_equal(every["end"][1], of["end"][1])

    def test_intervals_of_nothing_but_rounding_are_none(self):
        path, _ = self.of(DRUG.replace("weight: 70 kg", "weight: 70.1 kg") + "output: {every: 1 h}\n"
                          "endpoints: {end: {of: abc.C, at: 7 h, contrast: none}}\n")
        done = self.pneuma("statistics", path)
        for row in csv.DictReader(done.stdout.splitlines()):
            if row["sd"]:
                self.assertEqual(float(row["sd"]), 0.0, row)
                self.assertEqual((row["mean_low"], row["mean_high"]), (row["mean"], row["mean"]), row)
            if row["contrast"]:
                self.assertEqual(row["contrast_low"], row["contrast_high"])

    def test_a_drug_may_be_partial_and_steep_at_its_target(self):
        text = DRUG.replace("parameters: {CL: 2 L/h, V1: 10 L}}}", "parameters: {CL: 2 L/h, V1: 10 L}}, targets: "
                            "{dp2: {EC50: 4 umol/L, Emax: 0.7, gamma: 2}}}")
        _, of = self.of(text + "output: {every: 1 h, keep: [abc.C, dp2.occupancy]}\n")
        u = (of["abc.C"][1] * 2 / 4) ** 2
        np.testing.assert_allclose(of["dp2.occupancy"][1], 0.7 * u / (1 + u), rtol=1e-9, atol=1e-15)

    def test_progress_counts_patients_not_lives(self):
        study = self.write("s.yaml", DRUG.replace("size: 3", "size: 4000") + "output: {every: 1 h, keep: [abc.C]}\n")
        done = self.pneuma("run", study, "--out", "p.h5")
        lines = [line for line in done.stderr.splitlines() if "patients/s" in line]
        self.assertTrue(lines and all("of 8000 lives" in line for line in lines), done.stderr)

    def test_a_table_of_vessels_doubles_quotes(self):
        import json
        tree = {"boundary_conditions": [
            {"bc_name": "IN", "bc_type": "FLOW", "bc_values": {"Q": [1.0, 1.0], "t": [0.0, 1.0]}},
            {"bc_name": "OUT", "bc_type": "RESISTANCE", "bc_values": {"R": 100.0, "Pd": 0.0}}],
            "junctions": [], "simulation_parameters": {"number_of_cardiac_cycles": 1, "number_of_time_pts_per_cardiac_cycle": 5},
            "vessels": [{"vessel_id": 0, "vessel_name": 'a "b", c', "vessel_length": 10.0, "zero_d_element_type": "BloodVessel",
                         "zero_d_element_values": {"R_poiseuille": 100.0},
                         "boundary_conditions": {"inlet": "IN", "outlet": "OUT"}}]}
        file = self.write("net.json", json.dumps(tree))
        done = self.pneuma("airway", "network", file, "--out", "net.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.folder, "net.csv"), encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual({row["vessel"] for row in rows}, {'a "b", c'})
        self.assertTrue(all(math.isfinite(float(row["flow_in"])) for row in rows))

    def test_another_gas_is_breathed_out_otherwise(self):
        self.assertEqual(self.pneuma("airway", "generate", "--model", "weibel", "--out", "w.csv").returncode, 0)
        told = [self.pneuma("airway", "expire", "w.csv", *more).stdout for more in (
            (), ("--density", "1.12 kg/m3", "--viscosity", "1.83e-5 Pa.s"), ("--density", "0.5 kg/m3"))]
        self.assertIn("FEV1", told[0])
        self.assertEqual(told[0], told[1])
        flow = [float(text.split("PEF")[1].split()[0]) for text in told]
        self.assertGreater(flow[2], 1.1 * flow[0])  # helium-like gas: faster
        told = [self.pneuma("airway", "defects", "--generations", "5", *more).stdout for more in (
            (), ("--viscosity", "1.83e-5 Pa.s"), ("--viscosity", "1e-2 Pa.s"))]
        self.assertEqual(told[0], told[1])
        self.assertNotEqual(told[0], told[2])

    def test_a_script_passes_the_seed_on(self):
        study = self.write("s.yaml", DRUG + "output: {every: 1 h}\n")
        done = self.pneuma("submit", study, "--seed", "12")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--seed '12'", done.stdout)


if __name__ == "__main__":
    unittest.main()
