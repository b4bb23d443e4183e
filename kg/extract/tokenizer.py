"""A tokenizer for papers: names keep their hyphens, dots, slashes and brackets; addresses stay whole."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer
from spacy.vocab import Vocab

__all__ = ["PaperTokenizer", "make_tokenizer"]

_TOKEN = re.compile(
    r"""
      https?://[^\s<>"'(){}\[\]]*[\w/]             # an address, without the full stop behind it
    | O\([^()\s]{1,40}\)                           # a complexity: O(1/T)
    | [+\-−±~≈]?\d+(?:[.,]\d+){0,4}(?![\w\-/]|[.,]\d)  # a number with its sign; units stand alone
    | [^\W_][\w@*]*(?:[-–./+&'’]+[\w@*]+)*\+{0,2}  # a word or a name: f-DPO, Qwen2.5-VL-3B, CIFAR-10/100
    | \s+
    | .                                            # any other character
    """,
    re.VERBOSE,
)


def make_tokenizer(nlp: Language) -> PaperTokenizer:
    """The tokenizer over the vocabulary of a pipeline.

    >>> import spacy
    >>> tokenizer = make_tokenizer(spacy.blank("en"))
    >>> [t.text for t in tokenizer("f-DPO and Qwen2.5-VL-3B reach O(1/T) on CIFAR-10/100 (+9.2%).")]
    ['f-DPO', 'and', 'Qwen2.5-VL-3B', 'reach', 'O(1/T)', 'on', 'CIFAR-10/100', '(', '+9.2', '%', ')', '.']
    """
    return PaperTokenizer(nlp.vocab)


class PaperTokenizer(DummyTokenizer):
    """Text to `Doc` by one regular expression. Linear time; nothing is learned, so nothing is saved with a pipeline."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _TOKEN.findall(text):
            if piece.isspace() and spaces and not spaces[-1] and piece[0] == " ":
                spaces[-1] = True  # a token owns the one space behind it
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words, spaces)
