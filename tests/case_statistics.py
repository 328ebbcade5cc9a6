#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma statistics: its rows beside NumPy and SciPy on the lives of the result."""
import csv
import io
import os
import unittest

import h5py
import numpy as np
import yaml
from scipy import special

from program import SOURCE, Case, absolute, numbers

USAGE, BAD_INPUT = 2, 65
SWEEP = os.path.join(SOURCE, "inputs/sweep.yaml")
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95, "least": 0.0,
             "most": 1.0}


class Statistics(Case):
    def rows(self, *options, code=0):
        done = self.pneuma("statistics", *options)
        self.assertEqual(done.returncode, code, done.stderr)
        return list(csv.DictReader(io.StringIO(done.stdout))) if code == 0 else done.stderr

    def sweep(self, name, **changes):
        with open(SWEEP, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["population"]["size"] = 9
        study.update(changes)
        absolute(study, os.path.dirname(SWEEP))
        return self.result(self.write(name + ".yaml", yaml.safe_dump(study, sort_keys=False)),
                           name=name + ".h5")

    def close(self, row, key, want):
        if np.isnan(want):
            self.assertEqual(row[key], "", (key, row))
        else:
            np.testing.assert_allclose(float(row[key]), want, rtol=1e-11, atol=1e-14,
                                       err_msg=f"{key} of {row}")

    def check_sample(self, row, x, log):
        """n, mean, sd and quantiles of a row against those of the sample."""
        x = x[np.isfinite(x)]
        logs = np.log(x) if log else x
        back = np.exp if log else np.asarray
        self.assertEqual(int(row["n"]), len(x))
        self.close(row, "mean", back(logs.mean()))
        self.close(row, "sd", logs.std(ddof=1))
        self.close(row, "se", logs.std(ddof=1) / np.sqrt(len(x)))
        half = self.student(len(x)) * logs.std(ddof=1) / np.sqrt(len(x))
        self.close(row, "mean_low", back(logs.mean() - half))
        self.close(row, "mean_high", back(logs.mean() + half))
        for key, share in QUANTILES.items():
            self.close(row, key, back(np.quantile(logs, share)))

    def student(self, n):
        """The 97.5 % quantile; SciPy's own t.ppf is good to 10 digits only."""
        n -= 1
        return np.sqrt(n * (1 / special.betaincinv(n / 2, 0.5, 0.05) - 1))

    def check_mean(self, row, key, x, log):
        """A mean of differences and its interval."""
        back = np.exp if log else np.asarray
        half = self.student(len(x)) * x.std(ddof=1) / np.sqrt(len(x))
        self.assertEqual(int(row[key + "_n"]), len(x))
        for name, value in (("", x.mean()), ("_low", x.mean() - half),
                            ("_high", x.mean() + half)):
            np.testing.assert_allclose(float(row[key + name]), back(value), rtol=1e-9,
                                       atol=1e-12, err_msg=key + name)
        np.testing.assert_allclose(float(row[key + "_sd"]), x.std(ddof=1), rtol=1e-8,
                                   atol=1e-14)

    def test_rows_are_what_scipy_makes_of_the_lives(self):
        path = self.sweep("all")
        got, rows = numbers(path), self.rows(path)
        arms = ["placebo", "fevipiprant"]
        seen = 0
        for row in rows:
            if row["output"] not in ("FEV1", "eosinophils.sputum"):
                continue
            over, values = got[row["output"]]
            times = got[over[-1]][1]
            at = int(np.flatnonzero(times == float(row["time [h]"]))[0])
            arm, log = arms.index(row["arm"]), row["scale"] == "log"
            values = values[int(row["point"]) - 1]
            self.check_sample(row, values[arm, :, at], log)
            scale = np.log if log else np.asarray
            change = scale(values[:, :, at]) - scale(values[:, :, 0])
            self.assertEqual(row["change"] == "", at == 0)
            self.assertEqual(row["contrast"] == "", at == 0 or arm == 0)
            if at > 0:
                self.check_mean(row, "change", change[arm], log)
            if row["contrast"]:
                self.assertEqual(row["against"], "placebo")
                self.check_mean(row, "contrast", change[1] - change[0], log)
            seen += 1
        self.assertEqual(seen, 12 * 2 * 2 * (2 + 4))

    def test_endpoints_have_the_run_s_own_bits_and_responders(self):
        path = self.sweep("all")
        got = numbers(path)
        for row in self.rows(path, "--only", "FEV1_change"):
            at = int(row["point"]) - 1, ["placebo", "fevipiprant"].index(row["arm"])
            if row["scale"] == "log":
                continue
            for key in ("n", "mean", "sd", "responders"):
                self.assertEqual(float(row[key]), got[f"FEV1_change.{key}"][1][at], key)
            if at[1] == 1:
                for key in ("contrast", "contrast_sd", "contrast_n"):
                    self.assertEqual(float(row[key]), got[f"FEV1_change.{key}"][1][at], key)

    def test_without_lives_the_rows_are_those_of_the_run(self):
        whole = {self.key(r): r for r in self.rows(self.sweep("all"))}
        few = self.rows(self.sweep("few", lives="summary"))
        compared = 0
        for row in few:
            if row["over"] == "patient":
                continue
            other = whole[self.key(row)]
            for key in ("n", "n_failed", "mean", "sd", "se", "q50", "responders", "unit"):
                self.assertEqual(row[key], other[key], (key, row))
            if row["output"] in ("FEV1_change", "sputum_ratio"):
                for key in ("against", "contrast_n", "contrast", "contrast_low",
                            "contrast_high"):
                    self.assertEqual(row[key], other[key], (key, row))
            compared += 1
        self.assertGreater(compared, 12 * 2 * 5)

    def key(self, row):
        return tuple(row[k] for k in ("output", "over", "time [h]", "point", "arm", "scale"))

    def test_some_patients_an_arm_and_curves_may_be_chosen(self):
        path = self.result(self.demo(population={"size": 12, "from": os.path.join(
            SOURCE, "inputs/populations/eosinophilic-asthma.yaml")}))
        got = numbers(path)
        men = got["sex"][1] == 1
        rows = self.rows(path, "--only", "age,FEV1", "--where", "sex=1")
        age = [r for r in rows if r["output"] == "age"][0]
        self.assertEqual((age["over"], age["arm"], age["against"]), ("patient", "", ""))
        self.check_sample(age, got["age"][1][men], False)
        last = [r for r in rows if r["output"] == "FEV1" and r["scale"] == "linear"][-1]
        self.check_sample(last, got["FEV1"][1][-1, men, -1], False)
        arms = self.arms(path)
        rows = self.rows(path, "--only", "FEV1", "--against", arms[-1])
        self.assertEqual({r["against"] for r in rows if r["contrast"]}, {arms[-1]})
        self.assertNotIn("flow_volume", {r["output"] for r in self.rows(path)})
        curve = [r for r in self.rows(path, "--only", "flow_volume", "--curves")
                 if r["scale"] == "linear" and r["arm"] == arms[0]]
        self.assertEqual(len(curve), np.prod(got["flow_volume"][1].shape[2:]))
        self.check_sample(curve[7], got["flow_volume"][1][0, :, 0, 7], False)

    def arms(self, path):
        with h5py.File(path) as file:
            return [arm.decode() for arm in file["arm"][()]]

    def test_verify_computes_them_again(self):
        path = self.sweep("all")
        done = self.pneuma("verify", path)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"PASS  statistics: \d{3,}, those of the lives")
        for name, at in (("FEV1.mean", (3, 1, 1)), ("FEV1_change.contrast_sd", (2, 1))):
            with h5py.File(path, "r+") as file:
                was = file[name][at]
                file[name][at] = np.nextafter(was, 1e9)
            done = self.pneuma("verify", path)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, f"FAIL  statistics: {name} is .* in arm fevipiprant")
            with h5py.File(path, "r+") as file:
                file[name][at] = was

    def test_an_output_of_other_lengths_than_its_dimensions_has_none(self):
        path = self.sweep("all")
        with h5py.File(path, "r+") as file:
            wrong = file.create_dataset("wrong", data=np.ones((12, 2, 900, 2, 3)))
            for i, name in enumerate(("point", "arm", "patient", "visit")):
                wrong.dims[i].attach_scale(file[name])
        self.assertEqual(self.rows(path, "--curves", "--only", "wrong"), [])

    def test_a_file_is_written_whole_and_wrong_words_are_refused(self):
        path = self.sweep("all")
        told = self.pneuma("statistics", path, "--only", "FEV1").stdout
        done = self.pneuma("statistics", path, "--only", "FEV1", "--csv", "s.csv")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        with open(os.path.join(self.folder, "s.csv"), newline="", encoding="utf-8") as file:
            self.assertEqual(file.read().replace("\r\n", "\n"), told)
        self.assertIn("did you mean 'FEV1'", self.rows(path, "--only", "FEV2", code=USAGE))
        self.assertIn("no arm 'x'", self.rows(path, "--against", "x", code=USAGE))
        self.assertIn("NAME=NUMBER", self.rows(path, "--where", "sex", code=USAGE))
        self.assertIn("did you mean 'sex'", self.rows(path, "--where", "sax=1", code=USAGE))
        self.assertIn("would overwrite what is read", self.rows(path, "--csv", path, code=USAGE))
        self.rows(self.write("x.h5", "no"), code=BAD_INPUT)


if __name__ == "__main__":
    unittest.main()
