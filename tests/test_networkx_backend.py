"""The backend of NetworkX: its own tests pass on it, and random graphs get the same values with and without it."""

from __future__ import annotations

import inspect
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.utils.backends import _registered_algorithms

from kg.analyse.networkx_backend import FUNCTIONS, dispatch
from kg.analyse.networkx_backend.graph import CoreGraph

SUITE = [
    *(f"networkx.algorithms.{part}" for part in ("centrality", "link_analysis", "components")),
    *(f"networkx.algorithms.tests.test_{part}" for part in ("core", "cluster", "distance_measures")),
]
CALLS = {
    "articulation_points": 8,
    "average_clustering": 22,
    "betweenness_centrality": 32,
    "biconnected_component_edges": 3,
    "biconnected_components": 6,
    "center": 4026,
    "closeness_centrality": 21,
    "clustering": 58,
    "connected_components": 72,
    "core_number": 25,
    "degree_centrality": 6,
    "diameter": 4025,
    "eccentricity": 41,
    "edge_betweenness_centrality": 7,
    "eigenvector_centrality": 8,
    "harmonic_centrality": 11,
    "hits": 4,
    "in_degree_centrality": 3,
    "is_biconnected": 7,
    "is_connected": 229,
    "is_strongly_connected": 11,
    "is_weakly_connected": 16,
    "katz_centrality": 19,
    "node_connected_component": 1,
    "number_connected_components": 7,
    "number_strongly_connected_components": 5,
    "number_weakly_connected_components": 6,
    "out_degree_centrality": 3,
    "pagerank": 14,
    "periphery": 4009,
    "radius": 4020,
    "strongly_connected_components": 33,
    "transitivity": 5,
    "triangles": 15,
    "weakly_connected_components": 7,
}
"""How many calls of the tests of NetworkX 3.6.1 reach the backend; without this a green run would prove nothing."""


@pytest.fixture(autouse=True)
def no_warning_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(nx.config, "warnings_to_ignore", {"cache"})
    yield


def test_the_tests_of_networkx_pass_on_the_backend(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ["-q", "-p", "networkx_calls", "-p", "no:cacheprovider", "--pyargs", *SUITE]
    calls = tmp_path / "calls.json"
    here = {"KG_CALLS": str(calls), "PYTHONPATH": str(Path(__file__).parent)}
    testing = {"NETWORKX_TEST_BACKEND": "kg", "NETWORKX_FALLBACK_TO_NX": "True"}
    command = [sys.executable, "-m", "pytest", *options]
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | here | testing, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert json.loads(calls.read_text()) == CALLS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_are_those_of_networkx(name: str) -> None:
    def parameters(function: Callable) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in inspect.signature(function).parameters.values()]

    assert parameters(getattr(dispatch, name)) == parameters(_registered_algorithms[name].orig_func)


@st.composite
def graphs(draw: st.DrawFn) -> nx.Graph:
    """Random graphs whose nodes are words, with loops and isolated nodes; each edge of a random length."""
    n = draw(st.integers(2, 12))
    node = st.integers(0, n - 1).map(lambda i: "abcdefghijkl"[(i * 5) % 12])
    graph = nx.DiGraph() if draw(st.booleans()) else nx.Graph()
    graph.add_nodes_from("abcdefghijkl"[(i * 5) % 12] for i in range(n))
    for u, v in draw(st.lists(st.tuples(node, node), max_size=30)):
        graph.add_edge(u, v, weight=draw(st.sampled_from([0.5, 1, 2, 3.25])))
    return graph


EXACT: dict[str, dict[str, Any]] = {
    "betweenness_centrality": {"normalized": False},
    "edge_betweenness_centrality": {},
    "edge_betweenness_centrality, not normalized": {"normalized": False},
    "betweenness_centrality, weighted": {"weight": "weight"},
    "closeness_centrality": {"wf_improved": False},
    "closeness_centrality, weighted": {"distance": "weight"},
    "harmonic_centrality": {"nbunch": ["a", "f", "nobody"]},
    "harmonic_centrality, weighted": {"distance": "weight"},
    "degree_centrality": {},
    "clustering": {"nodes": ["a", "f"]},
    "clustering, weighted": {"weight": "weight"},
    "average_clustering": {"count_zeros": True},
    "pagerank": {"tol": 1e-14, "max_iter": 5000},
    "pagerank, weight=None": {"weight": None, "personalization": {"a": 1, "f": 2}, "tol": 1e-14, "max_iter": 5000},
    "katz_centrality": {"alpha": 0.01, "beta": 0.5, "tol": 1e-13},
}


@pytest.mark.parametrize("case", EXACT)
@settings(max_examples=25, deadline=None)
@given(graph=graphs())
def test_values_are_those_of_networkx(case: str, graph: nx.Graph) -> None:
    function, options = getattr(nx, case.split(",")[0]), EXACT[case]
    ours, theirs = (function(graph, **options, backend=backend) for backend in ("kg", "networkx"))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    if isinstance(ours, dict) and not case.startswith(("harmonic", "edge")):  # of a set, of neighbours as they came
        assert list(ours) == list(theirs)


@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_distances_to_the_farthest_are_those_of_networkx(graph: nx.Graph) -> None:
    graph.add_edges_from([("a", v) for v in graph] + [(v, "a") for v in graph] * graph.is_directed())
    for name in ("eccentricity", "diameter", "radius", "center", "periphery"):
        function = getattr(nx, name)
        for weight in (None, "weight", None):  # NetworkX keeps the weights for the last call
            theirs = function(graph, weight=weight, backend="networkx")
            assert function(graph, weight=weight, backend="kg") == theirs
    graph.add_node("alone")
    with pytest.raises(nx.NetworkXError, match="Found infinite path length because the "):
        nx.eccentricity(graph, backend="kg")
    if not graph.is_directed():
        parts = nx.Graph([(0, 1), (2, 3)])
        for backend in ("kg", "networkx"):
            with pytest.raises(nx.NetworkXError, match="because the graph is not connected"):
                nx.diameter(parts, backend=backend)


@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_parts_are_those_of_networkx(graph: nx.Graph) -> None:
    kind = "strongly" if graph.is_directed() else "bi"
    name = {"strongly": "strongly_connected_components", "bi": "biconnected_components"}[kind]
    ours, theirs = ({frozenset(p) for p in getattr(nx, name)(graph, backend=b)} for b in ("kg", "networkx"))
    assert ours == theirs
    if graph.is_directed():
        order = list(nx.strongly_connected_components(graph, backend="kg"))
        place = {node: i for i, part in enumerate(order) for node in part}
        assert all(place[u] >= place[v] for u, v in graph.edges)
        return
    assert set(nx.articulation_points(graph, backend="kg")) == set(nx.articulation_points(graph, backend="networkx"))
    assert nx.triangles(graph, backend="kg") == nx.triangles(graph, backend="networkx")
    assert list(nx.connected_components(graph, backend="kg")) == list(nx.connected_components(graph))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    edges = [{frozenset(e) for e in part} for part in nx.biconnected_component_edges(graph, backend="kg")]
    assert {frozenset(p) for p in edges} == {
        frozenset(frozenset(e) for e in p) for p in nx.biconnected_component_edges(graph, backend="networkx")
    }


def test_communities_are_a_good_partition_and_repeatable() -> None:
    graph = nx.karate_club_graph()
    parts = [nx.community.leiden_communities(graph, weight=None, seed=3, backend="kg") for _ in range(2)]
    assert parts[0] == parts[1] and nx.community.is_partition(graph, parts[0])
    assert nx.community.modularity(graph, parts[0], weight=None) > 0.41


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("betweenness_centrality", {"k": 2}, "k is not supported: betweenness is exact"),
        ("betweenness_centrality", {"k": 0}, "k is not supported"),
        ("betweenness_centrality", {"endpoints": True}, "endpoints is not supported"),
        ("betweenness_centrality", {"weight": lambda u, v, d: 1}, "a function as weight"),
        ("closeness_centrality", {"distance": lambda u, v, d: 1}, "a function as weight"),
        ("harmonic_centrality", {"sources": [0]}, "sources is not supported"),
        ("pagerank", {"dangling": {0: 1}}, "dangling is not supported"),
        ("pagerank", {"nstart": {0: 1}}, "nstart is not supported"),
        ("pagerank", {"alfa": 1}, "unexpected keyword argument 'alfa'"),
    ],
)
def test_what_the_core_lacks_is_refused_with_the_reason(name: str, options: dict[str, Any], reason: str) -> None:
    graph = nx.path_graph(4)
    assert reason in dispatch.can_run(name, (graph,), options)
    if "alfa" not in options:
        with pytest.raises(NotImplementedError):
            getattr(nx, name)(graph, **options, backend="kg")


def test_parallel_edges_count_where_they_count() -> None:
    graph = nx.MultiGraph([(0, 1), (0, 1), (1, 2)])
    assert nx.betweenness_centrality(graph, backend="kg") == nx.betweenness_centrality(graph)
    assert "parallel edges" in dispatch.can_run("degree_centrality", (graph,), {})
    assert "directed graphs" in dispatch.can_run("transitivity", (nx.DiGraph([(0, 1)]),), {})


def test_weights_that_the_core_refuses_are_not_computed_wrongly() -> None:
    for weight in (-1, math.nan, "heavy"):
        graph = nx.Graph()
        graph.add_edge(0, 1, weight=weight)
        with pytest.raises(NotImplementedError):
            nx.closeness_centrality(graph, distance="weight", backend="kg")


def test_what_was_preferred_falls_back_and_what_asks_for_one_node_is_left_to_networkx() -> None:
    graph = nx.path_graph(5)
    with nx.config.backend_priority(algos=["kg"]):
        assert nx.betweenness_centrality(graph, k=5, seed=1) == nx.betweenness_centrality(graph, backend="networkx")
    assert dispatch.should_run("closeness_centrality", (graph,), {"u": 1}) == (
        "the core computes the values of all nodes together"
    )
    assert nx.closeness_centrality(graph, u=2, backend="kg") == nx.closeness_centrality(graph, u=2)
    with pytest.raises(nx.NodeNotFound):
        nx.closeness_centrality(graph, u=9, backend="kg")


def test_a_graph_is_converted_once_until_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    converted = []
    convert = dispatch.convert
    monkeypatch.setattr(dispatch, "convert", lambda *args: converted.append(args) or convert(*args))
    graph = nx.path_graph(5)
    nx.betweenness_centrality(graph, backend="kg")
    nx.closeness_centrality(graph, backend="kg")
    assert len(converted) == 1
    graph.add_edge(0, 4)
    assert nx.betweenness_centrality(graph, backend="kg")[2] == pytest.approx(nx.betweenness_centrality(graph)[2])
    assert len(converted) == 2


@settings(max_examples=30, deadline=None)
@given(graph=graphs())
def test_a_converted_graph_converts_back(graph: nx.Graph) -> None:
    core = dispatch.convert_from_nx(graph, edge_attrs={"weight": 1})
    back = dispatch.convert_to_nx(core)
    assert nx.utils.graphs_equal(back, type(graph)(graph))
    assert dispatch.convert_from_nx(core) is core and dispatch.convert_to_nx(3) == 3
    assert "a" in core and list(core) == list(graph) and isinstance(core, CoreGraph)
    assert nx.degree_centrality(core) == nx.degree_centrality(graph)


def test_errors_are_those_of_networkx() -> None:
    empty, path = nx.Graph(), nx.path_graph(3)
    for call in (nx.is_connected, nx.eigenvector_centrality):
        with pytest.raises(nx.NetworkXPointlessConcept):
            call(empty, backend="kg")
    with pytest.raises(nx.PowerIterationFailedConvergence):
        nx.pagerank(path, max_iter=0, backend="kg")
    with pytest.raises(nx.PowerIterationFailedConvergence):
        nx.katz_centrality(path, alpha=9, backend="kg")
    with pytest.raises(ZeroDivisionError):
        nx.pagerank(path, personalization={0: 0}, backend="kg")
    with pytest.raises(nx.NetworkXNotImplemented):
        nx.core_number(nx.Graph([(0, 0)]), backend="kg")
    with pytest.raises(nx.NetworkXNotImplemented):
        nx.connected_components(nx.DiGraph(), backend="kg")
    with pytest.raises(NotImplementedError):
        nx.biconnected_component_edges(nx.Graph([(0, 0)]), backend="kg")


def test_networkx_knows_the_backend_without_loading_it() -> None:
    code = "import networkx as nx, sys; assert 'kg' in nx.config.backends; print('kg._core' in sys.modules)"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
