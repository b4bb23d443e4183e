"""The most central nodes of a knowledge graph."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from inspect import signature
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse import projection
from kg.analyse.csr import Csr
from kg.analyse.paths import betweenness_within, sampled_betweenness
from kg.analyse.projection import Period, Projection
from kg.analyse.spectral import katz_alpha
from kg.analyse.table import MEASURES, Measure
from kg.errors import GraphError, MissingExtraError
from kg.schema import Graph, NodeType

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Measured", "Ranked", "centrality", "measure_nodes"]

BACKENDS = ("core", "networkx")
MOST_STEPS = 1000
LONG = 1e12
"""So many nodes times edges of an exact betweenness take a quarter of an hour or more."""

_NAMED_BY = {NodeType.PAPER: "title", NodeType.CLAIM: "text", NodeType.REPOSITORY: "url"}
"""The property that people call a node by, where it is not `name`."""
_NAMES = ("name", *_NAMED_BY.values())


@dataclass(frozen=True)
class Ranked:
    """A node with its rank (from 1) and its value; `name` is what people call it.

    bound: by how much an estimated value may be wrong; None where values are exact.
    """

    rank: int
    id: str
    type: str
    name: str
    value: float | int | bool
    bound: float | None = None


@dataclass(frozen=True, eq=False)
class Measured:
    """A projection with the value that a measure gives each of its nodes; shape (n,).

    bounds: by how much each may be wrong, where they are estimated; shape (n,).
    """

    measure: Measure
    projection: Projection
    values: NDArray[Any]
    bounds: NDArray[np.float64] | None = None

    def by_id(self) -> dict[str, float | int | bool]:
        """Each node's value, in the order of the ids."""
        return dict(zip(self.projection.nodes["id"].to_pylist(), self.values.tolist(), strict=True))

    def ranked(self, *, type: str | None = None, top: int | None = None) -> list[Ranked]:
        """The nodes, the highest value first, or those of the largest group; only those of a type, and only so many,
        where it is said.

        Values that agree in ten digits are ties and stand in the order of their ids: so the order does not hang on the
        rounding of one backend or machine.
        """
        if type is not None:
            _check_choice("type", type, self.projection.types)
        if top is not None and top < 0:
            raise GraphError(f"top is {top}; expected a number of nodes, or None for all")
        nodes = self.projection.nodes
        # The nodes stand in the order of their ids, which a stable sort keeps among ties.
        order = np.lexsort((self.values, -self._sizes()) if self.measure.kind == "group" else (-rounded(self.values),))
        if type is not None:
            order = order[nodes["type"].to_numpy()[order] == type]
        order = order[:top]
        chosen = nodes.select(["id", "type", *_NAMES]).take(order).to_pylist()
        bounds = repeat(None) if self.bounds is None else self.bounds[order].tolist()
        values = zip(chosen, self.values[order].tolist(), bounds, strict=False)
        return [
            Ranked(rank, node["id"], node["type"], _display_name(node), value, bound)
            for rank, (node, value, bound) in enumerate(values, 1)
        ]

    def _sizes(self) -> NDArray[np.int64]:
        """How large the group of each node is."""
        _, group, sizes = np.unique(self.values, return_inverse=True, return_counts=True)
        return sizes[group]


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values to ten digits: those that agree are ties."""
    return np.array([float(f"{value:.9e}") for value in values])


def centrality(
    graph: Graph, measure: str, *, type: str | None = None, top: int | None = 20, **options: Any
) -> list[Ranked]:
    """The nodes of a graph by a measure, the highest first: `measure_nodes`, then `Measured.ranked`.

    type: rank only nodes of this type.  top: how many, None for all.  options: those of `measure_nodes`.
    """
    return measure_nodes(graph, measure, **options).ranked(type=type, top=top)


def measure_nodes(
    graph: Graph,
    measure: str,
    *,
    project: str | None = None,
    by: str = "papers",
    directed: bool = False,
    weighted: bool = False,
    period: Period = Period(),
    backend: str = "core",
    threads: int = 0,
    sample: int | None = None,
    error: float | None = None,
    notice: Callable[[str], object] = lambda message: None,
) -> Measured:
    """A measure of every node of the whole graph or of a projection.

    measure: a name of `MEASURES`.  project, by, directed, period: which graph, see `kg.analyse.project`.  weighted: two
    nodes are the closer, and the more strongly joined, the more papers join them: a length is 1 by their number.
    backend: "core", or "networkx" to compare.  sample, error: betweenness is estimated, from so many sources, or so that no
    value is further off (see `sampled_betweenness`, `betweenness_within`).  notice: told how good an estimate is, or that
    an exact measure will take long.  Raises GraphError for an unknown name, and for what the measure does not
    take; cost: that of the projection and the measure.
    """
    _check_choice("measure", measure, MEASURES)
    _check_choice("backend", backend, BACKENDS)
    known = MEASURES[measure]
    if weighted and not known.weights:
        able = [name for name, m in MEASURES.items() if m.weights]
        raise GraphError(f"{measure} takes no weights; of the measures, these do: {', '.join(able) or 'none'}")
    if directed and not known.directed:
        raise GraphError(f"{measure} is of undirected graphs; leave directed out")
    if not directed and not known.undirected:
        raise GraphError(f"{measure} is of directed graphs; say directed")
    is_sampled = sample is not None or error is not None
    if is_sampled and (measure != "betweenness" or weighted or backend != "core" or None not in (sample, error)):
        raise GraphError("a sample or an error, not both, is for betweenness by the core without weights")
    found = projection.project(graph, project, by=by, directed=directed, period=period)
    csr = _with_lengths(found.csr) if known.weights == "length" else found.csr
    if backend == "networkx" and (known.kind not in ("score", "count") or not known.networkx):
        raise GraphError(f"{measure} has no values in networkx to compare with; leave the backend out")
    if is_sampled:
        values, bounds = _estimates(csr, sample, error, threads)
        notice(
            f"betweenness is estimated: with a probability of 95 %, no value is off by more than {bounds.max(initial=0):.2g}"
        )
        return Measured(known, found, values, bounds)
    if measure == "betweenness" and len(csr) * len(csr.indices) > LONG:
        notice(
            f"exact betweenness of {len(csr)} nodes and {len(csr.indices)} edges will take long; "
            "an error of 0.01 or a sample of 1024 sources is estimated sooner"
        )
    if backend == "core":
        return Measured(known, found, _core_values(csr, known, weighted, threads))
    return Measured(known, found, _networkx_values(csr, known, weighted))


def _with_lengths(graph: Csr) -> Csr:
    return replace(graph, weights=1 / graph.weights)


def _check_choice(what: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise GraphError(f"unknown {what} {value!r}; known are {', '.join(known)}")


def _display_name(node: dict[str, str | None]) -> str:
    return node[_NAMED_BY.get(node["type"], "name")] or node["id"]


def _estimates(
    graph: Csr, sample: int | None, error: float | None, threads: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if error is not None:
        return betweenness_within(graph, error, threads=threads)
    return sampled_betweenness(graph, sources=sample, threads=threads)


def _core_values(graph: Csr, measure: Measure, weighted: bool, threads: int) -> NDArray[Any]:
    options = {"tolerance": _tolerance(graph, measure), "max_steps": MOST_STEPS} if measure.iterates else {}
    return measure(graph, threads=threads, **options, **({"weighted": True} if weighted else {}))


def _networkx_values(csr: Csr, measure: Measure, weighted: bool) -> NDArray[Any]:
    import networkx as nx

    n = len(csr)
    graph = nx.empty_graph(n, create_using=nx.DiGraph if csr.directed else nx.Graph)
    edges = zip(
        csr.sources().tolist(), csr.indices.tolist(), csr.weights.tolist() if weighted else repeat(1), strict=False
    )
    graph.add_weighted_edges_from(edges)
    if measure.kind == "count":  # which loops do not change, but NetworkX refuses some of them
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    options = {"tol": _tolerance(csr, measure), "max_iter": MOST_STEPS} if measure.iterates else {}
    if measure is MEASURES["katz"] and n:
        options["alpha"] = katz_alpha(csr, weighted=weighted)
    function = getattr(nx, measure.networkx)
    weight = {"weight", "distance"} & set(signature(function).parameters)
    options |= dict.fromkeys(weight, "weight" if weighted else None)
    try:
        values = function(graph, **options) if n else {}
        values = values if measure.part is None or not n else values[measure.part]
    except ModuleNotFoundError as error:
        raise MissingExtraError.of(str(error.name), extra="networkx") from error
    return np.array([values[v] for v in range(n)])


def _tolerance(graph: Csr, measure: Measure) -> float:
    """So small that ranks do not hang on where an iteration stopped: PageRank changes by less than 1e-13 in all."""
    return 1e-13 / max(len(graph), 1) if measure is MEASURES["pagerank"] else 1e-13
