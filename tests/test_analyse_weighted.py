"""The measures that take weights, as lengths or as strengths, against NetworkX."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from graphs import csr_of, weighted_csr_of, weighted_graphs
from hypothesis import given, settings

from kg.analyse import (
    MEASURES,
    Csr,
    betweenness,
    closeness,
    csr_from_edges,
    degree,
    eccentricity,
    harmonic,
    in_degree,
    out_degree,
    pagerank,
)
from kg.errors import ConvergenceError, GraphError

BY_LENGTH: dict[str, tuple[Callable, Callable]] = {
    "betweenness": (
        lambda g: betweenness(g, weighted=True),
        lambda g: nx.betweenness_centrality(g, weight="weight"),
    ),
    "betweenness, raw": (
        lambda g: betweenness(g, weighted=True, normalized=False),
        lambda g: nx.betweenness_centrality(g, weight="weight", normalized=False),
    ),
    "closeness": (
        lambda g: closeness(g, weighted=True),
        lambda g: nx.closeness_centrality(g, distance="weight"),
    ),
    "closeness, unscaled": (
        lambda g: closeness(g, weighted=True, wf_improved=False),
        lambda g: nx.closeness_centrality(g, distance="weight", wf_improved=False),
    ),
    "harmonic": (
        lambda g: harmonic(g, weighted=True),
        lambda g: nx.harmonic_centrality(g, distance="weight"),
    ),
}


def in_order(values: dict[int, float]) -> list[float]:
    return [values[v] for v in range(len(values))]


@pytest.mark.parametrize("measure", BY_LENGTH)
@settings(max_examples=60, deadline=None)
@given(graph=weighted_graphs())
def test_lengths_are_those_of_networkx(measure: str, graph: nx.Graph) -> None:
    ours, theirs = BY_LENGTH[measure]
    np.testing.assert_allclose(ours(weighted_csr_of(graph)), in_order(theirs(graph)), rtol=1e-12, atol=1e-15)


@settings(max_examples=60, deadline=None)
@given(graph=weighted_graphs(least=0))
def test_eccentricity_is_the_largest_distance_of_networkx(graph: nx.Graph) -> None:
    expected = [max(nx.single_source_dijkstra_path_length(graph, v).values()) for v in range(len(graph))]
    np.testing.assert_allclose(eccentricity(weighted_csr_of(graph), weighted=True), expected, rtol=1e-12)


@pytest.mark.parametrize("measure", [name for name in BY_LENGTH if name.startswith("closeness")])
@settings(max_examples=60, deadline=None)
@given(graph=weighted_graphs(least=0))
def test_lengths_of_zero_are_taken_where_only_distances_matter(measure: str, graph: nx.Graph) -> None:
    ours, theirs = BY_LENGTH[measure]
    np.testing.assert_allclose(ours(weighted_csr_of(graph)), in_order(theirs(graph)), rtol=1e-12, atol=1e-15)


@settings(max_examples=100, deadline=None)
@given(graph=weighted_graphs(least=0))
def test_strengths_are_those_of_networkx(graph: nx.Graph) -> None:
    csr = weighted_csr_of(graph)
    assert degree(csr, weighted=True).tolist() == [d for _, d in graph.degree(range(len(graph)), weight="weight")]
    if graph.is_directed():
        nodes = range(len(graph))
        assert in_degree(csr, weighted=True).tolist() == [d for _, d in graph.in_degree(nodes, weight="weight")]
        assert out_degree(csr, weighted=True).tolist() == [d for _, d in graph.out_degree(nodes, weight="weight")]
        assert in_degree(csr).tolist() == pytest.approx(in_order(nx.in_degree_centrality(graph)))
        assert out_degree(csr).tolist() == pytest.approx(in_order(nx.out_degree_centrality(graph)))
    expected = nx.pagerank(graph, tol=1e-13, max_iter=2000)
    ours = pagerank(csr, weighted=True, tolerance=1e-13, max_steps=2000)
    np.testing.assert_allclose(ours, in_order(expected), atol=1e-10)


@pytest.mark.parametrize("measure", ["betweenness", "closeness", "harmonic"])
@settings(max_examples=30, deadline=None)
@given(graph=weighted_graphs())
def test_equal_lengths_are_as_none(measure: str, graph: nx.Graph) -> None:
    plain = csr_of(graph)
    alike = Csr(plain.indptr, plain.indices, plain.directed, np.full(len(plain.indices), 1.0))
    expected = MEASURES[measure](plain)
    np.testing.assert_allclose(MEASURES[measure](alike, weighted=True), expected, rtol=1e-12, atol=1e-15)


def test_more_weighted_paths_than_a_float_holds_are_counted() -> None:
    layers = 700
    nodes = np.arange(3 * layers).reshape(layers, 3)
    heads, tails = (ends.ravel() for ends in np.broadcast_arrays(nodes[:-1, :, None], nodes[1:, None, :]))
    graph = csr_from_edges(heads, tails, nodes.size, weights=np.full(len(heads), 2.0))
    expected = betweenness(graph)
    np.testing.assert_allclose(betweenness(graph, weighted=True), expected, rtol=1e-11)


@pytest.mark.parametrize("measure", ["betweenness", "closeness", "harmonic"])
def test_the_bits_are_the_same_for_any_number_of_threads(measure: str) -> None:
    plain = nx.barabasi_albert_graph(300, 3, seed=1)
    rng = np.random.default_rng(1)
    ends = np.array(plain.edges()).T
    graph = csr_from_edges(*ends, 300, weights=rng.random(ends.shape[1]) + 0.01)
    one = MEASURES[measure](graph, weighted=True, threads=1).tobytes()
    assert all(MEASURES[measure](graph, weighted=True, threads=n).tobytes() == one for n in (0, 2, 5))


def test_bad_weights_are_refused() -> None:
    path = csr_from_edges([0, 1], [1, 2], 3)
    weighted = [name for name, measure in MEASURES.items() if measure.weights and measure.undirected]
    assert {"degree", "pagerank", "betweenness", "clustering", "eigenvector", "katz", "hub", "community"} < {*weighted}
    for name in weighted:
        with pytest.raises(GraphError, match="the graph has no weights"):
            MEASURES[name](path, weighted=True)
        with pytest.raises(GraphError, match=r"weights\[1\] is nan; expected a finite number"):
            MEASURES[name](Csr(path.indptr, path.indices, weights=np.array([1, np.nan, 1, 1])), weighted=True)
    zero = Csr(path.indptr, path.indices, weights=np.array([1.0, 1.0, 0.0, 0.0]))
    with pytest.raises(GraphError, match=r"weights\[2\] is 0.0; expected a finite number above 0"):
        betweenness(zero, weighted=True)
    with pytest.raises(ConvergenceError, match="after 1 steps one more changes"):
        pagerank(zero, weighted=True, max_steps=1)
    for measure in (in_degree, out_degree):
        with pytest.raises(GraphError, match="of directed graphs; degree counts those"):
            measure(path)
