# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/report makes of a sweep: a row for each point, and how endpoints depend on
the design's factors.

The 95 % intervals of means tell the simulation error over the virtual patients of a point
(Student's t); they are not the intervals of a trial of that size.
"""
import csv
import math

import numpy as np
from scipy import stats

import results

STATISTICS = ("n", "mean", "sd", "responders", "contrast", "contrast_sd", "contrast_n")


class Sweep:
    """An opened sweep: statistics over patients for each point and arm."""

    def __init__(self, data):
        self.data = data
        self.arms = [str(arm) for arm in data["arm"].values]
        self.points = data["point"].values
        self.factors = [str(n) for n in data.data_vars if str(n).startswith("design.")]
        self.names = self._summaries()

    def _summaries(self):
        """Endpoints if there are any, else every output at visits (its last one)."""
        with_mean = [str(n)[:-5] for n in self.data.data_vars if str(n).endswith(".mean")]
        endpoints = [n for n in with_mean if self.data[f"{n}.mean"].ndim == 2]
        if endpoints or with_mean:
            return endpoints or with_mean
        self._summarise()
        return self._summaries()

    def _summarise(self):
        """A file without statistics: those of the lives that it has."""
        found = {}
        for name, values in self.data.data_vars.items():
            if values.dims == ("point", "arm", "patient", "visit"):
                fine = values.where(self.data["status"] == 0)
                found[f"{name}.n"] = fine.count("patient")
                found[f"{name}.mean"] = fine.mean("patient")
                found[f"{name}.sd"] = fine.std("patient", ddof=1)
                for part in found.values():
                    part.attrs.setdefault("units", values.attrs.get("units", "1"))
        if not found:
            raise ValueError("neither statistics nor outputs at visits: nothing to show")
        self.data = self.data.assign(found)

    def unit(self, name):
        return str(self.data[name].attrs.get("units", "1"))

    def at_end(self, name):
        """Array (point, arm); of what runs over visits or times, the last."""
        values = self.data[name]
        for over in ("visit", "time"):
            if over in values.dims:
                values = values.isel({over: -1})
        return np.asarray(values.values, dtype=float)

    def shown(self, name):
        """What a figure shows of an endpoint: its contrast if it has one, else its mean.
        Array (point, arm), half width of its interval, label."""
        of = "contrast" if f"{name}.contrast" in self.data else "mean"
        spread, count = ("contrast_sd", "contrast_n") if of == "contrast" else ("sd", "n")
        value, sd, n = (self.at_end(f"{name}.{k}") for k in (of, spread, count))
        with np.errstate(invalid="ignore", divide="ignore"):
            half = stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)
        unit = self.unit(f"{name}.{of}")
        return value, half, f"{name}, {of}" + (f" [{unit}]" if unit != "1" else "")

    def rows(self):
        for i, point in enumerate(self.points):
            for a, arm in enumerate(self.arms):
                for name in self.names:
                    row = {"point": int(point)}
                    row.update({f[7:]: self.data[f].values[i] for f in self.factors})
                    row.update({"arm": arm, "endpoint": name,
                                "unit": self.unit(f"{name}.mean")})
                    for k in STATISTICS:
                        if f"{name}.{k}" in self.data:
                            row[k] = self.at_end(f"{name}.{k}")[i, a]
                    yield row

    def write_csv(self, path):
        columns = ["point", *(f[7:] for f in self.factors), "arm", "endpoint", "unit",
                   *STATISTICS]
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(self.rows())


def open_sweep(path):
    """The sweep in a result, None when it has no design."""
    data = results.load(path)
    return Sweep(data) if "point" in data.dims else None


def is_reference(values):
    """An arm compared with itself, or one without the drug: nothing to draw."""
    return not np.any(np.isfinite(values)) or np.all(values[np.isfinite(values)] == 0.0)


def draw(sweep, plt, style):
    """Endpoints (rows, at most 4) against factors (columns, at most 4)."""
    names, factors = sweep.names[:4], sweep.factors[:4]
    figure, axes = plt.subplots(len(names), len(factors), squeeze=False, sharey="row",
                                figsize=(3.2 * len(factors) + 1.2, 2.6 * len(names) + 0.9))
    for row, name in zip(axes, names):
        value, half, label = sweep.shown(name)
        row[0].set_ylabel(label)
        for axis, factor in zip(row, factors):
            _draw_factor(sweep, axis, factor, value, half, style)
    for axis, factor in zip(axes[-1], factors):
        unit = sweep.unit(factor)
        axis.set_xlabel(factor[7:] + (f" [{unit}]" if unit != "1" else ""))
    handles, labels = [], []
    for axis in axes.flat:
        for handle, label in zip(*axis.get_legend_handles_labels()):
            if label not in labels:
                handles.append(handle)
                labels.append(label)
    figure.legend(handles, labels, loc="lower center", ncol=min(len(labels), 5), frameon=False)
    return figure


def _draw_factor(sweep, axis, factor, value, half, style):
    x = np.asarray(sweep.data[factor].values, dtype=float)
    for a, arm in enumerate(sweep.arms):
        if is_reference(value[:, a]):
            continue
        axis.errorbar(x, value[:, a], yerr=half[:, a], fmt="o", ms=3.5, lw=0.8,
                      color=style(a)["color"], alpha=0.8, label=arm)
    if np.all(x > 0) and x.max() > 8 * x.min():
        axis.set_xscale("log")
    axis.grid(alpha=0.25)


def print_table(sweep):
    """The points with the smallest and the largest value of each endpoint."""
    for name in sweep.names:
        value, half, label = sweep.shown(name)
        for a, arm in enumerate(sweep.arms):
            if is_reference(value[:, a]):
                continue
            print(f"{label}, {arm}:")
            for word, i in (("least", np.nanargmin(value[:, a])),
                            ("most", np.nanargmax(value[:, a]))):
                at = ", ".join(f"{f[7:]} {sweep.data[f].values[i]:.4g}" for f in sweep.factors)
                error = f" +- {half[i, a]:.2g}" if math.isfinite(half[i, a]) else ""
                print(f"  {word:5} {value[i, a]:.4g}{error} at point {sweep.points[i]} ({at})")
