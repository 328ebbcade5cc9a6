#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--rerun-failed: only those who failed are simulated again, and the result is the one that
a run without failures writes, byte for byte."""
import filecmp
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np
import yaml

from case_survive import CRASHED, FAILED_PATIENTS, FAULTS, IO, OTHER_RUN, Survive
from kill_runs import children, is_program
from program import SOURCE, absolute

USAGE = 2
ALL = ("--max-failed", "100%")


class Rerun(Survive):
    def crashed(self, study, *more, out="results.h5", patient=6, fault=""):
        """A result in which one patient has crashed in every arm."""
        env = {"LD_PRELOAD": FAULTS, "PN_FAULT": f"segv:{patient},{fault}"}
        for _ in range(30):
            done = self.pneuma("run", study, "--out", out, *ALL, *more, env=env)
            if done.returncode == 0:
                return os.path.join(self.folder, out)
        return self.fail(done.stderr)

    def statuses(self, path):
        with h5py.File(path) as file:
            return file["status"][()]

    def log(self, path):
        with open(path + ".run/audit.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def rerun(self, study, *more, code=0, says=(), **how):
        return self.again(code, study, "--rerun-failed", *more, says=says, **how)

    def assert_same(self, path, whole):
        self.assertTrue(filecmp.cmp(path, whole, shallow=False))

    def assert_verified(self, path):
        done = self.pneuma("verify", path, "--strict")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class OfAResult(Rerun):
    def check(self, study, *more, n_arms, patient=6):
        whole = self.result(study, *more, name="whole.h5")
        path = self.crashed(study, *more, patient=patient)
        failed = self.statuses(path)
        self.assertEqual(np.flatnonzero(failed == CRASHED).size, n_arms)
        n_failed = np.count_nonzero(failed)
        self.rerun(study, *more, *ALL)
        self.assert_same(path, whole)
        self.assert_verified(path)
        start = [line for line in self.log(path) if line["event"] == "start"][-1]
        self.assertEqual(start["jobs"] - start["found"], n_failed)
        self.assertEqual(len(start["rerun_failed"]), 64)
        self.assertEqual(sorted(os.listdir(path + ".run")), ["audit.jsonl", "run.json"])

    def test_of_concentrations(self):
        self.check(self.small(), n_arms=2)
        self.rerun("study.yaml", says=["20 lives, 20 fine, 0 failed: nothing to do"])

    def test_of_visits_and_spirometry(self):
        self.check(self.demo(), "--patients", "1:40", n_arms=2)

    def test_of_observations_and_doses(self):
        self.check(os.path.join(SOURCE, "inputs/events-example.yaml"), n_arms=2, patient=1)

    def test_of_a_sweep_that_keeps_its_lives(self):
        self.check(self.small(design={"method": "grid", "factors": {
            "fevipiprant.dose": ["100 mg", "200 mg"]}}), n_arms=4)

    def test_who_fails_again_has_failed(self):
        study = self.small(solver={"method": "explicit", "max_steps": 10})
        self.again(FAILED_PATIENTS, study)
        path = os.path.join(self.folder, "results.h5")
        shutil.copy(path, os.path.join(self.folder, "before.h5"))
        for ranks in (0, 2):
            self.rerun(study, code=FAILED_PATIENTS, says=["20 of 20 patients failed"], ranks=ranks)
            self.assert_same(path, os.path.join(self.folder, "before.h5"))


class Budget(Rerun):
    def studies(self, method="explicit"):
        """A study whose budget is enough for some only, and its name with a larger one."""
        large = self.small("large.yaml", solver={"method": method, "max_steps": 10**6})
        whole = self.result(large, name="whole.h5")
        with h5py.File(whole) as file:
            steps = file["n_steps"][()] + file["n_rejected"][()]
        small = self.small("few.yaml", solver={"method": method, "max_steps": int(np.median(steps))})
        return small, large, whole

    def test_a_larger_budget_gives_what_a_fresh_run_gives(self):
        small, large, whole = self.studies()
        self.again(0, small, *ALL)
        path = os.path.join(self.folder, "results.h5")
        n_failed = np.count_nonzero(self.statuses(path))
        self.assertTrue(2 <= n_failed <= 18, n_failed)
        self.rerun(large, says=["20 fine, 0 failed"])
        self.assert_same(path, whole)
        self.assert_verified(path)

    def test_what_else_has_changed_is_refused(self):
        small, large, _ = self.studies()
        self.again(0, small, *ALL)
        with open(large, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        other = self.write("other.yaml", yaml.safe_dump({**study, "seed": 2}))
        self.rerun(other, code=OTHER_RUN, says=["the seed: was 1, is 2"])
        fewer = self.small("fewer.yaml", solver={"method": "explicit", "max_steps": 5})
        self.rerun(fewer, code=OTHER_RUN, says=["takes a larger budget, no smaller one"])
        self.rerun(large, "--patients", "1:5", code=OTHER_RUN, says=["another run"])
        for wrong in (["--restart"], ["--shard", "1/2"], ["--extend", "results.h5"]):
            self.rerun(large, *wrong, code=USAGE, says=["not given together with"])

    def test_a_choice_of_method_that_met_the_budget_may_be_another(self):
        small = self.small("auto.yaml", solver={"method": "auto", "max_steps": 20})
        self.again(0, small, *ALL)
        large = self.small("large.yaml", solver={"method": "auto", "max_steps": 10**6})
        self.rerun(large, code=OTHER_RUN, says=["may have chosen another method"])


class Killed(Rerun):
    """Many lives that fail for want of steps, so that a rerun takes a while."""
    def slow(self):
        common = {"solver": {"method": "explicit", "max_steps": 10**6}}
        large = self.demo("large.yaml", **common)
        patients = ["--patients", "1:300"]
        whole = self.result(large, *patients, name="whole.h5")
        with h5py.File(whole) as file:
            steps = file["n_steps"][()] + file["n_rejected"][()]
        small = self.demo("few.yaml", solver={"method": "explicit",
                                              "max_steps": int(np.quantile(steps, 0.2))})
        self.again(0, small, *patients, *ALL)
        return [large, *patients, *ALL], whole

    def test_the_old_result_stays_until_the_new_one_is_whole(self):
        command, whole = self.slow()
        path = os.path.join(self.folder, "results.h5")
        old = os.path.join(self.folder, "old.h5")
        shutil.copy(path, old)
        for ranks, wait in ((0, "002"), (2, "003")):
            with self.start(*command, "--rerun-failed", ranks=ranks) as running:
                self.wait_for(f"results.h5.run/journal-00000-{wait}.pnj")
                time.sleep(0.2)
                self.assertIsNone(running.poll(), "ended before it was killed")
                for pid in [running.pid, *children(running.pid)]:
                    if is_program(pid):
                        os.kill(pid, signal.SIGKILL)
                running.communicate()
            self.assert_same(path, old)
            self.write("results.h5.part1", "of a killed assembly")
        status = self.pneuma("status", path + ".run", "--json")
        told = json.loads(status.stdout)
        self.assertLess(told["done"], told["jobs"])
        # the study with the small budget is still what made the result
        self.again(0, self.folder + "/few.yaml", *command[1:], says=["nothing to do"])
        self.rerun(*command, says=["were found in the earlier result"], ranks=3)
        self.assertFalse(os.path.exists(path + ".part1"))
        self.assert_same(path, whole)
        self.assert_verified(path)

    def test_a_run_that_is_told_without_the_option_leaves_a_rerun_alone(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        path = self.crashed(study)
        env = {"LD_PRELOAD": FAULTS, "PN_FAULT": "kill:6"}
        self.assertEqual(self.pneuma("run", study, "--rerun-failed", env=env).returncode, -9)
        self.again(0, study, *ALL, says=["nothing to do, but --rerun-failed has work left"])
        self.rerun(study, says=["20 fine"])
        self.assert_same(path, whole)

    def test_killed_when_it_had_replaced_the_result(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        path = self.crashed(study)
        done = self.pneuma("run", study, "--rerun-failed",
                           env={"LD_PRELOAD": FAULTS, "PN_FAULT": "nounlink"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(path, whole)
        self.rerun(study, says=["nothing to do"])
        self.again(0, study, says=["nothing to do"])
        self.assert_same(path, whole)
        self.assertEqual(sorted(os.listdir(path + ".run")), ["audit.jsonl", "run.json"])

    def test_a_full_disk_leaves_the_old_result(self):
        disk = self.mount("-o", "size=8m")
        study, out = self.small(), os.path.join(disk, "results.h5")
        whole = self.result(study, name="whole.h5")
        self.crashed(study, out=out)
        shutil.copy(out, os.path.join(self.folder, "old.h5"))
        ballast = os.path.join(disk, "ballast")
        subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], capture_output=True,
                       check=False)
        self.rerun(study, "--out", out, code=IO, says=["No space left on device"])
        self.assert_same(out, os.path.join(self.folder, "old.h5"))
        os.unlink(ballast)
        self.rerun(study, "--out", out, says=["20 fine"])
        self.assert_same(out, whole)


class Unfinished(Rerun):
    def test_failures_in_the_journals_count_for_nothing(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        path = self.crashed(study, fault="nounlink")
        self.assertTrue(any(name.startswith("note-") for name in os.listdir(path + ".run")))
        os.unlink(path)  # as if it was killed before it could write one
        for _ in range(2):  # and again, where that was killed in its turn
            done = self.pneuma("run", study, "--rerun-failed",
                               env={"LD_PRELOAD": FAULTS, "PN_FAULT": "kill:6"})
            self.assertEqual(done.returncode, -9, done.stderr)
        told = json.loads(self.pneuma("status", path, "--json").stdout)
        self.assertEqual((told["done"], told["failed"]), (18, 0))
        self.again(0, study, says=["20 fine, 0 failed"])  # now without the option, too
        self.assert_same(path, whole)
        self.assertEqual(sorted(os.listdir(path + ".run")), ["audit.jsonl", "run.json"])

    def test_without_the_option_they_stand(self):
        study = self.small()
        path = self.crashed(study, fault="nounlink")
        os.unlink(path)
        self.again(0, study, *ALL, says=["18 fine, 2 failed"])


class Summary(Rerun):
    """A sweep that keeps statistics only: points with failures are run again, whole."""
    def sweep(self, name, n):
        with open(os.path.join(SOURCE, "inputs/sweep.yaml"), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        absolute(study, os.path.join(SOURCE, "inputs"))
        self.write(f"{name}.csv", "fevipiprant.dose [mg]\n" + "".join(
            f"{100 * (i + 1)}\n" for i in range(n)))
        study.update(design={"method": "list", "file": f"{name}.csv"}, lives="summary")
        study["population"]["size"] = 10
        return self.write(f"{name}.yaml", yaml.safe_dump(study, sort_keys=False))

    def test_points_with_failures_are_run_again(self):
        one, three = self.sweep("one", 1), self.sweep("three", 3)
        whole = self.result(three, name="whole.h5")
        self.crashed(one, out="one.h5")
        path = self.result(three, "--extend", "one.h5", "--max-failed", "50%")
        self.assertEqual(np.count_nonzero(self.statuses(path)), 2)
        self.rerun(three, says=["2 points were found in results.h5", "60 fine"])
        self.assert_same(path, whole)
        self.assert_verified(path)

    def test_a_result_without_lives_and_points_is_refused(self):
        study = self.small(lives="summary")
        self.crashed(study)
        self.rerun(study, code=OTHER_RUN, says=["keeps statistics in place of lives"])


if __name__ == "__main__":
    unittest.main()
