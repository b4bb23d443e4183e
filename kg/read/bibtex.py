"""BibTeX entries that have a title and an abstract."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from kg.read.jsonl import paper_of
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["read", "sniff"]

_ENTRY = re.compile(r"\s*@\s*([A-Za-z]+)\s*[{(]")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def sniff(head: bytes, name: str) -> bool:
    """Whether an entry opens at the start of some line."""
    return re.search(rb"^\s*@\s*[A-Za-z]+\s*[{(]", head, re.M) is not None


def read(source: Source) -> Iterator[Paper]:
    """The papers of the entries, in their order; each entry is parsed alone, so a broken one costs only itself."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it would log is reported as a problem
    for line, text in _entries(source):
        fields = _fields(text)
        if fields is None:
            source.problem("a broken BibTeX entry", line)
        elif paper := paper_of(source, line, fields):
            yield paper


def _entries(source: Source) -> Iterator[tuple[int, str]]:
    """Each entry with the line it starts on; it ends where the next one opens."""
    start, lines = 0, []
    for number, line in source.lines():
        opening = _ENTRY.match(line)
        if opening and lines:
            yield start, "\n".join(lines)
            lines = []
        if opening and opening[1].lower() not in ("string", "comment", "preamble"):
            start, lines = number, [line]
        elif lines:
            lines.append(line)
    if lines:
        yield start, "\n".join(lines)


def _fields(text: str) -> dict[str, str] | None:
    import bibtexparser

    entries = bibtexparser.parse_string(text).entries
    if len(entries) != 1:
        return None
    fields = {field.key.lower(): str(field.value) for field in entries[0].fields}
    month = fields.get("month", "").strip().lower()[:3]
    if month in _MONTHS and fields.get("day", "").isdecimal():
        fields["published"] = f"{fields.get('year', '')}-{_MONTHS.index(month) + 1:02d}-{int(fields['day']):02d}"
    return fields
