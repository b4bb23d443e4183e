"""Measures how soon Ctrl-C stops each kernel: python benchmarks/stopping.py [--graph rmat15] [--after 0.05 0.2 1]

Every measure is called on the graph and gets the signal after so many seconds; the table has the milliseconds from the
signal to the KeyboardInterrupt, or says that the kernel was done before.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from graphs import GRAPHS, read_graph, write_graph

from kg import analyse
from kg.analyse import Csr, csr_from_edges

STEPS = {"tolerance": 0.0, "max_steps": 10**9}
"""So that an iteration never ends by itself."""

KERNELS: dict[str, Callable[[Csr, Csr], object]] = {
    "betweenness": lambda graph, _: analyse.betweenness(graph),
    "betweenness, directed": lambda _, arrows: analyse.betweenness(arrows),
    "betweenness, weighted": lambda graph, _: analyse.betweenness(graph, weighted=True),
    "betweenness, sampled": lambda graph, _: analyse.sampled_betweenness(graph, sources=4096),
    "edge betweenness": lambda graph, _: analyse.edge_betweenness(graph),
    "closeness": lambda graph, _: analyse.closeness(graph),
    "closeness, directed": lambda _, arrows: analyse.closeness(arrows),
    "closeness, weighted": lambda graph, _: analyse.closeness(graph, weighted=True),
    "pagerank": lambda graph, _: analyse.pagerank(graph, **STEPS),
    "pagerank, directed": lambda _, arrows: analyse.pagerank(arrows, **STEPS),
    "eigenvector": lambda graph, _: analyse.eigenvector_centrality(graph, **STEPS),
    "hits": lambda _, arrows: analyse.hits(arrows, **STEPS),
    "katz": lambda graph, _: analyse.katz_centrality(graph, alpha=1e-9, **STEPS),
    "connected components": lambda graph, _: analyse.connected_components(graph),
    "strong components": lambda _, arrows: analyse.strongly_connected_components(arrows),
    "biconnected components": lambda graph, _: analyse.biconnected_components(graph),
    "core numbers": lambda graph, _: analyse.core_number(graph),
    "triangles": lambda graph, _: analyse.triangles(graph),
    "leiden": lambda graph, _: analyse.leiden(graph),
}


def milliseconds(kernel: Callable[[], object], after: float) -> float | None:
    """From the signal to its arrival; None where the kernel was done before."""
    sent = []

    def send() -> None:
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after, send)
    timer.start()
    try:
        kernel()
        timer.cancel()
        timer.join()
        time.sleep(0.01)  # a signal that was sent just now arrives here
    except KeyboardInterrupt:
        return 1000 * (time.perf_counter() - sent[0])
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", default="rmat15", help=f"of {' '.join(GRAPHS)}; or X.edges.gz")
    parser.add_argument("--after", nargs="+", type=float, default=[0.05, 0.2, 1.0], metavar="SECONDS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        n, edges = read_graph(write_graph(options.graph, Path(folder)))
    lengths = np.ones(len(edges))
    graph = csr_from_edges(edges[:, 0], edges[:, 1], n, weights=lengths)
    arrows = csr_from_edges(edges[:, 0], edges[:, 1], n, directed=True)
    print(f"| {options.graph}, {n} nodes | {' | '.join(f'after {after:g} s' for after in options.after)} |")
    print("|---" * (len(options.after) + 1) + "|")
    for name, kernel in KERNELS.items():
        found = [milliseconds(lambda kernel=kernel: kernel(graph, arrows), after) for after in options.after]
        print(f"| {name} | {' | '.join('done' if ms is None else f'{ms:.0f} ms' for ms in found)} |", flush=True)


if __name__ == "__main__":
    main()
