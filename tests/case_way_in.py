#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small studies whose numbers were wrong without a word (tests/cases/way-in), and the right ones."""
import csv
import io
import math
import os
import random
import shutil
import unittest

import numpy as np
import xarray
import yaml

from program import SOURCE, Case


class WayIn(Case):
    def table(self, result, *options):
        done = self.pneuma("table", result, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def keep(self, rows, name="table.csv", columns=None):
        """Rows as a file, with the columns of the first, or these."""
        names = columns.split() if columns else list(rows[0])
        lines = [",".join(names)] + [",".join(str(r.get(n, ".")) for n in names) for r in rows]
        return self.write(name, "\n".join(lines) + "\n")

    def study(self, name):
        shutil.copytree(os.path.join(SOURCE, "tests/cases/way-in", name), self.folder,
                        dirs_exist_ok=True)
        return os.path.join(self.folder, "s.yaml")


class Occasions(WayIn):
    def test_iov_without_an_occasion_is_one_occasion_and_told(self):
        path = self.study("iov-without-occasion")
        done = self.pneuma("check", path)
        self.assertIn("s.yaml:4:60: warning: d.CL varies between occasions", done.stderr)
        of = xarray.load_dataset(self.result(path))
        sd = np.std(np.log(of["d.CL"].values))
        self.assertLess(abs(sd / math.sqrt(0.2**2 + 0.8**2) - 1), 0.05)
        slope = np.log(of["d.C"].values[0, :, 2] / of["d.C"].values[0, :, 3]) * 20
        self.assertTrue(np.allclose(slope, of["d.CL"].values, rtol=1e-4))


class Limits(WayIn):
    def test_a_censored_value_lies_between_limit_and_dv(self):
        path = self.study("censored")
        once = self.table(self.result(path), "--lloq", "0.5 mg/L")
        low = [row for row in once if row["TIME"] == "90"]
        self.assertEqual([(r["DV"], r["CENS"], r["LIMIT"]) for r in low], [("0.5", "1", "0")])
        high = [row for row in once if row["TIME"] == "5"]
        self.assertEqual([(r["CENS"], r["LIMIT"]) for r in high], [("0", ".")])
        again = self.table(self.result(path, "--events", self.keep(once), name="again.h5"))
        for row in again:
            del row["DVOBS"]
        for row in once:
            del row["DVOBS"]
        self.assertEqual(again, once)


class RoundTrip(WayIn):
    """table → run → table: the same bytes of observations, the same rows."""

    def again(self, path, arm=None, draw=None):
        """Run, table, run by that table; both results and the table of the second."""
        first = self.result(path, "--restart")
        rows = [row for row in self.table(first) if arm in (None, row["ARM"])]
        second = self.result(path, "--events", self.keep(rows), "--restart", name="again.h5")
        got = [row for row in self.table(second) if arm in (None, row["ARM"])]
        said = [[{name: row[name] for name in row if name != "DVOBS" and row[name] != "."}
                 for row in table] for table in (rows, got)]
        self.assertEqual(*said, draw)
        return xarray.load_dataset(first), xarray.load_dataset(second)

    def same(self, first, second, arm=0):
        for name in first:
            if name.startswith("obs."):
                a, b = first[name].values[arm], second[name].values[arm]
                if name == "obs.n_doses":  # additional doses are records now: as many
                    self.assertTrue((a == b).all())
                self.assertEqual(a.tobytes(), b.tobytes(), name)

    def test_resets_steady_states_and_infusions_come_back(self):
        first, second = self.again(self.study("table-loses-resets"))
        self.same(first, second)
        want = [8.4944, 2.3791, 0.29851]
        self.assertTrue(np.allclose(second["obs.d.C"].values[0], want, rtol=1e-4))

    STUDY = """
name: random
seed: 3
population: {{}}
events: {{file: events.csv, carry: {carry}}}
drugs:
  d:
    route: oral
    kinetics:
      model: pk2
      parameters:
        CL: {{value: 2 L/h, iov: {{omega: 0.3}}, effects: [{{of: weight, form: power, reference: 70 kg, coefficient: 0.75}}]}}
        V1: 20 L
        V2: 30 L
        Q: 3 L/h
        KA: 0.7 1/h
        F: 0.8
        ALAG: {{value: 0.4 h, iov: {{omega: 0.5}}}}
        D_A1: 1.5 h
        R_A1: 30 mg/h
    error: {{proportional: 20 %}}
arms: {{given: [{{drug: d}}], none: []}}
duration: 2000 h
output: {{every: 2000 h, keep: [d.C, d.A0]}}
"""

    @staticmethod
    def dose(draw, row, evid):
        row.update(EVID=evid, AMT=draw.choice([50, 100, 33.3]), CMT=draw.choice([1, 1, 2]))
        kind = draw.randrange(5)
        if kind == 0:
            row["RATE"] = draw.choice([20, 7.7])
        elif kind == 1:
            row["DUR"] = draw.choice([0.7, 3])
        elif kind == 2 and row["CMT"] == 2:
            row["RATE"] = draw.choice([-1, -2])
        if draw.random() < 0.4:
            row.update(II=draw.choice([6, 12, 0.1 * draw.randrange(40, 90)]),
                       ADDL=draw.randrange(4))
        if evid == 1 and draw.random() < 0.3:
            row.update(II=row.get("II", 8), SS=draw.choice([1, 2]))
        if evid == 1 and draw.random() < 0.05:
            row.update(AMT=0, RATE=5, SS=1, II=".", DUR=".", ADDL=".", CMT=2)

    def patient(self, draw, number):
        """A random table of one patient: every kind of record, ties, covariates that change."""
        rows, time, occasion, wipes = [], 0.0, 1, False
        for _ in range(draw.randrange(4, 16)):
            step = draw.choice([0, 0, 1, 2.5, draw.random() * 9, 12])
            time, wipes = time + step, wipes and step == 0
            occasion += draw.random() < 0.2
            row = {"ID": number, "TIME": repr(time), "EVID": 0, "WT": draw.choice([50, 70, 90]),
                   "OCC": occasion}
            kind = draw.choice(["see"] * 5 + ["dose"] * 4 + ["stop", "off", "reset", "4", "replace",
                                                             "multiply"])
            if kind in ("dose", "4"):
                self.dose(draw, row, 1 if kind == "dose" else 4)
            elif kind in ("stop", "off"):
                row.update(EVID=2, CMT="-2" if kind == "off" else ".")
            elif kind == "reset":
                row["EVID"] = 3
            elif kind != "see":
                row.update(EVID=kind, AMT=draw.choice([0.5, 2]), CMT=2)
            if row["EVID"] in (3, 4) or row.get("SS") == 1:
                if wipes:
                    continue  # two resets of one time are refused
                wipes = True
            rows.append(row)
        rows.append({"ID": number, "TIME": repr(time + 5), "EVID": 0, "WT": 70, "OCC": occasion})
        return rows

    def test_random_tables_come_back(self):
        """Four hundred patients, each a random table; in both arms, by both ways of carrying."""
        for seed in range(8):
            draw = random.Random(seed)
            rows = [row for number in range(1, 51) for row in self.patient(draw, number)]
            self.keep(rows, "events.csv", ("ID TIME EVID AMT CMT RATE DUR II ADDL SS OCC WT"))
            path = self.write("s.yaml", self.STUDY.format(carry=("nocb", "locf")[seed % 2]))
            for arm, name in enumerate(("given", "none")[:1 + (seed < 2)]):
                first, second = self.again(path, name, seed)
                self.same(first, second, arm)

    def test_a_regimens_table_is_its_treatment(self):
        """Output times and doses of a regimen, read as events."""
        study = self.STUDY.format(carry="nocb").replace("events: {file: events.csv, carry: nocb}\n", "")
        study = study.replace("{}", "{size: 6}").replace("2000 h", "48 h").replace("every: 48 h", "every: 3 h")
        path = self.write("regimen.yaml", study.replace("[{drug: d}]", "[{drug: d, dose: 100 mg, route: "
                          "oral, every: 12 h, steady_state: true, adherence: 0.7}]"))
        first = self.result(path)
        rows = [row for row in self.table(first) if row["ARM"] == "given"]
        path = self.write("again.yaml", study)
        second = self.result(path, "--events", self.keep(rows), name="again.h5")
        got = xarray.load_dataset(second)["obs.d.C"].values[0]
        want = xarray.load_dataset(first)["d.C"].values[0].ravel()
        self.assertEqual(got.tobytes(), want.tobytes())

    def test_exported_patients_come_back(self):
        """`patient` is ID, FEV1_baseline is FEV1."""
        study = self.demo(population={"size": 8, "from": "populations/eosinophilic-asthma.yaml"})
        first = self.result(study)
        self.assertEqual(self.pneuma("export", first, "--csv", "csv").returncode, 0)
        with open(study, encoding="utf-8") as file:
            again = {**yaml.safe_load(file), "population": {"patients": "csv/patients.csv"}}
        again = self.write("again.yaml", yaml.safe_dump(again, sort_keys=False))
        a, b = (xarray.load_dataset(path) for path in (first, self.result(again, name="again.h5")))
        self.assertIn("FEV1_baseline", a)
        for name in a:
            if a[name].dims[:2] == ("arm", "patient") and a[name].dtype == float:
                self.assertEqual(a[name].values.tobytes(), b[name].values.tobytes(), name)


if __name__ == "__main__":
    unittest.main()
