"""A paper's text as the pieces that an encoder reads, with the words and sentences they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Encoded"]


@dataclass(frozen=True, slots=True)
class Encoded:
    """The pieces of a text (wordpieces, or whole words) and what they make up.

    ids, case: int64 arrays, one entry a piece.  words: int32 (w, 4), each word's first and last character and first
    and last piece (the last of each pair: of characters behind, of pieces included).  home: int32 (w,), the
    sentence of each word.  sentences: their character spans.  windows: spans of pieces that the encoder takes at once.
    """

    text: str
    ids: np.ndarray
    case: np.ndarray
    words: np.ndarray
    home: np.ndarray
    sentences: tuple[tuple[int, int], ...]
    windows: tuple[tuple[int, int], ...]
