"""Spans of words that may be mentions, and the decision which of them are: one decision for each surface of a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from kg.extract.candidates import Candidate, Definition
from kg.extract.occurrences import find_occurrences
from kg.extract.synonyms import spell_out
from kg.extract.trained.pieces import Encoded
from kg.schema import NodeType

__all__ = ["FEATURES", "TYPES", "WIDTH", "Found", "Spans", "complete", "decide", "propose"]

TYPES = (NodeType.METHOD, NodeType.DATASET, NodeType.TASK, NodeType.METRIC)
WIDTH = 14
"""Words of the longest span that is looked at; a name such as "Qwen2.5-VL-3B" has seven."""
SOURCES = ("definition", "title", "propose", "name", "metric")
FEATURES = len(SOURCES) + 2 * len(TYPES) + 4
"""Of a span: who proposes it, as what the lexicon knows it, and how it stands in the text."""

_ALIKE = 0.2
"""How probable another spelling of a mention must be."""
_EDGE = frozenset(
    "a an the of and or to in for on with by from as at is are was were be been that which this these those it its we our"
    " their they via into than then while when where has have had can may not both also such each".split()
)
"""Words that begin and end no mention."""
_OPEN, _CLOSE = frozenset("$^@#<(["), frozenset("+*$^%#@)]'’")


class Spans(NamedTuple):
    """Candidate spans of a text.

    first, last: int64 (s,), the first and last word.  pieces: int64 (s, 4), the first and last wordpiece, the piece
    before and the piece behind (the nearest one at the ends).  features: float32 (s, FEATURES).
    """

    first: np.ndarray
    last: np.ndarray
    pieces: np.ndarray
    features: np.ndarray


class Found(NamedTuple):
    """A surface that is a mention: its spans, type and confidence."""

    surface: str
    spans: tuple[tuple[int, int], ...]
    type: str
    confidence: float


def propose(encoded: Encoded, candidates: Iterable[Candidate]) -> Spans:
    """All spans of up to `WIDTH` words of one sentence whose first and last word can be those of a mention.

    candidates: what the rules found; it becomes features.  Cost: linear in the words.
    """
    words, text = encoded.words, encoded.text
    surfaces = [text[a:b] for a, b in words[:, :2]]
    starts = np.flatnonzero([_can_begin(w, text[b : b + 1]) for w, (_, b) in zip(surfaces, words[:, :2], strict=True)])
    ends = np.array([_can_end(w) for w in surfaces], bool)
    first = np.repeat(starts, WIDTH)
    last = (starts[:, None] + np.arange(WIDTH)).ravel()
    inside = last < len(words)
    first, last = first[inside], last[inside]
    keep = ends[last] & (encoded.home[first] == encoded.home[last])
    first, last = first[keep], last[keep]
    top = max(len(encoded.ids) - 1, 0)
    a, b = words[first, 2], words[last, 3]
    pieces = np.stack([a, b, np.maximum(a - 1, 0), np.minimum(b + 1, top)], 1).astype(np.int64)
    return Spans(first, last, pieces, _features(encoded, first, last, candidates))


def _can_begin(word: str, behind: str) -> bool:
    """ "in" begins no mention, but "in-context learning" does."""
    return (word[0].isalnum() or word in _OPEN) and (word.lower() not in _EDGE or behind == "-")


def _can_end(word: str) -> bool:
    return (word[-1].isalnum() or word in _CLOSE) and word.lower() not in _EDGE


def _features(encoded: Encoded, first: np.ndarray, last: np.ndarray, candidates: Iterable[Candidate]) -> np.ndarray:
    out = np.zeros((len(first), FEATURES), np.float32)
    words, text = encoded.words, encoded.text
    at = {span: i for i, span in enumerate(zip(words[first, 0].tolist(), words[last, 1].tolist(), strict=True))}
    for c in candidates:
        row = at.get((c.start, c.end))
        if row is None:
            continue
        if c.source in SOURCES:
            out[row, SOURCES.index(c.source)] = c.confidence
        if c.source == "lexicon":
            out[row, len(SOURCES) + TYPES.index(c.type)] = c.confidence
        elif c.type:
            out[row, len(SOURCES) + len(TYPES) + TYPES.index(c.type)] = c.confidence
    before = np.array([text[a - 1 : a] == "-" for a in words[:, 0]], bool)
    behind = np.array([text[b : b + 1] == "-" for b in words[:, 1]], bool)
    out[:, -4] = before[first]
    out[:, -3] = behind[last]
    out[:, -2] = encoded.home[first] == 0
    out[:, -1] = (last - first) / WIDTH
    return out


def decide(
    encoded: Encoded,
    spans: Spans,
    probabilities: np.ndarray,
    threshold: float,
    long_of: Mapping[str, str] = MappingProxyType({}),
) -> list[Found]:
    """The surfaces that are mentions, each with all its places.

    probabilities: float (s, 1 + types), none first.  A surface's probability is the mean over the places where no more
    probable span overlaps it; it is a mention where that reaches the threshold, or `_ALIKE` where it is another spelling
    of one that does ("rate of convergence" of "convergence rate").  long_of: see `kg.extract.synonyms.spell_out`.
    """
    text, words = encoded.text, encoded.words
    places: dict[str, list[int]] = defaultdict(list)
    likely = np.flatnonzero(1 - probabilities[:, 0] > min(_ALIKE / 2, threshold / 4))
    wanted = {text[words[spans.first[i], 0] : words[spans.last[i], 1]] for i in likely}
    for i, (a, b) in enumerate(zip(words[spans.first, 0].tolist(), words[spans.last, 1].tolist(), strict=True)):
        if text[a:b] in wanted:
            places[text[a:b]].append(i)
    taken = np.zeros(len(words) + 1, bool)
    order = {s: probabilities[rows].mean(0)[0] for s, rows in places.items()}
    chosen: dict[str, tuple[str, float]] = {}

    def choose(surface: str, lowest: float, kind: str | None = None) -> None:
        free = [i for i in places[surface] if not taken[spans.first[i] : spans.last[i] + 1].any()]
        p = probabilities[free].mean(0) if free else np.ones(1)
        if 1 - p[0] >= lowest:
            chosen[surface] = (kind or str(TYPES[int(p[1:].argmax())]), float(1 - p[0]))
            for i in free:
                taken[spans.first[i] : spans.last[i] + 1] = True

    ranked = sorted(places, key=lambda s: (order[s], s))
    for surface in ranked:
        choose(surface, threshold)
    kinds: dict[str, str] = {}
    for surface, (kind, _) in chosen.items():
        kinds.setdefault(spell_out(surface, long_of), kind)
    for surface in ranked:
        if surface not in chosen and (kind := kinds.get(spell_out(surface, long_of))):
            choose(surface, _ALIKE, kind)
    where: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for a, b in find_occurrences(text, chosen):
        where[text[a:b]].append((a, b))
    return [Found(s, tuple(where[s]), *chosen[s]) for s in chosen if s in where]


def complete(text: str, found: Sequence[Found], definitions: Iterable[Definition]) -> list[Found]:
    """Both sides of each definition whose one side is a mention; where another mention overlaps the other side, it gives way.

    >>> found = [Found("LoRA", ((14, 18),), "Method", 0.9), Found("ada", ((9, 12),), "Task", 0.5)]
    >>> [f.surface for f in complete("low-rank ada (LoRA)", found, [Definition((14, 18), (0, 12))])]
    ['LoRA', 'low-rank ada']
    """
    known, told = {f.surface: f for f in found}, dict[str, Found]()
    taken = bytearray(len(text))
    for short, long in definitions:
        for one, other in ((short, long), (long, short)):
            mention, missing = known.get(text[slice(*one)]), text[slice(*other)]
            stands = mention and not all(any(taken[slice(*span)]) for span in mention.spans)
            if stands and missing not in known and not any(taken[slice(*other)]):
                known[missing] = told[missing] = Found(missing, (other,), *mention[2:])
                taken[slice(*other)] = b"\1" * len(missing)
    if not told:
        return list(found)
    kept = [f._replace(spans=tuple(s for s in f.spans if not any(taken[slice(*s)]))) for f in found]
    fixed = [span for f in (*kept, *told.values()) for span in f.spans]
    where: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for a, b in find_occurrences(text, told, fixed):
        where[text[a:b]].append((a, b))
    told_of = [f._replace(spans=tuple(where[f.surface])) for f in told.values()]
    return [f for f in (*kept, *told_of) if f.spans]
