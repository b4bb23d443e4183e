"""JSON lines: one object a line with `title` and `abstract`, and what else is known under the usual names.

A file that holds one JSON array of such objects is read too, as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kg.read.paper import date_fields, make_paper, web_address
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["paper_of", "read", "sniff"]

_IDENTIFIERS = ("arxiv", "arxiv_id", "eprint", "acl", "acl_id", "doi", "url", "id")
_LARGEST = 2**31 - 1


def sniff(head: bytes, name: str) -> bool:
    """Whether a file starts with a JSON object or array."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read(source: Source) -> Iterator[Paper]:
    """The papers of the lines, in their order."""
    for line, record in _records(source):
        if not isinstance(record, dict):
            source.problem(f"expected a JSON object with title and abstract, not {type(record).__name__}", line)
        elif paper := paper_of(source, line, record):
            yield paper


def _records(source: Source) -> Iterator[tuple[int | None, Any]]:
    if source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        text = "\n".join(line for _, line in source.lines())
        for record in _parse(source, None, text) or () if text else ():
            yield None, record
        return
    for line, text in source.lines():
        if text.strip() and (record := _parse(source, line, text)) is not None:
            yield line, record


def _parse(source: Source, line: int | None, text: str) -> Any:
    try:
        record = json.loads(text)
        if "\\ud" in text or "\\uD" in text:  # half a character can be escaped in JSON, but not be written as UTF-8
            record = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        return source.problem(f"broken JSON: {error}", line)
    return record


def paper_of(source: Source, line: int | None, record: Mapping[str, Any]) -> Paper | None:
    """A paper of a record's fields, whatever of the usual names they have; other readers of records use it too."""

    def text(*names: str) -> str | None:
        for name in names:
            value = record.get(name)
            if isinstance(value, str) and (value := value.strip()):
                return value
        return None

    return make_paper(
        source,
        line,
        title=record.get("title"),
        abstract=record.get("abstract"),
        identifiers=[value for name in _IDENTIFIERS if (value := text(name))],
        url=web_address(text("url", "link")),
        venue=text("venue", "journal", "booktitle"),
        organization=text("organization"),
        authors=_authors(record.get("authors") or record.get("author")),
        author_count=_number(record.get("author_count")),
        count=_number(record.get("count")),
        **date_fields(text("published", "date", "publication_date"), record.get("year")),
    )


def _number(value: Any) -> int | None:
    """A count that is one: a whole number, also as digits, that fits 32 bits."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 <= value <= _LARGEST else None


def _authors(value: Any) -> list[str]:
    """Names from a list of strings or of objects with `name`, or from one string of them."""
    if isinstance(value, str):
        return _split_authors(value)
    if not isinstance(value, list):
        return []
    names = (v.get("name") if isinstance(v, dict) else v for v in value)
    return [name for name in names if isinstance(name, str)]


def _split_authors(text: str) -> list[str]:
    """Names from "A; B", "A, B and C" or "Last, First and Last, First"."""
    if ";" in text:
        return text.split(";")
    names = text.split(" and ")
    if all(name.count(",") == 1 for name in names):
        return [" ".join(reversed(name.split(","))) for name in names]
    return [part for name in names for part in name.split(",")]
