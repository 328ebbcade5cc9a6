#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that end too early, meet another run, or come to a disk that is full."""
import glob
import json
import os
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np
import yaml

from kill_runs import children, is_program
from program import DEMO, PROGRAM, SOURCE, Case, patience, same_bits

FAULTS = os.path.join(os.environ.get("PN_BUILD", os.path.join(SOURCE, "build")), "lib/pn_faults.so")
CRASHED = 12  # a status
FAILED_PATIENTS, LIBRARY, IO, OTHER_RUN, STOPPED = 3, 70, 74, 75, 85


class Survive(Case):
    def small(self, name="study.yaml", **changes):
        """A study of 20 lives that takes milliseconds."""
        with open(os.path.join(SOURCE, "inputs/first.yaml"), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study.update(changes)
        for regimens in study["arms"].values():
            for regimen in regimens:
                regimen["drug"] = os.path.join(SOURCE, "inputs", regimen["drug"])
        return self.write(name, yaml.safe_dump(study, sort_keys=False))

    def heavy(self):
        """A study whose every life takes seconds."""
        with open(self.small(), encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["arms"] = {"often": [{**study["arms"]["once"][0], "every": "2 h"}]}
        study.update(duration="5000 week", output={"every": "52 week", "keep": ["fevipiprant.C"], "doses": "none"},
                     solver={"method": "explicit", "rtol": 1e-13, "max_steps": 10**9})
        return self.write("heavy.yaml", yaml.safe_dump(study, sort_keys=False))

    def start(self, *arguments, ranks=0, env=None):
        command = [PROGRAM, "run", *arguments, "--quiet"]
        if ranks:
            command = ["mpirun", "-n", str(ranks), *command]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                env={**os.environ, **(env or {})})

    def wait_for(self, pattern):
        """Until such a file is there."""
        deadline = time.monotonic() + patience(30)
        while not glob.glob(os.path.join(self.folder, pattern)):
            self.assertLess(time.monotonic(), deadline, pattern)
            time.sleep(0.01)

    def end(self, running):
        out, err = running.communicate(timeout=patience(50))
        return running.returncode, out + err

    def again(self, code, *arguments, says=(), ranks=0):
        done = self.pneuma("run", *arguments, ranks=ranks)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, text)
        for word in says:
            self.assertIn(word, text)
        return text

    def mount(self, *options):
        place = os.path.join(self.folder, "disk")
        os.makedirs(place, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", place],
                              capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest("cannot mount a tmpfs here")
        self.addCleanup(subprocess.run, ["umount", place], check=False)
        return place


class Finished(Survive):
    def test_the_same_command_does_nothing_and_says_so(self):
        study = self.small()
        path = self.result(study)
        with open(path, "rb") as file:
            before = (file.read(), os.stat(path).st_mtime_ns)
        self.again(0, study, says=["complete", "20 lives, 20 fine", "nothing to do"])
        self.again(0, study, says=["nothing to do"], ranks=2)
        with open(path, "rb") as file:
            self.assertEqual((file.read(), os.stat(path).st_mtime_ns), before)

    def test_what_a_kill_at_the_very_end_has_left_is_tidied(self):
        study = self.small()
        path = self.result(study)
        folder = path + ".run"
        with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
            before = json.load(file)
        os.unlink(path)
        self.result(study, env={"LD_PRELOAD": FAULTS, "PN_FAULT": "nounlink"})
        os.unlink(os.path.join(folder, "run.json"))
        self.assertEqual(len(glob.glob(folder + "/journal-*")), 1)
        self.again(0, study, says=["nothing to do"])
        self.assertEqual(sorted(os.listdir(folder)), ["audit.jsonl", "run.json"])
        with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
            after = json.load(file)
        for name in ("jobs", "ok", "failed", "steps", "inputs", "result", "seed"):
            self.assertEqual(after[name], before[name])

    def test_too_many_failed_patients_are_still_too_many(self):
        study = self.small(solver={"method": "explicit", "max_steps": 10})
        self.again(FAILED_PATIENTS, study)
        self.again(FAILED_PATIENTS, study, says=["nothing to do", "20 of 20 patients failed"])

    def test_what_has_changed_is_named(self):
        self.result(self.small())
        for changes, says in (({"seed": 2}, "the seed: was 1, is 2"),
                              ({"duration": "71 h"}, "71 h"),
                              ({"solver": {"rtol": 1e-7}}, "rtol: 1e-07")):
            with self.subTest(changes):
                self.again(OTHER_RUN, self.small("other.yaml", **changes),
                           says=["results.h5 is the result of another run", says])
        with open(self.write("again.yaml", "# a remark\n"), "a", encoding="utf-8") as file:
            with open(self.small(), encoding="utf-8") as study:
                file.write(study.read())
        self.again(OTHER_RUN, "again.yaml", says=["the file again.yaml (its text, not"])

    def test_something_else_under_the_name_is_left_alone(self):
        self.write("results.h5", "my thesis")
        self.again(OTHER_RUN, self.small(), says=["results.h5 exists and is no result"])
        with open(os.path.join(self.folder, "results.h5"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "my thesis")


class Unfinished(Survive):
    def kill_half_way(self, study=DEMO, out="results.h5"):
        """A killed run of a study like the demo; its command line."""
        command = [study, "--patients", "1:300", "--max-failed", "10%"]
        with self.start(*command, "--out", out) as running:
            self.wait_for(out + ".run/journal-*.pnj")
            time.sleep(0.3)
            running.kill()
            running.communicate()
        return command

    def test_another_study_is_told_what_has_changed(self):
        command = self.kill_half_way()
        other = self.demo(seed=7)
        self.again(OTHER_RUN, other, *command[1:],
                   says=["results.h5.run holds the unfinished run", "the seed: was 20161, is 7"])
        self.again(0, *command)

    def test_torn_and_foreign_records_are_named_and_simulated_again(self):
        command = self.kill_half_way()
        whole = self.result(*command, name="whole.h5")
        torn, = glob.glob(os.path.join(self.folder, "results.h5.run/journal-*.pnj"))
        self.assertGreater(os.path.getsize(torn), 20000)
        with open(torn, "r+b") as file:
            file.truncate(os.path.getsize(torn) - 100)
            file.seek(9000)
            file.write(b"\0" * 16)
        self.kill_half_way(self.demo(seed=7), "other.h5")
        foreign = os.path.join(self.folder, "results.h5.run/journal-00007-001.pnj")
        os.rename(os.path.join(self.folder, "other.h5.run/journal-00000-001.pnj"), foreign)
        text = self.again(0, *command)
        self.assertIn("journal-00000-001.pnj: 2 torn", text)
        self.assertRegex(text, r"journal-00007-001.pnj: \d+ records of another run")
        self.assertTrue(os.path.exists(foreign))  # it is not ours to remove
        with open(whole, "rb") as a, open(os.path.join(self.folder, "results.h5"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_two_runs_in_one_folder(self):
        heavy = self.heavy()
        with self.start(heavy) as first:
            self.wait_for("results.h5.run/journal-*.pnj")
            self.again(OTHER_RUN, heavy, says=["results.h5.run/lock: in use by process "
                                               f"{first.pid} on "])
            self.again(OTHER_RUN, heavy, "--restart", says=["in use"], ranks=2)
            first.kill()
            first.communicate()
        self.assertTrue(os.path.exists(os.path.join(self.folder, "results.h5.run/lock")))
        with self.start(heavy) as second:  # the lock of the dead is no obstacle
            self.wait_for("results.h5.run/journal-00000-002.pnj")
            second.send_signal(signal.SIGTERM)
            self.assertEqual(self.end(second)[0], STOPPED)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "results.h5.run/lock")))


class Stop(Survive):
    def test_a_stop_takes_less_than_a_second_whatever_is_in_hand(self):
        heavy = self.heavy()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2):
            with self.subTest(number), self.start(heavy) as running:
                self.wait_for("results.h5.run/lock")
                time.sleep(0.3)
                start = time.monotonic()
                running.send_signal(number)
                code, text = self.end(running)
                self.assertLess(time.monotonic() - start, patience(1.0))
                self.assertEqual(code, STOPPED, text)
                self.assertIn("the same command goes on", text)

    def test_max_hours_stops_in_time(self):
        heavy = self.heavy()
        for ranks in (0, 2):
            with self.subTest(ranks):
                start = time.monotonic()
                done = self.pneuma("run", heavy, "--max-hours", "0.0015", ranks=ranks)
                self.assertEqual(done.returncode, STOPPED, done.stderr)
                self.assertIn("in time for --max-hours with work left", done.stderr)
                self.assertLess(time.monotonic() - start, patience(0.0015 * 3600 + 1.5 * (ranks > 0)))
        self.again(2, heavy, "--max-hours", "1e-5", says=["reading and writing alone need"])
        self.again(2, heavy, "--max-hours", "0", says=["--max-hours 0: expected hours"])

    def test_max_hours_is_no_obstacle_to_who_is_done(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        limited = self.result(study, "--max-hours", "1")
        with open(whole, "rb") as a, open(limited, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_one_rank_that_is_told_to_stop_tells_the_others(self):
        with self.start(self.heavy(), ranks=3) as running:
            self.wait_for("results.h5.run/journal-00002-*.pnj")
            time.sleep(0.3)
            ranks = [pid for pid in children(running.pid) if is_program(pid)]
            self.assertEqual(len(ranks), 3)
            start = time.monotonic()
            os.kill(ranks[-1], signal.SIGUSR1)
            code, text = self.end(running)
            # a second for the ranks, and what mpirun needs to end
            self.assertLess(time.monotonic() - start, patience(3.0))
            self.assertEqual(code, STOPPED, text)


class Crash(Survive):
    """A patient who kills the program is found, run alone, and left out."""
    BAD = 6  # patient 7

    def launch(self, fault, *arguments, ranks=0):
        return self.pneuma("run", *arguments, ranks=ranks,
                           env={"LD_PRELOAD": FAULTS, "PN_FAULT": f"{fault}:{self.BAD}"})

    def until_complete(self, fault, study, out, ranks=0):
        """Start again and again, as a job script does; exit codes and what was said."""
        codes, said = [], ""
        for _ in range(8):
            done = self.launch(fault, study, "--out", out, "--max-failed", "20%", ranks=ranks)
            codes.append(done.returncode)
            said += done.stderr
            if done.returncode == 0:
                break
        return codes, said

    def check_result(self, out, whole, signal_name):
        with h5py.File(os.path.join(self.folder, out)) as file:
            status, message = file["status"][()], file["message"][()]
        with h5py.File(whole) as file:
            fine = file["fevipiprant.C"][()]
        self.assertEqual(status[:, self.BAD].tolist(), [CRASHED, CRASHED])
        self.assertEqual(np.count_nonzero(status), 2)
        self.assertIn(signal_name.encode(), message[0, self.BAD])
        with h5py.File(os.path.join(self.folder, out)) as file:
            crashed = file["fevipiprant.C"][()]
        self.assertTrue(np.isnan(crashed[:, self.BAD]).all())
        others = [i for i in range(10) if i != self.BAD]
        self.assertTrue(same_bits(crashed[:, others], fine[:, others]))

    def test_rank_in_mpi_init_goes_with_its_launcher(self):
        """Open MPI's PMIx_Init waits for ever for a launcher killed while it answers."""
        program = f"{PROGRAM} run {self.small()} --out r.h5 & echo $!; wait"
        with subprocess.Popen(["sh", "-c", program], cwd=self.folder, stdout=subprocess.PIPE,
                              env={**os.environ, "OMPI_COMM_WORLD_SIZE": "2",
                                   "LD_PRELOAD": FAULTS, "PN_FAULT": "mpi_init"}) as launcher:
            rank = int(launcher.stdout.readline())
            self.addCleanup(subprocess.run, ["kill", "-9", str(rank)], capture_output=True)
            time.sleep(1.5)
            self.assertTrue(is_program(rank), "it does not wait for its launcher")
            launcher.kill()
        deadline = time.monotonic() + patience(10)
        while is_program(rank) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(is_program(rank), "it outlives its launcher")
        self.assertFalse(glob.glob(os.path.join(self.folder, "r.h5*")))

    def test_a_life_that_kills_the_program_twice_alone_is_left_out(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        for fault, name in (("segv", "SIGSEGV"), ("abort", "SIGABRT"), ("stack", "SIGSEGV"),
                            ("step", "SIGFPE")):
            with self.subTest(fault):
                out = f"{fault}.h5"
                codes, said = self.until_complete(fault, study, out)
                # each arm: once in company, twice alone
                self.assertEqual(codes, [-getattr(signal, name)] * (len(codes) - 1) + [0])
                self.assertIn(len(codes), (4, 5, 6, 7))
                self.assertIn("in hand: simulated one by one now", said)
                self.check_result(out, whole, name)
                self.assertEqual(sorted(os.listdir(os.path.join(self.folder, out + ".run"))),
                                 ["audit.jsonl", "run.json"])

    def test_it_is_the_same_on_three_ranks(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        codes, _ = self.until_complete("step", study, "ranks.h5", ranks=3)
        self.assertEqual(codes[-1], 0)
        self.check_result("ranks.h5", whole, "SIGFPE")

    def test_sigkill_blames_nobody(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        for _ in range(4):
            self.assertEqual(self.launch("kill", study).returncode, -signal.SIGKILL)
        self.again(0, study, says=["20 fine, 0 failed", "one by one"])
        with open(whole, "rb") as a, open(os.path.join(self.folder, "results.h5"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_signal_from_outside_blames_nobody(self):
        heavy = self.heavy()
        for _ in range(3):
            with self.start(heavy) as running:
                self.wait_for("results.h5.run/note-*.pnh")
                time.sleep(0.2)
                running.send_signal(signal.SIGSEGV)
                self.assertEqual(self.end(running)[0], -signal.SIGSEGV)
            for note in glob.glob(os.path.join(self.folder, "results.h5.run/note-*.pnh")):
                with open(note, "rb") as file:
                    self.assertEqual(file.read()[32:36], b"\0\0\0\0")


class Memory(Survive):
    def test_no_memory_is_exit_code_70_and_goes_on_with_more(self):
        command = [DEMO, "--patients", "1:30", "--max-failed", "10%"]
        whole = self.result(*command, name="whole.h5")
        for most in (1 << 16, 1 << 18, 1 << 20):
            done = self.pneuma("run", *command, env={"LD_PRELOAD": FAULTS,
                                                     "PN_FAULT": f"memory:{most}"})
            self.assertEqual(done.returncode, LIBRARY, done.stderr)
            self.assertIn("pneuma: error: ", done.stderr)
            self.assertIn("memory", done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "results.h5")))
        self.again(0, *command, says=["were found in the journals"])
        with open(whole, "rb") as a, open(os.path.join(self.folder, "results.h5"), "rb") as b:
            self.assertEqual(a.read(), b.read())


class Disk(Survive):
    def test_where_there_are_no_locks_the_signature_counts(self):
        none = {"LD_PRELOAD": FAULTS, "PN_FAULT": "nolock"}
        heavy = self.heavy()
        with self.start(heavy, env=none) as first:
            self.wait_for("results.h5.run/journal-*.pnj")
            done = self.pneuma("run", heavy, env=none)
            self.assertEqual(done.returncode, OTHER_RUN)
            self.assertIn(f"in use by process {first.pid}", done.stderr)
            first.kill()
            first.communicate()
        lock = os.path.join(self.folder, "results.h5.run/lock")
        study = self.small()
        self.again(OTHER_RUN, study)  # the folder is the heavy one's: the lock is free
        with open(lock, "w", encoding="ascii") as file:  # whose beat does not go on
            file.write(f"{7:020d}\nanother-node boot 1 1 00000000000000ff 2026-01-01T00:00:00Z\n")
        self.again(OTHER_RUN, study)  # taken over: the folder is still the heavy one's
        self.assertFalse(os.path.exists(lock))

    def test_jumps_of_the_clock_change_nothing(self):
        study = self.small()
        whole = self.result(study, name="whole.h5")
        jumpy = self.result(study, name="jumpy.h5",
                            env={"LD_PRELOAD": FAULTS, "PN_FAULT": "clock"})
        with open(whole, "rb") as a, open(jumpy, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_full_disk_is_exit_code_74_and_goes_on_with_room(self):
        disk = self.mount("-o", "size=2m")
        command = [DEMO, "--patients", "1:300", "--max-failed", "10%"]
        whole = self.result(*command, name="whole.h5")
        ballast = os.path.join(disk, "ballast")
        with open(ballast, "wb") as file:
            file.write(bytes(1 << 20))
        out = os.path.join(disk, "results.h5")
        size = os.path.getsize(whole)
        for ranks in (0, 2):
            text = self.again(IO, *command, "--out", out, ranks=ranks)
            self.assertIn("No space left on device", text)
            self.assertIn("the same command goes on", text)
            self.assertFalse(os.path.exists(out))
        os.unlink(ballast)
        self.assertGreater(2 * size, 2 << 20)  # journals and result do not fit: full again
        self.again(IO, *command, "--out", out, says=["No space left on device"])
        self.assertEqual([n for n in os.listdir(disk) if ".part" in n], [])
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        self.again(0, *command, "--out", out, says=["were found in the journals"])
        with open(whole, "rb") as a, open(out, "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_quota_is_exit_code_74_and_goes_on_with_more(self):
        command = [DEMO, "--patients", "1:100", "--max-failed", "10%"]
        whole = self.result(*command, name="whole.h5")
        size = os.path.getsize(whole)
        for ranks, quota in ((0, 100), (0, size // 3), (2, size // 4)):
            done = self.pneuma("run", *command, ranks=ranks,
                               env={"LD_PRELOAD": FAULTS, "PN_FAULT": f"quota:{quota}"})
            self.assertEqual(done.returncode, IO, done.stderr)
            self.assertIn("Disk quota exceeded", done.stderr)
            # one rank may end the others before they notice
            self.assertIn(done.stderr.count("pneuma: error:"), (1, max(ranks, 1)), done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "results.h5")))
        self.again(0, *command, says=["were found in the journals"])
        with open(whole, "rb") as a, open(os.path.join(self.folder, "results.h5"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_read_only_disk_is_named(self):
        disk = self.mount("-o", "ro")
        self.again(IO, self.small(), "--out", os.path.join(disk, "results.h5"),
                   says=["Read-only file system: choose an --out that can be written"])

    def test_a_folder_that_is_not_there_is_named(self):
        self.again(IO, self.small(), "--out", "scratch/results.h5",
                   says=["scratch/results.h5.run: No such file", "is it mounted here?"])


if __name__ == "__main__":
    unittest.main()
