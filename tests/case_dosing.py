#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event tables against exponentials that go from event to event: every record at one time
with an observation, in every combination; compartments and what belongs to them."""
import itertools
import math
import os
import unittest

import h5py
import numpy as np

from program import Case, numbers

KA, F, F_A1, D = 1.5, 0.8, 0.6, 5.0
LATE, II = 24.0, 12.0  # the time of the combination, interval of its doses
CYCLES = 160  # of the past that is summed where a steady state is asked for


class Patient:
    """One compartment with a depot, in closed form: states, inputs that run, what waits."""

    def __init__(self, lag, clearance):
        self.lag, self.clearance = lag, clearance  # at 70 kg; of each occasion
        self.t, self.a0, self.a1 = 0.0, 0.0, 0.0
        self.waiting, self.order = [], itertools.count()

    def hold(self, weight, occasion):
        self.volume = 20 * weight / 70
        self.k = self.clearance[occasion] * (weight / 70) ** 0.75 / self.volume
        self.share = [None, F * (weight / 70) ** 0.5, F_A1 * (weight / 70) ** 0.25]

    def after(self, a0, a1, rate, t):
        """States t later; rate [mg/h] goes into the central compartment."""
        e, ea = math.exp(-self.k * t), math.exp(-KA * t)
        return a0 * ea, a1 * e + a0 * KA / (KA - self.k) * (e - ea) + rate * (1 - e) / self.k

    def go_to(self, t):
        while True:
            due = min((w for w in self.waiting if w[0] <= t + 1e-9), default=None)
            end = due[0] if due else t
            rate = sum(w[3]["rate"] for w in self.waiting if w[1] == 0)
            self.a0, self.a1 = self.after(self.a0, self.a1, rate, end - self.t)
            self.t = end
            if not due:
                return
            self.waiting.remove(due)
            if due[1] == 1:
                due[3]["enters"]()

    def wait(self, t, enters):
        self.waiting.append((t, 1, next(self.order), {"enters": enters}))

    def enter(self, cmt, amount, lasts, t):
        if cmt == 1:
            self.a0 += amount
        else:
            self.waiting.append((t + lasts, 0, next(self.order), {"rate": amount / lasts}))

    def reset(self):
        self.a0 = self.a1 = 0.0
        self.waiting = []

    def past(self, cmt, amount, lasts):
        """Doses without a beginning, the last one II before the one that is due now."""
        for n in range(1, CYCLES):
            since = n * II - self.lag
            if since < 0 or (since == 0 and self.lag > 0):
                self.wait(self.t - since, lambda t=self.t - since:
                          self.enter(cmt, amount, lasts, t))
            elif cmt == 1:
                a0, a1 = self.after(amount, 0, 0, since)
                self.a0, self.a1 = self.a0 + a0, self.a1 + a1
            else:
                ran = min(since, lasts)
                self.a1 += self.after(0, self.after(0, 0, amount / lasts, ran)[1], 0,
                                      since - ran)[1]
                if since < lasts:
                    self.enter(cmt, amount, lasts, self.t - since)

    def dose(self, record, n=0):
        cmt, amount = record["CMT"], record["AMT"] * self.share[record["CMT"]]
        if record["SS"] and not n:
            if record["SS"] == 1:
                self.reset()
            self.past(cmt, amount, D)
        if n < record["ADDL"]:
            self.wait(record["TIME"] + (n + 1) * record["II"], lambda: self.dose(record, n + 1))
        if self.lag:
            self.wait(self.t + self.lag,
                      lambda t=self.t + self.lag: self.enter(cmt, amount, D, t))
        else:
            self.enter(cmt, amount, D, self.t)

    def live(self, records, carry):
        """Concentrations at the observations; between records those of the next hold, or
        of the last; at its own time a record has its own."""
        seen = []
        for i, record in enumerate(records):
            own = record["WT"], record["OCC"]
            if carry == "nocb" or i == 0:
                self.hold(*own)
            self.go_to(record["TIME"])
            self.hold(*own)
            if record["EVID"] in (3, 4):
                self.reset()
            if record["EVID"] in (1, 4):
                self.dose(record)
            if record["EVID"] == 0:
                seen.append(self.a1 / self.volume)
        return seen


def record(time, evid=0, **more):
    return {"TIME": time, "EVID": evid, "AMT": 0, "CMT": 0, "DUR": 0, "II": 0, "ADDL": 0,
            "SS": 0, **more}


def changes():
    """What may stand at LATE."""
    yield from (record(LATE, evid) for evid in (0, 2, 3))
    for evid, ss, addl, cmt in itertools.product((1, 4), (0, 1, 2), (0, 2), (1, 2)):
        yield record(LATE, evid, AMT=50, CMT=cmt, DUR=D if cmt == 2 else 0, SS=ss, ADDL=addl,
                     II=II if ss or addl else 0)


def tables():
    """Every combination: 972 patients, each a list of records."""
    for change, order, weight, occasion in itertools.product(
            changes(), ("ox", "xo", "oxo"), (None, "o", "x", "later"), (None, "o", "x")):
        records = [record(0, 1, AMT=100, CMT=1, II=8, ADDL=4)]
        records += [dict(change) if one == "x" else record(LATE) for one in order]
        records += [record(LATE + h) for h in (0.5, 7, 30)]
        turn = {None: len(records), "o": 1 + order.rindex("o"), "x": 1 + order.index("x"),
                "later": len(records) - 2}
        for i, one in enumerate(records):
            one["WT"] = 70 if i < turn[weight] else 105
            one["OCC"] = 1 if i < turn[occasion] else 2
        yield records


STUDY = """name: product
seed: 3
population: {{covariates: {{weight: 70 kg}}}}
events: {{file: {table}, carry: {carry}}}
drugs:
  d:
    route: oral
    kinetics:
      model: pk1
      parameters:
        KA: 1.5 1/h
        CL: {{value: 1.1 L/h, iov: {{omega2: 0.09}}, effects: [{{of: weight, form: power, reference: 70 kg, coefficient: 0.75}}]}}
        V1: {{value: 20 L, effects: [{{of: weight, form: power, reference: 70 kg, coefficient: 1}}]}}
        F: {{value: 0.8, effects: [{{of: weight, form: power, reference: 70 kg, coefficient: 0.5}}]}}
        F_A1: {{value: 0.6, effects: [{{of: weight, form: power, reference: 70 kg, coefficient: 0.25}}]}}
        ALAG: {lag} h
        ALAG_A1: {lag} h
arms: {{a: [{{drug: d}}]}}
duration: 60 h
output: {{every: 60 h, keep: [d.C]}}
solver: {{rtol: 1e-9}}
"""


class Product(Case):
    def table(self, name, patients):
        columns = ["TIME", "EVID", "AMT", "CMT", "DUR", "II", "ADDL", "SS", "WT", "OCC"]
        lines = [",".join(["ID", *columns])]
        for i, records in enumerate(patients):
            lines += [",".join([str(i + 1), *(str(one[c]) for c in columns)])
                      for one in records]
        self.write(name, "\n".join(lines) + "\n")

    def clearances(self, n):
        """CL of each patient in both occasions, at 70 kg."""
        of = []
        for occasion in (1, 2):
            self.table("only.csv", [[{**record(0), "WT": 70, "OCC": occasion}]] * n)
            study = self.write("only.yaml", STUDY.format(table="only.csv", carry="nocb", lag=0))
            of.append(numbers(self.result(study, "--restart", name="only.h5"))["d.CL"][1])
        return [dict(zip((1, 2), pair)) for pair in zip(*of)]

    def test_an_observation_sees_all_above_it_and_its_own_covariates(self):
        patients = list(tables())
        clearance = self.clearances(len(patients))
        self.table("all.csv", patients)
        n = 0
        for carry, lag in itertools.product(("nocb", "locf"), (0, 2, 14)):
            study = self.write("s.yaml", STUDY.format(table="all.csv", carry=carry, lag=lag))
            of = numbers(self.result(study, "--restart"))
            got, whose = of["obs.d.C"][1][0], of["obs_patient"][1]
            want = [Patient(lag, clearance[i]).live(records, carry)
                    for i, records in enumerate(patients)]
            self.assertEqual([len(one) for one in want], list(np.bincount(whose)))
            wrong = np.flatnonzero(~np.isclose(got, np.concatenate(want), 2e-6, 1e-9))
            for i in wrong[:1]:
                self.fail(f"{len(wrong)} of {len(got)}, {carry}, lag {lag} h: {got[i]} for "
                          f"{np.concatenate(want)[i]}: {patients[whose[i]]}")
            n += len(patients)
        self.assertGreaterEqual(n, 2000)

    def test_some_patients_of_a_table_are_themselves(self):
        self.table("all.csv", list(tables())[::7])
        study = self.write("s.yaml", STUDY.format(table="all.csv", carry="nocb", lag=2))
        of = numbers(self.result(study))
        whole, whose = of["obs.d.C"][1][0], of["obs_patient"][1]
        of = numbers(self.result(study, "--restart", "--patients", "31:52"))
        some = whole[(whose >= 30) & (whose < 52)]
        self.assertEqual(some.tobytes(), of["obs.d.C"][1][0].tobytes())


SMALL = """name: small
seed: 1
population: {{}}
events: s.csv
drugs: {{d: {{route: {route}, kinetics: {{model: {model}, parameters: {{CL: 1 L/h, V1: 20 L{more}}}}}}}}}
arms: {{a: [{regimen}]}}
duration: {end} h
output: {{every: {every} h, keep: [{keep}]}}
solver: {{rtol: 1e-9}}
"""


class Compartments(Case):
    def run_small(self, table, route="oral", model="pk1", more="", end=48, every=48, keep="d.C",
                  regimen="{drug: d}"):
        self.write("s.csv", table)
        study = self.write("s.yaml", SMALL.format(
            route=route, model=model, end=end, every=every, keep=keep, regimen=regimen,
            more=more and ", " + more))
        path = self.result(study, "--restart")
        return numbers(path)

    def warnings(self):
        done = self.pneuma("check", "s.yaml")
        self.assertEqual(done.returncode, 0)
        return done.stderr

    def test_a_drug_given_iv_has_no_depot(self):
        """ADVAN1 and ADVAN3: 1 is central, 2 peripheral."""
        table = "ID,TIME,EVID,AMT,CMT\n1,0,1,100,{}\n1,4,0,.,.\n"
        central = 5 * math.exp(-0.2)
        for cmt in "1", "2", "A1", "d.A1", ".":
            of = self.run_small(table.format(cmt), "iv")
            self.assertAlmostEqual(of["obs.d.C"][1][0, 0], central, 8)
            self.assertEqual("s.csv:2:11: warning: CMT 2" in self.warnings(), cmt == "2")
        for cmt in "1", "2":
            of = self.run_small(table.format(cmt), "iv", "pk2", "Q: 0 L/h, V2: 10 L", keep="d.A1")
            self.assertAlmostEqual(of["obs.d.A1"][1][0, 0], 20 * central * (cmt == "1"), 6)
            self.assertEqual("warning: a dose into d.A2" in self.warnings(), cmt == "2")
        for name, route in ("A0", "iv"), ("1", "oral"):
            of = self.run_small(table.format(name), route, more="KA: 2 1/h", keep="d.A0")
            self.assertAlmostEqual(of["obs.d.A0"][1][0, 0], 100 * math.exp(-8), 7)
            self.assertEqual("warning: a dose into d.A0" in self.warnings(), name == "A0")
        bad = self.write("s.csv", table.format(3))
        self.assertEqual(self.pneuma("check", "s.yaml").returncode, 65, bad)

    def test_warnings_are_in_the_result_and_strict_makes_them_errors(self):
        self.run_small("ID,TIME,EVID,AMT,CMT\n1,0,1,100,2\n1,4,0,.,.\n", "iv")
        done = self.pneuma("run", "s.yaml", "-o", "w.h5")
        self.assertIn("1 warning on the study", done.stdout)
        self.assertIn("s.csv:2:11: warning: CMT 2", done.stderr)
        with h5py.File(os.path.join(self.folder, "w.h5")) as file:
            kept = file["provenance/warnings"][()].decode()
        self.assertTrue(kept.startswith("s.csv:2:11: warning: CMT 2"), kept)
        done = self.pneuma("run", "s.yaml", "--strict", "-o", "strict.h5")
        self.assertEqual(done.returncode, 65)
        self.assertIn("s.csv:2:11: error: CMT 2", done.stderr)

    def test_a_dose_into_the_vein_has_its_own_f_lag_duration_and_rate(self):
        table = "ID,TIME,EVID,AMT,CMT,RATE\n1,0,1,100,2,{}\n1,10,0,.,.,.\n"
        own = "F: 0.3, ALAG: 9 h, D: 8 h, R: 7 mg/h, F_A1: 0.5, ALAG_A1: 2 h, D_A1: 4 h, R_A1: 25 mg/h"
        for route in "oral", "iv":
            for rate, lasts in (0, 0), (-2, 4), (-1, 2):
                of = self.run_small(table.format(rate), route, more=own)
                want = self.infused(50, lasts, 8) / 20
                self.assertAlmostEqual(of["obs.d.C"][1][0, 0], want, 8, f"{route} {rate}")
        of = self.run_small(table.format(-2), "iv", more="F: 0.5, ALAG: 2 h, D: 4 h")
        self.assertAlmostEqual(of["obs.d.C"][1][0, 0], self.infused(50, 4, 8) / 20, 8)
        of = self.run_small(table.format(-2), more="F: 0.5, ALAG: 2 h, D: 4 h")
        self.assertAlmostEqual(of["obs.d.C"][1][0, 0], self.infused(100, 4, 10) / 20, 8)

    def infused(self, amount, lasts, since):
        if lasts == 0:
            return amount * math.exp(-0.05 * since)
        return -amount / lasts / 0.05 * math.expm1(-0.05 * lasts) * math.exp(
            -0.05 * (since - lasts))

    def test_an_infusion_of_no_time_is_a_bolus(self):
        rates = ["0", "1e20", "1e11", "3e10", "2.3e10", "1e10", "1e9", "1e6"]
        rows = "".join(f"{i + 1},4000,1,100,1,{rate}\n{i + 1},4001,0,.,.,.\n"
                       for i, rate in enumerate(rates))
        of = self.run_small("ID,TIME,EVID,AMT,CMT,RATE\n" + rows, "iv", end=4100, every=4100)
        for rate, got in zip(rates, of["obs.d.C"][1][0]):
            want = self.infused(100, 100 / float(rate) if rate != "0" else 0, 1) / 20
            self.assertLess(abs(got / want - 1), 1e-9, rate)
        slow = "ID,TIME,EVID,AMT,CMT,DUR\n1,0,1,3,1,30\n1,4,1,1e6,1,1e-7\n1,5,3,.,.,.\n" \
               "1,6,1,3,1,30\n1,7,1,1e6,1,1e-7\n1,8,4,3,1,30\n1,40,0,.,.,.\n"
        of = self.run_small(slow, "iv")
        self.assertAlmostEqual(of["obs.d.C"][1][0, 0], self.infused(3, 30, 32) / 20, 12)

    def test_times_are_products_and_the_grid_is_round(self):
        of = self.run_small("ID,TIME,EVID,AMT,CMT,II,ADDL\n1,0.1,1,1,1,0.1,400\n", "iv", end=48,
                            every=0.1, keep="d.A1")
        grid = of["time"][1]
        self.assertEqual([repr(t) for t in grid[:481]], [repr(k / 10) for k in range(481)])
        self.assertEqual([float(t) for t in of["dose_time"][1]],
                         [0.1 + k * 0.1 for k in range(401)])
        self.assertEqual(len(of["dose_time"][1]), 401)
        of = self.run_small("ID,TIME,EVID,AMT,CMT\n1,0,0,.,.\n", "iv", end=48, every=0.1,
                            keep="d.A1", regimen="{drug: d, dose: 1 mg, every: 0.1 h}")
        self.assertEqual([repr(t) for t in of["dose_time"][1]], [repr(k / 10) for k in range(480)])
        # the grid sees the trough of every one of them
        decay, amount = math.exp(-0.005), 0.0
        for k, got in enumerate(of["d.A1"][1].reshape(-1)[:480]):
            self.assertLess(abs(got - amount), 1e-7, k)
            amount = (amount + 1) * decay


if __name__ == "__main__":
    unittest.main()
