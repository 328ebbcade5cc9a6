#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of scripts/house.py, seen to fail: a small tree that keeps them all, then one
violation at a time, which must be named by its rule and by no other."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

HOUSE = pathlib.Path(__file__).resolve().parent.parent / "scripts/house.py"
SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"

CLEAN = {
    "solver/base/units.h": "/* Units. */\nint pn_unit(void);\n",
    "solver/base/units.c": '/* Units. */\n#include "solver/base/units.h"\nint pn_unit(void)\n{\n    return 1;\n}\n',
    "solver/text/word.h": "/* Words. */\nint pn_word(void);\n",
    "solver/text/word.c": '/* Words. */\n#include "solver/text/word.h"\n#include "solver/base/units.h"\n'
                          "struct here {\n    int a;\n};\nint pn_word(void)\n{\n    return pn_unit();\n}\n",
    "solver/run/run.h": "/* Runs. */\nint pn_run(void);\n",
    "solver/run/run.c": '/* Runs. */\n#include "solver/run/run.h"\n#include "solver/text/word.h"\n'
                        "struct here {\n    int b;\n};\nint pn_run(void)\n{\n    return pn_word();\n}\n",
    "models/catalogue.c": "/* All models. */\nint pn_potency(void);\nint pn_list(void);\n"
                          "int pn_list(void)\n{\n    return pn_potency();\n}\n",
    "models/response/potency.c": "/* Potency. */\nint pn_potency(void);\n"
                                 "int pn_potency(void)\n{\n    return 0;\n}\n",
}

# rule -> what is added to the tree, and words of the complaint
VIOLATIONS = (
    ("layers", {"solver/base/up.h": '/* Up. */\n#include "solver/run/run.h"\n'},
     "solver/base/up.h:3: must not see solver/run/run.h"),
    ("layers", {"solver/cellar/wine.h": '/* Wine. */\n#include "solver/base/units.h"\n'},
     "folder without a row"),
    ("layers", {"solver/integrate/step.h": '/* Steps. */\n#include "solver/text/word.h"\n'},
     "the integrators know no component"),
    ("libraries", {"solver/run/ode.h": "/* ODE. */\n#include <limits.h>\n#include <cvode/cvode.h>\n"},
     "solver/run/ode.h:4: cvode/cvode.h: SUNDIALS belongs to solver/integrate and models"),
    ("libraries", {"solver/run/file.h": "/* Files. */\n#include <yaml.h>\n"}, "libyaml belongs to solver/text"),
    ("silence", {"solver/run/tell.c": "/* Tells. */\n#include <stdio.h>\nvoid pn_tell(void);\n"
                                      'void pn_tell(void)\n{\n    printf("");\n}\n'}, "tell.c:7: only solver/cli prints"),
    ("silence", {"solver/run/end.c": "/* Ends. */\n#include <stdlib.h>\nvoid pn_end(void);\n"
                                     "void pn_end(void)\n{\n    exit(1);\n}\n"}, "end the program"),
    ("tags", {"solver/base/a.h": "/* A. */\nstruct pn_a {\n    int a;\n};\n",
              "solver/text/a.h": "/* A. */\nstruct pn_a {\n    int a;\n};\n"}, "struct pn_a is defined 2 times"),
    ("names", {"solver/base/a.c": "/* A. */\nextern int pn_a;\nint pn_a;\n",
               "solver/text/a.c": "/* A. */\nextern int pn_b;\nint pn_b;\n"}, "a.c is there 2 times"),
    ("purpose", {"solver/base/mute.c": "extern int pn_mute;\nint pn_mute;\n"}, "mute.c: no comment"),
    ("sizes", {"solver/base/long.h": "/* Long. */\n" + "int pn_long(void);\n" * 150}, "152 lines (at most 150)"),
    ("sizes", {"solver/base/long.c": "/* Long. */\nint pn_f(void);\nint pn_f(void)\n{\n" + "    ;\n" * 101 + "}\n"},
     "a function of 101 lines"),
    ("markdown", {"README.md": "| " + "x" * 130 + " |\n[link](" + "x" * 130 + ")\n" + "word " * 25 + "\n"},
     "README.md:3: 125 characters"),
    ("headers", {"solver/base/needs.h": "/* Needs. */\nsize_t pn_size(void);\n"}, "needs.h: does not compile alone"),
    ("circles", {"solver/base/a.c": "/* A. */\nint pn_a(void);\nint pn_b(void);\nint pn_a(void)\n{\n    return pn_b();\n}\n",
                 "solver/base/b.c": "/* B. */\nint pn_a(void);\nint pn_b(void);\nint pn_b(void)\n{\n    return pn_a();\n}\n"},
     "solver/base/a.c uses solver/base/b.c: pn_b"),
    ("rooms", {"solver/study/a.c": "/* A. */\nint pn_a(void);\nint pn_b(void);\nint pn_a(void)\n{\n    return pn_b();\n}\n",
               "solver/cohort/b.c": "/* B. */\nint pn_c(void);\nint pn_b(void);\nint pn_b(void)\n{\n    return 0;\n}\n",
               "solver/cohort/c.c": "/* C. */\nint pn_c(void);\nint pn_d(void);\nint pn_c(void)\n{\n    return pn_d();\n}\n",
               "solver/study/d.c": "/* D. */\nint pn_d(void);\nint pn_d(void)\n{\n    return 0;\n}\n"},
     "a circle of 2 folders: solver/cohort solver/study"),
    ("rooms", {"solver/base/low.c": "/* Low. */\nint pn_low(void);\nint pn_word(void);\n"
                                    "int pn_low(void)\n{\n    return pn_word();\n}\n"}, "pn_word of solver/text/word.c below it"),
    ("prefix", {"solver/base/named.c": "/* Named. */\nextern int ours;\nint ours;\n"}, "ours is global"),
)

COMPILED = {}  # objects of files that many trees share


def build(root, files):
    """Write the files below root and compile them as CMake's Ninja files do."""
    entries = []
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if name.endswith(".md") else SPDX + text, encoding="utf-8")
        if name.endswith(".c"):
            target = root / "build/CMakeFiles/pneuma_v3.dir" / (name + ".o")
            target.parent.mkdir(parents=True, exist_ok=True)
            command = f"gcc -I{root} -o {target} -c {path}"
            if (name, text) not in COMPILED:
                subprocess.run(command.split(), check=True)
                COMPILED[name, text] = target.read_bytes()
            target.write_bytes(COMPILED[name, text])
            entries.append({"directory": str(root), "command": command, "file": str(path), "output": str(target)})
    (root / "build/compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")


def judge(files, *options):
    """Exit code and words of the rules on a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        build(pathlib.Path(folder), files)
        done = subprocess.run([HOUSE, "--root", folder, *options], text=True, capture_output=True, check=False)
        return done.returncode, done.stdout + done.stderr


class House(unittest.TestCase):
    def test_a_clean_tree_passes(self):
        self.assertEqual(judge(CLEAN), (0, "house: 8 sources, no errors\n"))

    def test_each_violation_is_named_by_its_rule_alone(self):
        for rule, added, words in VIOLATIONS:
            with self.subTest(rule=rule, words=words):
                code, said = judge({**CLEAN, **added})
                self.assertEqual(code, 1, said)
                self.assertIn(words, said)
                # an include of what stands below closes a circle of folders, too
                others = set(re.findall(r"^error: (\w+):", said, re.M)) - {rule}
                self.assertLessEqual(others, {"rooms"} if rule == "layers" else set(), said)

    def test_every_rule_has_been_seen_to_fail(self):
        said = subprocess.run([HOUSE, "--rules"], text=True, capture_output=True, check=True).stdout
        self.assertEqual({line.split()[0] for line in said.splitlines()}, {rule for rule, _, _ in VIOLATIONS})

    def test_a_report_does_not_fail(self):
        rule, added, _ = VIOLATIONS[0]
        code, said = judge({**CLEAN, **added}, "--report", rule)
        self.assertEqual(code, 0)
        self.assertIn("error: layers: ", said)


if __name__ == "__main__":
    unittest.main()
