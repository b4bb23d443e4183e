"""In which company names stand: vectors of words and names, and what short forms stand for, learned from abstracts.

The table `contexts.npz` is made by `benchmarks/make_contexts.py`. All sums are over integers, so that a score is the
same on every machine and for any order of the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kg._core import WordVectors
from kg.link.surface import SMALL, fold_surface, parts, singular, spells

__all__ = ["Contexts", "Sense", "cosine", "fold_short", "fold_word", "index_initials", "load_contexts", "words_of_text"]

TABLE = Path(__file__).parent / "contexts.npz"
OFTEN, MOSTLY, MAINLY = 8, 0.9, 0.6
"""Definitions of a short form, and shares of them, that make one phrase what it means."""
WORD = re.compile(r"[^\W\d_]{2,}")


def words_of_text(text: str) -> set[str]:
    """The distinct words of a text, in lower case.

    >>> sorted(words_of_text("LoRA adapts LoRA layers."))
    ['adapts', 'layers', 'lora']
    """
    return set(WORD.findall(text.lower()))


def fold_word(word: str) -> str:
    """A word in lower case without its plural s.

    >>> fold_word("policies"), fold_word("networks"), fold_word("loss")
    ('policy', 'network', 'loss')
    """
    if len(word) > 3 and word[-1] == "s":
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word[-2] not in "sui":
            return word[:-1]
    return word


def fold_short(short: str) -> str:
    """A short form without its plural s, hyphens and spaces; its case tells (SAM, not Sam).

    >>> fold_short("LLMs"), fold_short("GAN-s"), fold_short("DreamBooths")
    ('LLM', 'GAN', 'DreamBooths')
    """
    bare = short.replace("-", "").replace(" ", "")
    return bare[:-1] if bare[-1:] == "s" and bare[:-1].isupper() else bare


class Sense(NamedTuple):
    """A phrase that a short form stands for, and in how many abstracts it was defined so."""

    long: str
    count: int


@dataclass(frozen=True)
class Contexts:
    """Words and names as vectors of one space, and the senses of short forms.

    word_vectors: each word's sense times how telling it is.  name_vectors: shape (names, d),
    int8; `written` has the names as they are written.  name_counts: shape (names,), the abstracts that hold the name.
    """

    word_vectors: WordVectors
    names: Mapping[str, int]
    written: tuple[str, ...]
    name_vectors: np.ndarray
    name_counts: np.ndarray
    senses: Mapping[str, tuple[Sense, ...]]

    def vector(self, text: str) -> np.ndarray:
        """The sum of the vectors of a text's known words: shape (d,), int32; zeros where none is known."""
        return self.word_vectors.sum(text if text.isascii() else text.encode("utf-8", "replace").decode())

    def profile(self, names: Iterable[str]) -> np.ndarray:
        """The company in which names of one thing stand: shape (d,), int32; zeros where none of them is known."""
        rows = sorted({row for name in names if (row := self.names.get(fold_surface(name))) is not None})
        weights = np.sqrt(self.name_counts[rows]).astype(np.int32)
        return (self.name_vectors[rows] * weights[:, None]).sum(0, dtype=np.int32)

    def count(self, name: str) -> int:
        """In how many abstracts a name stands, of those that the table was learned from."""
        row = self.names.get(fold_surface(name))
        return 0 if row is None else int(self.name_counts[row])

    @cached_property
    def usual(self) -> Mapping[str, str]:
        """By short form in lower case, what it nearly always means: for use inside phrases (LLM routing)."""
        found = ((short, senses[0], sum(sense.count for sense in senses)) for short, senses in self.senses.items())
        sure = ((short, best.long) for short, best, total in found if best.count >= max(OFTEN, MOSTLY * total))
        return {short.casefold(): singular(long) for short, long in sure if spells(short, parts(long))}

    @cached_property
    def short_forms(self) -> Mapping[str, str]:
        """By folded phrase, the short form that is mostly defined as this phrase."""
        return {
            fold_surface(senses[0].long): short
            for short, senses in self.senses.items()
            if senses[0].count >= max(2, MAINLY * sum(sense.count for sense in senses))
        }

    def phrases(self, short: str) -> list[str]:
        """The phrases that initials may stand for, the most frequent first."""
        return sorted(self._by_initials.get(short, ()), key=lambda name: (-self.count(name), name))

    @cached_property
    def _by_initials(self) -> Mapping[str, list[str]]:
        return index_initials(self.written)


def index_initials(names: Iterable[str]) -> dict[str, list[str]]:
    """Phrases of two to six words by the capitals that they may be shortened to, in order.

    >>> index_initials(["mixture of experts", "LoRA"])
    {'MOE': ['mixture of experts'], 'ME': ['mixture of experts']}
    """
    found: dict[str, list[str]] = {}
    for name in names:
        words = name.lower().replace("-", " ").split()
        if 2 <= len(words) <= 6:
            found.setdefault("".join([word[0] for word in words]).upper(), []).append(name)
            if not SMALL.isdisjoint(words):
                found.setdefault("".join([word[0] for word in words if word not in SMALL]).upper(), []).append(name)
    return found


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """How alike two sums of vectors are, -1 to 1; 0 where one of them is zero.

    >>> cosine(np.array([3, 4]), np.array([6, 8])), cosine(np.array([1, 0]), np.array([0, 0]))
    (1.0, 0.0)
    """
    one, other = one.astype(np.int64), other.astype(np.int64)
    size = int(one @ one) * int(other @ other)
    return int(one @ other) / size**0.5 if size else 0.0


@cache
def load_contexts(path: Path = TABLE) -> Contexts:
    """The table that ships with the package, read once."""
    with np.load(path) as table:
        names, written, shorts, longs = (
            _text(table[key]).split("\n") for key in ("names", "written", "shorts", "longs")
        )
        vectors = WordVectors(_text(table["words"]), table["word_vectors"])
        senses: dict[str, list[Sense]] = {}
        for short, long, count in zip(shorts, longs, table["counts"].tolist(), strict=True):
            senses.setdefault(short, []).append(Sense(long, count))
        return Contexts(
            vectors, {name: row for row, name in enumerate(names)}, tuple(written),
            table["name_vectors"], table["name_counts"], {short: tuple(found) for short, found in senses.items()},
        )  # fmt: skip


def _text(column: np.ndarray) -> str:
    return column.tobytes().decode()
