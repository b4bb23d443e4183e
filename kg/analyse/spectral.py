"""Measures that are solutions of linear equations over a `Csr`: eigenvector centrality, HITS and Katz centrality.

All iterate until the residual is as small as is asked for, and raise ConvergenceError where it is not after `max_steps`.
Loops count once. All use one thread, whatever `threads` says, raise GraphError, which names the position, where the
arrays are no graph, and are stopped by Ctrl-C. `weighted`: by `Csr.weights`, none of which may be negative.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kg.analyse.csr import Csr
from kg.analyse.kernel import checked_threads, checked_weights, run
from kg.errors import ConvergenceError, GraphError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["eigenvector_centrality", "hits", "katz_alpha", "katz_centrality"]


def eigenvector_centrality(
    graph: Csr,
    *,
    weighted: bool = False,
    start: ArrayLike | None = None,
    tolerance: float = 1e-10,
    max_steps: int = 1000,
    threads: int = 0,
) -> NDArray[np.float64]:
    """Eigenvector centrality: each value is proportional to the sum over the nodes with an edge to it; shape (n,).

    None is negative, their squares sum to 1. x has a residual |A'x - kx| of at most tolerance * k, k being the largest
    eigenvalue of the adjacency matrix A.  start: where the iteration begins, not negative, shape (n,); None: alike for
    all. Only what it reaches gets a value, and where parts of the graph have the same largest eigenvalue, their values
    keep the proportion in which they start. O(m) a step: optimal conjugate gradients where edges have no direction,
    else multiplication by A' plus the mean weight of an edge.
    References: Bonacich, 1972, doi:10.1080/0022250X.1972.9989806; Knyazev, 2001, doi:10.1137/S1064827500366124.

    >>> from kg.analyse import csr_from_edges
    >>> eigenvector_centrality(csr_from_edges([0, 1, 2, 2], [1, 2, 0, 3], 4)).round(4).tolist()
    [0.5227, 0.5227, 0.6116, 0.2818]
    """
    options = _weights(graph, weighted), _start(start, len(graph)), *_limit(tolerance, max_steps, threads)
    return _converged("eigenvector centrality", run("eigenvector", graph, *options), tolerance, max_steps)


def hits(
    graph: Csr,
    *,
    weighted: bool = False,
    start: ArrayLike | None = None,
    normalized: bool = True,
    tolerance: float = 1e-10,
    max_steps: int = 1000,
    threads: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hubs, which point to good authorities, and authorities, which good hubs point to; two of shape (n,).

    normalized: each sums to 1 (0 where there are no edges); else the squares of the authorities do, and hubs are the sums
    of theirs. The residual |A'Aa - ka| of the authorities a of length 1 is at most tolerance * k, k being the largest
    eigenvalue of A'A.  start: as in `eigenvector_centrality`, for the authorities. O(m) a step.
    References: Kleinberg, "Authoritative sources in a hyperlinked environment", 1999, doi:10.1145/324133.324140.

    >>> from kg.analyse import csr_from_edges
    >>> hubs, authorities = hits(csr_from_edges([0, 1], [2, 2], 3, directed=True))
    >>> hubs.round(6).tolist(), authorities.round(6).tolist()
    ([0.5, 0.5, 0.0], [0.0, 0.0, 1.0])
    """
    weights = _weights(graph, weighted)
    options = weights, _start(start, len(graph)), *_limit(tolerance, max_steps, threads)
    authorities = _converged("HITS", run("authorities", graph, *options), tolerance, max_steps)
    hubs = run("hubs", graph, weights, authorities)
    if not hubs.any():  # no edges
        return hubs, np.zeros_like(authorities)
    return (hubs / hubs.sum(), authorities / authorities.sum()) if normalized else (hubs, authorities)


def katz_centrality(
    graph: Csr,
    *,
    alpha: float | None = None,
    beta: float | ArrayLike = 1.0,
    weighted: bool = False,
    normalized: bool = True,
    tolerance: float = 1e-10,
    max_steps: int = 1000,
    threads: int = 0,
) -> NDArray[np.float64]:
    """Katz centrality: the walks of any length that end at each node, each step of them counting alpha; shape (n,).

    alpha: None: that of `katz_alpha`.  beta: what each node starts with, a number or shape (n,).  normalized: the squares sum to 1; the solution of
    x = alpha A'x + beta else. Its residual is at most tolerance * |x|. Raises ConvergenceError where alpha is not below
    the inverse of the largest eigenvalue of the adjacency matrix A: then the walks have no sum. O(m) a step: conjugate
    gradients where edges have no direction, else Gauss-Seidel.
    References: Katz, "A new status index derived from sociometric analysis", 1953, doi:10.1007/BF02289026.

    >>> from kg.analyse import csr_from_edges
    >>> katz_centrality(csr_from_edges([0, 1], [1, 2], 3), alpha=0.5, normalized=False).round(6).tolist()
    [3.0, 4.0, 3.0]
    """
    if alpha is None:
        alpha = katz_alpha(graph, weighted=weighted)
    if not 0 <= alpha < math.inf:
        raise GraphError(f"alpha is {alpha}; expected a finite number from 0 on")
    shares = np.asarray(beta, dtype=np.float64)
    if shares.shape not in ((), (len(graph),)) or not np.isfinite(shares).all():
        raise GraphError(f"beta must be a finite number, or {len(graph)} of them")
    shares = np.broadcast_to(shares, len(graph)).copy()
    options = _weights(graph, weighted), alpha, shares, *_limit(tolerance, max_steps, threads)
    found = run("katz", graph, *options)
    if isinstance(found, float) and found == math.inf:
        raise ConvergenceError(
            f"Katz centrality has no value for alpha {alpha:g}; expected less than the inverse of the largest eigenvalue"
        )
    values = _converged("Katz centrality", found, tolerance, max_steps)
    return values / (np.linalg.norm(values) or 1) if normalized else values


def katz_alpha(graph: Csr, *, weighted: bool = False) -> float:
    """The alpha that `katz_centrality` takes if none is said: .85 by the largest singular value of the adjacency matrix.

    No eigenvalue is larger than that, so that there is a value for every node; where edges have no direction, the largest
    one is the same.

    >>> from kg.analyse import csr_from_edges
    >>> round(katz_alpha(csr_from_edges([0, 0, 0, 0], [1, 2, 3, 4], 5)), 3)
    0.425
    """
    hubs, _ = hits(graph, weighted=weighted, normalized=False, tolerance=1e-3)
    return 0.85 / float(np.linalg.norm(hubs) or 1)


def _weights(graph: Csr, weighted: bool) -> NDArray[np.float64] | None:
    return checked_weights(graph) if weighted else None


def _limit(tolerance: float, max_steps: int, threads: int) -> tuple[float, int]:
    checked_threads(threads)
    if not 0 <= tolerance < math.inf:
        raise GraphError(f"tolerance is {tolerance}; expected a finite number from 0 on")
    if not 0 <= max_steps < 2**32:
        raise GraphError(f"max_steps is {max_steps}; expected 0 to below 2^32")
    return tolerance, max_steps


def _start(start: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """Where an iteration begins; raises GraphError where it could not."""
    if start is None:
        return np.ones(n)
    values = np.asarray(start, dtype=np.float64)
    if values.shape != (n,) or not np.isfinite(values).all() or (values < 0).any() or (n and not values.any()):
        raise GraphError(f"start must be {n} finite values, none negative and one at least positive")
    return values / values.max(initial=0)


def _converged(
    measure: str, found: NDArray[np.float64] | float, tolerance: float, max_steps: int
) -> NDArray[np.float64]:
    if isinstance(found, float):
        raise ConvergenceError(
            f"{measure}: the residual was {found:.3g} after {max_steps} steps, expected {tolerance:.3g} at most; "
            "raise max_steps or tolerance"
        )
    return found
