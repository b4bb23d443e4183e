"""The spaCy components of a trained model: encoder, mentions, synonyms, what is introduced and how it relates, claims."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of
from kg.extract.mentions import set_mentions
from kg.extract.sentences import sentence_spans
from kg.extract.synonyms import first_ids, long_forms
from kg.extract.trained.claims import Anchor, anchor_arrays, find_anchors, near_concepts, read_claims
from kg.extract.trained.concepts import group_mentions, make_concepts, pair_concepts, read_relations
from kg.extract.trained.model import Model, load_model
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.probability import sigmoid, softmax
from kg.extract.trained.spans import complete, decide, propose
from kg.extract.trained.synonyms import group_surfaces, pair_mentions, trust_known
from kg.schema import Claim, Mention

__all__ = ["make_claims", "make_encoder", "make_relations", "make_spans", "make_synonyms"]


_STRETCH = 2048
"""Pieces of a text whose claims are read together; an abstract has some hundreds."""


class Component:
    """What the components of a model share: the model itself, loaded once a process."""

    def __init__(self, model: Model) -> None:
        self.model = model


class Encoder(Component):
    """Sets `doc._.kg_encoded` and `doc._.kg_vectors`: the pieces of the text, and a vector of each."""

    def __call__(self, doc: Doc) -> Doc:
        encoder = self.model.encoder
        encoded = encoder.encode(text_of(doc), sentence_spans(doc))
        doc._.kg_encoded = encoded
        doc._.kg_vectors = encoder.vectors(encoded) if len(encoded.ids) else None
        return doc


class Spans(Component):
    """Sets `doc._.kg_mentions`, and the spans of `doc.ents` so that displaCy shows them."""

    def __call__(self, doc: Doc) -> Doc:
        set_mentions(doc, self._mentions(doc) if doc._.kg_vectors is not None else [])
        return doc

    def _mentions(self, doc: Doc) -> list[Mention]:
        encoded = doc._.kg_encoded
        spans = propose(encoded, doc._.kg_candidates)
        if not len(spans.first):
            return []
        scores = self.model.heads.spans(doc._.kg_vectors, spans)
        text, definitions = encoded.text, doc._.kg_definitions
        long_of = long_forms(text, definitions)
        found = decide(encoded, spans, softmax(scores), self.model.thresholds.mention, long_of)
        found = complete(text, found, definitions)
        places = sorted((a, b, f) for f in found for a, b in f.spans)
        sure = {f.surface: self.model.confidence("mention", f.confidence) for f in found}
        return [Mention(f"m{i}", a, b, f.surface, f.type, sure[f.surface]) for i, (a, b, f) in enumerate(places)]


class Synonyms(Component):
    """Sets `doc._.kg_synonyms` anew: what the rules join and what the model does, decided together."""

    def __call__(self, doc: Doc) -> Doc:
        mentions = doc._.kg_mentions
        surfaces, pairs, features = pair_mentions(doc._.kg_encoded, mentions, doc._.kg_synonyms, doc._.kg_definitions)
        doc._.kg_synonyms = []
        if not len(pairs):
            return doc
        sure = sigmoid(self.model.heads.synonyms(doc._.kg_vectors, surfaces, pairs, features))
        sure = trust_known(sure, pairs, features, mentions, doc._.kg_candidates)
        first = first_ids(mentions)
        kinds = {m.text: m.type for m in mentions}
        home = group_surfaces([(kinds[text], text) for text in first], pairs, sure, self.model.thresholds.synonym)
        groups: dict[int, list[str]] = {}
        for group, id_ in zip(home, first.values(), strict=True):
            groups.setdefault(group, []).append(id_)
        doc._.kg_synonyms = [pair for group in groups.values() for pair in combinations(group, 2)]
        return doc


class Relations(Component):
    """Sets `doc._.kg_introduces` and `doc._.kg_relations`, and keeps the concepts for the claims."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_introduces, doc._.kg_relations = [], []
        groups = group_mentions(doc._.kg_mentions, doc._.kg_synonyms)
        doc._.kg_concepts = None
        if not groups:
            return doc
        encoded = doc._.kg_encoded
        concepts = make_concepts(encoded, [(group.type, group.spans) for group in groups])
        pairs = pair_concepts(encoded, concepts)
        scores, relations = self.model.heads.concepts(doc._.kg_vectors, concepts, pairs)
        sure = sigmoid(scores)
        lowest = self.model.thresholds
        doc._.kg_concepts = (groups, concepts, sure)
        doc._.kg_introduces = [
            id_
            for group, p in zip(groups, sure, strict=True)
            if p >= lowest.introduced and group.type in ("Method", "Dataset")
            for id_ in group.ids
        ]
        found = read_relations(encoded, groups, pairs, softmax(relations), lowest.relation)
        doc._.kg_relations = [replace(r, confidence=self.model.confidence("relation", r.confidence)) for r in found]
        return doc


class Claims(Component):
    """Sets `doc._.kg_claims`. A text is read in stretches of `_STRETCH` pieces, so that time and memory grow linearly."""

    def __call__(self, doc: Doc) -> Doc:
        encoded = doc._.kg_encoded
        anchors = find_anchors(text_of(doc), encoded.sentences)
        doc._.kg_claims = []
        if not anchors or not doc._.kg_concepts:
            return doc
        rows, features = anchor_arrays(encoded, anchors)
        stretch = rows[:, 4] // _STRETCH
        for number in np.unique(stretch):
            here = np.flatnonzero(stretch == number)
            doc._.kg_claims += self._read(doc, [anchors[i] for i in here], rows[here], features[here])
        for number, claim in enumerate(doc._.kg_claims):
            sure = self.model.confidence("claim", claim.confidence)
            doc._.kg_claims[number] = replace(claim, id=f"c{number}", confidence=sure)
        return doc

    def _read(self, doc: Doc, anchors: list[Anchor], rows: np.ndarray, features: np.ndarray) -> list[Claim]:
        """The claims of anchors that stand together, from the pieces and concepts of their sentences' stretch."""
        encoded, (groups, concepts, introduced) = doc._.kg_encoded, doc._.kg_concepts
        low, high = 0, len(encoded.ids)
        if high > _STRETCH:
            low, high = int(rows[0, 4]), int(rows[:, 5].max()) + 1
            start, end = _characters(encoded, low, high)
            inside = [tuple(span for span in group.spans if start <= span[0] < end) for group in groups]
            chosen = [k for k, spans in enumerate(inside) if spans]
            if not chosen:
                return []
            groups, introduced = [groups[k]._replace(spans=inside[k]) for k in chosen], introduced[chosen]
            concepts = make_concepts(encoded, [(group.type, group.spans) for group in groups])
            concepts = concepts._replace(pieces=np.clip(concepts.pieces - low, 0, high - low - 1))
        near = near_concepts(encoded, anchors, [group.spans for group in groups])
        h = doc._.kg_vectors[low:high]
        out = self.model.heads.claims(h, rows - low, features, concepts, introduced, near)
        return read_claims(encoded, low, anchors, groups, out, self.model.thresholds.claim)


def _characters(encoded: Encoded, low: int, high: int) -> tuple[int, int]:
    """The characters of the words of pieces low..high (excluded)."""
    words = encoded.words[(encoded.words[:, 2] >= low) & (encoded.words[:, 3] < high)]
    return (int(words[0, 0]), int(words[-1, 1])) if len(words) else (0, 0)


def make_encoder(nlp: Language, name: str, model: str) -> Encoder:
    """The factory of `kg_encoder`; model: the folder of a trained model."""
    return Encoder(load_model(Path(model)))


def make_spans(nlp: Language, name: str, model: str) -> Spans:
    """The factory of `kg_trained_mentions`."""
    return Spans(load_model(Path(model)))


def make_synonyms(nlp: Language, name: str, model: str) -> Synonyms:
    """The factory of `kg_trained_synonyms`."""
    return Synonyms(load_model(Path(model)))


def make_relations(nlp: Language, name: str, model: str) -> Relations:
    """The factory of `kg_trained_relations`."""
    return Relations(load_model(Path(model)))


def make_claims(nlp: Language, name: str, model: str) -> Claims:
    """The factory of `kg_trained_claims`."""
    return Claims(load_model(Path(model)))


register_extensions()
Language.factory(
    "kg_encoder", requires=["doc.sents"], assigns=["doc._.kg_encoded", "doc._.kg_vectors"], func=make_encoder
)
Language.factory(
    "kg_trained_mentions",
    requires=["doc._.kg_vectors", "doc._.kg_candidates"],
    assigns=["doc._.kg_mentions", "doc.ents"],
    func=make_spans,
)
Language.factory(
    "kg_trained_synonyms",
    requires=["doc._.kg_mentions", "doc._.kg_definitions", "doc._.kg_candidates", "doc._.kg_vectors"],
    assigns=["doc._.kg_synonyms"],
    func=make_synonyms,
)
Language.factory(
    "kg_trained_relations",
    requires=["doc._.kg_mentions", "doc._.kg_synonyms", "doc._.kg_vectors"],
    assigns=["doc._.kg_introduces", "doc._.kg_relations", "doc._.kg_concepts"],
    func=make_relations,
)
Language.factory(
    "kg_trained_claims",
    requires=["doc._.kg_concepts", "doc._.kg_vectors"],
    assigns=["doc._.kg_claims"],
    func=make_claims,
)
