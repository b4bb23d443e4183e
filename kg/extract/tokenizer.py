"""A tokenizer for papers: names keep their hyphens, dots, slashes and brackets."""

from __future__ import annotations

import re

from spacy.lang.en import English
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

__all__ = ["make_tokenizer"]

INFIXES = [
    r"\.{3,}",
    r"…",
    r"—",
    r"(?<=[A-Za-z0-9)\]])[,;:](?=[A-Za-z(\[])",
    r"(?<=[a-z)\]])\((?=[A-Za-z])",
    r"(?<=\))/",
]
SIGNED = r"[+\-−±~≈]"
WHOLE = re.compile(r"O\([^()\s]{1,40}\)|https?://\S+[^\s.,;:)\]]|[\w.+-]+(?:/[\w.+-]+)*")
"""Complexities, addresses, and words joined by hyphens, dots and slashes (CIFAR-10/100) are one token."""


def make_tokenizer(language: English) -> Tokenizer:
    """The tokenizer of a blank English pipeline with the rules of this module.

    >>> import spacy
    >>> tokenizer = make_tokenizer(spacy.blank("en"))
    >>> [t.text for t in tokenizer("f-DPO and Qwen2.5-VL-3B reach O(1/T) on CIFAR-10/100 (+9.2%).")]
    ['f-DPO', 'and', 'Qwen2.5-VL-3B', 'reach', 'O(1/T)', 'on', 'CIFAR-10/100', '(', '+9.2', '%', ')', '.']
    """
    defaults = language.Defaults
    prefixes = [p for p in defaults.prefixes if p not in (r"\+",)]
    suffixes = [s for s in defaults.suffixes if not s.startswith("(?<=[0-9])(?:\\$|")]
    return Tokenizer(
        language.vocab,
        rules={},
        prefix_search=compile_prefix_regex(prefixes).search,
        suffix_search=compile_suffix_regex([*suffixes, r"%", r"(?<=[0-9])%"]).search,
        infix_finditer=compile_infix_regex(INFIXES).finditer,
        token_match=_is_whole,
    )


def _is_whole(text: str) -> bool:
    return WHOLE.fullmatch(text) is not None and not text.endswith((".", "-", "/"))
