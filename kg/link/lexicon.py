"""The lexicon: the curated knowledge base that says which names are known, read from JSON lines and checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.errors import LinkError
from kg.link.surface import fold_surface, is_name
from kg.schema import ENTITY_TYPES, LexiconEntry, Problem, entity_id

__all__ = ["Candidates", "Lexicon", "check_lexicon", "load_lexicon"]


@dataclass(frozen=True)
class Candidates:
    """The entries that a surface may mean; `sure` where it means the only one whatever the context."""

    entries: tuple[LexiconEntry, ...] = ()
    sure: bool = False


NOTHING = Candidates()


@dataclass(frozen=True)
class Lexicon:
    """What is known: the curated entries, and what a library adds to them. Looked up by folded surface and type.

    Building the index costs O(surfaces), a lookup O(1).

    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",)),))
    >>> [entry.id for entry in lexicon.candidates("Low-Rank Adaptation", "Method").entries]
    ['method:lora']
    """

    entries: tuple[LexiconEntry, ...]
    fingerprint: str = ""
    added: tuple[LexiconEntry, ...] = ()
    """Entities of a library: looked up only where `entries` have nothing."""
    _index: Mapping[tuple[str, str], Candidates] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = _index(self.added)
        index.update(_index(self.entries))
        object.__setattr__(self, "_index", index)

    def candidates(self, surface: str, type_: str) -> Candidates:
        """What a surface may mean as a thing of one type; spelling variants of known names are known."""
        return self._index.get((type_, fold_surface(surface)), NOTHING)

    @cached_property
    def by_id(self) -> Mapping[str, LexiconEntry]:
        """Every entry by its id."""
        return {entry.id: entry for entry in (*self.added, *self.entries)}

    @cached_property
    def proper(self) -> frozenset[str]:
        """Words that keep their capital inside a phrase, as the names of the lexicon write them (Bayesian, Markov)."""
        words: set[str] = set()
        for entry in self.entries:
            parts = entry.name.split()
            if any(part.islower() for part in parts):
                words.update(p for part in parts for p in (part, part.split("-")[0]) if part[0].isupper())
        return frozenset(word for word in words if not is_name(word))

    def extended(self, entries: Iterable[LexiconEntry]) -> Lexicon:
        """The lexicon with the entities of a library added; where both know a surface or an id, the lexicon wins."""
        known = {entry.id for entry in self.entries}
        added = tuple(sorted((e for e in entries if e.id not in known), key=lambda e: e.id))
        return Lexicon(self.entries, self.fingerprint, added)


def _index(entries: Iterable[LexiconEntry]) -> dict[tuple[str, str], Candidates]:
    found: dict[tuple[str, str], dict[str, LexiconEntry]] = {}
    doubtful: set[tuple[str, str]] = set()
    for entry in entries:
        for surface in (entry.name, *entry.aliases, *entry.ambiguous):
            found.setdefault((entry.type, fold_surface(surface)), {})[entry.id] = entry
        doubtful.update((entry.type, fold_surface(surface)) for surface in entry.ambiguous)
    return {
        key: Candidates(tuple(sorted(known.values(), key=lambda e: e.id)), len(known) == 1 and key not in doubtful)
        for key, known in found.items()
        if key[1]
    }


# ---------------------------------------------------------------------------------------------- reading

KEYS = tuple(f.name for f in fields(LexiconEntry))
LISTS = ("aliases", "ambiguous")
KINDS: Mapping[str, tuple[type, ...]] = {
    "id": (str,),
    "type": (str,),
    "name": (str,),
    "aliases": (list,),
    "ambiguous": (list,),
    "year": (int, type(None)),
    "arxiv": (str, type(None)),
    "broader": (str, type(None)),
}


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon in the `*.jsonl` files of a folder: one entry a line, in any split over files.

    Raises LinkError where the folder is missing or holds no entry, a line is no entry, or an id comes twice.
    """
    entries = {}
    for where, entry in _read(Path(folder)):
        if entry.id in entries:
            raise LinkError(f"{where}: id {entry.id!r} is there already; an id may stand on one line only")
        entries[entry.id] = entry
    if not entries:
        raise LinkError(f"{folder}: no lexicon here; expected *.jsonl files with one entry a line")
    ordered = tuple(entries[id_] for id_ in sorted(entries))
    return Lexicon(ordered, _fingerprint(ordered))


def _fingerprint(entries: Iterable[LexiconEntry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(json.dumps(asdict(entry), sort_keys=True).encode())
    return digest.hexdigest()


def _read(folder: Path) -> Iterator[tuple[str, LexiconEntry]]:
    """Every entry of a folder with its place, "file:line"."""
    for path in sorted(folder.glob("*.jsonl")):
        try:
            lines = path.read_bytes().decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise LinkError(f"{path}: not a readable UTF-8 file: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"{path}:{number}", _entry(f"{path}:{number}", line)


def _entry(where: str, line: str) -> LexiconEntry:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LinkError(f"{where}: not a JSON object: {error}") from error
    if not isinstance(row, dict) or not {"id", "type", "name"} <= row.keys():
        raise LinkError(f'{where}: expected a JSON object with at least "id", "type" and "name"')
    for key, value in row.items():
        _check_field(where, key, value)
    if row["type"] not in ENTITY_TYPES:
        raise LinkError(f"{where}: type {row['type']!r} is none of {', '.join(ENTITY_TYPES)}")
    return LexiconEntry(**{key: tuple(value) if key in LISTS else value for key, value in row.items()})


def _check_field(where: str, key: str, value: Any) -> None:
    if key not in KEYS:
        raise LinkError(f"{where}: unknown field {key!r}; known are {', '.join(KEYS)}")
    strings = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if not isinstance(value, KINDS[key]) or isinstance(value, bool):
        expected = " or ".join(kind.__name__ for kind in KINDS[key])
        raise LinkError(f"{where}: {key} = {value!r} should be of type {expected.replace('NoneType', 'null')}")
    if not all(isinstance(s, str) and fold_surface(s) for s in strings):
        raise LinkError(f"{where}: {key} = {value!r} should hold strings with a letter or a digit")


# ---------------------------------------------------------------------------------------------- checking


def check_lexicon(folder: Path) -> list[Problem]:
    """Everything in a folder's lexicon that would make linking wrong, with file and line.

    Ids that are not `entity_id(type, name)`, surfaces that two entries claim without declaring them ambiguous,
    unknown or circular `broader`, lines out of order. Empty where all is well.

    Raises LinkError where a line cannot be read at all.
    """
    placed = list(_read(Path(folder)))
    by_id = {entry.id: entry for _, entry in placed}
    problems = [Problem(where, what) for where, entry in placed for what in _faults(entry, by_id)]
    return problems + list(_repeated(placed)) + list(_unsorted(placed)) + list(_undeclared(placed))


def _faults(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> Iterator[str]:
    if entry.id != (expected := entity_id(entry.type, entry.name)):
        yield f"id {entry.id!r} should be {expected!r}, which its type and name make"
    if entry.broader is not None:
        broader = by_id.get(entry.broader)
        if broader is None:
            yield f"broader {entry.broader!r} is the id of no entry"
        elif broader.type != entry.type:
            yield f"broader {entry.broader!r} is a {broader.type}, not a {entry.type}"
        elif _circular(entry, by_id):
            yield f"broader {entry.broader!r} leads back to {entry.id!r}"


def _circular(entry: LexiconEntry, by_id: Mapping[str, LexiconEntry]) -> bool:
    seen: set[str] = set()
    at: str | None = entry.broader
    while at in by_id and at not in seen:
        if at == entry.id:
            return True
        seen.add(at)
        at = by_id[at].broader
    return False


def _repeated(placed: Iterable[tuple[str, LexiconEntry]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for where, entry in placed:
        if entry.id in first:
            yield Problem(where, f"id {entry.id!r} stands at {first[entry.id]} already")
        first.setdefault(entry.id, where)


def _unsorted(placed: Iterable[tuple[str, LexiconEntry]]) -> Iterator[Problem]:
    last: dict[str, str] = {}
    for where, entry in placed:
        file = where.rpartition(":")[0]
        if entry.id < last.get(file, ""):
            yield Problem(where, f"id {entry.id!r} comes after {last[file]!r}; lines are sorted by id")
        last[file] = entry.id


def _undeclared(placed: Iterable[tuple[str, LexiconEntry]]) -> Iterator[Problem]:
    """Surfaces that several entries of one type claim and that some of them do not declare ambiguous."""
    claims: dict[tuple[str, str], dict[str, tuple[str, LexiconEntry, str]]] = {}
    for where, entry in placed:
        for surface in (entry.name, *entry.aliases):
            claims.setdefault((entry.type, fold_surface(surface)), {})[entry.id] = (where, entry, surface)
    for (_, fold), claimants in claims.items():
        for where, entry, surface in claimants.values() if len(claimants) > 1 else ():
            if fold not in map(fold_surface, entry.ambiguous):
                others = ", ".join(sorted(claimants.keys() - {entry.id}))
                yield Problem(where, f"{surface!r} is also a name of {others}; declare it ambiguous in each")
