"""The graphs that the core is timed on, written as files that every library reads.

All are simple and undirected. Node numbers are shuffled, so that nobody profits from the order of a generator.
"""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
from knowledge_graph import knowledge_graph

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "graphs"
SEED = 7

Edges = tuple[int, np.ndarray]
"""The number of nodes, and the ends of each edge, shape (m, 2)."""


def read_edges(*paths: Path) -> Edges:
    """The edges in files of lines `node, node, ...` or `node, relation, node, split`, separated by tabs."""
    ids: dict[str, int] = {}
    edges = [(ids.setdefault(u, len(ids)), ids.setdefault(v, len(ids))) for u, v in read_pairs(paths)]
    return len(ids), np.array(edges)


def read_pairs(paths: Iterable[Path]) -> Iterable[tuple[str, str]]:
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#"):
                    fields = line.rstrip("\n").split("\t")
                    yield fields[0], fields[2 if len(fields) == 4 else 1]


def read_daily_papers() -> Edges:
    """Papers, authors and organizations of the Hugging Face daily papers."""
    return read_edges(*(CORPORA / "hf_daily_papers" / f"paper_{kind}.edges.gz" for kind in ("author", "organization")))


def recursive_matrix(scale: int, edge_factor: int = 8) -> Edges:
    """R-MAT: each bit of an edge's two ends is drawn with the probabilities .57, .19, .19, .05; isolated nodes go.

    Chakrabarti, Zhan, Faloutsos, doi:10.1137/1.9781611972740.43.
    """
    rng = np.random.default_rng(SEED)
    ends = np.zeros((edge_factor << scale, 2), dtype=np.int64)
    for _ in range(scale):
        quadrant = rng.choice(4, len(ends), p=(0.57, 0.19, 0.19, 0.05))
        ends = ends * 2 + np.stack([quadrant // 2, quadrant % 2], axis=1)
    nodes, ends = np.unique(ends, return_inverse=True)
    return len(nodes), ends.reshape(-1, 2)


def preferential_attachment(n: int, new_edges: int) -> Edges:
    """Barabási and Albert: each new node joins earlier ones, drawn by their degree. doi:10.1126/science.286.5439.509."""
    rng = np.random.default_rng(SEED)
    ends: list[int] = list(range(new_edges))
    edges = []
    for node in range(new_edges, n):
        chosen: set[int] = set()
        while len(chosen) < new_edges:
            chosen.add(ends[rng.integers(len(ends))])
        edges += [(node, other) for other in sorted(chosen)]
        ends += [*sorted(chosen), *[node] * new_edges]
    return n, np.array(edges)


def grid(width: int) -> Edges:
    """A square lattice: as far across as it is wide."""
    node = np.arange(width * width).reshape(width, width)
    across, down = (node[:, :-1], node[:, 1:]), (node[:-1], node[1:])
    return node.size, np.concatenate([np.stack([u.ravel(), v.ravel()], axis=1) for u, v in (across, down)])


def road(width: int) -> Edges:
    """Like a map of roads: a lattice without two of five edges, the others bent at up to three nodes of degree 2."""
    rng = np.random.default_rng(SEED)
    n, edges = grid(width)
    bent = []
    for u, v in edges[rng.random(len(edges)) < 0.6].tolist():
        bends = list(range(n, n + rng.integers(0, 4)))
        n += len(bends)
        bent += itertools.pairwise([u, *bends, v])
    return n, np.array(bent)


GRAPHS: dict[str, Callable[[], Edges]] = {
    "kg1k": partial(knowledge_graph, 1_000, SEED),
    "kg3k": partial(knowledge_graph, 3_000, SEED),
    "kg10k": partial(knowledge_graph, 10_000, SEED),
    "kg100k": partial(knowledge_graph, 100_000, SEED),
    "hf": read_daily_papers,
    "hfco": lambda: read_edges(CORPORA / "hf_daily_papers" / "coauthor.edges.gz"),
    "aclco": lambda: read_edges(CORPORA / "acl_coauthor" / "coauthor.edges.gz"),
    **{
        name: partial(read_edges, CORPORA / f"{name}.edges.gz")
        for name in "acl_paper_dataset ca-AstroPh ca-GrQc ca-HepPh codex-m codex-s cora-cites fb15k-237 nell-995 wn18rr".split()
    },
    "rmat15": partial(recursive_matrix, 15),
    "ba20k": partial(preferential_attachment, 20_000, 5),
    "grid": partial(grid, 100),
    "road": partial(road, 70),
}


def simple(n: int, edges: np.ndarray) -> Edges:
    """Without loops and parallel edges, the nodes numbered at random."""
    edges = np.random.default_rng(SEED).permutation(n)[edges]
    edges = np.unique(np.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    return n, edges


def write_graph(name: str, folder: Path) -> Path:
    """The file of a graph, by its name in GRAPHS or by the path of its edges; made where it is not there yet."""
    path = folder / f"{Path(name).name.removesuffix('.edges.gz')}.npz"
    if not path.exists():
        n, edges = simple(*(GRAPHS[name]() if name in GRAPHS else read_edges(Path(name))))
        np.savez(path, n=n, edges=edges)
    return path


def read_graph(path: Path | str) -> Edges:
    with np.load(path) as arrays:
        return int(arrays["n"]), arrays["edges"]
