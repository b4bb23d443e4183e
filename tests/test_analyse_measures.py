"""The compiled measures against NetworkX, over named and random graphs."""

from __future__ import annotations

import ast
import gzip
import inspect
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from graphs import NAMED, csr_of, graphs, simple
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import _core
from kg.analyse import (
    Csr,
    betweenness,
    betweenness_within,
    closeness,
    csr_from_edges,
    degree,
    distance_histogram,
    distances,
    eccentricity,
    edge_betweenness,
    harmonic,
    pagerank,
    sampled_betweenness,
)
from kg.errors import ConvergenceError, GraphError

REFERENCE: dict[str, tuple[Callable, Callable]] = {
    "degree": (degree, nx.degree_centrality),
    "betweenness": (betweenness, nx.betweenness_centrality),
    "betweenness, raw": (
        lambda g: betweenness(g, normalized=False),
        lambda g: nx.betweenness_centrality(g, normalized=False),
    ),
    "closeness": (closeness, nx.closeness_centrality),
    "closeness, unscaled": (
        lambda g: closeness(g, wf_improved=False),
        lambda g: nx.closeness_centrality(g, wf_improved=False),
    ),
    "harmonic": (harmonic, nx.harmonic_centrality),
}


def assert_like_networkx(graph: nx.Graph, measure: str) -> None:
    ours, theirs = REFERENCE[measure]
    expected = theirs(simple(graph)) if len(graph) else {}
    np.testing.assert_allclose(ours(csr_of(graph)), [expected[v] for v in range(len(graph))], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("measure", REFERENCE)
@pytest.mark.parametrize("name", NAMED)
def test_named_graphs(name: str, measure: str) -> None:
    assert_like_networkx(NAMED[name], measure)


@pytest.mark.parametrize("measure", REFERENCE)
@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_random_graphs(measure: str, graph: nx.Graph) -> None:
    assert_like_networkx(graph, measure)


@settings(max_examples=60, deadline=None)
@given(graph=graphs(), alpha=st.floats(0.1, 0.95))
def test_pagerank_is_that_of_networkx_to_its_tolerance(graph: nx.Graph, alpha: float) -> None:
    plain = nx.DiGraph(graph) if graph.is_directed() else nx.Graph(graph)
    expected = nx.pagerank(plain, alpha, tol=1e-12, max_iter=2000, weight=None)
    ours = pagerank(csr_of(graph), alpha=alpha, tolerance=1e-12, max_steps=2000)
    np.testing.assert_allclose(ours, [expected[v] for v in range(len(graph))], atol=len(graph) * 1e-10)
    assert ours.sum() == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(
    graph=graphs(), alpha=st.floats(0, 0.99), seed=st.integers(0, 99), tolerance=st.sampled_from([1e-4, 1e-9, 1e-14])
)
def test_one_more_step_changes_pagerank_by_less_than_the_tolerance(
    graph: nx.Graph, alpha: float, seed: int, tolerance: float
) -> None:
    n = len(graph)
    jump = np.random.default_rng(seed).random(n)
    ranks = pagerank(csr_of(graph), alpha=alpha, personalization=jump, tolerance=tolerance, max_steps=5000)
    walk = nx.to_numpy_array(nx.DiGraph(graph) if graph.is_directed() else nx.Graph(graph), range(n), weight=None)
    walk[walk.sum(axis=1) == 0] = jump
    matrix = alpha * (walk / walk.sum(axis=1, keepdims=True)).T
    base = (1 - alpha) * jump / jump.sum()
    assert np.abs(matrix @ ranks + base - ranks).sum() < n * tolerance + 1e-15
    assert np.abs(np.linalg.solve(np.eye(n) - matrix, base) - ranks).sum() < n * (tolerance + 1e-15) / (1 - alpha)


def test_pagerank_of_a_walk_that_never_jumps() -> None:
    graph = nx.karate_club_graph()
    degrees = np.array([degree for _, degree in graph.degree()])
    np.testing.assert_allclose(
        pagerank(csr_of(graph), alpha=1, tolerance=1e-14, max_steps=9999), degrees / degrees.sum()
    )


def test_pagerank_lands_where_it_is_told() -> None:
    graph = nx.karate_club_graph()
    jump = np.zeros(len(graph))
    jump[[3, 5]] = 2, 1
    expected = nx.pagerank(graph, personalization={3: 2, 5: 1}, tol=1e-12, max_iter=1000, weight=None)
    ours = pagerank(csr_of(graph), personalization=jump, tolerance=1e-12, max_steps=1000)
    np.testing.assert_allclose(ours, [expected[v] for v in range(len(graph))], atol=1e-9)
    huge = pagerank(csr_of(graph), personalization=jump * 8e307, tolerance=1e-12, max_steps=1000)
    np.testing.assert_array_equal(huge, ours)


def test_no_ranks_are_given_where_they_did_not_converge() -> None:
    with pytest.raises(ConvergenceError, match="after 2 steps one more changes"):
        pagerank(csr_of(nx.path_graph(50)), tolerance=1e-15, max_steps=2)


@pytest.mark.parametrize("measure", [betweenness, closeness, harmonic])
def test_the_bits_are_the_same_for_any_number_of_threads(measure: Callable) -> None:
    graph = csr_of(nx.barabasi_albert_graph(500, 3, seed=1))
    one = measure(graph, threads=1).tobytes()
    assert all(measure(graph, threads=n).tobytes() == one for n in (0, 2, 3, 7, 2**80))


ALL = (degree, pagerank, betweenness, closeness, harmonic)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize(
    ("indptr", "indices", "why"),
    [
        ([], [], "indptr is empty"),
        ([1, 1], [], r"indptr\[0\] is 1"),
        ([0, 2, 1], [0], "falls from 2 to 1 at position 2"),
        ([0, 3], [0], "expected the length of indices, 1"),
        ([0, 2], [0, 9], r"indices\[1\] is 9"),
        ([0, 1, 3], [1, 1, 0], r"indices\[2\] is 0 after 1; expected the neighbours of node 1 to rise"),
    ],
)
def test_bad_arrays_are_refused_with_the_position(
    indptr: list[int], indices: list[int], why: str, directed: bool
) -> None:
    graph = Csr(np.array(indptr, dtype=np.int64), np.array(indices, dtype=np.uint32), directed)
    for measure in ALL:
        with pytest.raises(GraphError, match=why):
            measure(graph)


def test_an_undirected_edge_without_its_way_back_is_refused() -> None:
    arrays = np.array([0, 1, 1]), np.array([1], dtype=np.uint32)
    assert degree(Csr(*arrays, directed=True)).tolist() == [1, 1]
    for measure in ALL:
        with pytest.raises(GraphError, match="the edge from 0 to 1 has no way back"):
            measure(Csr(*arrays))


@pytest.mark.parametrize(
    ("sources", "targets", "n", "why"),
    [
        ([0, 1], [1, 5], 3, r"targets\[1\] is 5; expected a node from 0 to below 3"),
        ([0, -1], [1, 1], 3, r"sources\[1\] is -1"),
        ([0], [0], 0, r"sources\[0\] is 0"),
        ([0, 1], [1], 3, "2 and 1 values"),
        ([[0, 1]], [[1, 0]], 3, r"shape \(1, 2\)"),
        ([0.5], [1], 3, "float64; expected integers"),
        (np.array([2**63], dtype=np.uint64), [1], 3, r"sources\[0\] is 9223372036854775808"),
        ([], [], -1, "n is -1"),
        ([], [], 2**31, "n is 2147483648"),
    ],
)
def test_bad_edges_are_refused(sources: object, targets: object, n: int, why: str) -> None:
    with pytest.raises(GraphError, match=why):
        csr_from_edges(sources, targets, n)


def test_bad_arguments_are_refused() -> None:
    graph = csr_of(nx.path_graph(3))
    for measure in ALL:
        with pytest.raises(GraphError, match="threads is -1"):
            measure(graph, threads=-1)
        with pytest.raises(GraphError, match="indptr is 1-dimensional int32; expected a 1-dimensional numpy"):
            measure(Csr(np.array([0, 0], dtype=np.int32), np.array([], dtype=np.uint32)))
        with pytest.raises(GraphError, match="indices is list"):
            measure(Csr(np.array([0, 0]), []))
    for options, why in (
        ({"alpha": 1.5}, "alpha is 1.5"),
        ({"alpha": float("nan")}, "alpha is nan"),
        ({"max_steps": -1}, "max_steps is -1"),
        ({"max_steps": 2**80}, "max_steps is 1208"),
        ({"personalization": [1, 2]}, "3 finite values"),
        ({"personalization": [0, 0, 0]}, "one at least positive"),
        ({"personalization": [1, float("inf"), 1]}, "finite"),
        ({"personalization": [1, -1, 1]}, "none negative"),
    ):
        with pytest.raises(GraphError, match=why):
            pagerank(graph, **options)
    with pytest.raises(ValueError, match="jump has 1 values; expected 2"):
        _core.pagerank(np.array([0, 0, 0]), np.array([], dtype=np.uint32), False, 0.85, np.ones(1), 1e-6, 10)


def test_more_paths_than_a_float_holds_are_counted() -> None:
    """Layers of three nodes, each joined with all of the next: 3 to the power of 699 paths from end to end."""
    layers = 700
    nodes = np.arange(3 * layers).reshape(layers, 3)
    heads, tails = np.broadcast_arrays(nodes[:-1, :, None], nodes[1:, None, :])
    values = betweenness(csr_from_edges(heads.ravel(), tails.ravel(), nodes.size), normalized=False)

    def expected(layer: int) -> float:
        # The pairs on both sides of a layer share its three nodes; the three pairs within a neighbouring layer share
        # the nodes of the layers next to theirs.
        across = 3 * layer * 3 * (layers - 1 - layer) / 3
        beside = [k for k in (layer - 1, layer + 1) if 0 <= k < layers]
        return across + sum(3 / (3 * len([j for j in (k - 1, k + 1) if 0 <= j < layers])) for k in beside)

    np.testing.assert_allclose(values.reshape(layers, 3), [[expected(k)] * 3 for k in range(layers)], rtol=1e-12)


def assert_edges_like_networkx(graph: nx.Graph, normalized: bool) -> None:
    csr = csr_of(graph)
    plain = (nx.DiGraph if graph.is_directed() else nx.Graph)(graph.edges())
    plain.add_nodes_from(graph)
    expected = nx.edge_betweenness_centrality(plain, normalized=normalized)
    heads = np.repeat(np.arange(len(csr)), np.diff(csr.indptr))
    theirs = [
        expected[edge] if edge in expected else expected[edge[::-1]] for edge in zip(heads, csr.indices, strict=True)
    ]
    np.testing.assert_allclose(edge_betweenness(csr, normalized=normalized), theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMED)
def test_edge_betweenness_of_named_graphs(name: str) -> None:
    assert_edges_like_networkx(NAMED[name], normalized=True)


@settings(max_examples=60, deadline=None)
@given(graph=graphs(), normalized=st.booleans())
def test_edge_betweenness_of_random_graphs(graph: nx.Graph, normalized: bool) -> None:
    assert_edges_like_networkx(graph, normalized)


@pytest.mark.parametrize("name", ["hubs", "cliques", "dense", "directed dense"])
def test_sampled_betweenness_is_within_its_bound(name: str) -> None:
    graph = csr_of(NAMED[name])
    exact = betweenness(graph)
    for seed in range(5):
        values, bounds = sampled_betweenness(graph, sources=20, seed=seed, risk=0.01)
        assert (np.abs(values - exact) <= bounds).all() and (values != exact).any()
    values, bounds = sampled_betweenness(graph, sources=len(graph))
    assert values.tobytes() == exact.tobytes() and not bounds.any()


def test_betweenness_is_estimated_within_an_error() -> None:
    graph = csr_of(nx.barabasi_albert_graph(900, 3, seed=2))
    exact = betweenness(graph)
    values, bounds = betweenness_within(graph, 0.1)
    assert 0 < bounds.max() <= 0.1 and (np.abs(values - exact) <= bounds).all()
    values, bounds = betweenness_within(graph, 1e-9)
    assert values.tobytes() == exact.tobytes() and not bounds.any()
    with pytest.raises(GraphError, match="error is 0; expected a number above 0"):
        betweenness_within(graph, 0)


def test_more_sources_bring_estimates_nearer() -> None:
    graph = csr_of(nx.barabasi_albert_graph(600, 3, seed=2))
    exact = betweenness(graph)
    errors, widths = [], []
    for sources in (10, 500):
        samples = [sampled_betweenness(graph, sources=sources, seed=seed) for seed in range(5)]
        errors.append(np.mean([np.abs(values - exact).max() for values, _ in samples]))
        widths.append(np.mean([bounds.max() for _, bounds in samples]))
    assert errors[1] < errors[0] / 2 and widths[1] < widths[0] / 2


def test_bad_samples_are_refused() -> None:
    for options, why in (({"sources": 1}, "sources is 1"), ({"risk": 1}, "risk is 1"), ({"seed": -1}, "seed is -1")):
        with pytest.raises(GraphError, match=why):
            sampled_betweenness(csr_of(nx.path_graph(3)), **options)


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_eccentricity_and_the_histogram_are_those_of_all_distances(graph: nx.Graph) -> None:
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    expected = [max(lengths[v].values()) for v in range(len(graph))]
    assert eccentricity(csr_of(graph)).tolist() == expected
    counts = np.bincount([d for of_node in lengths.values() for d in of_node.values()])
    assert distance_histogram(csr_of(graph)).tolist() == counts.tolist()


def test_one_pass_gives_all_measures_of_distances() -> None:
    graph = csr_of(NAMED["cliques"])
    found = distances(graph)
    assert found.closeness().tobytes() == closeness(graph).tobytes()
    assert found.closeness(wf_improved=False).tobytes() == closeness(graph, wf_improved=False).tobytes()
    assert found.histogram.sum() == found.reached_by.sum() == 160**2
    assert found.furthest.max() == len(found.histogram) - 1 == nx.diameter(NAMED["cliques"])


def test_progress_is_told_and_may_stop_the_kernel() -> None:
    graph, shares = csr_of(nx.barabasi_albert_graph(3000, 5, seed=1)), []
    for measure in (betweenness, harmonic, edge_betweenness):
        shares.clear()
        measure(graph, progress=shares.append)
        assert shares == sorted(shares) and shares[-1] == 1 and all(0 <= share <= 1 for share in shares)

        def stop(share: float) -> None:
            raise RuntimeError("enough")

        with pytest.raises(RuntimeError, match="enough"):
            measure(graph, progress=stop)


CALLED = {n: f for n, f in vars(_core).items() if callable(f) and n != "WordVectors"} | {"sum": _core.WordVectors.sum}


def test_the_stub_says_what_the_compiled_module_takes() -> None:
    stub = ast.parse(Path(_core.__file__).with_name("_core.pyi").read_text(encoding="utf-8")).body
    stub += [method for kind in stub if isinstance(kind, ast.ClassDef) for method in kind.body]
    declared = {f.name: [a.arg for a in f.args.args] for f in stub if isinstance(f, ast.FunctionDef)}
    compiled = {n: list(inspect.signature(f).parameters) for n, f in CALLED.items()}
    assert declared == compiled | {"__init__": ["self", *inspect.signature(_core.WordVectors).parameters]}


def test_arrays_with_gaps_are_measured_like_others() -> None:
    graph = csr_of(nx.karate_club_graph())
    indptr, indices = np.repeat(graph.indptr, 2)[::2], np.repeat(graph.indices, 2)[::2]
    assert betweenness(Csr(indptr, indices)).tobytes() == betweenness(graph).tobytes()


LONG = """
import _thread, signal, sys, threading, time
import numpy as np
from kg.analyse import betweenness, csr_from_edges

graph = csr_from_edges(*np.random.default_rng(1).integers(0, 200_000, (2, 1_000_000)), 200_000)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore it

def interrupt():
    for _ in range(100):
        time.sleep(0.001)
    _thread.interrupt_main()

try:
    if "interrupt" in sys.argv:
        threading.Thread(target=interrupt).start()
    print("ready", flush=True)
    betweenness(graph)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
"""Betweenness that would take hours."""


def test_other_python_threads_go_on_while_a_kernel_runs() -> None:
    """A thread that gets no turn could never interrupt the kernel."""
    run = subprocess.run([sys.executable, "-c", LONG, "interrupt"], capture_output=True, text=True, timeout=120)
    assert run.stdout == "ready\nstopped\n"


def test_ctrl_c_stops_a_kernel() -> None:
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGINT)
        assert process.communicate(timeout=120)[0] == "stopped\n"


def test_bad_weights_are_refused() -> None:
    with pytest.raises(GraphError, match=r"weights has shape \(2,\); expected one an edge, \(1,\)"):
        csr_from_edges([0], [1], 2, weights=[1, 2])
    with pytest.raises(GraphError, match=r"weights\[1\] is nan"):
        csr_from_edges([0, 1], [1, 0], 2, weights=[1, np.nan])


@pytest.mark.shared
def test_a_real_collaboration_graph(shared: Path) -> None:
    with gzip.open(shared / "graphs" / "ca-GrQc.edges.gz", "rt") as file:
        edges = np.loadtxt(file, dtype=np.int64, usecols=(0, 1), comments="#")
    ids, ends = np.unique(edges, return_inverse=True)
    ends = ends.reshape(-1, 2)
    ours = csr_from_edges(ends[:, 0], ends[:, 1], len(ids))
    graph = nx.Graph(ends.tolist())
    graph.add_nodes_from(range(len(ids)))
    sample = range(0, len(ids), 97)
    expected = nx.harmonic_centrality(graph, nbunch=list(sample))
    np.testing.assert_allclose(harmonic(ours)[sample], [expected[v] for v in sample], rtol=1e-12)
    component = nx.convert_node_labels_to_integers(nx.ego_graph(graph, 0, 4), ordering="sorted")
    assert_like_networkx(component, "betweenness")


@settings(max_examples=60, deadline=None)
@given(graph=graphs(), data=st.data())
def test_weights_of_parallel_edges_are_added(graph: nx.Graph, data: st.DataObject) -> None:
    edges = np.array([(u, v) for u, v, *_ in graph.edges()], dtype=np.int64).reshape(-1, 2)
    weights = data.draw(st.lists(st.floats(-9, 9), min_size=len(edges), max_size=len(edges)))
    csr = csr_from_edges(*edges.T, len(graph), directed=graph.is_directed(), weights=weights)
    plain = csr_of(graph)
    assert (csr.indptr.tolist(), csr.indices.tolist()) == (plain.indptr.tolist(), plain.indices.tolist())
    expected = np.zeros((len(graph), len(graph)))
    for (u, v), weight in zip(edges, weights, strict=True):
        expected[u, v] += weight
        if u != v and not graph.is_directed():
            expected[v, u] += weight
    dense = np.zeros_like(expected)
    dense[np.repeat(np.arange(len(graph)), np.diff(csr.indptr)), csr.indices] = csr.weights
    np.testing.assert_allclose(dense, expected, atol=1e-13)
    assert graph.is_directed() or (dense == dense.T).all()
