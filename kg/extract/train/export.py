"""A trained network written as a model: the encoder for the library that runs it, the heads as plain arrays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kg.extract.train.encoders import Bert
from kg.extract.train.network import Network
from kg.extract.trained.model import FORMAT, HEADS, SETTINGS
from kg.extract.trained.tok2vec import FILES

__all__ = ["export_model"]


def export_model(
    network: Network, tokenizer: Path | None, folder: Path, settings: Mapping[str, Any], *, small: bool = True
) -> None:
    """Write the folder that `kg.extract.trained.model.load_model` reads.

    tokenizer: of a BERT encoder, None where it reads words.  small: the weights of a BERT in 8-bit integers, all others
    in 16-bit floats; else 32-bit floats.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    encoder, kind = network.encoder, np.float16 if small else np.float32
    if isinstance(encoder, Bert):
        _export_bert(encoder, folder / "encoder.onnx", small)
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
        shape: dict[str, Any] = {"kind": "bert"}
    else:
        _save(folder / FILES[0], encoder.thinc_weights(), kind)
        shape = {"kind": "tok2vec", "wide": encoder.wide, "depth": len(encoder.layers), "rows": list(encoder.rows)}
    heads = {n: w.numpy() for n, w in network.state_dict().items() if not n.startswith("encoder.")}
    _save(folder / HEADS, heads, kind)
    text = json.dumps({"format": FORMAT, "encoder": shape, **settings}, indent=2)
    (folder / SETTINGS).write_text(text + "\n", "utf-8")


def _save(path: Path, weights: Mapping[str, np.ndarray], kind: type[np.floating[Any]]) -> None:
    np.savez_compressed(path, **{name: w.astype(kind) for name, w in weights.items()})


def _export_bert(encoder: Bert, path: Path, small: bool) -> None:
    ids = torch.ones((2, 16), dtype=torch.long)
    axes = {name: {0: "rows", 1: "length"} for name in ("ids", "case", "h")}
    torch.onnx.export(
        encoder, (ids, torch.zeros_like(ids)), str(path), input_names=["ids", "case"], output_names=["h"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    if small:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        full = path.with_suffix(".full")
        path.rename(full)
        # Seven bits: without VNNI, a sum of two products of eight bits would not fit into sixteen.
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        full.unlink()
