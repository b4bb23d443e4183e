"""GraphML, for Gephi, Cytoscape, yEd and networkx."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from kg.export.files import complete_file, file_in
from kg.schema import Graph, camel

__all__ = ["export", "to_networkx"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?")


def export(graph: Graph, output: Path) -> list[Path]:
    """Write graph.graphml into a folder, or the file itself; properties in camelCase, lists as JSON, nulls left out."""
    import networkx as nx

    path = file_in(output, "graph.graphml")
    with complete_file(path) as part:
        nx.write_graphml_xml(to_networkx(graph), part, encoding="utf-8")
    return [path]


def to_networkx(graph: Graph) -> Any:
    """The graph as a networkx.MultiDiGraph: ids as nodes, properties in camelCase.

    The key of an edge is "source TYPE target", which GraphML takes as its id: unique in the whole file.
    """
    import networkx as nx

    out = nx.MultiDiGraph()
    for row in graph.nodes.to_pylist():
        out.add_node(row.pop("id"), **_attributes(row))
    for row in graph.edges.to_pylist():
        source, target, kind = row.pop("source"), row.pop("target"), row["type"]
        del row["source_type"], row["target_type"]
        out.add_edge(source, target, key=f"{source} {kind} {target}", **_attributes(row))
    return out


def _attributes(row: dict[str, Any]) -> dict[str, Any]:
    return {camel(name): _plain(value) for name, value in row.items() if value is not None}


def _plain(value: Any) -> Any:
    """A value that GraphML can hold: lists as JSON, dates as text, U+FFFD for a character that XML forbids.

    XML readers give every line end as a line feed, so it is written as one.
    """
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    elif not isinstance(value, bool | int | float):
        value = str(value)
    return _NOT_XML.sub("\ufffd", _LINE_END.sub("\n", value)) if isinstance(value, str) else value
