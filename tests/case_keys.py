#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a study in all their places: help, the manual page, inputs/README.md."""
import os
import re
import subprocess
import unittest

from program import PROGRAM, SOURCE, Case

KEYS = os.path.join(SOURCE, "scripts/keys")
BUILD = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))


def rows():
    """Map -> names of its keys, from the program."""
    told = subprocess.run([PROGRAM, "help", "--keys"], capture_output=True, text=True, check=True)
    found = {}
    for line in told.stdout.splitlines():
        kind, name, *_ = line.split("\t")
        if kind == "map":
            keys = found.setdefault(name, [])
        else:
            keys.append(name)
    return found


class Keys(Case):
    def test_the_reference_in_inputs_is_what_the_program_says(self):
        done = subprocess.run([KEYS, "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_stale_reference_is_found(self):
        with open(os.path.join(SOURCE, "inputs/README.md"), encoding="utf-8") as file:
            stale = self.write("README.md", file.read().replace("- `rtol` (", "- `rtoll` ("))
        done = subprocess.run([KEYS, "--check", stale], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stale", done.stderr)

    def test_the_manual_page_has_every_key(self):
        subprocess.run(["cmake", "--build", BUILD, "--target", "man"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(BUILD, "man/pneuma-study.5"), encoding="utf-8") as file:
            page = file.read().replace("\\-", "-")
        pieces = dict(zip(*[iter(re.split(r"^\.Ss (.+)$", page, flags=re.M)[1:])] * 2))
        for name, keys in rows().items():
            told = re.findall(r'^\.It "\\fB(\S+)\\fP', pieces[name], re.M)
            self.assertEqual(told, keys, name)

    def test_help_takes_maps_keys_and_commands(self):
        for words, says in ((("keys",), "  regimen "), (("regimen",), "  adherence: "),
                            (("run",), "usage: pneuma run"), (("solver.rtol",), "1e-13 to 0.1")):
            done = self.pneuma("help", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(says, done.stdout)

    def test_help_of_no_key_names_the_nearest(self):
        done = self.pneuma("help", "adherance")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertIn("did you mean 'adherence'?", done.stderr)


if __name__ == "__main__":
    unittest.main()
