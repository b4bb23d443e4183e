"""Sentence boundaries that survive "et al.", "i.e.", "Fig.", decimal numbers and addresses; the title stands alone."""

from __future__ import annotations

import re

import numpy as np
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of

__all__ = ["make_sentences", "sentence_spans", "split_sentences"]

_NEVER = re.compile(
    r"(?:\b(?:i\.?e|e\.?g|vs|cf|viz|resp|approx|ca|incl|w\.r\.t|a\.k\.a)|(?:^|[:;]\s)\(?\d{1,2})$", re.I
)
"""What a full stop behind it belongs to, so that no sentence ends: "i.e.", and the number of an item."""
_SELDOM = re.compile(
    r"\b(?:al|figs?|eqs?|eqns?|secs?|sect|tab|alg|thm|def|prop|lem|cor|app|chap|refs?|nos?|vol|pp?|dr|mr|mrs|ms|prof|st|jr|inc"
    r"|ltd|corp|univ|dept|max|min|avg|std|wrt|s\.t|i\.i\.d|ph\.d|(?-i:[A-Z]))$",
    re.I,
)
"""Abbreviations behind which a sentence ends only where the next word opens one: "by Li et al. We show"."""
_OPENER = re.compile(
    r"[\"'“‘(\[]?(?:We|Our|The|This|These|Those|It|Its|In|However|Moreover|Further|Furthermore|Additionally|Also|Thus|Hence|Here"
    r"|There|Such|While|When|Although|Though|Despite|Unlike|Finally|First|Second|Then|To|For|From|By|With|On|At|As|And|But|A|An"
    r"|They|Their|Most|Many|Each|All|Both|Specifically|Recent|Recently|Experiments|Results|Extensive|Code|Instead|Yet|Since|Using)\s"
)
_END = re.compile(
    r"(?<![.!?])([.!?]+)[\"'”’)\]}]{0,8}(\s+)(?=[\"'“‘(\[]?(?:[A-Z0-9À-ÖØ-ÞΑ-ΩА-Я$*•\\]|[a-z]{1,2}[A-Z]|[^\W\d_a-zß-öø-ÿά-ώа-џ]))"
    r"|[。！？।؟]+[\"'”’)\]」』]{0,8}(\s*)(?=\S)"
)
"""The end of a sentence, before what can begin one: a capital, a number, mT5, a letter of a script without capitals."""


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
            if end[1] == "." and _goes_on(text[max(start, end.start() - 12) : end.start()], text, end.end()):
                continue
            space = end.start(2) if end[1] else end.start(3)
            spans.append((start, space))
            start = end.end()
        spans.append((start, line.end()))
    return [(a, b) for a, b in spans if text[a:b].strip()]


def _goes_on(before: str, text: str, at: int) -> bool:
    """Whether a full stop between these words and the text from `at` on ends no sentence."""
    return bool(_NEVER.search(before) or (_SELDOM.search(before) and not _OPENER.match(text, at)))


def sentence_spans(doc: Doc) -> list[tuple[int, int]]:
    """The character spans of a doc's sentences without the space around them; whoever set the boundaries."""
    spans, text = [], text_of(doc)
    for sentence in doc.sents:
        said = text[sentence.start_char : sentence.end_char]
        if stripped := said.strip():
            start = sentence.start_char + said.index(stripped[0])
            spans.append((start, start + len(stripped)))
    return spans


def make_sentences(nlp: Language, name: str) -> Sentences:
    """The factory of `kg_sentences`."""
    return Sentences()


class Sentences:
    """Sets `token.is_sent_start`."""

    def __call__(self, doc: Doc) -> Doc:
        offsets = doc.to_array([IDX])
        first = np.searchsorted(offsets, [start for start, _ in split_sentences(text_of(doc))])
        marks = np.full(len(doc), -1, dtype=np.int64)
        marks[[0, *first] if len(doc) else []] = 1
        return doc.from_array([SENT_START], marks.astype(np.uint64))  # token by token is quadratic in spaCy


register_extensions()
Language.factory("kg_sentences", assigns=["token.is_sent_start", "doc.sents"], func=make_sentences)
