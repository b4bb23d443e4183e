"""Measures of the graph, computed by the compiled core `kg._core`.

Names are loaded when they are first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.analyse.communities import leiden, modularity
    from kg.analyse.csr import Csr, csr_from_edges
    from kg.analyse.distance import Distances, closeness, distance_histogram, distances, eccentricity, harmonic
    from kg.analyse.measures import betweenness, degree, in_degree, out_degree, pagerank
    from kg.analyse.paths import betweenness_within, edge_betweenness, sampled_betweenness
    from kg.analyse.projection import JOINS, Period, Projection, project
    from kg.analyse.rank import Measured, Ranked, centrality, measure_nodes
    from kg.analyse.spectral import eigenvector_centrality, hits, katz_alpha, katz_centrality
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
    from kg.analyse.table import MEASURES, RANKED, Measure
    from kg.analyse.trend import Trend, Trends, trends

__all__ = [
    "JOINS",
    "MEASURES",
    "RANKED",
    "Csr",
    "Distances",
    "Measure",
    "Measured",
    "Period",
    "Projection",
    "Ranked",
    "Trend",
    "Trends",
    "articulation_points",
    "average_clustering",
    "betweenness",
    "betweenness_within",
    "biconnected_components",
    "centrality",
    "closeness",
    "clustering",
    "connected_components",
    "core_number",
    "csr_from_edges",
    "degree",
    "distance_histogram",
    "distances",
    "eccentricity",
    "edge_betweenness",
    "eigenvector_centrality",
    "harmonic",
    "hits",
    "in_degree",
    "katz_alpha",
    "katz_centrality",
    "leiden",
    "measure_nodes",
    "modularity",
    "out_degree",
    "pagerank",
    "project",
    "sampled_betweenness",
    "strongly_connected_components",
    "transitivity",
    "trends",
    "triangles",
]

_HOME = {
    "communities": ("leiden", "modularity"),
    "csr": ("Csr", "csr_from_edges"),
    "distance": ("Distances", "closeness", "distance_histogram", "distances", "eccentricity", "harmonic"),
    "measures": ("betweenness", "degree", "in_degree", "out_degree", "pagerank"),
    "paths": ("betweenness_within", "edge_betweenness", "sampled_betweenness"),
    "projection": ("JOINS", "Period", "Projection", "project"),
    "rank": ("Measured", "Ranked", "centrality", "measure_nodes"),
    "spectral": ("eigenvector_centrality", "hits", "katz_alpha", "katz_centrality"),
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
    "table": ("MEASURES", "RANKED", "Measure"),
    "trend": ("Trend", "Trends", "trends"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"kg.analyse.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
