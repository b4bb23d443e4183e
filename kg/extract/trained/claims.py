"""Where claims may stand: numbers with a unit, and clauses; each such anchor may state results of the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kg.extract.claims import parse_value
from kg.extract.trained.concepts import Group, Span, pieces_of
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.probability import softmax
from kg.schema import Claim

__all__ = [
    "ANCHOR_FEATURES",
    "COUNTS",
    "DIRECTIONS",
    "KINDS",
    "LOOKS",
    "REACH",
    "SLOTS",
    "Anchor",
    "Outputs",
    "anchor_arrays",
    "find_anchors",
    "near_concepts",
    "read_claims",
]

KINDS = ("performance", "efficiency", "theoretical", "resource", "finding")
DIRECTIONS = (None, "increase", "decrease", "equal")
SLOTS = ("metric", "baseline")
"""Fields of a claim that are spans of its sentence."""
ANCHOR_FEATURES = 5
REACH = 24
"""Wordpieces from an anchor at which distances are told apart."""
LOOKS = 4
"""Heads of the attention of an anchor over its sentence."""
COUNTS = 4
"""Of the claims that an anchor states: none, one, two, three or more."""
_LONGEST = 16
"""Wordpieces of the longest metric or baseline."""
_NO_DIRECTION, _NO_BASELINE = 0.5, 2.0
"""How much likelier "none" must be (the logarithm of the odds) to be believed: chosen by F1 on abstracts that were not
trained on."""

_NUMBER = r"\d+(?:[.,]\d+)*"
_UNIT = (
    r"(?:\s?%|\s?[x×](?!\w)|[\s-]?(?:percent(?:age)?(?:\s(?:absolute\s)?points?)?|points?|pp|times|-?fold|orders? of magnitude"
    r"|dB|ms|[GMK]B|FPS|hours?|minutes?|seconds?|days?|hrs?|F1|BLEU|AP|mAP|ROUGE|[BMK])\b)"
)
_VALUE = re.compile(
    rf"(?<![\w.])[+\-−~≈<>≥≤]{{0,2}}\s?[$€]?{_NUMBER}{_UNIT}{{0,2}}\+?(?:\s?(?:to|-|–|→|/|±|and)\s?[~≈]?{_NUMBER}{_UNIT}?)?(?![\w])"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|one|several|an)[\s-](?:times|fold|orders? of magnitude|percent)\b"
    r"|\b(?:half|halves|twice|doubl\w+|tripl\w+|(?:first|second|third|1st|2nd|3rd)(?=[\s-](?:place|rank\w*))|O\([^()\s]{1,40}\))",
    re.I,
)
_CUT = re.compile(
    r"(?:,\s+(?:and|but|while|whereas|yet|with|achieving|outperforming|reducing|improving|surpassing|yielding|demonstrating|showing|leading"
    r"|resulting|attaining|reaching|increasing|indicating|suggesting|which)\b|\s(?:while|whereas|and (?=(?:\w+ ){0,2}"
    r"(?:achiev|outperform|reduc|improv|surpass|show|demonstrat|reveal|yield|attain|increas|provid|prov|releas|generaliz)\w*))|;|:)\s*"
)
_LEAST = 20
"""Characters of the shortest clause."""


class Anchor(NamedTuple):
    """Something that a claim can be read off: a value, or a clause.

    start, end: its characters.  sentence: its number.  clause: the characters of the clause around it.  is_value.
    """

    start: int
    end: int
    sentence: int
    clause: tuple[int, int]
    is_value: bool


def find_anchors(text: str, sentences: Sequence[tuple[int, int]]) -> list[Anchor]:
    """The anchors of a text but its title, clause by clause, each clause before its values. Linear time.

    >>> text = "T\\nOur model gains 2.5 points, while latency falls by 30%."
    >>> [text[a.start : a.end] for a in find_anchors(text, [(0, 1), (2, len(text))])]
    ['Our model gains 2.5 points', '2.5 points', 'while latency falls by 30%.', '30%']
    """
    anchors = []
    for number, (start, end) in enumerate(sentences):
        if number == 0:
            continue
        for a, b in _clauses(text, start, end):
            anchors.append(Anchor(a, b, number, (a, b), False))
            anchors += [
                Anchor(m.start() + len(m[0]) - len(m[0].lstrip()), m.end(), number, (a, b), True)
                for m in _VALUE.finditer(text, a, b)
            ]
    return anchors


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts, last = [], start
    for cut in _CUT.finditer(text, start, end):
        here = cut.start() + 1
        if cut.start() - last >= _LEAST and end - cut.end() >= _LEAST:
            cuts.append((last, cut.start()))
            while here < end and text[here].isspace():
                here += 1
            last = here
    return [*cuts, (last, end)]


def anchor_arrays(encoded: Encoded, anchors: Sequence[Anchor]) -> tuple[np.ndarray, np.ndarray]:
    """The anchors as the model takes them: int64 (a, 6) and float32 (a, ANCHOR_FEATURES).

    Columns: first and last wordpiece of the anchor, of its clause, and of its sentence.
    """
    rows = np.zeros((len(anchors), 6), np.int64)
    features = np.zeros((len(anchors), ANCHOR_FEATURES), np.float32)
    count = max(1, len(encoded.sentences) - 1)
    for i, anchor in enumerate(anchors):
        sentence = encoded.sentences[anchor.sentence]
        rows[i] = (
            *pieces_of(encoded, anchor.start, anchor.end),
            *pieces_of(encoded, *anchor.clause),
            *pieces_of(encoded, *sentence),
        )
        values = sum(a.is_value and a.sentence == anchor.sentence for a in anchors[max(0, i - 8) : i + 8])
        features[i] = (
            anchor.is_value,
            anchor.sentence / count,
            anchor.clause[0] == sentence[0],
            anchor.clause[1] == sentence[1],
            min(4, values) / 4,
        )
    return rows, features


def near_concepts(
    encoded: Encoded, anchors: Sequence[Anchor], concepts: Sequence[Sequence[tuple[int, int]]]
) -> np.ndarray:
    """Whether each concept (the spans of it) stands in an anchor's sentence and in its clause: float32 (a, g, 2)."""
    out = np.zeros((len(anchors), len(concepts), 2), np.float32)
    places = sorted((start, n) for n, spans in enumerate(concepts) for start, _ in spans)
    starts, owner = np.array(places, np.int64).reshape(-1, 2).T
    for i, anchor in enumerate(anchors):
        for k, span in enumerate((encoded.sentences[anchor.sentence], anchor.clause)):
            low, high = np.searchsorted(starts, span)
            out[i, owner[low:high], k] = 1
    return out


class Outputs(NamedTuple):
    """What the head says of the anchors of a text; see `kg.extract.train.network.ClaimHead`."""

    what: np.ndarray
    slots: np.ndarray
    picked: np.ndarray


def read_claims(
    encoded: Encoded, low: int, anchors: Sequence[Anchor], groups: Sequence[Group], out: Outputs, threshold: float
) -> list[Claim]:
    """The claims of the anchors, in the order of the text. low: the piece of the text that the outputs begin with.

    A sentence states as many as the network expects of it (the mean of what it expects of the anchors and of the whole),
    rounded up from `threshold` on, at its likeliest anchors.
    """
    ends = np.cumsum([COUNTS, len(KINDS), len(DIRECTIONS)])
    count, kind, direction, sentence = np.split(out.what, ends, 1)
    kind, direction = kind.argmax(1), (direction - _NO_DIRECTION * (np.arange(len(DIRECTIONS)) == 0)).argmax(1)
    claims: list[Claim] = []
    for i, sure in _stated(anchors, softmax(count), softmax(sentence), threshold):
        anchor = anchors[i]
        metrics = _best_places(low, out.slots[i, 0], len(sure))
        (baseline,) = _best_places(low, out.slots[i, 1], 1, _NO_BASELINE)
        subject, on = (groups[k].ids[0] if k < len(groups) else None for k in out.picked[i].argmax(1))
        known = _mention_at(encoded, baseline, groups, "Method")
        value = encoded.text[anchor.start : anchor.end] if anchor.is_value else None
        number, unit = parse_value(value)
        start = anchor.clause[0]
        text = encoded.text[start : anchor.clause[1]].rstrip(" ,;")
        for metric, confidence in zip(metrics, sure, strict=True):
            claims.append(
                Claim(
                    f"c{len(claims)}",
                    start,
                    start + len(text),
                    text,
                    KINDS[kind[i]],
                    confidence,
                    subject=subject,
                    metric=_string(encoded, metric),
                    metric_mention=_mention_at(encoded, metric, groups, "Metric"),
                    value=value,
                    direction=DIRECTIONS[direction[i]],
                    baseline=_string(encoded, baseline),
                    baseline_mention=known if known != subject else None,
                    on=on,
                    number=number,
                    unit=unit,
                )
            )
    return claims


def _stated(
    anchors: Sequence[Anchor], count: np.ndarray, sentence: np.ndarray, threshold: float
) -> list[tuple[int, list[float]]]:
    """The anchors that state claims, and the probability of each claim.

    count, sentence: (a, COUNTS), of how many an anchor states, and of how many its sentence does.
    """
    least = np.cumsum(count[:, ::-1], 1)[:, -2::-1]  # of one or more, two or more, ...
    expected = sentence @ np.arange(COUNTS)
    likely: dict[int, list[tuple[float, int]]] = {}
    many: dict[int, list[float]] = {}
    for i, anchor in enumerate(anchors):
        here = least[i, : 1 if anchor.is_value else COUNTS - 1].tolist()
        likely.setdefault(anchor.sentence, []).extend((p, i) for p in here)
        many.setdefault(anchor.sentence, []).append(float(expected[i]))
    stated: dict[int, list[float]] = {}
    for number, slots in likely.items():
        of_anchors, of_sentence = sum(p for p, _ in slots), sum(many[number]) / len(many[number])
        size = int((of_anchors + of_sentence) / 2 + 1 - threshold)
        for p, i in sorted(slots, key=lambda slot: (-slot[0], slot[1]))[:size]:
            stated.setdefault(i, []).append(p)
    return sorted(stated.items())


def _best_places(low: int, scores: np.ndarray, many: int, doubt: float = 0.0) -> list[Span | None]:
    """The likeliest spans of pieces for a slot, apart from each other; None where "none" is likelier by `doubt`.

    scores: (2, n + 1), of the start and of the end from piece `low` on, the last of them "none".
    """
    start, end = scores[0, :-1], scores[1, :-1]
    likely = [int(i) for i in np.argsort(-start, kind="stable")[:8] if start[i] > -5000]
    spans = [
        (float(start[a] + end[b]), a, b)
        for a in likely
        for b in range(a, min(len(end), a + _LONGEST))
        if end[b] > -5000
    ]
    none, places = float(scores[:, -1].sum()) - doubt, []
    for score, a, b in sorted(spans, key=lambda s: (-s[0], s[1:])):
        if score > none and len(places) < many and all(b < x or y < a for x, y in places):
            places.append((a, b))
    return [*((low + a, low + b) for a, b in places), *[None] * (many - len(places))]


def _place(encoded: Encoded, pieces: Span) -> Span:
    """The characters of whole words around a span of pieces."""
    first = int(np.searchsorted(encoded.words[:, 3], pieces[0]))
    last = int(np.searchsorted(encoded.words[:, 3], pieces[1]))
    return int(encoded.words[first, 0]), int(encoded.words[last, 1])


def _string(encoded: Encoded, pieces: Span | None) -> str | None:
    return None if pieces is None else encoded.text[slice(*_place(encoded, pieces))]


def _mention_at(encoded: Encoded, pieces: Span | None, groups: Sequence[Group], kind: str) -> str | None:
    """The concept of this type that covers most of a span of pieces."""
    if pieces is None:
        return None
    start, end = _place(encoded, pieces)
    shared = [
        (sum(max(0, min(end, b) - max(start, a)) for a, b in group.spans), group.ids[0])
        for group in groups
        if group.type == kind
    ]
    most, id_ = max(shared, key=lambda pair: pair[0], default=(0, None))
    return id_ if most else None
