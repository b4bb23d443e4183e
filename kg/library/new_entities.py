"""The entities of a library that the lexicon does not know, most frequent first, with what speaks for them."""

from __future__ import annotations

from dataclasses import dataclass

from kg.library.store import Library

__all__ = ["NewEntity", "find_new_entities"]


@dataclass(frozen=True)
class NewEntity:
    """An entity that papers name and the lexicon does not; `examples` are (paper, sentence), one a paper."""

    id: str
    type: str
    name: str
    aliases: tuple[str, ...]
    year: int | None
    papers: int
    mentions: int
    examples: tuple[tuple[str, str], ...]


def find_new_entities(
    library: Library, *, type: str | None = None, min_papers: int = 1, examples: int = 3
) -> list[NewEntity]:
    """The entities unknown to the lexicon that at least `min_papers` papers name, those of most papers first.

    Papers that introduce the entity give their sentences first.
    """
    rows = library.connection.execute(ENTITIES, [type, min_papers]).fetchall()
    sentences: dict[str, list[tuple[str, str]]] = {}
    found = library.connection.execute(EXAMPLES, [[row[0] for row in rows], examples]).fetchall()
    for entity, paper, sentence in found:
        sentences.setdefault(entity, []).append((paper, sentence))
    return [
        NewEntity(id_, type_, name, tuple(aliases), year, papers, mentions, tuple(sentences.get(id_, ())))
        for id_, type_, name, aliases, year, papers, mentions in rows
    ]


ENTITIES = """
SELECT id, type, name, aliases, year, papers, mentions FROM entities
WHERE NOT known AND ($1 IS NULL OR type = $1) AND papers >= $2 ORDER BY papers DESC, mentions DESC, id
"""

EXAMPLES = """
WITH first AS (
    SELECT m.entity, m.paper, substring(p.text, sentence_start + 1, sentence_stop - sentence_start) AS sentence,
           m.introduced, row_number() OVER (PARTITION BY m.entity, m.paper ORDER BY m.start) AS place
    FROM mentions m JOIN papers p ON p.id = m.paper WHERE list_contains($1, m.entity))
SELECT entity, paper, sentence FROM first WHERE place = 1
QUALIFY row_number() OVER (PARTITION BY entity ORDER BY introduced DESC, paper) <= $2
ORDER BY entity, introduced DESC, paper
"""
