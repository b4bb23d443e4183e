"""Exporting: the graph for other tools; one module a target.

A target is a module with `export(graph: Graph, output: Path, **options) -> list[Path]`, which returns the files it
wrote (neo4j, which writes none, takes no output and returns what it counted).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from kg.errors import ExportError
from kg.schema import Graph

__all__ = ["EXPORTERS", "export_graph"]

EXPORTERS: Mapping[str, str] = {
    "csv": "kg.export.csv",
    "graphml": "kg.export.graphml",
    "html": "kg.export.html",
    "neo4j": "kg.export.neo4j",
    "parquet": "kg.export.parquet",
    "rdf": "kg.export.rdf",
}


def export_graph(target: str, graph: Graph, output: Path | None, **options: Any) -> Any:
    """Write a graph to a target of `EXPORTERS`.

    Raises ExportError for an unknown target, an option that the target does not take, or an output that cannot be
    written; MissingExtraError where the target's library is not installed.
    """
    if target not in EXPORTERS:
        raise ExportError(f"unknown target {target!r}; known are {', '.join(EXPORTERS)}")
    export = import_module(EXPORTERS[target]).export
    parameters = set(inspect.signature(export).parameters)
    known = sorted(parameters - {"graph", "output"})
    if unknown := sorted(set(options) - set(known)):
        raise ExportError(f"{target} takes no option {', '.join(unknown)}; it takes {', '.join(known) or 'none'}")
    if "output" not in parameters:
        return export(graph, **options)
    if output is None:
        raise ExportError(f"{target} writes files: give it a folder or a file as output")
    try:
        return export(graph, Path(output), **options)
    except OSError as error:
        raise ExportError(f"{error.filename or output}: cannot be written: {error.strerror or error}") from error
