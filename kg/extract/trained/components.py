"""The spaCy components of a trained model: encoder, mentions, synonyms, what is introduced and how it relates, claims."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions
from kg.extract.mentions import set_mentions
from kg.extract.sentences import sentence_spans
from kg.extract.trained.claims import anchor_arrays, find_anchors, near_concepts, read_claims
from kg.extract.trained.concepts import group_mentions, make_concepts, pair_concepts, read_relations
from kg.extract.trained.model import Model, load_model
from kg.extract.trained.probability import sigmoid, softmax
from kg.extract.trained.spans import complete, decide, propose
from kg.extract.trained.synonyms import group_surfaces, pair_mentions
from kg.schema import Mention

__all__ = ["make_claims", "make_encoder", "make_relations", "make_spans", "make_synonyms"]


class Component:
    """What the components of a model share: the model itself, loaded once a process."""

    def __init__(self, model: Model) -> None:
        self.model = model


class Encoder(Component):
    """Sets `doc._.kg_encoded` and `doc._.kg_vectors`: the pieces of the text, and a vector of each."""

    def __call__(self, doc: Doc) -> Doc:
        encoder = self.model.encoder
        encoded = encoder.encode(doc.text, sentence_spans(doc))
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
        found = decide(encoded, spans, softmax(scores), self.model.thresholds.mention)
        found = complete(doc.text, found, doc._.kg_definitions)
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
        home = group_surfaces(len(surfaces.types), pairs, sure, self.model.thresholds.synonym)
        first: dict[str, str] = {}
        for m in mentions:
            first.setdefault(m.text, m.id)
        ids = list(first.values())
        doc._.kg_synonyms = [(ids[i], ids[j]) for i, j in combinations(range(len(ids)), 2) if home[i] == home[j]]
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
    """Sets `doc._.kg_claims`."""

    def __call__(self, doc: Doc) -> Doc:
        encoded = doc._.kg_encoded
        anchors = find_anchors(doc.text, encoded.sentences)
        doc._.kg_claims = []
        if not anchors or not doc._.kg_concepts:
            return doc
        groups, concepts, introduced = doc._.kg_concepts
        rows, features = anchor_arrays(encoded, anchors)
        near = near_concepts(encoded, anchors, [group.spans for group in groups])
        out = self.model.heads.claims(doc._.kg_vectors, rows, features, concepts, introduced, near)
        found = read_claims(encoded, anchors, groups, out, self.model.thresholds.claim)
        doc._.kg_claims = [replace(c, confidence=self.model.confidence("claim", c.confidence)) for c in found]
        return doc


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
    requires=["doc._.kg_mentions", "doc._.kg_definitions", "doc._.kg_vectors"],
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
