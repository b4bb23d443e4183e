"""Communities of a `Csr`, and how good a partition is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kg.analyse.csr import Csr
from kg.analyse.kernel import checked_threads, checked_weights, run
from kg.errors import GraphError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["leiden", "modularity"]

QUALITIES = ("modularity", "cpm")


def leiden(
    graph: Csr,
    *,
    quality: str = "modularity",
    resolution: float = 1.0,
    weighted: bool = False,
    seed: int = 0,
    max_rounds: int = 10,
    threads: int = 0,
) -> NDArray[np.int64]:
    """Communities by the Leiden algorithm, each of them connected: the community of each node, shape (n,).

    quality: what is made large: "modularity", or "cpm", the constant Potts model: the weight within communities less
    resolution times their pairs of nodes.  resolution: the larger, the smaller the communities.  weighted: by
    `Csr.weights`, none of which may be negative; else each edge counts 1.  seed: from 0 to below 2^64; the same seed gives
    the same communities.  max_rounds: a round without gain is the last one, and so is this one.
    Communities are numbered from 0 in the order of their first nodes. About O(m) a round, on one thread.
    References: Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", 2019,
    doi:10.1038/s41598-019-41695-z; directed: Leicht and Newman, 2008, doi:10.1103/PhysRevLett.100.118703; cpm: Traag,
    Van Dooren and Nesterov, 2011, doi:10.1103/PhysRevE.84.016114.

    >>> from kg.analyse import csr_from_edges
    >>> leiden(csr_from_edges([0, 1, 2, 3, 4, 5, 2], [1, 2, 0, 4, 5, 3, 3], 6)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    checked_threads(threads)
    if quality not in QUALITIES:
        raise GraphError(f"unknown quality {quality!r}; known are {', '.join(QUALITIES)}")
    if not 0 <= seed < 2**64 or not 0 <= max_rounds < 2**32:
        raise GraphError(f"seed is {seed} and max_rounds {max_rounds}; expected 0 to below 2^64, and to below 2^32")
    weights = checked_weights(graph) if weighted else None
    return run("leiden", graph, weights, quality == "cpm", _resolution(resolution), max_rounds, seed)


def modularity(graph: Csr, communities: ArrayLike, *, weighted: bool = False, resolution: float = 1.0) -> float:
    """Modularity: the share of the edges within communities, less that of edges placed at random; at most 1. O(n + m).

    communities: the community of each node, integers from 0, shape (n,). Without edges it is 0.
    References: Newman and Girvan, 2004, doi:10.1103/PhysRevE.69.026113.

    >>> from kg.analyse import csr_from_edges
    >>> modularity(csr_from_edges([0, 2], [1, 3], 4), [0, 0, 1, 1])
    0.5
    """
    n, labels = len(graph), np.asarray(communities)
    if labels.shape != (n,) or not (np.issubdtype(labels.dtype, np.integer) or n == 0) or (labels < 0).any():
        raise GraphError(f"communities must be {n} integers from 0 on")
    labels = np.unique(labels, return_inverse=True)[1]
    weights = checked_weights(graph) if weighted else np.ones(len(graph.indices))
    ends = graph.sources()
    sources, targets = labels[ends], labels[graph.indices]
    if not graph.directed:  # a loop stands once in the arrays, and has two ends
        weights = np.where(ends == graph.indices, 2 * weights, weights)
    total = weights.sum()
    if not total:
        return 0.0
    leave, enter = np.bincount(sources, weights, n), np.bincount(targets, weights, n)
    within = weights[sources == targets].sum()
    return float(within / total - _resolution(resolution) * (leave / total) @ (enter / total))


def _resolution(resolution: float) -> float:
    if not 0 <= resolution < math.inf:
        raise GraphError(f"resolution is {resolution}; expected a finite number from 0 on")
    return resolution
