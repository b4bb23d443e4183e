"""Times the core beside other libraries in one run: python benchmarks/centrality.py --quick --out FILE.jsonl

Every library measures the same file of a graph in a process of its own. They take turns, round after round, so that a
ratio between two of them stands on any machine; a figure is the median of the rounds. A call that takes more than
--budget seconds of the processor is ended and reported as such, and one that has taken --enough seconds in all is not repeated. Every
value is compared with those of the other libraries. --quick is the table of all graphs beside igraph, the best of the
others, on one thread and on two: twenty minutes on an idle machine. `report.py` makes tables of the file; it may hold several runs.

The libraries: pip install -e '.[bench]'; graph-tool: apt install python3-graph-tool, used by the system's interpreter.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from graphs import GRAPHS, read_graph, write_graph
from libraries import LIBRARIES, MEASURES
from report import print_tables
from values import check

QUICK_GRAPHS = "kg1k kg3k kg10k hf hfco rmat15 ba20k grid road".split()
QUICK = {"libraries": ["kg", "igraph"], "graphs": QUICK_GRAPHS, "rounds": 3, "enough": 2, "budget": 150}
LONG = {"betweenness", "closeness", "harmonic"}
"""What is not quick on graphs of more than LARGE nodes times edges; harmonic comes with closeness, and is not quick at all."""
LARGE = 6e9

MAKING = 600
"""Seconds of the processor in which a library must have made a graph."""


class Worker:
    """One library with one graph, in a process that is started again after it was ended."""

    def __init__(self, library: str, graph: Path, folder: Path, python: str) -> None:
        self.command = [python, str(Path(__file__).with_name("libraries.py")), library, str(graph), str(folder)]
        self.values = folder / f"{library}.npy"
        self.process: subprocess.Popen[str] | None = None
        self.about = self.start()

    def start(self) -> dict[str, Any]:
        # Idle threads of one library must not take the time of the next; and what cannot be told takes one.
        calm = {
            "OMP_WAIT_POLICY": "passive",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "RAYON_NUM_THREADS": "2",
            "PYTHONHASHSEED": "0",
        }
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | calm
        )
        return self.answer(MAKING)

    def can(self, measure: str, threads: int) -> bool:
        if measure not in self.about.get("measures", ()):
            return False
        return threads == 1 or measure in self.about["threaded"]

    def ask(self, measure: str, threads: int, budget: float) -> dict[str, Any]:
        if self.process is None:
            self.start()
        print(json.dumps({"measure": measure, "threads": threads}), file=self.process.stdin, flush=True)
        return self.answer(budget)

    def answer(self, budget: float) -> dict[str, Any]:
        """What the process says next, or an error where it uses more seconds of the processor before it does."""
        spent = self.spent()
        while not select.select([self.process.stdout], [], [], 0.2)[0]:
            if self.spent() - spent > budget:
                self.end()
                return {"error": f"over {budget:g} s", "budget": budget}
        line = self.process.stdout.readline()
        if not line:
            self.end()
        return json.loads(line) if line else {"error": "crashed"}

    def spent(self) -> float:
        """The seconds of the processor that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
        self.process = None


class Cell:
    """The calls of one measure of one library on some threads."""

    def __init__(self, library: str, worker: Worker, measure: str, threads: int) -> None:
        self.library, self.worker, self.measure, self.threads = library, worker, measure, threads
        self.calls: list[dict[str, Any]] = []
        self.error: dict[str, Any] | None = None

    def call(self, budget: float, enough: float) -> None:
        if self.error is None and sum(call["seconds"] for call in self.calls) < enough:
            answer = self.worker.ask(self.measure, self.threads, budget)
            if "error" in answer:
                self.error = answer
            else:
                self.calls.append(answer)

    def row(self) -> dict[str, Any]:
        row = {"measure": self.measure, "library": self.library, "threads": self.threads, "runs": len(self.calls)}
        if self.error is not None:
            return row | self.error
        return row | {field: median(call[field] for call in self.calls) for field in ("seconds", "cpu", "rise_kib")}


def time_graph(name: str, options: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    """Rows of what was measured; values are exchanged in the folder."""
    kept = options.folder or folder
    kept.mkdir(parents=True, exist_ok=True)
    path = write_graph(name, kept)
    n, edges = read_graph(path)
    workers = {
        library: Worker(library, path, folder, options.system_python if library == "graph-tool" else sys.executable)
        for library in options.libraries
    }
    graph = {"graph": path.stem, "nodes": n, "edges": len(edges)}
    try:
        for library, worker in workers.items():
            about = {field: worker.about.get(field) for field in ("version", "graph_kib", "absent", "error")}
            yield graph | {"library": library, **about}
        for measure in options.measures:
            if options.quick and (measure == "harmonic" or (measure in LONG and n * len(edges) > LARGE)):
                continue
            for row in time_measure(measure, workers, options, n, edges):
                yield graph | row
    finally:
        for worker in workers.values():
            worker.end()


def time_measure(
    measure: str, workers: dict[str, Worker], options: argparse.Namespace, n: int, edges: np.ndarray
) -> list[dict[str, Any]]:
    cells = [
        Cell(library, worker, measure, threads)
        for threads in options.threads
        for library, worker in workers.items()
        if worker.can(measure, threads)
    ]
    for _ in range(options.rounds):
        for cell in cells:
            say(f"{measure} {cell.library} {cell.threads}")
            cell.call(options.budget, options.enough)
    values = {cell.library: np.load(cell.worker.values) for cell in cells if cell.calls}
    checks = check(measure, values, n, edges)
    return [cell.row() | (checks.get(cell.library, {}) if cell.calls else {}) for cell in cells]


def say(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {"machine": names[0], "cores": len(names), "python": platform.python_version(), "load": os.getloadavg()[0]}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", nargs="+", default=["kg1k", "grid"], help=f"of {' '.join(GRAPHS)}; or X.edges.gz")
    parser.add_argument(
        "--measures", nargs="+", default=MEASURES, choices=MEASURES, metavar="M", help=" ".join(MEASURES)
    )
    parser.add_argument(
        "--libraries", nargs="+", default=LIBRARIES, choices=LIBRARIES, metavar="L", help=" ".join(LIBRARIES)
    )
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is called (3)")
    parser.add_argument("--budget", type=float, default=60, help="seconds of the processor that a call may take (60)")
    parser.add_argument("--enough", type=float, default=10, help="seconds after which a call is not repeated (10)")
    parser.add_argument("--folder", type=Path, help="where the graphs are kept for further runs")
    parser.add_argument("--out", type=Path, help="JSON lines, added to the file")
    parser.add_argument("--system-python", default="/usr/bin/python3", help="the interpreter that has graph-tool")
    parser.add_argument("--quick", action="store_true", help="the whole table beside igraph, in twenty minutes")
    options = parser.parse_args()
    if options.quick:
        parser.set_defaults(**QUICK)
        options = parser.parse_args()
    return options


def time_graphs(options: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    yield machine()
    for name in options.graphs:
        yield from time_graph(name, options, folder)


def main() -> None:
    options = parsed()
    rows = []
    with tempfile.TemporaryDirectory() as temporary, open(options.out or os.devnull, "a", encoding="utf-8") as file:
        for row in time_graphs(options, Path(temporary)):
            rows.append(row)
            print(json.dumps(row), file=file, flush=True)
    say("")
    print_tables(rows)


if __name__ == "__main__":
    main()
