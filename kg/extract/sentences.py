"""Sentence boundaries that survive "et al.", "i.e.", "vs.", decimal numbers and addresses; the title stands alone."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions

__all__ = ["make_sentences", "split_sentences"]

_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|i\.?e|e\.?g|vs|cf|etc|resp|approx|w\.r\.t|a\.k\.a|fig|figs|eq|eqs|sec|no|dr|prof|st|ca|viz|al)|\b[A-Z])$",
    re.I,
)
_END = re.compile(r"([.!?]+)[\"'”’)\]]*(\s+)(?=[\"'“‘(\[]?[A-Z0-9À-ÞΑ-ΩА-Я$*•])")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences of a text; a line break always ends one. Linear time.

    >>> text = "A title\\nWe use X (Li et al. 2020). It gains 2.5 points, i.e. a lot. Good?"
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['A title', 'We use X (Li et al. 2020).', 'It gains 2.5 points, i.e. a lot.', 'Good?']
    """
    spans, start = [], 0
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in _END.finditer(text, line.start(), line.end()):
            before = text[max(start, end.start() - 12) : end.start()]
            if end[1] == "." and _ABBREVIATION.search(before) and not before.endswith("etc"):
                continue
            spans.append((start, end.start(2)))
            start = end.end()
        spans.append((start, line.end()))
    return [(a, b) for a, b in spans if text[a:b].strip()]


def make_sentences(nlp: Language, name: str) -> Sentences:
    """The factory of `kg_sentences`."""
    return Sentences()


class Sentences:
    """Sets `token.is_sent_start`."""

    def __call__(self, doc: Doc) -> Doc:
        starts = {a for a, _ in split_sentences(doc.text)}
        waiting = False
        for token in doc:
            waiting = waiting or token.idx in starts or token.i == 0
            token.is_sent_start = waiting and not token.is_space
            waiting = waiting and token.is_space
        return doc


register_extensions()
Language.factory("kg_sentences", assigns=["token.is_sent_start", "doc.sents"], func=make_sentences)
