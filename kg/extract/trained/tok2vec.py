"""The encoder of kg_sm: spaCy's own Tok2Vec over words, a convolutional network of hashed embeddings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.lang.en import English
from spacy.ml.models.tok2vec import MaxoutWindowEncoder, MultiHashEmbed
from spacy.strings import get_string_id
from spacy.symbols import IDS
from spacy.tokens import Doc
from spacy.vocab import Vocab, create_vocab
from thinc.api import Model, NumpyOps, chain

from kg.extract.trained.pieces import Encoded

__all__ = ["FILES", "Tok2vecEncoder", "encode", "hashed_features", "make_tok2vec", "set_weights"]

FILES = ("tok2vec.npz",)
ATTRIBUTES = ("NORM", "PREFIX", "SUFFIX", "SHAPE")
_OPS = NumpyOps(use_blis=False)
"""Matrices are multiplied by numpy's library, several times as fast as thinc's on processors that its BLIS does not know."""
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


class Tok2vecEncoder:
    """The encoder in a folder. rows: of each table of embeddings; wide, depth: dimensions and layers."""

    def __init__(self, folder: Path, wide: int, depth: int, rows: Sequence[int]) -> None:
        self._model = make_tok2vec(wide, depth, rows)
        with np.load(folder / FILES[0]) as weights:
            set_weights(self._model, weights)

    def encode(self, text: str, sentences: Sequence[tuple[int, int]]) -> Encoded:
        """The words of a text; see `encode`."""
        return encode(text, sentences)

    def vectors(self, encoded: Encoded) -> np.ndarray:
        """The vectors of a text's words: float32 (n, dimensions)."""
        return self._model.predict([hashed_features(encoded)])[0]


def encode(text: str, sentences: Sequence[tuple[int, int]]) -> Encoded:
    """The words of a text: runs of letters and digits, and each other sign by itself. Cost: linear.

    >>> [m for m in encode("Qwen2.5-7B wins.", [(0, 16)]).words[:, :2].tolist()]
    [[0, 5], [5, 6], [6, 7], [7, 8], [8, 10], [11, 15], [15, 16]]
    """
    found = [(m.start(), m.end(), home) for home, (a, b) in enumerate(sentences) for m in _WORD.finditer(text, a, b)]
    places = np.array(found, np.int32).reshape(-1, 3)
    number = np.arange(len(places), dtype=np.int32)
    words = np.column_stack([places[:, 0], places[:, 1], number, number])
    blank = np.zeros(len(places), np.int64)
    windows = ((0, len(places)),) if len(places) else ()
    return Encoded(text, blank, blank, words, places[:, 2], tuple(sentences), windows)


def hashed_features(encoded: Encoded) -> np.ndarray:
    """What the embeddings hash of each word: uint64 (n, 4), as `ATTRIBUTES` names them and spaCy's tokens have them."""
    words = [_attributes(encoded.text[a:b]) for a, b in encoded.words[:, :2].tolist()]
    return np.array(words, np.uint64).reshape(-1, len(ATTRIBUTES))


@cache
def _getters() -> tuple[Callable[[str], str], ...]:
    """What gives the attributes of an English word."""
    getters = create_vocab("en", English.Defaults).lex_attr_getters
    return tuple(getters[IDS[name]] for name in ATTRIBUTES)


@lru_cache(1 << 16)
def _attributes(word: str) -> tuple[int, ...]:
    """As a token of spaCy has them, without the cost of one: a vocabulary forgets the words of each text."""
    return tuple(get_string_id(getter(word)) for getter in _getters())


def make_tok2vec(wide: int, depth: int, rows: Sequence[int]) -> Model[list[np.ndarray], list[Any]]:
    """spaCy's `spacy.Tok2Vec.v2` over `MultiHashEmbed.v2` and `MaxoutWindowEncoder.v2` (windows of three words), without
    its first layer, which reads the attributes off tokens: it takes them as `hashed_features` gives them."""
    embed = MultiHashEmbed(width=wide, attrs=list(ATTRIBUTES), rows=list(rows), include_static_vectors=False)
    encode = MaxoutWindowEncoder(wide, window_size=1, maxout_pieces=3, depth=depth)
    chain(embed, encode).initialize(X=[Doc(Vocab(), words=["word"])])
    model: Model[list[np.ndarray], list[Any]] = chain(*embed.layers[1:], encode)
    for node in model.walk():
        node.ops = _OPS
    return model


def set_weights(model: Model[Any, Any], weights: Mapping[str, np.ndarray]) -> None:
    """Fill a Tok2Vec: tables `E0`.., and of each maxout layer (mixer first) `W0`, `b0`, `G0` and `c0` (its norm)."""
    nodes = {name: [n for n in model.walk() if n.name == name] for name in ("hashembed", "maxout", "layernorm")}
    for i, node in enumerate(nodes["hashembed"]):
        node.set_param("E", np.asarray(weights[f"E{i}"], np.float32))
    for i, (maxout, norm) in enumerate(zip(nodes["maxout"], nodes["layernorm"], strict=True)):
        maxout.set_param("W", np.asarray(weights[f"W{i}"], np.float32))
        maxout.set_param("b", np.asarray(weights[f"b{i}"], np.float32))
        norm.set_param("G", np.asarray(weights[f"G{i}"], np.float32))
        norm.set_param("b", np.asarray(weights[f"c{i}"], np.float32))
