#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that need more than a pattern: who sees whom, by the text of the
sources and by the objects of the build.  scripts/check-house runs them all;

    scripts/house.py [--report] [--root FOLDER] [--build BUILD] [--rules] [RULE ...]

runs some of them.  Every rule is a function that yields one line for each violation;
--report lists without failing, for the time while a tree is being rebuilt."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys

# A file includes only its own row and the rows above it; and no circle within a row.
ROWS = (
    ("solver/base",),
    ("solver/text",),
    ("solver/integrate",),
    ("models/kinetics", "models/response", "models/disease", "models/airway", "models/lung", "models"),
    ("models/measures",),
    ("solver/study", "solver/cohort", "solver/dosing", "solver/tree", "solver/plugin"),
    ("solver/system",),
    ("solver/trial", "solver/simulate"),
    ("solver/hdf", "solver/result", "solver/record"),
    ("solver/cluster",),
    ("solver/run", "solver/inspect", "solver/airway", "solver/explore"),
    ("solver/cli",),
)
ROW = {room: i for i, row in enumerate(ROWS) for room in row}
# What a room must not see although it stands above: (room, header, reason).
BLIND = (
    (r"solver/integrate", r"solver/base/component\.h|solver/text/.*", "the integrators know no component"),
    (r"models(/\w+)?", r"solver/text/.*", "the medicine reads no text"),
    (r"models/(kinetics|response|disease)", r"models/(airway|lung|measures)/.*",
     "drugs and disease meet the airway through signals"),
)
# Lists of all components, and of covariates of which some are predicted by a room's functions: they name the rooms
# of models/ and belong to none.
LISTS = ("models/catalogue.c", "models/covariates.c")

# Which rooms may see the headers of an outside library.
LIBRARIES = (
    ("MPI", r"mpi\.h", ("solver/cluster",)),
    ("HDF5", r"hdf5\w*\.h", ("solver/hdf", "solver/result")),
    ("SUNDIALS", r"(sundials|cvodes?|arkode|ida|kinsol|nvector|sunmatrix|sunlinsol)/.*", ("solver/integrate", "models")),
    ("libyaml", r"yaml\.h", ("solver/text",)),
    ("expat", r"expat\.h", ("solver/text",)),
    ("jansson", r"jansson\.h", ("solver/text",)),
    ("readstat", r"readstat\.h", ("solver/text",)),
    ("libcrypto", r"openssl/.*", ("solver/text",)),
)
ASKS_VERSIONS = r"solver/run/libraries\.c"  # of every library, for the result

MAX_HEADER, MAX_SOURCE, MAX_FUNCTION, MAX_MARKDOWN = 150, 600, 100, 120


class Tree:
    """The sources below a root and the objects of a build."""

    def __init__(self, root, build):
        self.root = pathlib.Path(root).resolve()
        self.build = pathlib.Path(build)
        if not self.build.is_absolute():
            self.build = self.root / self.build
        self.texts = {}
        self.sources = self.find(".c", "models", "solver")
        self.headers = self.find(".h", "models", "solver")

    def find(self, suffix, *folders):
        found = []
        for folder in folders:
            found += [str(p.relative_to(self.root)) for p in (self.root / folder).rglob("*" + suffix)]
        return sorted(found)

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.root / name).read_text(encoding="utf-8")
        return self.texts[name]

    def lines(self, name):
        return self.text(name).splitlines()

    def includes(self, name, pattern):
        """(line number, header) of each include that matches."""
        for i, line in enumerate(self.lines(name), 1):
            found = re.match(r"\s*#\s*include\s*" + pattern, line)
            if found:
                yield i, found.group(1)

    def objects(self):
        """source -> object, of the library; a source without object is None."""
        folder = self.build / "CMakeFiles/pneuma_v3.dir"
        return {s: folder / (s + ".o") if (folder / (s + ".o")).exists() else None
                for s in self.sources if s != "solver/cli/main.c"}


def room_of(name):
    """solver/base/lane.c -> solver/base; models/catalogue.c -> models."""
    parts = name.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


# --- by the text -------------------------------------------------------------------------

def layers(tree):
    """a file includes only its own row and rows above it"""
    for name in tree.sources + tree.headers:
        for line, header in tree.includes(name, r'"((?:models|solver)/[^"]*)"'):
            here, there = room_of(name), room_of(header)
            if here not in ROW or there not in ROW:
                yield f"{name}:{line}: includes {header}: a folder without a row in scripts/house.py"
            elif ROW[there] > ROW[here]:
                yield f"{name}:{line}: must not see {header}"
            for who, what, why in BLIND:
                if re.fullmatch(who, here) and re.fullmatch(what, header):
                    yield f"{name}:{line}: must not see {header}: {why}"


def libraries(tree):
    """the headers of an outside library stay in their rooms"""
    for name in tree.sources + tree.headers:
        if re.fullmatch(ASKS_VERSIONS, name):
            continue
        for line, header in tree.includes(name, r"[<\"]([^>\"]*)[>\"]"):
            for library, pattern, rooms in LIBRARIES:
                if re.fullmatch(pattern, header) and not name.startswith(tuple(r + "/" for r in rooms)):
                    yield f"{name}:{line}: {header}: {library} belongs to {' and '.join(rooms)}"


PRINTS = re.compile(r"(^|[^a-z_])(printf|puts|putchar|perror)\(|f(printf|puts)\((stdout|stderr)|, *(stdout|stderr)\)")
ENDS = re.compile(r"(^|[^a-z_])(exit|abort|_exit)\(")


def without_comments(text):
    """The same lines without comments and what stands in quotes."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(found):
        return '""' if found.group(0)[0] in "\"'" else "\n" * found.group(0).count("\n")
    return token.sub(blank, text)


def silence(tree):
    """only solver/cli prints; only it, solver/cluster and a forked child (_exit) end a process"""
    for name in tree.sources + tree.headers:
        for i, line in enumerate(without_comments(tree.text(name)).splitlines(), 1):
            if not name.startswith("solver/cli/") and PRINTS.search(line):
                yield f"{name}:{i}: only solver/cli prints"
            ends = ENDS.search(line)
            if ends and ends.group(2) == "_exit" and "fork()" in tree.text(name):
                continue
            if not name.startswith(("solver/cli/", "solver/cluster/")) and ends:
                yield f"{name}:{i}: only solver/cli and solver/cluster end the program"


def tags(tree):
    """no struct tag is defined twice; structs of one file, without pn_, are its own"""
    places = collections.defaultdict(list)
    for name in tree.sources + tree.headers:
        for i, line in enumerate(without_comments(tree.text(name)).splitlines(), 1):
            for kind, tag in re.findall(r"\b(struct|union|enum)\s+(\w+)\s*\{", line):
                places[tag].append((f"{name}:{i}", kind, name.endswith(".h")))
    for tag, found in sorted(places.items()):
        shared = tag.startswith("pn_") or any(header for _, _, header in found)
        if len(found) > 1 and shared:
            yield f"{found[0][1]} {tag} is defined {len(found)} times: " + ", ".join(w for w, _, _ in found)


def names(tree):
    """the name of a .c file is there once in models/ and solver/"""
    places = collections.defaultdict(list)
    for name in tree.sources:
        places[os.path.basename(name)].append(name)
    for name, found in sorted(places.items()):
        if len(found) > 1:
            yield f"{name} is there {len(found)} times: {', '.join(found)}"


def purpose(tree):
    """every .c and .h file begins with SPDX and then a comment that says what it is for"""
    for name in tree.sources + tree.headers:
        lines = tree.lines(name)[:2] + ["", ""]
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in lines[0]:
            yield f"{name}: no SPDX line at the top"
        elif not re.match(r"/\*+ *\w|/\*+$", lines[1]):
            yield f"{name}: no comment after the SPDX line says what it is for"


def sizes(tree):
    """headers, sources and functions have a length; tables of numbers and fixtures of tests excepted"""
    checked = tree.sources + tree.headers + tree.find(".c", "tests") + tree.find(".h", "tests")
    for name in checked:
        lines = tree.lines(name)
        public = name.endswith(".h") and not name.startswith("tests/") and not name.endswith("_table.h")
        most = MAX_HEADER if public else MAX_SOURCE
        if len(lines) > most:
            yield f"{name}: {len(lines)} lines (at most {most})"
        start = None
        for i, line in enumerate(lines, 1):
            if line.startswith("{"):
                start = i
            elif line.startswith("}") and start is not None:
                if i - start - 1 > MAX_FUNCTION:
                    yield f"{name}:{start}: a function of {i - start - 1} lines (at most {MAX_FUNCTION})"
                start = None


def markdown(tree):
    """lines of Markdown have at most 120 characters, links and tables excepted"""
    for path in sorted(tree.root.rglob("*.md")):
        name = str(path.relative_to(tree.root))
        if re.match(r"\.|build|.*/\.", name):
            continue
        for i, line in enumerate(tree.lines(name), 1):
            if len(line) > MAX_MARKDOWN and not re.match(r"\s*\|", line) and not re.search(r"\]\(|https?://", line):
                yield f"{name}:{i}: {len(line)} characters (at most {MAX_MARKDOWN})"


# --- by the compiler and the objects -----------------------------------------------------

def flags_of(tree):
    """The flags of the library's files, from compile_commands.json; None without a build."""
    import json
    path = tree.build / "compile_commands.json"
    if not path.exists():
        return None
    for entry in json.loads(path.read_text(encoding="utf-8")):
        if "pneuma_v3.dir" not in entry.get("output", "") + entry["command"]:
            continue
        words = shlex.split(entry["command"])
        compiler = next(i for i, w in enumerate(words) if not os.path.basename(w).startswith("ccache"))
        flags, skip = [], False
        for word in words[compiler + 1:]:
            if not skip and word not in ("-c", "-o") and not word.endswith(".c"):
                flags.append(word)
            skip = word == "-o"
        return [words[compiler]] + flags, entry["directory"]
    return None


def headers(tree):
    """every header compiles alone"""
    found = flags_of(tree)
    if found is None:
        yield f"no compile_commands.json in {tree.build}: build first"
        return
    command, folder = found

    def compile_alone(name):
        done = subprocess.run(command + ["-fsyntax-only", "-Wno-unused", "-x", "c", "-"], cwd=folder, text=True,
                              input=f'#include "{tree.root / name}"\nextern int pn_alone;\n', capture_output=True, check=False)
        errors = [line for line in done.stderr.splitlines() if "error:" in line]
        return None if done.returncode == 0 else f"{name}: does not compile alone: {(errors + [done.stderr])[0]}"
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for complaint in pool.map(compile_alone, tree.headers):
            if complaint:
                yield complaint


def symbols_of(objects):
    """source -> (defined, undefined) pn_ symbols, by one nm for all objects."""
    sources = {str(o): s for s, o in objects.items() if o is not None}
    out = subprocess.run(["nm", "--print-file-name", "--extern-only", *sources], text=True,
                         capture_output=True, check=True).stdout if sources else ""
    defined, used = collections.defaultdict(set), collections.defaultdict(set)
    for line in out.splitlines():
        name, rest = line.rsplit(":", 1)
        *_, kind, symbol = rest.split()
        (used if kind in "Uvw" else defined)[sources[name]].add(symbol)
    return defined, used


def uses(tree):
    """{file: {other file: symbols of the other that the file uses}}"""
    defined, used = symbols_of(tree.objects())
    owner = {symbol: name for name, symbols in defined.items() for symbol in symbols}
    graph = {name: collections.defaultdict(set) for name in tree.sources}
    for name, symbols in used.items():
        for symbol in symbols:
            if symbol.startswith("pn_") and owner.get(symbol, name) != name:
                graph[name][owner[symbol]].add(symbol)
    return graph


def components(graph):
    """Strongly connected components of more than one node (Tarjan, without recursion)."""
    index, low, stack, found = {}, {}, [], []
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in index else []
        while work:
            node, others = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
            for other in others:
                if other not in index:
                    work.append((other, iter(graph.get(other, ()))))
                    break
                if other in stack:
                    low[node] = min(low[node], low[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle = []
                    while not circle or circle[-1] != node:
                        circle.append(stack.pop())
                    if len(circle) > 1:
                        found.append(sorted(circle))
    return found


def shortest_circle(graph, circle):
    """The nodes of a shortest way from a node of the circle back to it."""
    best = None
    for start in circle:
        before, queue = {start: None}, collections.deque([start])
        while queue and (best is None or len(before) <= len(circle)):
            node = queue.popleft()
            if start in graph[node] and node != start:
                way = [node]
                while before[way[-1]] is not None:
                    way.append(before[way[-1]])
                if best is None or len(way) < len(best):
                    best = way[::-1]
                break
            for other in sorted(graph[node]):
                if other in circle and other not in before:
                    before[other] = node
                    queue.append(other)
    return best


def some(words, n=4):
    words = sorted(words)
    return ", ".join(words[:n]) + (f" and {len(words) - n} more" if len(words) > n else "")


def tell_circles(graph, what):
    for circle in components(graph):
        yield f"a circle of {len(circle)} {what}: {' '.join(circle)}"
        way = shortest_circle(graph, circle)
        for here, there in zip(way, way[1:] + way[:1]):
            yield f"    its shortest: {here} uses {there}: {some(graph[here][there])}"


def circles(tree):
    """no circle between files: A uses what B defines, and B what A defines"""
    missing = [s for s, o in tree.objects().items() if o is None]
    if missing:
        yield f"{len(missing)} sources have no object in {tree.build}, the first {missing[0]}: build first"
    yield from tell_circles(uses(tree), "files")


def rooms(tree):
    """no circle between folders, by objects and by includes; and no symbol from a row below"""
    graph = {}
    for name, others in uses(tree).items():
        for other, symbols in others.items():
            here, there = room_of(name), room_of(other)
            if here != there and name not in LISTS:
                graph.setdefault(here, {}).setdefault(there, set()).update(symbols)
                graph.setdefault(there, {})
            if ROW.get(there, 0) > ROW.get(here, 99) and name not in LISTS:
                yield f"{name}: {some(symbols)} of {other} below it"
    for name in tree.sources + tree.headers:
        for _, header in tree.includes(name, r'"((?:models|solver)/[^"]*)"'):
            here, there = room_of(name), room_of(header)
            if here != there and name not in LISTS:
                graph.setdefault(here, {}).setdefault(there, set()).add(f"{os.path.basename(name)} includes {header}")
                graph.setdefault(there, {})
    yield from tell_circles(graph, "folders")


FOREIGN = re.compile(r"(pn_|_init$|_fini$|_end$|_edata$|__bss_start$)")


def prefix(tree):
    """every global symbol begins with pn_"""
    defined, _ = symbols_of(tree.objects())
    for name, symbols in sorted(defined.items()):
        for symbol in sorted(symbols):
            if not FOREIGN.match(symbol):
                yield f"{name}: {symbol} is global without the prefix pn_"
    for library in sorted(tree.build.glob("lib/**/libpneuma.so")):
        out = subprocess.run(["nm", "--dynamic", "--defined-only", str(library)], text=True,
                             capture_output=True, check=True).stdout
        for line in out.splitlines():
            if not FOREIGN.match(line.split()[-1]):
                yield f"{library}: {line.split()[-1]} is exported without the prefix pn_"


RULES = {rule.__name__: rule for rule in (layers, libraries, silence, tags, names, purpose, sizes, markdown,
                                          headers, circles, rooms, prefix)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("rule", nargs="*", help="one of " + ", ".join(RULES) + "; all when none is named")
    parser.add_argument("--report", action="store_true", help="list, and do not fail")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--build", default="build", help="a folder with a built library, default build")
    parser.add_argument("--rules", action="store_true", help="print the rules and stop")
    given = parser.parse_args()
    if given.rules:
        for name, rule in RULES.items():
            print(f"{name:10} {' '.join(rule.__doc__.split())}")
        return 0
    unknown = [name for name in given.rule if name not in RULES]
    if unknown:
        parser.error(f"{unknown[0]}: no such rule; there are {', '.join(RULES)}")
    tree = Tree(given.root, given.build)
    n_errors = 0
    for name in given.rule or RULES:
        for line in RULES[name](tree):
            print(line if line.startswith("    ") else f"error: {name}: {line}")
            n_errors += 1
    print(f"house: {n_errors} lines of errors" if n_errors else
          f"house: {len(tree.sources) + len(tree.headers)} sources, no errors")
    return 1 if n_errors and not given.report else 0


if __name__ == "__main__":
    sys.exit(main())
