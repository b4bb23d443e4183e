"""CSV with the typed headers that `neo4j-admin database import full` reads: one file a node type and an edge type."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from kg.export.files import complete_file
from kg.schema import EDGE_PROPERTIES, NODE_PROPERTIES, EdgeType, Graph, Property, camel

__all__ = ["export"]

DELIMITER = "\x1f"
"""Between the values of a list: the unit separator, which stands in no text. For the importer: --array-delimiter=U+001F."""

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
    """Write nodes-TYPE.csv and edges-TYPE.csv for each type that occurs into a folder, and say how to import them.

    The file import.txt holds the options of `neo4j-admin database import full` that load them all.
    """
    output.mkdir(parents=True, exist_ok=True)
    written, options = [], ["--array-delimiter=U+001F", "--multiline-fields=true"]
    for kind, properties in NODE_PROPERTIES.items():
        rows = graph.nodes.filter(pc.equal(graph.nodes["type"], str(kind))).to_pylist()
        if rows:
            path = output / f"nodes-{kind}.csv"
            head = ["id:ID", *map(_header, properties), ":LABEL"]
            _write(path, head, [[r["id"], *_values(r, properties), kind] for r in rows])
            written.append(path)
            options.append(f"--nodes={path.name}")
    for kind in EdgeType:
        rows = graph.edges.filter(pc.equal(graph.edges["type"], str(kind))).to_pylist()
        if rows:
            path = output / f"edges-{kind}.csv"
            head = [":START_ID", *map(_header, EDGE_PROPERTIES), ":END_ID", ":TYPE"]
            _write(path, head, [[r["source"], *_values(r, EDGE_PROPERTIES), r["target"], kind] for r in rows])
            written.append(path)
            options.append(f"--relationships={path.name}")
    with complete_file(output / "import.txt") as part:
        part.write_text("\n".join(options) + "\n", encoding="utf-8")
    return [*written, output / "import.txt"]


def _header(prop: Property) -> str:
    return f"{camel(prop.name)}:{_KINDS[prop.kind]}"


def _values(row: dict[str, Any], properties: tuple[Property, ...]) -> list[Any]:
    values = (row[p.name] for p in properties)
    return [
        DELIMITER.join(map(str, v)) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v
        for v in values
    ]


def _write(path: Path, head: list[str], rows: list[list[Any]]) -> None:
    with complete_file(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")  # a text with either is quoted
        writer.writerow(head)
        writer.writerows(rows)
