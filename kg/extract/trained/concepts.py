"""The concepts of a text (mentions that name one thing), which of them it introduces, and how they relate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kg.extract.synonyms import first_ids, join_synonyms
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.spans import TYPES
from kg.schema import EDGE_ENDPOINTS, EdgeType, Mention, Relation

__all__ = [
    "BUCKETS", "GROUP_FEATURES", "RELATIONS", "Concepts", "Group", "group_mentions", "make_concepts", "pair_concepts",
    "pieces_of", "read_relations",
]  # fmt: skip

RELATIONS = (
    EdgeType.USED_FOR,
    EdgeType.PART_OF,
    EdgeType.SUBCLASS_OF,
    EdgeType.SUBTASK_OF,
    EdgeType.BENCHMARK_FOR,
    EdgeType.TRAINED_WITH,
    EdgeType.EVALUATED_WITH,
    EdgeType.COMPARE_WITH,
)
GROUP_FEATURES = 4
BUCKETS = 24
"""Of the distance between two concepts: 8 a side in one sentence, 8 across sentences."""
_PLACES = 12
"""Occurrences of a concept that are looked at."""
_NEAR = 100
"""Concepts further apart than this, counted in the order of the text, are no pair: abstracts have fewer in all."""

Span = tuple[int, int]


def _allowed() -> np.ndarray:
    """Which relation may hold between which types: bool (types, types, 1 + relations), none never."""
    out = np.zeros((len(TYPES), len(TYPES), 1 + len(RELATIONS)), bool)
    for k, kind in enumerate(RELATIONS, 1):
        for head, tail in EDGE_ENDPOINTS[kind]:
            out[TYPES.index(head), TYPES.index(tail), k] = True
    return out


_ALLOWED = _allowed()


class Concepts(NamedTuple):
    """Concepts as the model takes them.

    pieces: int64 (o, 2), first and last wordpiece of each occurrence.  mean: float32 (g, o), the weight of each
    occurrence in each concept.  types: int64 (g,).  features: float32 (g, GROUP_FEATURES).
    """

    pieces: np.ndarray
    mean: np.ndarray
    types: np.ndarray
    features: np.ndarray


def make_concepts(encoded: Encoded, groups: Sequence[tuple[str, Sequence[Span]]]) -> Concepts:
    """Concepts from their types and the character spans of their occurrences (in the order of the text)."""
    pieces: list[Span] = []
    mean = np.zeros((len(groups), sum(min(len(spans), _PLACES) for _, spans in groups)), np.float32)
    features = np.zeros((len(groups), GROUP_FEATURES), np.float32)
    for g, (_, spans) in enumerate(groups):
        here = [pieces_of(encoded, *span) for span in spans[:_PLACES]]
        mean[g, len(pieces) : len(pieces) + len(here)] = 1 / max(1, len(here))
        pieces += here
        title = encoded.sentences[0][1] if encoded.sentences else 0
        features[g] = (
            spans[0][0] < title,
            min(5, len(spans)) / 5,
            spans[0][0] / max(1, len(encoded.text)),
            any(title <= a for a, _ in spans),
        )
    types = np.array([TYPES.index(kind) for kind, _ in groups], np.int64)
    return Concepts(np.array(pieces, np.int64).reshape(-1, 2), mean, types, features)


def pieces_of(encoded: Encoded, start: int, end: int) -> Span:
    """The first and last wordpiece of a span of characters."""
    words = encoded.words
    if not len(words):
        return 0, 0
    first = min(int(np.searchsorted(words[:, 1], start, "right")), len(words) - 1)
    last = max(first, int(np.searchsorted(words[:, 0], end, "left")) - 1)
    return int(words[first, 2]), int(words[last, 3])


def pair_concepts(encoded: Encoded, concepts: Concepts) -> np.ndarray:
    """Ordered pairs of concepts that may relate, where they are nearest: int64 (p, 7).

    Columns: head, tail, the wordpiece where each begins, the first and the last wordpiece between them (an empty
    stretch has first > last), the bucket of the distance.  Cost: linear; each concept meets `_NEAR` others on a side.
    """
    allowed = _ALLOWED.any(2)
    owner = concepts.mean.argmax(0) if concepts.mean.size else np.zeros(0, int)
    first, last = concepts.pieces[:, 0], concepts.pieces[:, 1]
    sentence = _sentence_of_pieces(encoded)
    rows = []
    order = np.argsort(owner, kind="stable")
    places = np.split(order, np.searchsorted(owner[order], np.arange(1, len(concepts.types))))
    for i, head in enumerate(concepts.types):
        for j in range(max(0, i - _NEAR), min(len(concepts.types), i + _NEAR + 1)):
            if i == j or not allowed[head, concepts.types[j]]:
                continue
            gaps = np.abs(first[places[i]][:, None] - first[places[j]])
            x, y = divmod(int(gaps.argmin()), gaps.shape[1])
            a, b = places[i][x], places[j][y]
            forward = first[a] < first[b]
            low, high = (last[a] + 1, first[b] - 1) if forward else (last[b] + 1, first[a] - 1)
            distance = _bucket(max(0, high - low + 1))
            same = sentence[first[a]] == sentence[first[b]]
            bucket = distance + (8 if forward else 0) if same else 16 + _bucket(abs(int(first[a] - first[b])))
            rows.append((i, j, first[a], first[b], low, max(low - 1, high), bucket))
    return np.array(rows, np.int64).reshape(-1, 7)


def _sentence_of_pieces(encoded: Encoded) -> np.ndarray:
    return np.repeat(encoded.home, encoded.words[:, 3] - encoded.words[:, 2] + 1)


def _bucket(distance: int) -> int:
    return min(7, (int(distance) + 1).bit_length() - 1)


class Group(NamedTuple):
    """A concept: the first mention of each of its surfaces, its type, and the spans of all its mentions."""

    ids: tuple[str, ...]
    type: str
    spans: tuple[Span, ...]


def group_mentions(mentions: Sequence[Mention], synonyms: Iterable[tuple[str, str]]) -> list[Group]:
    """The concepts of mentions (in the order of the text) that pairs of synonymous ids make, in the order of the text.

    >>> a, b, c = (Mention(f"m{i}", i, i + 1, t, "Method", 1.0) for i, t in enumerate("XYX"))
    >>> group_mentions([a, b, c], [("m0", "m1")])
    [Group(ids=('m0', 'm1'), type='Method', spans=((0, 1), (1, 2), (2, 3)))]
    """
    home = join_synonyms(mentions, synonyms)
    first = first_ids(mentions)
    members: dict[str, list[Mention]] = {}
    for m in mentions:
        members.setdefault(home[m.id], []).append(m)
    return [
        Group(
            tuple(m.id for m in group if first[m.text] == m.id),
            max(group, key=lambda m: len(m.text)).type,
            tuple((m.start, m.end) for m in group),
        )
        for group in members.values()
    ]


def read_relations(
    encoded: Encoded, groups: Sequence[Group], pairs: np.ndarray, probabilities: np.ndarray, threshold: float
) -> list[Relation]:
    """The relations whose probability reaches the threshold, the likeliest of each ordered pair.

    probabilities: float (p, 1 + relations), none first.  The evidence is the sentence where the two are nearest: that of
    the later of them.
    """
    kinds = np.array([TYPES.index(group.type) for group in groups], int)
    home = _sentence_of_pieces(encoded)
    found = []
    for row, p in zip(pairs.tolist(), probabilities, strict=True):
        p = p * _ALLOWED[kinds[row[0]], kinds[row[1]]]
        best = int(p.argmax())
        if p[best] >= threshold:
            evidence = encoded.sentences[home[max(row[2], row[3])]]
            head, tail = groups[row[0]].ids[0], groups[row[1]].ids[0]
            found.append(Relation(head, str(RELATIONS[best - 1]), tail, float(p[best]), *evidence))
    return found
