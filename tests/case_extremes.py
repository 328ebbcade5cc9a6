#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patients at the ends of every range: a number, or a status that says why there is none."""
import math
import os
import subprocess
import sys
import unittest

import h5py

from program import Case, SOURCE

DRUG = """name: drug
route: {route}
kinetics: {{model: {model}, parameters: {{{parameters}}}}}
"""
STUDY = """name: extreme
seed: 1
population: {{size: 2, parameters: {{{own}}}}}
{disease}
arms: {{a: [{regimen}]}}
duration: {duration}
output: {{every: 1 h, keep: [{keep}]}}
solver: {{method: {method}, rtol: {rtol}, max_steps: 20000}}
max_failed: 100 %
"""


class Extremes(Case):
    def live(self, route="iv", model="pk1", parameters="", own="", disease="", regimen="", keep="drug.C",
             method="auto", rtol="1e-6", duration="24 h"):
        self.write("drug.yaml", DRUG.format(route=route, model=model, parameters=parameters))
        self.write("study.yaml", STUDY.format(own=own, disease=disease, regimen=regimen, duration=duration, keep=keep,
                                              method=method, rtol=rtol))
        name = f"{method}.h5"
        done = self.pneuma("run", "study.yaml", "--out", name, "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(os.path.join(self.folder, name)) as result:
            return {name: result[name][0] for name in ["status", "message", "method", keep]}

    def test_an_output_that_is_no_number_is_a_status_that_names_it(self):
        life = self.live(disease="disease: [eosinophils, feno]", own="feno.C_A: {value: 50 ppb}", keep="feno.FeNO")
        self.assertEqual(list(life["status"]), [4, 4])
        self.assertEqual(life["message"][0], b"output feno.FeNO is not finite, at 0 h")

    def test_an_amount_below_zero_is_another_methods_life_or_a_status(self):
        slow = {"route": "oral", "model": "pk2_transit", "duration": "26 week", "rtol": "1e-2",
                "parameters": "CL: 1e-4 L/h, V1: 318.649 L, Q: 5393.65 L/h, V2: 6416.64 L, KA: 1e-4 1/h, "
                              "MTT: 57.2699 h, F: 2.08608",
                "regimen": "{drug: drug.yaml, dose: 4050 mg, every: 24 h, steady_state: true}"}
        life = self.live(method="explicit", **slow)
        self.assertEqual(list(life["status"]), [14, 14])
        self.assertIn(b"below zero", life["message"][0])
        life = self.live(method="auto", **slow)
        self.assertEqual(list(life["status"]), [0, 0])
        self.assertGreaterEqual(life["drug.C"].min(), 0.0)

    def test_a_saturable_way_out_has_no_rest_below_zero(self):
        life = self.live(model="pk1_mm", parameters="CL: 8619 L/h, KM: 1e-6 mg/L", rtol="1e-4",
                         regimen="{drug: drug.yaml, dose: 1 mg, every: 24 h}", method="cvode")
        self.assertEqual(list(life["status"]), [0, 0])
        self.assertGreater(life["drug.C"].min(), -1e-4 / 60)  # once: -VMAX/CL, for ever

    def test_a_compartment_that_nothing_enters_has_a_steady_state(self):
        life = self.live(model="pk2", parameters="CL: 0.01 L/h, V1: 60 L, Q: 0 L/h",
                         regimen="{drug: drug.yaml, dose: 100 mg, every: 24 h, steady_state: true}")
        left = math.exp(-0.01 / 60 * 24)
        self.assertEqual(list(life["status"]), [0, 0])
        self.assertAlmostEqual(life["drug.C"][0][-1] / (100 / 60 * left / (1 - left)), 1.0, delta=1e-6)

    def test_a_dose_of_an_endless_past_without_number_is_a_status(self):
        life = self.live(regimen="{drug: drug.yaml, dose: 1 mg, over: 1000 h, every: 36 s, steady_state: true}",
                         duration="2 h")
        self.assertEqual(list(life["status"]), [9, 9])

    def test_studies_at_the_ends_of_every_range(self):
        done = subprocess.run([sys.executable, os.path.join(SOURCE, "tests/extremes.py"), "--studies", "25"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
