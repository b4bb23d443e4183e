"""A paper from the fields of a record: its identifiers, its date, the repositories its abstract names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from kg.read.clean import make_text
from kg.read.source import Source
from kg.schema import Paper, paper_id

__all__ = ["date_fields", "find_repositories", "identify", "make_paper"]

_ARXIV = re.compile(
    r"(?:arxiv[.:/]|arxiv\.org/(?:abs|pdf|html)/)\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.I
)
_BARE_ARXIV = re.compile(r"(\d{4}\.\d{4,5})(?:v\d+)?")
_ACL = re.compile(
    r"(?:aclanthology\.org/|aclweb\.org/anthology/|10\.18653/v1/)?([A-Z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9]+-[a-z0-9]+\.\d+)"
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+", re.I)
_CODE = re.compile(
    r"(?:https?://)?(?:www\.)?((?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co)/[\w.\-/]+"
    r"|[\w-]+\.(?:github|gitlab)\.io(?:/[\w.\-/]*)?)",
    re.I,
)


def make_paper(
    source: Source,
    line: int | None,
    *,
    title: Any,
    abstract: Any,
    identifiers: Iterable[str] = (),
    **fields: Any,
) -> Paper | None:
    """A Paper of cleaned fields, or None where title or abstract is missing, which is reported with file and line."""
    for name, value in (("title", title), ("abstract", abstract)):
        if not isinstance(value, str) or not value.strip():
            source.problem(f"a record without {name}" if not value else f"{name} is not text", line)
            return None
    arxiv, acl, doi = identify(identifiers)
    authors = fields.pop("authors", ())
    fields.setdefault("author_count", len(authors) or None)
    return Paper(
        id=paper_id(arxiv=arxiv, acl=acl, doi=doi, title=title),
        title=title,
        abstract=abstract,
        text=make_text(title, abstract),
        authors=tuple(authors),
        repositories=find_repositories(abstract),
        sources=(source.name,),
        arxiv=arxiv,
        acl=acl,
        doi=doi,
        **fields,
    )


def identify(texts: Iterable[str]) -> tuple[str | None, str | None, str | None]:
    """The arXiv id, ACL Anthology id and DOI that stand in ids, addresses and DOI fields.

    >>> identify(["arXiv:2503.12505v2"]), identify(["https://aclanthology.org/P18-1001/"])
    (('2503.12505', None, None), (None, 'P18-1001', None))
    """
    arxiv = acl = doi = None
    for text in filter(None, texts):
        found = _ARXIV.search(text) or _BARE_ARXIV.fullmatch(text)
        if found:
            arxiv = arxiv or found[1].lower()
        elif (found := _ACL.search(text)) and (found.start() > 0 or found[0] != found[1] or found[1] == text):
            acl = acl or found[1]
        elif found := _DOI.search(text):
            doi = doi or found[0].rstrip(".,;)").lower()
    return arxiv, acl, doi


def find_repositories(text: str) -> tuple[str, ...]:
    """The addresses of code and project pages in a text, as https URLs in the order of the text.

    >>> find_repositories("Code: https://github.com/a/B.git. See also (http://x.github.io/page/).")
    ('https://github.com/a/B', 'https://x.github.io/page')
    """
    found = (match[1].rstrip("./-_").removesuffix(".git") for match in _CODE.finditer(text.replace("\\_", "_")))
    return tuple(dict.fromkeys("https://" + address for address in found if "/" in address or ".io" in address))


def date_fields(published: Any, year: Any) -> dict[str, Any]:
    """`published` (a full ISO date or None) and `year` from whatever a record has."""
    date = None
    if isinstance(published, str):
        try:
            date = datetime.date.fromisoformat(published.strip()[:10])
        except ValueError:
            year = year or published.strip()[:4]
    found = re.fullmatch(r"\s*((?:19|20)\d\d)\s*", str(year or ""))
    return {
        "published": date.isoformat() if date else None,
        "year": date.year if date else int(found[1]) if found else None,
    }
