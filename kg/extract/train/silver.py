"""Abstracts that a model annotated, to learn from: what it thinks likely takes the place of yes and no."""

from __future__ import annotations

import numpy as np

from kg.extract.train.gold import Example
from kg.extract.trained.claims import COUNTS
from kg.extract.trained.model import Model
from kg.extract.trained.probability import sigmoid, softmax

__all__ = ["soften"]


def soften(example: Example, told: Example, teacher: Model) -> None:
    """Put the probabilities of the teacher in place of an example's labels (distillation: Hinton et al., arXiv 1503.02531).

    told: the same annotation over the pieces that the teacher's encoder reads; where its words are others (some signs of
    some scripts), the labels stay.  The fields of claims keep theirs, since only the claims that were found have them.
    Cost: one pass of the teacher over the text.
    """
    if np.array_equal(example.encoded.words[:, :2], told.encoded.words[:, :2]):
        example.labels |= {name: sure.astype(np.float16) for name, sure in _probabilities(told, teacher).items()}


def _probabilities(e: Example, model: Model) -> dict[str, np.ndarray]:
    heads, h = model.heads, model.encoder.vectors(e.encoded)
    out = {"spans": softmax(heads.spans(h, e.spans))}
    if not len(e.concepts.types):
        return out
    if len(e.same):
        out["same"] = sigmoid(heads.synonyms(h, e.surfaces, e.same, e.same_features))
    introduced, relations = heads.concepts(h, e.concepts, e.pairs)
    out |= {"introduced": sigmoid(introduced), "relations": softmax(relations)}
    if len(e.anchors):
        what = heads.claims(h, e.anchors, e.anchor_features, e.concepts, out["introduced"], e.near).what
        out |= {"count": softmax(what[:, :COUNTS]), "sentence": softmax(what[:, -COUNTS:])}
    return out
