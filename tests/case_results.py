#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma verify, diff and export: what is done with a result after the run."""
import csv
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
import pandas
import xarray

from program import DEMO, PROGRAM, SOURCE, Case

EXAMPLE = os.path.join(SOURCE, "inputs/events-example.yaml")
FIRST = os.path.join(SOURCE, "inputs/first.yaml")


class Results(Case):
    """Two results that are simulated once: of an event table, and of the demo."""

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        maker = cls("result")
        maker.folder = kept.name
        cls.events = maker.result(EXAMPLE, name="events.h5")
        cls.demo_result = maker.result(DEMO, "--patients", "1:30", "--max-failed", "60%",
                                       name="demo.h5")

    def copy(self, path, name="copy.h5"):
        to = os.path.join(self.folder, name)
        shutil.copy(path, to)
        shutil.rmtree(to + ".run", ignore_errors=True)
        shutil.copytree(path + ".run", to + ".run")
        return to

    def run_it(self, code, *arguments):
        done = self.pneuma(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def rehash(self, path):
        """run.json and audit log as if the changed file were the one that was written."""
        name = path + ".run/run.json"
        with open(name, encoding="utf-8") as file:
            run = json.load(file)
        with open(path, "rb") as file:
            run["result"]["sha256"] = hashlib.sha256(file.read()).hexdigest()
        with open(name, "w", encoding="utf-8") as file:
            json.dump(run, file)
        log = path + ".run/audit.jsonl"
        if os.path.exists(log):
            os.unlink(log)


class Verify(Results):
    def findings(self, code, path, *options):
        told = json.loads(self.run_it(code, "verify", path, "--json", *options))
        self.assertEqual(told["verified"], code == 0)
        self.assertEqual(told["failed"], sum(c["verdict"] == "FAIL" for c in told["checks"]))
        return {c["check"]: c for c in told["checks"] if c["verdict"] != "PASS"}, told

    def test_a_result_as_it_was_written_is_verified(self):
        for path in (self.events, self.demo_result):
            found, told = self.findings(0, path, "--strict")
            self.assertEqual(found, {})
            with open(path, "rb") as file:
                self.assertEqual(told["sha256"], hashlib.sha256(file.read()).hexdigest())
        with xarray.open_dataset(self.demo_result) as data:
            self.assertEqual(told["lives"], data["status"].size)
            self.assertEqual(told["ok"], int((data["status"] == 0).sum()))

    def test_one_changed_bit_is_found_by_the_hash(self):
        path = self.copy(self.demo_result)
        with h5py.File(path, "r+") as file:
            file["age"][3] = np.nextafter(file["age"][3], 200)
        found, _ = self.findings(1, path)
        self.assertEqual(set(found), {"hash", "audit"})

    def change(self, path, how):
        copy = self.copy(path)
        with h5py.File(copy, "r+") as file:
            how(file)
        self.rehash(copy)
        return self.findings(1, copy)[0]

    def test_each_check_finds_what_it_is_for(self):
        """The file is changed and the hash put right: the check itself must see it."""
        def status(value):
            return lambda file: file["status"].__setitem__((1, 4), value)

        def text(name):
            def set_it(file):
                del file["provenance"][name]
                file["provenance"][name] = "a: [b" if name == "resolved" else "no hash"
            return set_it

        cases = {
            "complete": status(1),
            "lives": status(77),
            "outputs": lambda file: file["FEV1"].__setitem__((0, 2, 1), np.inf),
            "patients": lambda file: file["patient"].__setitem__(3, 3),
            "units": lambda file: file["FEV1"].attrs.__setitem__("units", np.bytes_("litle")),
            "doses": lambda file: file["dose_patient"].__setitem__(0, 5),
            "provenance": text("resolved"),
            "inputs": text("inputs"),
            "schema": lambda file: file.attrs.__setitem__(
                "schema_version", np.bytes_("2.0.0")),
        }
        for check, how in cases.items():
            with self.subTest(check):
                found = self.change(self.demo_result, how)
                self.assertIn(check, found)
                self.assertEqual(found[check]["verdict"], "FAIL")

    def test_a_failed_life_has_no_numbers(self):
        found = self.change(self.demo_result, lambda file: file["status"].__setitem__((1, 4), 2))
        self.assertIn("patient 5", found["outputs"]["text"])
        self.assertIn("run.json", found)  # which counts one more good life

    def test_inputs_that_changed_are_a_note(self):
        drug = os.path.join(SOURCE, "inputs/drugs/fevipiprant.yaml")
        shutil.copy(drug, self.folder)
        with open(FIRST, encoding="utf-8") as file:
            study = self.write("study.yaml", file.read().replace("drugs/", ""))
        path = self.result(study)
        with open(os.path.join(self.folder, "fevipiprant.yaml"), "a", encoding="utf-8") as file:
            file.write("# changed\n")
        os.rename(study, study + ".away")
        found, told = self.findings(0, path)
        self.assertEqual((set(found), told["notes"]), ({"inputs"}, 2))
        self.findings(1, path, "--strict")

    def test_without_its_folder_the_file_still_speaks_for_itself(self):
        path = self.copy(self.demo_result)
        shutil.rmtree(path + ".run")
        found, _ = self.findings(0, path)
        self.assertEqual({f["verdict"] for f in found.values()}, {"NOTE"})

    def test_mistakes_have_their_exit_code(self):
        self.run_it(74, "verify", "nowhere.h5")
        self.run_it(65, "verify", DEMO)
        self.run_it(2, "verify")
        self.run_it(2, "verify", self.events, "--jsn")


class Diff(Results):
    def test_the_same_is_the_same(self):
        told = self.run_it(0, "diff", self.events, self.copy(self.events), "--attributes")
        with h5py.File(self.events) as file:
            n = sum(isinstance(item, h5py.Dataset) for item in file.values())
        self.assertIn(f"{n} same, 0 different", told)

    def test_the_worst_place_is_told_with_both_values(self):
        copy = self.copy(self.demo_result)
        with h5py.File(copy, "r+") as file:
            times = file["time"][()]
            c = file["fevipiprant.C"]
            was = c[1, 6, 5]
            c[1, 6, 5] = was * 1.5
            c[1, 6, 4] = c[1, 6, 4] * 1.25
            file["message"][1, 3] = "new"
            arm = file["arm"][1].decode()
        told = self.run_it(1, "diff", self.demo_result, copy, "--quiet")
        lines = told.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn(f"fevipiprant.C (arm, patient, time): 2 of {len(times) * 60}", lines[0])
        self.assertIn(f"worst at arm {arm}, patient 7, time {times[5]:.15g} h: "
                      f"{was:.17g} against {was * 1.5:.17g} mg/L", lines[0])
        self.assertIn("message (arm, patient): 1 of 60", lines[1])
        self.assertIn("'' against 'new'", lines[1])

    def test_a_tolerance_is_what_it_says(self):
        copy = self.copy(self.demo_result)
        with h5py.File(copy, "r+") as file:
            file["age"][0] = 50.0
            was = file["age"][1]
            file["age"][1] = was + 0.001
        with h5py.File(self.copy(self.demo_result, "other.h5"), "r+") as file:
            file["age"][0] = 50.0
        other = os.path.join(self.folder, "other.h5")
        self.run_it(1, "diff", other, copy)
        self.run_it(1, "diff", other, copy, "--atol", "0.0009")
        self.run_it(0, "diff", other, copy, "--atol", "0.0011")
        self.run_it(1, "diff", other, copy, "--rtol", repr(0.0009 / was))
        self.run_it(0, "diff", other, copy, "--rtol", repr(0.0011 / was))
        self.run_it(0, "diff", other, copy, "--only", "height,sex")
        self.run_it(1, "diff", other, copy, "--only", "height,age")

    def test_nan_zero_and_integers(self):
        """Bits tell NaN from NaN and 0 from -0, a tolerance does not; counts have none."""
        copy = self.copy(self.events)
        with h5py.File(copy, "r+") as file:
            file["weight"][0] = np.nan
        self.run_it(1, "diff", self.events, copy, "--rtol", "10")
        other = self.copy(copy, "other.h5")
        with h5py.File(other, "r+") as file:
            file["weight"][0] = np.frombuffer(b"\x01\0\0\0\0\0\xf8\xff")[0]
            file["fevipiprant.C"][0, 0, 0] = -0.0
        self.assertIn("53 same", self.run_it(1, "diff", copy, other))
        self.run_it(0, "diff", copy, other, "--atol", "0")
        with h5py.File(other, "r+") as file:
            file["n_steps"][0, 0] += 1
        self.run_it(1, "diff", copy, other, "--rtol", "10")

    def test_other_shapes_and_datasets_are_named(self):
        told = self.run_it(1, "diff", self.events, self.demo_result)
        self.assertIn(f"only in {self.demo_result}: FEV1\n", told)
        self.assertIn(f"only in {self.events}: obs_time\n", told)
        self.assertIn("differs  patient: integers (patient: 2) against integers (patient: 30)", told)

    def test_attributes_count_only_when_asked_for(self):
        copy = self.copy(self.events)
        with h5py.File(copy, "r+") as file:
            file["weight"].attrs["units"] = np.bytes_("g")
            file["provenance"].attrs["seed"] = np.bytes_("8")
        self.run_it(0, "diff", self.events, copy)
        told = self.run_it(1, "diff", self.events, copy, "--attributes", "--quiet")
        self.assertIn("differs  weight: attribute units: 'kg' against 'g'", told)
        self.assertIn("differs  provenance: attribute seed: '7' against '8'", told)

    def test_mistakes_have_their_exit_code(self):
        for code, arguments in ((74, [self.events, "nowhere.h5"]), (65, [self.events, DEMO]),
                                (2, [self.events]), (2, [self.events] * 2 + ["--rtol", "-1"]),
                                (2, [self.events] * 2 + ["--bits", "--rtol", "1"]),
                                (2, [self.events] * 2 + ["--only", "FEV2"])):
            with self.subTest(arguments):
                self.run_it(code, "diff", *arguments)


class Export(Results):
    def export(self, path, *options):
        out = os.path.join(self.folder, "csv")
        self.run_it(0, "export", path, "--csv", out, *options)
        return out

    @staticmethod
    def read(folder, name):
        return pandas.read_csv(os.path.join(folder, name), float_precision="round_trip",
                               keep_default_na=False, na_values=[""])

    def test_every_number_comes_back_as_its_bits(self):
        """All datasets but the scales and indices, of both results."""
        for path in (self.demo_result, self.events):
            folder = self.export(path)
            columns = {}
            for name in os.listdir(folder):
                for title, values in self.read(folder, name).items():
                    columns[title.split(" [")[0]] = values
            with xarray.open_dataset(path) as data:
                n_obs = data.sizes.get("obs", 0)
                for name, variable in data.data_vars.items():
                    if name in ("dose_arm", "dose_patient", "obs_patient",
                                "record_patient", "message"):
                        continue
                    got, want = columns[name], variable.values.ravel()
                    if variable.dims == ("obs",):  # repeated in every arm
                        got = got[:n_obs]
                    if "flag_meanings" in variable.attrs:
                        words = dict(zip(np.atleast_1d(variable.attrs["flag_values"]),
                                         variable.attrs["flag_meanings"].split()))
                        self.assertEqual(list(map(str, got)), [words.get(v, str(v)) for v in want], name)
                        continue
                    self.assertTrue(np.array_equal(got.to_numpy(), want, equal_nan=True), name)
            shutil.rmtree(folder)

    def test_keys_and_units_are_those_of_the_file(self):
        folder = self.export(self.demo_result)
        self.assertEqual(set(os.listdir(folder)),
                         {"patients.csv", "lives.csv", "trajectories.csv", "visits.csv",
                          "doses.csv", "flow_volume.csv"})
        with xarray.open_dataset(self.demo_result) as data:
            rows = self.read(folder, "trajectories.csv")
            of = rows[(rows.arm == "fevipiprant") & (rows.patient == 9)]
            self.assertTrue(np.array_equal(of["time [h]"], data["time"].values))
            want = data["fevipiprant.C"].sel(arm="fevipiprant", patient=9).values
            self.assertTrue(np.array_equal(of["fevipiprant.C [mg/L]"], want, equal_nan=True))
            doses = self.read(folder, "doses.csv")
            n = doses[(doses.arm == "fevipiprant") & (doses.patient == 9)].shape[0]
            self.assertEqual(n, int((data["dose_patient"] == 8).sum()))
        lives = self.read(folder, "lives.csv")
        self.assertTrue({"ok"} <= set(lives.status))
        self.assertTrue({"male", "female"} >= set(self.read(folder, "patients.csv").sex))

    def test_it_is_csv_as_rfc_4180_says(self):
        study = self.demo(arms={'a, "b"': []}, visits=[{"at": "0 h", "tests": ["spirometry"]}],
                          duration="1 week", output={"every": "1 week", "keep": ["FEV1"]})
        folder = self.export(self.result(study, "--patients", "1:3", "--max-failed", "100%"))
        with open(os.path.join(folder, "visits.csv"), "rb") as file:
            text = file.read()
        self.assertEqual(text.count(b"\n"), text.count(b"\r\n"))
        self.assertTrue(text.startswith(b"arm,patient,visit [h],FEV1 [L]\r\n\"a, \"\"b\"\"\",1,0,"))
        rows = list(csv.reader(text.decode().splitlines(), strict=True))
        self.assertEqual({len(row) for row in rows}, {4})
        self.assertEqual({row[0] for row in rows[1:]}, {'a, "b"'})

    def test_one_file_for_one_table(self):
        out = os.path.join(self.folder, "some.csv")
        self.run_it(0, "export", self.demo_result, "--csv", out, "--only", "FEV1,FVC")
        rows = self.read(self.folder, "some.csv")
        self.assertEqual(list(rows.columns), ["arm", "patient", "visit [h]", "FEV1 [L]", "FVC [L]"])
        for code, arguments in (
                (2, [self.demo_result, "--csv", "x.csv"]), (2, [self.demo_result]),
                (2, [self.demo_result, "--csv", "d", "--only", "FEV2"]),
                (74, ["nowhere.h5", "--csv", "d"]), (65, [DEMO, "--csv", "d"])):
            with self.subTest(arguments):
                self.run_it(code, "export", *arguments)
        self.assertEqual(os.listdir(self.folder), ["some.csv"])

    def test_a_full_disk_leaves_no_part_of_a_table(self):
        out = self.export(self.demo_result)
        before = sorted(os.listdir(out))
        done = subprocess.run(
            ["bash", "-c", 'ulimit -f 8; trap "" XFSZ; exec "$@"', "-", PROGRAM, "export",
             self.demo_result, "--csv", out], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("cannot write", done.stderr)
        self.assertEqual(sorted(os.listdir(out)), before)


if __name__ == "__main__":
    unittest.main()
