"""Joining: which entities of single papers are one, by the company they stand in and by what a person decided.

A short name that nothing explains is a thing of its paper alone at first. Two papers that mean the same by it speak of
the same: such a thing is joined to that of another paper, or to what another paper defines by this short form, where
their texts are alike. Joins only add up (single linkage), so a further paper never takes apart what is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kg.link.context import fold_short, load_contexts
from kg.link.corrections import NO_CORRECTIONS, Corrections
from kg.link.lexicon import Lexicon
from kg.schema import Join

__all__ = ["Linked", "correct_names", "join_papers"]

ALIKE = 0.6
"""How alike, in cosine, the texts of two papers must be for a short name to mean the same in both."""


class Linked(NamedTuple):
    """What one paper says: it writes `text`, which it alone links to `entity`, since `why`."""

    paper: str
    type: str
    text: str
    entity: str
    why: str


@dataclass(frozen=True)
class _Member:
    entity: str
    paper: str
    own: bool


def join_papers(
    links: Iterable[Linked],
    texts: Callable[[Sequence[str]], Mapping[str, str]],
    lexicon: Lexicon,
    corrections: Corrections = NO_CORRECTIONS,
) -> list[Join]:
    """The entities that are part of another one, each with the one it is part of, sorted.

    links: what papers say; only names that a paper leaves open or defines itself are looked at.  texts: gives the texts
    of papers by their ids, asked for once.

    The order of the links does not matter. Cost: for each short form, the square of the papers that leave it open.
    """
    groups: dict[tuple[str, str], set[_Member]] = {}
    for link in links:
        if is_own(link.entity, link.paper) or (link.why == "definition" and link.entity not in lexicon.by_id):
            member = _Member(link.entity, link.paper, is_own(link.entity, link.paper))
            groups.setdefault((link.type, fold_short(link.text).casefold()), set()).add(member)
    open_groups = [group for group in groups.values() if len(group) > 1 and any(member.own for member in group)]
    read = texts(sorted({member.paper for group in open_groups for member in group}))
    vectors = {paper: load_contexts().vector(text) for paper, text in read.items()}
    union = _Union(corrections)
    for group in open_groups:
        members = sorted(group, key=lambda m: (m.entity, m.paper))
        union.join_alike(members, np.stack([vectors[member.paper] for member in members]))
    return union.joins()


def is_own(entity: str, paper: str) -> bool:
    """Whether an entity is a thing of one paper alone; see `kg.link.candidates.own_link`."""
    return entity.endswith("-" + hashlib.sha256(paper.encode("utf-8", "surrogatepass")).hexdigest()[:8])


class _Union:
    """Entities that are one; the one that a definition or the smallest id names stands for all of them."""

    def __init__(self, corrections: Corrections) -> None:
        self._corrections = corrections
        self._groups: dict[str, dict[str, bool]] = {}
        self._because: dict[str, tuple[float, str]] = {}

    def join_alike(self, members: list[_Member], vectors: np.ndarray) -> None:
        """Join members whose papers are alike, the most alike first; of two defined things neither is joined."""
        exact = vectors.astype(np.int64)
        products = exact @ exact.T
        sizes = np.sqrt(np.maximum(1, products.diagonal()).astype(np.float64))
        alike = np.triu(products / np.outer(sizes, sizes), 1).round(6)
        pairs = sorted((-alike[i, j], i, j) for i, j in np.argwhere(alike >= ALIKE).tolist())
        for negative, i, j in pairs:
            if members[i].own or members[j].own:
                self._join(members[i], members[j], -negative)

    def _join(self, one: _Member, other: _Member, alike: float) -> None:
        a = self._groups.setdefault(one.entity, {one.entity: one.own})
        b = self._groups.setdefault(other.entity, {other.entity: other.own})
        if a is b or any(self._corrections.forbids(x, y) for x in a for y in b):
            return
        for member, partner in ((one, other), (other, one)):
            self._because.setdefault(member.entity, (alike, partner.paper))
        a.update(b)
        for entity in b:
            self._groups[entity] = a

    def joins(self) -> list[Join]:
        out = []
        for entity, group in self._groups.items():
            target = min(group, key=lambda id_: (group[id_], id_))
            if target != entity:
                alike, paper = self._because[entity]
                out.append(Join(entity, None, target, "context", f"as in {paper}: {alike:.2f}"))
        return sorted(out)


def correct_names(
    names: Iterable[tuple[str, str, str]], joins: Iterable[Join], lexicon: Lexicon, corrections: Corrections
) -> list[Join]:
    """What a person's decisions change: for each (type, text, entity) that they are about, the entity instead."""
    target = {join.linked: join.entity for join in joins}
    out = []
    for type_, text, linked in sorted(set(names)):
        entity = target.get(linked, linked)
        decided = (corrections.link(side, type_, lexicon) for side in (text, linked, entity))
        link = next(filter(None, decided), None) or corrections.separated(text, entity, type_, lexicon)
        if link and link.entity != entity:
            out.append(Join(linked, text, link.entity, "correction", link.evidence))
    return out
