"""The backend as NetworkX sees it: its functions, the conversion, and what is refused with the reason.

What is refused here runs in NetworkX where the backend was only preferred, and is an error where it was asked for.
"""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from kg.analyse.networkx_backend import centrality, distances, structure
from kg.analyse.networkx_backend.centrality import *  # noqa: F403 - NetworkX looks for each function here
from kg.analyse.networkx_backend.distances import *  # noqa: F403
from kg.analyse.networkx_backend.graph import CoreGraph, convert
from kg.analyse.networkx_backend.structure import *  # noqa: F403

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["can_run", "convert_from_nx", "convert_to_nx", "should_run"]

REFUSED = {
    "betweenness_centrality": {
        "k": "betweenness is exact; leave k out",
        "endpoints": "paths are counted without their ends",
    },
    "edge_betweenness_centrality": {
        "k": "betweenness is exact; leave k out",
        "weight": "edges are of length 1; leave weight out",
    },
    **{name: {"e": "it is computed"} for name in ("center", "diameter", "periphery", "radius")},
    "eccentricity": {"sp": "the distances are computed"},
    "harmonic_centrality": {"sources": "all nodes are sources"},
    "pagerank": {"nstart": "the start changes nothing", "dangling": "a node without out-edges jumps like all"},
    "hits": {"nstart": "the start changes nothing"},
    "katz_centrality": {"nstart": "the start changes nothing"},
    "leiden_communities": {"max_level": "it ends where nothing is gained"},
}
"""Arguments that have to keep their defaults, and why."""

PARALLEL = frozenset(
    "average_clustering clustering degree_centrality edge_betweenness_centrality hits in_degree_centrality out_degree_centrality pagerank"
    " transitivity".split()
)
"""Functions in which parallel edges count, or which NetworkX itself refuses to multigraphs."""

UNDIRECTED = frozenset({"transitivity"})
"""Functions that NetworkX refuses to directed graphs only while they run."""

SINGLE = {"closeness_centrality": "u", "eccentricity": "v", "harmonic_centrality": "nbunch"}
"""Arguments that ask for the values of some nodes, which NetworkX computes alone."""


def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
    """True where the core computes what is asked for, else the reason why not."""
    try:
        given = _bound(name, args, kwargs)
    except TypeError as error:
        return str(error)
    graph = given["G"]
    for argument, reason in REFUSED.get(name, {}).items():
        if given[argument] is not None and given[argument] is not False:
            return f"{argument} is not supported: {reason}"
    weight = given.get("weight", given.get("distance"))
    if callable(weight):
        return "a function as weight is not supported: give the name of an edge attribute"
    if graph.is_multigraph() and (weight is not None or name in PARALLEL):
        return "parallel edges are not supported: make a simple graph"
    if graph.is_directed() and name in UNDIRECTED:
        return "directed graphs are not supported"
    return True


def should_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
    """False, with the reason, where NetworkX is the faster of the two."""
    argument = SINGLE.get(name)
    if argument is not None and _bound(name, args, kwargs)[argument] is not None:
        return "the core computes the values of all nodes together"
    return True


def _bound(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    home = next(module for module in (centrality, distances, structure) if name in module.__all__)
    bound = signature(getattr(home, name)).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def convert_from_nx(
    graph: nx.Graph,
    *,
    edge_attrs: dict[str, Any] | None = None,
    node_attrs: dict[str, Any] | None = None,
    preserve_edge_attrs: bool = False,
    preserve_node_attrs: bool = False,
    preserve_graph_attrs: bool = False,
    name: str | None = None,
    graph_name: str | None = None,
) -> CoreGraph:
    """A NetworkX graph as arrays, with the one edge attribute that the function asks for."""
    if isinstance(graph, CoreGraph):
        return graph
    if edge_attrs:
        ((attribute, default),) = edge_attrs.items()
        return convert(graph, attribute, default)
    return convert(graph)


def convert_to_nx(obj: Any, *, name: str | None = None) -> Any:
    """A converted graph as one of NetworkX; everything else as it is."""
    return obj.to_networkx() if isinstance(obj, CoreGraph) else obj
