"""Graphs as arrays: compressed sparse rows made from edge lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kg.errors import GraphError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Csr", "csr_from_edges"]

MOST_NODES = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Csr:
    """A simple graph of n nodes in compressed sparse rows; `len` is n.

    indptr: int64, shape (n + 1,).  indices: uint32, shape (m,): the out-neighbours of v are
    indices[indptr[v]:indptr[v + 1]], rising.  An undirected graph holds each edge in both directions, a loop once.
    weights: float64, shape (m,), one an index, or None; measures look at them only where they are called with
    `weighted`, and say whether they take them for lengths or for strengths.
    The measures check all this before they compute; that there are no more than MOST_NODES is checked here, so that
    nobody makes an array for them.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.uint32]
    directed: bool = False
    weights: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if len(self) > MOST_NODES:
            raise GraphError(f"{len(self)} nodes; expected less than 2^31")

    def __len__(self) -> int:
        return max(0, np.size(self.indptr) - 1)

    def sources(self) -> NDArray[np.int64]:
        """The node at which each entry of `indices` starts; shape (m,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))


def csr_from_edges(
    sources: ArrayLike, targets: ArrayLike, n: int, *, directed: bool = False, weights: ArrayLike | None = None
) -> Csr:
    """The simple graph of an edge list: parallel edges become one, loops stay. O(n + m log m).

    sources, targets: integers from 0 to n - 1, shape (m,).  weights: numbers, shape (m,); those of parallel edges are
    added.  Raises GraphError where they are not.

    >>> csr_from_edges([0, 1, 1], [1, 2, 0], 3).indices.tolist()
    [1, 0, 2, 1]
    >>> csr_from_edges([0, 1, 1], [1, 2, 0], 3, weights=[1, 5, 2]).weights.tolist()
    [3.0, 3.0, 5.0, 5.0]
    """
    if not 0 <= n <= MOST_NODES:
        raise GraphError(f"n is {n}; expected 0 to {MOST_NODES} nodes")
    sources, targets = _ends("sources", sources, n), _ends("targets", targets, n)
    if sources.shape != targets.shape:
        raise GraphError(f"sources and targets have {len(sources)} and {len(targets)} values; expected as many")
    values = None if weights is None else _weights(weights, len(sources))
    if not directed:
        # Each edge is made from its lower end first, so that both directions get one sum of weights.
        sources, targets = np.minimum(sources, targets), np.maximum(sources, targets)
    edges, values = _distinct(sources * n + targets, values)
    if not directed:
        edges, values = _both_ways(edges, values, n)
    rows, indices = np.divmod(edges, max(n, 1))
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=indptr[1:])
    return Csr(indptr, indices.astype(np.uint32), directed, values)


def _distinct(
    edges: NDArray[np.int64], values: NDArray[np.float64] | None
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Edges, as source * n + target, each once and rising, and the sums of their values."""
    if values is None:
        edges = np.sort(edges)
        return edges[np.diff(edges, prepend=-1) != 0], None
    order = np.argsort(edges, kind="stable")
    edges = edges[order]
    first = np.flatnonzero(np.diff(edges, prepend=-1))
    return edges[first], np.add.reduceat(values[order], first)


def _both_ways(
    edges: NDArray[np.int64], values: NDArray[np.float64] | None, n: int
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Edges, as source * n + target, and their ways back, rising; a loop is its own."""
    sources, targets = np.divmod(edges, max(n, 1))
    back = np.flatnonzero(sources != targets)
    edges = np.concatenate([edges, targets[back] * n + sources[back]])
    if values is None:
        return np.sort(edges), None
    order = np.argsort(edges)
    return edges[order], np.concatenate([values, values[back]])[order]


def _weights(values: ArrayLike, m: int) -> NDArray[np.float64]:
    """Weights as float64, shape (m,); raises GraphError, naming the position, where one is not finite."""
    weights = np.asarray(values, dtype=np.float64)
    if weights.shape != (m,):
        raise GraphError(f"weights has shape {weights.shape}; expected one an edge, ({m},)")
    wrong = np.flatnonzero(~np.isfinite(weights))
    if len(wrong):
        raise GraphError(f"weights[{wrong[0]}] is {weights[wrong[0]]}; expected a finite number")
    return weights


def _ends(name: str, values: ArrayLike, n: int) -> NDArray[np.int64]:
    """Node numbers as int64, shape (m,); raises GraphError, naming the position, where one is not below n."""
    ends = np.asarray(values)
    if ends.ndim != 1 or not (np.issubdtype(ends.dtype, np.integer) or ends.size == 0):
        raise GraphError(f"{name} has shape {ends.shape} and type {ends.dtype}; expected integers in one dimension")
    wrong = np.flatnonzero((ends < 0) | (ends >= n))
    if len(wrong):
        raise GraphError(f"{name}[{wrong[0]}] is {ends[wrong[0]]}; expected a node from 0 to below {n}")
    return ends.astype(np.int64)
