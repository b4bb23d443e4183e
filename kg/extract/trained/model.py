"""A trained model: a folder with the weights of encoder and heads, the thresholds and what makes confidence honest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kg.errors import ExtractError
from kg.extract.trained import bert, tok2vec
from kg.extract.trained.heads import Heads
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.probability import calibrate

__all__ = ["FORMAT", "HEADS", "SETTINGS", "Encoder", "Model", "Thresholds", "load_model"]

SETTINGS, HEADS = "model.json", "heads.npz"
FORMAT = 3
"""Of the folder; a model of another number was made by another version of kg."""
_FILES = {"bert": bert.FILES, "tok2vec": tok2vec.FILES}


@dataclass(frozen=True)
class Thresholds:
    """Probabilities, as the network gives them, from which a mention, a pair of synonyms, an introduced concept, a
    relation and a claim are believed."""

    mention: float = 0.4
    synonym: float = 0.5
    introduced: float = 0.4
    relation: float = 0.35
    claim: float = 0.4


class Encoder(Protocol):
    """What gives the pieces of a text, and a vector of each."""

    def encode(self, text: str, sentences: tuple[tuple[int, int], ...]) -> Encoded: ...

    def vectors(self, encoded: Encoded) -> np.ndarray: ...


@dataclass
class Model:
    """Encoder and heads of one folder. Not safe to share between processes; each loads its own.

    calibration: of "mention", "relation" and "claim", the slope and shift that `calibrate` takes.
    """

    name: str
    encoder: Encoder
    heads: Heads
    thresholds: Thresholds = Thresholds()
    calibration: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def confidence(self, kind: str, probability: float) -> float:
        """How often what is this probable to the network is right, to three digits."""
        return round(calibrate(probability, *self.calibration.get(kind, (1.0, 0.0))), 3)


def load_model(folder: Path) -> Model:
    """The model in this folder, loaded once a process and anew when its settings change.

    Raises ExtractError where the folder holds no model, MissingExtraError where a library is missing that it needs.
    """
    _settings(folder)
    return _load(folder, (folder / SETTINGS).stat().st_mtime_ns)


@cache
def _load(folder: Path, changed: int) -> Model:
    settings = _settings(folder)
    shape = dict(settings["encoder"])
    kind = shape.pop("kind")
    with np.load(folder / HEADS) as weights:
        heads = Heads(weights)
    return Model(
        str(settings.get("name", folder.name)),
        bert.BertEncoder(folder) if kind == "bert" else tok2vec.Tok2vecEncoder(folder, **shape),
        heads,
        Thresholds(**settings.get("thresholds", {})),
        {name: tuple(pair) for name, pair in settings.get("calibration", {}).items()},
    )


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings = json.loads((folder / SETTINGS).read_text("utf-8"))
    except OSError:
        raise ExtractError(f"{folder} holds no model: {SETTINGS} missing; make one with kg train") from None
    except ValueError as error:
        raise ExtractError(f"{folder / SETTINGS}: not JSON ({error}); train the model anew with kg train") from None
    if settings.get("format") != FORMAT:
        raise ExtractError(
            f"{folder}: a model of format {settings.get('format')}, this version of kg reads {FORMAT}; train it anew"
        )
    missing = [name for name in (HEADS, *_FILES[settings["encoder"]["kind"]]) if not (folder / name).is_file()]
    if missing:
        raise ExtractError(f"{folder} holds no model: {', '.join(missing)} missing; make one with kg train")
    return settings
