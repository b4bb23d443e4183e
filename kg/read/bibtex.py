"""BibTeX entries that have a title and an abstract."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from kg.read.jsonl import paper_of
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["read", "sniff"]

_ENTRY = re.compile(r"[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]")
_SNIFF = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.M)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def sniff(head: bytes, name: str) -> bool:
    """Whether an entry opens at the start of some line."""
    return _SNIFF.search(head) is not None


def read(source: Source) -> Iterator[Paper]:
    """The papers of the entries, in their order; each entry is parsed alone, so a broken one costs only itself."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it would log is reported as a problem
    macros: dict[str, str] = {}
    empty = True
    for line, kind, text in _entries(source):
        if kind == "string":
            macros |= _macros(text)
            continue
        empty = False
        if isinstance(fields := _fields(text, macros), str):
            source.problem(f"a broken BibTeX entry: {fields}", line)
        elif paper := paper_of(source, line, fields):
            yield paper
    if empty:
        source.problem("no BibTeX entry to read; an entry begins a line with @kind{key,")


def _entries(source: Source) -> Iterator[tuple[int, str, str]]:
    """Each entry with the line it starts on and its kind; it ends where the next one opens."""
    start, kind, lines, size = 0, "", [], 0
    for number, line in source.lines():
        opening = _ENTRY.match(line)
        if opening and lines:
            yield start, kind, "\n".join(lines)
            lines = []
        if opening and opening[1].lower() not in ("comment", "preamble"):
            start, kind, lines, size = number, opening[1].lower(), [line], len(line)
        elif lines:
            lines.append(line)
            size += len(line)
            if size > source.max_line_bytes:
                source.problem(f"an entry longer than {source.max_line_bytes:,} bytes (max_line_bytes)", start)
                lines = []
    if lines:
        yield start, kind, "\n".join(lines)


def _macros(text: str) -> dict[str, str]:
    import bibtexparser

    return {string.key.lower(): string.value for string in bibtexparser.parse_string(text).strings}


def _fields(text: str, macros: dict[str, str]) -> dict[str, object] | str:
    """The fields of one entry by their names in lower case, or what is wrong with it."""
    import bibtexparser

    parsed = bibtexparser.parse_string(text)
    if parsed.failed_blocks or len(parsed.entries) != 1:
        errors = [" ".join(str(block.error).split()) for block in parsed.failed_blocks]
        return (errors or ["expected @kind{key, field = {value}, ...}"])[0][:200]
    fields: dict[str, object] = {}
    for field in parsed.entries[0].fields:
        value = str(field.value)
        fields[field.key.lower()] = macros.get(value.lower(), value) if field.enclosing == "no-enclosing" else value
    return fields | {"authors": _authors(str(fields.get("author", "")))} | _published(fields)


def _authors(names: str) -> list[str]:
    """Names in the order people write them: "Last, First" turned around, "others" left out."""
    parts = (name for name in " ".join(names.split()).split(" and ") if name != "others")
    return [" ".join(reversed(name.split(",", 1))).replace(",", " ") for name in parts]


def _published(fields: dict[str, object]) -> dict[str, str]:
    year, month, day = (str(fields.get(name, "")).strip() for name in ("year", "month", "day"))
    number = _MONTHS.index(month[:3].lower()) + 1 if month[:3].lower() in _MONTHS else month
    whole = f"{year}-{number!s:0>2}-{day:0>2}"
    return {"published": whole} if re.fullmatch(r"\d{4}-\d\d-\d\d", whole) and day else {}
