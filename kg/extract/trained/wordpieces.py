"""A paper's text as wordpieces, in windows that the encoder can take, with the words and sentences they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

__all__ = ["WINDOW", "Encoded", "encode", "load_tokenizer"]

WINDOW = 510
"""Wordpieces of a window, without the two marks at its ends."""
CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Encoded:
    """The wordpieces of a text and what they make up.

    ids, case: int64 arrays, one entry a wordpiece.  words: int32 (w, 4), each word's first and last character and first
    and last wordpiece (the last of each pair: of characters behind, of wordpieces included).  home: int32 (w,), the
    sentence of each word.  sentences: their character spans.  windows: spans of wordpieces.
    """

    text: str
    ids: np.ndarray
    case: np.ndarray
    words: np.ndarray
    home: np.ndarray
    sentences: tuple[tuple[int, int], ...]
    windows: tuple[tuple[int, int], ...]


def load_tokenizer(path: Path) -> Tokenizer:
    """The wordpiece tokenizer in this file, without padding or truncation."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode(tokenizer: Tokenizer, text: str, sentences: Sequence[tuple[int, int]]) -> Encoded:
    """The wordpieces of a text. Cost: linear; text outside the sentences has no words."""
    ids, case, words, home, ends = [], [], [], [], []
    for number, (start, end) in enumerate(sentences):
        pieces = tokenizer.encode(text[start:end], add_special_tokens=False)
        last = None
        for id_, word, (a, b) in zip(pieces.ids, pieces.word_ids, pieces.offsets, strict=True):
            if word != last:
                words.append([start + a, start + b, len(ids), len(ids)])
                home.append(number)
                last = word
            else:
                words[-1][1], words[-1][3] = start + b, len(ids)
            ids.append(id_)
        ends.append(len(ids))
    for start, end, first, behind in words:
        case += [_case(text[start:end])] * (behind - first + 1)
    return Encoded(
        text,
        np.array(ids, np.int64),
        np.array(case, np.int64),
        np.array(words, np.int32).reshape(-1, 4),
        np.array(home, np.int32),
        tuple(sentences),
        tuple(_windows(ends)),
    )


def _windows(ends: Sequence[int]) -> list[tuple[int, int]]:
    """Spans of at most `WINDOW` wordpieces that break between sentences, or inside one that is longer than a window."""
    windows, start, last = [], 0, 0
    for end in ends:
        if end - start > WINDOW and last > start:
            windows.append((start, last))
            start = last
        while end - start > WINDOW:
            windows.append((start, start + WINDOW))
            start += WINDOW
        last = end
    return [*windows, (start, last)] if last > start else windows


def _case(word: str) -> int:
    """How a word is written: the wordpieces are in lower case, so the encoder learns it from this number."""
    if word.isdigit():
        return 5
    if not any(c.isalpha() for c in word):
        return 6
    if word.islower():
        return 1
    if word.isupper():
        return 3 if len(word) > 1 else 2
    return 2 if word[0].isupper() and word[1:].islower() else 4
