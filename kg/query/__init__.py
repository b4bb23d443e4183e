"""Questions to the graph in SQL, Cypher and SPARQL, with no server: each answer is columns and rows of plain values.

Nothing is changed by a query, no file but the library and its views is read, and no request leaves the machine.

Cypher that runs here and on Neo4j 5
------------------------------------
Cypher runs on an embedded LadybugDB, which speaks openCypher with gaps. A query gives the same answer on both when it
keeps to what follows; the tests run it on both.

- Clauses: MATCH, OPTIONAL MATCH, WHERE, WITH, UNWIND, RETURN, DISTINCT, ORDER BY, SKIP, LIMIT, UNION. In a WITH,
  ORDER BY needs LIMIT. No `CALL {}`, no list or pattern comprehension, no `shortestPath()`, no parameters.
- Write labels in the pattern: `(m:Method)`. A node has one label; `labels()` is a list in Neo4j and a string here.
  A label, a type or a property that the graph's schema lacks is an error here and empty there.
- Give paths of variable length both bounds: `-[:SUBCLASS_OF|PART_OF*1..3]->`. Rows come in the order that ORDER BY
  says, and else in any.
- Name every column with AS, and not like a variable of the query: `m.name AS method`, not `m.name AS m`. As names the
  words `end`, `on`, `starts`, `ends`, `order`, `group`, `table`, `index`, `column`, `profile`, `all`, `any`, `none`,
  `single` are taken; quote them with backquotes.
- Functions: count, sum, avg, min, max, collect, size, coalesce, left, toLower, toUpper, trim, toString, toInteger,
  toFloat, head, last, split, type, length, CASE, IN, STARTS WITH, ENDS WITH, CONTAINS, `=~`, `EXISTS { MATCH ... }`.
  `substring` and `list[i]` count from 0 in Neo4j and from 1 here: use left, head, last and UNWIND.
- Dates: compare with `date('2024-02-01')`; a month is `left(toString(p.published), 7)`; no `p.published.year`
  (a paper has `year`).
- Strings stand in quotes of either kind; a quote inside is escaped with a backslash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kg.query.result import Result, format_result
from kg.schema import Graph

__all__ = ["Result", "format_result", "query_cypher", "query_sparql", "query_sql"]


def query_sql(library: Path, text: str) -> Result:
    """The answer to a SELECT statement over the tables and views of a library.

    The file is opened to read only, without file system, network, extensions or settings that could be changed.

    Raises QueryError on anything but one SELECT-like statement and on what DuckDB refuses, LibraryError where the
    file cannot be opened.
    """
    from kg.query import sql

    return sql.run(Path(library), text)


def query_cypher(graph: Callable[[], Graph], text: str, *, cache: Path, fingerprint: str) -> Result:
    """The answer to a Cypher query that reads, on an embedded LadybugDB made from the graph.

    graph: called only where the database for this fingerprint is not in the folder `cache` yet.
    The first query over a state of the library makes the database (seconds for a million edges).

    Raises QueryError on what would change something or is wrong, with the place where the engine says it;
    MissingExtraError without ladybug.
    """
    from kg.query import cypher

    return cypher.run(graph, text, cache=Path(cache), fingerprint=fingerprint)


def query_sparql(
    ntriples: Callable[[], Iterable[str]],
    text: str,
    *,
    cache: Path,
    fingerprint: str,
    prefixes: Mapping[str, str],
) -> Result:
    """The answer to a SPARQL query (SELECT, ASK, CONSTRUCT, DESCRIBE), on an oxigraph store made from N-Triples.

    ntriples: called only where the store for this fingerprint is not in the folder `cache` yet.
    prefixes: declared already; a PREFIX of the query wins.  IRIs in the answer are strings.

    Raises QueryError on an update, on SERVICE and on what is wrong, with line and column; MissingExtraError without
    pyoxigraph.
    """
    from kg.query import sparql

    return sparql.run(ntriples, text, cache=Path(cache), fingerprint=fingerprint, prefixes=prefixes)
