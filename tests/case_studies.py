#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Studies of other kinds than the demo: what each of them must show, through the program."""
import os
import re
import shutil
import unittest

import h5py
import numpy as np
import yaml

from program import DEMO, SOURCE, Case, numbers, same_bits

DRUG = os.path.join(SOURCE, "inputs/drugs/fevipiprant.yaml")
COLUMNS = "ID,age [year],sex,height [cm],FEV1 [L],blood_eosinophils [cells/uL]," \
          "sputum_eosinophils [%],FeNO [ppb]"
PATIENT = "{},{},{},{},{},{},{},{}"


class Studies(Case):
    def other_drug(self):
        """A second antagonist of the same receptor, five times weaker."""
        with open(DRUG, encoding="utf-8") as file:
            text = file.read()
        text = text.replace("name: fevipiprant", "name: other").replace("1.1 nM", "5.5 nM")
        self.assertIn("5.5 nM", text)
        return self.write("other.yaml", text)

    def test_two_drugs_at_one_target_compete(self):
        first = {"drug": DRUG, "dose": "5 mg", "every": "12 h"}
        second = {"drug": self.other_drug(), "dose": "25 mg", "every": "24 h"}
        study = self.demo(arms={"one": [dict(first)], "both": [dict(first), second]},
                          duration="2 week", visits=[],
                          output={"every": "6 h", "keep": ["fevipiprant.C", "other.C",
                                                           "dp2.occupancy"]})
        of = {name: values for name, (_, values) in numbers(
            self.result(study, "--patients", "1:16")).items()}
        molar = 426.4e-6  # mg/nmol
        s = 0.12 / molar * (of["fevipiprant.C"] / 1.1 + of["other.C"] / 5.5)
        self.assertGreater(s[1].mean(), 1.5 * s[0].mean())
        self.assertLess(np.abs(of["dp2.occupancy"] - s / (1 + s)).max(), 1e-12)
        self.assertTrue((of["other.C"][0] == 0).all(), "not given in the first arm")
        self.assertTrue(np.allclose(*of["fevipiprant.C"], 1e-4, 1e-9), "kinetics of its own")

    def test_severe_inflammation_doubles_muscle_in_ten_days(self):
        """Chernyavsky 2014: the growth rate of the severe regime, 0.070335 a day."""
        study = self.demo(disease=["eosinophils", {"asm_growth": {"mu_E": 3}}],
                          arms={"placebo": []}, visits=[], duration="12 week",
                          output={"every": "1 week", "keep": ["asm_growth.mass"]},
                          solver={"rtol": 1e-8})
        mass = numbers(self.result(study, "--patients", "1:8"))["asm_growth.mass"][1][0]
        rate = np.diff(np.log(mass), axis=-1)[:, 6:] / 7  # the first weeks adapt
        self.assertLess(np.abs(rate / 0.070335 - 1).max(), 1e-5)
        self.assertLess(abs(np.log(2) / rate.mean() - 9.9), 0.1)

    def test_normal_muscle_rests_and_breathes(self):
        study = self.demo(disease=["eosinophils", "asm_growth"], arms={"placebo": []},
                          output={"keep": ["asm_growth.mass", "FEV1"], "every": "1 week"})
        of = numbers(self.result(study, "--patients", "1:8"))
        self.assertLess(np.nanmax(np.abs(of["asm_growth.mass"][1] - 1)), 1e-6)
        fev1 = of["FEV1"][1]
        self.assertLess(np.nanmax(np.abs(fev1 / fev1[..., :1] - 1)), 1e-6)

    def test_feno_is_the_patients_own_and_falls_with_the_eosinophils(self):
        of = numbers(self.result(DEMO, "--patients", "1:24"))
        feno, own, cells = of["feno.FeNO"][1], of["FeNO"][1], of["eosinophils.airway"][1]
        alive = np.isfinite(feno).all(axis=(0, 2))
        self.assertLess(np.abs(feno[0, alive] / own[alive, None] - 1).max(), 1e-6)
        # C_E = w C_w + (1 - w) C_A, of the wall's NO a fifth follows the eosinophils
        w = 1 - np.exp(-6.8 / 50)
        wall = (own - (1 - w) * 5)[:, None]
        want = wall * (1 + 0.2 * (cells[1] - 1)) + (1 - w) * 5
        self.assertLess(np.nanmax(np.abs(feno[1] / want - 1)), 1e-9)
        self.assertTrue((feno[1, alive, 12] < feno[0, alive, 12]).all())

    def people(self, name, poisoned=None):
        """Eight patients in a CSV; one of them may breathe more than any lung can."""
        rows = [PATIENT.format(i, 30 + 3 * i, "female" if i % 2 else "male", 165 + i,
                               8.0 if i == poisoned else 1.8 + 0.1 * i, 200 + 10 * i, 4 + i,
                               20 + i) for i in range(1, 9)]
        return self.write(name, "\n".join([COLUMNS, *rows]) + "\n")

    def test_patients_of_a_table_are_simulated_and_a_bad_one_spoils_nobody(self):
        results = []
        for poisoned in (None, 3):
            people = self.people(f"people-{poisoned}.csv", poisoned)
            with open(DEMO, encoding="utf-8") as file:
                study = yaml.safe_load(file)
            study["population"] = {"patients": people}
            study["arms"]["fevipiprant"][0]["drug"] = DRUG
            path = self.write(f"study-{poisoned}.yaml", yaml.safe_dump(study, sort_keys=False))
            done = self.pneuma("run", path, "--out", f"{poisoned}.h5", "--max-failed", "20%")
            self.assertEqual(done.returncode, 0, done.stderr)
            results.append(numbers(os.path.join(self.folder, f"{poisoned}.h5")))
        good, bad = ({name: values for name, (_, values) in of.items()} for of in results)
        self.assertTrue((good["status"] == 0).all())
        self.assertTrue((np.abs(good["FEV1"][0, :, 0] - 1.8 - 0.1 * np.arange(1, 9)) < 1e-3).all())
        others = [i for i in range(8) if i != 2]
        for name, values in good.items():
            if values.ndim < 2:
                continue
            self.assertTrue(same_bits(np.take(values, others, 1), np.take(bad[name], others, 1)),
                            name)
            if values.dtype.kind == "f" and name != "t_end":
                self.assertTrue(np.isnan(bad[name][:, 2]).all(), name)
        self.assertTrue((bad["status"][:, 2] != 0).all())

    def test_parameters_name_the_line_that_gave_them(self):
        with h5py.File(self.result(DEMO, "--patients", "1:2")) as file:
            for name, given in (("fevipiprant.CL", "fevipiprant.yaml"),
                                ("age", "eosinophilic-asthma.yaml")):
                path, line = file[name].attrs["source"].decode().rsplit(":", 1)
                with open(path, encoding="utf-8") as source:
                    self.assertIn(name.split(".")[-1] + ":", source.readlines()[int(line) - 1])
                self.assertTrue(path.endswith(given), path)
            self.assertIn("airway_fit_out_of_reach: no airway",
                          file["status"].attrs["comment"].decode())

    def test_the_study_in_a_result_gives_the_result_again(self):
        path = self.result(DEMO, "--patients", "1:20")
        with h5py.File(path) as file:
            study = file["provenance/resolved"][()].decode()
        again = self.result(self.write("resolved.yaml", study), name="again.h5")
        first, second = numbers(path), numbers(again)
        self.assertEqual(set(first), set(second))
        for name, (_, values) in first.items():
            self.assertTrue(same_bits(values, second[name][1]), name)

    def test_the_readme_s_own_study_runs_as_printed(self):
        with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
            text = re.search(r"```yaml\n(name: my-study.*?)```", file.read(), re.S).group(1)
        shutil.copytree(os.path.join(SOURCE, "inputs"), os.path.join(self.folder, "inputs"))
        study = self.write("inputs/my-study.yaml", text)
        self.assertEqual(numbers(self.result(study))["FEV1"][1].shape, (2, 200, 2))


if __name__ == "__main__":
    unittest.main()
