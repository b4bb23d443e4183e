"""The lexicon: the curated knowledge base that says which names are known, looked up by surface and type."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.errors import LinkError
from kg.link.lexicon_file import read_entries
from kg.link.surface import fold_surface, is_anyones, is_name
from kg.schema import LexiconEntry

__all__ = ["Candidates", "Lexicon", "load_lexicon"]


@dataclass(frozen=True)
class Candidates:
    """The entries that a surface may mean; `sure` where it means the only one whatever the context."""

    entries: tuple[LexiconEntry, ...] = ()
    sure: bool = False


NOTHING = Candidates()
NOWHERE: Mapping[str, Candidates] = {}


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
    _index: Mapping[str, Mapping[str, Candidates]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, dict[str, Candidates]] = {}
        for (type_, folded), found in (_index(self.added) | _index(self.entries)).items():
            index.setdefault(folded, {})[type_] = found
        object.__setattr__(self, "_index", index)

    def candidates(self, surface: str, type_: str) -> Candidates:
        """What a surface may mean as a thing of one type; spelling variants of known names are known."""
        return self._index.get(fold_surface(surface), NOWHERE).get(type_, NOTHING)

    def by_type(self, surface: str) -> Mapping[str, Candidates]:
        """What a surface may mean as a thing of each type that knows it."""
        return self._index.get(fold_surface(surface), NOWHERE)

    @cached_property
    def by_id(self) -> Mapping[str, LexiconEntry]:
        """Every entry by its id."""
        return {entry.id: entry for entry in (*self.added, *self.entries)}

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What was worked out about surfaces under this lexicon, so that each is worked out once."""
        return {}

    @cached_property
    def proper(self) -> frozenset[str]:
        """Words that keep their capital inside a phrase, as the names of the lexicon write them (Bayesian, Markov)."""
        words: set[str] = set()
        for name in {entry.name for entry in self.entries if " " in entry.name and not entry.name.islower()}:
            parts = name.split()
            if any(map(str.islower, parts)):
                words.update(p for part in parts if part[0].isupper() for p in (part, part.split("-")[0]))
        return frozenset(word for word in words if not is_name(word))

    def extended(self, entries: Iterable[LexiconEntry]) -> Lexicon:
        """The lexicon with the entities of a library added; where both know a surface or an id, the lexicon wins.

        What a library calls by a name that could be anyone's is not believed to be the only thing of that name.
        """
        known = {entry.id for entry in self.entries}
        new = (e for e in entries if e.id not in known)
        added = (replace(e, ambiguous=tuple(filter(is_anyones, (e.name, *e.aliases)))) for e in new)
        added = tuple(sorted(added, key=lambda e: e.id))
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


def load_lexicon(folder: Path, own: Path | None = None) -> Lexicon:
    """The lexicon in the `*.jsonl` files of a folder, one entry a line in any split over files, and of one's own file.

    own: further entries, where there is such a file; they replace those of the folder that have the same id.

    Raises LinkError where the folder is missing or holds no entry, a line is no entry, or an id comes twice.
    """
    entries = _once([Path(folder)])
    if not entries:
        raise LinkError(f"{folder}: no lexicon here; expected *.jsonl files with one entry a line")
    if own is not None and Path(own).exists():
        entries |= _once([Path(own)])
    entries = _symmetric(entries)
    ordered = tuple(entries[id_] for id_ in sorted(entries))
    return Lexicon(ordered, _fingerprint(ordered))


def _once(paths: Iterable[Path]) -> dict[str, LexiconEntry]:
    entries: dict[str, LexiconEntry] = {}
    for where, entry in read_entries(paths):
        if entry.id in entries:
            raise LinkError(f"{where}: id {entry.id!r} is there already; an id may stand on one line only")
        entries[entry.id] = entry
    return entries


def _symmetric(entries: Mapping[str, LexiconEntry]) -> dict[str, LexiconEntry]:
    """The entries, each different from all that say so of it."""
    others = {id_: set(entry.different_from) for id_, entry in entries.items()}
    for id_, entry in entries.items():
        for other in entry.different_from:
            others.setdefault(other, set()).add(id_)
    return {id_: replace(entry, different_from=tuple(sorted(others[id_]))) for id_, entry in entries.items()}


def _fingerprint(entries: Iterable[LexiconEntry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(json.dumps(asdict(entry), sort_keys=True).encode())
    return digest.hexdigest()
