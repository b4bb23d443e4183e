"""Hugging Face "Daily Papers" pages saved as text.

    title / abstract / then, for most papers, three lines:  "  • 7 authors" or "adobe Adobe"  /  "·"  /  "Dec 9, 2024 2"

An organisation is printed as handle and name; the number behind the date counts upvotes or comments.
Paragraphs stand on one line each, with blank lines between them. The site prints a date's year only where it is not the page's own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.read.paper import make_paper
from kg.read.source import Source
from kg.schema import Paper

__all__ = ["read", "sniff"]

_MARKS = ("byAK and the research community", "Get trending papers in your email inbox!")
_HEADER = 40
"""Lines within which the page's own head ends."""
_DATE = re.compile(r"([A-Z][a-z]{2}) (\d{1,2})(?:, (\d{4}))?(?: (\d{1,9}))?")
_AUTHORS = re.compile(r"\s*• (\d{1,6}) authors?")
_MONTHS = dict(zip("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), range(1, 13), strict=True))


def sniff(head: bytes, name: str) -> bool:
    """Whether a file starts like a saved page."""
    lines = head.decode("utf-8", "replace").splitlines()[:_HEADER]
    return any(line.strip() in _MARKS for line in lines)


@dataclass
class _Entry:
    """A paper as the page prints it, with the line its title stands on."""

    line: int
    title: str
    abstract: str | None = None
    byline: str | None = None
    date: re.Match[str] | None = None


def read(source: Source) -> Iterator[Paper]:
    """The papers of a page, in its order."""
    entries = list(_entries(source))
    years = [int(e.date[3]) for e in entries if e.date and e.date[3]]
    page_year = source.page_year or (max(years) + 1 if years else None)
    for entry in entries:
        paper = make_paper(
            source, entry.line, title=entry.title, abstract=entry.abstract, **_byline(entry), **_date(entry, page_year)
        )
        if paper:
            yield paper


def _entries(source: Source) -> Iterator[_Entry]:
    lines = _body([(n, line) for n, line in source.lines() if line.strip()])
    entry: _Entry | None = None
    at = 0
    while at < len(lines):
        number, line = lines[at]
        if entry and [text for _, text in lines[at + 1 : at + 2]] == ["·"]:  # byline, dot, date
            entry.byline = line
            entry.date = _DATE.fullmatch(lines[at + 2][1]) if at + 2 < len(lines) else None
            if entry.date is None:
                source.problem('expected a date like "Aug 7, 2022" under the dot; the paper is kept without', number)
            at += 3
        elif entry and entry.abstract is None and entry.byline is None:
            entry.abstract = line
            at += 1
        else:
            if entry:
                yield entry
            entry = _Entry(number, line)
            at += 1
    if entry:
        yield entry


def _body(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines after the page's head, which ends with the site's own byline and the day of the page."""
    heads = [line.strip() for _, line in lines[:_HEADER]]
    start = next((heads.index(mark) + 1 for mark in _MARKS if mark in heads), 0)
    if start < len(lines) and _DATE.fullmatch(lines[start][1]):
        start += 1
    return lines[start:]


def _byline(entry: _Entry) -> dict[str, int | str | None]:
    """The number of authors, or the organisation: the page prints the handle of its picture, then its name."""
    if entry.byline is None:
        return {}
    authors = _AUTHORS.fullmatch(entry.byline)
    if authors:
        return {"author_count": int(authors[1])}
    handle, _, name = " ".join(entry.byline.split()).partition(" ")
    return {"organization": name or handle}


def _date(entry: _Entry, page_year: int | None) -> dict[str, int | str | None]:
    if entry.date is None:
        return {}
    month, day, year, count = entry.date.groups()
    known = int(year) if year else page_year
    try:
        published = datetime.date(known or 0, _MONTHS.get(month, 0), int(day)).isoformat()
    except ValueError:  # no year is known, or there is no such day
        published = None
    return {"published": published, "year": known, "count": int(count) if count else None}
