"""From candidates to mentions: one type a surface, the longest of overlapping spans, every occurrence of a surface."""

from __future__ import annotations

import re
from collections import defaultdict

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from kg.extract.candidates import Candidate, register_extensions, text_of
from kg.extract.occurrences import find_occurrences
from kg.extract.terms import fold_phrase
from kg.schema import Mention

__all__ = ["make_mentions", "resolve", "set_mentions"]

WEIGHT = {
    "title": 4.0,
    "propose": 3.0,
    "lexicon": 3.0,
    "term": 2.5,
    "metric": 2.0,
    "name": 1.0,
    "definition": 1.0,
    "compound": 1.0,
}
"""How much a finder's type counts where finders disagree on a surface; 3 where it is none of these."""

GENERIC = frozenset(
    "model method approach framework system algorithm technique performance efficiency robustness baseline dataset data"
    " task result experiment problem training learning network benchmark evaluation metric paper code language image".split()
)


def resolve(text: str, candidates: list[Candidate], definitions: list[tuple]) -> list[Mention]:
    """The mentions of a text, in its order; each occurrence of an accepted surface is one.

    Cost: near linear; each surface is looked for once.
    """
    votes: dict[str, dict[str | None, float]] = defaultdict(lambda: defaultdict(float))
    sure: dict[str, float] = defaultdict(float)
    for c in candidates:
        surface = text[c.start : c.end]
        if fold_phrase(surface) not in GENERIC and len(surface) > 1 and "\n" not in surface:
            votes[surface][c.type] += WEIGHT.get(c.source, 3.0) * c.confidence
            sure[surface] = max(sure[surface], c.confidence)
    _share_types(text, votes, definitions)
    types = {surface: _decide(surface, kinds) for surface, kinds in votes.items()}
    both = [d for d in definitions if all(text[slice(*span)] in types for span in d)]
    defined = [span for definition in both for span in definition]
    found = find_occurrences(text, types, defined)
    return [
        Mention(f"m{i}", start, end, text[start:end], types[text[start:end]], round(min(1.0, sure[text[start:end]]), 3))
        for i, (start, end) in enumerate(found)
    ]


def _share_types(text: str, votes: dict[str, dict[str | None, float]], definitions: list[tuple]) -> None:
    """Let both sides of a definition, and the case and plural variants of a surface, vote together."""
    groups: dict[str, list[str]] = defaultdict(list)
    for surface in votes:
        groups[" ".join(fold_phrase(w) for w in surface.split())].append(surface)
    pairs = [(text[slice(*d.short)], text[slice(*d.long)]) for d in definitions]
    for members in [*groups.values(), *pairs]:
        together: dict[str | None, float] = defaultdict(float)
        for surface in members:
            for kind, weight in votes.get(surface, {}).items():
                together[kind] = max(together[kind], weight)
        for surface in members:
            if surface in votes:
                votes[surface] = dict(together)


def _decide(surface: str, kinds: dict[str | None, float]) -> str:
    typed = {kind: weight for kind, weight in kinds.items() if kind}
    if typed:
        return max(sorted(typed), key=lambda kind: typed[kind])
    return "Dataset" if re.search(r"(?:Bench|Eval|QA|Corpus|Set|-\d+[KkM])$|^WMT|^CIFAR|^MNIST", surface) else "Method"


def make_mentions(nlp: Language, name: str) -> Mentions:
    """The factory of `kg_mentions`."""
    return Mentions()


class Mentions:
    """Sets `doc._.kg_mentions`, and the spans of `doc.ents` so that displaCy shows them."""

    def __call__(self, doc: Doc) -> Doc:
        set_mentions(doc, resolve(text_of(doc), doc._.kg_candidates, doc._.kg_definitions))
        return doc


def set_mentions(doc: Doc, mentions: list[Mention]) -> None:
    """Write mentions on a doc, and the spans of them that do not overlap as its entities."""
    doc._.kg_mentions = mentions
    spans = (doc.char_span(m.start, m.end, m.type, alignment_mode="expand") for m in mentions)
    doc.ents = filter_spans([span for span in spans if span is not None])


register_extensions()
Language.factory(
    "kg_mentions",
    requires=["doc._.kg_candidates", "doc._.kg_definitions"],
    assigns=["doc._.kg_mentions", "doc.ents"],
    func=make_mentions,
)
