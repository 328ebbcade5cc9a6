#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Muscle and airway equilibria on the command line."""
import csv
import io
import os
import unittest

import numpy as np
import xarray as xr

from program import Case


class Muscle(Case):
    def airway(self, *arguments, **how):
        done = self.pneuma("airway", *arguments, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def test_tables_open_in_xarray(self):
        """The same numbers as HDF5, with units; other endings are refused."""
        for command, unit in ((("equilibrium", "--generation", "12", "--wall", "0"), "cmH2O"),
                              (("crossbridge", "--amplitude", "0,0.5", "--end", "20 s"), "1")):
            table = self.airway(*command)
            done = self.pneuma("airway", *command, "--out", "t.h5")
            self.assertEqual(done.returncode, 0, done.stderr)
            file = xr.open_dataset(os.path.join(self.folder, "t.h5"))
            first = next(iter(table[0]))
            name = first.split(" [")[0]
            self.assertEqual(file[name].attrs["units"], unit)
            self.assertEqual(file[name].dims, ("point",))
            np.testing.assert_array_equal(file[name], [float(row[first]) for row in table])
            if "fold" in file:
                code = {"": 0, "closes": 1, "reopens": -1}
                np.testing.assert_array_equal(file["fold"], [code[row["fold"]] for row in table])
                self.assertEqual(np.abs(file["fold"].values).sum(), 2)
            done = self.pneuma("airway", *command, "--out", "t.vtu")
            self.assertEqual(done.returncode, 2)
            self.assertIn(".csv or .h5", done.stderr)

    def test_oscillation_makes_the_muscle_fluid(self):
        rows = self.airway("crossbridge", "--amplitude", "0,0.5,2")
        for row, (force, stiffness) in zip(rows, ((.37032, .73812), (.25966, .37275),
                                                  (.13532, .14468)), strict=True):
            self.assertAlmostEqual(float(row["force"]) / force, 1, delta=0.01)
            self.assertAlmostEqual(float(row["stiffness"]) / stiffness, 1, delta=0.01)

    def test_a_shortening_muscle_pulls_less_and_a_stretch_shows_in_the_course(self):
        force = [float(row["force"]) for row in self.airway(
            "crossbridge", "--velocity=-0.5,-0.2,-0.1,0", "--phosphorylation", "0.35 1/s", "--cells", "20")]
        self.assertEqual(force, sorted(force))
        course = self.airway("crossbridge", "--step", "0.2", "--start", "20 s", "--end", "40 s",
                             "--every", "5 s", "--cells", "20")
        self.assertEqual([float(row["time [s]"]) for row in course], [5 * i for i in range(1, 9)])
        self.assertGreater(float(course[3]["force"]), 1.3 * float(course[2]["force"]))

    def test_widths_of_lanes_give_the_same_text(self):
        narrow = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"}
        for command in (("crossbridge", "--amplitude", "0.5", "--end", "20 s"),
                        ("equilibrium", "--wall", "2")):
            self.assertEqual(self.airway(*command), self.airway(*command, env=narrow))

    def test_the_airway_closes_and_reopens(self):
        rows = self.airway("equilibrium", "--generation", "12", "--wall", "0")
        folds = [(row["fold"], round(float(row["tension [cmH2O]"]), 4),
                  round(float(row["radius"]), 4)) for row in rows if row["fold"]]
        self.assertEqual(folds, [("closes", 4.5263, .4256), ("reopens", 1.9380, .0493)])
        rows = self.airway("equilibrium", "--generation", "12", "--wall", "0", "--tension",
                           "4.5263401 cmH2O")
        closes = next(row for row in rows if row["fold"] == "closes")
        self.assertAlmostEqual(float(closes["recoil [cmH2O]"]), 5, delta=1e-5)

    def test_a_thick_wall_has_the_radii_computed_apart(self):
        for words, radius in ((("--active", "10 kPa", "--pressures", "2"), .567859),
                              (("--active", "1 kPa", "--pressures", "0"), .881642),
                              (("--law", "laprad", "--pressures", "3"), 3.032977)):
            row = self.airway("wall", *words)[0]
            self.assertAlmostEqual(float(row["inner radius [mm]"]), radius, delta=5.001e-7)
        idle = self.airway("wall")[1]  # no pressure: as it was made
        self.assertAlmostEqual(float(idle["outer radius [mm]"]), 1.5, delta=1e-11)

    def test_bad_input_is_told_and_nothing_is_written(self):
        for words, code, text in (
                (("equilibrium", "--generation", "17"), 2, "from 0 to 16"),
                (("equilibrium", "--recoil", "5"), 2, "has no unit"),
                (("equilibrium", "--recoil", "5 s"), 2, "cmH2O"),
                (("equilibrium", "x.yaml"), 2, "'x.yaml' is not expected"),
                (("crossbridge", "--amplitude", "1,,2"), 2, "--amplitude 1,,2"),
                (("crossbridge", "--cells", "1"), 2, "from 2 to 1000"),
                (("wall", "--inner", "3 mm"), 2, "no wall between radii of 3 and 1.5 mm"),
                (("wall", "--law", "laprad", "--active", "1 kPa"), 2, "has no muscle"),
                (("crossbrige",), 2, "did you mean 'crossbridge'"),
                (("equilibrium", "--out", "none/x.csv"), 74, "none/x.csv")):
            done = self.pneuma("airway", *words)
            self.assertEqual(done.returncode, code, words)
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stderr.count("error:"), 1)
            self.assertEqual(done.stdout, "")
        self.assertEqual(os.listdir(self.folder), [])

    def test_out_is_what_would_be_printed(self):
        said = self.pneuma("airway", "equilibrium").stdout
        self.assertEqual(self.pneuma("airway", "equilibrium", "--out", "a.csv").stdout, "")
        with open(os.path.join(self.folder, "a.csv"), encoding="utf-8") as file:
            self.assertEqual(file.read(), said)


if __name__ == "__main__":
    unittest.main()
