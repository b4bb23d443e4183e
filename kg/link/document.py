"""Linking one paper: its mentions in groups of one thing each, and for each group what it is.

Nothing but the paper and the lexicon is looked at, so the result is the same in any order, batch or process.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from kg.link.candidates import find, new_link, shown, supported, sure_link, words_of
from kg.link.lexicon import Lexicon
from kg.link.surface import abbreviates, fold_surface, singular
from kg.schema import Extraction, Link, Mention

__all__ = ["link_extraction"]

SUPPORTED = 0.8
"""The score of a name with several meanings, one of which the paper's other mentions speak for."""


def link_extraction(extraction: Extraction, lexicon: Lexicon) -> Extraction:
    """The extraction with name, entity, why and score of every mention filled in.

    A short form that the paper defines means what its long form means, whatever the lexicon says of the short form;
    then the lexicon decides; a name with several meanings needs support from the paper's other mentions; all else
    is new. Idempotent. The cost grows with the paper's mentions and not with the lexicon.

    >>> mentions = (Mention("m0", 0, 19, "curriculum learning", "Method", 1.0), Mention("m1", 21, 23, "CL", "Method", 1.0))
    >>> linked = link_extraction(Extraction("paper:x", mentions, synonyms=(("m1", "m0"),)), Lexicon(()))
    >>> [(m.entity, m.name, m.why) for m in linked.mentions]
    [('method:curriculumlearning', 'curriculum learning', 'new'), ('method:curriculumlearning', 'curriculum learning', 'definition')]
    """
    groups = _groups(extraction)
    introduced = frozenset(extraction.introduces)
    surroundings = _Surroundings(groups, lexicon)
    links: dict[str, Link] = {}
    for group in groups:
        links.update(_link_group(group, lexicon, any(m.id in introduced for m in group), surroundings))
    return replace(extraction, mentions=tuple(_filled(m, links[m.id]) for m in extraction.mentions))


def _filled(mention: Mention, link: Link) -> Mention:
    return replace(mention, name=link.name, entity=link.entity, why=link.why, score=link.score)


def _groups(extraction: Extraction) -> list[list[Mention]]:
    """Mentions of one thing: of one type, and of equal folded surface or joined by a synonym pair."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(key: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    keys = {m.id: (m.type, fold_surface(m.text) or m.text) for m in extraction.mentions}
    for a, b in extraction.synonyms:
        if a in keys and b in keys and keys[a][0] == keys[b][0]:
            low, high = sorted((root(keys[a]), root(keys[b])))
            parent[high] = low
    groups: dict[tuple[str, str], list[Mention]] = {}
    for mention in extraction.mentions:
        groups.setdefault(root(keys[mention.id]), []).append(mention)
    return list(groups.values())


class _Surroundings:
    """What the groups of a paper say about each other; looked at only where a name has several meanings."""

    def __init__(self, groups: list[list[Mention]], lexicon: Lexicon) -> None:
        self._groups = groups
        self._lexicon = lexicon

    @cached_property
    def _said(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """For each group its first mention's id, its telling words, and the entities that it surely names."""
        said = []
        for group in self._groups:
            surfaces = sorted({m.text for m in group})
            links = (sure_link(surface, group[0].type, self._lexicon) for surface in surfaces)
            said.append((group[0].id, words_of(surfaces), frozenset(link.entity for link in links if link)))
        return said

    def without(self, group: list[Mention]) -> tuple[frozenset[str], frozenset[str]]:
        """The words and the known entities of all groups but one."""
        others = [(words, known) for first, words, known in self._said if first != group[0].id]
        return frozenset().union(*(w for w, _ in others)), frozenset().union(*(k for _, k in others))


def _link_group(
    group: list[Mention], lexicon: Lexicon, introduced: bool, surroundings: _Surroundings
) -> dict[str, Link]:
    """The link of every mention of a group, by the mention's id."""
    type_ = group[0].type
    surfaces = sorted({m.text for m in group}, key=lambda s: (-len(s), s))
    own = {surface: _known_link(surface, group, lexicon, surroundings) for surface in surfaces}
    longs, shorts = _definition(surfaces)
    if longs:
        called = _called(longs[0], shorts[0], type_, lexicon, introduced)
        link = next(filter(None, map(own.get, longs)), None) or new_link(longs[0], type_, lexicon, called)
        own |= dict.fromkeys(shorts, replace(link, why="definition"))
        return {m.id: own[m.text] or link for m in group}
    known = [link for link in own.values() if link]
    if len({link.entity for link in known}) == 1:
        return {m.id: own[m.text] or replace(known[0], why="alias") for m in group}
    if known:  # the pair that joined them was wrong: each name for itself
        new = {surface: new_link(surface, type_, lexicon, shown(surface, lexicon)) for surface in surfaces}
        return {m.id: own[m.text] or new[m.text] for m in group}
    called = _called(surfaces[0], surfaces[-1], type_, lexicon, introduced)
    return dict.fromkeys((m.id for m in group), new_link(surfaces[0], type_, lexicon, called))


def _definition(surfaces: list[str]) -> tuple[list[str], list[str]]:
    """The phrases that other surfaces of the group abbreviate, and those short forms."""
    pairs = [(long, short) for long in surfaces for short in surfaces if " " not in short and abbreviates(short, long)]
    longs, shorts = dict.fromkeys(long for long, _ in pairs), dict.fromkeys(short for _, short in pairs)
    return list(longs), [short for short in shorts if short not in longs]


def _known_link(surface: str, group: list[Mention], lexicon: Lexicon, surroundings: _Surroundings) -> Link | None:
    """What the lexicon says of a surface: surely, or with the support of the paper's other mentions."""
    type_ = group[0].type
    if link := sure_link(surface, type_, lexicon):
        return link
    _, found = find(surface, type_, lexicon)
    entry = supported(found, lexicon, *surroundings.without(group)) if found.entries else None
    return Link(entry.id, entry.name, SUPPORTED, "alias") if entry else None


def _called(long: str, short: str, type_: str, lexicon: Lexicon, introduced: bool) -> str:
    """What a new thing is called: systems and datasets by the name they are given, what is generic by its phrase.

    A short form in plain capitals of something that the paper did not introduce (TSF) is taken as generic.
    """
    titled = 2 * sum(word[0].isupper() for word in long.split()) > len(long.split())
    coined = introduced or (titled and not singular(short).isupper())
    by_name = " " not in short and (type_ == "Dataset" or (type_ == "Method" and coined))
    return singular(short) if by_name else shown(long, lexicon)
