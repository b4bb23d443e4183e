"""Measures of how far the nodes of a `Csr` are from each other, all counted by one pass of the compiled core.

All take `threads`, 0 for one a core (the result is the same for any number), and `progress`, which is called now and
then with the share that is done, 0 to 1. All raise GraphError, which names the position, where the arrays are no graph,
and are stopped by Ctrl-C. Cost: O(nm / 256) where distances are short (the sources are searched from 256 at a time),
O(nm) at most; trees and twins of an undirected graph are merged before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kg.analyse.csr import Csr, csr_from_edges
from kg.analyse.kernel import checked_threads, checked_weights, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Progress = Callable[[float], object]

__all__ = ["Distances", "closeness", "distance_histogram", "distances", "eccentricity", "harmonic"]


@dataclass(frozen=True, eq=False)
class Distances:
    """The distances towards each node from those that reach it, itself among them.

    reached_by: how many these are; int64, shape (n,), from 1.  total: the sum of their distances; int64, shape (n,).
    harmonic: the sum of the inverse distances of the others; float64, shape (n,).  furthest: the largest distance;
    int64, shape (n,).  histogram: how many ordered pairs of nodes are at each distance; int64, shape (longest + 1,).
    """

    reached_by: NDArray[np.int64]
    total: NDArray[np.int64]
    harmonic: NDArray[np.float64]
    furthest: NDArray[np.int64]
    histogram: NDArray[np.int64]

    def closeness(self, *, wf_improved: bool = True) -> NDArray[np.float64]:
        """As the function `closeness`, without a further pass."""
        others = (self.reached_by - 1).astype(np.float64)
        values = np.divide(others, self.total, out=np.zeros(len(others)), where=self.total > 0)
        return values * (others / max(len(others) - 1, 1)) if wf_improved else values


def distances(graph: Csr, *, threads: int = 0, progress: Progress | None = None) -> Distances:
    """What the distances towards all nodes are, for all measures of them at once.

    References: Then et al., "The more the merrier: efficient multi-source graph traversal", 2014,
    doi:10.14778/2735496.2735507.

    >>> from kg.analyse import csr_from_edges
    >>> distances(csr_from_edges([0, 1], [1, 2], 3)).total.tolist()
    [3, 2, 3]
    """
    return Distances(*run("distances", graph, checked_threads(threads), progress))


def closeness(
    graph: Csr,
    *,
    wf_improved: bool = True,
    weighted: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Closeness: the inverse of the mean distance to each node from those that reach it; shape (n,), 0 to 1.

    wf_improved: scaled by the share of the other nodes that reach it (Wasserman and Faust).  weighted: by
    `Csr.weights` as lengths, none negative, O(nm log n), without progress.
    References: Freeman, "Centrality in social networks", 1978, doi:10.1016/0378-8733(78)90021-7.

    >>> from kg.analyse import csr_from_edges
    >>> closeness(csr_from_edges([0, 1], [1, 2], 3))[1].item()
    1.0
    """
    if weighted:
        return run("weighted_closeness", graph, checked_weights(graph), checked_threads(threads), wf_improved)
    return distances(graph, threads=threads, progress=progress).closeness(wf_improved=wf_improved)


def harmonic(
    graph: Csr, *, weighted: bool = False, threads: int = 0, progress: Progress | None = None
) -> NDArray[np.float64]:
    """Harmonic centrality: the sum of inverse distances to each node from those that reach it; shape (n,).

    weighted: by `Csr.weights` as lengths, none negative; distances of 0 do not count. O(nm log n), without progress.
    References: Boldi and Vigna, "Axioms for centrality", 2014, doi:10.1080/15427951.2013.865686.

    >>> from kg.analyse import csr_from_edges
    >>> harmonic(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [1.5, 2.0, 1.5]
    """
    if weighted:
        # Where nothing is reached the core's empty sum is -0.
        return run("weighted_harmonic", graph, checked_weights(graph), checked_threads(threads)) + 0.0
    return distances(graph, threads=threads, progress=progress).harmonic


def eccentricity(
    graph: Csr, *, weighted: bool = False, threads: int = 0, progress: Progress | None = None
) -> NDArray[np.int64] | NDArray[np.float64]:
    """Eccentricity: the largest distance from each node to one that it reaches; shape (n,), 0 where it reaches none.

    The largest is the diameter of a (strongly) connected graph, the least its radius.  weighted: by `Csr.weights` as
    lengths, none negative, O(nm log n), without progress; the result is of floats.
    References: Hage and Harary, "Eccentricity and centrality in networks", 1995, doi:10.1016/0378-8733(94)00248-9.

    >>> from kg.analyse import csr_from_edges
    >>> eccentricity(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [2, 1, 2]
    """
    if weighted:
        return run("weighted_eccentricity", graph, checked_weights(graph), checked_threads(threads))
    return distances(_reversed(graph) if graph.directed else graph, threads=threads, progress=progress).furthest


def distance_histogram(graph: Csr, *, threads: int = 0, progress: Progress | None = None) -> NDArray[np.int64]:
    """How many ordered pairs of nodes are at each distance, from 0 (each node with itself); shape (longest + 1,).

    >>> from kg.analyse import csr_from_edges
    >>> distance_histogram(csr_from_edges([0, 1], [1, 2], 3)).tolist()
    [3, 4, 2]
    """
    return distances(graph, threads=threads, progress=progress).histogram


def _reversed(graph: Csr) -> Csr:
    run("degree", graph)  # checks the arrays
    return csr_from_edges(graph.indices, graph.sources(), len(graph), directed=True)
