"""Distances to the farthest node, with the signatures, the values and the errors of NetworkX."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import networkx as nx

from kg import analyse
from kg.analyse.networkx_backend.centrality import computed, of_nodes, weighted
from kg.analyse.networkx_backend.graph import CoreGraph
from kg.analyse.networkx_backend.structure import number_strongly_connected_components

__all__ = ["center", "diameter", "eccentricity", "periphery", "radius"]


def eccentricity(G: CoreGraph, v: Any = None, sp: Any = None, weight: Any = None) -> Any:
    if number_strongly_connected_components(G) > 1:
        if v is not None and G.is_directed():
            raise NotImplementedError("nodes of a digraph that is not strongly connected are left to NetworkX")
        what = "digraph is not strongly connected" if G.is_directed() else "graph is not connected"
        raise nx.NetworkXError(f"Found infinite path length because the {what}")
    return of_nodes(G, computed(analyse.eccentricity, G.csr, **weighted(G, weight)), v)


def diameter(G: CoreGraph, e: Any = None, usebounds: bool = False, weight: Any = None) -> int:
    return max(eccentricity(G, weight=weight).values())


def radius(G: CoreGraph, e: Any = None, usebounds: bool = False, weight: Any = None) -> int:
    return min(eccentricity(G, weight=weight).values())


def periphery(G: CoreGraph, e: Any = None, usebounds: bool = False, weight: Any = None) -> list[Hashable]:
    return _nodes_at(G, max, weight)


def center(G: CoreGraph, e: Any = None, usebounds: bool = False, weight: Any = None) -> list[Hashable]:
    return _nodes_at(G, min, weight)


def _nodes_at(G: CoreGraph, extreme: Any, weight: Any) -> list[Hashable]:
    found = eccentricity(G, weight=weight)
    wanted = extreme(found.values())
    return [node for node, value in found.items() if value == wanted]
