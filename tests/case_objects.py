#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the built and the installed objects say of themselves: where they look for libraries,
how they are hardened, what they export.  And a library that lies beside a study is not loaded."""
import glob
import os
import re
import subprocess
import unittest

from program import PROGRAM, SOURCE, Case

BUILD = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))
# for main.c and for tests/faults.c (PN_DOOR in solver/base/api.h)
DOORS = {"pn_main", "pn_course_start", "pn_control_choose"}


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def is_elf(path):
    if not os.path.isfile(path) or os.path.islink(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def objects(folder):
    """All programs and shared libraries below bin and lib."""
    found = glob.glob(folder + "/bin/**", recursive=True) + glob.glob(folder + "/lib/**", recursive=True)
    return [path for path in found if is_elf(path)]


class Objects(Case):
    def setUp(self):
        super().setUp()
        self.prefix = os.path.join(self.folder, "prefix")
        output("cmake", "--install", BUILD, "--prefix", self.prefix)

    def all_objects(self):
        installed = objects(self.prefix)
        self.assertEqual(sorted(os.path.basename(path) for path in installed if "libpneuma" not in path), ["pneuma"])
        return objects(BUILD) + installed

    def test_libraries_are_looked_for_in_no_empty_relative_or_build_folder(self):
        for path in self.all_objects():
            with self.subTest(object=path):
                dynamic = output("readelf", "--dynamic", "--wide", path)
                for folders in re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic):
                    for folder in folders.split(":"):
                        self.assertRegex(folder, r"^(/|\$ORIGIN/)", folders)
                        self.assertFalse(folder.startswith((SOURCE, os.path.realpath(BUILD))), folders)
                for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
                    self.assertNotIn("/", needed)

    def test_objects_are_hardened(self):
        for path in self.all_objects():
            with self.subTest(object=path):
                self.assertRegex(output("readelf", "--file-header", path), r"Type:\s+DYN")  # PIE, or a library
                segments = output("readelf", "--program-headers", "--wide", path)
                self.assertIn("GNU_RELRO", segments)
                self.assertRegex(segments, r"GNU_STACK .* RW ")
                self.assertRegex(output("readelf", "--dynamic", path), r"\(FLAGS_1\).* NOW")

    def test_the_library_checks_its_stack_and_its_buffers(self):
        for path in objects(self.prefix):
            if "libpneuma" in path:
                undefined = output("nm", "--dynamic", "--undefined-only", path)
                self.assertIn("__stack_chk_fail", undefined)
                self.assertIn("__snprintf_chk", undefined)

    def test_only_the_public_face_is_exported(self):
        public = set()
        for path in glob.glob(self.prefix + "/include/pneuma/*.h"):
            with open(path, encoding="utf-8") as file:
                text = file.read()
                self.assertEqual(re.findall(r"^(?!PN_API|static|typedef|extern)[a-z]\w+[^;{=]*?\w+\([^{]*?\);", text, re.M), [], path)
                public |= set(re.findall(r"^PN_API\b[^;(\[]*?(\w+)(?:\(|\[\];)", text, re.M))
        self.assertIn("pn_exp", public)
        for path in objects(self.prefix):
            if "libpneuma" in path:
                exported = {line.split()[-1] for line in
                            output("nm", "--dynamic", "--defined-only", path).splitlines()}
                self.assertEqual(exported, public | DOORS, path)

    def test_a_library_beside_the_study_is_not_loaded(self):
        source = self.write("thief.c", '#include <stdio.h>\n__attribute__((constructor)) static void take(void)\n'
                                       '{\n    fclose(fopen("taken", "w"));\n}\n')
        there = os.path.join(self.folder, "there")
        os.mkdir(there)
        needed = {name for path in objects(BUILD) if "libpneuma" in path for name in
                  re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "--dynamic", "--wide", path))}
        self.assertIn("libyaml-0.so.2", needed)
        for name in sorted(needed - {"libc.so.6", "ld-linux-x86-64.so.2"}):
            output("gcc", "-shared", "-fPIC", "-o", os.path.join(there, name), source)
        for program in (PROGRAM, self.prefix + "/bin/pneuma"):
            done = subprocess.run([program, "check", SOURCE + "/inputs/first.yaml"], cwd=there, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(os.path.exists(there + "/taken"), program)
            done = subprocess.run([program, "--version"], env={**os.environ, "LD_LIBRARY_PATH": there},
                                  capture_output=True, text=True, check=False)
            self.assertNotEqual(done.returncode, 0, "the thieves steal nothing even when asked for")


if __name__ == "__main__":
    unittest.main()
