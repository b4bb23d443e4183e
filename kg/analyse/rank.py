"""The most central nodes of a knowledge graph."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kg.analyse.csr import Csr, project_shared_papers, whole_graph
from kg.analyse.table import MEASURES
from kg.errors import GraphError, MissingExtraError
from kg.schema import Graph, NodeType

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["RANKED", "Ranked", "centrality"]

RANKED = tuple(name for name, measure in MEASURES.items() if measure.kind in ("score", "count"))
"""The measures by which nodes are more or less central."""

BACKENDS = ("core", "networkx")
MOST_STEPS = 1000

_NAMED_BY = {NodeType.PAPER: "title", NodeType.CLAIM: "text", NodeType.REPOSITORY: "url"}
"""The property that people call a node by, where it is not `name`."""
_NAMES = ("name", *_NAMED_BY.values())


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
    """The nodes of a graph by a measure, the highest first.

    Values that agree in ten digits are ties and stand in the order of their ids: so the order does not hang on the
    rounding of one backend or machine.

    measure: one of `RANKED`, computed on the whole graph, undirected; or, where `project` names an entity type, on
    the graph of these entities joined where they share a paper.  type: rank only nodes of this type.  top: how many,
    None for all.  backend: "core", or "networkx" to compare.  Raises GraphError for an unknown name; cost: that of the
    measure.
    """
    _check_choice("measure", measure, RANKED)
    _check_choice("backend", backend, BACKENDS)
    if type is not None:
        _check_choice("type", type, (project,) if project else tuple(NodeType))
    if top is not None and top < 0:
        raise GraphError(f"top is {top}; expected a number of nodes, or None for all")
    _, csr = project_shared_papers(graph, project) if project else whole_graph(graph)
    nodes = _of_type(graph.nodes, project) if project else graph.nodes
    values = _core_values(csr, measure, threads) if backend == "core" else _networkx_values(csr, measure)
    return _ranked(nodes, values, type, top)


def _check_choice(what: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise GraphError(f"unknown {what} {value!r}; known are {', '.join(known)}")


def _of_type(nodes: pa.Table, type: str) -> pa.Table:
    import pyarrow.compute as pc

    return nodes.filter(pc.equal(nodes["type"], type))


def _ranked(nodes: pa.Table, values: NDArray[np.float64], type: str | None, top: int | None) -> list[Ranked]:
    digits = np.array([float(f"{value:.9e}") for value in values])
    # The nodes stand in the order of their ids, which a stable sort keeps among ties.
    order = np.argsort(-digits, kind="stable")
    if type is not None:
        order = order[nodes["type"].to_numpy()[order] == type]
    order = order[:top]
    chosen = nodes.select(["id", "type", *_NAMES]).take(order).to_pylist()
    return [
        Ranked(rank, node["id"], node["type"], _display_name(node), value)
        for rank, (node, value) in enumerate(zip(chosen, values[order].tolist(), strict=True), 1)
    ]


def _display_name(node: dict[str, str | None]) -> str:
    return node[_NAMED_BY.get(node["type"], "name")] or node["id"]


def _core_values(graph: Csr, measure: str, threads: int) -> NDArray[np.float64]:
    options = {"tolerance": _tolerance(graph, measure), "max_steps": MOST_STEPS} if MEASURES[measure].iterates else {}
    return MEASURES[measure](graph, threads=threads, **options)


def _networkx_values(csr: Csr, measure: str) -> NDArray[np.float64]:
    import networkx as nx

    n = len(csr)
    graph = nx.empty_graph(n)
    sources = np.repeat(np.arange(n), np.diff(csr.indptr))
    graph.add_edges_from(zip(sources.tolist(), csr.indices.tolist(), strict=True))
    known = MEASURES[measure]
    if known.kind == "count":  # which loops do not change, but NetworkX refuses some of them
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    options = {"tol": _tolerance(csr, measure), "max_iter": MOST_STEPS} if known.iterates else {}
    try:
        values = getattr(nx, known.networkx)(graph, **options) if n else {}
        values = values if known.part is None or not n else values[known.part]
    except ModuleNotFoundError as error:
        raise MissingExtraError.of(str(error.name), extra="networkx") from error
    return np.array([values[v] for v in range(n)], dtype=np.float64)


def _tolerance(graph: Csr, measure: str) -> float:
    """So small that ranks do not hang on where an iteration stopped: PageRank changes by less than 1e-13 in all."""
    return 1e-13 / max(len(graph), 1) if measure == "pagerank" else 1e-13
