"""Training of a model: annotated abstracts in, a folder out that reads papers; the thresholds are chosen on others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg import evaluation, extract, link, pipeline, read
from kg.config import Settings
from kg.schema import Extraction, LexiconEntry, Paper

__all__ = ["annotate", "as_annotation", "default_config", "train"]


def default_config() -> str:
    """The config of the training that ships, as text."""
    return files("kg.extract.train").joinpath("plan.cfg").read_text("utf-8")


def train(
    gold: Iterable[Path],
    output: Path,
    settings: Settings = Settings(),
    *,
    encoder: Path | None = None,
    dev: Path | None = None,
    raw: Iterable[Path] = (),
    unlabelled: Iterable[Path] = (),
    teacher: str = "auto",
    plan: Path | None = None,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
    **changes: Any,
) -> str | None:
    """Train on files of annotated abstracts; returns the scores on `dev` as text where that is given.

    raw: papers that a BERT encoder reads first, guessing what is hidden from it (masked language modelling).
    unlabelled: papers that the model `teacher` annotates, for what it finds and doubts to be learned too (distillation).
    See `kg.extract.train.train_model` for encoder, plan and changes.
    """
    from kg.extract.train import train_model

    rows = [row for path in gold for row in evaluation.read_records(path)]
    lexicon = pipeline.load_lexicon(settings)
    if unlabelled := list(unlabelled):
        changes["teacher"] = extract.find_model(teacher)
        changes["silver"] = annotate(unlabelled, changes["teacher"], lexicon.entries, settings, progress)
    if raw := list(raw):
        changes["raw"] = (paper.text for paper in read.read_papers(raw, report=lambda problem: None))
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

    def records(found: list[Extraction]) -> list[dict[str, Any]]:
        linked = (link.link_extraction(one, lexicon, paper.text) for paper, one in zip(papers, found, strict=True))
        return [{"title": p.title, "text": p.text, **asdict(one)} for p, one in zip(papers, linked, strict=True)]

    scores = choose_thresholds(
        papers, output, lexicon.entries,
        lambda found: evaluation.score(records(found), wanted),
        lambda found: evaluation.outcomes(records(found), wanted),
        progress,
    )  # fmt: skip
    return evaluation.format_scores(scores)


def annotate(
    paths: Iterable[Path],
    model: Path | None,
    entries: Sequence[LexiconEntry],
    settings: Settings,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
) -> Iterator[dict[str, Any]]:
    """Papers as a model annotates them, in the form of `kg.evaluation`; papers that cannot be read are left out."""
    paths = list(paths)
    if not paths:
        return
    papers = list(read.read_papers(paths, report=lambda problem: None))
    found = extract.extract_papers(papers, entries, model=model, workers=settings.workers, report=lambda problem: None)
    for done, (paper, one) in enumerate(zip(papers, found, strict=True), 1):
        progress("annotate", done, len(papers))
        yield as_annotation(paper, one)


def as_annotation(paper: Paper, found: Extraction) -> dict[str, Any]:
    """What was found in a paper as a line of annotation, in which surfaces stand for mentions."""
    surface = {m.id: m.text for m in found.mentions}
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "mentions": [{"text": text, "type": kind} for text, kind in {m.text: m.type for m in found.mentions}.items()],
        "introduces": [surface[id_] for id_ in found.introduces],
        "synonyms": [[surface[a], surface[b]] for a, b in found.synonyms],
        "canonical": {},
        "relations": [[surface[r.head], r.type, surface[r.tail]] for r in found.relations],
        "claims": [
            {
                "text": c.text, "kind": c.kind, "subject": surface.get(c.subject), "metric": c.metric, "value": c.value,
                "direction": c.direction, "baseline": c.baseline, "on": surface.get(c.on),
            }
            for c in found.claims
        ],
    }  # fmt: skip
