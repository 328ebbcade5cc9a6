#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result opens without arguments in what users have: xarray, h5py, ncdump."""
import subprocess
import unittest

import h5py
import numpy as np
import xarray

from program import DEMO, Case

ENGINES = ("netcdf4", "h5netcdf")


class Readers(Case):

    def setUp(self):
        super().setUp()
        self.path = self.result(DEMO, "--patients", "1:12")

    def test_xarray_sees_dimensions_units_and_plain_numbers(self):
        for engine in ENGINES:
            with self.subTest(engine), xarray.open_dataset(self.path, engine=engine) as data:
                self.assertEqual(list(data["arm"].values), ["placebo", "fevipiprant"])
                self.assertEqual(data["FEV1"].dims, ("arm", "patient", "visit"))
                self.assertEqual(data["FEV1"].attrs["units"], "L")
                for name in ("time", "visit"):
                    self.assertEqual(data[name].dtype, np.float64, "not a time of day")
                    self.assertEqual(data[name].attrs["units"], "h")
                self.assertEqual(list(data["patient"].values), list(range(1, 13)))
                self.assertTrue(np.isfinite(data["FEV1"].values[data["status"].values == 0]).all())

    def test_every_output_says_what_it_is(self):
        with xarray.open_dataset(self.path) as data:
            outputs = [v for v in data.data_vars.values() if {"arm", "patient"} < set(v.dims)]
            self.assertGreater(len(outputs), 3)
            for variable in outputs:
                for attribute in ("units", "long_name", "source"):
                    self.assertTrue(variable.attrs.get(attribute), f"{variable.name}.{attribute}")

    def test_status_has_flags_for_every_meaning(self):
        with xarray.open_dataset(self.path) as data:
            status = data["status"]
            meanings = status.attrs["flag_meanings"].split()
            self.assertEqual(len(np.atleast_1d(status.attrs["flag_values"])), len(meanings))
            self.assertEqual(meanings[0], "ok")

    def test_provenance_tells_how_it_was_made(self):
        for engine in ENGINES:
            with self.subTest(engine), xarray.open_dataset(
                    self.path, group="provenance", engine=engine) as data:
                told = " ".join(str(t) for t in [*data.attrs.values(),
                                *(v.values for v in data.variables.values())])
                for word in ("fevipiprant-phase2", "20161", "SUNDIALS", "HDF5"):
                    self.assertIn(word.lower(), told.lower())

    def test_h5py_and_ncdump_read_it(self):
        with h5py.File(self.path) as file:
            self.assertEqual(file["FEV1"].shape[:2], (2, 12))
        dump = subprocess.run(["ncdump", "-h", self.path], capture_output=True, text=True,
                              check=True).stdout
        self.assertIn("double FEV1(arm, patient, visit)", dump)
        self.assertNotIn("phony_dim", dump)


if __name__ == "__main__":
    unittest.main()
