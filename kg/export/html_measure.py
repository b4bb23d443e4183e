"""How an HTML page shows stored measures: as size and colour of the nodes, and in words beside them."""

from __future__ import annotations

from typing import Any

from kg.errors import ExportError
from kg.schema import MEASURES, Graph

__all__ = ["Look", "look_of"]

GROUPS = ("community", "component", "strong_component")
"""Measures whose values are names of groups, not amounts: they give a colour and no size."""

PALETTE = "#3b6fb6 #d98324 #3a9d6e #a05cb5 #c44e52 #8c6d46 #4fb3bf #b3a12b".split()
OTHERS = "#9aa3af"
PALEST = 0.35
"""How much of its type's colour the node of the lowest value keeps."""


class Look:
    """Size, colour and words of each node by its stored measures; without any, size and colour are left to its edges."""

    def __init__(self, graph: Graph, measure: str | None) -> None:
        ids = graph.nodes["id"].to_pylist()
        self.measure = measure
        self.values = {
            name: {id_: v for id_, v in zip(ids, graph.nodes[name].to_pylist(), strict=True) if v is not None}
            for name in _stored(graph)
        }
        chosen = self.values.get(measure or "", {})
        self.is_group = measure in GROUPS
        self.most = max(chosen.values(), default=0) or 1
        self.colors = dict(zip(_largest_groups(chosen), PALETTE, strict=False)) if self.is_group else {}
        self.ranks = {name: _ranks(values) for name, values in self.values.items() if name not in GROUPS}

    def size(self, id_: str, edges: int) -> float:
        if self.measure is None or self.is_group:
            return round(6 + 2.4 * edges**0.5, 1)
        return round(6 + 34 * self._share(id_) ** 0.5, 1)

    def color(self, id_: str, color: str) -> str:
        """The colour of a node, given that of its type."""
        if self.measure is None:
            return color
        if self.is_group:
            return self.colors.get(self.values[self.measure].get(id_), OTHERS)
        kept = PALEST + (1 - PALEST) * self._share(id_) ** 0.5
        parts = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        return "#" + "".join(f"{round(255 - kept * (255 - part)):02x}" for part in parts)

    def words(self, id_: str) -> list[str]:
        """A line for each stored measure of a node."""
        lines = []
        for name, values in self.values.items():
            if id_ in values:
                rank = f", rank {self.ranks[name][values[id_]]} of {len(values)}" if name in self.ranks else ""
                lines.append(f"{name.replace('_', ' ')} {values[id_]:.4g}{rank}")
        return lines

    def _share(self, id_: str) -> float:
        return max(0.0, self.values[self.measure].get(id_, 0) / self.most)


def look_of(graph: Graph, measure: str | None) -> Look:
    """The look of a page by a stored measure; None takes the first that is stored and is an amount.

    Raises ExportError for one that is not stored.
    """
    stored = _stored(graph)
    if measure is None:
        measure = next((name for name in stored if name not in GROUPS), None)
    elif measure not in stored:
        raise ExportError(
            f"no {measure!r} is stored in the library; stored are {', '.join(stored) or 'no measures'}; "
            f"store one with: kg centrality --measure {measure} --store"
        )
    return Look(graph, measure)


def _stored(graph: Graph) -> list[str]:
    return [p.name for p in MEASURES if graph.nodes[p.name].null_count < graph.nodes.num_rows]


def _largest_groups(values: dict[str, Any]) -> list[Any]:
    sizes: dict[Any, int] = {}
    for group in values.values():
        sizes[group] = sizes.get(group, 0) + 1
    return sorted(sizes, key=lambda group: (-sizes[group], group))


def _ranks(values: dict[str, Any]) -> dict[Any, int]:
    """The rank of each value, from 1; equal values share the best."""
    ranks: dict[Any, int] = {}
    for place, value in enumerate(sorted(values.values(), reverse=True), 1):
        ranks.setdefault(value, place)
    return ranks
