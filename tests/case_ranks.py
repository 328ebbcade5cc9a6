#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result is the same file, byte for byte, at any number of ranks."""
import filecmp
import os
import time
import unittest

from program import DEMO, Case, numbers, patience, same_bits

PATIENTS = "1:150"  # five units of work for each arm, not a multiple of the unit


class Ranks(Case):
    def run_in(self, name, **how):
        """Same command line in a folder of its own: the file holds the command line."""
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        return self.result(DEMO, "--patients", PATIENTS, folder=folder, **how)

    def test_ranks_do_not_change_a_byte(self):
        alone = self.run_in("1 rank", ranks=1)
        for ranks in (2, 3, 4, 8):
            with self.subTest(ranks=ranks):
                other = self.run_in(f"{ranks} ranks", ranks=ranks)
                self.assertTrue(filecmp.cmp(alone, other, shallow=False))

    def test_without_mpirun_the_numbers_are_the_same_bits(self):
        one = numbers(self.run_in("1 rank", ranks=1))
        none = numbers(self.run_in("without mpirun"))
        self.assertEqual(set(one), set(none))
        for name, (_, values) in one.items():
            self.assertTrue(same_bits(values, none[name][1]), name)

    def test_the_whole_demo_takes_less_than_20_s_on_two_ranks(self):
        start = time.monotonic()
        self.result(DEMO, ranks=2)
        self.assertLess(time.monotonic() - start, patience(20))


if __name__ == "__main__":
    unittest.main()
