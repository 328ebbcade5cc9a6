#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a study in one folder (--shard), and pneuma merge: the bytes of a single run."""
import filecmp
import glob
import os
import shutil
import signal
import subprocess
import time
import unittest

import yaml

from program import DEMO, PROGRAM, Case, patience

PATIENTS = "1:120"
USAGE, INPUT, OTHER_RUN, WORK_LEFT = 2, 65, 75, 85


class Shards(Case):
    def arguments(self, *more, out="r.h5", patients=PATIENTS):
        return ["run", DEMO, "--out", out, "--patients", patients, "--quiet", "--max-failed",
                "10%", *more]

    def shard(self, k, n, *more, code=0, **how):
        done = self.pneuma(*self.arguments("--shard", f"{k}/{n}", *more), **how)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def merge(self, code=0, what="r.h5", **how):
        done = self.pneuma("merge", what, "--quiet", "--max-failed", "10%", **how)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def equals_a_single_run(self, out="r.h5", patients=PATIENTS):
        done = self.pneuma(*self.arguments(out="whole.h5", patients=patients))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, out),
                                    os.path.join(self.folder, "whole.h5"), shallow=False))
        left = os.listdir(os.path.join(self.folder, out + ".run"))
        self.assertEqual([name for name in left
                          if name.startswith(("journal", "shard", "lock"))], [])

    def start(self, k, n, patients):
        """A shard that has written something and is still at work."""
        running = subprocess.Popen([PROGRAM, *self.arguments("--shard", f"{k}/{n}",
                                                             patients=patients)],
                                   cwd=self.folder, stderr=subprocess.DEVNULL)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        number = f"{(k - 1) * 10000:05d}"
        deadline = time.monotonic() + patience(30)
        while not any(os.path.getsize(path) > 4096 for path in
                      glob.glob(f"{self.folder}/r.h5.run/journal-{number}-*.pnj")):
            self.assertIsNone(running.poll(), "ended before it was seen")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        return running

    def test_shards_in_any_order_and_ranks_give_the_bytes_of_a_single_run(self):
        self.shard(3, 3, ranks=2)
        self.shard(1, 3)
        self.shard(2, 3, ranks=3)
        self.merge()
        self.equals_a_single_run()
        self.merge()  # and again: nothing to do

    def test_more_shards_than_work_are_no_trouble(self):
        for k in range(1, 41):
            self.shard(k, 40)
        self.merge(what="r.h5.run/")
        self.equals_a_single_run()

    def test_merge_names_the_shards_that_are_missing(self):
        self.shard(2, 4)
        told = self.merge(code=WORK_LEFT)
        for k in (1, 3, 4):
            self.assertIn(f"{k}/4 (", told)
        self.assertNotIn("2/4 (", told)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "r.h5")))
        for k in (1, 3):
            self.shard(k, 4)
        self.assertRegex(self.merge(code=WORK_LEFT), r"shard 4/4 \(\d+ lives left\)\n")
        self.shard(4, 4)
        self.merge()
        self.equals_a_single_run()

    def test_a_stopped_and_a_killed_shard_go_on(self):
        many = "1:800"
        for number, code in ((signal.SIGUSR1, WORK_LEFT), (signal.SIGKILL, -signal.SIGKILL)):
            running = self.start(1, 2, many)
            running.send_signal(number)
            self.assertEqual(running.wait(20), code)
            self.assertIn("shard", self.merge(code=WORK_LEFT))
        for k in (1, 2):
            done = self.pneuma(*self.arguments("--shard", f"{k}/2", patients=many))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.merge()
        self.equals_a_single_run(patients=many)

    def test_one_at_a_time_in_a_shard_and_none_beside_the_whole(self):
        many = "1:900"
        self.start(1, 2, many)
        for more in (["--shard", "1/2"], []):
            done = self.pneuma(*self.arguments(*more, patients=many))
            self.assertEqual(done.returncode, OTHER_RUN, done.stderr)
            self.assertIn("in use by process", done.stderr)

    def test_a_sweep_is_extended_in_shards(self):
        def sweep(name, points):
            return self.demo(name, population={**self.population(), "size": 6}, design={
                "method": "sobol", "points": points,
                "factors": {"fevipiprant.CL": {"median": "20 L/h", "cv": "30 %"}}})
        few, more = sweep("few.yaml", 3), sweep("more.yaml", 8)
        options = ["--quiet", "--max-failed", "50%", "--seed", "5"]
        for command in (["run", few, "--out", "few.h5"], ["run", more, "--out", "whole.h5"],
                        *(["run", more, "--out", "r.h5", "--extend", "few.h5", "--shard", f"{k}/2"]
                          for k in (2, 1))):
            done = self.pneuma(*command, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            if command[-1] == "2/2":
                self.assertIn("shard 1/2 (", self.merge(code=WORK_LEFT))
        self.merge()
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, "r.h5"),
                                    os.path.join(self.folder, "whole.h5"), shallow=False))

    def population(self):
        with open(DEMO, encoding="utf-8") as file:
            return yaml.safe_load(file)["population"]

    def test_a_merge_that_was_killed_before_it_was_tidy_is_tidied_by_the_next(self):
        for k in (1, 2):
            self.shard(k, 2)
        folder, kept = (os.path.join(self.folder, name) for name in ("r.h5.run", "kept"))
        shutil.copytree(folder, kept)
        self.merge()
        shutil.rmtree(folder)
        os.rename(kept, folder)  # as it stood when the result had just got its name
        self.merge()
        self.equals_a_single_run()
        self.merge()

    def test_another_division_or_study_is_refused(self):
        self.shard(1, 3)
        self.assertIn("divided into 3 shards", self.shard(1, 4, code=OTHER_RUN))
        done = self.pneuma(*self.arguments("--shard", "2/3", patients="1:64"))
        self.assertEqual(done.returncode, OTHER_RUN)

    def test_a_run_without_shards_does_what_is_left(self):
        self.shard(2, 3)
        done = self.pneuma(*self.arguments())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.equals_a_single_run()

    def test_a_study_that_has_changed_is_not_merged(self):
        study = self.demo()
        run = ["run", study, "--out", "r.h5", "--patients", "1:20", "--quiet",
               "--max-failed", "50%", "--shard"]
        for k in (1, 2):
            self.assertEqual(self.pneuma(*run, f"{k}/2").returncode, 0)
        self.demo(seed=99)
        self.assertIn("seed", self.merge(code=OTHER_RUN))
        os.remove(study)
        self.merge(code=74)
        self.demo()
        self.merge()

    def test_what_no_shard_wrote_is_refused(self):
        self.shard(1, 2)
        path = os.path.join(self.folder, "r.h5.run/shards")
        with open(path, encoding="utf-8") as file:
            good = file.read()
        for text in ("", "pneuma shards 1\n", good.replace("n 2", "n 0"),
                     good.replace("seed 0", "seed x"), good.replace("seed 0\n", ""),
                     good.replace("n 2", "n 123456"), good[:-1], good.replace("1:120", "x"),
                     good.replace("study ", "study " + 5000 * "x"), good.replace("events", ""), good.replace("extend", "")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn("not what a shard", self.merge(code=INPUT))
            self.shard(2, 2, code=INPUT)

    def test_wrong_command_lines_are_usage_errors(self):
        for arguments in (self.arguments("--shard", "3/2"), self.arguments("--shard", "x"),
                          self.arguments("--shard", "1/2", "--restart"), ["merge"],
                          ["merge", "a", "b"], ["merge", "--nonsense", "a"],
                          ["merge", "nowhere.h5"], ["merge", "a", "--max-failed", "x"]):
            done = self.pneuma(*arguments)
            self.assertEqual(done.returncode, USAGE, arguments)
            self.assertRegex(done.stderr, "^pneuma: error: [^\n]*\n$")
            self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
