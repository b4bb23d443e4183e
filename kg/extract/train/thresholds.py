"""The thresholds of a model, chosen one after the other by how well it does on texts that it was not trained on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from kg.extract.pipeline import build_pipeline
from kg.extract.runs import extraction_of
from kg.extract.trained.model import SETTINGS, load_model
from kg.schema import Extraction, LexiconEntry, Paper

__all__ = ["choose_thresholds"]

GRID = {
    "mention": ("mention_strict", (0.3, 0.35, 0.4, 0.45, 0.5, 0.55)),
    "synonym": ("synonyms", (0.3, 0.4, 0.5, 0.6, 0.7)),
    "introduced": ("introduces", (0.2, 0.3, 0.4, 0.5, 0.6)),
    "relation": ("relations", (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)),
    "claim": ("claims", (0.2, 0.3, 0.4, 0.5, 0.6)),
}
"""Of each threshold, in this order: the figure that it is chosen by, and the values tried."""


def choose_thresholds(
    papers: Sequence[Paper],
    folder: Path,
    entries: Iterable[LexiconEntry] | None,
    score: Callable[[list[Extraction]], Mapping[str, Any]],
    progress: Callable[[str, int, int | None], None],
) -> Mapping[str, Any]:
    """Write the best thresholds into the model's folder; returns the scores with them.

    score: gives each figure of `GRID` as {"f1": float} for what was found in the papers.  Cost: the papers are read once
    for each value tried.
    """
    nlp, model = build_pipeline(entries, folder), load_model(folder)

    def scores() -> Mapping[str, Any]:
        return score([extraction_of(paper.id, nlp(paper.text)) for paper in papers])

    for number, (name, (figure, values)) in enumerate(GRID.items(), 1):
        tried = {}
        for value in values:
            model.thresholds = replace(model.thresholds, **{name: value})
            tried[value] = scores()[figure]["f1"]
        best = max(values, key=lambda value: tried[value])
        model.thresholds = replace(model.thresholds, **{name: best})
        progress("thresholds", number, len(GRID))
    path = folder / SETTINGS
    settings = json.loads(path.read_text("utf-8")) | {"thresholds": asdict(model.thresholds)}
    path.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    return scores()
