#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results open in what users have: xarray with both engines, h5py, ncdump, and R's ncdf4
and rhdf5: dimensions, units, strings and every number."""
import os
import shutil
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
import xarray
import yaml

from program import SOURCE, Case, numbers

EXAMPLE = os.path.join(SOURCE, "inputs/events-example.yaml")
SWEEP = os.path.join(SOURCE, "inputs/sweep.yaml")

# dimensions are printed in the file's order: R has them the other way round
NCDF4 = r"""
suppressMessages(library(ncdf4))
file <- nc_open(commandArgs(TRUE)[1])
for (v in file$var) {
  unit <- ncatt_get(file, v$name, "units")
  cat("var", v$name, if (unit$hasatt) unit$value else "-",
      paste(rev(sapply(v$dim, function(d) d$name)), collapse = ","),
      paste(rev(v$varsize), collapse = ","), "\n", sep = "\t")
  if (v$prec != "char" && v$prec != "unsupported") {
    x <- tryCatch(ncvar_get(file, v$name, collapse_degen = FALSE), error = function(e) NULL)
    if (is.numeric(x)) cat("num", v$name, sprintf("%.17g", as.vector(x)), "\n", sep = "\t")
  }
}
cat("title", ncatt_get(file, 0, "title")$value, "\n", sep = "\t")
"""
RHDF5 = r"""
suppressMessages(library(rhdf5))
path <- commandArgs(TRUE)[1]
cat("str", "arm", h5read(path, "arm"), "\n", sep = "\t")
for (name in c("FEV1", "status", "time", "weight")) {
  x <- tryCatch(h5read(path, name, read.attributes = TRUE), error = function(e) NULL)
  if (is.null(x)) next
  cat("var", name, attr(x, "units"), "", paste(rev(dim(x)), collapse = ","), "\n", sep = "\t")
  cat("num", name, sprintf("%.17g", as.vector(x)), "\n", sep = "\t")
}
cat("study", substr(h5read(path, "provenance/resolved"), 1, 5), "\n", sep = "\t")
"""


def has_package(name):
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", f"library({name})"], capture_output=True,
                          check=False).returncode == 0


class Readers(Case):
    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        maker = cls("result")
        maker.folder = kept.name
        with open(SWEEP, encoding="utf-8") as file:
            study = yaml.safe_load(file)
        study["arms"]["2 µg, \"x\""] = []
        path = os.path.join(os.path.dirname(SWEEP), study["population"]["from"])
        study["population"].update({"from": path, "size": 5})
        drug = study["arms"]["fevipiprant"][0]
        drug["drug"] = os.path.join(os.path.dirname(SWEEP), drug["drug"])
        sweep = maker.write("sweep.yaml", yaml.safe_dump(study, sort_keys=False,
                                                          allow_unicode=True))
        cls.paths = {"sweep": maker.result(sweep, "--max-failed", "100%", name="sweep.h5"),
                     "events": maker.result(EXAMPLE, name="events.h5")}

    def test_xarray_h5py_and_both_engines_agree(self):
        for path in self.paths.values():
            own = numbers(path)
            for engine in ("netcdf4", "h5netcdf"):
                with xarray.open_dataset(path, engine=engine) as data:
                    for name, (over, values) in own.items():
                        self.assertEqual(list(data[name].dims), over, (engine, name))
                        self.assertTrue(np.array_equal(data[name].values, values,
                                                       equal_nan=values.dtype.kind == "f"), name)
                        if values.dtype.kind == "f":
                            self.assertIn("units", data[name].attrs, (engine, name))
        with xarray.open_dataset(self.paths["sweep"]) as data:
            self.assertIn('2 µg, "x"', list(data["arm"].values))
            self.assertEqual(data["FEV1"].dims, ("point", "arm", "patient", "visit"))

    def test_ncdump_names_every_dimension(self):
        for path in self.paths.values():
            text = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True,
                                  text=True).stdout
            self.assertNotIn("phony", text)
            self.assertNotIn("UNLIMITED", text)

    def told_by_r(self, package, script, path):
        if not has_package(package):
            self.skipTest(f"R's {package} is not installed")
        done = subprocess.run(["Rscript", "-e", script, path], capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = {"var": {}, "num": {}, "str": {}, "title": {}, "study": {}}
        for line in done.stdout.splitlines():
            kind, name, *words = line.rstrip("\t").split("\t")
            told[kind][name] = words
        return told

    def same_numbers(self, told, path, least):
        own = numbers(path)
        self.assertGreaterEqual(len(set(told["num"]) & set(own)), least)
        for name, words in told["num"].items():
            got = np.array([float("nan") if w in ("NA", "NaN") else float(w) for w in words])
            self.assertTrue(np.array_equal(got, own[name][1].ravel().astype(float),
                                           equal_nan=True), name)

    def test_r_reads_it_by_ncdf4(self):
        for path in self.paths.values():
            told = self.told_by_r("ncdf4", NCDF4, path)
            with h5py.File(path) as file:
                for name, (over, values) in numbers(path).items():
                    if over == [name]:
                        continue  # a scale: ncdf4 has it as a dimension
                    unit, dims, shape = told["var"][name]
                    self.assertEqual((dims, shape), (",".join(over),
                                                     ",".join(map(str, values.shape))), name)
                    self.assertEqual(unit, file[name].attrs["units"].decode(), name)
                self.assertEqual(told["title"], {file.attrs["title"].decode(): []})
            self.same_numbers(told, path, 20)

    def test_r_reads_it_by_rhdf5(self):
        for name, path in self.paths.items():
            told = self.told_by_r("rhdf5", RHDF5, path)
            with h5py.File(path) as file:
                self.assertEqual(told["str"]["arm"], [arm.decode() for arm in file["arm"]])
                for name, (unit, _, shape) in told["var"].items():
                    self.assertEqual(shape, ",".join(map(str, file[name].shape)))
                    self.assertEqual(unit, file[name].attrs["units"].decode())
            self.assertIn("name:", told["study"])
            self.same_numbers(told, path, 3)


if __name__ == "__main__":
    unittest.main()
