"""Graphs to measure, made from the knowledge graph: all of it, or two kinds of nodes joined by what papers say of both.

Everything that joins two nodes was said by papers, so any of these graphs can be made for the papers of one period, and
an edge weighs the number of papers that speak for it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse.csr import Csr, csr_from_edges
from kg.errors import GraphError
from kg.schema import EDGE_ENDPOINTS, ENTITY_TYPES, EdgeType, Graph, NodeType

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["JOINS", "Period", "Projection", "project"]

JOINS = ("papers", "sentences", "relations", *map(str, EdgeType))
"""What can join two nodes: a paper or a sentence that names both, any edge between them, or edges of one type."""

_NODE_TYPES = {str(t).lower(): t for t in NodeType}


@dataclass(frozen=True)
class Period:
    """The days from `since` to the day before `until`; None is open. A paper of which only the year is known counts
    where the whole year lies inside."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def __str__(self) -> str:
        parts = [f"from {self.since}"] * (self.since is not None) + [f"before {self.until}"] * (self.until is not None)
        return " and ".join(parts) or "of any date"


@dataclass(frozen=True, eq=False)
class Projection:
    """A graph over some nodes of the knowledge graph, as the papers of a period make it.

    nodes: their rows of `Graph.nodes`, in the order of their ids.  csr: the graph over them; the weight of an edge is
    the number of papers behind it.  papers: how many the period holds.  undated: how many were left out because their
    date is not known.  types: those that its nodes can have.
    """

    nodes: pa.Table
    csr: Csr
    papers: int
    undated: int
    types: tuple[NodeType, ...] = tuple(NodeType)


def project(
    graph: Graph, types: str | None = None, *, by: str = "papers", directed: bool = False, period: Period = Period()
) -> Projection:
    """The graph of two kinds of nodes, joined where the papers of a period join them.

    types: two node types such as "method-method" or "author-task", or one ("Method" is "method-method"); None: the
    whole knowledge graph, all nodes and edges.  by: one of `JOINS`; sentences name only methods, datasets, tasks and
    metrics.  directed: keep the direction of edges; only for the whole graph and where edges join.  period: only what
    its papers say, and only nodes of which they speak.

    Cost: linear in the evidence, and for papers and sentences the sum of the squares of the nodes that each names.
    Raises GraphError for types and joins that are unknown or do not fit, and for a period without papers.

    >>> from kg.library.tables import graph_from_rows
    >>> rows = [dict(id="paper:p", type="Paper"), dict(id="method:a", type="Method"), dict(id="method:b", type="Method")]
    >>> said = dict(source="paper:p", source_type="Paper", type="MENTIONS", target_type="Method")
    >>> graph = graph_from_rows(rows, [said | {"target": "method:a"}, said | {"target": "method:b"}])
    >>> found = project(graph, "method-method")
    >>> found.nodes["id"].to_pylist(), found.csr.indices.tolist(), found.csr.weights.tolist()
    (['method:a', 'method:b'], [1, 0], [1.0, 1.0])
    """
    pair = _pair(types)
    _check_join(pair, by, directed)
    said = _Said.of(graph, period)
    if pair is None or by not in ("papers", "sentences"):
        heads, tails, papers = said.edges(pair, None if by in ("papers", "relations") else by)
    else:
        heads, tails, papers = said.together(pair, in_sentence=by == "sentences")
    chosen = said.seen if pair is None else said.seen & np.isin(said.types, [str(t) for t in pair])
    place = np.cumsum(chosen) - 1
    if not directed:
        heads, tails = np.minimum(heads, tails), np.maximum(heads, tails)
    heads, tails, _ = _each_once(heads, tails, papers)
    one_a_paper = np.ones(len(heads))
    csr = csr_from_edges(place[heads], place[tails], int(chosen.sum()), directed=directed, weights=one_a_paper)
    return Projection(graph.nodes.filter(chosen), csr, said.papers, said.undated, pair or tuple(NodeType))


def _pair(types: str | None) -> tuple[NodeType, NodeType] | None:
    if types is None:
        return None
    names = types.lower().split("-")
    if len(names) not in (1, 2) or not set(names) <= set(_NODE_TYPES):
        raise GraphError(f"cannot project on {types!r}; expected two of {', '.join(_NODE_TYPES)}, as in method-method")
    return _NODE_TYPES[names[0]], _NODE_TYPES[names[-1]]


def _check_join(pair: tuple[NodeType, NodeType] | None, by: str, directed: bool) -> None:
    if by not in JOINS:
        raise GraphError(f"unknown join {by!r}; known are {', '.join(JOINS)}")
    if pair is None:
        if by != "papers":
            raise GraphError(f"by {by} joins the nodes of a projection: name their types, as in method-method")
        return
    if by in ("papers", "sentences") and directed:
        raise GraphError(f"nodes that share {by} are joined in no direction; leave directed out, or join by relations")
    if by == "papers" and pair == (NodeType.PAPER, NodeType.PAPER):
        raise GraphError("no two papers share a paper; project on what they name or on their authors")
    if by == "sentences" and not set(pair) <= set(ENTITY_TYPES):
        raise GraphError(f"sentences name only {', '.join(ENTITY_TYPES)}; join {'-'.join(pair).lower()} by papers")
    if by not in ("papers", "sentences"):
        ends = [e for kind, e in EDGE_ENDPOINTS.items() if by in ("relations", kind)]
        if not any(pair in e or pair[::-1] in e for e in ends):
            raise GraphError(f"no edge{'' if by == 'relations' else ' ' + by} joins {' and '.join(pair)}")


@dataclass(frozen=True, eq=False)
class _Said:
    """The graph as arrays of what the papers of a period say; nodes are numbers in the order of `Graph.nodes`.

    types, seen: of each node, its type and whether the period speaks of it.  sources, targets, kinds: of each edge.
    edge, paper, sentence: of each place that speaks for an edge; paper and sentence are -1 where there is none.
    """

    types: NDArray[np.object_]
    seen: NDArray[np.bool_]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    kinds: NDArray[np.object_]
    edge: NDArray[np.int64]
    paper: NDArray[np.int64]
    sentence: NDArray[np.int64]
    papers: int
    undated: int

    @staticmethod
    def of(graph: Graph, period: Period) -> _Said:
        ids, types = graph.nodes["id"], graph.nodes["type"].to_numpy()
        sources, targets = index_ids(graph.edges["source"], ids), index_ids(graph.edges["target"], ids)
        edge, paper, sentence = _places(graph, sources, targets, types == NodeType.PAPER)
        inside, undated = _inside(graph.nodes, types == NodeType.PAPER, period)
        seen = np.ones(len(types), dtype=bool)
        if period:
            seen = inside.copy()
            kept = (paper >= 0) & inside[paper]
            seen[sources[edge[kept]]] = seen[targets[edge[kept]]] = True
            # An edge of which no paper speaks, as between an author and an organization, holds where both are seen.
            kept |= (paper < 0) & seen[sources[edge]] & seen[targets[edge]]
            edge, paper, sentence = edge[kept], paper[kept], sentence[kept]
        kinds = graph.edges["type"].to_numpy()
        return _Said(types, seen, sources, targets, kinds, edge, paper, sentence, int(inside.sum()), undated)

    def edges(self, pair: tuple[NodeType, NodeType] | None, kind: str | None) -> _Ends:
        """The ends of the edges between two types, and a paper that speaks for each: once a paper."""
        heads, tails = self.sources[self.edge], self.targets[self.edge]
        kept = np.ones(len(heads), dtype=bool)
        if pair is not None:
            a, b = map(str, pair)
            ends = self.types[heads], self.types[tails]
            kept = ((ends[0] == a) & (ends[1] == b)) | ((ends[0] == b) & (ends[1] == a))
        if kind is not None:
            kept &= self.kinds[self.edge] == kind
        return heads[kept], tails[kept], self.paper[kept]

    def together(self, pair: tuple[NodeType, NodeType], *, in_sentence: bool) -> _Ends:
        """Every two nodes of the two types that a paper, or one of its sentences, names together; once a paper."""
        papers, members, groups = self._named(in_sentence)
        kept = np.isin(self.types[members], [str(t) for t in pair])
        papers, members, groups = papers[kept], members[kept], groups[kept]
        firsts, seconds = _pairs_within(groups, members)
        if pair[0] != pair[1]:
            apart = self.types[members[firsts]] != self.types[members[seconds]]
            firsts, seconds = firsts[apart], seconds[apart]
        return members[firsts], members[seconds], papers[firsts]

    def _named(self, in_sentence: bool) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """A paper, a node that it names (or that wrote it, ...), and the group of nodes named together; each once."""
        sources, targets = self.sources[self.edge], self.targets[self.edge]
        if in_sentence:
            kept = self.kinds[self.edge] == EdgeType.MENTIONS
            groups = self.paper * (self.sentence.max(initial=0) + 1) + self.sentence
            rows = groups[kept], targets[kept], self.paper[kept]
        else:
            out, into = self.paper == sources, self.paper == targets
            itself = np.flatnonzero(self.seen & (self.types == NodeType.PAPER))
            papers = np.concatenate([sources[out], targets[into], itself])
            rows = papers, np.concatenate([targets[out], sources[into], itself]), papers
        groups, members, papers = _each_once(*rows)
        return papers, members, groups


_Ends = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]
"""Heads, tails and papers, of one length."""


def _places(
    graph: Graph, sources: NDArray[np.int64], targets: NDArray[np.int64], is_paper: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Each place that speaks for an edge: the edge, the paper, the sentence. An edge without evidence has one place, in
    the paper at its end."""
    import pyarrow.compute as pc

    lists = graph.edges["evidence_papers"].combine_chunks()
    said_in = pc.list_flatten(lists)
    edge = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    paper = index_ids(said_in, graph.nodes["id"])
    sentences = pc.list_flatten(graph.edges["evidence_sentences"].combine_chunks())
    if len(sentences) != len(said_in):
        raise GraphError("the lists of evidence papers and sentences differ in length; build the library again")
    sentence = sentences.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    bare = np.setdiff1d(np.arange(len(sources)), edge)
    ends = np.where(is_paper[sources[bare]], sources[bare], np.where(is_paper[targets[bare]], targets[bare], -1))
    none = np.full(len(bare), -1)
    return np.concatenate([edge, bare]), np.concatenate([paper, ends]), np.concatenate([sentence, none])


def _inside(nodes: pa.Table, is_paper: NDArray[np.bool_], period: Period) -> tuple[NDArray[np.bool_], int]:
    """Which nodes are papers of the period, and how many papers have no date."""
    if not period:
        return is_paper, 0
    published = nodes["published"].to_numpy().astype("datetime64[D]")
    years = nodes["year"].to_numpy().astype(float)
    only_year = np.isnat(published) & ~np.isnan(years)
    jan_1 = (np.where(only_year, years, 1970) - 1970).astype(int).astype("datetime64[Y]")
    first = np.where(only_year, jan_1.astype("datetime64[D]"), published)
    last = np.where(only_year, (jan_1 + 1).astype("datetime64[D]") - 1, published)
    dated = is_paper & ~np.isnat(first)
    inside = dated.copy()
    if period.since is not None:
        inside &= first >= np.datetime64(period.since)
    if period.until is not None:
        inside &= last < np.datetime64(period.until)
    undated = int(is_paper.sum() - dated.sum())
    if not inside.any():
        held = f"the papers are dated {first[dated].min()} to {last[dated].max()}" if dated.any() else "none is dated"
        raise GraphError(f"no paper is dated {period}; {held}, {undated} have no date")
    return inside, undated


def _each_once(*columns: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The different rows of some columns, sorted."""
    order = np.lexsort(columns[::-1])
    columns = tuple(column[order] for column in columns)
    changes = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    first = np.concatenate([np.ones(min(len(order), 1), dtype=bool), changes])
    return [column[first] for column in columns]


def _pairs_within(groups: NDArray[np.int64], members: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The positions of every two different members of every group, once; groups and members are sorted, each pair once.

    >>> [ends.tolist() for ends in _pairs_within(np.array([0, 0, 0, 1]), np.array([5, 7, 9, 5]))]
    [[0, 0, 1], [1, 2, 2]]
    """
    stops = np.searchsorted(groups, groups, side="right")
    # Each member is paired with all that stand behind it in its group.
    behind = stops - np.arange(len(members)) - 1
    firsts = np.repeat(np.arange(len(members)), behind)
    seconds = firsts + 1 + np.arange(len(firsts)) - np.repeat(np.cumsum(behind) - behind, behind)
    return firsts, seconds


def index_ids(column: Any, ids: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    """Where each id of a column stands in `ids`; raises GraphError for one that does not."""
    import pyarrow.compute as pc

    places = pc.index_in(column, value_set=ids)
    if places.null_count:
        unknown = column.filter(pc.is_null(places))[0].as_py()
        raise GraphError(f"an edge ends at {unknown!r}, which is no node of the graph")
    return places.to_numpy().astype(np.int64)
