#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program built with MPICH (preset mpich) runs on its ranks and writes the same bits as one
built with Open MPI (/provenance names the library), also when it goes on with the other's
unfinished run."""
import glob
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from program import DEMO, SOURCE, Case, numbers, patience, same_bits

MPICH = os.path.join(SOURCE, "build-mpich/bin/pneuma")
LAUNCH = shutil.which("mpiexec.mpich")
PATIENTS = "1:150"
CANNOT_RUN = 77


class Mpich(Case):
    def command(self, *more):
        return ["run", DEMO, "--patients", PATIENTS, "--out", "r.h5", "--quiet",
                "--max-failed", "10%", *more]

    def on_mpich(self, ranks, folder):
        os.makedirs(folder, exist_ok=True)
        return subprocess.run([LAUNCH, "-n", str(ranks), MPICH, *self.command()], cwd=folder,
                              capture_output=True, text=True, check=False)

    def open_mpi(self):
        folder = os.path.join(self.folder, "openmpi")
        os.mkdir(folder)
        done = self.pneuma(*self.command(), ranks=2, folder=folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return os.path.join(folder, "r.h5")

    def assert_same(self, folder, reference):
        these, those = numbers(os.path.join(folder, "r.h5")), numbers(reference)
        self.assertEqual(set(these), set(those))
        for name, (_, values) in these.items():
            self.assertTrue(same_bits(values, those[name][1]), name)

    def test_it_is_mpich(self):
        told = subprocess.run([MPICH, "--version"], capture_output=True, text=True, check=True)
        self.assertIn("MPI MPICH", told.stdout)

    def test_ranks_of_mpich_write_the_same_bits(self):
        reference = self.open_mpi()
        for ranks in (1, 2, 3):
            folder = os.path.join(self.folder, f"mpich{ranks}")
            done = self.on_mpich(ranks, folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_same(folder, reference)

    def test_it_goes_on_where_open_mpi_was_killed(self):
        reference = self.open_mpi()
        folder = os.path.join(self.folder, "mixed")
        os.mkdir(folder)
        with subprocess.Popen(["mpirun", "-n", "2", os.environ["PN_PROGRAM"], *self.command()],
                              cwd=folder, stderr=subprocess.DEVNULL) as running:
            deadline = time.monotonic() + patience(30)
            while not any(os.path.getsize(f) > 4096
                          for f in glob.glob(folder + "/r.h5.run/journal-*.pnj")):
                self.assertIsNone(running.poll(), "ended before it was interrupted")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)
            running.send_signal(signal.SIGUSR1)
            running.wait(30)
        self.assertFalse(os.path.exists(folder + "/r.h5"))
        done = self.on_mpich(3, folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(folder, reference)


if __name__ == "__main__":
    if not LAUNCH or not os.path.exists(MPICH):
        print("no program built with MPICH: cmake --preset mpich; cmake --build --preset mpich")
        sys.exit(CANNOT_RUN)
    unittest.main()
