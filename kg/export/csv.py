"""CSV with the typed headers that `neo4j-admin database import full` reads: one file a node type and an edge type."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kg.export.files import complete_file
from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, EdgeType, Graph, Property, camel

__all__ = ["export"]

SEPARATOR = "\x1f"
"""Between the values of a list: the unit separator, for the importer `--array-delimiter=U+001F`."""

_KINDS = {
    "string": "string",
    "integer": "long",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "strings": "string[]",
    "integers": "long[]",
}


def export(graph: Graph, output: Path) -> list[Path]:
    """Write nodes-TYPE.csv and edges-TYPE.csv for every type into a folder, and say how to import them.

    A type that does not occur has a file with its header alone. Texts are quoted, numbers are not; nothing between
    two commas is null, while "" is an empty text (or list, which the importer takes for none). The file import.txt
    holds the options of `neo4j-admin database import full` that load them all.
    """
    output.mkdir(parents=True, exist_ok=True)
    nodes, edges = [], []
    for label, properties in NODE_PROPERTIES.items():
        rows = graph.nodes.filter(pc.equal(graph.nodes["type"], str(label)))
        columns = [("id:ID", rows["id"]), *_columns(rows, properties), (":LABEL", rows["type"])]
        nodes.append(_write(output / f"nodes-{label}.csv", columns))
    for kind in EdgeType:
        rows = graph.edges.filter(pc.equal(graph.edges["type"], str(kind)))
        ends = [(":START_ID", rows["source"]), (":END_ID", rows["target"]), (":TYPE", rows["type"])]
        edges.append(_write(output / f"edges-{kind}.csv", [*ends, *_columns(rows, EDGE_PROPERTIES)]))
    options = [f"--array-delimiter=U+{ord(SEPARATOR):04X}", "--multiline-fields=true"]
    options += [f"--nodes={path.name}" for path in nodes] + [f"--relationships={path.name}" for path in edges]
    with complete_file(output / "import.txt") as part:
        part.write_text("\n".join(options) + "\n", encoding="utf-8")
    return [*nodes, *edges, output / "import.txt"]


def _columns(rows: pa.Table, properties: Iterable[Property]) -> list[tuple[str, pa.ChunkedArray]]:
    """Each property as a column that CSV can hold, under its typed name."""
    return [(f"{camel(p.name)}:{_KINDS[p.kind]}", _joined(rows[p.name])) for p in properties]


def _joined(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Lists as one text each; a separator that stands in a value becomes a space."""
    if not pa.types.is_list(column.type):
        return column
    lists = ([str(value).replace(SEPARATOR, " ") for value in row or ()] for row in column.to_pylist())
    return pa.chunked_array([pa.array(map(SEPARATOR.join, lists), pa.string(), mask=pc.is_null(column).to_numpy())])


def _write(path: Path, columns: list[tuple[str, pa.ChunkedArray]]) -> Path:
    from pyarrow.csv import write_csv

    names, values = zip(*columns, strict=True)
    with complete_file(path) as part:
        write_csv(pa.table(list(values), names=list(names)), part)
    return path
