# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines of the benchmark: what they run, what it costs, how far off they are."""
import csv
import json
import os
import re
import resource
import subprocess
import time

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
EOSINOPHILS = [f"eosinophils_il5.{s}" for s in ("T1", "T2", "T3", "T4", "E")]
DRUGS = ["budesonide", "salbutamol", "tiotropium", "fevipiprant", "mepolizumab", "benralizumab",
         "tezepelumab", "dupilumab"]


class Problem:
    """A study, its columns for the baselines, its outputs, and what counts in its error."""

    def __init__(self, name, outputs, counted, units=None, columns=None, method="explicit"):
        self.name, self.outputs, self.counted = name, outputs, counted
        self.units = np.ones(len(outputs))
        for output, factor in (units or {}).items():
            self.units[outputs.index(output)] = factor
        self.columns, self.method = columns, method


T1_STATES = ["blocker.A0", "blocker.A1", "blocker.A2", *EOSINOPHILS, "asm_mass.A"]
# pneuma counts the target in mg/L of drug that it binds; the benchmark in nM
PROBLEMS = {
    "t1": Problem("t1", T1_STATES, T1_STATES[1:]),
    "t3": Problem("t3", T1_STATES + ["blocker.RF", "blocker.RC"],
                  T1_STATES[1:] + ["blocker.RF", "blocker.RC"],
                  {"blocker.RF": 2000.0, "blocker.RC": 2000.0}, method="rosenbrock"),
    "full": Problem(
        "full", [f"{d}.C" for d in DRUGS] + ["eosinophils.blood", "eosinophils.airway",
                                             "asm_mass.mass"],
        [f"{d}.C" for d in DRUGS] + ["eosinophils.blood", "eosinophils.airway", "asm_mass.mass"],
        columns=["budesonide.F_lung", "budesonide.KA", "budesonide.CL", "budesonide.V1",
                 "salbutamol.F_lung", "salbutamol.CL", "tiotropium.F_lung", "tiotropium.CL",
                 "fevipiprant.CL", "fevipiprant.V1", "fevipiprant.KA",
                 "mepolizumab.CL", "mepolizumab.V1",
                 "benralizumab.CL", "benralizumab.V1", "benralizumab.Q", "benralizumab.V2",
                 "benralizumab.KA", "benralizumab.F",
                 "tezepelumab.CL", "tezepelumab.V1", "tezepelumab.KA",
                 "dupilumab.KE", "dupilumab.V1", "dupilumab.VMAX", "dupilumab.KA",
                 "dupilumab.F", "blood_eosinophils", "eosinophils.ka"]),
}


def timed(command, env=None):
    """(CPU seconds, wall seconds) of a command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=env) as process:
        message = process.stderr.read()
    wall = time.monotonic() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n"
                           + message.decode(errors="replace"))
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall


def peak(command):
    """Peak memory of a command [MiB]: the kernel's high-water mark, looked at until the end.
    (The figure of wait4 is of no use: it begins with the memory of this process.)"""
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:  # before exec it is still this process that is seen, at the end nothing
                with open(f"/proc/{process.pid}/status", encoding="utf-8") as f:
                    found = re.search(r"VmHWM:\s+(\d+) kB", f.read())
                if found and os.path.samefile(f"/proc/{process.pid}/exe", command[0]):
                    most = max(most, int(found.group(1)) / 1024)
            except OSError:
                pass
            time.sleep(0.005)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}")
    return most


def output(command):
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = os.path.abspath(build), folder
        self.pneuma = self.program("pneuma")
        self.made = set()

    def program(self, name):
        path = os.path.join(self.build, "bin", name)
        if not os.path.exists(path):
            raise RuntimeError(f"no {path}: build the target `speed`")
        return path

    def path(self, name):
        return os.path.join(self.folder, name)

    # --- pneuma ---

    def study(self, name, rtol, method="auto", **changes):
        """The study with another tolerance, and other lines KEY: TEXT."""
        with open(os.path.join(HERE, f"{name}.yaml"), encoding="utf-8") as f:
            text = f.read()
        changes["solver"] = f"{{method: {method}, rtol: {rtol!r}}}"
        for key, value in changes.items():
            text, n = re.subn(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
            if n != 1:
                text += f"{key}: {value}\n"
        text = text.replace("../../", os.path.join(HERE, "..", "..") + "/")
        text = text.replace("population.csv", os.path.join(HERE, "population.csv"))
        path = self.path(f"study-{name}.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def run(self, study, n=None, launcher=(), env=None):
        """(CPU, wall), result of a study; n: only the first n patients."""
        return timed([*launcher, *self.command(study, n)], env), self.path("pneuma.h5")

    def command(self, study, n=None):
        some = ["--patients", f"1:{n}"] if n else []
        return [self.pneuma, "run", study, "--out", self.path("pneuma.h5"), "--quiet", "--restart", *some]

    def run_pneuma(self, problem, rtol, n=None, method="auto"):
        cost, out = self.run(self.study(problem.name, rtol, method), n)
        return cost, self.outputs(problem, out)

    @staticmethod
    def outputs(problem, path):
        with h5py.File(path) as f:
            if (f["status"][:] != 0).any():
                raise RuntimeError(f"{path}: a patient of the benchmark failed")
            return np.stack([f[name][0] for name in problem.outputs], axis=-1) * problem.units

    def run_json(self):
        with open(self.path("pneuma.h5.run/run.json"), encoding="utf-8") as f:
            return json.load(f)

    # --- the baselines ---

    def patients(self, problem, n):
        """The first n patients as a CSV for a baseline."""
        path = self.path(f"{problem.name}-{n}.csv")
        if path in self.made:
            return path
        with open(path, "w", encoding="utf-8") as f:
            if problem.columns is None:
                with open(os.path.join(HERE, "population.csv"), encoding="utf-8") as source:
                    f.writelines(source.readlines()[:n + 1])
            else:
                writer = csv.writer(f)
                writer.writerow(["ID", *problem.columns])
                for i, row in enumerate(self.drawn(problem, n)):
                    writer.writerow([i + 1, *(repr(float(value)) for value in row)])
        self.made.add(path)
        return path

    def drawn(self, problem, n):
        """Parameters of n patients, as a result of the study tells them."""
        _, out = self.run(self.study(problem.name, 1e-4), n)
        with h5py.File(out) as f:
            return np.stack([f[name][:] for name in problem.columns], axis=-1)

    def run_plain(self, program, problem, rtol, form, n):
        """form: "" or "scaled"."""
        out = self.path("plain.bin")
        cost = timed([self.program(program), problem.name, self.patients(problem, n), repr(rtol),
                      out, *([form] if form else [])])
        return cost, np.fromfile(out).reshape(n, -1, len(problem.outputs))


def error(problem, x, reference):
    """Largest |x - reference|/|reference| over patients, outputs after the first and what
    counts, where |reference| exceeds 1e-6 of its maximum."""
    counted = [problem.outputs.index(name) for name in problem.counted]
    reference = reference[:len(x)]
    worst = 0.0
    for k in counted:
        r = reference[..., k]
        counts = np.abs(r) > 1e-6 * np.abs(r).max()
        counts[:, 0] = False
        e = np.abs(x[..., k] - r)[counts] / np.abs(r)[counts]
        worst = max(worst, float(e.max()))
        if not np.isfinite(x[..., k]).all():
            raise RuntimeError(f"{problem.name}: {problem.outputs[k]} is not finite")
    return worst
