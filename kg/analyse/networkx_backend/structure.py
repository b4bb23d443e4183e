"""Components, communities, cores and triangles, with the signatures, the values and the errors of NetworkX."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kg import analyse
from kg.analyse.networkx_backend.centrality import computed, of_nodes, weighted
from kg.analyse.networkx_backend.graph import CoreGraph

__all__ = [
    "articulation_points",
    "average_clustering",
    "biconnected_component_edges",
    "biconnected_components",
    "clustering",
    "connected_components",
    "core_number",
    "is_biconnected",
    "is_connected",
    "is_strongly_connected",
    "is_weakly_connected",
    "leiden_communities",
    "node_connected_component",
    "number_connected_components",
    "number_strongly_connected_components",
    "number_weakly_connected_components",
    "strongly_connected_components",
    "transitivity",
    "triangles",
    "weakly_connected_components",
]

Components = Iterator[set[Hashable]]


def connected_components(G: CoreGraph) -> Components:
    for part in _parts(analyse.connected_components(G.csr)):
        yield {G.nodes[place] for place in part}


def number_connected_components(G: CoreGraph) -> int:
    return int(analyse.connected_components(G.csr).max(initial=-1)) + 1


def is_connected(G: CoreGraph) -> bool:
    _check_not_null(G)
    return number_connected_components(G) == 1


def node_connected_component(G: CoreGraph, n: Hashable) -> set[Hashable]:
    labels = analyse.connected_components(G.csr)
    return {G.nodes[place] for place in np.flatnonzero(labels == labels[G.places[n]]).tolist()}


weakly_connected_components = connected_components
number_weakly_connected_components = number_connected_components
is_weakly_connected = is_connected


def strongly_connected_components(G: CoreGraph) -> Components:
    for part in _parts(analyse.strongly_connected_components(G.csr)):
        yield {G.nodes[place] for place in part}


def number_strongly_connected_components(G: CoreGraph) -> int:
    return int(analyse.strongly_connected_components(G.csr).max(initial=-1)) + 1


def is_strongly_connected(G: CoreGraph) -> bool:
    _check_not_null(G)
    return number_strongly_connected_components(G) == 1


def _check_not_null(G: CoreGraph) -> None:
    if not len(G):
        raise nx.NetworkXPointlessConcept("Connectivity is undefined for the null graph.")


def _parts(labels: NDArray[np.int64]) -> list[list[int]]:
    """The positions of each label, from the first label on; -1 is none."""
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels + 1)
    return [part.tolist() for part in np.split(order, np.cumsum(sizes)[:-1])[1:]]


def biconnected_components(G: CoreGraph) -> Components:
    for part in _parts(analyse.biconnected_components(G.csr)):
        yield {G.nodes[place] for place in G.sources[part].tolist()}


def biconnected_component_edges(G: CoreGraph) -> Iterator[list[tuple[Hashable, Hashable]]]:
    if _has_loops(G):
        raise NotImplementedError("loops belong to no biconnected component here; NetworkX lists some of them")
    return _component_edges(G)


def _component_edges(G: CoreGraph) -> Iterator[list[tuple[Hashable, Hashable]]]:
    for part in _parts(analyse.biconnected_components(G.csr)):
        ends = zip(G.sources[part].tolist(), G.csr.indices[part].tolist(), strict=True)
        yield [(G.nodes[u], G.nodes[v]) for u, v in ends if u < v]


def articulation_points(G: CoreGraph) -> Iterator[Hashable]:
    for place in np.flatnonzero(analyse.articulation_points(G.csr)).tolist():
        yield G.nodes[place]


def is_biconnected(G: CoreGraph) -> bool:
    parts = list(biconnected_components(G))
    return len(parts) == 1 and len(parts[0]) == len(G)


def leiden_communities(
    G: CoreGraph, weight: Any = "weight", resolution: float = 1, max_level: Any = None, seed: Any = None
) -> list[set[Hashable]]:
    # NetworkX has made a generator of random numbers of the seed.
    options = {"resolution": resolution, "seed": seed.getrandbits(64)} | weighted(G, weight)
    return [{G.nodes[place] for place in part} for part in _parts(computed(analyse.leiden, G.csr, **options))]


def core_number(G: CoreGraph) -> dict[Hashable, int]:
    if _has_loops(G):
        raise nx.NetworkXNotImplemented(
            "Input graph has self loops which is not permitted; "
            "Consider using G.remove_edges_from(nx.selfloop_edges(G))."
        )
    return G.named(analyse.core_number(G.csr))


def _has_loops(G: CoreGraph) -> bool:
    return bool((G.sources == G.csr.indices).any())


def triangles(G: CoreGraph, nodes: Any = None) -> Any:
    return of_nodes(G, analyse.triangles(G.csr), nodes)


def clustering(G: CoreGraph, nodes: Any = None, weight: Any = None) -> Any:
    return of_nodes(G, computed(analyse.clustering, G.csr, **weighted(G, weight)), nodes)


def average_clustering(G: CoreGraph, nodes: Any = None, weight: Any = None, count_zeros: bool = True) -> float:
    values = [value for value in clustering(G, nodes, weight).values() if count_zeros or value != 0]
    return sum(values) / len(values)


def transitivity(G: CoreGraph) -> float:
    return analyse.transitivity(G.csr)
