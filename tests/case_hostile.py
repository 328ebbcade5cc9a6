#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from outside that mean no good: refused with the reason by every command that
reads them, quickly and without much memory."""
import os
import random
import resource
import shutil
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

from program import PROGRAM, SOURCE, Case, patience

EXAMPLE = os.path.join(SOURCE, "inputs/events-example.yaml")
MEMORY = 1 << 30  # bytes of address space that a command may have


class Hostile(Case):
    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(kept.cleanup)
        maker = cls("result")
        maker.folder = kept.name
        cls.good = maker.result(EXAMPLE, name="good.h5")

    def commands(self, path):
        out = os.path.join(self.folder, "out")
        return {"verify": ["verify", path], "table": ["table", path, "--out", out + ".csv"],
                "long": ["table", path, "--long", "--out", out + ".csv"],
                "export": ["export", path, "--csv", out],
                "diff": ["diff", self.good, path, "--attributes"],
                "diff as the first": ["diff", path, self.good, "--attributes"]}

    def limited(self, arguments):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        return subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True,
                              text=True, errors="replace", timeout=patience(50), preexec_fn=limit,
                              check=False)

    def refused(self, path, reason):
        for name, arguments in self.commands(path).items():
            with self.subTest(name):
                done = self.limited(arguments)
                self.assertEqual(done.returncode, 65, done.stdout + done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertRegex(done.stderr, reason)
                self.assertIn(os.path.basename(path), done.stderr)
        left = {"out", "out.csv"} & set(os.listdir(self.folder))
        self.assertEqual(left - {"out"}, set(), "nothing half-written")
        if "out" in left:
            self.assertEqual(os.listdir(os.path.join(self.folder, "out")), [])

    def changed(self, how):
        path = os.path.join(self.folder, "hostile.h5")
        shutil.copy(self.good, path)
        with h5py.File(path, "r+") as file:
            how(file)
        return path

    @staticmethod
    def replaced(file, name, make):
        """The dataset made anew by make(shape), with its attributes and dimensions."""
        old = file[name]
        shape, scales = old.shape, [dim[0].name for dim in old.dims if len(dim)]
        del file[name]
        new = make(shape)
        new.attrs["units"] = np.bytes_("kg")
        for dim, scale in zip(new.dims, scales):
            dim.attach_scale(file[scale])

    def replace(self, **how):
        return lambda file: self.replaced(
            file, "weight", lambda shape: file.create_dataset("weight", shape, "f8", **how))

    def test_links_to_elsewhere(self):
        secret = self.write("secret.h5", "")
        with h5py.File(secret, "w") as file:
            file["weight"] = [1.0, 2.0]
        for link in (h5py.ExternalLink(secret, "weight"), h5py.SoftLink("/age")):
            def put(file, link=link):
                del file["weight"]
                file["weight"] = link
            self.refused(self.changed(put), "weight is a link to elsewhere")

    def test_a_provenance_from_elsewhere(self):
        """Which only verify and diff --attributes read."""
        for name in ("resolved", "inputs"):
            def put(file, name=name):
                del file["provenance"][name]
                file["provenance"][name] = h5py.ExternalLink(self.good, "provenance/" + name)
            path = self.changed(put)
            done = self.limited(["verify", path])
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(f"provenance/{name} is a link to elsewhere", done.stdout)
            done = self.limited(["diff", path, self.good, "--attributes"])
            self.assertEqual(done.returncode, 65, done.stdout)

    def test_numbers_in_another_file(self):
        """External storage would show any file of the user as numbers."""
        def put(file):
            self.replaced(file, "weight", lambda shape: file.create_dataset(
                "weight", shape, "f8", external=[("/etc/passwd", 0, 16)]))
        self.refused(self.changed(put), "weight (is stored in another file|does not stand)")

    def test_virtual_datasets(self):
        other = self.write("other.h5", "")
        with h5py.File(other, "w") as file:
            file["x"] = [1.0, 2.0]
        layout = h5py.VirtualLayout((2,), "f8")
        layout[:] = h5py.VirtualSource(other, "x", (2,))

        def put(file):
            self.replaced(file, "weight", lambda _: file.create_virtual_dataset("weight", layout))
        self.refused(self.changed(put), "weight is not stored contiguously")

    def test_filters_and_chunks(self):
        for how in ({"compression": "gzip"}, {"chunks": (1,)}, {"fletcher32": True}):
            self.refused(self.changed(self.replace(**how)), "weight is not stored contiguously")

    def test_shapes_larger_than_the_file(self):
        def bomb(file):
            del file["weight"]
            file.create_dataset("weight", (1 << 50,), "f8")  # no byte of it is written
        self.refused(self.changed(bomb), "weight is larger than the file")

    def test_a_text_that_is_there_a_million_times(self):
        """Each place names the same long text: 100 GB in a file of some MB."""
        path = self.changed(lambda file: None)
        n = 200000
        with h5py.File(path, "r+") as file:
            del file["message"]
            texts = file.create_dataset("message", (2, n), h5py.string_dtype())
            texts[0, 0] = "x" * 60000
            place = texts.id.get_offset()
        with open(path, "r+b") as file:
            file.seek(place)
            one = file.read(16)
            file.seek(place)
            file.write(one * (2 * n))
        for name, arguments in self.commands(path).items():
            if name in ("table", "long"):
                continue  # which reads no such text
            with self.subTest(name):
                done = self.limited(arguments)
                self.assertIn(done.returncode, (1, 65), done.stderr)
                if name == "export":
                    self.assertIn("too long", done.stderr)

    def test_a_million_datasets(self):
        def many(file):
            for i in range(70000):
                file.id.links.create_soft(f"c{i}".encode(), b"/weight")
        self.refused(self.changed(many), "too many entries|is a link to elsewhere")

    def test_a_unit_of_another_form_is_none(self):
        path = self.changed(lambda file: file["weight"].attrs.create(
            "units", "x" * 1000, dtype=h5py.string_dtype()))
        self.assertEqual(self.limited(["verify", path]).returncode, 1)

    def test_other_files_altogether(self):
        for name, text in (("text.h5", "name: study\n"), ("empty.h5", ""),
                           ("cut.h5", None), ("zeros.h5", "\0" * 4096)):
            path = os.path.join(self.folder, name)
            if text is None:
                with open(self.good, "rb") as file:
                    whole = file.read()
                with open(path, "wb") as file:
                    file.write(whole[:len(whole) // 2])
            else:
                self.write(name, text)
            self.refused(path, "is not a result|is damaged")

    def test_damaged_files_end_in_a_message(self):
        """libhdf5 1.10 dies of one file in thirty with wrong bytes in its metadata."""
        with open(self.good, "rb") as file:
            whole = file.read()
        path = os.path.join(self.folder, "damaged.h5")
        draw = random.Random(7)
        codes = set()
        for i in range(80):
            damaged = bytearray(whole)
            for _ in range(3):
                damaged[draw.randrange(len(whole))] = draw.randrange(256)
            with open(path, "wb") as file:
                file.write(damaged)
            name, arguments = list(self.commands(path).items())[(0, 3, 4)[i % 3]]
            done = self.limited(arguments)
            codes.add(done.returncode)
            self.assertIn(done.returncode, (0, 1, 2, 65, 70, 74), name + done.stderr)
            if done.returncode not in (0, 1):
                self.assertIn("pneuma: error: ", done.stderr)
        self.assertIn(65, codes)

    def test_a_csv_of_a_million_columns(self):
        self.write("patients.csv", "ID," + ",".join(f"c{i}" for i in range(1000000)) + "\n1" +
                   ",1" * 1000000 + "\n")
        study = self.write("study.yaml", "name: wide\nseed: 1\npopulation: {patients: patients.csv}\n"
                           "arms: {none: []}\nduration: 1 h\n")
        done = self.limited(["run", study])
        self.assertEqual(done.returncode, 65, done.stderr[:500])
        self.assertLess(len(done.stderr), 20000)
        self.assertIn("patients.csv", done.stderr)


if __name__ == "__main__":
    unittest.main()
