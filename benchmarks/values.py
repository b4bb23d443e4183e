"""How far the values of two libraries are from each other, and how good those are that have no single right answer."""

from __future__ import annotations

from typing import Any

import numpy as np

ALPHA = 0.85
NEAR_ZERO = 1e-15
"""Differences up to this are none; betweenness is taken as a share of the pairs of nodes."""


def check(measure: str, values: dict[str, np.ndarray], n: int, edges: np.ndarray) -> dict[str, dict[str, Any]]:
    """For each library: `residual`, `modularity`, or the `difference` from the first library."""
    if measure in ("pagerank", "eigenvector"):
        residual = pagerank_residual if measure == "pagerank" else eigenvector_residual
        return {library: {"residual": residual(x, edges)} for library, x in values.items()}
    if measure == "leiden":
        return {library: {"modularity": modularity(x, edges)} for library, x in values.items()}
    if measure == "components":
        values = {library: first_members(x) for library, x in values.items()}
    scale = (n - 1) * (n - 2) / 2 if measure == "betweenness" else 1
    first = next(iter(values.values()), None)
    return {library: {"difference": difference(x / scale, first / scale)} for library, x in values.items()}


def difference(values: np.ndarray, reference: np.ndarray) -> float:
    """The largest relative difference, of values that differ by more than NEAR_ZERO."""
    apart = np.abs(values - reference)
    apart[apart <= NEAR_ZERO] = 0
    return float(np.max(apart / np.maximum(np.abs(reference), NEAR_ZERO), initial=0))


def times_adjacency(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    u, v = edges.T
    return np.bincount(u, x[v], len(x)) + np.bincount(v, x[u], len(x))


def pagerank_residual(x: np.ndarray, edges: np.ndarray) -> float:
    """The sum of absolute changes that one more step of the walk would make."""
    degree = np.bincount(edges.ravel(), minlength=len(x))
    stuck = x[degree == 0].sum()
    step = ALPHA * (times_adjacency(x / np.maximum(degree, 1), edges) + stuck / len(x)) + (1 - ALPHA) / len(x)
    return float(np.abs(step - x).sum())


def eigenvector_residual(x: np.ndarray, edges: np.ndarray) -> float:
    """The length of A x - a x as a share of a, for x of length 1 and the a that makes it smallest."""
    x = np.abs(x) / np.linalg.norm(x)
    product = times_adjacency(x, edges)
    value = x @ product
    return float(np.linalg.norm(product - value * x) / value)


def first_members(part_of: np.ndarray) -> np.ndarray:
    """A division into parts, each named by its first node."""
    _, first, part = np.unique(part_of, return_index=True, return_inverse=True)
    return first[part]


def modularity(part_of: np.ndarray, edges: np.ndarray) -> float:
    """Newman and Girvan, doi:10.1103/PhysRevE.69.026113."""
    part = first_members(part_of)
    inside = np.mean(part[edges[:, 0]] == part[edges[:, 1]])
    shares = np.bincount(part[edges.ravel()]) / edges.size
    return float(inside - shares @ shares)
