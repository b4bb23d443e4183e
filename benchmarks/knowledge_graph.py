"""A generator of knowledge graphs like those that kg builds, from nothing but a seed; only numpy is needed.

Papers have authors, a few of whom write often; they mention methods, datasets, tasks and metrics, a few of which are
known to all and many to one paper only; and they state claims about what they mention.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Builder:
    """Nodes numbered in the order in which they appear, and the edges between them."""

    rng: np.random.Generator
    nodes: int = 0
    edges: list[tuple[int, int]] = field(default_factory=list)

    def add_nodes(self, count: int) -> range:
        self.nodes += count
        return range(self.nodes - count, self.nodes)

    def join(self, node: int, others: set[int]) -> None:
        self.edges.extend((node, other) for other in sorted(others))


def knowledge_graph(papers: int, seed: int = 7) -> tuple[int, np.ndarray]:
    """The number of nodes, about nine a paper, and the edges, about 21 a paper, shape (m, 2)."""
    graph = Builder(np.random.default_rng(seed))
    methods, datasets, tasks, metrics = (
        Known(graph, papers // share, least) for share, least in ((5, 20), (10, 10), (50, 5), (50, 5))
    )
    written: list[int] = []  # the author of each authorship so far: who wrote often is drawn often
    for paper in graph.add_nodes(papers):
        authors = add_authors(graph, written)
        mentioned = methods_of(graph, methods)
        for known, fewest, most in ((datasets, 0, 4), (tasks, 1, 2), (metrics, 0, 2)):
            mentioned |= known.draw(graph.rng.integers(fewest, most, endpoint=True))
        graph.join(paper, authors | mentioned)
        add_claims(graph, paper, sorted(mentioned))
    return graph.nodes, np.array(graph.edges)


class Known:
    """Things that many papers mention, the r-th of them with a probability of about 1 / r (Zipf)."""

    def __init__(self, graph: Builder, count: int, least: int) -> None:
        self.nodes = graph.add_nodes(max(count, least))
        weights = 1 / np.arange(1, len(self.nodes) + 1)
        self.cumulated = np.cumsum(weights) / weights.sum()
        self.rng = graph.rng

    def draw(self, count: int) -> set[int]:
        ranks = np.searchsorted(self.cumulated[:-1], self.rng.random(count))
        return {self.nodes[rank] for rank in ranks}


def add_authors(graph: Builder, written: list[int]) -> set[int]:
    """Three to eight authors of a paper, nearly half of them new."""
    authors = set()
    for new in graph.rng.random(graph.rng.integers(3, 9)) < 0.45:
        authors.add(graph.add_nodes(1)[0] if new or not written else written[graph.rng.integers(len(written))])
    written.extend(sorted(authors))
    return authors


def methods_of(graph: Builder, known: Known) -> set[int]:
    """Two to six methods of a paper, two in five of them its own."""
    is_new = graph.rng.random(graph.rng.integers(2, 7)) < 0.4
    return known.draw((~is_new).sum()) | set(graph.add_nodes(is_new.sum()))


def add_claims(graph: Builder, paper: int, mentioned: list[int]) -> None:
    """Two to five claims that a paper states, each about up to two of the things that it mentions."""
    for claim in graph.add_nodes(graph.rng.integers(2, 6)):
        about = graph.rng.choice(mentioned, graph.rng.integers(0, min(3, len(mentioned) + 1)), replace=False)
        graph.join(claim, {paper, *about.tolist()})
