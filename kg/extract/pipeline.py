"""The spaCy pipeline put together, and papers run through it by one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import ExtractError
from kg.extract.tokenizer import make_tokenizer
from kg.schema import Extraction, LexiconEntry, Paper, Problem

__all__ = ["COMPONENTS", "build_pipeline", "extract_papers"]

COMPONENTS = (
    "kg_sentences",
    "kg_abbreviations",
    "kg_names",
    "kg_lexicon",
    "kg_metrics",
    "kg_terms",
    "kg_mentions",
    "kg_synonyms",
    "kg_introduces",
    "kg_relations",
    "kg_claims",
)
"""In the order of the pipeline; each is a spaCy factory that any pipeline can add."""

CHUNK = 16
"""Papers that a worker takes at a time."""


def build_pipeline(entries: Iterable[LexiconEntry] | None = None) -> Language:
    """The pipeline over a blank English vocabulary; entries: the lexicon to match, None for the one that ships.

    >>> doc = build_pipeline()("LoRA: Low-Rank Adaptation\\nWe propose LoRA.")
    >>> [ent.text for ent in doc.ents][0]
    'LoRA'
    """
    try:
        nlp = spacy.blank("en")
        nlp.tokenizer = make_tokenizer(nlp)
        nlp.max_length = 100_000_000
        for name in COMPONENTS:
            nlp.add_pipe(name)
    except (ValueError, ImportError, OSError) as error:
        raise ExtractError(
            f"the spaCy pipeline cannot be built: {error}; install kg anew, so that its entry points are known"
        ) from error
    if entries is not None:
        nlp.get_pipe("kg_lexicon").add(entries)
    return nlp


def extract_papers(
    papers: Iterable[Paper],
    entries: Sequence[LexiconEntry] | None = None,
    *,
    workers: int = 1,
    min_confidence: float = 0.0,
    report: Callable[[Problem], None],
) -> Iterator[Extraction]:
    """What is found in each paper, in the order of the papers and the same for any number of workers (0: one a core).

    A paper that fails is passed to `report` and gives an empty Extraction. Memory does not grow with the papers.
    """
    setup = (entries if entries is None else list(entries), min_confidence)
    workers = workers or os.cpu_count() or 1
    iterator = iter(papers)
    first = list(islice(iterator, CHUNK * workers))
    if workers == 1 or len(first) <= CHUNK:
        _start_worker(*setup)
        results: Iterable[list[tuple[Extraction, str | None]]] = map(_extract_chunk, _chunks(first, iterator))
        yield from _unpacked(results, report)
        return
    with multiprocessing.get_context("spawn").Pool(workers, _start_worker, setup) as pool:
        yield from _unpacked(_ordered(pool, _chunks(first, iterator), 4 * workers), report)


def _chunks(first: list[Paper], rest: Iterator[Paper]) -> Iterator[list[Paper]]:
    for i in range(0, len(first), CHUNK):
        yield first[i : i + CHUNK]
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _ordered(pool: multiprocessing.pool.Pool, chunks: Iterator[list[Paper]], ahead: int) -> Iterator[list]:
    """Results in the order of the chunks, with no more than `ahead` chunks under way, so that memory stays flat."""
    waiting = [pool.apply_async(_extract_chunk, (chunk,)) for chunk in islice(chunks, ahead)]
    while waiting:
        yield waiting.pop(0).get()
        waiting += [pool.apply_async(_extract_chunk, (chunk,)) for chunk in islice(chunks, 1)]


def _unpacked(
    results: Iterable[list[tuple[Extraction, str | None]]], report: Callable[[Problem], None]
) -> Iterator[Extraction]:
    for chunk in results:
        for extraction, failure in chunk:
            if failure:
                report(Problem(extraction.paper, failure))
            yield extraction


_worker: dict[str, object] = {}
"""The pipeline of this process and the lowest confidence it keeps."""


def _start_worker(entries: Sequence[LexiconEntry] | None, min_confidence: float) -> None:
    _worker.update(nlp=build_pipeline(entries), min_confidence=min_confidence)


def _extract_chunk(papers: list[Paper]) -> list[tuple[Extraction, str | None]]:
    out: list[tuple[Extraction, str | None]] = []
    for paper in papers:
        try:
            found = _extraction(paper.id, _worker["nlp"](paper.text))
            out.append((_confident(found, _worker["min_confidence"]), None))
        except Exception as error:  # one bad paper must not stop a corpus, whatever it makes a component do
            out.append((Extraction(paper.id), f"could not be extracted: {type(error).__name__}: {error}"))
    return out


def _extraction(paper: str, doc: Doc) -> Extraction:
    return Extraction(
        paper=paper,
        mentions=tuple(doc._.kg_mentions),
        introduces=tuple(doc._.kg_introduces),
        synonyms=tuple(doc._.kg_synonyms),
        relations=tuple(doc._.kg_relations),
        claims=tuple(doc._.kg_claims),
        sentences=tuple((s.start_char, s.end_char) for s in doc.sents),
    )


def _confident(found: Extraction, lowest: float) -> Extraction:
    """Without what is less sure than `lowest`, and without what refers to it."""
    if lowest <= 0:
        return found
    kept = {m.id for m in found.mentions if m.confidence >= lowest}

    def known(id_: str | None) -> str | None:
        return id_ if id_ in kept else None

    return replace(
        found,
        mentions=tuple(m for m in found.mentions if m.id in kept),
        introduces=tuple(id_ for id_ in found.introduces if id_ in kept),
        synonyms=tuple(pair for pair in found.synonyms if set(pair) <= kept),
        relations=tuple(r for r in found.relations if r.confidence >= lowest and {r.head, r.tail} <= kept),
        claims=tuple(
            replace(
                c, subject=known(c.subject), on=known(c.on),
                metric_mention=known(c.metric_mention), baseline_mention=known(c.baseline_mention),
            )
            for c in found.claims
            if c.confidence >= lowest
        ),
    )  # fmt: skip
