"""A trained model: a folder with the graphs of encoder and heads, the wordpieces and the thresholds; run by onnxruntime."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kg.errors import ExtractError, MissingExtraError
from kg.extract.trained.wordpieces import CLS, SEP, Encoded, load_tokenizer

__all__ = ["GRAPHS", "SETTINGS", "Model", "Thresholds", "load_model"]

GRAPHS = ("encoder", "spans", "concepts", "claims")
SETTINGS = "model.json"
FORMAT = 1
"""Of the folder; a model of another number was made by another version of kg."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a mention, an introduced concept, a relation and a claim are believed."""

    mention: float = 0.4
    introduced: float = 0.4
    relation: float = 0.35
    claim: float = 0.4


class Model:
    """Encoder and heads of one folder. Not safe to share between processes; each loads its own."""

    def __init__(self, folder: Path) -> None:
        settings = _settings(folder)
        self.name = str(settings.get("name", folder.name))
        self.thresholds = Thresholds(**settings.get("thresholds", {}))
        try:
            import onnxruntime
        except ImportError:
            raise MissingExtraError.of("onnxruntime", extra="models") from None
        self.tokenizer = load_tokenizer(folder / "tokenizer.json")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # --workers is what takes the other cores
        self._run = {
            graph: onnxruntime.InferenceSession(
                str(folder / f"{graph}.onnx"), options, providers=["CPUExecutionProvider"]
            )
            for graph in GRAPHS
        }

    def encode(self, encoded: Encoded) -> np.ndarray:
        """The vectors of a text's wordpieces: float32 (n, dimensions), window by window."""
        parts = []
        for a, b in encoded.windows:
            ids = np.concatenate([[CLS], encoded.ids[a:b], [SEP]])[None]
            case = np.concatenate([[0], encoded.case[a:b], [0]])[None]
            (out,) = self.run("encoder", ids=ids, mask=np.ones_like(ids), case=case)
            parts.append(out[0, 1:-1])
        return np.concatenate(parts)

    def run(self, graph: str, **inputs: np.ndarray) -> list[np.ndarray]:
        """The outputs of a graph for these inputs."""
        return self._run[graph].run(None, inputs)


def _settings(folder: Path) -> dict[str, Any]:
    needed = [folder / SETTINGS, folder / "tokenizer.json", *(folder / f"{graph}.onnx" for graph in GRAPHS)]
    missing = [path.name for path in needed if not path.is_file()]
    if missing:
        raise ExtractError(f"{folder} holds no model: {', '.join(missing)} missing; make one with kg train")
    try:
        settings = json.loads((folder / SETTINGS).read_text("utf-8"))
    except ValueError as error:
        raise ExtractError(f"{folder / SETTINGS}: not JSON ({error}); train the model anew with kg train") from None
    if settings.get("format") != FORMAT:
        raise ExtractError(
            f"{folder}: a model of format {settings.get('format')}, this version of kg reads {FORMAT}; train it anew"
        )
    return settings


def load_model(folder: Path) -> Model:
    """The model in this folder, loaded once a process and anew when its settings change."""
    _settings(folder)
    return _load(folder, (folder / SETTINGS).stat().st_mtime_ns)


@cache
def _load(folder: Path, changed: int) -> Model:
    return Model(folder)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    out = np.exp(scores - scores.max(-1, keepdims=True))
    return out / out.sum(-1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probabilities, each for itself."""
    return 1 / (1 + np.exp(-np.clip(scores, -60, 60)))
