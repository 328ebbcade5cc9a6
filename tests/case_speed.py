#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The slow system runs at least 40 times as fast as by plain SUNDIALS, at no larger error."""
import os
import subprocess
import unittest

from program import SOURCE, Case


class Speed(Case):
    def test_forty_times_plain_sundials(self):
        build = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))
        done = subprocess.run([os.path.join(SOURCE, "validation/speed/run"), "--build", build,
                               "--rounds", "1", "--quick", "--least", "40"],
                              capture_output=True, text=True, check=False)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
