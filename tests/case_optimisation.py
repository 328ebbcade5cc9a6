#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""-O0 and -O3 write the same bits: no number depends on what a compiler rearranges."""
import os
import subprocess
import sys
import unittest

from program import DEMO, PROGRAM, Case, numbers, same_bits

PLAIN = os.path.join(os.path.dirname(PROGRAM), "pneuma_O0")
PATIENTS = "1:64"
CANNOT_RUN = 77


class Optimisation(Case):
    def test_results_are_the_same_bits(self):
        fast = self.result(DEMO, "--patients", PATIENTS, name="O3.h5")
        slow = os.path.join(self.folder, "O0.h5")
        done = subprocess.run([PLAIN, "run", DEMO, "--patients", PATIENTS, "--out", slow, "--quiet",
                               "--max-failed", "10%"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        fast, slow = numbers(fast), numbers(slow)
        self.assertEqual(set(fast), set(slow))
        for name, (_, values) in fast.items():
            self.assertTrue(same_bits(values, slow[name][1]), name)


if __name__ == "__main__":
    if not os.path.exists(PLAIN):
        print("not built: ninja -C build pneuma_O0")
        sys.exit(CANNOT_RUN)
    unittest.main()
