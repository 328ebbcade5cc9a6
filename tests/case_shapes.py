#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event tables as modellers have them: columns and quirks of public data sets, our own
numbers, unedited or with an `events` block alone, against closed forms."""
import math
import unittest

import h5py

from program import Case, numbers

STUDY = """name: shape
seed: 1
population: {{{population}}}
events: {events}
drugs: {{d: {{route: {route}, kinetics: {{model: {model}, parameters: {{{parameters}}}}}}}}}
arms: {{a: [{{drug: d}}]}}
solver: {{rtol: 1e-9}}
"""


def oral(t, dose, ka, k, v):
    return 0 if t < 0 else dose / v * ka / (ka - k) * (math.exp(-k * t) - math.exp(-ka * t))


def bolus(t, dose, k, v):
    return 0 if t < 0 else dose / v * math.exp(-k * t)


def infusion(t, rate, lasts, cl, v):
    """Of an infusion that began t ago."""
    k, ran = cl / v, min(max(t, 0), lasts)
    return rate / cl * (1 - math.exp(-k * ran)) * math.exp(-k * (max(t, 0) - ran))


def two(t, dose, cl, v1, q, v2):
    """A bolus into the first of two compartments."""
    a, b, c = cl / v1, q / v1, q / v2
    root = math.sqrt((a + b + c) ** 2 - 4 * a * c)
    fast, slow = (a + b + c + root) / 2, (a + b + c - root) / 2
    return dose / v1 * ((fast - c) * math.exp(-fast * t) + (c - slow) * math.exp(-slow * t)) / root


def saturable(t, dose, v, vmax, km):
    """C0 - C + KM ln(C0/C) = VMAX t/V, by bisection."""
    low, high, c0 = 0.0, dose / v, dose / v
    for _ in range(200):
        c = (low + high) / 2
        if c0 - c + km * math.log(c0 / c) > vmax * t / v:
            low = c
        else:
            high = c
    return c


class Table(Case):
    def check(self, table, want, events="t.csv", route="oral", model="pk1", parameters="",
              population="", warns=(), column="obs.d.C"):
        """Every observation in the order of the file; `warns`: words of all its warnings."""
        self.write("t.csv", table)
        study = self.write("s.yaml", STUDY.format(
            population=population, events=events, route=route, model=model,
            parameters=parameters))
        checked = self.pneuma("check", study)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        told = [line for line in (checked.stdout + checked.stderr).splitlines()
                if ": warning: " in line]
        self.assertEqual(len(told), len(warns), told)
        for word in warns:
            self.assertTrue(any(word in line for line in told), (word, told))
        of = numbers(self.result(study, "--restart"))
        got = of[column][1][0]
        self.assertEqual(len(got), len(want), list(got))
        for i, (one, other) in enumerate(zip(got, want)):
            self.assertTrue(math.isclose(one, other, rel_tol=2e-6, abs_tol=1e-9),
                            (i, one, other))
        return of


class Shapes(Table):
    """Of public data sets."""

    def test_theophylline_of_one_dose(self):
        """EVID 101, rxode2's code of a dose into compartment 1; observed in 2."""
        lines, want = ["ID,TIME,DV,AMT,EVID,CMT,WT"], []
        for i, weight in enumerate((79.6, 54.6, 86.4)):
            lines.append(f"{i + 1},0,0,{4 * weight},101,1,{weight}")
            for t in (0, 0.25, 1.12, 7.03, 24.37):
                lines.append(f"{i + 1},{t},{1 + t},0,0,2,{weight}")
                want.append(oral(t, 4 * weight, 1.5, 0.08, 32))
        self.check("\n".join(lines), want, parameters="KA: 1.5 1/h, CL: 2.56 L/h, V1: 32 L")

    def test_theophylline_of_many_doses(self):
        lines, want = ["ID,TIME,DV,AMT,EVID,CMT,WT"], []
        for t in sorted([24 * k for k in range(7)] + [24 * k + 2 for k in range(7)]):
            if t % 24 == 0:
                lines.append(f"1,{t},0,320,101,1,79.6")
            else:
                lines.append(f"1,{t},5,0,0,2,79.6")
                want.append(sum(oral(t - 24 * k, 320, 1.5, 0.08, 32) for k in range(7)))
        self.check("\n".join(lines), want, parameters="KA: 1.5 1/h, CL: 2.56 L/h, V1: 32 L")

    def test_phenobarbital_in_the_newborn(self):
        """No EVID, points for what is missing, weights below 2 kg, a column APGR."""
        lines, want = ["ID TIME AMT WT APGR DV"], []
        for i, weight in enumerate((1.4, 0.6, 3.6)):
            k, v = 0.0047 / 0.96, 0.96 * weight
            lines += [f"{i + 1} 0. 25.0 {weight} 7 .", f"{i + 1} 2.0 . {weight} 7 17.3",
                      f"{i + 1} 12.5 3.5 {weight} 7 .", f"{i + 1} 112.5 . {weight} 7 31"]
            want += [bolus(2, 25, k, v), bolus(112.5, 25, k, v) + bolus(100, 3.5, k, v)]
        of = self.check(
            "\n".join(lines), want, route="iv", warns=["APGR"],
            parameters="CL: {value: 0.47 L/h, effects: [{of: WT, form: power, reference: "
            "100 kg, coefficient: 1}]}, V1: {value: 96 L, effects: [{of: weight, form: power, "
            "reference: 100 kg, coefficient: 1}]}")
        self.assertEqual(list(of["weight"][1]), [1.4, 0.6, 3.6])

    SIMULATED = "ID,TIME,DV,LNDV,MDV,AMT,EVID,DOSE,{own},SS,II,SD,CMT{more}"

    def simulated(self, own, values, more="", rate="", seen=1):
        """A single dose, then a steady state of one every 24 h: SD tells them apart."""
        lines = [self.SIMULATED.format(own=own, more=more)]
        for i, value in enumerate(values):
            row = ",".join(map(str, value))
            lines.append(f"{i + 1},0,0,0,1,60000,1,60000,{row},99,0,1,1{rate}")
            for t in (0.25, 2, 36):
                lines.append(f"{i + 1},{t},9,2,0,0,0,60000,{row},99,0,1,{seen}{',0' * bool(rate)}")
            lines.append(f"{i + 1},96,0,0,1,60000,1,60000,{row},1,24,0,1{rate}")
            for t in (97, 110):
                lines.append(f"{i + 1},{t},9,2,0,0,0,60000,{row},0,0,0,{seen}{',0' * bool(rate)}")
        return "\n".join(lines)

    def expected(self, values, single):
        want = []
        for value in values:
            want += [single(t, *value) for t in (0.25, 2, 36)]
            want += [sum(single(t + 24 * n, *value) for n in range(200)) for t in (1, 14)]
        return want

    def test_one_compartment_by_mouth_with_parameters_as_columns(self):
        values = [(88.4, 3.7, 1.1), (70, 5.5, 0.8)]
        self.check(self.simulated("V,CL,KA", values, seen=2),
                   self.expected(values, lambda t, v, cl, ka: oral(t, 60000, ka, cl / v, v)),
                   events="{file: t.csv, columns: {V: d.V1, CL: d.CL, KA: d.KA}}",
                   warns=["LNDV, DOSE, SD", "SS = 99"])

    def test_the_same_of_single_doses_alone(self):
        values = [(88.4, 3.7, 1.1), (70, 5.5, 0.8)]
        want = [oral(t, 60000, ka, cl / v, v) for v, cl, ka in values for t in (0.25, 2, 36)]
        for ignore in ("ignore: [SD.EQ.0]", "accept: 'SD==1'", "accept: ['(SD.NE.0)']",
                       "ignore: 'SD.LT.1,TIME.GT.90'"):
            self.check(self.simulated("V,CL,KA", values, seen=2), want,
                       events="{file: t.csv, columns: {V: d.V1, CL: d.CL, KA: d.KA}, "
                       + ignore + "}", warns=["LNDV, DOSE, SD", "SS = 99"])

    def test_one_compartment_bolus(self):
        """CMT 1 is central."""
        values = [(88.4, 3.7), (70, 5.5)]
        self.check(self.simulated("V,CL", values),
                   self.expected(values, lambda t, v, cl: bolus(t, 60000, cl / v, v)),
                   events="{file: t.csv, columns: {V: {as: d.V1, unit: L}, CL: d.CL}}",
                   route="iv", warns=["LNDV", "SS = 99"])

    def test_two_compartments_bolus(self):
        values = [(88.4, 3.7, 12, 150), (70, 5.5, 9, 90)]
        self.check(self.simulated("V1,CL,Q,V2", values),
                   self.expected(values, lambda t, v, *o: two(t, 60000, o[0], v, o[1], o[2])),
                   events="{file: t.csv, columns: {V1: d.V1, CL: d.CL, Q: d.Q, V2: d.V2}}",
                   route="iv", model="pk2", warns=["LNDV", "SS = 99"])

    def test_one_compartment_infusion(self):
        values = [(88.4, 3.7), (70, 5.5)]
        self.check(self.simulated("V,CL", values, ",RATE", ",20000"),
                   self.expected(values, lambda t, v, cl: infusion(t, 20000, 3, cl, v)),
                   events="{file: t.csv, columns: {V: d.V1, CL: d.CL}}",
                   route="iv", warns=["LNDV", "SS = 99"])

    def test_michaelis_menten_bolus(self):
        lines, want = ["ID,TIME,DV,LNDV,MDV,AMT,EVID,DOSE,V,VM,KM,SD,CMT"], []
        for i, (v, vm, km) in enumerate([(70, 1000, 250), (50, 800, 400)]):
            lines.append(f"{i + 1},0,0,0,1,60000,1,60000,{v},{vm},{km},1,1")
            for t in (0.25, 12, 30):
                lines.append(f"{i + 1},{t},9,2,0,0,0,60000,{v},{vm},{km},1,1")
                want.append(saturable(t, 60000, v, vm, km))
        self.check("\n".join(lines), want, route="iv", model="pk1_mm",
                   parameters="CL: 0 L/h", warns=["LNDV, DOSE, SD"],
                   events="{file: t.csv, columns: {V: d.V1, VM: d.VMAX, KM: d.KM}}")

    def test_mavoglurant(self):
        """TIME begins again in OCC 2 without a reset; HT in m; SEX 1 and 2."""
        lines, want = ["ID,CMT,EVID,MDV,DV,AMT,TIME,DOSE,OCC,RATE,AGE,SEX,WT,HT"], []
        for i, (sex, height) in enumerate([(1, 1.73), (2, 1.6)]):
            of = f"33,{sex},70,{height}"
            for occ, dose in ((1, 25), (2, 50)):
                lines.append(f"{i + 793},1,1,1,0,{dose},0,{dose},{occ},{6 * dose},{of}")
                for t in (0.1, 1, 48):
                    lines.append(f"{i + 793},1,0,0,9,0,{t},{dose},{occ},0,{of}")
                    want.append(infusion(t, 6 * dose, 1 / 6, 20, 50))
        of = self.check(
            "\n".join(lines), want, route="iv", parameters="CL: 20 L/h, V1: 50 L",
            events="{file: t.csv, columns: {HT: {unit: m}, DOSE: drop, "
            "SEX: {values: {1: male, 2: female}}}}", warns=["new OCC"])
        self.assertEqual([round(x, 6) for x in of["height"][1]], [173, 160])
        self.assertEqual(list(of["sex"][1]), [1, 0])
        self.assertEqual(list(of["patient"][1]), [793, 794])
        self.check("\n".join(lines), want, route="iv", parameters="CL: 20 L/h, V1: 50 L",
                   events="{file: t.csv, columns: {HT: {as: height, unit: m}}}",
                   warns=["new OCC", "sex 2 is taken for female", "the column DOSE"])

    def test_nimotuzumab(self):
        """Covariates as others write them: WGT, HGT; RATE; no EVID, MDV alone."""
        lines, want = ["ID,TIME,AMT,RATE,DV,MDV,TAD,CMT,OCC,WGT,BSA,AGE,HGT,DOS"], []
        of = "64.5,1.7,52,158,50"
        for k in range(3):
            lines.append(f"1,{168 * k},50,100,.,1,0,1,{k + 1},{of}")
            for t in (168 * k + 0.5, 168 * k + 100):
                lines.append(f"1,{t},0,0,12,0,{t - 168 * k},1,{k + 1},{of}")
                want.append(sum(infusion(t - 168 * j, 100, 0.5, 0.02, 3) for j in range(k + 1)))
        of = self.check("\n".join(lines), want, route="iv", warns=["columns BSA, DOS"],
                        parameters="CL: 0.02 L/h, V1: 3 L")
        self.assertEqual((of["weight"][1][0], of["height"][1][0]), (64.5, 158))

    def test_white_blood_cells(self):
        """Individual parameters as data; what is observed is in a compartment of the
        response."""
        lines, want = ["ID,TIME,AMT,V2I,V1I,CLI,EVID,CMT,DV"], []
        for i, (v2, v1, cl) in enumerate([(150, 90, 30), (200, 60, 45)]):
            lines.append(f"{i + 1},0,180,{v2},{v1},{cl},1,1,.")
            for t in (0, 12, 96):
                lines.append(f"{i + 1},{t},.,{v2},{v1},{cl},0,4,8.1")
                want.append(two(t, 180, cl, v1, 12, v2))
        self.check("\n".join(lines), want, route="iv", model="pk2", parameters="Q: 12 L/h",
                   events="{file: t.csv, columns: {CLI: d.CL, V1I: d.V1, V2I: d.V2}}",
                   warns=["CMT 4 of an observation"])

    def test_warfarin_with_words(self):
        """Names in small letters, sex in words, a text for what is observed."""
        lines, want = ["id,time,amt,dv,dvid,evid,wt,age,sex"], []
        for i, (weight, sex) in enumerate([(66.7, "male"), (50, "female")]):
            lines.append(f"{i + 1},0,{1.5 * weight},0,cp,1,{weight},50,{sex}")
            for t, what in ((0, "pca"), (0.5, "cp"), (24, "cp"), (24, "pca"), (120, "cp")):
                lines.append(f"{i + 1},{t},0,10,{what},0,{weight},50,{sex}")
                want.append(oral(t, 1.5 * weight, 1, 0.134 / 8, 8))
        of = self.check("\n".join(lines), want,
                        parameters="KA: 1 1/h, CL: 0.134 L/h, V1: 8 L", warns=["DVID"])
        self.assertEqual(list(of["sex"][1]), [1, 0])

    def test_nonmem_s_own_table(self):
        """TABLE NO., blanks, E format, the header again."""
        def line(*numbers):
            return "".join(f" {x: .4E}" for x in numbers)
        head = " ID          TIME        AMT         EVID        WT          DV          PRED"
        lines, want = ["TABLE NO.  1", head], []
        for i in (1, 100000):
            lines.append(line(i, 0, 100, 1, 70, 0, 0))
            for t in (1, 6):
                lines.append(line(i, t, 0, 0, 70, 3, 2.5))
                want.append(oral(t, 100, 1.5, 0.05, 20))
            lines += ["TABLE NO.  1", head]
        of = self.check("\n".join(lines), want, warns=["the column PRED"],
                        parameters="KA: 1.5 1/h, CL: 1 L/h, V1: 20 L")
        self.assertEqual(list(of["patient"][1]), [1, 100000])

    def test_input_names_and_drops_columns_by_a_list(self):
        """$INPUT C ID TIME DV=DROP AMT WT=WGT RACE=DROP; IGNORE=C; no header."""
        table = "C,9,0,1,100,80,1\n.,1,0,1,100,70,1\n.,1,2,1,0,70,1\n.,1,4,1,0,140,2\n"
        want = [oral(2, 100, 1.5, 0.05, 20), oral(4, 100, 1.5, 0.05, 20)]
        self.check(table, want, parameters="KA: 1.5 1/h, CL: 1 L/h, V1: 20 L",
                   events="{file: t.csv, ignore: C, columns: [C, ID, TIME, DV=DROP, AMT, "
                   "WT=WGT, RACE=DROP]}")


class AsTheyCome(Table):
    """What stands in files by habit."""

    PK = "KA: 1.5 1/h, CL: 1 L/h, V1: 20 L"

    @staticmethod
    def at(*times):
        return [oral(t, 100, 1.5, 0.05, 20) for t in times]

    def test_separators_and_decimal_commas(self):
        for table in ("ID;TIME;AMT;WT\n1;0;100;70,5\n1;1,5;.;70,5\n",
                      "ID\tTIME\tAMT\tWT\n1\t0\t100\t70.5\n1\t1.5\t\t70.5\n",
                      "ID\tTIME\tAMT\tWT\n1\t0\t100\t70,5\n1\t1,5\tNA\t70,5\n",
                      "  ID TIME  AMT WT \n 1 0 100   70.5\n\n 1 1.5 . 70.5 \n",
                      "\ufeffID,TIME,AMT,WT\r\n1,0,100,70.5\r\n1,1.5,NA,70.5\r\n,,,\r\n"):
            with self.subTest(table=table):
                of = self.check(table, self.at(1.5), parameters=self.PK)
                self.assertEqual(of["weight"][1][0], 70.5)

    def test_a_study_begins_with_a_byte_order_mark(self):
        self.write("t.csv", "ID,TIME,AMT\n1,0,100\n1,2,.\n")
        study = STUDY.format(population="", events="t.csv", route="oral", model="pk1",
                             parameters=self.PK)
        first = numbers(self.result(self.write("s.yaml", study)))["obs.d.C"][1]
        second = numbers(self.result(self.write("s.yaml", "\ufeff" + study), "--restart"))
        self.assertEqual(first.tobytes(), second["obs.d.C"][1].tobytes())
        for other in ("\ufeff" + study.replace("seed: 1", "sead: 1"),
                      study.replace("seed: 1", "sead: 1")):
            told = self.pneuma("check", self.write("s.yaml", other)).stderr
            self.assertIn("s.yaml:2:1: error", told)

    def test_the_resolved_study_says_the_same(self):
        self.write("t.csv", "ID;TIME;AMT;CLI;SEXE;X\n1;0;100;2;b;9\n1;2;.;2;b;9\n1;2;.;2;b;8\n")
        study = self.write("s.yaml", STUDY.format(
            population="", route="oral", model="pk1", parameters="KA: 1.5 1/h, V1: 20 L",
            events="{file: t.csv, columns: {CLI: {as: d.CL, unit: L/day}, X: drop, SEXE: {as: "
            "sex, values: {a: male, b: female}}}, ignore: [X.EQ.8, '#'], carry: locf}"))
        first = self.result(study)
        with h5py.File(first) as file:
            self.write("again.yaml", file["provenance/resolved"][()].decode())
        first, second = numbers(first), numbers(self.result("again.yaml", name="again.h5"))
        self.assertTrue(math.isclose(first["obs.d.C"][1][0][0], oral(2, 100, 1.5, 2 / 480, 20),
                                     rel_tol=2e-6))
        for name in ("obs.d.C", "sex", "d.CL"):
            self.assertEqual(first[name][1].tobytes(), second[name][1].tobytes(), name)

    def test_a_column_is_kept_as_a_covariate(self):
        """{RACE: covariate}, of the study's own; effects may name it, in any case."""
        self.check("ID,TIME,AMT,RACE,IgE,HT\n1,0,100,2,250,1.8\n1,2,.,2,250,1.8\n",
                   [oral(2, 100, 1.5, 0.1, 20)],
                   parameters="KA: 1.5 1/h, V1: 20 L, CL: {value: 1 L/h, effects: [{of: race, "
                   "form: power, reference: 1, coefficient: 1}]}",
                   events="{file: t.csv, columns: {RACE: covariate, IGE: {as: covariate, "
                   "unit: IU/mL}, HT: drop}}")
        study = self.write("t.yaml", "")
        with h5py.File(f"{self.folder}/results.h5") as file:
            self.assertEqual((file["RACE"][0], file["IGE"].attrs["units"]), (2, b"IU/mL"))
            self.write("t.yaml", file["provenance/resolved"][()].decode())
        self.assertEqual(numbers(self.result(study, "--restart"))["RACE"][1][0], 2)

    def test_ids_in_any_form(self):
        table = "ID,TIME,AMT\n{0},0,100\n{1},1,.\n{2},0,100\n{2},2,.\n"
        for ids, want, warns in ((("1.0", "1", "1e+05"), [1, 100000], 0),
                                 (("1.0000E+00", "1", "2"), [1, 2], 0),
                                 (("0", "0", "1"), [1, 2], 1), (("S-7", "S-7", "x y"), [1, 2], 1)):
            with self.subTest(ids=ids):
                of = self.check(table.format(*ids), self.at(1, 2), parameters=self.PK,
                                warns=["patients are numbered"] * warns)
                self.assertEqual(list(of["patient"][1]), want)
        with h5py.File(f"{self.folder}/results.h5") as file:
            self.assertEqual(file["provenance/patient_IDs"][()], b"S-7\nx y\n")
        listed = self.pneuma("table", "results.h5").stdout.splitlines()
        self.assertEqual([line.split(",")[0] for line in listed[1:]],
                         ["S-7", "S-7", "x y", "x y"])

    def test_an_id_that_comes_again_is_another_patient(self):
        table = "ID,TIME,AMT\n1,0,100\n1,3,.\n2,0,100\n2,1,.\n1,0,100\n1,2,.\n"
        self.check(table, self.at(3, 1, 2), parameters=self.PK, warns=["another patient"])

    def test_clocks_and_dates(self):
        self.check("ID,TIME,AMT\n1,21:30,100\n1,23:00,.\n1,02:00,.\n1,02:00:36,.\n",
                   self.at(1.5, 4.5, 4.51), parameters=self.PK, warns=["the next day"])
        for dates in ((("DATE", "12/31/2023", "1/1/2024")), ("DATE", "2023-12-31", "2024-01-01"),
                      ("DAT1", "31/12/23", "01/01/24"), ("DAT2", "99-12-31", "00-01-01"),
                      ("DAT3", "2024/28/2", "2024/29/2"), ("DATE", "7", "8")):
            with self.subTest(dates=dates):
                name, first, second = dates
                self.check(f"ID,{name},TIME,AMT\n1,{first},8:00,100\n1,{first},9:00,.\n"
                           f"1,{second},8:00,.\n2,{second},20:00,100\n2,{second},22:15,.\n",
                           self.at(1, 24, 2.25), parameters=self.PK)
        self.check("ID,DATE,TIME,AMT\n1,2,8,100\n1,3,8.5,.\n", self.at(24.5),
                   parameters=self.PK, warns=["hour of the day"])

    def test_time_begins_again_at_a_reset(self):
        self.check("ID,TIME,EVID,AMT\n1,0,1,100\n1,5,0,.\n1,0,4,100\n1,3,0,.\n1,4,0,.\n"
                   "1,0,3,.\n1,0,1,100\n1,7,0,.\n", self.at(5, 3, 4, 7), parameters=self.PK,
                   warns=["begins again at the reset"])

    def test_time_begins_before_zero(self):
        self.check("ID,TIME,AMT\n1,-0.5,.\n1,0,100\n1,2,.\n2,0,100\n2,3.3,.\n",
                   [0, *self.at(2, 3.3)], parameters=self.PK, warns=["before 0"])

    def test_a_covariate_that_comes_late_holds_before(self):
        of = self.check("ID,TIME,AMT,WT,SEX\n1,0,100,NA,F\n1,1,.,.,\n1,2,.,81,\n2,0,100,60,m\n"
                        "2,1,.,60,m\n", self.at(1, 2, 1), parameters=self.PK,
                        warns=["missing in the records before"])
        self.assertEqual(list(of["weight"][1]), [81, 60])
        self.assertEqual(list(of["sex"][1]), [0, 1])

    def test_two_resets_at_one_time_are_told(self):
        self.check("ID,TIME,EVID,AMT\n1,0,4,70\n1,0,4,100\n1,2,0,.\n", self.at(2),
                   parameters=self.PK, warns=["two resets"])

    def test_repetition_of_an_observation_means_nothing(self):
        self.check("ID,TIME,EVID,AMT,II,SS\n1,0,1,100,0,0\n1,2,0,.,24,1\n", self.at(2),
                   parameters=self.PK, warns=["means nothing"])

    def test_covariates_have_their_names_everywhere(self):
        """In any case and as the field calls them: population, patients, effects, tables."""
        weight = "{value: 1 L/h, effects: [{of: Wt, form: power, reference: 70 kg, coefficient: 1}]}"
        self.check("ID,TIME,AMT,bwt\n1,0,100,140\n1,2,.,140\n",
                   [oral(2, 100, 1.5, 0.1, 20)], parameters=f"KA: 1.5 1/h, CL: {weight}, V1: 20 L")
        self.check("ID,TIME,AMT\n1,0,100\n1,2,.\n", [oral(2, 100, 1.5, 0.1, 20)],
                   parameters=f"KA: 1.5 1/h, CL: {weight}, V1: 20 L",
                   population="covariates: {WGT: 140 kg, Sex: {categories: {Male: 1, F: 0}}}")
        self.write("p.csv", "ID,WT [kg],SEX\n1,140,M\n2,70,2\n")
        study = self.write("p.yaml", f"""name: p
seed: 1
population: {{patients: p.csv}}
drugs: {{d: {{route: iv, kinetics: {{model: pk1, parameters: {{CL: {weight}}}}}}}}}
arms: {{a: [{{drug: d, dose: 1 mg}}]}}
duration: 1 h
""")
        of = numbers(self.result(study, "--restart"))
        self.assertEqual((list(of["weight"][1]), list(of["sex"][1]), list(of["d.CL"][1])),
                         ([140, 70], [1, 0], [2, 1]))


if __name__ == "__main__":
    unittest.main()
