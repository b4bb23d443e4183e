"""Graphs as arrays: compressed sparse rows made from edge lists, and from the tables of a `Graph`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kg.errors import GraphError
from kg.schema import ENTITY_TYPES, Graph

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Csr", "csr_from_edges", "project_shared_papers", "whole_graph"]


@dataclass(frozen=True)
class Csr:
    """A simple graph of n nodes: the out-neighbours of v are indices[indptr[v]:indptr[v + 1]], sorted.

    indptr: int64, shape (n + 1,).  indices: uint32.  An undirected graph holds each edge in both directions, a loop once.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.uint32]
    directed: bool = False

    def __len__(self) -> int:
        return max(0, len(self.indptr) - 1)

    def reversed(self) -> Csr:
        """The graph with every edge turned round. O(n + m log m)."""
        if not self.directed:
            return self
        sources = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        return csr_from_edges(self.indices, sources, len(self), directed=True)


def csr_from_edges(sources: ArrayLike, targets: ArrayLike, n: int, *, directed: bool = False) -> Csr:
    """The simple graph of an edge list: parallel edges become one, loops stay. O(n + m log m).

    sources, targets: integers from 0 to n - 1, shape (m,).  Raises GraphError where they are not.

    >>> csr_from_edges([0, 1, 1], [1, 2, 0], 3).indices.tolist()
    [1, 0, 2, 1]
    """
    sources, targets = np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    if sources.shape != targets.shape or sources.ndim != 1:
        raise GraphError(f"sources and targets have the shapes {sources.shape} and {targets.shape}; expected one, (m,)")
    for name, ends in (("sources", sources), ("targets", targets)):
        wrong = np.flatnonzero((ends < 0) | (ends >= n))
        if len(wrong):
            raise GraphError(f"{name}[{wrong[0]}] is {ends[wrong[0]]}; expected 0 to {n - 1}")
    if not directed:
        sources, targets = np.concatenate([sources, targets]), np.concatenate([targets, sources])
    keys = np.unique(sources * max(n, 1) + targets)
    rows = keys // max(n, 1)
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=indptr[1:])
    return Csr(indptr, (keys % max(n, 1)).astype(np.uint32), directed)


def whole_graph(graph: Graph) -> tuple[NDArray[np.object_], Csr]:
    """The ids of all nodes, and the undirected graph of all edges over them."""
    ids = np.array(graph.nodes["id"].to_pylist(), dtype=object)
    return ids, csr_from_edges(_index(ids, graph.edges["source"]), _index(ids, graph.edges["target"]), len(ids))


def project_shared_papers(graph: Graph, node_type: str) -> tuple[NDArray[np.object_], Csr]:
    """The ids of the entities of a type, and the undirected graph that joins those which a paper mentions together.

    Cost: the sum over papers of the square of the entities it mentions. Raises GraphError for a type that is no entity's.
    """
    import pyarrow.compute as pc

    if node_type not in ENTITY_TYPES:
        raise GraphError(f"papers do not mention {node_type!r} nodes; expected one of {', '.join(ENTITY_TYPES)}")
    nodes = graph.nodes.filter(pc.equal(graph.nodes["type"], node_type))
    ids = np.array(nodes["id"].to_pylist(), dtype=object)
    edges = graph.edges.filter(
        pc.and_(pc.equal(graph.edges["type"], "MENTIONS"), pc.equal(graph.edges["target_type"], node_type))
    )
    entities = _index(ids, edges["target"])
    papers = np.unique(np.array(edges["source"].to_pylist(), dtype=object), return_inverse=True)[1]
    order = np.lexsort((entities, papers))
    groups = np.split(entities[order], np.flatnonzero(np.diff(papers[order])) + 1) if len(order) else []
    pairs = [np.triu_indices(len(group), 1) for group in groups]
    heads = [group[i] for group, (i, _) in zip(groups, pairs, strict=True)]
    tails = [group[j] for group, (_, j) in zip(groups, pairs, strict=True)]
    empty = np.empty(0, dtype=np.int64)
    return ids, csr_from_edges(np.concatenate([empty, *heads]), np.concatenate([empty, *tails]), len(ids))


def _index(ids: NDArray[np.object_], column: object) -> NDArray[np.int64]:
    place = {id_: i for i, id_ in enumerate(ids)}
    try:
        return np.fromiter((place[id_] for id_ in column.to_pylist()), dtype=np.int64, count=len(column))
    except KeyError as error:
        raise GraphError(f"an edge ends at {error.args[0]!r}, which is no node of the graph") from error
