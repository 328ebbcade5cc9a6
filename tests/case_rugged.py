#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged results, locks that hold on one machine only, records that go bad, ends that a kill
has cut: one sentence and the right code, nothing lost, nothing left."""
import filecmp
import glob
import gzip
import os
import shutil
import signal
import subprocess
import time
import unittest

import yaml

from case_survive import FAULTS, IO, OTHER_RUN, Survive
from program import PROGRAM, SOURCE, patience

DAMAGED = os.path.join(SOURCE, "tests/cases/damaged")
INPUT, STOPPED = 65, 85
TRACES = ("journal-", "note-", "identity", "lock", "shard", "rerun")


class Rugged(Survive):
    def traces(self, out="r.h5"):
        """What only a run in progress has."""
        left = [name for name in os.listdir(os.path.join(self.folder, out + ".run"))
                if name.startswith(TRACES) or ".part" in name or ".gone" in name]
        return left + [os.path.basename(name) for name in glob.glob(f"{self.folder}/*.part*")]

    def assert_complete(self, whole, out="r.h5"):
        self.assertEqual(self.traces(out), [])
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, out), whole, shallow=False))

    def long(self, weeks=150):
        """A study of a second or two, and more by as many weeks more."""
        with open(self.heavy(), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study.update(duration=f"{weeks} week", output={**study["output"], "every": "10 week"})
        return self.write("long.yaml", yaml.safe_dump(study, sort_keys=False))

    def faulty(self, fault, *arguments):
        return self.pneuma(*arguments, env={"LD_PRELOAD": FAULTS, "PN_FAULT": fault})


class Damaged(Rugged):
    def test_damaged_results_are_refused_in_one_sentence(self):
        for name in ("1-3-again", "2-642-extend", "2-877-export"):
            path = os.path.join(self.folder, "m.h5")
            with gzip.open(os.path.join(DAMAGED, name + ".h5.gz")) as packed, open(path, "wb") as file:
                shutil.copyfileobj(packed, file)
            study = os.path.join(SOURCE, "inputs", "events-example.yaml" if name.startswith("1")
                                 else "uncertainty.yaml")
            run = ["run", study, "-q", "--patients", "1:2", "--out"]
            for words in ([*run, "m.h5"], [*run, "m.h5", "--rerun-failed"], [*run, "n.h5", "--extend", "m.h5"],
                          ["verify", "m.h5"], ["export", "m.h5", "--csv", "x"], ["diff", "m.h5", "m.h5"],
                          ["table", "m.h5", "--long"], ["statistics", "m.h5"], ["merge", "m.h5"],
                          ["replay", "m.h5", "--patient", "1"]):
                with self.subTest(f"{name} {words}"):
                    done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True,
                                          text=True, timeout=patience(20), check=False)
                    self.assertEqual(done.returncode, INPUT, done.stdout + done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


class TwoMachines(Rugged):
    """Locks that hold on the machine that took them alone."""

    def on(self, machine, *arguments):
        return self.start(*arguments, env={"LD_PRELOAD": FAULTS, "PN_FAULT": f"locallock,host:{machine}"})

    def test_who_comes_second_stops(self):
        study = self.heavy()
        first = self.on(1, study, "--out", "r.h5")
        self.wait_for("r.h5.run/journal-*")
        code, text = self.end(self.on(2, study, "--out", "r.h5"))
        self.assertEqual(code, OTHER_RUN, text)
        self.assertIn("on node-1", text)
        self.assertIsNone(first.poll())
        first.terminate()
        self.assertEqual(self.end(first)[0], STOPPED)

    def test_who_was_taken_for_dead_stops_before_it_publishes(self):
        study = self.long()
        whole = self.result(study, name="whole.h5")
        first = self.on(1, study, "--out", "r.h5")
        self.wait_for("r.h5.run/journal-*")
        first.send_signal(signal.SIGSTOP)
        code, text = self.end(self.on(2, study, "--out", "r.h5"))
        self.assertEqual(code, 0, text)
        self.assert_complete(whole)
        first.send_signal(signal.SIGCONT)
        code, text = self.end(first)
        self.assertEqual(code, OTHER_RUN, text)
        self.assertIn("taken this one for dead", text)
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, "r.h5"), whole, shallow=False))


class Lost(Rugged):
    def test_a_record_that_goes_bad_is_simulated_again(self):
        study = self.long(weeks=600)
        whole = self.result(study, name="whole.h5")
        running = self.start(study, "--out", "r.h5")
        journal = os.path.join(self.folder, "r.h5.run/journal-00000-001.pnj")
        self.wait_for("r.h5.run/journal-00000-001.pnj")
        until = time.monotonic() + patience(30)
        while os.path.getsize(journal) < 1000:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        running.kill()
        self.end(running)
        running = self.start(study, "--out", "r.h5")
        self.wait_for("r.h5.run/journal-00000-002.pnj")
        running.send_signal(signal.SIGSTOP)
        with open(journal, "r+b") as file:
            file.seek(300)
            file.write(b"\xff\xfe")
        running.send_signal(signal.SIGCONT)
        code, text = self.end(running)
        self.assertEqual(code, IO, text)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "r.h5")))
        self.again(0, study, "--out", "r.h5")
        self.assert_complete(whole)


class CutEnds(Rugged):
    def test_a_rerun_that_is_killed_before_run_json_is_finished(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        while True:
            done = self.faulty("segv:6", "run", study, "--out", "r.h5", "-q", "--max-failed", "100%")
            if done.returncode == 0:
                break
        done = self.faulty("die_named", "run", study, "--out", "r.h5", "-q", "--rerun-failed")
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.again(0, study, "--out", "r.h5", "--rerun-failed")
        self.assert_complete(whole)
        self.assertEqual(self.pneuma("verify", "r.h5", "--strict").returncode, 0)

    def test_merges_that_are_killed_leave_nothing(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        for fault in ("die_named", "die_untidy"):
            shutil.rmtree(os.path.join(self.folder, "r.h5.run"), ignore_errors=True)
            if os.path.exists(os.path.join(self.folder, "r.h5")):
                os.unlink(os.path.join(self.folder, "r.h5"))
            for k in (1, 2):
                self.assertEqual(self.pneuma("run", study, "--out", "r.h5", "-q", "--shard", f"{k}/2").returncode, 0)
            self.write("r.h5.part1", "of a merge that was killed")
            self.assertEqual(self.faulty(fault, "merge", "r.h5").returncode, -signal.SIGKILL)
            done = self.pneuma("merge", "r.h5")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_complete(whole)


if __name__ == "__main__":
    unittest.main()
