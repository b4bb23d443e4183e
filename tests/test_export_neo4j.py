"""Export to a real Neo4j server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase
from neo4j.time import Date
from neo4j_server import Server, make_home, run_admin, start_server

from kg.errors import ExportError
from kg.export import export_graph
from kg.library.tables import graph_from_rows
from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, Graph, NodeType, camel


def load(server: Server, graph: Graph, **options: Any) -> dict[str, int]:
    where = {"uri": server.uri, "user": server.user, "password": server.password}
    return export_graph("neo4j", graph, None, **(where | options))


def ask(server: Server, query: str) -> list[list[Any]]:
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        return [list(record.values()) for record in driver.execute_query(query).records]


def contents(server: Server) -> tuple[dict[str, Any], dict[tuple[str, str, str], Any]]:
    """All nodes and relationships with their properties, as the graph writes them."""

    def plain(properties: dict[str, Any]) -> dict[str, Any]:
        return {k: v.to_native() if isinstance(v, Date) else v for k, v in properties.items()}

    nodes = {n["id"]: (labels, plain(dict(n))) for labels, n in ask(server, "MATCH (n) RETURN labels(n), n")}
    edges = ask(server, "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)")
    return nodes, {(a, kind, b): properties for a, kind, b, properties in edges}


def expected(graph: Graph) -> tuple[dict[str, Any], dict[tuple[str, str, str], Any]]:
    nodes = {}
    for row in graph.nodes.to_pylist():
        names = ["id", *(p.name for p in NODE_PROPERTIES[NodeType(row["type"])])]
        nodes[row["id"]] = ([row["type"]], {camel(n): row[n] for n in names if row[n] is not None})
    edges = {
        (row["source"], row["type"], row["target"]): {
            camel(p.name): row[p.name] for p in EDGE_PROPERTIES if row[p.name] is not None
        }
        for row in graph.edges.to_pylist()
    }
    return nodes, edges


def grown(graph: Graph, n: int) -> Graph:
    """The graph with n more methods, each part of another."""
    nodes, edges = graph.nodes.to_pylist(), graph.edges.to_pylist()
    nodes += [{"id": f"method:m{i}", "type": "Method", "name": f"M{i}", "aliases": [f"m-{i}"]} for i in range(n)]
    ends = {"source_type": "Method", "type": "PART_OF", "target_type": "Method", "papers": 1}
    edges += [ends | {"source": f"method:m{i}", "target": f"method:m{(i * 7 + 1) % n}"} for i in range(n)]
    return graph_from_rows(nodes, edges)


def test_the_server_holds_what_the_graph_holds_and_a_second_run_changes_nothing(
    database: Server, tiny_graph: Graph
) -> None:
    first = load(database, tiny_graph)
    assert first == {"nodes": tiny_graph.nodes.num_rows, "edges": tiny_graph.edges.num_rows}
    assert contents(database) == expected(tiny_graph)
    assert load(database, tiny_graph, prune=True) == first | {"edges pruned": 0, "nodes pruned": 0}
    assert contents(database) == expected(tiny_graph)


def test_ids_are_unique_by_constraint(database: Server, tiny_graph: Graph) -> None:
    load(database, tiny_graph)
    constrained = ask(database, "SHOW CONSTRAINTS YIELD labelsOrTypes, properties RETURN labelsOrTypes[0], properties")
    assert sorted(constrained) == sorted([str(label), ["id"]] for label in NODE_PROPERTIES)


def test_prune_removes_what_is_gone_and_nothing_else(database: Server, tiny_graph: Graph) -> None:
    load(database, grown(tiny_graph, 30))
    ask(database, "CREATE (:Other {id: 'mine'})")
    ask(database, "MATCH (m:Method {id: 'method:grpo'}) SET m.stale = 1")
    ask(database, "MATCH (:Author)-[r:AUTHORED]->() SET r.papers = 9, r.stale = 1")
    done = load(database, tiny_graph, prune=True, batch=7)
    assert (done["nodes pruned"], done["edges pruned"]) == (30, 30)
    nodes, edges = contents(database)
    assert nodes.pop("mine") == (["Other"], {"id": "mine"})
    assert (nodes, edges) == expected(tiny_graph)


def test_a_run_that_broke_off_is_completed_by_the_next(database: Server, tiny_graph: Graph) -> None:
    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "edges":
            raise KeyboardInterrupt

    graph = grown(tiny_graph, 50)
    with pytest.raises(KeyboardInterrupt):
        load(database, graph, batch=20, progress=stop)
    assert 0 < len(contents(database)[1]) < graph.edges.num_rows
    load(database, graph, batch=20)
    assert contents(database) == expected(graph)


def test_an_edge_without_its_node_is_no_silent_loss(database: Server, tiny_graph: Graph) -> None:
    nodes = [row for row in tiny_graph.nodes.to_pylist() if row["id"] != "task:mathematical-reasoning"]
    with pytest.raises(
        ExportError, match="2 of 19 edges are of a type, or between nodes, that the graph does not know"
    ):
        load(database, graph_from_rows(nodes, tiny_graph.edges.to_pylist()))


def test_errors_say_what_to_do(neo4j_server: Server, tiny_graph: Graph) -> None:
    with pytest.raises(ExportError, match="refuses user 'neo4j': set NEO4J_USER and NEO4J_PASSWORD"):
        load(neo4j_server, tiny_graph, password="wrong-password")
    with pytest.raises(ExportError, match="does not answer"):
        load(neo4j_server, tiny_graph, uri="bolt://127.0.0.1:1")
    with pytest.raises(ExportError, match="no address of a server"):
        load(neo4j_server, tiny_graph, uri="nonsense")
    with pytest.raises(ExportError, match="no server is named: give --uri"):
        load(neo4j_server, tiny_graph, uri=None)
    with pytest.raises(ExportError, match="nowhere"):
        load(neo4j_server, tiny_graph, database="nowhere")


def with_awkward_values(graph: Graph) -> Graph:
    """The graph and two nodes with what a CSV reader stumbles over."""
    paper = {"id": "paper:awkward", "type": "Paper", "title": 'two\nlines, "q" \\', "abstract": "", "count": -1}
    method = {"id": "method:awkward", "type": "Method", "name": " ;'", "aliases": ["a;b", ' "c",\td', "\\"]}
    return graph_from_rows([*graph.nodes.to_pylist(), paper, method], graph.edges.to_pylist())


def test_the_csv_files_are_read_by_the_bulk_importer(tiny_graph: Graph, tmp_path: Path) -> None:
    graph, folder, home = with_awkward_values(tiny_graph), tmp_path / "csv", tmp_path / "home"
    export_graph("csv", graph, folder)
    options = (folder / "import.txt").read_text().split()
    placed = [o.replace("=", f"={folder}/", 1) if o.startswith(("--nodes", "--relationships")) else o for o in options]
    port = make_home(home, "dbms.security.auth_enabled=false")
    run_admin(home, "database", "import", "full", "neo4j", *placed)
    with start_server(home, port) as server:
        nodes, edges = contents(server)
    wanted, wanted_edges = expected(graph)
    # The importer takes an empty list for none.
    wanted = {k: (labels, {n: v for n, v in p.items() if v != []}) for k, (labels, p) in wanted.items()}
    assert (nodes, edges) == (wanted, wanted_edges)
