#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed that users were promised, in CPU seconds, which other programs hardly move."""
import os
import subprocess
import unittest

from program import SOURCE, Case


BUILD = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))


def speed(command, *arguments):
    return subprocess.run([os.path.join(SOURCE, "validation/speed", command), "--build", BUILD, *arguments],
                          capture_output=True, text=True, check=False)


class Speed(Case):
    def test_the_benchmark_runs_and_lanes_show(self):
        """At sizes where starting counts: far below the README's ratios, far above scalar code."""
        done = speed("run", "--quick", "--least", "30,0.7,20")
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for row in "| t1 | `pneuma run`", "| t3 | (a)", "lane use, t1", "| t1, ", "| full | ":
            self.assertIn(row, done.stdout)

    def test_no_more_instructions_than_stored(self):
        done = speed("count")
        print(done.stdout)
        if done.returncode == 77:
            self.skipTest("no valgrind here")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_airway_trees_are_solved_as_trees(self):
        done = speed("airway", "--quick")
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for row in ("steady flow", "KLU on the nodal matrix", "breathing", "impedance",
                    "KLU on the complex nodal matrix", "challenge"):
            self.assertIn(row, done.stdout)

    def cpu_seconds(self, n_visits):
        """Of 200 patients who only breathe out, by force, once an hour."""
        study = self.demo(
            f"{n_visits}.yaml", population={"size": 200, "from": "populations/"
                                            "eosinophilic-asthma.yaml"},
            disease=["eosinophils"], arms={"placebo": []}, duration="100 h",
            visits=[{"at": f"{hour} h", "tests": ["spirometry"]} for hour in range(n_visits)],
            output={"keep": ["FEV1"]})
        before = os.times()
        self.result(study, "--restart", name=f"{n_visits}.h5")
        after = os.times()
        return (after.children_user - before.children_user
                + after.children_system - before.children_system)

    def test_forced_expirations_run_in_lanes(self):
        """The least of three: fits to the baseline and reading cancel in the difference.

        Times are noisy: the figure is printed (validation/speed/README.md has it), and only
        a rate that lanes cannot have, near that of scalar code, fails."""
        seconds = min(self.cpu_seconds(81) for _ in range(3)) - self.cpu_seconds(1)
        rate = 200 * 80 / seconds
        print(f"{rate:.0f} forced expirations per CPU second")
        self.assertGreater(rate, 2000)


if __name__ == "__main__":
    unittest.main()
