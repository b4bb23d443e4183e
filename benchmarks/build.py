"""Times `kg build` and its stages: python benchmarks/build.py [PAPERS...] [--workers N] [--json].

Without files it takes the example papers. The whole command is timed from process start; the stages are timed once
more in this process, where imports are not counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg import extract, library, link, read
from kg.config import DATA, Settings
from kg.export import rdf


def timed(times: dict[str, float], name: str, call: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    value = call()
    times[name] = time.perf_counter() - start
    return value


def time_command(paths: list[Path], workers: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, "-m", "kg.cli", "build", *map(str, paths), "--workers", str(workers)]
        subprocess.run([*command, "--library", f"{folder}/bench.duckdb"], check=True, capture_output=True)
        return time.perf_counter() - start


def time_stages(paths: list[Path], workers: int) -> tuple[dict[str, float], int]:
    times: dict[str, float] = {}
    settings = Settings()
    papers = timed(times, "read", lambda: list(read.read_papers(paths, report=print)))
    papers = timed(times, "merge", lambda: read.merge_papers(papers))
    lexicon = timed(times, "load lexicon", lambda: link.load_lexicon(settings.lexicon))
    found = timed(
        times, "extract", lambda: list(extract.extract_papers(papers, lexicon.entries, workers=workers, report=print))
    )
    linked = timed(times, "link", lambda: [link.link_extraction(e, lexicon) for e in found])
    with library.open_library(":memory:") as store:
        timed(times, "write papers", lambda: store.set_papers(papers))
        timed(times, "write facts", lambda: store.add_extractions(linked, "bench"))
        timed(times, "build graph", lambda: store.build_graph(lexicon.entries, link.fold_surface))
        graph = timed(times, "graph to Arrow", store.graph)
    where = {"namespace": settings.namespace, "base": settings.base}
    timed(times, "N-Triples", lambda: sum(1 for _ in rdf.ntriples(graph, **where)))
    return times, len(papers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("papers", nargs="*", type=Path, default=[DATA / "examples" / "papers.jsonl"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    times, papers = time_stages(options.papers, options.workers)
    whole = time_command(options.papers, options.workers)
    if options.json:
        print(json.dumps({"papers": papers, "workers": options.workers, "seconds": times, "command": whole}))
        return
    print(f"{papers} papers, {options.workers} workers\n\n| stage | seconds |\n|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {seconds:.2f} |")
    print(f"| **kg build, whole command** | **{whole:.2f}** |")


if __name__ == "__main__":
    main()
