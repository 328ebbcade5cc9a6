# SPDX-License-Identifier: GPL-3.0-or-later
"""Result files in the layout of pneuma run, with numbers chosen by a test."""
import h5py
import numpy as np


def write_result(path, arms, patients, time, visit, outputs, status, study=None,
                 covariates=None):
    """outputs: name -> (unit, array (arm, patient, time or visit[, point]))."""
    with h5py.File(path, "w") as file:
        file.attrs["title"] = "synthetic"
        file.attrs["schema"] = np.bytes_("pneuma-trial")
        provenance = file.create_group("provenance")
        provenance.attrs["seed"] = np.bytes_("1")
        scales = {"arm": arms, "patient": patients, "time": time, "visit": visit}
        for name, values in scales.items():
            of = h5py.string_dtype() if name == "arm" else None
            file.create_dataset(name, data=values, dtype=of).make_scale(name)
        for name in ("time", "visit"):
            file[name].attrs["units"] = np.bytes_("h")
        for name, (unit, values, over) in outputs.items():
            add_output(file, name, unit, np.asarray(values, dtype=float), over)
        add_output(file, "status", None, np.asarray(status, dtype=np.int8), ())
        for name, values in (covariates or {}).items():
            file.create_dataset(name, data=np.asarray(values, dtype=float))
            file[name].dims[0].attach_scale(file["patient"])
        if study is not None:
            provenance.create_dataset("resolved", data=study, dtype=h5py.string_dtype())


def add_output(file, name, unit, values, over):
    dataset = file.create_dataset(name, data=values)
    if unit:
        dataset.attrs["units"] = np.bytes_(unit)
    dimensions = ["arm", "patient", *over]
    if values.ndim > len(dimensions):
        dimensions.append(name + "_point")
        points = np.arange(values.shape[-1])
        file.create_dataset(dimensions[-1], data=points).make_scale(dimensions[-1])
    for i, dimension in enumerate(dimensions):
        dataset.dims[i].attach_scale(file[dimension])
