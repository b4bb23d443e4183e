"""Terms that do not look like names: phrases of the field, and phrases put together from its words.

`terms.tsv` and `words.tsv` are counts over annotated papers (benchmarks/make_terms.py makes them): which phrases are
terms of which type, and of each word how often it stands inside a term and ends it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, register_extensions, text_of

__all__ = ["find_terms", "fold_phrase", "is_plain", "make_terms", "words_of"]

_WORD = re.compile(r"[^\W_](?:[\w+*@^]|[-./'’&](?=\w))*")
LONGEST = 7
"""Words of the longest phrase that is looked up."""


class _Word(NamedTuple):
    """Of a word: its share inside terms, its share at their end among those, the type of the terms it ends."""

    inside: float
    last: float
    type: str


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of a text with their offsets; hyphens, dots and slashes inside a word do not divide it.

    >>> words_of("KL-divergence, v2.5.")
    [('KL-divergence', 0, 13), ('v2.5', 15, 19)]
    """
    return [(m[0], *m.span()) for m in _WORD.finditer(text)]


def fold_phrase(text: str) -> str:
    """Case and a plural s folded away: what the tables are keyed by.

    >>> fold_phrase("Language Models"), fold_phrase("bias")
    ('language model', 'bias')
    """
    text = text.casefold()
    if len(text) > 3 and text.endswith("s") and not text.endswith(("ss", "us", "is", "as")):
        return text[:-3] + "y" if text.endswith("ies") else text[:-1]
    return text


@cache
def _terms() -> dict[str, tuple[str, float]]:
    rows = (line.split("\t") for line in files("kg.extract").joinpath("terms.tsv").read_text("utf-8").splitlines())
    return {phrase: (kind, float(share)) for phrase, kind, share in rows}


@cache
def _words() -> dict[str, _Word]:
    rows = (line.split("\t") for line in files("kg.extract").joinpath("words.tsv").read_text("utf-8").splitlines())
    return {word: _Word(float(inside), float(last), kind) for word, inside, last, kind in rows}


def is_plain(phrase: str) -> bool:
    """Whether a phrase is one word of any text: frequent in the annotated papers, and seldom a term by itself.

    >>> is_plain("reasoning"), is_plain("accuracy"), is_plain("wobble")
    (True, False, False)
    """
    folded = fold_phrase(phrase)
    return folded in _words() and folded not in _terms()


def find_terms(text: str, known: float = 0.5, compound: float = 0.55) -> list[Candidate]:
    """The terms of a text: known phrases, and runs of words that mostly stand inside terms and end as terms do.

    known, compound: the lowest share in annotated papers at which a phrase, or a run of words, is taken.
    Cost: linear in the words.

    >>> [c.type for c in find_terms("We study machine translation.")]
    ['Task', 'Task']
    """
    found = []
    for run in _runs(text):
        folded = [fold_phrase(word) for word, _, _ in run]
        for i in range(len(run)):
            for j in range(min(len(run), i + LONGEST), i, -1):
                kind, share = _terms().get(" ".join(folded[i:j]), (None, 0.0))
                if share >= known:
                    found.append(Candidate(run[i][1], run[j - 1][2], kind, share, "term"))
                    break
        found += _compounds(run, folded, compound)
    return found


def _runs(text: str) -> list[list[tuple[str, int, int]]]:
    """Words in a row with nothing but a space between them."""
    runs: list[list[tuple[str, int, int]]] = []
    end = -2
    for word in words_of(text):
        if word[1] != end + 1 or text[end] != " ":
            runs.append([])
        runs[-1].append(word)
        end = word[2]
    return runs


def _compounds(run: list[tuple[str, int, int]], folded: list[str], lowest: float) -> list[Candidate]:
    """Maximal runs of words of terms, cut after the last word that ends terms."""
    table, found, i = _words(), [], 0
    while i < len(run):
        j = i
        while j < len(run) and table.get(folded[j], _Word(0, 0, "-")).inside >= 0.3:
            j += 1
        end = j
        while end > i and table[folded[end - 1]].last < 0.35:
            end -= 1
        if end - i >= 2:
            words = [table[word] for word in folded[i:end]]
            share = sum(w.inside for w in words) / len(words)
            if share >= lowest and words[-1].type != "-":
                found.append(Candidate(run[i][1], run[end - 1][2], words[-1].type, 0.8 * share, "compound"))
        i = max(j, i + 1)
    return found


def make_terms(nlp: Language, name: str, known: float, compound: float) -> Terms:
    """The factory of `kg_terms`."""
    return Terms(known, compound)


class Terms:
    """Adds terms as candidates."""

    def __init__(self, known: float, compound: float) -> None:
        self.known, self.compound = known, compound

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_candidates = doc._.kg_candidates + find_terms(text_of(doc), self.known, self.compound)
        return doc


register_extensions()
Language.factory(
    "kg_terms", assigns=["doc._.kg_candidates"], default_config={"known": 0.5, "compound": 0.55}, func=make_terms
)
