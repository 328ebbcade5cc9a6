#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program under AddressSanitizer, LeakSanitizer and UBSan, without MPI: every
command on its way, runs that are stopped, killed and resumed, and every way to an error."""
import filecmp
import glob
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

import program
from program import DEMO, SOURCE, Case, patience

SANITIZED = os.path.join(os.environ.get("PN_BUILD", os.path.join(SOURCE, "build-sanitize")),
                         "bin/pneuma_sanitized")
ENVIRONMENT = {
    # a finding ends the program with a code of its own
    "ASAN_OPTIONS": "detect_leaks=1:halt_on_error=1:exitcode=99:detect_stack_use_after_return=1"
                    ":strict_string_checks=1:allow_user_segv_handler=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": "suppressions=" + os.path.join(SOURCE, "tests/lsan.supp") +
                    ":print_suppressions=0"}
INPUTS = os.path.join(SOURCE, "inputs")
SAME, DIFFERENT, USAGE, FAILED_PATIENTS, INPUT, IO, OTHER_RUN, STOPPED = 0, 1, 2, 3, 65, 74, 75, 85
SMALL = ["--patients", "1:12", "--max-failed", "10%"]
CANNOT_RUN = 77


class Sanitized(Case):
    def clean(self, text):
        for word in ("Sanitizer", "runtime error", "SUMMARY:"):
            self.assertNotIn(word, text)

    def ends(self, code, *arguments, says=""):
        done = self.pneuma(*arguments, env=ENVIRONMENT)
        self.clean(done.stdout + done.stderr)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}{done.stderr}")
        self.assertIn(says, done.stdout + done.stderr)
        return done.stdout

    def path(self, name):
        return os.path.join(self.folder, name)

    def begin(self, *arguments):
        """A run that has written something and is still at work."""
        before = set(glob.glob(self.path("*.run/journal-*.pnj")))
        running = subprocess.Popen([SANITIZED, "run", *arguments], cwd=self.folder,
                                   env={**os.environ, **ENVIRONMENT}, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(running.stdout.close)
        deadline = time.monotonic() + patience(60)
        while not any(os.path.getsize(f) > 4096
                      for f in set(glob.glob(self.path("*.run/journal-*.pnj"))) - before):
            self.assertIsNone(running.poll(), "ended before it was disturbed")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        return running


class Way(Sanitized):
    def test_a_run_is_stopped_killed_and_resumed(self):
        command = [DEMO, "--patients", "1:70", "--max-failed", "10%", "--out", "r.h5"]
        for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGKILL):
            running = self.begin(*command)
            running.send_signal(number)
            text = running.communicate(timeout=patience(60))[0]
            self.clean(text)
            self.assertEqual(running.returncode,
                             -9 if number == signal.SIGKILL else STOPPED, text)
            self.ends(0, "status", "r.h5")
        with open(max(glob.glob(self.path("r.h5.run/journal-*")), key=os.path.getsize),
                  "r+b") as journal:
            journal.seek(3000)
            journal.write(b"\0" * 99)
        self.ends(0, "run", *command, says="torn")
        self.ends(0, "run", *command, says="nothing to do")
        self.ends(0, "verify", "r.h5")
        self.ends(0, "status", "r.h5", "--json")
        self.ends(0, "run", *command[:-1], "whole.h5")
        self.assertTrue(filecmp.cmp(self.path("r.h5"), self.path("whole.h5"), shallow=False))

    def test_what_is_made_of_a_result(self):
        self.ends(0, "run", DEMO, *SMALL, "--out", "r.h5", "--max-hours", "1")
        self.ends(0, "verify", "r.h5", "--json")
        self.ends(0, "diff", "r.h5", "r.h5", "--attributes")
        self.ends(0, "run", DEMO, "--patients", "1:11", "--max-failed", "10%", "--out", "s.h5")
        self.ends(DIFFERENT, "diff", "r.h5", "s.h5")
        self.ends(0, "export", "r.h5", "--csv", "sheets")
        self.ends(0, "table", "r.h5", "--long", "--out", "long.csv")
        self.ends(0, "replay", "r.h5", "--patient", "3", "--arm", "placebo", "--out", "t.csv",
                  says="same bits")
        self.ends(0, "run", os.path.join(INPUTS, "events-example.yaml"), "--out", "e.h5")
        self.ends(0, "table", "e.h5", "--out", "table.csv")

    def test_shards_are_merged(self):
        command = ["run", DEMO, *SMALL, "--out", "r.h5"]
        self.ends(0, *command, "--shard", "1/2", says="shard 1/2 is done")
        self.ends(STOPPED, "merge", "r.h5")
        self.ends(0, *command, "--shard", "2/2")
        self.ends(0, "merge", "r.h5", "--max-failed", "10%")
        self.ends(0, "merge", "r.h5", "--max-failed", "10%")

    def test_a_sweep_is_extended(self):
        study = os.path.join(INPUTS, "sweep.yaml")
        small = self.path("small.yaml")
        with open(study, encoding="utf-8") as file:
            text = file.read().replace("[25, 75, 225, 450 mg]", "[75, 225 mg]") \
                .replace("size: 24", "size: 2").replace("n: 3", "n: 2") \
                .replace("populations/", INPUTS + "/populations/") \
                .replace("drugs/", INPUTS + "/drugs/")
        with open(small, "w", encoding="utf-8") as file:
            file.write(text)
        large = self.write("large.yaml", text.replace("[75, 225 mg]", "[75, 225, 450 mg]"))
        self.ends(0, "run", small, "--out", "small.h5")
        self.ends(0, "run", large, "--out", "large.h5", "--extend", "small.h5",
                  says="4 points were found")
        self.ends(0, "verify", "large.h5")

    def test_those_who_failed_are_run_again(self):
        def study(steps):
            with open(os.path.join(INPUTS, "first.yaml"), encoding="utf-8") as file:
                text = file.read().replace("drugs/", INPUTS + "/drugs/")
            return self.write(f"{steps}.yaml", text + "solver: {method: explicit, "
                              f"max_steps: {steps}}}\n")
        self.ends(FAILED_PATIENTS, "run", study(20), "--out", "r.h5")
        self.ends(0, "run", study(100000), "--out", "r.h5", "--rerun-failed", says="20 fine")
        self.ends(0, "run", study(100000), "--out", "whole.h5")
        self.assertTrue(filecmp.cmp(self.path("r.h5"), self.path("whole.h5"), shallow=False))

    def test_what_only_looks(self):
        self.ends(0, "check", DEMO)
        self.ends(0, "check", os.path.join(INPUTS, "first.yaml"), "--cost")
        self.ends(0, "models")
        self.ends(0, "models", "pk2")
        self.ends(0, "submit", DEMO, "--ranks", "2", "--array", "3", "--time", "10")
        self.ends(0, "submit", DEMO, "--scheduler", "pbs", "--time", "10")
        for command in ("run", "merge", "status", "verify", "diff", "export", "replay", "submit"):
            self.ends(0, command, "--help")


class Wrong(Sanitized):
    def test_every_way_to_an_error(self):
        first = os.path.join(INPUTS, "first.yaml")
        self.ends(0, "run", first, "--out", "r.h5")
        self.write("text.h5", "my thesis")
        self.write("bad.yaml", "name: x\nsede: 1\n")
        shutil.copy(self.path("r.h5"), self.path("changed.h5"))
        with open(self.path("changed.h5"), "r+b") as file:
            file.truncate(os.path.getsize(self.path("changed.h5")) // 2)
        for code, arguments in (
                (USAGE, ["run"]), (USAGE, ["walk"]), (USAGE, ["run", first, "--shard", "3/2"]),
                (USAGE, ["run", first, "--max-hours", "-1"]), (USAGE, ["merge", "none.h5"]),
                (USAGE, ["submit", first, "--scheduler", "lsf"]),
                (USAGE, ["replay", "r.h5", "--patient", "99"]),
                (INPUT, ["run", "bad.yaml", "--out", "o.h5"]), (INPUT, ["check", "bad.yaml"]),
                (INPUT, ["verify", "text.h5"]), (INPUT, ["verify", "changed.h5"]),
                (INPUT, ["diff", "r.h5", "changed.h5"]),
                (INPUT, ["export", "text.h5", "--csv", "s"]),
                (INPUT, ["run", first, "--out", "o.h5", "--extend", "r.h5"]),
                (IO, ["run", first, "--out", "none/o.h5"]), (IO, ["status", "none"]),
                (IO, ["run", first, "--out", "."]),
                (OTHER_RUN, ["run", DEMO, "--out", "r.h5"]),
                (OTHER_RUN, ["run", first, "--out", "text.h5"]),
                (OTHER_RUN, ["run", DEMO, "--out", "r.h5", "--rerun-failed"])):
            with self.subTest(arguments):
                self.ends(code, *arguments)

    def test_damaged_results_end_in_a_message(self):
        self.ends(0, "run", os.path.join(INPUTS, "first.yaml"), "--out", "r.h5")
        with open(self.path("r.h5"), "rb") as file:
            whole = file.read()
        for at in (0, 8, 100, 2000, len(whole) // 2, len(whole) - 9):
            damaged = bytearray(whole)
            damaged[at] ^= 0x55
            with open(self.path("damaged.h5"), "wb") as file:
                file.write(damaged)
            done = self.pneuma("verify", "damaged.h5", env=ENVIRONMENT)
            self.clean(done.stdout + done.stderr)
            self.assertIn(done.returncode, (0, 1, INPUT), done.stdout + done.stderr)


if __name__ == "__main__":
    if not os.path.exists(SANITIZED):
        print("not built: cmake --preset debug-sanitize; "
              "cmake --build --preset debug-sanitize")
        sys.exit(CANNOT_RUN)
    program.PROGRAM = SANITIZED
    unittest.main()
