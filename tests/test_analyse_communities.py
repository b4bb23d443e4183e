"""Communities: connected, repeatable, good, and as good as they are said to be."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from graphs import NAMED, csr_of, graphs, simple, weighted_csr_of, weighted_graphs
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import Csr, connected_components, csr_from_edges, leiden, modularity
from kg.errors import GraphError


def groups(labels: np.ndarray) -> list[set[int]]:
    return [set(np.flatnonzero(labels == label).tolist()) for label in range(labels.max(initial=-1) + 1)]


def assert_connected(graph: nx.Graph, labels: np.ndarray) -> None:
    plain = simple(graph).to_undirected()
    found = groups(labels)
    assert sorted(v for group in found for v in group) == list(range(len(graph)))
    assert found == sorted(found, key=min)
    assert all(nx.is_connected(plain.subgraph(group)) for group in found)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("quality", ["modularity", "cpm"])
def test_communities_of_named_graphs_are_connected(name: str, quality: str) -> None:
    graph = csr_of(NAMED[name])
    labels = leiden(graph, quality=quality, resolution=0.5)
    assert_connected(NAMED[name], labels)
    assert leiden(graph, quality=quality, resolution=0.5).tobytes() == labels.tobytes()


@settings(max_examples=100, deadline=None)
@given(graph=weighted_graphs(least=0), resolution=st.floats(0, 3), seed=st.integers(0, 2**64 - 1))
def test_modularity_is_that_of_networkx_and_leiden_does_not_lower_it(
    graph: nx.Graph, resolution: float, seed: int
) -> None:
    csr = weighted_csr_of(graph)
    labels = leiden(csr, resolution=resolution, weighted=True, seed=seed)
    ours = modularity(csr, labels, weighted=True, resolution=resolution)
    if csr.weights.any():
        expected = nx.community.modularity(graph, groups(labels), resolution=resolution)
        assert ours == pytest.approx(expected, abs=1e-12)
    assert ours >= modularity(csr, np.arange(len(graph)), weighted=True, resolution=resolution) - 1e-12
    if resolution and csr.weights.all():
        assert_connected(graph, labels)


def potts(graph: nx.Graph, labels: np.ndarray, resolution: float) -> float:
    """The weight within communities less resolution times their pairs of nodes, ordered ones in a directed graph."""
    within = sum(weight for u, v, weight in graph.edges(data="weight") if labels[u] == labels[v] and u != v)
    pairs = sum(len(group) * (len(group) - 1) for group in groups(labels))
    return within - resolution * (pairs if graph.is_directed() else pairs / 2)


@settings(max_examples=100, deadline=None)
@given(graph=weighted_graphs(), resolution=st.floats(0.01, 3), data=st.data())
def test_no_single_move_makes_the_potts_model_better(graph: nx.Graph, resolution: float, data: st.DataObject) -> None:
    labels = leiden(weighted_csr_of(graph), quality="cpm", resolution=resolution, weighted=True, max_rounds=100)
    quality = potts(graph, labels, resolution)
    v = data.draw(st.integers(0, len(graph) - 1))
    moved = labels.copy()
    moved[v] = data.draw(st.integers(0, labels.max() + 1))
    assert potts(graph, moved, resolution) <= quality + 1e-9


def test_planted_communities_are_found() -> None:
    graph = nx.planted_partition_graph(8, 25, 0.5, 0.01, seed=3)
    for labels in (leiden(csr_of(graph)), leiden(csr_of(graph.to_directed()))):
        assert labels.tolist() == [v // 25 for v in range(200)]


def test_modularity_is_as_high_as_that_of_louvain() -> None:
    for graph, best in ((nx.karate_club_graph(), 0.4197), (nx.les_miserables_graph(), 0.5600)):
        plain = nx.convert_node_labels_to_integers(graph)
        csr = csr_of(plain)
        found = max(modularity(csr, leiden(csr, seed=seed)) for seed in range(5))
        louvain = nx.community.louvain_communities(plain, weight=None, seed=1)
        assert found >= nx.community.modularity(plain, louvain, weight=None) - 1e-9
        assert found >= best - 0.006


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_without_resolution_parts_are_communities(graph: nx.Graph) -> None:
    csr = csr_of(graph)
    assert leiden(csr, resolution=0, max_rounds=100).tolist() == connected_components(csr).tolist()


def test_bad_arguments_are_refused() -> None:
    graph = csr_from_edges([0, 1], [1, 2], 3)
    for option, why in (
        ({"quality": "beauty"}, "unknown quality 'beauty'; known are modularity, cpm"),
        ({"resolution": -1}, "resolution is -1"),
        ({"resolution": float("nan")}, "resolution is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**64}, "expected 0 to below 2"),
        ({"max_rounds": -1}, "max_rounds -1"),
        ({"threads": -1}, "threads is -1"),
        ({"weighted": True}, "the graph has no weights"),
    ):
        with pytest.raises(GraphError, match=why):
            leiden(graph, **option)
    for communities in ([0, 1], [0, 1, -1], [0.5, 1, 1]):
        with pytest.raises(GraphError, match="communities must be 3 integers from 0 on"):
            modularity(graph, communities)
    with pytest.raises(GraphError, match="resolution is inf"):
        modularity(graph, [0, 0, 0], resolution=float("inf"))
    with pytest.raises(GraphError, match=r"indices\[1\] is 9"):
        leiden(Csr(np.array([0, 2]), np.array([0, 9], dtype=np.uint32)))
    assert modularity(csr_from_edges([], [], 2), [0, 1]) == 0
    assert leiden(csr_from_edges([], [], 0)).tolist() == []
