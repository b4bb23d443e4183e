"""SQL over the library's tables, on the library file itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kg.errors import LibraryError, QueryError
from kg.query.result import Result, plain_value

__all__ = ["run"]

# Together: no file but the library, no extension, no variable of this process, and no way to change that.
_LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


def run(library: Path, text: str) -> Result:
    """The answer to one SELECT statement; everything else is refused."""
    statement = _only_select(text)
    connection = _connect(library)
    try:
        cursor = connection.execute(statement)
        columns = tuple(column[0] for column in cursor.description)
        return Result(columns, [tuple(map(plain_value, row)) for row in cursor.fetchall()])
    except duckdb.Error as error:
        raise QueryError(f"SQL: {error}") from error
    finally:
        connection.close()


def _only_select(text: str) -> duckdb.Statement:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise QueryError(f"SQL: {error}") from error
    if len(statements) != 1:
        raise QueryError(f"SQL: expected one statement, got {len(statements)}; run them one by one")
    (statement,) = statements
    if statement.type != duckdb.StatementType.SELECT:
        raise QueryError(
            f"SQL: the library is read-only here, and this is a statement of type {statement.type.name}; "
            "only SELECT (and FROM, WITH, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES) is allowed"
        )
    return statement


def _connect(library: Path) -> duckdb.DuckDBPyConnection:
    if not library.is_file():
        raise LibraryError(f"{library}: no such library; make one with: kg build PATH... --library {library}")
    try:
        return duckdb.connect(str(library), read_only=True, config=_LOCKED)
    except duckdb.Error as error:
        raise LibraryError(f"{library}: cannot be opened: {str(error).splitlines()[0]}") from error
