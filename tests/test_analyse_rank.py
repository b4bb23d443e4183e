"""Ranking the nodes of a knowledge graph."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import MEASURES, RANKED, centrality
from kg.errors import GraphError, MissingExtraError
from kg.library.tables import graph_from_rows
from kg.schema import Graph

# NetworkX's power iterations stop far from the digits that ranks go by; test_analyse_spectral.py has better references.
COMPARED = [
    name
    for name in RANKED
    if name == "pagerank" or (MEASURES[name].networkx and not MEASURES[name].iterates and MEASURES[name].undirected)
]


@pytest.mark.parametrize("measure", COMPARED)
@pytest.mark.parametrize("project", [None, "Method"])
def test_the_core_and_networkx_agree(tiny_graph: Graph, measure: str, project: str | None) -> None:
    core = centrality(tiny_graph, measure, project=project, top=None)
    other = centrality(tiny_graph, measure, project=project, top=None, backend="networkx")
    assert [(r.rank, r.id) for r in core] == [(r.rank, r.id) for r in other]
    assert {r.id: r.value for r in core} == pytest.approx({r.id: r.value for r in other}, rel=1e-10)


@pytest.mark.parametrize("measure", COMPARED)
@settings(max_examples=30, deadline=None)
@given(ends=st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_ties_are_broken_alike_by_both_backends(measure: str, ends: set[tuple[int, int]]) -> None:
    nodes = [dict(id=f"method:{i}", type="Method", name="M") for i in range(10)]
    end = dict(source_type="Method", type="PART_OF", target_type="Method")
    graph = graph_from_rows(nodes, [dict(source=f"method:{i}", target=f"method:{j}", **end) for i, j in ends])
    core, other = (centrality(graph, measure, top=None, backend=backend) for backend in ("core", "networkx"))
    assert [r.id for r in core] == [r.id for r in other]


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
    with pytest.raises(GraphError, match="unknown type 'Thing'; known are Paper, Author"):
        centrality(tiny_graph, "degree", type="Thing")
    with pytest.raises(GraphError, match="unknown type 'Dataset'; known are Method"):
        centrality(tiny_graph, "degree", project="Method", type="Dataset")
    with pytest.raises(GraphError, match="in_degree is of directed graphs; say directed"):
        centrality(tiny_graph, "in_degree")
    with pytest.raises(GraphError, match="top is -1"):
        centrality(tiny_graph, "degree", top=-1)


def test_long_work_is_announced(tiny_graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    centrality(tiny_graph, "betweenness", notice=said.append)
    assert said == []
    monkeypatch.setattr("kg.analyse.rank.LONG", 1)
    centrality(tiny_graph, "betweenness", notice=said.append)
    assert "will take long; an error of 0.01" in said.pop()
    centrality(tiny_graph, "betweenness", sample=2, notice=said.append)
    assert len(said) == 1 and "betweenness is estimated" in said[0]
    with pytest.raises(GraphError, match="for betweenness by the core without weights"):
        centrality(tiny_graph, "closeness", sample=2)


def test_networkx_without_scipy_says_how_to_get_it(tiny_graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'kg[networkx]'")):
        centrality(tiny_graph, "pagerank", backend="networkx")


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import kg.analyse, sys; print([m for m in ('numpy', 'pyarrow', 'networkx', 'kg._core') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("measure", MEASURES)
def test_an_empty_graph_has_no_ranks(measure: str) -> None:
    assert centrality(graph_from_rows([], []), measure, directed=not MEASURES[measure].undirected) == []


def test_an_edge_to_nowhere_is_an_error() -> None:
    edge = {"source": "a", "source_type": "Method", "type": "PART_OF", "target": "b", "target_type": "Method"}
    with pytest.raises(GraphError, match="'b', which is no node"):
        centrality(graph_from_rows([{"id": "a", "type": "Method", "name": "A"}], [edge]), "degree")
