#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doses per weight, per surface of the body and by bands of covariates, against their
definitions and closed forms; Michaelis-Menten elimination against Lambert's W."""
import csv
import os
import unittest

import h5py
import numpy as np
from scipy.special import lambertw

from program import Case, numbers

SURFACES = {
    "mosteller": lambda w, h: np.sqrt(w * h / 3600),
    "dubois": lambda w, h: 0.007184 * w**0.425 * h**0.725,
    "haycock": lambda w, h: 0.024265 * w**0.5378 * h**0.3964,
    "gehan-george": lambda w, h: 0.0235 * w**0.51456 * h**0.42246,
}
PEOPLE = [(70.0, 175.0, 228.0), (20.0, 110.0, 150.0), (45.5, 151.0, 300.0), (140.0, 182.0, 900.0)]
DRUG = """
drugs:
  abc: {molar_mass: 500 g/mol, route: iv, kinetics: {model: pk1, parameters: {CL: 2 L/h, V1: 10 L}}}
"""


class Doses(Case):
    def setUp(self):
        super().setUp()
        with open(os.path.join(self.folder, "patients.csv"), "w", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["ID", "weight [kg]", "height [cm]", "blood_eosinophils [10^9/L]"])
            for i, (w, h, e) in enumerate(PEOPLE):
                out.writerow([i + 1, w, h, e / 1000])
        self.weight, self.height, self.cells = np.array(PEOPLE).T

    def study(self, regimen, more="", name="s.yaml", population="{patients: patients.csv}"):
        return self.write(name, f"name: doses\nseed: 1\npopulation: {population}\n{DRUG}"
                                f"arms: {{a: [{regimen}]}}\nduration: 100 h\n{more}")

    def doses(self, study):
        """Amount and time of each dose, by patient."""
        of = numbers(self.result(study, "--restart", name="r.h5"))
        who, amount, time = (of[n][1] for n in ("dose_patient", "dose_amount", "dose_time"))
        return [list(zip(time[who == i], amount[who == i])) for i in range(len(PEOPLE))]

    def amounts(self, regimen, more=""):
        study = self.study(regimen, more)
        first = self.doses(study)
        done = self.pneuma("check", study)  # the resolved study gives the same
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.doses(self.write("resolved.yaml", done.stdout)), first)
        return np.array([[a for _, a in one] for one in first])[:, 0]

    def refused(self, regimen, says, more="", **how):
        done = self.pneuma("check", self.study(regimen, more, **how))
        self.assertEqual(done.returncode, 65, done.stdout)
        self.assertIn(says, done.stderr)

    def test_a_dose_per_kg_is_that_times_the_weight(self):
        for dose, each in (("2 mg/kg", 2.0), ("1500 ug/kg", 1.5), ("4 umol/kg", 2.0)):
            np.testing.assert_allclose(self.amounts(f"{{drug: abc, dose: {dose}}}"), each * self.weight,
                                       rtol=1e-14)

    def test_a_dose_per_m2_is_that_times_the_surface(self):
        for name, surface in {**SURFACES, None: SURFACES["mosteller"]}.items():
            more = f", bsa: {name}" if name else ""
            np.testing.assert_allclose(self.amounts(f"{{drug: abc, dose: 75 mg/m2{more}}}"),
                                       75 * surface(self.weight, self.height), rtol=1e-12)

    def test_concentrations_follow_from_them(self):
        study = self.study("{drug: abc, dose: 3 mg/kg, every: 24 h, for: 48 h, loading: 6 mg/kg, over: 2 h}",
                           "output: {every: 1 h, keep: [abc.C]}\n")
        of = numbers(self.result(study, name="r.h5"))
        t, c, k = of["time"][1], of["abc.C"][1][0], 0.2

        def infusion(t, dose):
            rate = dose / 2 / 2  # mg/h over 2 h, over CL
            return np.where(t <= 0, 0, rate * (1 - np.exp(-k * np.minimum(t, 2))) *
                            np.exp(-k * np.maximum(t - 2, 0)))
        for i, w in enumerate(self.weight):
            np.testing.assert_allclose(c[i], infusion(t, 6 * w) + infusion(t - 24, 3 * w), rtol=2e-5,
                                       atol=1e-6)

    def test_a_rate_per_kg_keeps_the_duration(self):
        study = self.study("{drug: abc, dose: 3 mg/kg, rate: 1.5 mg/kg/h}")
        of = numbers(self.result(study, name="r.h5"))
        np.testing.assert_allclose(of["dose_duration"][1], 2.0, rtol=1e-14)

    def test_the_weight_is_that_at_the_dose(self):
        events = self.write("events.csv", "ID,TIME,EVID,weight\n1,0,2,70\n1,20,2,70\n1,30,2,90\n1,60,0,90\n")
        study = self.study("{drug: abc, dose: 1 mg/kg, every: 24 h, for: 72 h}",
                           f"events: {{file: {events}, carry: locf}}\n", population="{}")
        of = numbers(self.result(study, name="r.h5"))
        np.testing.assert_allclose(of["dose_amount"][1], [70, 70, 90])

    def test_bands_give_the_first_that_fits(self):
        bands = ("{drug: abc, dose: {bands: [{weight: [-inf, 45.5 kg], dose: 100 mg}, {weight: [45.5 kg, 90 kg], "
                 "blood_eosinophils: [0.1 10^9/L, 0.25 10^9/L], dose: 200 mg}], otherwise: 7 mg}, every: 24 h}")
        np.testing.assert_array_equal(self.amounts(bands), [200, 100, 100, 7])

    def test_bands_of_a_file_are_those_of_a_list(self):
        self.write("bands.csv", "weight_from [kg],weight_to [kg],blood_eosinophils_to [10^9/L],dose [mg],every [day]\n"
                                ",45.5,,100,1\n45.5,90,0.25,200,2\n90,,,300,3\n")
        doses = self.doses(self.study("{drug: abc, dose: {bands: bands.csv}, every: 24 h, for: 96 h}"))
        self.assertEqual(doses[0], [(0, 200), (48, 200)])
        self.assertEqual(doses[1], [(0, 100), (24, 100), (48, 100), (72, 100)])
        self.assertEqual(doses[3], [(0, 300), (72, 300)])

    def test_steady_state_of_a_band_has_its_interval(self):
        study = self.study("{drug: abc, dose: {bands: [{weight: [0 kg, inf], dose: 100 mg, every: 48 h}]}, "
                           "every: 24 h, steady_state: true}", "output: {every: 1 h, keep: [abc.C]}\n")
        of = numbers(self.result(study, name="r.h5"))
        t = of["time"][1][1:48]
        np.testing.assert_allclose(of["abc.C"][1][0, 0, 1:48], 10 * np.exp(-0.2 * t) / (1 - np.exp(-0.2 * 48)),
                                   rtol=1e-4)

    def test_who_is_in_no_band_fails_by_name(self):
        study = self.study("{drug: abc, dose: {bands: [{weight: [0 kg, 100 kg], dose: 100 mg}]}}")
        done = self.pneuma("run", study, "--out", "r.h5", "--quiet", "--max-failed", "50%")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(os.path.join(self.folder, "r.h5")) as file:
            self.assertEqual(list(np.ravel(file["status"][()] != 0)), [False, False, False, True])

    def test_a_design_may_change_what_is_given_per_kg(self):
        study = self.study("{drug: abc, dose: 1 mg/kg}",
                           "design: {method: grid, factors: {abc.dose: [1, 2 mg/kg]}}\n")
        of = numbers(self.result(study, name="r.h5"))
        np.testing.assert_allclose(sorted(of["dose_amount"][1]), sorted([*self.weight, *(2 * self.weight)]))

    def test_what_cannot_be_measured_is_refused(self):
        nobody = {"population": "{size: 3}"}
        for regimen, says, how in (
                ("{drug: abc, dose: 2 mg/kg}", "per kg, and the population has no covariate 'weight'", nobody),
                ("{drug: abc, dose: 2 mg/m2}", "the population has no covariate 'height'", nobody),
                ("{drug: abc, dose: 2 mg, bsa: dubois}", "'bsa' goes with a dose per m2", {}),
                ("{drug: abc, dose: 2 mg/m2, bsa: duboys}", "'dubois'", {}),
                ("{drug: abc, dose: 2 mg, rate: 1 mg/kg/h}", "the dose is not per the same", {}),
                ("{drug: abc, dose: 2 mL/kg}", "cannot be converted to 'mg'", {}),
                ("{drug: abc, dose: {bands: []}}", "there are no bands", {}),
                ("{drug: abc, dose: {bands: [{wieght: [1 kg, 2 kg], dose: 1 mg}]}}", "did you mean 'weight'", {}),
                ("{drug: abc, dose: {bands: [{weight: [2 kg, 1 kg], dose: 1 mg}]}}", "the first must be the lower", {}),
                ("{drug: abc, dose: {bands: [{FeNO: [2 ppb, 10 ppb], dose: 1 mg}]}}", "the population does not have", {}),
                ("{drug: abc, dose: {bands: [{dose: 1 mg, every: 36 h}]}, every: 24 h}", "no multiple", {}),
                ("{drug: abc, dose: {bands: [{dose: 1 mg}]}, every: 24 h, loading: 1 mg}", "no 'loading'", {})):
            self.refused(regimen, says, **how)

    def test_saturable_elimination_alone_follows_lambert(self):
        text = self.study("{drug: abc, dose: 100 mg}", "output: {every: 1 h, keep: [abc.C]}\nsolver: {rtol: 1e-9}\n")
        with open(text, encoding="utf-8") as file:
            study = file.read().replace("{model: pk1, parameters: {CL: 2 L/h, V1: 10 L}}",
                                        "{model: pk1_mm, parameters: {CL: 0 L/h, V1: 10 L, VMAX: 3 mg/h, KM: 0.9 mg/L}}")
        of = numbers(self.result(self.write("mm.yaml", study), name="r.h5"))
        t, c = of["time"][1], of["abc.C"][1][0, 0]
        want = 0.9 * np.real(lambertw(10 / 0.9 * np.exp((10 - 0.3 * t) / 0.9)))
        np.testing.assert_allclose(c[1:], want[1:], rtol=1e-6, atol=1e-9)


if __name__ == "__main__":
    unittest.main()
