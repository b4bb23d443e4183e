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
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0].decode("utf-8", "replace")
    columns = {c.strip().strip('"').casefold() for c in first.split(_delimiter(first))}
    return {"title", "abstract"} <= columns


def _delimiter(header: str) -> str:
    return max(",\t;", key=header.count)


def read(source: Source) -> Iterator[Paper]:
    """The papers of the rows, in their order; a problem names the line on which its row ends."""
    lines = source.lines()
    number, header = next(lines, (0, ""))
    names = [c.strip().casefold() for c in next(csv.reader([header], delimiter=_delimiter(header)))]
    if not {"title", "abstract"} <= set(names):
        return source.problem("the first line does not name the columns title and abstract", number or None)
    csv.field_size_limit(source.max_line_bytes)
    place = [number]
    rows = csv.reader(_tracked(lines, place), delimiter=_delimiter(header))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return None
        except csv.Error as error:
            source.problem(f"broken row: {error}", place[0])
            continue
        if row and (paper := paper_of(source, place[0], dict(zip(names, row, strict=False)))):
            yield paper


def _tracked(lines: Iterator[tuple[int, str]], place: list[int]) -> Iterator[str]:
    for number, line in lines:
        place[0] = number
        yield line + "\n"
