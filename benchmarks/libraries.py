"""How each library is asked for each measure; run by `centrality.py` as a process of its own, one a library and graph.

    python libraries.py LIBRARY GRAPH.npz FOLDER

answers each line {"measure": ..., "threads": ...} with the seconds and the memory that it took, and a file of the values.
What makes the graph in the form of the library and the values comparable between libraries is outside the seconds.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import sys
import time
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from graphs import read_graph

MEASURES = (
    "betweenness",
    "closeness",
    "harmonic",
    "pagerank",
    "eigenvector",
    "components",
    "core_number",
    "clustering",
    "leiden",
)
RESIDUAL = 1e-10
"""Where iterations may stop: the sum of the absolute changes of a step, or what is nearest to it in a library."""
MOST_STEPS = 10_000
TINY = 4, np.array([(0, 1), (1, 2), (0, 2)])
"""Measured once before each measure, so that nobody's first call is timed."""


class Library:
    """A graph in the form of one library; a method a measure, absent where the library has none."""

    threaded: tuple[str, ...] = ()
    """The measures that use more than one thread."""

    def __init__(self, n: int, edges: np.ndarray) -> None:
        self.n, self.threads = n, 1

    @classmethod
    def version(cls) -> str:
        return metadata.version(cls.__name__.lower())

    def use(self, threads: int) -> None:
        self.threads = threads

    def comparable(self, measure: str, values: np.ndarray) -> np.ndarray:
        """The values as NetworkX defines them, where the library defines them otherwise."""
        return values


class Kg(Library):
    threaded = ("betweenness", "closeness", "harmonic", "clustering")

    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        from kg import analyse

        self.analyse, self.graph = analyse, analyse.csr_from_edges(edges[:, 0], edges[:, 1], n)

    def betweenness(self) -> Any:
        return self.analyse.betweenness(self.graph, normalized=False, threads=self.threads)

    def closeness(self) -> Any:
        return self.analyse.closeness(self.graph, threads=self.threads)

    def harmonic(self) -> Any:
        return self.analyse.harmonic(self.graph, threads=self.threads)

    def pagerank(self) -> Any:
        return self.analyse.pagerank(
            self.graph, tolerance=RESIDUAL / self.n, max_steps=MOST_STEPS, threads=self.threads
        )

    def eigenvector(self) -> Any:
        return self.analyse.eigenvector_centrality(self.graph, tolerance=RESIDUAL, max_steps=MOST_STEPS)

    def components(self) -> Any:
        return self.analyse.connected_components(self.graph)

    def core_number(self) -> Any:
        return self.analyse.core_number(self.graph)

    def clustering(self) -> Any:
        return self.analyse.clustering(self.graph, threads=self.threads)

    def leiden(self) -> Any:
        return self.analyse.leiden(self.graph)


class Igraph(Library):
    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        import igraph

        self.graph = igraph.Graph(n=n, edges=edges)
        self.betweenness = self.graph.betweenness
        self.closeness = self.graph.closeness
        self.pagerank = self.graph.pagerank
        self.core_number = self.graph.coreness

    def harmonic(self) -> Any:
        return self.graph.harmonic_centrality(normalized=False)

    def eigenvector(self) -> Any:
        return self.graph.eigenvector_centrality(scale=False)

    def components(self) -> Any:
        return self.graph.connected_components().membership

    def clustering(self) -> Any:
        return self.graph.transitivity_local_undirected(mode="zero")

    def leiden(self) -> Any:
        return self.graph.community_leiden(objective_function="modularity", n_iterations=-1).membership

    def comparable(self, measure: str, values: np.ndarray) -> np.ndarray:
        return across_components(values, np.array(self.components())) if measure == "closeness" else values


class Networkit(Library):
    threaded = (
        "betweenness",
        "closeness",
        "harmonic",
        "pagerank",
        "eigenvector",
        "core_number",
        "clustering",
        "leiden",
    )

    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        import networkit

        self.nk = networkit
        networkit.engineering.setSeed(7, False)
        self.graph = networkit.GraphFromCoo((edges[:, 0].copy(), edges[:, 1].copy()), n=n)

    def use(self, threads: int) -> None:
        self.nk.setNumberOfThreads(threads)

    def betweenness(self) -> Any:
        return self.nk.centrality.Betweenness(self.graph, normalized=False).run().scores()

    def closeness(self) -> Any:
        variant = self.nk.centrality.ClosenessVariant.GENERALIZED
        return self.nk.centrality.Closeness(self.graph, True, variant).run().scores()

    def harmonic(self) -> Any:
        return self.nk.centrality.HarmonicCloseness(self.graph, normalized=False).run().scores()

    def pagerank(self) -> Any:
        sinks = self.nk.centrality.SinkHandling.DistributeSinks
        ranks = self.nk.centrality.PageRank(self.graph, 0.85, RESIDUAL, False, sinks)
        ranks.norm = self.nk.centrality.Norm.L1_NORM
        return ranks.run().scores()

    def eigenvector(self) -> Any:
        return self.nk.centrality.EigenvectorCentrality(self.graph, RESIDUAL).run().scores()

    def components(self) -> Any:
        return self.nk.components.ConnectedComponents(self.graph).run().getPartition().getVector()

    def core_number(self) -> Any:
        return self.nk.centrality.CoreDecomposition(self.graph).run().scores()

    def clustering(self) -> Any:
        return self.nk.centrality.LocalClusteringCoefficient(self.graph, turbo=True).run().scores()

    def leiden(self) -> Any:
        return self.nk.community.ParallelLeiden(self.graph, iterations=10).run().getPartition().getVector()

    def comparable(self, measure: str, values: np.ndarray) -> np.ndarray:
        return values / 2 if measure == "betweenness" else values  # each pair is counted from both of its ends


class Rustworkx(Library):
    threaded = ("betweenness", "closeness")

    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        import rustworkx

        self.rx = rustworkx
        pairs = [tuple(edge) for edge in edges.tolist()]
        self.graph = rustworkx.PyGraph(multigraph=False)
        self.graph.add_nodes_from(range(n))
        self.graph.add_edges_from_no_data(pairs)
        self.arrows = self.graph.to_directed()

    def threshold(self) -> int:
        """The number of nodes from which on a second thread is used."""
        return sys.maxsize if self.threads == 1 else 0

    def betweenness(self) -> Any:
        return self.rx.betweenness_centrality(self.graph, normalized=False, parallel_threshold=self.threshold())

    def closeness(self) -> Any:
        return self.rx.closeness_centrality(self.graph, parallel_threshold=self.threshold())

    def pagerank(self) -> Any:
        return self.rx.pagerank(self.arrows, tol=RESIDUAL / self.n, max_iter=MOST_STEPS)

    def eigenvector(self) -> Any:
        return self.rx.eigenvector_centrality(self.graph, tol=RESIDUAL / self.n, max_iter=MOST_STEPS)

    def components(self) -> Any:
        return self.rx.connected_components(self.graph)

    def core_number(self) -> Any:
        return self.rx.core_number(self.graph)


class Networkx(Library):
    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        import networkx

        self.nx, self.graph = networkx, networkx.empty_graph(n)
        self.graph.add_edges_from(edges.tolist())

    def betweenness(self) -> Any:
        return self.nx.betweenness_centrality(self.graph, normalized=False)

    def closeness(self) -> Any:
        return self.nx.closeness_centrality(self.graph)

    def harmonic(self) -> Any:
        return self.nx.harmonic_centrality(self.graph)

    def pagerank(self) -> Any:
        return self.nx.pagerank(self.graph, tol=RESIDUAL / self.n, max_iter=MOST_STEPS)

    def eigenvector(self) -> Any:
        return self.nx.eigenvector_centrality(self.graph, tol=RESIDUAL / self.n, max_iter=MOST_STEPS)

    def components(self) -> Any:
        return list(self.nx.connected_components(self.graph))

    def core_number(self) -> Any:
        return self.nx.core_number(self.graph)

    def clustering(self) -> Any:
        return self.nx.clustering(self.graph)


class Graph_Tool(Library):
    threaded = ("betweenness", "closeness", "harmonic", "pagerank", "eigenvector", "clustering")

    def __init__(self, n: int, edges: np.ndarray) -> None:
        super().__init__(n, edges)
        import graph_tool.all

        self.gt, self.graph = graph_tool.all, graph_tool.Graph(directed=False)
        self.graph.add_vertex(n)
        self.graph.add_edge_list(edges)

    @classmethod
    def version(cls) -> str:
        import graph_tool

        return graph_tool.__version__.split()[0]

    def use(self, threads: int) -> None:
        self.gt.openmp_set_num_threads(threads)

    def betweenness(self) -> Any:
        return self.gt.betweenness(self.graph, norm=False)[0].a

    def closeness(self) -> Any:
        return self.gt.closeness(self.graph).a

    def harmonic(self) -> Any:
        return self.gt.closeness(self.graph, harmonic=True, norm=False).a

    def pagerank(self) -> Any:
        return self.gt.pagerank(self.graph, epsilon=RESIDUAL).a

    def eigenvector(self) -> Any:
        return self.gt.eigenvector(self.graph, epsilon=RESIDUAL)[1].a

    def components(self) -> Any:
        return self.gt.label_components(self.graph)[0].a

    def core_number(self) -> Any:
        return self.gt.kcore_decomposition(self.graph).a

    def clustering(self) -> Any:
        return self.gt.local_clustering(self.graph).a

    def comparable(self, measure: str, values: np.ndarray) -> np.ndarray:
        return across_components(values, self.components()) if measure == "closeness" else values


LIBRARIES = {
    "kg": Kg,
    "igraph": Igraph,
    "networkit": Networkit,
    "rustworkx": Rustworkx,
    "networkx": Networkx,
    "graph-tool": Graph_Tool,
}


def as_array(result: Any, n: int) -> np.ndarray:
    """What a library returned, as one value a node."""
    if isinstance(result, list) and len(result) and isinstance(result[0], (set, frozenset)):
        return labels(result, n)
    if isinstance(result, (list, np.ndarray)):
        return np.array(result, dtype=float)
    return np.array([result[node] for node in range(n)], dtype=float)


def across_components(closeness: np.ndarray, component: np.ndarray) -> np.ndarray:
    """Closeness within components, times the share of the other nodes that are in one's component."""
    sizes = np.bincount(component)[component]
    return np.where(sizes > 1, closeness, 0) * (sizes - 1) / (len(closeness) - 1)


def labels(parts: list[set[int]], n: int) -> np.ndarray:
    part_of = np.empty(n)
    for label, part in enumerate(parts):
        part_of[list(part)] = label
    return part_of


def memory(field: str) -> int:
    """VmRSS (now) or VmHWM (the most since the last reset) of this process, in KiB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field))


def measure(library: Library, name: str, threads: int, values: Path) -> dict[str, Any]:
    """One call: wall and CPU seconds, and by how many KiB memory rose above what it was before, at most."""
    library.use(threads)
    random.seed(7)  # igraph's source of chance
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before, wall, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    result = getattr(library, name)()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rise = memory("VmHWM") - before
    np.save(values, library.comparable(name, as_array(result, library.n)))
    return {"seconds": wall, "cpu": cpu, "rise_kib": rise}


def serve(name: str, graph: str, folder: Path) -> None:
    # What a library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    try:
        kind = LIBRARIES[name]
        tiny = kind(*TINY)
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), file=answers)
        return
    empty = memory("VmRSS")
    library = kind(*read_graph(graph))
    has = [measure for measure in MEASURES if hasattr(library, measure)]
    about = {
        "version": kind.version(),
        "measures": has,
        "threaded": kind.threaded,
        "graph_kib": memory("VmRSS") - empty,
    }
    print(json.dumps(about), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            getattr(tiny, request["measure"])()
            answer = measure(library, request["measure"], request["threads"], folder / f"{name}.npy")
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
