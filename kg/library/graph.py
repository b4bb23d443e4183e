"""The graph as a function of the facts: the SQL that makes entities, aliases and edges, with evidence for each.

`nodes` and `edges` are views with the columns of `kg.schema.Graph`; nodes show the stored centrality too. Edges are kept in a table because aggregating the
evidence of millions of mentions at every query would be slow; nodes are cheap to put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import duckdb
import pyarrow as pa

from kg.schema import EDGE_ENDPOINTS, Extraction, Join, LexiconEntry, claim_id

__all__ = ["TABLES", "build", "claim_rows"]

TABLES = """
CREATE TABLE entities (
    id VARCHAR PRIMARY KEY, type VARCHAR, name VARCHAR, aliases VARCHAR[], year BIGINT, papers BIGINT,
    mentions BIGINT, known BOOLEAN, same_as VARCHAR[]);
CREATE TABLE joins (linked VARCHAR, text VARCHAR, entity VARCHAR, why VARCHAR, evidence VARCHAR);
CREATE TABLE retired (id VARCHAR PRIMARY KEY, entity VARCHAR);
CREATE TABLE aliases (alias VARCHAR, folded VARCHAR, entity VARCHAR, mentions BIGINT);
CREATE TABLE graph_edges (
    source VARCHAR, source_type VARCHAR, type VARCHAR, target VARCHAR, target_type VARCHAR, papers BIGINT,
    sentences BIGINT, confidence DOUBLE, evidence_papers VARCHAR[], evidence_starts BIGINT[],
    evidence_stops BIGINT[], evidence_sentences VARCHAR[]);
CREATE VIEW edges AS SELECT * FROM graph_edges;
CREATE VIEW nodes AS
SELECT n.*, c.* EXCLUDE (node) FROM (
SELECT id, 'Paper' AS type, title, abstract, text, published, year, url, venue, count, author_count, sources, same_as
FROM papers
UNION ALL BY NAME
SELECT id, type, name, aliases, year, papers, mentions, known, same_as FROM entities
UNION ALL BY NAME
SELECT node AS id, 'Claim' AS type, text, kind, metric, value, number, unit, direction, baseline, confidence, start, stop
FROM claims
UNION ALL BY NAME
SELECT id, 'Author' AS type, min(name) AS name
FROM (SELECT unnest(author_ids) AS id, unnest(authors) AS name FROM papers) GROUP BY id
UNION ALL BY NAME
SELECT organization_id AS id, 'Organization' AS type, min(organization) AS name
FROM papers WHERE organization_id IS NOT NULL GROUP BY organization_id
UNION ALL BY NAME
SELECT id, 'Repository' AS type, min(url) AS url
FROM (SELECT unnest(repository_ids) AS id, unnest(repositories) AS url FROM papers) GROUP BY id
) n LEFT JOIN centrality c ON c.node = n.id;
"""

# `mentions.linked` is what a paper alone says, `entity` what all papers and a person's decisions make of it.
JOINS = """
UPDATE mentions SET entity = linked WHERE entity <> linked;
UPDATE mentions SET entity = j.entity FROM joins j WHERE j.linked = mentions.linked AND j.text IS NULL;
UPDATE mentions SET entity = j.entity FROM joins j WHERE j.linked = mentions.linked AND j.text = mentions.text;
"""

# An entity of the last graph that is none any more lives on as an id of the one that took most of its mentions, such as
# the entry of a lexicon that learned its name. Ids that joins explain are not kept here.
RETIRED = """
CREATE TEMP TABLE moved AS
WITH places AS (
    SELECT DISTINCT target AS id, unnest(evidence_papers) AS paper, unnest(evidence_starts) AS start
    FROM graph_edges WHERE type = 'MENTIONS'),
counted AS (
    SELECT p.id, m.entity, count(*) AS n FROM places p JOIN mentions m USING (paper, start)
    WHERE p.id NOT IN (SELECT entity FROM mentions WHERE entity IS NOT NULL) GROUP BY ALL)
SELECT id, first(entity ORDER BY n DESC, entity) AS entity FROM counted GROUP BY id;
UPDATE retired SET entity = moved.entity FROM moved WHERE moved.id = retired.entity;
INSERT OR REPLACE INTO retired FROM moved WHERE id NOT IN (SELECT linked FROM mentions WHERE linked IS NOT NULL);
DELETE FROM retired WHERE entity NOT IN (SELECT entity FROM mentions WHERE entity IS NOT NULL)
    OR id IN (SELECT entity FROM mentions WHERE entity IS NOT NULL);
DROP TABLE moved;
"""

# The most frequent name wins, the smallest of equals; a known entity takes the lexicon's name and aliases.
ENTITIES = """
INSERT INTO entities
WITH names AS (
    SELECT entity, name, count(*) AS n,
           row_number() OVER (PARTITION BY entity ORDER BY count(*) DESC, name) AS rank
    FROM mentions WHERE entity IS NOT NULL GROUP BY entity, name),
counted AS (
    SELECT m.entity AS id, min(m.type) AS type, count(DISTINCT m.paper) AS papers, count(*) AS mentions,
           min(p.year) FILTER (m.introduced) AS introduced, list_sort(list(DISTINCT m.text)) AS surfaces
    FROM mentions m JOIN papers p ON p.id = m.paper WHERE m.entity IS NOT NULL GROUP BY m.entity),
former AS (
    SELECT entity, list_sort(list(DISTINCT id)) AS ids
    FROM (SELECT entity, linked AS id FROM mentions WHERE linked <> entity UNION ALL SELECT entity, id FROM retired)
    WHERE id NOT IN (SELECT entity FROM mentions WHERE entity IS NOT NULL) GROUP BY entity)
SELECT c.id, c.type, coalesce(l.name, n.name) AS name,
       list_sort(list_distinct(list_filter(
           list_concat(c.surfaces, coalesce(l.aliases, [])), lambda a: a <> coalesce(l.name, n.name)))) AS aliases,
       coalesce(l.year, c.introduced) AS year, c.papers, c.mentions, l.id IS NOT NULL AS known,
       coalesce(f.ids, []) AS same_as
FROM counted c JOIN names n ON n.entity = c.id AND n.rank = 1 LEFT JOIN lexicon l ON l.id = c.id
LEFT JOIN former f ON f.entity = c.id
"""

ALIASES = """
INSERT INTO aliases
SELECT a.alias, f.folded, a.entity, count(m.id)
FROM (SELECT id AS entity, unnest(list_prepend(name, aliases)) AS alias FROM entities) a
JOIN folds f ON f.alias = a.alias
LEFT JOIN mentions m ON m.entity = a.entity AND m.text = a.alias
GROUP BY ALL
"""

# One row for each place in a text that speaks for an edge. Offsets count characters; `substring` counts from 1.
EVIDENCE = """
CREATE TEMP TABLE evidence AS
WITH m AS (
    SELECT m.*, e.type AS entity_type, substring(p.text, sentence_start + 1, sentence_stop - sentence_start) AS sentence
    FROM mentions m JOIN papers p ON p.id = m.paper JOIN entities e ON e.id = m.entity)
SELECT paper AS source, 'Paper' AS source_type, 'MENTIONS' AS type, entity AS target, entity_type AS target_type,
       paper, start, stop, sentence, confidence FROM m
UNION ALL
SELECT paper, 'Paper', 'INTRODUCES', entity, entity_type, paper, start, stop, sentence, confidence
FROM m WHERE introduced
UNION ALL
SELECT h.entity, h.entity_type, r.type, t.entity, t.entity_type, r.paper, r.start, r.stop,
       substring(p.text, r.start + 1, r.stop - r.start), r.confidence
FROM relations r JOIN papers p ON p.id = r.paper
JOIN m h ON h.paper = r.paper AND h.id = r.head JOIN m t ON t.paper = r.paper AND t.id = r.tail
WHERE h.entity <> t.entity
UNION ALL
SELECT paper, 'Paper', 'STATES', node, 'Claim', paper, start, stop, text, confidence FROM claims
UNION ALL
SELECT c.node, 'Claim', role.type, m.entity, m.entity_type, c.paper, c.start, c.stop, c.text, c.confidence
FROM claims c, unnest([
    {'type': 'ABOUT', 'mention': c.subject}, {'type': 'COMPARED_TO', 'mention': c.baseline_mention},
    {'type': 'MEASURED_BY', 'mention': c.metric_mention}, {'type': 'EVALUATED_ON', 'mention': c.evaluated_on}
]) AS roles(role) JOIN m ON m.paper = c.paper AND m.id = role.mention
UNION ALL
SELECT id, 'Paper', 'HAS_CODE', repository, 'Repository', id, place - 1, place - 1 + length(bare), bare, 1.0
FROM (SELECT id, repository, split_part(url, '://', 2) AS bare, strpos(lower(text), lower(bare)) AS place
      FROM (SELECT id, text, unnest(repository_ids) AS repository, unnest(repositories) AS url FROM papers))
WHERE place > 0
"""

EDGES = """
INSERT INTO graph_edges
WITH places AS (
    SELECT source, source_type, type, target, target_type, paper, start, stop, min(sentence) AS sentence,
           max(confidence) AS confidence
    FROM evidence JOIN endpoints USING (source_type, type, target_type)
    GROUP BY source, source_type, type, target, target_type, paper, start, stop)
SELECT source, source_type, type, target, target_type, count(DISTINCT paper), count(DISTINCT (paper, sentence)),
       max(confidence), list(paper ORDER BY paper, start, stop), list(start ORDER BY paper, start, stop),
       list(stop ORDER BY paper, start, stop), list(sentence ORDER BY paper, start, stop)
FROM places GROUP BY source, source_type, type, target, target_type
UNION ALL
SELECT DISTINCT a.author, 'Author', 'AUTHORED', id, 'Paper', NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM papers, unnest(author_ids) AS a(author)
UNION ALL
SELECT id, 'Paper', 'AFFILIATED_WITH', organization_id, 'Organization', NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM papers WHERE organization_id IS NOT NULL
UNION ALL
SELECT DISTINCT id, 'Paper', 'HAS_CODE', repository, 'Repository', NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (SELECT id, unnest(repository_ids) AS repository FROM papers) r
WHERE NOT EXISTS (FROM evidence e WHERE e.source = r.id AND e.target = r.repository)
"""


def build(
    connection: duckdb.DuckDBPyConnection,
    entries: Iterable[LexiconEntry],
    fold: Callable[[str], str],
    joins: Iterable[Join] = (),
) -> None:
    """Replace entities, aliases and edges by what the facts say now; the caller holds the transaction.

    Cost: linear in the mentions, but for the sorting of each edge's evidence.
    """
    # DuckDB reads the local variables joined, lexicon, endpoints and folds as tables.
    joined = pa.Table.from_pylist([join._asdict() for join in joins], schema=JOINED)  # noqa: F841
    lexicon, endpoints = _lexicon_table(entries), _endpoint_table()  # noqa: F841
    connection.execute("DELETE FROM joins; INSERT INTO joins FROM joined")
    connection.execute(JOINS)
    connection.execute(RETIRED)
    connection.execute("DELETE FROM entities; DELETE FROM aliases; DELETE FROM graph_edges")
    connection.execute(ENTITIES)
    surfaces = connection.execute("SELECT DISTINCT unnest(list_prepend(name, aliases)) FROM entities").fetchall()
    folds = pa.table({"alias": [s for (s,) in surfaces], "folded": [fold(s) for (s,) in surfaces]}, schema=FOLDS)  # noqa: F841
    connection.execute(ALIASES)
    connection.execute(EVIDENCE)
    connection.execute(EDGES)
    connection.execute("DROP TABLE evidence")


JOINED = pa.schema([(name, pa.string()) for name in Join._fields])
FOLDS = pa.schema([("alias", pa.string()), ("folded", pa.string())])


def _lexicon_table(entries: Iterable[LexiconEntry]) -> pa.Table:
    columns = pa.schema([("id", "string"), ("name", "string"), ("aliases", pa.list_(pa.string())), ("year", "int64")])
    rows = [{"id": e.id, "name": e.name, "aliases": list(e.aliases), "year": e.year} for e in entries]
    return pa.Table.from_pylist(rows, schema=columns)


def _endpoint_table() -> pa.Table:
    rows = [
        {"source_type": str(source), "type": str(edge), "target_type": str(target)}
        for edge, pairs in EDGE_ENDPOINTS.items()
        for source, target in pairs
    ]
    return pa.Table.from_pylist(rows)


def claim_rows(extraction: Extraction) -> list[dict[str, Any]]:
    """The claims of one paper as rows of the table, each with the id of its node."""
    rows, seen = [], {}
    for claim in extraction.claims:
        span = (claim.start, claim.end)
        seen[span] = seen.get(span, -1) + 1
        row = asdict(claim)
        row["stop"], row["evaluated_on"] = row.pop("end"), row.pop("on")
        rows.append(row | {"paper": extraction.paper, "node": claim_id(extraction.paper, *span, seen[span])})
    return rows
