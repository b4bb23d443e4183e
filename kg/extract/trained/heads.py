"""The heads of a trained model in numpy: spans, synonyms, concepts and claims read off the vectors of a text's pieces.

`kg.extract.train.network` is the same in torch, for training; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kg.extract.trained.claims import LOOKS, REACH, SLOTS, Outputs
from kg.extract.trained.concepts import Concepts
from kg.extract.trained.probability import sigmoid, softmax
from kg.extract.trained.spans import Spans

__all__ = ["Heads"]


class Heads:
    """The four heads. weights: float arrays under the names that torch gives them, biases and embeddings included."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._weights = {name: np.ascontiguousarray(w, np.float32) for name, w in weights.items()}

    def spans(self, h: np.ndarray, spans: Spans) -> np.ndarray:
        """Scores of candidate spans: float32 (s, 1 + types), no mention first. h: (n, dimensions)."""
        start, end, before, behind, inside = np.split(self._linear("spans.ends", h), 5, 1)
        first, last = spans.pieces[:, 0], spans.pieces[:, 1]
        start = start + before[np.maximum(np.arange(len(h)) - 1, 0)]
        end = end + behind[np.minimum(np.arange(len(h)) + 1, len(h) - 1)]
        x = start[first] + end[last] + _stretch_mean(_running_sum(inside), first, last)
        x += self._weights["spans.width.weight"][spans.last - spans.first]
        x += self._linear("spans.features", spans.features)
        return self._linear("spans.out.2", _relu(x))

    def synonyms(self, h: np.ndarray, surfaces: Concepts, pairs: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Scores that the surfaces of pairs name one thing: (p,); see `pair_surfaces`."""
        ends = np.concatenate([h[surfaces.pieces[:, 0]], h[surfaces.pieces[:, 1]]], 1)
        vectors = self._linear("synonyms.place", surfaces.mean @ ends)
        a, b = vectors[pairs[:, 0]], vectors[pairs[:, 1]]
        x = self._linear("synonyms.features", features) + self._linear("synonyms.both", a * b)
        return self._linear("synonyms.out.2", _relu(x + self._linear("synonyms.apart", np.abs(a - b))))[:, 0]

    def concepts(self, h: np.ndarray, concepts: Concepts, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores that concepts are introduced, (g,), and of the relation of each pair, (p, 1 + relations), none first."""
        typed = self._typed("concepts.kind", h, concepts)
        whole = np.broadcast_to(h.mean(0), (len(typed), h.shape[1]))
        seen = np.concatenate([typed, whole, concepts.features], 1)
        introduced = self._two("concepts.introduced", seen)[:, 0]
        known = np.concatenate([typed, concepts.features, sigmoid(introduced)[:, None]], 1)
        at_head, at_tail, between = np.split(self._linear("concepts.place", h), 3, 1)
        i, j, a, b, low, high, bucket = pairs.T
        x = self._linear("concepts.head", known)[i] + self._linear("concepts.tail", known)[j] + at_head[a] + at_tail[b]
        x += self._weights["concepts.distance.weight"][bucket] + _stretch_mean(_running_sum(between), low, high)
        both = self._linear("concepts.left", typed)[i] * self._linear("concepts.right", typed)[j]
        x += self._linear("concepts.both", both)
        return introduced, self._linear("concepts.out.2", _relu(x))

    def claims(
        self, h: np.ndarray, anchors: np.ndarray, features: np.ndarray, concepts: Concepts, introduced: np.ndarray,
        near: np.ndarray,
    ) -> Outputs:  # fmt: skip
        """What the anchors of a text state; see `anchor_arrays` and `near_concepts`. introduced: (g,) probabilities."""
        sums, rows = _running_sum(h), len(anchors)
        parts = [_stretch_mean(sums, anchors[:, k], anchors[:, k + 1]) for k in (0, 2, 4)]
        whole = np.broadcast_to(h.mean(0), (rows, h.shape[1]))
        x = _relu(self._two("claims.anchor", np.concatenate([*parts, whole, features], 1)))
        place = np.arange(len(h))
        away = np.clip(place - anchors[:, :1], -REACH, REACH) + REACH
        outside = ((place < anchors[:, 4:5]) | (place > anchors[:, 5:6]))[:, None]
        x = x + self._look(h, x, away, outside)
        slots = self._slots(h, x, away, outside)
        known = np.concatenate(
            [self._typed("claims.kind", h, concepts), concepts.features, introduced[:, None]], 1, dtype=np.float32
        )
        asked = self._linear("claims.asked", x)[:, None] + self._linear("claims.concept", known)[None]
        asked = _relu(asked + self._linear("claims.near", near)).reshape(rows, len(known), 2, -1)
        picked = self._linear("claims.chosen", asked)[..., 0].transpose(0, 2, 1)
        nobody = self._linear("claims.nobody", x)[:, :, None]
        around = self._two("claims.sentence", np.concatenate([h[anchors[:, 4]], parts[2], whole, features], 1))
        what = np.concatenate([self._linear("claims.what", x), around], 1)
        return Outputs(what, slots, np.concatenate([picked, nobody], 2))

    def _look(self, h: np.ndarray, x: np.ndarray, away: np.ndarray, outside: np.ndarray) -> np.ndarray:
        """What each anchor finds in its sentence, by attention."""
        share = softmax(self._match("seek", "sought", "around", LOOKS, h, x, away, outside)).transpose(1, 0, 2)
        seen = self._linear("claims.seen", h).reshape(len(h), LOOKS, -1).transpose(1, 0, 2)
        return self._linear("claims.look", (share @ seen).transpose(1, 0, 2).reshape(len(x), -1))

    def _slots(self, h: np.ndarray, x: np.ndarray, away: np.ndarray, outside: np.ndarray) -> np.ndarray:
        """Starts and ends of the fields of each anchor: (a, slots, 2, n + 1), the last of them "none"."""
        scores = self._match("ask", "piece", "distance", 2 * len(SLOTS), h, x, away, outside)
        none = np.repeat(self._linear("claims.missing", x), 2, 1)[:, :, None]
        return np.concatenate([scores, none], 2).reshape(len(x), len(SLOTS), 2, -1)

    def _match(
        self, ask: str, offer: str, distance: str, kinds: int, h: np.ndarray, x: np.ndarray, away: np.ndarray,
        outside: np.ndarray,
    ) -> np.ndarray:  # fmt: skip
        """How well each piece answers each of the kinds of questions of each anchor: (a, kinds, n), very low outside its
        sentence. ask, offer, distance: names of the weights."""
        asked = self._linear(f"claims.{ask}", x).reshape(len(x), kinds, -1).transpose(1, 0, 2)
        offered = self._linear(f"claims.{offer}", h).reshape(len(h), kinds, -1).transpose(1, 2, 0)
        scores = (asked @ offered).transpose(1, 0, 2) / np.sqrt(offered.shape[1], dtype=np.float32)
        scores += self._weights[f"claims.{distance}.weight"][away].transpose(0, 2, 1)
        return np.where(outside, np.float32(-10000), scores)

    def _typed(self, kind: str, h: np.ndarray, concepts: Concepts) -> np.ndarray:
        """Of each concept: the mean of the ends of its occurrences, and its type."""
        ends = np.concatenate([h[concepts.pieces[:, 0]], h[concepts.pieces[:, 1]]], 1)
        return np.concatenate([concepts.mean @ ends, self._weights[f"{kind}.weight"][concepts.types]], 1)

    def _two(self, name: str, x: np.ndarray) -> np.ndarray:
        """Two layers with a ReLU between; 0 and 3 are their numbers in torch's sequence."""
        return self._linear(f"{name}.3", _relu(self._linear(f"{name}.0", x)))

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _running_sum(x: np.ndarray) -> np.ndarray:
    """Sums over the pieces before each: (n, d) -> (n + 1, d)."""
    out = np.zeros((len(x) + 1, x.shape[1]), np.float32)
    np.cumsum(x, 0, out=out[1:])
    return out


def _stretch_mean(sums: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The mean over pieces first..last (none where first > last) from running sums."""
    return (sums[last + 1] - sums[first]) / np.maximum(last - first + 1, 1).astype(np.float32)[:, None]
