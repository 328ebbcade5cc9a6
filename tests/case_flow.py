#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma airway flow and breathe: gas through trees, as a user does it."""
import os
import unittest

import meshio
import numpy as np
import pandas as pd
import xarray as xr
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve

from program import SOURCE, Case

PLACES = (os.environ.get("PNEUMA_AIRWAYS", ""), os.path.join(SOURCE, "../shared/airways"),
          os.path.join(SOURCE, "../../shared/airways"))


class Flow(Case):
    def airway(self, *arguments, **how):
        done = self.pneuma("airway", *arguments, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, code, words, *arguments):
        done = self.pneuma("airway", *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(words, done.stderr)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_a_sparse_matrix_has_the_same_pressures(self):
        self.airway("generate", "--acini", "800", "--seed", "5", "--out", "t.csv")
        self.airway("flow", "t.csv", "--root", "0.7 L/s", "--leaves", "-3 cmH2O", "--out",
                    "f.csv")
        f = pd.read_csv(self.path("f.csv"), float_precision="round_trip")
        n, q, up = len(f), f["flow [m3/s]"].values, f["parent"].values
        length, radius = f["length [m]"].values, f["radius [m]"].values
        z = 1.85 / (4 * 2**0.5) * np.sqrt(4 * 1.12 * abs(q) / (np.pi * 1.83e-5 * length))
        g = np.pi * radius**4 / (8 * 1.83e-5 * length) / np.maximum(1, z)
        # unknown: pressure at the inlet (0) and at the end of each airway (row + 1)
        rows, columns, values, b = [], [], [], np.zeros(n + 1)
        leaf = ~np.isin(np.arange(n), up)
        for i in range(n):
            a, c = up[i] + 1, i + 1
            for row, sign in ((a, 1), (c, -1)):
                if row == c and leaf[i]:
                    continue
                rows += [row, row]
                columns += [a, c]
                values += [sign * g[i], -sign * g[i]]
            if leaf[i]:
                rows.append(c)
                columns.append(c)
                values.append(1.0)
                b[c] = -3 * 98.0665
        b[0] = 0.7e-3
        p = spsolve(csr_matrix((values, (rows, columns))), b)
        np.testing.assert_allclose(f["pressure_out [Pa]"], p[1:], rtol=1e-9)
        np.testing.assert_allclose(f["pressure_in [Pa]"], p[up + 1], rtol=1e-9)
        self.assertGreater(z.max(), 2)

    def shared(self, name):
        """A tree of others, as in tree_shared.h."""
        for place in PLACES:
            if place and os.path.exists(os.path.join(place, name)):
                return os.path.join(place, name)
        raise unittest.SkipTest("the trees of others are not here")

    def told(self, text, label):
        """The number behind a label."""
        return float(next(line for line in text.splitlines() if line.startswith(label))
                     [len(label):].split()[0])

    def test_trees_of_others_have_the_numbers_of_others(self):
        three = self.shared("chaste/three_bifurcations.node")
        gas = ("--viscosity", "1.92e-5 Pa.s", "--density", "1.15 kg/m3")  # theirs
        for law, flow in (("poiseuille", -2.84070516275e-10 * 1e4), ("pedley", -4 * 4.42451155582e-7),
                          ("van-ertbruggen", -4 * 6.21386534771e-7)):
            told = self.airway("flow", three, "--law", law, "--root", "0 Pa", "--leaves",
                               "150 kPa", *gas)
            np.testing.assert_allclose(self.told(told, "inlet flow"), flow, rtol=1e-10)
        whole = self.shared("subject002/subject002_generated.node.gz")
        for flow, drop in (("1.7e-4 m3/s", 23.3240605354), ("1.67e-3 m3/s", 567.610950704)):
            told = self.airway("flow", whole, "--root", flow, *gas)
            np.testing.assert_allclose(self.told(told, "inlet pressure"), drop, rtol=1e-10)
        told = self.airway("info", whole, *gas[:2])
        np.testing.assert_allclose(self.told(told, "resistance"), 8.7279444965e4, rtol=1e-10)
        np.testing.assert_allclose(self.told(told, "volume"), 61.4376, rtol=1e-6)
        compliance = 0.1 / 98.0665 / 1e3 / 30000 * 29947
        self.airway("breathe", whole, "--compliance", f"{compliance!r} m3/Pa", "--pleura", "-750 Pa",
                    "--swing", "250 Pa", "--period", "2 s", "--begin", "0.25 s", "--start", "500 Pa",
                    "--until", "1 s", "--every", "0.5 s", "--out", "b.csv", *gas)
        volume = pd.read_csv(self.path("b.csv"))["volume [m3]"]
        np.testing.assert_allclose(volume.iloc[-1], 0.858714e-3, rtol=2e-6)
        told = self.airway("info", self.shared("lungnoodle/SmallTree.ipelem"), "--viscosity",
                           "1.8e-5 Pa.s")
        np.testing.assert_allclose(self.told(told, "volume"), 117.1732568, rtol=1e-9)

    def test_expiration_and_defects_open_in_paraview_and_xarray(self):
        self.airway("generate", "--acini", "60", "--out", "t.vtu")
        for command, name in (("expire", "flow"), ("defects", "ventilation")):
            for ending in ("h5", "vtu", "csv"):
                self.airway(command, "t.vtu", "--out", f"{command}.{ending}")
            file = xr.open_dataset(self.path(f"{command}.h5"))
            mesh = meshio.read(self.path(f"{command}.vtu"))
            table = pd.read_csv(self.path(f"{command}.csv"), float_precision="round_trip")
            self.assertEqual(file.sizes["airway"], 119)
            self.assertIn(name, file)
            self.assertIn(command, file.attrs["history"])
            self.assertTrue(all("units" in file[each].attrs for each in file.data_vars))
            column = next(each for each in table if each.split(" [")[0] == name)
            np.testing.assert_array_equal(table[column], file[name])
            np.testing.assert_array_equal(mesh.cell_data[name][0], file[name])
        # daughters take what the parent carries
        file = xr.open_dataset(self.path("expire.h5"))
        flow, up = file["flow"].values, file["parent"].values
        for i in np.unique(up[1:]):
            np.testing.assert_allclose(flow[up == i].sum(), flow[i], rtol=1e-9)

    def test_all_forms_hold_the_same_numbers(self):
        self.airway("generate", "--acini", "100", "--out", "t.vtu")
        for name in ("f.csv", "f.h5", "f.vtu"):
            told = self.airway("flow", "t.vtu", "--root", "1 cmH2O", "--law", "van-ertbruggen",
                               "--out", name)
        self.assertIn("inlet pressure          98.0665 Pa = 1 cmH2O", told)
        table = pd.read_csv(self.path("f.csv"), float_precision="round_trip")
        file = xr.open_dataset(self.path("f.h5"))
        self.assertEqual(file["flow"].attrs["units"], "m3/s")
        np.testing.assert_allclose(table["flow [m3/s]"], file["flow"], rtol=0)
        np.testing.assert_allclose(table["reynolds"], file["reynolds"], rtol=0)
        self.assertIn("van-ertbruggen", file.attrs["history"])
        mesh = meshio.read(self.path("f.vtu"))
        np.testing.assert_array_equal(mesh.cell_data["flow"][0], file["flow"])
        self.assertEqual(mesh.point_data["pressure"][0], 98.0665)
        ends = mesh.cells_dict["line"][:, 1]
        np.testing.assert_allclose(mesh.point_data["pressure"][ends], file["pressure_out"],
                                   rtol=1e-12, atol=1e-12)

    def test_gravity_is_felt_where_it_points(self):
        self.airway("generate", "--acini", "50", "--out", "t.csv")
        told = self.airway("flow", "t.csv", "--root", "0 Pa")
        self.assertIn("inlet flow              0 m3/s", told)
        told = self.airway("flow", "t.csv", "--down", "-z")
        self.assertNotIn("inlet flow              0 m3/s", told)

    def test_a_breath_is_kept_whole(self):
        self.airway("generate", "--acini", "60", "--seed", "2", "--out", "t.vtu")
        told = self.airway("breathe", "t.vtu", "--units", "swan", "--down", "-z", "--gradient",
                           "0.25 cmH2O/cm", "--until", "4 s", "--every", "0.25 s", "--rtol", "1e-7",
                           "--out", "b.h5")
        self.assertIn("gravity slope", told)
        file = xr.open_dataset(self.path("b.h5"))
        self.assertEqual(file["unit_volume"].shape, (17, 60))
        np.testing.assert_allclose(file["unit_volume"].sum("unit"), file["volume"], rtol=1e-13)
        np.testing.assert_allclose(file["unit_flow"].sum("unit"), file["inlet_flow"], rtol=1e-12,
                                   atol=1e-18)
        # what flowed in is what is there: Simpson's rule over outputs four times as dense
        self.airway("breathe", "t.vtu", "--units", "swan", "--until", "4 s", "--every", "0.01 s",
                    "--rtol", "1e-8", "--out", "b.csv")
        table = pd.read_csv(self.path("b.csv"), float_precision="round_trip")
        flow, volume = table["inlet_flow [m3/s]"].values, table["volume [m3]"].values
        taken = (flow[0] + flow[-1] + 4 * flow[1:-1:2].sum() + 2 * flow[2:-1:2].sum()) * 0.01 / 3
        np.testing.assert_allclose(volume[-1] - volume[0], taken, atol=3e-5 * np.ptp(volume))
        # deep units hold less and take in more
        x, s = file["unit_depth"].values, file["specific_ventilation"].values
        self.assertLess(np.corrcoef(x, file["unit_least"].values)[0, 1], -0.9)
        self.assertGreater(np.corrcoef(x, s)[0, 1], 0.9)
        w = file["unit_least"].values / file["unit_least"].values.sum()
        mean = (w * s).sum()
        cv = np.sqrt((w * s**2).sum() - mean**2) / mean
        self.assertAlmostEqual(float(file.attrs["cv"]), cv, places=10)
        np.testing.assert_allclose(file["histogram"].sum(), 1, rtol=1e-12)

    def test_a_breath_is_a_film_for_paraview(self):
        self.airway("generate", "--model", "weibel", "--generations", "9", "--out", "w.csv")
        self.airway("breathe", "w.csv", "--until", "1 s", "--every", "0.5 s", "--out", "film.pvd")
        with open(self.path("film.pvd"), encoding="utf-8") as file:
            text = file.read()
        for k, time in enumerate(("0", "0.5", "1")):
            self.assertIn(f'timestep="{time}" file="film_000{k}.vtu"', text)
            mesh = meshio.read(self.path(f"film_000{k}.vtu"))
            flow = mesh.cell_data["flow"][0]
            np.testing.assert_allclose(flow[1:], flow[:-1] / 2, rtol=1e-13)
            self.assertEqual(np.count_nonzero(mesh.cell_data["volume"][0]), 1)

    def test_bad_input_is_told_and_nothing_is_written(self):
        self.airway("generate", "--model", "weibel", "--out", "w.csv")
        out = ("--out", "f.h5")
        self.refused(2, "expected a pressure such as", "flow", "w.csv", "--root", "5", *out)
        self.refused(2, "expected a pressure such as", "flow", "w.csv", "--leaves", "5 kg", *out)
        self.refused(2, "did you mean 'pedley'", "flow", "w.csv", "--law", "pedly", *out)
        self.refused(2, "must be a pressure", "flow", "w.csv", "--root", "1 L/s", "--leaves",
                     "1 mL/s", *out)
        self.refused(2, "expected x, -x", "flow", "w.csv", "--down", "q", *out)
        self.refused(2, "needs a tree with coordinates", "flow", "w.csv", "--down", "-z", *out)
        self.refused(2, "--viscosity 0 Pa.s: expected", "flow", "w.csv", "--viscosity", "0 Pa.s",
                     *out)
        self.refused(2, ".csv, .h5", "flow", "w.csv", "--out", "f.stl")
        self.refused(2, "expected pneuma airway flow FILE", "flow")
        self.refused(74, "cannot open", "flow", "no.csv", *out)
        self.refused(74, "cannot", "flow", "w.csv", "--out", "no/f.h5")
        self.refused(2, "did you mean 'swan'", "breathe", "w.csv", "--units", "swam", *out)
        self.refused(2, "--period 0 s: expected", "breathe", "w.csv", "--period", "0 s", *out)
        self.refused(2, "--gradient needs --down", "breathe", "w.csv", "--gradient", "1 Pa/m",
                     *out)
        self.refused(2, "needs a tree with coordinates", "breathe", "w.csv", "--gradient",
                     "1 Pa/m", "--down", "x", *out)
        self.refused(2, "no volume of the units", "breathe", "w.csv", "--units", "sigmoid", "--start",
                     "90000 Pa", *out)
        self.refused(2, ".csv, .h5 or .pvd", "breathe", "w.csv", "--out", "f.vtu")
        self.refused(2, "over 100000 outputs", "breathe", "w.csv", "--every", "1e-6 s", *out)
        self.assertEqual(os.listdir(self.folder), ["w.csv"])


if __name__ == "__main__":
    unittest.main()
