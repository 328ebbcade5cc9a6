#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged results and folders, some of them: tests/mutants.py makes as many as one likes."""
import os
import subprocess
import sys
import unittest

from program import SOURCE


class Mutants(unittest.TestCase):
    def test_damaged_results_and_folders(self):
        done = subprocess.run([sys.executable, os.path.join(SOURCE, "tests/mutants.py"), "--mutants", "150"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
