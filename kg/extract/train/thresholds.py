"""Thresholds and calibration of a model, chosen by how well it does on texts that it was not trained on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from kg.extract.pipeline import build_pipeline
from kg.extract.runs import extraction_of
from kg.extract.trained.model import SETTINGS, load_model
from kg.extract.trained.probability import sigmoid
from kg.schema import Extraction, LexiconEntry, Paper

__all__ = ["choose_thresholds", "fit_platt"]

GRID = {
    "mention": ("mention_strict", (0.3, 0.35, 0.4, 0.45, 0.5, 0.55)),
    "synonym": ("synonyms", (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)),
    "introduced": ("introduces", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)),
    "relation": ("relations", (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)),
    "claim": ("claims", (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)),
}
"""Of each threshold, in this order: the figure that it is chosen by, and the values tried."""

Outcomes = Mapping[str, Sequence[tuple[float, bool]]]


def choose_thresholds(
    papers: Sequence[Paper],
    folder: Path,
    entries: Iterable[LexiconEntry] | None,
    score: Callable[[list[Extraction]], Mapping[str, Any]],
    outcomes: Callable[[list[Extraction]], Outcomes],
    progress: Callable[[str, int, int | None], None],
) -> Mapping[str, Any]:
    """Write the best thresholds, and the calibration of what they let through, into the model's folder.

    score: gives each figure of `GRID` as {"f1": float} for what was found in the papers.  outcomes: the confidence of
    each mention, relation and claim that was found, and whether it is right.  Returns the scores.  Cost: the encoder
    reads the papers once, the heads once for each value tried.
    """
    nlp, model = build_pipeline(entries, folder), load_model(folder)
    model.calibration = {}
    heads = nlp.pipe_names[nlp.pipe_names.index("kg_encoder") + 1 :]
    with nlp.select_pipes(disable=heads):
        docs = [nlp(paper.text) for paper in papers]

    def read() -> list[Extraction]:
        for doc in docs:
            for name in heads:
                nlp.get_pipe(name)(doc)
        return [extraction_of(paper.id, doc) for paper, doc in zip(papers, docs, strict=True)]

    for number, (name, (figure, values)) in enumerate(GRID.items(), 1):
        tried = {}
        for value in values:
            model.thresholds = replace(model.thresholds, **{name: value})
            tried[value] = score(read())[figure]["f1"]
        best = max(values, key=lambda value: tried[value])
        model.thresholds = replace(model.thresholds, **{name: best})
        progress("thresholds", number, len(GRID))
    found = read()
    calibration = {kind: fit_platt(rows) for kind, rows in outcomes(found).items()}
    path = folder / SETTINGS
    chosen = {"thresholds": asdict(model.thresholds), "calibration": calibration}
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | chosen, indent=2) + "\n", "utf-8")
    return score(found)


def fit_platt(rows: Sequence[tuple[float, bool]], prior: float = 0.01) -> tuple[float, float]:
    """The slope and shift that make confidence the share that is right (Platt 1999), by steps that a bound
    on the curvature keeps safe (Böhning and Lindsay, doi:10.1007/BF00049423).

    rows: confidence and whether it is right.  prior: how hard the slope is pulled to one and the shift to zero.

    >>> slope, shift = fit_platt([(0.9, True), (0.9, False)] * 500)
    >>> round(float(sigmoid(slope * np.log(9) + shift)), 2)
    0.5
    """
    if not rows:
        return 1.0, 0.0
    p, right = np.array(rows, float).T
    p = np.clip(p, 1e-6, 1 - 1e-6)
    x = np.column_stack([np.log(p / (1 - p)), np.ones(len(p))])
    start = np.array([1.0, 0.0])
    w = start.copy()
    above = np.linalg.inv(x.T @ x / 4 + prior * np.eye(2))
    for _ in range(1000):
        w = w - above @ (x.T @ (sigmoid(x @ w) - right) + prior * (w - start))
    return round(float(w[0]), 4), round(float(w[1]), 4)
