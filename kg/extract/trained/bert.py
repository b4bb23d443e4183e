"""The encoder of kg_md: BERT over wordpieces, in windows that it can take, run by onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.errors import MissingExtraError
from kg.extract.trained.pieces import Encoded

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["CLS", "FILES", "SEP", "WINDOW", "BertEncoder", "encode", "load_tokenizer"]

FILES = ("encoder.onnx", "tokenizer.json")
WINDOW = 510
"""Wordpieces of a window, without the two marks at its ends."""
CLS, SEP = 101, 102


class BertEncoder:
    """The encoder in a folder. Not safe to share between processes; each loads its own."""

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingExtraError.of("onnxruntime", extra="models") from None
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # --workers is what takes the other cores
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, text: str, sentences: Sequence[tuple[int, int]]) -> Encoded:
        """The wordpieces of a text; see `encode`."""
        return encode(self._tokenizer, text, sentences)

    def vectors(self, encoded: Encoded) -> np.ndarray:
        """The vectors of a text's wordpieces: float32 (n, dimensions), window by window."""
        parts = []
        for a, b in encoded.windows:
            ids = np.concatenate([[CLS], encoded.ids[a:b], [SEP]])[None]
            case = np.concatenate([[0], encoded.case[a:b], [0]])[None]
            (out,) = self._session.run(None, {"ids": ids, "case": case})
            parts.append(out[0, 1:-1])
        return np.concatenate(parts)


def load_tokenizer(path: Path) -> Tokenizer:
    """The wordpiece tokenizer in this file, without padding or truncation."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtraError.of("tokenizers", extra="models") from None
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
