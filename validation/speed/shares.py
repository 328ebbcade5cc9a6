# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a run goes, as shares.

Samples of the processor's clock by perf; where perf is missing or forbidden, instructions
counted by callgrind (AVX2, fewer patients).  A function belongs to the folder whose object
file defines it; of the few names that several files share, the lanes' own are meant, then
those of models/.
"""
import collections
import glob
import os
import re
import shutil
import subprocess

FILES = r"sys_(p?read|p?write|fsync|fdatasync|unlink|rename|ftruncate|fallocate|close)"
GROUPS = ["rates", "stage combination", "elimination", "step control", "stops", "recording", "other"]


def rank(source):
    """Of files that define the same name, the one of the highest rank is meant."""
    return 2 * source.startswith("solver/system/") + source.startswith("models/")


def symbols(build, arch):
    """Function -> source file, as solver/system/lanes.c."""
    root = os.path.join(build, "CMakeFiles", f"pneuma_{arch}.dir")
    where = {}
    for path in glob.glob(os.path.join(root, "**", "*.o"), recursive=True):
        source = os.path.relpath(path, root)[:-2]
        listing = subprocess.run(["nm", "--defined-only", path], capture_output=True, text=True,
                                 check=True).stdout
        for line in listing.splitlines():
            name = line.split()[-1]
            if line.split()[-2] in "tT" and rank(source) >= rank(where.get(name, "")):
                where[name] = source
    return where


def group_of(function, library, where):
    """One of GROUPS."""
    if "libpneuma" not in library:
        if "kernel" in library:
            return "recording" if function == "files" else "other"
        if re.search(r"libhdf5|libz\b|libz\.", library):
            return "recording"
        return "step control" if "libsleef" in library else "other"
    name = re.sub(r"\.(part|constprop|isra|cold|lto_priv).*$", "", function)
    source = where.get(function, where.get(name, ""))
    if source.startswith("solver/system/"):
        return ("elimination" if re.search(r"factor|solve|eliminat|pivot|slope|jacob|fill", name)
                else "rates")
    if source.startswith("solver/integrate/"):
        return ("stage combination" if re.search(r"dop853|rodas|verner|combin", source + name)
                else "step control")
    if source.startswith("solver/record/") or re.match(r"solver/base/(sha256|crc)", source) or re.search(
            r"life_record|flush|output", name):
        return "recording"
    if source.startswith("models/"):
        return "rates"
    if re.match(r"solver/(simulate|dosing|cohort)/", source):
        return "stops"
    return "step control" if source == "solver/base/lane.c" else "other"


def by_perf(command, folder):
    """[(weight, function, library)], or None: perf does not work here."""
    data = os.path.join(folder, "perf.data")
    if not shutil.which("perf"):
        return None
    done = subprocess.run(["perf", "record", "--quiet", "-e", "cpu-clock", "-g", "-F", "2000", "-o", data,
                           "--", *command], capture_output=True, check=False)
    script = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], capture_output=True,
                            text=True, check=False)
    if done.returncode != 0:
        return None
    found = []
    for chain in script.stdout.split("\n\n"):
        calls = re.findall(r"(?m)^\s*[0-9a-f]+ (.*?) \((.*?)\)$", chain)
        if not calls:
            continue
        function, library = calls[0]
        if "kernel" in library:  # on behalf of files, or of memory and the start
            function = "files" if re.search(FILES, chain) else "memory"
        found.append((1, function, library))
    return found if len(found) >= 100 else None


def by_callgrind(command, folder):
    out = os.path.join(folder, "callgrind.out")
    env = dict(os.environ, GLIBC_TUNABLES="glibc.cpu.hwcaps=-AVX512F")
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command],
                   env=env, check=True, capture_output=True)
    listing = subprocess.run(["callgrind_annotate", "--threshold=99.5", "--show-percs=no", out],
                             capture_output=True, text=True, check=True).stdout
    return [(int(weight.replace(",", "")), function, library) for weight, function, library in
            re.findall(r"(?m)^\s*([\d,]+)\s+\S*?:(\S+?)(?:'\d+)? \[(.*?)\]", listing)]


def shares(build, command, few, folder):
    """(method, {group: share}); few: the command with a few patients, for callgrind."""
    sampled = by_perf(command, folder)
    method, arch = "samples by perf", "v4"
    if sampled is None:
        sampled, method, arch = by_callgrind(few, folder), "instructions by callgrind", "v3"
    elif not any("x86-64-v4" in library for _, _, library in sampled):
        arch = "v3"
    where = symbols(build, arch)
    total = collections.Counter()
    for weight, function, library in sampled:
        total[group_of(function, library, where)] += weight
    return method, {g: total[g] / sum(total.values()) for g in GROUPS}
