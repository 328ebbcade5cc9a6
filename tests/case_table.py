#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma table: what a pharmacometrician gets back from a run."""
import io
import math
import os
import random
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import pandas
import xarray
import yaml

from program import DEMO, PROGRAM, SOURCE, Case

sys.path.insert(0, os.path.join(SOURCE, "scripts"))
import redraw  # noqa: E402

EXAMPLE = os.path.join(SOURCE, "inputs/events-example.yaml")
DRUG = os.path.join(SOURCE, "inputs/drugs/fevipiprant.yaml")
KEY = ["ARM", "ID"]


class Table(Case):
    def table(self, *arguments):
        done = self.pneuma("table", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def read(self, result, *arguments):
        """The table as R and pandas read it: '.' is missing."""
        path = os.path.join(self.folder, "table.csv")
        self.assertEqual(self.table(result, "--csv", "--out", path, *arguments), "")
        return pandas.read_csv(path, na_values=["."], float_precision="round_trip")


class Demo(Table):
    """A regimen: the output times are the observations."""

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        cls.path = os.path.join(kept.name, "results.h5")
        subprocess.run([PROGRAM, "run", DEMO, "--patients", "1:30", "--out", cls.path,
                        "--quiet", "--max-failed", "50%"], check=True)
        cls.of = xarray.load_dataset(cls.path)

    def test_predictions_are_those_of_the_file_to_the_last_bit(self):
        rows = self.read(self.path, "--signals", "eosinophils.blood,FEV1,age")
        rows = rows[rows.EVID == 0]
        shape = self.of["fevipiprant.C"].shape
        for column, name in (("IPRED", "fevipiprant.C"),
                             ("eosinophils.blood", "eosinophils.blood")):
            got = rows[column].to_numpy().reshape(shape)
            self.assertTrue(np.array_equal(got, self.of[name].values, equal_nan=True))
        self.assertTrue(np.array_equal(rows.TIME.to_numpy().reshape(shape)[1, 5],
                                       self.of["time"].values))
        age = rows.age.to_numpy().reshape(shape)
        self.assertTrue((age == self.of["age"].values[None, :, None]).all())
        fev1 = rows.FEV1.to_numpy().reshape(shape)
        at = [list(self.of["time"].values).index(t) for t in self.of["visit"].values]
        self.assertTrue(np.array_equal(fev1[:, :, at], self.of["FEV1"].values, equal_nan=True))
        self.assertEqual(np.isfinite(fev1).sum(), np.isfinite(self.of["FEV1"]).sum())

    def test_every_dose_has_a_row_behind_the_trough_of_its_time(self):
        rows = self.read(self.path)
        alive = self.of["status"].values == 0
        want = np.where(alive, self.of["n_doses"].values, 0)
        self.assertGreater(want[1][alive[1]].min(), 100)
        got = rows[rows.EVID == 1].groupby(KEY, sort=False).size()
        for i, arm in enumerate(self.of["arm"].values):
            for j, patient in enumerate(self.of["patient"].values):
                self.assertEqual(got.get((arm, patient), 0), want[i, j])
        for _, of in rows.groupby(KEY):
            self.assertTrue((np.diff(of.TIME) >= 0).all())
            together = of[of.TIME == 168]
            self.assertEqual(list(together.EVID), sorted(together.EVID))
        doses = rows[rows.EVID == 1]
        self.assertEqual((set(doses.CMT), set(doses.AMT), set(doses.DUR), set(doses.MDV)),
                         ({1}, {225}, {0}, {1}))

    def test_tad_counts_from_the_last_dose(self):
        rows = self.read(self.path)
        for _, of in rows.groupby(KEY):
            last = of.TIME.where(of.EVID == 1).ffill()
            self.assertTrue(np.array_equal(of.TAD, of.TIME - last, equal_nan=True))
        trough = rows[(rows.EVID == 0) & (rows.TIME == 168)].TAD.dropna()
        self.assertEqual(trough.min(), 12)  # not 0: the dose of that time is behind it

    def test_the_long_form_has_every_number_over_time(self):
        text = self.table(self.path, "--long", "--signals", "FEV1,dp2.occupancy")
        rows = pandas.read_csv(io.StringIO(text), na_values=["."],
                               float_precision="round_trip")
        self.assertEqual(set(rows.UNIT[rows.NAME == "FEV1"]), {"L"})
        for name in ("FEV1", "dp2.occupancy"):
            got = rows.VALUE[rows.NAME == name].to_numpy()
            self.assertTrue(np.array_equal(got, self.of[name].values.ravel(), equal_nan=True))

    def test_exit_codes_tell_whose_mistake_it_is(self):
        for code, arguments, says in (
                (74, ["nowhere.h5"], "nowhere.h5"), (65, [DEMO], "is not a result"),
                (2, [self.path, "--signals", "FEV2"], "did you mean 'FEV1'"),
                (2, [self.path, "--ipred", "fevipiprant.CL", "--dv"], "residual error"),
                (2, [self.path, "--out", self.path], "would overwrite what is read")):
            with self.subTest(arguments):
                done = self.pneuma("table", *arguments)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
                self.assertIn(says, done.stderr)
        self.assertEqual(os.listdir(self.folder), [])


class Events(Table):
    """An event table comes back with its own times."""

    def study(self, rows, error):
        """The drug with a residual error, in a study of an event table."""
        with open(DRUG, encoding="utf-8") as file:
            drug = yaml.safe_load(file)
        if error:
            drug["error"] = error
        self.write("fevipiprant.yaml", yaml.safe_dump(drug, sort_keys=False))
        self.write("events.csv", rows)
        return self.write("study.yaml", yaml.safe_dump({
            "name": "table", "seed": 123, "population": {}, "events": "events.csv",
            "arms": {"treated": [{"drug": "fevipiprant.yaml"}], "placebo": []},
            "duration": "48 h"}))

    ROWS = ("ID,TIME,EVID,AMT [mg],CMT,II,ADDL,DV,LIMIT\n"
            "9,0,0,.,.,.,.,0,0.05\n9,0,1,300,1,12,2,.,.\n9,1,0,.,.,.,.,1.5,0.05\n"
            "9,24,0,.,.,.,.,.,0.05\n4,0.5,1,300,2,.,.,.,.\n4,0.5,0,.,.,.,.,7,0.05\n"
            "4,48,0,.,.,.,.,0.01,0.05\n")

    def test_observations_and_doses_of_the_example(self):
        rows = self.read(self.result(EXAMPLE))
        given = pandas.read_csv(EXAMPLE.replace(".yaml", ".csv"), comment="#", na_values=["."])
        for arm in ("placebo", "treated"):
            of = rows[(rows.ARM == arm) & (rows.EVID == 0)]
            want = given[given.EVID == 0]
            self.assertEqual(list(zip(of.ID, of.TIME)), list(zip(want.ID, want.TIME)))
        doses = rows[rows.EVID.isin([1, 4])]
        self.assertEqual(set(doses.ARM), {"treated"})
        self.assertEqual(list(doses.TIME[doses.ID == 1]), [0, 12, 24, 36, 48, 60, 72])
        infusion = doses[(doses.ID == 1) & (doses.TIME == 72)].iloc[0]
        self.assertEqual((infusion.EVID, infusion.AMT, infusion.CMT, infusion.RATE), (4, 50, 2, 25))
        self.assertTrue(math.isnan(infusion.DUR))
        self.assertEqual(list(doses.SS[doses.ID == 7].fillna(0)), [1, 0, 0])
        self.assertEqual(list(doses.TIME[doses.ID == 7]), [0, 24, 48])

    def check_dv(self, error, expected):
        result = self.result(self.study(self.ROWS, error), "--restart")
        rows = self.read(result, "--dv", "--lloq", "0.05")
        rows = rows[rows.EVID == 0]
        for (_, patient), of in rows.groupby(KEY):
            for k, (ipred, dv, cens, limit) in enumerate(
                    zip(of.IPRED, of.DV, of.CENS, of.LIMIT)):
                e = [redraw.inverse(redraw.uniform(123, int(patient), "fevipiprant", "residual",
                                                   2 * k + term)) for term in (0, 1)]
                want = expected(ipred, *e)
                self.assertEqual(cens, int(want < 0.05))
                self.assertAlmostEqual(dv, max(want, 0.05), delta=1e-13 * abs(want))
                self.assertEqual(limit if cens else 0, 0)
        return rows

    def test_dv_is_drawn_by_the_words_of_the_drug_file(self):
        """The draws are computed again in Python, from seed, ID and number alone."""
        rows = self.check_dv({"proportional": "20 %"}, lambda c, e, _: c * (1 + 0.2 * e))
        self.assertEqual(set(rows.CENS), {0, 1})
        self.assertTrue(rows.LIMIT[rows.CENS == 0].isna().all())
        self.check_dv({"lognormal": 0.3}, lambda c, e, _: c * math.exp(0.3 * e))
        self.check_dv({"proportional": 0.1, "additive": "0.2 mg/L"},
                      lambda c, e, f: c * (1 + 0.1 * e) + 0.2 * f)

    def test_the_order_of_records_decides_what_an_observation_sees(self):
        rows = self.read(self.result(self.study(self.ROWS, None)))
        rows = rows[rows.ARM == "treated"]
        first = rows[rows.TIME == 0]
        self.assertEqual(list(first.EVID), [0, 1], "the trough is first")
        self.assertEqual(list(rows[rows.TIME == 0.5].EVID), [1, 0], "the dose is first")
        at_dose = rows[(rows.TIME == 0.5) & (rows.EVID == 0)].iloc[0]
        self.assertGreater(at_dose.IPRED, 1)  # into the blood at once
        self.assertEqual(at_dose.TAD, 0)
        self.assertEqual(list(rows.DVOBS[rows.EVID == 0].fillna(-1)), [0, 1.5, -1, 7, 0.01])

    def test_a_damaged_file_is_an_error_and_no_crash(self):
        """libhdf5 1.10 dies of one file in thirty that has wrong bytes in its metadata."""
        with open(self.result(EXAMPLE), "rb") as file:
            whole = file.read()
        path = os.path.join(self.folder, "damaged.h5")
        draw = random.Random(1)
        for _ in range(200):
            damaged = bytearray(whole)
            for _ in range(3):
                damaged[draw.randrange(len(whole))] = draw.randrange(256)
            with open(path, "wb") as file:
                file.write(damaged)
            done = self.pneuma("table", path)
            self.assertIn(done.returncode, (0, 2, 65, 70, 74), done.stderr)
            self.assertEqual(done.returncode == 0, done.stderr == "")

    def test_ranks_do_not_change_the_table(self):
        study = self.study(self.ROWS, {"proportional": 0.3})
        tables = {self.table(self.result(study, name=f"{n}.h5", ranks=n)) for n in (0, 1, 3)}
        self.assertEqual(len(tables), 1)

    def test_the_file_opens_in_what_users_have(self):
        done = subprocess.run([os.path.join(SOURCE, "tests/check_result.py"),
                               self.result(self.study(self.ROWS, {"additive": "1 mg/L"}))],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_report_is_made_of_it(self):
        out = os.path.join(self.folder, "report")
        done = subprocess.run([os.path.join(SOURCE, "scripts/report"), self.result(EXAMPLE),
                               "--out", out], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("table.csv", os.listdir(out))


if __name__ == "__main__":
    unittest.main()
