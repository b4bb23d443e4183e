"""An entity's card: what it is called, who speaks of it, what is said of it, and the sentence behind each statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from kg.errors import LibraryError
from kg.library.store import Library

__all__ = ["Card", "Statement", "find_entities", "show_card"]


@dataclass(frozen=True)
class Statement:
    """One edge or claim of the entity, with the first sentence that is its evidence.

    `start` and `stop` are offsets into the paper's text; `highlights` are spans of the sentence that name the entity,
    as offsets into the sentence.
    """

    what: str
    other: str
    other_name: str
    papers: int
    confidence: float
    paper: str
    start: int
    stop: int
    sentence: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Card:
    """What the library knows of one entity."""

    id: str
    type: str
    name: str
    aliases: tuple[str, ...]
    year: int | None
    known: bool
    papers: tuple[tuple[str, str], ...]
    relations: tuple[Statement, ...]
    claims: tuple[Statement, ...]

    def as_dict(self) -> dict[str, Any]:
        """The card as plain values, ready for JSON."""
        return asdict(self)


def find_entities(library: Library, name: str, fold: Callable[[str], str], type: str | None = None) -> list[str]:
    """The ids of the entities that are called so: by id, else by name, else by alias; most mentioned first.

    Names are compared folded. Raises LibraryError where nothing is called so; the message names what comes close.
    """
    rows = library.connection.execute(
        """
        SELECT e.id FROM entities e LEFT JOIN aliases a ON a.entity = e.id AND a.folded = $2
        WHERE (e.id = $1 OR list_contains(e.same_as, $1) OR a.entity IS NOT NULL) AND ($3 IS NULL OR e.type = $3)
        GROUP BY e.id, e.mentions, e.name ORDER BY e.id = $1 DESC, e.name = $1 DESC, e.mentions DESC, e.id
        """,
        [name, fold(name), type],
    ).fetchall()
    if not rows:
        raise LibraryError(f"nothing in {library.path} is called {name!r}{_close_names(library, name)}")
    return [id_ for (id_,) in rows]


def _close_names(library: Library, name: str) -> str:
    rows = library.connection.execute(
        "SELECT name FROM entities ORDER BY jaro_winkler_similarity(lower(name), lower($1)) DESC, id LIMIT 3", [name]
    ).fetchall()
    return f"; close are {', '.join(repr(n) for (n,) in rows)}" if rows else ""


def show_card(library: Library, entity: str, limit: int = 10) -> Card:
    """The card of an entity by its id, with at most `limit` papers, relations and claims, the best supported first."""
    rows = library.connection.execute(
        "SELECT id, type, name, aliases, year, known FROM entities WHERE id = ?", [entity]
    ).fetchall()
    if not rows:
        raise LibraryError(f"{library.path} holds no entity {entity!r}")
    id_, type_, name, aliases, year, known = rows[0]
    papers = library.connection.execute(PAPERS, [entity, limit]).fetchall()
    surfaces = sorted({name, *aliases}, key=lambda s: (-len(s), s))
    return Card(
        id_, type_, name, tuple(aliases), year, known, tuple(papers),
        _statements(library, RELATIONS, entity, limit, surfaces), _statements(library, CLAIMS, entity, limit, surfaces),
    )  # fmt: skip


PAPERS = """
SELECT p.id, p.title FROM edges e JOIN papers p ON p.id = e.source
WHERE e.type IN ('MENTIONS', 'INTRODUCES') AND e.target = $1
GROUP BY ALL ORDER BY max(e.type = 'INTRODUCES') DESC, max(e.sentences) DESC, p.id LIMIT $2
"""

_PLACE = """e.papers, e.confidence, e.evidence_papers[1], e.evidence_starts[1], e.evidence_stops[1],
       e.evidence_sentences[1]"""

RELATIONS = f"""
SELECT e.type, n.id, n.name, {_PLACE} FROM edges e JOIN entities n ON n.id = e.target
WHERE e.source = $1 AND e.source_type <> 'Paper'
UNION ALL
SELECT '<- ' || e.type, n.id, n.name, {_PLACE} FROM edges e JOIN entities n ON n.id = e.source WHERE e.target = $1
ORDER BY 4 DESC, 5 DESC, 1, 2 LIMIT $2
"""

CLAIMS = f"""
SELECT e.type, c.node, concat_ws(' ', c.metric, c.direction, c.value, 'vs ' || c.baseline), {_PLACE}
FROM edges e JOIN claims c ON c.node = e.source WHERE e.target = $1
ORDER BY c.value IS NULL, e.confidence DESC, 2, 1 LIMIT $2
"""


def _statements(library: Library, sql: str, entity: str, limit: int, surfaces: list[str]) -> tuple[Statement, ...]:
    rows = library.connection.execute(sql, [entity, limit]).fetchall()
    return tuple(Statement(*row, _highlights(row[-1], surfaces)) for row in rows)


def _highlights(sentence: str, surfaces: list[str]) -> tuple[tuple[int, int], ...]:
    """Where any of the surfaces stands as whole words in the sentence; the longest wins where two overlap."""
    found: list[tuple[int, int]] = []
    for surface in surfaces:
        at = sentence.find(surface)
        while at >= 0:
            stop = at + len(surface)
            whole = not (sentence[at - 1 : at].isalnum() or sentence[stop : stop + 1].isalnum())
            if whole and all(stop <= a or b <= at for a, b in found):
                found.append((at, stop))
            at = sentence.find(surface, stop)
    return tuple(sorted(found))
