#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Oscillometry through the program: the shipped study, trees in a study, one tree alone."""
import filecmp
import os
import unittest

import h5py
import numpy as np

from program import SOURCE, Case, numbers, same_bits

STUDY = os.path.join(SOURCE, "inputs/oscillometry.yaml")
POPULATION = os.path.join(SOURCE, "inputs/populations/eosinophilic-asthma.yaml")
TREES = """name: trees
seed: 3
population: {{size: 130, from: {population}}}
airway: {{tree: {tree}}}
arms: {{a: []}}
visits: [{{at: 0 h, tests: [oscillometry]}}]
"""
FREQUENCIES = np.arange(5.0, 41.0)


class Oscillometry(Case):
    def test_indices_are_those_of_the_stored_spectrum(self):
        of = numbers(self.result(STUDY))
        fine = (of["status"][1] == 0).all(axis=(0, 1))
        self.assertGreater(fine.sum(), 30)
        value = {name: values[:, :, fine] for name, (over, values) in of.items()
                 if over[:3] == ["point", "arm", "patient"]}
        R, X = value["resistance"], value["reactance"]
        self.assertTrue(np.array_equal(value["R5"], R[..., 0]))
        self.assertTrue(np.array_equal(value["R20"], R[..., 15]))
        self.assertTrue(np.array_equal(value["X5"], X[..., 0]))
        zero = [np.interp(0, x, FREQUENCIES) for x in X.reshape(-1, 36)]
        self.assertLess(np.abs(value["Fres"].ravel() / zero - 1).max(), 1e-12)
        for x, f, area in zip(X.reshape(-1, 36), zero, value["AX"].ravel()):
            below = FREQUENCIES < f
            want = -np.trapz(np.append(x[below], 0), np.append(FREQUENCIES[below], f))
            self.assertLess(abs(area / want - 1), 1e-12)
        # unequal regions: more R5 - R20 and AX, the same FEV1
        self.assertTrue((value["R5_R20"][1] > value["R5_R20"][0]).all())
        self.assertTrue((value["AX"][1] > value["AX"][0]).all())
        self.assertTrue(np.array_equal(value["FEV1"][1], value["FEV1"][0]))
        # the drug opens the airways in 12 weeks, placebo leaves them
        self.assertTrue((value["R5"][:, 1, :, 1] < value["R5"][:, 0, :, 1]).all())

    def test_trees_give_the_same_file_at_1_and_3_ranks(self):
        done = self.pneuma("airway", "generate", "--acini", "60", "--out", "tree.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        R5 = {}
        for tree in ("tree.csv", "{acini: 60}"):
            study = self.write("study.yaml", TREES.format(tree=tree,
                                                          population=POPULATION))
            files = []
            for ranks in (1, 3):
                folder = os.path.join(self.folder, f"{len(R5)}-{ranks}")
                os.mkdir(folder)
                files.append(self.result(study, folder=folder, ranks=ranks))
            self.assertTrue(filecmp.cmp(*files, shallow=False), tree)
            R5[tree] = numbers(files[0])["R5"][1]
        alike = np.isfinite(R5["tree.csv"]) & np.isfinite(R5["{acini: 60}"])
        self.assertGreater(alike.sum(), 100)
        # patient 1 was grown from another seed than the file
        self.assertTrue((R5["tree.csv"] != R5["{acini: 60}"])[alike].all())

    def test_the_resolved_study_of_a_result_runs_again(self):
        self.pneuma("airway", "generate", "--acini", "60", "--out", "tree.csv")
        study = self.write("study.yaml", TREES.format(tree="tree.csv",
                                                      population=POPULATION))
        first = self.result(study, "--patients", "1:9")
        with h5py.File(first) as file:
            resolved = file["provenance/resolved"][()].decode()
            self.assertIn("tree.csv", file["provenance/inputs"][()].decode())
        again = self.result(self.write("again.yaml", resolved), name="again.h5")
        one, two = numbers(first), numbers(again)
        self.assertTrue(same_bits(one["R5"][1], two["R5"][1]))

    def test_another_tree_is_another_run(self):
        self.pneuma("airway", "generate", "--acini", "60", "--out", "tree.csv")
        study = self.write("study.yaml", TREES.format(tree="tree.csv",
                                                      population=POPULATION))
        self.result(study, "--patients", "1:9")
        self.pneuma("airway", "generate", "--acini", "60", "--seed", "2", "--out",
                    "tree.csv")
        done = self.pneuma("run", study, "--out", "results.h5", "--patients", "1:9")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("tree.csv", done.stderr)

    def test_a_tree_alone(self):
        """Weibel's lung, a spring behind it: R and X of section 5.3 by closed form."""
        self.pneuma("airway", "generate", "--model", "weibel", "--volume", "4.8 L", "--out",
                    "weibel.csv")
        for name in ("z.csv", "z.h5"):
            done = self.pneuma("airway", "oscillate", "weibel.csv", "--branches", "ri",
                               "--hysteresivity", "0", "--elastance", "5.8 cmH2O/L",
                               "--upper", "0 Pa.s/m3", "--inertance", "0 Pa.s2/m3",
                               "--viscosity", "1.9e-5 Pa.s", "--density", "1.15 kg/m3",
                               "--out", name)
            self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(os.path.join(self.folder, "z.h5")) as file:
            Z = np.array([file[n][()] for n in ("frequency", "resistance", "reactance")]).T
            self.assertEqual(file["reactance"].attrs["units"], b"kPa.s/L")
        table = np.loadtxt(os.path.join(self.folder, "z.csv"), delimiter=",", skiprows=1)
        self.assertTrue(np.array_equal(Z, table))
        at = {f: (R / 0.0980665, X / 0.0980665) for f, R, X in Z}
        for f, want in ((5, 0.1639), (20, 1.3478)):
            self.assertAlmostEqual(at[f][0], 0.1764, delta=5e-5)
            self.assertAlmostEqual(at[f][1], want, delta=5e-5)
        self.assertIn("Fres       3.7513", done.stdout)

    def test_mistakes_have_one_message(self):
        self.pneuma("airway", "generate", "--acini", "20", "--out", "tree.csv")
        for options, said in ((["--frequencies", "5,4"], "increasing"),
                              (["--branches", "ro"], "did you mean 'ri'"),
                              (["--elastance", "28"], "has no unit"),
                              (["--out", "z.txt"], ".csv or .h5"),
                              (["--frequencies", "ten"], "increasing")):
            done = self.pneuma("airway", "oscillate", "tree.csv", *options)
            self.assertEqual(done.returncode, 2, options)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
