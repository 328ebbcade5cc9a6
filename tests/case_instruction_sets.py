#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AVX2 and the AVX-512 library write the same bits."""
import os
import subprocess
import sys
import unittest

from program import DEMO, PROGRAM, Case, numbers, same_bits

AVX2 = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"}
NO_SUCH_PROCESSOR = 77


def library(env=None):
    """Path of libpneuma.so that the loader takes."""
    done = subprocess.run([PROGRAM, "--version"], env={**os.environ, "LD_DEBUG": "libs",
                          **(env or {})}, capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines()
             if "calling init" in line and "libpneuma" in line]
    return lines[0].split()[-1]


class InstructionSets(Case):
    def test_the_loader_takes_the_library_that_was_asked_for(self):
        self.assertIn("x86-64-v4", library())
        self.assertNotIn("x86-64-v4", library(AVX2))

    def test_results_are_the_same_bits(self):
        found = []
        for name, env in (("avx512", {}), ("avx2", AVX2)):
            folder = os.path.join(self.folder, name)
            os.mkdir(folder)
            path = self.result(DEMO, "--patients", "1:60", folder=folder, env=env)
            found.append(numbers(path))
        self.assertEqual(set(found[0]), set(found[1]))
        for name, (_, values) in found[0].items():
            self.assertTrue(same_bits(values, found[1][name][1]), name)


if __name__ == "__main__":
    with open("/proc/cpuinfo", encoding="ascii") as cpuinfo:
        flags = set(next(line for line in cpuinfo if line.startswith("flags")).split())
    if not {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags:
        print("this processor has no AVX-512: nothing to compare")
        sys.exit(NO_SUCH_PROCESSOR)
    unittest.main()
