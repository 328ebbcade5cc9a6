#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs killed at random moments end in the bytes of an undisturbed one.

    tests/kill_runs.py --runs 1000 [--seed 1] [--study STUDY] [--patients 1:120]

Each run is started, disturbed at a random moment (SIGKILL to a random rank or to mpirun,
SIGTERM, SIGINT, SIGUSR1, SIGUSR2 to either), and started again by the same command on
another number of ranks, until it is complete.  One line a run; exit code 1 if any differs.
"""
import argparse
import collections
import filecmp
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from program import DEMO, PROGRAM

DISTURBANCES = 6      # at most, then the run is left alone
COMPLETE, OTHER_RUN, STOPPED = 0, 75, 85
KINDS = [(number, whom) for whom in ("rank", "mpirun")
         for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1)]
KINDS += [(signal.SIGKILL, "rank"), (signal.SIGINT, "mpirun"), (signal.SIGUSR2, "rank")]


def children(pid):
    """Processes started by `pid`, and by those."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                found += [int(child), *children(int(child))]
    except FileNotFoundError:
        pass
    return found


def is_program(pid):
    try:
        return os.path.realpath(os.readlink(f"/proc/{pid}/exe")) == os.path.realpath(PROGRAM)
    except OSError:
        return False


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def describe(pid):
    """A process that hangs: its command, state, and what each of its threads waits for."""
    def read(name):
        try:
            with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError as error:
            return error.strerror
    state = [line for line in read("status").splitlines()
             if line.startswith(("State", "SigPnd", "ShdPnd", "SigBlk"))]
    threads = [read(f"task/{thread}/wchan") for thread in os.listdir(f"/proc/{pid}/task")]
    stacks = ""
    if shutil.which("gdb"):
        stacks = subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex",
                                 "thread apply all bt 20"], capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, check=False).stdout
    return "\n".join([read("cmdline").replace("\0", " "), *state, *threads, stacks])


class Broken(Exception):
    """What must never happen."""


class Killer:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.counts = collections.Counter()
        self.launches = 0
        start = time.monotonic()
        self.whole = os.path.join(folder, "whole.h5")
        code, text = self.launch(self.whole, 2)
        if code != COMPLETE:
            raise Broken(f"the undisturbed run ended with {code}: {text}")
        self.seconds = time.monotonic() - start

    def command(self, out, ranks):
        command = [PROGRAM, "run", self.options.study, "--out", out, "--quiet",
                   "--patients", self.options.patients, "--max-failed", "10%",
                   *self.random.choice([[], ["--max-hours", "1"]])]
        return ["mpirun", "-n", str(ranks), *command] if ranks else command

    def launch(self, out, ranks, disturb=None):
        """Start; disturb at a moment; the exit code and what was said."""
        with subprocess.Popen(self.command(out, ranks), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
            ranks_seen = []
            if disturb:
                number, whom, delay = disturb
                try:
                    running.wait(delay)
                except subprocess.TimeoutExpired:
                    ranks_seen = [pid for pid in [running.pid, *children(running.pid)]
                                  if is_program(pid)]
                    target = running.pid
                    if whom == "rank" and ranks_seen:
                        target = self.random.choice(ranks_seen)
                    try:
                        os.kill(target, number)
                    except ProcessLookupError:
                        pass
            try:
                text = running.communicate(timeout=self.options.patience)[0]
            except subprocess.TimeoutExpired:
                self.end_stuck(running, disturb)
                text = running.communicate()[0]
        self.bury(ranks_seen)
        text = text.decode(errors="replace")
        # Open MPI's mpirun can crash of a signal at its end: not ours, and no worse than its being killed
        if disturb and ranks and f":{running.pid}] *** Process received signal" in text:
            self.counts["mpirun itself crashed"] += 1
            text = ""
        return running.returncode, text

    def end_stuck(self, running, disturb):
        """mpirun of Open MPI 4.1 can wait for ever in PMIx_server_finalize, all ranks being
        gone, when one was killed while it connected: a batch system would kill it."""
        stuck = [pid for pid in [running.pid, *children(running.pid)] if alive(pid)]
        ours = not disturb or any(map(is_program, stuck))
        seen = "\n".join(map(describe, stuck)) if ours else ""
        for pid in stuck:
            os.kill(pid, signal.SIGKILL)
        if ours:
            raise Broken(f"hangs, disturbed by (signal, whom, seconds) {disturb}:\n{seen}")
        self.counts["mpirun itself hung"] += 1

    def bury(self, ranks):
        """Ranks outlive a killed mpirun for a moment; a batch system would wait for them."""
        deadline = time.monotonic() + self.options.patience
        while any(alive(pid) for pid in ranks):
            if time.monotonic() > deadline:
                raise Broken("ranks outlive mpirun")
            time.sleep(0.01)

    def run(self, number):
        out = os.path.join(self.folder, f"run-{number}.h5")
        log, used, done = [], None, 0
        while True:
            ranks = self.random.choice([r for r in (0, 1, 2, 3, 4) if r != used])
            used, disturb = ranks, None
            if done < DISTURBANCES:
                signum, whom = self.random.choice(KINDS)
                disturb = (signum, whom, self.random.uniform(0, 0.7 * self.seconds))
                done += 1
            code, text = self.launch(out, ranks, disturb)
            log.append(f"{ranks}:{code}")
            self.counts[code] += 1
            self.launches += 1
            if os.path.exists(out) and code == COMPLETE:
                break
            if not disturb or code in (2, 3, 65, 70, 74, OTHER_RUN):
                raise Broken(f"run {number} ({' '.join(log)}): {text}")
            if "Segmentation" in text or "Assert" in text:
                raise Broken(f"run {number} ({' '.join(log)}): {text}")
        self.compare(number, out, log)

    def compare(self, number, out, log):
        if not filecmp.cmp(out, self.whole, shallow=False):
            raise Broken(f"run {number} ({' '.join(log)}): {out} differs from {self.whole}")
        left = sorted(set(os.listdir(out + ".run")) - {"audit.jsonl", "run.json"})
        left += [name for name in os.listdir(self.folder) if ".part" in name]
        if left:
            raise Broken(f"run {number}: left behind: {left}")
        if self.options.verbose:
            print(f"run {number}: {' '.join(log)}: same bytes", flush=True)
        os.unlink(out)
        shutil.rmtree(out + ".run")


def environment():
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                      OMPI_MCA_rmaps_base_oversubscribe="1",
                      OMPI_MCA_btl_vader_single_copy_mechanism="none",
                      OMPI_MCA_hwloc_base_binding_policy="none",
                      OMPI_MCA_mpi_yield_when_idle="1")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--study", default=DEMO)
    parser.add_argument("--patients", default="1:200")
    parser.add_argument("--patience", type=float, default=60, help="seconds until it hangs")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    environment()
    with tempfile.TemporaryDirectory(prefix="kill-runs-") as folder:
        try:
            killer = Killer(options, folder)
            for number in range(1, options.runs + 1):
                killer.run(number)
        except Broken as broken:
            print(f"FAILED: {broken}")
            return 1
    print(f"{options.runs} of {options.runs} runs have the bytes of the undisturbed one; "
          f"{killer.launches} launches, by exit code: "
          + ", ".join(f"{code}: {n}" for code, n in sorted(killer.counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
