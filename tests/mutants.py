#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged results and damaged folders of unfinished runs, given to every command that reads
them.

A mutant is a real result with bytes changed, exchanged, doubled, cut off or zeroed, or the
folder of a killed run with a file so treated, removed, or put in another's place.  No
command may end by a signal, with a fault of ours or not at all; what is refused is
refused in one sentence; an export that succeeds has the numbers of the whole result,
or `pneuma verify` says that they are not those that were written; a run that goes on in a damaged folder ends with the bytes of an undisturbed one, or
refuses it, and leaves nothing behind.

    tests/mutants.py [--mutants N] [--minutes M] [--seed N] [--keep FOLDER]"""
import argparse
import collections
import filecmp
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from program import PROGRAM, SOURCE, patience

LIMIT = 10.0  # s on a quiet machine
REFUSED = (65, 74, 75)
STUDIES = {
    "lists": ["events-example.yaml"],
    "first": ["first.yaml"],
    "summary": ["uncertainty.yaml", "--patients", "1:8"],
    "sweep": ["sweep.yaml", "--patients", "1:3"],
}
ARM = {"events-example.yaml": "treated", "first.yaml": "once", "uncertainty.yaml": "placebo", "sweep.yaml": "placebo"}
UNFINISHED = ["summary", "sweep"]
COMMANDS = {
    "again": lambda study: ["run", *study, "--out", "m.h5"],
    "rerun": lambda study: ["run", *study, "--out", "m.h5", "--rerun-failed"],
    "extend": lambda study: ["run", *study, "--out", "n.h5", "--extend", "m.h5"],
    "export": lambda study: ["export", "m.h5", "--csv", "csv"],
    "diff": lambda study: ["diff", "whole.h5", "m.h5"],
    "table": lambda study: ["table", "m.h5", "--csv", "--out", "t.csv"],
    "long": lambda study: ["table", "m.h5", "--long", "--out", "t.csv"],
    "verify": lambda study: ["verify", "m.h5"],
    "statistics": lambda study: ["statistics", "m.h5"],
    "replay": lambda study: ["replay", "m.h5", "--patient", "1", "--arm", ARM[os.path.basename(study[0])], "--out", "p.csv",
                             *(["--point", "1"] if "sweep" in study[0] or "uncertainty" in study[0] else [])],
    "status": lambda study: ["status", "m.h5"],
}


def call(folder, words):
    """Run the program in a folder; its exit code (None: no end) and what it complained of."""
    with subprocess.Popen([PROGRAM, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True, errors="replace", start_new_session=True) as process:
        try:
            complaint = process.communicate(timeout=patience(LIMIT))[1]
            return process.returncode, complaint
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, ""


def mutate(dice, data):
    """Bytes of a file, damaged in one of the ways in which files are."""
    data, n = bytearray(data), len(data)
    kind = dice.choice(["bit", "bit", "byte", "bytes", "word", "cut", "zeros", "copy", "double", "gap", "swap"])
    at, size = dice.randrange(n), min(dice.choice([4, 8, 64, 512, 4096]), n)
    other = dice.randrange(n)
    if kind == "bit":
        data[at] ^= 1 << dice.randrange(8)
    elif kind == "byte":
        data[at] = dice.choice([0, 1, 0x7f, 0x80, 0xff, dice.randrange(256)])
    elif kind == "bytes":
        for _ in range(dice.randint(2, 40)):
            data[dice.randrange(n)] = dice.randrange(256)
    elif kind == "word":
        data[at:at + 8] = dice.choice([0, 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1, n, n - 1]).to_bytes(8, "little")
    elif kind == "cut":
        del data[at:]
    elif kind == "zeros":
        data[at:at + size] = bytes(min(size, n - at))
    elif kind == "copy":
        data[at:at + size] = data[other:other + size]
    elif kind == "double":
        data[at:at] = data[at:at + size]
    elif kind == "gap":
        del data[at:at + size]
    else:
        data[at:at + size], data[other:other + size] = data[other:other + size], data[at:at + size]
    return bytes(data), kind


class Ground:
    """What mutants are made of: whole results, their exports, and folders of killed runs."""

    def __init__(self, place):
        self.place = place
        shutil.copytree(os.path.join(SOURCE, "inputs"), os.path.join(place, "inputs"))
        for name in STUDIES:
            whole = os.path.join(place, name)
            os.mkdir(whole)
            self.expect(whole, ["run", *self.study(name), "--out", "m.h5"])
            self.expect(whole, ["export", "m.h5", "--csv", "csv"])
        for name in UNFINISHED:
            self.leave_unfinished(name)

    def leave_unfinished(self, name):
        """A run that is killed when some of its lives are in a journal."""
        folder = os.path.join(self.place, f"{name}.killed")
        os.mkdir(folder)
        for wait in [0.01 * k for k in range(1, 60)] * 3:
            shutil.rmtree(folder)
            os.mkdir(folder)
            with subprocess.Popen([PROGRAM, "run", *self.study(name), "--out", "m.h5"], cwd=folder,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(wait)
                process.send_signal(signal.SIGTERM)  # so that the journal is written out
            if process.returncode == 85 and max(map(os.path.getsize, glob.glob(f"{folder}/m.h5.run/*.pnj"))) > 1000:
                return
        raise SystemExit(f"{name}: no unfinished run to damage")

    @staticmethod
    def expect(folder, words):
        code, complaint = call(folder, words)
        if code != 0:
            raise SystemExit(f"pneuma {' '.join(words)}: {code} {complaint}")

    def study(self, name):
        return [os.path.join(self.place, "inputs", STUDIES[name][0]), *STUDIES[name][1:], "--quiet"]


def same_tables(a, b):
    """Two folders of CSV hold the same numbers."""
    names = sorted(os.listdir(a))
    return names == sorted(os.listdir(b)) and filecmp.cmpfiles(a, b, names, shallow=False)[0] == names


def judge(code, complaint):
    """What is wrong with how a command ended, or None."""
    if code is None:
        return f"no end in {LIMIT:g} s of a quiet machine"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    if code == 2 and "pneuma: error: m.h5 has no " in complaint:
        return None  # such an arm, patient or signal: so it seems
    if code not in (0, 1, 3, *REFUSED):
        return f"exit code {code}: {complaint[-200:]}"
    lines = [line for line in complaint.splitlines() if line.strip()]
    if code in REFUSED and not 1 <= len(lines) <= 2:
        return f"refused in {len(lines)} lines: {complaint[:300]}"
    if "HDF5-DIAG" in complaint or re.search(r"assert|sanitizer", complaint, re.IGNORECASE):
        return f"a library speaks: {complaint[:200]}"
    return None


def try_result(dice, ground, folder):
    """A damaged result, given to two commands; yields (command, what is wrong or None)."""
    name = dice.choice(list(STUDIES))
    with open(os.path.join(ground.place, name, "m.h5"), "rb") as file:
        data, kind = mutate(dice, file.read())
    for command in dice.sample(list(COMMANDS), 2):
        for left in glob.glob(f"{folder}/*"):
            shutil.rmtree(left) if os.path.isdir(left) else os.remove(left)
        for copy in ("m.h5", "before.h5"):
            with open(f"{folder}/{copy}", "wb") as file:
                file.write(data)
        os.symlink(os.path.join(ground.place, name, "m.h5"), f"{folder}/whole.h5")
        shutil.copytree(os.path.join(ground.place, name, "m.h5.run"), f"{folder}/m.h5.run")
        code, complaint = call(folder, COMMANDS[command](ground.study(name)))
        wrong = judge(code, complaint)
        if not wrong and command == "export" and code == 0 and \
                not same_tables(f"{folder}/csv", os.path.join(ground.place, name, "csv")) and \
                call(folder, ["verify", "m.h5"])[0] == 0:
            wrong = "other numbers, without a word"
        yield f"{name} {kind} {command}", wrong


def damage_folder(dice, folder):
    """One of the files of an unfinished run; returns what was done to it."""
    files = sorted(path for path in glob.glob(f"{folder}/m.h5.run/**", recursive=True) if os.path.isfile(path))
    path = dice.choice(files)
    kind = dice.choice(["mutant"] * 6 + ["removed", "empty", "folder", "another's"])
    if kind == "removed":
        os.remove(path)
    elif kind == "empty":
        os.truncate(path, 0)
    elif kind == "folder":
        os.remove(path)
        os.mkdir(path)
    elif kind == "another's":
        shutil.copy(dice.choice(files), path + ".new")
        os.replace(path + ".new", path)
    else:
        with open(path, "rb") as file:
            data = file.read()
        if data:
            data, kind = mutate(dice, data)
            with open(path, "wb") as file:
                file.write(data)
    return f"{os.path.basename(path)} {kind}"


def try_folder(dice, ground, folder):
    """A damaged folder of an unfinished run, gone on with."""
    name = dice.choice(UNFINISHED)
    for left in glob.glob(f"{folder}/*"):
        shutil.rmtree(left) if os.path.isdir(left) else os.remove(left)
    shutil.copytree(os.path.join(ground.place, f"{name}.killed", "m.h5.run"), f"{folder}/m.h5.run")
    done = damage_folder(dice, folder)
    shutil.copytree(f"{folder}/m.h5.run", f"{folder}/before")
    words = ["run", *ground.study(name), "--out", "m.h5"]
    code, complaint = call(folder, words)
    wrong = judge(code, complaint)
    if not wrong and code == 74:  # it says that it goes on next time
        code, complaint = call(folder, words)
        wrong = judge(code, complaint)
    if not wrong and code == 0:
        if not filecmp.cmp(f"{folder}/m.h5", os.path.join(ground.place, name, "m.h5"), shallow=False):
            wrong = "other bytes than those of an undisturbed run"
        left = set(os.listdir(f"{folder}/m.h5.run")) - {"audit.jsonl", "run.json"}
        if not wrong and left:
            wrong = f"left behind: {', '.join(sorted(left))}"
    yield f"{name} folder {done}", wrong


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--mutants", type=int, default=0, help="so many (default: as many as the minutes allow)")
    words.add_argument("--minutes", type=float, default=1.0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--first", type=int, default=0, help="begin with this mutant")
    words.add_argument("--keep", help="mutants with faults are kept here")
    given = words.parse_args()
    end, n_commands, n_bad, i = time.monotonic() + 60.0 * given.minutes, 0, 0, given.first
    kinds = collections.Counter()
    with tempfile.TemporaryDirectory() as place:
        ground = Ground(place)
        folder = os.path.join(place, "work")
        os.mkdir(folder)
        while i - given.first < given.mutants if given.mutants else time.monotonic() < end:
            dice = random.Random(f"{given.seed} {i}")
            for what, wrong in (try_folder if dice.random() < 0.3 else try_result)(dice, ground, folder):
                n_commands += 1
                kinds[what.split()[1]] += 1
                if wrong:
                    n_bad += 1
                    print(f"mutant {i} of seed {given.seed}: {what}: {wrong}", flush=True)
                    if given.keep:
                        shutil.copytree(folder, os.path.join(given.keep, f"{given.seed}-{i}-{what.split()[-1]}"),
                                        symlinks=True, dirs_exist_ok=True)
            i += 1
    print(f"{i - given.first} mutants of seed {given.seed}, {n_commands} commands "
          f"({kinds['folder']} damaged folders): {n_bad} faults")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
