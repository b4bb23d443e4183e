"""Centrality measures over a `Csr`, computed by the compiled core; normalised as in NetworkX.

`threads=0` means one a core; the bits of the result are the same for any number. Ctrl-C stops a measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kg.analyse.csr import Csr
from kg.errors import ConvergenceError, GraphError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["betweenness", "closeness", "degree", "harmonic", "pagerank"]


def degree(graph: Csr, *, threads: int = 0) -> NDArray[np.float64]:
    """Degree centrality: the neighbours of each node as a share of the n - 1 others; shape (n,). O(n + m).

    A directed graph counts edges in and out; a loop counts twice.

    >>> from kg.analyse import csr_from_edges
    >>> degree(csr_from_edges([0, 0], [1, 2], 3)).tolist()
    [1.0, 0.5, 0.5]
    """
    from kg import _core

    n = len(graph)
    counts = _core.degree(*_arrays(graph), not graph.directed)
    if graph.directed:
        counts = counts + np.bincount(graph.indices, minlength=n)
    return counts / (n - 1) if n > 1 else np.ones(n)


def pagerank(
    graph: Csr,
    *,
    alpha: float = 0.85,
    personalization: NDArray[np.float64] | None = None,
    tolerance: float = 1e-6,
    max_steps: int = 100,
    threads: int = 0,
) -> NDArray[np.float64]:
    """PageRank: how often a walk that jumps with probability 1 - alpha is at each node; shape (n,), sums to 1.

    personalization: where jumps land, non-negative, shape (n,); None: anywhere. The walk ends when the sum of absolute
    changes is below n * tolerance; raises ConvergenceError if it is not after max_steps. O(m) a step.
    References: Page, Brin, Motwani, Winograd, "The PageRank citation ranking", 1999.

    >>> from kg.analyse import csr_from_edges
    >>> pagerank(csr_from_edges([0, 1], [1, 0], 2)).tolist()
    [0.5, 0.5]
    """
    from kg import _core

    n, arrays = len(graph), _arrays(graph)
    if n == 0:
        return np.empty(0)
    jump = np.ones(n) if personalization is None else np.ascontiguousarray(personalization, dtype=np.float64)
    if jump.shape != (n,) or (jump < 0).any() or not np.isfinite(jump).all() or jump.sum() <= 0:
        raise GraphError(f"personalization must be {n} finite values, none negative and one at least positive")
    rank = _core.pagerank(*arrays, alpha, jump / jump.sum(), tolerance, max_steps)
    if isinstance(rank, float):
        raise ConvergenceError(
            f"pagerank: the last of {max_steps} steps changed {rank:.3g}, expected below {n * tolerance:.3g}; "
            "raise max_steps or tolerance"
        )
    return rank


def betweenness(graph: Csr, *, normalized: bool = True, threads: int = 0) -> NDArray[np.float64]:
    """Betweenness: the share of shortest paths between other nodes that pass through each node; shape (n,).

    normalized: divided by the number of pairs of other nodes. Exact; O(nm) time, O(n) memory a thread.
    References: Brandes, "A faster algorithm for betweenness centrality", 2001, doi:10.1080/0022250X.2001.9990249.

    >>> from kg.analyse import csr_from_edges
    >>> betweenness(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [0.0, 1.0, 0.0]
    """
    from kg import _core

    n = len(graph)
    sums = _core.betweenness(*_arrays(graph), threads)
    if normalized:
        return sums / ((n - 1) * (n - 2)) if n > 2 else sums
    return sums if graph.directed else sums / 2


def closeness(graph: Csr, *, wf_improved: bool = True, threads: int = 0) -> NDArray[np.float64]:
    """Closeness: the inverse of the mean distance to each node from those that reach it; shape (n,), 0 to 1.

    wf_improved: scaled by the share of nodes that reach it (Wasserman and Faust). O(nm).
    References: Freeman, "Centrality in social networks", 1978, doi:10.1016/0378-8733(78)90021-7.

    >>> from kg.analyse import csr_from_edges
    >>> closeness(csr_from_edges([0, 1], [1, 2], 3))[1].item()
    1.0
    """
    from kg import _core

    return _core.closeness(*_arrays(graph.reversed()), wf_improved, threads)


def harmonic(graph: Csr, *, threads: int = 0) -> NDArray[np.float64]:
    """Harmonic centrality: the sum of inverse distances to each node from those that reach it; shape (n,). O(nm).

    References: Boldi and Vigna, "Axioms for centrality", 2014, doi:10.1080/15427951.2013.865686.

    >>> from kg.analyse import csr_from_edges
    >>> harmonic(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [1.5, 2.0, 1.5]
    """
    from kg import _core

    return _core.harmonic(*_arrays(graph.reversed()), threads)


def _arrays(graph: Csr) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The arrays as the core takes them; raises GraphError, naming the position, where they are not a graph."""
    indptr, indices = graph.indptr, graph.indices
    if indptr.dtype != np.int64 or indices.dtype != np.uint32:
        raise GraphError(f"indptr and indices are {indptr.dtype} and {indices.dtype}; expected int64 and uint32")
    if indptr.ndim != 1 or indices.ndim != 1:
        raise GraphError(f"indptr and indices have {indptr.ndim} and {indices.ndim} dimensions; expected one each")
    from kg import _core

    try:
        _core.check(np.ascontiguousarray(indptr), np.ascontiguousarray(indices))
    except ValueError as error:
        raise GraphError(str(error)) from error
    return np.ascontiguousarray(indptr), np.ascontiguousarray(indices)
