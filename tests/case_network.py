#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of any shape through the program, against closed forms: the cases of svZeroDSolver
where they lie beside the project (or under $PNEUMA_AIRWAYS), and networks written here."""
import csv
import glob
import io
import json
import os
import unittest

import numpy as np
import xarray

from program import SOURCE, Case

PLACES = [os.environ.get("PNEUMA_AIRWAYS", ""), os.path.join(SOURCE, "../shared/airways"),
          os.path.join(SOURCE, "../../shared/airways")]


def steady(flow_in, pressure_in, pressure_out):
    return {"flow_in": flow_in, "flow_out": flow_in, "pressure_in": pressure_in,
            "pressure_out": pressure_out}


# the answer of each file's own description, vessel by vessel
STEADY = {
    "steadyFlow_R_R": [steady(5, 1100, 600)], "steadyFlow_RC_R": [steady(5, 1100, 600)],
    "steadyFlow_RL_R": [steady(5, 1100, 600)], "steadyFlow_RLC_R": [steady(5, 1100, 600)],
    "steadyFlow_R_RCR": [steady(5, 10500, 10000)], "steadyFlow_stenosis_R": [steady(5, 3600, 600)],
    "steadyFlow_bifurcationR_R1": [steady(5, 1100, 600), steady(2.5, 600, 350), steady(2.5, 600, 350)],
    "steadyFlow_bifurcationR_R2": [steady(5, 3462.5, 1962.5), steady(3.825, 1962.5, 432.5),
                                   steady(1.175, 1962.5, 1375)],
    "steadyFlow_confluenceR_R": [steady(5, 6600, 6100), steady(10, 8100, 6100), steady(15, 6100, 1600)],
}


def flow(t, q):
    return {"bc_name": "IN", "bc_type": "FLOW", "bc_values": {"Q": list(q), "t": list(t)}}


def pressure(name, value):
    return {"bc_name": name, "bc_type": "PRESSURE", "bc_values": {"P": [value, value], "t": [0, 1]}}


def tube(number, inlet=None, outlet=None, kind="BloodVessel", **values):
    ends = {"inlet": inlet, "outlet": outlet}
    return {"vessel_id": number, "vessel_name": f"v{number}", "zero_d_element_type": kind,
            "boundary_conditions": {k: v for k, v in ends.items() if v}, "zero_d_element_values": values}


class Network(Case):
    def rows(self, path, *options):
        """{quantity: array (vessel, time)}"""
        done = self.pneuma("airway", "network", path, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        n = len({row["vessel"] for row in rows})
        return {key: np.array([float(row[key]) for row in rows]).reshape(n, -1)
                for key in rows[0] if key != "vessel"}

    def solve(self, network, *options):
        with open(os.path.join(self.folder, "n.json"), "w", encoding="utf-8") as file:
            json.dump(network, file)
        return self.rows("n.json", *options)

    def shared(self):
        for place in PLACES:
            found = sorted(glob.glob(os.path.join(place, "networks/*.json"))) if place else []
            if found:
                return {os.path.basename(path)[:-5]: path for path in found}
        raise unittest.SkipTest("no shared/airways/networks beside the project")

    # --- the cases of another program ---

    def test_thirteen_cases_have_their_analytic_answers(self):
        cases = self.shared()
        self.assertEqual(len(cases), 13)
        for name, want in STEADY.items():
            got = self.rows(cases[name])
            for v, of in enumerate(want):
                for key, value in of.items():
                    with self.subTest(name, vessel=v, quantity=key):
                        self.assertLess(np.abs(got[key][v] / value - 1).max(), 1e-12)
        self.varying(cases)
        self.bifurcation(cases["pulsatileFlow_bifurcationR_RCR_cycle_error"])

    def varying(self, cases):
        got = self.rows(cases["pulsatileFlow_CRL"])
        t = got["time"][0]
        for key, want in (("pressure_in", 0.5 * np.sin(t)), ("flow_out", np.cos(2 * t)),
                          ("pressure_out", 0.5 * np.sin(t) - np.cos(2 * t)),
                          ("flow_in", np.cos(2 * t) + 0.5 * np.cos(t))):
            self.assertLess(np.abs(got[key][0] - want).max(), 2e-6, key)  # the file's own digits
        got = self.rows(cases["pulsatileFlow_CStenosis_steadyPressure"])
        t = got["time"][0]
        self.assertLess(np.abs(got["flow_out"][0] - np.sin(t)).max(), 1e-5)
        self.assertLess(np.abs(got["pressure_in"][0] - np.abs(np.sin(t)) * np.sin(t) - 0.1).max(), 1e-5)
        got = self.rows(cases["pulsatileFlow_R_RCR"])  # its beginning
        for key, want in (("flow_in", 2.2), ("flow_out", 2.2), ("pressure_out", 4400), ("pressure_in", 4620)):
            self.assertLess(abs(got[key][0, 0] / want - 1), 1e-12, key)
        # and its last cycle: RC behind a sine
        t, w, tau = got["time"][0][-201:], 2 * np.pi, 0.1
        stored = 1000 * (2.2 + 2.5 * (np.sin(w * t) - w * tau * np.cos(w * t)) / (1 + (w * tau) ** 2))
        q = 2.2 + 2.5 * np.sin(w * t)
        off = np.abs(got["pressure_in"][0][-201:] - (stored + 1100 * q))
        self.assertLess(off.max(), 1e-6 * 4620)

    def bifurcation(self, path):
        """33 cycles until 1 % of the beginning is left: e^(-33/7) < 0.01 < e^(-32/7)."""
        got = self.rows(path)
        self.assertEqual(got["time"][0][-1], 33)
        self.assertLess(np.abs(got["flow_in"][1:].sum(axis=0) - got["flow_out"][0]).max(), 1e-9)
        self.assertLess(np.abs(got["pressure_out"][0] - got["pressure_in"][1]).max(), 1e-9)

    # --- networks of our own ---

    def test_a_bridge_is_no_tree(self):
        """Wheatstone's: what a tree's elimination cannot do; a dense solve here."""
        R = [100.0, 200.0, 300.0, 50.0, 70.0]  # in-a, in-b, a-b, a-out, b-out
        network = {
            "boundary_conditions": [flow([0, 1], [3, 3]), pressure("OUT", 10)],
            "vessels": [tube(0, "IN", R_poiseuille=1.0), *(tube(k + 1, R_poiseuille=r) for k, r in enumerate(R)),
                        tube(6, None, "OUT", R_poiseuille=2.0)],
            "junctions": [{"inlet_vessels": [0], "outlet_vessels": [1, 2]},
                          {"inlet_vessels": [1], "outlet_vessels": [3, 4]},
                          {"inlet_vessels": [2, 3], "outlet_vessels": [5]},
                          {"inlet_vessels": [4, 5], "outlet_vessels": [6]}]}
        g = 1 / np.array(R)
        A = np.array([[g[0] + g[1], -g[0], -g[1], 0], [-g[0], g[0] + g[2] + g[3], -g[2], -g[3]],
                      [-g[1], -g[2], g[1] + g[2] + g[4], -g[4]], [0, -g[3], -g[4], g[3] + g[4] + 0.5]])
        P = np.linalg.solve(A, [3, 0, 0, 5])
        got = self.solve(network)
        self.assertLess(np.abs(got["pressure_in"][1:3, 0] - P[0]).max(), 1e-9)
        self.assertLess(np.abs(got["flow_in"][1:6, 0] - g * np.array(
            [P[0] - P[1], P[0] - P[2], P[1] - P[2], P[1] - P[3], P[2] - P[3]])).max(), 1e-12)

    def test_storage_and_inertia_from_rest(self):
        """A step of flow into R, then L behind a C: the closed form of the damped circuit."""
        R, C, L, Q = 4.0, 0.5, 0.25, 3.0
        network = {"boundary_conditions": [flow([0, 8], [Q, Q]),
                                           {"bc_name": "OUT", "bc_type": "RESISTANCE", "bc_values": {"R": 1.0}}],
                   "vessels": [tube(0, "IN", "OUT", R_poiseuille=R, C=C, L=L)],
                   "simulation_parameters": {"steady_initial": False, "number_of_time_pts_per_cardiac_cycle": 81}}
        # C P' = Q - q, L q' = P - q
        a, w = 0.5 / L, np.sqrt(1 / (L * C) - (0.5 / L) ** 2)
        for tolerance, within in (("1e-5", 1e-3), ("1e-8", 1e-6)):
            got = self.solve(network, "--tolerance", tolerance)
            t = got["time"][0]
            q = Q * (1 - np.exp(-a * t) * (np.cos(w * t) + a / w * np.sin(w * t)))
            self.assertLess(np.abs(got["flow_out"][0] - q).max(), within * Q)
            self.assertLess(np.abs(got["pressure_out"][0] - got["flow_out"][0]).max(), 1e-6)
            dq = Q * np.exp(-a * t) * (a * a / w + w) * np.sin(w * t)
            self.assertLess(np.abs(got["pressure_in"][0] - (R * Q + q + L * dq)).max(), within * R * Q)

    def test_inertia_alone_takes_a_changing_flow(self):
        """Index two: the pressure is L Q'; only its first value knows nothing of the slope."""
        t, w = np.linspace(0, 1, 401), 2 * np.pi
        network = {"boundary_conditions": [flow(t.tolist(), (np.sin(w * t[:-1]).tolist() + [0.0])), pressure("OUT", 1)],
                   "vessels": [tube(0, "IN", "OUT", R_poiseuille=1.0, L=0.5)],
                   "simulation_parameters": {"number_of_time_pts_per_cardiac_cycle": 41}}
        got = self.solve(network)
        t = got["time"][0][1:]
        want = 1 + np.sin(w * t) + 0.5 * w * np.cos(w * t)
        self.assertLess(np.abs(got["pressure_in"][0][1:] - want).max(), 1e-5)

    def test_every_spelling_of_json_is_the_same_network(self):
        network = {"boundary_conditions": [flow([0, 1], [3, 3]), pressure("OUT", 10)],
                   "vessels": [tube(0, "IN", "OUT", R_poiseuille=2.0) | {"vessel_name": "a/\u00e4"}]}
        told = set()
        for text in (json.dumps(network), json.dumps(network, indent="\t"), json.dumps(network, separators=(",", ":")),
                     json.dumps(network, indent=1).replace("\n", "\r\n"), json.dumps(network).replace("/", "\\/"),
                     json.dumps(network, ensure_ascii=False)):
            with open(os.path.join(self.folder, "n.json"), "w", encoding="utf-8", newline="") as file:
                file.write(text)
            done = self.pneuma("airway", "network", "n.json")
            self.assertEqual(done.returncode, 0, (text, done.stderr))
            told.add(done.stdout)
        self.assertEqual(len(told), 1)
        self.assertIn("a/\u00e4", told.pop())

    def test_files(self):
        network = {"boundary_conditions": [flow([0, 1], [3, 3]), pressure("OUT", 10)],
                   "vessels": [tube(0, "IN", "OUT", R_poiseuille=2.0)]}
        self.solve(network)
        for out in "n.csv", "n.h5":
            done = self.pneuma("airway", "network", "n.json", "--out", out)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        with xarray.open_dataset(os.path.join(self.folder, "n.h5")) as data:
            self.assertEqual(data["pressure_in"].dims, ("vessel", "time"))
            self.assertTrue((abs(data["pressure_in"] - 16) < 1e-9).all())
            self.assertIn("airway network", data.attrs["history"])

    def test_bad_networks_have_their_message(self):
        out, vessel = pressure("OUT", 0), tube(0, "IN", "OUT", R_poiseuille=1.0)
        steady_in = flow([0, 1], [1, 1])
        for network, says in (
                ({"boundary_conditions": [steady_in, out]}, "vessels"),
                ({"boundary_conditions": [steady_in, out], "vessels": []}, "no vessels"),
                ({"boundary_conditions": [steady_in, out], "vessels": [tube(0, "IM", "OUT")]}, "did you mean 'IN'?"),
                ({"boundary_conditions": [steady_in, out], "vessels": [tube(0, "IN", "OUT", R_poiseuille=-1)]},
                 "R_poiseuille: expected a number that is not negative, found '-1'"),
                ({"boundary_conditions": [steady_in, out], "vessels": [tube(0, "IN", "OUT", kind="BloodVesel")]},
                 "did you mean 'BloodVessel'?"),
                ({"boundary_conditions": [flow([0, 1], [1, 2]), out], "vessels": [vessel]}, "expected the same"),
                ({"boundary_conditions": [flow([0, 1, 1], [1, 2, 1]), out], "vessels": [vessel]}, "increasing times"),
                ({"boundary_conditions": [flow([0, 1], [1, 2, 1]), out], "vessels": [vessel]}, "has 3 values, t has 2"),
                ({"boundary_conditions": [steady_in, {**out, "bc_type": "CORONARY"}], "vessels": [vessel]},
                 "unknown bc_type 'CORONARY'"),
                ({"boundary_conditions": [steady_in, out], "vessels": [vessel],
                  "junctions": [{"inlet_vessels": [7], "outlet_vessels": [0]}]}, "no vessel has the vessel_id 7"),
                ({"boundary_conditions": [steady_in, out], "vessels": [tube(0, "IN", "OUT", R_poiseulle=1.0)]},
                 "did you mean 'R_poiseuille'?"),
                ({"boundary_conditions": [steady_in, out], "vesels": [], "vessels": [vessel]},
                 "unknown key of a network 'vesels'"),
                ({"boundary_conditions": [steady_in, out], "vessels": [vessel],
                  "simulation_parameters": {"number_of_cardiac_cycle": 3}}, "did you mean 'number_of_cardiac_cycles'?"),
                ({"boundary_conditions": [steady_in], "vessels": [tube(0, "IN", R_poiseuille=1.0)]},
                 "vessel 'v0' leads nowhere: its outlet needs a junction or a boundary condition"),
                ({"boundary_conditions": [steady_in, {**flow([0, 1], [-1, -1]), "bc_name": "OUT"}], "vessels": [vessel]},
                 "is there a way from every flow to a pressure?")):
            with self.subTest(says), open(os.path.join(self.folder, "b.json"), "w", encoding="utf-8") as file:
                json.dump(network, file, indent=1)
                file.flush()
                done = self.pneuma("airway", "network", "b.json", "--out", "b.csv")
                self.assertEqual(done.returncode, 65, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(says, done.stderr)
                self.assertFalse(os.path.exists(os.path.join(self.folder, "b.csv")))
        for arguments, code in ((["none.json"], 74), (["b.json", "--tolerance", "0"], 2), ([], 2),
                                (["b.json", "--outt", "x"], 2)):
            done = self.pneuma("airway", "network", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
