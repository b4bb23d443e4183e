"""A graph of NetworkX as arrays, and back."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse.csr import Csr

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

__all__ = ["CoreGraph", "convert"]


class CoreGraph:
    """The nodes of a NetworkX graph in their order, and its edges as a `Csr`: parallel edges as one.

    The weights of the `Csr` are those of the edge attribute that was asked for, None where they are all 1.
    """

    __networkx_backend__ = "kg"

    def __init__(self, nodes: list[Hashable], csr: Csr, attribute: str | None, is_multigraph: bool) -> None:
        self.nodes = nodes
        self.csr = csr
        self.attribute = attribute
        self._is_multigraph = is_multigraph

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.nodes)

    def __contains__(self, node: object) -> bool:
        return node in self.places

    def is_directed(self) -> bool:
        return self.csr.directed

    def is_multigraph(self) -> bool:
        return self._is_multigraph

    @cached_property
    def places(self) -> dict[Hashable, int]:
        """Where each node stands in `nodes`."""
        return {node: place for place, node in enumerate(self.nodes)}

    @cached_property
    def sources(self) -> NDArray[np.int64]:
        """The node at which each entry of `csr.indices` starts; shape (m,)."""
        return self.csr.sources()

    def named(self, values: NDArray[Any]) -> dict[Hashable, Any]:
        """A value of each node, shape (n,), as NetworkX returns it."""
        return dict(zip(self.nodes, values.tolist(), strict=True))

    def filled(self, values: dict[Hashable, float], default: float) -> NDArray[np.float64]:
        """A dictionary of nodes as an array, shape (n,); nodes that are none of the graph are passed over."""
        return np.array([values.get(node, default) for node in self.nodes], dtype=np.float64)

    def to_networkx(self) -> nx.Graph:
        """The graph with its nodes and edges, and the weights that were asked for."""
        import networkx as nx

        kinds = {(False, False): nx.Graph, (True, False): nx.DiGraph, (False, True): nx.MultiGraph}
        graph = kinds.get((self.is_directed(), self.is_multigraph()), nx.MultiDiGraph)()
        graph.add_nodes_from(self.nodes)
        weights = np.ones(len(self.sources)) if self.csr.weights is None else self.csr.weights
        for u, v, weight in zip(self.sources.tolist(), self.csr.indices.tolist(), weights.tolist(), strict=True):
            if self.is_directed() or u <= v:
                graph.add_edge(self.nodes[u], self.nodes[v], **({self.attribute: weight} if self.attribute else {}))
        return graph


def convert(graph: nx.Graph, attribute: str | None = None, default: float = 1) -> CoreGraph:
    """The arrays of a NetworkX graph; edges without the attribute have the default as their weight. O(n + m log m).

    Raises NotImplementedError, on which NetworkX may go on without this backend, where a weight is no number.
    """
    adjacency = graph._adj
    nodes = list(adjacency)
    degrees = np.fromiter(map(len, adjacency.values()), dtype=np.int64, count=len(nodes))
    indptr = np.concatenate([[0], np.cumsum(degrees)])
    indices = _places_of(chain.from_iterable(adjacency.values()), nodes, int(indptr[-1]))
    order = np.argsort(np.repeat(np.arange(len(nodes)), degrees) * len(nodes) + indices, kind="stable")
    weights = None
    if attribute is not None and not graph.is_multigraph():
        weights = _weights_of(adjacency, attribute, default, len(order))
        weights = None if (weights == 1).all() else weights[order]
    csr = Csr(indptr, indices[order].astype(np.uint32), graph.is_directed(), weights)
    return CoreGraph(nodes, csr, attribute, graph.is_multigraph())


def _places_of(ends: Iterable[Hashable], nodes: list[Hashable], m: int) -> NDArray[np.int64]:
    """The number of the node at the end of each edge; nodes that are called 0, 1, 2, ... are their own."""
    if all(type(node) is int and node == place for place, node in enumerate(nodes)):
        return np.fromiter(ends, dtype=np.int64, count=m)
    places = {node: place for place, node in enumerate(nodes)}
    return np.fromiter(map(places.__getitem__, ends), dtype=np.int64, count=m)


def _weights_of(adjacency: Any, attribute: str, default: float, m: int) -> NDArray[np.float64]:
    data = chain.from_iterable(neighbours.values() for neighbours in adjacency.values())
    try:
        return np.fromiter((edge.get(attribute, default) for edge in data), dtype=np.float64, count=m)
    except (TypeError, ValueError) as error:
        raise NotImplementedError(f"an edge has a {attribute!r} that is no number: {error}") from error
