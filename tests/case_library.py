#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pneuma from outside its tree: a program and a component compiled against what
`cmake --install` brings, by pkg-config and by CMake."""
import math
import os
import re
import subprocess
import unittest

import h5py

from program import PROGRAM, SOURCE, Case

BUILD = os.environ.get("PN_BUILD", os.path.join(SOURCE, "build"))

# runs a study, then reads the mean FEV1 of its first arm at its last visit
PROGRAM_OUTSIDE = r"""
#include <pneuma/result.h>
#include <pneuma/run.h>
#include <stdio.h>
#include <stdlib.h>

static void complain(void *user, const struct pn_complaints *list)
{
    for (size_t i = 0; i < list->n && i < PN_COMPLAINTS_KEPT; i++)
        fprintf(user, "%s\n", list->kept[i].text);
}

int main(int argc, char **argv)
{
    struct pn_run_events events = {.user = stderr, .complaints = complain};
    struct pn_run_request request;
    struct pn_result_variable fev1;
    struct pn_result *result = NULL;
    double *value = NULL, sum = 0;
    int status;

    pn_run_request_init(&request);
    request.study = argv[argc - 2];
    request.out = argv[argc - 1];
    request.selection = (struct pn_selection){.first = 1, .last = 4};
    if ((status = pn_run_execute(&request, &events, NULL)) == PN_OK &&
        (status = pn_result_open(request.out, &result)) == PN_OK &&
        (status = pn_result_variable(result, "FEV1", &fev1)) == PN_OK &&
        (value = calloc(fev1.n, sizeof *value)) &&
        (status = pn_result_read(result, &fev1, value)) == PN_OK) {
        size_t n_patients = fev1.extent[1], n_visits = fev1.extent[2];
        for (size_t i = 0; i < n_patients; i++)
            sum += value[i * n_visits + n_visits - 1];
        printf("%s: FEV1 %.17g %s\n", pn_result_arm(result, 0), sum / n_patients, fev1.unit);
    }
    pn_result_close(&result);
    return pn_status_exit_code(status);
}
"""

COMPONENT = r"""
#include <math.h>
#include <pneuma/abi.h>

/* A signal that decays: x' = -k x, x(0) = 8. */
static const struct pn_quantity parameters[] = {
    {"k", "1/day", 0.5, 0, 100, "rate of decay", "OURS: a test"}, PN_END_OF_TABLE};
static const struct pn_quantity states[] = {
    {"x", "1", 8, 0, 100, "what decays", "OURS: a test", 1}, PN_END_OF_TABLE};
static const struct pn_quantity writes[] = {
    {"root", "1", 0, 0, 100, "square root of x", "OURS: a test"}, PN_END_OF_TABLE};

static void initial(struct pn_view v, pn_lane *x)
{
    (void)v;
    x[0] = pn_all(8.0);
}
static void write(struct pn_view v, pn_lane *w)
{
    w[0] = pn_sqrt(v.x[0]);
}
static void rate(struct pn_view v, pn_lane *dx)
{
    dx[0] = -v.p[0] * v.x[0];
}

static const struct pn_component decay = {
    .name = "NAME", .summary = "a state that decays", .time_unit = "day", .parameters = parameters,
    .states = states, .writes = writes, .initial = initial, .write = write, .rate = rate};
PN_PLUGIN(&decay);
"""

STUDY = """name: outside
seed: 3
plugins: [decay.so]
population:
  size: 6
  covariates: {{age: 40 year}}
disease: [{disease}]
arms: {{placebo: []}}
duration: 4 day
output: {{every: 1 day, keep: [decay.x, decay.root]}}
"""


def output(*command, **how):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


class Library(Case):
    def setUp(self):
        super().setUp()
        self.prefix = os.path.join(self.folder, "prefix")
        output("cmake", "--install", BUILD, "--prefix", self.prefix)
        self.env = {**os.environ, "PKG_CONFIG_PATH": self.prefix + "/lib/pkgconfig"}

    def pkg_config(self, *options):
        return output("pkg-config", *options, "pneuma", env=self.env).split()

    def plugin(self, source=COMPONENT, name="decay", widths=(3, 4)):
        """NAME.so in the folder, for lanes of these widths (x86-64-v3, v4)."""
        path = self.write(name + ".c", source.replace("NAME", "decay"))
        objects = []
        for width in widths:
            objects.append(os.path.join(self.folder, f"{name}-v{width}.o"))
            output("gcc", *self.pkg_config(f"--variable=component_v{width}"), "-Wall", "-Werror",
                   "-c", path, "-o", objects[-1])
        output("gcc", "-shared", "-o", os.path.join(self.folder, name + ".so"), *objects)

    def study(self, disease="decay"):
        return self.write("outside.yaml", STUDY.format(disease=disease))

    def run_study(self, study, **how):
        result = os.path.join(self.folder, "r.h5")
        return subprocess.run([PROGRAM, "run", study, "--out", result, "--quiet", "--restart"], capture_output=True,
                              text=True, check=False, env={**os.environ, **how}), result

    def test_every_installed_header_compiles_alone(self):
        for name in sorted(os.listdir(self.prefix + "/include/pneuma")):
            source = self.write("alone.c", f"#include <pneuma/{name}>\n")
            output("gcc", "-march=x86-64-v3", "-std=c11", "-Wall", "-Wextra", "-Werror",
                   *self.pkg_config("--cflags"), "-fsyntax-only", source)

    def compile_program(self):
        source = self.write("outside.c", PROGRAM_OUTSIDE)
        program = os.path.join(self.folder, "outside")
        output("gcc", "-Wall", "-Wextra", "-Werror", source, "-o", program, *self.pkg_config("--cflags", "--libs"),
               "-Wl,-rpath," + self.pkg_config("--variable=libdir")[0])
        return program

    def test_a_program_of_forty_lines_runs_a_study_and_reads_fev1(self):
        self.assertLessEqual(len(PROGRAM_OUTSIDE.strip().splitlines()), 40)
        result = os.path.join(self.folder, "r.h5")
        told = output(self.compile_program(), SOURCE + "/inputs/fevipiprant-phase2.yaml", result)
        found = re.fullmatch(r"(.*): FEV1 (\S+) (\S+)\n", told)
        self.assertIsNotNone(found, told)
        with h5py.File(result) as file:
            fev1 = file["FEV1"]
            self.assertEqual(fev1.shape[:2], (file["arm"].size, 4))
            self.assertEqual(found[1], file["arm"].asstr()[0])
            self.assertTrue(math.isclose(float(found[2]), fev1[0, :, -1].mean(), rel_tol=1e-12))
            self.assertEqual(found[3], fev1.attrs["units"].decode())
        output(PROGRAM, "verify", result)

    def test_a_program_outside_is_told_what_is_wrong(self):
        study = self.write("bad.yaml", "name: bad\nsed: 1\n")
        done = subprocess.run([self.compile_program(), study, self.folder + "/r.h5"], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (65, ""))
        self.assertIn("bad.yaml:2:1: error: ", done.stderr)

    def test_a_component_outside_runs_in_a_study(self):
        self.plugin()
        bits = set()
        for tunables in ("", "glibc.cpu.hwcaps=-AVX512F"):
            done, result = self.run_study(self.study(), GLIBC_TUNABLES=tunables)
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(result) as file:
                self.assertEqual(file["decay.x"].shape, (1, 6, 5))
                for day in range(5):
                    for x, root in zip(file["decay.x"][0, :, day], file["decay.root"][0, :, day]):
                        self.assertTrue(math.isclose(x, 8 * math.exp(-0.5 * day), rel_tol=1e-5))
                        self.assertTrue(math.isclose(root, math.sqrt(x), rel_tol=1e-12))
                bits.add(file["decay.x"][()].tobytes())
        self.assertEqual(len(bits), 1, "the width of a lane changes no bit")

    def test_a_plugin_is_an_input_of_its_run(self):
        self.plugin()
        _, result = self.run_study(self.study())
        output(PROGRAM, "verify", result)
        self.plugin(COMPONENT.replace("-v.p[0] *", "-pn_all(2.0) * v.p[0] *"))
        done = subprocess.run([PROGRAM, "run", self.study(), "--out", result, "--quiet"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("decay.so", done.stderr)

    def test_the_resolved_study_and_a_replay_name_the_plugin(self):
        self.plugin()
        self.assertIn("\nplugins: [decay.so]\n", output(PROGRAM, "check", self.study()))
        _, result = self.run_study(self.study())
        output(PROGRAM, "replay", result, "--patient", "2", "--arm", "placebo", "--out", self.folder + "/life.csv",
               cwd=self.folder)

    def test_its_tables_are_shown(self):
        self.plugin()
        told = output(PROGRAM, "models", "decay", "--plugin", self.folder + "/decay.so")
        self.assertIn("rate of decay", told)
        self.assertIn("decay  ", output(PROGRAM, "models", "--plugin", "decay.so", cwd=self.folder))
        done = subprocess.run([PROGRAM, "models", "--plugin", "none.so"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 65)
        self.assertIn("none.so: cannot be loaded", done.stderr)

    def refused(self, *words, **how):
        """One sentence with its place, and exit 65."""
        done, result = self.run_study(self.study(), **how)
        self.assertEqual((done.returncode, os.path.exists(result)), (65, False), done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual(len([line for line in lines if "plugins" in line or "decay.so" in line]), 1, lines)
        for word in ("outside.yaml:3:11: error:", "decay.so", *words):
            self.assertIn(word, done.stderr)

    def test_a_wrong_abi_word_is_refused_with_one_sentence(self):
        self.plugin(COMPONENT.replace("PN_PLUGIN(", "#undef PN_ABI_VERSION\n#define PN_ABI_VERSION 999\nPN_PLUGIN("))
        self.refused("version 999 of the plug-in interface, but this is version 1", "compile it again")

    def test_a_component_of_another_size_is_refused(self):
        self.plugin(COMPONENT.replace("PN_PLUGIN(", "#undef PN_ABI\n#define PN_ABI {PN_ABI_VERSION, PN_LANES, "
                                      "_Alignof(pn_lane), sizeof(struct pn_component) - 8, 80, 0}\nPN_PLUGIN("))
        self.refused("a component of", "compile it again")

    def test_a_plugin_of_the_other_width_says_how_to_get_this_one(self):
        self.plugin(widths=(4,))
        self.refused("8 lanes only", "-march=x86-64-v3", GLIBC_TUNABLES="glibc.cpu.hwcaps=-AVX512F")

    def test_what_is_no_plugin_is_refused(self):
        self.write("empty.c", "int pn_nothing;\n")
        output("gcc", "-shared", "-fPIC", "-o", self.folder + "/decay.so", self.folder + "/empty.c")
        self.refused("no plug-in")
        self.write("decay.so", "not a library\n")
        self.refused("cannot be loaded")

    def test_components_that_cannot_be_are_refused(self):
        for found, instead, words in (
                ('"1/day", 0.5, 0, 100', '"1/day", 500, 0, 100', "k: has a default out of its range"),
                ('a test", 1}', 'a test", 0}', "x: has no scale"),
                (".rate = rate", ".rate = rate, .n_derived = 1", "that no function of it makes"),
                ('.name = "NAME"', '.name = "feno"', "there is a component feno already")):
            with self.subTest(words=words):
                self.assertIn(found, COMPONENT)
                self.plugin(COMPONENT.replace(found, instead))
                self.refused(words)

    def test_another_study_does_not_know_it(self):
        study = self.write("other.yaml", STUDY.format(disease="decay").replace("plugins: [decay.so]\n", ""))
        done, _ = self.run_study(study)
        self.assertEqual(done.returncode, 65)
        self.assertIn("decay", done.stderr)

    def test_cmake_finds_the_package_and_makes_a_plugin(self):
        self.write("decay.c", COMPONENT.replace("NAME", "decay"))
        self.write("outside.c", PROGRAM_OUTSIDE)
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(outside C)\n"
                   "find_package(pneuma 0.1 REQUIRED)\nadd_executable(outside outside.c)\n"
                   "target_link_libraries(outside PRIVATE pneuma::pneuma)\npneuma_add_plugin(decay decay.c)\n")
        output("cmake", "-S", self.folder, "-B", self.folder + "/b", "-DCMAKE_PREFIX_PATH=" + self.prefix,
               "-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=" + self.folder)
        output("cmake", "--build", self.folder + "/b")
        done = subprocess.run([self.folder + "/b/outside", self.study(), self.folder + "/r.h5"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 2, "no FEV1 in it" + done.stderr)
        self.assertTrue(os.path.exists(self.folder + "/r.h5"))


if __name__ == "__main__":
    unittest.main()
