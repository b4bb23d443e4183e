"""JSON lines: one object a line with `title` and `abstract`, and what else is known under the usual names.

A file that holds one JSON array of such objects is read too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kg.read.paper import date_fields, make_paper
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["paper_of", "read", "sniff"]


def sniff(head: bytes, name: str) -> bool:
    """Whether a file starts with a JSON object or array."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read(source: Source) -> Iterator[Paper]:
    """The papers of the lines, in their order."""
    for line, record in _records(source):
        if not isinstance(record, dict):
            source.problem("expected a JSON object with title and abstract", line)
        elif paper := paper_of(source, line, record):
            yield paper


def _records(source: Source) -> Iterator[tuple[int, Any]]:
    if source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        text = "\n".join(line for _, line in source.lines())
        try:
            yield from ((1, record) for record in json.loads(text))
        except (ValueError, RecursionError) as error:
            source.problem(f"broken JSON: {error}")
        return
    for line, text in source.lines():
        if text.strip():
            try:
                yield line, json.loads(text)
            except (ValueError, RecursionError) as error:
                source.problem(f"broken JSON: {error}", line)


def paper_of(source: Source, line: int | None, record: Mapping[str, Any]) -> Paper | None:
    """A paper of a record's fields, whatever of the usual names they have; other readers of records use it too."""

    def text(*names: str) -> str | None:
        values = (record.get(name) for name in names)
        return next((v.strip() for v in values if isinstance(v, str) and v.strip()), None)

    count = record.get("count")
    names = ("arxiv", "arxiv_id", "eprint", "acl", "acl_id", "doi", "url", "id")
    return make_paper(
        source,
        line,
        title=record.get("title"),
        abstract=record.get("abstract"),
        identifiers=[value for name in names if (value := text(name))],
        url=text("url", "link"),
        venue=text("venue", "journal", "booktitle"),
        organization=text("organization"),
        authors=_authors(record.get("authors") or record.get("author")),
        count=int(count) if isinstance(count, int) or str(count or "").isdecimal() else None,
        **date_fields(text("published", "date", "publication_date"), record.get("year")),
    )


def _authors(value: Any) -> list[str]:
    """Names from a list of strings or of objects with `name`, or from one string ("A and B", "A; B", "A, B")."""
    if isinstance(value, str):
        separator = next((s for s in (" and ", ";", ",") if s in value), ",")
        value = value.split(separator)
    if not isinstance(value, list):
        return []
    names = (v.get("name") if isinstance(v, dict) else v for v in value)
    return [" ".join(name.split()) for name in names if isinstance(name, str) and name.strip()]
