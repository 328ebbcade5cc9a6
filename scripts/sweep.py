# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/report makes of a sweep: a row for each point, and how endpoints depend on
the design's factors.  The numbers are those of `pneuma statistics`.

The 95 % intervals of means tell the simulation error over the virtual patients of a point;
they are not the intervals of a trial of that size.
"""
import csv
import math

import numpy as np

import results

STATISTICS = ("n", "mean", "sd", "responders", "contrast", "contrast_sd", "contrast_n")


class Sweep:
    """An opened sweep: statistics over patients for each point and arm."""

    def __init__(self, path, data):
        self.data = data
        self.arms = [str(arm) for arm in data["arm"].values]
        self.points = data["point"].values
        self.factors = [str(n) for n in data.data_vars if str(n).startswith("design.")]
        rows = [row for row in results.statistics(path) if row["scale"] == "linear"]
        self.names = self._choose(rows)
        self.last = self._last(rows)

    def _choose(self, rows):
        """Endpoints if there are any, else every output at visits, or over time."""
        for over in ("life", "visit", "time"):
            names = dict.fromkeys(row["output"] for row in rows if row["over"] == over)
            if names:
                return list(names)
        raise ValueError("neither statistics nor outputs: nothing to show")

    def _last(self, rows):
        """(output, point, arm) -> its row; of what runs over visits or times, the last."""
        return {(row["output"], row["point"], row["arm"]): row for row in rows
                if row["output"] in self.names}

    def unit(self, name):
        if name in self.data:
            return str(self.data[name].attrs.get("units", "1"))
        return self.last[name, int(self.points[0]), self.arms[0]]["unit"]

    def at_end(self, name, key):
        """Array (point, arm) of a column."""
        return np.array([[self.last[name, int(point), arm][key] for arm in self.arms]
                         for point in self.points], dtype=float)

    def has_contrast(self, name):
        """Whether the study asks for the contrast of an endpoint."""
        return f"{name}.contrast" in self.data

    def shown(self, name):
        """What a figure shows of an endpoint: its contrast if it has one, else its mean.
        Array (point, arm), half width of its interval, label."""
        of = "contrast" if self.has_contrast(name) else "mean"
        value = self.at_end(name, of)
        unit = self.unit(name)
        return (value, self.at_end(name, of + "_high") - value,
                f"{name}, {of}" + (f" [{unit}]" if unit != "1" else ""))

    def rows(self):
        for i, point in enumerate(self.points):
            for arm in self.arms:
                for name in self.names:
                    of = self.last[name, int(point), arm]
                    row = {"point": int(point)}
                    row.update({f[7:]: self.data[f].values[i] for f in self.factors})
                    row.update({"arm": arm, "endpoint": name, "unit": of["unit"]})
                    row.update({k: of[k] for k in STATISTICS
                                if self.has_contrast(name) or not k.startswith("contrast")})
                    yield {k: "" if isinstance(v, float) and math.isnan(v) else v
                           for k, v in row.items()}

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
    return Sweep(path, data) if "point" in data.dims else None


def is_reference(values):
    """An arm that has no contrast, or one without the drug: nothing to draw."""
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
