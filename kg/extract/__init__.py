"""Extraction: a spaCy pipeline that finds methods, datasets, tasks, metrics, relations and claims in a paper's text.

Each decision is a component of its own and a spaCy factory (`nlp.add_pipe("kg_mentions")`), so that a trained one can
take the place of a rule. spaCy is imported when a pipeline is built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.extract.models import find_model
from kg.schema import Extraction, LexiconEntry, Paper, Problem

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["VERSION", "build_pipeline", "extract_papers", "extractor_fingerprint", "find_model"]

VERSION = "7"
"""Of the rules: raise it when they change what is found, so that libraries read their papers again."""


def build_pipeline(entries: Iterable[LexiconEntry] | None = None, model: Path | None = None) -> Language:
    """The spaCy pipeline; see `kg.extract.pipeline.build_pipeline`."""
    from kg.extract import pipeline

    return pipeline.build_pipeline(entries, model)


def extract_papers(
    papers: Iterable[Paper],
    entries: Sequence[LexiconEntry] | None = None,
    *,
    model: Path | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    report: Callable[[Problem], None],
) -> Iterator[Extraction]:
    """What is found in each paper, in order; see `kg.extract.runs.extract_papers`."""
    from kg.extract import runs

    return runs.extract_papers(
        papers, entries, model=model, workers=workers, min_confidence=min_confidence, report=report
    )


def extractor_fingerprint(entries: Iterable[LexiconEntry], model: Path | None = None) -> str:
    """What the facts of a text depend on: the version of the rules, the lexicon, and the model where there is one.

    >>> extractor_fingerprint([]) == extractor_fingerprint([LexiconEntry("method:a", "Method", "A")])
    False
    """
    surfaces = sorted((e.type, e.name, *sorted(e.aliases), *sorted(e.ambiguous)) for e in entries)
    digest = hashlib.sha256(repr(surfaces).encode())
    for path in sorted(model.iterdir()) if model else ():
        digest.update(path.read_bytes())
    return f"{VERSION}-{digest.hexdigest()[:16]}"
