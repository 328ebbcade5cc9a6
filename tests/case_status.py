#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma status and the audit log: what a run tells while it runs, and what it leaves."""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

from program import DEMO, PROGRAM, Case, patience

LIVES = 800


class Status(Case):
    def command(self, ranks):
        own = [PROGRAM, "run", DEMO, "--patients", "1:400", "--out", "r.h5",
               "--quiet", "--max-failed", "10%"]
        return ["mpirun", "-n", str(ranks), *own] if ranks else own

    def told(self, folder="r.h5"):
        done = self.pneuma("status", folder, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def start(self, ranks=0, n_records=1, **how):
        """A run in progress with some records."""
        running = subprocess.Popen(self.command(ranks), cwd=self.folder,
                                   stderr=subprocess.DEVNULL, start_new_session=True, **how)
        self.addCleanup(self.kill, running)
        deadline = time.monotonic() + patience(30)
        while time.monotonic() < deadline:
            self.assertIsNone(running.poll(), "ended before it was looked at")
            if os.path.exists(os.path.join(self.folder, "r.h5.run/audit.jsonl")):
                told = self.told()
                if told["done"] >= n_records:
                    return running, told
            time.sleep(0.01)
        self.fail("no record within 30 s")

    @staticmethod
    def kill(running):
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()

    def log(self):
        with open(os.path.join(self.folder, "r.h5.run/audit.jsonl"), "rb") as file:
            return file.read()

    def test_a_run_tells_how_far_it_is_while_it_runs(self):
        running, told = self.start(ranks=2, n_records=50)
        self.assertEqual((told["state"], told["jobs"], told["ranks"]), ("running", LIVES, 2))
        self.assertEqual(len(told["journals"]), 2)
        self.assertEqual(sum(j["done"] for j in told["journals"]), told["done"])
        self.assertEqual(told["torn"], 0)
        text = self.pneuma("status", "r.h5.run").stdout
        self.assertRegex(text, rf"done \d+ of {LIVES} lives")
        self.kill(running)

    def test_a_watched_run_is_told_to_its_end(self):
        running, _ = self.start()
        done = self.pneuma("status", "r.h5", "--watch=0.2", "--json")
        self.assertEqual(running.wait(), 0)
        self.assertEqual(done.returncode, 0)
        views = [json.loads(view + "}") for view in done.stdout.split("\n}\n")[:-1]]
        self.assertEqual({view["state"] for view in views[:-1]}, {"running"})
        self.assertEqual((views[-1]["state"], views[-1]["done"], views[-1]["seconds_left"]),
                         ("complete", LIVES, 0))
        for view in views[:-1]:
            self.assertEqual(sum(journal["done"] for journal in view["journals"]), view["done"])
        counts = [view["done"] for view in views]
        self.assertEqual(counts, sorted(counts))

    def test_killed_stopped_resumed(self):
        """Three attempts: each has a start, two have an end, and the chain holds."""
        running, _ = self.start(n_records=20)
        running.send_signal(signal.SIGKILL)
        running.wait()
        told = self.told()
        self.assertEqual((told["state"], told["attempts"], told["ended"]), ("dead", 1, ""))
        n = told["done"]
        running, _ = self.start(n_records=n + 20)
        running.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait(), 85)
        told = self.told()
        self.assertEqual((told["state"], told["attempts"]), ("stopped", 2))
        self.assertGreater(told["done"], n)
        self.assertIn("goes on", self.pneuma("status", "r.h5").stdout)
        subprocess.run(self.command(2), cwd=self.folder, check=True)
        told = self.told()
        self.assertEqual((told["state"], told["done"], told["attempts"]), ("complete", LIVES, 3))
        with open(os.path.join(self.folder, "r.h5.run/run.json"), encoding="utf-8") as file:
            run = json.load(file)
        self.assertEqual([a["how"] for a in run["attempts"]], ["", "stop", "result"])
        self.assertEqual([a["ranks"] for a in run["attempts"]], [1, 1, 2])
        self.check_chain()
        self.assertEqual(self.pneuma("verify", "r.h5", "--strict").returncode, 0)
        self.break_the_log()

    def check_chain(self):
        """Computed again here, from the words of the log's description."""
        previous = "0" * 64
        for line in self.log().splitlines():
            self.assertEqual(json.loads(line)["previous"], previous)
            previous = hashlib.sha256(line).hexdigest()

    def break_the_log(self):
        """A changed, a lost, a shortened and a torn log."""
        path = os.path.join(self.folder, "r.h5.run/audit.jsonl")
        whole = self.log()
        lines = whole.splitlines(keepends=True)
        for name, text, code in (
                ("changed", whole.replace(b'"event": "stop"', b'"event": "st0p"'), 1),
                ("lost", lines[0] + b"".join(lines[2:]), 1),
                ("short", b"".join(lines[:-1]), 1),
                ("last", whole.replace(b'"ok": ', b'"ok": 1'), 1),
                ("same", whole, 0)):
            with self.subTest(name):
                with open(path, "wb") as file:
                    file.write(text)
                done = self.pneuma("verify", "r.h5")
                self.assertEqual(done.returncode, code, done.stdout)
                self.assertEqual("FAIL  audit" in done.stdout, code == 1)

    def test_a_line_that_was_cut_stays_and_is_chained(self):
        self.result(DEMO, "--patients", "1:10", "--max-failed", "50%", name="r.h5")
        path = os.path.join(self.folder, "r.h5.run/audit.jsonl")
        with open(path, "ab") as file:
            file.write(b'{"time": "2026-0')
        os.unlink(os.path.join(self.folder, "r.h5"))
        self.result(DEMO, "--patients", "1:10", "--max-failed", "50%", name="r.h5")
        self.assertEqual(len(self.log().splitlines()), 5)
        done = self.pneuma("verify", "r.h5", "--strict")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("some were cut", done.stdout)

    def test_provenance_names_program_library_and_scheduler(self):
        slurm = {"SLURM_JOB_ID": "4711", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_NODELIST": "n[1-2]"}
        path = self.result(DEMO, "--patients", "1:10", "--max-failed", "50%", env=slurm)
        with open(path + ".run/run.json", encoding="utf-8") as file:
            run = json.load(file)
        for name in ("program", "library"):
            with open(run[name]["path"], "rb") as file:
                self.assertEqual(run[name]["sha256"], hashlib.sha256(file.read()).hexdigest())
        self.assertRegex(run["library"]["path"], r"libpneuma\.so\.0(\.\d+)*$")
        self.assertEqual(run["scheduler"], slurm)
        shutil.move(path, path + ".1")
        again = self.result(DEMO, "--patients", "1:10", "--max-failed", "50%")
        with open(path + ".1", "rb") as one, open(again, "rb") as other:
            self.assertEqual(one.read(), other.read(), "all of this is outside the file")

    def test_where_there_is_no_run(self):
        done = self.pneuma("status", "nowhere")
        self.assertEqual((done.returncode, done.stdout), (74, ""))
        self.assertIn("there is no run", done.stderr)
        os.mkdir(os.path.join(self.folder, "empty"))
        self.assertEqual(self.told("empty")["state"], "none")
        self.assertEqual(self.pneuma("status").returncode, 2)
        self.assertEqual(self.pneuma("status", "empty", "--watch=x").returncode, 2)


if __name__ == "__main__":
    unittest.main()
