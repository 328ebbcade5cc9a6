#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sweep: each point is the study that has the point's numbers, and statistics are those
of the lives."""
import csv
import os
import subprocess
import unittest

import h5py
import numpy as np
import yaml

from program import SOURCE, Case, absolute, numbers, same_bits

SWEEP = os.path.join(SOURCE, "inputs/sweep.yaml")
ENDPOINTS = {
    "FEV1_change": {"of": "FEV1", "change": "absolute", "responder": {"above": "0.05 L"},
                    "contrast": "placebo"},
    "sputum": {"of": "eosinophils.sputum", "at": "12 week", "change": "ratio",
               "responder": {"below": 0.5}, "contrast": "placebo"},
}


class Sweep(Case):
    def study(self, name, size=8, **changes):
        with open(SWEEP, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["population"]["size"] = size
        study.update(changes)
        absolute(study, os.path.dirname(SWEEP))
        return self.write(name, yaml.safe_dump(
            {k: v for k, v in study.items() if v is not None}, sort_keys=False))

    def test_a_point_is_the_study_with_its_numbers(self):
        whole = self.result(self.study("sweep.yaml"), name="sweep.h5")
        got = numbers(whole)
        kd, dose = got["design.fevipiprant.dp2.Kd"][1], got["design.fevipiprant.dose"][1]
        self.assertEqual(len(dose), 12)
        self.assertAlmostEqual(float(kd[1]), 1.1, 12)  # the geometric middle
        for point in (0, 4, 11):
            drug = os.path.join(SOURCE, "inputs/drugs/fevipiprant.yaml")
            one = self.study(
                f"one{point}.yaml", design={"method": "grid", "factors": {
                    "fevipiprant.dp2.Kd": [f"{kd[point]:.17g} nM"]}},
                arms={"placebo": [], "fevipiprant": [
                    {"drug": drug, "dose": f"{dose[point]:.17g} mg", "every": "12 h"}]})
            alone = numbers(self.result(one, name=f"one{point}.h5"))
            for name in ("FEV1", "dp2.occupancy", "eosinophils.sputum", "status", "n_doses"):
                self.assertTrue(same_bits(got[name][1][point], alone[name][1][0]), name)
            amounts = got["dose_amount"][1][got["dose_point"][1] == point]
            self.assertTrue(same_bits(amounts, alone["dose_amount"][1]), "dose_amount")
            self.assertTrue(same_bits(got["fevipiprant.dp2.Kd"][1][point],
                                      alone["fevipiprant.dp2.Kd"][1][0]))

    def test_any_ranks_give_the_same_bytes(self):
        study = self.study("sweep.yaml", endpoints=ENDPOINTS)
        of = [self.result(study, name=f"{n}.h5", ranks=n) for n in (0, 3)]
        with open(of[0], "rb") as one, open(of[1], "rb") as three:
            self.assertEqual(one.read(), three.read())

    def test_statistics_are_those_of_the_lives(self):
        study = self.study("all.yaml", size=30, endpoints=ENDPOINTS)
        lives = numbers(self.result(study, name="all.h5"))
        study = self.study("summary.yaml", size=30, endpoints=ENDPOINTS, lives="summary",
                           summary={"quantiles": [0.1, 0.5]})
        path = self.result(study, name="summary.h5")
        few = numbers(path)
        self.assertFalse("FEV1" in few or "dose_time" in few)
        self.assertLess(os.path.getsize(path), 0.3 * os.path.getsize(
            os.path.join(self.folder, "all.h5")))
        for name in ("FEV1", "eosinophils.sputum", "FEV1_change", "sputum"):
            values = lives[name][1]
            self.close(few, f"{name}.n", np.isfinite(values).sum(axis=2))
            self.close(few, f"{name}.mean", np.nanmean(values, axis=2))
            self.close(few, f"{name}.sd", np.nanstd(values, axis=2, ddof=1))
            quantiles = np.nanquantile(values, [0.1, 0.5], axis=2)
            self.close(few, f"{name}.quantile", np.moveaxis(quantiles, 0, -1))
            self.assertTrue(same_bits(lives[f"{name}.mean"][1], few[f"{name}.mean"][1]))
        change = lives["FEV1_change"][1]
        self.close(few, "FEV1_change.responders", (change > 0.05).sum(axis=2) /
                   np.isfinite(change).sum(axis=2))
        twins = change - change[:, :1]
        self.close(few, "FEV1_change.contrast", np.nanmean(twins, axis=2))
        self.close(few, "FEV1_change.contrast_sd", np.nanstd(twins, axis=2, ddof=1))
        self.close(few, "FEV1_change.contrast_n", np.isfinite(twins).sum(axis=2))

    def test_the_contrast_of_ratios_is_a_ratio_of_geometric_means(self):
        ends = {"share": {"of": "eosinophils.sputum", "change": "ratio", "contrast": "placebo"}}
        for keep in ("all", "summary"):
            study = self.study(f"{keep}.yaml", size=30, endpoints=ends, lives=keep)
            path = self.result(study, name=f"{keep}.h5")
            got = numbers(path)
            if keep == "all":
                logs = np.log(got["share"][1])
                twins = logs - logs[:, :1]
                wanted = np.exp(np.nanmean(twins, axis=2))
                spread = np.nanstd(twins, axis=2, ddof=1)
            self.close(got, "share.contrast", wanted)
            self.close(got, "share.contrast_sd", spread)
            done = self.pneuma("statistics", path, "--only", "share")
            self.assertEqual(done.returncode, 0, done.stderr)
            for row in csv.DictReader(done.stdout.splitlines()):
                if row["contrast"] and row["scale"] == "linear":
                    at = int(row["point"]) - 1, 1
                    reach = 2.0452296421327 * spread[at] / np.sqrt(30)
                    np.testing.assert_allclose(
                        [float(row[f"contrast{part}"]) for part in ("", "_low", "_high")],
                        wanted[at] * np.exp([0, -reach, reach]), rtol=1e-9)
            self.assertEqual(self.pneuma("verify", path).returncode, 0)

    def close(self, got, name, wanted):
        np.testing.assert_allclose(got[name][1], wanted, rtol=1e-12, atol=1e-13,
                                   err_msg=name)

    def test_a_failed_patient_is_missing_and_never_zero(self):
        """Steps run out where nothing else does: some fail, n counts the others."""
        study = self.study("fail.yaml", endpoints=ENDPOINTS, max_failed=1.0, solver={
            "method": "explicit", "max_steps": 700})
        got = numbers(self.result(study, "--max-failed", "100%", name="fail.h5"))
        status, n = got["status"][1], got["FEV1.n"][1]
        self.assertTrue(0 < (status != 0).sum() < status.size, (status != 0).sum())
        np.testing.assert_array_equal(n[:, :, 0], (status == 0).sum(axis=2))
        self.assertTrue(np.isnan(got["FEV1.mean"][1][n == 0]).all())
        self.assertTrue(np.nanmin(got["FEV1.mean"][1]) > 0.5)

    def test_a_sweep_is_extended_to_the_bytes_of_a_fresh_one(self):
        points = [("75 mg", "1 nM"), ("225 mg", "1 nM"), ("225 mg", "3 nM"),
                  ("450 mg", "1 nM"), ("25 mg", "0.5 nM")]
        for keep in ("all", "summary", {"patients": [2, 5]}):
            paths = {}
            for name, chosen in (("old", points[1:3]), ("new", points)):
                table = self.write(f"{name}.csv", "fevipiprant.dose,fevipiprant.dp2.Kd\n" +
                                   "".join(f"{a},{b}\n" for a, b in chosen).replace(
                                       " mg", "").replace(" nM", ""))
                with open(table, encoding="utf-8") as file:
                    text = file.read().replace("dose,", "dose [mg],").replace(
                        "Kd\n", "Kd [nM]\n")
                self.write(f"{name}.csv", text)
                paths[name] = self.study(f"{name}.yaml", endpoints=ENDPOINTS, lives=keep,
                                         design={"method": "list", "file": f"{name}.csv"})
            self.result(paths["old"], "--restart", name="old.h5")
            fresh = self.result(paths["new"], "--restart", name="fresh.h5")
            done = self.pneuma("run", paths["new"], "--out", "new.h5", "--restart",
                               "--extend", "old.h5", "--max-failed", "50%")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("2 points were found in old.h5", done.stdout)
            with open(fresh, "rb") as one, open(os.path.join(self.folder, "new.h5"),
                                                "rb") as other:
                self.assertEqual(one.read(), other.read(), keep)

    def test_only_the_same_study_is_extended(self):
        self.result(self.study("old.yaml", endpoints=None), name="old.h5")
        for changes in ({"seed": 7}, {"output": {"every": "4 week", "keep": ["FEV1"]}}):
            done = self.pneuma("run", self.study("new.yaml", **{"endpoints": None, **changes}), "--out", "new.h5",
                               "--extend", "old.h5")
            self.assertEqual(done.returncode, 65, done.stderr)
            self.assertIn("has none of these points", done.stderr)
        done = self.pneuma("run", self.study("one.yaml", design=None), "--out", "one.h5",
                           "--extend", "old.h5")
        self.assertEqual(done.returncode, 65)
        self.assertIn("no design", done.stderr)

    def test_statistics_of_one_patient(self):
        got = numbers(self.result(self.study("one.yaml", size=1, lives="summary"),
                                  name="one.h5"))
        self.assertTrue(np.isnan(got["FEV1.sd"][1]).all())
        quantile = got["FEV1.quantile"][1]
        self.assertTrue((quantile == got["FEV1.mean"][1][..., None]).all())

    def test_the_report_of_a_sweep(self):
        for name, more in (("lives", {"endpoints": None}), ("few", {"lives": "summary"})):
            path = self.result(self.study(f"{name}.yaml", **more), name=f"{name}.h5")
            folder = os.path.join(self.folder, f"report-{name}")
            done = subprocess.run([os.path.join(SOURCE, "scripts/report"), path, "--out",
                                   folder], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertGreater(os.path.getsize(os.path.join(folder, "sweep.png")), 10000)
            with open(os.path.join(folder, "sweep.csv"), encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            mean = numbers(path)
            endpoint = rows[-1]["endpoint"]
            wanted = (mean[f"{endpoint}.mean"][1][-1, -1] if more.get("lives") else
                      np.nanmean(mean[endpoint][1][-1, -1, :, -1]))
            self.assertAlmostEqual(float(rows[-1]["mean"]), wanted, 12)
            self.assertEqual(rows[-1]["arm"], "fevipiprant")
            self.assertEqual(float(rows[-1]["fevipiprant.dose"]), 450)

    def test_doses_can_be_left_out(self):
        output = {"every": "4 week", "keep": ["FEV1"]}
        lives = numbers(self.result(self.study("all.yaml", output=output, endpoints=None), name="all.h5"))
        few = numbers(self.result(self.study("few.yaml", output=dict(output, doses="none"), endpoints=None),
                                  name="few.h5"))
        self.assertEqual({n for n in lives if n.startswith("dose")},
                         set(lives) - set(few))
        for name in few:
            self.assertTrue(same_bits(few[name][1], lives[name][1]), name)

    def test_some_patients_are_kept_whole(self):
        lives = numbers(self.result(self.study("all.yaml"), name="all.h5"))
        some = numbers(self.result(self.study("some.yaml", lives={"patients": [7, 2]}),
                                   name="some.h5"))
        self.assertEqual(list(some["kept_patient"][1]), [2, 7])
        for name in ("FEV1", "dp2.occupancy"):
            self.assertTrue(same_bits(some[name][1], lives[name][1][:, :, [1, 6]]), name)
        self.assertTrue(same_bits(some["status"][1], lives["status"][1]))

    def test_the_table_tells_the_point(self):
        path = self.result(self.study("sweep.yaml"), name="sweep.h5")
        done = self.pneuma("table", path, "--ipred", "dp2.occupancy", "--signals",
                           "design.fevipiprant.dose,fevipiprant.dp2.Kd,FEV1")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [r for r in csv.DictReader(done.stdout.splitlines()) if r["EVID"] == "0"]
        with h5py.File(path) as file:
            occupancy = file["dp2.occupancy"][...]
            dose = file["design.fevipiprant.dose"][...]
            own = file["fevipiprant.dp2.Kd"][...]
            arms = [a.decode() for a in file["arm"][...]]
            time = list(file["time"])
        self.assertEqual(len(rows), occupancy.size)
        for row in rows:
            point, patient = int(row["POINT"]) - 1, int(row["ID"]) - 1
            arm, k = arms.index(row["ARM"]), time.index(float(row["TIME"]))
            self.assertEqual(float(row["IPRED"]), occupancy[point, arm, patient, k])
            self.assertEqual(float(row["design.fevipiprant.dose"]), dose[point])
            self.assertEqual(float(row["fevipiprant.dp2.Kd"]), own[point, patient])
        lengthy = self.pneuma("table", path, "--long", "--signals", "dp2.occupancy")
        lengthy = list(csv.DictReader(lengthy.stdout.splitlines()))
        self.assertEqual([float(r["VALUE"]) for r in lengthy],
                         list(occupancy.reshape(-1)))


if __name__ == "__main__":
    unittest.main()
