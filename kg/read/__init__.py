"""Reading: files of papers in, `Paper` records out; one module a format.

A format is a module (or any object) with two functions, named in the entry points `kg.readers`:

    sniff(head: bytes, name: str) -> bool       whether a file that starts so, decompressed, is of this format
    read(source: Source) -> Iterator[Paper]     its papers; what cannot be read goes to source.problem(what, line)

A reader takes numbered lines of text from `source.lines()`, which has seen to compression, broken UTF-8 and lines
without end, and makes its records by `make_paper`. The built-in formats stand in the same table, so a package of
somebody else adds one by a line of its own:

    [project.entry-points."kg.readers"]
    medline = "kg_medline.reader"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from kg.errors import KgError, ReadError
from kg.read.clean import clean_text, make_text
from kg.read.merge import merge_papers
from kg.read.paper import make_paper
from kg.read.source import Source
from kg.read.spool import merge_stream
from kg.schema import Paper, Problem

__all__ = ["Source", "clean_text", "make_paper", "make_text", "merge_papers", "merge_stream", "read_papers", "readers"]


@cache
def readers() -> dict[str, Any]:
    """The formats that are installed, by name. Raises ReadError where one cannot be imported.

    >>> sorted({"bibtex", "csv", "huggingface", "jsonl"} & set(readers()))
    ['bibtex', 'csv', 'huggingface', 'jsonl']
    """
    found = {}
    for point in sorted(entry_points(group="kg.readers")):
        try:
            found[point.name] = point.load()
        except (ImportError, AttributeError) as error:
            raise ReadError(f"the reader {point.name!r} ({point.value}) cannot be loaded: {error}") from error
    return found


def read_papers(
    paths: Iterable[Path | str],
    *,
    format: str | None = None,
    page_year: int | None = None,
    strict: bool = False,
    max_line_bytes: int = 16_000_000,
    report: Callable[[Problem], None],
) -> Iterator[Paper]:
    """The papers of all files, in order, as they stream in; the format is told by the content, or forced by its name.

    What cannot be read is passed to `report` with file and line, and reading goes on; with `strict` it raises
    ReadError. `page_year` is the year that saved pages leave out of their dates; lines of more than `max_line_bytes`
    are passed over. Raises ReadError for a `format` that no reader has. Memory: about one line.

    >>> problems = []
    >>> list(read_papers(["none.txt"], report=problems.append)), [str(p) for p in problems]
    ([], ['none.txt: no such file'])
    """
    if format is not None and format not in readers():
        raise ReadError(f"unknown format {format!r}; known are {', '.join(readers())}")

    def tell(problem: Problem) -> None:
        if strict:
            raise ReadError(str(problem))
        report(problem)

    for path in paths:
        yield from _read_file(Source(Path(path), tell, max_line_bytes, page_year), format)


def _read_file(source: Source, format: str | None) -> Iterator[Paper]:
    try:
        name = format if format else _sniff(source)
        source.head  # noqa: B018 - raises where there is nothing to read
    except ReadError as error:
        return source.problem(str(error))
    try:
        yield from readers()[name].read(source)
    except KgError:
        raise
    except Exception as error:  # a reader may be anybody's; one file must not stop a corpus
        source.problem(f"the reader {name!r} failed: {type(error).__name__}: {error}")


def _sniff(source: Source) -> str:
    head = source.head
    for name, reader in readers().items():
        if reader.sniff(head, source.name):
            return name
    raise ReadError(f"of no format that is known; --format forces one of {', '.join(readers())}")
