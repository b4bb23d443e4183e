"""GraphML, Parquet and CSV, read back by other readers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import networkx as nx
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ExportError
from kg.export import EXPORTERS, export_graph
from kg.library.tables import graph_from_rows
from kg.schema import Graph


def test_parquet_keeps_every_value_and_duckdb_reads_it(tiny_graph: Graph, tmp_path: Path) -> None:
    nodes, edges = export_graph("parquet", tiny_graph, tmp_path / "p")
    assert pq.read_table(nodes).equals(tiny_graph.nodes) and pq.read_table(edges).equals(tiny_graph.edges)
    counted = duckdb.sql(f"SELECT count(*) FROM '{edges}' WHERE type = 'MENTIONS'").fetchall()
    assert counted == [(6,)]


def test_graphml_is_read_back_by_networkx(tiny_graph: Graph, tmp_path: Path) -> None:
    (path,) = export_graph("graphml", tiny_graph, tmp_path)
    graph = nx.read_graphml(path, force_multigraph=True)
    assert (
        set(graph) == set(tiny_graph.nodes["id"].to_pylist()) and graph.number_of_edges() == tiny_graph.edges.num_rows
    )
    paper = graph.nodes["paper:arxiv-2402.03300"]
    assert (paper["published"], paper["count"], json.loads(paper["sources"])) == ("2024-02-05", 7, ["a.jsonl", "b.bib"])
    (edge,) = [d for _, _, d in graph.edges(data=True) if d["type"] == "COMPARE_WITH"]
    assert json.loads(edge["evidenceStarts"]) == [38] and edge["confidence"] == 0.9


def test_csv_has_the_headers_of_the_importer(tiny_graph: Graph, tmp_path: Path) -> None:
    paths = {p.name: p for p in export_graph("csv", tiny_graph, tmp_path / "c")}
    with open(paths["nodes-Method.csv"], encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:4] == ["id:ID", "name:string", "aliases:string[]", "year:long"] and head[-1] == ":LABEL"
    assert [row[0] for row in rows] == ["method:grpo", "method:new-thing", "method:ppo"]
    assert "--relationships=edges-USED_FOR.csv" in paths["import.txt"].read_text()


TEXT = st.text(max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=3)), max_size=5, unique_by=lambda t: t[0]))
def test_any_text_comes_through(tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, list[str]]]) -> None:
    folder = tmp_path_factory.mktemp("any")
    rows = [
        {"id": f"method:{i}", "type": "Method", "name": name, "aliases": aliases}
        for i, (name, aliases) in enumerate(values)
    ]
    graph = graph_from_rows(rows, [])
    if all(c < "\ud800" or c > "\udfff" for name, aliases in values for c in name + "".join(aliases)):
        nodes, _ = export_graph("parquet", graph, folder)
        assert pq.read_table(nodes)["name"].to_pylist() == [name for name, _ in values]
        (path,) = export_graph("graphml", graph, folder)
        assert len(nx.read_graphml(path)) == len(values)
        for path in export_graph("csv", graph, folder):
            if path.name == "nodes-Method.csv":
                with open(path, encoding="utf-8", newline="") as file:
                    assert [row[1] for row in list(csv.reader(file))[1:]] == [name for name, _ in values]


@pytest.mark.parametrize("target", sorted(set(EXPORTERS) - {"neo4j"}))
def test_the_same_graph_gives_the_same_bytes(tiny_graph: Graph, tmp_path: Path, target: str) -> None:
    first = {p.name: p.read_bytes() for p in export_graph(target, tiny_graph, tmp_path / "one")}
    again = {p.name: p.read_bytes() for p in export_graph(target, tiny_graph, tmp_path / "two")}
    assert first == again and first
    assert not list(tmp_path.rglob("*.part"))


def test_wrong_targets_options_and_places_are_refused(tiny_graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="unknown target 'pdf'; known are csv"):
        export_graph("pdf", tiny_graph, tmp_path)
    with pytest.raises(ExportError, match="parquet takes no option color; it takes none"):
        export_graph("parquet", tiny_graph, tmp_path, color="red")
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        export_graph("csv", tiny_graph, tmp_path / "file" / "folder")
