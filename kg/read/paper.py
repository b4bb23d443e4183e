"""A paper from the fields of a record: its identifiers, its date, the repositories its abstract names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from kg.read.clean import clean_text, make_text
from kg.read.source import Source
from kg.schema import Paper, paper_id

__all__ = ["date_fields", "find_repositories", "identify", "make_paper", "web_address"]

_NEW_ARXIV = r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARXIV = re.compile(
    rf"(?:arxiv[.:/]|arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/)\s{{0,3}}"
    rf"({_NEW_ARXIV}|[a-z-]{{2,10}}(?:\.[a-z]{{2}})?/\d{{7}})",
    re.I,
)
_BARE_ARXIV = re.compile(
    rf"({_NEW_ARXIV}|(?:cs|math|stat|physics|quant-ph|cond-mat|q-bio|cmp-lg)(?:\.[A-Z]{{2}})?/\d{{7}})(?:v\d+)?"
)
_ACL = re.compile(
    r"(?:aclanthology\.org/|aclweb\.org/anthology/|10\.18653/v1/)([A-Z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)",
    re.I,
)
_BARE_ACL = re.compile(r"[A-Z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")
_HOSTS = ("github.", "gitlab.", "huggingface.co", "bitbucket.org", "codeberg.org")
_REPOSITORY = re.compile(
    r"(?<![\w.-])(?:www\.)?(?:(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co)/+"
    r"([\w.-]+/[\w./-]*\w)|([\w-]{1,39}\.(?:github|gitlab)\.io(?:/[\w./-]*\w)?))",
    re.I | re.A,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.I)


def make_paper(
    source: Source,
    line: int | None,
    *,
    title: Any,
    abstract: Any,
    identifiers: Iterable[str] = (),
    authors: Iterable[str] = (),
    **fields: Any,
) -> Paper | None:
    """A Paper of cleaned fields, or None where title or abstract is missing, which is reported with file and line.

    `identifiers` are strings that may hold an arXiv id, an ACL Anthology id or a DOI; `fields` are those of `Paper`.
    """
    for name, value in (("title", title), ("abstract", abstract)):
        if value is not None and not isinstance(value, str):
            return source.problem(f"{name} is not text but {type(value).__name__}", line)
        if not value or not value.strip():
            return source.problem(f"a record without {name}; a paper needs a title and an abstract", line)
    arxiv, acl, doi = identify(identifiers)
    names = tuple(dict.fromkeys(filter(None, map(clean_text, authors))))
    fields["author_count"] = fields.get("author_count") or len(names) or None
    text = make_text(title, abstract)
    return Paper(
        id=paper_id(arxiv=arxiv, acl=acl, doi=doi, title=text.partition("\n")[0] or title),
        title=title,
        abstract=abstract,
        text=text,
        authors=names,
        repositories=find_repositories(abstract),
        sources=(source.name,),
        arxiv=arxiv,
        acl=acl,
        doi=doi,
        **fields,
    )


def identify(texts: Iterable[str]) -> tuple[str | None, str | None, str | None]:
    """The arXiv id, ACL Anthology id and DOI that stand in ids, addresses and DOI fields; the first of each kind.

    The DOIs that arXiv and the Anthology give are read as the ids they contain.

    >>> identify(["arXiv:2503.12505v2", "10.1000/XYZ.1"]), identify(["https://aclanthology.org/P18-1001/"])
    (('2503.12505', None, '10.1000/xyz.1'), (None, 'P18-1001', None))
    """
    arxiv = acl = doi = None
    for text in filter(None, texts):
        if found := _ARXIV.search(text) or _BARE_ARXIV.fullmatch(text):
            arxiv = arxiv or found[1].lower()
        elif found := _ACL.search(text):
            acl = acl or (found[1].lower() if "." in found[1] else found[1].upper())
        elif _BARE_ACL.fullmatch(text):
            acl = acl or text
        elif found := _DOI.search(text):
            doi = doi or found[0].rstrip(".,;)").lower()
    return arxiv, acl, doi


def find_repositories(text: str) -> tuple[str, ...]:
    """The addresses of code and project pages in a text, as https URLs in the order of the text.

    On a host of code that is a repository, not the page of its owner.

    >>> find_repositories("Code: https://github.com/a/B.git. See also (http://x.github.io/page/), github.com/owner.")
    ('https://github.com/a/B', 'https://x.github.io/page')
    """
    lower = text.lower()
    if not any(host in lower for host in _HOSTS):
        return ()
    found = []
    for match in _REPOSITORY.finditer(text.replace("\\_", "_")):
        host, path, page = match.groups()
        address = page or f"{host.lower()}/{path}"
        if not address.startswith("huggingface.co/papers/"):
            found.append("https://" + address.removesuffix(".git"))
    return tuple(dict.fromkeys(found))


def web_address(value: str | None) -> str | None:
    """The address of the web in a value, or None: only such may become a link.

    >>> web_address("https://arxiv.org/abs/2106.09685"), web_address("javascript:alert(1)")
    ('https://arxiv.org/abs/2106.09685', None)
    """
    found = _ADDRESS.search(value or "")
    return found[0] if found else None


def date_fields(published: str | None, year: Any) -> dict[str, Any]:
    """`published` (a full ISO date or None) and `year` from whatever a record has.

    >>> date_fields("2024-02-05T10:00:00Z", None), date_fields("May 2021", None)
    ({'published': '2024-02-05', 'year': 2024}, {'published': None, 'year': 2021})
    """
    try:
        date = datetime.date.fromisoformat((published or "").strip()[:10])
    except ValueError:
        found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", f"{year or ''} {published or ''}"[:200])
        return {"published": None, "year": int(found[0]) if found else None}
    return {"published": date.isoformat(), "year": date.year}
