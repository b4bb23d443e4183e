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
        written = {
            "nodes": _load(session, _node_batches(graph, batch), "nodes", graph.nodes.num_rows, progress),
            "edges": _load(session, _edge_batches(graph, batch), "edges", graph.edges.num_rows, progress),
        }
        return written | (_prune(session, graph, batch) if prune else {})


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
        driver = neo4j.GraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF")
    except (ConfigurationError, ValueError) as error:
        raise ExportError(
            f"{uri!r} is no address of a server: {error}; expected something like bolt://localhost:7687"
        ) from error
    try:
        with driver, driver.session(database=database) as session:
            driver.verify_connectivity()
            yield session
    except AuthError as error:
        raise ExportError(f"{uri} refuses user {user or 'neo4j'!r}: set NEO4J_USER and NEO4J_PASSWORD") from error
    except ServiceUnavailable as error:
        raise ExportError(
            f"{uri} does not answer: {' '.join(str(error).split())}; is the server running, and is this its Bolt address? "
            "A run that broke off is completed by the next"
        ) from error
    except ClientError as error:
        raise ExportError(f"{uri}: {error.message}") from error
    except (DriverError, Neo4jError) as error:
        raise ExportError(f"{uri}: {error}; run the export again, it goes on where it broke off") from error


Batches = Iterator[tuple[str, list[dict[str, Any]]]]


def _load(
    session: Session, batches: Batches, stage: str, total: int, progress: Callable[[str, int, int | None], None]
) -> int:
    """Write batches; what the server counts must be what the graph holds, so that nothing is left out unseen."""
    done = 0
    for query, rows in batches:
        done += session.execute_write(_run, query + " RETURN count(*)", rows)[0][0]
        progress(stage, done, total)
    if done != total:
        raise ExportError(
            f"{total - done} of {total} {stage} are of a type, or between nodes, that the graph does not know; "
            "build the library again"
        )
    return done


def _run(transaction: Any, query: str, rows: list[dict[str, Any]]) -> list[list[Any]]:
    return transaction.run(query, rows=rows).values()


def _node_batches(graph: Graph, batch: int) -> Batches:
    """Nodes by label. SET replaces all properties, so that none is left which the graph no longer has."""
    import pyarrow.compute as pc

    for label, properties in NODE_PROPERTIES.items():
        names = ["id", *(p.name for p in properties)]
        table = graph.nodes.filter(pc.equal(graph.nodes["type"], str(label))).select(names)
        query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n = row"
        for part in table.rename_columns([camel(name) for name in names]).to_batches(max_chunksize=batch):
            yield query, part.to_pylist()


def _edge_batches(graph: Graph, batch: int) -> Batches:
    """Relationships by type and ends, sorted by their ends so that two writers take locks in one order."""
    names = ["source", "target", *(p.name for p in EDGE_PROPERTIES)]
    properties = ", ".join(f".{camel(p.name)}" for p in EDGE_PROPERTIES)
    for kind, source, target in _edge_kinds():
        table = graph.edges.filter(_is_edge(graph, kind, source, target)).select(names)
        query = (
            f"UNWIND $rows AS row MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}}) "
            f"MERGE (a)-[r:{kind}]->(b) SET r = row {{{properties}}}"
        )
        table = table.rename_columns([camel(name) for name in names]).sort_by(
            [("source", "ascending"), ("target", "ascending")]
        )
        for part in table.to_batches(max_chunksize=batch):
            yield query, part.to_pylist()


def _edge_kinds() -> Iterator[tuple[str, str, str]]:
    for kind, ends in EDGE_ENDPOINTS.items():
        for source, target in ends:
            yield str(kind), str(source), str(target)


def _is_edge(graph: Graph, kind: str, source: str, target: str) -> Any:
    import pyarrow.compute as pc

    of_kind = pc.equal(graph.edges["type"], kind)
    ends = pc.and_(pc.equal(graph.edges["source_type"], source), pc.equal(graph.edges["target_type"], target))
    return pc.and_(of_kind, ends)


def _prune(session: Session, graph: Graph, batch: int) -> dict[str, int]:
    """Delete what the graph does not hold: the server's ids are compared with the graph's, type by type."""
    removed = {"edges pruned": 0, "nodes pruned": 0}
    for kind, source, target in _edge_kinds():
        edges = graph.edges.filter(_is_edge(graph, kind, source, target))
        kept = set(zip(edges["source"].to_pylist(), edges["target"].to_pylist(), strict=True))
        found = f"MATCH (a:{source})-[r:{kind}]->(b:{target}) RETURN a.id AS source, b.id AS target"
        remove = (
            f"UNWIND $rows AS row MATCH (a:{source} {{id: row[0]}})-[r:{kind}]->(b:{target} {{id: row[1]}}) DELETE r"
        )
        removed["edges pruned"] += _prune_rows(session, found, remove, kept, batch)
    ids = set(zip(graph.nodes["type"].to_pylist(), graph.nodes["id"].to_pylist(), strict=True))
    for label in NODE_PROPERTIES:
        found = f"MATCH (n:{label}) RETURN '{label}', n.id"
        remove = f"UNWIND $rows AS row MATCH (n:{label} {{id: row[1]}}) DETACH DELETE n"
        removed["nodes pruned"] += _prune_rows(session, found, remove, ids, batch)
    return removed


def _prune_rows(session: Session, found: str, remove: str, kept: set[tuple[str, ...]], batch: int) -> int:
    gone = [row for row in session.execute_read(_run, found, []) if tuple(row) not in kept]
    for i in range(0, len(gone), batch):
        session.execute_write(_run, remove, gone[i : i + batch])
    return len(gone)
