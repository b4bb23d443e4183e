"""Scores made probabilities, and probabilities made ones that mean what they say."""

from __future__ import annotations

import numpy as np

__all__ = ["calibrate", "sigmoid", "softmax"]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    out = np.exp(scores - scores.max(-1, keepdims=True))
    return out / out.sum(-1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probabilities, each for itself."""
    return 1 / (1 + np.exp(-np.clip(scores, -60, 60)))


def calibrate(p: float, slope: float, shift: float) -> float:
    """A probability after Platt scaling (Platt 1999): its log odds times a slope and shifted.

    >>> calibrate(0.5, 1.0, 0.0), round(calibrate(0.9, 0.5, -0.2), 3)
    (0.5, 0.711)
    """
    p = min(max(p, 1e-6), 1 - 1e-6)
    return float(sigmoid(slope * np.log(p / (1 - p)) + shift))
