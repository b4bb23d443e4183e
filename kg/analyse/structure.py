"""How a graph hangs together: components, cores and triangles over a `Csr`; names and values are those of NetworkX.

Loops count for nothing. All raise GraphError, which names the position, where the arrays are no graph, and are stopped by
Ctrl-C; `threads` is how many triangles are counted with, 0 for one a core; the others use one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse.csr import Csr, csr_from_edges
from kg.analyse.kernel import checked_threads, checked_weights, run
from kg.errors import GraphError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "articulation_points",
    "average_clustering",
    "biconnected_components",
    "clustering",
    "connected_components",
    "core_number",
    "strongly_connected_components",
    "transitivity",
    "triangles",
]


def connected_components(graph: Csr, *, threads: int = 0) -> NDArray[np.int64]:
    """The connected component of each node, whatever the direction of edges; shape (n,), O(n + m).

    Components are numbered from 0 in the order of their first nodes.
    References: Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms", 1984, doi:10.1145/62.2160.

    >>> from kg.analyse import csr_from_edges
    >>> connected_components(csr_from_edges([0, 1], [3, 2], 5)).tolist()
    [0, 1, 1, 0, 2]
    """
    checked_threads(threads)
    return run("connected_components", graph)


def strongly_connected_components(graph: Csr, *, threads: int = 0) -> NDArray[np.int64]:
    """The strongly connected component of each node: nodes of one reach each other; shape (n,), O(n + m).

    Components are numbered from 0 so that edges lead from one only to those of lower numbers.
    References: Tarjan, "Depth-first search and linear graph algorithms", 1972, doi:10.1137/0201010.

    >>> from kg.analyse import csr_from_edges
    >>> strongly_connected_components(csr_from_edges([0, 1, 2], [1, 2, 1], 3, directed=True)).tolist()
    [1, 0, 0]
    """
    checked_threads(threads)
    return run("strongly_connected_components", graph)


def biconnected_components(graph: Csr, *, threads: int = 0) -> NDArray[np.int64]:
    """The biconnected component of each edge of an undirected graph; shape (m,), one an index, loops -1. O(n + m).

    A component stays connected without any one of its nodes. They are numbered from 0 in the order of their first edges.
    References: Hopcroft and Tarjan, "Efficient algorithms for graph manipulation", 1973, doi:10.1145/362248.362272.

    >>> from kg.analyse import csr_from_edges
    >>> biconnected_components(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [0, 0, 1, 1]
    """
    checked_threads(threads)
    return run("biconnected_components", _undirected(graph, "biconnected components"))[0]


def articulation_points(graph: Csr, *, threads: int = 0) -> NDArray[np.bool_]:
    """Whether the removal of each node of an undirected graph parts what it is connected with; shape (n,), O(n + m).

    References: Hopcroft and Tarjan, "Efficient algorithms for graph manipulation", 1973, doi:10.1145/362248.362272.

    >>> from kg.analyse import csr_from_edges
    >>> articulation_points(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [False, True, False]
    """
    checked_threads(threads)
    return run("biconnected_components", _undirected(graph, "articulation points"))[1]


def core_number(graph: Csr, *, threads: int = 0) -> NDArray[np.int64]:
    """The largest k such that each node is in the k-core: the part whose nodes all have k neighbours there; shape (n,).

    A directed graph counts edges in and out. O(n + m).
    References: Batagelj and Zaversnik, "Fast algorithms for determining (generalized) core groups in social networks",
    2011, doi:10.1007/s11634-010-0079-y.

    >>> from kg.analyse import csr_from_edges
    >>> core_number(csr_from_edges([0, 1, 2, 2], [1, 2, 0, 3], 4)).tolist()
    [2, 2, 2, 1]
    """
    checked_threads(threads)
    return run("core_number", graph)


def triangles(graph: Csr, *, threads: int = 0) -> NDArray[np.int64]:
    """How many triangles each node of an undirected graph is in; shape (n,), O(m^1.5).

    References: Latapy, "Main-memory triangle computations for very large (sparse (power-law)) graphs", 2008,
    doi:10.1016/j.tcs.2008.07.017.

    >>> from kg.analyse import csr_from_edges
    >>> triangles(csr_from_edges([0, 1, 2, 2], [1, 2, 0, 3], 4)).tolist()
    [1, 1, 1, 0]
    """
    return run("triangles", _undirected(graph, "triangles"), checked_threads(threads))


def transitivity(graph: Csr, *, threads: int = 0) -> float:
    """The share of the paths of two edges, in the whole undirected graph, whose ends are joined; 0 to 1. O(m^1.5).

    References: Newman, Watts and Strogatz, "Random graph models of social networks", 2002, doi:10.1073/pnas.012582999.

    >>> from kg.analyse import csr_from_edges
    >>> transitivity(csr_from_edges([0, 1, 2, 2], [1, 2, 0, 3], 4))
    0.6
    """
    degrees = _degrees(_undirected(graph, "paths of two edges"))
    closed, paths = 2 * triangles(graph, threads=threads).sum(), (degrees * (degrees - 1)).sum()
    return float(closed / paths) if closed else 0.0


def average_clustering(graph: Csr, *, weighted: bool = False, threads: int = 0) -> float:
    """The mean of `clustering` over all nodes; raises GraphError where there are none.

    >>> from kg.analyse import csr_from_edges
    >>> average_clustering(csr_from_edges([0, 1, 2], [1, 2, 0], 3))
    1.0
    """
    if not len(graph):
        raise GraphError("the graph has no nodes; expected one at least to take the mean clustering of")
    return float(clustering(graph, weighted=weighted, threads=threads).mean())


def clustering(graph: Csr, *, weighted: bool = False, threads: int = 0) -> NDArray[np.float64]:
    """Local clustering: the share of the pairs of each node's neighbours that are joined themselves; shape (n,), 0 to 1.

    weighted: a triangle counts as the geometric mean of its edges' weights, divided by the largest weight. A directed
    graph counts directed triangles. O(m^1.5).
    References: Watts and Strogatz, 1998, doi:10.1038/30918; weighted: Onnela et al., 2005,
    doi:10.1103/PhysRevE.71.065103; directed: Fagiolo, 2007, doi:10.1103/PhysRevE.76.026107.

    >>> from kg.analyse import csr_from_edges
    >>> clustering(csr_from_edges([0, 1, 2, 2], [1, 2, 0, 3], 4))[:2].tolist()
    [1.0, 1.0]
    """
    threads = checked_threads(threads)
    if not weighted and not graph.directed:
        closed, degrees = 2 * run("triangles", graph, threads), _degrees(graph)
        return _shares(closed, degrees * (degrees - 1))
    both, ways = _both_directions(graph, weighted)
    closed = run("triangle_products", both, both.weights)
    sources = both.sources()
    degrees = np.bincount(sources, ways, len(graph))
    if not graph.directed:
        return _shares(2 * closed, degrees * (degrees - 1))
    # An edge and its way back make no triangle with any third.
    mutual = np.bincount(sources, ways == 2, len(graph))
    return _shares(closed, degrees * (degrees - 1) - 2 * mutual)


def _both_directions(graph: Csr, weighted: bool) -> tuple[Csr, NDArray[np.float64]]:
    """The undirected graph without loops, and how many edges each of its edges stands for.

    Its weights are the sums of the cube roots of theirs (of 1 where not weighted): a product of sums is the sum over all
    choices of one edge a side.
    """
    run("degree", graph)  # the core checks the arrays before numpy reads them
    sources, targets = graph.sources(), graph.indices
    kept = np.flatnonzero(sources != targets if graph.directed else sources < targets)
    ends, n = (sources[kept], targets[kept]), len(graph)
    ways = csr_from_edges(*ends, n, weights=np.ones(len(kept)))
    if not weighted:
        return ways, ways.weights
    weights = checked_weights(graph)
    roots = np.cbrt(weights / (weights.max(initial=0) or 1))
    return csr_from_edges(*ends, n, weights=roots[kept]), ways.weights


def _degrees(graph: Csr) -> NDArray[np.int64]:
    """The neighbours of each node, without itself."""
    degrees = np.diff(graph.indptr)
    sources = np.repeat(np.arange(len(graph)), degrees)
    return degrees - np.bincount(sources[sources == graph.indices], minlength=len(graph))


def _shares(closed: NDArray[Any], pairs: NDArray[Any]) -> NDArray[np.float64]:
    return np.divide(closed, pairs, out=np.zeros(len(closed)), where=closed != 0)


def _undirected(graph: Csr, what: str) -> Csr:
    if graph.directed:
        raise GraphError(f"{what} are of undirected graphs; make one with csr_from_edges(..., directed=False)")
    return graph
