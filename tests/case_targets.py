#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No command writes onto what it reads, nor onto a result, a journal, a study or a drug
file: by name, by link, by another spelling."""
import glob
import os
import re
import shutil
import subprocess
import unittest

from program import PROGRAM, SOURCE, Case

USAGE = 2


def options_that_name_files():
    """(command, option) for every option whose value is a FILE or PLACE, from help."""
    found = []
    names = [line.split()[0] for line in help_of().splitlines() if re.match(r"  [a-z]+ ", line)]
    for name in names:
        text = help_of(name)
        subs = [f"{name} {line.split()[0]}" for line in text.splitlines()
                if name == "airway" and re.match(r"  [a-z]+ ", line)]
        for one in subs or [name]:
            for option in re.findall(r"--([a-z-]+) (?:FILE|PLACE)", help_of(*one.split())):
                found.append((one, option))
    return sorted(set(found))


def help_of(*words):
    return subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True,
                          check=False).stdout


class Targets(Case):
    def setUp(self):
        super().setUp()
        for name in ("first.yaml", "drugs", "populations"):
            source = os.path.join(SOURCE, "inputs", name)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(
                source, os.path.join(self.folder, name))
        self.result("first.yaml", name="r.h5")
        done = self.pneuma("airway", "generate", "--model", "weibel", "--generations", "5", "--out", "tree.csv")
        self.has_tree = done.returncode == 0

    def content(self):
        kept = {}
        for path in glob.glob(self.folder + "/**", recursive=True):
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    kept[path] = file.read()
        return kept

    def refused(self, *arguments):
        before = self.content()
        done = self.pneuma(*arguments)
        with self.subTest(" ".join(arguments)):
            self.assertEqual(done.returncode, USAGE, done.stdout + done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertEqual(self.content(), before)

    def spellings(self, name):
        """The file by its name, through links, and by ways round."""
        path = os.path.join(self.folder, name)
        stem, ending = os.path.splitext(name)
        flat = stem.replace("/", "-")
        for make, link in ((os.symlink, f"soft-{flat}{ending}"), (os.link, f"hard-{flat}{ending}")):
            if not os.path.lexists(os.path.join(self.folder, link)):
                make(path, os.path.join(self.folder, link))
        return [name, f"./{name}", f"drugs/../{name}", path, f"soft-{flat}{ending}", f"hard-{flat}{ending}"]

    def test_every_command_keeps_off_results_studies_and_folders_of_runs(self):
        reads = {"table": ["table", "r.h5", "--long"], "export": ["export", "r.h5", "--only", "patient"],
                 "statistics": ["statistics", "r.h5"],
                 "replay": ["replay", "r.h5", "--patient", "1", "--arm", "once"], "selftest": ["selftest"]}
        for command, option in options_that_name_files():
            if option in ("events", "template", "plugin") or command not in reads:
                continue
            for target in (*self.spellings("r.h5"), *self.spellings("first.yaml"),
                           "drugs/fevipiprant.yaml", "r.h5.run/run.json", "r.h5.run/new.csv",
                           "/dev/null"):
                self.refused(*reads[command], f"--{option}", target)

    def test_a_run_keeps_off_what_it_reads(self):
        for more in ([], ["--restart"]):
            for target in (*self.spellings("first.yaml"), "drugs/fevipiprant.yaml",
                           "r.h5.run/x.h5"):
                self.refused("run", "first.yaml", "--out", target, *more)
        self.write("notes.txt", "mine")
        self.refused("run", "first.yaml", "--out", "notes.txt", "--restart")
        self.write("e.csv", "ID,TIME,EVID,AMT,CMT\n1,0,1,1,1\n")
        os.link(os.path.join(self.folder, "first.yaml"), os.path.join(self.folder, "x.h5"))
        self.refused("run", "first.yaml", "--out", "x.h5", "--restart")

    def test_submit_keeps_off_what_it_reads(self):
        for target in self.spellings("first.yaml"):
            self.refused("submit", "first.yaml", "--out", target)
        os.rename(os.path.join(self.folder, "first.yaml"),
                  os.path.join(self.folder, "x.h5.sbatch"))
        self.refused("submit", "x.h5.sbatch", "--out", "x.h5", "--replace")

    def test_airways_keep_off_their_tree(self):
        if not self.has_tree:
            self.fail("no tree was generated")
        for target in self.spellings("tree.csv"):
            self.refused("airway", "convert", "tree.csv", target)
            self.refused("airway", "flow", "tree.csv", "--out", target)

    def test_what_is_not_read_is_replaced(self):
        for _ in range(2):
            self.assertEqual(self.pneuma("table", "r.h5", "--out", "t.csv").returncode, 0)
            done = self.pneuma("replay", "r.h5", "--patient", "1", "--arm", "once", "--out",
                               "trace.csv")
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
