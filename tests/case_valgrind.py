#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No command reads memory that nobody has written (valgrind): one process, the optimised
AVX2 library, which valgrind knows.  Leaks are LeakSanitizer's (case_sanitized.py), except
that what is surely lost is a failure here, too."""
import os
import shutil
import subprocess
import sys
import unittest

from program import DEMO, PROGRAM, SOURCE, Case, patience

FOUND, CANNOT_RUN = 99, 77
MEMCHECK = ["valgrind", "--quiet", f"--error-exitcode={FOUND}", "--leak-check=full",
            "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite", "--num-callers=30"]


class Memcheck(Case):
    def ends(self, code, *arguments):
        done = subprocess.run([*MEMCHECK, PROGRAM, *arguments], cwd=self.folder, text=True,
                              capture_output=True, errors="replace", check=False, timeout=patience(100),
                              env={**os.environ, "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"})
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}{done.stderr}")

    def test_a_run_and_what_is_made_of_it(self):
        for study, more in ((DEMO, ["--patients", "1:3"]),
                            (os.path.join(SOURCE, "inputs/events-example.yaml"), [])):
            self.ends(0, "run", study, *more, "--out", "r.h5", "--restart", "--max-failed", "50%")
            self.ends(0, "run", study, *more, "--out", "r.h5", "--rerun-failed", "--max-failed",
                      "50%")
            self.ends(0, "verify", "r.h5")
        self.ends(0, "diff", "r.h5", "r.h5", "--attributes")
        self.ends(0, "export", "r.h5", "--csv", "sheets")
        self.ends(0, "table", "r.h5", "--out", "t.csv")
        self.ends(0, "status", "r.h5")

    def test_wrong_input(self):
        self.write("bad.yaml", "name: x\nsede: 1\npopulation: {size: -2}\n")
        self.ends(65, "run", "bad.yaml")
        self.write("text.h5", "my thesis")
        self.ends(65, "verify", "text.h5")


if __name__ == "__main__":
    if not shutil.which("valgrind"):
        print("no valgrind here: scripts/install test")
        sys.exit(CANNOT_RUN)
    unittest.main()
