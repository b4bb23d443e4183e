"""Named and random graphs that measures are compared over."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from kg.analyse import Csr, csr_from_edges

NAMED = {
    "empty": nx.empty_graph(0),
    "one": nx.empty_graph(1),
    "two": nx.path_graph(2),
    "isolated": nx.empty_graph(5),
    "path": nx.path_graph(9),
    "star": nx.star_graph(7),
    "cycle": nx.cycle_graph(8),
    "complete": nx.complete_graph(6),
    "grid": nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 7)),
    "tree": nx.balanced_tree(3, 4),
    "karate": nx.karate_club_graph(),
    "les miserables": nx.convert_node_labels_to_integers(nx.les_miserables_graph()),
    "two parts": nx.disjoint_union(nx.cycle_graph(5), nx.path_graph(4)),
    "loops": nx.Graph([(0, 0), (0, 1), (1, 1), (1, 2)]),
    "directed cycle": nx.DiGraph([(0, 1), (1, 2), (2, 0), (2, 3)]),
    "directed loops": nx.DiGraph([(0, 0), (0, 1), (2, 1), (3, 2), (1, 3)]),
    "directed random": nx.gnp_random_graph(40, 0.08, seed=3, directed=True),
    "random": nx.gnp_random_graph(60, 0.05, seed=4),
    "parallel": nx.MultiGraph([(0, 1), (0, 1), (1, 2), (2, 2), (2, 2)]),
    "directed parallel": nx.MultiDiGraph([(0, 1), (0, 1), (1, 0), (1, 2)]),
    "directed isolated": nx.empty_graph(3, create_using=nx.DiGraph),
    "hubs": nx.barabasi_albert_graph(80, 2, seed=5),
    "dense": nx.gnp_random_graph(150, 0.2, seed=6),
    "cliques": nx.relaxed_caveman_graph(20, 8, 0.1, seed=7),
    "long": nx.convert_node_labels_to_integers(nx.ladder_graph(90)),
    "directed dense": nx.gnp_random_graph(120, 0.1, seed=8, directed=True),
}


def csr_of(graph: nx.Graph) -> Csr:
    edges = np.array([(u, v) for u, v, *_ in graph.edges()], dtype=np.int64).reshape(-1, 2)
    return csr_from_edges(edges[:, 0], edges[:, 1], len(graph), directed=graph.is_directed())


@st.composite
def graphs(draw: st.DrawFn) -> nx.Graph:
    """Random graphs with loops, parallel edges, isolated nodes and several parts, directed or not."""
    n = draw(st.integers(1, 14))
    node = st.integers(0, n - 1)
    graph = nx.MultiDiGraph() if draw(st.booleans()) else nx.MultiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(draw(st.lists(st.tuples(node, node), max_size=30)))
    return graph


@st.composite
def weighted_graphs(draw: st.DrawFn, least: float = 0.25) -> nx.Graph:
    """The same without parallel edges, with a `weight` at each edge that is a multiple of a quarter."""
    graph = simple(draw(graphs()))
    weights = st.integers(int(least * 4), 12)
    for _, _, edge in graph.edges(data=True):
        edge["weight"] = draw(weights) / 4
    return graph


def simple(graph: nx.Graph) -> nx.Graph:
    """The graph without parallel edges, its nodes in order."""
    plain = nx.DiGraph() if graph.is_directed() else nx.Graph()
    plain.add_nodes_from(range(len(graph)))
    plain.add_edges_from(graph.edges())
    return plain


def without_loops(graph: nx.Graph) -> nx.Graph:
    plain = graph.copy()
    plain.remove_edges_from(list(nx.selfloop_edges(plain)))
    return plain


def weighted_csr_of(graph: nx.Graph) -> Csr:
    edges = [(u, v, edge["weight"]) for u, v, edge in graph.edges(data=True)]
    ends = np.array([edge[:2] for edge in edges], dtype=np.int64).reshape(-1, 2)
    weights = [edge[2] for edge in edges]
    return csr_from_edges(*ends.T, len(graph), directed=graph.is_directed(), weights=weights)
