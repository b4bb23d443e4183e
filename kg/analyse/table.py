"""The measures that give each node one value: the one table that the commands, the exports and the backend read.

It holds names only, so that to read it loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["MEASURES", "RANKED", "Measure"]


@dataclass(frozen=True)
class Measure:
    """A measure of nodes: what it is called, what it takes and what its values mean.

    function: its name in `kg.analyse`.  networkx: that of the same in NetworkX; "" where it has none.
    kind: "score" (float), "count" (integer), "group" (integer, the label of a part of the graph) or "flag" (bool).
    directed, undirected: the graphs it takes.  weights: what it takes `Csr.weights` for where it is called with `weighted`:
    "length", "strength", or "" where it is never called so.  iterates: it takes `tolerance` and `max_steps`, and may
    raise ConvergenceError.  part: which of the arrays that the function returns, None where it returns one.
    """

    function: str
    networkx: str = ""
    kind: str = "score"
    directed: bool = True
    undirected: bool = True
    weights: str = ""
    iterates: bool = False
    part: int | None = None

    def __call__(self, graph: Any, **options: Any) -> Any:
        """The value of each node, shape (n,); graph: a `Csr`, options: the `parameters` of the function."""
        values = self._resolved()(graph, **options)
        return values if self.part is None else values[self.part]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that the function takes besides the graph."""
        from inspect import signature

        return tuple(signature(self._resolved()).parameters)[1:]

    def _resolved(self) -> Callable[..., Any]:
        from kg import analyse

        return getattr(analyse, self.function)


MEASURES = {
    "degree": Measure("degree", "degree_centrality", weights="strength"),
    "in_degree": Measure("in_degree", "in_degree_centrality", undirected=False, weights="strength"),
    "out_degree": Measure("out_degree", "out_degree_centrality", undirected=False, weights="strength"),
    "pagerank": Measure("pagerank", "pagerank", weights="strength", iterates=True),
    "betweenness": Measure("betweenness", "betweenness_centrality", weights="length"),
    "closeness": Measure("closeness", "closeness_centrality", weights="length"),
    "harmonic": Measure("harmonic", "harmonic_centrality", weights="length"),
    "eccentricity": Measure("eccentricity", kind="count"),
    "eigenvector": Measure("eigenvector_centrality", "eigenvector_centrality", weights="strength", iterates=True),
    "hub": Measure("hits", "hits", weights="strength", iterates=True, part=0),
    "authority": Measure("hits", "hits", weights="strength", iterates=True, part=1),
    "katz": Measure("katz_centrality", "katz_centrality", weights="strength", iterates=True),
    "core_number": Measure("core_number", "core_number", kind="count"),
    "triangles": Measure("triangles", "triangles", kind="count", directed=False),
    "clustering": Measure("clustering", "clustering", weights="strength"),
    "component": Measure("connected_components", "connected_components", kind="group"),
    "strong_component": Measure("strongly_connected_components", "strongly_connected_components", kind="group"),
    "community": Measure("leiden", kind="group", weights="strength"),
    "articulation_point": Measure("articulation_points", "articulation_points", kind="flag", directed=False),
}
"""Every measure of nodes by the name that the commands and exports use."""

RANKED = tuple(name for name, measure in MEASURES.items() if measure.kind in ("score", "count"))
"""The measures by which nodes are more or less central."""
