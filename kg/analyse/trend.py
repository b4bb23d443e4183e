"""What rose and fell in rank from one period to another."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from kg.analyse.projection import Period
from kg.analyse.rank import Ranked, measure_nodes, rounded
from kg.analyse.table import RANKED
from kg.errors import GraphError
from kg.schema import Graph

__all__ = ["Trend", "Trends", "trends"]


@dataclass(frozen=True)
class Trend:
    """A node whose rank changed; a rank and a value are None in a period whose papers do not speak of it.

    Nodes of one value share the best of their ranks. `change` is the logarithm of how many times better the rank became,
    a node that is not there standing behind the last: from 10 to 1 is more than from 400 to 300.
    """

    id: str
    type: str
    name: str
    rank_before: int | None
    rank_after: int | None
    value_before: float | None
    value_after: float | None
    change: float


@dataclass(frozen=True)
class Trends:
    """The nodes that rose and those that fell, the greatest change first; papers: how many each period holds, and how
    many have no date."""

    risen: list[Trend]
    fallen: list[Trend]
    papers_before: int
    papers_after: int
    undated: int


def trends(
    graph: Graph,
    measure: str,
    before: Period,
    after: Period,
    *,
    type: str | None = None,
    top: int | None = 20,
    **options: Any,
) -> Trends:
    """What rose and fell in rank by a measure between the papers of two periods.

    type: rank only nodes of this type.  top: how many risen and how many fallen, None for all.  options: those of
    `measure_nodes`.  Raises GraphError where the periods overlap or one holds no paper. Cost: twice that of the measure.
    """
    if measure not in RANKED:
        raise GraphError(f"{measure!r} ranks no nodes; known are {', '.join(RANKED)}")
    if before.until is None or after.since is None or before.until > after.since:
        raise GraphError(
            f"the periods {before} and {after} overlap: let the first end where the second starts or before"
        )
    first, second = (measure_nodes(graph, measure, period=period, **options) for period in (before, after))
    changes = _changes(first.ranked(type=type), second.ranked(type=type))
    changes.sort(key=lambda t: (-abs(t.change), t.id))
    return Trends(
        [t for t in changes if t.change > 0][:top],
        [t for t in changes if t.change < 0][:top],
        first.projection.papers,
        second.projection.papers,
        first.projection.undated,
    )


def _changes(before: list[Ranked], after: list[Ranked]) -> list[Trend]:
    old, new = _shared_ranks(before), _shared_ranks(after)
    out = []
    for node in {row.id: row for row in [*before, *after]}.values():
        was, is_ = old.get(node.id), new.get(node.id)
        change = log((was or (len(old) + 1, 0))[0] / (is_ or (len(new) + 1, 0))[0])
        out.append(Trend(node.id, node.type, node.name, *_rank_and_value(was, is_), change))
    return out


def _rank_and_value(was: tuple[int, float] | None, is_: tuple[int, float] | None) -> tuple[Any, ...]:
    return was and was[0], is_ and is_[0], was and was[1], is_ and is_[1]


def _shared_ranks(rows: list[Ranked]) -> dict[str, tuple[int, float]]:
    """The rank and value of each node by its id; the same rank for all that agree in their value."""
    values = rounded(np.array([row.value for row in rows]))
    ranks = np.searchsorted(-values, -values, side="left") + 1
    return {row.id: (int(rank), row.value) for row, rank in zip(rows, ranks, strict=True)}
