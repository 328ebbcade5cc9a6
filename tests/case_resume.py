#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that ended too early goes on by the same command, to the same bytes."""
import filecmp
import glob
import os
import signal
import subprocess
import time
import unittest

from program import DEMO, PROGRAM, Case, patience

PATIENTS = "1:400"
STOPPED, OTHER_RUN = 85, 75


class Resume(Case):
    def command(self, out, patients=PATIENTS):
        return ["run", DEMO, "--out", out, "--patients", patients, "--max-failed", "10%"]

    def interrupt(self, out, number):
        """Start, wait for the first records, send a signal; the exit code."""
        command = [PROGRAM, *self.command(out), "--quiet"]
        with subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE) as running:
            deadline = time.monotonic() + patience(30)
            while not self.records(out):
                self.assertIsNone(running.poll(), "ended before it was interrupted")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)
            running.send_signal(number)
            running.communicate()
        self.assertFalse(os.path.exists(os.path.join(self.folder, out)))
        return running.returncode

    def records(self, out):
        """Journals with whole records: one is 7 kB, and may be cut by the kill."""
        journals = glob.glob(os.path.join(self.folder, out + ".run", "journal-*.pnj"))
        return sum(os.path.getsize(journal) > 1 << 16 for journal in journals)

    def journals(self):
        """Journals and what they hold."""
        found = {}
        for path in glob.glob(os.path.join(self.folder, "results.h5.run/journal-*")):
            with open(path, "rb") as file:
                found[path] = file.read()
        return found

    def whole(self):
        return self.result(DEMO, "--patients", PATIENTS, name="whole.h5")

    def finish(self, out, ranks=0):
        done = self.pneuma(*self.command(out), ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\n\d+ of them were found in the journals")
        # equal but for the paths on the command line, which no dataset holds
        self.assertTrue(filecmp.cmp(os.path.join(self.folder, out), self.whole(),
                                    shallow=False))
        self.assertEqual(sorted(os.listdir(os.path.join(self.folder, out + ".run"))),
                         ["audit.jsonl", "run.json"])

    def test_a_killed_run_goes_on_to_the_same_bytes(self):
        self.assertEqual(self.interrupt("killed.h5", signal.SIGKILL), -signal.SIGKILL)
        self.finish("killed.h5")

    def test_a_stopped_run_tells_so_and_goes_on_at_other_ranks(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            with self.subTest(number):
                out = f"stopped-{int(number)}.h5"
                self.assertEqual(self.interrupt(out, number), STOPPED)
        self.finish(out, ranks=3)

    def test_the_folder_of_another_run_is_left_alone(self):
        self.interrupt("results.h5", signal.SIGKILL)
        before = self.journals()
        done = self.pneuma(*self.command("results.h5", "1:8"))
        self.assertEqual(done.returncode, OTHER_RUN)
        self.assertIn("unfinished run", done.stderr)
        self.assertEqual(self.journals(), before)


if __name__ == "__main__":
    unittest.main()
