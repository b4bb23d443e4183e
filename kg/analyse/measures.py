"""Centrality by edges, walks and shortest paths over a `Csr`, by the compiled core; normalised as in NetworkX.

All take `threads`, 0 for one a core; the bits of the result are the same for any number (degree and PageRank use one).
All raise GraphError, which names the position, where the arrays are no graph, and are stopped by Ctrl-C.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse.csr import Csr
from kg.analyse.kernel import checked_threads, checked_weights, run
from kg.errors import ConvergenceError, GraphError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Progress = Callable[[float], object]

__all__ = ["betweenness", "degree", "in_degree", "out_degree", "pagerank"]


def degree(graph: Csr, *, weighted: bool = False, threads: int = 0) -> NDArray[np.float64]:
    """Degree centrality: the neighbours of each node as a share of the n - 1 others; shape (n,). O(n + m).

    A directed graph counts edges in and out; a loop counts twice. A single node has 1.  weighted: the sum of the weights
    of the edges at each node, its strength, as it is.
    References: Freeman, "Centrality in social networks", 1978, doi:10.1016/0378-8733(78)90021-7.

    >>> from kg.analyse import csr_from_edges
    >>> degree(csr_from_edges([0, 0], [1, 2], 3)).tolist()
    [1.0, 0.5, 0.5]
    >>> degree(csr_from_edges([0, 0], [1, 2], 3, weights=[5, 2]), weighted=True).tolist()
    [7.0, 5.0, 2.0]
    """
    checked_threads(threads)
    counts = run("degree", graph)
    if not weighted:
        return _of_others(counts)
    into, out = _strengths(graph)
    if graph.directed:
        return into + out
    loops = np.flatnonzero(graph.sources() == graph.indices)
    return out + np.bincount(graph.indices[loops], graph.weights[loops], len(graph))


def in_degree(graph: Csr, *, weighted: bool = False, threads: int = 0) -> NDArray[np.float64]:
    """The share of the n - 1 others with an edge to each node of a directed graph; shape (n,). O(n + m).

    weighted: the sum of the weights of the edges that end at each node, as it is.

    >>> from kg.analyse import csr_from_edges
    >>> in_degree(csr_from_edges([0, 0], [1, 2], 3, directed=True)).tolist()
    [0.0, 0.5, 0.5]
    """
    _check_directed(graph, threads)
    if weighted:
        return _strengths(graph)[0]
    return _of_others(np.bincount(graph.indices, minlength=len(graph)))


def out_degree(graph: Csr, *, weighted: bool = False, threads: int = 0) -> NDArray[np.float64]:
    """The share of the n - 1 others that an edge of each node of a directed graph leads to; shape (n,). O(n + m).

    weighted: the sum of the weights of the edges that leave each node, as it is.

    >>> from kg.analyse import csr_from_edges
    >>> out_degree(csr_from_edges([0, 0], [1, 2], 3, directed=True)).tolist()
    [1.0, 0.0, 0.0]
    """
    _check_directed(graph, threads)
    return _strengths(graph)[1] if weighted else _of_others(np.diff(graph.indptr))


def pagerank(
    graph: Csr,
    *,
    alpha: float = 0.85,
    personalization: ArrayLike | None = None,
    weighted: bool = False,
    tolerance: float = 1e-6,
    max_steps: int = 100,
    threads: int = 0,
) -> NDArray[np.float64]:
    """PageRank: how often a walk that jumps with probability 1 - alpha is at each node; shape (n,), sums to 1.

    personalization: where jumps land, non-negative, shape (n,); None: anywhere. A node without out-edges always jumps.
    weighted: edges are followed in proportion to their weights; else all alike.
    Ends when one more step of the walk would change the ranks by less than n * tolerance, in the sum of absolute values;
    raises ConvergenceError if that is not so after max_steps. O(m) a step: of conjugate gradients where edges have no
    direction, else of Gauss-Seidel (of the walk itself where it is weighted or alpha is 1).
    References: Page, Brin, Motwani, Winograd, "The PageRank citation ranking", 1999; Gleich, "PageRank beyond the web",
    2015, doi:10.1137/140976649.

    >>> from kg.analyse import csr_from_edges
    >>> pagerank(csr_from_edges([0, 1], [1, 0], 2)).tolist()
    [0.5, 0.5]
    """
    checked_threads(threads)
    if not 0 <= alpha <= 1:
        raise GraphError(f"alpha is {alpha}; expected a probability, 0 to 1")
    if not 0 <= max_steps < 2**32:
        raise GraphError(f"max_steps is {max_steps}; expected 0 to below 2^32")
    options = alpha, _shares(personalization, len(graph)), tolerance, max_steps
    if weighted:
        rank = run("weighted_pagerank", graph, checked_weights(graph), *options)
    else:
        rank = run("pagerank", graph, *options)
    if isinstance(rank, float):
        raise ConvergenceError(
            f"pagerank: after {max_steps} steps one more changes {rank:.3g}, expected below {len(graph) * tolerance:.3g}; "
            "raise max_steps or tolerance"
        )
    return rank


def betweenness(
    graph: Csr,
    *,
    normalized: bool = True,
    weighted: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Betweenness: the share of shortest paths between other nodes that pass through each node; shape (n,).

    normalized: divided by the number of pairs of other nodes; else their sum.  weighted: by `Csr.weights` as lengths, all
    above 0, with a search of Dijkstra's from each node, O(nm log n); then there is no progress.  progress: called now and then with the
    share that is done, 0 to 1. Exact, also where there are more paths than a float holds; O(nm) time at most, O(n)
    memory a thread (32 floats a node).
    References: Brandes, "A faster algorithm for betweenness centrality", 2001, doi:10.1080/0022250X.2001.9990249.

    >>> from kg.analyse import csr_from_edges
    >>> betweenness(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [0.0, 1.0, 0.0]
    """
    n, threads = len(graph), checked_threads(threads)
    if weighted:
        sums = run("weighted_betweenness", graph, checked_weights(graph, zero=False), threads)
    else:
        sums = run("betweenness", graph, threads, progress)
    if normalized:
        return sums / ((n - 1) * (n - 2)) if n > 2 else sums
    return sums if graph.directed else sums / 2


def _of_others(counts: NDArray[Any]) -> NDArray[np.float64]:
    n = len(counts)
    return counts / (n - 1) if n > 1 else np.ones(n)


def _check_directed(graph: Csr, threads: int) -> None:
    checked_threads(threads)
    if not graph.directed:
        raise GraphError("edges in and out are of directed graphs; degree counts those of an undirected one")
    run("degree", graph)


def _strengths(graph: Csr) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums of the weights that enter and that leave each node."""
    weights, n = checked_weights(graph), len(graph)
    return np.bincount(graph.indices, weights, n), np.bincount(graph.sources(), weights, n)


def _shares(personalization: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """The probability of each node to be jumped to; raises GraphError where there is none."""
    if personalization is None:
        return np.full(n, 1 / max(n, 1))
    weights = np.asarray(personalization, dtype=np.float64)
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise GraphError(f"personalization must be {n} finite values, none negative and one at least positive")
    # Divided by the largest first, so that no sum overflows.
    weights = weights / weights.max()
    return weights / weights.sum()
