"""Linking one paper: its mentions in groups of one thing each, and for each group what it is.

Nothing but the paper, the lexicon and the table of contexts is looked at, so the result is the same in any order, batch
or process; `kg.link.join` then brings papers together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np

from kg.link.candidates import new_link, own_link, shown, unsupported_link
from kg.link.context import fold_short, load_contexts
from kg.link.lexicon import Lexicon
from kg.link.meanings import choose, meanings
from kg.link.surface import abbreviates, fold_surface, is_anyones, parts, singular, spells
from kg.schema import Extraction, Link, Mention

__all__ = ["link_extraction"]

OFTEN = 3
"""Times that a paper uses a name that is more than a shorthand, outside its title."""
LONG = 5
"""Capitals, or words that they stand for, that are no plain abbreviation of a term."""

Name = tuple[str, str]
"""A type and a surface: what all mentions of it in one paper share."""
Company = Callable[[], np.ndarray]
"""The vector of the paper's text; worked out only where a name has several meanings."""
Prominent = Callable[[Name], bool]
"""Whether a paper uses a name as more than a shorthand: in its title, or often."""


def link_extraction(extraction: Extraction, lexicon: Lexicon, text: str | None = None) -> Extraction:
    """The extraction with name, entity, why, score and evidence of every mention filled in.

    text: the paper's; without it the mentions alone are the context of names that mean several things.

    A short form that the paper defines means what its long form means, whatever the lexicon says of the short form;
    then the lexicon decides; of several meanings a name has the one that the text speaks for; all else is new, and an
    acronym that could be anyone's is a thing of this paper alone. Idempotent. The cost grows with the paper's
    mentions and not with the lexicon.

    >>> mentions = (Mention("m0", 0, 19, "curriculum learning", "Method", 1.0), Mention("m1", 21, 23, "CL", "Method", 1.0))
    >>> linked = link_extraction(Extraction("paper:x", mentions, synonyms=(("m1", "m0"),)), Lexicon(()))
    >>> [(m.entity, m.name, m.why) for m in linked.mentions]
    [('method:curriculumlearning', 'curriculum learning', 'new'), ('method:curriculumlearning', 'curriculum learning', 'definition')]
    """

    @cache
    def company() -> np.ndarray:
        said = text if text is not None else "\n".join(sorted({m.text for m in extraction.mentions}))
        return load_contexts().vector(said).astype(np.int64)

    @cache
    def often() -> tuple[str, Counter[Name]]:
        return (text or "").partition("\n")[0], Counter(names.values())

    def prominent(name: Name) -> bool:
        title, used = often()
        return name[1] in title or used[name] >= OFTEN

    names = {m.id: (m.type, m.text) for m in extraction.mentions}
    introduced = {names[id_] for id_ in extraction.introduces if id_ in names}
    links: dict[Name, Link] = {}
    for group in _groups(names, extraction.synonyms):
        is_new = not introduced.isdisjoint(group)
        if len(group) == 1:
            links[group[0]] = _link_name(group[0], lexicon, is_new, extraction.paper, company)
        else:
            links.update(_link_group(group, lexicon, is_new, extraction.paper, company, prominent))
    links = _spell_own(links, lexicon)
    return replace(extraction, mentions=tuple([_filled(m, links[m.type, m.text]) for m in extraction.mentions]))


def _filled(m: Mention, link: Link) -> Mention:
    return Mention(
        m.id, m.start, m.end, m.text, m.type, m.confidence,
        link.name, link.entity, link.why, link.score, link.evidence,
    )  # fmt: skip


def _groups(names: Mapping[str, Name], synonyms: Iterable[tuple[str, str]]) -> list[list[Name]]:
    """Names of one thing: of one type, and of equal folded surface or joined by a synonym pair of mentions."""
    key = {name: (name[0], fold_surface(name[1]) or name[1]) for name in dict.fromkeys(names.values())}
    groups: dict[Name, list[Name]] = {}
    for name, folded in key.items():
        if folded in groups:
            groups[folded].append(name)
        else:
            groups[folded] = [name]
    joined = [(a, b) for a, b in synonyms if a in names and b in names and names[a][0] == names[b][0]]
    if not joined:
        return list(groups.values())
    for a, b in joined:
        few, many = sorted((groups[key[names[a]]], groups[key[names[b]]]), key=len)
        if few is not many:
            many += few
            groups.update((key[name], many) for name in few)
    place = {name: n for n, name in enumerate(key)}
    return [sorted(group, key=place.__getitem__) for group in {id(group): group for group in groups.values()}.values()]


# ---------------------------------------------------------------------------------------------- one group


def _link_name(name: Name, lexicon: Lexicon, introduced: bool, paper: str, company: Company) -> Link:
    """What a name is that stands alone in its paper."""
    type_, surface = name
    key = (type_, surface, introduced)
    link = lexicon.memo.get(key)
    if link is None:
        link = lexicon.memo[key] = _link_anywhere(surface, type_, lexicon, introduced)
    if link is not IT_DEPENDS:
        return link
    chosen = choose(meanings(surface, type_, lexicon), company())
    return chosen or unsupported_link(surface, type_, lexicon, paper)


IT_DEPENDS = Link("", "", 0.0, "new")
"""In place of what a name is, where that depends on its paper."""


def _link_anywhere(surface: str, type_: str, lexicon: Lexicon, introduced: bool) -> Link:
    """What a name is in any paper, where that does not depend on the paper."""
    found = meanings(surface, type_, lexicon)
    if found.choices or (found.sure is None and is_anyones(surface)):
        return IT_DEPENDS
    return found.sure or new_link(surface, type_, lexicon, _called(surface, surface, type_, lexicon, introduced))


def _link_group(
    group: list[Name], lexicon: Lexicon, introduced: bool, paper: str, company: Company, prominent: Prominent
) -> dict[Name, Link]:
    """The link of every name of a group of several."""
    type_ = group[0][0]
    surfaces = tuple(sorted([surface for _, surface in group], key=lambda s: (-len(s), s)))
    longs, shorts = _definition(surfaces)
    asked = [surface for surface in surfaces if surface not in shorts]
    own = {surface: _known_link(surface, type_, lexicon, company) for surface in asked}
    if longs:
        told = any([prominent((type_, short)) for short in shorts])
        link = next(filter(None, map(own.get, longs)), None) or new_link(
            longs[0], type_, lexicon, _called(longs[0], shorts[0], type_, lexicon, introduced, told)
        )
        own |= dict.fromkeys(shorts, Link(link.entity, link.name, link.score, "definition", longs[0]))
        return {name: own[name[1]] or link for name in group}
    known = [link for link in own.values() if link]
    if len({link.entity for link in known}) == 1:
        alias = replace(known[0], why="alias")
        return {name: own[name[1]] or alias for name in group}
    if known:  # the pair that joined them was wrong: each name for itself
        return {name: own[name[1]] or _link_name(name, lexicon, introduced, paper, company) for name in group}
    if all(map(is_anyones, surfaces)):
        return dict.fromkeys(group, own_link(surfaces[0], type_, lexicon, paper))
    named = next(surface for surface in surfaces if not is_anyones(surface))
    called = _called(named, surfaces[-1], type_, lexicon, introduced)
    return dict.fromkeys(group, new_link(named, type_, lexicon, called))


def _spell_own(links: dict[Name, Link], lexicon: Lexicon) -> dict[Name, Link]:
    """The links, with what the paper itself defines spelled out inside the names of new things (MAS coordination)."""
    own = {
        fold_short(text): link.name
        for (_, text), link in links.items()
        if link.why == "definition" and " " in link.name
    }
    if not own:
        return links
    return {name: link if link.entity in lexicon.by_id else _renamed(link, own) for name, link in links.items()}


def _renamed(link: Link, own: Mapping[str, str]) -> Link:
    name = _spelled(link.name, own)
    return link if name == link.name else replace(link, name=name)


def _spelled(name: str, own: Mapping[str, str]) -> str:
    return " ".join(own.get(word, word) for word in name.split(" ")) if " " in name else name


def _known_link(surface: str, type_: str, lexicon: Lexicon, company: Company) -> Link | None:
    found = meanings(surface, type_, lexicon)
    return choose(found, company()) if found.choices else found.sure


@lru_cache(maxsize=1 << 16)
def _definition(surfaces: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrases that other surfaces of the group abbreviate, and those short forms."""
    words = [surface for surface in surfaces if " " not in surface]
    pairs = [(long, short) for long in surfaces for short in words if abbreviates(short, long)] if words else []
    if not pairs:
        return (), ()
    pairs.sort(key=lambda pair: not spells(singular(pair[1]), parts(pair[0])))
    longs, shorts = dict.fromkeys(long for long, _ in pairs), dict.fromkeys(short for _, short in pairs)
    return tuple(longs), tuple(short for short in shorts if short not in longs)


def _called(long: str, short: str, type_: str, lexicon: Lexicon, introduced: bool, prominent: bool = True) -> str:
    """What a new thing is called: systems and datasets by the name they are given, what is generic by its phrase.

    A name of a system that the paper introduces is more than two letters, and more than three capitals that are
    hardly used. Of others, one in plain capitals (TSF) is taken as generic unless it is long.
    """
    if " " in short or type_ not in ("Dataset", "Method"):
        return shown(long, lexicon)
    letters = singular(short)
    if type_ == "Dataset" or _is_coined(long, letters, introduced, prominent):
        return letters
    return shown(long, lexicon)


def _is_coined(long: str, letters: str, introduced: bool, prominent: bool) -> bool:
    if introduced:
        return len(letters) > (2 if prominent or not letters.isupper() else 3)
    words = long.split()
    if max(len(letters), len(words)) >= LONG:
        return True
    return not letters.isupper() and 2 * sum(word[0].isupper() for word in words) > len(words)
