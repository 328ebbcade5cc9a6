#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is run and not meant: said, counted and kept; ranges and endpoints however they are asked."""
import os
import re
import unittest

import h5py

from program import DEMO, SOURCE, Case

WAY_IN = os.path.join(SOURCE, "tests/cases/way-in")
TRAP = """
name: trap
seed: 1
population: {size: 2, covariates: {blood_eosinophils: 480 cells/uL}}
drugs:
  ab:
    route: sc
    molar_mass: 150 kg/mol
    kinetics:
      model: pk2
      parameters: {V1: {median: 3 L, cv: CV, effects: [{of: weight, form: power, reference: 70 kg, coefficient: 1}]}}
    targets: {TARGET: {Kd: 1 nM}}
arms: {active: [{drug: ab, dose: 100 mg}]}
disease: [eosinophils_il5]
duration: 1 h
output: {every: 1 h, keep: [eosinophils_il5.blood]}
"""


class Traps(Case):
    def trap(self, target="il4ra", cv="25 %"):
        return self.write("trap.yaml", TRAP.replace("TARGET", target).replace("CV", cv))

    def test_what_is_probably_not_meant_is_told_counted_and_kept(self):
        study = self.trap()
        told = ("effect of weight, which the population has not",
                "nothing in this study reads il4ra.occupancy",
                "CL = 30 L/h, Q = 10 L/h, V2 = 100 L, KA = 1 1/h are taken")
        checked = self.pneuma("check", study)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        for words in told:
            self.assertIn(words, checked.stderr)
        run = self.pneuma("run", study, "--out", "r.h5")
        self.assertIn("3 warnings", run.stdout)
        with h5py.File(os.path.join(self.folder, "r.h5")) as file:
            kept = file["provenance/warnings"].asstr()[()]
        for words in told:
            self.assertIn(words, kept)
        self.assertEqual(self.pneuma("check", study, "--strict").returncode, 65)

    def test_a_target_that_is_read_is_no_trap(self):
        self.assertNotIn("acts on nothing", self.pneuma("check", self.trap("il5")).stderr)
        shipped = os.path.join(SOURCE, "inputs")
        for name in sorted(os.listdir(shipped)):
            if name.endswith(".yaml"):
                checked = self.pneuma("check", os.path.join(shipped, name), "--strict")
                self.assertEqual(checked.returncode, 0, name + checked.stderr)

    def test_a_share_above_one_says_its_percent(self):
        for cv in ("25", "1.2"):
            checked = self.pneuma("check", self.trap(cv=cv))
            self.assertEqual(checked.returncode, 65)
            self.assertIn(f"'{cv} %'", checked.stderr)
        self.assertEqual(self.pneuma("check", self.trap(cv="120 %")).returncode, 0)
        self.assertEqual(self.pneuma("check", self.trap(cv="1")).returncode, 0)

    def test_eosinophils_begin_with_the_own_count(self):
        self.assertEqual(self.pneuma("run", self.trap(), "--out", "r.h5").returncode, 0)
        with h5py.File(os.path.join(self.folder, "r.h5")) as file:
            self.assertTrue((abs(file["eosinophils_il5.blood"][..., 0] / 480 - 1) < 1e-12).all())

    def test_way_in_spirometry_range_by_covariate(self):
        folder = os.path.join(WAY_IN, "spirometry-range-by-covariate")
        for name in ("r.yaml", "r2.yaml"):
            checked = self.pneuma("check", os.path.join(folder, name))
            self.assertEqual(checked.returncode, 65, name)
            self.assertIn("age = 8 year is out of", checked.stderr)
            self.assertIn("12 to 100 year", checked.stderr)
            self.assertIn("130 to 220 cm", checked.stderr)

    def test_drawn_children_fail_by_the_range_of_who_cannot_measure_them(self):
        for age, disease, visits, words in (
                ("{uniform: [5 year, 7 year]}", "[eosinophils]", "[]", "8 to 100 of NHANES III"),
                ("{uniform: [9 year, 11 year]}", "[]", "[{at: 0 h, tests: [spirometry]}]",
                 "12 to 100 of spirometry")):
            study = self.write("child.yaml", f"""
name: child
seed: 1
population: {{size: 2, covariates: {{age: {age}, sex: male, height: 140 cm, FEV1_percent_predicted: 80 %}}}}
arms: {{placebo: []}}
disease: {disease}
airway: {{model: lambert}}
visits: {visits}
duration: 1 h
output: {{every: 1 h}}
""")
            self.pneuma("run", study, "--out", "child.h5", "--restart")
            with h5py.File(os.path.join(self.folder, "child.h5")) as file:
                for message in file["message"].asstr()[()].ravel():
                    self.assertIn(words, message)

    def test_way_in_peak_and_area(self):
        with open(os.path.join(WAY_IN, "peak-and-area/s.yaml"), encoding="utf-8") as file:
            text = file.read()
        kept = []
        for every in ("1 h", "7 h", "48 h"):
            study = self.write("s.yaml", text.replace("every: 1 h,", f"every: {every},"))
            self.assertEqual(self.pneuma("run", study, "--out", "s.h5", "--restart").returncode, 0)
            with h5py.File(os.path.join(self.folder, "s.h5")) as file:
                kept.append({name: file[name][0, 0] for name in (
                    "peak_day1", "trough_day1", "trough_day2", "auc_day1", "auc_day2")})
        self.assertEqual(kept[0], kept[1])
        self.assertEqual(kept[0], kept[2])
        for name, value in kept[0].items():
            want = 7.1550638 if "peak" in name else 2.1550638 if "trough" in name else 100
            self.assertLess(abs(value / want - 1), 1e-6, name)


class Screening(Case):
    def test_no_seed_ends_for_baselines_without_an_airway(self):
        with open(DEMO, encoding="utf-8") as file:
            text = file.read().replace("drugs/", os.path.dirname(DEMO) + "/drugs/")
        text = text.replace("populations/", os.path.dirname(DEMO) + "/populations/")
        text = re.sub(r"visits:.*?output:", "visits: [{at: 0 h, tests: [spirometry]}]\noutput:", text,
                      flags=re.S).replace("duration: 18 week", "duration: 1 h")
        text = text.replace("size: 1000", "size: 300").replace("12 week", "1 h").replace("every: 1 week", "every: 1 h")
        redrawn = 0
        for seed in (2, 3, 6):
            study = self.write("seed.yaml", re.sub(r"seed: \d+", f"seed: {seed}", text))
            done = self.pneuma("run", study, "--out", f"{seed}.h5")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("airway_fit", done.stdout)
            with h5py.File(os.path.join(self.folder, f"{seed}.h5")) as file:
                n = file["n_redrawn"][()]
                self.assertTrue((n[0] == n[1]).all(), "twins stay twins")
                if n.any():
                    self.assertIn(f"{(n > 0).sum()} of patients who were drawn again", done.stdout)
                # the table has those who were simulated
                measured, drawn = file["FEV1"][0, :, 0], file["FEV1_baseline"][()]
                self.assertLess(abs(measured / drawn - 1).max(), 1e-5)
            redrawn += int((n[0] > 0).sum())
        self.assertGreater(redrawn, 0)

    def test_a_patient_of_a_table_fails_by_name(self):
        study = self.write("table.yaml", """
name: table
seed: 1
population: {patients: p.csv}
arms: {placebo: []}
airway: {model: lambert}
visits: [{at: 0 h, tests: [spirometry]}]
duration: 1 h
output: {every: 1 h}
""")
        self.write("p.csv", "ID,age [year],sex,height [cm],FEV1 [L]\n7,50,male,165,7.5\n8,50,male,165,2\n")
        done = self.pneuma("run", study, "--out", "t.h5")
        self.assertEqual(done.returncode, 3)
        with h5py.File(os.path.join(self.folder, "t.h5")) as file:
            self.assertIn("baseline out of reach: 7.5 L", file["message"].asstr()[0, 0])
            self.assertFalse(file["n_redrawn"][()].any())


if __name__ == "__main__":
    unittest.main()
