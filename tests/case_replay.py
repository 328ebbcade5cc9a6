#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A life that is replayed has the bits that the result has, and shows every step."""
import csv
import os
import shutil
import unittest

import h5py
import numpy as np
import yaml

from program import DEMO, SOURCE, Case, arms_of

DIFFERENT, USAGE, BAD_INPUT = 1, 2, 65
INPUTS = os.path.join(SOURCE, "inputs")


class Replay(Case):
    def replay(self, result, patient, *more, code=0, says=""):
        done = self.pneuma("replay", result, "--patient", str(patient), "--out", "trace.csv",
                           *more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(says, done.stdout + done.stderr)
        if code not in (0, DIFFERENT):
            return []
        with open(os.path.join(self.folder, "trace.csv"), encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def value(self, result, name, arm, patient):
        """One number over (arm, patient), patients counted from 0."""
        with h5py.File(result) as file:
            return file[name][arm, patient]

    def test_every_kind_of_study_gives_the_same_bits(self):
        for name, more, patients in (("first.yaml", [], (1, 10)),
                                     ("fevipiprant-phase2.yaml", ["--patients", "5:9"], (5, 9)),
                                     ("events-example.yaml", [], (1, 7)),
                                     ("kinetics.yaml", [], (1,))):
            result = self.result(os.path.join(INPUTS, name), *more, name=name + ".h5")
            for arm in arms_of(result):
                for patient in patients:
                    with self.subTest(name, arm=arm, patient=patient):
                        self.replay(result, patient, "--arm", arm, says="same bits: ")

    def test_a_point_of_a_sweep(self):
        result = self.result(os.path.join(INPUTS, "sweep.yaml"), name="sweep.h5")
        arm = arms_of(result)[-1]
        self.replay(result, 1, "--arm", arm, "--point", "2", says="same bits: ")
        self.replay(result, 1, "--arm", arm, code=USAGE, says="choose one by --point")
        self.replay(result, 1, "--arm", arm, "--point", "9999", code=USAGE, says="points")

    def test_the_trace_is_every_step_of_the_life(self):
        result = self.result(DEMO, "--patients", "1:4")
        rows = self.replay(result, 2, "--arm", "fevipiprant")
        steps = [row for row in rows if row["event"] == "step"]
        rejected = [row for row in rows if row["event"] == "rejected"]
        self.assertEqual(len(steps), self.value(result, "n_steps", 1, 1))
        self.assertEqual(len(rejected), self.value(result, "n_rejected", 1, 1))
        doses = [row for row in rows if row["event"] == "dose"]
        self.assertEqual(len(doses), self.value(result, "n_doses", 1, 1))
        self.assertEqual([row["number"] for row in rows if row["event"] == "visit"],
                         ["1", "2", "3", "4"])
        self.assertEqual((rows[0]["event"], rows[-1]["event"]), ("try", "end"))
        self.assertEqual(float(rows[-1]["TIME [h]"]), self.value(result, "t_end", 1, 1))
        ends = np.array([float(row["TIME [h]"]) for row in steps])
        sizes = np.array([float(row["STEP [h]"]) for row in steps])
        np.testing.assert_allclose(np.diff(ends), sizes[1:], rtol=1e-9, atol=1e-9)
        # a bolus is in the depot at once, and nowhere else
        first = next(row for row in rows if row["event"] == "dose")
        self.assertEqual(float(first["fevipiprant.A0 [mg]"]), float(first["amount"]))

    def test_a_failed_life_shows_each_try(self):
        with open(os.path.join(INPUTS, "first.yaml"), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        for regimens in study["arms"].values():
            regimens[0]["drug"] = os.path.join(INPUTS, regimens[0]["drug"])
        study["solver"] = {"method": "auto", "max_steps": 10}
        path = self.write("few.yaml", yaml.safe_dump(study))
        self.assertEqual(self.pneuma("run", path, "--quiet").returncode, 3)
        rows = self.replay("results.h5", 1, "--arm", "daily", says="same bits: ")
        failed = [row for row in rows if row["event"] == "too_many_steps"]
        result = os.path.join(self.folder, "results.h5")
        self.assertEqual(len(failed), self.value(result, "n_tries", 1, 0))
        self.assertGreater(len({row["method"] for row in failed}), 1)
        self.assertEqual(failed[-1]["method"], "rosenbrock_tight")  # a smaller tolerance

    def test_a_number_that_was_altered_is_named(self):
        result = self.result(os.path.join(INPUTS, "first.yaml"))
        with h5py.File(result, "r+") as file:
            file["fevipiprant.C"][1, 3, 20] = np.nextafter(file["fevipiprant.C"][1, 3, 20], 9)
        self.replay(result, 4, "--arm", "daily", code=DIFFERENT, says="fevipiprant.C[20]: was ")
        self.replay(result, 4, "--arm", "once")
        self.replay(result, 5, "--arm", "daily")

    def test_a_table_that_was_changed_or_moved_is_named(self):
        for name in ("events-example.yaml", "events-example.csv"):
            shutil.copy(os.path.join(INPUTS, name), self.folder)
        shutil.copytree(os.path.join(INPUTS, "drugs"), os.path.join(self.folder, "drugs"))
        self.result("events-example.yaml")
        os.mkdir(os.path.join(self.folder, "moved"))
        table = os.path.join(self.folder, "events-example.csv")
        shutil.move(table, os.path.join(self.folder, "moved"))
        self.replay("results.h5", 1, "--arm", "treated", code=BAD_INPUT,
                    says="cannot open 'events-example.csv'")
        self.replay("results.h5", 1, "--arm", "treated", "--inputs", "moved")
        with open(os.path.join(self.folder, "moved/events-example.csv"), "a",
                  encoding="utf-8") as file:
            file.write("\n")
        self.replay("results.h5", 1, "--arm", "treated", "--inputs", "moved", code=BAD_INPUT,
                    says="is not the file that results.h5 was made from")

    def test_who_is_not_there_is_named(self):
        self.result(os.path.join(INPUTS, "first.yaml"))
        self.replay("results.h5", 11, "--arm", "once", code=USAGE, says="has no patient 11")
        self.replay("results.h5", 1, code=USAGE, says="has 2 arms: choose one by --arm")
        self.replay("results.h5", 1, "--arm", "dailly", code=USAGE,
                    says="did you mean 'daily'?")


if __name__ == "__main__":
    unittest.main()
