"""Corrections: decisions of a person that two names or entities are the same or different, which linking obeys.

A file of JSON lines: `{"same": ["FooNet", "Foo Network"], "type": "Method"}`, `{"different": ["LoRA", "method:qlora"],
"type": "Method"}`. Each side is a name of the type, which stands for the mentions written so, or the id of an entity.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.errors import LinkError
from kg.link.candidates import new_link, own_link, shown, sure_link
from kg.link.lexicon import Lexicon
from kg.link.surface import fold_surface
from kg.schema import ENTITY_TYPES, LexiconEntry, Link

__all__ = ["NO_CORRECTIONS", "Corrections", "Decision", "load_corrections"]

FORM = '{"same": ["FooNet", "Foo Network"], "type": "Method"} or {"different": [...], "type": ...}'


@dataclass(frozen=True)
class Decision:
    """One line: whether two sides are the same thing of a type. `where` is file and line."""

    where: str
    type: str
    sides: tuple[str, str]
    same: bool

    @cached_property
    def keys(self) -> tuple[str, str]:
        """Both sides as ids, or as folded names."""
        one, other = (side_key(side, self.type) for side in self.sides)
        return one, other


def side_key(side: str, type_: str) -> str:
    """An id as it is; a name folded, after a mark that no id holds.

    >>> side_key("method:lora", "Method"), side_key("Foo Networks", "Method")
    ('method:lora', '=foonetwork')
    """
    return side if side.startswith(f"{type_.lower()}:") else "=" + fold_surface(side)


@dataclass(frozen=True)
class Corrections:
    """All decisions of a person; no decision contradicts others, whatever follows from them.

    >>> line = Decision("fix.jsonl:1", "Method", ("FooNet", "LoRA"), same=True)
    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA"),))
    >>> Corrections((line,)).link("foonet", "Method", lexicon).entity
    'method:lora'
    """

    decisions: tuple[Decision, ...] = ()
    _groups: dict[tuple[str, str], tuple[Decision, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups = _group(d for d in self.decisions if d.same)
        for decision in self.decisions:
            one, other = ((decision.type, key) for key in decision.keys)
            if not decision.same and (one == other or (one in groups and groups[one] is groups.get(other))):
                said = ", ".join(d.where for d in groups.get(one, ())) or decision.where
                raise LinkError(
                    f"{decision.where}: says that {decision.sides[0]!r} and {decision.sides[1]!r} are different, "
                    f"but {said} says that they are the same; delete one of the lines"
                )
        object.__setattr__(self, "_groups", groups)

    @cached_property
    def fingerprint(self) -> str:
        """Equal where the decisions are equal, in whatever order and file."""
        said = sorted({(d.type, *sorted(d.keys), d.same) for d in self.decisions})
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16] if said else ""

    def link(self, name: str, type_: str, lexicon: Lexicon) -> Link | None:
        """What a person decided that a name is, or the entity of an id; None where nobody did."""
        return self._target(side_key(name, type_), type_, lexicon)

    def _target(self, key: str, type_: str, lexicon: Lexicon) -> Link | None:
        group = self._groups.get((type_, key))
        if group is None:
            return None
        where = next(d.where for d in group if key in d.keys)
        links = [side_link(side, type_, lexicon) for d in group for side in d.sides]
        best = min(links, key=lambda link: (link.entity not in lexicon.by_id, link.entity))
        return Link(best.entity, best.name, 1.0, "correction", where)

    def separated(self, name: str, entity: str, type_: str, lexicon: Lexicon) -> Link | None:
        """The entity of its own of a name that a person said is none of this entity; None where nobody did."""
        key = side_key(name, type_)
        for decision in self.decisions:
            if not decision.same and decision.type == type_ and key in decision.keys:
                other = decision.sides[decision.keys.index(key) - 1]
                theirs = self.link(other, type_, lexicon) or side_link(other, type_, lexicon)
                if theirs.entity == entity and not _is_name_of(name, entity, lexicon):
                    own = new_link(name, type_, lexicon, shown(name, lexicon))
                    own = own if own.entity != entity else own_link(name, type_, lexicon, "different")
                    return Link(own.entity, own.name, 1.0, "correction", decision.where)
        return None

    def forbids(self, one: str, other: str) -> bool:
        """Whether a person said that two entities, by their ids, are different."""
        return frozenset((one, other)) in self._forbidden

    @cached_property
    def _forbidden(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset(d.keys) for d in self.decisions if not d.same)


def side_link(side: str, type_: str, lexicon: Lexicon) -> Link:
    """The entity of an id, or the one that a name makes for itself."""
    if side_key(side, type_) == side:
        entry: LexiconEntry | None = lexicon.by_id.get(side)
        return Link(side, entry.name if entry else side.partition(":")[2], 1.0, "correction")
    return sure_link(side, type_, lexicon) or new_link(side, type_, lexicon, shown(side, lexicon))


def _is_name_of(name: str, entity: str, lexicon: Lexicon) -> bool:
    entry = lexicon.by_id.get(entity)
    return entry is not None and fold_surface(entry.name) == fold_surface(name)


def _group(same: Iterable[Decision]) -> dict[tuple[str, str], tuple[Decision, ...]]:
    """The decisions that hang together, by each key that stands in them."""
    groups: dict[tuple[str, str], list[Decision]] = {}
    for decision in same:
        joined = [decision]
        keys = {(decision.type, key) for key in decision.keys}
        for key in sorted(keys):
            joined += [d for d in groups.get(key, ()) if d not in joined]
        for key in {(d.type, k) for d in joined for k in d.keys}:
            groups[key] = joined
    frozen = {id(group): tuple(group) for group in groups.values()}
    return {key: frozen[id(group)] for key, group in groups.items()}


NO_CORRECTIONS = Corrections()


def load_corrections(path: Path) -> Corrections:
    """The decisions of a file; none where there is no such file.

    Raises LinkError on a line that is no decision, and where decisions contradict each other, naming both lines.
    """
    if not Path(path).exists():
        return NO_CORRECTIONS
    try:
        lines = Path(path).read_bytes().decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LinkError(f"{path}: no readable file of corrections: {error}") from error
    return Corrections(tuple(_decisions(path, lines)))


def _decisions(path: Path, lines: list[str]) -> Iterator[Decision]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
            (said,) = row.keys() - {"type"}
            sides = row[said]
            if said not in ("same", "different") or row["type"] not in ENTITY_TYPES or len(set(sides)) != 2:
                raise ValueError
            if not all(isinstance(side, str) and fold_surface(side) for side in sides):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LinkError(f"{where}: no correction; expected a line like {FORM}") from error
        yield Decision(where, row["type"], (sides[0], sides[1]), said == "same")
