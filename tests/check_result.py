#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a result file as its users will: xarray with both engines, h5py, ncdump.

check_result.py RESULT.h5            checks the layout of any result
check_result.py --sample TEST_RECORD  has test_record write one, and checks its numbers too
check_result.py --lists TEST_LISTS    the same with observations and doses of test_lists

An engine that is not installed is named as skipped.
"""
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy
import xarray

FAILURES = []


def check(good, what):
    if not good:
        FAILURES.append(what)
        print("FAILED:", what)


def engines():
    for engine, module in (("netcdf4", "netCDF4"), ("h5netcdf", "h5netcdf")):
        try:
            __import__(module)
            yield engine
        except ImportError:
            print("skipped: engine", engine, "is not installed")


def check_dataset(data, engine):
    """What holds for every result, whatever was kept."""
    for name in ("time", "visit"):
        if name in data.coords:
            check(data[name].dtype == numpy.float64, f"{engine}: {name} is a float64")
            check(data[name].attrs.get("units") == "h", f"{engine}: {name} is in h")
    check(data["patient"].dtype == numpy.int64, f"{engine}: patient is an int64")
    check(all(isinstance(arm, str) for arm in data["arm"].values), f"{engine}: arms")
    check(data.attrs.get("schema") == "pneuma-trial", f"{engine}: schema")
    check(data["status"].dtype == numpy.int8, f"{engine}: status is an int8")
    values = numpy.atleast_1d(data["status"].attrs["flag_values"])
    check(len(values) == len(data["status"].attrs["flag_meanings"].split()),
          f"{engine}: one meaning for each flag of status")
    check(set(numpy.unique(data["status"])) <= set(values), f"{engine}: known statuses")
    for name, variable in data.data_vars.items():
        check("long_name" in variable.attrs, f"{engine}: {name} has a long_name")
        check("units" in variable.attrs or name == "message", f"{engine}: {name} has units")
        check(not numpy.issubdtype(variable.dtype, numpy.timedelta64),
              f"{engine}: {name} is a number, not a time difference")
        check("phony" not in "".join(variable.dims), f"{engine}: {name} has named dims")
        check(variable.dims in (("patient",), ("obs",), ("arm", "obs"), ("dose",), ("record",))
              or variable.dims[:2] == ("arm", "patient"),
              f"{engine}: {name} has dims {variable.dims}")
    check_lists(data, engine)


def check_lists(data, engine):
    """Ragged arrays: elements by arm and patient; those of a life that failed are not there."""
    if "dose" in data.dims:
        check(data["dose_patient"].attrs["instance_dimension"] == "patient",
              f"{engine}: whose doses")
        job = data["dose_arm"].values * data.sizes["patient"] + data["dose_patient"].values
        check((numpy.diff(job) >= 0).all(), f"{engine}: doses by arm and patient")
        alive = (data["status"].values == 0).ravel()
        want = numpy.where(alive, data["n_doses"].values.ravel(), 0)
        check(numpy.array_equal(numpy.bincount(job, minlength=len(want)), want),
              f"{engine}: as many doses as were counted")
        for name in ("dose_time", "dose_amount", "dose_duration"):
            check(not data[name].isnull().any(), f"{engine}: every {name} is known")
        where = data["dose_compartment"]
        n_words = len(where.attrs["flag_meanings"].split())
        check(n_words == len(numpy.atleast_1d(where.attrs["flag_values"])) ==
              len(numpy.atleast_1d(where.attrs["compartment_CMT"])) ==
              len(where.attrs["compartment_units"].split()), f"{engine}: compartments")
        check(((where >= 0) & (where < n_words)).all(), f"{engine}: known compartments")
    if "obs" in data.dims:
        check(data["obs_patient"].attrs["instance_dimension"] == "patient",
              f"{engine}: whose observations")
        check((numpy.diff(data["obs_patient"]) >= 0).all(), f"{engine}: obs by patient")
        check(not data["obs_time"].isnull().any(), f"{engine}: times of observations")


def check_provenance(path, engine):
    with xarray.open_dataset(path, engine=engine, group="provenance") as group:
        check("name:" in str(group["resolved"].values), f"{engine}: the resolved study")
        check(group.attrs["seed"].isdigit(), f"{engine}: the seed is decimal text")
        for name in ("version", "git_revision", "compiler", "flags", "libraries"):
            check(isinstance(group.attrs.get(name), str), f"{engine}: {name}")
        for line in str(group["inputs"].values).splitlines():
            check(len(line.split()[0]) == 64, f"{engine}: SHA-256 of {line}")


def check_h5py(path):
    """No filters, contiguous, a scale on every dimension, order of creation kept."""
    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        check(item.chunks is None and item.compression is None, f"h5py: {name} is plain")
        if h5py.h5ds.is_scale(item.id):
            return
        check(all(len(dim) == 1 for dim in item.dims), f"h5py: scales of {name}")
        if item.dtype == numpy.float64:
            fill = item.attrs["_FillValue"]
            check(fill.shape == (1,) and math.isnan(fill[0]), f"h5py: fill of {name}")

    order = []
    with h5py.File(path, "r") as file:
        file.visititems(visit)
        file.id.links.iterate(order.append, idx_type=h5py.h5.INDEX_CRT_ORDER)
    check(order[0] == b"arm" and order[-2:] == [b"provenance", b"message"],
          "h5py: order of creation")


def check_ncdump(path):
    if not shutil.which("ncdump"):
        print("skipped: ncdump is not installed")
        return
    text = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True,
                          text=True).stdout
    check("phony" not in text, "ncdump: no phony dimensions")
    check('time:units = "h"' in text, "ncdump: units of time")
    check(":_FillValue = NaN" in text, "ncdump: fill value")
    check("UNLIMITED" not in text, "ncdump: no unlimited dimension")
    check("group: provenance" in text, "ncdump: group provenance")


def check_file(path):
    for engine in engines():
        with xarray.open_dataset(path, engine=engine) as data:
            check_dataset(data, engine)
        check_provenance(path, engine)
    with xarray.open_dataset(path) as data:  # no engine named, as in a user's first line
        check("status" in data, "xarray: opens without arguments")
    check_h5py(path)
    check_ncdump(path)


def check_sample(path):
    """The numbers of tests/record_trial.h; job 0 was not run, job 9 failed."""
    shapes = {
        "drug.C": (("arm", "patient", "time"), (2, 7, 5), "mg/L"),
        "FEV1": (("arm", "patient", "visit"), (2, 7, 2), "L"),
        "flow_volume": (("arm", "patient", "visit", "flow_volume_point"), (2, 7, 2, 4),
                        "L/s"),
        "spirometry.narrowing": (("arm", "patient"), (2, 7), "1"),
        "FEV1_baseline": (("patient",), (7,), "L"),
        "drug.CL": (("patient",), (7,), "L/h"),
        "n_steps": (("arm", "patient"), (2, 7), "1"),
    }
    for engine in engines():
        with xarray.open_dataset(path, engine=engine) as data:
            for name, (dims, shape, units) in shapes.items():
                check(data[name].dims == dims, f"{engine}: dims of {name}")
                check(data[name].shape == shape, f"{engine}: shape of {name}")
                check(data[name].attrs["units"] == units, f"{engine}: units of {name}")
            check(list(data["arm"].values) == ["placebo", "2 µg drug"], f"{engine}: arms")
            check(list(data["time"].values) == [0, 168, 336, 504, 672], f"{engine}: time")
            check(list(data["visit"].values) == [0, 672], f"{engine}: visits")
            check(list(data["patient"].values) == list(range(1, 8)), f"{engine}: ids")
            loop = data["flow_volume"].sel(arm="2 µg drug", patient=2, visit=672)
            want = 8 + (7 + 4 + numpy.arange(4)) / 64 + 1 / 3
            check(numpy.array_equal(loop.values, want), f"{engine}: a curve's values")
            check(data["status"].sel(arm="placebo", patient=1) == 1, f"{engine}: not run")
            check(data["status"].sel(arm="2 µg drug", patient=3) == 2, f"{engine}: failed")
            check(data["FEV1"].isnull().sum() == 4, f"{engine}: NaN of two patients")
            check(data["sex"].attrs["flag_meanings"] == "male female", f"{engine}: sex")
            check(list(data["sex"].attrs["flag_values"]) == [1, 0], f"{engine}: codes")
            check(data["method"].attrs["flag_meanings"].startswith("none explicit"),
                  f"{engine}: methods")
    run = json.loads(pathlib.Path(path).with_name("run.json").read_text())
    check(run["jobs"] == 14 and run["ok"] == 12 and run["ranks"] == 3, "run.json: counts")
    check(run["failed"] == {"not_run": 1, "too_many_steps": 1}, "run.json: failures")
    check(run["libraries"] == ["HDF5 1", "GSL 2"], "run.json: libraries")
    check(run["result"]["bytes"] == pathlib.Path(path).stat().st_size, "run.json: bytes")


def check_list_sample(path):
    """The numbers of tests/list_trial.h."""
    for engine in engines():
        with xarray.open_dataset(path, engine=engine) as data:
            check(list(data["patient"].values) == [11, 5, 7], f"{engine}: ids")
            check(data["obs.alpha.C"].dims == ("arm", "obs"), f"{engine}: dims of obs.*")
            of = data.isel(arm=1, obs=data["obs_patient"].values == 2)
            check(list(of["obs.alpha.C"].values) == [6, 6.125, 6.25], f"{engine}: obs of 7")
            check(list(of["obs_time"].values) == [0, 12, 30], f"{engine}: times of 7")
            check(list(of["obs_row"].values) == [7, 8, 9], f"{engine}: rows of 7")
            of = data.isel(dose=data["dose_patient"].values == 0)
            check(list(of["dose_time"].values) == [0, 12], f"{engine}: doses of 11")
            check(list(of["dose_amount"].values) == [100, 5], f"{engine}: amounts of 11")
            check(data["dose_compartment"].attrs["flag_meanings"] ==
                  "alpha.A0 alpha.A1 beta.R alpha.A0@inhaled", f"{engine}: compartments")
            check(list(data["dose_compartment"].attrs["compartment_CMT"]) == [1, 2, 3, 1],
                  f"{engine}: CMT")
        with xarray.open_dataset(path, engine=engine, group="provenance") as group:
            check(group.attrs["drugs"].split() == ["alpha", "beta"], f"{engine}: drugs")
            check(list(group.attrs["error_proportional"]) == [0.2, 0], f"{engine}: errors")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--lists":
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[2], "--sample", folder], check=True)
            check_file(f"{folder}/results.h5")
            check_list_sample(f"{folder}/results.h5")
    elif len(sys.argv) == 3 and sys.argv[1] == "--sample":
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[2], "--sample", folder], check=True)
            check_file(f"{folder}/results.h5")
            check_sample(f"{folder}/results.h5")
    elif len(sys.argv) == 2:
        check_file(sys.argv[1])
    else:
        sys.exit(__doc__)
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    main()
