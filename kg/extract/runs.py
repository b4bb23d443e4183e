"""Papers run through the pipeline, by one process or several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import ExtractError
from kg.extract.pipeline import build_pipeline
from kg.extract.sentences import sentence_spans
from kg.schema import Extraction, LexiconEntry, Paper, Problem

__all__ = ["extract_papers", "extraction_of"]

CHUNK = 16
"""Papers that a worker takes at a time."""

Found = list[tuple[Extraction, str | None]]
"""Of each paper of a chunk: what was found, and why nothing could be, if so."""


def extract_papers(
    papers: Iterable[Paper],
    entries: Iterable[LexiconEntry] | None = None,
    *,
    model: Path | None = None,
    workers: int = 1,
    min_confidence: float = 0.0,
    report: Callable[[Problem], None],
) -> Iterator[Extraction]:
    """What is found in each paper, in the order of the papers and the same for any number of workers.

    entries: the lexicon; None for the one that ships.  model: the folder of a trained model; None for rules.  workers: processes; 0 for one a core.  min_confidence: what is
    less sure is left out, and what refers to it.  A paper that fails is passed to `report` and gives an empty
    Extraction. Memory does not grow with the papers. Raises ExtractError where a worker process dies.

    >>> paper = Paper("paper:x", "LoRA: Low-Rank Adaptation", "", "LoRA: Low-Rank Adaptation")
    >>> [m.text for found in extract_papers([paper], report=print) for m in found.mentions]
    ['LoRA', 'Low-Rank Adaptation']
    """
    entries = None if entries is None else list(entries)
    workers = workers or os.cpu_count() or 1
    chunks = _chunks(papers)
    first = list(islice(chunks, 2))
    if workers == 1 or len(first) < 2:  # one chunk is done before a second process has started
        nlp = build_pipeline(entries, model)
        results: Iterable[Found] = (_extract_chunk(chunk, nlp, min_confidence) for chunk in chain(first, chunks))
    else:
        start = partial(_start_worker, entries, model, min_confidence)
        results = _in_parallel(chain(first, chunks), workers, start)
    for extraction, failure in chain.from_iterable(results):
        if failure:
            report(Problem(extraction.paper, failure))
        yield extraction


def _chunks(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    iterator = iter(papers)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _in_parallel(chunks: Iterator[list[Paper]], workers: int, start: Callable[[], None]) -> Iterator[Found]:
    """Results in the order of the chunks; only a few chunks are under way, so that memory stays flat.

    Processes are spawned: a fork would take over locks that threads of DuckDB and Arrow hold.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # what Python itself asks, but then hangs
        raise ExtractError(f"several workers run the main script once more each: {_GUARD}")
    for library in ("OMP", "OPENBLAS", "MKL"):  # a thread a process: --workers is what takes the other cores
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    executor = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=start)
    try:
        waiting = deque(executor.submit(_extract_in_worker, chunk) for chunk in islice(chunks, 4 * workers))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(executor.submit(_extract_in_worker, chunk) for chunk in islice(chunks, 1))
    except BrokenProcessPool as error:
        raise ExtractError(
            f"a worker process ended before its work was done (killed, or out of memory); try fewer --workers; {_GUARD}"
        ) from error
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


_GUARD = "a script that calls kg with workers needs `if __name__ == '__main__':` around the call"

_worker: dict[str, object] = {}
"""Of a worker process: its pipeline and the lowest confidence it keeps."""


def _start_worker(entries: Sequence[LexiconEntry] | None, model: Path | None, min_confidence: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker.update(nlp=build_pipeline(entries, model), min_confidence=min_confidence)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work forever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _extract_in_worker(papers: list[Paper]) -> Found:
    return _extract_chunk(papers, **_worker)


def _extract_chunk(papers: list[Paper], nlp: Language, min_confidence: float) -> Found:
    out: Found = []
    with nlp.memory_zone():  # spaCy would keep every word that it has ever seen
        for paper in papers:
            try:
                out.append((_confident(extraction_of(paper.id, nlp(paper.text)), min_confidence), None))
            except Exception as error:  # one bad paper must not stop a corpus, whatever it makes a component do
                out.append((Extraction(paper.id), f"could not be extracted: {type(error).__name__}: {error}"))
    return out


def extraction_of(paper: str, doc: Doc) -> Extraction:
    """What the pipeline wrote on a doc, as a record of the paper with this id."""
    return Extraction(
        paper=paper,
        mentions=tuple(doc._.kg_mentions),
        introduces=tuple(doc._.kg_introduces),
        synonyms=tuple(doc._.kg_synonyms),
        relations=tuple(doc._.kg_relations),
        claims=tuple(doc._.kg_claims),
        sentences=tuple(sentence_spans(doc)),
        roles=tuple(doc._.kg_roles),
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
