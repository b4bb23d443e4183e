"""Betweenness of the edges of a `Csr`, and estimates of that of its nodes where the exact one takes too long.

All take `threads`, 0 for one a core (the bits are the same for any number), and `progress`, which is called now and then
with the share that is done, 0 to 1. All raise GraphError, which names the position, where the arrays are no graph, and
are stopped by Ctrl-C.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kg.analyse.csr import Csr
from kg.analyse.kernel import checked_threads, run
from kg.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Progress = Callable[[float], object]

__all__ = ["betweenness_within", "edge_betweenness", "sampled_betweenness"]

FEWEST_SOURCES = 256


def edge_betweenness(
    graph: Csr, *, normalized: bool = True, threads: int = 0, progress: Progress | None = None
) -> NDArray[np.float64]:
    """Edge betweenness: the share of shortest paths between nodes that use each edge; shape (m,), as `Csr.indices`.

    An undirected edge has its value at both of its entries, a loop has 0.  normalized: divided by the number of pairs of
    nodes; else their sum. Exact; O(nm) time at most, O(n + m) memory a thread.
    References: Brandes, "On variants of shortest-path betweenness centrality and their generic computation", 2008,
    doi:10.1016/j.socnet.2007.11.001.

    >>> from kg.analyse import csr_from_edges
    >>> edge_betweenness(csr_from_edges([0, 1], [1, 2], 3), normalized=False).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    sums, n = run("edge_betweenness", graph, checked_threads(threads), progress), len(graph)
    if normalized:
        return sums / (n * (n - 1)) if n > 1 else sums
    return sums if graph.directed else sums / 2


def sampled_betweenness(
    graph: Csr,
    *,
    sources: int = 1024,
    seed: int = 0,
    risk: float = 0.05,
    normalized: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Betweenness estimated from some sources, and by how much each value may be wrong; both of shape (n,).

    With a probability of 1 - risk, no value at all is further from `betweenness` than its bound: an empirical Bernstein
    bound, which falls with the number of sources, and faster where the sources agree. Blocks of a graph that have no more
    nodes than there are sources are computed exactly.
    sources: how many are drawn in each larger block, from 2.  seed: 0 to below 2^64; the same gives the same bits.
    normalized: as for `betweenness`. O(sources * m) time.
    References: Brandes and Pich, "Centrality estimation in large networks", 2007, doi:10.1142/S0218127407018403; Maurer
    and Pontil, "Empirical Bernstein bounds and sample-variance penalization", 2009, arXiv:0907.3740.

    >>> from kg.analyse import csr_from_edges
    >>> [values.tolist() for values in sampled_betweenness(csr_from_edges([0, 1], [1, 2], 3))]
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    if not 2 <= sources < 2**32:
        raise GraphError(f"sources is {sources}; expected a number from 2 to below 2^32")
    if not 0 < risk < 1:
        raise GraphError(f"risk is {risk}; expected a probability between 0 and 1")
    if not 0 <= seed < 2**64:
        raise GraphError(f"seed is {seed}; expected a number from 0 to below 2^64")
    n, threads = len(graph), checked_threads(threads)
    pairs = (n - 1) * (n - 2) if normalized else 1 if graph.directed else 2
    sums, bounds = run("sampled_betweenness", graph, threads, sources, seed, float(risk), progress)
    return (sums / pairs, bounds / pairs) if pairs else (sums, bounds)


def betweenness_within(
    graph: Csr,
    error: float,
    *,
    seed: int = 0,
    risk: float = 0.05,
    threads: int = 0,
    progress: Progress | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Betweenness, normalised, no value of which is wrong by more than `error`, and the bound of each; both of shape (n,).

    With a probability of 1 - risk all bounds hold. It is `sampled_betweenness` from ever more sources until they do, at
    last from all; each of these samples has its share of the risk.

    >>> from kg.analyse import csr_from_edges
    >>> [values.tolist() for values in betweenness_within(csr_from_edges([0, 1], [1, 2], 3), 0.01)]
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    if not 0 < error < math.inf:
        raise GraphError(f"error is {error}; expected a number above 0")
    if not 0 < risk < 1:
        raise GraphError(f"risk is {risk}; expected a probability between 0 and 1")
    # No bound is smaller than what it is where all sources agree.
    fewest = 7 * math.log(8 * max(len(graph), 1) / risk) / (3 * error)
    sources = int(min(max(fewest, FEWEST_SOURCES), max(len(graph), 2)))
    while True:
        risk /= 2
        values, bounds = sampled_betweenness(
            graph, sources=sources, seed=seed, risk=risk, threads=threads, progress=progress
        )
        if bounds.max(initial=0) <= error:
            return values, bounds
        sources = min(2 * sources, len(graph))
