"""The most central nodes of a knowledge graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kg.analyse import measures
from kg.analyse.csr import Csr, project_shared_papers, whole_graph
from kg.errors import GraphError
from kg.schema import Graph, NodeType

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MEASURES", "Ranked", "centrality"]

MEASURES = ("degree", "pagerank", "betweenness", "closeness", "harmonic")
BACKENDS = ("core", "networkx")


@dataclass(frozen=True)
class Ranked:
    """A node with its rank (from 1) and its value; `name` is what people call it."""

    rank: int
    id: str
    type: str
    name: str
    value: float


def centrality(
    graph: Graph,
    measure: str,
    *,
    type: str | None = None,
    project: str | None = None,
    top: int | None = 20,
    backend: str = "core",
    threads: int = 0,
) -> list[Ranked]:
    """The nodes of a graph by a measure, the highest first; equal values in the order of their ids.

    measure: one of `MEASURES`, computed on the whole graph, undirected, or where `project` names an entity type, on
    the graph of these entities joined where they share a paper. type: rank only nodes of this type. top: how many,
    None for all. backend: "core", or "networkx" to compare. Raises GraphError for an unknown name.
    """
    for name, value, known in (("measure", measure, MEASURES), ("backend", backend, BACKENDS)):
        if value not in known:
            raise GraphError(f"unknown {name} {value!r}; known are {', '.join(known)}")
    if type is not None and type not in list(NodeType):
        raise GraphError(f"unknown type {type!r}; known are {', '.join(NodeType)}")
    ids, csr = project_shared_papers(graph, project) if project else whole_graph(graph)
    values = _core_values(csr, measure, threads) if backend == "core" else _networkx_values(csr, measure)
    described = _described(graph)
    rows = [(id_, *described[id_], float(value)) for id_, value in zip(ids, values, strict=True)]
    rows = [row for row in rows if type is None or row[1] == type]
    rows.sort(key=lambda row: (-row[3], row[0]))
    return [Ranked(i, *row) for i, row in enumerate(rows[:top], 1)]


def _described(graph: Graph) -> dict[str, tuple[str, str]]:
    """Each node's type and display name: a paper's title, a claim's text, a repository's address, else the name."""
    columns = (graph.nodes[name].to_pylist() for name in ("id", "type", "name", "title", "url", "text"))
    return {id_: (kind, name or title or (url if kind == "Repository" else text) or id_)
            for id_, kind, name, title, url, text in zip(*columns, strict=True)}  # fmt: skip


def _core_values(graph: Csr, measure: str, threads: int) -> NDArray[np.float64]:
    # PageRank is run far below its usual tolerance, so that ranks do not hang on where the iteration stopped.
    options = {"tolerance": 1e-12, "max_steps": 1000} if measure == "pagerank" else {}
    return getattr(measures, measure)(graph, threads=threads, **options)


def _networkx_values(csr: Csr, measure: str) -> NDArray[np.float64]:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(csr)))
    graph.add_edges_from(
        zip(np.repeat(np.arange(len(csr)), np.diff(csr.indptr)).tolist(), csr.indices.tolist(), strict=True)
    )
    calls = {
        "degree": nx.degree_centrality,
        "pagerank": lambda g: nx.pagerank(g, tol=1e-12, max_iter=1000),
        "betweenness": nx.betweenness_centrality,
        "closeness": nx.closeness_centrality,
        "harmonic": nx.harmonic_centrality,
    }
    values = calls[measure](graph) if len(csr) else {}
    return np.array([values[v] for v in range(len(csr))], dtype=np.float64)
