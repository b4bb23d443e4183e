"""Keeping the lexicon: what a library suggests for it, what a person adds to a file of their own, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from kg import library, link
from kg.config import Settings
from kg.errors import LinkError
from kg.schema import LexiconEntry, Problem, entity_id

__all__ = ["Suggestion", "add_entries", "check_lexicon", "suggest_entries"]

Suggestion = tuple[LexiconEntry, library.NewEntity]
"""An entry that a library suggests, and the entity of the library that it is made from."""


def check_lexicon(paths: Iterable[Path], settings: Settings = Settings()) -> list[Problem]:
    """What is wrong with some files of entries, beside the lexicon of the settings; without files, with that lexicon."""
    paths = list(paths)
    if paths:
        return link.check_lexicon(*paths, beside=link.load_lexicon(settings.lexicon).entries)
    shipped = link.check_lexicon(settings.lexicon)
    if not settings.own_lexicon.exists():
        return shipped
    return shipped + check_lexicon([settings.own_lexicon], settings)


def suggest_entries(
    store: library.Library,
    settings: Settings = Settings(),
    *,
    type: str | None = None,
    min_papers: int = 3,
    limit: int | None = None,
) -> Iterator[Suggestion]:
    """Entries for the new entities that most papers name, ready to be added once a person has read them.

    Names that the lexicon holds already, or that an earlier suggestion has, are left out of the aliases.
    """
    lexicon = link.load_lexicon(settings.lexicon, settings.own_lexicon)
    taken: set[tuple[str, str]] = set()
    count = 0
    for entity in library.find_new_entities(store, type=type, min_papers=min_papers):
        if limit is not None and count >= limit:
            return
        free = [name for name in (entity.name, *entity.aliases) if _take(entity.type, name, lexicon, taken)]
        id_ = entity_id(entity.type, entity.name)
        if free[:1] == [entity.name] and id_ not in lexicon.by_id:
            count += 1
            yield LexiconEntry(id_, entity.type, entity.name, tuple(free[1:]), entity.year), entity


def _take(type_: str, name: str, lexicon: link.Lexicon, taken: set[tuple[str, str]]) -> bool:
    """Whether a name is free, in any spelling; from now on it is not."""
    key = (type_, link.fold_surface(name))
    free = bool(key[1]) and key not in taken and not lexicon.candidates(name, type_).entries
    taken.add(key)
    return free


def add_entries(entries: Iterable[LexiconEntry], settings: Settings = Settings()) -> tuple[int, list[Problem]]:
    """Add entries to the file of one's own; what is known of them already is kept. Returns how many changed it.

    Nothing is written where the file would be faulty with them: the problems are returned instead.
    """
    path = settings.own_lexicon
    shipped = {entry.id: entry for entry in link.load_lexicon(settings.lexicon).entries}
    before = {entry.id: entry for _, entry in link.read_entries([path])} if path.exists() else {}
    after = dict(before)
    for entry in entries:
        known = after.get(entry.id) or shipped.get(entry.id)
        after[entry.id] = _joined(known, entry) if known else entry
    changed = [id_ for id_, entry in after.items() if entry != (before.get(id_) or shipped.get(id_))]
    problems = link.check_entries([(str(path), after[id_]) for id_ in sorted(after)], shipped.values())
    if changed and not problems:
        link.write_entries(path, after.values())
    return len(changed), problems


def _joined(known: LexiconEntry, added: LexiconEntry) -> LexiconEntry:
    """A known entry with what is added to it; raises LinkError where the two contradict each other."""
    for key in ("year", "arxiv", "broader"):
        old, new = getattr(known, key), getattr(added, key)
        if None not in (old, new) and old != new:
            raise LinkError(
                f"{known.id}: {key} is {old!r} already, not {new!r}; leave it out, or edit the entry's line"
            )
    own = {link.fold_surface(surface) for surface in (known.name, *known.aliases)}
    return replace(
        known,
        aliases=known.aliases + tuple(a for a in (added.name, *added.aliases) if link.fold_surface(a) not in own),
        year=known.year or added.year,
        arxiv=known.arxiv or added.arxiv,
        broader=known.broader or added.broader,
        ambiguous=tuple(dict.fromkeys(known.ambiguous + added.ambiguous)),
        different_from=tuple(dict.fromkeys(known.different_from + added.different_from)),
    )
