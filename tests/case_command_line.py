#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what it prints, what it refuses, and its exit codes."""
import os
import pty
import subprocess
import unittest

import yaml

from program import DEMO, PROGRAM, SOURCE, Case

USAGE, FAILED_PATIENTS, BAD_INPUT, IO, OTHER_RUN = 2, 3, 65, 74, 75


class CommandLine(Case):
    def check(self, code, *arguments, says=""):
        done = self.pneuma(*arguments)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertIn(says, done.stdout + done.stderr)
        return done

    def test_help_names_every_command(self):
        done = self.check(0, "--help")
        for word in ("run", "check", "table", "models", "--version", "exit codes"):
            self.assertIn(word, done.stdout)
        done = self.check(0, "run", "--help")
        for word in ("--out", "--patients", "--quiet", "--restart", "--max-failed"):
            self.assertIn(word, done.stdout)
        done = self.check(0, "table", "--help")
        for word in ("--csv", "--long", "--out", "--signals", "--ipred", "--dv", "--lloq"):
            self.assertIn(word, done.stdout)

    def test_version_names_revision_and_libraries(self):
        text = self.check(0, "--version").stdout.lower()
        for word in ("pneuma", "sundials", "hdf5", "gsl", "mpi", "jansson", "expat", "libcrypto"):
            self.assertIn(word, text)
        with open(os.path.join(SOURCE, "CITATION.cff"), encoding="utf-8") as file:
            cited = yaml.safe_load(file)
        self.assertIn("pneuma %s (" % cited["version"], text)
        self.assertLessEqual({"cff-version", "message", "title", "authors"}, set(cited))

    def test_wrong_command_lines_are_usage_errors(self):
        for arguments in ([], ["rum"], ["run"], ["run", "--nonsense", DEMO], ["check"],
                          ["table"], ["table", "a", "b"], ["table", DEMO, "--nonsense"],
                          ["run", DEMO, "--patients", "0:3"], ["run", DEMO, "--patients", "5:2"],
                          ["run", DEMO, "--patients", "x"], ["run", DEMO, "--out"]):
            with self.subTest(arguments):
                done = self.check(USAGE, *arguments)
                self.assertTrue(done.stderr or done.stdout)
                self.assertEqual(os.listdir(self.folder), [], "nothing is left behind")

    def test_a_study_that_is_not_there_is_an_io_error(self):
        self.check(IO, "run", "nowhere.yaml", says="nowhere.yaml")

    def test_a_wrong_study_is_told_with_line_and_column_and_leaves_nothing(self):
        study = self.demo(seeed=1)
        for command in ("check", "run"):
            done = self.check(BAD_INPUT, command, study, says="seeed")
            self.assertRegex(done.stderr, r"study\.yaml:\d+:\d+: error: ")
            self.assertIn("seed", done.stderr.replace("seeed", ""), "names the nearest key")
        self.assertEqual(os.listdir(self.folder), ["study.yaml"])

    def test_check_prints_a_study_that_reads_back_as_itself(self):
        first = self.check(0, "check", DEMO).stdout
        again = self.write("resolved.yaml", first)
        self.assertEqual(self.check(0, "check", again).stdout, first)

    def test_models_shows_the_catalogue_and_one_component(self):
        text = self.check(0, "models").stdout
        for name in ("pk2", "eosinophils", "asm_mass", "lambert", "spirometry"):
            self.assertIn(name, text)
        text = self.check(0, "models", "pk2").stdout
        for word in ("CL", "L/h", "KA", "clearance"):
            self.assertIn(word, text)
        self.check(USAGE, "models", "pk22", says="'pk2'")

    def test_models_knows_every_name_that_it_lists(self):
        listed = [line.split()[0] for line in self.check(0, "models").stdout.splitlines()
                  if line.startswith("  ")]
        self.assertGreater(len(listed), 25)
        for name in listed:
            self.check(0, "models", name, says=name)

    def test_a_result_is_overwritten_only_by_restart(self):
        path = self.result(DEMO, "--patients", "1:4")
        with open(path, "rb") as file:
            before = file.read()
        self.check(OTHER_RUN, "run", DEMO, "--patients", "1:5", says="results.h5")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)
        self.result(DEMO, "--patients", "1:5", "--restart")
        with open(path, "rb") as file:
            self.assertNotEqual(file.read(), before)

    def test_a_folder_that_cannot_be_written_is_an_io_error(self):
        self.check(IO, "run", DEMO, "--patients", "1:2", "--out", "no/such/folder/results.h5")

    def test_a_folder_is_no_result_even_to_restart(self):
        os.mkdir(os.path.join(self.folder, "here"))
        self.check(IO, "run", DEMO, "--out", "here", "--restart", says="here is a folder")

    def test_ranks_speak_with_one_voice(self):
        wrong = self.demo(seeed=1)
        for arguments in (["run", "--nonsense", DEMO], ["run", wrong], ["check", wrong],
                          ["models", "pk22"]):
            with self.subTest(arguments):
                done = self.pneuma(*arguments, ranks=3)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stderr.count("error: "), 1, done.stderr)

    def test_another_seed_is_as_if_the_study_had_it(self):
        self.assertIn("seed: 7\n", self.check(0, "check", DEMO, "--seed", "7").stdout)
        options = ("--patients", "1:3", "--max-failed", "10%", "--quiet")
        self.check(0, "run", DEMO, *options, "--seed", "7", "--out", "a.h5")
        self.check(0, "run", self.demo(seed=7), *options, "--out", "b.h5")
        self.check(0, "diff", "a.h5", "b.h5")
        self.check(OTHER_RUN, "run", DEMO, *options, "--out", "a.h5", says="seed")
        self.check(USAGE, "run", DEMO, "--seed", "0", says="from 1")

    def test_quiet_prints_nothing(self):
        done = self.check(0, "run", DEMO, "--patients", "1:4", "--max-failed", "10%", "--quiet")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_more_failed_patients_than_allowed_are_exit_code_3(self):
        study = self.demo(airway={"model": "lambert", "generations": 17,
                                  "k_asm": {"median": 2, "omega": 1}})  # half are above 2
        done = self.check(FAILED_PATIENTS, "run", study, "--patients", "1:8", "--max-failed",
                          "1%", says="failed, more than the 1 % allowed")
        self.assertIn("out_of_range", done.stdout)
        self.assertTrue(os.path.exists(os.path.join(self.folder, "results.h5")))

    def test_progress_is_one_line_on_a_terminal_and_few_lines_elsewhere(self):
        command = ["run", DEMO, "--patients", "1:150", "--max-failed", "10%"]
        lines = self.check(0, *command).stderr.splitlines()
        self.assertTrue(3 <= len(lines) <= 25, lines)
        for line in lines:
            self.assertRegex(line, r"^ *\d+ %  \d+ of 300 lives  [\d.]+ patients/s  \d+:\d\d left$")
        near, far = pty.openpty()
        done = subprocess.run([PROGRAM, *command, "--restart"], cwd=self.folder, stderr=far,
                              stdout=subprocess.DEVNULL, check=False)
        os.close(far)
        text = os.read(near, 65536).decode()
        os.close(near)
        self.assertEqual((done.returncode, text.count("\n")), (0, 0), text)
        self.assertGreaterEqual(text.count("\r"), 2)

    def test_a_single_process_begins_without_mpi(self):
        # Open MPI prints its parameters when it is initialised and told so
        told = {"OMPI_MCA_mpi_show_mca_params": "all"}
        said = [self.pneuma("run", DEMO, "--patients", "1:1", "--quiet", "--restart", ranks=ranks,
                            env=told) for ranks in (0, 1)]
        self.assertNotIn("mca", said[0].stdout + said[0].stderr)
        self.assertIn("mca", said[1].stdout + said[1].stderr)


if __name__ == "__main__":
    unittest.main()
