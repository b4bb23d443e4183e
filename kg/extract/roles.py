"""What each sentence of an abstract does there: background, objective, method, result or other.

A linear-chain conditional random field (Lafferty, McCallum and Pereira, ICML 2001) over the words, pairs of words, first
words and place of each sentence. `roles.npz` holds its weights, hashed into a small table; benchmarks/make_roles.py
fits them to CSAbstruct (Cohan et al., EMNLP 2019, arXiv:1909.04054).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of
from kg.extract.sentences import sentence_spans
from kg.schema import ROLES

__all__ = ["BUCKETS", "buckets_of", "features_of", "find_roles", "make_roles", "marginals"]

BUCKETS = 1 << 16
"""Rows of the table of weights; features that fall into one row share it."""
_WORD = re.compile(rb"[a-z]+(?:-[a-z]+)*|\d+(?:[.,]\d+)*%?|[%?:;()]")


class _Weights(NamedTuple):
    """Of features: (BUCKETS, roles).  Of a role behind another: (roles, roles).  Of the first sentence's role: (roles,)."""

    features: np.ndarray
    scale: np.ndarray
    transitions: np.ndarray
    start: np.ndarray


@cache
def _weights() -> _Weights:
    with files("kg.extract").joinpath("roles.npz").open("rb") as file, np.load(file) as arrays:
        return _Weights(*(arrays[name] for name in _Weights._fields))


def features_of(sentence: str, number: int, count: int) -> set[bytes]:
    """What is weighed of a sentence, the number-th (from 0) of count in its abstract.

    >>> sorted(features_of("Gains 5%.", 0, 1))
    [b'# end 0', b'# length 0', b'# of 10 0', b'# start 0', b'0%', b'^gains', b'^gains 0%', b'gains', b'gains 0%']
    """
    words = [_fold(word) for word in _WORD.findall(sentence.lower().encode())]
    first = b"^" + b" ".join(words[:3])
    return {
        b"# start %d" % min(number, 6),
        b"# end %d" % min(count - 1 - number, 4),
        b"# of 10 %d" % (10 * number // max(1, count - 1)),
        b"# length %d" % min(6, len(words) // 8),
        first,
        first.rpartition(b" ")[0] or first,
        b"^" + b"".join(words[:1]),
        *words,
        *map(b"%b %b".__mod__, pairwise(words)),
    }


def _fold(word: bytes) -> bytes:
    """All numbers are one, and all percentages."""
    if not word[:1].isdigit():
        return word
    return b"0%" if word.endswith(b"%") else b"0"


def buckets_of(features: Iterable[bytes]) -> np.ndarray:
    """The row of the table of each feature."""
    return np.fromiter(map(crc32, features), np.uint32) % BUCKETS


def find_roles(sentences: Sequence[str]) -> list[str]:
    """The likeliest role of each sentence of an abstract (without its title), given all of them. Cost: linear.

    >>> find_roles(["Training is slow.", "We use a network that is trained on images.", "Results show a gain of 5%."])
    ['background', 'method', 'result']
    """
    if not sentences:
        return []
    weights = _weights()
    features = [features_of(text, number, len(sentences)) for number, text in enumerate(sentences)]
    first = [0, *accumulate(map(len, features[:-1]))]
    scores = np.add.reduceat(weights.features[buckets_of(chain.from_iterable(features))], first, dtype=np.int32)
    return [ROLES[role] for role in marginals(scores * weights.scale, weights.transitions, weights.start).argmax(1)]


def marginals(scores: np.ndarray, transitions: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The probability of each role of each sentence, by the forward-backward algorithm.

    scores: float (sentences, roles).  transitions: (roles, roles), from the row to the column.  start: (roles,).
    Returns float (sentences, roles); rows sum to 1.

    >>> marginals(np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(2)).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    step = np.exp(transitions)
    here = np.exp(scores - scores.max(1, keepdims=True))
    forward, backward = here.copy(), np.ones_like(here)
    forward[0] *= np.exp(start)
    for i in range(1, len(here)):  # each row is scaled, so that long texts do not run out of range
        forward[i] *= forward[i - 1] @ step
        forward[i] /= forward[i].sum()
    for i in range(len(here) - 2, -1, -1):
        backward[i] = step @ (here[i + 1] * backward[i + 1])
        backward[i] /= backward[i].sum()
    both = forward * backward
    return both / both.sum(1, keepdims=True)


def _of_abstract(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences behind the title; a text without a line break has none."""
    title = text.find("\n")
    return [span for span in spans if span[0] > title]


def make_roles(nlp: Language, name: str) -> Roles:
    """The factory of `kg_sentence_roles`."""
    return Roles()


class Roles:
    """Sets `doc._.kg_roles`, a role for each of `sentence_spans(doc)`, None for those of the title.

    The sentences with their roles are also the spans `doc.spans["kg_roles"]`, which displaCy shows.
    """

    def __call__(self, doc: Doc) -> Doc:
        text, spans = text_of(doc), sentence_spans(doc)
        inside = _of_abstract(text, spans)
        roles = find_roles([text[a:b] for a, b in inside])
        doc._.kg_roles = [None] * (len(spans) - len(inside)) + roles
        doc.spans["kg_roles"] = [
            doc.char_span(a, b, role, alignment_mode="expand") for (a, b), role in zip(inside, roles, strict=True)
        ]
        return doc


register_extensions()
Language.factory("kg_sentence_roles", requires=["doc.sents"], assigns=["doc._.kg_roles", "doc.spans"], func=make_roles)
