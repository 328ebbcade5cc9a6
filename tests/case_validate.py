#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/validate on a result whose figures are known, written by a stand-in program."""
import csv
import os
import subprocess
import tempfile
import unittest

import numpy as np

from program import PROGRAM
from synthetic import write_result

VALIDATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../scripts/validate")
# copies the prepared result to where --out says, as the last thing a run does; statistics
# are the program's own
RUN = ('#!/bin/sh\n[ "$1" = run ] || exec "%s" "$@"\n'
       'while [ "$1" != --out ]; do shift; done\nexec cp "%s" "$2"\n')
HEAD = ("role,statistic,output,arm,reference,visit,value,low,high,se,unit,confidence,"
        "endpoint,source,doi,note\n")
TARGETS = {
    # name: (row, simulated figure, verdict)
    "inside": ("validation,change_difference,FEV1,drug,control,2 week,0.1,0.05,0.31,,L,read",
               0.3, "inside"),
    "outside by its standard error": (
        "validation,change_difference,FEV1,drug,control,2 week,0.1,,,0.1,L,recalled-high", 0.3,
        "outside"),
    "inside by its standard error": (
        "validation,change_difference,FEV1,drug,control,2 week,0.11,,,0.1,L,read", 0.3, "inside"),
    "too uncertain a source": (
        "validation,change_difference,FEV1,drug,control,2 week,0.1,0,0.2,,L,recalled-medium",
        0.3, "information"),
    "no interval": ("validation,change_difference,FEV1,drug,control,2 week,0.1,,,,L,read", 0.3,
                    "information"),
    "fold": ("calibration,fold_reduction_against,sputum,drug,control,2 week,4,2,8,,fold,read",
             4.0, "inside"),
    "fold of one arm": ("information,fold_reduction,sputum,drug,,2 week,4,,,,fold,read", 2.0,
                        "information"),
    "geometric mean": ("information,geometric_mean,sputum,control,,0 week,4,,,,%,read", 2.0,
                       "information"),
    "not modelled": ("information,not_modelled,FEV1,drug,control,2 week,1,,,,L,read", None,
                     "not modelled"),
}


class Validate(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        self.trial = os.path.join(self.folder, "trial")
        os.mkdir(self.trial)
        self.write("trial/study.yaml", "population: {size: 3, from: people.yaml}\n")
        self.write("program", RUN % (PROGRAM, os.path.join(self.folder, "ready.h5")))
        os.chmod(os.path.join(self.folder, "program"), 0o755)
        self.write_known()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def write_known(self):
        """FEV1 rises by 0.3 L (0.2, 0.3, 0.4) over control; sputum halves, control doubles."""
        fev1 = np.full((2, 3, 2), 2.0)
        fev1[0, :, 1] += 0.1
        fev1[1, :, 1] += np.array([0.3, 0.4, 0.5])
        sputum = np.ones((2, 3, 2)) * np.array([1.0, 2.0, 4.0])[:, None]
        sputum[0, :, 1] *= 2
        sputum[1, :, 1] /= 2
        write_result(os.path.join(self.folder, "ready.h5"), ["control", "drug"], [1, 2, 3],
                     [0.0, 336.0], [0.0, 336.0],
                     {"FEV1": ("L", fev1, ["visit"]), "sputum": ("%", sputum, ["time"])},
                     np.zeros((2, 3)),
                     covariates={"age": [20, 30, 70], "sex": [1, 0, 1], "eos": [16, 4, 1]})

    def validate(self, targets, *more):
        """Run on rows of targets; returns the process and the rows written, by endpoint."""
        self.write("trial/targets.csv", HEAD + "".join(
            f"{row},{name},source,doi,\n" for name, row in targets.items()))
        out = os.path.join(self.folder, "out")
        done = subprocess.run(
            [VALIDATE, self.trial, "--out", out, "--program",
             os.path.join(self.folder, "program"), *more],
            capture_output=True, text=True, check=False)
        with open(os.path.join(out, "validation.csv"), encoding="utf-8") as file:
            return done, {r["what"].split(",")[0]: r for r in csv.DictReader(file)}

    def test_figures_and_verdicts_are_those_of_the_result(self):
        done, rows = self.validate({name: of[0] for name, of in TARGETS.items()})
        self.assertEqual(done.returncode, 0, done.stderr)
        for name, (_, simulated, verdict) in TARGETS.items():
            with self.subTest(name):
                self.assertEqual(rows[name]["verdict"], verdict)
                if simulated is None:
                    self.assertEqual(rows[name]["simulated"], "")
                else:
                    self.assertAlmostEqual(float(rows[name]["simulated"]), simulated, places=12)
        self.assertIn("2 of 3 validation figures", done.stdout)

    def test_covariates_are_compared_with_the_table_of_their_population(self):
        """age 20, 30, 70; men first and last; eosinophils fall with age."""
        rows = {"age,all,mean,41,year,2": "inside",
                "age,all,median,33,year,2": "outside",
                "age,male,mean,45,year,0.1": "inside",
                "age,female,minimum,30,year,0": "inside",
                "age,all,sd,26.4575,year,1e-4": "inside",
                "age,all,upper_quartile,50,year,0": "inside",
                "age:eos,all,spearman,-1,1,1e-9": "inside",
                "eos,all,geometric_mean,4,%,1e-9": "inside",
                "age,all,mode,1,year,1": "not computed",
                "x,all,mean,1,1,1": "not computed"}
        self.write("trial/people.targets.csv",
                   "covariate,group,statistic,value,unit,allowed,source\n" + "".join(f"{row},read: somewhere\n" for row in rows))
        done, got = self.validate({"inside": TARGETS["inside"][0]})
        self.assertEqual(done.returncode, 1)  # two could not be computed
        del got["inside"]
        self.assertEqual([row["verdict"] for row in got.values()], list(rows.values()))

    def test_strict_makes_outside_an_error(self):
        name = "outside by its standard error"
        done, _ = self.validate({name: TARGETS[name][0]}, "--strict")
        self.assertEqual(done.returncode, 1)
        done, _ = self.validate({"inside": TARGETS["inside"][0]}, "--strict")
        self.assertEqual(done.returncode, 0)

    def test_what_cannot_be_computed_is_an_error_with_its_reason(self):
        row = TARGETS["inside"][0]
        for change, reason in ((("FEV1", "PEF"), "no 'PEF'"), (("2 week", "3 week"), "no visit"),
                               ((",drug,", ",other,"), "no arm 'other'")):
            with self.subTest(reason):
                done, rows = self.validate({"x": row.replace(*change)})
                self.assertEqual((done.returncode, rows["x"]["verdict"]), (1, "not computed"))
                self.assertIn(reason, done.stderr)

    def test_a_program_that_fails_is_an_error(self):
        self.write("program", "#!/bin/sh\nexit 65\n")
        done, rows = self.validate({"x": TARGETS["inside"][0]})
        self.assertEqual((done.returncode, rows), (1, {}))
        self.assertIn("exit code 65", done.stderr)


if __name__ == "__main__":
    unittest.main()
