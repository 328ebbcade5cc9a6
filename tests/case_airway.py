#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pneuma airway: trees made, read, measured and written, as a user does."""
import os
import unittest

import meshio
import numpy as np

from program import Case


class Airway(Case):
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

    def bytes_of(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def test_a_grown_tree_is_a_mesh_of_lines(self):
        self.airway("generate", "--height", "170 cm", "--seed", "3", "--acini", "500",
                    "--out", "t.vtu")
        mesh = meshio.read(os.path.join(self.folder, "t.vtu"))
        lines = mesh.cells_dict["line"]
        data = {name: value[0] for name, value in mesh.cell_data.items()}
        self.assertEqual(mesh.points.shape, (1000, 3))
        self.assertEqual(lines.shape, (999, 2))
        lengths = np.linalg.norm(mesh.points[lines[:, 1]] - mesh.points[lines[:, 0]], axis=1)
        np.testing.assert_allclose(data["length"], lengths, rtol=1e-12)
        # the trachea of a person of 1.70 m, in mm, and units that share the lung
        np.testing.assert_allclose(data["length"][0], 102.6 * 1.70 / 1.76, rtol=1e-12)
        self.assertEqual(np.count_nonzero(data["share"]), 500)
        np.testing.assert_allclose(data["share"].sum(), 1, rtol=1e-12)
        # every point but the inlet ends one line; order 1 is where none begins
        np.testing.assert_array_equal(np.sort(lines[:, 1]), np.arange(1, 1000))
        leaves = ~np.isin(lines[:, 1], lines[:, 0])
        np.testing.assert_array_equal(leaves, data["horsfield"] == 1)

    def test_what_meshio_writes_is_read_in_all_its_ways(self):
        self.airway("generate", "--acini", "300", "--out", "t.vtu")
        info = self.airway("info", "t.vtu")
        mesh = meshio.read(os.path.join(self.folder, "t.vtu"))
        for how in ({"compression": "zlib"}, {"compression": None}, {"binary": False}):
            mesh.write(os.path.join(self.folder, "again.vtu"), **how)
            self.assertEqual(self.airway("info", "again.vtu"), info, how)
        mesh.write(os.path.join(self.folder, "again.vtu"), compression="lzma")
        self.refused(65, "cannot unpack", "check", "again.vtu")

    def test_conversion_keeps_the_tree(self):
        self.airway("generate", "--model", "horsfield", "--out", "h.csv")
        info = self.airway("info", "h.csv")
        self.airway("convert", "h.csv", "h.vtu")
        self.airway("convert", "h.vtu", "again.csv")
        self.assertEqual(self.airway("info", "again.csv").splitlines()[:3],
                         info.splitlines()[:3])

    def test_weibels_tree_is_as_printed(self):
        self.airway("generate", "--model", "weibel", "--volume", "4.8 L", "--out", "w.csv")
        info = self.airway("info", "w.csv", "--viscosity", "1.9e-5 Pa.s")
        self.assertIn("= 0.176396", info)
        self.assertIn("175.16", info)
        self.assertIn("a tree of 131071 airways in 17 rows, 65536 terminal units",
                      self.airway("check", "w.csv"))

    def test_the_bits_do_not_depend_on_instruction_sets(self):
        for name, env in (("a.csv", {}),
                          ("b.csv", {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F"})):
            self.airway("generate", "--acini", "1000", "--seed", "9", "--out", name, env=env)
        self.assertEqual(self.bytes_of("a.csv"), self.bytes_of("b.csv"))
        self.airway("generate", "--acini", "1000", "--seed", "10", "--out", "b.csv")
        self.assertNotEqual(self.bytes_of("a.csv"), self.bytes_of("b.csv"))

    def test_help_names_all_commands_and_options(self):
        told = self.airway("--help")
        for word in ("check", "info", "convert", "generate", "crossbridge", ".termnodes"):
            self.assertIn(word, told)
        self.assertNotIn("--acini", told, "options are told by each")
        told = self.airway("generate", "--help")
        for word in ("--acini", "--calibre", "grown, horsfield or weibel"):
            self.assertIn(word, told)
        self.assertIn("--unit UNIT", self.airway("info", "--help"))

    def test_bad_input_is_told_and_nothing_is_written(self):
        bad = self.write("bad.csv", "id,parent,length [mm],radius [mm]\n1,,9,2\n2,1,9,x\n")
        self.refused(65, "bad.csv:3:7: error: radius: expected a finite number, found 'x'",
                     "check", bad)
        self.refused(65, "found 'x'", "convert", bad, "out.vtu")
        self.refused(74, "cannot open", "info", "no.csv")
        self.refused(2, "did you mean 'check'", "chek", bad)
        self.refused(2, "expected pneuma airway check FILE", "check")
        self.refused(2, "--out FILE is missing", "generate")
        self.refused(2, "has no unit", "generate", "--height", "1.7", "--out", "t.vtu")
        self.refused(2, "expected 1 to 2.5 m", "generate", "--height", "3 m", "--out", "t.vtu")
        self.refused(2, "did you mean 'weibel'", "generate", "--model", "weible", "--out",
                     "t.vtu")
        self.refused(2, "RUL, RML", "generate", "--without", "lingula", "--out", "t.vtu")
        self.refused(2, ".vtu or .csv", "generate", "--out", "t.stl")
        self.refused(74, "cannot", "generate", "--acini", "10", "--out", "no/t.vtu")
        self.assertEqual(sorted(os.listdir(self.folder)), ["bad.csv"])


if __name__ == "__main__":
    unittest.main()
