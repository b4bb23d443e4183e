"""SPARQL on the embedded store: all forms of query, prefixes, no update, no network, errors with line and column."""

from __future__ import annotations

import contextlib
import datetime
import socket
import threading
from collections.abc import Callable

import pytest
from conftest import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.export import rdf
from kg.query import Result, query_sparql
from kg.query.sparql import check_stays_here
from kg.schema import Graph

Ask = Callable[[str], Result]


@pytest.fixture(scope="module")
def ask(tiny_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    cache = tmp_path_factory.mktemp("sparql")
    return lambda text: query_sparql(
        lambda: rdf.ntriples(tiny_graph), text, cache=cache, fingerprint="tiny", prefixes=rdf.PREFIXES
    )


def test_every_triple_is_there_once(ask: Ask, tiny_graph: Graph) -> None:
    ((count,),) = ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert count == len(set(rdf.ntriples(tiny_graph)))


def test_a_select_answers_in_plain_values(ask: Ask) -> None:
    text = """SELECT ?p ?day ?year ?number ?known ?none {
      ?p kg:published ?day ; kg:year ?year ; kg:states/kg:number ?number ; kg:introduces/kg:known ?known .
      OPTIONAL { ?p kg:nothing ?none } }"""
    iri = "https://w3id.org/kg/id/paper/arxiv-2402.03300"
    columns = ("p", "day", "year", "number", "known", "none")
    assert ask(text) == Result(columns, [(iri, datetime.date(2024, 2, 5), 2024, 5.2, True, None)])


def test_the_other_forms_of_a_query(ask: Ask) -> None:
    assert ask("ASK { ?m a kg:Method }") == Result(("answer",), [(True,)])
    assert ask("ASK { ?m a kg:Nothing }").rows == [(False,)]
    triples = ask('CONSTRUCT { ?m skos:notation ?name } WHERE { ?m a kg:Method ; kg:name ?name FILTER(?name = "PPO") }')
    notation = "http://www.w3.org/2004/02/skos/core#notation"
    assert triples == Result(
        ("subject", "predicate", "object"), [("https://w3id.org/kg/id/method/ppo", notation, "PPO")]
    )
    assert len(ask("DESCRIBE method:ppo").rows) > 3
    assert ask("SELECT ?x { ?x a kg:Nothing }") == Result(("x",), [])
    assert ask("SELECT ('a'@en AS ?l) ('x'^^xsd:integer AS ?bad) (BNODE() AS ?b) ('INF'^^xsd:double AS ?i) {}").rows[0][:2] == (
        "a", "x",
    )  # fmt: skip


def test_a_prefix_of_the_query_wins(ask: Ask) -> None:
    assert ask("PREFIX kg: <http://example.org/> SELECT * { ?s kg:name ?o }").rows == []
    assert ask("PREFIX my: <https://w3id.org/kg/ontology#> SELECT ?n { ?s my:name ?n FILTER(?n = 'PPO') }").rows == [
        ("PPO",)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { kg:a kg:b 1 }",
        "PREFIX x: <http://x/>\nINSERT DATA { x:a x:b 1 }",
        "DELETE DATA { kg:a kg:b 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "WITH kg:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "DROP ALL",
        "CREATE GRAPH <http://x/>",
        "COPY DEFAULT TO <http://x/>",
        "MOVE DEFAULT TO <http://x/>",
        "ADD DEFAULT TO <http://x/>",
        "ASK {} ; DROP ALL",
    ],
)
def test_updates_are_refused(ask: Ask, text: str) -> None:
    with pytest.raises(QueryError, match=r"SPARQL, line \d+, column \d+: "):
        ask(text)
    assert ask("ASK { ?m a kg:Method }").rows == [(True,)]


def test_an_update_is_told_that_it_is_one(ask: Ask) -> None:
    with pytest.raises(QueryError, match="the graph is read-only"):
        ask("INSERT DATA { kg:a kg:b 1 }")


SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o.SERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1 SERVICESILENT<URL>{ ?s ?p ?o } }",
    "PREFIX service: <URL> SELECT * { SERVICE service: { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { SERVICE # comment ? \" '\n <URL> { ?s ?p ?o } }",
    "SELECT * { VALUES (?a ?b) {(1 2)} FILTER(?a<?b)SERVICE#>\n <URL> { ?s ?p ?o } }",
    'SELECT * { <urn:x#"> ?p ?o SERVICE <URL> { ?s ?p "" } }',
    "SELECT * { ?x ?y <#a> . SERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { ?x kg:a\\#b """ """ . SERVICE <URL> { ?s ?p ?o } }',
    "SELECT * { ?x kg:a\\'b ?y . SERVICE <URL> { ?s ?p ?o } } #'",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\u0022 . SERVICE <URL> { ?s ?p ?o } #" }',
    "SELECT * { ?s ?p 'a' . SERVICE <URL> { ?s ?p 'b' } }",
    "SELECT * { ?s ?p '''a' ''' . SERVICE <URL> { ?s ?p '''b''' } }",
    'SELECT * { ?s ?p "a\\\\" . SERVICE <URL> { ?s ?p "b" } }',
    "SELECT * { # ' \r SERVICE <URL> { ?s ?p ?o } # ' \n }",
]


@pytest.mark.parametrize("text", SERVICES)
def test_no_query_leaves_the_machine(ask: Ask, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[object] = []

        def listen() -> None:
            with contextlib.suppress(OSError):
                heard.append(server.accept())

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        with pytest.raises(QueryError, match="SERVICE is refused"):
            ask(text.replace("URL", f"http://127.0.0.1:{server.getsockname()[1]}/"))
        server.shutdown(socket.SHUT_RDWR)
    listener.join(5)
    assert heard == []


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?x { ?x kg:name "SERVICE" }',
        "SELECT ?x { ?x kg:name '''a 'service' \" \n\n SERVICE <x>''' }",
        'SELECT ?x { ?x kg:name """a" } SERVICE <http://x/> { ?s ?p "b""" }',
        "SELECT ?service { ?service kg:service <http://example.org/service#service> } # which service?",
        "SELECT $service { FILTER(1 < 2 && 'service' < 'x') $service a kg:Nothing }",
        'SELECT ?x { ?x kg:name "a\\"SERVICE <http://x/>" }',
    ],
)
def test_the_word_service_may_stand_where_it_says_nothing(ask: Ask, text: str) -> None:
    assert ask(text).rows == []


def test_from_reads_no_file(ask: Ask) -> None:
    assert ask("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }").rows == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * {\n ?s ?p", "line 2, column 7"),
        ("SELECT * {\n ?s nope:p ?o }", "line 2, column 11: this prefix is not declared"),
        ("SELEC * {}", "line 1, column"),
        ("", "line 1, column 1"),
        ("SELECT * { ?s ?p 'open }", "line 1"),
        ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", "SPARQL"),
        ("SELECT * { \x00 }", "line 1, column"),
    ],
)
def test_a_wrong_query_says_what_and_where(ask: Ask, text: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        ask(text)


def test_hostile_names_are_found_as_literals(ask: Ask) -> None:
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    assert ask(f'SELECT ?name {{ ?m a kg:Method ; kg:name ?name FILTER(?name = "{quoted}") }}').rows == [(HOSTILE,)]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="'\"<>#\\\n?: aservice", max_size=30), st.sampled_from("'\""))
def test_a_literal_never_hides_what_follows(value: str, quote: str) -> None:
    escaped = value.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n")
    check_stays_here(f"SELECT * {{ ?s ?p {quote}service {escaped}{quote} }}")
    with pytest.raises(QueryError, match="SERVICE is refused"):
        check_stays_here(f"SELECT * {{ ?s ?p {quote}{escaped}{quote} . SERVICE <http://x/> {{ ?s ?p ?o }} }}")


def test_long_texts_are_looked_through_once() -> None:
    for text in ("'" * 100_001, '"""' * 50_000, "<" * 100_000, "<a" * 50_000, "(" * 100_000, "\\" * 100_000):
        check_stays_here("# service\n" + text)


def test_a_large_answer_comes_whole(ask: Ask, tiny_graph: Graph) -> None:
    assert len(ask("SELECT * { ?a a ?b . ?c a ?d . ?e kg:id ?f }").rows) > 1_000
