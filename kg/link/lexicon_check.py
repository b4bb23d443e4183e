"""The lexicon's validator: everything that would make linking wrong, with its place and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.link.lexicon_file import Placed, read_entries
from kg.link.surface import fold_surface
from kg.schema import LexiconEntry, Problem, entity_id

__all__ = ["check_entries", "check_lexicon"]

YEARS = range(1700, 2101)
ARXIV = re.compile(r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d\d(?:0[1-9]|1[0-2])\d{3}")


def check_lexicon(*paths: Path, beside: Iterable[LexiconEntry] = ()) -> list[Problem]:
    """Everything in some files or folders of entries that would make linking wrong, each with file, line and remedy.

    beside: entries that are known too, such as those that ship; `broader` may name them, and they are not reported.

    Raises LinkError where a file is missing or is no text.
    """
    problems: list[Problem] = []
    placed = list(read_entries(map(Path, paths), problems.append))
    return problems + check_entries(placed, beside)


def check_entries(placed: list[Placed], beside: Iterable[LexiconEntry] = ()) -> list[Problem]:
    """What is wrong with entries: each for itself, and with each other. An entry takes the place of one beside it.

    Cost: linear in the surfaces.

    >>> lora = LexiconEntry("method:lora", "Method", "LoRA", broader="method:peft")
    >>> [str(problem) for problem in check_entries([("a.jsonl:1", lora)])]
    ["a.jsonl:1: method:lora: broader 'method:peft' is the id of no entry; correct it, or add that entry"]
    """
    given = {entry.id for _, entry in placed}
    others = [("", entry) for entry in beside if entry.id not in given]
    by_id = {entry.id: entry for _, entry in [*others, *placed]}
    faults = (
        (where, f"{entry.id}: {what}")
        for where, entry in placed
        for find in (_identity_faults, _surface_faults, _broader_faults, _difference_faults)
        for what in find(entry, by_id)
    )
    found = [*faults, *_repeated(placed), *_shared([*placed, *others])]
    return [Problem(where, what) for where, what in found]


def _identity_faults(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> Iterator[str]:
    if entry.id != (expected := entity_id(entry.type, entry.name)):
        yield f"id should be {expected!r}, which its type and name make; write that, here and where others name it"
    if entry.year is not None and entry.year not in YEARS:
        yield f"year {entry.year} is not between {YEARS[0]} and {YEARS[-1]}; correct it or leave it out"
    if entry.arxiv is not None and not ARXIV.fullmatch(entry.arxiv):
        yield f"arxiv {entry.arxiv!r} is no arXiv id; write it like 2106.09685 or cs/0112017, without a version"


def _surface_faults(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> Iterator[str]:
    own = {fold_surface(entry.name): entry.name}
    for alias in entry.aliases:
        if (same := own.setdefault(fold_surface(alias), alias)) is not alias:
            yield f"alias {alias!r} is the same as {same!r}, since case, hyphens and plural do not count; remove it"
    for surface in entry.ambiguous:
        if fold_surface(surface) not in own:
            yield f"ambiguous {surface!r} is none of its names; add it to the aliases, or remove it"


def _broader_faults(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> Iterator[str]:
    if entry.broader is None:
        return
    broader = by_id.get(entry.broader)
    if broader is None:
        yield f"broader {entry.broader!r} is the id of no entry; correct it, or add that entry"
    elif broader.type != entry.type:
        yield f"broader {entry.broader!r} is a {broader.type}, not a {entry.type}; name a {entry.type} or leave it out"
    elif (chain := _chain(entry, by_id)) and chain[-1] == entry.id:
        yield f"broader leads back to {entry.id!r} by {' -> '.join([entry.id, *chain])}; remove one of these"
    elif fold_surface(broader.name) in _folded(entry) or fold_surface(entry.name) in _folded(broader):
        yield f"is {broader.id!r} by name and narrower than it by broader; remove the alias that says so, or the entry"


def _chain(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> list[str]:
    """The ids above an entry, up to the first that comes again, or the last."""
    chain: list[str] = []
    at = entry.broader
    while at is not None and at in by_id:
        chain.append(at)
        if at == entry.id or chain.count(at) > 1:
            break
        at = by_id[at].broader
    return chain


def _difference_faults(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> Iterator[str]:
    for other in entry.different_from:
        if other == entry.id:
            yield "different_from names the entry itself; remove it"
        elif other not in by_id:
            yield f"different_from {other!r} is the id of no entry; correct it, or add that entry"


def _folded(entry: LexiconEntry) -> dict[str, str]:
    """Every name of an entry by its folded form."""
    return {fold_surface(surface): surface for surface in (*entry.aliases, entry.name)}


def _repeated(placed: Iterable[Placed]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for where, entry in placed:
        if entry.id in first:
            yield where, f"{entry.id}: the id stands at {first[entry.id]} already; put the two lines into one"
        first.setdefault(entry.id, where)


def _shared(placed: Iterable[Placed]) -> Iterator[tuple[str, str]]:
    """Surfaces that several entries of one type have, and that some of them do not declare ambiguous."""
    claims: dict[tuple[str, str], list[tuple[str, LexiconEntry, str]]] = {}
    for where, entry in placed:
        for fold, surface in _folded(entry).items():
            claims.setdefault((entry.type, fold), []).append((where, entry, surface))
    for (_, fold), claimants in claims.items():
        named = [entry.id for _, entry, _ in claimants if fold_surface(entry.name) == fold]
        for where, entry, surface in claimants:
            others = sorted({other.id for _, other, _ in claimants} - {entry.id})
            if not where or not others:
                continue
            if entry.id in named and len(set(named)) > 1:
                twins = ", ".join(sorted(set(named) - {entry.id}))
                yield where, f"{entry.id}: has the same name as {twins}; remove one, or name them apart"
            elif fold not in map(fold_surface, entry.ambiguous):
                yield (
                    where,
                    f"{entry.id}: {surface!r} is also a name of {', '.join(others)}; declare it ambiguous in each, "
                    "or remove it where it is wrong",
                )
