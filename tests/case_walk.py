#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk along the ways to an error: each allocation of the library fails once, and each call
that reads or writes.  A message, the right exit code, no result or the right one, and the same
command goes on to the same bytes.

    tests/case_walk.py --every 1        all of them; without: the first, the last, some between
"""
import argparse
import filecmp
import os
import shutil
import subprocess
import sys
import unittest

from program import PROGRAM, SOURCE, Case, patience

FAULTS = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "lib/pn_faults.so")
FIRST = os.path.join(SOURCE, "inputs/first.yaml")
FINE, INPUT, LIBRARY, IO = 0, 65, 70, 74
MOST = 200000
OPTIONS = argparse.Namespace(every=0, least=25, steps=60)


class Walk(Case):
    errno = "EIO"

    def run_once(self, kind, n, *command):
        return subprocess.run([PROGRAM, *command], cwd=self.folder, capture_output=True,
                              text=True, errors="replace", check=False, timeout=patience(60),
                              env={**os.environ, "LD_PRELOAD": FAULTS,
                                   "PN_FAULT": f"{kind}:{n},errno-{self.errno}",
                                   "PN_FAULT_COUNT": os.path.join(self.folder, "count")})

    def counted(self, kind, *command):
        """How many such calls there are when none fails."""
        done = self.run_once(kind, MOST, *command)
        self.assertEqual(done.returncode, FINE, done.stderr)
        with open(os.path.join(self.folder, "count"), encoding="ascii") as file:
            return int(file.read())

    def places(self, n):
        step = OPTIONS.every or max(1, n // OPTIONS.steps)
        near = 0 if OPTIONS.every else OPTIONS.least
        return sorted({*range(1, min(n, near) + 1), *range(1, n + 1, step),
                       *range(max(1, n - near), n + 1)})

    def clear(self):
        shutil.rmtree(os.path.join(self.folder, "r.h5.run"), ignore_errors=True)
        if os.path.exists(os.path.join(self.folder, "r.h5")):
            os.unlink(os.path.join(self.folder, "r.h5"))

    def walk(self, kind, codes, *command, after):
        self.clear()
        n = self.counted(kind, *command)
        self.assertGreater(n, 10)
        met, wrong = set(), []
        for i in self.places(n):
            self.clear()
            done = self.run_once(kind, i, *command)
            met.add(done.returncode)
            if done.returncode not in (FINE, *codes):
                wrong.append((i, done.returncode, done.stdout[-200:], done.stderr[-300:]))
            elif done.returncode and "pneuma: " not in done.stderr and ": error: " not in done.stderr:
                wrong.append((i, done.returncode, "no message"))
            else:
                wrong += [(i, done.returncode, why, done.stderr[-300:])
                          for why in after(done.returncode)]
        print(f"{' '.join(command[:1])}, {kind}: {len(self.places(n))} of {n}, exit codes {met}",
              flush=True)
        self.assertEqual(wrong, [], f"{len(wrong)} of {n}")
        self.assertTrue(met & set(codes), met)

    def test_a_run_without_memory(self):
        self.check_run("memory_once", (LIBRARY, IO))  # IO: what was written could not be read back

    def test_a_run_on_a_bad_disk(self):
        self.check_run("disk_once", (IO, INPUT))  # 65: a file that the study names

    def test_a_run_that_signals_interrupt(self):
        self.errno = "EINTR"
        self.check_run("disk_once", (IO, INPUT))

    def test_a_run_on_a_full_disk(self):
        self.errno = "ENOSPC"
        self.check_run("disk_once", (IO, INPUT))

    def check_run(self, kind, codes):
        whole = shutil.move(self.result(FIRST, name="r.h5"), os.path.join(self.folder, "whole.h5"))
        result = os.path.join(self.folder, "r.h5")

        def left():
            """What a complete run does not leave behind."""
            beside = [name for name in os.listdir(self.folder) if ".part" in name]
            return sorted({*os.listdir(result + ".run"), *beside} - {"run.json", "audit.jsonl"})

        def goes_on(code):
            there = os.path.exists(result)
            if there and not filecmp.cmp(result, whole, shallow=False):
                yield "another result"
            if code == FINE and not there:
                yield "no result"
            if code != FINE:
                done = self.pneuma("run", FIRST, "--out", "r.h5", "--quiet")
                if done.returncode != FINE:
                    yield f"does not go on: {done.returncode} {done.stderr}"
                elif not filecmp.cmp(result, whole, shallow=False):
                    yield "goes on to another result"
            if os.path.exists(result) and left():
                yield f"left: {left()}"

        self.walk(kind, codes, "run", FIRST, "--out", "r.h5", "--quiet", after=goes_on)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--every", type=int, default=0)
    OPTIONS.every = parser.parse_known_args()[0].every
    unittest.main(argv=sys.argv[:1] + parser.parse_known_args()[1])
