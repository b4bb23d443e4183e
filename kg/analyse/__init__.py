"""Measures of the graph, computed by the compiled core `kg._core`.

Names are loaded when they are first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.analyse.csr import Csr, csr_from_edges, project_shared_papers, whole_graph
    from kg.analyse.measures import betweenness, closeness, degree, harmonic, pagerank
    from kg.analyse.rank import Ranked, centrality
    from kg.analyse.table import MEASURES, Measure

__all__ = [
    "MEASURES",
    "Csr",
    "Measure",
    "Ranked",
    "betweenness",
    "centrality",
    "closeness",
    "csr_from_edges",
    "degree",
    "harmonic",
    "pagerank",
    "project_shared_papers",
    "whole_graph",
]

_HOME = {
    "csr": ("Csr", "csr_from_edges", "project_shared_papers", "whole_graph"),
    "measures": ("betweenness", "closeness", "degree", "harmonic", "pagerank"),
    "rank": ("Ranked", "centrality"),
    "table": ("MEASURES", "Measure"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"kg.analyse.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
