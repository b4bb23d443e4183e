"""Training of a model: annotated abstracts in, a folder out that reads papers; the thresholds are chosen on others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg import evaluation, extract, link, pipeline, read
from kg.config import Settings
from kg.errors import ExtractError
from kg.schema import Paper, Problem

__all__ = ["default_config", "train"]

GRID = {
    "mention": ("mention_strict", (0.3, 0.35, 0.4, 0.45, 0.5, 0.55)),
    "introduced": ("introduces", (0.2, 0.3, 0.4, 0.5, 0.6)),
    "relation": ("relations", (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)),
    "claim": ("claims", (0.2, 0.3, 0.4, 0.5, 0.6)),
}
"""Of each threshold, in this order: the figure that it is chosen by, and the values tried."""


def default_config() -> str:
    """The config of the training that ships, as text."""
    return files("kg.extract.train").joinpath("plan.cfg").read_text("utf-8")


def train(
    gold: Iterable[Path],
    encoder: Path,
    output: Path,
    settings: Settings = Settings(),
    *,
    dev: Path | None = None,
    plan: Path | None = None,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
    **changes: Any,
) -> str | None:
    """Train on files of annotated abstracts; returns the scores on `dev` as text where that is given.

    See `kg.extract.train.train_model` for encoder, plan and changes.
    """
    from kg.extract.train import train_model

    rows = [row for path in gold for row in evaluation.read_records(path)]
    lexicon = pipeline.load_lexicon(settings)
    train_model(
        rows, encoder, output, read.clean_text, entries=lexicon.entries, config=plan, progress=progress, **changes
    )
    if dev is None:
        return None
    wanted = evaluation.read_records(dev)
    scores: dict[str, Any] = {}
    for number, (threshold, (figure, values)) in enumerate(GRID.items()):
        tried = []
        for value in values:
            _set_threshold(output, threshold, value)
            tried.append((_scores(wanted, output, lexicon), value))
        scores, best = max(tried, key=lambda pair: pair[0][figure]["f1"])
        _set_threshold(output, threshold, best)
        progress("thresholds", number + 1, len(GRID))
    return evaluation.format_scores(scores)


def _set_threshold(model: Path, name: str, value: float) -> None:
    path = model / "model.json"
    settings = json.loads(path.read_text("utf-8"))
    settings.setdefault("thresholds", {})[name] = value
    path.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")


def _scores(wanted: list[evaluation.Record], model: Path, lexicon: link.Lexicon) -> dict[str, Any]:
    papers = [
        Paper(f"p{n}", row["title"], row["abstract"], read.make_text(row["title"], row["abstract"]))
        for n, row in enumerate(wanted)
    ]

    def report(problem: Problem) -> None:
        raise ExtractError(str(problem))

    found = extract.extract_papers(papers, lexicon.entries, model=model, report=report)
    rows = [
        {"title": paper.title, "text": paper.text, **asdict(link.link_extraction(one, lexicon))}
        for paper, one in zip(papers, found, strict=True)
    ]
    return evaluation.score(rows, wanted)
