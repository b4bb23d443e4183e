"""Centrality, with the signatures, the values and the errors of NetworkX; what they mean is said there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import networkx as nx
import numpy as np

from kg import analyse
from kg.analyse.networkx_backend.graph import CoreGraph
from kg.errors import ConvergenceError, GraphError

__all__ = [
    "betweenness_centrality",
    "closeness_centrality",
    "degree_centrality",
    "edge_betweenness_centrality",
    "eigenvector_centrality",
    "harmonic_centrality",
    "hits",
    "in_degree_centrality",
    "katz_centrality",
    "out_degree_centrality",
    "pagerank",
]

Values = dict[Hashable, float]

CLOSER = 1e-3
"""What the tolerance of an iteration is multiplied by: NetworkX's end closer to the solution than theirs says."""


def degree_centrality(G: CoreGraph) -> Values:
    loops = G.csr.indices[G.sources == G.csr.indices]
    into = G.csr.indices if G.is_directed() else loops
    return _shares(G, np.diff(G.csr.indptr) + np.bincount(into, minlength=len(G)))


def in_degree_centrality(G: CoreGraph) -> Values:
    return _shares(G, np.bincount(G.csr.indices, minlength=len(G)))


def out_degree_centrality(G: CoreGraph) -> Values:
    return _shares(G, np.diff(G.csr.indptr))


def _shares(G: CoreGraph, counts: Any) -> Values:
    return G.named(counts * (1 / (len(G) - 1))) if len(G) > 1 else dict.fromkeys(G, 1)


def betweenness_centrality(
    G: CoreGraph, k: Any = None, normalized: bool = True, weight: Any = None, endpoints: bool = False, seed: Any = None
) -> Values:
    values, n = computed(analyse.betweenness, G.csr, normalized=False, **weighted(G, weight)), len(G)
    if normalized and n > 2:  # scaled as NetworkX does it, to the last bit
        values *= (1 if G.is_directed() else 2) * (1 / ((n - 1) * (n - 2)))
    return G.named(values)


def edge_betweenness_centrality(
    G: CoreGraph, k: Any = None, normalized: bool = True, weight: Any = None, seed: Any = None
) -> dict[tuple[Hashable, Hashable], float]:
    values = computed(analyse.edge_betweenness, G.csr, normalized=normalized)
    edges = zip(G.sources.tolist(), G.csr.indices.tolist(), values.tolist(), strict=True)
    return {(G.nodes[u], G.nodes[v]): value for u, v, value in edges if G.is_directed() or u <= v}


def closeness_centrality(G: CoreGraph, u: Any = None, distance: Any = None, wf_improved: bool = True) -> Any:
    if u is not None and u not in G:
        raise nx.NodeNotFound(f"Source {u} is not in G")
    values = computed(analyse.closeness, G.csr, wf_improved=wf_improved, **weighted(G, distance))
    return G.named(values) if u is None else values[G.places[u]].item()


def harmonic_centrality(G: CoreGraph, nbunch: Any = None, distance: Any = None, sources: Any = None) -> Values:
    values = G.named(computed(analyse.harmonic, G.csr, **weighted(G, distance)))
    return values if nbunch is None else {node: values[node] for node in set(nodes_in(G, nbunch))}


def pagerank(
    G: CoreGraph,
    alpha: float = 0.85,
    personalization: Any = None,
    max_iter: int = 100,
    tol: float = 1e-06,
    nstart: Any = None,
    weight: Any = "weight",
    dangling: Any = None,
) -> Values:
    if not len(G):
        return {}
    jump = None if personalization is None else G.filled(personalization, 0)
    if jump is not None and jump.sum() == 0:
        raise ZeroDivisionError
    options = {"alpha": alpha, "personalization": jump, "tolerance": tol, "max_steps": max_iter} | weighted(G, weight)
    return G.named(converged(max_iter, analyse.pagerank, G.csr, **options))


def eigenvector_centrality(
    G: CoreGraph, max_iter: int = 100, tol: float = 1e-06, nstart: Any = None, weight: Any = None
) -> Values:
    if not len(G):
        raise nx.NetworkXPointlessConcept("cannot compute centrality for the null graph")
    start = None if nstart is None else G.filled(nstart, 0)
    if start is not None and not start.any():
        raise nx.NetworkXError("initial vector cannot have all zero values")
    options = {"start": start, "tolerance": tol * CLOSER, "max_steps": max_iter} | weighted(G, weight)
    return G.named(converged(max_iter, analyse.eigenvector_centrality, G.csr, **options))


def hits(
    G: CoreGraph, max_iter: int = 100, tol: float = 1e-08, nstart: Any = None, normalized: bool = True
) -> tuple[Values, Values]:
    if not len(G):
        return {}, {}
    options = {"normalized": normalized, "tolerance": tol * CLOSER, "max_steps": max_iter} | weighted(G, "weight")
    hubs, authorities = converged(max_iter, analyse.hits, G.csr, **options)
    return G.named(hubs), G.named(authorities)


def katz_centrality(
    G: CoreGraph,
    alpha: float = 0.1,
    beta: Any = 1.0,
    max_iter: int = 1000,
    tol: float = 1e-06,
    nstart: Any = None,
    normalized: bool = True,
    weight: Any = None,
) -> Values:
    if not len(G):
        return {}
    try:
        start = np.full(len(G), float(beta))
    except (TypeError, ValueError) as error:
        if set(beta) != set(G):
            raise nx.NetworkXError("beta dictionary must have a value for every node") from error
        start = G.filled(beta, 0)
    options = {"alpha": alpha, "beta": start, "normalized": normalized} | weighted(G, weight)
    limit = {"tolerance": tol * CLOSER, "max_steps": max_iter}
    return G.named(converged(max_iter, analyse.katz_centrality, G.csr, **options, **limit))


def weighted(G: CoreGraph, attribute: str | None) -> dict[str, bool]:
    """The option of a measure that takes weights, where some are asked for and not all are 1.

    Where none are asked for the graph may have weights nonetheless: NetworkX keeps conversions, and takes one that holds
    more than is needed.
    """
    return {} if attribute is None or G.csr.weights is None else {"weighted": True}


def converged(max_iter: int, measure: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What an iteration returns; raises NetworkX's error where it does not end."""
    if max_iter <= 0:
        raise nx.PowerIterationFailedConvergence(max_iter)
    try:
        return computed(measure, *args, **options)
    except ConvergenceError as error:
        raise nx.PowerIterationFailedConvergence(max_iter) from error


def computed(measure: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What a measure returns; what the core refuses, as weights below 0, NetworkX may try itself."""
    try:
        return measure(*args, **options)
    except ConvergenceError:
        raise
    except GraphError as error:
        raise NotImplementedError(str(error)) from error


def nodes_in(G: CoreGraph, nbunch: Any) -> Iterable[Hashable]:
    """The nodes of a node or of several, as `Graph.nbunch_iter` gives them: what is no node is passed over."""
    if _is_node(G, nbunch):
        return [nbunch]
    try:
        return [node for node in nbunch if node in G]
    except TypeError as error:
        raise nx.NetworkXError("nbunch is not a node or a sequence of nodes.") from error


def _is_node(G: CoreGraph, node: Any) -> bool:
    try:
        return node in G
    except TypeError:
        return False


def of_nodes(G: CoreGraph, values: Any, nodes: Any) -> Any:
    """The values, shape (n,), of the nodes asked for: one value for one node, else a dictionary."""
    found = G.named(values)
    if nodes is None:
        return found
    return found[nodes] if _is_node(G, nodes) else {node: found[node] for node in nodes_in(G, nodes)}
