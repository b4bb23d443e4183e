"""Cypher on the embedded engine: the whole graph is there, only reading is possible, and errors say where."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MissingExtraError, QueryError
from kg.query import Result, query_cypher
from kg.query.cypher import check_reads_only
from kg.schema import EDGE_ENDPOINTS, EDGE_PROPERTIES, NODE_PROPERTIES, Graph, NodeType, camel

Ask = Callable[[str], Result]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cypher")


@pytest.fixture(scope="module")
def ask(tiny_graph: Graph, cache: Path) -> Ask:
    return lambda text: query_cypher(lambda: tiny_graph, text, cache=cache, fingerprint="tiny")


@pytest.mark.parametrize("node_type", NodeType)
def test_every_node_is_there_with_every_property(ask: Ask, tiny_graph: Graph, node_type: NodeType) -> None:
    names = ["id", *(p.name for p in NODE_PROPERTIES[node_type])]
    columns = ", ".join(f"n.{camel(name)} AS {camel(name)}" for name in names)
    answer = ask(f"MATCH (n:{node_type}) RETURN {columns} ORDER BY id")
    expected = [tuple(row[n] for n in names) for row in tiny_graph.nodes.to_pylist() if row["type"] == node_type]
    assert answer == Result(tuple(map(camel, names)), expected)


def test_every_edge_is_there_with_every_property(ask: Ask, tiny_graph: Graph) -> None:
    names = [p.name for p in EDGE_PROPERTIES]
    columns = ", ".join(f"r.{camel(name)}" for name in names)
    answer = ask(f"MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, {columns}")
    rows = [tuple(row[n] for n in ("source", "type", "target", *names)) for row in tiny_graph.edges.to_pylist()]
    assert sorted(answer.rows, key=repr) == sorted(rows, key=repr)


def test_every_pair_of_the_schema_can_be_asked_for(ask: Ask) -> None:
    for edge, pairs in EDGE_ENDPOINTS.items():
        for source, target in pairs:
            assert len(ask(f"MATCH (:{source})-[r:{edge}]->(:{target}) RETURN count(r) AS n").rows) == 1


def test_a_node_an_edge_and_a_path_come_as_plain_values(ask: Ask) -> None:
    ((author, edge, path),) = ask("MATCH p = (a:Author)-[r:AUTHORED]->(:Paper) RETURN a, r, p").rows
    assert author == {"label": "Author", "id": "author:ada-lovelace", "name": "Ada Lovelace"}
    assert edge == {"label": "AUTHORED"}
    assert [step["label"] for step in path] == ["Author", "AUTHORED", "Paper"]
    assert ask("MATCH (m:Method) RETURN sum(m.papers) AS n, avg(m.papers) AS a").rows == [(3, 1.0)]


# What `kg.query` documents as common to Neo4j and the embedded engine; `test_questions.py` runs these on Neo4j too.
COMMON = [
    ("MATCH (p:Paper) RETURN left(toString(p.published), 7) AS month ORDER BY month LIMIT 1", [("2024-02",)]),
    ("MATCH (p:Paper) WHERE p.published >= date('2024-02-01') RETURN p.id AS id", [("paper:arxiv-2402.03300",)]),
    ("MATCH (m:Method)-[:SUBCLASS_OF|PART_OF*1..3]->(a:Method) RETURN m.name AS m, a.name AS a", [("GRPO", "PPO")]),
    ("MATCH p = (:Method)-[:SUBCLASS_OF*1..3]->(:Method) RETURN length(p) AS n", [(1,)]),
    ("MATCH (:Claim)-[r]->(d:Dataset) RETURN type(r) AS t, d.name AS d", [("EVALUATED_ON", "GSM8K")]),
    ("MATCH (:Method)-[r:USED_FOR]->(:Task) RETURN head(r.evidenceStarts) AS a, last(r.evidenceStops) AS b", [(38, 70)]),
    ("MATCH (p:Paper)-[r:MENTIONS]->(:Method {name: 'GRPO'}) UNWIND r.evidenceStarts AS s RETURN s ORDER BY s", [(14,), (38,)]),
    ("MATCH (p:Paper) WHERE EXISTS { MATCH (p)-[:INTRODUCES]->(:Method) } RETURN p.year AS year", [(2024,)]),
    ("MATCH (m:Method) WHERE NOT (m)-[:SUBCLASS_OF]->() AND m.known RETURN m.name AS m", [("PPO",)]),
    ("MATCH (m:Method) WHERE m.name STARTS WITH 'GR' OR m.name ENDS WITH 'x' OR m.name CONTAINS 'y' RETURN m.name AS m", [("GRPO",)]),
    ("MATCH (m:Method) WHERE m.name =~ 'P.*' RETURN toLower(m.name) AS m", [("ppo",)]),
    ("MATCH (m:Method {name: 'PPO'}) RETURN CASE WHEN m.known THEN 'known' ELSE 'new' END AS k", [("known",)]),
    ("MATCH (m:Method) WITH m.known AS k, count(*) AS n WHERE n > 1 RETURN k, n", [(True, 2)]),
    ("MATCH (m:Method) WHERE m.known RETURN size(collect(DISTINCT m.name)) AS n, min(m.year) AS y, avg(m.papers) AS a", [(2, 2017, 1.0)]),
    ("OPTIONAL MATCH (m:Method {name: 'none'}) RETURN coalesce(m.name, 'nothing') AS m", [("nothing",)]),
    ("MATCH (d:Dataset) RETURN d.name AS n UNION MATCH (t:Metric) RETURN t.name AS n", [("GSM8K",), ("accuracy",)]),
    ("MATCH (p:Paper) WHERE 'b.bib' IN p.sources RETURN p.count AS n, toFloat('1.5') AS f, toInteger('2') AS i", [(7, 1.5, 2)]),
    ("RETURN 'it\\'s' AS a, \"a\\\\b\" AS b, split('a,b', ',') AS c, trim(' x ') AS d, toUpper('x') AS e", [("it's", "a\\b", ["a", "b"], "x", "X")]),
    ("MATCH (m:Method) WHERE m.known RETURN m.name AS name ORDER BY name SKIP 1 LIMIT 1 // a comment", [("PPO",)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows"), COMMON)
def test_the_documented_subset(ask: Ask, text: str, rows: list[tuple]) -> None:
    assert sorted(ask(text).rows) == rows


REFUSED = """
CREATE (m:Method {id: 'x'})
MERGE (m:Method {id: 'x'})
MATCH (m:Method) SET m.name = 'x'
MATCH (m:Method) DELETE m
MATCH (m:Method) DETACH DELETE m
MATCH (m:Method) REMOVE m.name
MATCH (m:Method) FOREACH (x IN [1] | SET m.name = 'x')
MATCH (m:Method) CREATE (m)-[:PART_OF]->(m) RETURN m
MATCH (m:Method)/**/set m.name = 'x'
CREATE NODE TABLE X(id STRING PRIMARY KEY)
DROP TABLE Method
ALTER TABLE Method ADD x INT64
CREATE MACRO f(x) AS x
CREATE SEQUENCE s
COMMENT ON TABLE Method IS 'x'
COPY Method FROM 'data.csv'
COPY (MATCH (m:Method) RETURN m.name) TO 'out.csv'
EXPLAIN COPY (MATCH (m:Method) RETURN m.name) TO 'out.csv'
PROFILE MATCH (m:Method) RETURN m.name
LOAD FROM 'data.csv' RETURN *
LOAD WITH HEADERS (a STRING) FROM 'data.csv' RETURN a
MATCH (m:Method) WITH m LOAD FROM 'data.csv' RETURN *
MATCH (m:Method) RETURN m UNION LOAD FROM 'data.csv' RETURN *
LOAD CSV FROM 'file:///data.csv' AS row RETURN row
EXPORT DATABASE 'out'
IMPORT DATABASE 'out'
ATTACH 'other.lbug' AS other (dbtype lbug)
DETACH other
USE DATABASE other
INSTALL httpfs
LOAD EXTENSION httpfs
LOAD EXTENSION 'x.so'
UNINSTALL httpfs
CALL threads=1
CALL home_directory='out'
CALL project_graph('G', ['Method'], ['SUBCLASS_OF'])
CALL current_setting('threads') RETURN *
CALL READ_CSV_SERIAL('data.csv') RETURN *
CALL read_parquet('data.csv') RETURN *
CALL { CREATE (m:Method) RETURN m } RETURN m
CHECKPOINT
BEGIN TRANSACTION
BEGIN TRANSACTION READ ONLY
COMMIT
ROLLBACK
RETURN 1; RETURN 2
RETURN 1; CREATE (m:Method {id: 'x'})
RETURN 1 /* ' */; DROP TABLE Method // '
RETURN `a` AS `b`; COMMIT
MATCH (m:Method) WHERE m.name = $name RETURN m
""".strip().splitlines()


@pytest.mark.parametrize("text", REFUSED)
def test_what_does_not_only_read_is_refused(ask: Ask, cache: Path, text: str) -> None:
    (cache / "data.csv").write_text("a,b\n1,2\n")
    ask("RETURN 1 AS one")
    before = sorted(cache.rglob("*"))
    with pytest.raises(QueryError, match=r"Cypher, line 1, column \d+: (the graph is read-only|one query|parameters)"):
        ask(text.replace("data.csv", str(cache / "data.csv")).replace("'out", f"'{cache}/out"))
    assert sorted(cache.rglob("*")) == before
    assert ask("MATCH (m:Method) RETURN count(*) AS n").rows == [(3,)]


def test_the_engine_itself_is_opened_to_read_only(ask: Ask, cache: Path) -> None:
    """The second wall: what would slip past the words is refused by the engine."""
    import ladybug

    ask("RETURN 1 AS one")
    (file,) = cache.glob("cypher-*/graph.lbug")
    with ladybug.Connection(ladybug.Database(str(file), read_only=True)) as connection:
        for text in REFUSED[:4]:
            with pytest.raises(RuntimeError, match=r"read-only|[Pp]arser"):
                connection.execute(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("MATCH (m:Method RETURN m", "line 1, column 17"),
        ("MATCH (m:Method)\nRETURN m.name,\n  m.nope + AS x", r"line 3, column \d+"),
        ("MATCH (m:Nope) RETURN m", "Nope does not exist"),
        ("MATCH (m:Method) RETURN m.nope", "nope"),
        ("MATCH (m:Method) RETURN nope(m)", "does not exist"),
        ("RETURN 'open", "line 1"),
        ("RETURN 1 /* open", "line 1"),
        ("RETURN `open", "line 1"),
        ("", "empty"),
        (" // nothing\n;", "empty"),
        ("nonsense", "begins with MATCH"),
        ("RETURN 1 AS a\x00", "Cypher"),
    ],
)
def test_a_wrong_query_says_what_and_where(ask: Ask, text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        ask(text)


def test_words_in_strings_names_and_comments_are_no_clauses(ask: Ask) -> None:
    text = "MATCH (`set`:Method) WHERE `set`.name <> 'CREATE; \\' DROP' /* DELETE; $x */ RETURN count(*) AS n // MERGE"
    assert ask(text).rows == [(3,)]
    assert ask("CALL show_tables() RETURN name").rows != []


def test_hostile_names_are_found_as_literals(ask: Ask) -> None:
    quoted = HOSTILE.replace("\\", "\\\\").replace("'", "\\'")
    assert ask(f"MATCH (m:Method {{name: '{quoted}'}}) RETURN m.name AS name").rows == [(HOSTILE,)]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="'\"`\\/*\n;$ aSET", max_size=30), st.sampled_from("'\""))
def test_any_text_can_stand_in_a_literal(value: str, quote: str) -> None:
    escaped = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
    check_reads_only(f"MATCH (m) WHERE m.name = {quote}{escaped}{quote} RETURN m")
    with pytest.raises(QueryError, match="SET is refused"):
        check_reads_only(f"MATCH (m) WHERE m.name = {quote}{escaped}{quote} SET m.name = {quote}{quote}")


def test_long_texts_are_looked_through_once() -> None:
    for text in ("'" * 100_001, "/*" * 100_000, "(" * 100_000, "a " * 100_000, "\\" * 100_000):
        check_reads_only("RETURN " + text)


def test_a_large_answer_comes_whole(ask: Ask) -> None:
    assert len(ask("UNWIND range(1, 100000) AS i RETURN i").rows) == 100_000


def test_an_empty_graph_answers_with_nothing(tmp_path: Path) -> None:
    from kg.library.tables import graph_from_rows

    text = "MATCH (p:Paper)-[:MENTIONS]->(m) RETURN m.name AS name"
    answer = query_cypher(lambda: graph_from_rows([], []), text, cache=tmp_path, fingerprint="")
    assert answer == Result(("name",), [])


@pytest.mark.parametrize(("package", "extra"), [("ladybug", "cypher"), ("pyoxigraph", "rdf")])
def test_without_the_engine_the_message_says_what_to_install(package: str, extra: str) -> None:
    call = {
        "cypher": "query_cypher(lambda: None, 'RETURN 1', cache=Path('x'), fingerprint='')",
        "rdf": "query_sparql(lambda: [], 'ASK {}', cache=Path('x'), fingerprint='', prefixes={})",
    }[extra]
    code = (
        f"import sys; sys.modules[{package!r}] = None\nfrom pathlib import Path\nfrom kg.errors import MissingExtraError\n"
        f"from kg.query import query_cypher, query_sparql\ntry: {call}\nexcept MissingExtraError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(MissingExtraError.of(package, extra=extra))
