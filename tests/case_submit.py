#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma submit: what stands in the script, what is refused, what is handed to sbatch.
That the scripts do what they should is shown by tests/slurm/run."""
import os
import shutil
import stat
import subprocess
import unittest

from program import DEMO, Case

USAGE, BAD_INPUT, IO, OTHER = 2, 65, 74, 75
FULL = ["--account", "lab", "--partition", "long", "--time", "1-06:30:00", "--ranks", "8",
        "--nodes", "2", "--array", "12", "--mem", "2G", "--name", "my-job", "--module",
        "pneuma/1", "--directive", "--qos=low", "--directive", "--exclude=n7"]


class Submit(Case):
    def submit(self, *options, study=DEMO, code=0, **how):
        done = self.pneuma("submit", study, *options, **how)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def directives(self, text, mark):
        return [line[len(mark) + 1:] for line in text.splitlines() if line.startswith(mark + " ")]

    def test_slurm_is_told_everything(self):
        text = self.submit(*FULL)
        self.assertEqual(self.directives(text, "#SBATCH"), [
            "--job-name=my-job", "--account=lab", "--partition=long", "--nodes=2", "--ntasks=8",
            "--cpus-per-task=1", "--mem-per-cpu=2048M", "--time=1830", "--signal=USR1@120",
            "--array=1-12", "--requeue", "--open-mode=append", "--output=%x-%A_%a.out",
            "--qos=low", "--exclude=n7"])
        self.assertIn("module load pneuma/1 ", text)
        self.assertIn('--shard "$shard/12"', text)
        with open(os.path.join(self.folder, "results.h5.sbatch"), encoding="utf-8") as file:
            self.assertEqual(file.read(), text)

    def test_pbs_is_told_everything(self):
        text = self.submit("--scheduler", "pbs", *FULL)
        self.assertEqual(self.directives(text, "#PBS"), [
            "-N my-job", "-A lab", "-q long", "-l select=2:ncpus=4:mpiprocs=4:mem=8192mb",
            "-l walltime=30:30:00", "-r y", "-j oe", "--qos=low", "--exclude=n7"])
        self.assertIn("qsub -J 1-12 ", text)
        self.assertIn("--max-hours 30.5000", text)
        self.assertIn("not tried", text)
        self.assertEqual(os.listdir(self.folder), ["results.h5.pbs"])

    def test_nothing_is_told_that_was_not_asked_for(self):
        text = self.submit()
        self.assertEqual(self.directives(text, "#SBATCH"), [
            "--job-name=fevipiprant-phase2", "--ntasks=1", "--cpus-per-task=1", "--requeue",
            "--open-mode=append", "--output=%x-%j.out"])
        for word in ("module", "merge", "shard", "--patients", "--events"):
            self.assertNotIn(word, text)

    def test_scripts_are_sound_shell(self):
        for options in ([], FULL, ["--scheduler", "pbs"], ["--scheduler", "pbs", *FULL],
                        ["--patients", "1:9", "--max-failed", "5%", "--array", "2"]):
            text = self.submit("--replace", *options)
            for tool in (["bash", "-n"], ["shellcheck", "--shell=bash"]):
                if shutil.which(tool[0]):
                    path = self.write("script", text)
                    done = subprocess.run([*tool, path], capture_output=True, text=True,
                                          check=False)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr + text)

    def test_a_template_of_one_s_own_is_filled(self):
        own = self.write("own.in", "#!/bin/sh\n#X @ACCOUNT@ @JOB@\n@ARRAY?@no\n#Y @DIRECTIVES@\n"
                         "@PROGRAM@ run @STUDY@ --out @RESULT@@RUN_OPTIONS@ \"$@\"\n")
        text = self.submit("--template", own, "--patients", "1:2", "--directive", "a",
                           "--directive", "b c")
        self.assertRegex(text, r"""^#!/bin/sh\n#Y a\n#Y b c\n'/.*/pneuma' run '/.*\.yaml' """
                         r"""--out 'results\.h5' --patients '1:2' "\$@"\n$""")
        self.write("own.in", "#!/bin/sh\n@JOBS@\n")
        self.assertIn("own.in:2: there is no @JOBS@ to fill in, did you mean @JOB@?",
                      self.submit("--replace", "--template", own, code=BAD_INPUT))
        self.assertIn("no.in", self.submit("--template", "no.in", code=IO))
        self.assertIn("it is no text", self.submit("--template", "/dev/zero", code=BAD_INPUT)
                      .replace("it is too long", "it is no text"))

    def test_hostile_names_stay_words(self):
        folder = os.path.join(self.folder, "a'b $(touch x) `touch y`;\\\"")
        os.mkdir(folder)
        study = self.demo(os.path.join(folder, "s' $(touch z).yaml"))
        out = os.path.join(folder, "r $(touch q)'.h5")
        text = self.submit("--out", out, study=study)
        # the script with commands that only tell what they are given
        tell = ('srun() { shift 2; printf "<%s>" "$@"; echo; return 2; }\n'
                'scontrol() { :; }\n')
        lines = text.splitlines(keepends=True)
        done = subprocess.run(["bash", "-c", tell + "".join(lines[1:])], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"<run><{os.path.realpath(study)}><--out><r $(touch q)'.h5>", done.stdout)
        self.assertEqual(sorted(os.listdir(self.folder)), [os.path.basename(folder)])

    def test_the_loop_tries_again_queues_again_and_gives_up(self):
        text = self.submit("--out", "r.h5")
        lines = text.splitlines(keepends=True)
        for code, told, tries in ((0, 0, 1), (3, 3, 1), (65, 65, 1), (74, 74, 1), (75, 75, 1),
                                  (85, 85, 1), (137, 137, 5), (1, 1, 5)):
            mock = (f"sleep() {{ :; }}; srun() {{ echo try >> tries; return {code}; }}\n"
                    "scontrol() { echo \"$@\" >> queued; return 1; }\nSLURM_JOB_ID=7\n")
            for name in ("tries", "queued"):
                if os.path.exists(os.path.join(self.folder, name)):
                    os.remove(os.path.join(self.folder, name))
            self.write("r.h5", "")  # a result is there
            done = subprocess.run(["bash", "-c", mock + "".join(lines[1:])], cwd=self.folder,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, told, (code, done.stderr))
            with open(os.path.join(self.folder, "tries"), encoding="utf-8") as file:
                self.assertEqual(len(file.readlines()), tries, code)
            queued = os.path.join(self.folder, "queued")
            self.assertEqual(os.path.exists(queued), code == 85)
            if code == 85:
                with open(queued, encoding="utf-8") as file:
                    self.assertEqual(file.read(), "requeue 7\n")

    def test_a_step_that_never_began_is_not_taken_for_done(self):
        lines = self.submit("--out", "r.h5").splitlines(keepends=True)
        mock = "srun() { echo try; return 0; }; sleep() { :; }\n"
        done = subprocess.run(["bash", "-c", mock + "".join(lines[1:])], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count("try\n"), 5)

    def test_submit_hands_the_script_to_sbatch_and_tells_when_there_is_none(self):
        tools = os.path.join(self.folder, "bin")
        os.mkdir(tools)
        fake = os.path.join(tools, "sbatch")
        self.write("bin/sbatch", '#!/bin/bash\necho "got $# $1 in $PWD"\n')
        os.chmod(fake, stat.S_IRWXU)
        path = f"{tools}:/usr/bin:/bin"
        told = self.submit("--submit", env={"PATH": path})
        self.assertIn(f"got 1 results.h5.sbatch in {os.path.realpath(self.folder)}\n", told)
        self.write("bin/sbatch", "#!/bin/bash\nexit 3\n")
        self.assertIn("did not take", self.submit("--submit", code=IO, env={"PATH": path}))
        os.remove(fake)
        self.assertIn("there is no sbatch", self.submit("--submit", code=IO,
                                                        env={"PATH": tools}))

    def test_a_script_that_was_changed_by_hand_is_kept(self):
        self.submit()
        self.submit()  # the same again: fine
        path = os.path.join(self.folder, "results.h5.sbatch")
        with open(path, "a", encoding="utf-8") as file:
            file.write("# mine\n")
        self.assertIn("another script", self.submit("--ranks", "2", code=OTHER))
        with open(path, encoding="utf-8") as file:
            self.assertIn("# mine", file.read())
        self.assertIn("--ntasks=2", self.submit("--ranks", "2", "--replace"))

    def test_a_wrong_study_is_told_before_anybody_waits(self):
        study = self.demo(seeed=1)
        self.assertIn("seeed", self.submit(study=study, code=BAD_INPUT))
        self.assertEqual(os.listdir(self.folder), ["study.yaml"])
        self.submit(study="nowhere.yaml", code=IO)
        self.submit("--out", "no/such/folder/r.h5", code=IO)

    def test_times_are_those_of_slurm(self):
        for text, minutes in (("90", 90), ("90:00", 90), ("30:00", 30), ("4:00:00", 240),
                              ("1-0", 1440), ("2-03:04", 3064), ("1-00:00:30", 1441)):
            self.assertIn(f"--time={minutes}\n", self.submit("--replace", "--time", text))
        for text in ("", "0", "x", "1:2:3:4", "1-", "-1", "1:", ":1", "0:59", "1-2-3", "1:60",
                     "12345678", "1.5"):
            self.submit("--time", text, code=USAGE)

    def test_wrong_options_are_usage_errors(self):
        for options in (["--scheduler", "lsf"], ["--ranks", "0"], ["--ranks", "x"],
                        ["--array", "100000"], ["--nodes", "2"], ["--mem", "2Q"],
                        ["--mem", "x"], ["--mem", "0"], ["--account", "a\n#SBATCH x"],
                        ["--account", "a b"], ["--name", ""], ["--directive", "a\nb"],
                        ["--partition", "-x"], ["--module", "x;y"], ["--max-failed", "x"],
                        ["--patients", "0:1"], ["--nonsense"], ["--out"], ["more"]):
            told = self.submit(*options, code=USAGE)
            self.assertRegex(told, "^pneuma: error: [^\n]*\n$")
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
