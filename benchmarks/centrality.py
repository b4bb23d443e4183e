"""Times the core against NetworkX, side by side: python benchmarks/centrality.py [EDGES.gz...] [--papers N] [--json].

Without files: a graph like those that kg builds (papers that mention things, a few of them often), from a fixed seed.
Files: gzipped lines that begin with two integers. The core's times are medians of three runs, on one thread and on all;
NetworkX runs once. The ratio is that to one thread; the difference is the largest between two values, as a share of the
largest value.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from kg import analyse

RUNS = 3
REFERENCE = {
    "degree": nx.degree_centrality,
    "pagerank": nx.pagerank,
    "betweenness": nx.betweenness_centrality,
    "closeness": nx.closeness_centrality,
    "harmonic": nx.harmonic_centrality,
}


def knowledge_graph(papers: int) -> tuple[np.ndarray, int]:
    """Edges of papers to about 15 things each, drawn so that few are popular, shape (2, m), and the number of nodes."""
    rng = np.random.default_rng(7)
    things = papers * 4
    sources = np.repeat(np.arange(papers), 15)
    targets = papers + (things * rng.random(len(sources)) ** 3).astype(np.int64)
    return np.stack([sources, targets]), papers + things


def read_edges(path: Path) -> tuple[np.ndarray, int]:
    """The edges of a file, shape (2, m), its nodes numbered from 0, and how many these are."""
    with gzip.open(path, "rt") as file:
        edges = np.loadtxt(file, dtype=np.int64, usecols=(0, 1), comments="#")
    ids, ends = np.unique(edges, return_inverse=True)
    return ends.reshape(-1, 2).T, len(ids)


def timed(call: Callable[[], Any], runs: int = 1) -> tuple[float, Any]:
    """The median of the seconds that some runs took, and what the last returned."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def compare(name: str, edges: np.ndarray, n: int, measure: str) -> dict[str, Any]:
    csr = analyse.csr_from_edges(*edges, n)
    graph = nx.empty_graph(n)
    graph.add_edges_from(edges.T.tolist())
    kernel = getattr(analyse, measure)
    one, values = timed(lambda: kernel(csr, threads=1), RUNS)
    every, _ = timed(lambda: kernel(csr), RUNS)
    theirs, expected = timed(lambda: REFERENCE[measure](graph))
    difference = max(abs(values[v] - expected[v]) for v in range(n)) / values.max()
    return {
        "graph": name, "nodes": n, "edges": graph.number_of_edges(), "measure": measure, "core": one, "core_all": every,
        "networkx": theirs, "ratio": theirs / one, "difference": difference,
    }  # fmt: skip


def print_table(rows: list[dict[str, Any]]) -> None:
    print("| graph | nodes | edges | measure | core, 1 thread | core, all | networkx | ratio | difference |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            "| {graph} | {nodes:,} | {edges:,} | {measure} | {core:.4f} s | {core_all:.4f} s | {networkx:.4f} s"
            " | {ratio:.3g}x | {difference:.0e} |".format(**row)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="edge lists; without: a generated graph")
    parser.add_argument("--papers", type=int, default=300, help="papers of the generated graph")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    options = parser.parse_args()
    graphs = [(path.name, *read_edges(path)) for path in options.files]
    graphs = graphs or [(f"{options.papers} papers", *knowledge_graph(options.papers))]
    rows = [compare(*graph, measure) for graph in graphs for measure in REFERENCE]
    print(json.dumps(rows)) if options.json else print_table(rows)


if __name__ == "__main__":
    main()
