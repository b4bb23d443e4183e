"""Training of a model: annotated abstracts in, a folder out that reads papers; the thresholds are chosen on others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg import evaluation, link, pipeline, read
from kg.config import Settings
from kg.schema import Extraction, Paper

__all__ = ["default_config", "train"]


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
    from kg.extract.train.thresholds import choose_thresholds

    wanted = evaluation.read_records(dev)
    papers = [
        Paper(f"p{n}", row["title"], row["abstract"], read.make_text(row["title"], row["abstract"]))
        for n, row in enumerate(wanted)
    ]

    def score(found: list[Extraction]) -> dict[str, Any]:
        linked = (link.link_extraction(one, lexicon, paper.text) for paper, one in zip(papers, found, strict=True))
        return evaluation.score(
            [{"title": p.title, "text": p.text, **asdict(one)} for p, one in zip(papers, linked, strict=True)], wanted
        )

    return evaluation.format_scores(choose_thresholds(papers, output, lexicon.entries, score, progress))
