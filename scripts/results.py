# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a Pneuma result file, and what `pneuma statistics` says of it.

A result has dimensions arm, patient, time [h] and visit [h].  Patient p of one arm is
patient p of every other arm (a twin): arms are compared within patients.  Statistics are
the program's: nothing is computed here.  All intervals are 95 % intervals of a mean over
the simulated patients: the simulation error, which shrinks with the number of virtual
patients, not the interval of a trial.
"""
import csv
import io
import math
import os
import shutil
import subprocess
from typing import NamedTuple

import numpy as np
import xarray
import yaml

BUILT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/bin/pneuma")
TEXTS = ("output", "unit", "over", "arm", "scale", "against")  # the other columns are numbers
HOURS = {"h": 1.0, "day": 24.0, "d": 24.0, "week": 168.0}

# Positive and right-skewed, so summarised as geometric means and compared as ratios.
RATIO_OUTPUTS = ("eosinophils.", "feno.")


class ResultError(Exception):
    """The file cannot be used; the text says why."""


class Interval(NamedTuple):
    """A mean over patients with its 95 % interval."""

    n: int
    value: float
    low: float
    high: float


class Result:
    """An opened result file; failed patients are NaN in everything it hands out."""

    def __init__(self, path, point=None, program=None):
        self.path, self.point, self.program = path, point, program
        self.told = {}  # rows of statistics by their options
        self.data = _at_point(path, load(path), point)
        self.arms = [str(arm) for arm in self.data["arm"].values]
        self.n_patients = self.data.sizes["patient"]
        self.ok = self.data["status"].transpose("arm", "patient").values == 0
        self.n_failed = (~self.ok).sum(axis=1)
        self.times = _hours(self.data, "time")
        self.visits = _hours(self.data, "visit")
        if len(self.visits) == 0 and len(self.times) > 0:
            self.visits = self.times[[0, -1]]

    def title(self):
        """Name of the study, as the file or else its file name tells it."""
        title = str(self.data.attrs.get("title", "")).strip()
        return title or os.path.splitext(os.path.basename(self.path))[0]

    def names(self, over):
        """Outputs with dimensions (arm, patient, `over`)."""
        wanted = {"arm", "patient", over}
        return [str(n) for n, v in self.data.data_vars.items() if set(v.dims) == wanted]

    def curves(self):
        """Outputs that are a curve at each visit: (arm, patient, visit, point)."""
        return [
            str(name)
            for name, variable in self.data.data_vars.items()
            if variable.ndim == 4 and {"arm", "patient", "visit"} < set(variable.dims)
        ]

    def unit(self, name):
        """Unit of an output, as text."""
        return str(self.data[name].attrs.get("units", "1"))

    def values(self, name):
        """Array (arm, patient, ...) of an output, NaN for patients that failed."""
        variable = self.data[name].transpose("arm", "patient", ...)
        values = np.array(variable.values, dtype=float)
        values[~self.ok] = np.nan
        return values

    def at_visits(self, name):
        """Array (arm, patient, visit); an output over time is taken at the output time
        that is the visit's, NaN where there is none."""
        values = self.values(name)
        if "visit" in self.data[name].dims:
            return values
        taken = np.full(values.shape[:2] + (len(self.visits),), np.nan)
        for i, visit in enumerate(self.visits):
            at = np.flatnonzero(np.abs(self.times - visit) <= 1e-6 * (1 + abs(visit)))
            if len(at) > 0:
                taken[:, :, i] = values[:, :, at[0]]
        return taken

    def statistics(self, *options):
        """Rows of `pneuma statistics` (of this point): dictionaries of its columns."""
        if options not in self.told:
            rows = statistics(self.path, *options, program=self.program)
            self.told[options] = [r for r in rows if self.point is None or r["point"] in ("", self.point)]
        return self.told[options]

    def rows(self, name, arm, *options, log=False):
        """Rows of an output in an arm (its index), by time."""
        scale = "log" if log else "linear"
        return [r for r in self.statistics(*options) if
                (r["output"], r["arm"], r["scale"]) == (name, self.arms[arm], scale)]

    def row(self, name, arm, visit, *options, log=False):
        """The row at a visit (its index); None: the output has no such time."""
        at = self.visits[visit]
        for row in self.rows(name, arm, *options, log=log):
            if abs(row["time [h]"] - at) <= 1e-6 * (1 + abs(at)):
                return row
        return None

    def is_ratio(self, name):
        """Whether an output is summarised by geometric means (all its values positive)."""
        return name.startswith(RATIO_OUTPUTS) and any(
            (r["output"], r["scale"]) == (name, "log") for r in self.statistics())

    def study(self):
        """The resolved study of the file's provenance, {} when there is none."""
        try:
            with xarray.open_dataset(self.path, group="provenance") as provenance:
                texts = {**provenance.attrs, **{n: v.values for n, v in provenance.items()}}
        except (OSError, ValueError):
            return {}
        for text in texts.values():
            if "population:" in str(text) and "arms:" in str(text):
                return yaml.safe_load(str(text))
        return {}

    def treatment_end(self):
        """End of the last regimen of any arm [h], None when the file does not tell."""
        arms = self.study().get("arms", {})
        ends = [
            hours(regimen.get("start", "0 h")) + hours(regimen["for"])
            for arm in arms.values()
            for regimen in (arm.get("regimens") if isinstance(arm, dict) else arm) or []
            if "for" in regimen
        ]
        return max(ends) if ends else None

    def last_treated_visit(self):
        """Index of the last visit not after the end of treatment."""
        end = self.treatment_end()
        within = [i for i, t in enumerate(self.visits) if end is None or t <= end + 1e-6]
        return within[-1] if within else len(self.visits) - 1


def load(path):
    """All arrays of a result, as xarray has them."""
    if not os.path.isfile(path):
        raise ResultError(f"{path}: no such file")
    try:
        data = xarray.load_dataset(path, engine="netcdf4", decode_times=False)
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: not a result file ({error})") from error
    missing = [name for name in ("arm", "patient", "status") if name not in data.variables]
    if missing:
        raise ResultError(f"{path}: has no {', '.join(missing)}: not a result of pneuma run")
    return data


def _at_point(path, data, point):
    """One point of a sweep, as the result of a study without a design."""
    n = data.sizes.get("point", 0)
    if n == 0 and point is None:
        return data
    if n == 0:
        raise ResultError(f"{path}: is not a sweep: it has no points")
    if point is None or not 1 <= point <= n:
        raise ResultError(f"{path}: is a sweep of {n} points: choose one, --point 1 to {n}")
    return data.isel(point=point - 1)


def _hours(data, name):
    if name not in data.variables:
        return np.array([])
    unit = data[name].attrs.get("units", "h")
    if unit not in HOURS:
        raise ResultError(f"'{name}' is in '{unit}', expected one of {', '.join(HOURS)}")
    return np.asarray(data[name].values, dtype=float) * HOURS[unit]


def hours(text):
    """Hours of a quantity such as '12 week'."""
    number, _, unit = str(text).strip().partition(" ")
    if unit not in HOURS:
        raise ResultError(f"'{text}': expected a number and one of {', '.join(HOURS)}")
    return float(number) * HOURS[unit]


def statistics(path, *options, program=None):
    """What `pneuma statistics` writes: numbers are floats, the missing are NaN."""
    program = program or os.environ.get("PN_PROGRAM") or (
        BUILT if os.path.exists(BUILT) else shutil.which("pneuma"))
    if not program:
        raise ResultError("there is no program pneuma: build it, or set PN_PROGRAM")
    done = subprocess.run([program, "statistics", path, *options], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise ResultError(done.stderr.strip().removeprefix("pneuma: error: "))
    return [{key: value if key in TEXTS else number(key, value) for key, value in row.items()}
            for row in csv.DictReader(io.StringIO(done.stdout))]


def number(key, text):
    """A count as int, another number as float; a point of the design "" where there is none."""
    if key == "point":
        return int(text) if text else ""
    if key in ("n", "n_failed", "change_n", "contrast_n"):
        return int(text)
    return float(text) if text else math.nan


def interval(row, key):
    """"mean", "change" or "contrast" of a row, with its interval."""
    n = row["n" if key == "mean" else key + "_n"]
    return Interval(n, row[key], row[key + "_low"], row[key + "_high"])
