"""Measures of the graph, computed by the compiled core `kg._core`.

Names are loaded when they are first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.analyse.csr import Csr, csr_from_edges, project_shared_papers, whole_graph
    from kg.analyse.measures import betweenness, closeness, degree, harmonic, pagerank
    from kg.analyse.rank import RANKED, Ranked, centrality
    from kg.analyse.spectral import eigenvector_centrality, hits, katz_centrality
    from kg.analyse.structure import (
        articulation_points,
        average_clustering,
        biconnected_components,
        clustering,
        connected_components,
        core_number,
        strongly_connected_components,
        transitivity,
        triangles,
    )
    from kg.analyse.table import MEASURES, Measure

__all__ = [
    "MEASURES",
    "RANKED",
    "Csr",
    "Measure",
    "Ranked",
    "articulation_points",
    "average_clustering",
    "betweenness",
    "biconnected_components",
    "centrality",
    "closeness",
    "clustering",
    "connected_components",
    "core_number",
    "csr_from_edges",
    "degree",
    "eigenvector_centrality",
    "harmonic",
    "hits",
    "katz_centrality",
    "pagerank",
    "project_shared_papers",
    "strongly_connected_components",
    "transitivity",
    "triangles",
    "whole_graph",
]

_HOME = {
    "csr": ("Csr", "csr_from_edges", "project_shared_papers", "whole_graph"),
    "measures": ("betweenness", "closeness", "degree", "harmonic", "pagerank"),
    "rank": ("RANKED", "Ranked", "centrality"),
    "spectral": ("eigenvector_centrality", "hits", "katz_centrality"),
    "structure": (
        "articulation_points",
        "average_clustering",
        "biconnected_components",
        "clustering",
        "connected_components",
        "core_number",
        "strongly_connected_components",
        "transitivity",
        "triangles",
    ),
    "table": ("MEASURES", "Measure"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"kg.analyse.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
