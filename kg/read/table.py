"""CSV and TSV with a header line that names at least `title` and `abstract`; columns are those of JSON lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.read.jsonl import paper_of
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["read", "sniff"]


def sniff(head: bytes, name: str) -> bool:
    """Whether the first line names the columns title and abstract."""
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    return {"title", "abstract"} <= set(_columns(first))


def read(source: Source) -> Iterator[Paper]:
    """The papers of the rows, in their order; a problem names the line on which its row starts."""
    lines = source.lines()
    number, header = next(lines, (0, ""))
    names = _columns(header)
    if not {"title", "abstract"} <= set(names):
        return source.problem("the first line does not name the columns title and abstract", number or None)
    csv.field_size_limit(source.max_line_bytes)
    for line, row in _rows(source, lines, _delimiter(header)):
        if row and (paper := paper_of(source, line, dict(zip(names, row, strict=False)))):
            yield paper


def _columns(header: str) -> list[str]:
    try:
        return [name.strip().casefold() for name in next(csv.reader([header], delimiter=_delimiter(header)), [])]
    except csv.Error:
        return []


def _delimiter(header: str) -> str:
    return max(",\t;", key=header.count)


def _rows(source: Source, lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it starts on; what is wrong with a row is reported and costs that row."""
    starts: list[int] = []

    def tracked() -> Iterator[str]:
        for number, line in lines:
            starts.append(number)
            yield line + "\n"

    rows = csv.reader(tracked(), delimiter=delimiter, strict=True)  # strict: a quote that never closes is an error
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            source.problem(f"a broken row: {error}", starts[0])
        else:
            yield starts[0], row
        starts.clear()
