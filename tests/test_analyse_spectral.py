"""Eigenvector centrality, HITS and Katz centrality against dense matrices and NetworkX."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from graphs import NAMED, csr_of, graphs, simple, weighted_csr_of, weighted_graphs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.analyse import Csr, csr_from_edges, eigenvector_centrality, hits, katz_alpha, katz_centrality
from kg.errors import ConvergenceError, GraphError

ALL = (eigenvector_centrality, hits, katz_centrality)


def dense(graph: nx.Graph, weight: str | None = None) -> np.ndarray:
    if not len(graph):
        return np.zeros((0, 0))
    return nx.to_numpy_array(simple(graph) if weight is None else graph, nodelist=range(len(graph)), weight=weight)


def top_part(symmetric: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The projection of a vector on the eigenvectors of the largest eigenvalue."""
    values, vectors = np.linalg.eigh(symmetric)
    top = vectors[:, values > values[-1] * (1 - 1e-9) - 1e-300]
    return top @ (top.T @ start)


def well_parted(symmetric: np.ndarray) -> bool:
    """Whether the largest eigenvalue stands clear of the next one, so that a small residual means a small error."""
    values = np.linalg.eigvalsh(symmetric)
    near = values[values >= 0.97 * values[-1]]
    return not len(values) or near.max() - near.min() <= 1e-9 * near.max()


def assert_is_top(ours: np.ndarray, symmetric: np.ndarray, start: np.ndarray) -> None:
    expected = top_part(symmetric, start)
    assert (ours >= 0).all()
    np.testing.assert_allclose(ours / np.linalg.norm(ours), expected / np.linalg.norm(expected), atol=1e-8)


@pytest.mark.parametrize("name", NAMED)
def test_named_graphs(name: str) -> None:
    graph = NAMED[name]
    matrix, csr = dense(graph), csr_of(graph)
    for values, square in ((hits(csr, normalized=False)[1], matrix.T @ matrix),):
        if matrix.any():
            assert_is_top(values, square, np.ones(len(graph)))
    if not graph.is_directed() and len(graph):
        assert_is_top(eigenvector_centrality(csr), matrix, np.ones(len(graph)))


@settings(max_examples=80, deadline=None)
@given(graph=weighted_graphs(least=0), data=st.data())
def test_undirected_eigenvectors_are_those_of_the_dense_matrix(graph: nx.Graph, data: st.DataObject) -> None:
    matrix = dense(graph, "weight")
    assume(not graph.is_directed() and well_parted(matrix))
    start = np.array(data.draw(st.lists(st.integers(1, 5), min_size=len(graph), max_size=len(graph))), dtype=float)
    ours = eigenvector_centrality(weighted_csr_of(graph), weighted=True, start=start)
    assert_is_top(ours, matrix, start)


@settings(max_examples=80, deadline=None)
@given(graph=weighted_graphs())
def test_hits_are_the_eigenvectors_of_the_dense_matrix(graph: nx.Graph) -> None:
    matrix = dense(graph, "weight")
    hubs, authorities = hits(weighted_csr_of(graph), weighted=True)
    if not matrix.any():
        assert not hubs.any() and not authorities.any()
        return
    assert hubs.sum() == pytest.approx(1) and authorities.sum() == pytest.approx(1)
    assume(well_parted(matrix.T @ matrix))
    assert_is_top(authorities, matrix.T @ matrix, np.ones(len(graph)))
    assert_is_top(hubs, matrix @ matrix.T, matrix @ top_part(matrix.T @ matrix, np.ones(len(graph))))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("directed", [False, True])
def test_strong_graphs_are_like_networkx(seed: int, directed: bool) -> None:
    graph = nx.gnp_random_graph(60, 0.12, seed=seed, directed=directed)
    graph.add_edges_from(nx.cycle_graph(60, create_using=type(graph)).edges())
    expected = nx.eigenvector_centrality(graph, tol=1e-14, max_iter=5000)
    np.testing.assert_allclose(eigenvector_centrality(csr_of(graph)), list(expected.values()), atol=1e-9)
    hubs, authorities = nx.hits(graph, tol=1e-14, max_iter=5000)
    ours = hits(csr_of(graph))
    np.testing.assert_allclose(ours, [[values[v] for v in range(60)] for values in (hubs, authorities)], atol=1e-9)
    expected = nx.katz_centrality(graph, alpha=0.05, tol=1e-14)
    np.testing.assert_allclose(katz_centrality(csr_of(graph), alpha=0.05), [expected[v] for v in range(60)], atol=1e-9)


def test_a_directed_cycle_has_a_limit() -> None:
    np.testing.assert_allclose(eigenvector_centrality(csr_of(nx.cycle_graph(4, create_using=nx.DiGraph))), [0.5] * 4)
    heavy = csr_from_edges([0, 1, 2], [1, 2, 0], 3, directed=True, weights=[1000.0, 2000.0, 4000.0])
    matrix = np.array([[0, 1000, 0], [0, 0, 2000], [4000, 0, 0]])
    values = eigenvector_centrality(heavy, weighted=True)
    np.testing.assert_allclose(matrix.T @ values, 2000 * values, rtol=1e-8)


@settings(max_examples=80, deadline=None)
@given(graph=weighted_graphs(least=0), share=st.floats(0, 0.95), data=st.data())
def test_katz_is_the_solution_of_the_dense_equations(graph: nx.Graph, share: float, data: st.DataObject) -> None:
    matrix, n = dense(graph, "weight"), len(graph)
    largest = np.abs(np.linalg.eigvals(matrix)).max()
    alpha = share / largest if largest > 0.1 else share
    beta = np.array(data.draw(st.lists(st.integers(-3, 5), min_size=n, max_size=n)), dtype=float)
    expected = np.linalg.solve(np.eye(n) - alpha * matrix.T, beta)
    ours = katz_centrality(weighted_csr_of(graph), alpha=alpha, beta=beta, weighted=True, normalized=False)
    np.testing.assert_allclose(ours, expected, atol=1e-8 * max(1, np.linalg.norm(expected)))
    scaled = katz_centrality(weighted_csr_of(graph), alpha=alpha, beta=beta, weighted=True)
    assert np.linalg.norm(scaled) == pytest.approx(1 if beta.any() else 0)


@settings(max_examples=80, deadline=None)
@given(graph=graphs(), share=st.floats(1.001, 30))
def test_katz_has_no_value_where_walks_have_no_sum(graph: nx.Graph, share: float) -> None:
    largest = np.abs(np.linalg.eigvals(dense(graph))).max(initial=0)
    assume(largest > 0.5)
    with pytest.raises(ConvergenceError):
        katz_centrality(csr_of(graph), alpha=share / largest)


@settings(max_examples=80, deadline=None)
@given(graph=weighted_graphs(least=0))
def test_katz_has_a_value_where_no_alpha_is_said(graph: nx.Graph) -> None:
    matrix, csr = dense(graph, "weight"), weighted_csr_of(graph)
    alpha = katz_alpha(csr, weighted=True)
    largest = np.linalg.norm(matrix, 2)
    assert alpha == pytest.approx(0.85 / largest if largest else 0.85, rel=1e-2)
    expected = np.linalg.solve(np.eye(len(graph)) - alpha * matrix.T, np.ones(len(graph)))
    ours = katz_centrality(csr, weighted=True)
    np.testing.assert_allclose(ours, expected / np.linalg.norm(expected), atol=1e-8)


def test_the_residual_is_as_stated() -> None:
    graph = nx.barabasi_albert_graph(400, 3, seed=2)
    csr, matrix = csr_of(graph), dense(graph)
    for tolerance in (1e-3, 1e-6, 1e-12):
        values = eigenvector_centrality(csr, tolerance=tolerance)
        largest = values @ matrix @ values
        assert np.linalg.norm(matrix @ values - largest * values) <= 1.01 * tolerance * largest + 1e-14 * largest
        katz = katz_centrality(csr, alpha=0.03, tolerance=tolerance, normalized=False)
        assert np.linalg.norm(0.03 * matrix @ katz + 1 - katz) <= (1.01 * tolerance + 1e-14) * np.linalg.norm(katz)


def test_no_values_are_given_where_they_did_not_converge() -> None:
    path = csr_of(nx.path_graph(200))
    for measure in ALL:
        with pytest.raises(ConvergenceError, match="after 2 steps, expected 1e-10 at most; raise max_steps"):
            measure(path, max_steps=2)
    with pytest.raises(ConvergenceError, match="the residual was"):
        eigenvector_centrality(csr_of(nx.DiGraph([(0, 1), (1, 2)])))


@pytest.mark.parametrize("measure", ALL)
def test_bad_arguments_are_refused(measure: Callable) -> None:
    graph = csr_of(nx.path_graph(3))
    options: list[tuple[dict, str]] = [
        ({"threads": -1}, "threads is -1"),
        ({"tolerance": -1}, "tolerance is -1"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"max_steps": -1}, "max_steps is -1"),
        ({"weighted": True}, "the graph has no weights"),
    ]
    if measure is katz_centrality:
        options += [
            ({"alpha": -0.1}, "alpha is -0.1"),
            ({"alpha": float("inf")}, "alpha is inf"),
            ({"beta": [1, 2]}, "beta must be a finite number, or 3 of them"),
            ({"beta": float("nan")}, "beta must be"),
        ]
    else:
        options += [
            ({"start": [1, 2]}, "start must be 3 finite values"),
            ({"start": [1, -2, 3]}, "none negative"),
            ({"start": [0, 0, 0]}, "one at least positive"),
        ]
    for option, why in options:
        with pytest.raises(GraphError, match=why):
            measure(graph, **option)
    uneven = Csr(graph.indptr, graph.indices, weights=np.array([1.0, 1.0, 2.0, 3.0]))
    with pytest.raises(GraphError, match=r"weights\[2\] is 2, but 3 on the way back from 2 to 1"):
        measure(uneven, weighted=True)
    with pytest.raises(GraphError, match=r"indices\[1\] is 9"):
        measure(Csr(np.array([0, 2]), np.array([0, 9], dtype=np.uint32)))
