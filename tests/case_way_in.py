#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small studies whose numbers were wrong without a word (tests/cases/way-in), and the right ones."""
import math
import os
import shutil
import unittest

import numpy as np
import xarray

from program import SOURCE, Case


class WayIn(Case):
    def study(self, name):
        shutil.copytree(os.path.join(SOURCE, "tests/cases/way-in", name), self.folder,
                        dirs_exist_ok=True)
        return os.path.join(self.folder, "s.yaml")


class Occasions(WayIn):
    def test_iov_without_an_occasion_is_one_occasion_and_told(self):
        path = self.study("iov-without-occasion")
        done = self.pneuma("check", path)
        self.assertIn("s.yaml:4:60: warning: d.CL varies between occasions", done.stderr)
        of = xarray.load_dataset(self.result(path))
        sd = np.std(np.log(of["d.CL"].values))
        self.assertLess(abs(sd / math.sqrt(0.2**2 + 0.8**2) - 1), 0.05)
        slope = np.log(of["d.C"].values[0, :, 2] / of["d.C"].values[0, :, 3]) * 20
        self.assertTrue(np.allclose(slope, of["d.CL"].values, rtol=1e-4))


if __name__ == "__main__":
    unittest.main()
