"""Times the core against NetworkX, side by side: python benchmarks/centrality.py [EDGES.gz...] [--papers N] [--json].

Without files: a graph like those that kg builds (papers that mention things, a few of them often), from a fixed seed.
Files: gzipped lines of two integers. Medians of three runs; the core on one thread and on all.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np

from kg import analyse
from kg.analyse import Csr, csr_from_edges

MEASURES = {
    "pagerank": nx.pagerank,
    "betweenness": nx.betweenness_centrality,
    "closeness": nx.closeness_centrality,
    "harmonic": nx.harmonic_centrality,
}


def knowledge_graph(papers: int) -> tuple[np.ndarray, int]:
    """Edges of papers to about 15 things each, drawn so that few are popular, and the number of nodes."""
    rng = np.random.default_rng(7)
    things = papers * 4
    sources = np.repeat(np.arange(papers), 15)
    targets = papers + (things * rng.random(len(sources)) ** 3).astype(np.int64)
    return np.stack([sources, targets]), papers + things


def read_edges(path: Path) -> tuple[np.ndarray, int]:
    with gzip.open(path, "rt") as file:
        edges = np.loadtxt(file, dtype=np.int64, usecols=(0, 1), comments="#")
    ids, ends = np.unique(edges, return_inverse=True)
    return ends.reshape(-1, 2).T, len(ids)


def median_time(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(name: str, edges: np.ndarray, n: int) -> list[dict[str, object]]:
    csr: Csr = csr_from_edges(*edges, n)
    graph = nx.Graph(edges.T.tolist())
    graph.add_nodes_from(range(n))
    rows = []
    for measure, reference in MEASURES.items():
        ours = getattr(analyse, measure)
        one, every = (median_time(lambda t=t: ours(csr, threads=t), 3) for t in (1, 0))  # noqa: B023
        theirs = median_time(lambda: reference(graph), 1)  # noqa: B023
        rows.append(dict(graph=name, nodes=n, edges=len(csr.indices) // 2, measure=measure, core=one, core_all=every,
                         networkx=theirs, ratio=theirs / one))  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--papers", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    graphs = [(p.name, *read_edges(p)) for p in options.files] or [
        (f"{options.papers} papers", *knowledge_graph(options.papers))
    ]
    rows = [row for graph in graphs for row in compare(*graph)]
    if options.json:
        print(json.dumps(rows))
        return
    print(
        "| graph | nodes | edges | measure | core, 1 thread | core, all | networkx | ratio |\n|---|---|---|---|---|---|---|---|"
    )
    for r in rows:
        print(f"| {r['graph']} | {r['nodes']:,} | {r['edges']:,} | {r['measure']} | {r['core']:.4f} s | {r['core_all']:.4f} s "
              f"| {r['networkx']:.2f} s | {r['ratio']:.0f}x |")  # fmt: skip


if __name__ == "__main__":
    main()
