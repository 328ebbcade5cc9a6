#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""inputs/from-nonmem.md: the study that it shows is the one that runs, and gives what its
control stream would; arms by a column, parameters of each patient beside the events."""
import math
import os
import shutil
import unittest

from program import Case, numbers

INPUTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "inputs")
DRUG = ("drugs: {d: {route: iv, kinetics: {model: pk1, parameters: {CL: {median: 5 L/h, omega: 0.3},"
        " V1: 40 L}}}}\nsolver: {rtol: 1e-9}\n")


def oral(t, dose, ka, k, v):
    return 0 if t < 0 else dose / v * ka / (ka - k) * (math.exp(-k * t) - math.exp(-ka * t))


class Told(Case):
    def told(self, study, code=0, *more):
        """What `check` says of it."""
        done = self.pneuma("check", *more, study)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr


class FromNonmem(Told):
    def test_the_page_shows_the_study_that_runs(self):
        with open(os.path.join(INPUTS, "from-nonmem.md"), encoding="utf-8") as page, \
                open(os.path.join(INPUTS, "from-nonmem.yaml"), encoding="utf-8") as study:
            text = page.read()
            self.assertIn("```yaml\n" + study.read() + "```", text)
        with open(os.path.join(INPUTS, "from-nonmem.csv"), encoding="utf-8") as data:
            header = data.readline().strip().replace(",", " ")
        self.assertIn("$INPUT " + header.replace("STUD", "STUD=DROP"), text)
        self.told(os.path.join(INPUTS, "from-nonmem.yaml"), 0, "--strict")

    def test_it_gives_what_the_control_stream_says(self):
        """Without variability between occasions: CL then is one number a patient."""
        for name in ("from-nonmem.csv", "from-nonmem.yaml"):
            shutil.copy(os.path.join(INPUTS, name), self.folder)
        with open(os.path.join(self.folder, "from-nonmem.yaml"), encoding="utf-8") as file:
            lines = [line for line in file if "iov" not in line]
        self.write("s.yaml", "".join(lines) + "solver: {rtol: 1e-9}\n")
        r = numbers(self.result(os.path.join(self.folder, "s.yaml"), "--restart"))
        doses = {1: [(0, 100), (12, 100), (24, 100), (168, 100)], 2: [(0, 100), (12, 100), (24, 100)],
                 3: [(0, 150)]}
        cl, v = r["drug.CL"][1], r["drug.V1"][1]
        n = 0
        for time, i, c in zip(r["obs_time"][1], r["obs_patient"][1], r["obs.drug.C"][1][0]):
            if time >= 168:
                continue  # 80 kg from there on: another volume
            want = sum(oral(time - t - 0.5, 0.8 * dose, 1.2, cl[i] / v[i], v[i]) for t, dose in doses[i + 1])
            self.assertTrue(math.isclose(c, want, rel_tol=2e-6), (i, time, c, want))
            n += 1
        self.assertEqual(n, 6)  # one is ignored


class Arms(Told):
    def test_a_patient_is_in_the_arm_of_its_column(self):
        self.write("p.csv", "ID,ARM\n1,High\n2,low\n3,high\n")
        self.write("s.yaml", "name: arms\nseed: 1\npopulation: {patients: p.csv}\n" + DRUG +
                   "arms: {low: [{drug: d, dose: 10 mg}], high: [{drug: d, dose: 100 mg}]}\n"
                   "duration: 4 h\noutput: {every: 2 h}\n"
                   "endpoints: {c: {of: d.C, take: max}}\n")
        r = numbers(self.result(os.path.join(self.folder, "s.yaml"), "--restart"))
        self.assertEqual([[not math.isnan(x) for x in arm] for arm in r["c"][1]],
                         [[False, True, False], [True, False, True]])
        self.assertEqual(list(r["c.n"][1].ravel()), [1, 2])
        self.assertEqual(r["status"][1].tolist(), [[0] * 3] * 2)
        self.write("p.csv", "ID,ARM\n1,high\n2,lwo\n")
        self.assertIn("unknown ARM of patient 2 'lwo', did you mean 'low'?", self.told("s.yaml", 65))
        self.write("p.csv", "ID,ARM\n1,1\n2,2\n")
        self.assertIn("ARM names no arm of the study", self.told("s.yaml"))

    def test_parameters_of_each_patient_stand_beside_the_events(self):
        self.write("e.csv", "ID,TIME,AMT,DV,WT\n7,0,100,.,70\n7,4,.,1,70\n3,0,100,.,60\n3,4,.,1,60\n")
        self.write("p.csv", "ID,CL,d.V1 [mL],WT\n1,9,1000,50\n3,2,30000,50\n7,4,50000,50\n")
        self.write("s.yaml", "name: beside\nseed: 1\npopulation: {patients: p.csv}\nevents: e.csv\n" + DRUG +
                   "arms: {a: [{drug: d}]}\n")
        told = self.told("s.yaml")
        for words in ("'CL' has no unit: it is taken as L/h", "1 of 3 patients have no records",
                      "the event table has WT, too"):
            self.assertIn(words, told)
        r = numbers(self.result(os.path.join(self.folder, "s.yaml"), "--restart"))
        self.assertEqual(list(r["weight"][1]), [70, 60])
        got = r["obs.d.C"][1][0]
        for c, (cl, v) in zip(got, ((4, 50), (2, 30))):
            self.assertLess(abs(c / (100 / v * math.exp(-cl / v * 4)) - 1), 1e-7)
        self.write("p.csv", "ID,CL\n3,2\n")
        self.assertIn("patient 7 of the event table is not in this file", self.told("s.yaml", 65))


if __name__ == "__main__":
    unittest.main()
