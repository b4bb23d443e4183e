"""Ranking the nodes of a knowledge graph."""

from __future__ import annotations

import pytest

from kg.analyse import MEASURES, centrality, project_shared_papers, whole_graph
from kg.errors import GraphError
from kg.library.tables import graph_from_rows
from kg.schema import Graph


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("project", [None, "Method"])
def test_the_core_and_networkx_agree(tiny_graph: Graph, measure: str, project: str | None) -> None:
    core = centrality(tiny_graph, measure, project=project, top=None)
    other = centrality(tiny_graph, measure, project=project, top=None, backend="networkx")
    assert {r.id: r.value for r in core} == pytest.approx({r.id: r.value for r in other}, abs=1e-9)


def test_the_whole_graph_is_simple_and_undirected(tiny_graph: Graph) -> None:
    ids, csr = whole_graph(tiny_graph)
    pairs = {frozenset((e["source"], e["target"])) for e in tiny_graph.edges.to_pylist()}
    assert len(csr) == len(ids) == tiny_graph.nodes.num_rows and len(csr.indices) == 2 * len(pairs)


def test_a_projection_joins_what_shares_a_paper(tiny_graph: Graph) -> None:
    ids, csr = project_shared_papers(tiny_graph, "Method")
    assert ids.tolist() == ["method:grpo", "method:new-thing", "method:ppo"]
    assert csr.indptr.tolist() == [0, 1, 1, 2] and csr.indices.tolist() == [2, 0]
    with pytest.raises(GraphError, match="papers do not mention 'Paper'"):
        project_shared_papers(tiny_graph, "Paper")


def test_ranks_are_of_one_type_named_and_in_a_fixed_order(tiny_graph: Graph) -> None:
    rows = centrality(tiny_graph, "degree", type="Method", top=2)
    assert [(r.rank, r.id, r.name) for r in rows] == [(1, "method:grpo", "GRPO"), (2, "method:ppo", "PPO")]
    names = {r.id: r.name for r in centrality(tiny_graph, "degree", top=None)}
    assert names["paper:arxiv-2402.03300"] == "DeepSeekMath: GRPO"
    assert names["repository:github.com/deepseek-ai/deepseek-math"].startswith("https://")
    tied = centrality(tiny_graph, "betweenness", project="Method", top=None)
    assert [r.id for r in tied] == sorted(r.id for r in tied)


def test_unknown_names_say_what_is_known(tiny_graph: Graph) -> None:
    with pytest.raises(GraphError, match="unknown measure 'fame'; known are degree"):
        centrality(tiny_graph, "fame")
    with pytest.raises(GraphError, match="unknown backend"):
        centrality(tiny_graph, "degree", backend="abacus")
    with pytest.raises(GraphError, match="unknown type 'Thing'"):
        centrality(tiny_graph, "degree", type="Thing")


@pytest.mark.parametrize("measure", MEASURES)
def test_an_empty_graph_has_no_ranks(measure: str) -> None:
    assert centrality(graph_from_rows([], []), measure) == []


def test_an_edge_to_nowhere_is_an_error() -> None:
    edge = {"source": "a", "source_type": "Method", "type": "PART_OF", "target": "b", "target_type": "Method"}
    with pytest.raises(GraphError, match="'b', which is no node"):
        centrality(graph_from_rows([{"id": "a", "type": "Method", "name": "A"}], [edge]), "degree")
