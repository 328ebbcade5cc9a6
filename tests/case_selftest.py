#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma selftest passes here, tells what is wrong elsewhere, and signs its record."""
import hashlib
import json
import os
import shutil
import subprocess
import time
import unittest

from program import Case, patience


class Selftest(Case):
    def test_it_passes_and_its_record_holds_its_own_hash(self):
        began = time.monotonic()
        done = self.pneuma("selftest", "--json", "record.json", env={"TMPDIR": self.folder})
        self.assertLess(time.monotonic() - began, patience(30))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(os.listdir(self.folder), ["record.json"], "nothing is left behind")
        text, _, last = done.stdout.rstrip("\n").rpartition("\n")
        self.assertEqual(last.split()[-1], hashlib.sha256((text + "\n").encode()).hexdigest())
        with open(os.path.join(self.folder, "record.json"), encoding="utf-8") as file:
            record = file.read()
        told = json.loads(record)
        lines = record.splitlines(keepends=True)
        self.assertEqual(told["sha256"], hashlib.sha256("".join(lines[:-2]).encode()).hexdigest())
        self.assertTrue(told["good"])
        with open(told["library"]["path"], "rb") as file:
            self.assertEqual(told["library"]["sha256"], hashlib.sha256(file.read()).hexdigest())
        checks = {check["check"]: check["verdict"] for check in told["checks"]}
        self.assertGreaterEqual(len(checks), 14)
        self.assertEqual(checks["two ranks"], "PASS")
        for line in done.stdout.splitlines():
            self.assertNotIn("FAIL ", line)

    def test_without_mpirun_two_ranks_are_not_tried(self):
        done = self.pneuma("selftest", env={"PATH": self.folder})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("NOTE  two ranks: not tried", done.stdout)

    def test_ranks_that_cannot_run_are_told(self):
        fake = self.write("mpirun", "#!/bin/sh\nexit 9\n")
        os.chmod(fake, 0o755)
        done = self.pneuma("selftest", env={"PATH": self.folder + ":" + os.environ["PATH"]})
        self.assertEqual(done.returncode, 70, done.stdout)
        self.assertIn("FAIL  two ranks: the study ended with code 9", done.stdout)
        self.assertIn("selftest: FAILED (1 failed", done.stdout)

    def test_an_installation_that_computes_otherwise_is_told(self):
        """A C library whose pow is wrong, loaded before the right one."""
        if not shutil.which("gcc"):
            self.skipTest("no gcc")
        source = self.write("wrong.c", "double pow(double x, double y) { return x * y; }\n")
        library = os.path.join(self.folder, "wrong.so")
        subprocess.run(["gcc", "-fno-builtin", "-shared", "-fPIC", "-O1", source, "-o", library],
                       check=True)
        done = self.pneuma("selftest", env={"LD_PRELOAD": library})
        self.assertEqual(done.returncode, 70, done.stdout)
        self.assertIn("FAIL  tube law", done.stdout)

    def test_mistakes_have_their_exit_code(self):
        self.assertEqual(self.pneuma("selftest", "x").returncode, 2)
        self.assertEqual(self.pneuma("selftest", env={"TMPDIR": "/nowhere"}).returncode, 74)


if __name__ == "__main__":
    unittest.main()
