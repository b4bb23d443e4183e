"""Components, cores and triangles against NetworkX, over named and random graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import networkx as nx
import numpy as np
import pytest
from graphs import NAMED, csr_of, graphs, simple, weighted_csr_of, weighted_graphs, without_loops
from hypothesis import given, settings

from kg.analyse import (
    Csr,
    articulation_points,
    average_clustering,
    biconnected_components,
    clustering,
    connected_components,
    core_number,
    csr_from_edges,
    strongly_connected_components,
    transitivity,
    triangles,
)
from kg.errors import GraphError

ALL_DIRECTIONS = (connected_components, strongly_connected_components, core_number, clustering, average_clustering)
UNDIRECTED_ONLY = (biconnected_components, articulation_points, triangles, transitivity)


def groups(labels: Iterable[int]) -> list[set[int]]:
    """The nodes of each label, the labels in their order."""
    found: dict[int, set[int]] = {}
    for v, label in enumerate(labels):
        found.setdefault(int(label), set()).add(v)
    assert list(found) == list(range(len(found))), "labels count from 0 in the order of their first nodes"
    return [found[label] for label in sorted(found)]


def in_order(components: Iterable[set[int]]) -> list[set[int]]:
    return sorted(components, key=min)


def assert_like_networkx(graph: nx.Graph) -> None:
    csr, plain = csr_of(graph), simple(graph)
    bare, n = without_loops(plain), len(graph)
    weakly = nx.weakly_connected_components if graph.is_directed() else nx.connected_components
    assert groups(connected_components(csr)) == in_order(weakly(plain))
    if n:
        strongly = nx.strongly_connected_components if graph.is_directed() else nx.connected_components
        found = strongly_connected_components(csr)
        parts = [set(np.flatnonzero(found == label).tolist()) for label in range(found.max() + 1)]
        assert in_order(parts) == in_order(strongly(plain))
        assert not graph.is_directed() or all(found[u] >= found[v] for u, v in plain.edges)
    assert core_number(csr).tolist() == [core for _, core in sorted(nx.core_number(bare).items())]
    np.testing.assert_allclose(clustering(csr), [nx.clustering(plain)[v] for v in range(n)], rtol=1e-12)
    if graph.is_directed():
        return
    assert triangles(csr).tolist() == [nx.triangles(plain)[v] for v in range(n)]
    assert transitivity(csr) == pytest.approx(nx.transitivity(plain), rel=1e-12)
    assert np.flatnonzero(articulation_points(csr)).tolist() == sorted(nx.articulation_points(plain))
    edges = np.stack([np.repeat(np.arange(n), np.diff(csr.indptr)), csr.indices], axis=1)
    labels = biconnected_components(csr)
    assert (labels[edges[:, 0] == edges[:, 1]] == -1).all()
    ours = {frozenset(map(frozenset, edges[labels == label].tolist())) for label in range(labels.max(initial=-1) + 1)}
    theirs = nx.biconnected_component_edges(bare)
    assert ours == {frozenset(map(frozenset, component)) for component in theirs}
    _, first = np.unique(labels[labels >= 0], return_index=True)
    assert (np.diff(first) > 0).all()


@pytest.mark.parametrize("name", NAMED)
def test_named_graphs(name: str) -> None:
    assert_like_networkx(NAMED[name])


@settings(max_examples=100, deadline=None)
@given(graph=graphs())
def test_random_graphs(graph: nx.Graph) -> None:
    assert_like_networkx(graph)


@settings(max_examples=80, deadline=None)
@given(graph=weighted_graphs(least=0))
def test_weighted_clustering_is_that_of_networkx(graph: nx.Graph) -> None:
    if not any(weight for *_, weight in graph.edges(data="weight")):
        return
    expected = nx.clustering(graph, weight="weight")
    ours = clustering(weighted_csr_of(graph), weighted=True)
    np.testing.assert_allclose(ours, [expected[v] for v in range(len(graph))], rtol=1e-12, atol=1e-15)
    assert average_clustering(weighted_csr_of(graph), weighted=True) == pytest.approx(ours.mean())


@pytest.mark.parametrize("directed", [False, True])
def test_larger_graphs(directed: bool) -> None:
    assert_like_networkx(nx.gnp_random_graph(400, 0.004, seed=1, directed=directed))
    assert_like_networkx(nx.gnp_random_graph(60, 0.5, seed=2, directed=directed))


def test_the_counts_are_the_same_for_any_number_of_threads() -> None:
    graph = csr_of(nx.barabasi_albert_graph(3000, 8, seed=1))
    one = triangles(graph, threads=1).tolist()
    assert sum(one) % 3 == 0 and all(triangles(graph, threads=n).tolist() == one for n in (0, 2, 5))


def test_a_long_path_needs_no_recursion() -> None:
    n = 200_000
    path = csr_from_edges(range(n - 1), range(1, n), n)
    assert biconnected_components(path).max() == n - 2
    assert articulation_points(path).sum() == n - 2
    way = csr_from_edges(range(n - 1), range(1, n), n, directed=True)
    assert strongly_connected_components(way).tolist() == list(range(n))[::-1]


@pytest.mark.parametrize("measure", UNDIRECTED_ONLY)
def test_directed_graphs_are_refused_where_the_measure_has_no_meaning(measure: Callable) -> None:
    with pytest.raises(GraphError, match="undirected graphs; make one with csr_from_edges"):
        measure(csr_of(nx.DiGraph([(0, 1)])))


@pytest.mark.parametrize("measure", ALL_DIRECTIONS + UNDIRECTED_ONLY)
def test_bad_arrays_and_arguments_are_refused(measure: Callable) -> None:
    with pytest.raises(GraphError, match=r"indices\[1\] is 9"):
        measure(Csr(np.array([0, 2]), np.array([0, 9], dtype=np.uint32)))
    with pytest.raises(GraphError, match="threads is -1"):
        measure(csr_of(nx.path_graph(3)), threads=-1)


def test_bad_weights_are_refused() -> None:
    graph = csr_of(nx.path_graph(3))
    with pytest.raises(GraphError, match="the graph has no weights"):
        clustering(graph, weighted=True)

    def measured(weights: object) -> None:
        clustering(Csr(graph.indptr, graph.indices, weights=weights), weighted=True)

    with pytest.raises(GraphError, match=r"weights\[2\] is -1.0; expected a finite number from 0 on"):
        measured(np.array([1, 1, -1, 1.0]))
    with pytest.raises(GraphError, match="weights has 1 values; expected one an index, 4"):
        measured(np.ones(1))
    with pytest.raises(GraphError, match="weights is list"):
        measured([1.0, 1.0, 1.0, 1.0])
    with pytest.raises(GraphError, match="the graph has no nodes"):
        average_clustering(csr_from_edges([], [], 0))
