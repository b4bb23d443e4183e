"""Projections of a knowledge graph: what is joined, by how many papers, and in which period."""

from __future__ import annotations

import datetime
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import Period, Projection, project
from kg.errors import GraphError
from kg.library.tables import graph_from_rows
from kg.schema import Graph


def joined(found: Projection) -> dict[tuple[str, str], float]:
    """Every entry of the graph as a pair of ids, with its weight."""
    ids = found.nodes["id"].to_pylist()
    rows = np.repeat(np.arange(len(ids)), np.diff(found.csr.indptr))
    entries = zip(rows.tolist(), found.csr.indices.tolist(), found.csr.weights.tolist(), strict=True)
    return {(ids[a], ids[b]): weight for a, b, weight in entries}


def both_ways(pairs: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    return pairs | {(b, a): weight for (a, b), weight in pairs.items()}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def corpus() -> Graph:
    """Three papers: p names A and B in one sentence and C in another, q names A and B apart, r (of 2025) A and D."""
    nodes = [
        dict(id="paper:p", type="Paper", title="P", published=day("2023-05-01"), year=2023),
        dict(id="paper:q", type="Paper", title="Q", year=2024),
        dict(id="paper:r", type="Paper", title="R", published=day("2025-01-01"), year=2025),
        dict(id="author:x", type="Author", name="X"),
        dict(id="author:y", type="Author", name="Y"),
        dict(id="organization:o", type="Organization", name="O"),
        *(dict(id=f"method:{m}", type="Method", name=m) for m in "abc"),
        dict(id="dataset:d", type="Dataset", name="D"),
    ]
    kinds = {row["id"]: row["type"] for row in nodes}

    def edge(source: str, kind: str, target: str, *places: tuple[str, str]) -> dict[str, object]:
        row = dict(source=source, source_type=kinds[source], type=kind, target=target, target_type=kinds[target])
        if not places:
            return row
        papers, sentences = zip(*places, strict=True)
        offsets = dict(evidence_starts=[0] * len(places), evidence_stops=[1] * len(places))
        return row | offsets | dict(evidence_papers=list(papers), evidence_sentences=list(sentences))

    p, q, r = "paper:p", "paper:q", "paper:r"
    edges = [
        edge(p, "MENTIONS", "method:a", (p, "A and B."), (p, "A again.")),
        edge(p, "MENTIONS", "method:b", (p, "A and B.")),
        edge(p, "MENTIONS", "method:c", (p, "C.")),
        edge(q, "MENTIONS", "method:a", (q, "A and B.")),
        edge(q, "MENTIONS", "method:b", (q, "B alone.")),
        edge(r, "MENTIONS", "method:a", (r, "A on D.")),
        edge(r, "MENTIONS", "dataset:d", (r, "A on D.")),
        edge("method:a", "SUBCLASS_OF", "method:b", (p, "A and B."), (p, "A again."), (q, "A and B.")),
        edge("method:b", "COMPARE_WITH", "method:a", (q, "A and B.")),
        edge("method:a", "EVALUATED_WITH", "dataset:d", (r, "A on D.")),
        edge("author:x", "AUTHORED", p),
        edge("author:y", "AUTHORED", p),
        edge("author:y", "AUTHORED", r),
        edge("author:x", "AFFILIATED_WITH", "organization:o"),
    ]
    return graph_from_rows(nodes, edges)


GRAPH = corpus()


def test_shared_papers_join_and_weigh() -> None:
    found = project(GRAPH, "method-method")
    pairs = {("method:a", "method:b"): 2.0, ("method:a", "method:c"): 1.0, ("method:b", "method:c"): 1.0}
    assert joined(found) == both_ways(pairs) and found.papers == 3
    assert joined(project(GRAPH, "Method")) == joined(found)


def test_a_sentence_joins_only_what_stands_in_it() -> None:
    assert joined(project(GRAPH, "method-method", by="sentences")) == both_ways({("method:a", "method:b"): 1.0})
    assert joined(project(GRAPH, "dataset-method", by="sentences")) == both_ways({("dataset:d", "method:a"): 1.0})


def test_relations_join_in_both_directions_or_in_theirs() -> None:
    assert joined(project(GRAPH, "method-method", by="relations")) == both_ways({("method:a", "method:b"): 2.0})
    assert joined(project(GRAPH, "method-method", by="SUBCLASS_OF", directed=True)) == {("method:a", "method:b"): 2.0}
    arrows = joined(project(GRAPH, "method-method", by="relations", directed=True))
    assert arrows == {("method:a", "method:b"): 2.0, ("method:b", "method:a"): 1.0}
    assert joined(project(GRAPH, "dataset-method", by="EVALUATED_WITH")) == both_ways({("dataset:d", "method:a"): 1.0})


def test_two_types_make_a_graph_of_two_sides() -> None:
    found = project(GRAPH, "author-method")
    x = {("author:x", f"method:{m}"): 1.0 for m in "abc"}
    y = {("author:y", "method:a"): 2.0, ("author:y", "method:b"): 1.0, ("author:y", "method:c"): 1.0}
    assert joined(found) == both_ways(x | y) and joined(project(GRAPH, "method-author")) == joined(found)
    assert set(found.nodes["type"].to_pylist()) == {"Author", "Method"}
    assert joined(project(GRAPH, "author-author")) == both_ways({("author:x", "author:y"): 1.0})
    papers = joined(project(GRAPH, "paper-dataset"))
    assert papers == both_ways({("dataset:d", "paper:r"): 1.0})


def test_the_whole_graph_is_simple_and_undirected_unless_told(tiny_graph: Graph) -> None:
    found = project(tiny_graph)
    ends = {(e["source"], e["target"]) for e in tiny_graph.edges.to_pylist()}
    assert set(joined(found)) == ends | {(b, a) for a, b in ends} and len(found.csr) == tiny_graph.nodes.num_rows
    assert set(joined(project(tiny_graph, directed=True))) == ends


def test_a_period_holds_what_its_papers_say() -> None:
    """q has only a year, which lies in the period as a whole or not at all."""
    first = project(GRAPH, "method-method", period=Period(until=day("2024-01-01")))
    assert first.papers == 1 and joined(first)["method:a", "method:b"] == 1.0
    second = project(GRAPH, "method-method", period=Period(day("2024-01-01"), day("2025-01-01")))
    assert second.nodes["id"].to_pylist() == ["method:a", "method:b"] and second.papers == 1
    assert project(GRAPH, period=Period(since=day("2024-02-01"))).papers == 1
    assert project(GRAPH, period=Period(until=day("2025-01-02"))).papers == 3
    whole = project(GRAPH, period=Period(since=day("2025-01-01")))
    assert whole.nodes["id"].to_pylist() == ["author:y", "dataset:d", "method:a", "paper:r"]
    relations = project(GRAPH, "method-method", by="relations", period=Period(since=day("2023-06-01")))
    assert joined(relations) == both_ways({("method:a", "method:b"): 1.0})


def test_an_edge_of_which_no_paper_speaks_holds_where_both_ends_are_seen() -> None:
    with_x = project(GRAPH, period=Period(until=day("2024-01-01")))
    assert "organization:o" not in with_x.nodes["id"].to_pylist()
    assert ("author:x", "organization:o") in joined(project(GRAPH))


def test_papers_without_a_date_are_counted(tiny_graph: Graph) -> None:
    found = project(tiny_graph, period=Period(since=day("2024-01-01")))
    assert (found.papers, found.undated) == (1, 1)
    with pytest.raises(GraphError, match="no paper is dated before 2000-01-01; the papers are dated 2024-02-05 to "):
        project(tiny_graph, period=Period(until=day("2000-01-01")))


@pytest.mark.parametrize(
    ("types", "options", "message"),
    [
        ("method-thing", {}, "cannot project on 'method-thing'; expected two of paper, author"),
        ("method-method-method", {}, "cannot project"),
        ("method-method", {"by": "fame"}, "unknown join 'fame'; known are papers, sentences, relations, INTRODUCES"),
        (None, {"by": "sentences"}, "name their types"),
        ("method-method", {"directed": True}, "in no direction"),
        ("paper-paper", {}, "no two papers share a paper"),
        ("author-method", {"by": "sentences"}, "join author-method by papers"),
        ("author-author", {"by": "relations"}, "no edge joins Author and Author"),
        ("method-task", {"by": "COMPARE_WITH"}, "no edge COMPARE_WITH joins Method and Task"),
    ],
)
def test_what_does_not_fit_is_refused(types: str | None, options: dict, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        project(GRAPH, types, **options)


@settings(max_examples=60, deadline=None)
@given(mentions=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(0, 2)), max_size=40))
def test_random_projections_are_those_counted_by_hand(mentions: set[tuple[int, int, int]]) -> None:
    """Papers name tasks (even) and datasets (odd), each mention in one of three sentences."""
    nodes = [dict(id=f"paper:{p}", type="Paper", title="T") for p in range(6)]
    nodes += [dict(id=f"{'dataset' if t % 2 else 'task'}:{t}", type="Dataset" if t % 2 else "Task") for t in range(8)]
    edges = []
    for p, t in sorted({(p, t) for p, t, _ in mentions}):
        target = f"{'dataset' if t % 2 else 'task'}:{t}"
        said = sorted(s for q, u, s in mentions if (q, u) == (p, t))
        evidence = dict(evidence_papers=[f"paper:{p}"] * len(said), evidence_sentences=[f"S{s}" for s in said])
        ends = dict(source=f"paper:{p}", source_type="Paper", target=target, target_type=target.split(":")[0].title())
        edges.append(ends | dict(type="MENTIONS") | evidence)
    graph = graph_from_rows(nodes, edges)
    for types, by in (("task-task", "papers"), ("task-dataset", "papers"), ("task-task", "sentences")):
        wanted: dict[tuple[str, str], set[int]] = {}
        for (p, t, s), (q, u, z) in combinations(sorted(mentions), 2):
            fits = t % 2 == u % 2 == 0 if types == "task-task" else t % 2 != u % 2
            if p == q and t != u and fits and (by == "papers" or s == z):
                pair = tuple(f"{'dataset' if x % 2 else 'task'}:{x}" for x in (t, u))
                wanted.setdefault(pair, set()).add(p)
                wanted.setdefault(pair[::-1], set()).add(p)
        assert joined(project(graph, types, by=by)) == {pair: len(papers) for pair, papers in wanted.items()}


def test_an_edge_to_nowhere_is_an_error() -> None:
    edge = {"source": "a", "source_type": "Method", "type": "PART_OF", "target": "b", "target_type": "Method"}
    with pytest.raises(GraphError, match="'b', which is no node"):
        project(graph_from_rows([{"id": "a", "type": "Method", "name": "A"}], [edge]))


def test_an_empty_graph_is_projected() -> None:
    assert len(project(graph_from_rows([], []), "method-method").csr) == 0
    assert len(project(graph_from_rows([], [])).csr) == 0
