"""Neo4j, over Bolt by the official driver: constraints, then nodes, then relationships, in batches that MERGE by id.

Labels, types and property names come from the closed sets of `kg.schema`; everything from papers is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kg.errors import ExportError, MissingExtraError
from kg.schema import EDGE_ENDPOINTS, EDGE_PROPERTIES, NODE_PROPERTIES, Graph, camel

if TYPE_CHECKING:
    from neo4j import Session

__all__ = ["export"]


def export(
    graph: Graph,
    *,
    uri: str | None = None,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
    prune: bool = False,
    batch: int = 5000,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
) -> dict[str, int]:
    """Load a graph into a running server; a second run changes nothing. Returns the nodes and edges written and pruned.

    prune: delete nodes and relationships of this schema that the graph does not hold, and only these. batch: rows of
    one transaction; a run that breaks off leaves whole batches, and the next completes it.
    Raises ExportError where the server cannot be reached, refuses the password or fails.
    """
    with _session(uri, user, password, database) as session:
        for label in NODE_PROPERTIES:
            session.run(
                f"CREATE CONSTRAINT kg_{label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            ).consume()
        done = {"nodes": 0, "edges": 0}
        for query, rows in _node_batches(graph, batch):
            session.execute_write(_write, query, rows)
            done["nodes"] += len(rows)
            progress("nodes", done["nodes"], graph.nodes.num_rows)
        for query, rows in _edge_batches(graph, batch):
            session.execute_write(_write, query, rows)
            done["edges"] += len(rows)
            progress("edges", done["edges"], graph.edges.num_rows)
        if prune:
            done |= _prune(session, graph, batch)
    return done


@contextmanager
def _session(uri: str | None, user: str | None, password: str | None, database: str | None) -> Iterator[Session]:
    try:
        import neo4j
        from neo4j.exceptions import (
            AuthError,
            ClientError,
            ConfigurationError,
            DriverError,
            Neo4jError,
            ServiceUnavailable,
        )
    except ImportError as error:
        raise MissingExtraError.of("neo4j", extra="neo4j") from error
    if not uri:
        raise ExportError("no server is named: give --uri bolt://localhost:7687, or set NEO4J_URI")
    try:
        auth = (user or "neo4j", password) if password else None
        with (
            neo4j.GraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF") as driver,
            driver.session(database=database) as session,
        ):
            driver.verify_connectivity()
            yield session
    except AuthError as error:
        raise ExportError(f"{uri} refuses user {user or 'neo4j'!r}: set NEO4J_USER and NEO4J_PASSWORD") from error
    except ServiceUnavailable as error:
        raise ExportError(
            f"{uri} does not answer: {error}; is the server running, and is this its Bolt address?"
        ) from error
    except (ConfigurationError, ValueError) as error:
        raise ExportError(
            f"{uri!r} is no address of a server: {error}; expected something like bolt://localhost:7687"
        ) from error
    except ClientError as error:
        raise ExportError(f"{uri}: {error.message}") from error
    except (DriverError, Neo4jError) as error:
        raise ExportError(f"{uri}: {error}; run the export again, it goes on where it broke off") from error


def _write(transaction: Any, query: str, rows: list[dict[str, Any]]) -> None:
    transaction.run(query, rows=rows).consume()


def _node_batches(graph: Graph, batch: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Nodes by label. SET replaces all properties, so that none is left which the graph no longer has."""
    import pyarrow.compute as pc

    for label, properties in NODE_PROPERTIES.items():
        table = graph.nodes.filter(pc.equal(graph.nodes["type"], str(label)))
        table = table.select(["id", *(p.name for p in properties)]).rename_columns(
            ["id", *(camel(p.name) for p in properties)]
        )
        query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n = row"
        for part in table.to_batches(max_chunksize=batch):
            yield query, part.to_pylist()


def _edge_batches(graph: Graph, batch: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Relationships by type and ends, sorted by their ends so that two writers take locks in one order."""
    import pyarrow.compute as pc

    names = [p.name for p in EDGE_PROPERTIES]
    for kind, ends in EDGE_ENDPOINTS.items():
        for source, target in ends:
            table = graph.edges.filter(_is_edge(graph, str(kind), str(source), str(target)))
            table = table.take(pc.sort_indices(table, [("source", "ascending"), ("target", "ascending")]))
            table = table.select(["source", "target", *names])
            query = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}}) "
                f"MERGE (a)-[r:{kind}]->(b) SET r = row.properties"
            )
            for part in table.to_batches(max_chunksize=batch):
                yield query, [_edge(row, names) for row in part.to_pylist()]


def _is_edge(graph: Graph, kind: str, source: str, target: str) -> Any:
    import pyarrow.compute as pc

    of_kind = pc.equal(graph.edges["type"], kind)
    ends = pc.and_(pc.equal(graph.edges["source_type"], source), pc.equal(graph.edges["target_type"], target))
    return pc.and_(of_kind, ends)


def _edge(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    properties = {camel(name): row[name] for name in names if row[name] is not None}
    return {"source": row["source"], "target": row["target"], "properties": properties}


def _prune(session: Session, graph: Graph, batch: int) -> dict[str, int]:
    """Delete what the graph does not hold: the server's ids are compared with the graph's, type by type."""
    kept = set(zip(*(graph.edges[c].to_pylist() for c in ("source", "type", "target")), strict=True))
    removed = {"edges pruned": 0, "nodes pruned": 0}
    for kind, ends in EDGE_ENDPOINTS.items():
        for source, target in ends:
            match = f"MATCH (a:{source})-[r:{kind}]->(b:{target})"
            found = session.run(f"{match} RETURN a.id AS a, b.id AS b").values()
            gone = [{"a": a, "b": b} for a, b in found if (a, str(kind), b) not in kept]
            query = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.a}})-[r:{kind}]->(b:{target} {{id: row.b}}) DELETE r"
            )
            removed["edges pruned"] += _delete(session, query, gone, batch)
    ids = set(graph.nodes["id"].to_pylist())
    for label in NODE_PROPERTIES:
        found = session.run(f"MATCH (n:{label}) RETURN n.id").values()
        gone = [{"id": id_} for (id_,) in found if id_ not in ids]
        query = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) DETACH DELETE n"
        removed["nodes pruned"] += _delete(session, query, gone, batch)
    return removed


def _delete(session: Session, query: str, rows: list[dict[str, Any]], batch: int) -> int:
    for i in range(0, len(rows), batch):
        session.execute_write(_write, query, rows[i : i + batch])
    return len(rows)
