#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a modeller writes by habit is either understood, or told of in words that help."""
import unittest

from program import Case

HEAD = "name: words\nseed: 1\n"
DRUG = ("drugs: {fev: {molar_mass: 0.4 kDa, route: oral, kinetics: {model: pk1, parameters: "
        "{CL: 3 L/h, V1: 20 L}}, targets: {dp2: {Kd: 1 nM}}}}\n")
ARMS = "arms: {placebo: [], active: [{drug: fev, dose: 10 mg}]}\n"
END = "duration: 12 week\n"


class Messages(Case):
    def told(self, text, code=65):
        done = self.pneuma("check", self.write("s.yaml", HEAD + text))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def test_age_in_capitals_is_read_or_age_is_named(self):
        self.write("p.csv", "ID,AGE [year]\n1,40\n")
        done = self.pneuma("check", self.write("s.yaml", HEAD + "population: {patients: p.csv}\n" + ARMS + DRUG + END))
        self.assertTrue(done.returncode == 0 or "did you mean 'age'?" in done.stderr, done.stderr)

    def test_iiv_beside_a_median(self):
        told = self.told("population: {size: 2, parameters: {fev.CL: {median: 3 L/h, iiv: 25 %}}}\n" + DRUG + ARMS + END)
        self.assertIn("did you mean 'omega'?", told)
        self.assertIn("between patients: omega, omega2, cv or gsd", told)

    def test_factors_of_drugs(self):
        for factor, meant in (("active.dose", "active.fev.dose"), ("fev.Kd", "fev.dp2.Kd"),
                              ("FEV.EC50", "fev.dp2.Kd")):
            told = self.told("population: {size: 2, covariates: {weight: 70 kg}}\n" + DRUG + ARMS + END +
                             f"design: {{method: grid, factors: {{{factor}: [1, 2]}}}}\n")
            self.assertIn(f"did you mean '{meant}'?", told)
        told = self.told("population: {size: 2}\n" + DRUG + ARMS + END +
                         "design: {method: grid, factors: {qqqqqq: [1, 2]}}\n")
        self.assertIn("expected one of: fev.dose", told)

    def test_outputs_too_often(self):
        told = self.told("population: {size: 2}\n" + DRUG + ARMS + END + "output: {every: 1 s}\n")
        self.assertIn("7257601 times: at most 1000000 are possible", told)

    def test_a_result_of_a_test_that_no_visit_has(self):
        told = self.told("population: {size: 2}\n" + DRUG + ARMS + END + "output: {keep: [R5]}\n")
        self.assertIn("it is a result of the test oscillometry", told)
        self.assertIn("tests: [oscillometry]", told)

    def test_a_dose_by_weight_is_understood(self):
        self.told("population: {size: 2, covariates: {weight: 70 kg}}\n" + DRUG +
                  ARMS.replace("10 mg", "2 mg/kg") + END, code=0)

    def test_a_covariate_of_ones_own_and_how(self):
        told = self.told("population: {patients: p.csv}\n" + DRUG + ARMS + END if self.write(
            "p.csv", "ID,IgE [IU/mL]\n1,40\n") else "")
        self.assertNotIn("'age'", told)
        self.assertIn("covariates: {IgE: {unit:", told)

    def test_other_words_for_things(self):
        size = "population: {size: 2}\n"
        for text, says in (
                (size + DRUG + ARMS + END + "disease: [asm]\n", "did you mean 'asm_mass'?"),
                (size + DRUG.replace("CL: 3 L/h", "ka: 1 1/h") + ARMS + END, "did you mean 'KA'?"),
                (size + DRUG.replace("dp2: {Kd: 1 nM}", "dp2: {IC50: 1 nM}") + ARMS + END, "did you mean 'Kd'?"),
                (size + DRUG.replace("molar_mass", "MW") + ARMS + END, "did you mean 'molar_mass'?"),
                ("population: {size: 2, parameters: {fev.CL: {median: 3 L/h, cv: 20 %, effects: [{of: weight, form: "
                 "power, exponent: 0.75, reference: 70 kg}]}}}\n" + DRUG + ARMS + END, "did you mean 'coefficient'?"),
                (size + DRUG + ARMS + END + "keep: summary\n", "did you mean 'lives'?")):
            self.assertIn(says, self.told(text))

    def test_units_as_they_are_written(self):
        for value in ("0.3 10^9/L", "0.3 x 10^9/L", "0.3 G/L", "0.3 10^3/uL", "0.3 K/uL", "0.3\u00a010*9/L", "300 /uL"):
            done = self.pneuma("check", self.write("s.yaml", HEAD + "population: {size: 2, covariates: "
                                                   f"{{blood_eosinophils: {value}}}}}\n" + DRUG + ARMS + "duration: 12 wk\n"))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("blood_eosinophils: 300 cells/uL", done.stdout)
            self.assertIn("molar_mass: 400 g/mol", done.stdout)
            self.assertIn("duration: 2016 h", done.stdout)


if __name__ == "__main__":
    unittest.main()
