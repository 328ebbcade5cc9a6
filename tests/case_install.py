#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cmake --install` and `cpack` give: a tree that runs wherever it is moved."""
import glob
import os
import re
import shutil
import subprocess
import unittest

from program import SOURCE, PROGRAM, Case

BUILD = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))
FIRST = os.path.join(SOURCE, "inputs/first.yaml")


def output(*command, **how):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def commands():
    return re.findall(r"^  pneuma ([a-z][a-z-]*)", output(PROGRAM, "--help"), re.M)


def rows():
    """The program's own rows: command -> long options, those of sub-commands as well."""
    found, name = {}, None
    for line in output(PROGRAM, "help", "--commands").splitlines():
        field = line.split("\t")
        if field[0] == "command":
            name = field[1]
            found[name] = set()
        elif field[0] == "option":
            found[name].add("--" + field[2])
    return found


class Install(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        output("cmake", "--build", BUILD, "--target", "man")

    def setUp(self):
        super().setUp()
        self.prefix = os.path.join(self.folder, "a prefix")
        output("cmake", "--install", BUILD, "--prefix", self.prefix)

    def man(self, name):
        with open(os.path.join(self.prefix, "share/man/man1", name + ".1"),
                  encoding="utf-8") as file:
            return file.read().replace("\\-", "-")

    def test_it_runs_where_it_was_moved_to(self):
        moved = os.path.join(self.folder, "moved")
        os.rename(self.prefix, moved)
        program = os.path.join(moved, "bin/pneuma")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True,
                              env={**os.environ, "LD_DEBUG": "libs"})
        used = [line.split()[-1] for line in told.stderr.splitlines()
                if "calling init" in line and "libpneuma" in line]
        self.assertEqual(len(used), 1)
        self.assertTrue(os.path.realpath(used[0]).startswith(os.path.realpath(moved)), used)
        output(program, "run", os.path.join(moved, "share/pneuma/inputs/first.yaml"),
               "--out", os.path.join(self.folder, "r.h5"), "--quiet")
        script = output(program, "submit", FIRST, cwd=self.folder)
        self.assertIn(f"pneuma='{os.path.realpath(program)}'\n", script)

    def test_nothing_knows_where_it_was_built(self):
        for path in glob.glob(self.prefix + "/**", recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    text = file.read()
                for place in (SOURCE, BUILD, self.prefix):
                    self.assertNotIn(place.encode(), text, path)

    def test_both_instruction_sets_are_there(self):
        for folder in ("lib", "lib/glibc-hwcaps/x86-64-v4"):
            self.assertTrue(glob.glob(f"{glob.escape(self.prefix)}/{folder}/libpneuma.so.*"), folder)

    def test_every_option_is_in_help_and_manual(self):
        self.assertEqual(set(commands()), {name for name in rows() if " " not in name})
        self.assertGreater(len(rows()), 20)
        for name, options in rows().items():
            self.assertIn("--help", options)
            page = "pneuma-" + name.replace(" ", "-")
            told = output(PROGRAM, *name.split(), "--help")
            for option in options:
                for text in (told, self.man(page)):
                    self.assertRegex(text, re.escape(option) + r"\b", name)
            self.assertIn(page + " 1", self.man("pneuma"))

    def test_manual_pages_are_sound(self):
        for tool, command in (("mandoc", ["mandoc", "-T", "lint", "-W", "error"]),
                              ("groff", ["groff", "-K", "utf8", "-mdoc", "-Tutf8", "-ww", "-z"])):
            if shutil.which(tool):
                for page in glob.glob(self.prefix + "/share/man/man1/*.1"):
                    done = subprocess.run([*command, page], capture_output=True, text=True,
                                          check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ""),
                                     page + done.stdout)

    def complete(self, *words):
        """What bash offers for the last word."""
        script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pneuma "$1"; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return output("bash", "-c", script,
                      self.prefix + "/share/bash-completion/completions/pneuma",
                      self.prefix + "/bin/pneuma", *words).split()

    def test_bash_completes_commands_options_and_models(self):
        self.assertEqual(self.complete("mod"), ["models"])
        self.assertEqual(set(commands()) - set(self.complete("")), set())
        self.assertEqual(self.complete("run", "study.yaml", "--pat"), ["--patients"])
        self.assertIn("pk2_mm", self.complete("models", "pk2"))
        self.assertNotIn("dp2", self.complete("models", ""))
        self.assertEqual(self.complete("airway", "gen"), ["generate"])
        self.assertEqual(self.complete("airway", "generate", "--aci"), ["--acini"])
        self.assertEqual(self.complete("airway", "generate", "--seed"), ["--seed"])
        self.assertEqual(self.complete("submit", "s.yaml", "--scheduler", ""), ["slurm", "pbs"])
        self.assertEqual(self.complete("airway", "flow", "t.vtu", "--law", "po"), ["poiseuille"])
        self.assertEqual(self.complete("run", "some"), [], "files are bash's own")

    def test_the_module_file_finds_its_prefix(self):
        path = glob.glob(self.prefix + "/share/modulefiles/pneuma/*")[0]
        tclsh = shutil.which("tclsh") or shutil.which("tclsh8.6")
        if not tclsh:
            self.skipTest("no tclsh")
        script = self.write("try.tcl", f"""
proc module-whatis {{text}} {{}}
proc conflict {{name}} {{}}
proc prepend-path {{name value}} {{ puts "$name=$value" }}
proc append-path {{name value}} {{}}
proc setenv {{name value}} {{ puts "$name=$value" }}
set ModulesCurrentModulefile {{{path}}}
source {{{path}}}
""")
        told = output(tclsh, script).splitlines()
        self.assertEqual(told, [f"PATH={self.prefix}/bin", f"MANPATH={self.prefix}/share/man",
                                f"PNEUMA_ROOT={self.prefix}"])


class Package(Case):
    def test_the_debian_package_names_its_libraries_and_runs(self):
        if not shutil.which("dpkg-shlibdeps"):
            self.skipTest("no dpkg-dev")
        output("cpack", "-G", "DEB", "--config", BUILD + "/CPackConfig.cmake", "-B", self.folder)
        package = glob.glob(self.folder + "/pneuma_*.deb")[0]
        depends = output("dpkg-deb", "--field", package, "Depends")
        for library in ("libhdf5", "libsundials-cvode", "libgsl", "libyaml", "libsleef",
                        "libssl3", "libexpat1", "libreadstat1", "libjansson4", "libudunits2", "libc6"):
            self.assertIn(library, depends)
        root = os.path.join(self.folder, "root")
        output("dpkg-deb", "--extract", package, root)
        output(root + "/usr/bin/pneuma", "run", root + "/usr/share/pneuma/inputs/first.yaml",
               "--out", os.path.join(self.folder, "r.h5"), "--quiet")


if __name__ == "__main__":
    unittest.main()
