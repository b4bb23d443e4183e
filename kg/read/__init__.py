"""Reading: files of papers in, `Paper` records out; one module a format.

A format is a module (or any object) with two functions, named in the entry points `kg.readers`:

    sniff(head: bytes, name: str) -> bool       whether a file that starts so, decompressed, is of this format
    read(source: Source) -> Iterator[Paper]     its papers; what cannot be read goes to source.problem(what, line)

The built-in formats stand in the same table, so a package of somebody else adds one by the same line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from kg.errors import ReadError
from kg.read.clean import clean_text, make_text
from kg.read.merge import merge_papers
from kg.read.paper import make_paper
from kg.read.source import Source
from kg.schema import Paper, Problem

__all__ = ["Source", "clean_text", "make_paper", "make_text", "merge_papers", "read_papers", "readers"]


@cache
def readers() -> dict[str, Any]:
    """The formats that are installed, by name.

    >>> sorted({"bibtex", "csv", "huggingface", "jsonl"} & set(readers()))
    ['bibtex', 'csv', 'huggingface', 'jsonl']
    """
    return {point.name: point.load() for point in sorted(entry_points(group="kg.readers"))}


def read_papers(
    paths: Iterable[Path | str],
    *,
    format: str | None = None,
    page_year: int | None = None,
    strict: bool = False,
    max_line_bytes: int = 16_000_000,
    report: Callable[[Problem], None],
) -> Iterator[Paper]:
    """The papers of all files, in order, as they stream in; the format is told by the content, or forced.

    What cannot be read is passed to `report` with file and line, and reading goes on; with `strict` it raises
    ReadError. An unknown format raises ReadError either way.
    """
    if format is not None and format not in readers():
        raise ReadError(f"unknown format {format!r}; known are {', '.join(readers())}")

    def told(problem: Problem) -> None:
        if strict:
            raise ReadError(str(problem))
        report(problem)

    for path in paths:
        source = Source(Path(path), told, max_line_bytes, page_year)
        try:
            reader = _reader(source, format)
        except ReadError as error:
            if strict:
                raise
            where, _, what = str(error).partition(": ")
            report(Problem(where, what))
            continue
        yield from reader.read(source)


def _reader(source: Source, format: str | None) -> Any:
    head = source.head
    if format is not None:
        return readers()[format]
    for reader in readers().values():
        if reader.sniff(head, source.name):
            return reader
    raise ReadError(f"{source.path}: of no format that is known; --format forces one of {', '.join(readers())}")
