#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that end too early, meet another run, or come to a disk that is full."""
import glob
import os
import signal
import subprocess
import time
import unittest

import yaml

from kill_runs import children, is_program
from program import DEMO, PROGRAM, SOURCE, Case

FAILED_PATIENTS, IO, OTHER_RUN, STOPPED = 3, 74, 75, 85


class Survive(Case):
    def small(self, name="study.yaml", **changes):
        """A study of 20 lives that takes milliseconds."""
        with open(os.path.join(SOURCE, "inputs/first.yaml"), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study.update(changes)
        for regimens in study["arms"].values():
            for regimen in regimens:
                regimen["drug"] = os.path.join(SOURCE, "inputs", regimen["drug"])
        return self.write(name, yaml.safe_dump(study, sort_keys=False))

    def heavy(self):
        """A study whose every life takes seconds."""
        with open(self.small(), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["arms"] = {"often": [{**study["arms"]["once"][0], "every": "2 h"}]}
        study.update(duration="5000 week", output={"every": "52 week", "keep": ["fevipiprant.C"]},
                     solver={"method": "explicit", "rtol": 1e-13, "max_steps": 10**9})
        return self.write("heavy.yaml", yaml.safe_dump(study, sort_keys=False))

    def start(self, *arguments, ranks=0):
        command = [PROGRAM, "run", *arguments, "--quiet"]
        if ranks:
            command = ["mpirun", "-n", str(ranks), *command]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def wait_for(self, pattern):
        """Until such a file is there."""
        deadline = time.monotonic() + 30
        while not glob.glob(os.path.join(self.folder, pattern)):
            self.assertLess(time.monotonic(), deadline, pattern)
            time.sleep(0.01)

    def end(self, running):
        out, err = running.communicate(timeout=50)
        return running.returncode, out + err

    def again(self, code, *arguments, says=(), ranks=0):
        done = self.pneuma("run", *arguments, ranks=ranks)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, text)
        for word in says:
            self.assertIn(word, text)
        return text


class Finished(Survive):
    def test_the_same_command_does_nothing_and_says_so(self):
        study = self.small()
        path = self.result(study)
        with open(path, "rb") as file:
            before = (file.read(), os.stat(path).st_mtime_ns)
        self.again(0, study, says=["complete", "20 lives, 20 fine", "nothing to do"])
        self.again(0, study, says=["nothing to do"], ranks=2)
        with open(path, "rb") as file:
            self.assertEqual((file.read(), os.stat(path).st_mtime_ns), before)

    def test_too_many_failed_patients_are_still_too_many(self):
        study = self.small(solver={"method": "explicit", "max_steps": 10})
        self.again(FAILED_PATIENTS, study)
        self.again(FAILED_PATIENTS, study, says=["nothing to do", "20 of 20 patients failed"])

    def test_what_has_changed_is_named(self):
        self.result(self.small())
        for changes, says in (({"seed": 2}, "the seed: was 1, is 2"),
                              ({"duration": "71 h"}, "71 h"),
                              ({"solver": {"rtol": 1e-7}}, "rtol: 1e-07")):
            with self.subTest(changes):
                self.again(OTHER_RUN, self.small("other.yaml", **changes),
                           says=["results.h5 is the result of another run", says])
        with open(self.write("again.yaml", "# a remark\n"), "a", encoding="utf-8") as file:
            with open(self.small(), encoding="utf-8") as study:
                file.write(study.read())
        self.again(OTHER_RUN, "again.yaml", says=["the file again.yaml (its text, not"])

    def test_something_else_under_the_name_is_left_alone(self):
        self.write("results.h5", "my thesis")
        self.again(OTHER_RUN, self.small(), says=["results.h5 exists and is no result"])
        with open(os.path.join(self.folder, "results.h5"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "my thesis")


class Unfinished(Survive):
    def kill_half_way(self, study=DEMO, out="results.h5"):
        """A killed run of a study like the demo; its command line."""
        command = [study, "--patients", "1:300", "--max-failed", "10%"]
        with self.start(*command, "--out", out) as running:
            self.wait_for(out + ".run/journal-*.pnj")
            time.sleep(0.3)
            running.kill()
            running.communicate()
        return command

    def test_another_study_is_told_what_has_changed(self):
        command = self.kill_half_way()
        other = self.demo(seed=7)
        self.again(OTHER_RUN, other, *command[1:],
                   says=["results.h5.run holds the unfinished run", "the seed: was 20161, is 7"])
        self.again(0, *command)

    def test_torn_and_foreign_records_are_named_and_simulated_again(self):
        command = self.kill_half_way()
        whole = self.result(*command, name="whole.h5")
        torn, = glob.glob(os.path.join(self.folder, "results.h5.run/journal-*.pnj"))
        self.assertGreater(os.path.getsize(torn), 20000)
        with open(torn, "r+b") as file:
            file.truncate(os.path.getsize(torn) - 100)
            file.seek(9000)
            file.write(b"\0" * 16)
        self.kill_half_way(self.demo(seed=7), "other.h5")
        foreign = os.path.join(self.folder, "results.h5.run/journal-00007-001.pnj")
        os.rename(os.path.join(self.folder, "other.h5.run/journal-00000-001.pnj"), foreign)
        text = self.again(0, *command)
        self.assertIn("journal-00000-001.pnj: 2 torn", text)
        self.assertRegex(text, r"journal-00007-001.pnj: \d+ records of another run")
        self.assertTrue(os.path.exists(foreign))  # it is not ours to remove
        with open(whole, "rb") as a, open(os.path.join(self.folder, "results.h5"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_two_runs_in_one_folder(self):
        heavy = self.heavy()
        with self.start(heavy) as first:
            self.wait_for("results.h5.run/journal-*.pnj")
            self.again(OTHER_RUN, heavy, says=["results.h5.run/lock: in use by process "
                                               f"{first.pid} on "])
            self.again(OTHER_RUN, heavy, "--restart", says=["in use"], ranks=2)
            first.kill()
            first.communicate()
        self.assertTrue(os.path.exists(os.path.join(self.folder, "results.h5.run/lock")))
        with self.start(heavy) as second:  # the lock of the dead is no obstacle
            self.wait_for("results.h5.run/journal-00000-002.pnj")
            second.send_signal(signal.SIGTERM)
            self.assertEqual(self.end(second)[0], STOPPED)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "results.h5.run/lock")))


class Stop(Survive):
    def test_a_stop_takes_less_than_a_second_whatever_is_in_hand(self):
        heavy = self.heavy()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2):
            with self.subTest(number), self.start(heavy) as running:
                self.wait_for("results.h5.run/lock")
                time.sleep(0.3)
                start = time.monotonic()
                running.send_signal(number)
                code, text = self.end(running)
                self.assertLess(time.monotonic() - start, 1.0)
                self.assertEqual(code, STOPPED, text)
                self.assertIn("the same command goes on", text)

    def test_one_rank_that_is_told_to_stop_tells_the_others(self):
        with self.start(self.heavy(), ranks=3) as running:
            self.wait_for("results.h5.run/journal-00002-*.pnj")
            time.sleep(0.3)
            ranks = [pid for pid in children(running.pid) if is_program(pid)]
            self.assertEqual(len(ranks), 3)
            start = time.monotonic()
            os.kill(ranks[-1], signal.SIGUSR1)
            code, text = self.end(running)
            # a second for the ranks, and what mpirun needs to end
            self.assertLess(time.monotonic() - start, 3.0)
            self.assertEqual(code, STOPPED, text)


if __name__ == "__main__":
    unittest.main()
