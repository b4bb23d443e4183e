"""Parquet: the tables of the graph as they are, for DuckDB, Polars, Spark and pandas."""

from __future__ import annotations

from pathlib import Path

from kg.export.files import complete_file
from kg.schema import Graph

__all__ = ["export"]


def export(graph: Graph, output: Path) -> list[Path]:
    """Write nodes.parquet and edges.parquet into a folder; the columns are those of `Graph`."""
    import pyarrow.parquet as pq

    output.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in (("nodes", graph.nodes), ("edges", graph.edges)):
        written.append(output / f"{name}.parquet")
        with complete_file(written[-1]) as part:
            pq.write_table(table.replace_schema_metadata(None), part, compression="zstd")
    return written
