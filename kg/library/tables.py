"""The Arrow form of the graph: the columns that `kg.schema` implies, and a graph made from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, Graph, Property

__all__ = ["edge_schema", "graph_from_rows", "node_schema"]

_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "strings": pa.list_(pa.string()),
    "integers": pa.list_(pa.int64()),
}


def _fields(properties: Iterable[Property]) -> list[pa.Field]:
    unique = {p.name: p.kind for p in properties}
    return [pa.field(name, _ARROW[kind]) for name, kind in unique.items()]


def node_schema() -> pa.Schema:
    """The columns of `Graph.nodes`: id, type and every property that any node type has.

    >>> node_schema().names[:3]
    ['id', 'type', 'title']
    """
    properties = [p for group in NODE_PROPERTIES.values() for p in group]
    return pa.schema([pa.field("id", pa.string()), pa.field("type", pa.string()), *_fields(properties)])


def edge_schema() -> pa.Schema:
    """The columns of `Graph.edges`: source, source_type, type, target, target_type and `EDGE_PROPERTIES`."""
    ends = [pa.field(n, pa.string()) for n in ("source", "source_type", "type", "target", "target_type")]
    return pa.schema([*ends, *_fields(EDGE_PROPERTIES)])


def graph_from_rows(
    nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]], fingerprint: str = ""
) -> Graph:
    """A graph from dictionaries; properties left out are null, rows are put in the order that `Graph` promises.

    >>> g = graph_from_rows([{"id": "method:dpo", "type": "Method", "name": "DPO"}], [])
    >>> g.nodes.num_rows, g.edges.num_rows
    (1, 0)
    """
    nodes = sorted(nodes, key=lambda row: row["id"])
    edges = sorted(edges, key=lambda row: (row["type"], row["source"], row["target"]))
    return Graph(
        pa.Table.from_pylist(nodes, schema=node_schema()),
        pa.Table.from_pylist(edges, schema=edge_schema()),
        fingerprint,
    )
