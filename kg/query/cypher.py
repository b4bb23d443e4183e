"""Cypher on an embedded LadybugDB that is made from the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import MissingExtraError, QueryError
from kg.query.interrupt import interruptible
from kg.query.result import Result, plain_value
from kg.query.views import opened_view
from kg.schema import EDGE_ENDPOINTS, EDGE_PROPERTIES, NODE_PROPERTIES, Graph, Property, camel

try:
    import ladybug
except ImportError as error:
    raise MissingExtraError.of("ladybug", extra="cypher") from error

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_reads_only", "run"]

VERSION = "1"
"""Of what `_make` writes; another one is made anew."""


def run(graph: Callable[[], Graph], text: str, *, cache: Path, fingerprint: str) -> Result:
    """The answer to one Cypher query that reads; everything else is refused."""
    text = re.sub(r"\r\n?", "\n", text)
    check_reads_only(text)
    stamp = f"{VERSION} {ladybug.__version__} {fingerprint}"
    with opened_view(cache, "cypher", stamp, lambda folder: _make(folder, graph())) as folder:
        database = ladybug.Database(str(folder / FILE), read_only=True)
        connection = ladybug.Connection(database)
        try:
            return interruptible(lambda: _ask(connection, text), connection.interrupt)
        finally:
            connection.close()
            database.close()


def _ask(connection: ladybug.Connection, text: str) -> Result:
    try:
        answer = connection.execute(text)
        columns = tuple(answer.get_column_names())
        return Result(columns, [tuple(map(_plain, row)) for row in answer.get_all()])
    except RuntimeError as error:
        raise QueryError(_explain(str(error))) from error


_PLACE = re.compile(r"\(line: (\d+), offset: (\d+)\)")


def _explain(message: str) -> str:
    place = _PLACE.search(message)
    where = f", line {place[1]}, column {int(place[2]) + 1}" if place else ""
    return f"Cypher{where}: {message}"


def _plain(value: Any) -> Any:
    """A value as plain Python; a node or an edge is a dictionary of its label and the properties it has."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return plain_value(value)
    if "_NODES" in value:
        steps = [step for pair in zip(value["_NODES"], [*value["_RELS"], None], strict=True) for step in pair]
        return _plain(steps[:-1])
    if "_LABEL" in value:
        kept = {key: item for key, item in value.items() if not key.startswith("_") and item is not None}
        value = {"label": value["_LABEL"], **kept}
    return {key: _plain(item) for key, item in value.items()}


# ---------------------------------------------------------------------------------------------- reading only

# The engine's own read-only mode lets COPY TO write files, LOAD FROM read them, INSTALL use the network, and CALL
# change settings; so what is no reading clause of Cypher is refused before the engine sees it. Words are looked at
# wherever they stand outside strings, quoted names and comments.
_TOKEN = re.compile(
    r"""(?P<skip> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` | //[^\n]* | /\*.*?\*/ | \s+ )
      | (?P<word> \w+ ) | (?P<sign> . )""",
    re.VERBOSE | re.DOTALL,
)
_STARTS = frozenset("MATCH OPTIONAL UNWIND WITH RETURN CALL".split())
_REFUSED = frozenset(
    "ALTER ATTACH CHECKPOINT COMMENT COPY CREATE DELETE DETACH DROP EXPORT FOREACH IMPORT INSERT INSTALL LOAD MERGE"
    " REMOVE SET UNINSTALL UPDATE".split()
)
_CALLED = frozenset("SHOW_CONNECTION SHOW_TABLES TABLE_INFO".split())


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield match[0].upper(), match.start()


def check_reads_only(text: str) -> None:
    """Raise QueryError where a Cypher text is anything but one query that reads.

    >>> check_reads_only("MATCH (m:Method) WHERE m.name = 'SET' RETURN m.name;")
    >>> check_reads_only("MATCH (m:Method) SET m.name = 'x'")
    Traceback (most recent call last):
    kg.errors.QueryError: Cypher, line 1, column 18: the graph is read-only, SET is refused; as a name write `SET`
    """
    tokens = list(_tokens(text))
    if tokens and tokens[-1][0] == ";":
        tokens.pop()
    if not tokens:
        raise QueryError("Cypher: the query is empty")
    if tokens[0][0] not in _STARTS:
        raise _refusal(text, tokens[0], "the graph is read-only, a query begins with MATCH, UNWIND, WITH or RETURN")
    for token, following in zip(tokens, [*tokens[1:], ("", len(text))], strict=True):
        word = token[0]
        if word in _REFUSED:
            raise _refusal(text, token, f"the graph is read-only, {word} is refused; as a name write `{word}`")
        if word == "CALL" and following[0] not in _CALLED:
            raise _refusal(text, token, f"the graph is read-only, CALL knows only {', '.join(sorted(_CALLED)).lower()}")
        if word == ";":
            raise _refusal(text, token, "one query at a time")
        if word == "$":
            raise _refusal(text, token, "parameters have no values here; write the value itself")


def _refusal(text: str, token: tuple[str, int], why: str) -> QueryError:
    before = text[: token[1]]
    line, column = before.count("\n") + 1, token[1] - before.rfind("\n")
    return QueryError(f"Cypher, line {line}, column {column}: {why}")


# ---------------------------------------------------------------------------------------------- the store

FILE = "graph.lbug"

_TYPES = {
    "string": "STRING",
    "integer": "INT64",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "strings": "STRING[]",
    "integers": "INT64[]",
}

# Functions that Neo4j has and the engine lacks or calls otherwise.
_MACROS = (
    "toString(value) AS cast(value AS STRING)",
    "toInteger(value) AS cast(value AS INT64)",
    "toFloat(value) AS cast(value AS DOUBLE)",
    "head(items) AS list_extract(items, 1)",
    "last(items) AS list_extract(items, -1)",
    "split(value, separator) AS string_split(value, separator)",
    "type(edge) AS label(edge)",
)


def _make(folder: Path, graph: Graph) -> None:
    """Write the graph as a database: a table a node type, a table an edge type over its pairs of node types.

    Cost: linear in nodes and edges (columns are handed over as Arrow).
    """
    database = ladybug.Database(str(folder / FILE))
    connection = ladybug.Connection(database)
    try:
        for macro in _MACROS:
            connection.execute(f"CREATE MACRO {macro}")
        for node_type, properties in NODE_PROPERTIES.items():
            connection.execute(f"CREATE NODE TABLE {node_type}(id STRING PRIMARY KEY, {_columns(properties)})")
            rows = _where(graph.nodes, type=node_type)
            _copy(connection, node_type, _table(rows, ["id"], properties))
        for edge_type, pairs in EDGE_ENDPOINTS.items():
            ends = ", ".join(f"FROM {source} TO {target}" for source, target in pairs)
            connection.execute(f"CREATE REL TABLE {edge_type}({ends}, {_columns(EDGE_PROPERTIES)})")
            of_type = _where(graph.edges, type=edge_type)
            for source, target in pairs:
                rows = _where(of_type, source_type=source, target_type=target)
                where = f" (from='{source}', to='{target}')"
                _copy(connection, edge_type, _table(rows, ["source", "target"], EDGE_PROPERTIES), where)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
        database.close()


def _columns(properties: tuple[Property, ...]) -> str:
    return ", ".join(f"`{camel(p.name)}` {_TYPES[p.kind]}" for p in properties)


def _where(table: pa.Table, **equal: str) -> pa.Table:
    import pyarrow.compute as pc

    for column, value in equal.items():
        table = table.filter(pc.equal(table[column], str(value)))
    return table


def _table(rows: pa.Table, keys: list[str], properties: tuple[Property, ...]) -> pa.Table:
    names = [*keys, *(p.name for p in properties)]
    return rows.select(names).rename_columns([camel(name) for name in names])


def _copy(connection: ladybug.Connection, table: str, rows: pa.Table, where: str = "") -> None:
    if rows.num_rows:
        connection.execute(f"COPY {table} FROM $rows{where}", parameters={"rows": rows})
