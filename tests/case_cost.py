#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pneuma check --cost` beside a real run: within 30 %."""
import glob
import os
import re
import subprocess
import time
import unittest

from program import DEMO, PROGRAM, Case

SHARE = 0.30
UNITS = {"MB": 1e6, "GB": 1e9, "s": 1.0, "min": 60.0, "h": 3600.0}


class Cost(Case):
    def forecast(self, *arguments):
        done = self.pneuma("check", "--cost", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = {}
        for name, number, unit in re.findall(r"^ +(CPU time|memory|journals|result) +([\d.]+) (\w+)",
                                             done.stdout, re.M):
            found[name] = float(number) * UNITS[unit]
        low, high = re.search(r"([\d.]+) to ([\d.]+) core-hours", done.stdout).groups()
        found["low"], found["high"] = 3600 * float(low), 3600 * float(high)
        found["ranks"] = {int(n): float(t) * UNITS[u] for n, t, u in re.findall(
            r"^ +(\d+) +([\d.]+) (s|min|h) +\d+ %$", done.stdout, re.M)}
        found["sensible"] = int(re.search(r"at most (\d+) rank", done.stdout).group(1))
        self.assertEqual(os.listdir(self.folder), [], "nothing is left behind")
        return found

    def spent(self, *arguments):
        """What a run costs: CPU seconds, bytes of memory, of journals and of the result."""
        out = os.path.join(self.folder, "r.h5")
        with subprocess.Popen([PROGRAM, "run", *arguments, "--out", out, "--quiet",
                               "--max-failed", "10%"]) as running:
            journals = 0
            while True:
                pid, code, usage = os.wait4(running.pid, os.WNOHANG)
                if pid:
                    break
                sizes = 0
                for path in glob.glob(out + ".run/journal-*.pnj"):
                    try:
                        sizes += os.path.getsize(path)
                    except FileNotFoundError:
                        pass
                journals = max(journals, sizes)
                time.sleep(0.01)
            running.returncode = code
        self.assertEqual(code, 0)
        return {"CPU time": usage.ru_utime + usage.ru_stime, "memory": 1024 * usage.ru_maxrss,
                "journals": journals, "result": os.path.getsize(out)}

    def compare(self, *arguments):
        told = self.forecast(*arguments)
        real = self.spent(*arguments)
        for name, value in real.items():
            self.assertLess(abs(told[name] / value - 1), SHARE, (name, told, real))
        self.assertLess(told["low"], told["CPU time"])
        self.assertLess(told["CPU time"], told["high"])

    def test_the_demo_costs_what_was_told(self):
        self.compare(DEMO)

    def test_part_of_a_study_costs_its_part(self):
        whole, part = self.forecast(DEMO), self.forecast(DEMO, "--patients", "1:250")
        for name in ("CPU time", "journals", "result"):
            self.assertLess(abs(4 * part[name] / whole[name] - 1), SHARE, name)

    def test_ranks_share_the_time_until_there_is_nothing_to_share(self):
        study = self.demo(population={"size": 40000,
                                      "from": "populations/eosinophilic-asthma.yaml"})
        target = os.path.join(self.folder, "..", os.path.basename(self.folder) + ".yaml")
        os.rename(study, target)
        self.addCleanup(os.remove, target)
        told = self.forecast(target, "--ranks", "24")
        ranks = told["ranks"]
        self.assertIn(24, ranks)
        self.assertIn(told["sensible"], ranks)
        self.assertGreater(told["sensible"], 16)
        self.assertLess(abs(ranks[16] * 16 / ranks[1] - 1), 0.25)
        times = [ranks[n] for n in sorted(ranks)]
        self.assertEqual(times, sorted(times, reverse=True))

    def test_wrong_command_lines_are_refused(self):
        for arguments in (["--ranks", "3"], ["--cost", "--ranks", "0"], ["--cost", "--ranks", "x"],
                          ["--cost", "--patients", "3"], ["--cots"]):
            done = self.pneuma("check", DEMO, *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertRegex(done.stderr, "^pneuma: error: ")


if __name__ == "__main__":
    unittest.main()
