"""Sentence boundaries that survive "et al.", "i.e.", "vs.", decimal numbers and addresses; the title stands alone."""

from __future__ import annotations

import re

import numpy as np
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions

__all__ = ["make_sentences", "sentence_spans", "split_sentences"]

_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|i\.?e|e\.?g|vs|cf|etc|resp|approx|w\.r\.t|a\.k\.a|fig|figs|eq|eqs|sec|no|dr|prof|st|ca|viz|al)|\b(?-i:[A-Z]))$",
    re.I,
)
_END = re.compile(r"(?<![.!?])([.!?]+)[\"'”’)\]]{0,8}(\s+)(?=[\"'“‘(\[]?[A-Z0-9À-ÞΑ-ΩА-Я$*•])")


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


def sentence_spans(doc: Doc) -> list[tuple[int, int]]:
    """The character spans of a doc's sentences without the space around them; whoever set the boundaries."""
    spans = []
    for sentence in doc.sents:
        text = sentence.text
        if stripped := text.strip():
            start = sentence.start_char + text.index(stripped[0])
            spans.append((start, start + len(stripped)))
    return spans


def make_sentences(nlp: Language, name: str) -> Sentences:
    """The factory of `kg_sentences`."""
    return Sentences()


class Sentences:
    """Sets `token.is_sent_start`."""

    def __call__(self, doc: Doc) -> Doc:
        offsets = doc.to_array([IDX])
        first = np.searchsorted(offsets, [start for start, _ in split_sentences(doc.text)])
        marks = np.full(len(doc), -1, dtype=np.int64)
        marks[[0, *first] if len(doc) else []] = 1
        return doc.from_array([SENT_START], marks.astype(np.uint64))  # token by token is quadratic in spaCy


register_extensions()
Language.factory("kg_sentences", assigns=["token.is_sent_start", "doc.sents"], func=make_sentences)
