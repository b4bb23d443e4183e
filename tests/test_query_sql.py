"""SQL over a library file: SELECT answers, everything else is refused, and no file or setting can be reached."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from kg.errors import LibraryError, QueryError
from kg.query import Result, query_sql
from kg.schema import Graph


@pytest.fixture(scope="module")
def library(tiny_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "tiny.duckdb"
    nodes, edges = tiny_graph.nodes, tiny_graph.edges
    with duckdb.connect(str(path)) as connection:
        connection.register("given_nodes", nodes)
        connection.register("given_edges", edges)
        connection.execute("CREATE TABLE nodes AS FROM given_nodes; CREATE TABLE edges AS FROM given_edges")
    (path.parent / "data.csv").write_text("a,b\n1,2\n")
    return path


def test_a_select_answers_in_plain_values(library: Path) -> None:
    answer = query_sql(
        library, "SELECT published, sources, year, venue, url IS NULL AS bare FROM nodes WHERE id = 'paper:arxiv-2402.03300'"
    )  # fmt: skip
    day = datetime.date(2024, 2, 5)
    assert answer == Result(
        ("published", "sources", "year", "venue", "bare"), [(day, ["a.jsonl", "b.bib"], 2024, "arXiv", False)]
    )


@pytest.mark.parametrize(
    "text",
    [
        "FROM nodes SELECT count(*)",
        "WITH x AS (FROM nodes) SELECT count(*) FROM x;",
        "/* -- */ SELECT count(*) FROM nodes -- ; DROP TABLE nodes",
    ],
)
def test_the_forms_of_a_select(library: Path, text: str) -> None:
    assert query_sql(library, text).rows == [(12,)]
    assert query_sql(library, "DESCRIBE nodes").columns[0] == "column_name"
    assert query_sql(library, "SHOW TABLES").rows == [("edges",), ("nodes",)]
    assert query_sql(library, "VALUES (1.50, 2::DECIMAL)").rows == [(1.5, 2)]
    assert query_sql(library, "SELECT 1 WHERE false") == Result(("1",), [])


REFUSED = """
INSERT INTO nodes BY NAME SELECT 'x' AS id
UPDATE nodes SET id = 'x'
DELETE FROM nodes
WITH x AS (SELECT 1) DELETE FROM nodes
DROP TABLE nodes
ALTER TABLE nodes ADD COLUMN x INT
TRUNCATE nodes
CREATE TABLE x (a INT)
CREATE TEMP TABLE x (a INT)
CREATE MACRO f(x) AS x
MERGE INTO nodes USING nodes n ON true WHEN MATCHED THEN DELETE
COPY nodes TO 'out.csv'
COPY nodes FROM 'data.csv'
COPY (SELECT 1) TO 'out.parquet'
EXPORT DATABASE 'out'
IMPORT DATABASE 'out'
ATTACH ':memory:' AS other
ATTACH 'other.duckdb'
DETACH tiny
USE memory
INSTALL httpfs
LOAD httpfs
LOAD 'x.so'
SET enable_external_access = true
SET lock_configuration = false
RESET threads
PRAGMA database_list
PRAGMA enable_profiling
CALL duckdb_tables()
CHECKPOINT
VACUUM
BEGIN
COMMIT
PREPARE q AS SELECT 1
EXECUTE q
EXPLAIN ANALYZE SELECT 1
COMMENT ON TABLE nodes IS 'x'
SELECT 1; DROP TABLE nodes
SELECT 1; SELECT 2
""".strip().splitlines()


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_single_select_is_refused(library: Path, text: str) -> None:
    before = library.read_bytes()
    with pytest.raises(QueryError, match=r"read-only|one statement"):
        query_sql(library, text)
    assert library.read_bytes() == before
    assert sorted(p.name for p in library.parent.iterdir()) == ["data.csv", "tiny.duckdb"]


@pytest.mark.parametrize(
    "source",
    "read_csv({0!r}) {0!r} read_text({0!r}) read_blob({0!r}) glob({0!r}) read_json({0!r}) read_parquet({0!r})"
    " sniff_csv({0!r}) parquet_metadata({0!r}) read_csv('https://example.org/x.csv') 'https://example.org/x.parquet'"
    " query('SELECT*FROM&read_text({0})') sqlite_scan({0!r},'t') read_duckdb({0!r})".split(),
)
def test_files_and_the_network_are_out_of_reach(library: Path, source: str) -> None:
    source = source.replace("&", " ").format(str(library.parent / "data.csv"))
    with pytest.raises(QueryError):
        query_sql(library, f"SELECT * FROM {source}")


def test_variables_of_the_process_are_out_of_reach(library: Path) -> None:
    import pyarrow as pa

    secret = pa.table({"a": [1]})
    with pytest.raises(QueryError, match="secret does not exist"):
        query_sql(library, "SELECT * FROM secret")
    with pytest.raises(QueryError):
        query_sql(library, "SELECT getenv('HOME')")
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELEC 1", r"LINE 1: SELEC 1\n +\^"),
        ("SELECT *\nFROM nodes\nWHERE nope = 1", r"LINE 3"),
        ("SELECT * FROM nope", "nope does not exist"),
        ("SELECT $x", "parameter"),
        ("SELECT 1/0 + 'a'", "Conversion"),
        ("", "one statement, got 0"),
        (";", "one statement, got 0"),
        ("SELECT '\x00", "SQL"),
    ],
)
def test_a_wrong_query_says_what_and_where(library: Path, text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        query_sql(library, text)


def test_a_text_in_a_literal_stays_a_literal(library: Path) -> None:
    text = "x'; DROP TABLE nodes; --"
    quoted = text.replace("'", "''")
    assert query_sql(library, f"SELECT '{quoted}' AS t").rows == [(text,)]


def test_a_missing_or_foreign_file_is_a_library_error(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such library"):
        query_sql(tmp_path / "none.duckdb", "SELECT 1")
    (tmp_path / "x.duckdb").write_text("not a database" * 1000)
    with pytest.raises(LibraryError, match=r"x\.duckdb"):
        query_sql(tmp_path / "x.duckdb", "SELECT 1")


def test_a_large_answer_comes_whole(library: Path) -> None:
    assert len(query_sql(library, "SELECT i, 'x' || i FROM range(200000) AS r(i)").rows) == 200_000
