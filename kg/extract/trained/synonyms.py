"""Which surfaces of a text name the same thing: pairs as the model takes them, and the groups that it makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations, islice

import numpy as np

from kg.extract.candidates import Candidate, Definition
from kg.extract.synonyms import spell_out, spells
from kg.extract.terms import fold_phrase
from kg.extract.trained.concepts import Concepts, Span, make_concepts
from kg.extract.trained.pieces import Encoded
from kg.schema import Mention

__all__ = ["PAIR_FEATURES", "group_surfaces", "pair_mentions", "pair_surfaces", "trust_known"]

PAIR_FEATURES = 22
_NEAR = 60
"""Characters between two surfaces that are looked at for words that join them."""
_JOINS = re.compile(
    r"^\W*(?:or|i\.e\.|namely|called|termed|dubbed|named|denoted|known as|abbreviated|aka|a\.k\.a\.)\W", re.I
)
_WORDS = re.compile(r"[^\W_]+")
_MOST = 5000
"""Pairs of a text that are looked at: those of a hundred surfaces."""
_KNOWN = 0.95
"""How sure it is that two names name one thing where the text or the lexicon says so."""
_DEFINED, _ONE_TYPE = 1, 2
"""The features that say that the text defines the one by the other, and that both are of one type."""


def pair_surfaces(
    text: str,
    surfaces: Sequence[str],
    types: Sequence[str],
    places: Sequence[Sequence[Span]],
    known: Iterable[tuple[str, str]],
    defined: Iterable[tuple[str, str]],
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of surfaces that may name one thing, and how they compare: int64 (p, 2) and float32 (p, PAIR_FEATURES).

    surfaces: distinct, in the order of the text.  places: where each stands.  known: pairs that the rules join.  defined:
    pairs of a short form and the long form that the text gives for it.  Pairs are of one type, or known.
    """
    joined, given = ({frozenset(pair) for pair in pairs} for pairs in (known, defined))
    seen = [_Surface(s, where) for s, where in zip(surfaces, places, strict=True)]
    title = max(text.find("\n"), 0)
    pairs, rows = [], []
    for i, j in islice(combinations(range(len(surfaces)), 2), _MOST):
        both = frozenset((surfaces[i], surfaces[j]))
        if types[i] == types[j] or both in joined or both in given:
            pairs.append((i, j))
            rows.append((both in joined, both in given, types[i] == types[j], *_compare(text, title, seen[i], seen[j])))
    return np.array(pairs, np.int64).reshape(-1, 2), np.array(rows, np.float32).reshape(-1, PAIR_FEATURES)


def pair_mentions(
    encoded: Encoded, mentions: Sequence[Mention], known: Iterable[tuple[str, str]], definitions: Iterable[Definition]
) -> tuple[Concepts, np.ndarray, np.ndarray]:
    """The surfaces of mentions as concepts of their own, and their pairs; see `pair_surfaces`.

    known: pairs of ids of mentions that the rules join.
    """
    text, by_id = encoded.text, {m.id: m.text for m in mentions}
    kinds = {m.text: m.type for m in mentions}
    places: dict[str, list[Span]] = {surface: [] for surface in kinds}
    for m in mentions:
        places[m.text].append((m.start, m.end))
    surfaces = make_concepts(encoded, [(kinds[s], where) for s, where in places.items()])
    joined = ((by_id[a], by_id[b]) for a, b in known)
    defined = ((text[slice(*d.short)], text[slice(*d.long)]) for d in definitions)
    pairs = pair_surfaces(text, list(kinds), list(kinds.values()), list(places.values()), joined, defined)
    return surfaces, *pairs


class _Surface:
    """What comparing needs of a surface, made once."""

    def __init__(self, text: str, places: Sequence[Span]) -> None:
        self.text, self.places, self.folded = text, places, fold_phrase(text.casefold())
        words = _WORDS.findall(text)
        self.initials = [w.casefold() for w in words]
        self.words = {w.casefold() for w in words}
        self.stems = set(spell_out(text, {}).split())
        self.grams = {self.folded[i : i + 3] for i in range(max(1, len(self.folded) - 2))}
        self.last = fold_phrase(self.initials[-1]) if words else ""
        self.digits = {w for w in self.words if any(c.isdigit() for c in w)}
        self.capitals = sum(c.isupper() for c in text)
        self.is_short = len(words) == 1 and self.capitals >= 2
        self.letters = "".join(c for c in text if c.isalnum()).casefold().removesuffix("s")


def _compare(text: str, title: int, a: _Surface, b: _Surface) -> tuple[float, ...]:
    gap, between = min(
        (max(q[0] - p[1], p[0] - q[1]), (min(p[1], q[1]), max(p[0], q[0]))) for p in a.places[:8] for q in b.places[:8]
    )
    words = text[slice(*between)] if 0 <= gap <= _NEAR else ""
    return (
        a.folded == b.folded,
        a.folded in b.folded or b.folded in a.folded,
        _overlap(a.words, b.words),
        _overlap(a.stems, b.stems),
        _overlap(a.grams, b.grams),
        a.last == b.last,
        min(len(a.words), len(b.words)) / max(len(a.words), len(b.words), 1),
        a.is_short != b.is_short,
        a.is_short and b.is_short,
        _is_initials(a, b) or _is_initials(b, a),
        gap <= 3 and "(" in words,
        bool(_JOINS.match(words)),
        0 <= gap <= 3,
        1 / (1 + max(gap, 0) / 20),
        a.places[0][0] < title,
        b.places[0][0] < title,
        (a.places[0][0] < title) != (b.places[0][0] < title),
        a.digits != b.digits,
        min(a.capitals, 5) / 5 - min(b.capitals, 5) / 5,
    )


def _is_initials(short: _Surface, long: _Surface) -> bool:
    fits = short.is_short and len(long.initials) > 1 and 2 <= len(short.letters) <= 11 and short.letters.isalpha()
    return fits and spells(short.letters, long.initials)


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(1, len(a | b))


def trust_known(
    sure: np.ndarray,
    pairs: np.ndarray,
    features: np.ndarray,
    mentions: Sequence[Mention],
    candidates: Iterable[Candidate],
) -> np.ndarray:
    """The probabilities of pairs, at least `_KNOWN` where the text defines the one by the other, or the lexicon knows both
    as names of one entity.

    pairs, features: of the distinct surfaces of the mentions, in the order of the text; see `pair_surfaces`.

    >>> mentions = [Mention("m0", 0, 4, "LoRA", "Method", 1.0), Mention("m1", 6, 25, "low-rank adaptation", "Method", 1.0)]
    >>> known = [Candidate(m.start, m.end, m.type, 0.85, "lexicon", "method:lora") for m in mentions]
    >>> trust_known(np.array([0.3]), np.array([[0, 1]]), np.zeros((1, PAIR_FEATURES)), mentions, known)
    array([0.95])
    """
    what = {(m.start, m.end, m.type): m.text for m in mentions}
    entities = {what.get((c.start, c.end, c.type)): c.entity for c in candidates if c.entity}
    entity = [entities.get(surface) for surface in dict.fromkeys(m.text for m in mentions)]
    same = np.array([entity[i] and entity[i] == entity[j] for i, j in pairs.tolist()], bool)
    defined = features[:, [_DEFINED, _ONE_TYPE]].all(1)
    return np.where(same | defined, np.maximum(sure, _KNOWN), sure)


def group_surfaces(
    surfaces: Sequence[tuple[str, str]], pairs: np.ndarray, probabilities: np.ndarray, threshold: float
) -> list[int]:
    """The group of each surface, named by its first member: pairs that reach the threshold are joined, likeliest first,
    where the mean over all pairs between the two groups reaches it too. Spellings of one phrase count as one surface, and
    their likeliest pair for all.

    surfaces: the type of each, and its text.

    >>> surfaces = [("Method", "LSA"), ("Method", "layer alignment"), ("Method", "Layer alignment"), ("Task", "lsa")]
    >>> group_surfaces(surfaces, np.array([[0, 1], [0, 2], [1, 2]]), np.array([0.9, 0.1, 0.1]), 0.5)
    [0, 0, 0, 3]
    """
    first: dict[tuple[str, str], int] = {}
    spelt = [first.setdefault((kind, fold_phrase(text.casefold())), i) for i, (kind, text) in enumerate(surfaces)]
    likely: dict[tuple[int, int], float] = {}
    for (i, j), p in zip(pairs.tolist(), probabilities.tolist(), strict=True):
        low, high = sorted((spelt[i], spelt[j]))
        if low != high:
            likely[low, high] = max(p, likely.get((low, high), 0.0))
    home, members = list(range(len(surfaces))), {i: [i] for i in first.values()}
    for (i, j), p in sorted(likely.items(), key=lambda item: (-item[1], item[0])):
        if p < threshold:
            break
        low, high = sorted((home[i], home[j]))
        if low == high:
            continue
        between = [likely.get((min(x, y), max(x, y)), 0.0) for x in members[low] for y in members[high]]
        if sum(between) / len(between) < threshold:
            continue
        for x in members.pop(high):
            home[x] = low
            members[low].append(x)
    return [home[i] for i in spelt]
