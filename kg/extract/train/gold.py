"""Annotated abstracts as the network learns from them: arrays of what it sees, and the labels of each head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.occurrences import find_occurrences
from kg.extract.sentences import sentence_spans
from kg.extract.synonyms import find_synonyms
from kg.extract.terms import fold_phrase
from kg.extract.trained.claims import DIRECTIONS, KINDS, SLOTS, Anchor, anchor_arrays, find_anchors, near_concepts
from kg.extract.trained.concepts import RELATIONS, Concepts, make_concepts, pair_concepts, pieces_of
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.spans import TYPES, Spans, propose
from kg.extract.trained.synonyms import pair_mentions
from kg.schema import Mention

__all__ = ["Example", "make_example"]

IGNORED = -100
"""What the losses of torch leave out."""
Row = Mapping[str, Any]
Encode = Callable[[str, Sequence[tuple[int, int]]], Encoded]


@dataclass
class Example:
    """One abstract: what the heads take (see their modules), and the labels under the name of each output."""

    encoded: Encoded
    spans: Spans
    surfaces: Concepts
    same: np.ndarray
    same_features: np.ndarray
    concepts: Concepts
    pairs: np.ndarray
    anchors: np.ndarray
    anchor_features: np.ndarray
    near: np.ndarray
    labels: dict[str, np.ndarray] = field(default_factory=dict)


def make_example(row: Row, nlp: Language, encode: Encode, clean: Callable[[str], str]) -> Example | None:
    """An annotated abstract through the same cleaning, sentences and rules as a paper; None where nothing is left.

    nlp: the pipeline of the rules whose finds are features.  encode: gives the pieces of a text and its sentences.
    clean: what the reader does to a text.
    """
    text = clean(row["title"]) + "\n" + clean(row["abstract"])
    doc = nlp(text)
    encoded = encode(text, sentence_spans(doc))
    if not len(encoded.words):
        return None
    types = {clean(m["text"]): str(m["type"]) for m in row["mentions"] if clean(m["text"])}
    places = find_occurrences(text, types)
    spans = propose(encoded, doc._.kg_candidates)
    groups = _groups(row, types, places, text, clean)
    concepts = make_concepts(encoded, [(kind, spans) for _, kind, spans in groups])
    pairs = pair_concepts(encoded, concepts)
    anchors = find_anchors(text, encoded.sentences)
    arrays = anchor_arrays(encoded, anchors)
    near = near_concepts(encoded, anchors, [spans for _, _, spans in groups])
    home = {surface: g for g, (surfaces, _, _) in enumerate(groups) for surface in surfaces}
    surfaces, same, same_features = _pairs(encoded, places, types, doc)
    example = Example(encoded, spans, surfaces, same, same_features, concepts, pairs, *arrays, near)
    example.labels = {
        "spans": _span_labels(encoded, spans, {span: types[text[slice(*span)]] for span in places}),
        "same": _same_labels(same, list(dict.fromkeys(text[slice(*span)] for span in places)), home),
        "introduced": _marked(len(groups), (home.get(clean(s)) for s in row["introduces"])),
        "relations": _relation_labels(row, pairs, home, clean),
        **_claim_labels(row, encoded, anchors, home, clean),
    }
    return example


def _pairs(
    encoded: Encoded, places: Sequence[tuple[int, int]], types: Mapping[str, str], doc: Doc
) -> tuple[Concepts, np.ndarray, np.ndarray]:
    """Pairs of surfaces as the pipeline makes them of the mentions that it has found."""
    text = encoded.text
    mentions = [Mention(f"m{i}", a, b, text[a:b], types[text[a:b]], 1.0) for i, (a, b) in enumerate(places)]
    return pair_mentions(encoded, mentions, find_synonyms(text, mentions, doc._.kg_definitions), doc._.kg_definitions)


def _same_labels(pairs: np.ndarray, surfaces: Sequence[str], home: Mapping[str, int]) -> np.ndarray:
    return np.array([home[surfaces[i]] == home[surfaces[j]] for i, j in pairs], np.float32)


def _span_labels(encoded: Encoded, spans: Spans, kinds: Mapping[tuple[int, int], str]) -> np.ndarray:
    starts, ends = encoded.words[spans.first, 0], encoded.words[spans.last, 1]
    labels = [kinds.get(span) for span in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.array([1 + TYPES.index(kind) if kind else 0 for kind in labels], np.int64)


def _groups(
    row: Row, types: Mapping[str, str], places: Sequence[tuple[int, int]], text: str, clean: Callable[[str], str]
) -> list[tuple[list[str], str, list[tuple[int, int]]]]:
    """The surfaces of each concept, its type and its places, in the order of the text."""
    parent = {surface: surface for surface in types}

    def find(surface: str) -> str:
        while parent[surface] != surface:
            surface = parent[surface]
        return surface

    same: dict[str, str] = {}
    named = [(clean(s), "=" + c.casefold()) for s, c in row["canonical"].items()]
    for surface, key in [*((s, fold_phrase(s.casefold())) for s in types), *named]:
        if surface in parent:
            parent[find(surface)] = find(same.setdefault(key, surface))
    for a, b in row["synonyms"]:
        if clean(a) in parent and clean(b) in parent:
            parent[find(clean(a))] = find(clean(b))
    spans: dict[str, list[tuple[int, int]]] = {}
    surfaces: dict[str, list[str]] = {}
    for span in places:
        spans.setdefault(find(text[slice(*span)]), []).append(span)
    for surface in types:
        surfaces.setdefault(find(surface), []).append(surface)
    return [(surfaces[g], types[max(surfaces[g], key=len)], where) for g, where in spans.items()]


def _marked(size: int, rows: Iterable[int | None]) -> np.ndarray:
    out = np.zeros(size, np.float32)
    out[[row for row in rows if row is not None]] = 1
    return out


def _relation_labels(row: Row, pairs: np.ndarray, home: Mapping[str, int], clean: Callable[[str], str]) -> np.ndarray:
    names = [str(kind) for kind in RELATIONS]
    known = {
        (home.get(clean(head)), home.get(clean(tail))): 1 + names.index(kind.upper().replace("-", "_"))
        for head, kind, tail in row["relations"]
    }
    return np.array([known.get((i, j), 0) for i, j in pairs[:, :2].tolist()], np.int64)


def _claim_labels(
    row: Row, encoded: Encoded, anchors: Sequence[Anchor], home: Mapping[str, int], clean: Callable[[str], str]
) -> dict[str, np.ndarray]:
    size, none = len(anchors), len(encoded.ids)
    out = {
        "count": np.zeros(size, np.int64),
        "kind": np.full(size, IGNORED, np.int64),
        "direction": np.full(size, IGNORED, np.int64),
        "slots": np.full((size, len(SLOTS), 2), IGNORED, np.int64),
        "picked": np.full((size, 2), IGNORED, np.int64),
    }
    nobody = len(set(home.values()))
    for claim in row["claims"]:
        at = _anchor_of(claim, encoded.text, anchors, out["count"], clean)
        if at is None:
            continue
        out["count"][at] = min(3, out["count"][at] + 1)
        if out["count"][at] > 1:  # its fields are those of the first claim
            continue
        out["kind"][at] = KINDS.index(claim["kind"])
        out["direction"][at] = DIRECTIONS.index(claim["direction"])
        for s, slot in enumerate(SLOTS):
            out["slots"][at, s] = _slot(claim[slot], encoded, anchors[at], none, clean)
        for p, who in enumerate((claim["subject"], claim["on"])):
            out["picked"][at, p] = home.get(clean(who), IGNORED) if who else nobody
    of_sentence = Counter[int]()
    for anchor, count in zip(anchors, out["count"].tolist(), strict=True):
        of_sentence[anchor.sentence] += count
    out["sentence"] = np.array([min(3, of_sentence[anchor.sentence]) for anchor in anchors], np.int64)
    return out


def _anchor_of(
    claim: Row, text: str, anchors: Sequence[Anchor], taken: np.ndarray, clean: Callable[[str], str]
) -> int | None:
    """The anchor that a claim is read off: its value where one is found, else the clause that it covers most."""
    stated = clean(claim["text"])
    start = text.find(stated)
    if start < 0:
        return None
    end = start + len(stated)
    overlap = [min(end, a.end) - max(start, a.start) for a in anchors]
    if claim["value"]:
        value = clean(claim["value"])

        def fit(i: int) -> int:
            found = text[anchors[i].start : anchors[i].end]
            return 2 * (found == value) + (value in found or found in value)

        inside = [i for i, a in enumerate(anchors) if a.is_value and overlap[i] > 0 and fit(i)]
        if inside:
            return max(inside, key=lambda i: (fit(i), -taken[i], -i))
    clauses = [i for i, a in enumerate(anchors) if not a.is_value and overlap[i] > 0]
    return max(clauses, key=lambda i: overlap[i]) if clauses else None


def _slot(
    wanted: str | None, encoded: Encoded, anchor: Anchor, none: int, clean: Callable[[str], str]
) -> tuple[int, int]:
    """First and last wordpiece of the place of a string in the anchor's sentence that is nearest to the anchor."""
    if not wanted:
        return none, none
    wanted = clean(wanted)
    start, end = encoded.sentences[anchor.sentence]
    places = []
    at = encoded.text.find(wanted, start, end)
    while at >= 0 and wanted:
        places.append(at)
        at = encoded.text.find(wanted, at + 1, end)
    if not places:
        return IGNORED, IGNORED
    at = min(places, key=lambda place: abs(place - anchor.start))
    return pieces_of(encoded, at, at + len(wanted))
