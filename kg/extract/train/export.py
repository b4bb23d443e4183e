"""A trained network written as a model: one graph a part, the encoder's weights in 8 bits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kg.extract.train.network import Network
from kg.extract.trained.claims import ANCHOR_FEATURES
from kg.extract.trained.concepts import GROUP_FEATURES
from kg.extract.trained.model import FORMAT, SETTINGS
from kg.extract.trained.spans import FEATURES

__all__ = ["export_model"]


def export_model(
    network: Network, tokenizer: Path, folder: Path, settings: Mapping[str, Any], *, small: bool = True
) -> None:
    """Write the folder that `kg.extract.trained.model.load_model` reads; small: the encoder in 8-bit integers.

    The heads stay as they are: they are a tenth of the file, and the text is theirs to decide.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    for name, (inputs, outputs, growing) in _graphs(network.shape.wide).items():
        path = folder / f"{name}.onnx"
        torch.onnx.export(
            getattr(network, name), tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
            dynamic_axes=growing, opset_version=17, dynamo=False,
        )  # fmt: skip
    if small:
        _shrink(folder / "encoder.onnx")
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    (folder / SETTINGS).write_text(json.dumps({"format": FORMAT, **settings}, indent=2) + "\n", "utf-8")


def _shrink(path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full = path.with_suffix(".full")
    path.rename(full)
    quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()


def _graphs(wide: int) -> dict[str, tuple[dict[str, Tensor], list[str], dict[str, dict[int, str]]]]:
    """Of each part: an input of each name, the names of its outputs, and the axes that grow with the text."""
    n, s, o, g, p, a = 16, 7, 5, 4, 6, 3
    whole = torch.ones((2, n), dtype=torch.long)
    h = torch.randn(n, wide)
    pieces, mean, types = torch.ones((o, 2), dtype=torch.long), torch.rand(g, o), torch.zeros(g, dtype=torch.long)
    features = torch.rand(g, GROUP_FEATURES)
    concepts = {"pieces": pieces, "mean": mean, "types": types, "features": features}
    grow = {"h": {0: "n"}, "pieces": {0: "o"}, "mean": {0: "g", 1: "o"}, "types": {0: "g"}, "features": {0: "g"}}
    return {
        "encoder": (
            {"ids": whole, "mask": whole, "case": torch.zeros_like(whole)},
            ["h"],
            {name: {0: "rows", 1: "length"} for name in ("ids", "mask", "case", "h")},
        ),
        "spans": (
            {"h": h, "pieces": torch.ones((s, 4), dtype=torch.long), "width": torch.ones(s, dtype=torch.long),
             "features": torch.rand(s, FEATURES)},
            ["scores"],
            {"h": {0: "n"}, **{name: {0: "s"} for name in ("pieces", "width", "features", "scores")}},
        ),
        "concepts": (
            {"h": h, **concepts, "pairs": torch.ones((p, 7), dtype=torch.long)},
            ["introduced", "relations"],
            {**grow, "pairs": {0: "p"}, "introduced": {0: "g"}, "relations": {0: "p"}},
        ),
        "claims": (
            {"h": h, "anchors": torch.ones((a, 6), dtype=torch.long), "anchor_features": torch.rand(a, ANCHOR_FEATURES),
             **concepts, "introduced": torch.rand(g), "near": torch.rand(a, g, 2)},
            ["what", "slots", "picked"],
            {**grow, "anchors": {0: "a"}, "anchor_features": {0: "a"}, "introduced": {0: "g"}, "near": {0: "a", 1: "g"},
             "what": {0: "a"}, "slots": {0: "a", 3: "n1"}, "picked": {0: "a", 2: "g1"}},
        ),
    }  # fmt: skip
