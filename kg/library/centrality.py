"""Stored results of `kg centrality`: values of nodes, kept beside the graph and never part of the facts.

The library holds one result a measure; the node view shows it as a property of that name. A result belongs to the graph
that it was computed from: when the graph is made anew, all results go.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from kg.errors import LibraryError
from kg.schema import MEASURES

__all__ = ["TABLES", "drop", "keep", "stamp", "stored"]

_SQL = {"number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN"}
_COLUMNS = ", ".join(f"{name} {_SQL[kind]}" for name, kind in MEASURES)

TABLES = f"""
CREATE TABLE centrality (node VARCHAR PRIMARY KEY, {_COLUMNS});
CREATE TABLE centrality_runs (measure VARCHAR PRIMARY KEY, options VARCHAR NOT NULL, digest VARCHAR NOT NULL);
"""


def keep(
    connection: duckdb.DuckDBPyConnection, measure: str, options: Mapping[str, Any], values: Mapping[str, float]
) -> None:
    """Store the values of a measure in place of those that it had; the caller holds the transaction.

    Raises LibraryError for a measure that is no property of nodes.
    """
    if measure not in (names := [p.name for p in MEASURES]):
        raise LibraryError(f"{measure!r} cannot be stored; expected one of {', '.join(names)}")
    _forget(connection, measure)
    # DuckDB reads the local variable as a table.
    incoming = pa.table({"node": list(values), "value": list(values.values())})  # noqa: F841
    connection.execute(
        f"INSERT INTO centrality (node, {measure}) SELECT node, value FROM incoming "
        f"ON CONFLICT (node) DO UPDATE SET {measure} = excluded.{measure}"
    )
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    row = [measure, json.dumps(options, sort_keys=True), digest]
    connection.execute("INSERT INTO centrality_runs VALUES (?, ?, ?)", row)


def _forget(connection: duckdb.DuckDBPyConnection, measure: str) -> None:
    connection.execute(f"UPDATE centrality SET {measure} = NULL")
    connection.execute(f"DELETE FROM centrality WHERE {' AND '.join(f'{name} IS NULL' for name, _ in MEASURES)}")
    connection.execute("DELETE FROM centrality_runs WHERE measure = ?", [measure])


def drop(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget all results; the caller holds the transaction."""
    connection.execute("DELETE FROM centrality; DELETE FROM centrality_runs")


def stored(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The measures that are stored, and the options of the run that each comes from."""
    rows = connection.execute("SELECT measure, options FROM centrality_runs ORDER BY measure").fetchall()
    return {measure: json.loads(options) for measure, options in rows}


def stamp(connection: duckdb.DuckDBPyConnection) -> str:
    """Short text that is another one where other values are stored; empty where there are none."""
    rows = connection.execute("SELECT measure, digest FROM centrality_runs ORDER BY measure").fetchall()
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16] if rows else ""
