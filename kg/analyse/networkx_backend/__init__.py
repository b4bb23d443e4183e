"""The compiled core as a backend of NetworkX: `nx.betweenness_centrality(G, backend="kg")`.

NetworkX finds it by entry points: `info` tells what there is, `dispatch` holds the functions. A graph is converted once
and kept with the NetworkX graph until that changes (NetworkX says when it uses what it kept:
`nx.config.warnings_to_ignore.add("cache")` silences it).

This module imports nothing, because NetworkX calls `info` while it is imported itself.
"""

from __future__ import annotations

from typing import Any

__all__ = ["FUNCTIONS", "info"]

FUNCTIONS = (
    "articulation_points",
    "average_clustering",
    "betweenness_centrality",
    "biconnected_component_edges",
    "biconnected_components",
    "center",
    "closeness_centrality",
    "clustering",
    "connected_components",
    "core_number",
    "degree_centrality",
    "diameter",
    "eccentricity",
    "edge_betweenness_centrality",
    "eigenvector_centrality",
    "harmonic_centrality",
    "hits",
    "in_degree_centrality",
    "is_biconnected",
    "is_connected",
    "is_strongly_connected",
    "is_weakly_connected",
    "katz_centrality",
    "leiden_communities",
    "node_connected_component",
    "number_connected_components",
    "number_strongly_connected_components",
    "number_weakly_connected_components",
    "out_degree_centrality",
    "pagerank",
    "periphery",
    "radius",
    "strongly_connected_components",
    "transitivity",
    "triangles",
    "weakly_connected_components",
)
"""The functions of NetworkX that the core computes."""


def info() -> dict[str, Any]:
    """What NetworkX asks of a backend before it loads it."""
    return {
        "backend_name": "kg",
        "project": "kg",
        "package": "kg",
        "short_summary": "Exact centrality, distances, components, communities, cores and clustering in a compiled core.",
        "functions": {name: {} for name in FUNCTIONS},
    }
